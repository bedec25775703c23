"""`reviewer sessions`: which recorded sessions of which agents a repository has, and which belong to a change."""

from __future__ import annotations

import shutil
import sys
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reviewer.cli.output import WIDTH, aligned, print_json, put, say, wrap
from reviewer.text import clip, display_safe, plural

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviewer.workflow.sessions.candidate import Candidate
    from reviewer.workflow.sessions.choice import Judged
    from reviewer.workflow.sessions.overview import Overview

_HEADER = ("", "agent", "id", "start", "lasted", "cmds", "files", "range")
_NUMBERS = frozenset({4, 5, 6, 7})
_INDENT = " " * 7
_ID = 8
_MAX_TEXT = 400
_LENGTHS = ((120, 1, "s"), (7_200, 60, "min"), (172_800, 3_600, "h"), (float("inf"), 86_400, "d"))


@click.command(short_help="List the recorded sessions of agents in a repository.")
@click.argument("revisions", required=False, metavar="[BASE..HEAD]")
@click.option(
    "-C",
    "--repo",
    "--repository",
    "repository",
    type=click.Path(path_type=Path),
    default=Path(),
    help="Any place in it. [default: here]",
)
@click.option("--all", "everywhere", is_flag=True, help="Also those of other folders and other times.")
@click.option("--agent", metavar="NAME", help="Only those of one program: claude-code, codex, opencode, ...")
@click.option("--json", "as_json", is_flag=True, help="Print them for machines, with whole ids and paths.")
@click.pass_context
def command(
    context: click.Context,
    revisions: str | None,
    repository: Path,
    *,
    everywhere: bool,
    agent: str | None,
    as_json: bool,
) -> None:
    """List the sessions of all installed agents in this repository, the newest first.

    Each with the reason for which `reviewer pack` takes it for the range BASE..HEAD, or leaves it. Without a range they
    are held against what HEAD adds to the default branch; where that is nothing, all are listed. Reads only what the
    agents wrote; changes nothing. Exit codes: 0 there are any that fit, 1 none fits.
    """
    from reviewer.workflow.sessions.overview import overview

    found = overview(repository, revisions, everywhere=everywhere, agent=agent)
    if as_json:
        print_json([_as_json(each, found) for each in found.shown])
    else:
        _print(found)
    _narrate(found, everywhere=everywhere)
    context.exit(0 if found.fits else 1)


def _print(found: Overview) -> None:
    names = _names(found.shown)
    rows = [_row(each, name, found) for each, name in zip(found.shown, names, strict=True)]
    if not rows:
        return
    # Aligned as one table, though each row is followed by lines of its own.
    header, *lines = aligned([_HEADER, *rows], right=_NUMBERS)
    put(header)
    width = _width()
    for line, each in zip(lines, found.shown, strict=True):
        put(line)
        put(wrap(clip(display_safe(_why(each)), _MAX_TEXT), _INDENT))
        put(_INDENT + _tail(display_safe(_shown_path(each.candidate.reference)), width - len(_INDENT)))


def _row(each: Judged, name: str, found: Overview) -> tuple[str, ...]:
    one, did = each.candidate, each.activity
    taken = {True: "taken", False: "left", None: ""}[each.taken]
    commands = "-" if did is None or did.commands is None else f"{did.commands:,}"
    edits = "-" if did is None or did.only_named else f"{len(did.edited):,}"
    overlap = "-" if each.touched is None or found.span is None else f"{len(each.touched)}/{found.changed}"
    start = _moment(one.started) or (f"? to {_moment(one.ended)[5:]}" if one.ended else "-")
    return (taken, one.agent, name, start, _lasted(one.started, one.ended), commands, edits, overlap)


def _names(shown: Sequence[Judged]) -> list[str]:
    """Return short names of sessions: how their ids begin, or how they end where they begin alike, as times do."""
    starts = Counter(each.candidate.session[:_ID] for each in shown)
    return [_name(each.candidate, is_alone=starts[each.candidate.session[:_ID]] == 1) for each in shown]


def _name(one: Candidate, *, is_alone: bool) -> str:
    if not one.session:
        return f"#{one.part}" if one.part else "-"
    return one.session[:_ID] if is_alone or len(one.session) <= _ID else f"…{one.session[1 - _ID :]}"


def _moment(seconds: float | None) -> str:
    """Return a moment to the minute, in the person's own time."""
    try:
        return "" if seconds is None else datetime.fromtimestamp(seconds).astimezone().strftime("%Y-%m-%d %H:%M")
    except (ValueError, OverflowError, OSError):
        return ""


def _lasted(start: float | None, end: float | None) -> str:
    if start is None or end is None or end < start:
        return "-"
    length = end - start
    _most, unit, name = next(row for row in _LENGTHS if length < row[0])
    return f"{length / unit:.0f} {name}"


def _why(each: Judged) -> str:
    children = sum(1 for _, agent in each.candidate.companions if agent is not None)
    more = f"; with {plural(children, 'sub-agent')}" if children else ""
    return f"{each.why}{more}"


def _shown_path(reference: str) -> str:
    home = f"{Path.home()}/"
    return f"~/{reference[len(home) :]}" if reference.startswith(home) else reference


def _tail(text: str, columns: int) -> str:
    """Return a path whole where it fits, else its end, which tells more than its start."""
    return text if len(text) <= columns else f"…{text[1 - columns :]}"


def _width() -> int:
    return max(WIDTH, shutil.get_terminal_size((WIDTH, 24)).columns) if sys.stdout.isatty() else WIDTH


def _narrate(found: Overview, *, everywhere: bool) -> None:
    if found.span is not None:
        taken = sum(each.taken is True for each in found.shown)
        where = f"{found.span.base[:12]}..{found.span.head[:12]}, {plural(found.changed, 'changed file')}"
        say(f"{plural(taken, 'session')} taken of {len(found.shown)} for {where}")
    elif found.shown:
        say(f"{plural(len(found.shown), 'session')}; give a range, BASE..HEAD, to see which belong to it")
    if not found.shown:
        say("no session of an agent in this repository was found")
    if found.hidden:
        say(f"{plural(found.hidden, 'session')} of other folders or times not shown; --all shows them")
    if found.older and not everywhere:
        say(f"{plural(found.older, 'log')} last written before the range not opened; --all opens them")
    for note in found.notes:
        say(f"note: {display_safe(note)}")


def _as_json(each: Judged, found: Overview) -> dict[str, Any]:
    from reviewer.workflow.sessions.reading import iso

    one, did = each.candidate, each.activity
    has_overlap = each.touched is not None and found.span is not None
    return {
        "agent": one.agent,
        "session": one.session or None,
        "sessions": list(one.sessions),
        "reference": one.reference,
        "taken": each.taken,
        "why": each.why,
        "place": each.place.value,
        "readable": one.readable,
        "started": iso(one.started),
        "ended": iso(one.ended),
        "cwds": list(one.cwds),
        "subagents": [agent for _, agent in one.companions if agent is not None],
        "commands": None if did is None else did.commands,
        "edited": None if did is None or did.only_named else sorted(did.edited),
        "commits": None if did is None or did.only_named else list(did.commits),
        "overlap": {"files": sorted(each.touched or ()), "of": found.changed} if has_overlap else None,
    }
