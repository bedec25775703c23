"""Digests of what was looked at."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from reviewer.checks.diagnostics import Diagnostic, Existence
from reviewer.checks.inputs import digest_of

SAID = Existence(
    after=(Diagnostic("ty", "r", "name", "a.py", 3, "no \udcff"),), local=frozenset({"b", "a", "c"}), seconds=1.5
)


def test_times_can_be_left_out_and_nothing_else_is() -> None:
    slower = replace(SAID, seconds=2.5)
    without = frozenset({"seconds"})
    assert digest_of(SAID) != digest_of(slower)
    assert digest_of(SAID, without=without) == digest_of(slower, without=without)
    assert digest_of(replace(SAID, local=frozenset({"a"})), without=without) != digest_of(SAID, without=without)
    assert digest_of(replace(SAID, local=frozenset(["c", "a", "b"]))) == digest_of(SAID)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner).map(tuple), max_leaves=8
)


@given(VALUES, VALUES)
def test_unlike_values_have_unlike_digests(one: object, other: object) -> None:
    assert (digest_of(one) == digest_of(other)) == (repr(one) == repr(other))
