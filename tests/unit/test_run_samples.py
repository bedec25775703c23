"""The recorded sessions: what we count agrees with the index that came with them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from reviewer.run import timeline
from reviewer.run.derive import derive
from reviewer.run.event import Command, Context, Edit, End, Plan, Prompt, Read
from reviewer.run.importers.detect import detect
from reviewer.run.redact import Redactor
from tests.support.samples import claude_code_sample, claude_code_samples
from tests.support.session_log import of_type, read_log

if TYPE_CHECKING:
    from reviewer.run.importers.importer import ImportedRun


@dataclass(frozen=True)
class Row:
    """One row of the index."""

    name: str
    prompt: str
    files: tuple[str, ...]
    span: tuple[str, str]
    version: str
    model: str
    prompts: int = 1
    commands: int = 0
    failed: int = 0
    reads: int = 0
    edits: int = 0
    refused: int = 0
    plans: int = 0
    interrupts: int = 0
    end: str = "finished"


INDEX = (
    Row(
        name="e01",
        prompt='"mise run test:ci" is failing, can you take a look?',
        files=("setup_cmd_test.go",),
        span=("2026-01-06T12:38", "2026-01-06T12:40"),
        version="2.0.76",
        model="claude-opus-4-5-20251101",
        commands=2,
        failed=1,
        reads=1,
        edits=2,
    ),
    Row(
        name="e04",
        prompt="mise run lint is showing errors, can you take a look?",
        files=("hooks_opencode_handlers.go", "hooks_opencode_transcript.go"),
        span=("2026-01-10T21:16", "2026-01-10T21:24"),
        version="2.1.3",
        model="claude-sonnet-4-5-20250929",
        commands=4,
        failed=3,
        reads=8,
        edits=12,
        refused=1,
        plans=7,
    ),
    Row(
        name="g01",
        prompt="Make the colors green and yellow",
        files=("HistoryLog.tsx", "globals.css"),
        span=("2025-09-11T13:28", "2025-09-11T13:29"),
        version="1.0.111",
        model="claude-sonnet-4-20250514",
        reads=4,
        edits=3,
        plans=2,
        interrupts=1,
        end="interrupted",
    ),
)


def load(name: str) -> ImportedRun:
    return read_log(claude_code_sample(name).read_bytes())


@pytest.mark.parametrize("row", INDEX, ids=[row.name for row in INDEX])
def test_counts_agree_with_the_index(row: Row) -> None:
    run = load(row.name)
    commands, edits = of_type(run, Command), of_type(run, Edit)
    assert len(of_type(run, Prompt)) == row.prompts
    assert of_type(run, Prompt)[0].text == row.prompt
    assert len(commands) == row.commands
    assert sum(command.state == "failed" for command in commands) == row.failed
    assert len(of_type(run, Read)) == row.reads
    assert len(edits) == row.edits
    assert sum(edit.applied is False for edit in edits) == row.refused
    assert len(of_type(run, Plan)) == row.plans
    assert sum(context.what == "interrupt" for context in of_type(run, Context)) == row.interrupts
    assert tuple(sorted({edit.path.rsplit("/", 1)[-1] for edit in edits if edit.applied})) == row.files
    assert ((run.info.started or "")[:16], (run.info.ended or "")[:16]) == row.span
    assert (run.info.versions, run.info.models) == ([row.version], [row.model])
    assert of_type(run, End)[0].reason == row.end


@pytest.mark.parametrize("row", INDEX, ids=[row.name for row in INDEX])
def test_nothing_is_lost(row: Row) -> None:
    data = claude_code_sample(row.name).read_bytes()
    run = load(row.name)
    assert run.records == len([line for line in data.split(b"\n") if line])
    assert (run.unknown, run.torn, run.repeated) == ({}, 0, 0)
    assert timeline.parse(timeline.dump(run.events)) == tuple(run.events)
    assert detect(data).name == "claude-code"


def test_the_failed_test_run_was_tried_again_after_its_test_was_changed() -> None:
    path = "cmd/entire/cli/integration_test/setup_cmd_test.go"
    run = load("e01")
    facts = derive(run.events, [path], info=run.info)
    (retry,) = facts.retry
    assert (retry["command"], retry["outcome"], retry["what_changed_between"]) == ([1, 2], "changed_test", [path])
    assert [row["retry_of"] for row in facts.command] == [None, 1]
    assert facts.edited == {path}
    assert facts.read_before_edit == {path: True}
    assert [(row["text"], row["evidence"]) for row in facts.claim] == [("Tests pass now.", 2)]


def test_the_lint_command_failed_three_times_and_passed() -> None:
    run = load("e04")
    paths = [f"cmd/entire/cli/hooks_opencode_{name}.go" for name in ("handlers", "transcript")]
    facts = derive(run.events, paths, info=run.info)
    assert [(row["command"], row["outcome"]) for row in facts.retry if row["command"]] == [([1, 2, 3, 4], "fixed")]
    assert [row["kind"] for row in facts.command] == ["lint"] * 4
    assert facts.edited == set(paths)
    assert [row["evidence"] for row in facts.claim] == [4]
    assert all(step["status"] == "completed" for step in facts.plan.values["steps"])


def test_the_samples_hold_no_secrets_and_none_is_seen_in_them() -> None:
    redactor = Redactor()
    for path in claude_code_samples():
        data = path.read_bytes()
        assert redactor.json_lines(data, path.name) is data
    assert redactor.counts == {}
