"""Failure paths, whatever the language: how a function catches, raises, cleans up, and what it drops."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Literal, TypeAlias

Disposition: TypeAlias = Literal[
    "raises",
    "wraps",
    "logs and raises",
    "logs",
    "uses it",
    "passes",
    "continues",
    "returns a constant",
    "sets a constant",
    "tries again",
    "acts",
]

BROAD = frozenset({"", "Exception", "BaseException", "Throwable", "StandardError"})
_QUIET: frozenset[Disposition] = frozenset({"passes", "continues", "returns a constant"})
_RAISING: frozenset[Disposition] = frozenset({"raises", "wraps", "logs and raises"})


@dataclass(frozen=True, slots=True)
class Handler:
    """What catches a failure: an `except`, a `catch`, a `rescue`, `if err != nil`, an arm for `Err`.

    Attributes:
        types: the names of what it catches, sorted; `("",)` for everything.
        does: what happens then.
        first, last: its lines.
        guarded: the code whose failures it catches, to find the same handler again on the other side.
        is_suppress: it is a form that says of itself that it drops what it names.
        way: where the failure goes if the handler does nothing: "after" it, "before" it to a value that was set, or "".
    """

    types: tuple[str, ...]
    does: Disposition
    first: int
    last: int
    guarded: str
    is_suppress: bool = False
    way: str = ""

    @property
    def is_broad(self) -> bool:
        """Whether it catches nearly everything, where it could have caught less."""
        return any(name.rsplit(".", 1)[-1] in BROAD for name in self.types)

    @property
    def is_silent(self) -> bool:
        """Whether nobody learns that something failed."""
        return self.does in _QUIET or self.does == "sets a constant"

    @property
    def is_raising(self) -> bool:
        """Whether the failure goes on."""
        return self.does in _RAISING

    @property
    def caught(self) -> str:
        """The types in words."""
        return ", ".join(self.types) if self.types != ("",) else "everything"


@dataclass(frozen=True, slots=True)
class Place:
    """A raise, a clean-up or the like: its text in one line, and its lines."""

    text: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Dropped:
    """A result or an error that is thrown away.

    Attributes:
        what: the fact, one sentence ("An error is assigned to the blank name.").
        call: the call whose outcome it is, to find the same call on the other side.
        is_said: the form says of itself that nothing of the outcome is wanted (`_ = f()`).
    """

    what: str
    call: str
    first: int
    last: int
    is_said: bool = False


@dataclass(frozen=True, slots=True)
class FailurePaths:
    """All failure paths of one function.

    Attributes:
        handlers: what catches.
        raises: what starts a failure, or answers with one.
        asserts: conditions that only some builds check.
        chained: raises that keep the cause.
        cleanups: what runs however the function ends.
        dropped: results and errors that are thrown away.
        heeded: calls whose failure goes on or is looked at (`f()?`, `await f()`, `err := f()`).
        aborts: calls that end the program where there is no value (`unwrap`).
        unended: loops that try again and after the last try go on as if nothing had been.
        guards: the condition beside each raise that stands under one, by the raise's text.
        opened: how many files are opened that no `with` closes.
        reports: whether the function's type says that it can fail; None where a type says nothing of it.
        entered: what is left again however a block ends (`with make() as it`), beside what `cleanups` has.
        taken: what is only given a name (`it = make()`).
    """

    handlers: tuple[Handler, ...] = ()
    raises: tuple[Place, ...] = ()
    asserts: tuple[Place, ...] = ()
    chained: tuple[Place, ...] = ()
    cleanups: tuple[Place, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    heeded: tuple[Place, ...] = ()
    aborts: tuple[Place, ...] = ()
    unended: tuple[Place, ...] = ()
    guards: tuple[tuple[str, Place], ...] = ()
    opened: int = 0
    reports: bool | None = None
    entered: tuple[Place, ...] = ()
    taken: tuple[Place, ...] = ()

    def texts(self) -> Counter[str]:
        """Return everything as a multiset of texts, to see whether anything changed and what moved where."""
        found = Counter(f"{one.types} {one.does}" for one in self.handlers)
        found.update(place.text for place in (*self.raises, *self.asserts, *self.chained, *self.cleanups))
        found.update(place.text for place in (*self.aborts, *self.unended))
        found.update(f"{one.what} {one.call}" for one in self.dropped)
        return found


@dataclass(frozen=True, slots=True)
class Located:
    """One side of a function with its failure paths.

    Attributes:
        file: path in the change.
        name: as people would call it.
        first: its first line.
    """

    file: str
    name: str
    paths: FailurePaths
    first: int = 1
