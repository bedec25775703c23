"""Sections 5 and 6: the commands of the run with their states, and what was tried again after it failed.

A command that passed behind a pipe proved nothing, and is not said to pass.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.text import clip, plural
from reviewer.tui.pages.field import grade, moment, seconds, state_pieces
from reviewer.tui.row import BLANK, Piece, Row, Tone, label

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.packet.manifest import CommandRow
    from reviewer.tui.pages.subject import Subject

_RULES = {
    "fixed-retry": "edited between",
    "blind-retry": "nothing edited between",
    "variant-retry": "another form passed",
    "edit-retry": "edited again",
    "abandoned": "never tried again",
}
FAILED = frozenset({"failed", "denied", "cancelled"})


def commands(subject: Subject) -> Iterator[Row]:
    """Yield the rows of section 5: each command with its state; Enter opens its output."""
    rows = subject.manifest.command
    if not rows:
        yield Row((Piece("⊘ ", "dim"), Piece("No commands recorded", "dim")))
        return
    failed = sum(command.state in FAILED for command in rows)
    unclear = sum(standing(command) in {"not_conclusive", "unknown"} for command in rows)
    parts = [plural(len(rows), "command"), f"{failed} failed"]
    parts += [f"{unclear} not conclusive or not recorded"] if unclear else []
    yield label(", ".join(parts))
    yield BLANK
    for command in rows:
        yield from _command_rows(command)


def retries(subject: Subject) -> Iterator[Row]:
    """Yield the rows of section 6: each chain of attempts, what came of it and what changed between."""
    rows = subject.manifest.retry
    if not subject.manifest.command:
        yield Row((Piece("⊘ ", "dim"), Piece("No commands recorded", "dim")))
        return
    if not rows:
        yield Row((Piece("Nothing was tried again after it failed.", "dim"),), grade("derived"))
    outcomes: dict[str, tuple[str, Tone, str]] = {
        "fixed": ("✓", "good", "fixed"),
        "gave_up": ("✗", "bad", "gave up"),
        "changed_test": ("!", "warn", "passed after a test was changed"),
    }
    for number, retry in enumerate(rows, 1):
        glyph, tone, word = outcomes[retry.outcome]
        alone = retry.path is None and len(retry.command) == 1
        what = retry.path if retry.path is not None else plural(len(retry.command), "attempt")
        head = (Piece(f"{glyph} ", tone), Piece(what, "name"), Piece(f", {'failed' if alone else word}"))
        yield from (BLANK,) if number > 1 else ()
        yield Row(head, (Piece(_RULES.get(retry.rule or "", retry.known), "dim"),), key=moment(retry.events))
        if retry.path is not None:
            continue
        for n in retry.command:
            if n in subject.commands:
                yield from _command_rows(subject.commands[n], indent=2)
        for place, changed in enumerate([] if alone else retry.what_changed_between or ["no file recorded"]):
            title = "changed between" if not place else ""
            yield Row((Piece(f"{title:<17}", "dim"), Piece(changed)), indent=2)
    yield from _refused(subject)


def _refused(subject: Subject) -> Iterator[Row]:
    rows = subject.manifest.edit_refused
    if not rows:
        return
    yield BLANK
    yield Row((Piece("Edits that the tool refused", "name"),), (Piece(str(len(rows)), "dim"),))
    for row in rows:
        glyph = Piece("✓ ", "good") if row.retried else Piece("✗ ", "bad")
        word = "done later" if row.retried else "never done"
        yield Row((glyph, Piece(row.path)), (Piece(word, "dim"),), key=moment(row.events))
        yield Row((Piece(" ".join(row.reason.split()), "dim"),), indent=2, hanging=0)


def standing(command: CommandRow) -> str:
    """Return a command's state; one that passed behind a pipe or `|| true` proved nothing, and is not said to pass."""
    return "not_conclusive" if command.state == "passed" and command.not_conclusive else command.state


def _command_rows(command: CommandRow, *, indent: int = 0) -> Iterator[Row]:
    glyph, word = state_pieces(standing(command))
    tone: Tone = "bright" if command.state in FAILED else "normal"
    left = (glyph, Piece(f" {command.n:>4}  ", "dim"), Piece(clip(" ".join(command.line.split())), tone))
    right = (Piece(f"{word}  {seconds(command.seconds):>7}", "dim"),)
    yield Row(left, right, key=("command", command.n), indent=indent)
    notes = []
    if command.exit_code not in {None, 0}:
        notes.append(f"exit {command.exit_code}")
    if command.not_conclusive:
        notes.append(f"its exit code says nothing: {command.not_conclusive}")
    if command.retry_of:
        notes.append(f"again after {command.retry_of}")
    if command.selection:
        notes.append(f"narrowed to {command.selection}")
    if command.tests:
        notes.append(", ".join(f"{count:,} {name}" for name, count in command.tests.items()))
    if command.after_last_edit is False and command.kind == "test":
        notes.append("before the last edit")
    if command.log_cut:
        notes.append("its output is cut")
    if notes:
        yield Row((Piece(" · ".join(notes), "dim"),), indent=indent + 8, wrap=True)
