"""Tool calls of Gemini CLI: asked for, and with their result in the same record or in a later one.

Knows the states of a call and what its result says; the shell's texts are read beside. A result of "success" says that
the tool ran, not that the command passed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewer.run.event import Prompt, Read
from reviewer.run.importers.gemini_cli import shell, tools
from reviewer.run.importers.jsonl import lenient
from reviewer.run.importers.open_calls import OpenCalls
from reviewer.run.importers.toolset import Result
from reviewer.run.importers.values import Json, compact, joined, seconds_between, some_text, table, tables, text, time

if TYPE_CHECKING:
    from reviewer.run.importers.open_calls import Call
    from reviewer.run.importers.recording import Recording
    from reviewer.run.importers.toolset import Ended

_ENDED: dict[str, Ended] = {
    "success": "ok",
    "error": "failed",
    "executing": "running",
    "validating": "not_run",
    "scheduled": "not_run",
    "awaiting_approval": "not_run",
}
_LAST: dict[Ended, str] = {
    "cancelled": "interrupt",
    "denied": "interrupt",
    "not_run": "call",
    "running": "call",
}
_DENIED = re.compile(r"User denied execution|User did not allow tool call|denied by policy|User rejected", re.ASCII)
_QUEUED = "User cancelled operation"
_CREATED = "Successfully created"
_CHANGED = "User modified the"
_READ_FILE = re.compile(r"^- `([^`\n]{1,1000})`$", re.MULTILINE)
_MOST_FILES = 500


class Calls:
    """The calls of a chat."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._open = OpenCalls(recording, tools.KINDS, split=tools.questions)

    def recorded(self, call: Json) -> str:
        """Take a call that stands in a record with its result; return what it says of the end."""
        recording = self._recording
        name = some_text(call.get("name")) or "unknown"
        identity = some_text(call.get("id")) or f"{recording.source}/{name}"
        agent = some_text(call.get("agentId"))
        if agent is not None and agent != recording.agent:
            recording.launched_by.setdefault(agent, recording.agent)
        self._opened(identity, name, table(call.get("args")))
        status, result = call.get("status"), call.get("result")
        if status is None and result is None:
            # Not recorded, and not the same as not answered: a call is written down when it is done.
            self._open.closed(identity, Result("unknown"))
            return "result"
        at = recording.time
        recording.time = time(call.get("timestamp")) or at
        ended = self._closed(identity, some_text(status) or "success", result, call.get("resultDisplay"))
        recording.time = at
        return _LAST.get(ended, "result")

    def asked(self, call: Json) -> None:
        """Take a call of a `Content`; its answer comes in the next one."""
        name = some_text(call.get("name")) or "unknown"
        self._opened(some_text(call.get("id")) or f"#{name}", name, table(call.get("args")))

    def answered(self, answer: Json) -> None:
        """Take the answer of a `Content`; one of a call that was recorded with its result is a copy."""
        name = some_text(answer.get("name")) or ""
        identity = some_text(answer.get("id"))
        for known in (identity, f"#{name}"):
            if known is not None and known in self._open.open:
                self._closed(known, "success", [{"functionResponse": answer}], None)

    def _opened(self, identity: str, name: str, given: Json) -> Call:
        call = self._open.opened(identity, name, tools.arguments(name, given))
        if call.kind == "plan" and not call.drafts[0].fields.get("steps"):
            call.drafts[0].fields["text"] = some_text(given.get("plan")) or None
        return call

    def _closed(self, identity: str, status: str, result: object, display: object) -> Ended:
        call = self._open.open[identity]
        said, is_error = _answer(result)
        ended = _ended(status, said, is_error=is_error)
        cut = any(mark in said for mark in shell.CUT)
        if cut and "<tool_output_masked>" in said:
            self._recording.info.lost["tool output"] = "masked by the program; the whole stood in a file beside"
        if call.kind == "command":
            return self._ran(identity, call, said, ended, cut=cut)
        patch, is_new = _diff(display)
        if ended == "denied":
            self._open.closed(identity, Result("denied", said))
        elif call.kind == "question":
            self._asked_person(identity, call, said, ended)
        else:
            created = ended == "ok" and (is_new or (call.name in tools.EDITS and _CREATED in said[:400]))
            hunks = patch if ended == "ok" else None
            self._open.closed(identity, Result(ended, said, patch=hunks, created=created or None))
        if ended == "ok" and call.name in tools.EDITS and _CHANGED in said[:2000]:
            self._recording.note("note", "the person changed the proposed edit before it was applied")
        if ended == "ok" and call.name == tools.MANY:
            self._read(display, said)
        return ended

    def _ran(self, identity: str, call: Call, said: str, ended: Ended, *, cut: bool) -> Ended:
        shown = shell.read(said, failed=ended == "failed", line=str(call.drafts[0].fields.get("line", "")))
        if shown.ended is not None and ended not in {"denied", "not_run"}:
            ended = shown.ended
        elif ended == "ok":
            ended = "unknown"  # a summary of the output says nothing of the exit code
        draft = call.drafts[0]
        seconds = seconds_between(call.time, self._recording.time) if ended in {"ok", "failed", "cancelled"} else None
        if shown.folder is not None and not draft.fields.get("cwd"):
            draft.fields["cwd"] = shown.folder
        self._open.closed(
            identity,
            Result(
                ended,
                said if ended == "denied" else shown.output,
                exit_code=shown.exit_code if ended in {"ok", "failed", "cancelled"} else None,
                seconds=seconds or None,
                cut=cut,
            ),
        )
        return ended

    def _asked_person(self, identity: str, call: Call, said: str, ended: Ended) -> None:
        try:
            answers = list(table(table(lenient(said.encode("utf-8", "replace"))[0]).get("answers")).values())
        except ValueError:
            answers = []
        results = [Result(ended, answer if isinstance(answer, str) else compact(answer)) for answer in answers]
        if not results:
            results = [Result(ended, "" if "dismissed" in said else said)]
        for draft in call.drafts[len(results) :]:
            draft.fields.setdefault("answer", None)
        self._open.closed(identity, *results)
        for answer in results:
            if answer.text and ended == "ok":
                self._recording.add(Prompt, text=answer.text, via="answer")

    def _read(self, display: object, said: str) -> None:
        """Add the files that a tool for many read, as far as the log names them."""
        files = table(display).get("files")
        named = [name for name in files if isinstance(name, str)] if isinstance(files, list) else []
        for name in (named or _READ_FILE.findall(display if isinstance(display, str) else said))[:_MOST_FILES]:
            self._recording.add(Read, path=name, ok=True)


def _ended(status: str, said: str, *, is_error: bool) -> Ended:
    if status == "cancelled":
        if _DENIED.search(said[:600]):
            return "denied"
        return "not_run" if _QUEUED in said[:200] or not said else "cancelled"
    ended = _ENDED.get(status, "unknown")
    if ended in {"ok", "failed"} and _DENIED.search(said[:300]) and (is_error or ended == "failed"):
        return "denied"
    return "failed" if ended == "ok" and is_error else ended


def _answer(result: object) -> tuple[str, bool]:
    """Return the text of a result, and whether it is an error."""
    if isinstance(result, str):
        return result, False
    texts: list[str] = []
    is_error = False
    for part in [result] if isinstance(result, dict) else tables(result):
        answer = part.get("functionResponse")
        response = table(table(answer).get("response")) if answer is not None else part
        if isinstance(error := response.get("error"), str) and error:
            is_error = True
            texts.append("\n".join(text for text in (text_of(response.get("output")), error) if text))
        else:
            texts.append(text_of(response.get("output", response.get("content", response.get("text")))))
    return "\n".join(part for part in texts if part), is_error


def text_of(value: object) -> str:
    """Return what a result holds as text."""
    if isinstance(value, str):
        return value
    return joined(value) or (compact(value) if isinstance(value, (dict, list)) else "")


def _diff(display: object) -> tuple[str | None, bool]:
    """Return the hunks of an edit, and whether the file is new, from what was shown to the person."""
    shown = table(display)
    diff = text(shown.get("fileDiff"))
    start = diff.find("@@ ") if diff else -1
    return diff[start:].rstrip("\n") if diff and start >= 0 else None, shown.get("isNewFile") is True
