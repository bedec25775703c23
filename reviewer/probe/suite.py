"""One run of tests as a value: what became of each test, how the process ended, and what cannot be believed of it.

Everything that a test prints or names is hostile text. A test that runs in the same process as the report can forge
its own row and those of its neighbours in the same run; it cannot touch another run.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reviewer.probe.sandbox.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from reviewer.checks.probed import Ran, TestOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which tests to run.

    Attributes:
        paths: of test files, relative to the tree; none for the whole suite.
        ids: tests of these, with or without the parameters in brackets; None for all.
    """

    paths: tuple[str, ...] = ()
    ids: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TestResult:
    """What became of one test.

    Attributes:
        id, path: as the framework names them; the path is relative to the tree.
        message: why it failed or was skipped, hostile text.
        raised: name of what was raised, "" if nothing was or it is not known.
        line: where the test is defined, 0 if not known.
    """

    __test__ = False

    id: str
    path: str
    outcome: TestOutcome
    message: str = ""
    raised: str = ""
    seconds: float = 0.0
    line: int = 0


@dataclass(frozen=True, slots=True)
class Lines:
    """Executed lines: by path, by test, lines from 1. The test "" is what ran outside of any."""

    rows: Mapping[str, Mapping[str, frozenset[int]]] = field(default_factory=dict)

    def covering(self, path: str, line: int) -> tuple[str, ...]:
        """Return the tests that run a line, in order of their ids."""
        return tuple(sorted(test for test, lines in self.rows.get(path, {}).items() if test and line in lines))

    def ran(self, path: str, line: int) -> bool:
        """Return whether anything runs a line, a test or the import of its file."""
        return any(line in lines for lines in self.rows.get(path, {}).values())


@dataclass(frozen=True, slots=True, kw_only=True)
class SuiteRun:
    """One run of tests.

    Attributes:
        ran: the process.
        tests: what became of each test, by id.
        broken: files that could not be collected, with the reason.
        lines: executed lines of the files that were asked for, None if none were.
        complete: the report came to its end and can be counted.
        gaps: sentences that say what cannot be counted and why.
        imported: modules with a name of the tree that came from it.
    """

    ran: Ran
    tests: Mapping[str, TestResult] = field(default_factory=dict)
    broken: Mapping[str, str] = field(default_factory=dict)
    lines: Lines | None = None
    complete: bool = True
    gaps: tuple[str, ...] = ()
    imported: int = 0

    def outcome(self, test: str) -> TestOutcome:
        """Return what became of a test: "absent" if the run is complete and had no such test."""
        if (row := self.tests.get(test)) is not None:
            return row.outcome
        if not self.complete:
            return "not_run"
        return "error" if self.breakage(test) is not None else "absent"

    def breakage(self, test: str) -> str | None:
        """Return why the file of a test could not be collected, None if it could."""
        places = ("", test.split("::", 1)[0], test)
        return next((self.broken[place] for place in places if place in self.broken), None)

    def message(self, test: str) -> str:
        """Return why a test failed, hostile text; "" if nothing is known."""
        row = self.tests.get(test)
        return (self.breakage(test) or "") if row is None else row.message

    @property
    def passed(self) -> bool | None:
        """Whether all tests passed; None if that cannot be said."""
        if not self.complete:
            return None
        bad = {"failed", "error"}
        return self.ran.code == 0 and not self.broken and all(row.outcome not in bad for row in self.tests.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What a caller wants of every run.

    Attributes:
        cancelled: asked all the time; True ends the run.
        progress: told tests done, tests in all (0 if not known), and what is going on.
        limits: of one run.
    """

    cancelled: Callable[[], bool] | None = None
    progress: Callable[[int, int, str], None] | None = None
    limits: Limits = field(default_factory=Limits)

    def is_over(self) -> bool:
        """Return whether nobody wants the answer any more."""
        return self.cancelled is not None and self.cancelled()
