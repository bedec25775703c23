from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.checks.oracles.nothing import filtered_out
from reviewer.checks.runner import run
from tests.support.weaker_twins import QUIETER, WEAKER_SPELLINGS

if TYPE_CHECKING:
    from tests.support.twins import Side


def alarms(side: Side) -> set[str]:
    results = list(run(side.case()))
    return {one.rule for result in results for one in result.findings if one.severity != "info"}


@pytest.mark.parametrize("spelling", WEAKER_SPELLINGS)
def test_a_weakening_is_told_in_every_spelling(spelling: str) -> None:
    rule, fault, twin = WEAKER_SPELLINGS[spelling]
    assert rule in alarms(fault)
    assert rule not in alarms(twin)


@pytest.mark.parametrize("spelling", QUIETER)
def test_what_is_no_weakening_is_no_alarm(spelling: str) -> None:
    rule, side = QUIETER[spelling]
    assert rule not in alarms(side)


@given(st.integers(-9, 20), st.integers(-9, 20), st.sampled_from(("<", "<=", ">", ">=", "==", "!=")), st.integers(1, 4))
def test_a_filter_is_empty_as_python_says(stop: int, limit: int, sign: str, by: int) -> None:
    source = f"[x for x in range({stop}) if x % {by} {sign} {limit} and not x == 3]"
    tree = ast.parse(source, mode="eval")
    assert filtered_out(tree.body) is (not eval(source))  # noqa: S307 - written above
