"""mini-SWE-agent: trajectories of both versions, bare lists, and what a person put in between."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from reviewer.errors import BadTranscriptError
from reviewer.run.event import Command, Context, Denial, Edit, End, Error, Message, Prompt, Thought, Usage
from reviewer.run.importers.mini_swe_agent import MiniSweAgent
from tests.support.imported import of, read_with, spoiled, stands, wrong_types
from tests.support.samples import samples_dir

IMPORTER = MiniSweAgent()
Record = dict[str, Any]
START = 1_775_715_300.0
SUBMIT = "echo COMPLETE_TASK_AND_SUBMIT_FINAL_OUTPUT && cat patch.txt"
DIFF = "diff --git a/a.py b/a.py\n--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-x\n+y\n"
TASK = "<pr_description>\nFix the total.\n</pr_description>\n\n<instructions>\nUse bash.\n</instructions>"


def say(said: str, *lines: str, at: float = 0.0, cost: float | None = 0.001, **more: Any) -> Record:  # noqa: ANN401
    """Return an answer of the model, with the commands that it calls for."""
    used = {"prompt_tokens": 100, "completion_tokens": 7, "prompt_tokens_details": {"cached_tokens": 60}}
    extra: Record = {
        "actions": [{"command": line, "tool_call_id": f"c{at}{place}"} for place, line in enumerate(lines)],
        "response": {"model": "some-model", "usage": used, "created": int(START + at)},
        "timestamp": START + at,
    }
    if cost is not None:
        extra["cost"] = cost
    return {"role": "assistant", "content": said, "extra": extra, **more}


def saw(answer: Record, code: int, output: str, at: float, place: int = 0, *, trouble: str = "") -> Record:
    """Return the observation of a command."""
    extra = {"raw_output": output, "returncode": code, "timestamp": START + at, "exception_info": trouble}
    said = f"<returncode>{code}</returncode>\n<output>\n{output}</output>"
    identity = answer["extra"]["actions"][place]["tool_call_id"]
    return {"role": "tool", "content": said, "extra": extra, "tool_call_id": identity}


def leave(status: str, submission: str = "", **extra: Any) -> Record:  # noqa: ANN401 - any field
    return {
        "role": "exit",
        "content": submission or status,
        "extra": {"exit_status": status, "submission": submission, **extra},
    }


def document(
    *messages: Record,
    status: str = "Submitted",
    submission: str = "",
    cost: float = 0.5,
    **model: Any,  # noqa: ANN401 - any setting
) -> Record:
    config = {
        "agent": {"mode": "confirm", "whitelist_actions": ["ls.*"]},
        "agent_type": "minisweagent.agents.interactive.InteractiveAgent",
        "model": {"model_name": "vendor/some-model", **model},
        "environment": {"cwd": "/testbed", "image": "docker.io/x:latest", "timeout": 60},
        "environment_type": "minisweagent.environments.docker.DockerEnvironment",
    }
    info = {
        "model_stats": {"instance_cost": cost, "api_calls": 2},
        "config": config,
        "mini_version": "2.2.7",
        "exit_status": status,
        "submission": submission,
    }
    head: list[Record] = [{"role": "system", "content": "You are."}, {"role": "user", "content": TASK}]
    return {
        "info": info,
        "messages": [*head, *messages],
        "trajectory_format": "mini-swe-agent-1.1",
        "instance_id": "a__b-1",
    }


def encoded(value: object) -> bytes:
    return json.dumps(value, indent=1).encode()


def read(value: object) -> Any:  # noqa: ANN401 - an ImportedRun
    return read_with(IMPORTER, encoded(value))[0]


def outputs(value: object) -> dict[int, bytes]:
    return read_with(IMPORTER, encoded(value))[1]


def full() -> Record:
    """A run of version 2 with something of everything."""
    first = say("I look.", "cat a.py", at=1)
    second = say("", "pytest -q", "grep x a.py", at=4, reasoning_content="Hm.")
    last = say("Done.", SUBMIT, at=9)
    return document(
        first, saw(first, 0, "x\n", 1.5),
        second, saw(second, 1, "1 failed in 0.1s\n", 8, 0), saw(second, 1, "", 8, 1),
        {"role": "user", "content": "No tool calls found.", "extra": {"interrupt_type": "FormatError", "cost": 0.002,
            "response": {"choices": [{"message": {"content": "I forgot."}}], "usage": {"prompt_tokens": 5}}}},
        last, leave("Submitted", DIFF),
        submission=DIFF,
    )  # fmt: skip


class TestSecondVersion:
    def test_a_run_with_codes_times_outputs_and_the_patch(self) -> None:
        run = read(full())
        assert [(prompt.text, prompt.turn) for prompt in of(run, Prompt)] == [(TASK, 1)]
        commands = of(run, Command)
        assert [(command.line, command.exit_code, command.state) for command in commands] == [
            ("cat a.py", 0, "passed"),
            ("pytest -q", 1, "failed"),
            ("grep x a.py", 1, "passed"),
            (SUBMIT, None, "unknown"),
        ]
        assert {command.cwd for command in commands} == {"/testbed"}
        # The outputs of several commands come together: how long one took is not recorded.
        assert [(command.seconds, command.seconds_from) for command in commands] == [
            (0.5, "timestamps"), (None, None), (None, None), (None, None),
        ]  # fmt: skip
        assert outputs(full()) == {1: b"x\n", 2: b"1 failed in 0.1s\n", 4: DIFF.encode()}
        assert run.info.patch == DIFF
        assert [message.text for message in of(run, Message)] == ["I look.", "I forgot.", "Done."]
        assert [thought.text for thought in of(run, Thought)] == ["Hm."]
        assert (of(run, End)[0].reason, of(run, End)[0].text, run.unknown) == ("finished", "Submitted", {})

    def test_what_is_known_of_the_session(self) -> None:
        info = read(full()).info
        assert (info.versions, info.models, info.cwds, info.title) == (
            ["2.2.7"],
            ["vendor/some-model"],
            ["/testbed"],
            "a__b-1",
        )
        assert (info.sandbox, info.approval, info.allowed_commands) == (
            "DockerEnvironment docker.io/x:latest", "confirm", ["ls.*"],
        )  # fmt: skip
        assert (info.started, info.ended) == ("2026-04-09T06:15:01.000Z", "2026-04-09T06:15:09.000Z")

    def test_the_settings_can_stand_behind_the_messages(self) -> None:
        value = full()
        turned = {key: value[key] for key in ("trajectory_format", "messages", "info")}
        run = read(turned)
        assert {command.cwd for command in of(run, Command)} == {"/testbed"}
        assert {use.model for use in of(run, Usage)} == {"vendor/some-model"}

    def test_an_answer_that_held_no_action_is_an_error_with_its_cost(self) -> None:
        run = read(full())
        assert [(error.where, error.text) for error in of(run, Error)] == [("agent", "No tool calls found.")]
        assert [use.usd for use in of(run, Usage)] == [0.001, 0.001, 0.002, 0.001]

    def test_a_command_that_ran_too_long_and_one_that_was_not_run(self) -> None:
        answer = say("", "sleep 99", "ls", at=1)
        late = "An error occurred while executing the command: Command 'sleep 99' timed out after 60 seconds"
        run = read(
            document(
                answer,
                saw(answer, -1, "part", 62, 0, trouble=late),
                saw(answer, -1, "", 62, 1, trouble="action was not executed"),
            )
        )
        assert [(command.state, command.exit_code) for command in of(run, Command)] == [
            ("cancelled", None),
            ("not_run", None),
        ]

    def test_outputs_are_tied_by_id(self) -> None:
        answer = say("", "a", "b", at=1)
        run = read(document(answer, saw(answer, 2, "b", 2, 1), saw(answer, 0, "a", 2, 0)))
        assert [(command.line, command.exit_code) for command in of(run, Command)] == [("a", 0), ("b", 2)]

    def test_answers_in_the_form_of_responses(self) -> None:
        answer = {
            "object": "response",
            "output": [
                {"type": "reasoning", "summary": [{"type": "summary_text", "text": "Hm."}]},
                {"type": "message", "content": [{"type": "output_text", "text": "I look."}]},
                {"type": "function_call", "name": "bash", "arguments": '{"command": "ls"}', "call_id": "f1"},
            ],
            "extra": {"timestamp": START, "response": {"usage": {"input_tokens": 9, "output_tokens": 1}}},
        }
        seen = {"type": "function_call_output", "call_id": "f1", "output": "<returncode>3</returncode>",
                "extra": {"returncode": 3, "raw_output": "no\n", "timestamp": START + 1}}  # fmt: skip
        run = read(document(answer, seen))
        assert [(command.line, command.exit_code) for command in of(run, Command)] == [("ls", 3)]
        assert ([message.text for message in of(run, Message)], len(of(run, Thought))) == (["I look."], 1)
        assert [(use.input_tokens, use.output_tokens) for use in of(run, Usage)][:1] == [(9, 1)]

    @pytest.mark.parametrize(
        ("status", "reason"),
        [
            ("Submitted", "finished"),
            ("LimitsExceeded", "limit"),
            ("TimeExceeded", "limit"),
            ("RepeatedFormatError", "error"),
            ("KeyboardInterrupt", "interrupted"),
            ("RateLimitError", "error"),
            ("", "unanswered"),
        ],
    )
    def test_how_it_ended(self, status: str, reason: str) -> None:
        run = read(document(say("", "ls", at=1), status=status))
        assert of(run, End)[0].reason == reason


class TestCost:
    def test_what_was_not_recorded_and_what_was_nothing_stay_apart(self) -> None:
        free = say("", "ls", at=1, cost=0.0)
        assert [use.usd for use in of(read(document(free)), Usage)] == [0.0]
        silent = say("", "ls", at=1, cost=None)
        assert [use.usd for use in of(read(document(silent, cost=0.25)), Usage)] == [None, 0.25]
        assert [use.usd for use in of(read(document(silent, cost=0.0)), Usage)] == [None, 0.0]
        guess = document(silent, cost=0.0, cost_tracking="ignore_errors")
        assert [use.usd for use in of(read(guess), Usage)] == [None]

    def test_input_from_the_cache_is_counted_apart(self) -> None:
        (use,) = of(read(document(say("", "ls", at=1))), Usage)
        assert (use.input_tokens, use.cache_read_tokens, use.output_tokens) == (40, 60, 7)


def put_in(said: str, kind: str) -> Record:
    return {"role": "user", "content": said, "extra": {"interrupt_type": kind}}


class TestPerson:
    def test_a_refusal_with_words(self) -> None:
        answer = say("I push.", "git push", at=1)
        said = "Commands not executed. The user rejected your commands with the following message: not yet"
        run = read(document(answer, saw(answer, -1, "", 2, 0, trouble="action was not executed"),
                            put_in(said, "UserRejection")))  # fmt: skip
        assert [command.state for command in of(run, Command)] == ["denied"]
        assert [denial.what for denial in of(run, Denial)] == ["git push"]
        assert [(prompt.via, prompt.text) for prompt in of(run, Prompt)][1:] == [("denial", "not yet")]

    def test_an_interrupt_a_new_task_and_a_typed_command(self) -> None:
        typed = {
            "role": "user",
            "content": "User command: \n```bash\nls\n```",
            "extra": {"actions": [{"command": "ls"}]},
        }
        seen = {
            "role": "user",
            "content": "<returncode>0</returncode>",
            "extra": {"returncode": 0, "raw_output": "a\n"},
        }
        run = read(document(
            put_in("Interrupted by user: look at b.py", "UserInterruption"),
            {"role": "user", "content": "Interrupted by user: Temporary interruption caught.", "extra": {}},
            typed, seen,
            put_in("The user added a new task: and c.py", "UserNewTask"),
        ))  # fmt: skip
        assert [(prompt.via, prompt.text) for prompt in of(run, Prompt)][1:] == [
            ("prompt", "look at b.py"),
            ("command", "ls"),
            ("prompt", "and c.py"),
        ]
        assert [context.what for context in of(run, Context)].count("interrupt") == 2
        (command,) = of(run, Command)
        assert (command.exit_code, command.description) == (0, "typed by the person")


def first_version() -> list[Record]:
    """The messages of a run of version 1: actions are blocks in the text, and codes stand in the observation."""

    def seen(said: object) -> Record:
        return {"role": "user", "content": said}

    def answered(said: str) -> Record:
        return {"role": "assistant", "content": said}

    return [
        {"role": "system", "content": "You are."},
        {"role": "user", "content": [{"type": "text", "text": "Please solve this issue: x"}]},
        answered("THOUGHT: I look.\n\n```bash\ncat a.py\n```"),
        seen([{"type": "text", "text": "<returncode>0</returncode>\n<output>\nx\n</output>"}]),
        answered("THOUGHT: two.\n```bash\na\n```\n```bash\nb\n```"),
        seen("Please always provide EXACTLY ONE action in triple backticks, found 2 actions."),
        answered("```mswea_bash_command\nseq 9999\n```"),
        seen("<returncode>2</returncode>\n<warning>\nlong\n</warning>\n<output_head>\n1\n</output_head>\n<elided_chars>\n9\n"
             "</elided_chars>\n<output_tail>\n9999\n</output_tail>"),
        answered("```bash\nsleep 99\n```"),
        seen("The last command <command>sleep 99</command> timed out and has been killed.\n"
             "The output of the command was:\n <output>\nz\n</output>"),
        answered("```bash\necho COMPLETE_TASK_AND_SUBMIT_FINAL_OUTPUT\n```"),
        seen(""),
    ]  # fmt: skip


class TestFirstVersion:
    @pytest.mark.parametrize("bare", [True, False])
    def test_actions_and_codes_in_the_text(self, *, bare: bool) -> None:
        messages = first_version()
        value = (
            messages
            if bare
            else {"info": document()["info"], "messages": messages, "trajectory_format": "mini-swe-agent-1"}
        )
        assert IMPORTER.sniff(encoded(value), "x")
        run = read(value)
        assert [(command.line, command.exit_code, command.state, command.log_cut) for command in of(run, Command)] == [
            ("cat a.py", 0, "passed", False),
            ("seq 9999", 2, "failed", True),
            ("sleep 99", None, "cancelled", False),
            ("echo COMPLETE_TASK_AND_SUBMIT_FINAL_OUTPUT", None, "unknown", False),
        ]
        assert [prompt.text for prompt in of(run, Prompt)] == ["Please solve this issue: x"]
        assert [message.text for message in of(run, Message)] == ["THOUGHT: I look.", "THOUGHT: two."]
        assert len(of(run, Error)) == 1
        assert of(run, End)[0].reason == "finished"
        assert outputs(value)[1] == b"x\n"

    def test_a_list_that_says_no_end(self) -> None:
        run = read(first_version()[:3])
        assert (of(run, End)[0].reason, of(run, Command)[0].state) == ("unanswered", "not_run")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b'[{"role":"user","content":"hello"}]',
        b'{"info":{"id":"ses_1"},"messages":[{"info":{"role":"user"},"parts":[]}]}',
        b'{"messages":[{"role":"user","content":[{"type":"text","text":"x"}]}]}',
        b'{"role":"user","content":"<returncode>"}\n{"role":"user"}\n',
        b'{"schema_version":"ATIF-v1.5","steps":[{"source":"user","message":"x"}]}',
    ],
)
def test_what_is_not_ours(data: bytes) -> None:
    assert not IMPORTER.sniff(data, "a.traj.json")


def test_settings_longer_than_what_is_looked_at() -> None:
    value = document()
    value["info"]["config"]["agent"]["system_template"] = "x" * 100_000
    value["info"] = {"mini_version": "2.2.7", **value["info"]}
    assert IMPORTER.sniff(encoded(value)[: 1 << 16], "x")


def test_an_empty_file_is_refused_in_a_sentence() -> None:
    with pytest.raises(BadTranscriptError, match=r"^sessions/1\.jsonl is empty: a trajectory was expected\.$"):
        read_with(IMPORTER, b" ")


@pytest.mark.parametrize("value", [full(), first_version()], ids=["second", "first"])
def test_any_spoiled_file_gives_a_run_or_a_sentence(value: object) -> None:
    for data in (encoded(value), json.dumps(value).encode()):
        for each in spoiled(data, steps=100):
            stands(IMPORTER, each)


@pytest.mark.parametrize("value", [full(), first_version()], ids=["second", "first"])
def test_values_of_any_type_stand_anywhere(value: object) -> None:
    for changed in wrong_types(value):
        stands(IMPORTER, json.dumps(changed).encode())


@pytest.mark.parametrize(
    "said",
    [
        "<returncode>0</returncode>" + "<output>" * 100_000,
        "<returncode>0</returncode>" + "<output_head>" * 100_000,
        "<exception>" * 100_000,
        "The last command " + "timed" * 100_000 + " timed out",
        "```bash\n" * 100_000,
    ],
)
def test_hostile_texts_take_linear_time(said: str) -> None:
    messages = [*first_version()[:3], {"role": "user", "content": said}, {"role": "assistant", "content": said}]
    start = time.perf_counter()
    read(messages)
    assert time.perf_counter() - start < 2


def test_an_answer_with_very_many_actions_takes_linear_time() -> None:
    answer = say("", *(["ls"] * 30_000), at=1)
    seen = [saw(answer, 0, "a", 2, place) for place in range(30_000)]
    start = time.perf_counter()
    assert len(of(read(document(answer, *seen)), Command)) == 30_000
    assert time.perf_counter() - start < 15


def sample(start: str) -> Any:  # noqa: ANN401 - an ImportedRun
    folder = samples_dir() / "transcripts" / "mini-swe-agent"
    path = next(path for path in sorted(folder.glob("*.traj.json")) if path.name.startswith(start))
    data = path.read_bytes()
    assert IMPORTER.sniff(data[: 1 << 16], path.name)
    return read_with(IMPORTER, data)[0]


@pytest.mark.parametrize(("start", "commands", "nonzero", "tests"), [("m01", 48, 8, 2), ("m05", 65, 3, 3)])
def test_samples_agree_with_the_index(start: str, commands: int, nonzero: int, tests: int) -> None:
    run = sample(start)
    ran = of(run, Command)
    assert (len(of(run, Prompt)), len(ran), len(of(run, Usage))) == (1, commands, commands)
    assert sum(command.exit_code not in {0, None} for command in ran) == nonzero
    # The index counts 5 in the second: one of them installs a test runner, and one shows a file of tests.
    assert sum("-m pytest" in command.line and command.command_kind == "test" for command in ran) == tests
    assert all(edit.derived for edit in of(run, Edit))
    assert (of(run, End)[0].reason, run.unknown, run.info.versions) == ("finished", {}, ["2.2.7"])
    diffs = (samples_dir() / "transcripts" / "mini-swe-agent").glob(f"{start}-*.diff")
    handed_in = (run.info.patch or "").rstrip("\n")
    assert handed_in in [path.read_text().rstrip("\n") for path in diffs if "mangled" not in path.name]


def test_sample_of_the_first_version_agrees_with_the_index() -> None:
    run = sample("v1")
    assert [(command.exit_code, command.state) for command in of(run, Command)] == [
        (0, "passed"), (0, "passed"), (None, "unknown"),
    ]  # fmt: skip
    assert [use.usd for use in of(run, Usage)][-1] == pytest.approx(0.010521)
    assert (run.info.versions, of(run, End)[0].text) == (["1.13.4"], "Submitted")
