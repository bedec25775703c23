"""What stands behind one finding: how it is known, both versions of the place, the twin elsewhere, the command's end.

Pure: takes the contents that it shows and gives rows. Reading them, which may take a while, is for who asks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reviewer.tui.pages.excerpt import NOTHING, Excerpt, beside, enclosing, spans
from reviewer.tui.pages.field import heading, state_pieces
from reviewer.tui.row import BLANK, Piece, Row

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reviewer.checks.finding import CheckResult, Finding
    from reviewer.checks.probed import Probed
    from reviewer.packet.manifest import CommandRow

_TAIL = 16
_TAIL_BYTES = 16_384
_TOP = 9
_FILE = re.compile(r"file:(.+):(\d{1,9})\Z", re.DOTALL)
_NUMBER = re.compile(r"(command|event):(\d{1,9})\Z")


@dataclass(frozen=True)
class Material:
    """What the rows are made from.

    Attributes:
        old, new: contents of the finding's file, None for a side that is not there or not at hand.
        elsewhere: contents of other files on the new side that the finding names, by path.
        commands: of the run by number; logs: the outputs of those that the finding names.
        result: of the check that found it.
    """

    finding: Finding
    old: bytes | None = None
    new: bytes | None = None
    elsewhere: Mapping[str, bytes | None] = field(default_factory=dict)
    commands: Mapping[int, CommandRow] = field(default_factory=dict)
    logs: Mapping[int, bytes | None] = field(default_factory=dict)
    result: CheckResult | None = None
    probed: Probed | None = None


def named_files(finding: Finding) -> list[tuple[str, int]]:
    """Return the other places that a finding names: path and line."""
    found = [match for one in finding.evidence if (match := _FILE.fullmatch(one))]
    return [(match[1], int(match[2])) for match in found]


def named(finding: Finding, what: str) -> list[int]:
    """Return the numbers of the commands or events that a finding names."""
    found = [match for one in finding.evidence if (match := _NUMBER.fullmatch(one))]
    return [int(match[2]) for match in found if match[1] == what]


def evidence(material: Material, columns: int) -> Iterator[Row]:
    """Yield the rows.

    Args:
        material: what was read.
        columns: that there are for them.
    """
    finding = material.finding
    yield Row((Piece(finding.why),), wrap=True)
    yield from _known(material)
    if finding.file is not None:
        yield from _place(material, columns)
    for path, line in named_files(finding):
        yield from _other(path, line, material, columns)
    for number in named(finding, "command"):
        yield from _command(number, material)
    events = named(finding, "event")
    if events:
        yield from heading("In the run")
    for number in events:
        yield Row((Piece(f"event {number:,}"), Piece("  Enter goes there", "dim")), key=("moment", number))
    yield from _tests(material)


def _known(material: Material) -> Iterator[Row]:
    finding, result = material.finding, material.result
    words = [finding.mode.replace("_", " "), finding.rule.replace("-", " "), finding.severity, finding.known]
    yield BLANK
    yield Row((Piece(" · ".join(words), "dim"),), wrap=True)
    if result is not None and result.examined:
        yield Row((Piece(f"examined {result.examined}", "dim"),), wrap=True)


def _place(material: Material, columns: int) -> Iterator[Row]:
    finding = material.finding
    path = finding.file or ""
    if material.old is None and material.new is None:
        yield from heading(path)
        yield Row((Piece("⊘ ", "dim"), Piece("neither the packet nor a repository has this file's content", "dim")))
        return
    name, before, after = _both(material)
    yield from heading(f"{path}{f'  {name}' if name else ''}")
    marked = NOTHING if finding.line is None else range(finding.line, (finding.end_line or finding.line) + 1)
    on_old = finding.side == "old"
    left = Excerpt("before", material.old, before, marked if on_old else NOTHING)
    right = Excerpt("after", material.new, after, NOTHING if on_old else marked)
    yield from beside(left, right, columns)


def _both(material: Material) -> tuple[str, range, range]:
    """Return the name of the function that the finding is in, and its lines on both sides; else lines around it."""
    finding = material.finding
    path, line = finding.file or "", finding.line
    if line is None:
        return "", NOTHING if material.new else range(1, _TOP), range(1, _TOP)
    on_old = finding.side == "old"
    name, here = enclosing(material.old if on_old else material.new, path, line)
    there = spans(material.new if on_old else material.old, path).get(name, NOTHING)
    return (name, here, there) if on_old else (name, there, here)


def _other(path: str, line: int, material: Material, columns: int) -> Iterator[Row]:
    """Show another place that the finding names beside the finding's own."""
    finding, there = material.finding, material.elsewhere.get(path)
    yield from heading(f"{path}:{line}", "named by the finding")
    if there is None:
        yield Row((Piece("⊘ ", "dim"), Piece("its content is not at hand", "dim")))
        return
    other = Excerpt(f"{path}:{line}", there, enclosing(there, path, line)[1], range(line, line + 1))
    if finding.file is None or finding.line is None or finding.side == "old":
        yield from beside(Excerpt("", None, NOTHING), other, 0)
        return
    place = f"{finding.file}:{finding.line}"
    span = enclosing(material.new, finding.file, finding.line)[1]
    yield from beside(Excerpt(place, material.new, span, range(finding.line, finding.line + 1)), other, columns)


def _command(number: int, material: Material) -> Iterator[Row]:
    row = material.commands.get(number)
    yield from heading(f"Command {number}")
    if row is None:
        yield Row((Piece("⊘ ", "dim"), Piece("the packet does not list it", "dim")))
        return
    glyph, word = state_pieces(row.state)
    key = ("command", number) if row.log is not None else None
    yield Row((glyph, Piece(f" {row.line}", "bright")), (Piece(word, "dim"),), key=key, hanging=2, wrap=True)
    log = material.logs.get(number)
    if log is None:
        yield Row((Piece("⊘ ", "dim"), Piece("its output is not recorded", "dim")), indent=2)
        return
    tail = log[-_TAIL_BYTES:].rstrip(b"\n").split(b"\n")
    if len(tail) > _TAIL:
        yield Row((Piece("…  Enter above shows all of it", "dim"),), indent=2)
    for line in tail[-_TAIL:]:
        yield Row((Piece(line.decode("utf-8", "surrogateescape").removesuffix("\r")),), indent=2)


def _tests(material: Material) -> Iterator[Row]:
    wanted = {one.removeprefix("test:") for one in material.finding.evidence if one.startswith("test:")}
    tests = material.probed.tests if material.probed else None
    rows = [row for row in tests.rows if row.id in wanted] if tests else []
    if rows:
        yield from heading("In our own runs", "parent old, parent new, head old, head new")
    for row in rows:
        said = ", ".join(one.replace("_", " ") for one in (row.parent_old, row.parent_new, row.head_old, row.head_new))
        yield Row((Piece(row.id),), (Piece(said, "dim"),), wrap=True)
        if row.message:
            yield Row((Piece(row.message, "dim"),), indent=2, wrap=True)
