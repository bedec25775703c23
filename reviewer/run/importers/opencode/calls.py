"""Tool calls of opencode: one part holds the call, its state and its result.

Knows the states of a call, the fixed sentences of a refusal, and what the tools note beside their output. A call that
is still running in an export made from inside stays open.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewer.run.event import Prompt
from reviewer.run.importers.open_calls import OpenCalls
from reviewer.run.importers.opencode import tools
from reviewer.run.importers.toolset import Result
from reviewer.run.importers.values import (
    Json,
    compact,
    integer,
    moment,
    seconds_between,
    some_text,
    table,
    tables,
    text,
    texts,
)

if TYPE_CHECKING:
    from reviewer.run.importers.open_calls import Call
    from reviewer.run.importers.recording import Recording
    from reviewer.run.importers.toolset import Ended

_REFUSED = (
    "The user rejected permission",
    "The user has specified a rule which prevents you",
    "The user has specifically restricted access to this command",
    "This command references paths outside of",
    "Permission denied",
    "PermissionRejectedError",
)
_FEEDBACK = re.compile(r"rejected permission.{0,80}?with (?:the following )?feedback: (.*)\Z", re.DOTALL)
_ABORTED = ("Tool execution aborted", "Tool execution was aborted", "Tool execution interrupted", "Aborted")
_DISMISSED = "The user dismissed this question"
_STOPPED = re.compile(
    r"[Cc]ommand (?:timed out|was aborted|exceeded timeout)|terminated command after exceeding|User aborted the command"
)
_CUT = ("(Output was truncated due to length limit)", "...output truncated...", "[Tool output truncated")
_CLEARED = "[Old tool result content cleared]"
_FILE_LINE = re.compile(r"^(?:0*(\d{1,9})\| |(\d{1,9}): )", re.MULTILINE)
_END_OF_FILE = "(End of file"
_ANSWER = re.compile(r'"((?:[^"\\]|\\.)*)"="((?:[^"\\]|\\.)*)"')
_LOOKED_AT = 4_000
_MOST_FILES = 2_000


class Calls:
    """The calls of a session.

    Attributes:
        waiting: names of calls that have no result in the log.
    """

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._open = OpenCalls(recording, tools.KINDS, patches=tools.PATCHES, split=_questions)
        self._number = 0

    @property
    def waiting(self) -> str:
        """Names of calls that have no result in the log."""
        return self._open.unanswered()

    def take(self, part: Json) -> str:
        """Take a part that is a tool call; return how it ended, "" while it has not."""
        recording = self._recording
        name = some_text(part.get("tool")) or "unknown"
        state = table(part.get("state"))
        given, metadata = table(state.get("input")), table(state.get("metadata"))
        times = table(state.get("time"))
        at = recording.time
        recording.time = moment(times.get("start"), per_second=1000) or at
        self._number += 1
        identity = f"{some_text(part.get('callID')) or ''}#{self._number}"
        call = self._open.opened(identity, name, {"patch": given["patchText"]} if "patchText" in given else given)
        child = some_text(metadata.get("sessionId")) or some_text(metadata.get("sessionID"))
        if name in tools.AGENTS and child is not None and child != recording.agent:
            recording.launched_by.setdefault(child, recording.agent)
        recording.time = moment(times.get("end"), per_second=1000) or recording.time
        ended = self._end(identity, call, state, metadata)
        recording.time = at
        return ended

    def _end(self, identity: str, call: Call, state: Json, metadata: Json) -> str:
        status = text(state.get("status"))
        if status not in {"completed", "error"}:
            if call.kind == "command" and status == "running":
                call.drafts[0].fields["ended"] = "running"
                shown = text(metadata.get("output"))
                if shown:
                    self._recording.output(call.drafts[0], shown)
            return ""
        if status == "error":
            return self._failed(identity, call, state, metadata)
        shown = text(state.get("output")) or ""
        if shown == _CLEARED:
            self._recording.info.lost["tool output"] = "cleared by the program to save room"
        match call.kind:
            case "command":
                return self._ran(identity, call, shown, metadata)
            case "question":
                self._answered(identity, call, shown, metadata)
            case "edit" | "write":
                self._open.closed(identity, *_edits(call, shown, metadata))
            case "read":
                self._open.closed(identity, Result("ok", shown))
                _lines_read(call, shown)
            case _:
                self._open.closed(identity, Result("ok", shown))
        return "ok"

    def _ran(self, identity: str, call: Call, shown: str, metadata: Json) -> str:
        code = integer(metadata.get("exit"))
        ended: Ended
        if code is not None:
            ended = "failed" if code else "ok"
        elif "exit" in metadata:
            ended = "cancelled"  # a process that was killed has no exit code
        else:
            ended = "unknown"
        if ended != "ok" and _STOPPED.search(shown[-_LOOKED_AT:]):
            ended = "cancelled"
        cut = metadata.get("truncated") is True or shown == _CLEARED or any(mark in shown for mark in _CUT)
        seconds = seconds_between(call.time, self._recording.time)
        self._open.closed(
            identity, Result(ended, shown, exit_code=code, seconds=seconds, reported=seconds is not None, cut=cut)
        )
        return ended

    def _failed(self, identity: str, call: Call, state: Json, metadata: Json) -> str:
        said = text(state.get("error")) or compact(state.get("error"))
        ended: Ended = "failed"
        if said.startswith(_REFUSED):
            ended = "denied"
        elif said.startswith(_ABORTED) or metadata.get("interrupted") is True:
            ended = "cancelled"
        if call.kind == "question":
            self._open.closed(identity, Result("unknown", "" if _DISMISSED in said else said))
            return "failed"
        feedback = _FEEDBACK.search(said) if ended == "denied" else None
        shown = said
        if call.kind == "command" and ended in {"cancelled", "failed"}:
            shown = "\n".join(part for part in (text(metadata.get("output")), said) if part)
        self._open.closed(identity, Result(ended, shown, said=feedback.group(1).strip() or None if feedback else None))
        return ended

    def _answered(self, identity: str, call: Call, shown: str, metadata: Json) -> None:
        found = metadata.get("answers")
        answers = [", ".join(texts(entry)) if isinstance(entry, list) else text(entry) or "" for entry in _list(found)]
        if not answers:
            answers = [answer for _, answer in _ANSWER.findall(shown)]
        # What is not answered stays open; the answers are the person's words.
        results = [Result("ok", answer) for answer in answers[: len(call.drafts)]]
        results += [Result("ok")] * (len(call.drafts) - len(results))
        self._open.closed(identity, *results)
        for answer in answers:
            if answer and answer != "Unanswered":
                self._recording.add(Prompt, text=answer, via="answer")


def _edits(call: Call, shown: str, metadata: Json) -> list[Result]:
    """Return a result for each file of an edit, with the lines that the program noted."""
    files = tables(metadata.get("files"))[:_MOST_FILES]
    if call.name in tools.PATCHES and files:
        by_path = {text(file.get(key)): file for key in ("filePath", "relativePath", "movePath") for file in files}
        results = []
        for place, draft in enumerate(call.drafts):
            path = str(draft.fields.get("path", ""))
            same = next((file for name, file in by_path.items() if name and name.endswith(path)), None)
            file = same if same is not None else files[place] if len(files) == len(call.drafts) else {}
            results.append(Result("ok", shown, patch=_hunks(file.get("patch")) or _hunks(file.get("diff"))))
        return results
    change = table(metadata.get("filediff"))
    given = call.parts[0].call.arguments
    made = metadata.get("exists") is False or (given.get("oldString") == "" and change.get("before", "") == "")
    several = [hunks for result in tables(metadata.get("results")) if (hunks := _hunks(result.get("diff")))]
    patch = _hunks(metadata.get("diff")) or "\n".join(several) or None
    return [Result("ok", shown, patch=patch, created=made or None)]


def _hunks(diff: object) -> str | None:
    """Return the hunks of a diff of one file, without its headers."""
    found = text(diff) or ""
    start = 0 if found.startswith("@@") else found.find("\n@@") + 1
    return found[start:].rstrip("\n") if found.startswith("@@", start) else None


def _lines_read(call: Call, shown: str) -> None:
    """Take the lines that were shown from their numbers: versions count the first line from 0 or from 1."""
    fields = call.drafts[0].fields
    first = _FILE_LINE.search(shown[:_LOOKED_AT])
    if first is None:
        return
    numbers = [int(old or new) for old, new in _FILE_LINE.findall(shown[-_LOOKED_AT:])]
    start = int(first.group(1) or first.group(2))
    end = numbers[-1] if numbers else start
    if fields.get("first") is not None or fields.get("last") is not None or _END_OF_FILE not in shown[-300:]:
        fields["first"], fields["last"] = start, max(start, end)
    fields["whole"] = start <= 1 and _END_OF_FILE in shown[-300:]


def _questions(name: str, given: object) -> list[Json]:
    return tables(given.get("questions")) if name in tools.QUESTIONS and isinstance(given, dict) else []


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
