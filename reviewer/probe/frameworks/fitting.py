"""What of a report does not fit together: signs that its rows are not, or not only, what the framework wrote.

Each is cheap to look for and has no harmless reason that is known, so a run with one is not counted as whole. Their
absence proves nothing: code in the process that writes the rows, and that means to, can write rows that fit.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from reviewer.checks.ident import shown
from reviewer.text import plural

_SLACK = 10.0


@dataclass(slots=True)
class Signs:
    """What was counted while a report was read.

    Attributes:
        foreign: lines without the seal of the run.
        missing: numbered rows that are not there.
        unknown: ids of rows of tests that were never collected.
        doubled: ids of tests with more than one result of their own.
        turned: ids of tests that raised and were reported as passed.
        failures: rows of failures; counted: what the framework itself counts, None if it does not tell.
        seconds: what all rows together say they took.
    """

    foreign: int = 0
    missing: int = 0
    unknown: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    turned: list[str] = field(default_factory=list)
    failures: int = 0
    counted: int | None = None
    seconds: float = 0.0

    def gaps(self, words: str, took: float) -> list[str]:
        """Return a sentence for each sign.

        Args:
            words: whose files the run went over.
            took: what the whole run took, in seconds.
        """
        found = []
        if self.foreign:
            found.append(f"holds {plural(self.foreign, 'line')} that the framework's plugin did not write")
        if self.missing:
            found.append(f"has holes: {plural(self.missing, 'row')} of it is out of its number")
        if self.unknown:
            found.append(f"has rows of tests that were never collected: {_named(self.unknown)}")
        if self.doubled:
            found.append(f"has more than one result of a test: {_named(self.doubled)}")
        if self.counted is not None and self.counted != self.failures:
            found.append(f"tells {plural(self.failures, 'failure')}, and the framework counts {self.counted:,}")
        if self.seconds > 2 * took + _SLACK:
            found.append(f"tells of {self.seconds:.0f} s of tests, and the run took {took:.0f} s")
        gaps = [f"the report of the run over {words} {each}" for each in found]
        if self.turned:
            gaps.append(f"in the run over {words} tests raised and were reported as passed: {_named(self.turned)}")
        return gaps


def against_code(code: int | None, words: str, *, bad: bool, ran: bool) -> str | None:
    """Return the sentence for rows that do not fit the exit code, None where they do.

    Args:
        code: of the process.
        words: whose files it went over.
        bad: a row tells of a failure, or of a file that cannot be collected.
        ran: a row tells of a test that ran.
    """
    if code == 0 and bad:
        said = "tell of failures"
    elif code == 1 and not bad:
        said = "tell of none that failed"
    elif code == 5 and (ran or bad):
        said = "tell of tests that ran"
    else:
        return None
    return f"the run over {words} ended with code {code}, and its rows {said}: rows do not fit the exit code"


def _named(ids: list[str]) -> str:
    return shown(ids[0]) + (f" and {len(ids) - 1:,} more" if len(ids) > 1 else "")
