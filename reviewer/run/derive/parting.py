"""Places where what was planned, done and said part ways, and how many of them become few rows.

Knows nothing of how a parting is found. A person reads these rows in a minute, so many of a kind are told as one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.run.derive.facts import bounded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviewer.run.derive.facts import Parting, Row


_WEIGHT = (
    "scope_exceeded",
    "claimed_not_run",
    "run_before_last_edit",
    "changed_not_claimed",
    "claimed_not_changed",
    "planned_untouched",
    "touched_unplanned",
    "edited_unread",
)
"""The weightiest first."""
_APART = 3
"""So many of a kind with the same detail stand in rows of their own."""
_GROUPS = 10
"""So many details of a kind are told apart."""
_NAMED = 5
_BRIEF = 60
"""Characters of each of several that are told together."""
_TOLD = 120
"""So many paths are named in a row that stands for more."""


def course_rows(partings: Sequence[Parting]) -> list[Row]:
    """Return rows of `[[course]]` by weight; more than a few of a kind and detail become one with a count."""
    alike: dict[str, dict[str | None, list[Parting]]] = {}
    for parting in partings:
        alike.setdefault(parting.what, {}).setdefault(parting.detail, []).append(parting)
    rows: list[Row] = []
    for what in sorted(alike, key=_WEIGHT.index):
        groups = sorted(alike[what].values(), key=lambda group: group[0].events[:1])
        told = [row for group in groups[:_GROUPS] for row in _rows(what, group)]
        if rest := [parting for group in groups[_GROUPS:] for parting in group]:
            told.append(_course_row(what, _together(rest), "for various reasons", rest))
        rows += told
    return rows


def _rows(what: str, group: Sequence[Parting]) -> list[Row]:
    if len(group) <= _APART:
        return [_course_row(what, one.text, one.detail, [one]) for one in group]
    return [_course_row(what, _together(group), group[0].detail, group)]


def _together(group: Sequence[Parting]) -> str:
    names = [one.text if one.is_path else one_line(one.text, _BRIEF) for one in group[:_NAMED]]
    unit = "files" if all(one.is_path for one in group) else "places"
    more = f" and {len(group) - _NAMED:,} more" if len(group) > _NAMED else ""
    return f"{len(group):,} {unit}: {'; '.join(names) if unit == 'places' else ', '.join(names)}{more}"


def one_line(text: str, most: int = _TOLD) -> str:
    """Return a text as one line of at most so many characters; the timeline has all of it."""
    line = " ".join(text[: most * 8].split())
    return line if len(line) <= most else f"{line[: most - 1]}…"


def _course_row(what: str, text: str, detail: str | None, group: Sequence[Parting]) -> Row:
    return {
        "what": what,
        "text": text,
        "detail": detail,
        "known": "derived",
        "rule": group[0].rule,
        "events": bounded(seq for one in group for seq in one.events),
    }
