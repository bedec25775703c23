"""Why each hunk is there, as plain text: its place, the turn and the agent's words, the edits, what failed and passed.

Knows rows as the workflow gives them; prints nothing itself. Words of the agent stand behind a bar, so that nobody
takes them for ours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reviewer.cli.output import wrap
from reviewer.text import clip, plural

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_MOST_EDITS = 12
_MOST_LINE = 160
"""Characters of a command; a script in a here-document is no help here."""


def why_lines(rows: Sequence[Mapping[str, Any]], commands: Mapping[int, str]) -> Iterator[str]:
    """Yield the section.

    Args:
        rows: of all parts of the change, as `reviewer.workflow.why.rows` gives them.
        commands: lines of the recorded commands by their numbers.
    """
    yield "WHY"
    if not rows:
        yield "  the packet holds no change"
        return
    traced = [row for row in rows if "edits" in row["why"]]
    headers = any("new_start" not in row for row in rows)
    nouns = ("hunk or header", "hunks and headers") if headers else ("hunk", "hunks")
    yield wrap(f"{len(traced):,} of {plural(len(rows), *nouns)} traced to the recorded run", "  ")
    for row in rows:
        yield ""
        yield from _hunk(row, commands)


def _hunk(row: Mapping[str, Any], commands: Mapping[int, str]) -> Iterator[str]:
    why = row["why"]
    place = f"{row['path']}:{row['new_start']}" if "new_start" in row else f"{row['path']} (header)"
    yield wrap(place, "    ", first="  ")
    if "edits" not in why:
        yield wrap(f"not traceable: {why['reason']}", "    ")
        return
    deep = "" if why["agent"] == "root" else f", {why['agent']}"
    session = f", session {why['session']}" if why["session"] > 1 else ""
    shown, rest = why["edits"][:_MOST_EDITS], len(why["edits"]) - _MOST_EDITS
    numbers = ", ".join(str(edit["event"]) for edit in shown) + (f" and {rest:,} more" if rest > 0 else "")
    word = "event" if len(why["edits"]) == 1 else "events"
    lines = f"{why['lines_traced']:,} of {plural(why['lines'], 'line')}" if why["lines"] else "header"
    yield wrap(f"turn {why['turn']}{session}{deep}; {word} {numbers}; {lines}, {why['how']}", "    ")
    said = why.get("said")
    if said is None:
        yield "    the agent's words before it: not recorded"
    else:
        yield wrap(said["text"], "    | ")
        yield f"      {said['kind']}, event {said['event']}"
    yield _command("failed before", why.get("failed"), commands)
    yield _command("passed after", why.get("passed"), commands)


def _command(label: str, number: int | None, commands: Mapping[int, str]) -> str:
    if number is None:
        return f"    {label}: no command"
    line = clip(" ".join(commands.get(number, "").split()), _MOST_LINE)
    return wrap(line, "      ", first=f"    {label}: command {number}  ")
