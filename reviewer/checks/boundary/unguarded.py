"""New functions without the guard that all functions beside them have."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from typing import TYPE_CHECKING

from reviewer.checks.boundary.python_forms import dotted
from reviewer.checks.ident import Fact, shown
from reviewer.checks.siblings import lacking

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reviewer.checks.python_source import Definition, PythonFile

_GUARD = re.compile(
    r"(?:require|ensure|verify|check|must|restrict|need|assert|validate|authori[sz]e|authenticate|protect)\w{0,60}"
    r"|\w{0,60}(?:_required|login|permission|permissions|role|roles|admin|owner|csrf|auth|signature|scope|tenant)",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"auth|login|permi|role|admin|owner|csrf|token|signature|scope|tenant|access|session|user|require|protect|secur",
    re.IGNORECASE,
)
_FEW = 2
_MOST = 2_000
WHY = "A way in without the guard that all others have is one that nobody watches."


def is_guard(name: str) -> bool:
    """Return whether a call or decorator of this name decides who may do something."""
    return _GUARD.fullmatch(name[:140]) is not None and _ABOUT.search(name[:140]) is not None


def unguarded(file: PythonFile) -> Iterator[Fact]:
    """Yield new functions of a file that lack the guard of all their siblings."""
    if file.new is None or file.old is None:
        return
    lines = {line.number: line.text for line in file.file.added}
    told: set[int] = set()
    for one in lacking(file.old, file.new):
        if one.line not in lines or not is_guard(one.lacks):
            continue
        told.add(one.line)
        what, verb = ("is not under @", "are") if one.is_mark else ("does not call ", "do")
        others = f"all {one.count} {shown(one.kind)} before it {verb}"
        yield Fact(
            rule="guard-not-here",
            severity="medium",
            message=f"{shown(one.name)} {what}{shown(one.lacks)}, and {others}.",
            why=WHY,
            quote=lines[one.line],
            file=file.file.path,
            side="new",
            line=one.line,
        )
    yield from _unmarked(file, lines, told)


def _unmarked(file: PythonFile, lines: Mapping[int, str], told: set[int]) -> Iterator[Fact]:
    """Yield new functions without the decorator that guards all others of the file that take the same first."""
    known: dict[tuple[str, ...], list[frozenset[str]]] = defaultdict(list)
    old = {one.name for one in _handlers(file.old)}
    for one in _handlers(file.old):
        known[_takes(one)].append(_marks(one))
    for one in _handlers(file.new):
        others = known[_takes(one)]
        if one.name in old or one.lineno not in lines or one.lineno in told or len(others) < _FEW or _marks(one):
            continue
        shared = frozenset.intersection(*others)
        if not shared or _takes(one) == ():
            continue
        yield Fact(
            rule="guard-not-here",
            severity="medium",
            message=f"{shown(one.name)} is not under @{shown(min(shared))}, and all {len(others)} functions before it"
            f" that take {shown(_takes(one)[0])} are.",
            why=WHY,
            quote=lines[one.lineno],
            file=file.file.path,
            side="new",
            line=one.lineno,
        )


def _handlers(tree: ast.Module | None) -> list[Definition]:
    body = tree.body if tree is not None else []
    found = [one for one in body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)]
    return [one for one in found if not one.name.startswith("_")][:_MOST]


def _takes(one: Definition) -> tuple[str, ...]:
    return tuple(each.arg for each in one.args.args[:1])


def _marks(one: Definition) -> frozenset[str]:
    """Return the names of the decorators of a function that decide who may call it."""
    heads = [each.func if isinstance(each, ast.Call) else each for each in one.decorator_list]
    names = {dotted(head).rsplit(".", 1)[-1] for head in heads}
    return frozenset(name for name in names if is_guard(name))
