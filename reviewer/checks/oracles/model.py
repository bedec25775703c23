"""What one assertion demands, in words that hold for every language and test framework."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Relation(IntEnum):
    """How much an assertion demands, from nothing to equality."""

    TAUTOLOGY = 0
    TRUTHY = 1
    TYPE = 2
    BOUND = 3
    MEMBER = 4
    APPROXIMATE = 5
    EQUAL = 6


WORDS = {
    Relation.TAUTOLOGY: "nothing",
    Relation.TRUTHY: "only that it is there",
    Relation.TYPE: "its type",
    Relation.BOUND: "a bound",
    Relation.MEMBER: "a part of it",
    Relation.APPROXIMATE: "approximate equality",
    Relation.EQUAL: "equality",
}
_OF = {
    Relation.TRUTHY: "only that {} is there",
    Relation.TYPE: "the type of {}",
    Relation.BOUND: "a bound of {}",
    Relation.MEMBER: "a part of {}",
    Relation.APPROXIMATE: "approximate equality of {}",
    Relation.EQUAL: "equality of {}",
}
RAISES = "raises"
"""The subject of an assertion that expects an exception."""
_BROAD = frozenset(
    {"Exception", "BaseException", "Throwable", "Error", "StandardError", "RuntimeException", "object", "any"}
)


def asked_of(relation: Relation, subject: str) -> str:
    """Return what an assertion asks of its subject, in words; the subject is safe to show."""
    return _OF.get(relation, "nothing of {}").replace("{}", subject)


@dataclass(frozen=True, slots=True)
class Oracle:
    """One assertion.

    Attributes:
        subject: the expression under test, as text; `RAISES` for an expected exception.
        expected: the other side, the exception type, as text.
        text: the whole, as text.
        key: the subject with what is assigned once put in its place, so that a new name hides nothing.
        guard: what stands between the test's start and this assertion ("if", "loop", "try"), "" if nothing does.
        slack: how much it allows, by kind of tolerance or bound; more is looser.
        message: what the exception has to say, "" if anything will do.
        helper: it is a call of something that only its name calls an assertion.
    """

    relation: Relation
    subject: str
    expected: str
    text: str
    first: int
    last: int
    key: str = ""
    guard: str = ""
    slack: tuple[tuple[str, float], ...] = ()
    message: str = ""
    helper: bool = False


def is_broad(oracle: Oracle) -> bool:
    """Return whether an expected exception is nearly any exception."""
    return oracle.subject == RAISES and any(name in _BROAD for name in exceptions(oracle))


def exceptions(oracle: Oracle) -> list[str]:
    """Return the own names of the exception types that an assertion expects."""
    names = oracle.expected.strip("()[] ").replace("::", ".").removesuffix(".class").split(",")
    return [name.strip().removesuffix(".class").rsplit(".", 1)[-1] for name in names if name.strip()]
