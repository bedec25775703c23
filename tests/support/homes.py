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
EDITED = "src/a.py"
"""What every session edits unless it is told otherwise."""


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
    home: Path, cwd: Path, session: str = "c1a0de00-1", *, edits: tuple[str, ...] = (EDITED,), start: datetime = DAY
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
    edits: tuple[str, ...] = (EDITED,),
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
    arguments = {"file_path": EDITED, "old_string": "a", "new_string": "b"}
    said = [{"functionResponse": {"id": "r1", "name": "replace", "response": {"output": "Successfully modified file"}}}]
    call = {"id": "r1", "name": "replace", "args": arguments, "result": said, "status": "success"}
    answer = {"id": "m2", "timestamp": stamp(start), "type": "gemini", "content": "Done.", "toolCalls": [call]}
    chat = {
        "sessionId": session,
        "projectHash": "0" * 64,
        "startTime": stamp(start),
        "lastUpdated": stamp(start + HOUR),
        "messages": [{"id": "m1", "timestamp": stamp(start), "type": "user", "content": "Go."}, answer],
    }
    return put(home / ".gemini" / "tmp" / project / "chats" / f"session-2026-03-02T09-00-{session[:8]}.json", chat)


def copilot(
    home: Path, cwd: Path, session: str = "c0b170de-1", *, edits: tuple[str, ...] = (EDITED,), start: datetime = DAY
) -> Path:
    """Keep a session of Copilot CLI."""
    begun = {"sessionId": session, "version": 1, "copilotVersion": "1.0.45", "startTime": stamp(start)}
    records = [
        {"type": "session.start", "data": begun | {"context": {"cwd": str(cwd), "branch": "main"}}, "id": "1"},
        {"type": "user.message", "data": {"content": "Go.", "attachments": []}, "id": "2", "parentId": "1"},
    ]
    for number, path in enumerate(edits, start=1):
        arguments = {"path": f"{cwd}/{path}", "old_str": "a", "new_str": "b"}
        called = {"toolCallId": f"t{number}", "toolName": "edit"}
        done = {"toolCallId": f"t{number}", "success": True, "result": {"content": f"File {path} updated"}}
        records.append({"type": "tool.execution_start", "data": called | {"arguments": arguments}, "id": f"{number}s"})
        records.append({"type": "tool.execution_complete", "data": done, "id": f"{number}e"})
    last = len(records) - 1
    stamped = [record | {"timestamp": stamp(start + n * HOUR / last)} for n, record in enumerate(records)]
    return put(home / ".copilot" / "session-state" / session / "events.jsonl", lines(*stamped), start + HOUR)


def _openhands_event(number: int) -> dict[str, Any]:
    path = f"/workspace/shop/{EDITED}"
    if number == 1:
        arguments = {"path": path, "command": "str_replace", "old_str": "a", "new_str": "b"}
        return {"source": "agent", "action": "edit", "args": arguments}
    if number == 2:
        extras = {"path": path, "diff": "-a\n+b", "prev_exist": True}
        return {"source": "agent", "cause": 1, "observation": "edit", "content": "Edited.", "extras": extras}
    return {"source": "user", "action": "message", "args": {"content": "Go."}}


def _sdk_events(path: str) -> tuple[dict[str, Any], ...]:
    said = [{"type": "text", "text": "Go."}]
    action = {"kind": "FileEditorAction", "command": "str_replace", "path": path, "old_str": "a", "new_str": "b"}
    seen = {"kind": "FileEditorObservation", "command": "str_replace", "path": path, "content": said, "is_error": False}
    tool = {"tool_name": "file_editor", "tool_call_id": "t1"}
    return (
        {"source": "user", "kind": "MessageEvent", "llm_message": {"role": "user", "content": said}},
        {"source": "agent", "kind": "ActionEvent", "thought": [], "action": action, **tool},
        {"source": "environment", "kind": "ObservationEvent", "observation": seen, "action_id": "e1", **tool},
    )


def openhands(home: Path, cwd: Path | None, session: str = "0be17a0d5", *, start: datetime = DAY) -> Path:
    """Keep a conversation of OpenHands: in the layout of its SDK, or without `cwd` in the older one."""
    local = start.astimezone().replace(tzinfo=None).isoformat()
    if cwd is None:
        folder = home / ".openhands" / "sessions" / session
        for number in range(11):
            event = {"id": number, "timestamp": local} | _openhands_event(number)
            put(folder / "events" / f"{number}.json", json.dumps(event, indent=1))
        return folder
    folder = home / ".openhands" / "conversations" / session
    put(folder / "base_state.json", {"id": "x", "workspace": {"working_dir": str(cwd), "kind": "LocalWorkspace"}})
    for number, body in enumerate(_sdk_events(f"{cwd}/{EDITED}")):
        event = {"id": f"e{number}", "timestamp": local, **body}
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
        answer = {"role": "assistant", "time": {"created": ended}, "modelID": "m", "providerID": "p"}
        base.execute("INSERT INTO message VALUES (?, ?, ?, ?)", (f"msg_2{session}", session, ended, json.dumps(answer)))
        base.execute(
            "INSERT INTO part VALUES (?, ?, ?, ?, ?)",
            (f"prt_2{session}", f"msg_2{session}", session, ended, json.dumps(_edit_part(f"{cwd}/{EDITED}", ended))),
        )
    base.close()
    os.utime(path, (ended / 1000, ended / 1000))
    return path


def _edit_part(path: str, moment: int) -> dict[str, Any]:
    arguments = {"filePath": path, "oldString": "a", "newString": "b"}
    state = {"status": "completed", "input": arguments, "output": "", "time": {"start": moment, "end": moment}}
    return {"type": "tool", "tool": "edit", "callID": "c1", "state": state | {"metadata": {"diff": "-a\n+b"}}}


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
    answer = {"id": "msg_2", "role": "assistant", "time": {"created": began}, "modelID": "m", "providerID": "p"}
    put(storage / "message" / session / "msg_2.json", answer)
    put(storage / "part" / "msg_2" / "prt_2.json", {"id": "prt_2"} | _edit_part(f"{cwd}/{EDITED}", began))
    return put(storage / "session" / "p" / f"{session}.json", info, start)


def cline_task(
    home: Path, cwd: Path, extension: str = "saoudrizwan.claude-dev", editor: str = "Code", *, start: datetime = DAY
) -> Path:
    """Keep a task of Cline or Roo Code in an editor's folder."""
    began = int(start.timestamp() * 1000)
    storage = home / ".config" / editor / "User" / "globalStorage" / extension
    folder = storage / "tasks" / str(began)
    shown = [{"ts": began, "type": "say", "say": "text", "text": "Go."}]
    edit = json.dumps({"tool": "editedExistingFile", "path": EDITED, "diff": "-a\n+b"})
    shown.append({"ts": began + 30_000, "type": "say", "say": "tool", "text": edit})
    shown.append({"ts": began + 60_000, "type": "say", "say": "completion_result", "text": "Done."})
    told = f"<environment_details>\n# Current Working Directory ({cwd}) Files\nsrc/a.py\n</environment_details>"
    asked = [
        {"role": "user", "content": [{"type": "text", "text": "<task>Go.</task>"}, {"type": "text", "text": told}]}
    ]
    call = {"type": "tool_use", "id": "t1", "name": "replace_in_file", "input": {"path": EDITED, "diff": "-a\n+b"}}
    asked.append({"role": "assistant", "content": [call]})
    asked.append({"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t1", "content": "Saved."}]})
    put(folder / "ui_messages.json", shown)
    put(folder / "api_conversation_history.json", asked)
    return folder


def cline_session(home: Path, cwd: Path, session: str = "1772442000000_abcde", *, start: datetime = DAY) -> Path:
    """Keep a session of Cline's own layout."""
    folder = home / ".cline" / "data" / "sessions" / session
    info = {"version": 1, "session_id": session, "cwd": str(cwd), "started_at": stamp(start), "status": "completed"}
    path = f"{cwd}/{EDITED}"
    call = {"type": "tool_use", "id": "t1", "name": "editor", "input": {"path": path, "old_text": "a", "new_text": "b"}}
    result = {"type": "tool_result", "tool_use_id": "t1", "name": "editor"}
    done = json.dumps({"query": f"edit:{path}", "result": f"Edited {path}", "success": True})
    messages = [
        {"id": "1", "role": "user", "content": [{"type": "text", "text": "Go."}]},
        {"id": "2", "role": "assistant", "content": [call]},
        {"id": "3", "role": "user", "content": [result | {"content": done}]},
    ]
    put(folder / f"{session}.json", info | {"ended_at": stamp(start + HOUR)})
    put(folder / f"{session}.messages.json", {"version": 1, "sessionId": session, "messages": messages})
    return folder


def aider(root: Path, *starts: datetime, edits: str = EDITED) -> Path:
    """Keep chats of Aider in a repository."""
    chats = "".join(
        f"\n# aider chat started at {start.astimezone().strftime('%Y-%m-%d %H:%M:%S')}\n\n> Aider v0.86.1\n"
        f"\n#### Go on {number}.\n\nDone.\n\n> Applied edit to {edits}\n"
        for number, start in enumerate(starts, start=1)
    )
    return put(root / ".aider.chat.history.md", chats, starts[-1] + HOUR)


def cursor(home: Path, project: str, session: str = "cc5000aa-1", *, written: datetime = DAY + HOUR) -> Path:
    """Keep a transcript of Cursor's agent."""
    said = {"type": "text", "text": "<user_query>\nGo.\n</user_query>"}
    call = {"type": "tool_use", "name": "StrReplace", "input": {"path": EDITED, "old_string": "a", "new_string": "b"}}
    records = [{"role": "user", "message": {"content": [said]}}, {"role": "assistant", "message": {"content": [call]}}]
    place = home / ".cursor" / "projects" / project / "agent-transcripts" / session / f"{session}.jsonl"
    return put(place, lines(*records), written)


def trajectory(path: Path, *, start: datetime = DAY) -> Path:
    """Keep a trajectory of mini-SWE-agent."""
    line = f"sed -i 's/a/b/' {EDITED}"
    call = {"id": "t1", "type": "function", "function": {"name": "bash", "arguments": json.dumps({"command": line})}}
    done = {"raw_output": "", "returncode": 0, "timestamp": start.timestamp() + 1, "exception_info": ""}
    actions = {"actions": [{"command": line, "tool_call_id": "t1"}], "timestamp": start.timestamp()}
    messages = [
        {"role": "system", "content": "You can run commands."},
        {"role": "user", "content": "<pr_description>\nGo.\n</pr_description>"},
        {"role": "assistant", "content": "", "tool_calls": [call], "extra": actions},
        {
            "role": "tool",
            "content": "<returncode>0</returncode>\n<output></output>",
            "extra": done,
            "tool_call_id": "t1",
        },
        {"role": "exit", "content": "", "extra": {"exit_status": "Submitted", "submission": ""}},
    ]
    info = {
        "exit_status": "Submitted",
        "submission": "",
        "mini_version": "2.2.8",
        "config": {"environment": {"cwd": ""}},
    }
    document = {"info": info, "messages": messages, "trajectory_format": "mini-swe-agent-1.1"}
    return put(path, document)
