"""From what names a session to the logs that importers read."""

from __future__ import annotations

import json
import os
import sqlite3
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from reviewer.errors import BadTranscriptError
from reviewer.workflow.sessions import database, opencode_export
from reviewer.workflow.sessions.gathering import GatheredLog, gather
from reviewer.workflow.sessions.opencode_info import session_info
from reviewer.workflow.sessions.reading import NotReadableError
from tests.support import homes
from tests.support.homes import DAY, HOUR, put
from tests.support.session_log import SessionLog

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def staging(tmp_path: Path) -> Path:
    (tmp_path / "staging").mkdir()
    return tmp_path / "staging"


def told(found: tuple[GatheredLog, ...]) -> list[tuple[str, str | None, bool]]:
    return [(log.name, log.agent, log.main) for log in found]


def content(folder: Path) -> dict[str, bytes | None]:
    return {str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None for path in folder.rglob("*")}


class TestFiles:
    def test_a_file_is_itself(self, tmp_path: Path, staging: Path) -> None:
        path = put(tmp_path / "log.txt", "anything")
        (log,) = gather(path, staging)
        assert (log.path, log.name, log.agent, log.main) == (path, "log.txt", None, True)
        assert list(staging.iterdir()) == []

    def test_claude_code_with_its_sub_agents_also_by_the_folder(self, tmp_path: Path, staging: Path) -> None:
        log = homes.claude(tmp_path, tmp_path / "shop", "main")
        kid = SessionLog(session="main", agent="a1").read("/x").bytes()
        put(log.parent / "main" / "subagents" / "agent-a1.jsonl", kid)
        put(log.parent / "agent-b2.jsonl", kid)
        found = gather(log, staging)
        assert told(found) == [
            ("main.jsonl", None, True),
            ("agent-a1.jsonl", "a1", False),
            ("agent-b2.jsonl", "b2", False),
        ]
        assert found[1].because == "it is of a sub-agent of main.jsonl"
        assert gather(log.parent / "main", staging) == found

    def test_codex_with_its_sub_agents(self, tmp_path: Path, staging: Path) -> None:
        log = homes.codex(tmp_path, tmp_path, "main")
        homes.codex(tmp_path, tmp_path, "kid", parent="main", start=DAY + timedelta(minutes=1))
        homes.codex(tmp_path, tmp_path, "other", start=DAY + timedelta(minutes=2))
        assert [agent for _, agent, _ in told(gather(str(log), staging))] == [None, "kid"]

    def test_gemini_with_its_sub_agents(self, tmp_path: Path, staging: Path) -> None:
        log = homes.gemini(tmp_path, "shop", "main")
        put(log.parent / "main" / "kid.jsonl", homes.lines({"sessionId": "kid"}))
        assert [agent for _, agent, _ in told(gather(log, staging))] == [None, "kid"]

    def test_cursor_with_its_sub_agents(self, tmp_path: Path, staging: Path) -> None:
        log = homes.cursor(tmp_path, "shop", "main")
        put(log.parent / "subagents" / "kid.jsonl", homes.lines({"role": "user"}))
        assert [agent for _, agent, _ in told(gather(log, staging))] == [None, "kid"]

    def test_a_compressed_log_is_given_as_it_is(self, tmp_path: Path, staging: Path) -> None:
        path = put(tmp_path / "rollout-2026-03-02T09-00-00-x.jsonl.zst", b"\x28\xb5\x2f\xfd")
        assert gather(path, staging)[0].path == path

    def test_a_home_can_be_left_out(self, tmp_path: Path, staging: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HOME", str(tmp_path))
        path = put(tmp_path / "log.jsonl", "{}")
        assert gather("~/log.jsonl", staging)[0].path == path


class TestFolders:
    @pytest.mark.parametrize("named", ["", "ui_messages.json", "api_conversation_history.json"])
    def test_a_task_of_cline(self, tmp_path: Path, staging: Path, named: str) -> None:
        folder = homes.cline_task(tmp_path, tmp_path)
        put(folder / "task_metadata.json", {})
        assert told(gather(folder / named, staging)) == [
            ("ui_messages.json", None, True),
            ("api_conversation_history.json", None, False),
            ("task_metadata.json", None, False),
        ]

    def test_a_task_of_which_one_file_is_left(self, tmp_path: Path, staging: Path) -> None:
        folder = homes.cline_task(tmp_path, tmp_path)
        (folder / "ui_messages.json").unlink()
        assert told(gather(folder, staging)) == [("api_conversation_history.json", None, True)]

    def test_a_session_of_cline_by_any_of_its_names(self, tmp_path: Path, staging: Path) -> None:
        folder = homes.cline_session(tmp_path, tmp_path, "s1")
        for reference in (folder, folder / "s1.json", folder / "s1.messages.json"):
            assert told(gather(reference, staging)) == [
                ("s1.messages.json", None, True),
                ("s1.json", None, False),
            ]

    def test_a_session_of_copilot(self, tmp_path: Path, staging: Path) -> None:
        events = homes.copilot(tmp_path, tmp_path)
        assert gather(events.parent, staging)[0].path == events

    def test_a_run_of_swe_agent(self, tmp_path: Path, staging: Path) -> None:
        run = put(tmp_path / "i1" / "i1.traj", {})
        put(tmp_path / "i1" / "config.yaml", "x")
        assert gather(run.parent, staging)[0].path == run

    def test_openhands_becomes_lines_in_the_order_of_numbers(self, tmp_path: Path, staging: Path) -> None:
        folder = homes.openhands(tmp_path, None, "s1")
        before = content(tmp_path / ".openhands")
        (log,) = gather(folder, staging)
        assert (log.name, log.main) == ("s1", True)
        assert staging in log.path.parents
        rows = [json.loads(line) for line in log.path.read_bytes().split(b"\n")[:-1]]
        assert [row["id"] for row in rows] == list(range(11))
        assert content(tmp_path / ".openhands") == before

    def test_openhands_of_the_sdk_has_its_state_first_and_sub_agents(self, tmp_path: Path, staging: Path) -> None:
        folder = homes.openhands(tmp_path, tmp_path, "s1")
        kid = homes.openhands(tmp_path / "x", tmp_path, "kid")
        (folder / "subagents").mkdir()
        kid.rename(folder / "subagents" / "kid")
        main, child = gather(folder / "base_state.json", staging)
        first, *events = main.path.read_bytes().split(b"\n")[:-1]
        assert json.loads(first)["workspace"]["working_dir"] == str(tmp_path)
        assert [json.loads(line)["id"] for line in events] == ["e0", "e1", "e2"]
        assert (child.agent, child.main) == ("kid", False)

    def test_an_event_that_cannot_be_read_is_said_in_its_place(self, tmp_path: Path, staging: Path) -> None:
        folder = homes.openhands(tmp_path, None)
        (folder / "events" / "3.json").unlink()
        os.mkfifo(folder / "events" / "3.json")
        (folder / "events" / "4.json").unlink()
        (folder / "events" / "4.json").symlink_to("/etc/hostname")
        (log,) = gather(folder, staging)
        rows = [json.loads(line) for line in log.path.read_bytes().split(b"\n")[:-1]]
        assert rows[3] == {"kind": "UnreadableEvent", "file": "3.json", "why": "is a named pipe, not a file"}
        assert rows[4] == {"kind": "UnreadableEvent", "file": "4.json", "why": "is a link"}
        assert len(rows) == 11


class TestAider:
    def test_a_chat_is_written_out_alone(self, tmp_path: Path, staging: Path) -> None:
        path = homes.aider(tmp_path, DAY, DAY + HOUR, DAY + 2 * HOUR)
        (log,) = gather(f"{path}#2", staging)
        text = log.path.read_text()
        assert text.startswith("# aider chat started at ")
        assert "Go on 2." in text
        assert text.count("Go on") == 1
        assert (log.name, log.path.name) == (".aider.chat.history.md#2", ".aider.chat.history.md")

    @pytest.mark.parametrize("part", ["0", "4", "x", "", "-1", "9" * 30, "²"])
    def test_a_chat_that_is_not_there(self, tmp_path: Path, staging: Path, part: str) -> None:
        path = homes.aider(tmp_path, DAY, DAY + HOUR, DAY + 2 * HOUR)
        with pytest.raises(BadTranscriptError, match="has chats 1 to 3"):
            gather(f"{path}#{part}", staging)

    def test_a_file_with_the_sign_in_its_name_is_meant_where_it_is(self, tmp_path: Path, staging: Path) -> None:
        path = put(tmp_path / "log#1", "x")
        assert gather(path, staging)[0].path == path


def document(log: GatheredLog) -> Any:  # noqa: ANN401 - any JSON
    return json.loads(log.path.read_bytes())


class TestOpencode:
    def test_a_database_gives_documents_as_its_program_exports_them(self, tmp_path: Path, staging: Path) -> None:
        path = homes.opencode(tmp_path, tmp_path)
        main, child = gather(f"{path}#ses_1", staging)
        found = document(main)
        assert found["info"] == {
            "id": "ses_1",
            "projectID": "p",
            "directory": str(tmp_path),
            "title": "Fix it",
            "version": "1.2.0",
            "summary": {"files": 2},
            "time": {"created": 1772442000000, "updated": 1772445600000},
        }
        message, _ = found["messages"]
        assert message["info"]["role"] == "user"
        assert message["info"]["id"] == "msg_1ses_1"
        assert message["parts"] == [
            {"type": "text", "text": "Go.", "id": "prt_1ses_1", "sessionID": "ses_1", "messageID": "msg_1ses_1"}
        ]
        assert (main.agent, main.main, child.agent, child.main) == (None, True, "ses_1_child", False)
        assert document(child)["info"]["parentID"] == "ses_1"

    def test_no_file_is_made_beside_a_database(self, tmp_path: Path, staging: Path) -> None:
        path = homes.opencode(tmp_path, tmp_path)
        before = content(path.parent)
        gather(f"{path}#ses_1", staging)
        assert content(path.parent) == before

    def test_rows_that_are_still_in_the_log_are_read_and_nothing_is_touched(
        self, tmp_path: Path, staging: Path
    ) -> None:
        path = homes.opencode(tmp_path, tmp_path)
        writer = sqlite3.connect(path)
        writer.execute("PRAGMA journal_mode = WAL")
        writer.execute("UPDATE session SET title = 'Newer' WHERE id = 'ses_1'")
        writer.commit()
        names = [path, path.with_name(f"{path.name}-wal")]
        before = [(name.read_bytes(), name.stat().st_mtime_ns) for name in names]
        found = document(gather(f"{path}#ses_1", staging)[0])
        assert found["info"]["title"] == "Newer"
        assert [(name.read_bytes(), name.stat().st_mtime_ns) for name in names] == before
        writer.close()

    def test_every_row_stays_whatever_is_in_it(self, tmp_path: Path, staging: Path) -> None:
        path = homes.opencode(tmp_path, tmp_path)
        with sqlite3.connect(path) as base:
            base.execute("INSERT INTO message VALUES ('msg_0', 'ses_1', 1, '{\"role\": torn')")
            base.execute("INSERT INTO message VALUES ('msg_2', 'ses_1', 2e12, '[1]')")
            base.execute("INSERT INTO part VALUES ('prt_2', 'msg_0', 'ses_1', 1, NULL)")
            base.execute("INSERT INTO part VALUES ('prt_3', 'msg_00', 'ses_1', 1, '{\"type\": \"text\"}')")
            base.execute("INSERT INTO part VALUES ('prt_4', 'msg_9', 'ses_1', 1, X'FF00')")
        base.close()
        found = document(gather(f"{path}#ses_1", staging)[0])
        ids = {message["info"]["id"]: [part["id"] for part in message["parts"]] for message in found["messages"]}
        assert list(ids.items()) == [
            ("msg_0", ["prt_2"]),
            ("msg_1ses_1", ["prt_1ses_1"]),
            ("msg_2ses_1", ["prt_2ses_1"]),
            ("msg_2", []),
            ("msg_00", ["prt_3"]),
            ("msg_9", ["prt_4"]),
        ]
        broken = next(message for message in found["messages"] if message["info"]["id"] == "msg_0")
        assert (broken["info"]["type"], broken["info"]["text"]) == ("unreadable", '{"role": torn')

    def test_files_of_an_older_version(self, tmp_path: Path, staging: Path) -> None:
        path = homes.opencode_files(tmp_path, tmp_path, "ses_old")
        put(path.with_name("kid.json"), {"id": "kid", "parentID": "ses_old"})
        put(path.with_name("torn.json"), "{")
        message = path.parent.parent.parent / "message" / "ses_old"
        (message / "msg_3.json").symlink_to("/etc/hostname")
        main, child = gather(path, staging)
        found = document(main)
        assert found["messages"][0]["parts"] == [{"id": "prt_1", "type": "text", "text": "Go."}]
        assert found["messages"][2]["info"] == {"id": "msg_3", "type": "unreadable", "text": "is a link"}
        assert (child.agent, document(child)["messages"]) == ("kid", [])

    def test_a_name_that_leads_elsewhere_is_refused(self, tmp_path: Path, staging: Path) -> None:
        path = put(tmp_path / "storage" / "session" / "p" / "x.json", {"id": "../../secrets"})
        with pytest.raises(BadTranscriptError, match="holds no session that can be read"):
            gather(path, staging)

    def test_numbers_that_json_has_no_room_for_do_not_end_it(self, tmp_path: Path) -> None:
        opencode_export._write(tmp_path / "x.json", {"id": "s"}, iter([({"id": "m", "n": 1 << 80}, [])]))
        found = json.loads((tmp_path / "x.json").read_bytes())
        assert found["messages"][0]["info"]["id"] == "m"
        assert found["messages"][0]["info"]["type"] == "unreadable"

    def test_columns_become_the_fields_of_the_program(self) -> None:
        row = {
            "id": "s",
            "workspace_id": "w",
            "share_url": "u",
            "tokens_input": 1,
            "tokens_cache_read": 2,
            "summary_diffs": '[{"file": "a"}]',
            "revert": None,
            "permission": "[torn",
            "time_compacting": 5,
            "blob": b"x",
        }
        assert session_info(row) == {
            "id": "s",
            "workspaceID": "w",
            "share": {"url": "u"},
            "tokens": {"input": 1, "cache": {"read": 2}},
            "summary": {"diffs": [{"file": "a"}]},
            "permission": "[torn",
            "time": {"compacting": 5},
        }


class TestRefusals:
    def test_each_is_one_sentence(self, tmp_path: Path, staging: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        base = homes.opencode(tmp_path, tmp_path)
        os.mkfifo(tmp_path / "pipe")
        (tmp_path / "empty").mkdir()
        os.mkfifo(tmp_path / "opencode.db")
        put(tmp_path / "store.db", base.read_bytes())
        put(tmp_path / "torn.db", base.read_bytes()[:5000])
        (tmp_path / "loop").symlink_to(tmp_path / "loop")
        monkeypatch.setattr(database, "_PATIENCE", 5.0)
        cases: dict[Path | str, str] = {
            tmp_path / "nothing": "cannot be read: no such file or directory",
            tmp_path / "pipe": "is a named pipe, not a file",
            tmp_path / "loop": "cannot be read",
            tmp_path / "empty": "not of one session that reviewer knows",
            tmp_path / "store.db": "binary store",
            base: "say which session of it is meant",
            f"{base}#nobody": "has no session nobody",
            f"{tmp_path}/torn.db#ses_1": "no database that can be read",
            f"{tmp_path}/opencode.db#ses_1": "is a named pipe",
            f"{tmp_path}/nothing#1": "no such file",
            "a\0b": "cannot be read",
            "": "is a folder, and not of one session",
        }
        for reference, sentence in cases.items():
            with pytest.raises(BadTranscriptError) as refused:
                gather(reference, staging)
            assert sentence in refused.value.sentence, reference
            assert "\n" not in refused.value.sentence

    def test_a_query_without_end_is_stopped(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        path = homes.opencode(tmp_path, tmp_path)
        monkeypatch.setattr(database, "_PATIENCE", 0.05)
        endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT max(x) FROM n"
        with pytest.raises(NotReadableError, match="interrupted"), database.opened(path) as connection:
            connection.execute(endless).fetchall()

    def test_a_view_is_no_table(self, tmp_path: Path, staging: Path) -> None:
        path = tmp_path / "opencode.db"
        with sqlite3.connect(path) as base:
            base.execute("CREATE VIEW session AS SELECT 'x' AS id, 1 AS time_created")
        base.close()
        with pytest.raises(BadTranscriptError, match="holds no sessions of opencode"):
            gather(f"{path}#x", staging)
