"""CODEOWNERS before and after: patterns that lost their owners, and owners that lost their pattern.

Follows docs.github.com on code owners and docs.gitlab.com on sections: the last line that matches a path counts. Order
and spaces carry no meaning here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer.checks.gates import wording
from reviewer.checks.gates.wording import weakening
from reviewer.checks.ident import shown
from reviewer.text import plural

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.checks.finding import Severity
    from reviewer.checks.ident import Fact

_NAME = re.compile(r"(?:|\.github/|docs/|\.gitlab/|\.bitbucket/)CODEOWNERS")
_COMMENT = re.compile(r"(?:^|\s)#.*")
_MAX_LINES = 5_000
_MANY = 3


def is_owners(path: str) -> bool:
    """Return whether a path is where owners are kept."""
    return _NAME.fullmatch(path) is not None


@dataclass(frozen=True, slots=True)
class _Rule:
    pattern: str
    owners: tuple[str, ...]
    line: int


def owner_facts(path: str, old: bytes | None, new: bytes | None) -> Iterator[Fact]:
    """Yield what lost its owners; a new file of owners takes nothing away."""
    before = _rules(old or b"")
    after = _rules(new or b"")
    if new is None:
        if before:
            message = f"{shown(path)} is gone, and with it the owners of {plural(len(before), 'pattern')}."
            yield _fact(path, "high", message, path, next(iter(before.values())).line, old=True)
        return
    lost = [rule for pattern, rule in before.items() if pattern not in after and rule.owners]
    moved = {tuple(sorted(rule.owners)) for pattern, rule in after.items() if pattern not in before and rule.owners}
    for rule in lost[:_MANY]:
        more = f" (and {len(lost) - _MANY} more)" if rule is lost[:_MANY][-1] and len(lost) > _MANY else ""
        severity: Severity = "high" if rule.pattern in {"*", "/", "/**", "**"} else "medium"
        if tuple(sorted(rule.owners)) in moved:
            severity = "low"
        message = f"{shown(rule.pattern)} no longer has owners of its own; it had {shown(' '.join(rule.owners))}{more}."
        yield _fact(path, severity, message, rule.pattern, rule.line, old=True)
    for pattern, rule in after.items():
        was = before.get(pattern)
        if was is not None:
            gone = [owner for owner in was.owners if owner not in rule.owners]
            fresh = [owner for owner in rule.owners if owner not in was.owners]
            if gone and fresh and len(gone) == len(was.owners):
                message = f"{shown(pattern)} is owned by {shown(' '.join(fresh))} now, and by none of those before: "
                yield _fact(path, "low", f"{message}{shown(' '.join(gone))}.", pattern, rule.line)
            elif gone and not fresh:
                severity = "medium" if not rule.owners else "low"
                message = f"{shown(pattern)} is no longer owned by {shown(' '.join(gone))}."
                yield _fact(path, severity, message, pattern, rule.line)
        elif not rule.owners and before:
            message = f"{shown(pattern)} is taken out of what the lines above it give owners to."
            yield _fact(path, "medium", message, pattern, rule.line)


def _rules(data: bytes) -> dict[str, _Rule]:
    """Return the rules by section and pattern, the last of equal ones."""
    found: dict[str, _Rule] = {}
    for number, raw in enumerate(data.decode("utf-8", "replace").split("\n")[:_MAX_LINES], 1):
        words = _COMMENT.sub("", raw.replace("\\ ", "\x00")).split()
        if not words or words[0].startswith(("[", "^[")):
            continue
        pattern, *owners = (word.replace("\x00", " ") for word in words)
        found[pattern] = _Rule(pattern, tuple(owner.lower() for owner in owners), number)
    return found


def _fact(path: str, severity: Severity, message: str, quote: str, line: int, *, old: bool = False) -> Fact:
    return weakening(
        rule="owner-removed",
        severity=severity,
        message=message,
        why=wording.WHY_OWNER,
        quote=quote,
        path=path,
        line=line,
        side="old" if old else "new",
    )
