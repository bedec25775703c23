"""What running the change's tests showed: the matrix of both commits, what each hunk and line is worth to the tests.

Everything that a person has to look at stands first and whole; what only confirms is a count. Nothing was run unless
somebody asked for it, and then this says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.probe.frameworks.last_words import last_words
from reviewer.text import plural
from reviewer.tui.pages.field import heading, seconds
from reviewer.tui.pages.ran import how
from reviewer.tui.row import BLANK, Piece, Row, Tone, clip_cells
from reviewer.workflow.probing.deleted import deleted_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewer.checks.probed import Matrix, Probed, Rehearsal, TestOutcome, TestRow
    from reviewer.tui.pages.subject import Subject

_CELLS: dict[TestOutcome, tuple[str, Tone]] = {
    "passed": ("✓", "good"),
    "failed": ("✗", "bad"),
    "error": ("E", "bad"),
    "skipped": ("–", "warn"),
    "xfailed": ("x", "warn"),
    "absent": (" ", "dim"),
    "not_run": ("·", "dim"),
}
_LEGEND = "✓ passes  ✗ fails  E error or not collected  – skipped  · not run  blank: not there"
_CELL_COLUMNS = 5
_MOST = 200
"""Rows of one kind that are listed; the rest is counted."""
_QUIET = "passes on both"
_GONE = "deleted by the change"
_PIECES = (
    "A piece is a stretch of changed code, cut finer than the diff: a hunk may hold several, and none where it changes"
    " tests, documents or settings only."
)


def runs(subject: Subject) -> Iterator[Row]:
    """Yield the rows of the page."""
    probed = subject.probed
    if subject.probing:
        yield BLANK
        key = subject.keymap.key("run_tests")
        yield Row(
            (Piece("◐ ", "accent"), Piece(subject.probing)), (Piece(f"{key} stops", "dim"),), hanging=2, wrap=True
        )
    if probed is None and subject.probing:
        return
    if probed is None:
        yield BLANK
        yield Row((Piece("⊘ ", "dim"), Piece("Nobody has run the tests of this change.")))
        key = subject.keymap.key("run_tests")
        yield Row((Piece(key, "bright"), Piece("  or  ", "dim"), Piece("reviewer probe PACKET", "bright")), indent=2)
        text = "shows the exact commands and how they are shut in, asks, and runs them. What it finds stands here then."
        yield Row((Piece(text, "dim"),), indent=2, wrap=True)
        return
    if probed.tests is not None:
        yield from _matrix(probed.tests)
    yield from _replay(probed)
    yield from _required(probed)
    yield from _hunks(probed)
    yield from _mutants(probed)
    yield from _rotten(probed)
    yield from _vetted(probed)
    if probed.rollback is not None:
        yield from _rollback(probed.rollback)
    yield from how(probed)


def summary(probed: Probed | None) -> tuple[Piece, ...]:
    """Return the few words beside the page's name: what speaks against the change, else what was found."""
    if probed is None:
        return (Piece("⊘", "dim"),)
    bad = sum(row.kind in {"P2F", "F2F", "flaky"} for row in probed.tests.rows) if probed.tests else 0
    bad += sum(row.passed is False for row in probed.required.rows) if probed.required else 0
    bad += len(probed.rollback.conflicts) if probed.rollback else 0
    if bad:
        return (Piece("✗ ", "bad"), Piece(str(bad)))
    if probed.hunks is not None:
        defended, judged = defended_of(probed)
        return (Piece(f"{defended}/{judged} pieces held", "dim"),)
    return (Piece("✓", "good"),) if probed.tests is not None and probed.tests.rows else (Piece("◐", "dim"),)


def defended_of(probed: Probed) -> tuple[int, int]:
    """Return how many pieces of code a test defends, and of how many that is known."""
    rows = probed.hunks.rows if probed.hunks else ()
    judged = [row for row in rows if row.state in {"defended", "undefended"}]
    return sum(row.state == "defended" for row in judged), len(judged)


def _matrix(matrix: Matrix) -> Iterator[Row]:
    changed = sum(row.changed for row in matrix.rows)
    counts = f"{plural(len(matrix.rows), 'test')}, {changed} changed"
    yield from heading("Tests on both commits", f"{matrix.framework}, {counts}")
    if matrix.rows:
        codes, tests = ("parent", "head"), ("old", "new", "old", "new")
        yield Row((Piece("code", "dim"),), tuple(Piece(word.center(2 * _CELL_COLUMNS), "dim") for word in codes))
        yield Row((Piece("tests", "dim"),), tuple(Piece(word.center(_CELL_COLUMNS), "dim") for word in tests))
    for title, tone, rows in _groups(matrix.rows):
        yield Row((Piece(_GLYPH[tone], tone), Piece(f" {title}", "name")), (Piece(str(len(rows)), "dim"),))
        if title == _QUIET:
            continue
        for row in rows[:_MOST]:
            yield _test(row)
            if row.deleted:
                yield Row((Piece(deleted_words(row), "dim"),), indent=4, wrap=True)
            if row.message and row.kind not in {"F2P", "P2P"}:
                yield Row((Piece(clip_cells(row.message, 400), "dim"),), indent=4, wrap=True)
        yield from _more(len(rows), "test")
    if matrix.whole:
        text = f"{plural(matrix.same, 'other test')} of the whole suite end the same on both sides"
        yield Row((Piece("· ", "dim"), Piece(text, "dim")))
    if matrix.rows:
        yield Row((Piece(_LEGEND, "dim"),), wrap=True)
    yield from _gaps(matrix.gaps)


_GLYPH: dict[Tone, str] = {"bad": "✗", "warn": "!", "good": "✓", "dim": "·"}


def _groups(rows: Sequence[TestRow]) -> Iterator[tuple[str, Tone, list[TestRow]]]:
    """Yield the classes that some test is in, the most telling first."""
    groups: tuple[tuple[str, Tone, list[TestRow]], ...] = (
        ("broken by the change", "bad", [row for row in rows if row.kind == "P2F"]),
        ("fails on both", "warn", [row for row in rows if row.kind == "F2F"]),
        ("two runs disagree", "warn", [row for row in rows if row.kind == "flaky"]),
        ("changed, and passes without the change too", "warn", [r for r in rows if r.kind == "P2P" and r.changed]),
        (_GONE, "warn", [row for row in rows if row.deleted]),
        ("not decided", "warn", [row for row in rows if row.kind == "undecided" and not row.deleted]),
        (
            "fails by absence without the change (import, name, set-up)",
            "good",
            [row for row in rows if row.kind == "E2P"],
        ),
        ("fails without the change", "good", [row for row in rows if row.kind == "F2P"]),
        (_QUIET, "dim", [row for row in rows if row.kind == "P2P" and not row.changed]),
    )
    yield from (group for group in groups if group[2])


def _test(row: TestRow) -> Row:
    cells = (row.parent_old, row.parent_new, row.head_old, row.head_new)
    right = tuple(Piece(_CELLS[one][0].center(_CELL_COLUMNS), _CELLS[one][1]) for one in cells)
    name = row.id.removeprefix(f"{row.path}::")
    left = (Piece(name), Piece(f"  {row.path}" if name != row.id else "", "dim"))
    return Row(left, right, key=("path", row.path, row.id), indent=2)


def _replay(probed: Probed) -> Iterator[Row]:
    replay = probed.replay
    if replay is None:
        return
    needed = [row for row in replay.rows if row.outcome in {"failed", "error"}]
    yield from heading("Old tests on the new code", f"{len(needed)} of {plural(len(replay.rows), 'edited test')} fail")
    for row in needed[:_MOST]:
        what = "its deletion" if row.deleted else "the edit"
        left = (Piece("✗ ", "bad"), Piece(row.id), Piece(f"  fails: {what} was needed to be green", "dim"))
        yield Row(left, key=("path", row.path, row.id, "old"), hanging=2, wrap=True)
        if row.message:
            yield Row((Piece(clip_cells(row.message, 400), "dim"),), indent=4, wrap=True)
    yield from _more(len(needed), "test")
    if len(needed) < len(replay.rows):
        rest = plural(len(replay.rows) - len(needed), "old test")
        yield Row((Piece("· ", "dim"), Piece(f"{rest} would still pass, or could not be run", "dim")))
    yield from _gaps(replay.gaps)


def _required(probed: Probed) -> Iterator[Row]:
    if probed.required is None:
        return
    yield from heading("Required commands, run by us")
    for row in probed.required.rows:
        glyph = (
            Piece("✓ ", "good") if row.passed else Piece("✗ ", "bad") if row.passed is False else Piece("○ ", "warn")
        )
        code = "ended by a limit" if row.ran.code is None else f"exit {row.ran.code}"
        yield Row(
            (glyph, Piece(row.line)), (Piece(f"{code}  {seconds(row.ran.seconds)}", "dim"),), hanging=2, wrap=True
        )
        if not row.passed and (said := last_words(row.ran.tail)):
            yield Row((Piece(said.removeprefix(": "), "dim"),), indent=4, wrap=True)
    yield from _gaps(probed.required.gaps)


def _hunks(probed: Probed) -> Iterator[Row]:
    if probed.hunks is None:
        return
    defended, judged = defended_of(probed)
    yield from heading("Pieces of code taken back one at a time", f"{defended} of {judged} defended by a test")
    yield Row((Piece(_PIECES, "dim"),), wrap=True)
    bare = [row for row in probed.hunks.rows if row.state == "undefended"]
    for row in bare[:_MOST]:
        line = max(1, row.new_first)
        left = (
            Piece("▫ ", "warn"),
            Piece(f"{row.path}:{line}"),
            Piece("  no test that was run fails without it", "dim"),
        )
        yield Row(left, key=("place", f"{row.path}:{line}", "hunk"), hanging=2, wrap=True)
    yield from _more(len(bare), "piece")
    out = [row for row in probed.hunks.rows if row.state in {"cannot_apply", "left_out", "undecided"}]
    if out:
        reasons = ", ".join(dict.fromkeys(row.reason or row.state.replace("_", " ") for row in out))
        yield Row((Piece("⊘ ", "dim"), Piece(f"{plural(len(out), 'piece')} not judged: {reasons}", "dim")), wrap=True)
    yield from _gaps(probed.hunks.gaps)


def _mutants(probed: Probed) -> Iterator[Row]:
    if probed.mutants is None:
        return
    rows = probed.mutants.rows
    alive = [row for row in rows if row.state == "survived"]
    tried = sum(row.state in {"survived", "killed"} for row in rows)
    yield from heading("Changed lines made wrong on purpose", f"{len(alive)} of {tried} unnoticed")
    for row in alive[:_MOST]:
        left = (Piece("▫ ", "warn"), Piece(f"{row.path}:{row.line}"), Piece(f"  {row.before} → {row.after}", "dim"))
        yield Row(left, key=("place", f"{row.path}:{row.line}", row.operator), hanging=2, wrap=True)
    yield from _more(len(alive), "line")
    yield from _gaps(probed.mutants.gaps)


def _rotten(probed: Probed) -> Iterator[Row]:
    rotten = probed.rotten
    if rotten is None:
        return
    bare = len(rotten.uncovered)
    yield from heading("What no test executes", f"{bare:,} of {plural(rotten.changed, 'changed line')}")
    for line in rotten.rows[:_MOST]:
        left = (Piece("▫ ", "warn"), Piece(f"{line.path}:{line.line}"), Piece(f"  never executed: {line.text}", "dim"))
        yield Row(left, key=("place", f"{line.path}:{line.line}", "rotten"), hanging=2, wrap=True)
    yield from _more(len(rotten.rows), "assertion")
    by_file: dict[str, list[int]] = {}
    for path, number in rotten.uncovered:
        by_file.setdefault(path, []).append(number)
    for path, numbers in by_file.items():
        left = (Piece("▫ ", "warn"), Piece(path), Piece(f"  {_ranges(numbers)}", "dim"))
        yield Row(left, key=("place", f"{path}:{numbers[0]}", "uncovered"), hanging=2, wrap=True)
    yield from _gaps(rotten.gaps)


def _vetted(probed: Probed) -> Iterator[Row]:
    if probed.vet is None:
        return
    rows = probed.vet.rows
    yield from heading("What compilers newly say of added lines", str(len(rows)) if rows else "nothing")
    for row in rows[:_MOST]:
        left = (
            Piece("! ", "warn"),
            Piece(f"{row.path}:{row.line}"),
            Piece(clip_cells(f"  {row.tool}: {row.message}", 400), "dim"),
        )
        yield Row(left, key=("place", f"{row.path}:{row.line}", "vet"), hanging=2, wrap=True)
    yield from _more(len(rows), "line")
    yield from _gaps(probed.vet.gaps)


def _rollback(rehearsal: Rehearsal) -> Iterator[Row]:
    target = rehearsal.target_name or rehearsal.target[:12]
    yield from heading("Taken back as a rehearsal", f"on {target}")
    if rehearsal.applied:
        yield Row((Piece("✓ ", "good"), Piece("It can be taken back without a conflict.")))
    for path in rehearsal.conflicts:
        yield Row(
            (Piece("✗ ", "bad"), Piece(path), Piece("  does not go back by itself", "dim")), key=("path", path, "undo")
        )
    if rehearsal.suite is not None:
        passed = rehearsal.suite_passed
        glyph = Piece("✓ ", "good") if passed else Piece("✗ ", "bad") if passed is False else Piece("○ ", "warn")
        words = "pass" if passed else "fail" if passed is False else "could not be run"
        took = (Piece(seconds(rehearsal.suite.seconds), "dim"),)
        yield Row((glyph, Piece(f"The parent's tests {words} on what is left.")), took)
    yield from _gaps(rehearsal.gaps)


def _gaps(gaps: Sequence[str]) -> Iterator[Row]:
    for gap in gaps:
        yield Row((Piece("⊘ ", "dim"), Piece(gap)), hanging=2, wrap=True)


def _more(count: int, noun: str) -> Iterator[Row]:
    if count > _MOST:
        yield Row((Piece(f"and {plural(count - _MOST, noun)} more", "dim"),), indent=2)


def _ranges(numbers: Sequence[int]) -> str:
    """Return line numbers as ranges: `3–5, 9`."""
    spans: list[list[int]] = []
    for number in sorted(numbers):
        if spans and number == spans[-1][1] + 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    shown = [str(first) if first == last else f"{first}–{last}" for first, last in spans[:12]]
    return ", ".join(shown) + (" …" if len(spans) > 12 else "")
