"""More choices that a Python file makes: where it imports, how its records, errors and docstrings look."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from reviewer.checks.style.choice import Choice, last

if TYPE_CHECKING:
    from collections.abc import Iterator

_ABSTRACT = frozenset(
    {
        *(
            "Callable",
            "Iterable",
            "Iterator",
            "Sequence",
            "Mapping",
            "MutableMapping",
            "Generator",
            "Awaitable",
            "Coroutine",
        ),
        *("AsyncIterator", "AsyncIterable", "Collection", "Hashable", "MutableSequence"),
    }
)
_SECTIONS = (
    (
        "sections like “Args:”",
        re.compile(r"^\s*(?:Args|Arguments|Returns|Raises|Yields|Attributes):\s*$", re.MULTILINE),
    ),
    ("fields like “:param x:”", re.compile(r"^\s*:(?:param|returns?|raises?|type|rtype)\b", re.MULTILINE)),
    ("sections underlined", re.compile(r"^\s*(?:Parameters|Returns|Raises)\s*\n\s*-{3,}\s*$", re.MULTILINE)),
)
_ERROR = re.compile(r"(?:Error|Exception|Failure|Fault)$")
_LETTER = re.compile(r"[A-Za-z]")


def of_form(node: ast.AST, *, nested: bool) -> Iterator[Choice]:
    """Yield the choices of one statement; `nested`: it stands in a function."""
    if isinstance(node, ast.ImportFrom):
        names = [one.name for one in node.names if one.name in _ABSTRACT]
        if names and node.module in {"typing", "collections.abc"}:
            yield Choice("origin", f"from {node.module}", node.lineno, names[0])
    if isinstance(node, ast.Import | ast.ImportFrom):
        yield Choice("place", "inside a function" if nested else "at the top", node.lineno, _imported(node))
    elif isinstance(node, ast.ClassDef):
        yield from _class(node)
    elif isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
        yield from _message(node.exc)
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        text = ast.get_docstring(node) or ""
        for form, pattern in _SECTIONS:
            if pattern.search(text[:4_000]):
                yield Choice("sections", form, node.lineno, node.name)


def _imported(node: ast.Import | ast.ImportFrom) -> str:
    return (node.module if isinstance(node, ast.ImportFrom) and node.module else node.names[0].name)[:60]


def _class(node: ast.ClassDef) -> Iterator[Choice]:
    for mark in node.decorator_list:
        if last(mark.func if isinstance(mark, ast.Call) else mark) == "dataclass":
            given = mark.keywords if isinstance(mark, ast.Call) else []
            options = sorted(one.arg for one in given if one.arg in {"frozen", "slots", "kw_only"})
            yield Choice("record", f"with {' and '.join(options)}" if options else "plain", node.lineno, node.name)
    if any(_ERROR.search(last(base)) for base in node.bases):
        match = _ERROR.search(node.name)
        yield Choice("suffix", f"named …{match[0]}" if match else "named without such an end", node.lineno, node.name)


def _message(raised: ast.Call) -> Iterator[Choice]:
    if not raised.args:
        return
    text = raised.args[0]
    first = text.values[0] if isinstance(text, ast.JoinedStr) and text.values else text
    end = text.values[-1] if isinstance(text, ast.JoinedStr) and text.values else text
    if isinstance(first, ast.Constant) and isinstance(first.value, str) and _LETTER.match(first.value):
        word = first.value.split(" ", 1)[0]
        if " " in first.value and (word.islower() or word.istitle()):
            yield Choice(
                "text", "begun in a small letter" if word.islower() else "begun in a capital", text.lineno, word
            )
    if isinstance(end, ast.Constant) and isinstance(end.value, str) and len(end.value) > 1:
        stop = end.value.rstrip().endswith(".")
        yield Choice("stop", "ended by a full stop" if stop else "without a full stop", text.lineno, end.value[-30:])
