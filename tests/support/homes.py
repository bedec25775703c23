"""Homes of made-up people in which agents have kept sessions, each in the folders and the form of its program.

Deterministic but for the files' own times, which are set to the end of the session.
"""

from __future__ import annotations

import json
import os
import sqlite3
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from tests.support.session_log import SessionLog

if TYPE_CHECKING:
    from pathlib import Path

DAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def stamp(moment: datetime) -> str:
    """Return a time as programs write it."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def put(path: Path, data: bytes | str | list[Any] | dict[str, Any], written: datetime = DAY + HOUR) -> Path:
    """Write a file, last written at that moment; folders are made, what is no text is written as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(data, (list, dict)):
        data = json.dumps(data)
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    os.utime(path, (written.timestamp(), written.timestamp()))
    return path


def lines(*records: dict[str, Any]) -> str:
    """Return records as JSON Lines."""
    return "".join(f"{json.dumps(record, separators=(',', ':'))}\n" for record in records)


def claude(
    home: Path, cwd: Path, session: str = "c1a0de00-1", *, edits: tuple[str, ...] = ("src/a.py",), start: datetime = DAY
) -> Path:
    """Keep a session of Claude Code."""
    log = SessionLog(cwd=str(cwd), session=session, clock=start)
    log.prompt("Go.")
    log.bash("pytest -q", "1 passed")
    for path in edits:
        log.edit(f"{cwd}/{path}")
    name = "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in str(cwd))
    return put(home / ".claude" / "projects" / name / f"{session}.jsonl", log.bytes(), log.clock)


def codex(
    home: Path,
    cwd: Path,
    session: str = "019c0de0-0000-7000-8000-000000000001",
    *,
    edits: tuple[str, ...] = ("src/a.py",),
    start: datetime = DAY,
    parent: str | None = None,
) -> Path:
    """Keep a session of Codex, or of a sub-agent of one."""
    source: Any = {"subagent": {"thread_spawn": {"parent_thread_id": parent, "depth": 1}}} if parent else "cli"
    meta = {
        "id": session,
        "timestamp": stamp(start),
        "cwd": str(cwd),
        "originator": "codex-tui",
        "cli_version": "0.122.0",
    }
    meta |= {"source": source, "model_provider": "openai"}
    records = [{"timestamp": stamp(start), "type": "session_meta", "payload": meta}]
    said = {"type": "user_message", "message": "Go.", "kind": "plain"}
    records.append({"timestamp": stamp(start), "type": "event_msg", "payload": said})
    for number, path in enumerate(edits):
        patch = f"*** Begin Patch\n*** Update File: {path}\n@@\n-a\n+b\n*** End Patch"
        call = {"type": "custom_tool_call", "status": "completed", "call_id": f"c{number}", "name": "apply_patch"}
        records.append({"timestamp": stamp(start), "type": "response_item", "payload": call | {"input": patch}})
        done = {"type": "custom_tool_call_output", "call_id": f"c{number}"}
        output = json.dumps(
            {"output": f"Success. Updated the following files:\nM {path}\n", "metadata": {"exit_code": 0}}
        )
        records.append(
            {"timestamp": stamp(start + HOUR), "type": "response_item", "payload": done | {"output": output}}
        )
    name = f"rollout-{start.astimezone().strftime('%Y-%m-%dT%H-%M-%S')}-{session}.jsonl"
    return put(home / ".codex" / "sessions" / start.strftime("%Y/%m/%d") / name, lines(*records), start + HOUR)


def gemini(home: Path, project: str, session: str = "9e31a100-1", *, start: datetime = DAY) -> Path:
    """Keep a chat of Gemini CLI under a project's name or hash."""
    chat = {
        "sessionId": session,
        "projectHash": "0" * 64,
        "startTime": stamp(start),
        "lastUpdated": stamp(start + HOUR),
        "messages": [{"id": "m1", "timestamp": stamp(start), "type": "user", "content": "Go."}],
    }
    return put(home / ".gemini" / "tmp" / project / "chats" / f"session-2026-03-02T09-00-{session[:8]}.json", chat)


def copilot(home: Path, cwd: Path, session: str = "c0b170de-1", *, start: datetime = DAY) -> Path:
    """Keep a session of Copilot CLI."""
    begun = {"sessionId": session, "version": 1, "copilotVersion": "1.0.45", "startTime": stamp(start)}
    records = [
        {"type": "session.start", "data": begun | {"context": {"cwd": str(cwd), "branch": "main"}}, "id": "1"},
        {"type": "user.message", "data": {"content": "Go.", "attachments": []}, "id": "2", "parentId": "1"},
    ]
    stamped = [record | {"timestamp": stamp(start + n * HOUR)} for n, record in enumerate(records)]
    return put(home / ".copilot" / "session-state" / session / "events.jsonl", lines(*stamped), start + HOUR)


def openhands(home: Path, cwd: Path | None, session: str = "0be17a0d5", *, start: datetime = DAY) -> Path:
    """Keep a conversation of OpenHands: in the layout of its SDK, or without `cwd` in the older one."""
    local = start.astimezone().replace(tzinfo=None).isoformat()
    if cwd is None:
        folder = home / ".openhands" / "sessions" / session
        for number in range(11):
            event = {
                "id": number,
                "timestamp": local,
                "source": "user",
                "action": "message",
                "args": {"content": "Go."},
            }
            put(folder / "events" / f"{number}.json", json.dumps(event, indent=1))
        return folder
    folder = home / ".openhands" / "conversations" / session
    put(folder / "base_state.json", {"id": "x", "workspace": {"working_dir": str(cwd), "kind": "LocalWorkspace"}})
    message = {"role": "user", "content": [{"type": "text", "text": "Go."}]}
    for number in range(2):
        event = {
            "id": f"e{number}",
            "timestamp": local,
            "source": "user",
            "kind": "MessageEvent",
            "llm_message": message,
        }
        put(folder / "events" / f"event-{number:05d}-e{number}.json", event)
    return folder


def opencode(
    home: Path, cwd: Path, session: str = "ses_1", *, name: str = "opencode.db", start: datetime = DAY
) -> Path:
    """Keep a session of opencode, and one that it started, in a database."""
    path = home / ".local" / "share" / "opencode" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    began, ended = (int(moment.timestamp() * 1000) for moment in (start, start + HOUR))
    with sqlite3.connect(path) as base:
        base.executescript(
            """
            CREATE TABLE IF NOT EXISTS session (id TEXT PRIMARY KEY, project_id TEXT, parent_id TEXT, directory TEXT,
                title TEXT, version TEXT, summary_files INTEGER, time_created INTEGER, time_updated INTEGER);
            CREATE TABLE IF NOT EXISTS message (id TEXT PRIMARY KEY, session_id TEXT, time_created INTEGER, data TEXT);
            CREATE TABLE IF NOT EXISTS part (id TEXT PRIMARY KEY, message_id TEXT, session_id TEXT,
                time_created INTEGER, data TEXT);
            """
        )
        rows = [(session, None, "Fix it"), (f"{session}_child", session, "Look around")]
        for own, parent, title in rows:
            base.execute(
                "INSERT INTO session VALUES (?, 'p', ?, ?, ?, '1.2.0', 2, ?, ?)",
                (own, parent, str(cwd), title, began, ended),
            )
            asked = {"role": "user", "time": {"created": began}}
            base.execute("INSERT INTO message VALUES (?, ?, ?, ?)", (f"msg_1{own}", own, began, json.dumps(asked)))
            text = {"type": "text", "text": "Go."}
            base.execute(
                "INSERT INTO part VALUES (?, ?, ?, ?, ?)", (f"prt_1{own}", f"msg_1{own}", own, began, json.dumps(text))
            )
    base.close()
    os.utime(path, (ended / 1000, ended / 1000))
    return path


def opencode_files(home: Path, cwd: Path, session: str = "ses_old", *, start: datetime = DAY) -> Path:
    """Keep a session of an older opencode in files."""
    storage = home / ".local" / "share" / "opencode" / "storage"
    began = int(start.timestamp() * 1000)
    info = {
        "id": session,
        "directory": str(cwd),
        "title": "Fix it",
        "time": {"created": began, "updated": began + 60_000},
    }
    put(storage / "message" / session / "msg_1.json", {"id": "msg_1", "role": "user", "time": {"created": began}})
    put(storage / "part" / "msg_1" / "prt_1.json", {"id": "prt_1", "type": "text", "text": "Go."})
    return put(storage / "session" / "p" / f"{session}.json", info, start)


def cline_task(
    home: Path, cwd: Path, extension: str = "saoudrizwan.claude-dev", editor: str = "Code", *, start: datetime = DAY
) -> Path:
    """Keep a task of Cline or Roo Code in an editor's folder."""
    began = int(start.timestamp() * 1000)
    storage = home / ".config" / editor / "User" / "globalStorage" / extension
    folder = storage / "tasks" / str(began)
    shown = [{"ts": began, "type": "say", "say": "text", "text": "Go."}]
    shown.append({"ts": began + 60_000, "type": "say", "say": "completion_result", "text": "Done."})
    told = f"<environment_details>\n# Current Working Directory ({cwd}) Files\nsrc/a.py\n</environment_details>"
    asked = [
        {"role": "user", "content": [{"type": "text", "text": "<task>Go.</task>"}, {"type": "text", "text": told}]}
    ]
    put(folder / "ui_messages.json", shown)
    put(folder / "api_conversation_history.json", asked)
    return folder


def cline_session(home: Path, cwd: Path, session: str = "1772442000000_abcde", *, start: datetime = DAY) -> Path:
    """Keep a session of Cline's own layout."""
    folder = home / ".cline" / "data" / "sessions" / session
    info = {"version": 1, "session_id": session, "cwd": str(cwd), "started_at": stamp(start), "status": "completed"}
    messages = [{"role": "user", "content": [{"type": "text", "text": "Go."}]}]
    put(folder / f"{session}.json", info | {"ended_at": stamp(start + HOUR)})
    put(folder / f"{session}.messages.json", {"version": 1, "sessionId": session, "messages": messages})
    return folder


def aider(root: Path, *starts: datetime, edits: str = "src/a.py") -> Path:
    """Keep chats of Aider in a repository."""
    chats = "".join(
        f"\n# aider chat started at {start.astimezone().strftime('%Y-%m-%d %H:%M:%S')}\n\n> Aider v0.86.1\n"
        f"\n#### Go on {number}.\n\nDone.\n\n> Applied edit to {edits}\n"
        for number, start in enumerate(starts, start=1)
    )
    return put(root / ".aider.chat.history.md", chats, starts[-1] + HOUR)


def cursor(home: Path, project: str, session: str = "cc5000aa-1", *, written: datetime = DAY + HOUR) -> Path:
    """Keep a transcript of Cursor's agent."""
    records = [{"role": "user", "message": {"content": [{"type": "text", "text": "<user_query>\nGo.\n</user_query>"}]}}]
    place = home / ".cursor" / "projects" / project / "agent-transcripts" / session / f"{session}.jsonl"
    return put(place, lines(*records), written)


def trajectory(path: Path, *, start: datetime = DAY) -> Path:
    """Keep a trajectory of mini-SWE-agent."""
    messages = [{"role": "user", "content": "Go.", "extra": {"timestamp": start.timestamp()}}]
    document = {"info": {"exit_status": "Submitted"}, "messages": messages, "trajectory_format": "mini-swe-agent-1.1"}
    return put(path, document)
