"""Lines of hostile bytes, notes, syntax classes and search: what is pure about drawing."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer.diff.index import index_patch
from reviewer.tui.render.decor import Decor, make, request_for
from reviewer.tui.render.document import Document
from reviewer.tui.render.note import Note, note_lines, wrap
from reviewer.tui.render.order import ReadingOrder
from reviewer.tui.render.pieces import Piece, fit, is_generated, path_pieces, width_of
from reviewer.tui.render.search import Matches, matching_rows
from reviewer.tui.render.seen import ShownRows
from reviewer.tui.render.shown import READ_LIMIT, show
from reviewer.tui.render.syntax import CLASSES, class_of, classify, lexer_for
from tests.unit.test_tui_render_document import patch


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=80))
def test_no_byte_reaches_the_screen_as_a_control(raw: bytes) -> None:
    shown = show(raw.replace(b"\n", b""))
    assert all(unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Zl", "Zp") or c == "\n" for c in shown.text)
    assert "\n" not in shown.text
    for start, end in (*shown.hazards, *shown.faint):
        assert 0 <= start < end <= len(shown.text)


def test_a_hidden_direction_mark_is_written_out_and_marked() -> None:
    shown = show("a\u202eb".encode())
    assert shown.text == "a⟨U+202E⟩b"
    assert shown.hazards == ((1, 9),)


def test_escape_sequences_are_text() -> None:
    assert show(b"\x1b[31mred").text == "⟨U+001B⟩[31mred"


def test_letters_of_two_scripts_in_one_word_are_marked() -> None:
    assert show("p\u0430ypal = 1".encode()).hazards == ((0, 6),)
    assert show("привет = 1".encode()).hazards == ()


def test_tabs_go_to_the_next_stop_also_behind_wide_characters() -> None:
    assert show(b"\ta\tb").text == "    a   b"
    assert show("你\tb".encode()).text == "你  b"


def test_a_carriage_return_at_the_end_is_faint_and_in_the_middle_a_hazard() -> None:
    ending = show(b"a\r")
    assert (ending.text, ending.hazards, ending.faint) == ("a^M", (), ((1, 3),))
    assert show(b"a\rb").hazards == ((1, 9),)


def test_a_long_line_is_cut_with_a_count_of_what_is_behind() -> None:
    shown = show(b"x" * READ_LIMIT, 1_000_000)
    assert shown.text.endswith(" ⋯ 998,000 bytes more")
    assert len(shown.text) < 2_100


def test_a_line_of_wide_characters_knows_its_columns() -> None:
    shown = show("你好".encode())
    assert (shown.cells, shown.narrow) == (4, False)


def test_syntax_classes_follow_lf_lines_only() -> None:
    lexer = lexer_for("a.py")
    assert lexer is not None
    codes = classify(lexer, ["x = 1 # \x0c", "def f():"])
    assert [len(line) for line in codes] == [9, 8]
    assert CLASSES[codes[1][0]] == "keyword"
    assert CLASSES[codes[1][4]] == "function"


def test_the_language_comes_from_the_path_alone() -> None:
    assert lexer_for("#!/usr/bin/python") is None
    assert lexer_for("notes.unknown") is None


def test_classes_fit_their_bits() -> None:
    from pygments.token import STANDARD_TYPES

    assert all(class_of(token) < 31 for token in STANDARD_TYPES)


def test_colours_of_a_hunk_cover_every_row_and_mark_changed_words() -> None:
    data = (
        b"--- a/x.py\n+++ b/x.py\n@@ -1,2 +1,2 @@\n def f(a):\n-    return compute(a, 1)\n+    return compute(a, 2)\n"
    )
    document = Document(index_patch(data))
    decor = Decor()
    chunk = decor.chunk_of(document.index, 4)
    assert chunk is not None
    decor.add(make(request_for(document, chunk)))
    syntax, words = decor.of(5)
    assert syntax is not None
    assert len(syntax) == len("    return compute(a, 2)")
    assert words == ((22, 23),)
    assert decor.of(0) == (None, ())


def test_old_colours_go_when_too_many_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reviewer.tui.render.decor.KEPT_CHUNKS", 2)
    data, _ = patch([["+"], ["+"], ["+"]])
    document = Document(index_patch(data))
    decor = Decor()
    chunks = [decor.chunk_of(document.index, file.first + 5) for file in document.index.files]
    for chunk in chunks:
        assert chunk is not None
        decor.add(make(request_for(document, chunk)))
    assert [decor.has(chunk) for chunk in chunks if chunk] == [False, True, True]


def test_notes_wrap_to_their_width_and_stay_bounded() -> None:
    note = Note("n", "x", title="A title", body="word " * 40 + "\n" + "x" * 100)
    lines = note_lines(note, 40)
    assert all(len(line.text) <= 40 for line in lines)
    assert lines[0].part == "title"
    assert len(note_lines(Note("n", "x", body="\n" * 5_000), 40)) == 200


def test_a_note_cannot_draw() -> None:
    lines = note_lines(Note("n", "x", title="a\x1b]52;c;x\x07", body="[bold]\x9b31m"), 40)
    assert not any("\x1b" in line.text or "\x07" in line.text or "\x9b" in line.text for line in lines)
    assert lines[1].text.startswith("[bold]")


@settings(max_examples=60, deadline=None)
@given(st.text("ab 你", max_size=60), st.integers(4, 20))
def test_wrapping_loses_nothing_but_blanks(text: str, width: int) -> None:
    assert "".join(wrap(text, width)).replace(" ", "") == text.replace(" ", "")


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.text("ab你", max_size=12), max_size=4),
    st.lists(st.text("xy", max_size=6), max_size=2),
    st.integers(1, 40),
)
def test_pieces_fill_their_width_exactly(left: list[str], right: list[str], width: int) -> None:
    fitted = fit([Piece(text) for text in left], [Piece(text) for text in right if text], width)
    assert width_of(fitted) == width


def test_a_path_too_long_keeps_its_name() -> None:
    assert "".join(p.text for p in path_pieces("a/very/long/folder/name.py", 16)).endswith("/name.py")
    assert width_of(path_pieces("a/very/long/folder/name.py", 16)) <= 16


@pytest.mark.parametrize("path", ["package-lock.json", "a/uv.lock", "x/y_pb2.py", "web/app.min.js", "vendor/x.go"])
def test_generated_files_are_known_by_name(path: str) -> None:
    assert is_generated(path)


def test_ordinary_files_are_not_generated() -> None:
    assert not is_generated("src/lock.py")


def found(data: bytes, pattern: str) -> list[bytes]:
    index = index_patch(data)
    return [index.raw(row) for rows in matching_rows(index, pattern) for row in rows]


def test_search_finds_rows_but_neither_signs_nor_hunk_numbers() -> None:
    data = b"--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@ def alpha\n one +\n-two\n+Three 1\n"
    assert found(data, "+") == [b"+++ b/x", b" one +"]
    assert found(data, "1") == [b"+Three 1"]
    assert found(data, "alpha") == [b"@@ -1,2 +1,2 @@ def alpha"]


def test_search_minds_case_only_when_the_pattern_does() -> None:
    data = b"--- a/x\n+++ b/x\n@@ -0,0 +1,2 @@\n+Alpha\n+alpha\n"
    assert len(found(data, "alpha")) == 2
    assert found(data, "Alpha") == [b"+Alpha"]


def test_matches_are_walked_in_reading_order_and_around_the_end() -> None:
    data, _ = patch([["+"], ["+"], ["+"]])
    index = index_patch(data)
    order = ReadingOrder(index)
    order.set_order([2, 0, 1])
    matches = Matches()
    for rows in matching_rows(index, "row_0"):
        matches.rows.extend(rows)
    start = matches.after(order, index.files[2].first)
    walked = [start]
    for _ in range(3):
        assert walked[-1] is not None
        walked.append(matches.after(order, walked[-1]))
    assert [order.file_of(row) for row in walked if row is not None] == [2, 0, 1, 2]
    assert start is not None
    back = matches.after(order, start, forward=False)
    assert back is not None
    assert order.file_of(back) == 1


class Part:
    def __init__(self, name: str, first: int, last: int) -> None:
        self.id, self.first, self.last = name, first, last


def test_a_part_counts_as_shown_only_when_all_its_rows_were() -> None:
    shown = ShownRows([Part("a", 0, 3), Part("b", 3, 10)])
    assert shown.saw(range(4)) == ("a",)
    assert shown.saw(range(6, 10)) == ()
    assert shown.saw([4]) == ()
    assert shown.saw([5]) == ("b",)
    assert shown.saw(range(10)) == ()
