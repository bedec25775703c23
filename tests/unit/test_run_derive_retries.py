"""Failed attempts and what became of them: each rule fires and does not."""

from __future__ import annotations

import pytest

from reviewer.run.derive.retries import SUCCEEDED
from tests.support.run_events import ROOT, RunEvents, picked


def retries(run: RunEvents) -> list[tuple[object, ...]]:
    return picked(run.facts().retry, "command", "rule", "outcome")


class TestRetries:
    @pytest.mark.parametrize(
        ("edited", "outcome"),
        [(["src/a.py"], "fixed"), (["tests/test_a.py"], "changed_test"), (["tests/test_a.py", "src/a.py"], "fixed")],
    )
    def test_what_was_edited_between_decides(self, edited: list[str], outcome: str) -> None:
        run = RunEvents().run("pytest -q", "failed")
        for path in edited:
            run.edit(f"{ROOT}/{path}")
        run.run("cd /home/ana/shop && pytest -q")
        facts = run.facts()
        assert retries(run) == [([1, 2], "fixed-retry", outcome)]
        assert facts.retry[0]["what_changed_between"] == edited
        assert outcome in SUCCEEDED
        assert picked(facts.command, "n", "retry_of") == [(1, None), (2, 1)]

    def test_the_same_again_with_nothing_edited_is_blind(self) -> None:
        run = RunEvents().run("pytest", "failed").run("pytest | tail -3", "failed").run("pytest")
        assert retries(run) == [([1, 2, 3], "blind-retry", "fixed")]

    def test_a_chain_ends_with_its_first_success(self) -> None:
        run = RunEvents().run("pytest", "failed").run("pytest").run("pytest").run("pytest", "failed")
        assert retries(run) == [([1, 2], "blind-retry", "fixed"), ([4], "abandoned", "gave_up")]

    @pytest.mark.parametrize(
        ("failed", "passed"),
        [
            ("pytest", "pytest tests/test_a.py"),
            ("pytest tests/test_a.py::test_x", "pytest tests"),
            ("pytest tests/test_a.py", "pytest tests/test_a.py -k x"),
            ("npm test", "npx jest src/a.test.ts"),
            ("git push", "git push --force"),
            ("go test ./pkg/...", "go test ./pkg/a"),
            ("mise run fmt && mise run lint", "mise run lint"),
            ("go test ./a -run 'TestX|TestY'", "go test ./a -run TestY -v"),
            ("gh pr diff 88 --stat", "gh pr diff 88"),
        ],
    )
    def test_another_form_that_passes_later_is_a_variant(self, failed: str, passed: str) -> None:
        run = RunEvents().run(failed, "failed").run(passed)
        assert retries(run) == [([1, 2], "variant-retry", "fixed")]

    @pytest.mark.parametrize(
        ("failed", "passed"),
        [
            ("pytest tests/test_a.py", "pytest tests/test_b.py"),
            ("pytest tests/a", "mypy"),
            ("ruff check src/a", "ruff format src/b"),
            ("go test ./a -run 'TestX|TestY'", "go test ./a -run TestZ"),
            ("pytest tests/test_a.py::test_x", "pytest tests/test_a.py::test_y"),
            ("mise run test", "mise run fmt"),
            ("mise run lint", "mise run fmt"),
        ],
    )
    def test_a_check_of_something_else_is_none(self, failed: str, passed: str) -> None:
        run = RunEvents().run(failed, "failed").run(passed)
        assert retries(run) == [([1], "abandoned", "gave_up")]

    @pytest.mark.parametrize(
        ("failed", "passed"),
        [
            ("ls nowhere", "ls"),
            ("grep -r a b", "grep -r a c"),
            ("python -c 'x'", "python -c 'y'"),
            ("./x.sh", "ls"),
            ("gh api repos/a", "gh api repos/b"),
        ],
    )
    def test_looking_elsewhere_is_no_retry(self, failed: str, passed: str) -> None:
        assert retries(RunEvents().run(failed, "failed").run(passed)) == []

    def test_the_same_line_elsewhere_is_another_attempt(self) -> None:
        run = RunEvents().run("./build.sh", "failed", cwd=f"{ROOT}/a").run("./build.sh", cwd=f"{ROOT}/b")
        assert retries(run) == [([1], "abandoned", "gave_up")]

    def test_agents_and_sessions_are_apart(self) -> None:
        run = RunEvents().run("pytest", "failed")
        run.agent = "root/a1"
        run.run("pytest")
        run.agent, run.session = "root", 2
        run.run("pytest")
        assert retries(run) == [([1], "abandoned", "gave_up")]

    @pytest.mark.parametrize("state", ["denied", "not_run"])
    def test_what_did_not_run_is_no_attempt(self, state: str) -> None:
        assert retries(RunEvents().run("pytest", state).run("pytest")) == []

    def test_what_the_provider_repeats_and_polls_are_none(self) -> None:
        run = RunEvents().error("overloaded").error("overloaded").run("sleep 5", "failed").run("sleep 5")
        assert retries(run) == []

    def test_an_unknown_end_is_no_success(self) -> None:
        run = RunEvents().run("pytest", "failed").run("pytest", "unknown")
        assert retries(run) == [([1, 2], "blind-retry", "gave_up")]


class TestCommands:
    def test_rows_have_what_the_run_tells(self) -> None:
        run = (
            RunEvents().run("pytest tests/test_a.py", tests={"passed": 3}, log_cut=True).edit(f"{ROOT}/a.py").run("ls")
        )
        rows = run.facts(["a.py"]).command
        assert picked(rows, "kind", "selection", "tests", "log_cut", "after_last_edit") == [
            ("test", "tests/test_a.py", {"passed": 3}, True, False),
            ("other", None, None, False, True),
        ]

    def test_an_edit_of_no_file_of_the_change_makes_nothing_stale(self) -> None:
        run = RunEvents().edit(f"{ROOT}/a.py").run("pytest").edit("/home/ana/notes.txt").edit(f"{ROOT}/scratch.py")
        assert picked(run.facts(["a.py"]).command, "after_last_edit") == [(True,)]
        assert picked(run.facts([]).command, "after_last_edit") == [(False,)]

    def test_without_edits_nothing_is_said_of_the_last_one(self) -> None:
        assert picked(RunEvents().run("pytest").facts().command, "after_last_edit") == [(None,)]
