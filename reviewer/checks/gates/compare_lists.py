"""Lists of rules and of paths among the settings, before and after: what is left out, or no longer looked at.

Pure. A rule that was not on before and is left out now has taken nothing away.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from reviewer.checks import roles
from reviewer.checks.gates.knobs import Knob, Way
from reviewer.checks.gates.lists import covered, grown, is_usual, lost_rules, names, shrunk
from reviewer.checks.gates.settings import ADDS, STATES
from reviewer.checks.gates.wording import lower
from reviewer.checks.ident import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from reviewer.checks.finding import Severity
    from reviewer.checks.gates.settings import Key, Setting
    from reviewer.checks.gates.tree import Node

Said: TypeAlias = "tuple[str, Severity, str, int]"
"""What one setting shows: the rule, how much it is, a sentence, and the line."""

_BY_LETTERS = frozenset(("ruff", "flake8"))
_DEFAULT = {"ruff": ("E", "F"), "flake8": ("E", "F", "W", "C90")}
"""Rules that are on without a list; with flake8 those of its plugins too."""
_FINDS_FAULTS = re.compile(r"F(?![A-Z])|E9|B(?:LE|\d|$)|S(?:\d|$)|PLE|ASYNC|ALL$|G(?:\d|$)|DTZ|RET5|TRY4|PT01|C90")
"""Rules of ruff and flake8 that find faults and risks; the others are about form."""


@dataclass(frozen=True, slots=True)
class Both:
    """The settings of both sides.

    Attributes:
        in_use: whether a tool without settings before was used all the same.
        floor: the highest coverage that commands demand now, None if none does.
    """

    old: Mapping[Key, Setting]
    new: Mapping[Key, Setting]
    in_use: Callable[[str], bool]
    floor: float | None = None


def rules(both: Both, knob: Knob, key: Key, old: Node | None, new: Node | None, name: str) -> Iterator[Said]:  # noqa: PLR0917 - both sides of one setting
    """Yield rules that no longer count, or that are left out now and were not."""
    if knob.way is Way.ON_RULES:
        if old is None or (new is None and knob.tool != "branches"):
            # Without a list the tool's defaults hold, which may be more.
            return
        lost = lost_rules(old, new)
        if _keeps_default(both.new, key):
            lost = [code for code in lost if not covered(code, _DEFAULT.get(key[1], ()))]
        if lost:
            # A group of which some rules are kept is narrower, not gone.
            parts = all(any(now.startswith(code) for now in names(new)) for code in lost)
            line = new.line if new is not None else old.line
            message = f"{name} no longer has {shown(', '.join(lost), 100)}."
            yield "rule-off", lower(knob.severity) if parts else knob.severity, message, line
        return
    on = [_list(both.old, key, part) for part in ("select", "enable")]
    off = _list(both.old, key, "ignore") + _list(both.old, key, "disable")
    selected = [code for codes in on for code in codes]
    if not selected or _keeps_default(both.old, key):
        selected += _DEFAULT.get(key[1], ()) if key[1] == "ruff" else ()
    added = [
        (code, line)
        for code, line in grown(old, new)
        if not covered(code, off)
        and (not selected or covered(code, selected) or any(one.startswith(code) for one in selected))
    ]
    if added:
        severity = knob.severity
        if knob.key[-1] == "*" and (_in_tests(key[2][-1]) or _only_exports(key[2][-1], added)):
            severity = "info"
        elif knob.tool in _BY_LETTERS and not any(_FINDS_FAULTS.match(code) for code, _ in added):
            severity = lower(severity)
        codes = ", ".join(code for code, _ in added)
        yield "rule-off", severity, f"{name} now leaves out {shown(codes, 100)}.", added[0][1]


def _keeps_default(settings: Mapping[Key, Setting], key: Key) -> bool:
    """Return whether a list of rules only adds to those that a tool has on by itself."""
    return (key[0], key[1], ADDS) in settings and (key[0], key[1], STATES) not in settings


def _list(settings: Mapping[Key, Setting], key: Key, part: str) -> list[str]:
    """Return the codes of the list that says which rules of a tool are on, or off, as it was before."""
    setting = settings.get((key[0], key[1], (part,)))
    return names(setting.node) if setting is not None else []


def _only_exports(pattern: str, added: Sequence[tuple[str, int]]) -> bool:
    """Return whether a module that only hands on names may have names that it does not use."""
    return pattern.endswith("__init__.py") and all(code in {"F401", "F403", "F405", "E402"} for code, _ in added)


def _in_tests(pattern: str) -> bool:
    folder = pattern.strip("*/").split("/")[0]
    return (
        roles.is_test(f"{folder}/a.py")
        or roles.is_test(pattern.replace("*", "a"))
        or "test" in pattern
        or roles.is_document(f"{folder}/a.py")
    )


def paths(knob: Knob, old: Node | None, new: Node | None, name: str) -> Iterator[Said]:
    """Yield paths that are left out now, or no longer among those that are looked at."""
    if knob.way is Way.OUT_PATHS:
        added = grown(old, new)
        if added:
            left = ", ".join(path for path, _ in added)
            severity: Severity = "info" if all(is_usual(path) for path, _ in added) else knob.severity
            yield "ignore-widened", severity, f"{name} now leaves out {shown(left, 100)}.", added[0][1]
        return
    if old is None:
        if (
            new is not None
            and names(new)
            and knob.key[-1] not in {"source", "source_pkgs", "files", "packages", "modules"}
        ):
            yield "ignore-widened", "info", f"{name} is limited to {shown(', '.join(names(new)), 100)}.", new.line
        return
    lost = shrunk(old, new)
    if new is not None and lost:
        yield "ignore-widened", knob.severity, f"{name} no longer has {shown(', '.join(lost), 100)}.", new.line


def pattern(knob: Knob, old: Node | None, new: Node | None, name: str) -> Iterator[Said]:
    """Yield the alternatives by which a pattern leaves out more."""
    was, now = (side.said() if side is not None else "" for side in (old, new))
    parts, parts_now = (set(text.strip("^()$").split("|")) if text else set() for text in (was, now))
    if new is not None and parts_now - parts and not parts - parts_now:
        said = ", ".join(sorted(parts_now - parts))
        yield "ignore-widened", knob.severity, f"{name} now leaves out {shown(said, 100)}.", new.line
