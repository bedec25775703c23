"""Forms with one record a line: Claude Code, Codex, OpenHands' events, Copilot CLI, Cursor, and our own."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.support.formats.story import (
    BAD,
    FOLDER,
    GONE,
    GOOD,
    HUNK,
    NEW,
    OLD,
    PATCH,
    PATH,
    PROMPT,
    REFUSED,
    RUN,
    SAID,
    TEXT,
    THOUGHT,
    WRONG_PATCH,
    Format,
    Record,
    at,
    jsonl,
)
from tests.support.session_log import SessionLog

if TYPE_CHECKING:
    from collections.abc import Iterator


def _claude(*, sidechain: bool) -> bytes:
    log = SessionLog(cwd=FOLDER, version="1.0.111" if sidechain else "2.1.42")
    log.prompt(PROMPT)
    log.think(THOUGHT)
    log.read(PATH, 2)
    log.result(
        log.call("Edit", {"file_path": PATH, "old_string": GONE, "new_string": NEW}),
        f"<tool_use_error>{REFUSED}</tool_use_error>",
        error=True,
    )
    if sidechain:
        log.add("user", isSidechain=True, message={"role": "user", "content": "Look around."})
        log.add("assistant", isSidechain=True, message={"role": "assistant", "id": "s", "content": "I looked."})
    log.edit(PATH, OLD, NEW)
    log.bash(RUN, BAD, 1).bash(RUN, GOOD)
    log.todos(("fix", "completed"))
    log.text(SAID)
    return log.bytes()


class _Codex:
    """A rollout in the making."""

    def __init__(self, version: str) -> None:
        self.records: list[Record] = []
        self.calls = 0
        git = {"commit_hash": "a" * 40, "branch": "main"}
        self.add("session_meta", id="019c0000-0000-7000-8000-000000000001", cwd=FOLDER, cli_version=version,
                 originator="codex_cli_rs", timestamp=at(0), git=git)  # fmt: skip
        self.add("turn_context", cwd=FOLDER, model="gpt-5", approval_policy="on-request",
                 sandbox_policy={"type": "workspace-write", "network_access": False})  # fmt: skip
        self.item("message", role="user", content=[{"type": "input_text", "text": PROMPT}])
        self.event("user_message", message=PROMPT)

    def add(self, kind: str, **payload: Any) -> None:  # noqa: ANN401 - any JSON
        self.records.append({"timestamp": at(len(self.records)), "type": kind, "payload": payload})

    def item(self, kind: str, **payload: Any) -> None:  # noqa: ANN401 - any JSON
        self.add("response_item", **{"type": kind, **payload})

    def event(self, kind: str, **payload: Any) -> None:  # noqa: ANN401 - any JSON
        self.add("event_msg", **{"type": kind, **payload})

    def call(self, name: str, output: object, **arguments: Any) -> str:  # noqa: ANN401 - any argument
        self.calls += 1
        self.item("function_call", name=name, arguments=json.dumps(arguments), call_id=f"call_{self.calls}")
        self.item("function_call_output", call_id=f"call_{self.calls}", output=output)
        return f"call_{self.calls}"

    def custom(self, name: str, given: str, output: object) -> str:
        self.calls += 1
        self.item("custom_tool_call", name=name, input=given, call_id=f"call_{self.calls}", status="completed")
        self.item("custom_tool_call_output", call_id=f"call_{self.calls}", output=output)
        return f"call_{self.calls}"

    def patches(self) -> None:
        wrong = f"apply_patch verification failed: Failed to find expected lines in {PATH}"
        self.custom("apply_patch", WRONG_PATCH, wrong)
        done = json.dumps(
            {"output": f"Success. Updated the following files:\nM {PATH}\n", "metadata": {"exit_code": 0}}
        )
        call = self.custom("apply_patch", PATCH, done)
        changes = {PATH: {"type": "update", "unified_diff": f"{HUNK}\n", "move_path": None}}
        self.event("patch_apply_end", call_id=call, success=True, stdout=f"M {PATH}", stderr="", changes=changes)

    def bytes(self) -> bytes:
        self.item("message", role="assistant", content=[{"type": "output_text", "text": SAID}])
        self.event("agent_message", message=SAID)
        used = {"input_tokens": 100, "cached_input_tokens": 60, "output_tokens": 7, "total_tokens": 107}
        self.event("token_count", info={"total_token_usage": used, "last_token_usage": used})
        self.event("task_complete", last_agent_message=SAID)
        return jsonl(*self.records)


def _codex_exec_command() -> bytes:
    log = _Codex("0.122.0")

    def run(line: str, code: int, shown: str) -> None:
        text = f"Chunk ID: a1\nWall time: 0.5 seconds\nProcess exited with code {code}\nOutput:\n{shown}"
        call = log.call("exec_command", text, cmd=line, workdir=FOLDER)
        log.event("exec_command_end", call_id=call, command=["/bin/zsh", "-lc", line], cwd=FOLDER, exit_code=code,
                  aggregated_output=shown, duration={"secs": 0, "nanos": 500_000_000},
                  status="failed" if code else "completed")  # fmt: skip

    run(f"cat {PATH}", 0, TEXT)
    log.patches()
    run(RUN, 1, BAD)
    run(RUN, 0, GOOD)
    return log.bytes()


def _codex_shell_command() -> bytes:
    log = _Codex("0.142.0")
    for line, code, shown in ((f"cat {PATH}", 0, TEXT), ("", 0, ""), (RUN, 1, BAD), (RUN, 0, GOOD)):
        if not line:
            log.patches()
            continue
        text = f"Exit code: {code}\nWall time: 0.5 seconds\nOutput:\n{shown}"
        log.call("shell_command", text, command=line, workdir=FOLDER, timeout_ms=1000)
    return log.bytes()


def _codex_code_mode() -> bytes:
    log = _Codex("0.144.1")

    def script(body: str, shown: str) -> None:
        said = [{"type": "input_text", "text": f"Script completed\nWall time 0.5 seconds\nOutput:\n\n{shown}"}]
        log.custom("exec", body, said)

    def run(line: str) -> str:
        return f"const r = await tools.exec_command({json.dumps({'cmd': line, 'workdir': FOLDER})});\ntext(r.output);"

    script(run(f"cat {PATH}"), TEXT)
    script(f"const patch = {json.dumps(PATCH)};\ntext(await tools.apply_patch(patch));", "{}")
    script(run(RUN), BAD)
    script(run(RUN), GOOD)
    return log.bytes()


def _codex_bare() -> bytes:
    """The oldest form: no envelopes, no times, results as JSON in a text."""

    def calls() -> Iterator[Record]:
        done = f"Success. Updated the following files:\nM {PATH}\n"
        ran = (
            (["bash", "-lc", f"cat {PATH}"], 0, TEXT),
            (["bash", "-lc", f"apply_patch <<'EOF'\n{WRONG_PATCH}\nEOF"], 1, "verification failed"),
            (["bash", "-lc", f"apply_patch <<'EOF'\n{PATCH}\nEOF"], 0, done),
            (["bash", "-lc", RUN], 1, BAD),
            (["bash", "-lc", RUN], 0, GOOD),
        )
        for number, (words, code, shown) in enumerate(ran):
            given = json.dumps({"command": words, "workdir": FOLDER})
            output = json.dumps({"output": shown, "metadata": {"exit_code": code, "duration_seconds": 0.5}})
            yield {"type": "function_call", "id": None, "name": "shell", "arguments": given, "call_id": f"c{number}"}
            yield {"record_type": "state"}
            yield {"type": "function_call_output", "call_id": f"c{number}", "output": output}

    return jsonl(
        {"id": "019c0000-0000-7000-8000-000000000002", "timestamp": at(0), "instructions": None, "git": {}},
        {"type": "message", "role": "user", "content": [{"type": "input_text", "text": PROMPT}]},
        *calls(),
        {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": SAID}]},
    )


def _codex_stream() -> bytes:
    def item(number: int, kind: str, **fields: Any) -> Record:  # noqa: ANN401 - any JSON
        return {"type": "item.completed", "item": {"id": f"item_{number}", "type": kind, **fields}}

    def ran(number: int, line: str, code: int, shown: str) -> Record:
        return item(number, "command_execution", command=f"bash -lc '{line}'", aggregated_output=shown, exit_code=code,
                    status="failed" if code else "completed")  # fmt: skip

    return jsonl(
        {"type": "thread.started", "thread_id": "019c0000-0000-7000-8000-000000000003"},
        {"type": "turn.started"},
        item(0, "reasoning", text=THOUGHT),
        ran(1, f"cat {PATH}", 0, TEXT),
        item(2, "file_change", changes=[{"path": PATH, "kind": "update"}], status="completed"),
        ran(3, RUN, 1, BAD),
        ran(4, RUN, 0, GOOD),
        item(5, "agent_message", text=SAID),
        {"type": "turn.completed", "usage": {"input_tokens": 100, "cached_input_tokens": 60, "output_tokens": 7}},
    )


def _copilot() -> bytes:
    records: list[Record] = []

    def add(kind: str, **data: Any) -> None:  # noqa: ANN401 - any JSON
        records.append({"type": kind, "data": data, "id": f"e{len(records)}", "parentId": None,
                        "timestamp": at(len(records))})  # fmt: skip

    def call(name: str, said: str, *, success: bool = True, **arguments: Any) -> None:  # noqa: ANN401 - any argument
        identity = f"c{len(records)}"
        asked = [{"toolCallId": identity, "name": name, "arguments": arguments}]
        add("assistant.message", content="", toolRequests=asked)
        add("tool.execution_start", toolCallId=identity, toolName=name, arguments=arguments)
        result = {"result": {"content": said}} if success else {"error": {"message": said, "code": "failure"}}
        add("tool.execution_complete", toolCallId=identity, success=success, **result)

    add("session.start", sessionId="s1", copilotVersion="1.0.45", selectedModel="gpt-5", context={"cwd": FOLDER})
    add("user.message", content=PROMPT, transformedContent=f"<reminder/> {PROMPT}")
    call("view", TEXT, path=PATH)
    call("edit", "No match found", success=False, path=PATH, old_str=GONE, new_str=NEW)
    call("edit", f"File {PATH} updated with changes.", path=PATH, old_str=OLD, new_str=NEW)
    call("bash", f"{BAD}\n<exited with exit code 1>", command=RUN)
    call("bash", f"{GOOD}\n<exited with exit code 0>", command=RUN)
    add("assistant.message", content=SAID, toolRequests=[])
    return jsonl(*records)


def _cursor_parts() -> list[tuple[str, Record]]:
    return [
        ("Read", {"path": PATH}),
        ("StrReplace", {"path": PATH, "old_string": OLD, "new_string": NEW}),
        ("Shell", {"command": RUN, "working_directory": FOLDER}),
        ("Shell", {"command": RUN, "working_directory": FOLDER}),
    ]


def _cursor_lines() -> bytes:
    def says(role: str, *blocks: Record) -> Record:
        return {"role": role, "message": {"content": list(blocks)}}

    uses = [says("assistant", {"type": "tool_use", "name": name, "input": given}) for name, given in _cursor_parts()]
    asked = says("user", {"type": "text", "text": f"<user_query>\n{PROMPT}\n</user_query>"})
    return jsonl(asked, *uses, says("assistant", {"type": "text", "text": SAID}))


def _cursor_text() -> bytes:
    calls = "\n".join(
        f"[Tool call] {name}\n" + "".join(f"  {key}: {value}\n" for key, value in given.items())
        for name, given in _cursor_parts()
    )
    return f"user:\n<user_query>\n{PROMPT}\n</user_query>\n\nassistant:\n{calls}\nassistant:\n{SAID}\n".encode()


def _own() -> bytes:
    return jsonl(
        {"kind": "run", "agent": "an-agent", "version": "1", "cwd": FOLDER},
        {"kind": "prompt", "text": PROMPT, "time": at(0)},
        {"kind": "read", "path": PATH, "whole": True, "ok": True},
        {"kind": "edit", "path": PATH, "applied": False, "refused": REFUSED},
        {"kind": "edit", "path": PATH, "applied": True, "patch": HUNK},
        {"kind": "command", "line": RUN, "exit_code": 1, "output": BAD, "time": at(5)},
        {"kind": "command", "line": RUN, "exit_code": 0, "output": GOOD},
        {"kind": "message", "text": SAID},
        {"kind": "end", "reason": "finished"},
    )


_NOTHING: dict[str, Any] = {
    "applied": None,
    "codes": (None, None),
    "outputs": False,
    "refused": False,
    "states": ("unknown", "unknown"),
    "timed": False,
}
FORMATS = (
    Format(name="claude-code", importer="claude-code", data=_claude(sidechain=False)),
    Format(name="claude-code-1", importer="claude-code", data=_claude(sidechain=True)),
    Format(name="codex-exec-command", importer="codex", data=_codex_exec_command()),
    Format(name="codex-shell-command", importer="codex", data=_codex_shell_command()),
    Format(name="codex-code-mode", importer="codex", data=_codex_code_mode(), codes=(None, None), refused=False,
           applied=None),
    Format(name="codex-bare", importer="codex", data=_codex_bare(), timed=False),
    Format(name="codex-stream", importer="codex", data=_codex_stream(), asked=False, refused=False, timed=False),
    Format(name="copilot-cli", importer="copilot-cli", data=_copilot()),
    Format(name="cursor-lines", importer="cursor", data=_cursor_lines(), **_NOTHING),
    Format(name="cursor-text", importer="cursor", data=_cursor_text(), **_NOTHING),
    Format(name="timeline", importer="timeline", data=_own()),
)  # fmt: skip
