"""What one rule saw in one place, before it is weighed, folded and given an id.

Knows nothing of particular rules.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reviewer.checks.finding import SEVERITIES
from reviewer.checks.ident import Fact, shown

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterable, Iterator

    from reviewer.checks.finding import Severity, Side
    from reviewer.checks.plausible.outline import Outline

_A_FUNCTION = 4
_A_RULE = 3
_NAMED = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """One fact on lines of one file.

    Attributes:
        rule: its name inside the mode.
        severity: how much it weighs.
        message: the fact, one sentence.
        why: why it matters, one sentence.
        quote: the code that it is about; tells it from others of its rule, and says whether the old side had it too.
        line, last: where, from 1.
        side: of the change.
        scope: the function that it is in, to fold what is said of one function.
        evidence: other places, as references.
    """

    rule: str
    severity: Severity
    message: str
    why: str
    quote: str
    line: int
    last: int | None = None
    side: Side = "new"
    scope: str = ""
    evidence: tuple[str, ...] = ()


def at(
    outline: Outline,
    node: ast.expr | ast.stmt | ast.pattern | ast.ExceptHandler | ast.arg,
    *,
    rule: str,
    severity: Severity,
    message: str,
    why: str,
    quote: str,
    last: int | None = None,
    side: Side = "new",
) -> Sign:
    """Return a sign on the lines of a node, in the function that the node is in."""
    return Sign(
        rule=rule,
        severity=severity,
        message=message,
        why=why,
        quote=quote,
        line=node.lineno,
        last=last or node.end_lineno,
        side=side,
        scope=outline.scope(node),
    )


def fact_of(sign: Sign, path: str) -> Fact:
    """Return a sign of a file as a fact."""
    return Fact(
        rule=sign.rule,
        severity=sign.severity,
        message=sign.message,
        why=sign.why,
        quote=f"{sign.scope} {sign.quote}".strip(),
        file=path,
        side=sign.side,
        line=sign.line,
        end_line=sign.last if sign.last is not None and sign.last > sign.line else None,
        evidence=sign.evidence,
    )


def newly(old: Iterable[Sign], new: Iterable[Sign]) -> Iterator[Sign]:
    """Yield the signs of the new side that the old side has fewer of; what merely moved is not new."""
    had = Counter((one.rule, one.quote) for one in old)
    for one in new:
        if had[one.rule, one.quote] > 0:
            had[one.rule, one.quote] -= 1
        else:
            yield one


def fold(signs: Iterable[Sign]) -> list[Sign]:
    """Return the signs of one file in order of place: at most a handful a function, and many of one rule as one."""
    ordered = sorted(signs, key=lambda one: (one.line, one.rule))
    by_rule: dict[tuple[str, str], list[Sign]] = {}
    for one in ordered:
        by_rule.setdefault((one.rule, one.side), []).append(one)
    kept = [each for many in by_rule.values() for each in (many if len(many) <= _A_RULE else [_as_one(many)])]
    taken: Counter[str] = Counter()
    chosen = []
    for one in sorted(kept, key=lambda one: (-SEVERITIES.index(one.severity), one.line, one.rule)):
        taken[one.scope] += 1
        if not one.scope or taken[one.scope] <= _A_FUNCTION:
            chosen.append(one)
    return sorted(chosen, key=lambda one: (one.line, one.rule))


def _as_one(many: list[Sign]) -> Sign:
    first = max(many, key=lambda one: (SEVERITIES.index(one.severity), -one.line))
    others = [str(one.line) for one in many if one is not first]
    named = ", ".join(others[:_NAMED]) + (f" and {len(others) - _NAMED:,} more" if len(others) > _NAMED else "")
    return replace(first, message=f"{first.message.rstrip('.')}; the like on lines {shown(named)}.", scope="")
