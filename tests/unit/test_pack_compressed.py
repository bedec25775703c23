"""Logs that their programs keep compressed: read whole, bounded, and damage is told."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest
import zstandard

from reviewer.digest import sha256
from reviewer.errors import BadTranscriptError
from reviewer.run.redact import Redactor
from reviewer.workflow.packing import compressed
from reviewer.workflow.packing.compressed import damage_of, open_unpacked
from reviewer.workflow.packing.masking import Reading, masked_blocks
from reviewer.workflow.packing.staged import StagedMember
from tests.unit.test_run_redact import KEY

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LINES = b"".join(b'{"n": %d, "said": "%s"}\n' % (n, b"word " * (n % 50)) for n in range(5_000))
FORMS: dict[str, Callable[[bytes], bytes]] = {
    "plain": bytes,
    "gzip": gzip.compress,
    "zstandard": zstandard.compress,
    "two frames": lambda data: zstandard.compress(data[:1000]) + zstandard.compress(data[1000:]),
    "two members": lambda data: gzip.compress(data[:1000]) + gzip.compress(data[1000:]),
}


def content(path: Path) -> tuple[bytes, str]:
    with open_unpacked(path) as stream:
        return b"".join(iter(lambda: stream.read(1 << 16), b"")), damage_of(stream)


@pytest.mark.parametrize("form", FORMS)
def test_what_is_in_it_is_read_whole(form: str, tmp_path: Path) -> None:
    # The name says nothing: what it is stands in its first bytes.
    log = tmp_path / "log.jsonl"
    log.write_bytes(FORMS[form](LINES))
    assert content(log) == (LINES, "")


@pytest.mark.parametrize("form", ["gzip", "zstandard"])
def test_what_is_damaged_is_read_up_to_there(form: str, tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl.zst"
    log.write_bytes(FORMS[form](LINES) + b"no such frame")
    found, damage = content(log)
    assert found == LINES
    assert damage == f"its compressed form is cut or damaged after {len(LINES):,} bytes of content"


def test_what_is_cut_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl.gz"
    log.write_bytes(gzip.compress(LINES)[:-500])
    found, damage = content(log)
    assert LINES.startswith(found)
    assert damage


@pytest.mark.parametrize("form", ["gzip", "zstandard"])
def test_what_was_made_to_be_large_is_refused(form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compressed, "_FREE", 1 << 20)
    log = tmp_path / "bomb.gz"
    log.write_bytes(FORMS[form](b"\0" * (64 << 20)))
    with pytest.raises(BadTranscriptError, match="compressed bytes stand for more than"):
        content(log)
    monkeypatch.setattr(compressed, "MAX_UNPACKED", 1 << 20)
    log.write_bytes(FORMS[form](LINES * 10))
    with pytest.raises(BadTranscriptError, match="it was not read on"):
        content(log)


def masked(tmp_path: Path, data: bytes) -> tuple[list[tuple[int, bytes]], Reading]:
    log = tmp_path / "log"
    log.write_bytes(data)
    reading = Reading()
    with StagedMember(tmp_path / "copy") as copy:
        found = list(masked_blocks(log, "transcript/1.md", Redactor(), copy, reading))
    assert (tmp_path / "copy").read_bytes() == b"".join(block for _, block in found)
    return found, reading


@pytest.mark.parametrize("form", FORMS)
def test_the_digest_is_of_the_file_as_it_was_found(form: str, tmp_path: Path) -> None:
    data = FORMS[form](LINES) + (b"" if form == "plain" else b"rest")
    found, reading = masked(tmp_path, data)
    assert b"".join(block for _, block in found) == LINES
    assert (reading.digest.hexdigest(), reading.size) == (sha256(data), len(data))
    assert (reading.lines, bool(reading.damage)) == (5_000, form != "plain")
    assert sum(size for size, _ in found) <= len(data)


def test_no_key_is_cut_between_stretches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reviewer.run.whole_lines._BLOCK", 700)
    chat = b"".join(b"#### line %d of a chat\n" % n for n in range(50))
    for shift in range(0, 700, 90):
        found, _ = masked(tmp_path, b"x" * shift + b"\n" + chat + KEY.encode() + b"\n" + chat)
        text = b"".join(block for _, block in found)
        assert text.count("⟦redacted: Private Key⟧".encode()) == 1
        assert KEY.split("\n")[4].encode() not in text
        assert text.endswith(b"#### line 49 of a chat\n")
