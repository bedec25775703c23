"""`reviewer pack`: make a packet from commits and the agent's own log, and say what went in and what did not."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reviewer.cli.output import phases, print_json, put, say
from reviewer.errors import BadInputError
from reviewer.text import clip, display_safe, plural

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.packet.manifest import Operator, Session, Transcript
    from reviewer.workflow.pack import Packed

NO_SESSION = "none"
_WIDEST = 600
_TIES = {
    "note": "a note names it",
    "trailer": "a trailer of a commit names it",
    "patch": "its patch is the change",
    "commit": "it made a commit of the range",
    "time_and_files": "it fits in time and edits what changed",
    "files": "it edits what changed",
    "unrelated": "UNRELATED to this change, as far as anything shows",
}


@click.command(short_help="Make a packet from commits and the agent's own log.")
@click.argument("revisions", required=False, metavar="[BASE..HEAD]")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="A .packet file; a folder that is there, for a file in it; or the name of a new folder.",
)
@click.option(
    "--session",
    "sessions",
    multiple=True,
    metavar="PATH",
    help="A session log, a session's folder, or DATABASE#ID; may be given again, also of several agents. 'none' packs "
    "without one. [default: all that fit]",
)
@click.option("--task", type=click.Path(path_type=Path), help="The task contract, task.toml, that the agent was given.")
@click.option(
    "--notes", type=click.Path(path_type=Path), help="What the agent noted. [default: review-notes.toml, if there]"
)
@click.option(
    "--repo", "repository", type=click.Path(path_type=Path), default=Path(), help="Any place in it. [default: here]"
)
@click.option("--title", help="In place of the one that the commits give.")
@click.option("--operator", metavar="'NAME <EMAIL>'", help="Who ran the agent. [default: the committer]")
@click.option("--no-transcript", is_flag=True, help="Leave the session logs out; the timeline stays.")
@click.option("--json", "as_json", is_flag=True, help="Say what was made as JSON.")
def command(**options: Any) -> None:  # noqa: ANN401 - click's options, by name
    """Make a packet of the change BASE..HEAD: exactly these two trees.

    BASE...HEAD starts at their merge base; BASE alone goes to HEAD; without a range the change is what HEAD adds to
    the default branch. The packet is written under the repository's git directory, never into the work tree, and its
    path is printed. Equal input gives equal bytes: the time in it is the head commit's.
    """
    with _without_cycle_search():
        _pack(options)


def _pack(options: dict[str, Any]) -> None:
    from reviewer.cli.limits import packet_limits
    from reviewer.workflow.pack import PackRequest, pack

    as_json = options.pop("as_json")
    request = PackRequest(
        repository=options["repository"],
        revision=options["revisions"],
        sessions=_sessions(options["sessions"]),
        task=options["task"],
        notes=options["notes"],
        output=options["output"],
        title=options["title"],
        operator=_operator(options["operator"]),
        keep_transcript=not options["no_transcript"],
    )
    with phases() as report:
        made = pack(request, report, packet_limits)
    _narrate(made)
    if as_json:
        print_json(_as_json(made))
    else:
        put(str(made.path))


@contextmanager
def _without_cycle_search() -> Iterator[None]:
    """Keep Python from searching all objects for cycles again and again: events are many, stay, and make none."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _sessions(named: tuple[str, ...]) -> tuple[Path, ...] | None:
    if NO_SESSION in named:
        if len(named) > 1:
            raise click.UsageError("--session none goes alone: either there are session logs or there are none")
        return ()
    return tuple(Path(name).expanduser() for name in named) or None


def _operator(text: str | None) -> Operator | None:
    if text is None:
        return None
    from reviewer.workflow.packing.origin import parse_operator

    found = parse_operator(text)
    if found is None:
        raise BadInputError(f"--operator: '{text}' is not a name or 'Name <email>'")
    return found


def _narrate(made: Packed) -> None:
    there = "was there already, unchanged" if made.was_there else "made"
    _tell(f"{made.id}: {there}")
    _tell(f"  change       {made.base[:12]}..{made.head[:12]}, {plural(made.commits, 'commit')}")
    _tell(f"               {plural(made.files, 'file')}, +{made.added:,} -{made.removed:,} lines")
    for session in made.sessions:
        _narrate_session(session, [made.transcripts[place - 1] for place in session.transcript])
    if not made.sessions:
        say("  session      none: the packet's run says not recorded")
    if made.redactions:
        rules = sorted({row.rule for row in made.redactions})
        _tell(f"  masked       {plural(sum(row.count for row in made.redactions), 'secret')}: {', '.join(rules)}")
    for row in made.omissions:
        _tell(f"  left out     {row.what}: {row.reason}")
    for note in made.notes:
        _tell(f"  note         {note}")


def _narrate_session(session: Session, logs: list[Transcript]) -> None:
    ids = f" {session.ids[0]}" if session.ids else ""
    did = f"{plural(session.commands, 'command')}, {plural(session.edits, 'edit')}"
    is_told = session.link_evidence and session.link != "unrelated"
    _tell(f"  session {session.n:<4} {session.agent}{ids}: {did}{'' if is_told else f'; {_TIES[session.link]}'}")
    if session.link_evidence:
        _tell(f"               {session.link_evidence}")
    for log in logs:
        unknown = sum(log.unknown.values())
        more = f", {unknown:,} not understood" if unknown else ""
        _tell(f"               {plural(log.records, 'record')}{more}; taken because {log.chosen_because}")


def _tell(text: str) -> None:
    """Say one line: no id, name or reason from a log or a repository can begin another, or fill the screen."""
    say(clip(display_safe(text), _WIDEST))


def _as_json(made: Packed) -> dict[str, Any]:
    plain = {name: getattr(made, name) for name in ("id", "title", "key", "digest", "base", "head", "commits")}
    counts = {name: getattr(made, name) for name in ("files", "added", "removed", "was_there")}
    rows = {
        name: [row.model_dump(exclude_none=True) for row in getattr(made, name)]
        for name in ("sessions", "transcripts", "redactions", "omissions")
    }
    rows["considered"] = [asdict(each) for each in made.considered]
    return {"path": str(made.path), **plain, **counts, **rows, "notes": list(made.notes)}
