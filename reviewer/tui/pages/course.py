"""Section 3: the plan against what was done against what was said, as a table of where they part.

The rows come with the packet, each by a rule and with the events that it follows from; nothing is derived here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.text import clip
from reviewer.tui.pages.field import field, grade, heading, known_of, moment, prose
from reviewer.tui.row import Piece, Row, Tone

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from reviewer.packet.manifest import Course
    from reviewer.tui.pages.subject import Subject

_COLUMNS = 24
_MOST = 240
"""Characters of one row; the packet has the rest."""
_KINDS: dict[str, str] = {
    "planned_untouched": "Planned, not touched",
    "touched_unplanned": "Touched, not planned",
    "claimed_not_run": "Claimed, not run",
    "run_before_last_edit": "Run before last edit",
    "scope_exceeded": "Beyond the scope",
    "claimed_not_changed": "Edited, not in change",
    "changed_not_claimed": "In change, not edited",
    "edited_unread": "Edited, never read",
}
_COMPARED: dict[str, str] = {
    "planned_untouched": "plan",
    "touched_unplanned": "files",
    "claimed_not_run": "claim",
    "run_before_last_edit": "test",
}
"""What a comparison needs to have anything to compare; without it, none is not the same as nothing found."""
_STEP_GLYPHS: dict[str, tuple[str, Tone]] = {
    "completed": ("✓", "good"),
    "in_progress": ("◐", "warn"),
    "pending": ("○", "warn"),
    "cancelled": ("✗", "warn"),
    "unknown": ("⊘", "dim"),
}


def plan(subject: Subject) -> Iterator[Row]:
    """Yield the rows of section 3: where the three part, then the plan itself, then what the agent said."""
    yield from heading("Plan, done, said: where they part")[1:]
    yield from _parting(subject)
    yield from heading("Plan")
    table = subject.manifest.plan
    if not table.steps and table.text is None:
        is_lost = "lost" in {table.known.get("steps"), table.known.get("text")}
        yield field("Steps", None, "lost" if is_lost else "absent")
        yield from _said(subject)
        return
    yield field("Before any edit", table.made_before_first_edit, known_of(table.known, "made_before_first_edit"))
    for step in table.steps:
        glyph, tone = _STEP_GLYPHS[step.status]
        yield Row((Piece(f"{glyph} ", tone), Piece(step.text)), (Piece(step.status, "dim"),), hanging=2, wrap=True)
    if table.text is not None:
        yield from prose(
            "The plan, in the agent's words", table.text, known_of(table.known, "text"), covered=subject.covered
        )
    yield from _said(subject)


def differences(subject: Subject) -> int:
    """Return how many rows section 3 lists."""
    return len(subject.manifest.course)


def _parting(subject: Subject) -> Iterator[Row]:
    by_kind: dict[str, list[Course]] = {}
    for row in subject.manifest.course:
        by_kind.setdefault(row.what, []).append(row)
    for kind, rows in by_kind.items():
        for number, row in enumerate(rows):
            title = (_KINDS[kind] if not number else "").ljust(_COLUMNS)
            left = (Piece("! " if not number else "  ", "warn"), Piece(title, "dim"), Piece(clip(row.text, _MOST)))
            right = grade(row.known) if not number else ()
            yield Row(left, right, key=_place(row, subject), hanging=_COLUMNS + 2, wrap=True)
            if row.detail:
                yield Row((Piece(row.detail, "dim"),), indent=_COLUMNS + 4, wrap=True)
    for kind, title in _KINDS.items():
        if kind in by_kind:
            continue
        if _is_comparable(subject, kind):
            left = (Piece("✓ ", "good"), Piece(title.ljust(_COLUMNS), "dim"), Piece("none", "dim"))
            yield Row(left, grade("derived"), key=("none", kind))
        else:
            none = (
                "the plan names no file" if kind == "touched_unplanned" and _has_plan(subject) else "nothing to compare"
            )
            left = (Piece("⊘ ", "dim"), Piece(title.ljust(_COLUMNS), "dim"), Piece(none, "dim"))
            yield Row(left, key=("none", kind))


def _is_comparable(subject: Subject, kind: str) -> bool:
    from reviewer.run.derive.planned import names_files

    manifest = subject.manifest
    if not (manifest.origin.transcript or manifest.command or manifest.tool_call):
        return False
    match _COMPARED.get(kind):
        case "files":
            return names_files([manifest.plan.text or "", *(step.text for step in manifest.plan.steps)])
        case "plan":
            return _has_plan(subject)
        case "claim":
            return bool(manifest.claim)
        case "test":
            return any(command.kind == "test" for command in manifest.command)
        case _:
            return True


def _has_plan(subject: Subject) -> bool:
    return bool(subject.manifest.plan.steps or subject.manifest.plan.text)


def _place(row: Course, subject: Subject) -> Hashable:
    """Return the key that leads to the row's first event, or to the file that it is about."""
    if row.events:
        return moment(row.events)
    return ("path", row.text) if any(file.path == row.text for file in subject.manifest.file_changed) else None


def _said(subject: Subject) -> Iterator[Row]:
    claims = subject.manifest.claim
    yield from heading("Said", str(len(claims)) if claims else "none")
    if subject.covered and claims:
        yield Row((Piece("Covered until every hunk has been seen (B uncovers it).", "dim"),), wrap=True)
        return
    for claim in claims:
        borne = claim.evidence is not None
        mark = Piece("✓ ", "good") if borne else Piece("✗ ", "bad")
        proof = f"command {claim.evidence}" if borne else "nothing bears it out"
        key = ("command", claim.evidence) if borne else moment(claim.events)
        yield Row((mark, Piece(f"“{claim.text}”", "prose")), (Piece(proof, "dim"),), key=key, hanging=2, wrap=True)
