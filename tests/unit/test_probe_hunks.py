"""Trials over trees: what a run says about the thing that was changed, and how hunks and mutants follow from it."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from reviewer.checks.ablation.pieces import cut
from reviewer.checks.probed import Ended, Ran, TestOutcome
from reviewer.probe import hunks, mutants
from reviewer.probe.files import Files
from reviewer.probe.suite import Lines, Selection, SuiteRun, TestResult, Watch
from reviewer.probe.trials import Answer, Baseline, Verdict, judge
from tests.support.cases import DictTree, make_case

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from reviewer.probe.workshop import Job

BASE = Baseline({"t.py::a": "t.py", "t.py::b": "t.py", "u.py::c": "u.py"})


def made(
    outcomes: Mapping[str, TestOutcome],
    *,
    broken: Mapping[str, str] | None = None,
    code: int | None = 1,
    ended: Ended = "exit",
    complete: bool = True,
) -> SuiteRun:
    tests = {one: TestResult(id=one, path=one.split("::")[0], outcome=outcome) for one, outcome in outcomes.items()}
    ran = Ran(argv=("pytest",), tree="x", code=code, ended=ended, seconds=0.1)
    return SuiteRun(ran=ran, tests=tests, broken=broken or {}, complete=complete)


GREEN: dict[str, TestOutcome] = dict.fromkeys(BASE.passing, "passed")


@pytest.mark.parametrize(
    ("run", "answer"),
    [
        (made(GREEN, code=0), "silent"),
        (made(GREEN | {"t.py::b": "failed"}), "noticed"),
        (made(GREEN | {"t.py::b": "error"}), "noticed"),
        (made({"t.py::a": "failed"}, complete=False), "noticed"),
        (made(GREEN | {"t.py::new": "failed"}), "silent"),
        (made({}, broken={"t.py": "ImportError: x", "u.py": "ImportError: x"}), "broken"),
        (made({"u.py::c": "passed"}, broken={"t.py": "SyntaxError"}), "noticed"),
        (made({}, code=4, complete=False), "broken"),
        (made({}, code=0, complete=False), "undecided"),
        (made(GREEN | {"t.py::a": "not_run"}, code=0), "undecided"),
        (made({}, code=None, ended="time", complete=False), "noticed"),
        (made({}, code=None, ended="memory", complete=False), "undecided"),
    ],
)
def test_what_a_run_over_a_changed_tree_says(run: SuiteRun, answer: Answer) -> None:
    assert judge(run, BASE, Selection()).answer == answer


def test_only_tests_that_were_selected_and_pass_otherwise_count() -> None:
    selection = Selection(ids=("t.py::a",))
    assert judge(made({"t.py::a": "passed", "u.py::c": "failed"}), BASE, selection).answer == "silent"


class Kept:
    """A store in memory."""

    def __init__(self) -> None:
        self.rows: dict[str, Verdict] = {}

    def get(self, key: str) -> Verdict | None:
        return self.rows.get(key)

    def keep(self, key: str, verdict: Verdict) -> None:
        self.rows[key] = verdict


class Fake:
    """Answers by the content of a file."""

    size = 2

    def __init__(self, answer: Callable[[Files], SuiteRun], watch: Watch | None = None) -> None:
        self.jobs: list[Job] = []
        self.watch = watch or Watch()
        self._answer = answer
        self._lock = threading.Lock()

    def run(self, job: Job) -> SuiteRun:
        with self._lock:
            self.jobs.append(job)
        return self._answer(job.files)


OLD = "def f(a):\n    b = a\n    c = b\n    d = c\n    return d\n"
NEW = "import os\ndef f(a):\n    b = a + 1\n    c = b\n    d = c + 2\n    return d\n"


def ablated(answer: Callable[[Files], SuiteRun], **options: Any) -> tuple[list[str], Fake, Kept, tuple[str, ...]]:  # noqa: ANN401 - what `ablate` takes
    case = make_case({"app.py": OLD}, {"app.py": NEW}, trees=True)
    head = Files.of(DictTree({"app.py": NEW}))
    runs, store = options.pop("runs", Fake(answer)), options.pop("store", Kept())
    found = hunks.ablate(cut(case), head, options.pop("baseline", BASE), runs, store)
    return [row.state for row in found.rows], runs, store, found.gaps


def without_one(files: Files) -> SuiteRun:
    """The tests notice when the first addition is gone, and not the second."""
    return made(GREEN if b"a + 1" in (files.read("app.py") or b"") else GREEN | {"t.py::a": "failed"})


def test_hunks_are_defended_or_not() -> None:
    states, runs, _, gaps = ablated(without_one)
    assert states == ["left_out", "defended", "undefended"]
    assert sorted(job.words for job in runs.jobs) == ["head without app.py:3", "head without app.py:5"]
    assert all(job.again for job in runs.jobs)
    assert gaps == ()


def test_what_is_known_is_not_run_again() -> None:
    _, _, store, _ = ablated(without_one)
    states, runs, _, _ = ablated(without_one, store=store)
    assert runs.jobs == []
    assert states == ["left_out", "defended", "undefended"]


def test_what_nobody_waits_for_is_undecided_and_not_kept() -> None:
    watch = Watch(cancelled=lambda: True)
    states, runs, store, gaps = ablated(without_one, runs=Fake(without_one, watch))
    assert states == ["left_out", "undecided", "undecided"]
    assert (runs.jobs, store.rows) == ([], {})
    assert gaps == ("2 of 2 pieces of code were not tried",)
    cancelled = ablated(lambda _: made({}, code=None, ended="cancelled", complete=False))
    assert cancelled[2].rows == {}


def test_without_a_test_that_passes_nothing_is_run() -> None:
    states, runs, _, gaps = ablated(without_one, baseline=Baseline({}))
    assert states == ["left_out", "undecided", "undecided"]
    assert runs.jobs == []
    assert hunks.NO_TESTS in gaps


def test_of_many_tests_those_that_execute_a_hunk_are_run() -> None:
    passing = {f"t.py::t{number}": "t.py" for number in range(100)}
    lines = Lines({"app.py": {"t.py::t7": frozenset({3}), "": frozenset({1, 2})}})
    _, runs, _, _ = ablated(without_one, baseline=Baseline(passing, lines))
    by_words = {job.words: job.selection.ids or () for job in runs.jobs}
    assert by_words["head without app.py:3"] == ("t.py::t7",)
    assert len(by_words["head without app.py:5"]) == 100


def test_a_tree_made_to_run_for_ever_is_ended_soon() -> None:
    ran = Ran(argv=(), tree="", code=0, ended="exit", seconds=2.0)
    _, runs, _, _ = ablated(without_one, baseline=replace(BASE, ran=ran))
    assert {job.limits.seconds for job in runs.jobs if job.limits is not None} == {25.0}


def mutated(lines: Lines | None, baseline: Baseline = BASE) -> tuple[list[tuple[int, str]], Fake, tuple[str, ...]]:
    head = Files.of(DictTree({"app.py": NEW}))
    runs = Fake(
        lambda files: made(GREEN if b"a - 1" in (files.read("app.py") or b"") else GREEN | {"u.py::c": "failed"})
    )
    planned = mutants.plan(head, {"app.py": frozenset({3, 5, 6})}, lines)
    found = mutants.mutate(planned, head, replace(baseline, lines=lines), runs, Kept())
    return [(row.line, row.state) for row in found.rows], runs, found.gaps


def test_mutants_are_killed_survive_or_are_not_run() -> None:
    lines = Lines({"app.py": {"t.py::a": frozenset({3}), "u.py::c": frozenset({5})}})
    rows, runs, gaps = mutated(lines)
    assert rows == [(3, "survived"), (5, "killed"), (6, "uncovered")]
    assert [job.selection.paths for job in sorted(runs.jobs, key=lambda job: job.words)] == [("t.py",), ("u.py",)]
    assert gaps == ()


def test_how_much_each_test_of_the_change_notices() -> None:
    """Cases of a test count as one, and tests of files that the change leaves alone are not told."""
    passing = {"t.py::a[1]": "t.py", "t.py::a[2]": "t.py", "t.py::b": "t.py", "u.py::c": "u.py"}
    ran = {one: frozenset({3, 5}) for one in passing}
    green: dict[str, TestOutcome] = dict.fromkeys(passing, "passed")
    runs = Fake(
        lambda files: made(green | {"t.py::a[2]": "failed"} if b"a - 1" in (files.read("app.py") or b"") else green)
    )
    head = Files.of(DictTree({"app.py": NEW}))
    planned = mutants.plan(head, {"app.py": frozenset({3, 5})}, Lines({"app.py": ran}))
    baseline = Baseline(passing, Lines({"app.py": ran}), own=frozenset({"t.py"}))
    found = mutants.mutate(planned, head, baseline, runs, Kept())
    assert [(one.id, one.path, one.tried, one.noticed) for one in found.tests] == [
        ("t.py::a", "t.py", 2, 1),
        ("t.py::b", "t.py", 2, 0),
    ]


@pytest.mark.parametrize("run", [made({"t.py::a": "failed"}, complete=False), made({}, broken={"t.py": "gone"})])
def test_a_run_that_does_not_say_who_failed_counts_for_no_test(run: SuiteRun) -> None:
    lines = Lines({"app.py": {"t.py::a": frozenset({3}), "t.py::b": frozenset({3})}})
    head = Files.of(DictTree({"app.py": NEW}))
    planned = mutants.plan(head, {"app.py": frozenset({3})}, lines)
    baseline = replace(BASE, lines=lines, own=frozenset({"t.py"}))
    assert mutants.mutate(planned, head, baseline, Fake(lambda _: run), Kept()).tests == ()


def test_without_lines_or_tests_there_is_no_mutant() -> None:
    assert mutated(None)[::2] == ([], (mutants.NO_LINES,))
    rows, runs, gaps = mutated(Lines({"app.py": {"": frozenset({3})}}), Baseline({}))
    assert (rows, runs.jobs) == ([], [])
    assert hunks.NO_TESTS in gaps


def test_more_mutants_than_the_limit_are_spread_and_said() -> None:
    source = "def f(a):\n" + "".join(f"    a = a + {number}\n" for number in range(100)) + "    return a\n"
    head = Files.of(DictTree({"app.py": source}))
    numbers = frozenset(range(1, 102))
    planned = mutants.plan(head, {"app.py": numbers}, Lines({"app.py": {"t": numbers}}), most=10)
    assert [one.line for _, one in planned.tried][:3] == [2, 12, 22]
    assert planned.gaps == ("10 of 100 changed lines were made wrong, evenly spread",)
