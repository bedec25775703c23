"""Measured rates of rules as files: JSON for other programs, and the table that the catalogue of rules shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import tomli_w

from reviewer.checks import catalogue

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.evaluate.score import Rates

HEAD = """\
# False alarms: findings above "info" for each 100 added lines of changes that people made and merged.
# Written by `python -m tests.evaluate negatives --write-measured`. 0.0: looked for and not found there. A rule that is
# not here has not been measured: it needs a contract, a recorded run or running tests, which these changes do not have.

"""
UNMEASURED = frozenset({"scope", "claim_vs_evidence", "stop_rule", "rollback", "tests_on_parent"})
"""Modes of which whole commits alone can say nothing."""


def as_json(rates: Rates, repositories: Sequence[str]) -> dict[str, Any]:
    """Return the rates with what they were measured on; a rule is named "mode/rule"."""
    return {
        "added_lines": rates.added,
        "commits": rates.commits,
        "repositories": list(repositories),
        "rules": {
            rule.replace(".", "/", 1): {"findings": count, "per_100": round(rate, 4)}
            for rule, (count, rate) in rates.by_rule().items()
        },
    }


def as_toml(rates: Rates, repositories: Sequence[str]) -> str:
    """Return the same as TOML."""
    data = as_json(rates, repositories)
    rules = {rule.key: 0.0 for rule in catalogue.everything() if rule.mode not in UNMEASURED}
    rules |= {rule: figures["per_100"] for rule, figures in data.pop("rules").items()}
    return HEAD + tomli_w.dumps({"on": data, "per_100": dict(sorted(rules.items()))})
