"""Times: zones that are lost or taken for the machine's own, parts taken for the whole, months after December."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from reviewer.checks.ident import shown
from reviewer.checks.plausible.outline import dotted, name_of, text_of
from reviewer.checks.plausible.sign import at
from reviewer.checks.python_source import own

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.checks.plausible.outline import Outline
    from reviewer.checks.plausible.sign import Sign
    from reviewer.checks.python_source import Definition

_WHY_ZONE = "A time without a zone is taken for local time of the machine that it runs on."
_WHY_MIXED = "A time with a zone and one without cannot be compared or subtracted; as text they are hours apart."
_WHY_PART = "It is one part of the time only, and not the whole of it."
_WHY_NEXT = "There is no month 13 and no 29 February in most years: it raises on some days only."
_WHY_WEEK = "The first days of January may be in the last week of the year before, and the other way round."
_FORMAT = re.compile(r"%H:?%m|%m:?%S|%Y-?%M|%M[-/]%d|%d[-./]%M|%h:%M|%I:%M(?!.{0,10}%p)")
_FORMATS = frozenset({"strftime", "strptime", "Format", "strtime"})


def signs(outline: Outline) -> Iterator[Sign]:
    """Yield times that are not what their readers take them for."""
    for function in outline.functions():
        yield from _zones(outline, function)
        yield from _parts(outline, function)
        yield from _weeks(outline, function)
    yield from _mixed(outline)
    for call in outline.of(ast.Call):
        yield from _formats(outline, call)
        yield from _next(outline, call)


def _is_bare(node: ast.expr | None) -> bool:
    """Return whether a call makes a time that has no zone, or need not have one."""
    if not isinstance(node, ast.Call):
        return False
    name = dotted(node.func)
    if name.endswith("datetime.utcnow") or name == "utcnow":
        return True
    if name.endswith("datetime.strptime"):
        said = node.args[1] if len(node.args) > 1 else None
        return isinstance(said, ast.Constant) and isinstance(said.value, str) and "%z" not in said.value.lower()
    return name.endswith("datetime.fromisoformat")


def _zones(outline: Outline, function: Definition) -> Iterator[Sign]:
    """Yield times without a zone that are counted from 1970 or moved to a zone, where nothing asks for their zone."""
    made: dict[str, list[ast.expr]] = {}
    calls: list[ast.Call] = []
    for part in own(function):
        if isinstance(part, ast.Assign) and isinstance(part.targets[0], ast.Name):
            made.setdefault(part.targets[0].id, []).append(part.value)
        if isinstance(part, ast.Call):
            calls.append(part)
        asked = (isinstance(part, ast.Attribute) and part.attr in {"tzinfo", "utcoffset"}) or (
            isinstance(part, ast.keyword) and part.arg == "tzinfo"
        )
        if asked:
            return
    for call in calls:
        if not isinstance(call.func, ast.Attribute) or call.func.attr not in {"timestamp", "astimezone"}:
            continue
        subject = call.func.value
        values = made.get(subject.id, []) if isinstance(subject, ast.Name) else [subject]
        if values and all(_is_bare(one) for one in values):
            text = text_of(call)
            message = f"“{shown(text)}” takes a time without a zone for local time, and nothing here asks for its zone."
            yield at(outline, call, rule="zone-assumed", severity="low", message=message, why=_WHY_ZONE, quote=text)


def _mixed(outline: Outline) -> Iterator[Sign]:
    """Yield clocks that are read without a zone in a file that reads all its others with one."""
    read = [call for call in outline.of(ast.Call) if dotted(call.func).endswith(("datetime.now", "datetime.utcnow"))]
    bare = [call for call in read if not call.args and not call.keywords]
    if not bare or len(bare) * 2 > len(read):
        return
    for call in bare:
        text = text_of(call)
        others = len(read) - len(bare)
        rest = "the other clock of the file has" if others == 1 else f"{others} other clocks of the file have"
        message = f"“{shown(text)}” has no zone, and {rest} one."
        yield at(outline, call, rule="zone-mixed", severity="medium", message=message, why=_WHY_MIXED, quote=text)


def _parts(outline: Outline, function: Definition) -> Iterator[Sign]:
    """Yield the seconds of a difference of times, which count from the last midnight."""
    differences: set[str] = set()
    found: list[ast.Attribute] = []
    for part in own(function):
        if isinstance(part, ast.Assign) and isinstance(part.value, ast.BinOp) and isinstance(part.value.op, ast.Sub):
            differences.add(name_of(part.targets[0]))
        if isinstance(part, ast.Attribute):
            if part.attr == "days":
                return
            if part.attr in {"seconds", "microseconds"} and isinstance(part.ctx, ast.Load):
                found.append(part)
    for one in found:
        is_difference = isinstance(one.value, ast.BinOp) and isinstance(one.value.op, ast.Sub)
        if is_difference or (isinstance(one.value, ast.Name) and one.value.id in differences):
            text = text_of(one)
            message = f"“{shown(text)}” leaves out whole days; total_seconds() is all of it."
            yield at(outline, one, rule="time-part", severity="medium", message=message, why=_WHY_PART, quote=text)


def _formats(outline: Outline, call: ast.Call) -> Iterator[Sign]:
    for one in call.args if name_of(call.func) in _FORMATS else ():
        said = one.value if isinstance(one, ast.Constant) else None
        match = _FORMAT.search(said[:200]) if isinstance(said, str) else None
        if match:
            message = f"“{shown(match[0])}” mixes months (%m) and minutes (%M), or hours without their half of the day."
            yield at(outline, one, rule="time-part", severity="medium", message=message, why=_WHY_PART, quote=match[0])


def _weeks(outline: Outline, function: Definition) -> Iterator[Sign]:
    """Yield the number of an ISO week beside the year of the calendar, which differ around New Year."""
    calls = [one for one in own(function) if isinstance(one, ast.JoinedStr | ast.Tuple | ast.Call)]
    for part in calls:
        if isinstance(part, ast.Call):
            said = part.args[0].value if part.args and isinstance(part.args[0], ast.Constant) else None
            mixed = name_of(part.func) == "strftime" and isinstance(said, str) and "%V" in said and "%Y" in said
        else:
            text = text_of(part)
            mixed = bool(re.search(r"\bisocalendar\(\)(?:\[1\]|\.week)", text)) and bool(
                re.search(r"\.year\b(?<!\)\.year)", text)
            )
        if mixed:
            message = f"“{shown(text_of(part))}” puts the week of one calendar beside the year of another."
            yield at(outline, part, rule="time-part", severity="medium", message=message, why=_WHY_WEEK, quote=message)


def _next(outline: Outline, call: ast.Call) -> Iterator[Sign]:
    """Yield a month or year that is counted up inside a date, where nothing asks for December."""
    if name_of(call.func) not in {"replace", "date", "datetime"}:
        return
    given = [(one.arg, one.value) for one in call.keywords]
    if name_of(call.func) != "replace" and len(call.args) > 1:
        given.append(("month", call.args[1]))
    for name, value in given:
        counted = isinstance(value, ast.BinOp) and isinstance(value.op, ast.Add | ast.Sub)
        if name not in {"month", "year"} or not counted or not isinstance(value, ast.BinOp):
            continue
        if name_of(value.left) != name or not isinstance(value.right, ast.Constant):
            continue
        function = outline.function(call)
        said = text_of(function)[:0] if function is None else ast.unparse(function)
        asks = (
            "12" in said
            if name == "month"
            else ("29" in said or "28" in said or "day=" in said or "ValueError" in said)
        )
        if not asks and not (name == "year" and name_of(call.func) != "replace"):
            text = text_of(call)
            message = f"“{shown(text)}” raises where there is no such day or month."
            yield at(outline, call, rule="time-part", severity="low", message=message, why=_WHY_NEXT, quote=text)
