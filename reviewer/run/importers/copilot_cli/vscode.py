"""Chats of Copilot in VS Code: `chatSessions/<id>.json`, and the same as a log of changes, `<id>.jsonl`.

Knows requests, parts of responses and what the editor notes of tool calls. Results are partly missing from the file:
what is not there stays unknown.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewer.errors import BadTranscriptError
from reviewer.run.event import Edit, Error, Message, Thought, Tool, Usage
from reviewer.run.importers.copilot_cli import tools
from reviewer.run.importers.copilot_cli.editor_tools import matched, path_of, planned, result_of, rounds_of, told
from reviewer.run.importers.copilot_cli.patch_log import replay
from reviewer.run.importers.document import Part, head_parts, parts
from reviewer.run.importers.importer import SessionInfo
from reviewer.run.importers.jsonl import first_records, records, stretches
from reviewer.run.importers.open_calls import OpenCalls
from reviewer.run.importers.recording import Recording, remember
from reviewer.run.importers.toolset import lines_of, set_patch
from reviewer.run.importers.values import (
    Json,
    compact,
    moment,
    some_text,
    table,
    tables,
    text,
    texts,
    whole,
    words_of,
)

if TYPE_CHECKING:
    from reviewer.run.importers.draft import Draft
    from reviewer.run.importers.importer import Cancelled, ImportedRun, LogSource, Progress
    from reviewer.run.importers.spool import OutputSpool

_HEAD = 1 << 16
_LONG_LOG = re.compile(rb'\A\s*\{"kind":0,"v":\{')
_CHAT_WORDS = (b'"responderUsername"', b'"creationDate"', b'"requests":[')
_QUIET = words_of(
    "undoStop codeblockUri mcpServersStarting prepareToolInvocation progressTaskSerialized progressTask "
    "progressMessage command references usedContext contentReference inlineReference treeData workspaceEdit "
    "extensions pullRequest codeCitation clearToPreviousToolInvocation multiDiffData"
)


def sniff(head: bytes, found: list[Json]) -> bool:
    """Return whether these bytes start a chat; `found` are the first objects of the lines that are whole."""
    if found and set(found[0]) <= {"kind", "v"} and found[0].get("kind") == 0:
        return _is_chat(table(found[0].get("v")))
    if _LONG_LOG.match(head):
        return any(word in head for word in _CHAT_WORDS)
    keys = set()
    for part in head_parts(head) if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") else ():
        keys.add(part.key)
        if part.key == "requests" and part.number is not None and _is_request(table(part.value)):
            return True
    return {"requests", "responderUsername"} <= keys


def _is_chat(state: Json) -> bool:
    asked = tables(state.get("requests"))
    return isinstance(state.get("requests"), list) and ("creationDate" in state or any(map(_is_request, asked[:3])))


def _is_request(value: Json) -> bool:
    return isinstance(value.get("message"), (dict, str)) and ("response" in value or "requestId" in value)


def is_chat(source: LogSource) -> bool:
    """Return whether a log is such a chat."""
    head = next((block for _, block in stretches(source)), b"")[:_HEAD]
    return sniff(head, first_records(head, 5))


def read(source: LogSource, spool: OutputSpool, progress: Progress | None, cancelled: Cancelled | None) -> ImportedRun:
    """Return the run of a chat.

    Raises:
        BadTranscriptError: there is nothing in it.
        ImportCancelledError: `cancelled` said so.
    """
    chat = _Chat(Recording(spool, SessionInfo("GitHub Copilot in VS Code")), source.name)
    head = next((block for _, block in stretches(source)), b"")[:_HEAD]
    if _LONG_LOG.match(head) or any(record.get("kind") == 0 for record in first_records(head, 1)):
        for part in replay(records(source, progress, cancelled), chat.state):
            chat.take(part)
    else:
        for part in parts(source, progress, cancelled):
            chat.take(part)
    if not chat.state.records and not chat.state.unknown:
        raise BadTranscriptError(f"{source.name} holds no request: a chat of Copilot was expected.")
    return chat.finished()


class _Chat:
    """One chat being read."""

    def __init__(self, state: Recording, name: str) -> None:
        self.state = state
        self.last = ""
        self._said: list[str] = []
        self._name = name
        self._calls = OpenCalls(state, tools.KINDS, patches=tools.PATCHES)
        self._edits: dict[str, Draft] = {}

    def take(self, part: Part) -> None:
        """Take one part of the document."""
        state = self.state
        state.source = f"{self._name}:{part.place}"
        state.replaced += part.replaced
        if part.problem:
            state.not_understood("torn" if part.problem == "torn" else part.problem, part.text)
            state.torn += part.size if part.problem == "torn" else 0
        elif part.key == "requests" and part.number is not None:
            state.records += 1
            if isinstance(part.value, dict):
                self._request(part.value)
            else:
                state.not_understood("request", compact(part.value))
        else:
            self._member(part.key, part.value)

    def _member(self, key: str, value: object) -> None:
        info = self.state.info
        if key == "sessionId":
            remember(info.session_ids, some_text(value))
        elif key == "customTitle":
            info.title = some_text(value)
        elif key == "workingDirectory":
            path = path_of(value)
            remember(info.cwds, path)
            self.state.cwd = path

    def finished(self) -> ImportedRun:
        """Return the run."""
        reason = {"said": "finished", "asked": "unanswered", "error": "error", "interrupt": "interrupted"}
        return self.state.finished(reason.get(self.last, "unknown"))

    def _request(self, request: Json) -> None:
        state = self.state
        state.time = moment(request.get("timestamp"), per_second=1000) or state.time
        state.info.started = state.info.started or state.time
        message = request.get("message")
        said = message if isinstance(message, str) else text(table(message).get("text"))
        if said is None:
            said = "".join(text(each.get("text")) or "" for each in tables(table(message).get("parts")))
        attached = len(tables(table(request.get("variableData")).get("variables")))
        if request.get("isSystemInitiated") is True:
            state.note("note", said)
        else:
            state.prompt(said, attachments=attached)
        self.last = "asked"
        model = some_text(request.get("modelId"))
        if remember(state.info.models, model) and len(state.info.models) > 1:
            state.note("model", f"model: {model}")
        result = table(request.get("result"))
        self._response(request.get("response"), rounds_of(table(result.get("metadata"))))
        self._ended(request, result, model)

    def _ended(self, request: Json, result: Json, model: str | None) -> None:
        state = self.state
        end = moment(request.get("responseTimestamp"), per_second=1000)
        elapsed = whole(table(result.get("timings")).get("totalElapsed"))
        if end is None and elapsed is not None and whole(request.get("timestamp")) is not None:
            end = moment(request["timestamp"] + elapsed, per_second=1000)
        state.time = end or state.time
        state.info.ended = state.time or state.info.ended
        facts = table(result.get("metadata"))
        asked = whole(facts.get("promptTokens"))
        answered = whole(request.get("completionTokens"))
        answered = whole(facts.get("outputTokens")) if answered is None else answered
        if asked is not None or answered is not None:
            resolved = some_text(facts.get("resolvedModel")) or model
            state.add(Usage, model=resolved, input_tokens=asked, output_tokens=answered)
        error = table(result.get("errorDetails"))
        if request.get("isCanceled") is True or error.get("code") == "canceled":
            state.note("interrupt", "canceled")
            self.last = "interrupt"
        elif error:
            state.add(Error, where="provider", text=some_text(error.get("message")) or compact(error))
            self.last = "error"

    def _response(self, response: object, rounds: dict[str, Json]) -> None:
        self._edits.clear()
        for part in tables(response):
            kind = text(part.get("kind"))
            if kind in {None, "markdownContent", "markdownVuln"}:
                self._say(part)
            elif kind == "inlineReference":
                self._said.append(some_text(part.get("name")) or path_of(part.get("inlineReference")) or "")
            else:
                self._flush()
                self._part(kind or "", part, rounds)
        self._flush()
        for call in rounds.values():
            self._tool({}, call)

    def _say(self, part: Json) -> None:
        content = part.get("content") if part.get("kind") else part.get("value", part.get("content"))
        said = content if isinstance(content, str) else text(table(content).get("value"))
        if said is None:
            self.state.not_understood("response part", compact(part))
        else:
            self._said.append(said)

    def _flush(self) -> None:
        said, self._said = "".join(self._said).strip(), []
        if said:
            self.state.add(Message, text=said)
            self.last = "said"

    def _part(self, kind: str, part: Json, rounds: dict[str, Json]) -> None:
        state = self.state
        if kind == "thinking":
            value = part.get("value")
            said = value if isinstance(value, str) else "\n".join(texts(value))
            if said or part.get("encrypted"):
                state.add(Thought, text=said or None)
        elif kind == "toolInvocationSerialized":
            identity = some_text(part.get("toolCallId")) or ""
            self._tool(part, matched(identity, rounds))
        elif kind in {"textEditGroup", "notebookEditGroup"}:
            self._edited(part)
        elif kind in {"confirmation", "elicitation", "elicitationSerialized", "questionCarousel"}:
            title = part.get("title")
            state.note("note", f"{kind}: {text(title) or text(table(title).get('value')) or compact(part)}")
        elif kind in {"warning", "errorMessage"}:
            state.add(Error, where="agent", text=text(table(part.get("content")).get("value")) or compact(part))
        elif kind not in _QUIET:
            state.not_understood(f"response/{kind}", compact(part))

    def _tool(self, part: Json, call: Json) -> None:
        name = some_text(call.get("name")) or some_text(part.get("toolId")) or "unknown"
        specific = table(part.get("toolSpecificData"))
        arguments = tools.arguments_of(call.get("arguments"))
        if not isinstance(arguments, (dict, str)) or not arguments:
            arguments = told(part, specific)
        opened = self._calls.opened(None, name, arguments)
        draft = opened.drafts[0]
        if table(part.get("source")).get("type") == "mcp" and draft.cls is Tool:
            draft.fields["boundary"] = "mcp"
        if opened.kind == "plan":
            planned(draft, specific)
        result = result_of(part, specific, some_text(call.get("result")), opened.kind)
        self._calls.end(opened, result)
        for each in opened.drafts:
            if each.cls is Edit and each.fields["path"]:
                self._edits[each.fields["path"]] = each

    def _edited(self, part: Json) -> None:
        """Take the text edits of one file: they are what the edit tool before them put into the editor."""
        path = path_of(part.get("uri")) or ""
        groups = part.get("edits")
        edits = [edit for group in groups for edit in tables(group)] if isinstance(groups, list) else []
        added = [f"+{line}" for edit in edits for line in lines_of(text(edit.get("text")) or "")]
        draft = self._edits.get(path)
        if draft is None:
            draft = self._edits[path] = self.state.add(Edit, path=path, tool=str(part.get("kind")))
        draft.fields["applied"] = True if part.get("done") is True or draft.fields.get("applied") else None
        if added and not draft.fields.get("patch"):
            set_patch(draft, "\n".join(["@@ @@", *added]))
            draft.fields["removed"] = None
