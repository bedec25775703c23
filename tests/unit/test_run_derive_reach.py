"""What a run reached: hosts, effects, tools by boundary; and what it cost. Each rule fires and does not."""

from __future__ import annotations

import pytest

from reviewer.run.importers.importer import SessionInfo
from tests.support.run_events import ROOT, RunEvents, picked


class TestHosts:
    def test_commands_and_web_tools_name_hosts(self) -> None:
        run = RunEvents().run("curl -s https://api.example.org/x").run("git clone git@github.com:a/b.git", "failed")
        run.tool(
            "WebFetch", boundary="network", input='{"url":"https://Docs.Example.org:8443/a?b=http://c.example.com"}'
        )
        run.run("curl https://api.example.org/y")
        assert picked(run.facts().host, "host", "times", "ways", "events") == [
            ("api.example.org", 2, ["curl"], [1, 4]),
            ("c.example.com", 1, ["WebFetch"], [3]),
            ("docs.example.org", 1, ["WebFetch"], [3]),
            ("github.com", 1, ["git clone"], [2]),
        ]

    def test_what_did_not_run_and_mcp_servers_and_this_machine_are_none(self) -> None:
        run = RunEvents().run("curl https://a.example.org", "denied").run("curl https://b.example.org", "not_run")
        run.run("curl http://localhost:3000/x").run("curl http://127.0.0.1:8080")
        run.tool("mcp__web__get", boundary="mcp", input='{"url":"https://c.example.org"}')
        run.tool("WebFetch", boundary="network", input='{"url":"https://d.example.org"}', denied=True)
        assert run.facts().host == []


class TestEffects:
    @pytest.mark.parametrize(
        ("state", "reached"),
        [("passed", True), ("failed", True), ("running", True), ("denied", False), ("not_run", False),
         ("unknown", None), ("cancelled", None)],
    )  # fmt: skip
    def test_whether_it_was_reached_follows_from_the_state(self, state: str, reached: object) -> None:
        assert picked(RunEvents().run("git push origin main", state).facts().effect, "what", "reached") == [
            ("push", reached)
        ]

    def test_one_that_was_tried_twice_is_one_row(self) -> None:
        run = RunEvents().run("npm install left-pad", "denied").run("npm install left-pad").run("npm install left-pad")
        assert picked(run.facts().effect, "what", "text", "reached", "events") == [
            ("install", "npm install left-pad", True, [1, 2, 3])
        ]

    def test_edits_outside_the_repository_and_writes_of_servers(self) -> None:
        run = RunEvents().edit("/home/ana/.zshrc").edit("/home/ana/x", applied=False).edit(f"{ROOT}/a.py")
        run.tool("mcp__github__create_issue", boundary="mcp", input='{"title":"a"}', ok=True)
        run.tool("mcp__linear__updateComment", boundary="mcp", ok=False)
        run.tool("mcp__github__list_issues", boundary="mcp", ok=True).tool("WebFetch", boundary="network", ok=True)
        assert picked(run.facts(["a.py"]).effect, "what", "text", "reached") == [
            ("file_outside", "/home/ana/.zshrc", True),
            ("network_write", 'mcp__github__create_issue {"title":"a"}', True),
            ("network_write", "mcp__linear__updateComment", None),
        ]

    def test_commits_are_the_change_itself(self) -> None:
        assert RunEvents().run("git add -A && git commit -m x").run("ls").facts().effect == []


class TestTools:
    def test_what_follows_from_a_command_is_no_call_of_its_own(self) -> None:
        run = RunEvents().run("sed -i s/a/b/ a.py").shell_edit(f"{ROOT}/a.py").read(f"{ROOT}/a.py", derived=True)
        run.search("x", derived=True, tool="shell").search("x", f"{ROOT}/src", tool="Grep").search(
            "x", "/etc", tool="Grep"
        )
        assert picked(run.facts(["a.py"]).tool_call, "tool", "boundary", "times") == [
            ("Grep", "host", 1),
            ("Grep", "repo", 1),
            ("shell", "host", 1),
        ]

    def test_a_command_is_remote_by_its_hosts_before_its_kind(self) -> None:
        run = RunEvents().run("curl http://localhost:3000").run("curl https://example.org").run("pip install x")
        assert picked(run.facts().tool_call, "boundary", "times") == [("host", 1), ("network", 2)]


class TestCost:
    def test_prices_and_tokens_add_up_and_stay_absent(self) -> None:
        run = RunEvents().prompt("a").usage(input_tokens=1, usd=0.5).usage(output_tokens=0, usd=0.25).end()
        cost = run.facts().cost
        assert {name: cost.values.get(name) for name in ("input_tokens", "output_tokens", "cache_tokens", "usd")} == {
            "input_tokens": 1,
            "output_tokens": 0,
            "cache_tokens": None,
            "usd": 0.75,
        }
        assert "rereads" not in cost.values
        assert "loops" not in cost.values
        assert "provider_retries" not in cost.values

    def test_a_file_read_again_in_whole_with_nothing_edited_is_a_reread(self) -> None:
        run = RunEvents().read("a.py").read(f"{ROOT}/a.py").edit("a.py").read("a.py").read("a.py", first=1, last=3)
        assert run.facts().cost.values["rereads"] == 1
        run.agent = "root/a1"
        assert run.read("a.py").facts().cost.values["rereads"] == 1
        assert run.read("a.py").facts().cost.values["rereads"] == 2

    def test_three_times_the_same_with_the_same_end_is_a_loop(self) -> None:
        run = RunEvents().run("pytest", "failed", exit_code=1).run("make").run("pytest | tail", "failed", exit_code=1)
        assert run.facts().cost.values["loops"] == 0
        assert run.run("pytest", "failed", exit_code=1).facts().cost.values["loops"] == 1
        assert run.run("pytest", "failed", exit_code=1).facts().cost.values["loops"] == 1

    @pytest.mark.parametrize("between", ["edit", "other end", "look"])
    def test_what_makes_it_none(self, between: str) -> None:
        run = RunEvents()
        line = "git status" if between == "look" else "pytest"
        run.run(line, "failed", exit_code=1).run(line, "failed", exit_code=1)
        if between == "edit":
            run.edit(f"{ROOT}/a.py")
        elif between == "other end":
            run.run(line)
        run.run(line, "failed", exit_code=1)
        assert run.facts(["a.py"]).cost.values["loops"] == 0

    def test_the_same_refused_edit_again_is_a_loop(self) -> None:
        run = RunEvents().refused("a.py").refused("a.py").refused("a.py")
        assert run.facts().cost.values["loops"] == 1

    def test_retries_of_the_provider_and_compactions(self) -> None:
        run = RunEvents().error("overloaded").error("crashed", "agent").context("compaction").context("resume")
        values = run.facts().cost.values
        assert (values["provider_retries"], values["compactions"]) == (1, 1)

    def test_zero_is_said_only_where_the_log_would_have_shown_one(self) -> None:
        run = RunEvents().prompt("a").end()
        assert run.facts(info=SessionInfo("Claude Code")).cost.values["compactions"] == 0
        assert "compactions" not in run.facts(info=SessionInfo("Aider")).cost.values

    def test_time_is_that_of_each_session_added_up(self) -> None:
        run = RunEvents().prompt("a").says("b")
        run.session = 2
        run.prompt("c", time="2026-03-03T09:00:00Z").says("d", time="2026-03-03T09:00:10Z")
        assert run.facts().cost.values["seconds"] == 11

    def test_chats_of_a_log_that_dates_only_their_beginning_have_no_length(self) -> None:
        run = RunEvents().context("session", "chat started", time="2026-03-02T09:00:00Z").prompt("a", time=None)
        run.context("session", "chat started", time="2026-03-22T09:00:00Z").prompt("b", time=None)
        assert "seconds" not in run.facts().cost.values
        run.says("c", time="2026-03-22T09:00:07Z")
        assert run.facts().cost.values["seconds"] == 7
