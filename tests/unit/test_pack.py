"""Making a packet, end to end: from a scripted repository and a scripted session to a packet that proves itself."""

from __future__ import annotations

import errno
import json
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from reviewer import cli
from reviewer.digest import sha256
from reviewer.errors import BadInputError, GitError
from reviewer.packet.limits import Limits
from reviewer.packet.loader import load
from reviewer.workflow.open import integrity, open_packet
from reviewer.workflow.pack import Packed, PackRequest, pack
from tests.support.repositories import ScriptedRepository
from tests.unit.test_pack_parts import TOKEN, edit_records, records

if TYPE_CHECKING:
    from collections.abc import Callable

CONTRACT = """\
[task]
objective = "Say more."
type = "bug_fix_isolated"
[scope]
allowed_paths = ["/a.txt"]
forbidden_paths = []
[rollback]
strategy = "revert"
"""


@pytest.fixture
def repository(tmp_path: Path) -> ScriptedRepository:
    made = ScriptedRepository(tmp_path / "repository")
    made.commit("Start", {"a.txt": "one\n", "gone.txt": "x\n"})
    made.switch("work", start="main")
    made.commit("Say more\n\nBecause.", {"a.txt": "one\ntwo\n", "b.txt": "new\n", "gone.txt": None})
    return made


@pytest.fixture
def make(repository: ScriptedRepository) -> Callable[..., Packed]:
    def run(**options: Any) -> Packed:  # noqa: ANN401 - any field of the request
        return pack(PackRequest(**{"repository": repository.root, "sessions": (), **options}))

    return run


@pytest.fixture
def session(tmp_path: Path) -> Path:
    path = tmp_path / "session.jsonl"
    path.write_bytes(records(output=f"1 passed\n{TOKEN}\n"))
    return path


class TestPacket:
    def test_it_lies_in_the_git_directory_and_not_in_the_work_tree(
        self, make: Callable[..., Packed], repository: ScriptedRepository
    ) -> None:
        before = repository.git("status", "--porcelain")
        made = make()
        assert made.path == repository.git_dir / "reviewer" / "packets" / f"{made.id}.packet"
        assert repository.git("status", "--porcelain") == before == ""

    def test_equal_input_gives_equal_bytes(
        self, make: Callable[..., Packed], repository: ScriptedRepository, session: Path, tmp_path: Path
    ) -> None:
        one = make(sessions=(session,), output=tmp_path / "1.packet")
        shutil.copytree(repository.root, tmp_path / "clone")
        shutil.copy(session, tmp_path / "elsewhere.jsonl")
        two = make(
            repository=tmp_path / "clone", sessions=(tmp_path / "elsewhere.jsonl",), output=tmp_path / "2.packet"
        )
        assert one.path.read_bytes() == two.path.read_bytes()
        assert one.digest == two.digest == sha256(one.path.read_bytes())

    def test_folder_and_file_are_the_same_packet(self, make: Callable[..., Packed], tmp_path: Path) -> None:
        file, folder = make(output=tmp_path / "p.packet"), make(output=tmp_path / "p")
        assert (file.digest, file.key, file.id) == (folder.digest, folder.key, folder.id)
        assert folder.path.is_dir()
        with load(folder.path) as opened:
            assert opened.digest() == file.digest

    def test_it_proves_itself(self, make: Callable[..., Packed], repository: ScriptedRepository, session: Path) -> None:
        made = make(sessions=(session,))
        with open_packet(made.path, repository=repository.root) as opened:
            assert integrity(opened) == ()
        with load(made.path) as packet:
            assert packet.key == made.key
            assert packet.digest() == made.digest

    def test_its_diff_is_gits(self, make: Callable[..., Packed], repository: ScriptedRepository) -> None:
        expected = repository.git("diff", "--binary", "--full-index", "main", "work") + "\n"
        with load(make().path) as packet:
            assert bytes(packet.diff()).decode() == expected

    def test_the_brief_of_git(self, make: Callable[..., Packed], repository: ScriptedRepository) -> None:
        with load(make().path) as packet:
            manifest = packet.manifest
        assert manifest.title == "Say more"
        assert manifest.created == "2026-01-01T00:02:00Z"
        assert manifest.id.startswith("say-more-2026-01-01-")
        assert manifest.change.target_ref == "refs/heads/main"
        assert manifest.change.commits == [repository.head()]
        assert [(row.path, row.status, row.added, row.removed) for row in manifest.file_changed] == [
            ("a.txt", "M", 1, 0),
            ("b.txt", "A", 1, 0),
            ("gone.txt", "D", 0, 1),
        ]
        assert manifest.origin.operator is not None
        assert manifest.origin.operator.name == "Cy Committer"
        assert manifest.origin.known == {"operator": "recorded"}
        assert manifest.origin.kind is None
        assert manifest.task.known == {}

    def test_what_the_contract_says_is_declared(self, make: Callable[..., Packed], tmp_path: Path) -> None:
        (tmp_path / "task.toml").write_text(CONTRACT)
        with load(make(task=tmp_path / "task.toml").path) as packet:
            manifest = packet.manifest
        assert manifest.task.objective == "Say more."
        assert manifest.task.known == {"objective": "declared", "type": "declared"}
        assert manifest.scope.forbidden_paths == []
        assert manifest.scope.hosts is None
        assert manifest.scope.known == {"allowed_paths": "declared", "forbidden_paths": "declared"}
        assert manifest.rollback.known == {"strategy": "declared"}

    def test_what_the_log_says_is_recorded(self, make: Callable[..., Packed], session: Path) -> None:
        with load(make(sessions=(session,)).path) as packet:
            manifest = packet.manifest
        assert manifest.task.prompt == "Run the tests."
        assert manifest.task.known == {"prompt": "recorded", "follow_ups": "recorded"}
        assert manifest.origin.agent == "claude-code"
        assert manifest.origin.known["agent"] == "recorded"
        assert [(row.n, row.line, row.kind, row.log) for row in manifest.command] == [
            (1, "pytest -q", "test", "logs/1.log")
        ]
        assert manifest.origin.transcript[0].chosen_because == "it was named with --session"

    def test_files_are_joined_with_the_run(self, make: Callable[..., Packed], tmp_path: Path) -> None:
        for read, expected in ((True, True), (False, False)):
            log = tmp_path / f"{read}.jsonl"
            log.write_bytes(edit_records("a.txt", read=read))
            with load(make(sessions=(log,)).path) as packet:
                manifest = packet.manifest
            rows = {row.path: (row.by, row.read_before_edit) for row in manifest.file_changed}
            assert rows == {"a.txt": ("agent", expected), "b.txt": ("unknown", None), "gone.txt": ("unknown", None)}
            assert (manifest.origin.kind, manifest.origin.known["kind"]) == ("agent", "derived")

    def test_a_file_from_before_the_session_makes_it_mixed(
        self, make: Callable[..., Packed], repository: ScriptedRepository, tmp_path: Path
    ) -> None:
        log = tmp_path / "session.jsonl"
        # The session starts at 00:01:00, the first commit of the branch is of 00:02:00.
        late = edit_records("a.txt").replace(b"T00:01:", b"T00:09:")
        log.write_bytes(late)
        with load(make(sessions=(log,)).path) as packet:
            assert packet.manifest.origin.kind == "mixed"

    def test_a_session_of_another_change_is_said_loudly(self, make: Callable[..., Packed], session: Path) -> None:
        made = make(sessions=(session,))
        (row,) = made.sessions
        assert (row.link, row.link_evidence) == ("unrelated", "it edits none of the changed files")
        assert made.notes[0] == (
            "UNRELATED: nothing ties the session (session.jsonl) to this change: it edits none of the changed files"
        )

    def test_a_session_is_tied_to_the_commits(
        self, make: Callable[..., Packed], repository: ScriptedRepository, tmp_path: Path
    ) -> None:
        log = tmp_path / "session.jsonl"
        log.write_bytes(edit_records("a.txt"))
        (row,) = make(sessions=(log,)).sessions
        assert (row.n, row.agent, row.ids, row.transcript, row.changed_files) == (1, "claude-code", ["s2"], [1], 1)
        assert row.link == "time_and_files"
        repository.commit("Once more\n\nSession: s2\n", {"a.txt": "three\n"})
        assert make(sessions=(log,)).sessions[0].link == "time_and_files"  # an id of two letters names nothing

    def test_secrets_of_the_run_are_masked_and_counted_and_the_changes_are_not(
        self, make: Callable[..., Packed], repository: ScriptedRepository, session: Path
    ) -> None:
        repository.commit("Leak", {"leak.txt": f"{TOKEN}\n"})
        made = make(sessions=(session,))
        with load(made.path) as packet:
            holders = {name for name in packet.names if TOKEN.encode() in packet.read(name)}
        assert holders == {"change.diff", f"blobs/{sha256(f'{TOKEN}{chr(10)}'.encode())}"}
        assert {row.file for row in made.redactions} == {"transcript/1.jsonl", "logs/1.log"}

    def test_a_secret_in_the_contract_is_masked_too(self, make: Callable[..., Packed], tmp_path: Path) -> None:
        (tmp_path / "task.toml").write_text(f'[task]\nobjective = "Use {TOKEN} to log in"\n')
        made = make(task=tmp_path / "task.toml")
        with load(made.path) as packet:
            assert TOKEN.encode() not in packet.manifest_bytes
        assert [(row.file, row.count) for row in made.redactions] == [("packet.toml", 1)]

    def test_the_transcript_can_be_left_out(self, make: Callable[..., Packed], session: Path) -> None:
        made = make(sessions=(session,), keep_transcript=False)
        with load(made.path) as packet:
            assert not packet.has("transcript/1.jsonl")
            assert packet.manifest.origin.transcript[0].left_out == "not wanted (--no-transcript)"
            assert packet.has("timeline.jsonl")

    def test_titles_come_from_where_the_change_is_named(
        self, make: Callable[..., Packed], repository: ScriptedRepository, session: Path, tmp_path: Path
    ) -> None:
        assert make(title="Mine").title == "Mine"
        repository.commit("Second thoughts", {"a.txt": "three\n"})
        assert make().title == "Second thoughts"
        assert make(sessions=(session,)).title == "Run the tests."
        (tmp_path / "task.toml").write_text(CONTRACT)
        assert make(sessions=(session,), task=tmp_path / "task.toml").title == "Say more."

    def test_texts_that_are_not_utf8_do_not_stop_it(
        self, make: Callable[..., Packed], repository: ScriptedRepository
    ) -> None:
        repository.write(b"caf\xe9.txt", b"\xff\n")
        repository.commit("x", GIT_COMMITTER_NAME="Zo\udce9")
        with load(make().path) as packet:
            assert '"caf\\351.txt"' in {row.path for row in packet.manifest.file_changed}
            assert b"caf\xe9.txt" in {entry.path for entry in packet.change_entries()}

    def test_names_and_messages_of_commits_are_kept_as_text(
        self, make: Callable[..., Packed], repository: ScriptedRepository
    ) -> None:
        repository.commit("\x1b]0;owned\x07 title", {"a.txt": "x\n"})
        made = make(revision="HEAD~1..HEAD")
        assert made.title == "\x1b]0;owned\x07 title"
        assert made.id.startswith("0-owned-title-")


class TestSession:
    def kept(self, home: Path, root: Path, name: str, data: bytes) -> Path:
        folder = home / ".claude" / "projects" / "".join(c if c.isalnum() else "-" for c in str(root))
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data.replace(b"/elsewhere/project", str(root).encode()))
        return folder / name

    @pytest.fixture(autouse=True)
    def home(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        monkeypatch.setenv("HOME", str(tmp_path / "home"))
        monkeypatch.delenv("CLAUDE_CONFIG_DIR", raising=False)
        monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
        (tmp_path / "home" / ".claude" / "projects").mkdir(parents=True)
        return tmp_path / "home"

    def test_the_one_that_fits_is_found_and_the_reason_told(
        self, make: Callable[..., Packed], repository: ScriptedRepository, home: Path
    ) -> None:
        log = self.kept(home, repository.root, "s2.jsonl", edit_records("a.txt"))
        other = self.kept(
            home, repository.root, "s9.jsonl", edit_records("elsewhere.txt").replace(b"T00:01:", b"T00:02:")
        )
        made = make(sessions=None)
        (transcript,) = made.transcripts
        assert transcript.chosen_because is not None
        assert "edits 1 of 3 changed files" in transcript.chosen_because
        assert f"session taken: {log}" in made.notes
        assert f"session not taken: {other} (edits none of the changed files)" in made.notes

    def test_logs_of_sub_agents_come_along(
        self, make: Callable[..., Packed], repository: ScriptedRepository, home: Path
    ) -> None:
        log = self.kept(home, repository.root, "s2.jsonl", edit_records("a.txt"))
        own = log.parent / "s2" / "subagents"
        own.mkdir(parents=True)
        (own / "agent-77.jsonl").write_bytes(
            records()
            .replace(b'"isSidechain": false', b'"isSidechain": true, "agentId": "77"')
            .replace(b'"s1"', b'"s2"')
        )
        for sessions in (None, (log,)):
            made = make(sessions=sessions)
            assert [row.chosen_because for row in made.transcripts][1] == "it is of a sub-agent of s2.jsonl"
            with load(made.path) as packet:
                assert packet.has("transcript/2.jsonl")
                assert packet.manifest.cost.subagents == 1

    def test_none_found_is_a_packet_whose_run_is_not_recorded(self, make: Callable[..., Packed]) -> None:
        made = make(sessions=None)
        assert made.transcripts == ()
        assert any("no session of this repository was found" in note for note in made.notes)
        with load(made.path) as packet:
            assert packet.manifest.task.known == {}
            assert packet.read("timeline.jsonl") == b""

    def test_a_session_of_another_work_tree_counts(
        self, make: Callable[..., Packed], repository: ScriptedRepository, home: Path, tmp_path: Path
    ) -> None:
        repository.git("worktree", "add", "-q", "--detach", str(tmp_path / "linked"))
        self.kept(home, tmp_path / "linked", "s2.jsonl", edit_records("a.txt"))
        assert len(make(sessions=None).transcripts) == 1
        repository.git("worktree", "remove", str(tmp_path / "linked"))


class TestPlace:
    def test_packing_again_leaves_the_packet_as_it_is(self, make: Callable[..., Packed]) -> None:
        first = make()
        stamp = first.path.stat().st_mtime_ns
        second = make()
        assert (first.was_there, second.was_there) == (False, True)
        assert second.path.stat().st_mtime_ns == stamp

    def test_something_else_in_its_place_is_kept(self, make: Callable[..., Packed], tmp_path: Path) -> None:
        (tmp_path / "p.packet").write_text("mine")
        with pytest.raises(BadInputError, match="is there already and is something else"):
            make(output=tmp_path / "p.packet")
        assert (tmp_path / "p.packet").read_text() == "mine"

    def test_a_folder_that_is_there_gets_a_file(self, make: Callable[..., Packed], tmp_path: Path) -> None:
        (tmp_path / "outbox").mkdir()
        made = make(output=tmp_path / "outbox")
        assert made.path == tmp_path / "outbox" / f"{made.id}.packet"

    def test_a_folder_that_is_not_there_is_said(self, make: Callable[..., Packed], tmp_path: Path) -> None:
        with pytest.raises(BadInputError, match="does not exist"):
            make(output=tmp_path / "nowhere" / "p.packet")

    def test_a_full_disk_leaves_nothing(
        self, make: Callable[..., Packed], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        def full(_descriptor: int) -> None:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        monkeypatch.setattr(os, "fsync", full)
        (tmp_path / "outbox").mkdir()
        for output in (tmp_path / "outbox" / "p.packet", tmp_path / "outbox" / "p", tmp_path / "outbox"):
            with pytest.raises(BadInputError, match="the disk is full"):
                make(output=output)
        assert list((tmp_path / "outbox").iterdir()) == []

    def test_stopping_leaves_nothing(self, repository: ScriptedRepository, session: Path, tmp_path: Path) -> None:
        (tmp_path / "outbox").mkdir()

        def stop(what: str, _done: int, _all: int) -> None:
            if what == "putting it together":
                raise KeyboardInterrupt

        request = PackRequest(repository=repository.root, sessions=(session,), output=tmp_path / "outbox")
        with pytest.raises(KeyboardInterrupt):
            pack(request, stop)
        assert list((tmp_path / "outbox").iterdir()) == []


class TestLimits:
    def test_a_packet_opens_under_the_limits_it_was_made_for(
        self, make: Callable[..., Packed], repository: ScriptedRepository, session: Path
    ) -> None:
        repository.commit("Big", {f"{n}.txt": f"{n}" * 200_000 for n in range(5)})
        limits = Limits(max_unpacked=1_500_000, max_manifest=100_000, max_members=12)
        made = make(sessions=(session,), revision="HEAD~1..HEAD", limits=limits)
        with load(made.path, limits) as packet:
            assert packet.size <= limits.max_unpacked
            assert packet.manifest.omission
        assert "packet budget" in {row.reason for row in made.omissions}

    def test_a_change_that_cannot_fit_is_said(
        self, make: Callable[..., Packed], repository: ScriptedRepository
    ) -> None:
        repository.commit("Big", {"big.txt": "x" * 300_000})
        with pytest.raises(BadInputError, match=r"the change itself takes [\d,]+ bytes, and a packet may hold 200,000"):
            make(limits=Limits(max_unpacked=200_000, max_manifest=1_000))

    def test_a_manifest_that_is_too_large_loses_text_loudly(self, make: Callable[..., Packed], tmp_path: Path) -> None:
        session = tmp_path / "long.jsonl"
        session.write_bytes(records(command="echo " + "x" * 100_000))
        limits = Limits(max_manifest=20_000)
        made = make(sessions=(session,), limits=limits)
        with load(made.path, limits) as packet:
            (row,) = packet.manifest.command
            assert "⟦cut: " in row.line
            assert "texts over 8,000 characters" in {omission.what for omission in packet.manifest.omission}
            assert b"x" * 100_000 in packet.read("timeline.jsonl")

    def test_a_list_of_files_that_cannot_fit_is_said(
        self, make: Callable[..., Packed], repository: ScriptedRepository
    ) -> None:
        repository.commit("Many", {f"{n}.txt": "1\n" for n in range(50)})
        with pytest.raises(BadInputError, match="has 53 files, and their list alone"):
            make(limits=Limits(max_manifest=2_000))


class TestHostile:
    def test_nothing_of_the_repository_runs_or_bends_what_is_read(
        self, make: Callable[..., Packed], repository: ScriptedRepository, tmp_path: Path
    ) -> None:
        honest = make(output=tmp_path / "honest.packet")
        trap = tmp_path / "trap.sh"
        trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\ncat\n")
        trap.chmod(0o755)
        for key in ("diff.external", "diff.x.textconv", "filter.x.smudge", "filter.x.clean", "core.fsmonitor"):
            repository.git("config", key, str(trap))
        repository.git("config", "diff.noprefix", "true")
        repository.git("config", "diff.algorithm", "patience")
        (repository.git_dir / "info").mkdir(exist_ok=True)
        (repository.git_dir / "info" / "attributes").write_text("* diff=x filter=x -text\n")
        repository.git("replace", "work", "main")
        again = make(output=tmp_path / "again.packet")
        assert not (tmp_path / "sprung").exists()
        assert again.digest == honest.digest


class TestVerb:
    @pytest.fixture
    def run(self, repository: ScriptedRepository, capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
        def call(*arguments: object) -> tuple[int, str, str]:
            with pytest.raises(SystemExit) as done:
                cli.main(["pack", "--repo", str(repository.root), *map(str, arguments)])
            told = capsys.readouterr()
            return int(done.value.code or 0), told.out, told.err

        return call

    def test_stdout_is_the_path_and_stderr_the_story(self, run: Callable[..., Any], session: Path) -> None:
        code, out, err = run("--session", session)
        assert code == 0
        assert out.rstrip("\n").endswith(".packet")
        assert out.count("\n") == 1
        assert "3 files, +2 -1 lines" in err
        assert "taken because it was named with --session" in err
        assert "masked       " in err

    def test_json_says_what_was_made(self, run: Callable[..., Any]) -> None:
        code, out, _ = run("--session", "none", "--json")
        made = json.loads(out)
        assert code == 0
        assert (made["files"], made["added"], made["removed"], made["transcripts"]) == (3, 2, 1, [])

    def test_uncommitted_work_is_said(self, run: Callable[..., Any], repository: ScriptedRepository) -> None:
        repository.write("a.txt", "more\n")
        repository.write("new\x1b.txt", "more\n")
        _, _, err = run("--session", "none")
        assert "not committed, so not in the packet: 1 file with changes (first: a.txt)" in err
        assert "new⟨U+001B⟩.txt" in err

    def test_nothing_is_said_of_the_work_tree_when_the_range_ends_elsewhere(
        self, run: Callable[..., Any], repository: ScriptedRepository
    ) -> None:
        repository.commit("Later", {"c.txt": "c\n"})
        repository.write("a.txt", "more\n")
        assert "not committed" not in run("main..HEAD~1", "--session", "none")[2]

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (["nowhere..HEAD"], "nowhere"),
            (["main..main"], "there is nothing between"),
            (["--session", "none", "--session", "x"], "--session none goes alone"),
            (["--session", "/nowhere/x.jsonl"], "cannot be read"),
            (["--task", "/nowhere/task.toml"], "cannot be read as a task contract"),
            (["--session", "none", "--operator", "<x>"], "is not a name or"),
            (["--nothing"], "No such option"),
        ],
    )
    def test_bad_input_is_one_sentence(self, run: Callable[..., Any], arguments: list[str], words: str) -> None:
        code, out, err = run(*arguments)
        assert (code, out) == (2, "")
        assert words in err
        assert "Traceback" not in err

    def test_whoever_packs_can_say_who_ran_the_agent(self, run: Callable[..., Any]) -> None:
        _, out, _ = run("--session", "none", "--operator", "Bo Example <bo@example.org>")
        with load(Path(out.rstrip("\n"))) as packet:
            origin = packet.manifest.origin
        assert origin.operator is not None
        assert (origin.operator.name, origin.known["operator"]) == ("Bo Example", "declared")


def test_a_place_without_a_repository_is_said(tmp_path: Path) -> None:
    with pytest.raises(GitError, match="there is no git repository"):
        pack(PackRequest(repository=tmp_path))
