"""Options of a test runner that stand in settings (pytest's addopts, filterwarnings), before and after."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.checks.gates.check_commands import floors, options
from reviewer.checks.ident import shown
from reviewer.run.shell.words import split

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.checks.finding import Severity
    from reviewer.checks.gates.tree import Node

_MATTERS = ("-W", "--fail-on", "--forbid-only")


def words(node: Node | None) -> tuple[str, ...]:
    """Return the words of options, from a text or from a list."""
    if node is None:
        return ()
    if node.text is None:
        return tuple(element.text for element in node.elements if element.text)
    return tuple(word for part in split(" ".join(node.text.split("\n"))) for word in part.words)


def demanded(node: Node | None) -> float | None:
    """Return the coverage that options demand, None if none."""
    return max((limit for _, limit in floors(words(node))), default=None)


def weaker_options(
    old: Node | None, new: Node | None, name: str, floor: float | None, *, strict_elsewhere: bool = False
) -> Iterator[tuple[str, Severity, str, int]]:
    """Yield what options demand less of.

    Args:
        old: the setting before.
        new: the setting now.
        name: what to call it.
        floor: the coverage that is demanded elsewhere.
        strict_elsewhere: a setting of its own says what `--strict-…` says.
    """
    before, after = words(old), words(new)
    line = new.line if new else old.line if old else 0
    limits = dict(floors(after))
    for option, limit in floors(before):
        now = limits.get(option)
        if now is None and (floor is None or floor < limit):
            yield "threshold-removed", "high", f"{name} no longer demands {shown(option)} {limit:g}.", line
        elif now is not None and now < limit:
            yield "threshold-lowered", "high", f"{name} demands {shown(option)} {now:g}, and {limit:g} before.", line
    (strict, left), (strict_now, left_now) = options(before), options(after)
    gone = sorted(
        word
        for word in strict - strict_now
        if not (word.startswith("--strict") and (strict_elsewhere or "--strict" in strict_now))
    )
    if gone:
        severity: Severity = "medium" if any(word.startswith(_MATTERS) for word in gone) else "low"
        yield "strictness-off", severity, f"{name} no longer has {shown(' '.join(gone), 80)}.", line
    out = [part for part in left_now if part not in left]
    if out:
        yield "tests-deselected", "medium", f"{name} now leaves out {shown(', '.join(out), 100)}.", line
    if "--no-cov" in after and "--no-cov" not in before:
        yield "strictness-off", "low", f"{name} switches coverage off.", line


def weaker_warnings(
    old: Node | None, new: Node | None, name: str, severity: Severity
) -> Iterator[tuple[str, Severity, str, int]]:
    """Yield filters that no longer make warnings errors."""
    before = [element.text.strip() for element in old.list_of() if element.text] if old else []
    after = {element.text.strip() for element in new.list_of() if element.text} if new else set()
    errors = [one for one in before if one == "error" or one.startswith("error:")]
    gone = [one for one in errors if one not in after and "error" not in after]
    if gone:
        line = new.line if new else old.line if old else 0
        what = "medium" if "error" in gone else severity
        yield "strictness-off", what, f"{name} no longer makes errors of {shown(', '.join(gone), 80)}.", line
