"""Reads the messages of a mini-SWE-agent trajectory, one after another, into drafts of events.

Every action is a command in a shell of its own: nothing that one changes of its folder or environment holds for the
next. Reads and edits are told from the command lines.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import orjson

from reviewer.run.event import Command, Denial, Error, Message, Prompt, Thought, Usage
from reviewer.run.importers.mini_swe_agent import words
from reviewer.run.importers.mini_swe_agent.settings import Settings
from reviewer.run.importers.mini_swe_agent.usage import tokens
from reviewer.run.importers.values import (
    MAX_INPUT,
    Json,
    compact,
    integer,
    joined,
    moment,
    seconds_between,
    some_text,
    table,
    tables,
    text,
)

if TYPE_CHECKING:
    from reviewer.run.importers.document import Part
    from reviewer.run.importers.draft import Draft
    from reviewer.run.importers.importer import ImportedRun
    from reviewer.run.importers.recording import Recording

_NOT_RUN = "not executed"
_TIMEOUT = "timed out"
_NOTED = 400


class Reader:
    """One trajectory being read.

    Attributes:
        state: the drafts, and what is known of the session.
    """

    def __init__(self, state: Recording, name: str) -> None:
        self.state = state
        self._name = name
        self._settings = Settings(state.info)
        self._waiting: deque[Draft] = deque()
        self._by_id: dict[str, Draft] = {}
        self._batch: list[Draft] = []
        self._asked = False
        self._place = name
        self._last = ""

    def take(self, part: Part) -> None:
        """Take one part of the document."""
        state = self.state
        state.source = f"{self._name}:{part.place}"
        state.replaced += part.replaced
        if part.problem:
            state.broken(part)
            return
        state.records += 1
        if part.number is not None and part.key in {"", "messages"}:
            if isinstance(part.value, dict):
                self._message(part.value)
            else:
                state.not_understood("not a message", compact(part.value))
        elif part.key == "info":
            self._settings.take(table(part.value))
        elif part.key == "instance_id":
            state.info.title = some_text(part.value)
        elif part.key != "trajectory_format":
            state.not_understood(part.key or "not a trajectory", compact(part.value))

    def _message(self, message: Json) -> None:
        self._place = self.state.source
        extra = table(message.get("extra"))
        stamp = moment(extra.get("timestamp")) or moment(table(extra.get("response")).get("created"))
        if stamp is not None:
            self.state.time = stamp
            self.state.info.started = self.state.info.started or stamp
            self.state.info.ended = stamp
        role = text(message.get("role"))
        if role in {"system", "developer"}:
            said = joined(message.get("content"))
            self.state.note("note", f"instructions of the program: {said[:_NOTED]}")
        elif role == "assistant" or message.get("object") == "response":
            self._agent(message, extra)
        elif role == "exit" or "exit_status" in extra:
            self._exit(message, extra)
        elif role in {"tool", "user"} or message.get("type") == "function_call_output":
            self._user(message, extra)
        else:
            self.state.not_understood(f"message of {role}", compact(message))

    def _agent(self, message: Json, extra: Json) -> None:
        self._waiting.clear()
        said = self._words(message)
        actions = _actions(message, extra, said)
        shown = words.without_command(said) if not _recorded(message, extra) else said.strip()
        if shown:
            self.state.add(Message, text=shown)
        self._last = "said"
        self._usage(extra)
        self._batch = [self._command(action) for action in actions]
        self._waiting = deque(self._batch)
        self._by_id = {
            identity: draft
            for action, draft in zip(actions, self._batch, strict=True)
            if (identity := some_text(action.get("tool_call_id"))) is not None
        }

    def _words(self, message: Json) -> str:
        """Add thoughts, and return the model's words."""
        thought = some_text(message.get("reasoning_content")) or "\n".join(
            said for block in tables(message.get("thinking_blocks")) if (said := some_text(block.get("thinking")))
        )
        content = message.get("content")
        for block in tables(content):
            if block.get("type") == "thinking":
                thought = some_text(block.get("thinking")) or thought
        pieces = [joined(content)]
        for item in tables(message.get("output")):
            if item.get("type") == "reasoning":
                thought = joined(item.get("summary")) or joined(item.get("content")) or thought
            elif item.get("type") == "message":
                pieces.append(joined(item.get("content")))
        if thought:
            self.state.add(Thought, text=thought)
        return "\n".join(piece for piece in pieces if piece)

    def _command(self, action: Json) -> Draft:
        line = text(action.get("command")) or ""
        self._last = "call"
        return self.state.command(line, cwd=None)

    def _usage(self, extra: Json) -> None:
        fields = tokens(extra)
        if fields:
            self._settings.priced = self._settings.priced or fields.get("usd") is not None
            self.state.add(Usage, **fields)

    def _user(self, message: Json, extra: Json) -> None:
        said = joined(message.get("content")) if "content" in message else joined(message.get("output"))
        actions = [action for action in tables(extra.get("actions")) if isinstance(action.get("command"), str)]
        told = words.person(said) if message.get("role") == "user" else None
        if not self._asked and message.get("role") == "user" and not actions:
            self._asked = True
            self.state.prompt(said)
            self._last = "asked"
        elif actions:
            self._typed(actions)
        elif told is not None:
            self._person(told)
        elif extra.get("interrupt_type") is not None:
            self._interrupted(said, extra)
        elif self._waiting:
            self._observed(message, extra, said)
        elif words.observation(said).headed:
            self.state.not_understood("observation without action", said)
        else:
            # The model's answer held no command, or several: the program says so, in the words of its settings.
            self.state.add(Error, where="agent", text=said)
            self._last = "asked"

    def _typed(self, actions: list[Json]) -> None:
        """Take commands that the person typed in the agent's place."""
        self._asked = True
        for action in actions:
            self.state.add(Prompt, text=str(action["command"]), via="command")
        self._batch = [self._command(action) for action in actions]
        for draft in self._batch:
            draft.fields["description"] = "typed by the person"
        self._waiting, self._by_id = deque(self._batch), {}

    def _person(self, told: words.Said) -> None:
        if told.what == "rejected":
            for draft in self._batch:
                if draft.fields.get("ended") == "not_run":
                    draft.fields["ended"] = "denied"
                    self.state.add(Denial, tool="bash", what=str(draft.fields["line"])[:MAX_INPUT], reason=None)
            if told.words:
                self.state.add(Prompt, text=told.words, via="denial")
            self._last = "asked"
        elif told.what == "asked":
            self.state.prompt(told.words)
            self._last = "asked"
        else:
            self.state.note("interrupt", "the person interrupted the agent")
            self._last = "interrupt"
            if told.words:
                self.state.prompt(told.words)
                self._last = "asked"
        self._waiting.clear()

    def _interrupted(self, said: str, extra: Json) -> None:
        """Take a text that the program put in place of an observation."""
        if extra.get("interrupt_type") != "FormatError":
            self.state.note("mode", said)
            return
        answer = table(next(iter(tables(table(extra.get("response")).get("choices"))), {}).get("message"))
        words_ = joined(answer.get("content"))
        if words_:
            self.state.add(Message, text=words_)
        self._usage(extra)
        self.state.add(Error, where="agent", text=said)
        self._last = "asked"

    def _observed(self, message: Json, extra: Json, said: str) -> None:
        identity = some_text(message.get("tool_call_id")) or some_text(message.get("call_id"))
        draft = self._by_id.pop(identity or "", None) or self._waiting[0]
        raw = text(extra.get("raw_output"))
        if raw is not None and "returncode" in extra:
            trouble = some_text(extra.get("exception_info")) or ""
            code = integer(extra["returncode"])
            self._ended(draft, code, trouble, shown=raw, cut=False)
        else:
            seen = words.observation(said)
            code = integer(extra["returncode"]) if "returncode" in extra else seen.code
            trouble = some_text(extra.get("exception_info")) or seen.trouble
            self._ended(draft, code, trouble, shown=seen.output if raw is None else raw, cut=seen.cut and raw is None)
        if len(self._batch) == 1 and extra.get("timestamp") is not None:
            # The outputs of several commands are recorded together, when all are done.
            draft.fields["seconds"] = seconds_between(draft.time, self.state.time)
            draft.fields["seconds_from"] = None if draft.fields["seconds"] is None else "timestamps"
        while self._waiting and (self._waiting[0].fields["ended"] != "not_run" or self._waiting[0] is draft):
            self._waiting.popleft()
        done = words.submits(str(draft.fields["line"])) and not code and not trouble
        self._last = "call" if self._waiting else "submitted" if done else "observed"

    def _ended(self, draft: Draft, code: int | None, trouble: str, *, shown: str, cut: bool) -> None:
        fields = draft.fields
        if trouble and _NOT_RUN in trouble:
            return
        if trouble:
            # The program writes -1 where there is no exit code.
            fields["exit_code"] = None if code == -1 else code
            fields["ended"] = "cancelled" if _TIMEOUT in trouble else "failed"
            shown = f"{shown}\n{trouble}".lstrip("\n") if trouble not in shown else shown
        else:
            fields["exit_code"] = code
            fields["ended"] = "unknown" if code is None else "failed" if code else "ok"
        fields["log_cut"] = cut
        self.state.output(draft, shown)

    def _exit(self, message: Json, extra: Json) -> None:
        """Take the message that ends the run: the work that was handed in, or why there is none."""
        status = some_text(extra.get("exit_status"))
        self._settings.ended(status, text(extra.get("submission")))
        said = joined(message.get("content"))
        self._submitted(said or text(extra.get("submission")) or "")
        trouble = some_text(extra.get("exception_str"))
        if trouble is not None:
            self.state.add(Error, where="provider", text=trouble)
        elif said and said != status and status not in {"Submitted", None}:
            self.state.add(Error, where="agent", text=said)
        self._last = "exit"

    def _submitted(self, said: str) -> None:
        """Give the command that handed in the work what it printed; its exit code is not recorded."""
        for draft in self._waiting:
            if words.submits(str(draft.fields["line"])):
                draft.fields["ended"] = "unknown"
                self.state.output(draft, said)
        self._waiting.clear()

    def finished(self) -> ImportedRun:
        """Return the run."""
        settings = self._settings
        if settings.status == "Submitted":
            self._submitted("")
        for draft in self.state.drafts:
            if draft.cls is Command:
                draft.fields["cwd"] = settings.folder
            elif draft.cls is Usage and settings.model is not None:
                draft.fields["model"] = settings.model
        if not settings.model:
            settings.answered(draft.fields.get("model") for draft in self.state.drafts if draft.cls is Usage)
        self.state.time = self.state.info.ended
        total = settings.total()
        if total is not None:
            self.state.source = f"{self._name}:info"
            self.state.add(Usage, **total)
        self.state.source = self._place
        reason, said = settings.end() or self._open_end()
        return self.state.finished(reason, said)

    def _open_end(self) -> tuple[str, str]:
        """Return how the run ended where nothing says so."""
        ends: dict[str, tuple[str, str]] = {
            "call": ("unanswered", "the last command has no output in the file"),
            "asked": ("unanswered", "the agent did not answer"),
            "interrupt": ("interrupted", "interrupted by the person"),
            "submitted": ("finished", "the last command handed in the work"),
        }
        return ends.get(self._last, ("unknown", "the file does not say how the run ended"))


def _recorded(message: Json, extra: Json) -> bool:
    """Return whether the actions stand beside the words, so that the words hold none."""
    return bool(tables(message.get("tool_calls"))) or (
        bool(tables(extra.get("actions"))) and "```" not in joined(message.get("content"))
    )


def _actions(message: Json, extra: Json, said: str) -> list[Json]:
    """Return the commands of an answer: as the program took them, else as the model called for them, else its block."""
    if isinstance(extra.get("actions"), list):
        return [action for action in tables(extra["actions"]) if isinstance(action.get("command"), str)]
    called = [
        {"command": command, "tool_call_id": call.get("id") or call.get("call_id")}
        for call in (*tables(message.get("tool_calls")), *tables(message.get("output")))
        if (command := _called(call)) is not None
    ]
    return called or [{"command": command} for command in words.commands(said)]


def _called(call: Json) -> str | None:
    asked = table(call.get("function")) or call
    given = asked.get("arguments")
    if isinstance(given, str):
        try:
            given = orjson.loads(given)
        except orjson.JSONDecodeError:
            return None
    return text(table(given).get("command"))
