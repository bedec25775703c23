"""New Python tests that hold little in place, in many spellings, and honest ones that look like them.

They stand in `tests/data/fresh`, a file for each rule: those with the fault, a line of equal signs, those without.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from reviewer.checks.test_theater import TestTheaterCheck
from tests.support.cases import make_case

PLACE = Path(__file__).parents[1] / "data" / "fresh"
APP = "class AppError(Exception):\n    pass\n\n\ndef total(xs):\n    return sum(xs)\n"
CODE = (PLACE / "app.txt").read_text("utf-8")
START = (PLACE / "start.txt").read_text("utf-8")


def sections(text: str) -> dict[str, str]:
    """Return the tests of a part of a file by what is said of them."""
    parts = text.split("## ")[1:]
    return {part.partition("\n")[0]: part.partition("\n")[2].rstrip("\n") + "\n" for part in parts}


HALVES = {path.stem: path.read_text("utf-8").split("\n====\n") for path in sorted(PLACE.glob("*-*.txt"))}
FAULTY = [(rule, name, body) for rule, halves in HALVES.items() for name, body in sections(halves[0]).items()]
HONEST = [(rule, name, body) for rule, halves in HALVES.items() for name, body in sections(halves[1]).items()]


def rules(body: str) -> list[str]:
    """Return the rules of what is said of a file of tests that gains some."""
    before = {"src/app.py": APP, "tests/test_app.py": START}
    case = make_case(before, {"src/app.py": CODE, "tests/test_app.py": START + body})
    return [one.rule for one in TestTheaterCheck().run(case).findings]


@pytest.mark.parametrize(("rule", "name", "body"), FAULTY, ids=[f"{rule}: {name}" for rule, name, _ in FAULTY])
def test_a_new_test_that_holds_little_is_told_of(rule: str, name: str, body: str) -> None:
    assert rules(body).count(rule) == 1, name


@pytest.mark.parametrize(("rule", "name", "body"), HONEST, ids=[f"{rule}: {name}" for rule, name, _ in HONEST])
def test_an_honest_new_test_is_left_alone(rule: str, name: str, body: str) -> None:
    assert rule not in rules(body), name
