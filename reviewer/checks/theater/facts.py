"""Facts about tests in their common form, and why each kind of them matters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.checks.ident import Fact

if TYPE_CHECKING:
    from reviewer.checks.finding import Severity, Side

GONE = "What this test held in place can now change unnoticed."
OFF = "A test that does not run or cannot fail looks like one that passes."
WEAK = "It would still pass if the behaviour were wrong in ways that it used to catch."
LITERAL = "An expectation that changes with the code shows what the code does, not what it should do."
NOTHING = "Without a comparison it fails only when the code raises."
MOCKED = "A test of what stands in for the code says nothing of the code."


def fact(  # noqa: PLR0917 - a place in a test, in the order of a sentence
    name: str,
    path: str,
    severity: Severity,
    message: str,
    why: str,
    quote: str,
    line: int,
    *,
    rule: str,
    side: Side = "new",
) -> Fact:
    """Return a fact about a test of a file."""
    return Fact(
        rule=rule, severity=severity, message=message, why=why, quote=f"{name} {quote}", file=path, side=side, line=line
    )


def is_about_equality(name: str) -> bool:
    """Return whether a test's name says that it is about equality, where a value is compared with itself on purpose."""
    own = name.rsplit(".", 1)[-1].lower()
    return any(word in own for word in ("eq", "ident", "hash", "nan", "reflex", "compar", "singleton", "dunder"))
