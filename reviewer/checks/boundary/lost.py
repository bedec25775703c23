"""Controls that a change takes away: guards beside routes and definitions, checking calls, conditions on access.

Python and the languages with a syntax tree give the same three things; what is compared here knows neither.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from reviewer.checks import python_source, tree_source
from reviewer.checks.boundary import conditions, guards, python_guards
from reviewer.checks.ident import Fact, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from reviewer.checks.boundary.conditions import Condition
    from reviewer.checks.boundary.guards import Guards, GuardUse
    from reviewer.checks.finding import Severity, Side
    from reviewer.checks.python_source import Function, PythonFile
    from reviewer.checks.tree_source import TreeFile
    from reviewer.syntax.pairing import Sided

_Side = TypeVar("_Side")
_WHY = "What was checked before may now pass unchecked; look for what takes its place."
_OPEN = re.compile(r"(?i)permit_?all|allow_?any|anonymous")
_EXCEPTION = re.compile(r"\b(?:except|only|if|unless)\b")


@dataclass(frozen=True, slots=True)
class _Checked:
    """One side of a function: what checks something in it, and on what it asks."""

    file: str
    name: str
    first: int
    calls: tuple[tuple[str, int], ...]
    asks: tuple[Condition, ...]
    grants: tuple[int, ...] = ()


def in_python(files: Sequence[PythonFile]) -> Iterator[Fact]:
    """Yield what Python functions lost; with a whole function its controls go too, and what called it shows that."""
    pairs = [one for one in python_source.pair(files) if one.new is not None]
    for one in pairs:
        if one.old is not None and one.new is not None and one.old.name != python_source.MODULE:
            yield from _decorators(one.old, one.new)
    yield from _beside(
        [
            (one.file.path, _sides(one.old, python_guards.file_guards), _sides(one.new, python_guards.file_guards))
            for one in files
        ]
    )
    yield from _functions([(_python(one.old), _python(one.new)) for one in pairs])


def in_trees(files: Sequence[TreeFile]) -> Iterator[Fact]:
    """Yield what functions and routes of other languages lost."""
    yield from _beside(
        [(one.file.path, _sides(one.old, guards.guards), _sides(one.new, guards.guards)) for one in files]
    )
    pairs = [one for one in tree_source.pairs(files) if one.new is not None]
    yield from _functions([(_tree(one.old), _tree(one.new)) for one in pairs])


def _python(function: Function | None) -> _Checked | None:
    if function is None:
        return None
    calls = () if function.name == python_source.MODULE else tuple(python_guards.controls(function.node))
    asks = tuple(python_guards.conditions(function.node))
    return _Checked(
        function.file, function.name, function.line, calls, asks, tuple(python_guards.grants(function.node))
    )


def _tree(sided: Sided | None) -> _Checked | None:
    if sided is None:
        return None
    one = sided.function
    return _Checked(sided.file, one.name, one.first, tuple(guards.controls(one)), tuple(guards.conditions(one)))


def _decorators(old: Function, new: Function) -> Iterator[Fact]:
    before, after = python_guards.guards(old.node), python_guards.guards(new.node)
    fresh = [text for text in after if text not in before]
    for text in before:
        if text in after:
            continue
        line = python_guards.guard_line(old.node, text)
        if len(after) < len(before):
            message = f"{shown(new.name)} is no longer guarded by @{shown(text)}."
            yield _fact(old.file, "guard-removed", "high", message, f"{old.name} {text}", line, "old")
        elif fresh:
            now = fresh.pop(0)
            message = f"{shown(new.name)} is guarded by @{shown(now)}; before, by @{shown(text)}."
            yield _fact(old.file, "guard-changed", "medium", message, f"{old.name} {text}", line, "old")


def _sides(side: _Side | None, find: Callable[[_Side], Guards]) -> Guards | None:
    return None if side is None else find(side)


def _beside(sides: Sequence[tuple[str, Guards | None, Guards | None]]) -> Iterator[Fact]:
    gained: Counter[str] = Counter()
    for _, old, new in sides:
        gained.update(Counter(use.name for use in (new.uses if new else ())))
        gained.subtract(Counter(use.name for use in (old.uses if old else ())))
    for path, old, new in sides:
        if old is None or new is None:
            continue
        after = Counter((use.name, use.anchor, use.text) for use in new.uses)
        gone = [use for use in old.uses if _take(after, use) is None]
        before = Counter((use.name, use.anchor, use.text) for use in old.uses)
        fresh = [use for use in new.uses if _take(before, use) is None]
        for use in gone:
            if use.anchor not in new.anchors:
                continue
            now = _successor(use, fresh)
            where = f" on {shown(use.anchor)}" if use.anchor else ""
            if now is not None:
                fresh.remove(now)
                if now.name != use.name or _is_looser(use.text, now.text):
                    message = f"The guard{where} is {shown(now.text)} now; before, {shown(use.text)}."
                    yield _fact(path, "guard-changed", "medium", message, use.text, use.line, "old")
            elif gained[use.name] < 0:
                gained[use.name] += 1
                message = f"The guard {shown(use.text)}{where} is gone."
                yield _fact(path, "guard-removed", "high", message, f"{use.anchor} {use.text}", use.line, "old")


def _take(left: Counter[tuple[str, str, str]], use: GuardUse) -> bool | None:
    key = (use.name, use.anchor, use.text)
    if left[key] <= 0:
        return None
    left[key] -= 1
    return True


def _successor(use: GuardUse, fresh: list[GuardUse]) -> GuardUse | None:
    beside = [one for one in fresh if one.anchor == use.anchor]
    same = next((one for one in beside if one.name == use.name), None)
    return same or (beside[0] if beside and use.anchor else None)


def _is_looser(old: str, new: str) -> bool:
    """Return whether other words of one guard can let more in: other arguments, or a new exception."""
    if _OPEN.search(old) or (_EXCEPTION.search(old) and not _EXCEPTION.search(new)):
        return False
    return "".join(old.split()) != "".join(new.split())


def _functions(pairs: Sequence[tuple[_Checked | None, _Checked | None]]) -> Iterator[Fact]:
    calls: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    for old, new in pairs:
        calls.update(_names(new) - _names(old))
        asked.update(_texts(new) - _texts(old))
    for old, new in pairs:
        if old is None or new is None:
            continue
        left = _names(new)
        for name, line in old.calls:
            left[name] -= 1
            if left[name] < 0 and calls[name] <= 0:
                does = "sets" if ": " in name or "=" in name else "calls"
                message = f"{shown(new.name)} no longer {does} {shown(name)}."
                yield _fact(old.file, "control-removed", "high", message, f"{old.name} {name}", line, "old")
        for change in conditions.changes(old.asks, new.asks, asked):
            message = f"{shown(new.name)} {shown(change.what, 200)}."
            side: Side = "old" if change.is_old else "new"
            file = old.file if change.is_old else new.file
            yield _fact(file, change.rule, change.severity, message, f"{new.name} {change.quote}", change.line, side)
        if new.grants and not old.grants and conditions.is_about_access(new.name):
            message = f"{shown(new.name)} now only says yes."
            yield _fact(new.file, "check-always-true", "high", message, new.name, new.grants[0], "new")


def _names(one: _Checked | None) -> Counter[str]:
    return Counter(name for name, _ in one.calls) if one else Counter()


def _texts(one: _Checked | None) -> Counter[str]:
    return Counter(each.text for each in one.asks) if one else Counter()


def _fact(file: str, rule: str, severity: Severity, message: str, quote: str, line: int, side: Side) -> Fact:  # noqa: PLR0917 - in the order of a sentence
    return Fact(rule=rule, severity=severity, message=message, why=_WHY, quote=quote, file=file, side=side, line=line)
