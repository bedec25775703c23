from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer.diff.anchor import review_units
from reviewer.diff.index import index_patch
from reviewer.diff.intraline import pair_lines, word_spans

_TEXT = st.text(alphabet="ab \t(é", max_size=4)
_HUNK = st.lists(st.tuples(st.sampled_from(" +-"), _TEXT), min_size=1, max_size=6).filter(
    lambda lines: any(sign != " " for sign, _ in lines)
)
_HUNKS = st.lists(_HUNK, min_size=1, max_size=5)


def _patch(hunks: list[list[tuple[str, str]]], shift: int) -> bytes:
    out = "diff --git a/x b/x\n--- a/x\n+++ b/x\n"
    old = new = 1 + shift
    for lines in hunks:
        olds = sum(sign != "+" for sign, _ in lines)
        news = sum(sign != "-" for sign, _ in lines)
        out += f"@@ -{old if olds else old - 1},{olds} +{new if news else new - 1},{news} @@\n"
        out += "".join(f"{sign}{text}\n" for sign, text in lines)
        old, new = old + olds + 3, new + news + 3
    return out.encode()


@settings(max_examples=100, deadline=None)
@given(_HUNKS, st.integers(1, 500))
def test_names_survive_a_shift_of_lines(hunks: list[list[tuple[str, str]]], shift: int) -> None:
    plain, moved = (review_units(index_patch(_patch(hunks, by))) for by in (0, shift))
    assert [unit.id for unit in plain] == [unit.id for unit in moved]
    assert len({unit.id for unit in plain}) == len(plain)


@settings(max_examples=100, deadline=None)
@given(_HUNKS, _HUNK, st.integers(0, 5))
def test_names_of_other_hunks_survive_a_new_one(
    hunks: list[list[tuple[str, str]]], extra: list[tuple[str, str]], at: int
) -> None:
    """A hunk that is unlike the others takes no name from them."""
    changed = [[line for line in hunk if line[0] != " "] for hunk in hunks]
    if [line for line in extra if line[0] != " "] in changed:
        return
    place = min(at, len(hunks))
    before = [unit.id for unit in review_units(index_patch(_patch(hunks, 0)))]
    after = [unit.id for unit in review_units(index_patch(_patch([*hunks[:place], extra, *hunks[place:]], 0)))]
    assert after[:place] + after[place + 1 :] == before
    assert after[place] not in before


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="ab (=é\t", max_size=30), st.text(alphabet="ab (=é\t", max_size=30))
def test_spans_lie_in_the_line_in_order_and_cover_every_difference(old: str, new: str) -> None:
    for text, spans in zip((old, new), word_spans(old, new), strict=True):
        flat = [end for span in spans for end in span]
        assert flat == sorted(flat)
        assert all(0 <= low < high <= len(text) for low, high in spans)
    left, right = word_spans(old, new)
    if left or right:
        assert _without(old, left).replace(" ", "") == _without(new, right).replace(" ", "") or "\t" in old + new


@settings(max_examples=100, deadline=None)
@given(st.lists(_TEXT, max_size=8), st.lists(_TEXT, max_size=8))
def test_pairs_rise_on_both_sides(removed: list[str], added: list[str]) -> None:
    pairs = pair_lines(removed, added)
    for side, lines in ((0, removed), (1, added)):
        places = [pair[side] for pair in pairs]
        assert places == sorted(set(places))
        assert all(0 <= place < len(lines) for place in places)


def _without(text: str, spans: tuple[tuple[int, int], ...]) -> str:
    kept, at = "", 0
    for low, high in spans:
        kept += text[at:low]
        at = high
    return kept + text[at:]
