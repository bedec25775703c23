"""Each rule finds its fault in every language that the catalogue says it looks at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reviewer.checks import ALL, catalogue
from reviewer.checks.probed import Probed, Vet, Vetted
from reviewer.checks.runner import run
from tests.conformance.test_twins import TWINS
from tests.support.edge_twins import MORE_EDGE_TWINS
from tests.support.existence_twins import MORE_EXISTENCE_TWINS
from tests.support.gate_twins import MORE_TWINS
from tests.support.languages import Fault, faults, languages_of
from tests.support.theater_twins import Run

if TYPE_CHECKING:
    from reviewer.checks.case import Case

FAULTS = tuple(faults())
COMPILED = {"Rust": "src/a.rs", "Go": "a/a.go", "TypeScript": "src/a.ts"}
"""Languages whose compiler is asked, and a file of each."""


def found(case: Case, rule: str) -> bool:
    """Return whether the check of a rule's mode tells of the rule."""
    checks = [one for one in ALL if one.mode == rule.partition("/")[0]]
    return any(f"{one.mode}/{one.rule}" == rule for result in run(case, checks) for one in result.findings)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda one: f"{one.rule} in {one.languages[0]}")
def test_a_rule_fires_on_the_fault_in_this_language_and_not_where_nothing_changes(fault: Fault) -> None:
    assert found(fault.case(), fault.rule)
    assert not found(fault.twin(), fault.rule)


def compiled(path: str) -> Run:
    row = Vetted(tool="a compiler", path=path, line=1, kind="name", message="there is no `tax`")
    found = Probed(base_tree="1" * 40, head_tree="2" * 40, environment="", containment="none", vet=Vet(rows=(row,)))
    return Run({path: "1\n"}, {path: "tax\n"}, probed=found)


@pytest.mark.parametrize("path", COMPILED.values())
def test_what_a_compiler_says_is_told_in_its_language(path: str) -> None:
    assert found(compiled(path).case(), "hallucinated_api/compiler-misses")


def shown() -> dict[str, set[str]]:
    """Return by rule the languages in which some twin has its fault; a name without a mode stands for all of them."""
    by_rule: dict[str, set[str]] = {"compiler-misses": set(COMPILED)}
    twins = [(rule, side) for rule, (side, _) in TWINS.items()]
    twins += [(rule, side) for rule, side, _ in (*MORE_TWINS.values(), *MORE_EDGE_TWINS.values())]
    twins += [(rule, side) for rule, side, _ in MORE_EXISTENCE_TWINS]
    for rule, side in twins:
        by_rule.setdefault(rule, set()).update(languages_of(side.before, side.after))
    for fault in FAULTS:
        by_rule.setdefault(fault.rule, set()).update(fault.languages)
    return by_rule


def test_every_language_that_a_rule_claims_has_a_fault() -> None:
    known = shown()
    for rule in catalogue.everything():
        if rule.languages in {(), ("any",)}:
            continue
        there = known.get(rule.name, set()) | known.get(rule.key, set())
        assert set(rule.languages) <= there, (
            f"{rule.key} claims {', '.join(sorted(set(rule.languages) - there))}: put a change with its fault in"
            " tests/data/language_faults.jsonl, or take the language out of the catalogue"
        )


def test_no_language_is_found_that_a_rule_does_not_claim() -> None:
    for fault in FAULTS:
        (rule,) = catalogue.named(fault.rule)
        assert rule.languages == ("any",) or set(fault.languages) <= set(rule.languages), rule.key
