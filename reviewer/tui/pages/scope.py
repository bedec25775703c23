"""Section 2: what the run reached against what it was allowed: paths, tools, hosts, and what no revert undoes.

What lies outside stands first. Only what the agent was really given (sandbox, permissions, a contract) can allow.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.checks.allowed import tool_allowed
from reviewer.text import plural
from reviewer.tui.pages.field import NOT_RECORDED, field, grade, heading, known_of, listed, moment, state_pieces
from reviewer.tui.pages.run import standing
from reviewer.tui.row import Piece, Row, Tone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.packet.manifest import FileChanged
    from reviewer.tui.pages.subject import Subject

_EFFECTS = {
    "install": "installed",
    "push": "pushed",
    "migration": "migrated",
    "container": "container",
    "file_outside": "file outside",
    "network_write": "sent",
    "service": "service",
    "process": "process",
    "git": "git",
}
_MOST = 30
"""Rows of one group that are shown; the rest is counted, and stands in the packet."""


def scope(subject: Subject) -> Iterator[Row]:
    """Yield the rows of section 2: each changed path, tool and host against what was allowed, outside first."""
    allowed = subject.manifest.scope
    limited = allowed.allowed_paths is not None or allowed.forbidden_paths is not None
    others = [finding for finding in subject.of_mode("scope", "stop_rule") if finding.file is None]
    if others:
        yield from heading("Outside")[1:]
        for finding in others:
            yield Row((Piece("! ", "warn"), Piece(finding.message)), key=("finding", finding.id), hanging=2, wrap=True)
    yield from heading("Changed paths")[0 if others else 1 :]
    yield from _paths(subject, limited=limited and "scope" in subject.checked)
    yield from _denials(subject)
    yield from heading("Tools")
    yield from _tools(subject)
    yield from _hosts(subject)
    yield from _effects(subject)
    yield from _allowed(subject)


_ALLOWED = {
    "sandbox": "Sandbox",
    "approval": "Asks before",
    "permission_mode": "Permission mode",
    "writable": "May write",
    "network": "Network",
    "allowed_paths": "Allowed paths",
    "forbidden_paths": "Forbidden paths",
    "allowed_tools": "Allowed tools",
    "allowed_commands": "Allowed commands",
    "hosts": "Hosts",
    "stop_rules": "Stop rules",
    "risk_class": "Risk class",
    "lane": "Lane",
}


def _allowed(subject: Subject) -> Iterator[Row]:
    """Yield what the run was given; what nothing says is named in one row, since most logs say little."""
    allowed = subject.manifest.scope
    yield from heading("Allowed")
    silent: list[str] = []
    for name, title in _ALLOWED.items():
        value, known = getattr(allowed, name), known_of(allowed.known, name)
        if value is None and known != "lost":
            silent.append(title.lower())
        elif isinstance(value, list):
            yield from listed(title, value, known)
        else:
            yield field(title, value, known)
    if silent:
        left = (Piece("⊘ ", "dim"), Piece(f"{NOT_RECORDED}: {', '.join(silent)}", "dim"))
        yield Row(left, hanging=2, wrap=True)


def _paths(subject: Subject, *, limited: bool) -> Iterator[Row]:
    def standing(file: FileChanged) -> tuple[int, str]:
        rank = 0 if file.path in subject.outside else 2 if limited else 1
        return rank, file.path

    marks: tuple[tuple[Piece, str], ...] = (
        (Piece("✗ ", "bad"), "outside"),
        (Piece("⊘ ", "dim"), "unknown"),
        (Piece("✓ ", "good"), "inside"),
    )
    for file in sorted(subject.manifest.file_changed, key=standing):
        mark, word = marks[standing(file)[0]]
        folder, _, name = file.path.rpartition("/")
        left = (mark, Piece(f"{folder}/" if folder else "", "dim"), Piece(name))
        yield Row(left, (Piece(f"{file.status}  {file.by:<7}  {word:<7}", "dim"),), key=("path", file.path))


def _tools(subject: Subject) -> Iterator[Row]:
    allowed = subject.manifest.scope.allowed_tools
    if not subject.manifest.tool_call:
        yield Row((Piece("⊘ ", "dim"), Piece(NOT_RECORDED, "dim")))
    rows: list[tuple[int, str, Row]] = []
    for call in subject.manifest.tool_call:
        rank = 1 if allowed is None else 2 if tool_allowed(allowed, call.tool) else 0
        mark = (Piece("✗ ", "bad"), Piece("⊘ ", "dim"), Piece("✓ ", "good"))[rank]
        denied = f"{call.denied} denied  " if call.denied else ""
        word = ("outside", "unknown", "inside")[rank]
        right = Piece(f"{denied}{call.boundary:<7}  {call.times:>4} ×  {word:<7}", "dim")
        rows.append((rank, call.tool, Row((mark, Piece(call.tool)), (right,))))
    yield from (row for _, _, row in sorted(rows, key=lambda entry: entry[:2]))


def _denials(subject: Subject) -> Iterator[Row]:
    rows = subject.manifest.denial
    if not rows:
        return
    yield from heading("Denied to the agent", str(len(rows)))
    for row in rows[:_MOST]:
        left = (Piece("✗ ", "warn"), Piece(f"{row.tool}  "), Piece(row.what, "dim"))
        yield Row(left, grade(row.known), key=moment(row.events), hanging=2)
        if row.said:
            yield Row((Piece("│ ", "dim"), Piece(row.said, "prose")), indent=2, hanging=2, wrap=True)
    yield from _more(len(rows))


def _hosts(subject: Subject) -> Iterator[Row]:
    rows = subject.manifest.host
    network = [command for command in subject.manifest.command if command.kind in {"network", "install"}]
    yield from heading("Hosts named", str(len(rows)) if rows else "none")
    allowed = subject.manifest.scope
    for row in rows[:_MOST]:
        outside = allowed.network == "deny" or (
            allowed.network == "allowlist" and row.host not in (allowed.hosts or ())
        )
        mark = Piece("✗ ", "bad") if outside else Piece("  ")
        right = Piece(f"{', '.join(row.ways)}  {row.times:>4} ×", "dim")
        yield Row((mark, Piece(row.host)), (right,), key=moment(row.events))
    yield from _more(len(rows))
    named = {number for row in (*rows, *subject.manifest.effect) for number in row.events}
    silent = [command for command in network if not named & set(command.events)]
    if silent:
        yield Row((Piece(f"  {plural(len(silent), 'command')} may reach others:", "dim"),))
    for command in silent[:_MOST]:
        glyph, word = state_pieces(standing(command))
        yield Row((glyph, Piece(f" {command.line}")), (Piece(word, "dim"),), key=("command", command.n))


def _effects(subject: Subject) -> Iterator[Row]:
    rows = subject.manifest.effect
    yield from heading("Outside the diff: a revert does not undo these", str(len(rows)) if rows else "none")
    tones: dict[bool | None, tuple[str, Tone]] = {True: ("! ", "warn"), False: ("○ ", "dim"), None: ("⊘ ", "dim")}
    words = {True: "", False: "did not run", None: NOT_RECORDED}
    for row in rows[:_MOST]:
        glyph, tone = tones[row.reached]
        left = (Piece(glyph, tone), Piece(f"{_EFFECTS[row.what]:<13}", "dim"), Piece(row.text))
        yield Row(left, (Piece(words[row.reached], "dim"),) if words[row.reached] else (), key=moment(row.events))
    yield from _more(len(rows))


def _more(count: int) -> Iterator[Row]:
    if count > _MOST:
        yield Row((Piece(f"  {count - _MOST:,} more in the packet", "dim"),))
