"""What follows from a run: each rule on a small run of its own."""

from __future__ import annotations

import pytest

from reviewer.run.derive import PathMap, derive, path_map, with_repo_paths
from reviewer.run.event import Edit, Message
from tests.support.session_log import SessionLog, of_type, read_log

ROOT = "/home/ana/shop"


class TestPaths:
    def test_paths_below_the_root_are_relative(self) -> None:
        paths = PathMap(["src/a.py"], ROOT, [ROOT])
        assert paths.repo_path(f"{ROOT}/src/a.py") == "src/a.py"
        assert paths.repo_path(f"{ROOT}/src/../b.py") == "b.py"
        assert paths.repo_path("src/a.py") == "src/a.py"
        assert paths.repo_path("/etc/passwd") is None
        assert paths.repo_path("../other/a.py") is None
        assert paths.repo_path(ROOT) is None

    def test_a_log_from_another_machine_is_mapped_by_what_changed(self) -> None:
        logged = ["/Users/bob/work/shop/src/a.py", "/Users/bob/work/shop/README.md", "/Users/bob/notes.txt"]
        paths = PathMap(["src/a.py", "README.md"], ROOT, ["/Users/bob/work/shop"], logged)
        assert [paths.repo_path(path) for path in logged] == ["src/a.py", "README.md", None]

    def test_a_bare_name_elsewhere_proves_nothing(self) -> None:
        paths = PathMap(["README.md"], ROOT, [ROOT], ["/opt/other/README.md"])
        assert paths.repo_path("/opt/other/README.md") is None

    def test_windows_paths(self) -> None:
        paths = PathMap(["src/a.py"], None, ["C:\\work\\shop"], ["C:\\work\\shop\\src\\a.py"])
        assert paths.repo_path("c:\\work\\shop\\src\\a.py") == "src/a.py"

    @pytest.mark.parametrize(
        ("cwd", "logged", "expected"),
        [
            (
                "/testbed",
                ["/testbed/src/a.py", "/testbed/reproduce.py", "src/b.py"],
                ["src/a.py", "reproduce.py", "src/b.py"],
            ),
            ("/testbed", ["src/a.py", "/testbed/b.py"], ["src/a.py", "b.py"]),
            (
                "/workspace",
                ["/workspace/shop/src/a.py", "/workspace/shop/b.py", "/workspace/z"],
                ["src/a.py", "b.py", None],
            ),
            (None, ["/ana__shop/src/a.py", "/ana__shop/b.py", "/opt/x"], ["src/a.py", "b.py", None]),
            ("/Users/bob/shop", ["~/shop/src/a.py", "$HOME/shop/b.py", "$TMP/x"], ["src/a.py", "b.py", None]),
            ("/w/shop", ["file:///w/shop/src/a.py", "$PWD/b.py", "${PWD}/c.py"], ["src/a.py", "b.py", "c.py"]),
            (f"{ROOT}/src", ["a.py", "../b.py", "../../z.py"], ["src/a.py", "b.py", None]),
            (ROOT, ["/home/ana/other/src/a.py"], [None]),
            (ROOT, [f"{ROOT}-fix/src/a.py", f"{ROOT}-fix/b.py"], ["src/a.py", "b.py"]),
            (
                ROOT,
                [f"{ROOT}/.worktrees/x/src/a.py", f"{ROOT}/.worktrees/x/b.py", f"{ROOT}/c.py"],
                ["src/a.py", "b.py", "c.py"],
            ),
            ("/elsewhere/shop", ["b.py", "/elsewhere/shop/c.py"], ["b.py", "c.py"]),
            ("/elsewhere/store", ["b.py"], [None]),
        ],
    )
    def test_logs_from_elsewhere(self, cwd: str | None, logged: list[str], expected: list[str | None]) -> None:
        paths = PathMap(["src/a.py"], ROOT, [cwd] if cwd else [], logged)
        assert [paths.repo_path(path) for path in logged] == expected

    def test_a_like_named_file_above_the_root_is_none_of_it(self) -> None:
        logged = ["/Users/bob/shop/src/a.py", "/Users/bob/shop/README.md", "/Users/bob/README.md"]
        paths = PathMap(["src/a.py", "README.md"], None, ["/Users/bob/shop"], logged)
        assert [paths.repo_path(path) for path in logged] == ["src/a.py", "README.md", None]

    def test_case_is_folded_on_windows_only(self) -> None:
        logged = ["C:\\Work\\Shop\\SRC\\app.tsx", "src\\App.tsx", "/c/work/shop/src/App.tsx", "c:/Work/Shop/New.ts"]
        paths = PathMap(["src/App.tsx"], None, ["C:\\work\\shop"], logged)
        assert [paths.repo_path(path) for path in logged] == ["src/App.tsx"] * 3 + ["New.ts"]
        paths = PathMap(["src/App.tsx"], None, ["/w/shop"], ["/w/shop/src/App.tsx", "/w/shop/src/app.tsx"])
        assert paths.repo_path("/w/shop/src/app.tsx") == "src/app.tsx"

    def test_events_get_their_place_in_the_repository(self) -> None:
        log = SessionLog()
        log.edit(f"{ROOT}/src/a.py").edit("/etc/hosts")
        run = read_log(log)
        placed = with_repo_paths(run.events, path_map(run.events, ["src/a.py"], ROOT, run.info))
        assert [event.repo_path for event in placed if isinstance(event, Edit)] == ["src/a.py", None]


class TestEdits:
    def test_what_was_read_before_it_was_edited(self) -> None:
        log = SessionLog()
        log.read(f"{ROOT}/a.py").edit(f"{ROOT}/a.py").edit(f"{ROOT}/b.py").read(f"{ROOT}/b.py")
        log.write(f"{ROOT}/c.py", "x\n")
        log.edit("/opt/outside.py")
        run = read_log(log)
        facts = derive(run.events, ["a.py", "b.py", "c.py", "generated.py"], ROOT, run.info)
        assert facts.edited == {"a.py", "b.py", "c.py"}
        assert facts.read_before_edit == {"a.py": True, "b.py": False}
        assert facts.claimed == ("a.py", "b.py", "c.py")
        assert facts.outside == ("/opt/outside.py",)

    def test_a_refused_edit_is_no_edit(self) -> None:
        log = SessionLog()
        log.deny(log.call("Edit", {"file_path": f"{ROOT}/a.py", "old_string": "a", "new_string": "b"}))
        run = read_log(log)
        facts = derive(run.events, ["a.py"], ROOT, run.info)
        assert facts.edited == frozenset()
        assert [(row["tool"], row["times"], row["denied"]) for row in facts.tool_call] == [("Edit", 0, 1)]


class TestRetries:
    @pytest.mark.parametrize(
        ("edited", "outcome", "rule"),
        [
            ("src/a.py", "fixed", "fixed-retry"),
            ("tests/test_a.py", "changed_test", "fixed-retry"),
            (None, "fixed", "blind-retry"),
        ],
    )
    def test_a_command_that_passes_later(self, edited: str | None, outcome: str, rule: str) -> None:
        log = SessionLog()
        log.bash("pytest -q", "1 failed in 0.1s", exit_code=1)
        if edited:
            log.edit(f"{ROOT}/{edited}")
        log.bash("cd /home/ana/shop && pytest -q", "1 passed in 0.1s")
        run = read_log(log)
        (row,) = derive(run.events, [], ROOT, run.info).retry
        assert (row["command"], row["outcome"], row["rule"]) == ([1, 2], outcome, rule)
        assert row["what_changed_between"] == ([edited] if edited else [])

    def test_a_check_that_is_left_failing_is_given_up(self) -> None:
        log = SessionLog()
        log.bash("mypy src", "error", exit_code=1).bash("ls nowhere", "", exit_code=2)
        run = read_log(log)
        rows = derive(run.events, [], ROOT, run.info).retry
        assert [(row["command"], row["outcome"], row["rule"]) for row in rows] == [([1], "gave_up", "abandoned")]

    def test_another_command_of_the_tool_that_passes_is_a_variant(self) -> None:
        log = SessionLog()
        log.bash("pytest", "1 failed in 0.1s", exit_code=1).bash("pytest tests/test_a.py", "1 passed in 0.1s")
        run = read_log(log)
        (row,) = derive(run.events, [], ROOT, run.info).retry
        assert (row["command"], row["rule"]) == ([1, 2], "variant-retry")


class TestWords:
    @pytest.mark.parametrize(
        ("said", "rule"),
        [
            ("All tests pass now.", "claim-borne-out"),
            ("Every test in the suite passes.", "claim-borne-out"),
            ("The linter is clean.", "claim-without-run"),
            ("It passes `mypy` with 0 errors.", "claim-without-run"),
        ],
    )
    def test_claims_are_held_against_the_runs(self, said: str, rule: str) -> None:
        log = SessionLog()
        log.edit(f"{ROOT}/a.py").bash("pytest", "3 passed in 0.1s").text(said)
        run = read_log(log)
        (row,) = derive(run.events, [], ROOT, run.info).claim
        assert (row["text"], row["rule"]) == (said, rule)
        assert row["evidence"] == (1 if rule == "claim-borne-out" else None)

    def test_a_run_before_the_last_edit_bears_nothing_out(self) -> None:
        log = SessionLog()
        log.bash("pytest", "3 passed in 0.1s").edit(f"{ROOT}/a.py").text("All tests pass.")
        run = read_log(log)
        (row,) = derive(run.events, [], ROOT, run.info).claim
        assert (row["evidence"], row["rule"]) == (None, "claim-before-last-edit")

    def test_a_narrow_run_does_not_bear_out_all(self) -> None:
        log = SessionLog()
        log.bash("pytest tests/test_a.py", "1 passed in 0.1s").text("All tests pass. The login test passes.")
        run = read_log(log)
        rows = derive(run.events, [], ROOT, run.info).claim
        assert [row["rule"] for row in rows] == ["claim-wider-than-run", "claim-borne-out"]

    @pytest.mark.parametrize(
        "said",
        [
            "Let me check that the tests pass.",
            "The tests should pass now.",
            "If the tests pass, I will commit.",
            "The tests do not pass yet.",
            "Do the tests pass?",
            "I passed the argument to the function.",
        ],
    )
    def test_what_is_no_claim(self, said: str) -> None:
        log = SessionLog()
        log.text(said)
        assert derive(read_log(log).events, []).claim == []

    def test_assumptions_are_quoted_with_their_place(self) -> None:
        log = SessionLog()
        log.text("Done. I'll assume the server runs in UTC. I have not tested the migration.")
        run = read_log(log)
        (message,) = of_type(run, Message)
        rows = derive(run.events, []).assumption
        assert [row["text"] for row in rows] == [
            "I'll assume the server runs in UTC.",
            "I have not tested the migration.",
        ]
        assert {row["where"] for row in rows} == {f"timeline.jsonl:{message.seq}"}


class TestTables:
    def test_cost_is_what_the_log_says_and_no_more(self) -> None:
        log = SessionLog()
        log.prompt("Go.")
        log.text("a", usage={"input_tokens": 1, "output_tokens": 2, "cache_read_input_tokens": 3})
        log.text("b", message="m2", usage={"input_tokens": 10, "output_tokens": 20})
        cost = derive(read_log(log).events, []).cost
        assert cost.values == {
            "input_tokens": 11,
            "output_tokens": 22,
            "cache_tokens": 3,
            "seconds": 2.0,
            "turns": 1,
            "subagents": 0,
        }
        assert "usd" not in cost.known

    def test_the_plan_is_the_last_one_and_says_when_it_was_made(self) -> None:
        log = SessionLog()
        log.todos(("a", "pending")).edit(f"{ROOT}/a.py").todos(("a", "completed"))
        plan = derive(read_log(log).events, []).plan
        assert plan.values == {"steps": [{"text": "a", "status": "completed"}], "made_before_first_edit": True}
        assert plan.known == {"steps": "recorded", "made_before_first_edit": "derived"}

    def test_the_task_is_the_first_prompt_and_what_followed(self) -> None:
        log = SessionLog()
        log.prompt("<command-name>/model</command-name>")
        log.prompt("Do it.")
        log.deny(log.call("Bash", {"command": "x"}), "not like this")
        task = derive(read_log(log).events, []).task
        assert task.values == {"prompt": "Do it.", "follow_ups": ["not like this"]}

    def test_tools_by_what_they_reach(self) -> None:
        log = SessionLog()
        log.read(f"{ROOT}/a.py").read("/etc/hosts").bash("curl https://example.org").bash("git push").bash("ls")
        log.result(log.call("mcp__x__y", {}), "ok")
        run = read_log(log)
        rows = derive(run.events, ["a.py"], ROOT, run.info).tool_call
        assert [(row["tool"], row["boundary"], row["times"]) for row in rows] == [
            ("mcp__x__y", "mcp", 1),
            ("read", "host", 1),
            ("read", "repo", 1),
            ("shell", "host", 1),
            ("shell", "network", 2),
        ]

    def test_every_row_names_events_of_the_run(self) -> None:
        log = SessionLog()
        log.prompt("Go.")
        log.read(f"{ROOT}/a.py").edit(f"{ROOT}/a.py").bash("pytest", "x", exit_code=1).bash("pytest", "1 passed in 1s")
        log.text("All tests pass. I assume that is enough.")
        run = read_log(log)
        seqs = {event.seq for event in run.events}
        tables = derive(run.events, ["a.py"], ROOT, run.info).rows()
        assert {name for name, rows in tables.items() if rows} == {
            *("session", "file_read", "command", "retry", "tool_call", "assumption", "claim"),
        }
        for rows in tables.values():
            assert all(row["events"] and set(row["events"]) <= seqs for row in rows)
