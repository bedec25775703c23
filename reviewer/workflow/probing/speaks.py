"""What of the results speaks against the change, and what could not be found out: sentences for an exit code.

Facts as they were measured, and no verdict on the change. Hunks and lines that no test defends are common in good
changes, so they are shown and speak against nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer.text import plural
from reviewer.workflow.probing.plan import NO_COMPILER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.checks.probed import Matrix, Part, Probed, Required, Rotten
    from reviewer.workflow.probing.plan import Plan

_NEED_A_FAILING_TEST = ("bug", "fix", "feature", "security_fix")


@dataclass(frozen=True, slots=True)
class Speaks:
    """Sentences: what speaks against the change, what is open, and what a person should look at."""

    against: tuple[str, ...] = ()
    open: tuple[str, ...] = ()
    look: tuple[str, ...] = ()

    @property
    def code(self) -> int:
        """The exit code: 1 if something speaks against it, 3 if something is open, else 0."""
        return 1 if self.against else 3 if self.open else 0


def speaks(plan: Plan, probed: Probed) -> Speaks:
    """Return what the results of a plan say."""
    against: list[str] = []
    open_ = [f"{part}: {why}" for part, why in plan.missing if not _is_no_matter(plan, part, why)]
    open_ += [f"{part}: not done" for part in plan.parts if _value(probed, part) is None]
    if probed.tests is not None:
        wanted = bool(plan.change.new_tests)
        more, left = _of_tests(probed.tests, plan.case.manifest.task.type, wanted=wanted)
        against += more
        open_ += left
    if probed.rotten is not None and _told_nothing(probed.rotten):
        open_.append("rotten: no executed lines were told")
    if probed.rollback is not None:
        if probed.rollback.conflicts:
            against.append(f"taking it back conflicts in {plural(len(probed.rollback.conflicts), 'path')}")
        elif probed.rollback.suite is not None and probed.rollback.suite_passed is None:
            open_.append("rollback: what the tests say over what is left could not be counted")
    if probed.required is not None:
        more, left = _of_commands(probed.required, len(plan.lines))
        against += more
        open_ += left
    if probed.vet is not None:
        missed = sum(row.kind != "other" for row in probed.vet.rows)
        against += [f"{plural(missed, 'name')} on added lines that the compiler misses"] if missed else []
        open_ += [f"vet: {gap}" for gap in probed.vet.gaps]
    for part, rows in (("hunks", probed.hunks), ("mutants", probed.mutants)):
        count = 0 if rows is None else sum(row.state == "undecided" for row in rows.rows)
        if count:
            open_.append(f"{part}: {count} undecided")
    return Speaks(tuple(against), tuple(open_), tuple(_to_look_at(probed)))


def _is_no_matter(plan: Plan, part: Part, why: str) -> bool:
    return (part == "required" and not plan.lines) or (part == "vet" and why == NO_COMPILER)


def _to_look_at(probed: Probed) -> Iterator[str]:
    """Yield what is common in good changes too, and still not for nothing."""
    replay = probed.replay.rows if probed.replay else ()
    needed = sum(row.outcome in {"failed", "error"} for row in replay)
    if needed:
        yield f"{plural(needed, 'old test')} would fail on the new code, so the edit or deletion was needed to be green"
    hunks = probed.hunks.rows if probed.hunks else ()
    bare = sum(row.state == "undefended" for row in hunks)
    if bare:
        yield f"{plural(bare, 'piece of code', 'pieces of code')} that no test which was run defends"
    mutants = probed.mutants.rows if probed.mutants else ()
    alive = sum(row.state == "survived" for row in mutants)
    if alive:
        yield f"{plural(alive, 'wrong line')} that no test which was run notices"
    if probed.rotten is not None and (probed.rotten.rows or probed.rotten.uncovered):
        rows, lines = plural(len(probed.rotten.rows), "assertion"), plural(len(probed.rotten.uncovered), "changed line")
        yield f"{rows} and {lines} that no test which was run executes"


def _told_nothing(rotten: Rotten) -> bool:
    return bool(rotten.runs) and any(run.ended != "exit" or run.code not in {0, 1, 5} for run in rotten.runs)


def _of_commands(required: Required, wanted: int) -> tuple[list[str], list[str]]:
    failed = sum(row.passed is False for row in required.rows)
    unknown = sum(row.passed is None for row in required.rows)
    against = [f"{plural(failed, 'required command')} failed"] if failed else []
    is_open = unknown or len(required.rows) < wanted
    return against, ["required: not every command shows whether it passed"] if is_open else []


def _of_tests(tests: Matrix, kind: str | None, *, wanted: bool) -> tuple[list[str], list[str]]:
    """Return what the matrix says; `wanted` says that the change has tests to run."""
    against: list[str] = []
    open_: list[str] = []
    broken = sum(row.kind == "P2F" for row in tests.rows)
    failing = sum(row.kind == "F2F" and row.changed for row in tests.rows)
    if broken:
        against.append(f"{plural(broken, 'test')} that passed on the parent {_fail(broken)} on the head")
    if failing:
        against.append(f"{plural(failing, 'changed test')} {_fail(failing)} on the head")
    ran = [run for run in tests.runs if run.ended != "exit"]
    # What a change deletes has no class, and nothing about it is open.
    rows = [row for row in tests.rows if not row.deleted]
    undecided = sum(row.kind == "undecided" and row.head_new not in {"skipped", "xfailed"} for row in rows)
    if ran:
        open_.append(f"tests: {plural(len(ran), 'run')} did not come to an end")
    elif undecided and undecided == len(rows):
        open_.append("tests: no test could be decided")
    elif (own := [row for row in rows if row.changed]) and all(row.kind == "undecided" for row in own):
        open_.append("tests: no test of the change ran on both sides")
    elif not rows and wanted:
        open_.append("tests: no run could be counted")
    if kind is not None and kind.startswith(_NEED_A_FAILING_TEST) and not ran:
        needs = any(row.kind in {"F2P", "E2P", "flaky"} for row in rows)
        decided = any(row.kind != "undecided" for row in rows)
        if not needs and (decided or not (rows or wanted)):
            against.append("no test of the change fails without it")
    return against, open_


def _fail(count: int) -> str:
    return "fails" if count == 1 else "fail"


def _value(probed: Probed, part: Part) -> object | None:
    value: object | None = getattr(probed, part)
    return value
