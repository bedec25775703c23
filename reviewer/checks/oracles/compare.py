"""What became of the oracles of one test: lost, weaker, or with another expectation."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer.checks.ident import shown
from reviewer.checks.oracles.python import WORDS, Oracle, Relation, is_broad

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Sequence

    from reviewer.checks.finding import Severity

_LITERAL = re.compile(r"[-+]?\d|b?['\"]|True|False|None|[\[({]")
_TOLERANCE = re.compile(r"\b(?:rel|abs|delta|places|rtol|atol)\s*=\s*([-+0-9.e]+)")


@dataclass(frozen=True, slots=True)
class Loss:
    """One thing that a test demands less, or differently; it stands at the new oracle, else at the old one."""

    rule: str
    severity: Severity
    message: str
    old: Oracle
    new: Oracle | None


def losses(name: str, old: Sequence[Oracle], new: Sequence[Oracle], elsewhere: Counter[str]) -> list[Loss]:
    """Return what a test lost.

    Args:
        name: of the test, for the message.
        old: its oracles before.
        new: its oracles now.
        elsewhere: texts of oracles that other tests gained in this change: what moved is not lost.
    """
    before, after = list(old), list(new)
    for one in old:
        same = next((other for other in after if other.text == one.text), None)
        if same is not None:
            before.remove(one)
            after.remove(same)
    found: list[Loss] = []
    for one in list(before):
        other = _counterpart(one, after)
        if other is None:
            continue
        before.remove(one)
        after.remove(other)
        loss = _compare(name, one, other)
        if loss is not None:
            found.append(loss)
    if not any(one.subject == "raises" for one in new):
        found.extend(_no_longer_raises(name, before, after, elsewhere))
    lost = [one for one in before if elsewhere[one.text] <= 0 and one.relation is not Relation.TAUTOLOGY]
    fewer = len(old) - len(new)
    if lost and fewer > 0:
        missing = min(len(lost), fewer)
        severity: Severity = "high" if not new else "medium"
        message = f"{name} has {_count(len(new))} and had {len(old)}; gone: {shown(lost[0].text)}"
        if missing > 1:
            message += f" and {missing - 1} more"
        found.append(Loss("assertions-lost", severity, message + ".", lost[0], None))
    return found


def _no_longer_raises(name: str, before: list[Oracle], after: list[Oracle], elsewhere: Counter[str]) -> list[Loss]:
    """Take the expected exceptions that other assertions replaced out of both lists, and say so."""
    found: list[Loss] = []
    for one in [each for each in before if each.subject == "raises" and elsewhere[each.text] <= 0]:
        if not after:
            break
        other = after.pop(0)
        before.remove(one)
        message = f"{name} no longer expects {shown(one.expected)}; in its place stands {shown(other.text)}."
        found.append(Loss("exception-unexpected", "medium", message, one, other))
    return found


def _counterpart(one: Oracle, candidates: list[Oracle]) -> Oracle | None:
    same_subject = [other for other in candidates if other.subject == one.subject]
    if same_subject:
        return same_subject[0]
    # `x.status == 200` and `x` : what replaced an assertion often looks at the same name.
    root = re.match(r"\w+", one.subject)
    if root is None or one.subject == "raises":
        return None
    return next(
        (o for o in candidates if re.match(rf"(?:len\()?{root.group()}\b", o.subject) and o.relation < one.relation),
        None,
    )


def _compare(name: str, one: Oracle, other: Oracle) -> Loss | None:
    if one.subject == "raises":
        if is_broad(other) and not is_broad(one):
            message = f"{name} expects {shown(other.expected)} where it expected {shown(one.expected)}."
            return Loss("raises-widened", "medium", message, one, other)
        if " " in one.expected and " " not in other.expected:
            return Loss(
                "message-unchecked", "low", f"{name} no longer looks at the message of the exception.", one, other
            )
        return None
    if other.relation is Relation.TAUTOLOGY and one.relation is not Relation.TAUTOLOGY:
        message = f"{name} compares nothing any more: {shown(other.text)} stands for {shown(one.text)}."
        return Loss("oracle-tautology", "high", message, one, other)
    if other.relation < one.relation:
        message = (
            f"{name} checks {WORDS[other.relation]} of {shown(other.subject, 40)} and checked {WORDS[one.relation]}: "
            f"{shown(one.text)}"
        )
        return Loss("oracle-weaker", "medium", message, one, other)
    wider = _tolerance(other.text) > _tolerance(one.text) >= 0
    if wider:
        return Loss("tolerance-wider", "medium", f"{name} allows a wider tolerance: {shown(other.text)}.", one, other)
    if other.relation == one.relation and one.subject == other.subject and _LITERAL.match(one.expected):
        message = f"{name} expects {shown(other.expected)} where it expected {shown(one.expected)}."
        return Loss("expected-changed", "info", message, one, other)
    return None


def _tolerance(text: str) -> float:
    match = _TOLERANCE.search(text)
    try:
        return float(match.group(1)) if match else -1.0
    except ValueError:
        return -1.0


def _count(number: int) -> str:
    return "no assertion" if number == 0 else "1 assertion" if number == 1 else f"{number} assertions"
