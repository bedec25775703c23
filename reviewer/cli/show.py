"""`reviewer show`: a packet as plain text, for a pipe, a screen reader, or a look without the workstation."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reviewer.cli.newest import packet_or_newest
from reviewer.cli.output import print_json, put
from reviewer.errors import BadInputError

if TYPE_CHECKING:
    from reviewer.packet.loader import Packet

SECTIONS = (
    *("task", "scope", "plan", "timeline", "commands", "retries", "assumptions", "rollback", "cost"),
    *("origin", "change", "files", "redactions", "omissions", "why", "diff", "log"),
)
"""The nine of the brief in their order, then the rest of the packet."""


@click.command(short_help="Print a packet, or one section of it, as plain text.")
@click.argument("words", nargs=-1, metavar="[PACKET] [SECTION [N]]")
@click.option("--json", "as_json", is_flag=True, help="The manifest as it is in packet.toml, and the hunks, as JSON.")
@click.option("--raw", is_flag=True, help="With diff or log: the exact bytes. Not to a terminal.")
def command(words: tuple[str, ...], *, as_json: bool, raw: bool) -> None:
    """Print PACKET (a folder or a .packet file) as plain text, or one SECTION of it.

    Without PACKET, the newest of the repository. A file that is called like a section is given as ./NAME.

    Sections: task, scope, plan, timeline, commands, retries, assumptions, rollback, cost; origin, change, files,
    redactions, omissions, why (what led to each hunk), diff, and log N for the output of command N.

    Each field stands with how it is known: recorded, declared or derived. What nothing says is shown as not recorded,
    which is another thing than none or 0.
    """
    from reviewer.cli.limits import packet_limits
    from reviewer.packet.loader import load
    from reviewer.packet.member import MANIFEST

    named, section, number = _meant(words)
    packet = packet_or_newest(named)
    _check_use(section, number, as_json=as_json, raw=raw)
    with load(packet, packet_limits()) as opened:
        if as_json:
            hunks = {"hunk": _why_rows(opened)}
            print_json(hunks if section else {**tomllib.loads(opened.read(MANIFEST).decode()), **hunks})
        elif raw:
            _write_raw(_content(opened, section or "", number))
        elif section in {"diff", "log"}:
            put(_content(opened, section, number).removesuffix(b"\n").decode("utf-8", "surrogateescape"))
        elif section == "why":
            _print_why(opened)
        else:
            _print_sections(opened, section)


def _meant(words: tuple[str, ...]) -> tuple[Path | None, str | None, int | None]:
    """Return the packet, the section and the number that were given, each None if it was not."""
    left = list(words)
    packet = Path(left.pop(0)) if left and left[0] not in SECTIONS else None
    section = left.pop(0) if left else None
    if section is not None and section not in SECTIONS:
        raise click.UsageError(f"'{section}' is not one of {', '.join(SECTIONS)}")
    number = left.pop(0) if left else None
    if left or (number is not None and not (number.isascii() and number.isdecimal() and int(number[:9]) > 0)):
        raise click.UsageError("after the section comes at most the number of a command: reviewer show PACKET log 3")
    return packet, section, None if number is None else int(number[:9])


def _check_use(section: str | None, number: int | None, *, as_json: bool, raw: bool) -> None:
    if (section == "log") != (number is not None):
        raise click.UsageError(
            "'log' needs the number of a command, and nothing else takes one: reviewer show PACKET log 3"
        )
    if as_json and (section not in {None, "why"} or raw):
        raise click.UsageError("--json prints the whole manifest, or 'why' alone; leave the section out")
    if raw and section not in {"diff", "log"}:
        raise click.UsageError("--raw goes with 'diff' or 'log'")
    if raw and sys.stdout.isatty():
        raise BadInputError(
            "--raw writes bytes that a terminal could act on", hint="send them to a file or a pipe, or leave --raw out"
        )


def _content(packet: Packet, section: str, number: int | None) -> bytes:
    from reviewer.packet.member import DIFF, log_name

    if section == "diff":
        return packet.read(DIFF)
    name = log_name(number or 0)
    if not packet.has(name):
        numbers = [str(row.n) for row in packet.manifest.command if row.log is not None]
        raise BadInputError(
            f"{packet.path.name}: has no output of command {number}",
            hint=f"there are outputs of {', '.join(numbers[:20])}" if numbers else "no command has a recorded output",
        )
    return packet.read(name)


def _write_raw(data: bytes) -> None:
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def _why_rows(packet: Packet) -> list[dict[str, Any]]:
    from reviewer.diff.anchor import review_units
    from reviewer.diff.index import index_patch
    from reviewer.packet.member import TIMELINE
    from reviewer.run.timeline import parse
    from reviewer.workflow.why import Reasons, rows

    index = index_patch(packet.diff())
    reasons = Reasons(index, parse(packet.read(TIMELINE), f"{packet.path.name}: {TIMELINE}"))
    return list(rows(reasons, review_units(index)))


def _print_why(packet: Packet) -> None:
    from reviewer.cli.why_text import why_lines

    commands = {row.n: row.line for row in packet.manifest.command}
    put("\n".join(why_lines(_why_rows(packet), commands)))


def _print_sections(packet: Packet, section: str | None) -> None:
    from reviewer.cli.brief import BRIEF, header, render

    if section is not None:
        put("\n".join(render(section, packet)))
        return
    put("\n".join(header(packet)))
    for name in BRIEF:
        put()
        put("\n".join(render(name, packet)))
