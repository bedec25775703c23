"""What new code tells, asks for and lets decide: each spelling of a fault is found, its twin is not."""

from __future__ import annotations

import pytest

from reviewer.checks.security_boundary import SecurityBoundaryCheck
from tests.support.trust_twins import TRUST_SPELLINGS, TRUST_TWINS
from tests.support.twins import Side, py

CASES = {**TRUST_SPELLINGS, **{rule: (rule, *sides) for rule, sides in TRUST_TWINS.items()}}


def rules(side: Side) -> set[str]:
    return {one.rule for one in SecurityBoundaryCheck().run(side.case()).findings}


@pytest.mark.parametrize("name", CASES)
def test_a_fault_is_told_and_its_twin_is_not(name: str) -> None:
    rule, fault, twin = CASES[name]
    assert rule in rules(fault)
    assert rule not in rules(twin)


def test_tests_may_do_what_they_want() -> None:
    fault, _ = TRUST_TWINS["secret-compared"]
    assert "secret-compared" not in rules(py("x = 1\n", str(fault.after["src/app.py"]), "tests/test_app.py"))
