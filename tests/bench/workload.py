"""Changes and logs of a chosen size, made by rule, so that every run of the benchmark measures the same thing."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_CONTEXT = 3
_GAP = 12
_EDITED = 5
_SUMMARY = "\n============================== 80 passed in 1.23s ==============================\n"


@dataclass(frozen=True, slots=True)
class FilePair:
    """One file before and after, and its section of the diff."""

    path: str
    old: bytes
    new: bytes
    diff: bytes


def change(lines: int, files: int) -> Iterator[FilePair]:
    """Yield files whose diff sections add up to about `lines` lines of patch."""
    # One hunk is its header, context on both sides, removed and added lines; a file has five more header lines.
    hunks = max(1, round((lines / files - 5) / (1 + 2 * _CONTEXT + 2 * _EDITED)))
    for number in range(files):
        yield _pair(f"src/package_{number % 50:02}/module_{number:05}.py", number, hunks)


def _pair(path: str, number: int, hunks: int) -> FilePair:
    old: list[str] = []
    new: list[str] = []
    out: list[str] = []
    for hunk in range(hunks):
        lead = [f"def bench_{number}_{hunk}(value: int) -> int:", '    """Return it."""', "    total = value"]
        removed = [f"    total = total + {line} * value  # step {line}" for line in range(_EDITED)]
        added = [f"    total = total + {line} * value + {hunk}  # step {line}" for line in range(_EDITED)]
        tail = ["    if total < 0:", "        raise ValueError(total)", "    return total"]
        start_old, start_new = len(old) + 1, len(new) + 1
        count = 2 * _CONTEXT + _EDITED
        out.append(f"@@ -{start_old},{count} +{start_new},{count} @@")
        out += [f" {line}" for line in lead]
        out += [f"-{line}" for line in removed] + [f"+{line}" for line in added]
        out += [f" {line}" for line in tail]
        gap = [f"# unchanged {line}" for line in range(_GAP)]
        old += lead + removed + tail + gap
        new += lead + added + tail + gap
    before, after = _bytes(old), _bytes(new)
    header = [
        f"diff --git a/{path} b/{path}",
        f"index {_blob_id(before)}..{_blob_id(after)} 100644",
        f"--- a/{path}",
        f"+++ b/{path}",
    ]
    return FilePair(path, before, after, _bytes(header + out))


def _bytes(lines: list[str]) -> bytes:
    return ("\n".join(lines) + "\n").encode()


def _blob_id(content: bytes) -> str:
    return hashlib.sha1(b"blob %d\0%s" % (len(content), content), usedforsecurity=False).hexdigest()


def write_log(path: Path, *, cwd: str, megabytes: int) -> int:
    """Write a Claude Code log of about `megabytes` MB made of reads, edits and commands; return its size in bytes."""

    def records() -> Iterator[dict[str, object]]:
        parent: str | None = None
        for number in count():
            for record in _turn(number, cwd):
                record["parentUuid"] = parent
                parent = str(record["uuid"])
                yield record

    return _write(path, records(), megabytes)


def write_rollout(path: Path, *, cwd: str, megabytes: int) -> int:
    """Write a Codex log of about `megabytes` MB made of commands, patches and answers; return its size in bytes."""
    return _write(path, (record for number in count() for record in _step(number, cwd)), megabytes)


def _write(path: Path, records: Iterable[dict[str, object]], megabytes: int) -> int:
    size = 0
    with path.open("wb") as stream:
        for record in records:
            size += stream.write(json.dumps(record, separators=(",", ":")).encode() + b"\n")
            if size >= megabytes * 1_000_000:
                break
    return size


def _stamp(number: int) -> str:
    return (
        f"2026-03-{1 + number // 8640 % 28:02}T{number // 360 % 24:02}:{number // 6 % 60:02}:{number % 6 * 10:02}.000Z"
    )


def _step(number: int, cwd: str) -> Iterator[dict[str, object]]:
    stamp = _stamp(number)

    def record(kind: str, payload: dict[str, object]) -> dict[str, object]:
        return {"timestamp": stamp, "type": kind, "payload": payload}

    if number == 0:
        yield record("session_meta", {"id": "bench", "cwd": cwd, "cli_version": "0.122.0", "originator": "codex-tui"})
        yield record("event_msg", {"type": "user_message", "message": "Make it faster."})
    call, file = f"call_{number}", f"src/module_{number % 97}.py"
    line, end = (f"sed -n '1,120p' {file}", "") if number % 3 else (f"pytest tests/test_{number % 97}.py", _SUMMARY)
    shown = "\n".join(f"value_{row} = compute(alpha_{number}, {row})" for row in range(1, 120)) + end
    arguments = json.dumps({"cmd": line, "workdir": cwd})
    yield record(
        "response_item", {"type": "function_call", "name": "exec_command", "arguments": arguments, "call_id": call}
    )
    yield record(
        "event_msg",
        {
            "type": "exec_command_end",
            "call_id": call,
            "command": ["/bin/bash", "-lc", line],
            "cwd": cwd,
            "aggregated_output": shown,
            "exit_code": 0,
            "duration": {"secs": 1, "nanos": 0},
            "status": "completed",
        },
    )
    told = f"Wall time: 1.0 seconds\nProcess exited with code 0\nOutput:\n{shown}"
    yield record("response_item", {"type": "function_call_output", "call_id": call, "output": told})
    if number % 10 == 0:
        rows = "".join(f"-value_{row} = {row}\n+value_{row} = {row} + {number}\n" for row in range(40))
        patch = f"*** Begin Patch\n*** Update File: {file}\n@@\n{rows}*** End Patch"
        yield record(
            "response_item",
            {"type": "custom_tool_call", "name": "apply_patch", "input": patch, "call_id": f"patch_{number}"},
        )
        change = {"type": "update", "unified_diff": f"@@ -1,40 +1,40 @@\n{rows}"}
        done = {"call_id": f"patch_{number}", "success": True, "changes": {f"{cwd}/{file}": change}}
        yield record("event_msg", {"type": "patch_apply_end", **done})
        yield record("event_msg", {"type": "agent_message", "message": f"Module {number % 97} is faster now."})
    used = {"input_tokens": 900 * number, "cached_input_tokens": 800 * number, "output_tokens": 80 * number}
    yield record("event_msg", {"type": "token_count", "info": {"total_token_usage": used, "last_token_usage": used}})


def _turn(number: int, cwd: str) -> Iterator[dict[str, object]]:
    common = {"sessionId": "bench", "cwd": cwd, "version": "2.1.3", "gitBranch": "main", "timestamp": _stamp(number)}
    if number == 0:
        yield {**common, "type": "user", "uuid": "p0", "message": {"role": "user", "content": "Make it faster."}}
    path = f"{cwd}/src/module_{number % 97}.py"
    body = "\n".join(f"{line:5}→value_{line} = compute(alpha_{number}, {line})" for line in range(1, 120))
    output = "\n".join(f"tests/test_module_{number % 97}.py::test_{line} PASSED" for line in range(80)) + _SUMMARY
    calls: tuple[tuple[str, dict[str, object], str, object], ...] = (
        ("Read", {"file_path": path}, body, {"type": "text", "file": {"filePath": path, "numLines": 119}}),
        ("Bash", {"command": f"pytest tests/test_module_{number % 97}.py"}, output, {"stdout": output, "stderr": ""}),
    )
    for index, (tool, given, content, twin) in enumerate(calls):
        call = f"toolu_{number}_{index}"
        usage = {"input_tokens": 12, "output_tokens": 80, "cache_read_input_tokens": 900}
        use = {"type": "tool_use", "id": call, "name": tool, "input": given}
        yield {
            **common,
            "type": "assistant",
            "uuid": f"a{number}-{index}",
            "message": {
                "id": f"m{number}-{index}",
                "role": "assistant",
                "model": "claude-x",
                "content": [use],
                "usage": usage,
            },
        }
        result = {"type": "tool_result", "tool_use_id": call, "content": content}
        yield {
            **common,
            "type": "user",
            "uuid": f"r{number}-{index}",
            "message": {"role": "user", "content": [result]},
            "toolUseResult": twin,
        }
