"""Twins for what an agent's last words say in numbers, names and extent, for reruns, for scope and for rollback."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from reviewer.checks.probed import Probed, Ran, Rehearsal, Required, Rerun
from reviewer.run.event import Message
from tests.support.twins import Side

if TYPE_CHECKING:
    from reviewer.checks.case import Case

TREE = "a" * 40
NOTE: dict[str, Any] = {"rollback": {"strategy": "Revert the commit and deploy the version before."}}


@dataclass(frozen=True)
class Probe(Side):
    """A side whose commands or revert were run."""

    probed: Probed | None = None

    def case(self) -> Case:
        return replace(super().case(), probed=self.probed)


def said(text: str, *rows: dict[str, Any], after: dict[str, str] | None = None, **rest: Any) -> Side:  # noqa: ANN401 - tables of a manifest
    commands = [
        {"n": n, "line": "pytest -q", "kind": "test", "state": "passed", "after_last_edit": True, **row}
        for n, row in enumerate(rows or ({},), 1)
    ]
    events = (Message(seq=90, text=text),)
    return Side(
        {}, after or {"src/a.py": "def load():\n    return 1\n"}, {"command": commands, "events": events, **rest}
    )


def ran(code: int, seconds: float = 2.0) -> Ran:
    return Ran(argv=("pytest", "-q"), tree="head", code=code, ended="exit", seconds=seconds, tail="1 failed\n")


def required(passed: bool, **row: Any) -> Probe:  # noqa: ANN401, FBT001 - fields of a row
    side = said("Done.", {"state": "passed", **row}, task={"done_when": ["pytest -q"]})
    rerun = Rerun(line="pytest -q", ran=ran(0 if passed else 1), passed=passed)
    probed = Probed(
        base_tree=TREE, head_tree=TREE, environment="e", containment="none", required=Required(rows=(rerun,))
    )
    return Probe(side.before, side.after, side.rest, probed=probed)


def rehearsed(**fields: Any) -> Probe:  # noqa: ANN401 - fields of a rehearsal
    tried = Rehearsal(target="b" * 40, target_name="main", **{"applied": True, **fields})
    probed = Probed(base_tree=TREE, head_tree=TREE, environment="e", containment="none", rollback=tried)
    return Probe({"a.py": "x = 1\n"}, {"a.py": "x = 2\n"}, NOTE, probed=probed)


def noted(note: str, more: dict[str, str] | None = None) -> Side:
    return Side({}, {"src/a.py": "x = 1\n", **(more or {})}, {"rollback": {"strategy": note}})


TWO = {"src/a.py": "x = 1\n", "src/b.py": "x = 1\n"}
CLAIM_TWINS: dict[str, tuple[Side, Side]] = {
    "tests-number-differs": (
        said("All 42 tests pass.", {"tests": {"passed": 40}}),
        said("All 42 tests pass.", {"tests": {"passed": 40, "skipped": 2}}),
    ),
    "tests-skipped-denied": (
        said("The suite is green, no tests were skipped.", {"tests": {"passed": 40, "skipped": 2}}),
        said("The suite is green, no tests were skipped.", {"tests": {"passed": 40}}),
    ),
    "claimed-only": (
        said("I only changed `src/a.py`.", after=TWO),
        said("I only changed `src/a.py` and `src/b.py`.", after=TWO),
    ),
    "claimed-file-absent": (said("Updated `src/other.py`."), said("Updated `src/a.py`.")),
    "claimed-name-absent": (said("Added a `store()` method."), said("Added a `load()` method.")),
    "required-rerun-failed": (required(passed=False), required(passed=True)),
    "note-names-other": (noted("Revert the commit, then restore `src/b.py`."), noted("Revert `src/a.py` by hand.")),
    "note-names-part": (
        noted("Revert `src/a.py` by hand.", {"src/c.py": "x = 1\n"}),
        noted("Revert `src/a.py` and `src/c.py` by hand.", {"src/c.py": "x = 1\n"}),
    ),
    "revert-conflicts": (rehearsed(applied=False, conflicts=("a.py",)), rehearsed()),
    "revert-fails": (
        rehearsed(suite=ran(1), suite_passed=False),
        rehearsed(suite=ran(0), suite_passed=True),
    ),
    "data-deleted": (
        Side({"shop/prices.csv": "a\n"}, {}, NOTE),
        Side({"shop/prices.csv": "a\n"}, {}, {"rollback": {"strategy": "Restore the file from the backup."}}),
    ),
    "flag-flipped": (
        Side({"a.py": "ENABLE_SYNC = False\n"}, {"a.py": "ENABLE_SYNC = True\n"}, NOTE),
        Side({"a.py": "ENABLE_SYNC = False\n"}, {"a.py": "ENABLE_SYNC = None\n"}, NOTE),
    ),
}
