"""Logs in stretches: lines stay whole, and a line that is too long for that is cut where a document can be."""

from __future__ import annotations

import json
from io import BytesIO

import pytest

from reviewer.run import whole_lines
from reviewer.run.importers.document import parts as document_parts
from reviewer.run.importers.importer import LogSource


def stretches(data: bytes) -> list[bytes]:
    return list(whole_lines.blocks(BytesIO(data)))


@pytest.fixture
def short_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whole_lines, "MAX_LINE", 4_000)
    monkeypatch.setattr(whole_lines, "_BLOCK", 1_000)


DOCUMENT = {
    "info": {"id": 'a "quoted", \\ name'},
    "messages": [{"n": n, "said": 'one, "two", \\"three\\" ' * (n % 9), "path": "C:\\dir\\"} for n in range(200)],
}


@pytest.mark.usefixtures("short_lines")
def test_a_long_document_is_cut_between_values_only() -> None:
    data = json.dumps(DOCUMENT).encode()
    found = stretches(data)
    assert len(found) > 4
    assert b"".join(found) == data
    for part in found[:-1]:
        # With what stands before it closed, each part ends outside of a string.
        assert part.endswith(b",")
        plain = b"".join(found[: found.index(part) + 1]).replace(b"\\\\", b"").replace(b'\\"', b"")
        assert plain.count(b'"') % 2 == 0


@pytest.mark.usefixtures("short_lines")
def test_a_document_in_parts_is_read_whole() -> None:
    data = json.dumps(DOCUMENT).encode()
    blocks = [(len(part), part) for part in stretches(data)]
    source = LogSource("transcript/1.json", len(data), lambda: BytesIO(data), blocks=lambda: iter(blocks))
    found = list(document_parts(source))
    assert [part.value for part in found if part.key == "messages"] == DOCUMENT["messages"]
    assert not [part for part in found if part.problem]


@pytest.mark.usefixtures("short_lines")
def test_one_string_without_end_is_cut_after_a_blank() -> None:
    data = b'{"text": "' + b"word " * 5_000 + b'"}\n{"a": 1}\n'
    found = stretches(data)
    assert b"".join(found) == data
    assert all(part.endswith((b" ", b"\n")) for part in found)


@pytest.mark.usefixtures("short_lines")
def test_a_string_of_nothing_but_letters_is_cut_all_the_same() -> None:
    data = b'{"text": "' + b"x" * 20_000 + b'"}'
    assert b"".join(stretches(data)) == data
    assert len(stretches(data)) > 2


@pytest.mark.parametrize("size", [10, 100, 3_000, 1 << 20])
def test_parts_of_data_are_the_data(size: int) -> None:
    data = json.dumps(DOCUMENT).encode() + b"\n" + json.dumps(DOCUMENT, indent=1).encode()
    assert b"".join(whole_lines.parts(data, size)) == data


def test_lines_stay_whole() -> None:
    data = b"".join(json.dumps({"n": n, "said": "x\u2028y" * n}).encode() + b"\n" for n in range(600)) + b'{"torn'
    found = stretches(data)
    assert b"".join(found) == data
    assert all(part.endswith(b"\n") for part in found[:-1])
