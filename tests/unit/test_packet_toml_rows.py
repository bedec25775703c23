"""Rows of the manifest are written as tomli-w writes them, to the byte."""

from __future__ import annotations

import tomllib

import tomli_w
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer.packet.toml_rows import row_toml

TEXTS = st.one_of(
    st.text(alphabet=st.characters(codec="utf-8"), max_size=12),
    st.sampled_from(('a "b"', "c\\d", "e\nf", "\t", "\x7f")),
)
PLAIN = st.one_of(TEXTS, st.integers(-(2**53), 2**53), st.booleans(), st.floats(allow_nan=False, allow_infinity=False))
VALUES = st.one_of(PLAIN, st.lists(PLAIN, max_size=3))
TABLES = st.dictionaries(st.sampled_from(("a", "b c")), PLAIN, max_size=2)
KEYS = st.sampled_from(("path", "seconds", "events", "read_before_edit"))


@settings(max_examples=200)
@given(
    row=st.dictionaries(KEYS, VALUES),
    multiline=st.booleans(),
)
def test_a_row_is_what_tomli_w_makes_of_it(*, row: dict[str, object], multiline: bool) -> None:
    assert row_toml(row, multiline=multiline) == tomli_w.dumps(row, multiline_strings=multiline)


@settings(max_examples=200)
@given(rows=st.lists(st.dictionaries(KEYS, VALUES | TABLES), min_size=1, max_size=3), multiline=st.booleans())
def test_rows_with_tables_in_them_are_read_as_they_were_written(
    *, rows: list[dict[str, object]], multiline: bool
) -> None:
    # TOML's long form loses carriage returns, so nobody asks for it where there are any.
    long_form = multiline and r"\r" not in repr(rows)
    text = "".join(f"[[row]]\n{row_toml(row, multiline=long_form)}" for row in rows)
    assert tomllib.loads(text) == {"row": rows}
