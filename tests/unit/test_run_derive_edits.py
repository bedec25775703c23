"""What stands of a run's edits: undone, refused, denied, read before; each rule fires and does not."""

from __future__ import annotations

import pytest

from tests.support.run_events import ROOT, RunEvents, picked


class TestStanding:
    def test_a_file_made_and_deleted_again_is_not_claimed(self) -> None:
        run = RunEvents().read(f"{ROOT}/docs/color.md").edit(f"{ROOT}/docs/blue.md", op="add")
        run.run("rm docs/blue.md").shell_edit(f"{ROOT}/docs/blue.md", "delete")
        run.run("echo Red >> docs/color.md").shell_edit(f"{ROOT}/docs/color.md").end()
        facts = run.facts(["docs/color.md"])
        assert facts.claimed == ("docs/color.md",)
        assert facts.edited == facts.by_shell == {"docs/color.md"}
        assert facts.course == []

    def test_a_folder_taken_away_takes_what_the_run_made_in_it(self) -> None:
        run = RunEvents().edit(f"{ROOT}/scratch/a.py", op="add").edit(f"{ROOT}/src/a.py")
        run.run("rm -rf scratch").shell_edit(f"{ROOT}/scratch", "delete")
        assert run.facts(["src/a.py"]).claimed == ("src/a.py",)

    def test_a_deleted_file_of_the_change_is_claimed(self) -> None:
        run = RunEvents().run("git rm src/a.py").shell_edit(f"{ROOT}/src/a.py", "delete")
        assert run.facts(["src/a.py"]).edited == {"src/a.py"}

    def test_a_folder_that_is_gone_claims_its_files_of_the_change(self) -> None:
        run = RunEvents().run("git rm -r src/old").shell_edit(f"{ROOT}/src/old", "delete")
        assert run.facts(["src/old/a.py", "src/old/b/c.py", "src/new.py"]).edited == {"src/old/a.py", "src/old/b/c.py"}

    def test_a_file_made_again_after_it_was_deleted_is_claimed(self) -> None:
        run = RunEvents().edit(f"{ROOT}/a.py", op="add").shell_edit(f"{ROOT}/a.py", "delete")
        run.edit(f"{ROOT}/a.py", op="add")
        assert run.facts(["a.py"]).claimed == ("a.py",)

    @pytest.mark.parametrize(
        "line",
        [
            "git checkout -- src/a.py",
            "git checkout src/a.py",
            "git checkout HEAD src/a.py",
            "git restore src/a.py",
            "git checkout .",
            "git -C /home/ana/shop restore src",
            "git reset --hard",
            "git stash",
        ],
    )
    def test_git_puts_back_what_is_not_committed(self, line: str) -> None:
        run = RunEvents().edit(f"{ROOT}/src/a.py").run(line)
        facts = run.facts(["src/b.py"])
        assert facts.claimed == ()
        row = next(row for row in facts.course if row["what"] == "claimed_not_changed")
        assert row["text"] == "src/a.py"
        assert row["detail"].startswith("edited and put back: git ")
        assert row["events"] == [1, 2]

    @pytest.mark.parametrize(
        "line",
        [
            "git checkout main",
            "git checkout -b src",
            "git restore --staged src/a.py",
            "git reset src/a.py",
            "git stash list",
            "git checkout -- src/b.py",
            "git status",
            "git clean -fd",
        ],
    )
    def test_other_git_commands_put_nothing_back(self, line: str) -> None:
        run = RunEvents().edit(f"{ROOT}/src/a.py").run(line)
        assert run.facts(["src/a.py"]).claimed == ("src/a.py",)

    def test_what_is_committed_is_not_put_back(self) -> None:
        run = RunEvents().edit(f"{ROOT}/src/a.py").run("git commit -am x").run("git checkout .")
        assert run.facts(["src/a.py"]).claimed == ("src/a.py",)

    def test_a_stash_that_is_popped_puts_nothing_back(self) -> None:
        run = RunEvents().edit(f"{ROOT}/src/a.py").run("git stash").run("pytest").run("git stash pop")
        assert run.facts(["src/a.py"]).claimed == ("src/a.py",)

    def test_a_restore_that_failed_puts_nothing_back(self) -> None:
        run = RunEvents().edit(f"{ROOT}/src/a.py").run("git checkout -- src/a.py", "failed")
        assert run.facts(["src/a.py"]).claimed == ("src/a.py",)

    def test_an_edit_after_the_restore_counts_again(self) -> None:
        run = RunEvents().edit(f"{ROOT}/src/a.py").run("git checkout -- src/a.py").edit(f"{ROOT}/src/a.py")
        assert run.facts(["src/a.py"]).claimed == ("src/a.py",)

    def test_where_the_log_does_not_say_an_edit_of_a_changed_file_took_effect(self) -> None:
        run = RunEvents().edit(f"{ROOT}/a.py", applied=None).edit(f"{ROOT}/b.py", applied=None)
        facts = run.facts(["a.py"])
        assert facts.claimed == ("a.py",)
        assert run.facts([]).claimed == ()

    def test_edits_on_a_branch_that_was_given_up_stay_on_disk(self) -> None:
        run = RunEvents().edit(f"{ROOT}/a.py", discarded=True)
        assert run.facts(["a.py"]).edited == {"a.py"}

    def test_edits_outside_the_repository_are_apart(self) -> None:
        run = RunEvents().edit("/home/ana/.bashrc").edit(f"{ROOT}/a.py")
        facts = run.facts(["a.py"])
        assert (facts.claimed, facts.outside) == (("a.py",), ("/home/ana/.bashrc",))


class TestReadBefore:
    def test_reads_in_part_and_by_the_shell_count(self) -> None:
        run = RunEvents().read(f"{ROOT}/a.py", first=1, last=9, whole=False).run("cat b.py")
        run.read(f"{ROOT}/b.py", derived=True)
        for name in "abcd":
            run.edit(f"{ROOT}/{name}.py", op="add" if name == "d" else "update")
        facts = run.facts(["a.py", "b.py", "c.py", "d.py"])
        assert facts.read_before_edit == {"a.py": True, "b.py": True, "c.py": False}
        assert picked(facts.course, "what", "text", "events") == [("edited_unread", "c.py", [6])]

    def test_a_search_in_the_file_is_a_look_into_it(self) -> None:
        run = RunEvents().search("x", f"{ROOT}/a.py").edit(f"{ROOT}/a.py")
        facts = run.facts(["a.py"])
        assert facts.read_before_edit == {"a.py": False}
        assert facts.course == []

    def test_a_read_that_failed_is_none(self) -> None:
        run = RunEvents().read(f"{ROOT}/a.py", ok=False).edit(f"{ROOT}/a.py")
        assert run.facts(["a.py"]).read_before_edit == {"a.py": False}


class TestRefused:
    def test_a_refused_edit_that_works_later_is_a_retry(self) -> None:
        run = RunEvents().refused(f"{ROOT}/a.py").refused(f"{ROOT}/a.py").edit(f"{ROOT}/a.py").refused(f"{ROOT}/b.py")
        facts = run.facts(["a.py"])
        assert picked(facts.edit_refused, "path", "retried", "events") == [
            ("a.py", True, [1, 3]),
            ("a.py", True, [2, 3]),
            ("b.py", False, [4]),
        ]
        (row,) = facts.retry
        assert (row["command"], row["path"], row["outcome"], row["rule"]) == ([], "a.py", "fixed", "edit-retry")
        assert row["events"] == [1, 2, 3]

    def test_a_file_that_is_refused_to_the_end_is_given_up(self) -> None:
        run = RunEvents().refused(f"{ROOT}/a.py").refused(f"{ROOT}/a.py")
        assert picked(run.facts().retry, "path", "outcome") == [("a.py", "gave_up")]

    def test_a_patch_of_several_files_is_one_refusal(self) -> None:
        run = RunEvents()
        for path in ("a.py", "b.py", "c.py"):
            run.edit(f"{ROOT}/{path}", applied=False, refused=f"no such lines in {ROOT}/b.py", source="log:7")
        assert run.facts().retry == []
        facts = run.edit(f"{ROOT}/b.py").facts(["b.py"])
        assert picked(facts.edit_refused, "path", "retried", "events") == [("b.py", True, [1, 2, 3, 4])]
        assert picked(facts.retry, "path", "outcome", "events") == [("b.py", "fixed", [1, 2, 3, 4])]

    def test_another_agent_retries_nothing_of_this_one(self) -> None:
        run = RunEvents().refused(f"{ROOT}/a.py")
        run.agent = "root/a1"
        facts = run.edit(f"{ROOT}/a.py").facts(["a.py"])
        assert facts.retry == []
        assert picked(facts.edit_refused, "retried") == [(False,)]

    def test_what_the_tool_never_looked_at_is_not_refused(self) -> None:
        run = RunEvents().refused(f"{ROOT}/a.py", "<tool_use_error>Sibling tool call errored</tool_use_error>")
        assert run.facts().edit_refused == []

    def test_what_a_person_refused_is_a_denial(self) -> None:
        run = RunEvents().refused(f"{ROOT}/a.py", "The user doesn't want this")
        run.denial("Edit", f"{ROOT}/a.py", "use the other file")
        facts = run.facts()
        assert (facts.edit_refused, facts.retry) == ([], [])
        assert picked(facts.denial, "tool", "said") == [("Edit", "use the other file")]
        assert picked(facts.tool_call, "tool", "times", "denied") == [("Edit", 0, 1)]

    def test_one_denial_of_a_patch_is_of_all_its_files(self) -> None:
        run = RunEvents().refused("a.py", "rejected by user").refused("b.py", "rejected by user")
        run.denial("Edit", "a.py, b.py")
        assert run.facts().edit_refused == []


class TestDenials:
    def test_the_words_of_a_denial_are_instructions(self) -> None:
        run = RunEvents().prompt("Do it.").run("rm -rf /", "denied").denial("Bash", "rm -rf /", "ask me first")
        run.run("ls").denial("Bash", "make").usage(input_tokens=1).prompt("go on", via="prompt")
        facts = run.facts()
        assert picked(facts.denial, "what", "said", "rule") == [
            ("rm -rf /", "ask me first", "denial-with-words"),
            ("make", None, None),
        ]
        assert facts.task.values == {"prompt": "Do it.", "follow_ups": ["ask me first", "go on"]}

    def test_a_denied_command_without_an_event_of_its_own_is_told(self) -> None:
        run = RunEvents().run("rm x", "denied").tool("mcp__a__b", denied=True, boundary="mcp").run("ls")
        assert picked(run.facts().denial, "tool", "what") == [("shell", "rm x"), ("mcp__a__b", "")]

    def test_words_to_a_sub_agent_count_and_its_task_does_not(self) -> None:
        run = RunEvents().prompt("Do it.")
        run.agent = "root/a1"
        run.prompt("look for it").run("rm x", "denied").denial("Bash", "rm x", "no").end()
        assert run.facts().task.values == {"prompt": "Do it.", "follow_ups": ["no"]}

    def test_questions_and_answers(self) -> None:
        run = RunEvents().prompt("Do it.").question("Which?", "blue").question("Sure?").prompt("yes", via="answer")
        run.question("Open?").prompt("something else")
        facts = run.facts()
        assert picked(facts.question, "text", "answer", "rule") == [
            ("Which?", "blue", None),
            ("Sure?", "yes", "question-answer"),
            ("Open?", None, None),
        ]
        assert facts.task.values["follow_ups"] == ["blue", "yes", "something else"]
