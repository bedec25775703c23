"""Messages of a Gemini CLI chat: a person's, the model's with its thoughts and tool calls, and the program's own.

Source: `packages/core/src/services/chatRecordingTypes.ts`. A message can also be a `Content` as the model's interface
has it (`role` and `parts`), which is what `/chat save` writes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewer.run.event import Error, Message, Prompt, Read, Thought, Usage
from reviewer.run.importers.gemini_cli.calls import Calls
from reviewer.run.importers.recording import remember
from reviewer.run.importers.values import Json, compact, some_text, table, tables, text, time, whole

if TYPE_CHECKING:
    from reviewer.run.importers.recording import Recording

_INJECTED = (
    "System: Please continue.",
    "Please continue.",
    "<session_context>",
    "<hook_context>",
    "<loaded_context>",
    "This is the Gemini CLI. We are setting up the context for our chat",
    "This is the Qwen Code. We are setting up the context for our chat",
)
_ANSWER_TO_INJECTED = "Got it. Thanks for the context!"
_FILES = "\n--- Content from referenced files ---"
_FILE = re.compile(r"^Content from @(.{1,1000}?):$", re.MULTILINE)
_SHELL = re.compile(r"\AI ran the following shell command:\n```sh\n(.*?)\n```\n", re.DOTALL)
_CANCELLED = ("Request cancelled", "User cancelled the request", "Operation cancelled")
_LIMITS = ("max session turns", "maximum session turns", "quota", "Quota", "maximum number of turns", "context window")


class Messages:
    """Reads messages.

    Attributes:
        is_subagent: what is asked here comes from another agent.
    """

    def __init__(self, recording: Recording) -> None:
        self.is_subagent = False
        self._recording = recording
        self._calls = Calls(recording)

    def take(self, record: Json) -> str:
        """Add what a message is; return what it says of the end ("asked", "said", "call", ...), "" for nothing."""
        kind = record.get("type") if "type" in record else record.get("role")
        content = record.get("content") if "content" in record else record.get("parts")
        match kind:
            case "user":
                return self._user(content, record.get("displayContent"))
            case "gemini" | "model" | "assistant":
                return self._model(record, content)
            case "info" | "warning" | "error":
                return self._notice(kind, _joined(content))
        self._recording.not_understood(kind if isinstance(kind, str) else "no type", compact(record))
        return ""

    def _user(self, content: object, shown: object) -> str:
        parts = _parts(content)
        answers = [part for part in parts if "functionResponse" in part]
        for part in answers:
            self._calls.answered(table(part.get("functionResponse")))
        said = _joined(content)
        if answers and not said.strip():
            return ""
        pictures = sum(1 for part in parts if "inlineData" in part or "fileData" in part)
        words, is_cut, files = said.partition(_FILES)
        displayed = _joined(shown)
        words = displayed if displayed.strip() else words
        start = words.lstrip()
        if start.startswith(_INJECTED):
            self._recording.note("note", said)
            return ""
        if "<state_snapshot>" in said[:4000]:
            self._recording.note("compaction", said)
            return ""
        if self._recording.agent or self.is_subagent:
            self._recording.note("subagent", words)
            return "asked"
        shell = _SHELL.match(start)
        if shell is not None or (start.startswith(("/", "?")) and "\n" not in start.strip()):
            self._recording.add(Prompt, text=f"! {shell.group(1)}" if shell else words, via="command")
            return "" if shell else "asked"
        names = _FILE.findall(files) if is_cut else []
        self._recording.prompt(words, attachments=pictures + len(names))
        for name in names:
            self._recording.add(Read, path=name, ok=True)
        return "asked"

    def _model(self, record: Json, content: object) -> str:
        recording = self._recording
        model = some_text(record.get("model"))
        if remember(recording.info.models, model) and len(recording.info.models) > 1:
            recording.note("model", f"model: {model}")
        last = ""
        for thought in tables(record.get("thoughts")):
            words = [word for key in ("subject", "description") if (word := some_text(thought.get(key)))]
            draft = recording.add(Thought, text=": ".join(words) or None)
            draft.time = time(thought.get("timestamp")) or draft.time
        parts = _parts(content)
        for part in parts:
            if part.get("thought") is True:
                recording.add(Thought, text=some_text(part.get("text")))
        said = "\n".join(part["text"] for part in parts if _is_words(part)) if not isinstance(content, str) else content
        if said.strip() and not said.startswith(_ANSWER_TO_INJECTED):
            recording.add(Message, text=said)
            last = "said"
        self._used(table(record.get("tokens")), model)
        calls = tables(record.get("toolCalls"))
        for call in calls:
            last = self._calls.recorded(call) or last
        known = {some_text(call.get("id")) for call in calls}
        for asked in (table(part.get("functionCall")) for part in parts):
            identity = some_text(asked.get("id"))
            if asked and identity not in known and not (calls and identity is None):
                self._calls.asked(asked)
                last = "call"
        return last or ("said" if parts or isinstance(content, str) else "")

    def _used(self, tokens: Json, model: str | None) -> None:
        if not tokens:
            return
        count = {key: whole(tokens.get(key)) for key in ("input", "output", "cached", "thoughts", "tool")}
        read, given = count["cached"], count["input"]
        self._recording.add(
            Usage,
            model=model,
            # What was read from the cache is part of the input, and thinking is not part of the output.
            input_tokens=None if given is None else max(0, given - (read or 0)) + (count["tool"] or 0),
            output_tokens=None if count["output"] is None else count["output"] + (count["thoughts"] or 0),
            cache_read_tokens=read,
        )

    def _notice(self, kind: object, said: str) -> str:
        recording = self._recording
        if kind == "error":
            is_providers = said.lstrip("✕ ").startswith("[API Error") or "quota" in said
            recording.add(Error, where="provider" if is_providers else "agent", text=said)
            return "limit" if any(word in said for word in _LIMITS) else "error"
        if said.startswith(_CANCELLED):
            recording.note("interrupt", said)
            return "interrupt"
        if said.startswith("Chat history compressed"):
            recording.note("compaction", said)
        else:
            recording.note("note", f"warning: {said}" if kind == "warning" else said)
        return "limit" if kind == "warning" and any(word in said for word in _LIMITS[:2]) else ""


def _parts(content: object) -> list[Json]:
    if isinstance(content, dict):
        return [content]
    if isinstance(content, str):
        return [{"text": content}]
    found = content if isinstance(content, list) else []
    return [{"text": part} if isinstance(part, str) else part for part in found if isinstance(part, (str, dict))]


def _is_words(part: Json) -> bool:
    return isinstance(part.get("text"), str) and part.get("thought") is not True


def _joined(content: object) -> str:
    if isinstance(content, str):
        return content
    return "\n".join(text(part.get("text")) or "" for part in _parts(content) if _is_words(part))
