"""Forms of assistants that live in an editor, or beside one: Cline, Copilot in VS Code, Aider."""

from __future__ import annotations

import json
from typing import Any

from tests.support.formats.story import (
    BAD,
    FOLDER,
    GONE,
    GOOD,
    NEW,
    OLD,
    PATH,
    PROMPT,
    RUN,
    SAID,
    TEXT,
    THOUGHT,
    Format,
    Record,
    document,
    epoch,
    jsonl,
)


def _cline_ui() -> bytes:
    items: list[Record] = []

    def say(kind: str, text: str, side: str = "say") -> None:
        items.append({"ts": int(epoch(len(items)) * 1000), "type": side, side: kind, "text": text})

    def request(text: str) -> None:
        say("api_req_started", json.dumps({"request": text, "tokensIn": 40, "tokensOut": 7}))

    say("task", PROMPT)
    request(f"<task>\n{PROMPT}\n</task>\n\n<environment_details>\n# Current Working Directory ({FOLDER}) Files\n"
            "</environment_details>")  # fmt: skip
    say("tool", json.dumps({"tool": "readFile", "path": "total.py", "content": PATH}))
    request(f"[read_file for 'total.py'] Result:\n{TEXT}")
    block = f"------- SEARCH\n{OLD}\n=======\n{NEW}\n+++++++ REPLACE"
    say("tool", json.dumps({"tool": "editedExistingFile", "path": PATH, "content": block}))
    request("[replace_in_file for 'total.py'] Result:\nThe content was successfully saved to total.py.")
    for code, shown in ((1, BAD), (0, GOOD)):
        say("command", RUN, "ask")
        say("command_output", shown)
        told = f"Command executed in terminal within working directory '{FOLDER}'. Exit code: {code}\nOutput:\n{shown}"
        request(f"[execute_command for '{RUN}'] Result:\n{told}")
    say("completion_result", SAID)
    return document(items)


def _cline_conversation() -> list[Record]:
    def use(number: int, name: str, given: Record) -> Record:
        block = {"type": "tool_use", "id": f"t{number}", "name": name, "input": given}
        return {"role": "assistant", "content": [block], "ts": int(epoch(2 * number) * 1000)}

    def result(number: int, said: str, *, failed: bool = False) -> Record:
        block = {"type": "tool_result", "tool_use_id": f"t{number}", "content": said, "is_error": failed}
        return {"role": "user", "content": [block], "ts": int(epoch(2 * number + 1) * 1000)}

    asked = [{"type": "text", "text": f"<task>\n{PROMPT}\n</task>"},
             {"type": "text", "text": f"<environment_details>\n# Current Working Directory ({FOLDER}) Files\n"
                                      "</environment_details>"}]  # fmt: skip
    diff = {"path": PATH, "diff": f"------- SEARCH\n{OLD}\n=======\n{NEW}\n+++++++ REPLACE"}
    executed = "[execute_command for 'pytest -q'] Result:\nCommand executed. Exit code: {}\nOutput:\n{}"
    return [
        {"role": "user", "content": asked, "ts": int(epoch(0) * 1000)},
        use(1, "read_file", {"path": PATH}), result(1, f"[read_file for '{PATH}'] Result:\n{TEXT}"),
        use(2, "replace_in_file", diff),
        result(2, f"[replace_in_file for '{PATH}'] Result:\nThe content was successfully saved to {PATH}."),
        use(3, "execute_command", {"command": RUN}), result(3, executed.format(1, BAD)),
        use(4, "execute_command", {"command": RUN}), result(4, executed.format(0, GOOD)),
        {"role": "assistant", "content": [{"type": "text", "text": SAID}], "ts": int(epoch(20) * 1000)},
    ]  # fmt: skip


def _cline_sdk() -> bytes:
    def use(name: str, given: Record) -> Record:
        return {"role": "assistant", "content": [{"type": "tool_use", "id": name, "name": name, "input": given}]}

    def result(name: str, *parts: Record) -> Record:
        block = {"type": "tool_result", "tool_use_id": name, "content": json.dumps(parts)}
        return {"role": "user", "content": [block]}

    messages = [
        {"role": "user", "content": [{"type": "text", "text": PROMPT}], "ts": int(epoch(0) * 1000)},
        use("read_files", {"files": [{"path": PATH}]}),
        result("read_files", {"query": PATH, "result": TEXT, "success": True}),
        use("editor", {"command": "str_replace", "path": PATH, "old_text": OLD, "new_text": NEW}),
        result("editor", {"query": PATH, "result": f"Edited {PATH}", "success": True}),
        use("run_commands", {"commands": [RUN, RUN]}),
        result("run_commands", {"query": RUN, "error": f"Command exited with code 1\n{BAD}", "success": False},
               {"query": RUN, "result": GOOD, "success": True}),
        {"role": "assistant", "content": [{"type": "text", "text": SAID}], "ts": int(epoch(9) * 1000)},
    ]  # fmt: skip
    return document({"version": 1, "agent": "lead", "sessionId": "s1", "messages": messages})


def _vscode() -> Record:
    def tool(name: str, given: Record, said: str) -> tuple[Record, Record]:
        identity = f"call_{name}_{len(said)}"
        return {"id": identity, "name": name, "arguments": json.dumps(given)}, {
            identity: {"$mid": 20, "content": [{"$mid": 21, "value": said}]}
        }

    calls = [
        tool("read_file", {"filePath": PATH, "startLine": 1, "endLine": 2}, TEXT),
        tool("replace_string_in_file", {"filePath": PATH, "oldString": OLD, "newString": NEW}, "The file was edited"),
        tool("run_in_terminal", {"command": RUN}, BAD),
        tool("run_in_terminal", {"command": RUN}, f"{GOOD} "),
    ]
    rounds = [{"response": "", "toolCalls": [call]} for call, _ in calls] + [{"response": SAID, "toolCalls": []}]
    results = {key: value for _, found in calls for key, value in found.items()}
    serialized = [
        {"kind": "toolInvocationSerialized", "toolId": f"copilot_{call['name']}", "toolCallId": call["id"],
         "isComplete": True, "isConfirmed": True, "invocationMessage": {"value": "x"}}
        for call, _ in calls
    ]  # fmt: skip
    request = {
        "requestId": "request_1",
        "message": {"text": PROMPT, "parts": []},
        "timestamp": int(epoch(0) * 1000),
        "modelId": "copilot/m",
        "response": [*serialized, {"value": SAID}],
        "result": {"metadata": {"toolCallRounds": rounds, "toolCallResults": results}, "timings": {"totalElapsed": 9}},
    }
    return {"version": 3, "responderUsername": "GitHub Copilot", "sessionId": "s1", "requests": [request],
            "creationDate": int(epoch(0) * 1000)}  # fmt: skip


def _aider() -> bytes:
    def block(old: str) -> str:
        return f"{PATH}\n```python\n<<<<<<< SEARCH\n{old}\n=======\n{NEW}\n>>>>>>> REPLACE\n```\n"

    def told(*lines: str) -> str:
        return "".join(f"> {line}  \n" for line in lines)

    missed = f"## SearchReplaceNoExactMatch: This SEARCH block failed to exactly match lines in {PATH}"
    ask = "Run shell command? (Y)es/(N)o/(D)on't ask again [Yes]: y"
    run = told(RUN, ask, f"Running {RUN}", "Add command output to the chat? (Y)es/(N)o [Yes]: y", "Added 1 line of "
               "output to the chat.")  # fmt: skip
    return (
        "\n# aider chat started at 2026-03-02 09:00:00\n\n"
        + told("Aider v0.85.1", "Main model: gpt-4o with diff edit format", f"Added {PATH} to the chat")
        + f"\n#### {PROMPT}  \n\n{THOUGHT}\n\n{block(GONE)}\n"
        + told("# 1 SEARCH/REPLACE block failed to match!", "", missed, *block(GONE).split("\n")[2:-2])
        + told("The SEARCH section must exactly match an existing block of lines including docstrings, etc")
        + f"\nAgain:\n\n{block(OLD)}\n"
        + told("Tokens: 3.2k sent, 66 received. Cost: $0.0086 message, $0.02 session.", f"Applied edit to {PATH}")
        + run
        + f"\nOnce more.\n\n{run}\n{SAID}\n\n"
        + told("Tokens: 3.3k sent, 20 received. Cost: $0.0086 message, $0.03 session.")
    ).encode()


_NO_CODES: dict[str, Any] = {"codes": (None, None), "refused": False}
FORMATS = (
    Format(name="cline-ui", importer="cline", data=_cline_ui(), refused=False, read="total.py"),
    Format(name="cline-conversation", importer="cline", data=document(_cline_conversation()), refused=False),
    Format(name="cline-sdk", importer="cline", data=_cline_sdk(), refused=False),
    Format(name="vscode", importer="copilot-cli", data=document(_vscode()), **_NO_CODES),
    Format(name="vscode-log", importer="copilot-cli", data=jsonl({"kind": 0, "v": {**_vscode(), "requests": []}},
           {"kind": 2, "k": ["requests"], "v": _vscode()["requests"]}), **_NO_CODES),
    Format(name="aider", importer="aider", data=_aider(), codes=(None, None), states=("unknown", "unknown"),
           outputs=False),
)  # fmt: skip
