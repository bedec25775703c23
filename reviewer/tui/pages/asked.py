"""Sections 1 to 3: what was asked, what was allowed, and what was planned against what was done and said."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewer.tui.pages.field import NOT_RECORDED, field, grade, heading, known_of, listed, prose, state_pieces
from reviewer.tui.pages.run import standing
from reviewer.tui.row import Piece, Row, Tone

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewer.packet.manifest import FileChanged
    from reviewer.tui.pages.subject import Subject

_PATH = re.compile(
    r"[\w.@+-]+(?:/[\w.@+-]+)+|\b[\w-]+\.(?:py|js|jsx|ts|tsx|go|rs|rb|java|c|h|cpp|md|toml|json|ya?ml|txt)\b"
)
_NAME = 22
_FIELD_NAMES = {"non_goals": "Non-goals", "done_when": "Done when", "required_commands": "Has to pass"}
_STEP_GLYPHS: dict[str, tuple[str, Tone]] = {
    "completed": ("✓", "good"),
    "in_progress": ("◐", "warn"),
    "pending": ("○", "warn"),
    "cancelled": ("✗", "warn"),
    "unknown": ("⊘", "dim"),
}


def task(subject: Subject) -> Iterator[Row]:
    """Yield the rows of section 1: the contract, who did it, how it ended, then the words as they were."""
    asked, origin, end = subject.manifest.task, subject.manifest.origin, subject.manifest.end
    yield Row((Piece(subject.manifest.title, "name"),), wrap=True)
    yield from heading("Asked")
    yield field("Objective", asked.objective, known_of(asked.known, "objective"), tone="bright")
    for name, values in (
        ("constraints", asked.constraints),
        ("non_goals", asked.non_goals),
        ("done_when", asked.done_when),
        ("required_commands", asked.required_commands),
    ):
        known = known_of(asked.known, name)
        yield from listed(
            _FIELD_NAMES.get(name, name.capitalize()), values or (None if known == "absent" else []), known
        )
    yield field("Type", asked.type, known_of(asked.known, "type"))
    yield field("Issue", asked.issue, known_of(asked.known, "issue"))
    yield from heading("Made by")
    yield field("Origin", origin.kind, known_of(origin.known, "kind"))
    agent = None if origin.agent is None else f"{origin.agent} {origin.agent_version or ''}".rstrip()
    yield field("Agent", agent, known_of(origin.known, "agent"))
    yield field("Models", origin.models or None, known_of(origin.known, "models"))
    operator = origin.operator
    who = None if operator is None else f"{operator.name} {f'<{operator.email}>' if operator.email else ''}".rstrip()
    yield field("Run by", who, known_of(origin.known, "operator"))
    yield field("Ended", end.reason, known_of(end.known, "reason"))
    yield from prose("The first request, as it was given", asked.prompt, known_of(asked.known, "prompt"))
    for number, text in enumerate(asked.follow_ups, 2):
        yield from prose(f"Request {number}", text, known_of(asked.known, "follow_ups"))
    if end.text:
        yield from prose(
            "The agent's last words, not checked", end.text, known_of(end.known, "text"), covered=subject.covered
        )


def scope(subject: Subject) -> Iterator[Row]:
    """Yield the rows of section 2: each changed path, tool and command against what was allowed, outside first."""
    manifest = subject.manifest
    allowed = manifest.scope
    limited = allowed.allowed_paths is not None or allowed.forbidden_paths is not None
    yield from heading("Changed paths")[1:]
    yield from _paths(subject, limited=limited and "scope" in subject.checked)
    yield from heading("Tools")
    yield from _tools(subject)
    network = [command for command in manifest.command if command.kind in {"network", "install"}]
    yield from heading("Commands that reach the network", str(len(network)) if network else "none")
    for command in network:
        glyph, word = state_pieces(standing(command))
        yield Row((glyph, Piece(f" {command.line}")), (Piece(word, "dim"),), key=("command", command.n))
    others = [f for f in subject.of_mode("scope", "stop_rule") if f.file is None]
    if others:
        yield from heading("Also outside")
        for finding in others:
            yield Row((Piece("! ", "warn"), Piece(finding.message)), key=("finding", finding.id), hanging=2, wrap=True)
    yield from heading("Allowed")
    for name in ("allowed_paths", "forbidden_paths", "allowed_tools", "allowed_commands", "hosts", "stop_rules"):
        title = name.replace("_", " ").capitalize()
        yield from listed(title, getattr(allowed, name), known_of(allowed.known, name))
    yield field("Network", allowed.network, known_of(allowed.known, "network"))
    yield field("Risk class", allowed.risk_class, known_of(allowed.known, "risk_class"))
    yield field("Lane", allowed.lane, known_of(allowed.known, "lane"))


def plan(subject: Subject) -> Iterator[Row]:
    """Yield the rows of section 3: the differences first, then the plan itself, then what the agent said."""
    manifest = subject.manifest
    planned = planned_paths(subject)
    yield from heading("Differences")[1:]
    if planned is None:
        yield Row((Piece("⊘ ", "dim"), Piece("No plan that names files: nothing to compare", "dim")), wrap=True)
    else:
        yield from _each("Planned, not touched", sorted(planned - subject.changed), "path")
        yield from _each("Touched, not planned", sorted(subject.changed - planned), "path")
    unproven = [claim for claim in manifest.claim if claim.evidence is None]
    yield from _each("Claimed, not run", [f"“{claim.text}”" for claim in unproven], "claim")
    before = [command for command in manifest.command if command.kind == "test" and command.after_last_edit is False]
    yield from _each("Run too early", [f"{c.n}  {c.line}" for c in before], "early")
    yield from heading("Plan")
    table = manifest.plan
    yield field("Before any edit", table.made_before_first_edit, known_of(table.known, "made_before_first_edit"))
    for step in table.steps:
        glyph, tone = _STEP_GLYPHS[step.status]
        yield Row((Piece(f"{glyph} ", tone), Piece(step.text)), (Piece(step.status, "dim"),), hanging=2, wrap=True)
    if not table.steps and table.text is None:
        yield Row((Piece("⊘ ", "dim"), Piece(NOT_RECORDED, "dim")), grade("absent"))
    if table.text is not None:
        yield from prose(
            "The plan, in the agent's words", table.text, known_of(table.known, "text"), covered=subject.covered
        )
    yield from heading("Said", str(len(manifest.claim)) if manifest.claim else "none")
    if subject.covered and manifest.claim:
        yield Row((Piece("Covered until every hunk has been seen (B uncovers it).", "dim"),), wrap=True)
        return
    for claim in manifest.claim:
        borne = claim.evidence is not None
        mark = Piece("✓ ", "good") if borne else Piece("✗ ", "bad")
        proof = f"command {claim.evidence}" if borne else "nothing bears it out"
        key = ("command", claim.evidence) if borne else ("claim", claim.text)
        yield Row((mark, Piece(f"“{claim.text}”", "prose")), (Piece(proof, "dim"),), key=key, hanging=2, wrap=True)


def planned_paths(subject: Subject) -> frozenset[str] | None:
    """Return the changed or named paths that the plan mentions; None when the plan names no path at all."""
    table = subject.manifest.plan
    text = "\n".join([table.text or "", *(step.text for step in table.steps)])
    named = {match.group().strip("./") for match in _PATH.finditer(text)}
    if not named:
        return None
    by_name = {path.rsplit("/", 1)[-1]: path for path in sorted(subject.changed, reverse=True)}
    return frozenset(by_name.get(name, name) if "/" not in name else name for name in named)


def differences(subject: Subject) -> int:
    """Return how many differences section 3 lists."""
    planned = planned_paths(subject)
    paths = 0 if planned is None else len(planned ^ subject.changed)
    return paths + sum(claim.evidence is None for claim in subject.manifest.claim)


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
    names = None if allowed is None else {name.split("(", 1)[0] for name in allowed}
    if not subject.manifest.tool_call:
        yield Row((Piece("⊘ ", "dim"), Piece(NOT_RECORDED, "dim")))
    rows: list[tuple[int, str, Row]] = []
    for call in subject.manifest.tool_call:
        rank = 1 if names is None else 2 if call.tool in names else 0
        mark = (Piece("✗ ", "bad"), Piece("⊘ ", "dim"), Piece("✓ ", "good"))[rank]
        denied = f"{call.denied} denied  " if call.denied else ""
        word = ("outside", "unknown", "inside")[rank]
        right = Piece(f"{denied}{call.boundary:<7}  {call.times:>4} ×  {word:<7}", "dim")
        rows.append((rank, call.tool, Row((mark, Piece(call.tool)), (right,))))
    yield from (row for _, _, row in sorted(rows, key=lambda entry: entry[:2]))


def _each(name: str, values: Sequence[str], kind: str) -> Iterator[Row]:
    if not values:
        left = (Piece("✓ ", "good"), Piece(name.ljust(_NAME), "dim"), Piece("none", "dim"))
        yield Row(left, grade("derived"), key=(kind, ""))
        return
    for number, value in enumerate(values):
        title = (name if not number else "").ljust(_NAME)
        left = (Piece("! ", "warn"), Piece(title, "dim"), Piece(value))
        yield Row(left, grade("derived") if not number else (), key=(kind, value), hanging=_NAME + 2, wrap=True)
