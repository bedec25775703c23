"""Plan against did against said: each way in which they part, and runs where they do not."""

from __future__ import annotations

import pytest

from reviewer.run.derive import Parting, course_rows
from reviewer.run.importers.importer import SessionInfo
from tests.support.run_events import ROOT, RunEvents, picked

NOBODY = "no edit, formatter or generator in the log names it"
PARTED = ("what", "rule", "text")


class TestRows:
    def test_many_of_a_kind_are_one_row(self) -> None:
        found = [Parting("edited_unread", "r", f"{n}.py", "unread", (n,), is_path=True) for n in range(1, 8)]
        (row,) = course_rows(found)
        assert row["text"] == "7 files: 1.py, 2.py, 3.py, 4.py, 5.py and 2 more"
        assert (row["detail"], row["events"]) == ("unread", [1, 2, 3, 4, 5, 6, 7])

    def test_few_stand_apart_and_the_weightiest_first(self) -> None:
        found = [Parting("edited_unread", "r", "a.py"), Parting("scope_exceeded", "r", "curl")]
        assert picked(course_rows(found), "what", "text") == [("scope_exceeded", "curl"), ("edited_unread", "a.py")]

    def test_many_reasons_are_bounded(self) -> None:
        found = [Parting("changed_not_claimed", "r", f"{n}", f"reason {n}", (n,)) for n in range(500)]
        rows = course_rows(found)
        assert len(rows) == 11
        assert rows[-1]["text"].startswith("490 places: ")


class TestSaid:
    def test_what_is_claimed_last_and_was_not_run(self) -> None:
        run = RunEvents().says("All tests pass.").run("ls").says("Lint passes. All tests pass.").end()
        assert picked(run.facts().course, *PARTED, "detail") == [
            ("claimed_not_run", "claim-without-run", "Lint passes.", "no lint run is recorded before it"),
            ("claimed_not_run", "claim-without-run", "All tests pass.", "no test run is recorded before it"),
        ]

    def test_what_is_said_in_passing_or_holds_is_none(self) -> None:
        run = RunEvents().says("All tests pass.").run("pytest").says("All tests pass.").end()
        assert run.facts().course == []

    def test_the_last_test_run_is_before_the_last_edit(self) -> None:
        run = RunEvents().run("pytest").read(f"{ROOT}/a.py").edit(f"{ROOT}/a.py").edit(f"{ROOT}/a.py")
        assert picked(run.facts(["a.py"]).course, *PARTED, "detail", "events") == [
            (
                "run_before_last_edit",
                "run-before-last-edit",
                "pytest",
                "command 1 (passed) is the last test run; 1 file was edited after it",
                [1, 3, 4],
            )
        ]

    @pytest.mark.parametrize("after", ["run", "document", "nothing"])
    def test_no_run_is_stale(self, after: str) -> None:
        run = RunEvents().read(f"{ROOT}/a.py").edit(f"{ROOT}/a.py").run("pytest").read("README.md")
        if after == "run":
            run.edit(f"{ROOT}/a.py").run("pytest", "failed")
        elif after == "document":
            run.edit(f"{ROOT}/README.md")
        assert run.facts(["a.py", "README.md"] if after == "document" else ["a.py"]).course == []

    def test_a_stale_claim_is_told_once(self) -> None:
        run = RunEvents().run("pytest").read("a.py").edit(f"{ROOT}/a.py").says("All tests pass.").end()
        assert picked(run.facts(["a.py"]).course, *PARTED) == [
            ("run_before_last_edit", "claim-before-last-edit", "All tests pass.")
        ]


class TestChanged:
    def test_who_wrote_what_no_edit_names(self) -> None:
        run = RunEvents().run("npm install left-pad").run("ruff format src").run("npm run generate").prompt("x")
        run.refused(f"{ROOT}/docs/r.md")
        changed = ["package-lock.json", "src/a.py", "docs/r.md", "uv.lock"]
        assert picked(run.facts(changed).course, "text", "detail", "events") == [
            ("uv.lock", f"{NOBODY}: a person, another session, or a program wrote it", []),
            ("package-lock.json", "perhaps by command 1: npm install left-pad", [1]),
            ("src/a.py", "perhaps by command 2: ruff format src", [2]),
            ("docs/r.md", "perhaps by command 3: npm run generate", [3]),
        ]  # fmt: skip

    def test_a_file_that_only_refused_edits_name(self) -> None:
        run = RunEvents().refused(f"{ROOT}/a.py")
        assert picked(run.facts(["a.py"]).course, "detail") == [("every edit of it in the log was refused",)]

    def test_a_file_that_was_put_back_and_changed_all_the_same(self) -> None:
        run = RunEvents().edit(f"{ROOT}/a.py").run("git checkout a.py")
        assert picked(run.facts(["a.py"]).course, "what", "detail") == [
            ("changed_not_claimed", "the run edits it and puts it back: git checkout a.py")
        ]

    def test_edits_that_the_change_does_not_have(self) -> None:
        run = (
            RunEvents()
            .read(f"{ROOT}/a.py")
            .edit(f"{ROOT}/a.py")
            .edit(f"{ROOT}/notes.md")
            .shell_edit(f"{ROOT}/x.py", "add")
        )
        assert picked(run.facts(["a.py"]).course, "what", "text") == [
            ("claimed_not_changed", "notes.md"),
            ("claimed_not_changed", "x.py"),
        ]

    def test_without_a_log_nothing_is_told(self) -> None:
        assert RunEvents().facts(["a.py"]).course == []


class TestPlan:
    def test_steps_left_open(self) -> None:
        run = RunEvents().plan(("Write it", "completed"), ("Test it", "pending"), ("Ship it", "in_progress")).end()
        assert picked(run.facts().course, *PARTED, "detail") == [
            ("planned_untouched", "step-left-open", "Test it", "left pending at the end"),
            ("planned_untouched", "step-left-open", "Ship it", "still in progress at the end"),
        ]

    def test_the_last_plan_counts_and_dropped_steps_do_not(self) -> None:
        run = RunEvents().plan(("a", "pending")).plan(("a", "completed"), ("b", "cancelled"), ("c", "unknown")).end()
        assert run.facts().course == []

    def test_names_of_the_plan_that_nothing_touched(self) -> None:
        run = RunEvents().plan(
            ("Change `parse_row()` and src/db/schema.py", "completed"),
            ("Read docs/guide.md, run src/tool.sh", "completed"),
            text="Uses `other_name`, then edits `lib/missing.rs`.",
        )
        run.edit(f"{ROOT}/src/a.py", patch="@@ @@\n+x", op="add").read(f"{ROOT}/docs/guide.md").run(
            "bash src/tool.sh"
        ).end()
        facts = run.facts(["src/a.py"])
        assert {row["text"] for row in facts.course if row["rule"] == "plan-names-untouched"} == {
            "parse_row()",
            "src/db/schema.py",
            "lib/missing.rs",
        }

    def test_names_that_were_touched(self) -> None:
        run = RunEvents().plan(("Change `parse_row()` in src/a.py", "completed"), ("See `KEY_NAME`", "completed"))
        run.read("src/a.py").edit("src/a.py", patch="@@ @@\n-def parse_row():").search("key_name").end()
        assert run.facts(["src/a.py"]).course == []

    def test_a_file_that_nothing_named_before_its_first_edit(self) -> None:
        run = RunEvents().prompt("Fix the parser.").plan(("Edit src/db/schema.py", "completed"))
        for path in ("src/db/schema.py", "src/parser.py", "tests/test_schema.py", "src/other.py"):
            run.read(path).edit(f"{ROOT}/{path}")
        run.says("I also changed other.py").end()
        facts = run.facts(["src/db/schema.py", "src/parser.py", "tests/test_schema.py", "src/other.py"])
        assert picked(facts.course, *PARTED) == [("touched_unplanned", "touched-unplanned", "src/other.py")]

    @pytest.mark.parametrize("steps", [[], [("Fix the lint errors", "completed")]])
    def test_without_a_plan_by_files_nothing_is_unplanned(self, steps: list[tuple[str, str]]) -> None:
        run = RunEvents().prompt("Go.")
        if steps:
            run.plan(*steps)
        assert run.read("src/other.py").edit("src/other.py").end().facts(["src/other.py"]).course == []


class TestScope:
    INFO = SessionInfo("Codex CLI", cwds=[ROOT], sandbox="workspace-write", network=False, writable=["/data"])

    def test_what_went_beyond_the_sandbox(self) -> None:
        run = RunEvents().run("npm install x").edit("/data/ok.txt").edit("/opt/not.txt")
        run.context("scope", "asked for require_escalated: npm ci (no network)", source="log:9")
        run.run("npm ci", source="log:9")
        facts = run.facts(info=self.INFO)
        assert picked([row for row in facts.course if row["what"] == "scope_exceeded"], "rule", "text") == [
            ("network-in-sandbox", "npm install x"),
            ("write-outside-sandbox", "/opt/not.txt"),
            ("escalation-granted", "npm ci"),
        ]

    def test_what_did_not(self) -> None:
        run = RunEvents().run("npm install x", "failed").run("curl http://localhost:3000").edit("/opt/a", applied=False)
        run.context("scope", "asked for require_escalated: rm -rf /", source="log:9").run(
            "rm -rf /", "denied", source="log:9"
        )
        assert run.facts(info=self.INFO).course == []
        assert RunEvents().run("npm install x").edit("/opt/a").facts(info=SessionInfo("Claude Code")).course == []

    def test_the_policy_of_the_moment_counts(self) -> None:
        run = RunEvents().context("scope", "network: on; sandbox: danger-full-access").run("npm install x")
        run.edit("/opt/a").context("scope", "network: off; sandbox: workspace-write").run("npm install y")
        rows = run.facts(info=self.INFO).course
        assert picked(rows, "rule", "text") == [("network-in-sandbox", "npm install y")]

    def test_edits_where_only_plans_were_allowed(self) -> None:
        run = RunEvents().read("a.py").edit(f"{ROOT}/a.py")
        info = SessionInfo("Claude Code", cwds=[ROOT], permission_modes=["plan"])
        assert picked(run.facts(["a.py"], info=info).course, "rule") == [("edit-in-plan-mode",)]
        info.permission_modes.append("acceptEdits")
        assert run.facts(["a.py"], info=info).course == []
