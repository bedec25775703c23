"""Reads small logs with any importer, and spoils them in every way that a disk or a person may.

Deterministic: the same log gives the same spoiled logs in the same order.
"""

from __future__ import annotations

import json
from io import BytesIO
from typing import TYPE_CHECKING, Any, TypeVar

from reviewer.errors import BadTranscriptError
from reviewer.run import timeline
from reviewer.run.importers.importer import LogSource
from reviewer.run.importers.spool import OutputSpool

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from reviewer.run.importers.importer import ImportedRun, Importer

_E = TypeVar("_E")


def source(data: bytes, name: str = "sessions/1.jsonl", **more: Any) -> LogSource:  # noqa: ANN401 - its own fields
    """Return bytes as a log."""
    return LogSource(name=name, size=len(data), open=lambda: BytesIO(data), **more)


def read_with(
    importer: Importer, data: bytes, companions: Sequence[LogSource] = ()
) -> tuple[ImportedRun, dict[int, bytes]]:
    """Return the run of a log, and the outputs of its commands by number."""
    with OutputSpool() as spool:
        run = importer.read(source(data, companions=tuple(companions)), spool)
        return run, {number: spool.read(number) for number in spool.numbers()}


def of(run: ImportedRun, kind: type[_E]) -> list[_E]:
    """Return the events of one class."""
    return [event for event in run.events if isinstance(event, kind)]


def jsonl(records: Iterable[object]) -> bytes:
    """Return records as JSON Lines."""
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)


def spoiled(data: bytes, *, steps: int = 60) -> Iterator[bytes]:
    """Yield prefixes cut at a byte, and the log with a line dropped, doubled or corrupted, or with one byte changed."""
    lines = data.split(b"\n")
    stride = max(1, len(data) // steps)
    for at in range(0, len(data), stride):
        yield data[:at]
        for byte in (0x00, 0xFF, ord('"'), ord("}"), ord("\n"), ord("[")):
            yield data[:at] + bytes([byte]) + data[at + 1 :]
    for number, line in enumerate(lines):
        before, after = lines[:number], lines[number + 1 :]
        yield b"\n".join([*before, *after])
        yield b"\n".join([*before, line, line, *after])
        yield b"\n".join([*before, line[::-1], *after])
        yield b"\n".join([*before, line + b"]" + line, *after])
    yield data.decode("utf-8", "replace").encode("utf-16")


def wrong_types(value: object) -> Iterator[object]:
    """Yield the value with one part after another in another type, or gone."""
    if isinstance(value, dict):
        for key, inner in value.items():
            for other in (None, 5, -1.5, True, "x", [], [None], {}, {"x": [1]}):
                yield {**value, key: other}
            yield {name: each for name, each in value.items() if name != key}
            for changed in wrong_types(inner):
                yield {**value, key: changed}
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield [*value[:place], *value[place + 1 :]]
            for changed in wrong_types(inner):
                yield [*value[:place], changed, *value[place + 1 :]]


def stands(importer: Importer, data: bytes, companions: Sequence[LogSource] = ()) -> None:
    """Assert that a log gives a run that can be written down, or a refusal of one sentence."""
    refusal = None
    try:
        run, _ = read_with(importer, data, companions)
    except BadTranscriptError as error:
        refusal = error.sentence
    if refusal is not None:
        assert "\n" not in refusal
        assert refusal.endswith(".")
        return
    assert run.events[-1].kind == "end"
    assert [event.seq for event in run.events] == list(range(1, len(run.events) + 1))
    assert timeline.parse(timeline.dump(run.events)) == tuple(run.events)
