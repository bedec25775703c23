"""The conversation of a task as the model saw it, `api_conversation_history.json`: read alone, or for its results.

Knows calls as blocks and, in older versions, as XML in the model's text; results as blocks, or as texts that name their
call. What the program adds to the person's words is not theirs.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from reviewer.run.event import Message, Plan, Prompt, Question, Thought, Tool, Usage
from reviewer.run.importers.checklist import steps_of
from reviewer.run.importers.cline import results, tools
from reviewer.run.importers.cline.xml_calls import calls_in
from reviewer.run.importers.document import parts
from reviewer.run.importers.open_calls import OpenCalls
from reviewer.run.importers.recording import remember
from reviewer.run.importers.values import Json, compact, joined, moment, some_text, table, tables, text, whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.run.importers.document import Part
    from reviewer.run.importers.importer import Cancelled, ImportedRun, LogSource, Progress
    from reviewer.run.importers.open_calls import Call
    from reviewer.run.importers.recording import Recording
    from reviewer.run.importers.toolset import Result

_ASKED = re.compile(r"<(task|user_message|feedback|answer)>\n?(.*?)\n?(?:</\1>|\Z)", re.DOTALL)
_THINKING = re.compile(r"<thinking>(.*?)(?:</thinking>|\Z)", re.DOTALL)
_CWD = re.compile(r"# Current (?:Working Directory|Workspace Directory) \(([^)\n]{1,2000})\) Files")
_KEPT = 256 * 1024
_AHEAD = 200
"""How many open calls are looked at for the one that a result is of."""
_REASONS = {"said": "finished", "complete": "finished", "asked": "unanswered", "interrupt": "interrupted"}


def read(log: LogSource, state: Recording, progress: Progress | None, cancelled: Cancelled | None) -> ImportedRun:
    """Return the run that the conversation alone tells.

    Raises:
        ImportCancelledError: `cancelled` said so.
    """
    reader = Conversation(state, log.name)
    for part in parts(log, progress, cancelled):
        reader.take(part)
    return reader.finished()


def results_of(log: LogSource) -> Iterator[results.Told]:
    """Yield the results in a conversation in their order; each at most 256 KiB long."""
    named: dict[str, str] = {}
    for part in parts(log):
        message = table(part.value)
        for block in _blocks(message.get("content")):
            kind = block.get("type")
            if kind == "tool_use":
                named[some_text(block.get("id")) or ""] = some_text(block.get("name")) or ""
            elif kind == "tool_result":
                told = results.split(joined(block.get("content")))
                name = named.pop(some_text(block.get("tool_use_id")) or "", "")
                each = told[0] if told else results.Told(name, None, joined(block.get("content")))
                yield _short(each)
            elif kind == "text" and message.get("role") == "user":
                for each in results.split(text(block.get("text")) or ""):
                    yield _short(each)


def _short(told: results.Told) -> results.Told:
    """Return a result as far as it is needed to tell how a call ended, and a command's output."""
    most = _KEPT if tools.KINDS.get(told.tool) == "command" else 4096
    return results.Told(told.tool, told.about, told.text[:most])


def _blocks(content: object) -> list[Json]:
    return [{"type": "text", "text": content}] if isinstance(content, str) else tables(content)


class Conversation:
    """One conversation being read."""

    def __init__(self, state: Recording, name: str) -> None:
        self.state = state
        self.last = ""
        self.calls = OpenCalls(state, tools.KINDS, patches=tools.PATCHES, split=tools.several)
        self._name = name
        self._number = 0
        self._edits: dict[int, str] = {}

    def take(self, part: Part) -> None:
        """Take one part of the document: a message."""
        state = self.state
        state.source = f"{self._name}:{part.place}"
        state.replaced += part.replaced
        if part.problem:
            state.not_understood("torn" if part.problem == "torn" else part.problem, part.text)
            state.torn += part.size if part.problem == "torn" else 0
            return
        state.records += 1
        message = table(part.value)
        role = text(message.get("role"))
        if role not in {"user", "assistant"}:
            state.not_understood(f"message/{role}", compact(part.value))
            return
        stamp = moment(message.get("ts"), per_second=1000)
        if stamp is not None:
            state.time = stamp
            state.info.started = state.info.started or stamp
            state.info.ended = stamp
        if role == "user":
            self._user(message)
        else:
            self._assistant(message)

    def finished(self) -> ImportedRun:
        """Return the run; what was never answered stays as it was asked for."""
        waiting = self.calls.unanswered()
        reason = _REASONS.get(self.last, "unknown")
        if waiting and self.last == "call":
            return self.state.finished("unanswered", f"no result of {waiting} in the log")
        return self.state.finished(reason)

    def _user(self, message: Json) -> None:
        images = 0
        for block in _blocks(message.get("content")):
            kind = block.get("type")
            if kind == "text":
                self._user_text(text(block.get("text")) or "")
            elif kind == "tool_result":
                self._result(some_text(block.get("tool_use_id")), joined(block.get("content")))
            elif kind in ("image", "image_url"):
                images += 1
            else:
                self.state.not_understood(f"user/{text(kind)}", compact(block))
        if images and self.state.drafts and self.state.drafts[-1].cls is Prompt:
            self.state.drafts[-1].fields["attachments"] = images

    def _user_text(self, said: str) -> None:
        state = self.state
        working_folder(state, said)
        told = results.split(said)
        for each in told:
            self._told(each)
        if told:
            return
        clean = results.without_environment(said)
        found = list(_ASKED.finditer(clean))
        for match in found:
            self._prompt(match.group(2), "answer" if match.group(1) == "answer" else "prompt")
        if not found and clean.strip():
            state.note("note", clean.strip())

    def _prompt(self, said: str, via: str) -> None:
        if not said.strip():
            return
        if via == "prompt":
            self.state.prompt(said)
        else:
            self.state.add(Prompt, text=said, via=via)
        self.last = "asked"

    def _told(self, told: results.Told) -> None:
        """Take a result that names its call: it is of the oldest one that is open."""
        group = tools.family(tools.KINDS.get(told.tool, "other"))
        for identity, call in islice(self.calls.open.items(), _AHEAD):
            if tools.family(call.kind) == group and (group != "other" or call.name == told.tool):
                self._result(identity, told.text)
                return
        if told.tool in {"attempt_completion", "plan_mode_respond"}:
            for match in _ASKED.finditer(told.text):
                self._prompt(match.group(2), "prompt")
        else:
            self.calls.closed(None, results.read(told.text, tools.KINDS.get(told.tool, "other")))

    def _result(self, identity: str | None, said: str) -> None:
        call = self.calls.open.get(identity or "")
        told = results.split(said)
        body = told[0].text if told else said
        result = results.read(body, call.kind if call is not None else "other")
        if call is not None and call.kind == "command" and (place := results.where(body)) is not None:
            call.drafts[0].fields["cwd"] = place
        self.calls.closed(identity, _with_patch(result, self._edits.pop(id(call), None), call))
        if call is not None and call.drafts[0].cls is Question and result.ended == "ok" and result.text:
            self.state.add(Prompt, text=result.text, via="answer")
        self.last = "result"

    def _assistant(self, message: Json) -> None:
        state = self.state
        model = some_text(table(message.get("modelInfo")).get("modelId")) or some_text(
            table(message.get("modelInfo")).get("id")
        )
        if remember(state.info.models, model) and len(state.info.models) > 1:
            state.note("model", f"model: {model}")
        for block in _blocks(message.get("content")):
            self._block(block)
        count(state, table(message.get("metrics")), model)

    def _block(self, block: Json) -> None:
        state, kind = self.state, text(block.get("type"))
        if kind == "text":
            self._said(text(block.get("text")) or "")
        elif kind in {"thinking", "reasoning"}:
            state.add(Thought, text=some_text(block.get("thinking")) or some_text(block.get("text")))
        elif kind == "redacted_thinking":
            state.add(Thought, text=None)
        elif kind == "tool_use":
            self._call(some_text(block.get("id")), some_text(block.get("name")) or "unknown", block.get("input"))
        else:
            state.not_understood(f"assistant/{kind}", compact(block))

    def _said(self, said: str) -> None:
        for match in _THINKING.finditer(said):
            if match.group(1).strip():
                self.state.add(Thought, text=match.group(1).strip("\n"))
        words, calls = calls_in(_THINKING.sub("", said))
        if words.strip():
            self.state.add(Message, text=words.strip("\n"))
            self.last = "said"
        for name, given in calls:
            self._call(None, name, given)

    def _call(self, identity: str | None, name: str, arguments: object) -> None:
        """Add what a call asks for; some tools are the agent's words."""
        given = table(arguments)
        progress = some_text(given.get("task_progress"))
        if progress is not None and steps_of(progress):
            self.state.add(Plan, steps=steps_of(progress))
        if name in {"attempt_completion", "submit_and_exit"}:
            said = some_text(given.get("result")) or some_text(given.get("summary"))
            if said is not None:
                self.state.add(Message, text=said)
            self.last = "complete"
        elif name in {"plan_mode_respond", "act_mode_respond"}:
            self.state.add(Plan if name.startswith("plan") else Message, text=some_text(given.get("response")) or "")
            self.last = "said"
        else:
            self._number += 1
            call = self.calls.opened(identity or f"#{self._number}", name, arguments)
            self._completed(call, given)
            self.last = "call"

    def _completed(self, call: Call, given: Json) -> None:
        draft = call.drafts[0]
        if call.name in tools.MCP and draft.cls is Tool:
            draft.fields["boundary"] = "mcp"
        diff = some_text(given.get("diff"))
        if diff is not None and call.kind == "edit":
            self._edits[id(call)] = tools.hunks(diff, new=False)
        todos = some_text(given.get("todos"))
        if call.kind == "plan" and todos is not None:
            draft.fields["steps"] = steps_of(todos)


def _with_patch(result: Result, patch: str | None, call: Call | None) -> Result:
    if call is None or result.ended not in {"ok", "unknown"}:
        return result
    if patch is not None:
        return replace(result, patch=patch)
    if call.kind == "write" and result.ended == "ok" and "new file" in result.text[:400].lower():
        return replace(result, created=True)
    return result


def working_folder(state: Recording, said: str) -> None:
    """Take the folder that a block of the program's names as the working one."""
    where = _CWD.search(said)
    if where is not None:
        state.cwd = where.group(1)
        remember(state.info.cwds, state.cwd)


def count(state: Recording, metrics: Json, model: str | None) -> None:
    """Take the tokens and the cost that a message tells."""
    tokens = table(metrics.get("tokens")) or metrics
    names = {
        "input_tokens": ("inputTokens", "prompt", "tokensIn"),
        "output_tokens": ("outputTokens", "completion", "tokensOut"),
        "cache_read_tokens": ("cacheReadTokens", "cached", "cacheReads"),
        "cache_write_tokens": ("cacheWriteTokens", "cacheWrites"),
    }
    fields = {
        field: next((number for key in keys if (number := whole(tokens.get(key))) is not None), None)
        for field, keys in names.items()
    }
    cost = metrics.get("cost")
    usd = float(cost) if isinstance(cost, (int, float)) and not isinstance(cost, bool) and 0 <= cost < 1e9 else None
    if usd is not None or any(number is not None for number in fields.values()):
        state.add(Usage, model=model, usd=usd, **fields)
