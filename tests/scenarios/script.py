"""Write a run down as a Claude Code log: each call is one thing that happened, in order.

Ids and times follow from the script alone, so the same script gives the same bytes.
"""

from __future__ import annotations

import difflib
import json
from datetime import UTC, datetime, timedelta
from typing import Any

REPO = "/home/sam/work"
"""Where the agent worked. The packet is made elsewhere, as it often is, so paths have to be mapped."""


class Script:
    """One session of an agent."""

    def __init__(self, session: str, start: str, *, branch: str, model: str = "claude-opus-4-5-20251101") -> None:
        self._records: list[dict[str, Any]] = []
        self._now = datetime.fromisoformat(start).astimezone(UTC)
        self._session = session
        self._branch = branch
        self._model = model
        self._calls = 0
        self._tokens = 4_200

    def prompt(self, text: str) -> None:
        """Let the person ask."""
        self._record("user", {"role": "user", "content": text}, seconds=2, permissionMode="acceptEdits")

    def say(self, text: str) -> None:
        """Let the agent speak."""
        self._assistant([{"type": "text", "text": text}], output=len(text) // 4)

    def think(self, text: str) -> None:
        """Let the agent think in the clear."""
        self._assistant([{"type": "thinking", "thinking": text, "signature": ""}], output=len(text) // 4)

    def read(self, path: str, content: str) -> None:
        """Read a whole file."""
        lines = content.splitlines()
        shown = "\n".join(f"{number:6}→{line}" for number, line in enumerate(lines, start=1))
        twin = {"filePath": f"{REPO}/{path}", "content": content, "numLines": len(lines), "startLine": 1}
        file = {**twin, "totalLines": len(lines)}
        self._call("Read", {"file_path": f"{REPO}/{path}"}, shown, {"type": "text", "file": file})

    def edit(self, path: str, before: str, old: str, new: str) -> str:
        """Replace `old` by `new` in a file that holds `before`; return what it holds then."""
        assert before.count(old) == 1, (path, old)
        after = before.replace(old, new)
        twin = {
            "filePath": f"{REPO}/{path}",
            "oldString": old,
            "newString": new,
            "originalFile": before,
            "structuredPatch": _hunks(before, after),
            "userModified": False,
            "replaceAll": False,
        }
        given = {"file_path": f"{REPO}/{path}", "old_string": old, "new_string": new}
        self._call("Edit", given, f"The file {REPO}/{path} has been updated.", twin)
        return after

    def refused_edit(self, path: str, old: str, new: str, reason: str) -> None:
        """Try an edit that the tool refuses."""
        given = {"file_path": f"{REPO}/{path}", "old_string": old, "new_string": new}
        self._call("Edit", given, f"<tool_use_error>{reason}</tool_use_error>", f"Error: {reason}", error=True)

    def write(self, path: str, content: str) -> None:
        """Create a file."""
        twin = {"type": "create", "filePath": f"{REPO}/{path}", "content": content, "structuredPatch": []}
        given = {"file_path": f"{REPO}/{path}", "content": content}
        self._call("Write", given, f"File created successfully at: {REPO}/{path}", twin)

    def run(self, command: str, output: str, code: int = 0, *, seconds: float = 3) -> None:
        """Run a shell command."""
        if code:
            content = f"Exit code {code}\n{output}"
            self._call("Bash", {"command": command}, content, f"Error: {content}", error=True, seconds=seconds)
            return
        twin = {"stdout": output, "stderr": "", "interrupted": False, "isImage": False}
        self._call("Bash", {"command": command}, output, twin, seconds=seconds)

    def denied(self, command: str, said: str) -> None:
        """Ask for a command that the person refuses, with words."""
        refusal = (
            "The user doesn't want to proceed with this tool use. The tool use was rejected. "
            f"To tell you how to proceed, the user said:\n{said}"
        )
        self._call("Bash", {"command": command}, refusal, "User rejected tool use", error=True, seconds=21)

    def tool(self, name: str, given: dict[str, Any], content: str) -> None:
        """Call any other tool."""
        self._call(name, given, content, {"content": content})

    def todo(self, *steps: tuple[str, str]) -> None:
        """Show a plan: (what, status) each."""
        todos = [{"content": text, "status": status, "activeForm": text} for text, status in steps]
        twin = {"oldTodos": [], "newTodos": todos}
        self._call("TodoWrite", {"todos": todos}, "Todos have been modified successfully.", twin)

    def raw(self, kind: str, **fields: Any) -> None:  # noqa: ANN401 - whatever a log can hold
        """Put in a record of any kind."""
        self._record(kind, None, seconds=1, **fields)

    def log(self) -> bytes:
        """Return the whole log."""
        lines = (json.dumps(record, ensure_ascii=False, separators=(",", ":")) for record in self._records)
        return "".join(f"{line}\n" for line in lines).encode("utf-8", "surrogateescape")

    def _call(
        self,
        tool: str,
        given: dict[str, Any],
        content: str,
        twin: object,
        *,
        error: bool = False,
        seconds: float = 1,
    ) -> None:
        self._calls += 1
        call = f"toolu_{self._calls:04}"
        output = 40 + len(json.dumps(given)) // 4
        self._assistant([{"type": "tool_use", "id": call, "name": tool, "input": given}], output=output)
        result: dict[str, Any] = {"type": "tool_result", "tool_use_id": call, "content": content}
        if error:
            result["is_error"] = True
        self._tokens += len(content) // 4
        self._record("user", {"role": "user", "content": [result]}, seconds=seconds, toolUseResult=twin)

    def _assistant(self, content: list[dict[str, Any]], *, output: int) -> None:
        usage = {
            "input_tokens": 6,
            "cache_creation_input_tokens": output,
            "cache_read_input_tokens": self._tokens,
            "output_tokens": output,
        }
        self._tokens += output
        message = {
            "id": f"msg_{len(self._records):04}",
            "type": "message",
            "role": "assistant",
            "model": self._model,
            "content": content,
            "stop_reason": None,
            "usage": usage,
        }
        self._record("assistant", message, seconds=4)

    def _record(self, kind: str, message: dict[str, Any] | None, *, seconds: float, **fields: Any) -> None:  # noqa: ANN401
        self._now += timedelta(seconds=seconds)
        number = len(self._records)
        record: dict[str, Any] = {
            "parentUuid": self._uuid(number - 1) if number else None,
            "isSidechain": False,
            "userType": "external",
            "cwd": REPO,
            "sessionId": self._session,
            "version": "2.1.3",
            "gitBranch": self._branch,
            "type": kind,
        }
        if message is not None:
            record["message"] = message
        record |= fields
        record["uuid"] = self._uuid(number)
        record["timestamp"] = self._now.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        self._records.append(record)

    def _uuid(self, number: int) -> str:
        return f"{self._session[:24]}{number:012x}"


def _hunks(before: str, after: str) -> list[dict[str, Any]]:
    old, new = before.splitlines(), after.splitlines()
    out = []
    for group in difflib.SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(3):
        first, last = group[0], group[-1]
        lines: list[str] = []
        for tag, a, b, c, d in group:
            if tag == "equal":
                lines += [f" {line}" for line in old[a:b]]
            else:
                lines += [f"-{line}" for line in old[a:b]] + [f"+{line}" for line in new[c:d]]
        out.append(
            {
                "oldStart": first[1] + 1,
                "oldLines": last[2] - first[1],
                "newStart": first[3] + 1,
                "newLines": last[4] - first[3],
                "lines": lines,
            }
        )
    return out
