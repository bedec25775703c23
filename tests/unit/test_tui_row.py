"""Rows become lines of an exact width, and what a terminal would act on is written out on the way in."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from reviewer.tui.reading import by_path, guided
from reviewer.tui.row import Piece, Row, label, layout, row

_TEXT = st.text(st.characters(blacklist_categories=["Cs"]), max_size=80)


def _cells(line: tuple[Piece, ...]) -> int:
    return sum(cell_len(piece.text) for piece in line)


@settings(max_examples=150, deadline=None)
@given(_TEXT, st.integers(14, 90), st.booleans(), st.integers(0, 4))
def test_no_line_is_wider_than_its_room(text: str, width: int, wrap: bool, indent: int) -> None:  # noqa: FBT001
    for line in layout(row(text, wrap=wrap, indent=indent, hanging=2), width):
        assert _cells(line) <= max(width, indent + 2)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text("abc ü漢", min_size=1, max_size=12), max_size=8), st.integers(16, 60))
def test_wrapping_loses_no_letter(words: list[str], width: int) -> None:
    text = " ".join(words)
    lines = layout(row(text, wrap=True), width)
    joined = "".join(piece.text for line in lines for piece in line)
    assert joined.replace(" ", "") == text.replace(" ", "")


def test_the_right_side_is_never_cut() -> None:
    source = Row((Piece("a" * 100),), (Piece("12 ▸"),))
    (line,) = layout(source, 30)
    text = "".join(piece.text for piece in line)
    assert text.endswith("…  12 ▸")
    assert cell_len(text) == 30


def test_control_codes_and_tabs_do_not_survive() -> None:
    assert Piece("a\tb\x1b[31m\u202e\n").text == "a    b⟨U+001B⟩[31m⟨U+202E⟩⟨U+000A⟩"


def test_a_label_cannot_be_chosen() -> None:
    assert label("Files", "3").key is None


def test_the_guided_order_reads_every_file_once() -> None:
    paths = ["README.md", "tests/test_a.py", "src/a.py", "uv.lock", "src/b.py"]
    groups = guided(paths, ())
    assert [(group.title, group.files) for group in groups] == [
        ("Core", (2, 4)),
        ("Tests", (1,)),
        ("The rest", (0, 3)),
    ]
    assert sorted(n for group in by_path(paths) for n in group.files) == list(range(5))
