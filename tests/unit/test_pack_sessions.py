"""Several sessions in one packet: of several agents, told twice, compressed, of another change, stopped."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import zstandard

from reviewer import cli
from reviewer.digest import sha256
from reviewer.errors import BadTranscriptError
from reviewer.packet.loader import load
from reviewer.run import timeline
from reviewer.run.event import Command, Context, End
from reviewer.run.importers.detect import detect
from reviewer.workflow.pack import Packed, PackRequest, pack
from reviewer.workflow.packing import apart, log_groups
from tests.support import homes
from tests.support.repositories import ScriptedRepository
from tests.unit.test_pack_parts import TOKEN, edit_records, records

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from reviewer.run.event import Event


@pytest.fixture
def repository(tmp_path: Path) -> ScriptedRepository:
    made = ScriptedRepository(tmp_path / "repository")
    made.commit("Start", {"a.txt": "one\n"})
    made.switch("work", start="main")
    made.commit("Say more", {"a.txt": "one\ntwo\n", "b.txt": "new\n"})
    return made


@pytest.fixture
def make(repository: ScriptedRepository, tmp_path: Path) -> Callable[..., Packed]:
    def run(*sessions: Path, **options: Any) -> Packed:  # noqa: ANN401 - any field of the request
        return pack(PackRequest(repository=repository.root, sessions=sessions, **options))

    return run


def copilot(cwd: str, *lines: str, session: str = "c1", at: str = "2026-01-01T00:05") -> bytes:
    """A session of Copilot that is asked something and runs commands."""
    kinds: list[tuple[str, dict[str, Any]]] = [
        ("session.start", {"sessionId": session, "copilotVersion": "1.0.45", "context": {"cwd": cwd}}),
        ("user.message", {"content": "And this."}),
    ]
    for number, line in enumerate(lines):
        call = {"toolCallId": f"t{number}", "toolName": "bash", "arguments": {"command": line}}
        shown = f"{line} says hello\n<exited with exit code 0>"
        kinds += [
            ("tool.execution_start", call),
            ("tool.execution_complete", {"toolCallId": f"t{number}", "success": True, "result": {"content": shown}}),
        ]
    rows = [
        {"type": kind, "data": data, "id": f"{session}-{n}", "timestamp": f"{at}:{n:02}.000Z"}
        for n, (kind, data) in enumerate(kinds)
    ]
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def cursor(*said: str) -> bytes:
    """A transcript of Cursor: no ids, no times."""
    rows = [
        {"role": role, "message": {"content": [{"type": "text", "text": text}]}}
        for text in said
        for role, text in (("user", f"<user_query>\n{text}\n</user_query>"), ("assistant", f"Done: {text}"))
    ]
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def events_of(made: Packed) -> tuple[Event, ...]:
    with load(made.path) as packet:
        return timeline.parse(packet.read("timeline.jsonl"))


def written(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


class TestAgents:
    def test_sessions_of_three_agents_are_one_run(self, make: Callable[..., Packed], tmp_path: Path) -> None:
        made = make(
            written(tmp_path, "copilot.jsonl", copilot("/elsewhere/project", "ls", "pwd")),
            written(tmp_path, "cursor.jsonl", cursor("Look at it")),
            written(tmp_path, "claude.jsonl", edit_records("a.txt")),
            written(tmp_path, "tests.jsonl", records(command="pytest -q")),
        )
        assert [(row.n, row.agent, row.transcript, row.link) for row in made.sessions] == [
            (1, "claude-code", [4], "unrelated"),
            (2, "claude-code", [3], "time_and_files"),
            (3, "copilot-cli", [1], "unrelated"),
            (4, "cursor", [2], "unrelated"),
        ]
        with load(made.path) as packet:
            manifest = packet.manifest
            outputs = {row.n: packet.read(row.log).decode().split("\n")[0] for row in manifest.command if row.log}
        assert manifest.origin.agent == "claude-code, copilot-cli, cursor"
        assert set(manifest.origin.session_ids) == {"s1", "s2", "c1"}
        assert [(row.n, row.line) for row in manifest.command] == [(1, "pytest -q"), (2, "ls"), (3, "pwd")]
        assert outputs == {1: "1 passed", 2: "ls says hello", 3: "pwd says hello"}
        assert [row.path for row in manifest.origin.transcript] == [f"transcript/{n}.jsonl" for n in (1, 2, 3, 4)]
        assert sum("UNRELATED" in note for note in made.notes) == 3

    def test_the_timeline_says_where_another_session_begins(self, make: Callable[..., Packed], tmp_path: Path) -> None:
        made = make(
            written(tmp_path, "claude.jsonl", edit_records("a.txt")),
            written(tmp_path, "copilot.jsonl", copilot("/elsewhere/project", "ls")),
        )
        events = events_of(made)
        assert [event.seq for event in events] == list(range(1, len(events) + 1))
        assert [event.text for event in events if isinstance(event, Context) and event.what == "session"][1:] == [
            "GitHub Copilot CLI, session c1"
        ]
        begins = next(place for place, event in enumerate(events) if event.session == 2)
        assert isinstance(events[begins], Context)
        assert {event.session for event in events[:begins]} == {1}
        assert isinstance(events[-1], End)
        assert sum(isinstance(event, End) for event in events) == 1
        (command,) = [event for event in events if isinstance(event, Command)]
        assert (command.session, command.turn) == (2, 2)
        assert command.source.startswith("transcript/2.jsonl:")

    def test_secrets_of_all_sessions_are_masked_and_counted(self, make: Callable[..., Packed], tmp_path: Path) -> None:
        made = make(
            written(tmp_path, "claude.jsonl", records(output=f"token {TOKEN}\n")),
            written(tmp_path, "copilot.jsonl", copilot("/x", f"curl -H 'Authorization: Bearer {TOKEN}' x")),
        )
        with load(made.path) as packet:
            assert not [name for name in packet.names if TOKEN.encode() in packet.read(name)]
        files = {row.file for row in made.redactions}
        assert {"transcript/1.jsonl", "transcript/2.jsonl", "logs/1.log", "logs/2.log", "timeline.jsonl"} <= files

    def test_equal_logs_in_another_order_are_the_same_story(self, make: Callable[..., Packed], tmp_path: Path) -> None:
        one = written(tmp_path, "claude.jsonl", edit_records("a.txt"))
        two = written(tmp_path, "copilot.jsonl", copilot("/elsewhere/project", "ls"))

        def told(made: Packed) -> list[tuple[str, int, int]]:
            return [(event.kind, event.session, event.turn) for event in events_of(made)]

        first, second = make(one, two, output=tmp_path / "1.packet"), make(two, one, output=tmp_path / "2.packet")
        assert told(first) == told(second)


class TestStores:
    """Sessions where their programs keep them: found by themselves, or named as a folder or a part of a database."""

    @pytest.fixture
    def home(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        home = tmp_path / "home"
        home.mkdir()
        for name in ("CLAUDE_CONFIG_DIR", "CODEX_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "OPENCODE_DB"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("HOME", str(home))
        return home

    @pytest.fixture
    def changed(self, repository: ScriptedRepository) -> ScriptedRepository:
        for number, moment in enumerate((homes.DAY, homes.DAY + 2 * homes.HOUR)):
            seconds = f"{int(moment.timestamp())} +0000"
            repository.commit(
                f"Step {number}",
                {homes.EDITED: f"step {number}\n"},
                GIT_AUTHOR_DATE=seconds,
                GIT_COMMITTER_DATE=seconds,
            )
        return repository

    def test_those_of_several_agents_are_found_and_joined(self, home: Path, changed: ScriptedRepository) -> None:
        homes.claude(home, changed.root, start=homes.DAY)
        homes.opencode(home, changed.root, start=homes.DAY + homes.HOUR / 2)
        homes.openhands(home, changed.root, start=homes.DAY + homes.HOUR / 4)
        homes.cline_task(home, changed.root, start=homes.DAY + homes.HOUR)
        other = homes.claude(home, changed.root, "c1a0de00-9", edits=("other.txt",))
        made = pack(PackRequest(repository=changed.root, revision="HEAD~1..HEAD"))
        taken = {row.agent: row for row in made.sessions}
        assert set(taken) == {"claude-code", "opencode", "openhands", "cline"}
        assert all(row.link in {"time_and_files", "files"} for row in taken.values())
        assert len(taken["opencode"].transcript) == 2  # the session that it started itself
        assert len(taken["cline"].transcript) == 2
        left = {each.reference: each.why for each in made.considered if not each.taken}
        assert left == {str(other): "edits none of the changed files"}
        assert f"session not taken: {other} (edits none of the changed files)" in made.notes
        with load(made.path) as packet:
            assert packet.manifest.task.prompt == "Go."
            assert packet.manifest.file_changed[0].by == "agent"
            assert [row.path for row in packet.manifest.origin.transcript if row.left_out is None]
        assert all(row.chosen_because for row in made.transcripts)

    def test_a_folder_and_a_part_of_a_database_can_be_named(self, home: Path, changed: ScriptedRepository) -> None:
        base = homes.opencode(home, changed.root)
        folder = homes.openhands(home, changed.root)
        made = pack(
            PackRequest(repository=changed.root, revision="HEAD~1..HEAD", sessions=(Path(f"{base}#ses_1"), folder))
        )
        assert {row.agent for row in made.sessions} == {"opencode", "openhands"}
        assert {row.chosen_because for row in made.transcripts} == {
            "it was named with --session",
            "it is of a sub-agent of ses_1",
        }

    def test_a_database_alone_names_no_session(self, home: Path, changed: ScriptedRepository) -> None:
        base = homes.opencode(home, changed.root)
        with pytest.raises(BadTranscriptError, match="say which session of it is meant"):
            pack(PackRequest(repository=changed.root, revision="HEAD~1..HEAD", sessions=(base,)))

    def test_one_that_was_only_found_does_not_end_it(
        self, home: Path, changed: ScriptedRepository, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        homes.claude(home, changed.root)
        broken = homes.claude(home, changed.root, "c1a0de00-2", start=homes.DAY + homes.HOUR / 2)

        def blind(head: bytes, name: str) -> object:
            if name == broken.name:
                raise BadTranscriptError(f"{name} is not a session log that reviewer knows.")
            return detect(head, name)

        monkeypatch.setattr(log_groups, "detect", blind)
        made = pack(PackRequest(repository=changed.root, revision="HEAD~1..HEAD"))
        assert len(made.sessions) == len(made.transcripts) == 1
        assert f"session left: {broken.name} is not a session log that reviewer knows." in made.notes


class TestToldTwice:
    def test_equal_bytes_are_one_log(self, make: Callable[..., Packed], tmp_path: Path) -> None:
        one = written(tmp_path, "one.jsonl", copilot("/x", "ls"))
        made = make(one, written(tmp_path, "copy.jsonl", copilot("/x", "ls")), one)
        assert len(made.transcripts) == len(made.sessions) == 1
        assert f"session log left: {tmp_path / 'copy.jsonl'} holds nothing that {one} does not hold" in made.notes

    @pytest.mark.parametrize("later_first", [True, False])
    def test_an_earlier_state_of_a_log_is_left(
        self, make: Callable[..., Packed], tmp_path: Path, *, later_first: bool
    ) -> None:
        data = copilot("/x", "ls", "pwd")
        early = written(tmp_path, "early.jsonl", data[: data.index(b'"t1"')])
        late = written(tmp_path, "late.jsonl", data)
        made = make(*((late, early) if later_first else (early, late)))
        assert [row.sha256 for row in made.transcripts] == [sha256(data)]
        assert len(events_of(made)) == len(events_of(make(late)))

    def test_an_earlier_state_written_anew_is_told_once(self, make: Callable[..., Packed], tmp_path: Path) -> None:
        early = copilot("/x", "ls").replace(b'"type": "session.start"', b'"type":"session.start"')
        made = make(
            written(tmp_path, "early.jsonl", early), written(tmp_path, "late.jsonl", copilot("/x", "ls", "pwd"))
        )
        assert [row.line for row in _commands(made)] == ["ls", "pwd"]
        assert [(row.n, row.transcript) for row in made.sessions] == [(1, [1, 2])]
        assert [row.left_out for row in made.transcripts] == ["session log 2 has all of it", None]

    def test_a_resumed_session_is_read_with_the_one_that_it_copies(
        self, make: Callable[..., Packed], tmp_path: Path
    ) -> None:
        def session(mark: bytes, command: str) -> bytes:
            return records(command=command).replace(b'd": "u', b'd": "0b0e2b7e-%s-u' % mark)

        first, more = session(b"1111", "pytest -q"), session(b"2222", "ls").replace(b"T00:00:", b"T00:03:")
        resumed = (first + more).replace(b'"s1"', b'"s9"')
        made = make(written(tmp_path, "one.jsonl", first), written(tmp_path, "resumed.jsonl", resumed))
        assert [row.line for row in _commands(made)] == ["pytest -q", "ls"]
        (row,) = made.sessions
        assert (row.ids, row.transcript) == (["s1", "s9"], [1, 2])
        assert [row.records for row in made.transcripts] == [4, 8]

    def test_sessions_of_one_agent_that_share_nothing_stay_two(
        self, make: Callable[..., Packed], tmp_path: Path
    ) -> None:
        made = make(
            written(tmp_path, "one.jsonl", records()), written(tmp_path, "two.jsonl", edit_records("a.txt", "b.txt"))
        )
        assert [(row.ids, row.transcript) for row in made.sessions] == [(["s1"], [1]), (["s2"], [2])]


class TestForms:
    @pytest.mark.parametrize(
        ("pressed", "suffix"),
        [(gzip.compress, ".jsonl.gz"), (zstandard.compress, ".jsonl.zst"), (zstandard.compress, "")],
    )
    def test_a_compressed_log_is_read_and_its_digest_is_the_files(
        self, make: Callable[..., Packed], tmp_path: Path, pressed: Callable[[bytes], bytes], suffix: str
    ) -> None:
        plain = make(written(tmp_path, "plain.jsonl", records(output=f"token {TOKEN}\n")), output=tmp_path / "1.packet")
        data = pressed(records(output=f"token {TOKEN}\n"))
        made = make(written(tmp_path, f"log{suffix}", data), output=tmp_path / "2.packet")
        (row,) = made.transcripts
        assert (row.sha256, row.size, row.records, row.path) == (sha256(data), len(data), 4, "transcript/1.jsonl")
        assert events_of(made) == events_of(plain)
        with load(made.path) as packet, load(plain.path) as other:
            assert packet.read("transcript/1.jsonl") == other.read("transcript/1.jsonl")

    def test_a_damaged_log_says_what_is_missing(self, make: Callable[..., Packed], tmp_path: Path) -> None:
        made = make(written(tmp_path, "log.jsonl.gz", gzip.compress(records() + records(command="x" * 9000))[:-40]))
        assert made.transcripts[0].records >= 1
        (row,) = [row for row in made.omissions if row.what == "the rest of session log 1"]
        assert row.reason.startswith("its compressed form is cut or damaged after ")

    def test_a_bomb_is_refused_and_leaves_nothing(
        self, make: Callable[..., Packed], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("reviewer.workflow.packing.compressed._FREE", 1 << 20)
        log = written(tmp_path, "log.jsonl.zst", zstandard.compress(records() + b" " * (32 << 20)))
        with pytest.raises(BadTranscriptError, match="compressed bytes stand for more than"):
            make(log, output=tmp_path / "x.packet")
        assert not (tmp_path / "x.packet").exists()


class TestStopping:
    @pytest.fixture
    def rooms(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        folder = tmp_path / "rooms"
        folder.mkdir()
        monkeypatch.setattr(tempfile, "tempdir", str(folder))
        return folder

    @pytest.mark.parametrize("beside", [True, False])
    def test_a_person_who_stops_it_leaves_nothing_behind(
        self,
        repository: ScriptedRepository,
        tmp_path: Path,
        rooms: Path,
        monkeypatch: pytest.MonkeyPatch,
        *,
        beside: bool,
    ) -> None:
        monkeypatch.setattr(apart, "_WORTH_IT", 0 if beside else 1 << 40)
        started: list[subprocess.Popen[bytes]] = []
        real = subprocess.Popen

        def watched(*arguments: Any, **options: Any) -> subprocess.Popen[bytes]:  # noqa: ANN401 - as subprocess has it
            started.append(real(*arguments, **options))
            return started[-1]

        monkeypatch.setattr("subprocess.Popen", watched)
        log = written(tmp_path, "log.jsonl", b"".join(_many(2_000)))

        def stop(what: str, done: int, _all: int) -> None:
            if what == "reading the session" and done:
                raise KeyboardInterrupt

        request = PackRequest(repository=repository.root, sessions=(log,), output=tmp_path / "x.packet")
        with pytest.raises(KeyboardInterrupt):
            pack(request, stop)
        assert not (tmp_path / "x.packet").exists()
        assert list(rooms.iterdir()) == []
        masking = [child for child in started if apart.__name__ in str(child.args)]
        assert len(masking) == beside
        assert all(child.returncode is not None for child in started)

    def test_on_the_command_line_it_is_one_sentence(
        self,
        repository: ScriptedRepository,
        tmp_path: Path,
        capsys: pytest.CaptureFixture[str],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        def stopped(*_: object, **__: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr("reviewer.workflow.packing.run_log.join", stopped)
        log = written(tmp_path, "log.jsonl", records())
        with pytest.raises(SystemExit) as done:
            cli.main(["pack", "--repo", str(repository.root), "--session", str(log), "-o", str(tmp_path / "x.packet")])
        assert done.value.code == 130
        assert capsys.readouterr() == ("", "reviewer: interrupted\n")
        assert not (tmp_path / "x.packet").exists()

    def test_a_real_signal_ends_it(self, repository: ScriptedRepository, tmp_path: Path) -> None:
        rooms = tmp_path / "rooms"
        rooms.mkdir()
        log = written(tmp_path, "log.jsonl", b"".join(_many(30_000)))
        command = ["pack", "--repo", str(repository.root), "--session", str(log), "-o", str(tmp_path / "x.packet")]
        child = subprocess.Popen(
            [sys.executable, "-c", _LIKE_A_SHELL, *command],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=os.environ | {"TMPDIR": str(rooms)},
            start_new_session=True,
        )
        _wait_until(lambda: any(rooms.glob("reviewer-pack-*/masked-ahead")))
        os.killpg(child.pid, signal.SIGINT)
        out, err = child.communicate(timeout=30)
        assert (child.returncode, out, err) == (130, b"", b"reviewer: interrupted\n")
        assert list(rooms.iterdir()) == []
        assert not (tmp_path / "x.packet").exists()


class TestVerb:
    def test_a_run_in_our_own_form_is_told_by_the_name_that_it_gives(
        self, repository: ScriptedRepository, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        lines = [
            {"kind": "run", "agent": "my-agent", "cwd": str(repository.root)},
            {"kind": "edit", "path": "a.txt", "applied": True},
        ]
        log = written(tmp_path, "own.jsonl", b"".join(json.dumps(line).encode() + b"\n" for line in lines))
        with pytest.raises(SystemExit):
            cli.main(["pack", "--repo", str(repository.root), "--session", str(log), "--json"])
        (session,) = json.loads(capsys.readouterr().out)["sessions"]
        assert session["agent"] == "my-agent"

    def test_it_tells_of_each_session_and_why(
        self, repository: ScriptedRepository, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        logs = (
            written(tmp_path, "claude.jsonl", edit_records("a.txt")),
            written(tmp_path, "copilot.jsonl", copilot("/elsewhere/project", "ls")),
        )
        named = [part for log in logs for part in ("--session", str(log))]
        with pytest.raises(SystemExit):
            cli.main(["pack", "--repo", str(repository.root), *named, "--json"])
        told = capsys.readouterr()
        assert "  session 1    claude-code s2: 0 commands, 1 edit\n" in told.err
        assert "  session 2    copilot-cli c1: 1 command, 0 edits; UNRELATED to this change" in told.err
        made = json.loads(told.out)
        assert [(row["agent"], row["link"]) for row in made["sessions"]] == [
            ("claude-code", "time_and_files"),
            ("copilot-cli", "unrelated"),
        ]
        assert [(each["reference"], each["taken"]) for each in made["considered"]] == [(str(log), True) for log in logs]


_LIKE_A_SHELL = """\
import signal, sys
from reviewer.cli import main
# Who runs the tests in the background has them ignore the signal, and children with them.
signal.signal(signal.SIGINT, signal.default_int_handler)
main(sys.argv[1:])
"""


def _commands(made: Packed) -> list[Command]:
    return [event for event in events_of(made) if isinstance(event, Command)]


def _many(count: int) -> Iterator[bytes]:
    yield records()
    for number in range(count):
        yield edit_records("a.txt").replace(b'"e', b'"e%d-' % number)


def _wait_until(true: Callable[[], bool], patience: float = 30) -> None:
    end = time.monotonic() + patience
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)
