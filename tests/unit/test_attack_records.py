"""Logs of very many small records that mean nothing: counted, kept up to a bound, and soon done."""

from __future__ import annotations

import json
from io import BytesIO

import pytest

from reviewer.run.event import Context, Unknown
from reviewer.run.importers.detect import detect
from reviewer.run.importers.document import parts
from reviewer.run.importers.importer import LogSource
from reviewer.run.importers.own_timeline import OwnTimeline
from reviewer.run.importers.recording import MOST_KEPT
from tests.support.imported import of, read_with

PROMPT = b'{"kind": "prompt", "text": "do"}\n'


@pytest.mark.parametrize("filler", [b"1\n", b"{}\n", b"x\n", b"1 "])
def test_records_that_mean_nothing_are_counted_and_not_all_kept(filler: bytes) -> None:
    run, _ = read_with(OwnTimeline(), PROMPT + filler * 100_000)
    assert sum(run.unknown.values()) == 100_000
    assert len(of(run, Unknown)) == MOST_KEPT
    assert any("90,000 more that were not understood" in note.text for note in of(run, Context))


def test_names_of_what_is_not_understood_are_bounded() -> None:
    log = PROMPT + b"".join(json.dumps({"kind": f"x{n}"}).encode() + b"\n" for n in range(5_000))
    run, _ = read_with(OwnTimeline(), log)
    assert len(run.unknown) <= 201
    assert sum(run.unknown.values()) == 5_000


def test_a_first_record_of_any_length_does_not_hide_what_a_log_is() -> None:
    log = json.dumps({"kind": "prompt", "text": "x " * 300_000}).encode() + b"\n"
    assert detect(LogSource("x", len(log), lambda: BytesIO(log))).name == "timeline"


@pytest.mark.parametrize("wide", [b'{"x":[' + b"[]," * 2_100_000 + b"[]]}", b'{"x":' + b"{},0," * 1_100_000 + b"]}"])
def test_a_record_of_millions_of_values_is_told_and_not_decoded(wide: bytes) -> None:
    run, _ = read_with(OwnTimeline(), PROMPT + wide + b"\n" + PROMPT)
    assert run.unknown == {"too many values": 1}
    assert run.records == 2


def test_a_document_of_millions_of_values_is_walked_element_by_element() -> None:
    data = b'{"messages":[' + b"[]," * 2_100_000 + b'{"a":1}]}'
    last = None
    for part in parts(LogSource("x", len(data), lambda: BytesIO(data))):
        last = part
    assert last is not None
    assert (last.place, last.value) == ("messages[2100000]", {"a": 1})
