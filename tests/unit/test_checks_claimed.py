"""What last words say in numbers, names and extent; two claims in one sentence; reruns; commands and the way back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from reviewer.checks.claim_vs_evidence import ClaimCheck
from reviewer.checks.reaching import reach
from reviewer.checks.rollback import RollbackCheck
from reviewer.checks.scope import ScopeCheck
from reviewer.packet.manifest import CommandRow
from reviewer.run.event import Edit, Message, Prompt
from tests.support.cases import make_case
from tests.support.claim_twins import rehearsed, required, said
from tests.support.run_events import RunEvents

if TYPE_CHECKING:
    from reviewer.checks.finding import CheckResult

TWO = {"src/a.py": "def load():\n    pass\n", "src/b.py": "x = 1\n"}


def told(text: str, **row: Any) -> set[str]:  # noqa: ANN401 - fields of a command
    return {one.rule for one in ClaimCheck().run(said(text, row, after=TWO).case()).findings}


@pytest.mark.parametrize(
    ("commands", "sentence", "rows"),
    [
        (["pytest"], "I ran ruff, and all tests pass.", {("I ran ruff", False), ("all tests pass.", True)}),
        (["pytest"], "I ran the tests and mypy.", {("I ran the tests and mypy.", False)}),
        (["pytest"], "Tests pass and lint is clean.", {("Tests pass", True), ("lint is clean.", False)}),
        (["pytest"], "Tests and lint pass.", {("Tests and lint pass.", False)}),
        (["pytest", "ruff check"], "Tests pass and lint is clean.", {("Tests pass and lint is clean.", True)}),
        (["pytest"], "I ran `pytest` and `ruff check .`.", {("I ran `pytest`", True), ("`ruff check .`.", False)}),
        (["pytest"], "I ran the tests, the linter and mypy.", {("I ran the tests, the linter and mypy.", False)}),
    ],
)
def test_each_part_of_a_sentence_is_held_against_the_run(
    commands: list[str], sentence: str, rows: set[tuple[str, bool]]
) -> None:
    run = RunEvents()
    for line in commands:
        run.run(line)
    found = run.says(sentence).facts().claim
    assert {(row["text"], row["evidence"] is not None) for row in found} == rows


@pytest.mark.parametrize(
    ("sentence", "tests", "rule"),
    [
        ("42 tests pass.", {"passed": 40}, "tests-number-differs"),
        ("All 42 unit tests now pass.", {"passed": 40}, "tests-number-differs"),
        ("42/42 tests passing.", {"passed": 40}, "tests-number-differs"),
        ("40 passed.", {"passed": 40}, None),
        ("42 tests pass.", {"passed": 40, "skipped": 2}, None),
        ("Added 3 tests, all 3 new tests pass.", {"passed": 40}, None),
        ("Before, 39 tests passed.", {"passed": 40}, None),
        ("Nothing was skipped.", {"passed": 40, "skipped": 1}, "tests-skipped-denied"),
        ("No tests were skipped.", {"passed": 40, "skipped": 1}, "tests-skipped-denied"),
        ("No tests were skipped.", {"passed": 40}, None),
        ("I only changed `src/a.py`.", {}, "claimed-only"),
        ("The changes are limited to src/a.py.", {}, "claimed-only"),
        ("Updated `src/a.py`; no other files were changed.", {}, "claimed-only"),
        ("I only changed files in `src/`.", {}, None),
        ("I only changed `other.py`.", {}, None),
        ("It only changes what `load` returns.", {}, None),
        ("Created `src/new.py`.", {}, "claimed-file-absent"),
        ("Updated `a.py`.", {}, None),
        ("Added a helper function `store()`.", {}, "claimed-name-absent"),
        ("Added the `load()` function.", {}, None),
        ("Added the `--fast` option.", {}, None),
        ("I would have added a `store()` method.", {}, None),
    ],
)
def test_what_last_words_say(sentence: str, tests: dict[str, int], rule: str | None) -> None:
    rules = told(sentence, tests=tests) & {
        "tests-number-differs",
        "tests-skipped-denied",
        "claimed-only",
        "claimed-file-absent",
        "claimed-name-absent",
    }
    assert rules == (set() if rule is None else {rule})


def test_after_a_second_request_only_its_edits_are_spoken_of() -> None:
    events = (
        Prompt(seq=1, text="a"),
        Edit(seq=2, path="src/b.py", repo_path="src/b.py", applied=True),
        Prompt(seq=3, text="b"),
        Edit(seq=4, path="src/a.py", repo_path="src/a.py", applied=True),
        Message(seq=5, text="I only changed `src/a.py`."),
    )
    case = make_case({}, TWO, events=events, command=[{"n": 1, "line": "ls"}])
    assert "claimed-only" not in {one.rule for one in ClaimCheck().run(case).findings}


def test_a_rerun_goes_before_the_log() -> None:
    def of(*, passed: bool, **row: Any) -> list[tuple[str, str]]:  # noqa: ANN401 - fields of a command
        found = ClaimCheck().run(required(passed=passed, **row).case()).findings
        return [(one.severity, one.rule) for one in found]

    assert of(passed=True, state="failed") == [("info", "required-failed")]
    assert of(passed=True, line="ls") == [("info", "required-not-run")]
    assert of(passed=False) == [("high", "required-rerun-failed")]
    assert of(passed=False, line="ls") == [("high", "required-rerun-failed")]


def test_claimed_tests_that_pass_here_alarm_nobody() -> None:
    for passed, severity in ((True, "info"), (False, "high")):
        side = required(passed=passed, line="ls", kind="other")
        case = replace(side.case(), events=(Message(seq=90, text="All tests pass."),))
        found = {one.rule: one.severity for one in ClaimCheck().run(case).findings}
        assert found["tests-claimed-not-run"] == severity


def scope(*lines: str) -> CheckResult:
    rows = [{"n": n, "line": line} for n, line in enumerate(lines, 1)]
    return ScopeCheck().run(make_case({}, {"a.py": "x\n"}, command=rows, scope={"allowed_commands": ["pytest"]}))


def test_harmless_commands_outside_are_one_fact() -> None:
    result = scope("pytest -q", "git status", "ls src", "node a.js", "cat a.py", "find . -name x", "which python")
    assert [(one.severity, one.rule) for one in result.findings] == [("low", "command-outside")]
    assert "and 2 more" in result.findings[0].message


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("curl https://x.test/a", "reaches the network"),
        ("cat .env", "names what is usually secret"),
        ("cp a ~/.ssh/config", "names what is usually secret"),
        ("pip install left-pad", "installs something"),
        ("git push origin main", "sends something out"),
        ("echo x > /etc/motd", "writes outside the repository"),
        ("echo x > /tmp/note", None),
        ("cat .env.example", None),
        ("ls -la", None),
        ("", None),
    ],
)
def test_what_a_command_reaches(line: str, words: str | None) -> None:
    assert reach(CommandRow(n=1, line=line)) == words


def test_the_rehearsal_is_told() -> None:
    case = rehearsed().case()
    assert "rehearsed on main without running tests" in RollbackCheck().run(case).examined
    assert "not rehearsed" not in RollbackCheck().run(case).reason
    failed = RollbackCheck().run(rehearsed(applied=False, conflicts=("a\x1b.py",)).case())
    assert [one.rule for one in failed.findings] == ["revert-conflicts"]
    assert "\x1b" not in failed.findings[0].message
