"""Laws of the column of screen rows: every patch row once in every layout, and places that find themselves again."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer.diff.index import index_patch
from reviewer.diff.model import FileSpan, RowKind, Side
from reviewer.tui.render.beside import placed
from reviewer.tui.render.document import Document
from reviewer.tui.render.note import Note
from reviewer.tui.render.place import Place, SpotKind

if TYPE_CHECKING:
    from collections.abc import Callable

CONTENT = (RowKind.CONTEXT, RowKind.ADDED, RowKind.REMOVED, RowKind.NO_NEWLINE)


def patch(files: list[list[str]], *, gap: int = 30) -> tuple[bytes, dict[str, bytes]]:
    """Return a patch whose hunks have these signs ("-+ "), `gap` lines apart, and the files after the change."""
    out: list[str] = []
    blobs: dict[str, bytes] = {}
    for number, hunks in enumerate(files):
        path = f"src/file_{number}.py"
        out += [f"diff --git a/{path} b/{path}", "index 1111111..2222222 100644", f"--- a/{path}", f"+++ b/{path}"]
        old = new = 1
        after: list[str] = []
        for signs in hunks:
            kept = [f"left_{new + n} = 0" for n in range(gap)]
            after += kept
            old += gap
            new += gap
            body = [f"{sign}row_{place} = {sign!r}" for place, sign in enumerate(signs)]
            old_count, new_count = signs.count("-") + signs.count(" "), signs.count("+") + signs.count(" ")
            old_start, new_start = old - (not old_count), new - (not new_count)
            out.append(f"@@ -{old_start},{old_count} +{new_start},{new_count} @@ def f_{new}():")
            out += body
            after += [line[1:] for line in body if line[0] != "-"]
            old += old_count
            new += new_count
        after += [f"end_{n} = 0" for n in range(gap)]
        blobs[path] = "".join(line + "\n" for line in after).encode()
    return "".join(line + "\n" for line in out).encode(), blobs


def source(blobs: dict[str, bytes]) -> Callable[[FileSpan, Side], bytes | None]:
    return lambda file, side: blobs.get(file.path) if side == "new" else None


def document(files: list[list[str]], **options: int) -> Document:
    data, blobs = patch(files, **options)
    return Document(index_patch(data), source(blobs))


def rows_shown(doc: Document) -> Counter[int]:
    shown: Counter[int] = Counter()
    for y in range(doc.height):
        spot = doc.at(y)
        if spot.kind is SpotKind.ROW:
            shown.update({row for row in (spot.left, spot.right) if row is not None})
    return shown


HUNK = st.text("-+ ", min_size=1, max_size=14)
FILES = st.lists(st.lists(HUNK, min_size=1, max_size=3), min_size=1, max_size=4)


@settings(max_examples=60, deadline=None)
@given(files=FILES, split=st.booleans(), data=st.data())
def test_every_patch_row_is_shown_exactly_once_in_every_mode(
    files: list[list[str]], *, split: bool, data: st.DataObject
) -> None:
    doc = document(files)
    doc.set_split(split=split)
    doc.set_order(data.draw(st.lists(st.integers(0, len(files) - 1), max_size=5)))
    lines = st.integers(1, 120)
    doc.set_notes(
        [
            Note(f"n{n}", f"src/file_{data.draw(st.integers(0, len(files) - 1))}.py", line=data.draw(lines), title="t")
            for n in range(data.draw(st.integers(0, 4)))
        ]
    )
    for row in data.draw(st.lists(st.sampled_from(hunk_rows(doc)), max_size=3)):
        gap = doc.hunk_gap(row)
        assert gap is not None
        doc.open_gap(gap, whole=data.draw(st.booleans()))
    shown = rows_shown(doc)
    for row in range(len(doc.index)):
        wanted = 1 if doc.index.kind(row) in (*CONTENT, RowKind.HUNK, RowKind.FILE) else 0
        assert shown[row] == wanted, (row, doc.index.raw(row))
    for row in shown:
        spot = doc.at(doc.y_of_row(row))
        assert row in (spot.left, spot.right)


@settings(max_examples=40, deadline=None)
@given(files=FILES, split=st.booleans())
def test_a_place_finds_itself_again(files: list[list[str]], *, split: bool) -> None:
    doc = document(files)
    doc.set_split(split=split)
    doc.set_notes([Note("n", "src/file_0.py", line=31, title="title", body="one\ntwo")])
    gap = doc.tail_gap(doc.index.files[0])
    assert gap is not None
    doc.open_gap(gap)
    for y in range(doc.height):
        assert doc.y_of(doc.at(y).place) == y


def hunk_rows(doc: Document) -> list[int]:
    return [row for row in range(len(doc.index)) if doc.index.kind(row) is RowKind.HUNK]


def test_removed_rows_stand_beside_added_ones() -> None:
    doc = document([["  --+++ -+"]])
    doc.set_split(split=True)
    pairs = [(s.left, s.right) for s in map(doc.at, range(doc.height)) if s.kind is SpotKind.ROW and s.paired]
    first = hunk_rows(doc)[0] + 3
    assert [right for _, right in pairs] == [first + 2, first + 3, first + 4, first + 7]
    assert [left for left, _ in pairs if left is not None] == [first, first + 1, first + 6]


def test_an_edited_line_stands_beside_what_it_became() -> None:
    data = b"--- a/x\n+++ b/x\n@@ -1,1 +1,3 @@\n-for attempt in range(3):\n"
    data += b"+# Ask again.\n+limit = 5\n+for attempt in range(limit):\n"
    doc = Document(index_patch(data))
    doc.set_split(split=True)
    first = hunk_rows(doc)[0] + 1
    pairs = [(s.left, s.right) for s in map(doc.at, range(doc.height)) if s.paired]
    assert pairs == [(None, first + 1), (None, first + 2), (first, first + 3)]


@given(st.integers(1, 8), st.integers(1, 12), st.lists(st.tuples(st.integers(0, 8), st.integers(0, 12))))
def test_lines_of_the_shorter_side_keep_their_order_and_fit(
    shorter: int, more: int, wanted: list[tuple[int, int]]
) -> None:
    places = placed(shorter, shorter + more, wanted)
    assert list(places) == sorted(set(places))
    assert len(places) == shorter
    assert all(0 <= place < shorter + more for place in places)


def test_the_split_layout_is_shorter_by_what_stands_side_by_side() -> None:
    doc = document([[" --++ "], ["-+-+"]])
    unified = doc.height
    doc.set_split(split=True)
    assert doc.height == unified - 4


def test_a_missing_newline_stays_on_its_side() -> None:
    data = b"--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n\\ No newline at end of file\n"
    doc = Document(index_patch(data))
    doc.set_split(split=True)
    spots = [doc.at(y) for y in range(doc.height)]
    first = hunk_rows(doc)[0] + 1
    assert [(s.left, s.right) for s in spots if s.paired] == [(first, first + 2), (first + 1, first + 3)]


def test_files_are_read_in_the_given_order_and_none_is_lost() -> None:
    doc = document([["+"], ["-"], [" +"]])
    doc.set_order([2, 2, 7])
    headers = [
        s.file for s in map(doc.at, range(doc.height)) if s.row is not None and doc.index.kind(s.row) is RowKind.FILE
    ]
    assert headers == [2, 0, 1]


def test_a_gap_opens_in_steps_and_shows_the_files_lines() -> None:
    doc = document([["+", "-+"]], gap=100)
    row = hunk_rows(doc)[1]
    gap = doc.hunk_gap(row)
    assert gap is not None
    assert gap.count == 100
    assert doc.open_gap(gap)
    lines = [s.new for s in map(doc.at, range(doc.height)) if s.kind is SpotKind.CONTEXT]
    assert lines == [*range(102, 122), *range(182, 202)]
    spot = doc.at(doc.y_of(Place(SpotKind.CONTEXT, gap.key, 102)))
    assert doc.context_line(spot) == b"left_102 = 0"
    assert spot.old == 101
    assert doc.open_gap(gap, whole=True)
    assert not doc.open_gap(gap)
    assert [s.new for s in map(doc.at, range(doc.height)) if s.kind is SpotKind.CONTEXT] == list(range(102, 202))
    doc.close_gap(gap)
    assert doc.at(doc.y_of_row(row) - 1).kind is SpotKind.ROW


def test_the_gap_behind_the_last_hunk_ends_with_the_file() -> None:
    doc = document([["+"]], gap=30)
    gap = doc.tail_gap(doc.index.files[0])
    assert gap is not None
    assert (gap.new_first, gap.count) == (32, 30)
    assert doc.open_gap(gap, whole=True)
    last = doc.at(doc.y_of_tail(0) - 1)
    assert doc.context_line(last) == b"end_29 = 0"


def test_a_gap_that_nobody_has_the_lines_of_stays_shut() -> None:
    data, blobs = patch([["+"]])
    shorter = {path: blob[:20] for path, blob in blobs.items()}
    for have in ({}, shorter):
        doc = Document(index_patch(data), source(have))
        gap = doc.hunk_gap(hunk_rows(doc)[0])
        assert gap is not None
        assert not doc.open_gap(gap)


def test_notes_stand_below_the_last_line_that_they_are_about() -> None:
    doc = document([[" ++ "]])
    note = Note("n", "src/file_0.py", line=32, end_line=33, title="Two lines", body="because")
    doc.set_notes([note])
    y = doc.y_of(Place(SpotKind.NOTE, "n"))
    assert [doc.at(y + n).part for n in range(2)] == [0, 1]
    above = doc.at(y - 1)
    assert above.row is not None
    assert doc.index.numbers(above.row)[1] == 33
    assert doc.notes_at(above) == (note,)
    doc.fold("n", folded=True)
    assert doc.at(y).kind is SpotKind.ROW
    assert doc.notes_at(above) == (note,)


def test_a_note_in_a_gap_is_seen_from_the_gap_and_moves_to_its_line_when_that_opens() -> None:
    doc = document([["+"]])
    note = Note("n", "src/file_0.py", line=10, title="t")
    doc.set_notes([note])
    row = hunk_rows(doc)[0]
    assert doc.notes_at(doc.at(doc.y_of_row(row))) == (note,)
    gap = doc.hunk_gap(row)
    assert gap is not None
    doc.open_gap(gap, whole=True)
    above = doc.at(doc.y_of(Place(SpotKind.NOTE, "n")) - 1)
    assert (above.kind, above.new) == (SpotKind.CONTEXT, 10)
    assert doc.notes_at(doc.at(doc.y_of_row(row))) == ()


def test_findings_are_folded_and_comments_open_until_the_person_says_so() -> None:
    doc = document([["+"]])
    doc.set_notes(
        [Note("f", "src/file_0.py", line=31, severity="high"), Note("c", "src/file_0.py", line=31, title="t")]
    )
    assert [s.note.id for s in map(doc.at, range(doc.height)) if s.note] == ["c"]


def test_a_note_on_another_file_has_no_place() -> None:
    doc = document([["+"]])
    doc.set_notes([Note("n", "elsewhere.py", line=1)])
    assert not doc.has("n")
    assert doc.note_anchors() == []


def test_gits_header_rows_are_folded_until_asked_for() -> None:
    doc = document([["+"]])
    before = doc.height
    doc.toggle_header(0)
    assert doc.height == before + 3
    doc.toggle_header(0)
    assert doc.height == before


def test_rows_that_are_not_understood_are_never_folded() -> None:
    data = b"noise above\ndiff --git a/x b/x\nsurprise\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\nnoise below\n"
    doc = Document(index_patch(data))
    shown = rows_shown(doc)
    assert set(shown) == set(range(len(doc.index)))
    assert set(shown.values()) == {1}
    doc.set_split(split=True)
    assert set(rows_shown(doc)) == set(range(len(doc.index)))


@pytest.mark.parametrize("split", [False, True])
def test_growing_an_index_step_by_step_ends_where_building_it_at_once_does(*, split: bool) -> None:
    from reviewer.diff.index import IndexBuilder

    data, _ = patch([["--++ "], [" -+", "+"], ["-"]])
    builder = IndexBuilder(data)
    builder.step(10)
    doc = Document(builder.index)
    doc.set_split(split=split)
    done = False
    while not done:
        done = builder.step(40)
        doc.grow()
    whole = Document(index_patch(data))
    whole.set_split(split=split)
    assert doc.height == whole.height
    assert [doc.at(y) for y in range(doc.height)] == [whole.at(y) for y in range(whole.height)]


def test_memory_does_not_grow_with_rows() -> None:
    import tracemalloc

    data, _ = patch([["-+ " * 20_000]])
    index = index_patch(data)
    tracemalloc.start()
    doc = Document(index)
    doc.set_split(split=True)
    used = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert doc.height > 40_000
    assert used < 60_000 * 16
