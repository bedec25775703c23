"""Texts that were meant to be filled in and are not: braces without an f, placeholders that nobody formats."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from reviewer.checks.ident import shown
from reviewer.checks.plausible.outline import dotted, name_of
from reviewer.checks.plausible.sign import at
from reviewer.checks.python_nodes import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.checks.plausible.outline import Outline
    from reviewer.checks.plausible.sign import Sign
    from reviewer.checks.python_source import Definition

_WHY = "What a person reads then is the name of the variable, not its value."
_FIELD = re.compile(r"\{([A-Za-z_]\w{0,60})(?:\.\w{1,60}|\[[^\[\]{}]{1,60}\])?(?:![rsa])?(?::[^{}]{0,20})?\}")
_PERCENT = re.compile(r"%(?:\(\w+\))?[sdrfi]")
_LOGS = frozenset({"debug", "info", "warning", "error", "exception", "critical", "log", "warn"})
_FORMATS = frozenset({"format", "format_map", "sub", "safe_substitute", "substitute", "compile", "join", "partial"})
_READERS = frozenset({"print", "echo", "secho", "write", "append", "fail", "exit"}) | _LOGS


def signs(outline: Outline) -> Iterator[Sign]:
    """Yield texts with fields that nothing fills in."""
    for text in outline.of(ast.Constant):
        if isinstance(text.value, str) and "{" in text.value and len(text.value) < 2_000:
            function = outline.function(text)
            if function is not None and _is_read(text, outline):
                yield from _braces(outline, text, text.value, function)
    for call in outline.of(ast.Call):
        yield from _arguments(outline, call)


def _braces(outline: Outline, node: ast.Constant, text: str, function: Definition) -> Iterator[Sign]:
    fields = _FIELD.findall(text)
    if not fields or len(fields) != text.count("{") or not set(fields) <= _bound(function) | {"self", "cls"}:
        return
    message = f"“{shown(text)}” names {shown(fields[0])} in braces and is no f-string, and nothing formats it."
    yield at(outline, node, rule="text-unformatted", severity="medium", message=message, why=_WHY, quote=text)


def _bound(function: Definition) -> set[str]:
    names = {one.arg for one in walk(function) if isinstance(one, ast.arg)}
    stored = {one.id for one in walk(function) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)}
    return names | stored


def _is_read(text: ast.Constant, outline: Outline) -> bool:
    """Return whether a text goes, as it is, to a person: raised, printed, logged, or returned beside an f-string."""
    inner: ast.AST = text
    for one in outline.above(text):
        if isinstance(one, ast.Attribute) or (isinstance(one, ast.BinOp) and isinstance(one.op, ast.Mod)):
            return False
        if isinstance(one, ast.Call):
            if name_of(one.func) in _FORMATS or inner is one.func:
                return False
            raised = isinstance(outline.parent(one), ast.Raise)
            return raised or name_of(one.func) in _READERS
        if isinstance(one, ast.JoinedStr):
            return False
        if isinstance(one, ast.BinOp | ast.IfExp):
            inner = one
            continue
        return isinstance(one, ast.Return)
    return False


def _arguments(outline: Outline, call: ast.Call) -> Iterator[Sign]:
    first = call.args[0] if call.args else None
    if not isinstance(first, ast.Constant) or not isinstance(first.value, str) or len(call.args) < 2:
        return
    text = first.value
    raised = isinstance(outline.parent(call), ast.Raise)
    logged = name_of(call.func) in _LOGS and "log" in dotted(call.func).lower()
    if raised and _PERCENT.search(text):
        message = f"“{shown(text)}” is raised with arguments that nothing puts into it."
    elif logged and re.search(r"\{\d?\}", text) and "%" not in text:
        message = f"“{shown(text)}” is logged with arguments; logging fills in %s, not braces."
    else:
        return
    yield at(outline, call, rule="text-unformatted", severity="low", message=message, why=_WHY, quote=text)
