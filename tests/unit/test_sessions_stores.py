"""Where each agent keeps its sessions, and what their two ends tell."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from reviewer.workflow.sessions import search as search_module
from reviewer.workflow.sessions.places import Places
from reviewer.workflow.sessions.search import Search
from reviewer.workflow.sessions.stores import (
    AGENTS,
    STORES,
    aider,
    claude_code,
    cline,
    codex,
    copilot_cli,
    cursor,
    gemini_cli,
    opencode,
    openhands,
    trajectories,
)
from tests.support import homes
from tests.support.homes import DAY, HOUR, put
from tests.support.session_log import SessionLog

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from reviewer.workflow.sessions.candidate import Candidate

START, END = DAY.timestamp(), (DAY + HOUR).timestamp()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    folder.mkdir()
    return folder


def look(home: Path, *roots: Path, everywhere: bool = False, since: float | None = None, **environment: str) -> Search:
    return Search(Places(home, environment), roots, since, everywhere)


def look_in(home: Path, repo: Path, environment: dict[str, str]) -> Search:
    return Search(Places(home, environment), (repo,))


def only(found: Iterator[Candidate]) -> Candidate:
    (one,) = found
    return one


def test_every_store_is_silent_in_an_empty_home(home: Path, repo: Path) -> None:
    for store in STORES:
        wanted = look(home, repo, everywhere=True)
        assert list(store.candidates(wanted)) == []
        assert wanted.notes == []
    assert len(set(AGENTS)) == len(AGENTS)


@pytest.mark.parametrize(
    ("agent", "keep"),
    [
        ("claude-code", homes.claude),
        ("codex", homes.codex),
        ("copilot-cli", homes.copilot),
        ("openhands", homes.openhands),
        ("opencode", homes.opencode),
        ("opencode", homes.opencode_files),
        ("cline", homes.cline_task),
        ("cline", homes.cline_session),
    ],
)
def test_a_session_tells_its_folder_and_its_start(
    home: Path, repo: Path, agent: str, keep: Callable[[Path, Path], Path]
) -> None:
    path = keep(home, repo)
    found = [one for store in STORES for one in store.candidates(look(home, repo))]
    one = only(iter(found))
    assert (one.agent, one.readable, one.elsewhere) == (agent, True, None)
    assert one.cwds == (str(repo),)
    assert one.path in {path, path.parent}
    assert one.started is not None
    assert one.ended is not None
    assert START <= one.started <= START + 10
    assert one.started <= one.ended <= END
    assert one.session
    assert one.session in one.sessions


class TestClaudeCode:
    def test_sub_agents_come_along(self, home: Path, repo: Path) -> None:
        log = homes.claude(home, repo, "main")
        inside = SessionLog(cwd=str(repo), session="main", agent="aaa111")
        below = put(log.parent / "main" / "subagents" / "agent-aaa111.jsonl", inside.read("/x").bytes())
        beside = put(
            log.parent / "agent-bbb222.jsonl", SessionLog(cwd=str(repo), session="main", agent="b").read("/x").bytes()
        )
        put(log.parent / "agent-ccc333.jsonl", SessionLog(session="elsewhere", agent="c").read("/x").bytes())
        one = only(claude_code.candidates(look(home, repo)))
        assert one.companions == ((below, "aaa111"), (beside, "bbb222"))

    def test_configuration_folders(self, tmp_path: Path) -> None:
        for place in ("home/.claude", "home/.config/claude", "one", "two"):
            (tmp_path / place / "projects").mkdir(parents=True)
        home = tmp_path / "home"
        assert claude_code.config_folders(Places(home)) == (home / ".claude", home / ".config" / "claude")
        environment = {
            "CLAUDE_CONFIG_DIR": f"{tmp_path}/one, {tmp_path}/two,{tmp_path}/gone,relative",
            "XDG_CONFIG_HOME": "relative",
        }
        found = claude_code.config_folders(Places(home, environment))
        assert found == (tmp_path / "one", tmp_path / "two", home / ".claude", home / ".config" / "claude")

    def test_a_log_that_is_longer_than_its_ends_is_known_by_them(self, tmp_path: Path) -> None:
        log = SessionLog(cwd="/home/ana/shop")
        log.prompt("Go.")
        for _ in range(5):
            log.text("x" * 100_000)
        log.wait(3600)
        log.text("Done.")
        one = claude_code.examine(put(tmp_path / "log.jsonl", log.bytes()))
        assert one.started is not None
        assert one.ended is not None
        assert one.ended - one.started > 3600


class TestCodex:
    def test_rollouts_of_sub_agents_belong_to_their_eldest(self, home: Path, repo: Path) -> None:
        main = homes.codex(home, repo, "main")
        child = homes.codex(home, repo, "child", parent="main", start=DAY + timedelta(minutes=1))
        grandchild = homes.codex(home, repo, "grand", parent="child", start=DAY + timedelta(minutes=2))
        orphan = homes.codex(home, repo, "orphan", parent="gone", start=DAY + timedelta(minutes=3))
        found = {one.path: one for one in codex.candidates(look(home, repo))}
        assert set(found) == {main, orphan}
        assert found[main].companions == ((child, "child"), (grandchild, "grand"))
        assert codex.companions(main) == found[main].companions
        assert codex.companions(orphan) == ()

    def test_parents_in_a_circle_stand_for_themselves_or_each_other(self, home: Path, repo: Path) -> None:
        homes.codex(home, repo, "one", parent="two")
        homes.codex(home, repo, "two", parent="one", start=DAY + timedelta(minutes=1))
        assert len([one.path for one in codex.candidates(look(home, repo))]) <= 2

    def test_of_a_plain_and_a_compressed_rollout_the_plain_counts(self, home: Path, repo: Path) -> None:
        zstandard = pytest.importorskip("zstandard")
        plain = homes.codex(home, repo, "both")
        packed = put(plain.with_name(f"{plain.name}.zst"), zstandard.compress(plain.read_bytes()))
        assert only(codex.candidates(look(home, repo))).path == plain
        plain.unlink()
        one = only(codex.candidates(look(home, repo)))
        assert (one.path, one.session, one.cwds, one.started) == (packed, "both", (str(repo),), START)
        put(packed, b"\x28\xb5\x2f\xfdjunk")
        assert "holds no record" in only(codex.candidates(look(home, repo))).why_not

    def test_archived_and_old_flat_rollouts_and_codex_home(self, home: Path, repo: Path, tmp_path: Path) -> None:
        log = homes.codex(tmp_path / "other", repo)
        base = tmp_path / "moved"
        flat = put(base / "sessions" / log.name, log.read_bytes())
        archived = put(base / "archived_sessions" / log.name, log.read_bytes())
        put(base / "sessions" / "notes.jsonl", "{}\n")
        found = codex.candidates(look(home, repo, CODEX_HOME=str(base)))
        assert {one.path for one in found} == {flat, archived}

    def test_the_oldest_form_has_its_folder_in_a_text(self, home: Path) -> None:
        told = "<environment_context>\n  <cwd>/home/ana/shop</cwd>\n</environment_context>"
        message = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": told}]}
        records = homes.lines({"id": "old", "timestamp": homes.stamp(DAY), "instructions": None, "git": {}}, message)
        put(home / ".codex" / "sessions" / "rollout-2026-03-02T09-00-00-old.jsonl", records)
        one = only(codex.candidates(look(home)))
        assert (one.session, one.cwds, one.started, one.ended) == ("old", ("/home/ana/shop",), START, END)


class TestGemini:
    def test_a_project_is_told_by_hash_by_list_and_by_its_own_file(self, home: Path, repo: Path) -> None:
        (repo / "web").mkdir()
        by_hash = homes.gemini(home, gemini_cli.project_hash(repo), "a")
        below = homes.gemini(home, gemini_cli.project_hash(repo / "web"), "b")
        by_list = homes.gemini(home, "shop", "c")
        own = homes.gemini(home, "shop-1", "d")
        other = homes.gemini(home, "f" * 64, "e")
        put(home / ".gemini" / "projects.json", {"projects": {str(repo): "shop"}})
        put(home / ".gemini" / "tmp" / "shop-1" / ".project_root", str(repo))
        found = {one.path: one for one in gemini_cli.candidates(look(home, repo, everywhere=True))}
        assert {path: one.cwds for path, one in found.items()} == {
            by_hash: (str(repo),),
            below: (str(repo / "web"),),
            by_list: (str(repo),),
            own: (str(repo),),
            other: (),
        }
        assert found[other].elsewhere == "is kept for another folder (project ffffffffffffffffffff)"
        assert (found[own].started, found[own].ended) == (START, END)
        assert other not in {one.path for one in gemini_cli.candidates(look(home, repo))}

    def test_chats_of_sub_agents_belong_to_their_parent(self, home: Path, repo: Path) -> None:
        main = homes.gemini(home, gemini_cli.project_hash(repo), "main-id")
        child = put(main.parent / "main-id" / "kid.jsonl", homes.lines({"sessionId": "kid", "projectHash": "0"}))
        one = only(gemini_cli.candidates(look(home, repo)))
        assert one.companions == ((child, "kid"),)
        assert gemini_cli.companions(main) == ((child, "kid"),)

    def test_the_home_can_be_moved(self, home: Path, repo: Path, tmp_path: Path) -> None:
        path = homes.gemini(tmp_path / "job", gemini_cli.project_hash(repo))
        wanted = look(home, repo, GEMINI_CLI_HOME=str(tmp_path / "job"))
        assert only(gemini_cli.candidates(wanted)).path == path


class TestCopilot:
    def test_older_places_and_the_file_beside(self, home: Path, repo: Path, tmp_path: Path) -> None:
        moved = homes.copilot(tmp_path, repo).parent.parent.parent
        flat = put(home / ".copilot" / "session-state" / "flat.jsonl", homes.lines({"timestamp": homes.stamp(DAY)}))
        beside = put(
            home / ".copilot" / "session-state" / "yaml" / "events.jsonl",
            homes.lines({"type": "user.message", "timestamp": homes.stamp(DAY)}),
        )
        put(beside.parent / "workspace.yaml", f"id: yaml\ncwd: {repo}\nsummary: x\n")
        found = {one.path: one for one in copilot_cli.candidates(look(home, repo, COPILOT_HOME=str(moved)))}
        assert {path.name for path in found} == {"events.jsonl", "flat.jsonl"}
        assert len(found) == 3
        assert found[flat].session == "flat"
        assert found[beside].cwds == (str(repo),)

    def test_chats_of_vs_code_by_workspace(self, home: Path, repo: Path) -> None:
        storage = home / ".config" / "Code" / "User" / "workspaceStorage"
        put(storage / "aa" / "workspace.json", {"folder": repo.as_uri()})
        put(storage / "bb" / "workspace.json", {"folder": "file:///elsewhere"})
        chat = {"version": 3, "sessionId": "c1", "creationDate": int(START * 1000), "lastMessageDate": int(END * 1000)}
        for name in ("aa", "bb"):
            put(storage / name / "chatSessions" / "c1.json", chat)
        one = only(copilot_cli.chat_candidates(look(home, repo)))
        assert (one.agent, one.cwds, one.started, one.ended) == ("copilot-chat", (str(repo),), START, END)
        assert len(list(copilot_cli.chat_candidates(look(home, repo, everywhere=True)))) == 2


class TestOpenHands:
    def test_the_older_layout_does_not_say_where(self, home: Path) -> None:
        folder = homes.openhands(home, None)
        one = only(openhands.candidates(look(home)))
        assert (one.path, one.cwds, one.started) == (folder, (), START)

    def test_events_are_in_the_order_of_their_numbers(self, home: Path) -> None:
        folder = homes.openhands(home, None)
        put(folder / "events" / "notes.txt", "x")
        files, more = openhands.event_files(folder)
        assert [path.name for path in files] == [f"{number}.json" for number in range(11)]
        assert not more

    def test_folders_that_variables_name_and_those_of_users(self, home: Path, repo: Path, tmp_path: Path) -> None:
        one = homes.openhands(tmp_path / "a", repo)
        two = homes.openhands(tmp_path / "b", repo)
        environment = {"OPENHANDS_CONVERSATIONS_DIR": str(one.parent), "FILE_STORE_PATH": str(tmp_path / "c")}
        user = tmp_path / "c" / "users" / "u1" / "conversations" / "s1"
        put(user / "events" / "0.json", {"id": 0, "timestamp": "2026-03-02T09:00:00"})
        environment["OPENHANDS_PERSISTENCE_DIR"] = str(two.parent.parent)
        found = openhands.candidates(look_in(home, repo, environment))
        assert {entry.path for entry in found} == {one, two, user}


class TestOpencode:
    def test_a_child_is_no_session_of_its_own(self, home: Path, repo: Path) -> None:
        path = homes.opencode(home, repo)
        one = only(opencode.candidates(look(home, repo)))
        assert (one.reference, one.session) == (f"{path}#ses_1", "ses_1")

    def test_files_that_a_database_took_over_are_left(self, home: Path, repo: Path) -> None:
        homes.opencode(home, repo, "ses_1")
        homes.opencode_files(home, repo, "ses_1")
        old = homes.opencode_files(home, repo, "ses_0")
        assert {one.reference for one in opencode.candidates(look(home, repo))} == {
            f"{home}/.local/share/opencode/opencode.db#ses_1",
            str(old),
        }

    def test_data_homes_channels_and_the_named_database(self, home: Path, repo: Path, tmp_path: Path) -> None:
        data = tmp_path / "data"
        made = homes.opencode(tmp_path / "x", repo)
        for name in ("opencode-dev.db", "mine.sqlite", "other.db"):
            put(data / "opencode" / name, made.read_bytes())
        found = opencode.candidates(look(home, repo, XDG_DATA_HOME=str(data), OPENCODE_DB="mine.sqlite"))
        assert {one.path.name for one in found} == {"opencode-dev.db", "mine.sqlite"}


class TestCline:
    @pytest.mark.parametrize("editor", ["Code", "Code - Insiders", "Cursor", "VSCodium", "Windsurf"])
    def test_tasks_of_roo_in_every_editor(self, home: Path, repo: Path, editor: str) -> None:
        folder = homes.cline_task(home, repo, "rooveterinaryinc.roo-cline", editor)
        one = only(cline.candidates(look(home, repo)))
        assert (one.agent, one.path, one.started) == ("roo", folder, START)
        assert one.companions == ((folder / "api_conversation_history.json", None),)

    def test_the_folder_stands_in_the_list_of_tasks_too(self, home: Path, repo: Path) -> None:
        folder = homes.cline_task(home, repo)
        (folder / "api_conversation_history.json").unlink()
        assert only(cline.candidates(look(home, repo))).cwds == ()
        rows = [{"id": folder.name, "cwdOnTaskInitialization": str(repo)}, {"id": 7}, None]
        put(folder.parent.parent / "state" / "taskHistory.json", rows)
        assert only(cline.candidates(look(home, repo))).cwds == (str(repo),)

    def test_other_systems_and_moved_folders(self, home: Path, repo: Path, tmp_path: Path) -> None:
        task = homes.cline_task(tmp_path / "x", repo)
        mac = home / "Library" / "Application Support" / "Code" / "User" / "globalStorage" / "saoudrizwan.claude-dev"
        windows = tmp_path / "Roaming" / "Cursor" / "User" / "globalStorage" / "saoudrizwan.claude-dev"
        for base in (mac, windows):
            for name in ("ui_messages.json", "api_conversation_history.json"):
                put(base / "tasks" / task.name / name, (task / name).read_bytes())
        session = homes.cline_session(tmp_path / "y", repo)
        environment = {"APPDATA": str(tmp_path / "Roaming"), "CLINE_SESSION_DATA_DIR": str(session.parent)}
        found = cline.candidates(look_in(home, repo, environment))
        assert {one.path for one in found} == {mac / "tasks" / task.name, windows / "tasks" / task.name, session}


class TestAider:
    def test_each_chat_is_a_session(self, home: Path, repo: Path) -> None:
        path = homes.aider(repo, DAY - timedelta(days=9), DAY, DAY + 5 * HOUR)
        old, one, two = aider.candidates(look(home, repo))
        assert [(each.reference, each.started) for each in (one, two)] == [
            (f"{path}#2", START),
            (f"{path}#3", START + 5 * 3600),
        ]
        assert (one.ended, two.ended) == (two.started, START + 6 * 3600)
        assert (old.started, old.ended) == (START - 9 * 86_400, START - 8 * 86_400)
        assert one.cwds == (str(repo),)

    def test_a_history_above_and_one_with_another_name(self, home: Path, repo: Path) -> None:
        above = homes.aider(repo.parent, DAY)
        named = repo / "notes" / "chat.md"
        put(named, above.read_bytes())
        found = aider.candidates(look(home, repo, AIDER_CHAT_HISTORY_FILE="notes/chat.md"))
        assert {one.path for one in found} == {above, named}

    def test_starts_are_found_across_the_blocks_that_are_read(
        self, repo: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = homes.aider(repo, *(DAY + n * HOUR for n in range(9)))
        whole = aider.chats(path)
        for size in (1, 7, 64, 100):
            monkeypatch.setattr(aider, "_BLOCK", size)
            assert aider.chats(path) == whole
        data = path.read_bytes()
        assert [data[chat.first :].startswith(b"# aider chat started at") for chat in whole] == [True] * 9
        assert whole[-1].last == len(data)


class TestCursor:
    def test_a_project_is_told_by_its_name(self, home: Path, repo: Path) -> None:
        here = homes.cursor(home, cursor.project_name(repo))
        maybe = homes.cursor(home, f"{cursor.project_name(repo)}-web", "two")
        homes.cursor(home, "home-bob-other", "three")
        found = {one.path: one for one in cursor.candidates(look(home, repo))}
        assert set(found) == {here, maybe}
        assert (found[here].cwds, found[here].started, found[here].ended) == ((str(repo),), None, END)
        assert (found[maybe].cwds, found[maybe].elsewhere) == ((), None)

    def test_of_two_forms_the_lines_count_and_sub_agents_come_along(self, home: Path, repo: Path) -> None:
        log = homes.cursor(home, cursor.project_name(repo), "s1")
        put(log.parent.parent / "s1.txt", "user:\nGo.\n")
        child = put(log.parent / "subagents" / "kid.jsonl", homes.lines({"role": "user"}))
        one = only(cursor.candidates(look(home, repo)))
        assert (one.path, one.companions) == (log, ((child, "kid"),))

    def test_a_binary_store_is_told(self, home: Path, repo: Path) -> None:
        name = hashlib.md5(str(repo).encode(), usedforsecurity=False).hexdigest()
        store = put(home / ".cursor" / "chats" / name / "s1" / "store.db", b"SQLite format 3\0")
        one = only(cursor.candidates(look(home, repo)))
        assert (one.path, one.session, one.cwds, one.readable) == (store, "s1", (str(repo),), False)
        assert "binary store" in one.why_not


class TestTrajectories:
    def test_those_of_the_repository_but_not_what_git_tracks(self, home: Path, repo: Path) -> None:
        own = homes.trajectory(repo / "run.traj.json")
        deep = put(repo / "trajectories" / "ana" / "m" / "i1" / "i1.traj", json.dumps({"trajectory": [], "info": {}}))
        homes.trajectory(repo / "tests" / "data.traj.json")
        homes.trajectory(repo / "demo.traj.json")
        put(repo / ".git" / "index", b"DIRC....demo.traj.json\0")
        found = {one.path: one for one in trajectories.candidates(look(home, repo))}
        assert {path: one.agent for path, one in found.items()} == {own: "mini-swe-agent", deep: "swe-agent"}
        assert (found[own].session, found[own].started, found[own].cwds) == ("run", START, (str(repo),))

    def test_the_last_run_of_mini(self, home: Path, repo: Path, tmp_path: Path) -> None:
        usual = homes.trajectory(home / ".config" / "mini-swe-agent" / trajectories.LAST_RUN)
        moved = homes.trajectory(tmp_path / "m" / trajectories.LAST_RUN)
        assert only(trajectories.candidates(look(home, repo))).path == usual
        wanted = look(home, repo, MSWEA_GLOBAL_CONFIG_DIR=str(tmp_path / "m"))
        assert only(trajectories.candidates(wanted)).path == moved


class TestBounds:
    def test_logs_from_before_the_change_are_not_opened(self, home: Path, repo: Path) -> None:
        for number in range(3):
            homes.codex(home, repo, f"s{number}", start=DAY - number * timedelta(days=9))
        wanted = look(home, repo, since=START)
        assert only(codex.candidates(wanted)).session == "s0"
        assert wanted.older == 2

    def test_a_named_one_is_opened_nevertheless(self, home: Path, repo: Path) -> None:
        homes.codex(home, repo, "s1")
        wanted = Search(Places(home), (repo,), END + 10_000, named=frozenset({"s1"}))
        assert only(codex.candidates(wanted)).session == "s1"

    def test_too_many_logs_are_cut_and_it_is_said(
        self, home: Path, repo: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(search_module, "MAX_OPENED", 2)
        for number in range(5):
            homes.codex(home, repo, f"s{number}", start=DAY + number * HOUR)
        wanted = look(home, repo)
        assert {one.session for one in codex.candidates(wanted)} == {"s3", "s4"}
        assert wanted.notes == ["codex: 3 older logs not opened: only the newest 2 are"]

    def test_too_many_entries_are_cut_and_it_is_said(
        self, home: Path, repo: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(search_module, "MAX_ENTRIES", 5)
        base = homes.claude(home, repo).parent
        for number in range(9):
            homes.claude(home, repo, f"s{number}")
        wanted = look(home, repo)
        assert len(list(claude_code.candidates(wanted))) == 5
        assert wanted.notes == [f"{base} holds more than 5 entries; the rest was not looked at"]
