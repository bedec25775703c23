"""Tool calls of Codex: what each asks for, and what its output adds.

A call is opened by a response item and closed by the output with its id; one that is never closed stays as it was
asked. Which way a tool is closed follows from its name.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal, TypeAlias

import orjson

from reviewer.run.event import Prompt, Question, Tool
from reviewer.run.importers.codex import outcome as outcomes
from reviewer.run.importers.codex import patches
from reviewer.run.importers.codex.shell import Shell, asked_line
from reviewer.run.importers.toolset import Kind, boundary, close_call, open_call
from reviewer.run.importers.values import MAX_INPUT, Json, compact, some_text, table, tables, text, texts

if TYPE_CHECKING:
    from reviewer.run.importers.codex.outcome import Outcome
    from reviewer.run.importers.codex.session import Session
    from reviewer.run.importers.draft import Draft
    from reviewer.run.importers.recording import Recording
    from reviewer.run.importers.toolset import OpenCall

Family: TypeAlias = Literal["shell", "poll", "patch", "script", "wait", "question", "agent", "plain"]

_SHELLS = ("shell", "container.exec", "shell_command", "exec_command", "local_shell", "unified_exec")
_FAMILIES: dict[str, Family] = {
    **dict.fromkeys(_SHELLS, "shell"),
    "write_stdin": "poll",
    "apply_patch": "patch",
    "applypatch": "patch",
    "exec": "script",
    "wait": "wait",
    "request_user_input": "question",
    "spawn_agent": "agent",
}
_KINDS: dict[str, Kind] = {
    "read_file": "read",
    "view_image": "read",
    "list_dir": "search",
    "grep_files": "search",
    "update_plan": "plan",
    "web_search": "fetch",
    "web__run": "fetch",
}


@dataclass(slots=True)
class Call:
    """A call that was asked for.

    Attributes:
        name: of the tool; family: which way it is closed.
        draft: the event that stands for it, if it is one.
        patch: the edits, of a patch.
        opened: the call, of a tool that all agents have.
        session: the process or cell that it looks at.
        questions: id and event of each.
        inside: the calls in a script; printed: what it printed so far.
        told: an event was of it, of a call in a script.
    """

    name: str
    family: Family
    draft: Draft | None = None
    patch: patches.PatchCall | None = None
    opened: OpenCall | None = None
    session: str = ""
    questions: list[tuple[str, Draft]] = field(default_factory=list)
    inside: list[Call] = field(default_factory=list)
    printed: list[str] = field(default_factory=list)
    told: bool = False


class Calls:
    """The calls of one log.

    Attributes:
        by_id: all of them that have an id.
        waiting: those of the turn at hand that have no output yet, by id.
        shell: the commands.
    """

    def __init__(self, state: Recording, session: Session) -> None:
        self._state = state
        self._session = session
        self.shell = Shell(state)
        self.by_id: dict[str, Call] = {}
        self.waiting: dict[str, Call] = {}

    def ask(self, name: str, arguments: object, identity: str | None) -> Call:
        """Take a call; `arguments` is an object, or the text that a custom tool takes."""
        call = Call(name, _FAMILIES.get(name, "plain"))
        given = table(arguments)
        match call.family:
            case "shell":
                self._command(call, given)
            case "patch":
                patch = (
                    arguments if isinstance(arguments, str) else text(given.get("input")) or text(given.get("patch"))
                )
                call.patch = patches.ask(self._state, patch or "", some_text(given.get("workdir")))
            case "poll" | "wait":
                call.session = str(given.get("session_id", given.get("cell_id")))
                self.tool(call, arguments)
            case "script" if isinstance(arguments, str):
                pass
            case "question":
                asked = tables(given.get("questions")) or [given]
                call.questions = [
                    (some_text(entry.get("id")) or "", self._state.add(Question, text=_question(entry)))
                    for entry in asked
                ]
            case _:
                self._plain(call, arguments)
        if identity is not None:
            self.by_id[identity] = self.waiting[identity] = call
        return call

    def _command(self, call: Call, given: Json) -> None:
        """A shell command; one that only hands a patch to `apply_patch` is the edit that the program makes of it."""
        words, line = asked_line(given)
        handed = patches.argued(words) if words is not None else patches.heredoc(line)
        folder = next(
            (path for key in ("workdir", "cwd", "working_directory") if (path := some_text(given.get(key)))), None
        )
        if handed is not None:
            call.family = "patch"
            call.patch = patches.ask(self._state, handed[0], handed[1] or folder)
        elif given.get("session_id") is not None:
            # The first form of processes that run on: one tool both starts them and looks at them.
            call.family, call.session = "poll", str(given["session_id"])
            self.tool(call, given)
        else:
            call.draft = self._state.command(line, cwd=folder or self._state.cwd)
        self._session.escalated(given, line)

    def _plain(self, call: Call, arguments: object) -> None:
        call.opened = open_call(self._state, _KINDS, call.name, arguments)
        call.draft = call.opened.draft

    def tool(self, call: Call, arguments: object) -> None:
        """Let a call stand as a tool event, with its input as it is."""
        shown = arguments if isinstance(arguments, str) else compact(arguments)
        call.draft = self._state.add(
            Tool, tool=call.name, boundary=boundary(call.name, "other"), input=shown[:MAX_INPUT]
        )

    def answered(self, identity: str | None) -> Call | None:
        """Return the call that an output is of; None if it is not in the log."""
        if identity is None:
            return None
        self.waiting.pop(identity, None)
        return self.by_id.get(identity)

    def orphan(self, output: object) -> None:
        """Keep an output whose call is not in the log as a tool event of its own."""
        found = outcomes.read(output)
        self._state.add(
            Tool,
            tool="result without call",
            input=found.text[:MAX_INPUT],
            ok=_ok(found),
            denied=found.ended == "denied",
        )

    def close(self, call: Call, output: object, *, failed: bool = False) -> None:
        """Take the output of a call that is no script; `failed` is what the log says beside it."""
        if call.family == "question":
            self._answers(call, outcomes.read(output).text)
            return
        if call.family == "shell" and call.draft is not None and self.shell.can_wait(call.draft, output):
            return
        if call.patch is not None and call.patch.ended:
            return
        found = outcomes.read(output)
        if call.patch is not None:
            patches.answered(self._state, call.patch, found)
        elif call.family == "shell" and call.draft is not None:
            self.shell.answered(call.draft, found)
        elif call.family == "poll" and call.draft is not None:
            call.draft.fields["ok"] = _ok(found)
            self.shell.polled(call.session, found)
        elif call.opened is not None:
            if call.family == "agent":
                self._launched(found.text)
            self._close_plain(call.opened, found, failed=failed)

    def _close_plain(self, opened: OpenCall, found: Outcome, *, failed: bool) -> None:
        result = found.result()
        if result.ended == "unknown":
            # An answer without a word of trouble is one.
            result = replace(result, ended="failed" if failed else "ok")
        close_call(self._state, opened, result)

    def _launched(self, said: str) -> None:
        """Remember which agent started another."""
        try:
            agent = some_text(table(orjson.loads(said)).get("agent_id"))
        except orjson.JSONDecodeError:
            return
        if agent is not None:
            self._state.launched_by.setdefault(agent, self._state.agent)

    def _answers(self, call: Call, said: str) -> None:
        """Give each question its answer; what the person chose or wrote is an instruction."""
        try:
            answers = table(table(orjson.loads(said)).get("answers"))
        except orjson.JSONDecodeError:
            self._state.note("note", f"{call.name}: {said[:1000]}")
            return
        for identity, draft in call.questions:
            given = answers.get(identity)
            chosen = texts(table(given).get("answers")) or texts(given) or ([given] if isinstance(given, str) else [])
            if chosen:
                draft.fields["answer"] = "\n".join(chosen)
                self._state.add(Prompt, text="\n".join(chosen), via="answer")


def _question(entry: Json) -> str:
    return some_text(entry.get("question")) or some_text(entry.get("header")) or compact(entry)


def _ok(found: Outcome) -> bool | None:
    return None if found.ended == "unknown" else found.ended in {"ok", "running"}
