"""The choices that calls make: how something is printed, logged, patched, run, formatted, and how paths are handled."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from reviewer.checks.style.choice import Choice, is_text, last

if TYPE_CHECKING:
    from collections.abc import Iterator

_LOG_METHODS = frozenset({"debug", "info", "warning", "error", "exception", "critical", "log"})
_LOGGERS = re.compile(r"_?_?(?:log|logger|logging|LOG|LOGGER)", re.ASCII)
_WRITERS = frozenset(
    {
        *(("click", "echo"), ("click", "secho"), ("typer", "echo"), ("typer", "secho"), ("console", "print")),
        *(("stdout", "write"), ("console", "log"), ("ui", "print"), ("ctx", "print"), ("self", "echo")),
    }
)
_OS_PATH = frozenset(
    {
        *("join", "exists", "isfile", "isdir", "basename", "dirname", "splitext", "abspath", "normpath", "realpath"),
        "relpath",
    }
)


def of_call(node: ast.Call, scripted: range) -> Iterator[Choice]:
    """Yield the choices of one call; `scripted` are the lines where a module speaks to whoever runs it."""
    called = node.func
    if isinstance(called, ast.Name):
        if called.id == "patch":
            yield Choice("mock", "unittest.mock", node.lineno, "patch")
        elif (
            called.id == "print" and not any(one.arg == "file" for one in node.keywords) and node.lineno not in scripted
        ):
            yield Choice("output", "print", node.lineno, "print")
    elif isinstance(called, ast.Attribute):
        owner = last(called.value)
        if called.attr in _LOG_METHODS and _LOGGERS.fullmatch(owner):
            yield from _logged(node, f"{owner}.{called.attr}")
        else:
            yield from _of_method(node, called, owner)


def _logged(node: ast.Call, name: str) -> Iterator[Choice]:
    yield Choice("output", "logging", node.lineno, name)
    if node.args and isinstance(node.args[0], ast.JoinedStr):
        yield Choice("message", "f-strings", node.lineno, name)
    elif len(node.args) > 1 and is_text(node.args[0]):
        yield Choice("message", "arguments that the logger fills in", node.lineno, name)


def _of_method(node: ast.Call, called: ast.Attribute, owner: str) -> Iterator[Choice]:
    name = f"{owner}.{called.attr}" if owner else f".{called.attr}"
    if owner == "os" and called.attr in {"system", "popen"}:
        yield Choice("process", "os.system and os.popen", node.lineno, name)
    elif owner == "subprocess":
        yield Choice("process", "subprocess", node.lineno, name)
    elif owner in {"mock", "patch"} and called.attr in {"patch", "object", "dict"}:
        yield Choice("mock", "unittest.mock", node.lineno, name)
    elif (owner, called.attr) in _WRITERS:
        yield Choice("output", name, node.lineno, name)
    elif called.attr == "format" and is_text(called.value):
        yield Choice("format", "str.format", node.lineno, ".format")
    elif owner == "path" and called.attr in _OS_PATH:
        yield Choice("path", "os.path", node.lineno, f"os.{name}")
    elif owner == "self" and re.fullmatch(r"assert[A-Z]\w*", called.attr):
        yield Choice("assert", "methods of TestCase", node.lineno, name)
