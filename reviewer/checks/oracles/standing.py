"""Whether what an assertion demanded is demanded still in another form: of a whole, always, or of each of many cases.

Knows assertions as `oracles.model` has them and no language.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewer.checks.oracles.model import RAISES, Oracle, Relation

if TYPE_CHECKING:
    from collections.abc import Sequence

_ROOT = re.compile(r"(?:len\(|type\(|str\(|bool\(|sorted\(|list\(|&|\*|await )*(\w+)")
_CONSTANT = re.compile(
    r"[bru]?'((?:[^'\\]|\\.){0,200})'|[bru]?\"((?:[^\"\\]|\\.){0,200})\"|((?<![\w.])\d+\.\d+|(?<![\w.])\d{2,200})"
)
_BLURRED = re.compile(
    r"(?:set|frozenset|sorted|round|int|abs)\((.+?)(?:, -?\d+)?\)|(.+)\.(?:lower|upper|strip|casefold|split)\(\)"
)
_WHOLE = ("(", "[", "{")
_MOST = 20_000
_LONGEST = 300


def constants(source: str) -> set[str]:
    """Return the texts and numbers in source that are telling: no single digits, nothing of one letter."""
    found = (one or other or number for one, other, number in _CONSTANT.findall(source[: _MOST * 4]))
    return {value for value in found if len(value) > 1}


def roots(one: Oracle) -> set[str]:
    """Return the first names of what an assertion looks at."""
    return {match.group(1) for match in (_ROOT.match(one.subject), _ROOT.match(one.key)) if match}


def stands(one: Oracle, fresh: Sequence[Oracle], now: Sequence[Oracle]) -> bool:
    """Return whether an assertion that is gone is part of what the same test demands now.

    Args:
        one: the assertion.
        fresh: what the test demands now and did not before.
        now: all that it demands.
    """
    if one.subject == RAISES:
        return False
    equal = [other for other in fresh if other.relation is Relation.EQUAL and other.subject != RAISES]
    telling = constants(one.text)
    # One comparison of a whole stands for those of its parts.
    if telling and any(other.expected.startswith(_WHOLE) and telling <= constants(other.text) for other in equal):
        return True
    if one.relation is Relation.TRUTHY and any(roots(one) & roots(other) for other in equal):
        return True
    # What was checked under a condition is checked always.
    return bool(one.guard) and any(
        other.subject == one.subject and not other.guard and other.relation >= one.relation for other in now
    )


def blurs(one: Oracle, other: Oracle) -> bool:
    """Return whether the same value is compared through what makes unlike values alike."""
    if not one.relation == other.relation == Relation.EQUAL or one.subject == RAISES:
        return False
    match = _BLURRED.fullmatch(other.subject[:_LONGEST])
    return match is not None and one.subject in {match[1], match[2]}
