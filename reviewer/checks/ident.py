"""Facts as checks state them, and the ids that make them findings.

An id must survive whatever does not touch the fact: line numbers and wording of messages are left out of it, so that a
reviewer's dismissal still holds when lines above move.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer.checks.finding import Finding
from reviewer.text import clip, display_safe

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reviewer.checks.finding import Known, Mode, Severity, Side

_ID_DIGITS = 16
_QUOTED = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A finding before it has an id.

    Attributes:
        quote: the text that the fact is about (a line, a name, a command), the part of the id that tells it from
            other facts of the same rule in the same file.
        The others are those of `Finding`.
    """

    rule: str
    severity: Severity
    message: str
    why: str
    quote: str
    known: Known = "derived"
    file: str | None = None
    side: Side | None = None
    line: int | None = None
    end_line: int | None = None
    evidence: tuple[str, ...] = ()
    numbers: tuple[tuple[str, float], ...] = ()


def identify(mode: Mode, facts: Iterable[Fact]) -> tuple[Finding, ...]:
    """Return the facts as findings, in the same order; equal ones are told apart by their number."""
    seen: Counter[tuple[str, str, str, str]] = Counter()
    findings = []
    for fact in facts:
        key = (fact.rule, fact.file or "", fact.side or "", " ".join(fact.quote.split()))
        seen[key] += 1
        findings.append(
            Finding(
                id=_digest((mode, *key, str(seen[key]))),
                mode=mode,
                rule=fact.rule,
                severity=fact.severity,
                message=fact.message,
                why=fact.why,
                known=fact.known,
                file=fact.file,
                side=fact.side,
                line=fact.line,
                end_line=fact.end_line,
                evidence=fact.evidence,
                numbers=fact.numbers,
            )
        )
    return tuple(findings)


def shown(text: str, columns: int = _QUOTED) -> str:
    """Return hostile text on one line, safe and short, for use inside a message."""
    return clip(display_safe(text.strip()), columns)


def _digest(parts: tuple[str, ...]) -> str:
    # Lengths keep the parts apart whatever they hold; surrogates stand for bytes that are not UTF-8.
    data = b"".join(b"%d:%b" % (len(part), part) for part in (text.encode("utf-8", "surrogatepass") for text in parts))
    return hashlib.sha256(data).hexdigest()[:_ID_DIGITS]
