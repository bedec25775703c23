"""Tests on the parent: whether the change brings tests, whether they are about it, and whether they fail without it.

Reading tells whether there are tests and what they name. Whether one of them fails on the parent takes a run
(`Case.probed.tests`); until somebody asks for it the result is incomplete, if there are changed tests to run at all.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, TypeAlias

from reviewer.checks import roles
from reviewer.checks.account import Account
from reviewer.checks.ident import Fact, shown
from reviewer.checks.on_parent import list_names, matrix_facts
from reviewer.checks.probed import FORGEABLE
from reviewer.checks.theater.brought import Brought
from reviewer.checks.theater.test_places import TestPlaces
from reviewer.text import plural

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewer.checks.case import Case, ChangedFile
    from reviewer.checks.finding import CheckResult, Mode, Severity

Kind: TypeAlias = Literal["repair", "feature", "steady", "unknown"]
"""What the task is, as far as it says: "steady" is a refactoring, tests or documents, which no test fails without."""

_KINDS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("steady", re.compile(r"(?i)refactor|\btests?\b|\bdocs?\b|document|chore|style|format|clean|rename|\bci\b|build")),
    ("repair", re.compile(r"(?i)bug|fix|defect|regression|hotfix|security|patch")),
    ("feature", re.compile(r"(?i)feat|enhancement|implement|add|new\b")),
)
_WHY_NONE = "What no test holds in place can change unnoticed."
_WHY_UNRELATED = "A test that does not touch the change would pass without it."
_WHY_COPY = "A second test of the same body holds nothing in place that the first does not."
_FEW_LINES = 5
_NAMED = 4
_NOT_RUN = "nobody has run the tests on the parent: `reviewer probe PACKET tests`"


class TestsOnParentCheck:
    """Finds changes without tests, tests that are not about the change, and what running them on the parent showed.

    Measured on the newest 400 commits of click, attrs, express and cobra (22,069 added lines of code): 78 of them
    change code and no test, in 8 no changed test names anything of the change, and 2 copy a test. So what is read
    stays at "info" unless the task says that it is a repair or a feature; copies are at "low" (0.01 per 100 lines).
    """

    __test__ = False
    mode: Mode = "tests_on_parent"
    version = 1

    def run(self, case: Case) -> CheckResult:
        """Return what is read first, then what was run."""
        account = Account()
        kind = kind_of(case)
        tests = [file for file in case.files if roles.is_test(file.path) and not roles.is_foreign(file.path)]
        code = [file for file in case.files if _is_code(file)]
        facts: list[Fact] = []
        fresh: frozenset[tuple[str, str]] = frozenset()
        if code:
            account.looked("changed file of code", count=len(code))
        if tests:
            account.looked("changed test file", count=len(tests))
        if not tests:
            facts.extend(_absent(code, kind))
        else:
            brought = Brought.of(case, account)
            facts.extend(_unrelated(brought, kind))
            facts.extend(_copied(brought))
            fresh = frozenset((test.file, test.name) for test in brought.tests if test.fresh)
        matrix = case.probed.tests if case.probed else None
        if matrix is not None:
            facts.extend(matrix_facts(matrix, kind, TestPlaces(case), fresh, weight=_weight(case, kind)))
            account.looked("test", f"by running it with {shown(matrix.framework, 20)} on both sides", len(matrix.rows))
            account.note(FORGEABLE)
            for gap in matrix.gaps:
                account.lacking(shown(gap, 200))
        elif code and any(file.status != "D" and file.added for file in tests):
            account.lacking(_NOT_RUN)
        return account.result(self.mode, self.version, facts, nothing="neither code nor tests change")


def kind_of(case: Case) -> Kind:
    """Return what the task is, by the type that the manifest gives it."""
    said = (case.manifest.task.type or "")[:200]
    return next((kind for kind, pattern in _KINDS if pattern.search(said)), "unknown")


def _weight(case: Case, kind: Kind) -> Severity:
    """Return how much it weighs that no test fails without the change; a title weighs less than a task that says it.

    Of 48 human commits with tests (2,532 added lines, run on both sides) 7 have no test that fails without them; one of
    these says by its title that it adds something.
    """
    if kind in {"repair", "feature"}:
        return "medium"
    title = (case.manifest.title or "")[:200]
    said = next((name for name, pattern in (*_KINDS[1:], _KINDS[0]) if pattern.search(title)), "unknown")
    return "low" if said in {"repair", "feature"} else "info"


def _is_code(file: ChangedFile) -> bool:
    if roles.is_test(file.path) or roles.is_foreign(file.path) or roles.is_example(file.path):
        return False
    return roles.is_program(file.path) and not roles.is_document(file.path) and not file.binary


def _absent(code: Sequence[ChangedFile], kind: Kind) -> Iterator[Fact]:
    lines = sum(1 for file in code for line in (*file.added, *file.removed) if line.text.strip())
    if kind == "steady" or not code or lines < _FEW_LINES:
        return
    files = plural(len(code), "file")
    first = max(code, key=lambda file: len(file.added))
    yield Fact(
        rule="tests-absent",
        severity="info",
        message=f"{plural(lines, 'line')} of code in {files} {'changes' if lines == 1 else 'change'} and no test does.",
        why=_WHY_NONE,
        quote="",
        file=first.path,
        side="new" if first.added else "old",
        line=(first.added or first.removed)[0].number if first.added or first.removed else None,
    )


def _unrelated(brought: Brought, kind: Kind) -> Iterator[Fact]:
    if kind == "steady" or not brought.tests or not brought.symbols:
        return
    if any(test.words & brought.symbols for test in brought.tests):
        return
    first = brought.tests[0]
    names = list_names([test.name for test in brought.tests])
    about = list_names(sorted(brought.symbols)[:_NAMED])
    yield Fact(
        rule="tests-unrelated",
        severity="low" if kind in {"repair", "feature"} else "info",
        message=f"No new or edited test ({names}) names anything that the change defines or edits ({about}).",
        why=_WHY_UNRELATED,
        quote=" ".join(test.name for test in brought.tests),
        file=first.file,
        side="new",
        line=first.line,
    )


def _copied(brought: Brought) -> Iterator[Fact]:
    for test, original in brought.copies():
        yield Fact(
            rule="test-copied",
            severity="low",
            message=f"The new test {shown(test.name)} has the same body as {shown(original)}.",
            why=_WHY_COPY,
            quote=test.name,
            file=test.file,
            side="new",
            line=test.line,
        )
