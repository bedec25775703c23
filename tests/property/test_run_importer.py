"""Whatever happens to a log, the importer gives a run or one sentence; and equal logs give equal runs."""

from __future__ import annotations

import random
from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer.errors import ReviewerError
from reviewer.run import timeline
from reviewer.run.derive import derive
from reviewer.run.event import End
from reviewer.run.importers.detect import detect
from reviewer.run.importers.spool import OutputSpool
from reviewer.run.redact import Redactor
from reviewer.run.shell.command_line import analyse
from tests.support.samples import claude_code_samples
from tests.support.session_log import SessionLog, source

_CASES = settings(max_examples=40, deadline=None)


@cache
def _logs() -> tuple[bytes, ...]:
    own = SessionLog()
    own.prompt("Go.")
    own.todos(("a", "pending")).read("/x/a.py").edit("/x/a.py").bash("pytest | tail", "1 passed in 1s").grep("a")
    tool = own.call("Bash", {"command": "rm x", "run_in_background": True})
    own.deny(tool, "do not")
    own.result(own.call("TaskCreate", {"subject": "a"}), "ok")
    own.result(own.call("AskUserQuestion", {"questions": [{"question": "a?"}]}), "b", twin={"answers": {"a?": "b"}})
    own.add("attachment", attachment={"type": "queued_command", "prompt": "b"})
    own.add("system", subtype="compact_boundary", compactMetadata={"preTokens": 1})
    own.add("progress", data={"type": "agent_progress", "agentId": "a", "message": own.records[1]})
    small = own.bytes()
    samples = [path.read_bytes() for path in claude_code_samples()]
    # The large samples are looked at by their start, so that many cases fit into the time.
    return (small, *(data[:60_000] for data in samples))


def survive(data: bytes) -> None:
    """Import and derive; an end, a round trip, or one sentence."""
    log = source(data, through=lambda block: Redactor().json_lines(block, "t"))
    try:
        with OutputSpool() as spool:
            run = detect(data).read(log, spool)
            numbers = set(spool.numbers())
    except ReviewerError as error:
        told = error.sentence
    else:
        told = ""
    if told:
        assert "\n" not in told
        return
    assert isinstance(run.events[-1], End)
    assert timeline.parse(timeline.dump(run.events)) == tuple(run.events)
    assert numbers <= {event.n for event in run.events if event.kind == "command"}
    derive(run.events, ["a.py"], "/x", run.info)


@_CASES
@given(st.integers(0, 3), st.floats(0, 1))
def test_any_prefix(which: int, share: float) -> None:
    data = _logs()[which % len(_logs())]
    survive(data[: int(len(data) * share)])


@_CASES
@given(st.integers(0, 3), st.integers(0, 10_000), st.sampled_from(["drop", "double", "cut", "swap", "join"]))
def test_any_line_dropped_doubled_cut_swapped_or_joined(which: int, place: int, how: str) -> None:
    lines = _logs()[which % len(_logs())].split(b"\n")
    at = place % len(lines)
    line = lines[at]
    changed = {
        "drop": [],
        "double": [line, line],
        "cut": [line[: len(line) // 2]],
        "swap": [line[::-1]],
        "join": [line],
    }
    after = b"".join(lines[at + 1 : at + 2]) if how == "join" else b""
    rest = lines[at + 2 :] if how == "join" else lines[at + 1 :]
    survive(b"\n".join([*lines[:at], *(entry + after for entry in changed[how]), *rest]))


@_CASES
@given(st.integers(0, 3), st.integers(0, 2**32), st.integers(0, 255))
def test_any_byte_changed(which: int, place: int, value: int) -> None:
    data = bytearray(_logs()[which % len(_logs())])
    data[place % len(data)] = value
    survive(bytes(data))


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@_CASES
@given(st.integers(0, 2**32), _JSON)
def test_any_field_replaced_by_anything(seed: int, value: object) -> None:
    import json

    choose = random.Random(seed)  # noqa: S311 - which field
    records = [json.loads(line) for line in _logs()[0].split(b"\n") if line]
    record = choose.choice(records)
    for _ in range(choose.randrange(1, 5)):
        keys = list(record) if isinstance(record, dict) else list(range(len(record)))
        key = choose.choice(keys)
        inner = record[key]
        if not isinstance(inner, (dict, list)) or not inner:
            break
        record = inner
    keys = list(record) if isinstance(record, dict) else list(range(len(record)))
    record[choose.choice(keys)] = value
    survive(b"\n".join(json.dumps(entry).encode() for entry in records))


@_CASES
@given(st.text(max_size=60))
def test_any_command_line_is_analysed(line: str) -> None:
    known = analyse(line)
    assert known == analyse(line)
    assert (known.not_conclusive is None) or known.tool


def test_equal_logs_give_equal_runs() -> None:
    for data in _logs():
        runs = []
        for _ in range(2):
            with OutputSpool() as spool:
                run = detect(data).read(source(data), spool)
                runs.append((run.events, run.unknown, [spool.read(number) for number in spool.numbers()]))
        assert runs[0] == runs[1]
