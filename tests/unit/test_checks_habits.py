"""Forms, leftovers and second ways: each spelling of a fault is found, its twin is not."""

from __future__ import annotations

import pytest

from reviewer.checks.style_drift import StyleDriftCheck
from tests.support.habit_twins import HABIT_SPELLINGS, HABIT_TWINS, beside
from tests.support.twins import Side

CASES = {**HABIT_SPELLINGS, **{rule: (rule, *sides) for rule, sides in HABIT_TWINS.items()}}


def rules(side: Side) -> set[str]:
    return {one.rule for one in StyleDriftCheck().run(side.case()).findings}


@pytest.mark.parametrize("name", CASES)
def test_a_fault_is_told_and_its_twin_is_not(name: str) -> None:
    rule, fault, twin = CASES[name]
    assert rule in rules(fault)
    assert rule not in rules(twin)


def test_a_call_that_moves_to_a_function_of_its_own_is_no_second_way() -> None:
    old, new = beside("").before["shop/orders.py"], beside("").before["shop/orders.py"]
    moved = str(new).replace("    os.replace(part, path)\n", "    put(part, path)\n", 1)
    moved += "def put(part: Path, path: Path) -> None:\n    os.replace(part, path)\n"
    side = Side({"shop/orders.py": old}, {"shop/orders.py": moved}, {"trees": True})
    assert not rules(side) & {"helper-bypassed", "helper-exists"}
