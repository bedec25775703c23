"""What runs of the tests say about facts that were read: whether an edit was needed to be green, and what never ran."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reviewer.checks.ident import Fact, shown
from reviewer.checks.theater.facts import OFF
from reviewer.checks.theater.test_places import own_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reviewer.checks.case import Case
    from reviewer.checks.finding import Severity
    from reviewer.checks.probed import Replay, Replayed

_WHY_NEEDED = "What the old test held in place is not so any more; the task says whether it was to change."
_JUDGED = frozenset(
    {
        *("test-removed", "tests-removed", "test-file-deleted", "test-skipped", "test-xfail", "test-uncollected"),
        *("assertions-lost", "oracle-weaker", "oracle-tautology", "tolerance-wider", "raises-widened"),
        *("exception-unexpected", "message-unchecked", "cases-dropped", "oracle-conditional", "oracle-unreached"),
        *("assertion-caught", "assertion-void", "oracle-circular"),
    }
)
_NAMED = 3


@dataclass(frozen=True, slots=True)
class Played:
    """What became of the old version of one test, over all its cases, on the code of the head."""

    failed: bool
    passed: bool
    message: str


class Replays:
    """The outcomes of old tests by path and name."""

    def __init__(self, replay: Replay | None, *, steady: bool = False) -> None:
        """Take what was run; `steady` says that the task is one that leaves what tests hold in place as it is."""
        self._severity: Severity = "low" if steady else "info"
        self._rows: dict[tuple[str, str], list[Replayed]] = {}
        for row in replay.rows if replay else ():
            self._rows.setdefault((row.path, own_name(row.id)), []).append(row)

    def __bool__(self) -> bool:
        return bool(self._rows)

    def of(self, path: str, name: str) -> Played | None:
        """Return what became of a test, None if it was not replayed or nothing is known."""
        rows = self._rows.get((path, name.split("#", maxsplit=1)[0]), [])
        failed = [row for row in rows if row.outcome in {"failed", "error"}]
        passed = bool(rows) and all(row.outcome == "passed" for row in rows)
        if not failed and not passed:
            return None
        return Played(bool(failed), passed, next((row.message for row in failed if row.message), ""))

    def judge(self, fact: Fact, tests: tuple[tuple[str, str], ...]) -> Fact:
        """Return a fact with the severity that the old versions of its tests give it.

        Args:
            fact: what was read.
            tests: path and name on the old side of the tests that it is about.
        """
        played = [one for one in (self.of(path, name) for path, name in tests) if one is not None]
        if not played:
            return fact
        failed = next((one for one in played if one.failed), None)
        if failed is not None and fact.severity != "info" and fact.rule in _JUDGED:
            said = f" ({shown(failed.message)})" if failed.message else ""
            message = (
                f"{fact.message} What it was before fails on the new code{said}: this edit was needed to be green."
            )
            return replace(fact, severity="high", message=message, known="recorded")
        if (
            failed is None
            and len(played) == len(tests)
            and fact.severity in {"medium", "high"}
            and fact.rule in _JUDGED
        ):
            message = f"{fact.message} What it was before still passes on the new code."
            return replace(fact, severity="low", message=message, known="recorded")
        return fact

    def needed(self, judged: set[tuple[str, str]]) -> Iterator[Fact]:
        """Yield, for each file, old tests that fail on the new code and that nothing else was said about."""
        by_file: dict[str, list[tuple[str, str]]] = {}
        for (path, name), rows in self._rows.items():
            failed = [row for row in rows if row.outcome == "failed" and not row.deleted]
            if failed and (path, name) not in judged:
                by_file.setdefault(path, []).append((name, failed[0].message))
        for path, tests in by_file.items():
            names = ", ".join(shown(name, 50) for name, _ in tests[:_NAMED]) + (" …" if len(tests) > _NAMED else "")
            said = f" ({shown(tests[0][1])})" if tests[0][1] else ""
            yield Fact(
                rule="old-test-fails",
                severity=self._severity,
                message=f"Before their edit these tests fail on the new code: {names}{said}.",
                why=_WHY_NEEDED,
                quote=" ".join(name for name, _ in tests),
                file=path,
                known="recorded",
            )


def rotten(case: Case) -> Iterator[Fact]:
    """Yield assertions that no passing test executes: those of the change, and beside them those of its test files."""
    found = case.probed.rotten if case.probed else None
    if found is None:
        return
    added = {file.path: {line.number for line in file.added} for file in case.files}
    for row in found.rows:
        severity: Severity = "medium" if row.line in added.get(row.path, ()) else "info"
        where = f" of {shown(row.test)}" if row.test else ""
        yield Fact(
            rule="assertion-not-run",
            severity=severity,
            message=f"The tests pass and never execute this assertion{where}: {shown(row.text)}",
            why=OFF,
            quote=row.text,
            file=row.path,
            side="new",
            line=row.line,
            known="recorded",
        )


def gaps(case: Case) -> Mapping[str, None]:
    """Return what the runs could not find out, in their words."""
    probed = case.probed
    if probed is None:
        return {}
    told = [*(probed.replay.gaps if probed.replay else ()), *(probed.rotten.gaps if probed.rotten else ())]
    return dict.fromkeys(shown(one, 200) for one in told)
