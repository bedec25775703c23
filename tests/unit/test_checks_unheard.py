"""Failures that new Python code keeps to itself: each spelling of a fault is found, its twin is not."""

from __future__ import annotations

import pytest

from reviewer.checks.error_handling import ErrorHandlingCheck
from tests.support.twins import Side, py
from tests.support.unheard_twins import UNHEARD_SPELLINGS, UNHEARD_TWINS

CASES = {**UNHEARD_SPELLINGS, **{rule: (rule, *sides) for rule, sides in UNHEARD_TWINS.items()}}


def rules(side: Side) -> set[str]:
    return {one.rule for one in ErrorHandlingCheck().run(side.case()).findings}


@pytest.mark.parametrize("name", CASES)
def test_a_fault_is_told_and_its_twin_is_not(name: str) -> None:
    rule, fault, twin = CASES[name]
    assert rule in rules(fault)
    assert rule not in rules(twin)


def test_what_stood_there_before_is_not_told_when_it_moves() -> None:
    body = "def f(a):\n    return a.decode('utf-8', errors='ignore')\n"
    assert rules(py(body, f"x = 1\n\n\n{body}")) == set()
