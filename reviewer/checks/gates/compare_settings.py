"""Settings of tools before and after: what loosened, by the list of knobs.

Pure. A tool that comes with its settings has no "before".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.checks.gates import wording
from reviewer.checks.gates.compare_lists import Both, paths, pattern, rules
from reviewer.checks.gates.knobs import CLASSES, LEVELS, Knob, Way, knob_of
from reviewer.checks.gates.options import weaker_options, weaker_warnings
from reviewer.checks.gates.wording import lower, weakening
from reviewer.checks.ident import shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reviewer.checks.gates.compare_lists import Said
    from reviewer.checks.gates.settings import Key, Setting
    from reviewer.checks.gates.tree import Node
    from reviewer.checks.ident import Fact

_IMPLIED = {"mypy": ("strict",), "tsconfig": ("compilerOptions", "strict"), "pytest": ("strict",)}
"""What switches on the other strict settings of a tool."""
_COVERAGE = frozenset(("coverage", "jest", "nyc", "codecov"))


def gained_tools(both: Both) -> set[str]:
    """Return the tools that have settings now which they did not have before."""
    return {tool for folder, tool, key in both.new if (folder, tool, key) not in both.old}


def coverage_floor(settings: Mapping[Key, Setting]) -> float | None:
    """Return the highest coverage that settings demand, None if they demand none."""
    found = [
        number
        for (_, tool, key), setting in settings.items()
        if (knob := knob_of(tool, key)) is not None
        and knob.way is Way.FLOOR
        and tool in _COVERAGE
        and (number := setting.node.number) is not None
    ]
    return max(found, default=None)


def compare(both: Both) -> Iterator[Fact]:
    """Yield what loosened, and the tools whose settings are gone altogether."""
    before = {(folder, tool) for folder, tool, _ in both.old}
    after = {(folder, tool) for folder, tool, _ in both.new}
    dropped = before - after
    for folder, tool in sorted(dropped):
        yield from _dropped(both, folder, tool, after - before)
    for key in sorted({*both.old, *both.new}):
        folder, tool, parts = key
        knob = knob_of(tool, parts)
        if knob is None or ((folder, tool) in dropped and knob.way is not Way.FLOOR):
            continue
        if (folder, tool) not in before and not both.in_use(tool):
            continue
        yield from _loosened(both, knob, key)


def _dropped(both: Both, folder: str, tool: str, gained: set[tuple[str, str]]) -> Iterator[Fact]:
    kind = CLASSES.get(tool)
    if kind is None or any(CLASSES.get(other) == kind for _, other in gained):
        return
    mine = [(key, setting) for key, setting in both.old.items() if key[:2] == (folder, tool)]
    knobs = [(setting, knob) for key, setting in mine if (knob := knob_of(tool, key[2])) is not None]
    held = [setting for setting, _ in knobs]
    # A limit that goes with its tool is told as a limit.
    if not held or any(knob.way is Way.FLOOR for _, knob in knobs):
        return
    yield weakening(
        rule="tool-dropped",
        severity="low" if kind == "test" else "medium",
        message=f"The settings of {tool} are gone, and no other tool of its kind gains some.",
        why=wording.WHY_GONE,
        quote=f"{folder} {tool}",
        path=held[0].path,
        line=min(setting.node.line for setting in held),
        side="old",
    )


def _loosened(both: Both, knob: Knob, key: Key) -> Iterator[Fact]:
    old, new = both.old.get(key), both.new.get(key)
    before, after = old.node if old else None, new.node if new else None
    place = new or old
    if place is None:
        return
    name = f"{key[1]} {'.'.join(key[2])}"
    for rule, severity, message, line in _facts(both, knob, key, before, after, shown(name, 60)):
        yield weakening(
            rule=rule,
            severity=severity,
            message=message,
            why=wording.WHY_LIMIT if rule.startswith(("threshold", "limit")) else wording.WHY_RULE,
            quote=f"{name} {message if len(message) < 200 else ''}",
            path=place.path,
            line=line or place.node.line,
            side="new" if new else "old",
        )


def _facts(both: Both, knob: Knob, key: Key, old: Node | None, new: Node | None, name: str) -> Iterator[Said]:  # noqa: PLR0917 - both sides of one setting
    match knob.way:
        case Way.FLOOR | Way.CEILING:
            yield from _limit(both, knob, old, new, name)
        case Way.OFF_RULES | Way.ON_RULES:
            yield from rules(both, knob, key, old, new, name)
        case Way.OUT_PATHS | Way.IN_PATHS:
            yield from paths(knob, old, new, name)
        case Way.OUT_PATTERN:
            yield from pattern(knob, old, new, name)
        case Way.STRICT | Way.LAX | Way.SWITCH:
            yield from _answer(both, knob, key, old, new, name)
        case Way.LEVEL:
            yield from _level(knob, old, new, name)
        case Way.OPTIONS:
            strict = any(
                setting.node.truth
                for part in ("strict", "strict_markers", "strict_config")
                if (setting := both.new.get((key[0], key[1], (part,)))) is not None
            )
            yield from weaker_options(old, new, name, both.floor, strict_elsewhere=strict)
        case Way.WARNINGS:
            yield from weaker_warnings(old, new, name, knob.severity)


def _limit(both: Both, knob: Knob, old: Node | None, new: Node | None, name: str) -> Iterator[Said]:
    was, now = old.number if old else None, new.number if new else None
    if was is None:
        return
    if knob.way is Way.CEILING:
        if now is not None and now > was:
            yield "limit-raised", knob.severity, f"{name} allows {now:g}, and {was:g} before.", new.line if new else 0
        elif now is None and old is not None:
            yield "limit-raised", lower(knob.severity), f"{name} no longer limits to {was:g}.", old.line
        return
    still = max((one for one in (both.floor, coverage_floor(both.new)) if one is not None), default=None)
    if now is None:
        if was > 0 and (knob.tool not in _COVERAGE or still is None or still < was):
            yield "threshold-removed", knob.severity, f"{name} no longer demands {was:g}.", old.line if old else 0
    elif now < was:
        yield "threshold-lowered", knob.severity, f"{name} demands {now:g}, and {was:g} before.", new.line if new else 0


def _answer(both: Both, knob: Knob, key: Key, old: Node | None, new: Node | None, name: str) -> Iterator[Said]:  # noqa: PLR0917 - both sides of one setting
    was, now = old.truth if old else None, new.truth if new else None
    if knob.way is Way.LAX:
        if now is True and was is not True:
            yield "strictness-off", knob.severity, f"{name} is on now.", new.line if new else 0
        return
    if knob.way is Way.SWITCH:
        if now is False and was is not False:
            yield "strictness-off", knob.severity, f"{name} is off now.", new.line if new else 0
        return
    if was is True and now is not True and not _implied(both, key):
        place = new or old
        message = f"{name} is {'off' if new else 'not set'} now, and was on."
        yield "strictness-off", knob.severity, message, place.line if place is not None else 0


def _implied(both: Both, key: Key) -> bool:
    """Return whether the tool's switch for all strict settings is on now."""
    switch = _IMPLIED.get(key[1])
    if switch is None or key[2] == switch:
        return False
    setting = both.new.get((key[0], key[1], switch))
    stated = both.new.get(key)
    return setting is not None and setting.node.truth is True and stated is None


def _level(knob: Knob, old: Node | None, new: Node | None, name: str) -> Iterator[Said]:
    was = LEVELS.get(old.said().lower()) if old else None
    now = LEVELS.get(new.said().lower()) if new else None
    if new is not None and now is not None:
        if was is not None and now < was:
            severity = knob.severity if now == 0 else lower(knob.severity)
            yield (
                "rule-off",
                severity,
                f"{name} is {shown(new.said())}, and was {shown(old.said() if old else '')}.",
                new.line,
            )
        elif was is None and old is None and now == 0:
            yield "rule-off", lower(knob.severity), f"{name} is {shown(new.said())} now.", new.line
    elif new is None and was is not None and was >= 3 and old is not None:
        yield "rule-off", lower(knob.severity), f"{name} is no longer {shown(old.said())}.", old.line
