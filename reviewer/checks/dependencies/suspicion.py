"""What is odd about a new dependency by its name.

A rival of one that is there, something that the language brings itself, or nearly the name of a well-known package.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.checks.dependencies.containers import FLOATING
from reviewer.checks.dependencies.popular import near_known
from reviewer.checks.dependencies.purposes import in_standard_library, twin
from reviewer.checks.dependencies.stated import line_of
from reviewer.checks.ident import Fact, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.checks.dependencies.compare import Delta
    from reviewer.checks.dependencies.stated import Stated
    from reviewer.checks.finding import Severity

_WHY_TWIN = "Two libraries for one purpose are two ways of doing everything, and two to keep up to date."
_WHY_STANDARD = "What comes with the language needs no update, no licence and no trust in one more publisher."
_WHY_NEAR = "Names that are nearly those of well-known packages are taken by people who hope for a slip."
_WHY_FLOATING = "What is fetched tomorrow is whatever its owner has put there by then."


def suspicions(one: Stated, delta: Delta, others: set[str]) -> Iterator[Fact]:
    """Yield what is odd about one new dependency; `others` are the names that manifests stated before."""
    rival = twin(one.ecosystem, delta.name, others)
    if rival is not None:
        purpose, present = rival
        yield _fact(
            one,
            delta,
            rule="purpose-twin",
            severity="medium",
            message=f"{shown(delta.name)} is added for {purpose}, and {shown(present)} is there already.",
            why=_WHY_TWIN,
        )
    standard = in_standard_library(one.ecosystem, delta.name)
    if standard is not None:
        yield _fact(
            one,
            delta,
            rule="standard-twin",
            severity="low",
            message=f"{shown(delta.name)} is added, and the language brings {shown(standard)} for it.",
            why=_WHY_STANDARD,
        )
    known = near_known(one.ecosystem, delta.name)
    if known is not None:
        yield _fact(
            one,
            delta,
            rule="near-known-name",
            severity="medium",
            message=f"{shown(delta.name)} is added; its name is nearly that of the well-known {shown(known)}.",
            why=_WHY_NEAR,
        )


def floating(one: Stated, delta: Delta, reference: str) -> Iterator[Fact]:
    """Yield a fact if an action or image is now named by a reference that moves."""
    if one.ecosystem not in {"actions", "docker"} or reference.lower() not in FLOATING:
        return
    where = f"at {shown(reference)}" if reference else "without a version"
    yield _fact(
        one,
        delta,
        rule="reference-floating",
        severity="medium" if one.ecosystem == "actions" else "low",
        message=f"{shown(delta.name.removeprefix('image '))} is taken {where}.",
        why=_WHY_FLOATING,
    )


def _fact(one: Stated, delta: Delta, *, rule: str, severity: Severity, message: str, why: str) -> Fact:
    return Fact(
        rule=rule,
        severity=severity,
        message=message,
        why=why,
        quote=delta.name,
        file=one.file.path,
        side="new",
        line=line_of(one.file, delta.written, old=False),
    )
