"""Forms that are one document of messages: OpenHands, opencode, Gemini CLI, ATIF."""

from __future__ import annotations

from typing import Any

from tests.support.formats.story import (
    BAD,
    FOLDER,
    GONE,
    GOOD,
    HUNK,
    NEW,
    OLD,
    PATH,
    PROMPT,
    REFUSED,
    RUN,
    SAID,
    TEXT,
    THOUGHT,
    Format,
    Record,
    at,
    document,
    epoch,
    jsonl,
    local,
)


def _openhands_events() -> list[Record]:
    events: list[Record] = []

    def add(**fields: Any) -> int:  # noqa: ANN401 - any JSON
        number = len(events)
        events.append({"id": number, "timestamp": local(number), "source": "agent", **fields})
        return number

    def call(action: str, said: str, arguments: Record, **extras: Any) -> None:  # noqa: ANN401 - any JSON
        number = add(action=action, args=arguments, message="")
        add(observation=action, content=said, extras=extras, cause=number, source="environment")

    add(source="user", action="message", args={"content": PROMPT, "image_urls": []}, message=PROMPT)
    edit = {"path": PATH, "command": "str_replace", "new_str": NEW}
    call("read", TEXT, {"path": PATH, "view_range": None, "thought": THOUGHT}, path=PATH)
    call("edit", "ERROR:\nNo replacement was performed", {**edit, "old_str": GONE}, path=PATH, diff="")
    call("edit", f"The file {PATH} has been edited.", {**edit, "old_str": OLD}, path=PATH, prev_exist=True,
         diff=f"--- a\n+++ b\n{HUNK}\n")  # fmt: skip
    for code, shown in ((1, BAD), (0, GOOD)):
        call("run", shown, {"command": RUN}, metadata={"exit_code": code, "working_dir": FOLDER, "pid": -1})
    add(action="finish", args={"final_thought": SAID, "task_completed": "true", "outputs": {}}, message=SAID)
    return events


def _openhands_output() -> bytes:
    pairs = _openhands_events()
    record = {
        "instance_id": "ana__shop-1",
        "instruction": PROMPT,
        "metadata": {"agent_class": "CodeActAgent", "llm_config": {"model": "m"}},
        "history": pairs,
        "metrics": {"accumulated_cost": 0.25},
        "error": None,
        "test_result": {"git_patch": f"diff --git a/total.py b/total.py\n--- a/total.py\n+++ b/total.py\n{HUNK}\n"},
    }
    return jsonl(record)


def _openhands_sdk() -> bytes:
    events: list[Record] = []

    def add(kind: str, **fields: Any) -> str:  # noqa: ANN401 - any JSON
        identity = f"e{len(events)}"
        events.append({"id": identity, "timestamp": local(len(events)), "source": "agent", "kind": kind, **fields})
        return identity

    def call(action: Record, tool: str, seen: Record) -> None:
        number = f"t{len(events)}"
        made = add("ActionEvent", action=action, tool_name=tool, tool_call_id=number, thought=[])
        add("ObservationEvent", source="environment", action_id=made, tool_name=tool, tool_call_id=number,
            observation=seen)  # fmt: skip

    def text(said: str) -> list[Record]:
        return [{"type": "text", "text": said}]

    def editor(command: str, said: str, *, failed: bool = False, **given: Any) -> None:  # noqa: ANN401 - any JSON
        seen = {"kind": "FileEditorObservation", "command": command, "path": PATH, "content": text(said),
                "is_error": failed, "prev_exist": True}  # fmt: skip
        call({"kind": "FileEditorAction", "command": command, "path": PATH, **given}, "file_editor", seen)

    add("SystemPromptEvent", system_prompt={"type": "text", "text": "You are."}, tools=[])
    add("MessageEvent", source="user", llm_message={"role": "user", "content": text(PROMPT)})
    editor("view", TEXT)
    editor("str_replace", "No replacement was performed", failed=True, old_str=GONE, new_str=NEW)
    editor("str_replace", f"The file {PATH} has been edited.", old_str=OLD, new_str=NEW)
    for code, shown in ((1, BAD), (0, GOOD)):
        seen = {"kind": "TerminalObservation", "content": text(shown), "command": RUN, "exit_code": code,
                "metadata": {"exit_code": code, "working_dir": FOLDER}, "is_error": False}  # fmt: skip
        call({"kind": "TerminalAction", "command": RUN, "is_input": False}, "terminal", seen)
    call({"kind": "FinishAction", "message": SAID}, "finish", {"kind": "FinishObservation", "content": text(SAID)})
    return jsonl(*events)


def _opencode() -> bytes:
    def tool(name: str, given: Record, output: str, **more: Any) -> Record:  # noqa: ANN401 - any JSON
        state = {"status": "error" if "error" in more else "completed", "input": given, "output": output, "title": "",
                 "time": {"start": epoch(5) * 1000, "end": epoch(6) * 1000}, "metadata": {}, **more}  # fmt: skip
        return {"type": "tool", "tool": name, "callID": f"call_{name}", "state": state}

    edit = {"filePath": PATH, "newString": NEW}
    parts = [
        {"type": "reasoning", "text": THOUGHT},
        tool("read", {"filePath": PATH}, "<file>\n00001| def total(a, b):\n</file>"),
        tool("edit", {**edit, "oldString": GONE}, "", error="oldString not found in content"),
        tool("edit", {**edit, "oldString": OLD}, "", metadata={"diff": f"--- a\n+++ b\n{HUNK}\n"}),
        *(tool("bash", {"command": RUN}, shown, metadata={"exit": code}) for code, shown in ((1, BAD), (0, GOOD))),
        {"type": "text", "text": SAID},
    ]
    stamp = {"created": epoch(1) * 1000, "completed": epoch(9) * 1000}
    user = {"id": "msg_1", "sessionID": "ses_1", "role": "user", "time": {"created": epoch(0) * 1000}}
    answer = {"id": "msg_2", "sessionID": "ses_1", "role": "assistant", "time": stamp, "modelID": "m", "finish": "stop",
              "providerID": "p", "path": {"cwd": FOLDER, "root": FOLDER}, "cost": 0.01,
              "tokens": {"input": 40, "output": 7, "reasoning": 0, "cache": {"read": 60, "write": 0}}}  # fmt: skip
    info = {"id": "ses_1", "title": "A fix", "directory": FOLDER, "version": "1.15.6", "time": {"created": epoch(0)}}
    said = {"info": user, "parts": [{"type": "text", "text": PROMPT}]}
    return document({"info": info, "messages": [said, {"info": answer, "parts": parts}]})


def _gemini_messages() -> list[Record]:
    def call(name: str, given: Record, output: str, *, error: bool = False) -> Record:
        answer = {"error": output} if error else {"output": output}
        return {"id": f"{name}-{len(given)}-{output[:9]}", "name": name, "args": given, "timestamp": at(5),
                "status": "error" if error else "success",
                "result": [{"functionResponse": {"name": name, "response": answer}}]}  # fmt: skip

    def says(number: int, text: str, *calls: Record) -> Record:
        return {"id": f"m{number}", "timestamp": at(number), "type": "gemini", "content": text, "model": "gemini-3",
                "toolCalls": list(calls)}  # fmt: skip

    edit = {"file_path": PATH, "new_string": NEW}
    run = "run_shell_command"
    return [
        {"id": "m0", "timestamp": at(0), "type": "user", "content": PROMPT},
        says(1, "", call("read_file", {"file_path": PATH}, TEXT)),
        says(2, "", call("replace", {**edit, "old_string": GONE}, "Failed to edit, 0 occurrences found", error=True)),
        says(3, "", call("replace", {**edit, "old_string": OLD}, f"Successfully modified file: {PATH}")),
        says(4, "", call(run, {"command": RUN}, f"Output: {BAD}\nExit Code: 1\nProcess Group PGID: 7")),
        says(5, "", call(run, {"command": RUN}, f"Output: {GOOD}\nProcess Group PGID: 8")),
        says(6, SAID),
    ]


_GEMINI = {"sessionId": "s1", "projectHash": "f" * 64, "startTime": at(0), "lastUpdated": at(6), "kind": "main"}


def _atif() -> bytes:
    def step(number: int, said: str = "", name: str = "", shown: str = "", **given: Any) -> Record:  # noqa: ANN401
        made: Record = {"step_id": number, "timestamp": at(number), "source": "agent", "message": said}
        if name:
            made["tool_calls"] = [{"tool_call_id": f"t{number}", "function_name": name, "arguments": given}]
            made["observation"] = {"results": [{"source_call_id": f"t{number}", "content": shown}]}
        return made

    edit = {"file_path": PATH, "new_string": NEW}
    steps = [
        {"step_id": 1, "timestamp": at(1), "source": "user", "message": PROMPT},
        step(2, "", "Read", TEXT, file_path=PATH),
        step(3, "", "Edit", f"<tool_use_error>{REFUSED}</tool_use_error>", **edit, old_string=GONE),
        step(4, "", "Edit", f"The file {PATH} has been updated.", **edit, old_string=OLD),
        step(5, "", "Bash", f"Exit code 1\n{BAD}", command=RUN),
        step(6, "", "Bash", f"{GOOD}\n[exit_code]: 0", command=RUN),
        step(7, SAID),
    ]
    agent = {"name": "claude-code", "version": "2.1", "model_name": "m"}
    return document({"schema_version": "ATIF-v1.5", "session_id": "s1", "agent": agent, "steps": steps})


FORMATS = (
    Format(name="openhands-events", importer="openhands", data=jsonl(*_openhands_events())),
    Format(name="openhands-list", importer="openhands", data=document(_openhands_events())),
    Format(name="openhands-output", importer="openhands", data=_openhands_output()),
    Format(name="openhands-sdk", importer="openhands", data=_openhands_sdk()),
    Format(name="opencode", importer="opencode", data=_opencode()),
    Format(name="gemini-document", importer="gemini-cli", data=document({**_GEMINI, "messages": _gemini_messages()})),
    Format(name="gemini-lines", importer="gemini-cli",
           data=jsonl(_GEMINI, *_gemini_messages(), {"$set": {"lastUpdated": at(7)}})),
    Format(name="atif", importer="atif", data=_atif()),
)  # fmt: skip
