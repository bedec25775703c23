"""Every recorded run imports with the counts of its index, and every format tells the same story the same way.

Where the index counts differently from us, the log was looked at, and the note beside the number says which is right.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from reviewer.errors import BadTranscriptError
from reviewer.run import timeline
from reviewer.run.event import Command, Context, Edit, End, Error, Message, Plan, Prompt, Read, Tool, Usage
from reviewer.run.importers import IMPORTERS
from reviewer.run.importers.detect import detect
from reviewer.run.importers.form import plain
from reviewer.run.whole_lines import HEAD
from tests.support.formats import FORMATS, PROMPT, RUN, SAID
from tests.support.formats.story import BAD, PATH, document, jsonl
from tests.support.imported import of, read_with
from tests.support.samples import samples_dir

if TYPE_CHECKING:
    from reviewer.run.importers.importer import ImportedRun
    from tests.support.formats import Format

Counts = dict[str, Any]


@dataclass(frozen=True)
class Sample:
    """A recorded run: its importer, and what its index counts (by the names of `counted`)."""

    path: str
    importer: str
    counts: Counts
    end: str = "finished"
    unanswered: str = ""


SAMPLES = (
    Sample("claude-code/e01-ci-test-fix.jsonl", "claude-code", {
        "prompts": 1, "commands": 2, "failed": 1, "tests": 2, "reads": 1, "edits": 2, "files": 1,
        "span": ("2026-01-06T12:38", "2026-01-06T12:40"), "versions": ["2.0.76"],
        "models": ["claude-opus-4-5-20251101"], "exits": {0: 1, 1: 1}}),
    Sample("claude-code/e04-lint-todo.jsonl", "claude-code", {
        "prompts": 1, "commands": 4, "failed": 3, "reads": 8, "edits": 12, "refused": 1, "plans": 7, "files": 2,
        "span": ("2026-01-10T21:16", "2026-01-10T21:24"), "versions": ["2.1.3"],
        "models": ["claude-sonnet-4-5-20250929"]}),
    Sample("claude-code/g01-v1.0.111-fixture.jsonl", "claude-code", {
        "prompts": 1, "commands": 0, "reads": 4, "edits": 3, "interrupts": 1, "plans": 2, "files": 2,
        "span": ("2025-09-11T13:28", "2025-09-11T13:29"), "versions": ["1.0.111"],
        "models": ["claude-sonnet-4-20250514"]}, end="interrupted"),
    Sample("codex/c03-v0.122-aborts-head.jsonl", "codex", {
        # 19 commands left with a code that is not 0; 3 of them are searches that found nothing, which is no failure.
        "prompts": 8, "commands": 132, "nonzero": 19, "failed": 16, "interrupts": 4, "plans": 0,
        # 12 patches are edits of 36 files; the refused one names 5. The index counts names without their folders: 14.
        "edits": 36, "refused": 5, "files": 22,
        "span": ("2026-04-21T13:47", "2026-04-21T17:07"), "versions": ["0.122.0"], "models": ["gpt-5.4"]}),
    Sample("codex/c04-v0.125-windows-plan-patch.jsonl", "codex", {
        # 21 patches are edits of 45 files; the two refused ones name 5. Names without folders: 30.
        "prompts": 7, "commands": 116, "nonzero": 6, "failed": 6, "edits": 45, "refused": 5, "plans": 5, "files": 32,
        "span": ("2026-04-26T19:20", "2026-04-26T21:19"), "versions": ["0.125.0"], "models": ["gpt-5.5"]},
        end="unanswered", unanswered="5 calls"),
    Sample("codex/x04-exec-json-stream.jsonl", "codex", {
        "prompts": 0, "commands": 1, "exits": {0: 1}, "span": (None, None)}),
    Sample("mini-swe-agent/m01-resolved-sqlfluff__sqlfluff-2419.traj.json", "mini-swe-agent", {
        # 8 codes are not 0; of these 2 are searches that found nothing.
        "prompts": 1, "commands": 48, "nonzero": 8, "tests": 2, "calls": 48, "versions": ["2.2.7"]}),
    Sample("mini-swe-agent/m05-unresolved-pylint-dev__astroid-1978.traj.json", "mini-swe-agent", {
        # The index counts every line with "pytest" in it: `pip install pytest` and `find -name "*test*"` are no tests.
        "prompts": 1, "commands": 65, "nonzero": 3, "tests": 3, "calls": 65}),
    Sample("mini-swe-agent/v1-rfc-example.traj.json", "mini-swe-agent", {"prompts": 1, "commands": 3}),
    Sample("swe-agent/s02-v0.x-test-repo-i1.traj", "swe-agent", {
        # Five steps: a search, a file opened, an edit, a command, and what handed in.
        "prompts": 1, "searches": 1, "reads": 1, "edits": 1, "commands": 1, "tools": {"submit": 1}}),
    Sample("swe-agent/s06-history-only.traj", "swe-agent", {
        "prompts": 1, "searches": 1, "reads": 1, "edits": 1, "commands": 1, "tools": {"submit": 1}}),
    Sample("openhands/o01-ponyc-4595.output.jsonl", "openhands", {
        "prompts": 1, "commands": 13, "reads": 6, "edits": 2, "refused": 1, "exits": {0: 8, 127: 3, 2: 2}}),
    Sample("openhands/o12-resolver-issue-1.output.jsonl", "openhands", {
        # The index looked for the code in `metadata`; events of this age have it beside the command.
        "prompts": 1, "commands": 1, "exits": {0: 1}, "tools": {"execute_ipython_cell": 20}}),
    Sample("openhands/v1-sdk-events.jsonl", "openhands", {
        # Two of the three were refused by the terminal tool, which runs one command at a time.
        "prompts": 0, "commands": 3, "not_run": 2, "exits": {None: 2, 1: 1}, "errors": 2}, end="unknown"),
    Sample("gemini-cli/gm01-wrong-file-then-undo.json", "gemini-cli", {
        "prompts": 1, "commands": 6, "reads": 2, "edits": 1, "records": 13, "exits": {0: 6}}),
    Sample("gemini-cli/gm05-jsonl-variant-fixture.jsonl", "gemini-cli", {
        "prompts": 1, "reads": 2, "edits": 2, "records": 7}),
    Sample("aider/a01-multi-session-shell.aider.chat.history.md", "aider", {
        # Of 350 lines in the person's form, 9 are the program's own answers to a question for several files.
        "sessions": 9, "prompt_lines": 341, "commits": 13, "interrupts": 2,
        # 10 that the agent proposed, and one that the person typed with `!`.
        "commands": 11, "exits": {None: 11},
        # 17 are said to be applied, one more file stands among "the other blocks were applied"; the index counts the
        # answer that did not conform twice: for itself, and for its block that did not match.
        "edits": 19, "refused": 1, "errors": 1}),
    Sample("cline/cl03-sdk-session.json", "cline", {"prompts": 0, "commands": 0}),
    Sample("cline/cl03-sdk-session.messages.json", "cline", {
        # One of the six calls reads two files.
        "prompts": 5, "reads": 7, "edits": 4, "commands": 1, "exits": {0: 1}}),
    Sample("copilot/cp01-cli-events-fixture.jsonl", "copilot-cli", {
        "prompts": 1, "edits": 1, "files": 1, "commands": 0, "versions": ["1.0.45"]}, end="unknown"),
    Sample("atif/t2-hello-world-invalid-json.trajectory.json", "atif", {
        "prompts": 1, "commands": 1, "errors": 1, "exits": {None: 1}}),
)  # fmt: skip


def counted(run: ImportedRun) -> Counts:
    """Return what can be counted in a run; what a shell command stands for is not counted once more."""
    commands = of(run, Command)
    edits = [edit for edit in of(run, Edit) if not edit.derived]
    info = run.info
    notes = [context.what for context in of(run, Context)]
    prompts = of(run, Prompt)
    return {
        "prompts": len(prompts),
        "prompt_lines": sum(prompt.text.count("\n") + 1 for prompt in prompts),
        "sessions": notes.count("session"),
        "commits": len(info.commits),
        "records": run.records,
        "commands": len(commands),
        "failed": sum(command.state == "failed" for command in commands),
        "not_run": sum(command.state == "not_run" for command in commands),
        "nonzero": sum(bool(command.exit_code) for command in commands),
        "exits": dict(Counter(command.exit_code for command in commands)),
        "tests": sum(command.command_kind == "test" for command in commands),
        "reads": sum(not read.derived for read in of(run, Read)),
        "searches": sum(event.kind == "search" and not event.derived for event in run.events),
        "edits": len(edits),
        "refused": sum(edit.applied is False for edit in edits),
        "files": len({edit.path for edit in edits if edit.applied}),
        "plans": len(of(run, Plan)),
        "interrupts": notes.count("interrupt"),
        "errors": len(of(run, Error)),
        "tools": dict(Counter(tool.tool for tool in of(run, Tool))),
        "calls": len(of(run, Usage)),
        "span": tuple(time and time[:16] for time in (info.started, info.ended)),
        "versions": info.versions,
        "models": info.models,
    }


def transcript(path: str) -> bytes:
    return (samples_dir() / "transcripts" / path).read_bytes()


@cache
def imported(path: str) -> tuple[ImportedRun, dict[int, bytes]]:
    data = transcript(path)
    return read_with(detect(data), data)


def sniffing(data: bytes) -> list[str]:
    """Return the importers that say that a log is theirs."""
    head = plain(data[:HEAD])
    return [importer.name for importer in IMPORTERS if importer.sniff(head, "log")]


_EACH = pytest.mark.parametrize("sample", SAMPLES, ids=[sample.path for sample in SAMPLES])
_STORIES = pytest.mark.parametrize("told", FORMATS.values(), ids=list(FORMATS))


class TestSamples:
    @_EACH
    def test_the_counts_agree_with_the_index(self, sample: Sample) -> None:
        run, _ = imported(sample.path)
        found = counted(run)
        assert {name: found[name] for name in sample.counts} == sample.counts
        end = of(run, End)[0]
        assert (end.reason, sample.unanswered in end.text) == (sample.end, True)

    @_EACH
    def test_each_is_known_by_one_importer_and_no_record_is_left_over(self, sample: Sample) -> None:
        assert sniffing(transcript(sample.path)) == [sample.importer]
        run, outputs = imported(sample.path)
        assert (run.unknown, run.torn) == ({}, 0)
        assert timeline.parse(timeline.dump(run.events)) == tuple(run.events)
        assert outputs.keys() == {command.n for command in of(run, Command) if command.log}

    @_EACH
    def test_each_event_says_where_it_stands(self, sample: Sample) -> None:
        data = transcript(sample.path)
        run, _ = imported(sample.path)
        for event in run.events:
            name, _, place = event.source.partition(":")
            assert name == "sessions/1.jsonl"
            assert stands_in(data, place), event.source

    def test_all_are_looked_at_and_nothing_else_is_a_log(self) -> None:
        known = {sample.path for sample in SAMPLES}
        folder = samples_dir() / "transcripts"
        for path in sorted(folder.rglob("*")):
            if path.is_file() and str(path.relative_to(folder)) not in known:
                assert sniffing(path.read_bytes()) == [], path


RECORDED = {
    # Path: commands without a time, outputs that the agent cut; answers with tokens, with a price, that say that
    # nothing came from the cache, and that say nothing of it.
    "claude-code/e04-lint-todo.jsonl": (0, 0, 33, 0, 1, 0),
    "codex/c03-v0.122-aborts-head.jsonl": (0, 19, 81, 0, 0, 0),
    "codex/x04-exec-json-stream.jsonl": (1, 0, 1, 0, 0, 0),
    "mini-swe-agent/m01-resolved-sqlfluff__sqlfluff-2419.traj.json": (1, 0, 48, 48, 0, 0),
    "swe-agent/s06-history-only.traj": (1, 0, 0, 0, 0, 0),
    "openhands/o01-ponyc-4595.output.jsonl": (0, 0, 23, 23, 23, 0),
    "openhands/o12-resolver-issue-1.output.jsonl": (1, 0, 0, 1, 0, 1),
    "gemini-cli/gm01-wrong-file-then-undo.json": (1, 0, 11, 0, 1, 0),
    "gemini-cli/gm05-jsonl-variant-fixture.jsonl": (0, 0, 0, 0, 0, 0),
    "aider/a01-multi-session-shell.aider.chat.history.md": (11, 0, 39, 39, 0, 39),
    "cline/cl03-sdk-session.messages.json": (1, 0, 16, 16, 2, 0),
    "atif/t2-hello-world-invalid-json.trajectory.json": (1, 0, 4, 4, 0, 4),
}


@pytest.mark.parametrize("path", RECORDED)
def test_nothing_not_recorded_and_lost_stay_apart(path: str) -> None:
    run, _ = imported(path)
    commands, used = of(run, Command), of(run, Usage)
    assert (
        sum(command.seconds is None for command in commands),
        sum(command.log_cut for command in commands),
        sum(answer.input_tokens is not None for answer in used),
        sum(answer.usd is not None for answer in used),
        sum(answer.cache_read_tokens == 0 for answer in used),
        sum(answer.cache_read_tokens is None for answer in used),
    ) == RECORDED[path]


def stands_in(data: bytes, place: str) -> bool:
    """Return whether a place names a line of a log, a part of a document, or both; "" is the whole of it."""
    line = re.match(r"(\d+)(?::|\Z)", place)
    if line is not None:
        number, place = int(line.group(1)), place[line.end() :]
        lines = data.split(b"\n")
        if not 1 <= number <= len(lines) or not place:
            return 1 <= number <= len(lines)
        data = lines[number - 1]
    if not place:
        return True
    part = re.fullmatch(r"([^\[]*)(?:\[(\d+)\])?", place)
    assert part is not None, place
    value = json.loads(data)
    value = value[part.group(1)] if part.group(1) else value
    return part.group(2) is None or int(part.group(2)) < len(value)


class TestOneStoryInAllForms:
    @_STORIES
    def test_what_was_asked_done_and_said(self, told: Format) -> None:
        run, outputs = read_with(detect(told.data), told.data)
        assert run.unknown == {}
        assert [prompt.text for prompt in of(run, Prompt)] == ([PROMPT] if told.asked else [])
        assert SAID in of(run, Message)[-1].text
        assert [read.path for read in of(run, Read)] == [told.read]
        edits = of(run, Edit)
        assert [(edit.path, edit.applied) for edit in edits if edit.applied is not False] == [(PATH, told.applied)]
        assert sum(edit.applied is False for edit in edits) == told.refused
        assert {edit.derived for edit in edits} == {told.by_shell}
        tests = [command for command in of(run, Command) if command.line == RUN]
        assert tuple(command.exit_code for command in tests) == told.codes
        assert tuple(command.state for command in tests) == told.states
        assert {command.command_kind for command in tests} == {"test"}
        assert (BAD.encode() in outputs.get(tests[0].n, b"")) == told.outputs
        assert of(run, End)[0].reason == told.end
        assert any(event.time for event in run.events) == told.timed

    @_STORIES
    def test_only_its_importer_knows_it(self, told: Format) -> None:
        assert sniffing(told.data) == [told.importer]

    @_STORIES
    def test_what_is_not_recorded_is_not_nothing(self, told: Format) -> None:
        run, _ = read_with(detect(told.data), told.data)
        for command in of(run, Command):
            assert (command.seconds is None) == (command.seconds_from is None)
            assert command.tests is None or command.tests
            assert (command.log is None) <= (not command.log_cut)
        for used in of(run, Usage):
            tokens = (used.input_tokens, used.output_tokens, used.cache_read_tokens, used.usd)
            assert any(amount is not None for amount in tokens)


_OTHERS = {
    "nothing": b"",
    "text": b"Fix the total, please.\n",
    "markdown": b"# A session\n\n#### A heading\n\n> a quotation\n\n```json\n{}\n```\n",
    "a report that quotes logs": b"# Report\n\n" + b"".join(
        b"It said:\n\n" + told.data[:300].split(b"\n")[0] + b"\n\n" for told in FORMATS.values()
    ),
    "an object": document({"name": "shop", "version": "1.0", "messages": "none", "history": 5}),
    "numbers": b"[1, 2, 3]",
    "objects": document([{"id": 1, "name": "a"}, {"id": 2, "name": "b"}]),
    "lines": jsonl({"id": 1, "text": "a"}, {"type": "event", "data": {}}, {"kind": "x"}, {"timestamp": "now"}),
    "requests": jsonl(*({"role": "user", "content": "Hi."} for _ in range(3))),
    "a package": document({"name": "a", "scripts": {"test": "jest"}, "steps": []}),
    "another exchange format": document({"schema_version": "2.0", "steps": [], "agent": "a"}),
    "csv": b"type,uuid,sessionId\nuser,a,b\n",
    "numbers a line": b"1\n2\n3\n",
    "binary": bytes(range(256)) * 40,
    "an archive": b"PK\x03\x04" + b"\0" * 400,
    "a database": b"SQLite format 3\0" + b"\0" * 400,
    "wide": "type,uuid".encode("utf-16"),
    "braces": b"{" * 5_000,
    "brackets": b"[" * 5_000,
}  # fmt: skip


@pytest.mark.parametrize("name", _OTHERS)
def test_nobody_takes_another_file_for_a_log(name: str) -> None:
    assert sniffing(_OTHERS[name]) == []
    with pytest.raises(BadTranscriptError):
        detect(_OTHERS[name])


@_STORIES
def test_a_log_is_known_in_any_encoding(told: Format) -> None:
    text = told.data.decode()
    wide = (text.encode("utf-16"), text.encode("utf-16-le"), text.encode("utf-16-be"))
    for encoded in (*wide, b"\xef\xbb\xbf" + told.data, text.replace("\n", "\r\n").encode()):
        assert sniffing(encoded) == [told.importer]
        run, _ = read_with(detect(encoded), encoded)
        assert [prompt.text for prompt in of(run, Prompt)] == ([PROMPT] if told.asked else [])
        assert run.unknown == {}
