"""Rows of the manifest are written as tomli-w writes them, to the byte."""

from __future__ import annotations

import tomli_w
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer.packet.toml_rows import row_toml

TEXTS = st.one_of(
    st.text(alphabet=st.characters(codec="utf-8"), max_size=12),
    st.sampled_from(('a "b"', "c\\d", "e\nf", "\t", "\x7f")),
)
PLAIN = st.one_of(TEXTS, st.integers(-(2**53), 2**53), st.booleans(), st.floats(allow_nan=False, allow_infinity=False))
VALUES = st.one_of(PLAIN, st.lists(PLAIN, max_size=3), st.dictionaries(st.sampled_from(("a", "b")), PLAIN, max_size=2))


@settings(max_examples=200)
@given(
    row=st.dictionaries(st.sampled_from(("path", "seconds", "events", "read_before_edit")), VALUES),
    multiline=st.booleans(),
)
def test_a_row_is_what_tomli_w_makes_of_it(*, row: dict[str, object], multiline: bool) -> None:
    assert row_toml(row, multiline=multiline) == tomli_w.dumps(row, multiline_strings=multiline)
