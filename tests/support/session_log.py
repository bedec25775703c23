"""Builds Claude Code logs for tests: the records that the program writes, with ids, times and links of their own.

Deterministic: the same calls give the same bytes. Each call adds one or more records and moves the clock.
"""

# ruff: noqa: ANN401 - a record holds any JSON

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from reviewer.run.importers.claude_code import ClaudeCode
from reviewer.run.importers.importer import LogSource
from reviewer.run.importers.spool import OutputSpool

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviewer.run.importers.importer import ImportedRun

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
_E = TypeVar("_E")
_NAMESPACE = uuid.UUID("6f9619ff-8b86-d011-b42d-00c04fc964ff")


@dataclass(slots=True)
class SessionLog:
    """A log in the making.

    Attributes:
        cwd, session, version, branch, model: of the records that follow; may be changed between calls.
        agent: id of the sub-agent that the records are of, None for the main one.
        parent: uuid that the next record hangs below.
    """

    cwd: str = "/home/ana/shop"
    session: str = "0b0e2b7e-1111-4222-8333-444455556666"
    version: str = "2.1.42"
    branch: str = "main"
    model: str = "claude-opus-4-5-20251101"
    agent: str | None = None
    clock: datetime = START
    parent: str | None = None
    records: list[dict[str, Any]] = field(default_factory=list)
    made: int = 0

    def uuid(self) -> str:
        """Return the next id."""
        self.made += 1
        return str(uuid.uuid5(_NAMESPACE, f"{self.session}/{self.agent}/{self.made}"))

    def wait(self, seconds: float) -> Self:
        """Move the clock."""
        self.clock += timedelta(seconds=seconds)
        return self

    def time(self) -> str:
        """Return the time now, one second after the last."""
        self.wait(1)
        return self.clock.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def add(self, kind: str, **fields: Any) -> str:
        """Add a record with an envelope; return its uuid. Fields given here win."""
        identity = fields.pop("uuid", None) or self.uuid()
        record = {
            "parentUuid": self.parent,
            "isSidechain": self.agent is not None,
            "userType": "external",
            "cwd": self.cwd,
            "sessionId": self.session,
            "version": self.version,
            "gitBranch": self.branch,
            "type": kind,
            "uuid": identity,
            "timestamp": self.time(),
            **fields,
        }
        if self.agent is not None:
            record.setdefault("agentId", self.agent)
        self.records.append(record)
        self.parent = identity
        return cast("str", identity)

    def bare(self, kind: str, **fields: Any) -> Self:
        """Add a record without envelope (bookkeeping)."""
        self.records.append({"type": kind, **fields})
        return self

    def prompt(self, content: str | list[dict[str, Any]], **fields: Any) -> str:
        """Add a user record."""
        return self.add("user", message={"role": "user", "content": content}, **fields)

    def says(
        self, *blocks: dict[str, Any], message: str | None = None, usage: dict[str, int] | None = None, **more: Any
    ) -> str:
        """Add assistant records, one a block, of one message."""
        name = message or f"msg_{self.made:06d}"
        last = ""
        for block in blocks:
            body = {
                "model": self.model,
                "id": name,
                "type": "message",
                "role": "assistant",
                "content": [block],
                "stop_reason": None,
                "usage": usage
                or {
                    "input_tokens": 10,
                    "output_tokens": 5,
                    "cache_creation_input_tokens": 100,
                    "cache_read_input_tokens": 1000,
                },
            }
            last = self.add("assistant", message=body, requestId=f"req_{name}", **more)
        return last

    def text(self, said: str, **more: Any) -> str:
        """Add the agent's words."""
        return self.says({"type": "text", "text": said}, **more)

    def think(self, said: str) -> str:
        """Add the agent's thoughts."""
        return self.says({"type": "thinking", "thinking": said, "signature": "c2lnbmF0dXJl"})

    def call(self, name: str, arguments: dict[str, Any], identity: str | None = None) -> str:
        """Add a tool call; return its id."""
        tool = identity or f"toolu_{self.made:06d}"
        self.says({"type": "tool_use", "id": tool, "name": name, "input": arguments})
        return tool

    def result(self, tool: str, content: object, *, twin: object = None, error: bool | None = None, **more: Any) -> str:
        """Add the result of a call."""
        block: dict[str, Any] = {"tool_use_id": tool, "type": "tool_result", "content": content}
        if error is not None:
            block["is_error"] = error
        if twin is not None:
            more["toolUseResult"] = twin
        return self.add("user", message={"role": "user", "content": [block]}, **more)

    def bash(self, line: str, output: str = "", exit_code: int = 0, **arguments: Any) -> Self:
        """Add a shell command with its result."""
        tool = self.call("Bash", {"command": line, "description": "Run it", **arguments})
        self.wait(2)
        if exit_code:
            said = f"Exit code {exit_code}\n{output}"
            self.result(tool, said, twin=f"Error: {said}", error=True)
        else:
            twin = {"stdout": output, "stderr": "", "interrupted": False, "isImage": False}
            self.result(tool, output, twin=twin, error=False)
        return self

    def read(self, path: str, lines: int = 3) -> Self:
        """Add a whole read of a file."""
        tool = self.call("Read", {"file_path": path})
        shown = {"filePath": path, "content": "x\n" * lines, "numLines": lines, "startLine": 1, "totalLines": lines}
        self.result(tool, "     1→x", twin={"type": "text", "file": shown})
        return self

    def edit(self, path: str, old: str = "a", new: str = "b") -> Self:
        """Add an edit that took effect."""
        tool = self.call("Edit", {"file_path": path, "old_string": old, "new_string": new})
        lines = [*(f"-{line}" for line in old.split("\n")), *(f"+{line}" for line in new.split("\n"))]
        hunk = {"oldStart": 1, "oldLines": 1, "newStart": 1, "newLines": 1, "lines": lines}
        twin = {"filePath": path, "oldString": old, "newString": new, "structuredPatch": [hunk], "userModified": False}
        self.result(tool, f"The file {path} has been updated.", twin=twin)
        return self

    def write(self, path: str, content: str) -> Self:
        """Add a new file."""
        tool = self.call("Write", {"file_path": path, "content": content})
        twin = {"type": "create", "filePath": path, "content": content, "structuredPatch": []}
        self.result(tool, f"File created successfully at: {path}", twin=twin)
        return self

    def grep(self, pattern: str, path: str | None = None) -> Self:
        """Add a search."""
        tool = self.call("Grep", {"pattern": pattern, **({"path": path} if path else {})})
        self.result(tool, "No matches found", twin={"mode": "content", "numFiles": 0, "filenames": []})
        return self

    def todos(self, *steps: tuple[str, str]) -> Self:
        """Add a plan as a list of (text, status)."""
        rows = [{"content": text, "status": status, "activeForm": text} for text, status in steps]
        tool = self.call("TodoWrite", {"todos": rows})
        self.result(tool, "Todos have been modified successfully.", twin={"oldTodos": [], "newTodos": rows})
        return self

    def deny(self, tool: str, said: str | None = None) -> Self:
        """Add a person's refusal of a call, with what they said."""
        text = "The user doesn't want to proceed with this tool use. The tool use was rejected."
        if said is not None:
            text += f" To tell you how to proceed, the user said:\n{said}"
        self.result(tool, text, twin="User rejected tool use", error=True)
        return self

    def lines(self) -> list[bytes]:
        """Return the records as lines without line feeds."""
        return [json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode() for record in self.records]

    def bytes(self) -> bytes:
        """Return the log."""
        return b"".join(line + b"\n" for line in self.lines())


def source(data: bytes, name: str = "transcript/1.jsonl", **more: Any) -> LogSource:
    """Return bytes as a log."""
    return LogSource(name=name, size=len(data), open=lambda: BytesIO(data), **more)


def read_log(log: SessionLog | bytes, companions: Sequence[LogSource] = ()) -> ImportedRun:
    """Return the run of a log."""
    run, _ = read_with_outputs(log, companions)
    return run


def read_with_outputs(
    log: SessionLog | bytes, companions: Sequence[LogSource] = ()
) -> tuple[ImportedRun, dict[int, bytes]]:
    """Return the run of a log and the outputs of its commands by number."""
    data = log if isinstance(log, bytes) else log.bytes()
    with OutputSpool() as spool:
        run = ClaudeCode().read(source(data, companions=tuple(companions)), spool)
        return run, {number: spool.read(number) for number in spool.numbers()}


def of_type(run: ImportedRun, kind: type[_E]) -> list[_E]:
    """Return the events of one class."""
    return [event for event in run.events if isinstance(event, kind)]
