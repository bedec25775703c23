"""What became of the oracles of one test: lost, weaker, looser, or with another expectation. Knows no language."""

from __future__ import annotations

import builtins
import re
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

from reviewer.checks.finding import SEVERITIES
from reviewer.checks.ident import shown
from reviewer.checks.oracles.model import RAISES, WORDS, Oracle, Relation, asked_of, exceptions, is_broad
from reviewer.checks.oracles.standing import blurs, constants, roots, stands

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reviewer.checks.finding import Severity

_LITERAL = re.compile(r"[-+]?\d|[bfru]{0,2}['\"`]|True|False|None|true|false|null|nil|[\[({]")
_WARNINGS = re.compile(r"(?:pytest\.|self\.)?(?:deprecated_call|warns|assertWarns)\b")
_DEPRECATED = re.compile(r"(?:pytest\.)?deprecated_call\b")
_PLUMBING = "if err != nil"
_ANYTHING = re.compile(r"\bANY\b|\banything\(|\.any\(|\bany\(|\bmock\.Anything\b")
_PATTERN_FREE = re.compile(r"r?['\"/](?:\.\*|\.\+)?\$?['\"/]?")
_TRUE = frozenset({"True", "False", "true", "false"})
_LONGEST = 300
_MOST = 400
_NAMED = 3
_PART = 80


class Moved(Protocol):
    """What other tests gained in the same change: what moved there is not lost."""

    def took(self, oracle: Oracle, *, loosely: bool = False) -> bool:
        """Return whether some other test demands the same now; `loosely`: of the same values in other words."""


@dataclass(frozen=True, slots=True)
class Loss:
    """One thing that a test demands less, or differently; it stands at the new oracle, else at the old one."""

    rule: str
    severity: Severity
    message: str
    old: Oracle
    new: Oracle | None


def losses(
    name: str,
    old: Sequence[Oracle],
    new: Sequence[Oracle],
    moved: Moved,
    kinds: Mapping[str, frozenset[str]] = MappingProxyType({}),
) -> list[Loss]:
    """Return what a test lost.

    Args:
        name: of the test, for the message.
        old: its oracles before.
        new: its oracles now.
        moved: what other tests gained.
        kinds: the bases of each class of the repository, by own name.
    """
    before, after, found = _unequal(name, old[:_MOST], new[:_MOST])
    for one in list(before):
        other = _counterpart(one, after)
        if other is None:
            continue
        before.remove(one)
        after.remove(other)
        loss = _compare(name, one, other, kinds)
        if loss is not None and not moved.took(one):
            found.append(loss)
    gone = [one for one in before if one.relation is not Relation.TAUTOLOGY]
    before = [one for one in gone if not (moved.took(one, loosely=True) or stands(one, after, new))]
    elsewhere = len(gone) - len(before)
    if not any(one.subject == RAISES for one in new):
        found.extend(_no_longer_raises(name, before, after))
    fewer = min(len(before), len(old) - len(new) - elsewhere)
    if fewer > 0:
        # What a helper asserts that is out of sight may well be what is gone here.
        shifted = any(one.helper for one in after)
        found.append(_lost(name, before, fewer, len(old), len(new), shifted=shifted))
    elif before and after and _all_weaker(before, after):
        found.append(_replaced(name, before[0], after[0]))
    return _folded(found)


_FOLDED = frozenset({"expected-changed", "oracle-weaker", "tolerance-wider", "oracle-conditional", "message-unchecked"})


def _folded(found: list[Loss]) -> list[Loss]:
    """Return one loss for each kind of them, the heaviest first, with the number of the others."""
    kinds: dict[str, list[Loss]] = {}
    for loss in found:
        kinds.setdefault(loss.rule if loss.rule in _FOLDED else f"{loss.rule}{id(loss)}", []).append(loss)
    folded = []
    for alike in kinds.values():
        first = max(alike, key=lambda loss: SEVERITIES.index(loss.severity))
        more = f" {len(alike) - 1:,} more of this test likewise." if len(alike) > 1 else ""
        folded.append(replace(first, message=first.message + more))
    return folded


def _replaced(name: str, one: Oracle, other: Oracle) -> Loss:
    if other.relation is Relation.TAUTOLOGY:
        message = f"{name} compares nothing any more: {shown(other.text)} stands for {shown(one.text)}."
        return Loss("oracle-tautology", "high", message, one, other)
    message = f"{name} checks {shown(other.text)} where it checked {shown(one.text)}."
    return Loss("oracle-weaker", "medium", message, one, other)


def _all_weaker(before: Sequence[Oracle], after: Sequence[Oracle]) -> bool:
    if any(one.helper or one.subject == RAISES for one in (*before, *after)):
        return False
    return max(one.relation for one in after) < min(one.relation for one in before)


def _unequal(name: str, old: Sequence[Oracle], new: Sequence[Oracle]) -> tuple[list[Oracle], list[Oracle], list[Loss]]:
    """Return the oracles that only one side has, and those whose place alone changed."""
    by_text: dict[str, list[Oracle]] = {}
    for one in new:
        by_text.setdefault(one.text, []).append(one)
    before: list[Oracle] = []
    guarded: list[tuple[Oracle, Oracle]] = []
    gone: set[int] = set()
    for one in old:
        same = by_text.get(one.text)
        if not same:
            before.append(one)
            continue
        other = same.pop(0)
        gone.add(id(other))
        if not one.guard and other.guard in _GUARDS:
            guarded.append((one, other))
    return before, [one for one in new if id(one) not in gone], _conditional(name, guarded)


def _conditional(name: str, guarded: list[tuple[Oracle, Oracle]]) -> list[Loss]:
    if not guarded:
        return []
    one, other = max(guarded, key=lambda pair: _HEAVY[pair[1].guard])
    more = f" and {len(guarded) - 1} more" if len(guarded) > 1 else ""
    message = f"{name} checks {shown(one.text)}{more} {_GUARDS[other.guard]}, and did so always."
    severity: Severity = "info" if other.guard == "machine" else "medium" if _HEAVY[other.guard] > 1 else "low"
    return [Loss("oracle-conditional", severity, message, one, other)]


_HEAVY = {"if": 3, "except": 2, "try": 1, "loop": 1, "machine": 0}
_GUARDS = {
    "machine": "only on some machines",
    "if": "only under a condition",
    "loop": "only in a loop that may be empty",
    "try": "only where its failure may be caught",
    "except": "only after an exception",
}


def _lost(name: str, lost: Sequence[Oracle], fewer: int, had: int, has: int, *, shifted: bool) -> Loss:
    minor = shifted or all(_WARNINGS.match(one.text) or one.helper or one.text == _PLUMBING for one in lost)
    severity: Severity = "high" if not has else "low" if minor else "medium"
    if has and all(_DEPRECATED.match(one.text) for one in lost):
        severity = "info"
    named = "; ".join(shown(one.text, _PART) for one in lost[: min(fewer, _NAMED)])
    message = f"{name} has {_count(has)} and had {had}; gone: {named}"
    if fewer > _NAMED:
        message += f" and {fewer - _NAMED} more"
    return Loss("assertions-lost", severity, message + ".", lost[0], None)


def _no_longer_raises(name: str, before: list[Oracle], after: list[Oracle]) -> list[Loss]:
    """Take the expected exceptions that other assertions replaced out of both lists, and say so."""
    found: list[Loss] = []
    for one in [each for each in before if each.subject == RAISES]:
        if not after or any(other.helper for other in after):
            break
        other = after.pop(0)
        before.remove(one)
        message = f"{name} no longer expects {shown(one.expected)}; in its place stands {shown(other.text)}."
        severity: Severity = "low" if _WARNINGS.match(one.text) else "medium"
        found.append(Loss("exception-unexpected", severity, message, one, other))
    return found


def _counterpart(one: Oracle, candidates: list[Oracle]) -> Oracle | None:
    same = [other for other in candidates if other.subject == one.subject]
    same = same or [other for other in candidates if one.key and other.key == one.key]
    if same:
        return next((other for other in same if other.expected == one.expected), same[0])
    blurred = next((other for other in candidates if blurs(one, other)), None)
    if blurred is not None:
        return blurred
    # `x.status == 200` and `x`: what replaced an assertion often looks at the same name.
    if one.subject == RAISES:
        return None
    if constants(one.expected):
        # Another name for what has to have the same value.
        told = (one.relation, one.expected)
        renamed = next((other for other in candidates if (other.relation, other.expected) == told), None)
        if renamed is not None:
            return renamed
    named = roots(one)
    return next((o for o in candidates if o.relation < one.relation and named & roots(o)), None)


def _compare(name: str, one: Oracle, other: Oracle, kinds: Mapping[str, frozenset[str]]) -> Loss | None:
    if one.subject == RAISES:
        return _raises(name, one, other, kinds) if other.subject == RAISES else None
    if other.relation is Relation.TAUTOLOGY and one.relation is not Relation.TAUTOLOGY:
        return _replaced(name, one, other)
    if one.helper or other.helper:
        return None
    if other.relation < one.relation:
        return _weaker(name, one, other)
    if blurs(one, other):
        message = f"{name} compares {shown(other.subject, 60)} and compared {shown(one.subject, 60)} itself."
        return Loss("oracle-weaker", "low", message, one, other)
    wider = _wider(one, other)
    if wider:
        message = f"{name} allows a wider {wider}: {shown(other.text)} stands for {shown(one.text)}."
        return Loss("tolerance-wider", "medium", message, one, other)
    if len(_ANYTHING.findall(other.expected)) > len(_ANYTHING.findall(one.expected)):
        message = f"{name} takes anything for a value that it checked: {shown(other.text)}."
        return Loss("oracle-weaker", "medium", message, one, other)
    if other.relation == one.relation and one.subject == other.subject and _LITERAL.match(one.expected):
        message = f"{name} expects {shown(other.expected)} where it expected {shown(one.expected)}."
        return Loss("expected-changed", "info", message, one, other)
    return None


def _weaker(name: str, one: Oracle, other: Oracle) -> Loss:
    message = (
        f"{name} checks {asked_of(other.relation, shown(other.subject, 40))} and checked {WORDS[one.relation]}: "
        f"{shown(one.text)}."
    )
    # `x is True` and `x`, 0.1 + 0.2 and about 0.3: the demand is much the same.
    same = one.expected in _TRUE and other.relation is Relation.TRUTHY
    near = other.relation is Relation.APPROXIMATE and all(amount <= _NEAR for _, amount in other.slack)
    return Loss("oracle-weaker", "low" if same or near else "medium", message, one, other)


_NEAR = 1e-5


def _raises(name: str, one: Oracle, other: Oracle, kinds: Mapping[str, frozenset[str]]) -> Loss | None:
    if is_broad(other) and not is_broad(one):
        message = f"{name} expects {shown(other.expected)} where it expected {shown(one.expected)}."
        return Loss("raises-widened", "medium", message, one, other)
    had, has = exceptions(one), exceptions(other)
    if had and not other.expected and not other.message:
        message = f"{name} expects any exception where it expected {shown(one.expected)}."
        return Loss("raises-widened", "medium", message, one, other)
    if had and (set(had) < set(has) or (has and all(_is_base(wide, had, kinds) for wide in has))):
        message = f"{name} expects {shown(other.expected)} where it expected {shown(one.expected)}."
        return Loss("raises-widened", "medium", message, one, other)
    if one.message and (not other.message or _PATTERN_FREE.fullmatch(other.message)) and one.message != other.message:
        message = f"{name} no longer looks at the message of {shown(one.expected)}: {shown(one.message)}."
        return Loss("message-unchecked", "low", message, one, other)
    return None


def _is_base(wide: str, had: list[str], kinds: Mapping[str, frozenset[str]]) -> bool:
    """Return whether an exception of Python or of the repository is a real base of one that was expected."""
    above: set[str] = set()
    waiting = [one.rsplit(".", 1)[-1] for one in had]
    while waiting and len(above) < _MOST:
        fresh = kinds.get(waiting.pop(), frozenset()) - above
        above |= fresh
        waiting.extend(fresh)
    if wide.rsplit(".", 1)[-1] in above:
        return True
    had = [*had, *above]
    base = getattr(builtins, wide, None)
    if not isinstance(base, type):
        return False
    narrow = [getattr(builtins, one, None) for one in had]
    return any(isinstance(one, type) and one is not base and issubclass(one, base) for one in narrow)


def _wider(one: Oracle, other: Oracle) -> str:
    """Return what kind of slack grew, "" if none did."""
    had = dict(one.slack)
    for kind, amount in other.slack:
        if kind in had and amount > had[kind]:
            return "bound" if kind in "<>" else "tolerance"
        if kind not in had and had and kind not in "<>" and amount > max(had.values()):
            return "tolerance"
    return ""


def _count(number: int) -> str:
    return "no assertion" if number == 0 else "1 assertion" if number == 1 else f"{number} assertions"
