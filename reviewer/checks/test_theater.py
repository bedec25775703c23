"""Test theater: tests that went, that no longer run, or that demand less than they did.

Python by syntax tree, with the tests of both sides matched by name, by body and by likeness, so that moves, renames and
rewrites are no losses; other languages by tree where there is one, else by the form of lines. Whether an edit was
needed to be green takes a run: where the old tests were replayed on the new code, that decides how much a loss weighs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.checks.account import Account
from reviewer.checks.tests_on_parent import kind_of
from reviewer.checks.theater.folding import folded
from reviewer.checks.theater.in_python import python_facts
from reviewer.checks.theater.in_trees import tree_facts
from reviewer.checks.theater.noticing import noticing
from reviewer.checks.theater.probing import Replays, gaps, rotten
from reviewer.checks.theater.recorded import recorded
from reviewer.checks.theater_lines import line_facts

if TYPE_CHECKING:
    from reviewer.checks.case import Case
    from reviewer.checks.finding import CheckResult, Mode
    from reviewer.checks.ident import Fact


class TestTheaterCheck:
    """Finds tests that were deleted, switched off or weakened, and new ones that compare nothing.

    Measured on whole commits of people, above "info" for each 100 added lines of code, without any run of tests:
    0.08 on 420 of seven Python projects (14,590 lines; no rule has more than two findings); 0.18 on 40 of cobra (3,874
    lines); 0.07 on 120 of express and axios (7,429 lines). `expected-changed` is common and stays at "info".
    """

    __test__ = False
    mode: Mode = "test_theater"
    version = 3

    def run(self, case: Case) -> CheckResult:
        """Return findings on Python tests by place, then on other languages, then on what is recorded in files."""
        account = Account()
        replays = Replays(case.probed.replay if case.probed else None, steady=kind_of(case) == "steady")
        facts: list[Fact] = list(python_facts(case, account, replays))
        found, unread = tree_facts(case, account, replays)
        facts.extend(found)
        facts.extend(line_facts(unread))
        facts.extend(recorded(case))
        facts.extend(rotten(case))
        facts.extend(noticing(case))
        for gap in gaps(case):
            account.note(gap)
        return account.result(self.mode, self.version, folded(facts), nothing="no test file changes")
