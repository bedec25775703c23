"""What running the change's own tests showed, as plain values that checks and screens can read.

Knows no process: whoever ran them fills these in. Each part is None until a person asked for that run. Everything that
a test prints or names itself is hostile text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Part: TypeAlias = Literal["tests", "replay", "hunks", "mutants", "rotten", "rollback", "required", "vet"]
TestOutcome: TypeAlias = Literal["passed", "failed", "error", "skipped", "xfailed", "absent", "not_run"]
"""What became of one test: "error" is one that could not be collected or set up, "absent" one that was not found."""
TestClass: TypeAlias = Literal["F2P", "E2P", "P2P", "P2F", "F2F", "flaky", "undecided"]
"""From the parent's code to the head's, with the head's tests: fails then passes; cannot be collected then passes;
passes on both; passes then fails; fails on both; two runs disagree; one of both is not known."""
Ended: TypeAlias = Literal["exit", "time", "memory", "processes", "disk", "output", "cancelled", "broken"]
HunkState: TypeAlias = Literal["defended", "undefended", "cannot_apply", "left_out", "undecided"]
VetKind: TypeAlias = Literal["name", "member", "other"]
"""A compiler misses a name, or a member of something that is there; or it says anything else."""
MutantState: TypeAlias = Literal["killed", "survived", "uncovered", "undecided"]

FORGEABLE = (
    "rows of tests are written in the same process that runs them: what does not fit together is told, and code that"
    " means to can write rows that fit"
)
"""What no run of tests can find out about itself."""
PARTS: tuple[Part, ...] = ("tests", "replay", "hunks", "mutants", "rotten", "rollback", "required", "vet")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """One process that was run, as it ended.

    Attributes:
        argv: the exact command.
        tree: whose files it ran over, in words ("parent with the new tests").
        code: exit code, negative for a signal; None if it was ended from outside.
        ended: how: by itself, or by which limit.
        seconds: wall time.
        tail: the end of its output, hostile text.
    """

    argv: tuple[str, ...]
    tree: str
    code: int | None
    ended: Ended
    seconds: float
    tail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TestRow:
    """One test in the matrix of {parent, head} code and {old, new} tests.

    Attributes:
        id: as the framework names it ("tests/test_a.py::test_x[1]").
        path: of its file, as far as the id tells.
        changed: the change adds, edits or deletes it.
        deleted: the head has no such test any more, so that only its old form can be run, and its class is undecided.
        parent_old, parent_new, head_old, head_new: code first, tests second.
        message: why it fails in the cell that decides its class, "" if it does not.
    """

    __test__ = False

    id: str
    path: str
    changed: bool
    parent_old: TestOutcome = "not_run"
    parent_new: TestOutcome = "not_run"
    head_old: TestOutcome = "not_run"
    head_new: TestOutcome = "not_run"
    kind: TestClass = "undecided"
    message: str = ""
    deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """The 2x2 matrix. `gaps` say what could not be determined; a matrix with gaps is incomplete.

    Attributes:
        whole: the whole suite ran on both sides too, not the changed tests alone.
        same: how many tests of the whole suite have no row, as they end the same on both sides and were not changed.
    """

    framework: str
    rows: tuple[TestRow, ...] = ()
    runs: tuple[Ran, ...] = ()
    gaps: tuple[str, ...] = ()
    whole: bool = False
    same: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """The parent's version of an edited or deleted test, run over the head's code.

    Attributes:
        id, path: of the test on the old side.
        deleted: the head has no such test.
        outcome: on the head's code; "failed" means that the edit was needed to be green.
        message: why it fails.
        on_parent: on the parent's code, where it comes from; a test that fails there too says nothing of the edit.
    """

    id: str
    path: str
    deleted: bool
    outcome: TestOutcome
    message: str = ""
    on_parent: TestOutcome = "not_run"


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """All replayed tests."""

    rows: tuple[Replayed, ...] = ()
    runs: tuple[Ran, ...] = ()
    gaps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hunk:
    """One hunk of code, reverted alone while the changed tests run.

    Attributes:
        path: on the new side.
        old_first, old_last, new_first, new_last: lines from 1; last is first - 1 for an empty side.
        state: "defended" if a test failed without it.
        by: ids of tests that failed without it, the first few.
        reason: why it was left out or could not be decided.
    """

    path: str
    old_first: int
    old_last: int
    new_first: int
    new_last: int
    state: HunkState
    by: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ablation:
    """All hunks of code, in the order of the diff."""

    rows: tuple[Hunk, ...] = ()
    runs: tuple[Ran, ...] = ()
    gaps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One changed line made wrong on purpose: what it said, what it was made to say, and whether a test noticed."""

    path: str
    line: int
    operator: str
    before: str
    after: str
    state: MutantState
    by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Noticing:
    """How much one test of the change notices of the changed lines that it runs.

    Attributes:
        id: of the test, without the values of its case; `path` is its file.
        tried: lines that it runs and that were made wrong, one at a time.
        noticed: those of them at which it failed, in any of its cases.
    """

    id: str
    path: str
    tried: int
    noticed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutation:
    """All mutants; `uncovered` lines stand in `rows` with that state.

    Attributes:
        tests: of the files that the change adds or edits; none where it was not recorded which lines a test runs.
    """

    rows: tuple[Mutant, ...] = ()
    tests: tuple[Noticing, ...] = ()
    runs: tuple[Ran, ...] = ()
    gaps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RottenLine:
    """An assertion that no passing test executes, by its file and line on the new side."""

    path: str
    line: int
    text: str
    test: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotten:
    """Assertions that are never executed, and the changed lines of code that no test runs.

    Attributes:
        uncovered: (path, line) of changed lines that no test runs.
        changed: how many changed lines could be run at all.
    """

    rows: tuple[RottenLine, ...] = ()
    uncovered: tuple[tuple[str, int], ...] = ()
    changed: int = 0
    runs: tuple[Ran, ...] = ()
    gaps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """The change taken back on the commit where it would be taken back.

    Attributes:
        target: full id of that commit, and its name if it has one.
        conflicts: paths that cannot be taken back by themselves.
        applied: it could be taken back without a conflict.
        suite: the parent's tests over what it leaves, None if they were not run.
    """

    target: str
    target_name: str
    applied: bool
    conflicts: tuple[str, ...] = ()
    suite: Ran | None = None
    suite_passed: bool | None = None
    gaps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rerun:
    """A command that the task requires, run by us on the head."""

    line: str
    ran: Ran
    passed: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Required:
    """All required commands."""

    rows: tuple[Rerun, ...] = ()
    gaps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Vetted:
    """What a compiler or its vetting says of one added line of the head, and nowhere of the base.

    Attributes:
        tool: that says it.
        message: hostile text, as it names what the code names.
    """

    tool: str
    path: str
    line: int
    kind: VetKind
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Vet:
    """Everything that compilers newly say of added lines."""

    rows: tuple[Vetted, ...] = ()
    runs: tuple[Ran, ...] = ()
    gaps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Probed:
    """Everything that was found out by running, bound to what was run.

    Attributes:
        base_tree, head_tree: ids of the trees that were run; results of other trees count for nothing.
        environment: digest of the interpreter and of the packages with their versions.
        containment: how the runs were shut in ("bubblewrap", "namespaces", "none"); what was not contained follows.
        finished: time of the newest part, RFC 3339.
    """

    base_tree: str
    head_tree: str
    environment: str
    containment: str
    not_contained: tuple[str, ...] = ()
    finished: str = ""
    tests: Matrix | None = None
    replay: Replay | None = None
    hunks: Ablation | None = None
    mutants: Mutation | None = None
    rotten: Rotten | None = None
    rollback: Rehearsal | None = None
    required: Required | None = None
    vet: Vet | None = None
