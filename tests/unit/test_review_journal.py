from __future__ import annotations

import errno
import json
import os
import random
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from reviewer.errors import JournalError
from reviewer.review.event import CommentWritten, HunksMarked, ItemAnswered, ReviewStarted, UnknownRecorded
from reviewer.review.journal import MAX_BYTES, journal_name, read
from reviewer.review.state import fold
from tests.support.journals import journal

if TYPE_CHECKING:
    from pathlib import Path

EVENTS = (
    ReviewStarted(packet="a" * 64, tool="0.1"),
    HunksMarked(hunks=("1", "2"), seen=True),
    ItemAnswered(item="scope", answer="no", note="näh\u2028\n\udcff"),
    CommentWritten(comment="c", scope="line", text="why?", file="x", side="new", line=3),
)


def write(path: Path) -> bytes:
    own = journal(path)
    for event in EVENTS:
        own.append(event)
    return path.read_bytes()


def test_events_come_back_as_they_were(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "er" / "ana.jsonl"
    data = write(path)
    again = journal(path)
    entries = again.load()
    assert tuple(entry.event for entry in entries) == EVENTS
    assert [entry.seq for entry in entries] == [1, 2, 3, 4]
    assert entries[0].at == "2026-01-02T03:04:05.000Z"
    assert data.isascii()
    assert data.count(b"\n") == 4
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert read(path).entries == entries


def test_cut_at_any_byte_the_whole_events_before_remain(tmp_path: Path) -> None:
    path = tmp_path / "j"
    data = write(path)
    for cut in range(len(data)):
        path.write_bytes(data[:cut])
        own = journal(path, prefix="n")
        entries = own.load()
        whole = data[:cut].count(b"\n")
        assert tuple(entry.event for entry in entries) == EVENTS[:whole]
        assert own.torn == cut - (data.rfind(b"\n", 0, cut) + 1)
        own.append(HunksMarked(hunks=("9",), seen=True))
        assert own.torn == 0
        assert len(journal(path).load()) == whole + 1
        assert path.read_bytes().startswith(data[: data.rfind(b"\n", 0, cut) + 1])


def test_any_changed_byte_of_a_whole_line_is_refused_with_its_number(tmp_path: Path) -> None:
    path = tmp_path / "j"
    data = write(path)
    last_line = data.rfind(b"\n", 0, -1) + 1
    for at in range(0, last_line, 3):
        if data[at : at + 1] == b"\n":
            continue
        path.write_bytes(data[:at] + bytes((data[at] ^ 1,)) + data[at + 1 :])
        line = data.count(b"\n", 0, at) + 1
        with pytest.raises(JournalError, match=rf"line {line}|line {line + 1}:"):
            journal(path).load()


def test_lines_taken_out_or_exchanged_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "j"
    first, second, third, fourth = write(path).splitlines(keepends=True)
    for lines, number in (
        ([second, third, fourth], 1),
        ([first, third, fourth], 2),
        ([first, second, second], 3),
        ([first, b"\n", second], 2),
        ([first, b"null\n"], 2),
        ([first, b"[" * 100_000 + b"\n"], 2),
        ([first, b"\xff\n"], 2),
    ):
        path.write_bytes(b"".join(lines))
        with pytest.raises(JournalError, match=f"line {number}:"):
            journal(path).load()


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"v": 2}, "version"),
        ({"v": True}, "version"),
        ({"seq": 0}, "seq"),
        ({"seq": 1.5}, "seq"),
        ({"at": "yesterday"}, "time"),
        ({"prev": "x"}, "digest"),
        ({"by": 1}, "texts"),
        ({"type": None}, "type"),
        ({"seen": "yes"}, "wrong kind"),
        ({"hunks": ["a", 1]}, "wrong kind"),
        ({"extra": 1}, "not a field"),
        ({"type": "item_answered"}, "not a field"),
    ],
)
def test_a_line_that_is_no_entry_is_refused(tmp_path: Path, change: dict[str, object], word: str) -> None:
    path = tmp_path / "j"
    journal(path).append(EVENTS[1])
    line = json.loads(path.read_bytes())
    path.write_text(json.dumps(line | change) + "\n")
    with pytest.raises(JournalError, match=word):
        journal(path).load()


def test_a_missing_field_and_a_name_that_stands_twice(tmp_path: Path) -> None:
    path = tmp_path / "j"
    journal(path).append(EVENTS[1])
    text = path.read_text()
    path.write_text(text.replace('"seen":true', '"type":"hunks_marked"'))
    with pytest.raises(JournalError, match="twice"):
        journal(path).load()
    path.write_text(text.replace(',"seen":true', ""))
    with pytest.raises(JournalError, match="needs 'seen'"):
        journal(path).load()


def test_an_event_of_a_later_version_is_kept_and_counted(tmp_path: Path) -> None:
    path = tmp_path / "j"
    journal(path).append(EVENTS[1])
    line = json.loads(path.read_bytes())
    path.write_text(json.dumps({**line, "type": "telepathy", "depth": 3}) + "\n")
    own = journal(path, prefix="n")
    (entry,) = own.load()
    assert isinstance(entry.event, UnknownRecorded)
    assert entry.event.name == "telepathy"
    assert "depth" in entry.event.raw
    own.append(EVENTS[2])
    assert fold(journal(path).load()).unknown == 1


def test_two_processes_of_one_reviewer_take_turns(tmp_path: Path) -> None:
    path = tmp_path / "j"
    one, two = journal(path, prefix="a"), journal(path, prefix="b")
    one.append(EVENTS[0])
    two.append(EVENTS[1])
    one.append(EVENTS[2])
    assert [entry.id for entry in one.entries] == ["a1", "b1", "a2"]
    assert [entry.seq for entry in two.load()] == [1, 2, 3]


def test_the_counter_passes_a_partners(tmp_path: Path) -> None:
    own = journal(tmp_path / "j")
    own.witness(41)
    assert own.append(EVENTS[0]).seq == 42


def test_a_journal_of_another_reviewer_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "j"
    write(path)
    with pytest.raises(JournalError, match="another reviewer"):
        journal(path, by="bo@example.org").load()


def test_what_is_no_plain_file_is_refused(tmp_path: Path) -> None:
    real = tmp_path / "real"
    write(real)
    link, pipe, folder = tmp_path / "link", tmp_path / "pipe", tmp_path / "folder"
    link.symlink_to(real)
    os.mkfifo(pipe)
    folder.mkdir()
    for path in (link, pipe, folder):
        for act in (lambda path=path: journal(path).load(), lambda path=path: journal(path).append(EVENTS[0])):
            with pytest.raises(JournalError):
                act()
    assert len(read(real).entries) == 4


def test_a_journal_that_was_replaced_or_cut_meanwhile_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "j"
    data = write(path)
    other = tmp_path / "other"
    for change in (path.unlink, lambda: path.write_bytes(data[:50]), lambda: other.replace(path)):
        other.write_bytes(data)
        path.write_bytes(data)
        own = journal(path)
        own.load()
        change()
        with pytest.raises(JournalError, match="replaced or cut"):
            own.append(EVENTS[0])
        with pytest.raises(JournalError, match="replaced or cut"):
            own.load()


def test_wider_permissions_are_taken_back(tmp_path: Path) -> None:
    path = tmp_path / "j"
    write(path)
    path.chmod(0o666)
    journal(path, prefix="n").append(EVENTS[0])
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("kept", [0, 1, 40])
def test_a_full_disk_keeps_nothing_half(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept: int) -> None:
    path = tmp_path / "j"
    before = write(path)
    own = journal(path, prefix="n")
    own.load()
    real = os.write

    def full(descriptor: int, data: bytes) -> int:
        if not kept:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(descriptor, data[:kept])

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        with pytest.raises(JournalError, match="cannot be written"):
            own.append(EVENTS[1])
    assert path.read_bytes() == before
    own.append(EVENTS[1])
    assert len(journal(path).load()) == 5


def test_a_failing_sync_keeps_nothing_half(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "j"
    before = write(path)
    own = journal(path, prefix="n")

    def broken(descriptor: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", broken)
        with pytest.raises(JournalError, match="Input/output"):
            own.append(EVENTS[1])
    assert path.read_bytes() == before


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_permission_is_one_sentence(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(JournalError):
        journal(tmp_path / "x" / "j").append(EVENTS[0])


def test_what_could_not_be_read_back_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "j"
    with pytest.raises(JournalError, match="cannot be recorded"):
        journal(path).append(CommentWritten(comment="c", scope="line", text="x", line=0))
    assert journal(path).load() == ()


def test_an_oversized_journal_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "j"
    with path.open("wb") as stream:
        stream.truncate(MAX_BYTES + 1)
    with pytest.raises(JournalError, match="more than"):
        journal(path).load()


def test_file_names_are_plain_and_differ() -> None:
    names = [
        journal_name(by) for by in ("ana@example.org", "Ana", "../x", ".x", "a/b", "a b", "é", "", "x" * 300, "\udcff")
    ]
    assert len(set(names)) == len(names)
    assert names[0] == "ana@example.org.jsonl"
    assert all("/" not in name and not name.startswith(".") and len(name) <= 106 for name in names)
    assert journal_name("x" * 300) != journal_name("x" * 301)


_WRITER = """
import sys, itertools
from datetime import UTC, datetime
from pathlib import Path
from reviewer.review.event import CommentWritten
from reviewer.review.journal import Journal
own = Journal(Path(sys.argv[1]), "ana", lambda: datetime.now(UTC), map(str, itertools.count()).__next__)
own.load()
for n in itertools.count():
    own.append(CommentWritten(comment=f"{n}", scope="change", text="x" * (n * 37 % 4000)))
    print(n, flush=True)
"""


def test_a_killed_writer_loses_at_most_the_event_being_written(tmp_path: Path) -> None:
    chaos = random.Random(3)  # noqa: S311 - reproducible delays
    for round_ in range(3):
        path = tmp_path / f"j{round_}"
        writer = subprocess.Popen([sys.executable, "-c", _WRITER, str(path)], stdout=subprocess.PIPE)
        assert writer.stdout is not None
        writer.stdout.readline()
        time.sleep(chaos.uniform(0.01, 0.12))
        writer.send_signal(signal.SIGKILL)
        told = 1 + writer.stdout.read().count(b"\n")
        writer.stdout.close()
        writer.wait()
        own = journal(path, by="ana", prefix="n")
        entries = own.load()
        assert told <= len(entries) <= told + 1
        assert [entry.id for entry in entries] == [str(n) for n in range(len(entries))]
        own.append(EVENTS[1])
        assert len(journal(path, by="ana").load()) == len(entries) + 1
