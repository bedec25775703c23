"""Conditions on who may do what: gone, turned round, or asking for less. Knows no language; a condition is its text."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewer.checks.finding import Severity

_ACCESS = re.compile(
    r"(?<![a-z])(?:is_?(?:admin|staff|super_?user|owner|authenticated|authori[sz]ed|logged_?in|allowed|permitted|moderator)"
    r"|has_?(?:perm|role|scope|access|authority)|can_?(?:edit|read|write|delete|access|view|update|manage|publish)"
    r"|(?:check|verify|validate)_?(?:perm|access|auth|token|owner|signature|password|csrf)|authori[sz]ed?\b|authenticated?\b"
    r"|permissions?\b|owner(?:_?id)?\b|signed_?in|roles?\b|admin\b|forbidden|csrf"
    r"|(?<=_)signature|(?<!_)(?<!inspect\.)signature(?!s?\s{0,4}\(|\.(?:parameters|bind|empty|return_annotation))"
    r"|(?:current_?)?user(?:_?id)?\s*[!=]=|tenant_?id|compare_digest|timingsafeequal|secure_compare|constanttimecompare|hmac\.equal|allow_?list|whitelist)",
    re.IGNORECASE,
)
_PARTS_ANY = re.compile(r"\s+or\s+|\s*\|\|\s*")
_PARTS_ALL = re.compile(r"\s+and\s+|\s*&&\s*")
_NEGATION = re.compile(r"^(?:not\s+|!\s*)")
_MOST = 300


@dataclass(frozen=True, slots=True)
class Condition:
    """The condition of an `if`: its text in one line, its line, and whether what it guards refuses."""

    text: str
    line: int
    refuses: bool


@dataclass(frozen=True, slots=True)
class Change:
    """What became of a condition; `line` is of the old side if `is_old`."""

    rule: str
    severity: Severity
    what: str
    quote: str
    line: int
    is_old: bool


def is_about_access(text: str) -> bool:
    """Return whether a condition asks who somebody is or what they may do."""
    return _ACCESS.search(text[:_MOST]) is not None


def changes(old: Sequence[Condition], new: Sequence[Condition], elsewhere: Counter[str]) -> Iterator[Change]:
    """Yield what is gone, turned round or weaker; `elsewhere` counts the conditions that other functions gained."""
    fresh = _without(new, old)
    for one in _without(old, new):
        if not is_about_access(one.text):
            continue
        turned = next((other for other in fresh if _is_turned(one.text, other.text)), None)
        weaker = next((other for other in fresh if _is_weaker(one, other.text)), None)
        if turned is not None:
            fresh.remove(turned)
            what = f"asks the opposite: “{turned.text}”; before, “{one.text}”"
            yield Change("check-inverted", "high", what, turned.text, turned.line, is_old=False)
        elif weaker is not None:
            fresh.remove(weaker)
            what = f"asks for less: “{weaker.text}”; before, “{one.text}”"
            yield Change("check-weakened", "medium", what, weaker.text, weaker.line, is_old=False)
        elif (other := next((each for each in fresh if is_about_access(each.text)), None)) is not None:
            # Asked in other words: what they mean is for a person to read.
            fresh.remove(other)
        elif elsewhere[one.text] <= 0:
            severity: Severity = "high" if one.refuses else "medium"
            yield Change("check-removed", severity, f"no longer asks “{one.text}”", one.text, one.line, is_old=True)


def _without(some: Sequence[Condition], others: Sequence[Condition]) -> list[Condition]:
    left = Counter(one.text for one in others)
    found = []
    for one in some:
        left[one.text] -= 1
        if left[one.text] < 0:
            found.append(one)
    return found


def _is_turned(old: str, new: str) -> bool:
    if _plain(old) == _plain(new):
        return bool(_NEGATION.match(old)) != bool(_NEGATION.match(new))
    swapped = (("==", "!="), ("!=", "=="), ("===", "!=="), ("!==", "==="), (" in ", " not in "), (" not in ", " in "))
    return any(old.count(one) == 1 and old.replace(one, other) == new for one, other in swapped)


def _is_weaker(old: Condition, new: str) -> bool:
    """Return whether a refusal lost one of its reasons or got a further condition, or a permission lost one."""
    any_old, any_new = (set(_PARTS_ANY.split(text)) for text in (old.text, new))
    all_old, all_new = (set(_PARTS_ALL.split(text)) for text in (old.text, new))
    if old.refuses:
        return (len(any_old) > 1 and any_new < any_old) or (len(all_new) > 1 and all_old < all_new)
    return (len(all_old) > 1 and all_new < all_old) or (len(any_new) > 1 and any_old < any_new)


def _plain(text: str) -> str:
    return _NEGATION.sub("", text).strip("() ")
