"""SWE-agent: trajectories of 0.x and 1.x, histories alone, demonstrations, and several attempts."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from reviewer.errors import BadTranscriptError
from reviewer.run.event import Command, Context, Edit, End, Error, Message, Prompt, Read, Search, Tool, Usage
from reviewer.run.importers.swe_agent import SweAgent
from reviewer.run.importers.swe_agent.actions import parse
from reviewer.run.importers.swe_agent.outcome import applied, shows_failure
from tests.support.imported import of, read_with, spoiled, stands, wrong_types
from tests.support.samples import samples_dir

IMPORTER = SweAgent()
Record = dict[str, Any]
ROOT = "/ana__shop"
TASK = (
    "We're currently solving the following issue within our repository.\nISSUE:\nFix the total.\n\nINSTRUCTIONS:\nGo."
)
DIFF = "diff --git a/a.py b/a.py\n--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-x\n+y\n"
SHOWN = f"[File: {ROOT}/a.py (3 lines total)]\n1:x = 1\n2:y = 2\n3:\n"
DEMO: Record = {"role": "user", "content": "--- DEMONSTRATION ---", "agent": "primary", "is_demo": True}
SYSTEM: Record = {"role": "system", "content": "SETTING: you.", "agent": "primary"}
ASKED: Record = {"role": "user", "content": TASK, "agent": "primary"}


def step(action: str, seen: str, *, opened: str = "n/a", before: bool = True, thought: str = "", **more: Any) -> Record:  # noqa: ANN401
    """Return a step: the state is text and that before the action in 0.x, an object and that after it in 1.x."""
    state = {"open_file": opened, "working_dir": ROOT}
    return {
        "action": action,
        "observation": seen,
        "response": f"{thought}\n```\n{action}\n```",
        "state": json.dumps(state) + "\n" if before else state,
        "thought": thought,
        **more,
    }


def trajectory(*steps: Record, **info: Any) -> Record:  # noqa: ANN401 - any field
    stats = {"instance_cost": 0.5, "tokens_sent": 100, "tokens_received": 7, "api_calls": 3}
    return {
        "environment": "swe_main",
        "trajectory": list(steps),
        "history": [SYSTEM, DEMO, ASKED, {"role": "assistant", "content": "…", "action": "ls", "agent": "primary"}],
        "info": {"exit_status": "submitted", "submission": f"\n{DIFF}", "model_stats": stats, **info},
    }


def full() -> Record:
    """A run of 0.x with something of everything."""
    return trajectory(
        step('find_file "a.py"\n', "Found 1 matches", thought="I look.\n"),
        step("open a.py 1\n", SHOWN),
        step(
            "edit 2:2\ny = 3\nend_of_edit\n", f"{SHOWN}File updated. Please review the changes", opened=f"{ROOT}/a.py"
        ),
        step(
            "edit 3:3\nz =\nend_of_edit\n",
            "Your proposed edit has introduced new syntax error(s).",
            opened=f"{ROOT}/a.py",
        ),
        step("create b.py\n", f"[File: {ROOT}/b.py (1 lines total)]\n1:\n"),
        step("cd src && python a.py | tail -3\n", "8.2\n"),
        step("python b.py\n", "Traceback (most recent call last):\n  File x\nValueError: no\n"),
        step("submit\n", DIFF),
    )


def later() -> Record:
    """A run of 1.x with the editor of one command."""

    def editor(asked: str, seen: str) -> Record:
        return step(f"str_replace_editor {asked}", seen, before=False, execution_time=0.25)

    quoted = "'x = '\"'\"'a'\"'\"''"
    value = trajectory(
        editor("view /testbed/a.py --view_range 1 3", "1\tx"),
        editor(
            f"str_replace /testbed/a.py --old_str {quoted} --new_str 'x = 2\ny'",
            "The file /testbed/a.py has been edited.",
        ),
        editor("create /testbed/c.py --file_text 'one\n'", "File created successfully at: /testbed/c.py"),
        editor(
            "str_replace /testbed/a.py --old_str q --new_str r", "No replacement was performed, old_str `q` did not"
        ),
        step("rm -rf /", "", before=False, execution_time=0.0) | {"state": {}},
        step("pytest -q", "3 passed in 0.1s\n", before=False, execution_time=2.125, query=[{"role": "user"}]),
        step("", "", before=False, thought="I am not sure.", execution_time=0.0) | {"state": {}},
        step("submit", DIFF, before=False, execution_time=0.1),
        swe_agent_version="1.1.0",
    )
    settings = {
        "agent": {"model": {"name": "vendor/model"}},
        "env": {
            "deployment": {"image": "x:latest"},
            "repo": {"base_commit": "a" * 40, "github_url": "https://example.org/x"},
        },
        "problem_statement": {"id": "ana__shop-1"},
    }
    return {**value, "replay_config": json.dumps(settings)}


def encoded(value: object) -> bytes:
    return json.dumps(value, indent=1).encode()


def read(value: object) -> Any:  # noqa: ANN401 - an ImportedRun
    return read_with(IMPORTER, encoded(value))[0]


class TestFirstGeneration:
    def test_steps_by_what_their_commands_mean(self) -> None:
        assert IMPORTER.sniff(encoded(full()), "x")
        run = read(full())
        assert [(event.pattern, event.tool) for event in of(run, Search) if not event.derived] == [
            ("a.py", "find_file")
        ]
        reads = [event for event in of(run, Read) if not event.derived]
        assert [(event.path, event.first, event.last, event.whole, event.ok) for event in reads] == [
            (f"{ROOT}/a.py", 1, 3, True, True)
        ]
        edits = [(edit.path, edit.op, edit.applied, edit.added, edit.removed) for edit in of(run, Edit)]
        assert edits == [
            (f"{ROOT}/a.py", "update", True, 1, None),
            (f"{ROOT}/a.py", "update", False, 1, None),
            (f"{ROOT}/b.py", "add", True, None, None),
        ]
        assert [(command.line, command.cwd, command.exit_code, command.state) for command in of(run, Command)] == [
            ("cd src && python a.py | tail -3", ROOT, None, "unknown"),
            ("python b.py", ROOT, None, "failed"),
        ]
        assert [tool.tool for tool in of(run, Tool)] == ["submit"]
        assert [message.text for message in of(run, Message)] == ["I look."]
        assert all(event.time is None for event in run.events)

    def test_the_task_without_the_demonstration_and_how_it_ended(self) -> None:
        run = read(full())
        assert [(prompt.text, prompt.turn) for prompt in of(run, Prompt)] == [(TASK, 1)]
        assert {event.turn for event in of(run, Command)} == {1}
        notes = [context.text for context in of(run, Context)]
        assert "1 messages of a demonstration are left out: they are another run" in notes
        assert (of(run, End)[0].reason, run.info.patch, run.unknown) == ("finished", DIFF, {})
        assert [(use.usd, use.input_tokens, use.output_tokens) for use in of(run, Usage)] == [(0.5, 100, 7)]
        assert run.info.cwds == [ROOT]

    @pytest.mark.parametrize(
        ("status", "reason"),
        [
            ("submitted", "finished"),
            ("submitted (exit_cost)", "limit"),
            ("exit_context", "limit"),
            ("submitted (exit_format)", "error"),
            ("exit_api", "error"),
            ("exit_forfeit", "error"),
            ("exit_command", "interrupted"),
            (None, "finished"),
        ],
    )
    def test_how_it_ended(self, status: str | None, reason: str) -> None:
        assert of(read(trajectory(step("submit", ""), exit_status=status)), End)[0].reason == reason

    def test_what_is_handed_in_can_be_nothing_or_no_patch(self) -> None:
        for submission in (None, "", "flag{found}", 5):
            assert read(trajectory(step("ls", "a"), submission=submission)).info.patch is None
        crossed = DIFF.replace("\n", "\r\n")
        assert read(trajectory(step("ls", "a"), submission=crossed)).info.patch == DIFF

    def test_a_cost_that_is_not_recorded_is_none(self) -> None:
        assert of(read(trajectory(step("ls", "a"), model_stats={})), Usage) == []
        nothing = {"instance_cost": 0, "tokens_sent": 0, "tokens_received": 0, "api_calls": 0}
        assert of(read(trajectory(step("ls", "a"), model_stats=nothing)), Usage) == []
        free = {"instance_cost": 0, "tokens_sent": 9, "tokens_received": 1, "api_calls": 1}
        assert [use.usd for use in of(read(trajectory(step("ls", "a"), model_stats=free)), Usage)] == [0.0]


class TestSecondGeneration:
    def test_the_editor_times_and_what_never_ran(self) -> None:
        run = read(later())
        edits = [(edit.path, edit.op, edit.applied, edit.added, edit.removed) for edit in of(run, Edit)]
        assert edits == [
            ("/testbed/a.py", "update", True, 2, 1),
            ("/testbed/c.py", "add", True, 1, 0),
            ("/testbed/a.py", "update", False, 1, 1),
        ]
        assert "-x = 'a'" in (of(run, Edit)[0].patch or "")
        assert [(event.path, event.first, event.last) for event in of(run, Read)] == [("/testbed/a.py", 1, 3)]
        assert [
            (command.line, command.state, command.seconds, command.seconds_from) for command in of(run, Command)
        ] == [
            ("rm -rf /", "not_run", None, None),
            ("pytest -q", "passed", 2.125, "reported"),
        ]
        assert [error.text for error in of(run, Error)] == ["the answer held no single action"]

    def test_what_the_settings_say(self) -> None:
        info = read(later()).info
        assert (info.versions, info.models, info.sandbox, info.title) == (
            ["1.1.0"], ["vendor/model"], "x:latest", "ana__shop-1",
        )  # fmt: skip
        assert (info.base_commit, info.repository) == ("a" * 40, "https://example.org/x")

    def test_the_folder_is_that_before_the_action(self) -> None:
        moved = step("cd src", "", before=False, execution_time=0.1) | {"state": {"working_dir": f"{ROOT}/src"}}
        value = trajectory(step("ls", "", before=False, execution_time=0.1), moved, moved | {"action": "ls -a"})
        assert [command.cwd for command in of(read(value), Command)] == [None, ROOT, f"{ROOT}/src"]

    def test_a_command_that_ran_too_long(self) -> None:
        said = "The command 'sleep 99' was cancelled because it took more than 30 seconds. Please try another."
        value = trajectory(step("sleep 99", said, before=False, execution_time=30.5))
        assert [command.state for command in of(read(value), Command)] == ["cancelled"]

    def test_of_several_attempts_the_best_is_kept_and_not_counted_twice(self) -> None:
        one, two = trajectory(step("ls one", "a")), trajectory(step("ls two", "b"), submission=DIFF)
        value = {"attempts": [one, two], **two, "info": {**two["info"], "best_attempt_idx": 1}}
        assert IMPORTER.sniff(encoded(value), "x")
        run = read(value)
        assert [(command.line, command.discarded) for command in of(run, Command)] == [
            ("ls one", True),
            ("ls two", False),
        ]
        assert (len(of(run, Prompt)), run.repeated) == (1, 1)
        assert [prompt.discarded for prompt in of(run, Prompt)] == [False]
        unchosen = read({"attempts": [one, two]})
        assert [command.discarded for command in of(unchosen, Command)] == [False, False]


class TestHistory:
    STATUS = f"\n(Open file: {ROOT}/a.py)\n(Current directory: {ROOT})\nbash-$"

    def messages(self) -> list[Record]:
        call = {"function": {"name": "open", "arguments": '{"path":"a.py"}'}, "id": "c1", "type": "function"}
        return [
            SYSTEM,
            {"role": "user", "content": TASK, "agent": "main", "message_type": "observation"},
            {"role": "assistant", "content": "I open it.", "thought": "I open it.", "action": "open a.py",
             "tool_calls": [call], "agent": "main", "message_type": "action"},
            {"role": "tool", "content": SHOWN + self.STATUS, "agent": "main", "message_type": "observation"},
            {"role": "assistant", "content": "Now.", "thought": "Now.", "action": "edit 'x = 1' 'x = 2'"},
            {"role": "tool", "content": [{"type": "text", "text": "Text replaced. Please review" + self.STATUS}],
             "agent": "main"},
            {"role": "assistant", "content": "Run.", "thought": "Run.", "action": "python a.py", "agent": "main"},
            {"role": "tool", "content": "8.2" + self.STATUS, "agent": "main"},
            {"role": "assistant", "content": "Done.", "thought": "Done.", "action": "submit", "agent": "main"},
        ]  # fmt: skip

    def test_a_history_alone_is_a_run(self) -> None:
        value = {"history": self.messages()}
        assert IMPORTER.sniff(encoded(value), "x")
        run, outputs = read_with(IMPORTER, encoded(value))
        assert [prompt.text for prompt in of(run, Prompt)] == [TASK]
        assert [(edit.path, edit.added, edit.removed, edit.applied) for edit in of(run, Edit)] == [
            (f"{ROOT}/a.py", 1, 1, True)
        ]
        assert [(command.line, command.cwd) for command in of(run, Command)] == [("python a.py", ROOT)]
        assert outputs == {1: b"8.2"}
        assert [message.text for message in of(run, Message)] == ["I open it.", "Now.", "Run.", "Done."]
        assert (of(run, End)[0].reason, run.unknown) == ("finished", {})

    def test_a_history_before_the_steps_is_not_counted_twice(self) -> None:
        value = {"history": self.messages(), "trajectory": [step("ls", "a")]}
        run = read(value)
        assert [command.line for command in of(run, Command)] == ["ls"]
        assert len(of(run, Prompt)) == 1

    def test_all_of_it_can_be_a_demonstration(self) -> None:
        run = read({"history": [{**message, "is_demo": True} for message in self.messages()]})
        assert (of(run, Command), of(run, Prompt)) == ([], [])


@pytest.mark.parametrize(
    ("line", "meaning", "path"),
    [
        ('open "src/a b.py" 12', "read", "src/a b.py"),
        ("open a.py && ls", "shell", None),
        ("scroll_down", "read", None),
        ('search_dir "def total" src', "search", "src"),
        ("search_file total", "search", None),
        ("create a.py", "edit", "a.py"),
        ("edit 1:2\nx\nend_of_edit", "edit", None),
        ("edit 'a' 'b'", "edit", None),
        ("insert 'a\nb' 3", "edit", None),
        ("submit", "submit", None),
        ("exit_forfeit", "submit", None),
        ("str_replace_editor insert /a.py --insert_line 3 --new_str 'x'", "edit", "/a.py"),
        ("str_replace_editor view /a.py", "read", "/a.py"),
        ("python -c 'open(\"a\")'", "shell", None),
        ("  ", "none", None),
        ("str_replace_editor", "edit", None),
        ("edit", "edit", None),
        ("open", "read", None),
    ],
)
def test_what_an_action_means(line: str, meaning: str, path: str | None) -> None:
    found = parse(line)
    assert (found.meaning, found.path) == (meaning, path)


@pytest.mark.parametrize(
    ("said", "made"),
    [
        ("File updated. Please review", True),
        ("Your changes have NOT been applied.", False),
        ("Your edit was not applied (file not modified): Text 'x' not found", False),
        ("Warning: File 'a.py' already exists.", False),
        ("", None),
        ("something else", None),
    ],
)
def test_whether_an_edit_was_made(said: str, made: bool | None) -> None:  # noqa: FBT001 - a case
    assert applied(said) is made


@pytest.mark.parametrize(
    ("said", "failed"),
    [
        ("Traceback (most recent call last):\n  x\nfoo.BarError: no", True),
        ("Traceback (most recent call last):\n  x\nKeyError: 1\nand then all was well", False),
        ("bash: line 1: frob: command not found", True),
        ("bash: frob: command not found\nok", False),
        ("3 failed", False),
        ("", False),
    ],
)
def test_only_the_end_of_an_output_shows_a_failure(said: str, *, failed: bool) -> None:
    assert shows_failure(said) is failed


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b'{"history": []}',
        b'{"history": [{"role": "user", "content": "x"}]}',
        b'{"history": [{"action": "run", "args": {}}], "instance_id": "x"}',
        b'{"trajectory": [{"x": 1}], "info": {}}',
        b'[{"action": "run", "observation": "x"}]',
    ],
)
def test_what_is_not_ours(data: bytes) -> None:
    assert not IMPORTER.sniff(data, "a.traj")


def test_a_first_step_longer_than_what_is_looked_at() -> None:
    long = trajectory(step("ls", "a", query=[{"role": "system", "content": "x" * 100_000}]))
    assert IMPORTER.sniff(encoded(long)[: 1 << 16], "x")


def test_an_empty_file_is_refused_in_a_sentence() -> None:
    with pytest.raises(BadTranscriptError, match=r"^sessions/1\.jsonl is empty: a trajectory was expected\.$"):
        read_with(IMPORTER, b"")


FORMS = {
    "0.x": full(),
    "1.x": later(),
    "history": {"history": TestHistory().messages()},
    "attempts": {"attempts": [later()]},
}


@pytest.mark.parametrize("form", FORMS)
def test_any_spoiled_file_gives_a_run_or_a_sentence(form: str) -> None:
    for data in (encoded(FORMS[form]), json.dumps(FORMS[form]).encode()):
        for each in spoiled(data, steps=100):
            stands(IMPORTER, each)


@pytest.mark.parametrize("form", FORMS)
def test_values_of_any_type_stand_anywhere(form: str) -> None:
    for changed in wrong_types(FORMS[form]):
        stands(IMPORTER, json.dumps(changed).encode())


@pytest.mark.parametrize(
    ("action", "seen"),
    [
        ("edit 'a' '" + "\\'\"" * 100_000, "x"),
        ("edit 1:2\n" + "end_of_edit " * 50_000, "x"),
        ("open " + "a" * 300_000, "[File: " * 50_000),
        ("search_dir " + "'" * 100_000, "x"),
        ("ls", "The command " * 50_000),
        ("ls", "(Open file: \n" * 50_000),
        ("str_replace_editor view a " + "--view_range 1 " * 50_000, "1\t" * 50_000),
    ],
)
def test_hostile_texts_take_linear_time(action: str, seen: str) -> None:
    history = [ASKED, {"role": "assistant", "content": "x", "action": action}, {"role": "user", "content": seen}]
    start = time.perf_counter()
    read(trajectory(step(action, seen)))
    read({"history": history})
    assert time.perf_counter() - start < 3


def sample(start: str) -> Any:  # noqa: ANN401 - an ImportedRun
    folder = samples_dir() / "transcripts" / "swe-agent"
    data = next(path for path in sorted(folder.glob("*.traj")) if path.name.startswith(start)).read_bytes()
    assert IMPORTER.sniff(data[: 1 << 16], "x")
    return read_with(IMPORTER, data)[0]


def test_sample_of_a_run_agrees_with_the_index() -> None:
    run = sample("s02")
    steps = {event.source for event in run.events if ":trajectory[" in event.source and event.kind != "end"}
    assert len(steps) == 5
    assert [(edit.path, edit.applied) for edit in of(run, Edit)] == [
        ("/klieret__swe-agent-test-repo/tests/missing_colon.py", True)
    ]
    assert (of(run, End)[0].text, [command.line for command in of(run, Command)]) == (
        "submitted", ["python tests/missing_colon.py"],
    )  # fmt: skip
    diff = (samples_dir() / "transcripts" / "swe-agent" / "s02-v0.x-test-repo-i1.diff").read_text()
    assert (run.info.patch or "").strip("\n") == diff.strip("\n")
    assert len(of(run, Prompt)) == 1


def test_sample_of_a_history_alone() -> None:
    run = sample("s06")
    assert [event.kind for event in run.events if event.kind not in {"message", "context"}] == [
        "prompt", "search", "read", "edit", "command", "tool", "end",
    ]  # fmt: skip
    assert run.unknown == {}
