"""What the agent said, held against what happened: claims and assumptions, both sides of each rule."""

from __future__ import annotations

import pytest

from tests.support.run_events import ROOT, RunEvents, picked


def rules(run: RunEvents, *changed: str) -> list[str]:
    return [row["rule"] for row in run.facts(changed).claim]


class TestChecks:
    def test_a_claim_is_judged_by_what_had_happened_when_it_was_made(self) -> None:
        run = RunEvents().edit(f"{ROOT}/a.py").run("pytest").says("All tests pass.").prompt("Now b.")
        run.edit(f"{ROOT}/b.py").says("Done.").end()
        assert rules(run, "a.py", "b.py") == ["claim-borne-out"]

    def test_the_last_message_answers_for_the_edits_after_it(self) -> None:
        run = RunEvents().edit(f"{ROOT}/a.py").run("pytest").says("All tests pass.").edit(f"{ROOT}/a.py").end()
        assert rules(run, "a.py") == ["claim-before-last-edit"]

    def test_an_edit_of_a_document_makes_no_run_stale(self) -> None:
        run = RunEvents().edit(f"{ROOT}/a.py").run("pytest").edit(f"{ROOT}/README.md").says("All tests pass.")
        assert rules(run, "a.py", "README.md") == ["claim-borne-out"]

    def test_a_failed_run_speaks_against_it(self) -> None:
        assert rules(RunEvents().run("pytest").run("pytest", "failed").says("Tests pass.")) == ["claim-against-run"]

    def test_a_run_without_result_says_nothing(self) -> None:
        assert rules(RunEvents().run("pytest", "unknown").says("Tests pass.")) == ["claim-result-unknown"]
        assert rules(RunEvents().run("make lint | tail", "not_conclusive").says("Lint passes.")) == [
            "claim-result-unknown"
        ]

    def test_of_two_checks_in_one_sentence_the_one_that_does_not_hold_is_told(self) -> None:
        assert rules(RunEvents().run("pytest").says("Tests and lint pass.")) == ["claim-without-run"]
        assert rules(RunEvents().run("ruff check").run("pytest").says("Tests pass and lint is clean.")) == [
            "claim-borne-out"
        ]

    def test_a_line_of_several_checks_that_passed_ran_them_all(self) -> None:
        assert rules(RunEvents().run("ruff check && pytest").says("Tests and lint pass.")) == ["claim-borne-out"]
        assert rules(RunEvents().run("ruff check && pytest", "failed").says("Lint passes.")) == ["claim-result-unknown"]

    def test_what_was_tested_was_built(self) -> None:
        assert rules(RunEvents().run("go test ./...").says("The code compiles.")) == ["claim-borne-out"]
        assert rules(RunEvents().run("go test ./...", "failed").says("The code compiles.")) == ["claim-without-run"]

    def test_that_a_formatter_ran_says_nothing_of_the_linter(self) -> None:
        assert rules(RunEvents().run("ruff format .").says("Lint passes.")) == ["claim-without-run"]

    @pytest.mark.parametrize("state", ["denied", "not_run"])
    def test_what_did_not_run_is_no_run(self, state: str) -> None:
        assert rules(RunEvents().run("pytest", state).says("Tests pass.")) == ["claim-without-run"]

    def test_all_is_wider_than_a_part_only_where_it_is_told_the_person(self) -> None:
        run = RunEvents().run("pytest tests/test_a.py").says("All tests pass.").run("ls").says("All tests pass.").end()
        assert rules(run) == ["claim-borne-out", "claim-wider-than-run"]
        whole = RunEvents().run("pytest").run("pytest tests/test_a.py").says("All tests pass.").end()
        assert picked(whole.facts().claim, "rule", "evidence") == [("claim-borne-out", 1)]

    @pytest.mark.parametrize("said", ["All 4 tests pass.", "All the parser tests pass."])
    def test_all_of_some_is_not_everything(self, said: str) -> None:
        assert rules(RunEvents().run("pytest tests/test_a.py").says(said)) == ["claim-borne-out"]

    def test_tests_of_one_thing_are_not_judged_by_a_failed_run_of_others(self) -> None:
        assert rules(RunEvents().run("pytest", "failed").says("The parser tests pass.")) == []

    def test_a_sub_agent_is_judged_by_its_own_runs(self) -> None:
        run = RunEvents().run("pytest")
        run.agent = "root/a1"
        run.says("All tests pass.")
        run.agent = "root"
        run.says("All tests pass.").end()
        assert rules(run) == ["claim-without-run", "claim-borne-out"]

    @pytest.mark.parametrize(
        "said",
        [
            "The test file looks clean.",
            "Spec review passed.",
            "There is no dedicated test for pass-2 migration.",
            "Now I'll implement it to make the test pass.",
            "Verify that `mise run lint` passes.",
            "The test calls pass only 3 args.",
            "The code compiles, but there is a test failure.",
            "```\nall tests pass\n```",
        ],
    )
    def test_what_is_no_claim(self, said: str) -> None:
        assert rules(RunEvents().says(said)) == []

    def test_words_on_a_branch_that_was_given_up_are_no_claims(self) -> None:
        assert rules(RunEvents().says("All tests pass.", discarded=True)) == []


class TestRan:
    @pytest.mark.parametrize(
        ("said", "line", "rule"),
        [
            ("I ran the linter.", "ruff check", "claim-borne-out"),
            ("I ran the linter.", "pytest", "claim-without-run"),
            ("Ran `npm run lint` again.", "npm run lint -- --quiet", "claim-borne-out"),
            ("I've run `pytest -q`.", "cd src && pytest tests", "claim-borne-out"),
            ("I've run `mypy src`.", "mypy tests", "claim-without-run"),
            ("I then ran the full test suite and it is green.", "pytest", "claim-borne-out"),
        ],
    )
    def test_what_was_said_to_be_run(self, said: str, line: str, rule: str) -> None:
        assert rules(RunEvents().run(line).says(said)) == [rule]

    @pytest.mark.parametrize(
        "said", ["I ran into the test helper.", "I ran `ls` first.", "I have not run the tests.", "They ran the tests."]
    )
    def test_what_is_no_such_claim(self, said: str) -> None:
        assert rules(RunEvents().says(said)) == []


class TestFiles:
    @pytest.mark.parametrize(
        ("said", "rule"),
        [
            ("Created `src/a.py`.", "claim-borne-out"),
            ("I updated the file `a.py` for this.", "claim-borne-out"),
            ("Created `src/missing.py`.", "claim-without-edit"),
            ("I made no changes to `src/a.py`.", "claim-against-edit"),
            ("`src/a.py` is unchanged.", "claim-against-edit"),
        ],
    )
    def test_files_that_were_edited_or_left_alone(self, said: str, rule: str) -> None:
        run = RunEvents().edit(f"{ROOT}/src/a.py").says(said).end()
        assert rules(run, "src/a.py") == [rule]

    def test_tests_that_were_edited_are_not_left_alone(self) -> None:
        run = RunEvents().edit(f"{ROOT}/tests/test_a.py").says("I did not change any existing tests.").end()
        assert rules(run, "tests/test_a.py") == ["claim-against-edit"]

    @pytest.mark.parametrize(
        "said",
        [
            "Removed `src/missing.py` from the index.",
            "Updated `UserService` to match.",
            "I will create `src/missing.py` next.",
            "Updated the imports of `src/missing.py`.",
            "Created `/etc/missing.conf`.",
            "Created `src/changed.py`.",
            "I did not touch `src/other.py`.",
            "I didn't modify any tests.",
        ],
    )
    def test_what_cannot_be_judged(self, said: str) -> None:
        run = RunEvents().edit(f"{ROOT}/src/a.py").says(said).end()
        assert rules(run, "src/a.py", "src/changed.py") == []

    def test_only_the_last_words_of_a_turn_are_judged(self) -> None:
        run = RunEvents().edit(f"{ROOT}/src/a.py").says("Created `src/missing.py`.").says("Done.").end()
        assert rules(run, "src/a.py") == []


class TestAssumptions:
    @pytest.mark.parametrize(
        "said",
        [
            "I'll assume the server runs in UTC.",
            "Assuming the API stays as it is, this works.",
            "We assume there are at most 20 agents.",
            "I haven't run the migration.",
            "Assumptions: the table exists.",
            "I'll treat the missing value as zero.",
            "The cache should be fine here.",
            "The new flag was not tested.",
        ],
    )
    def test_the_agents_own_doubts(self, said: str) -> None:
        assert picked(RunEvents().says(said).facts().assumption, "text", "where", "rule") == [
            (said, "timeline.jsonl:1", "assumption-words")
        ]

    @pytest.mark.parametrize(
        "said",
        [
            "The parser assumes that lines end in a line feed.",
            "The Lambda function needs to assume the deploy role.",
            "Authentication is NOT verified.",
            "The user's assumption is wrong.",
            "Error paths are untested in `a.go`.",
        ],
    )
    def test_what_is_said_of_code_is_none(self, said: str) -> None:
        assert RunEvents().says(said).facts().assumption == []

    def test_thoughts_count_in_plain_words_only(self) -> None:
        run = RunEvents().thinks("It should be fine. I assume it is UTC.").plan(text="I assume it is UTC.")
        assert picked(run.facts().assumption, "text", "events") == [("I assume it is UTC.", [2])]

    def test_what_is_told_goes_before_what_is_thought(self) -> None:
        run = RunEvents()
        for number in range(150):
            run.thinks(f"I assume that {number} is right.")
        rows = run.says("I assume nothing else.").facts().assumption
        assert len(rows) == 100
        assert rows[-1]["text"] == "I assume nothing else."
