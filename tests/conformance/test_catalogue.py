"""Each rule that a check can report has an entry in the catalogue, and each entry is a rule that some check reports."""

from __future__ import annotations

from reviewer.checks import catalogue
from tests.conformance.test_twins import TWINS


def test_every_rule_has_an_entry() -> None:
    names = {name for rule in catalogue.everything() for name in (rule.name, rule.key)}
    missing = sorted(set(TWINS) - names)
    assert not missing, (
        f"no entry in reviewer/checks/catalogue/<mode>.toml for {', '.join(missing)}: copy the table of a neighbour,"
        " say what the rule means, when it has which severity, and give the twins as bad and good"
    )


def test_every_entry_is_a_rule() -> None:
    gone = sorted(rule.key for rule in catalogue.everything() if not {rule.name, rule.key} & set(TWINS))
    assert not gone, f"no check reports {', '.join(gone)} any more: take the tables out of the catalogue"
