"""The account that a check gives of itself: what it looked at, and what it did not.

Knows how to count and to word it; knows nothing of any mode.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.checks.finding import CheckResult
from reviewer.checks.ident import identify, shown
from reviewer.text import plural

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reviewer.checks.finding import Mode, Status
    from reviewer.checks.ident import Fact

_NAMED = 3


class Account:
    """Collects, while a check runs, what it looked at, what it could not look at and what it does not cover."""

    def __init__(self) -> None:
        self._looked: dict[tuple[str, str], int] = {}
        self._missing: dict[str, list[str]] = {}
        self._beyond: dict[str, list[str]] = {}
        self._lacking: list[str] = []
        self._notes: list[str] = []

    def looked(self, noun: str, how: str = "", count: int = 1) -> None:
        """Count things that were examined: `looked("Python file", "by syntax tree")`."""
        key = (noun, how)
        self._looked[key] = self._looked.get(key, 0) + count

    def missing(self, reason: str, path: str) -> None:
        """Note a file that this check covers but could not examine; the result is then incomplete."""
        _note(self._missing, reason, path)

    def beyond(self, reason: str, path: str) -> None:
        """Note a file that this check does not cover; the result says so and can still be complete."""
        _note(self._beyond, reason, path)

    def lacking(self, what: str) -> None:
        """Note something that concerns no single file and was not at hand; the result is then incomplete."""
        if what not in self._lacking:
            self._lacking.append(what)

    def note(self, sentence: str) -> None:
        """Note a limit of the check that concerns no single file."""
        if sentence not in self._notes:
            self._notes.append(sentence)

    def result(self, mode: Mode, version: int, facts: Iterable[Fact], *, nothing: str = "") -> CheckResult:
        """Return the result.

        Args:
            mode: the check's mode.
            version: the check's version.
            facts: in the order in which they are to be read.
            nothing: why the check does not apply, used if nothing was looked at and nothing was missing.
        """
        findings = identify(mode, facts)
        reason = "; ".join(
            [
                *self._lacking,
                *(_sentence(why, paths) for why, paths in (*self._missing.items(), *self._beyond.items())),
                *self._notes,
            ]
        )
        status: Status = "done"
        if self._missing or self._lacking:
            status = "incomplete"
        elif nothing and not self._looked and not findings:
            status = "not_applicable"
            reason = "; ".join(part for part in (nothing, reason) if part)
        examined = ", ".join(
            " ".join(part for part in (_counted(count, noun), how) if part)
            for (noun, how), count in sorted(self._looked.items())
        )
        return CheckResult(
            mode=mode, status=status, findings=findings, reason=reason, examined=examined, version=version
        )


def _counted(count: int, noun: str) -> str:
    """Return a number with its noun: of "file of owners", the files are many."""
    head, of, tail = noun.partition(" of ")
    return f"{plural(count, head)}{of}{tail}"


def _note(places: dict[str, list[str]], reason: str, path: str) -> None:
    paths = places.setdefault(reason, [])
    if path not in paths:
        paths.append(path)


def _sentence(reason: str, paths: list[str]) -> str:
    names = ", ".join(shown(path) for path in paths[:_NAMED])
    more = f" and {len(paths) - _NAMED:,} more" if len(paths) > _NAMED else ""
    return f"{reason}: {plural(len(paths), 'file')} ({names}{more})"
