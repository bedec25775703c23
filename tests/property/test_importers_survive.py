"""Whatever happens to a log of any format, it gives a run that can be written down or one sentence, and in time.

Each format's small log and the recorded runs are spoiled by chance; `HYPOTHESIS_PROFILE=search` looks on and on.
"""

from __future__ import annotations

import json
from functools import cache
from random import Random
from time import process_time
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer.errors import BadTranscriptError, ReviewerError
from reviewer.run import timeline
from reviewer.run.derive import derive
from reviewer.run.event import Command, End
from reviewer.run.importers.detect import detect
from reviewer.run.importers.spool import OutputSpool
from reviewer.run.redact import Redactor
from reviewer.workflow.pack import PackRequest, pack
from tests.support.formats import FORMATS
from tests.support.formats.story import BAD, FOLDER, NEW, PROMPT, RUN, SAID
from tests.support.imported import of, read_with, source
from tests.support.repositories import ScriptedRepository
from tests.support.samples import samples_dir
from tests.support.spoiling import WAYS, spoil

if TYPE_CHECKING:
    from pathlib import Path

    from reviewer.run.event import Event
    from reviewer.run.importers.importer import Importer

MOST = 20
"""A spoiled log may take so many times what the log takes as it was."""
LEAST = 0.25
"""Shorter times tell nothing, in seconds of the processor."""
WHOLE = 40_000
"""Of a longer sample a stretch of lines is spoiled, in bytes."""
LISTS = ("messages", "steps", "trajectory", "history", "requests")

_STORIES = pytest.mark.parametrize("name", FORMATS)
_CASES = settings(max_examples=250)


@cache
def samples() -> dict[str, bytes]:
    folder = samples_dir() / "transcripts"
    found = {}
    for path in sorted(folder.glob("*/*")):
        try:
            detect(path)
        except BadTranscriptError:
            continue
        found[path.name] = path.read_bytes()
    return found


def survives(importer: Importer, data: bytes, *, follows: bool = True) -> float:
    """Import, write down and read again, and derive; return how long the import took."""
    start = process_time()
    try:
        with OutputSpool() as spool:
            run = importer.read(source(data, through=_masked), spool)
            outputs = spool.numbers()
    except ReviewerError as error:
        is_one_sentence(error)
        return process_time() - start
    taken = process_time() - start
    assert isinstance(run.events[-1], End)
    assert [event.seq for event in run.events] == list(range(1, len(run.events) + 1))
    assert timeline.parse(timeline.dump(run.events)) == tuple(run.events)
    commands = of(run, Command)
    assert [command.n for command in commands] == list(range(1, len(commands) + 1))
    assert set(outputs) == {command.n for command in commands if command.log}
    if follows:
        derive(run.events, ["total.py", "src/app.ts"], FOLDER, run.info)
    return taken


def is_one_sentence(error: ReviewerError) -> None:
    assert error.sentence.endswith(".")
    assert "\n" not in error.sentence


def _masked(block: bytes) -> bytes:
    return Redactor().json_lines(block, "log")


class TestSpoiled:
    @_CASES
    @given(st.sampled_from(sorted(FORMATS)), st.integers(0, 2**32), st.integers(1, 4))
    def test_any_format(self, name: str, seed: int, times: int) -> None:
        told = FORMATS[name].data
        importer = detect(told)
        usual = survives(importer, told, follows=False)
        data, ways = spoil(told, Random(seed), times)  # noqa: S311 - which way
        taken = survives(importer, data)
        assert taken < max(LEAST, MOST * usual * max(1, len(data) / len(told))), ways

    @pytest.mark.parametrize("way", WAYS)
    @settings(max_examples=25)
    @given(name=st.sampled_from(sorted(FORMATS)), seed=st.integers(0, 2**32))
    def test_any_way(self, way: str, name: str, seed: int) -> None:
        told = FORMATS[name].data
        data = WAYS[way](told, Random(seed))  # noqa: S311 - which place
        survives(detect(told), data, follows=False)
        try:
            other = detect(data[: 1 << 16])
        except BadTranscriptError:
            return
        survives(other, data, follows=False)

    @settings(max_examples=60)
    @given(st.integers(0, 2**32), st.integers(1, 3))
    def test_any_sample(self, seed: int, times: int) -> None:
        choose = Random(seed)  # noqa: S311 - which sample
        name = choose.choice(sorted(samples()))
        data = samples()[name]
        importer = detect(data[: 1 << 16])
        lines = data.split(b"\n")
        if len(data) > WHOLE and len(lines) > 20:
            start = choose.randrange(len(lines))
            data = b"\n".join([*lines[:2], *lines[start : start + 30]])
        data, _ = spoil(data[: 4 * WHOLE], choose, times)
        survives(importer, data)


class TestLaws:
    @_STORIES
    def test_the_same_log_gives_the_same_run(self, name: str) -> None:
        data = FORMATS[name].data
        assert read_with(detect(data), data) == read_with(detect(data), data)

    @_STORIES
    def test_a_longer_log_tells_the_same_of_what_it_has_in_common(self, name: str) -> None:
        data = FORMATS[name].data
        importer = detect(data)
        whole = told(importer, data)
        # In a text, only what comes next says where the last thing ends.
        open_ = 2 if name in {"aider", "cursor-text"} else 0
        for shorter in earlier(data):
            part = told(importer, shorter)
            part = part[: len(part) - open_] if open_ else part
            assert part == whole[: len(part)]


def told(importer: Importer, data: bytes) -> list[tuple[Any, ...]]:
    """Return what stays of each event however the log goes on: all but how calls end, and what follows from that."""
    try:
        run, _ = read_with(importer, data)
    except BadTranscriptError:
        return []
    # Tokens are counted up to the last record of an answer, and in some forms for the whole at its end.
    kept = (event for event in run.events[:-1] if event.kind != "usage" and not getattr(event, "derived", False))
    return [_lasting(event) for event in kept]


def _lasting(event: Event) -> tuple[Any, ...]:
    named = (getattr(event, name, None) for name in ("line", "path", "tool", "what", "n"))
    text = None if event.kind == "plan" else getattr(event, "text", None)
    return event.kind, event.source, event.time, event.turn, event.agent, text, *named


def earlier(data: bytes) -> list[bytes]:
    """Return the log as it was before: without its last lines, or without the last elements of its lists."""
    try:
        value = json.loads(data)
    except ValueError:
        lines = data.split(b"\n")
        return [b"\n".join(lines[:count]) + b"\n" for count in range(1, len(lines))]
    if isinstance(value, list):
        return [json.dumps(value[:count]).encode() for count in range(1, len(value))]
    key = next(name for name in LISTS if isinstance(value.get(name), list))
    return [json.dumps({**value, key: value[key][:count]}).encode() for count in range(1, len(value[key]))]


class TestLarge:
    """Time grows as the log does, whatever it is made of."""

    @_STORIES
    def test_the_story_told_many_times(self, name: str) -> None:
        told = FORMATS[name].data
        importer = detect(told)
        few, many = (again(told, count) for count in (10, 200))
        usual = survives(importer, few, follows=False)
        most = max(LEAST, 3 * usual * len(many) / len(few))
        # Work elsewhere on the machine makes one run slow; growth that is too fast makes all of them slow.
        assert any(survives(importer, many) < most for _ in range(3))

    @_STORIES
    def test_calls_that_nothing_answers(self, name: str) -> None:
        told = FORMATS[name].data
        data = again(told, 200)
        without = b"\n".join(line for line in data.split(b"\n") if not any(mark in line for mark in _RESULTS))
        survives(detect(told), without)

    @pytest.mark.parametrize("part", [SAID, PROMPT, BAD, RUN, NEW])
    @pytest.mark.parametrize("filler", ["x ", "'(", "<x>\n", "> y  \n#### z\n", "@@ -1 +1 @@\n*** Update File: a\n"])
    def test_one_part_that_is_very_long(self, part: str, filler: str) -> None:
        long = filler * (300_000 // len(filler))
        for name in ("claude-code", "codex-exec-command", "gemini-document", "aider"):
            told = FORMATS[name].data.decode()
            data = told.replace(_written(part, told), _written(long, told), 1).encode()
            assert survives(detect(data), data) < 2


_RESULTS = (
    b'"tool_result"', b'call_output"', b"execution_complete", b'"observation"', b'"role": "tool"', b"ObservationEvent",
)  # fmt: skip
_IDS = frozenset(
    ("uuid", "parentUuid", "id", "call_id", "tool_use_id", "toolCallId", "tool_call_id", "source_call_id", "action_id",
     "callID", "requestId", "cause")
)  # fmt: skip


def _written(text: str, log: str) -> str:
    return json.dumps(text)[1:-1] if log[0] in "{[" else text


def again(data: bytes, count: int) -> bytes:
    """Return the log with all that it tells told so many times, with ids of their own."""
    try:
        value = json.loads(data)
    except ValueError:
        try:
            first, *rest = (json.loads(line) for line in data.split(b"\n") if line)
        except ValueError:
            return data * count
        told = [first, *(_renamed(record, number) for number in range(count) for record in rest)]
        return b"".join(json.dumps(record).encode() + b"\n" for record in told)
    if isinstance(value, list):
        return json.dumps([_renamed(entry, number) for number in range(count) for entry in value]).encode()
    for name in LISTS:
        if isinstance(value.get(name), list):
            value[name] = [_renamed(entry, number) for number in range(count) for entry in value[name]]
    return json.dumps(value).encode() + b"\n"


def _renamed(value: object, number: int) -> object:
    if isinstance(value, list):
        return [_renamed(entry, number) for entry in value]
    if not isinstance(value, dict):
        return value
    return {key: _other(inner, number) if key in _IDS else _renamed(inner, number) for key, inner in value.items()}


def _other(identity: object, number: int) -> object:
    if isinstance(identity, str):
        return f"{identity}-{number}"
    return identity + 1000 * number if isinstance(identity, int) else identity


def test_a_spoiled_log_makes_a_packet_or_a_sentence(tmp_path: Path) -> None:
    made = ScriptedRepository(tmp_path / "shop")
    made.commit("Base", {"total.py": "x = 1\n"})
    made.commit("Change", {"total.py": "x = 2\n"})
    choose = Random(7)  # noqa: S311 - which ways
    packets = 0
    for name, told in FORMATS.items():
        session = tmp_path / "log"
        session.write_bytes(spoil(told.data, choose, 2)[0])
        request = PackRequest(
            repository=made.root, sessions=(session,), revision="HEAD~1..HEAD", output=tmp_path / f"{name}.packet"
        )
        try:
            packets += pack(request).path.exists()
        except ReviewerError as error:
            is_one_sentence(error)
    assert packets > len(FORMATS) // 2
