"""Forms of agents that have little but a shell: both versions of mini-SWE-agent, SWE-agent, Terminus 2."""

from __future__ import annotations

import json
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
    RUN,
    SAID,
    TEXT,
    THOUGHT,
    Format,
    Record,
    at,
    document,
    epoch,
)

SEEN = (
    (f"cat {PATH}", 0, TEXT),
    (f"sed -i 's/a - b/a + b/' {PATH}", 0, ""),
    (RUN, 1, BAD),
    (RUN, 0, GOOD),
)
"""Line, exit code and output of each command."""
SUBMIT = "echo COMPLETE_TASK_AND_SUBMIT_FINAL_OUTPUT && git diff"
DIFF = f"diff --git a/total.py b/total.py\n--- a/total.py\n+++ b/total.py\n{HUNK}\n"


def _info(version: str) -> Record:
    config = {"agent": {"mode": "yolo"}, "model": {"model_name": "m"}, "environment": {"cwd": FOLDER}}
    return {"model_stats": {"instance_cost": 0.01, "api_calls": 5}, "config": config, "mini_version": version,
            "exit_status": "Submitted", "submission": DIFF}  # fmt: skip


def _head() -> list[Record]:
    return [{"role": "system", "content": "You are."}, {"role": "user", "content": PROMPT}]


def _mini_2() -> bytes:
    messages = _head()
    for number, (line, code, shown) in enumerate((*SEEN, (SUBMIT, 0, DIFF))):
        said = SAID if line == SUBMIT else ""
        call = f"c{number}"
        messages.append({"role": "assistant", "content": said, "extra": {
            "actions": [{"command": line, "tool_call_id": call}], "timestamp": epoch(2 * number), "cost": 0.002,
            "response": {"model": "m", "usage": {"prompt_tokens": 100, "completion_tokens": 7}}}})  # fmt: skip
        if line != SUBMIT:
            extra = {"returncode": code, "raw_output": shown, "timestamp": epoch(2 * number + 1)}
            seen = f"<returncode>{code}</returncode>\n<output>\n{shown}</output>"
            messages.append({"role": "tool", "tool_call_id": call, "content": seen, "extra": extra})
    messages.append({"role": "exit", "content": DIFF, "extra": {"exit_status": "Submitted", "submission": DIFF}})
    return document({"info": _info("2.2.7"), "messages": messages, "trajectory_format": "mini-swe-agent-1.1"})


def _mini_1() -> list[Record]:
    messages = _head()
    for line, code, shown in SEEN:
        messages.append({"role": "assistant", "content": f"THOUGHT: {THOUGHT}\n\n```bash\n{line}\n```"})
        seen = f"<returncode>{code}</returncode>\n<output>\n{shown}</output>"
        messages.append({"role": "user", "content": [{"type": "text", "text": seen}]})
    messages.append({"role": "assistant", "content": f"THOUGHT: {SAID}\n\n```bash\n{SUBMIT}\n```"})
    return messages


def _swe(*, first: bool) -> bytes:
    def step(action: str, seen: str, **more: Any) -> Record:  # noqa: ANN401 - any JSON
        state = {"open_file": PATH, "working_dir": FOLDER}
        return {"action": action, "observation": seen, "response": action, "thought": "", **more,
                "state": json.dumps(state) if first else state}  # fmt: skip

    timed = {} if first else {"execution_time": 0.5}
    shown = f"[File: {PATH} (2 lines total)]\n1:def total(a, b):\n2:{OLD}\n"
    if first:
        edits = [
            step(f"open {PATH}\n", shown),
            step(f"edit 2:2\n{GONE} (\nend_of_edit\n", "Your proposed edit has introduced new syntax error(s)."),
            step(f"edit 2:2\n{NEW}\nend_of_edit\n", f"{shown}File updated. Please review the changes"),
        ]
    else:
        editor = f"str_replace_editor str_replace {PATH} --new_str '{NEW}'"
        edits = [
            step(f"str_replace_editor view {PATH}", f"     1\t{TEXT}", **timed),
            step(f"{editor} --old_str '{GONE}'", "No replacement was performed, old_str did not appear", **timed),
            step(f"{editor} --old_str '{OLD}'", f"The file {PATH} has been edited.", **timed),
        ]
    steps = [
        *edits,
        step(RUN, f"{BAD}\n", **timed),
        step(RUN, f"{GOOD}\n", **timed),
        step("submit", DIFF, thought=SAID, response=f"{SAID}\n```\nsubmit\n```", **timed),
    ]
    history = [{"role": "system", "content": "SETTING: you.", "agent": "primary"},
               {"role": "user", "content": PROMPT, "agent": "primary"}]  # fmt: skip
    info = {"exit_status": "submitted", "submission": DIFF, "model_stats": {"instance_cost": 0.1, "api_calls": 6}}
    return document({"environment": "swe_main", "trajectory": steps, "history": history, "info": info})


def _swe_history() -> bytes:
    def says(thought: str, action: str) -> Record:
        return {"role": "assistant", "content": f"{thought}\n```\n{action}\n```", "thought": thought,
                "action": action, "agent": "primary", "message_type": "action"}  # fmt: skip

    def sees(seen: str) -> Record:
        return {"role": "user", "content": seen, "agent": "primary", "message_type": "observation"}

    shown = f"[File: {PATH} (2 lines total)]\n1:def total(a, b):\n2:{OLD}\n"
    history = [
        {"role": "system", "content": "SETTING: you.", "agent": "primary", "message_type": "system_prompt"},
        {"role": "user", "content": PROMPT, "agent": "primary", "message_type": "observation"},
        says(THOUGHT, f"open {PATH}"), sees(shown),
        says("", f"edit 2:2\n{NEW}\nend_of_edit"), sees(f"{shown}File updated. Please review the changes"),
        says("", RUN), sees(BAD), says("", RUN), sees(GOOD), says(SAID, "submit"),
    ]  # fmt: skip
    return document({"history": history})


def _terminus() -> bytes:
    def step(number: int, said: Record, shown: str) -> Record:
        return {"step_id": number, "timestamp": at(number), "source": "agent", "message": json.dumps(said),
                "observation": {"results": [{"content": f"New Terminal Output:\n{shown}"}]}}  # fmt: skip

    def types(line: str) -> Record:
        return {"analysis": "", "plan": "", "commands": [{"keystrokes": f"{line}\n", "duration": 0.1}]}

    steps = [
        {"step_id": 1, "timestamp": at(1), "source": "user", "message": PROMPT},
        *(step(number, types(line), shown) for number, (line, _, shown) in enumerate(SEEN, start=2)),
        step(9, {"analysis": SAID, "plan": "", "commands": [], "task_complete": True}, "Are you sure?"),
    ]
    agent = {"name": "terminus-2", "version": "2.0.0", "model_name": "m"}
    return document({"schema_version": "ATIF-v1.5", "session_id": "s1", "agent": agent, "steps": steps})


_SHELL: dict[str, Any] = {"by_shell": True, "refused": False}
FORMATS = (
    Format(name="mini-2", importer="mini-swe-agent", data=_mini_2(), **_SHELL),
    Format(name="mini-1", importer="mini-swe-agent", timed=False, **_SHELL,
           data=document({"info": _info("1.13.4"), "messages": _mini_1(), "trajectory_format": "mini-swe-agent-1"})),
    Format(name="mini-list", importer="mini-swe-agent", data=document(_mini_1()), timed=False, end="unanswered",
           **_SHELL),
    Format(name="swe-agent-0", importer="swe-agent", data=_swe(first=True), codes=(None, None), timed=False),
    Format(name="swe-agent-1", importer="swe-agent", data=_swe(first=False), codes=(None, None), timed=False),
    Format(name="swe-agent-history", importer="swe-agent", data=_swe_history(), codes=(None, None), refused=False,
           timed=False),
    Format(name="terminus", importer="atif", data=_terminus(), codes=(None, None), applied=None, **_SHELL),
)  # fmt: skip
