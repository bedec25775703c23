"""Shell commands of Codex: the four forms of the call, processes that run on, and events that tell the end.

An event tells exit code, time and whole output; what the outputs of the call and of later polls say is taken only where
there is no event, so that nothing is counted or kept twice.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewer.run.event import Denial, Prompt
from reviewer.run.importers.codex import outcome as outcomes
from reviewer.run.importers.toolset import command_text, joined_words
from reviewer.run.importers.values import MAX_INPUT, Json, integer, seconds_between, some_text, text, texts

if TYPE_CHECKING:
    from reviewer.run.importers.codex.outcome import Outcome
    from reviewer.run.importers.draft import Draft
    from reviewer.run.importers.recording import Recording
    from reviewer.run.importers.toolset import Ended

_SHELLS = frozenset(("bash", "zsh", "sh", "dash", "fish", "pwsh", "powershell", "cmd"))
_ESCAPED = re.compile(r'\\(["\\$`])')
_HEADED = ("Chunk ID:", "Exit code:")
_RUNNING = "Process running with session ID"
_MANY = 32
_RUNS = frozenset(("-lc", "-c", "-ic", "-lic", "-Command", "-command", "/c", "/C"))


def asked_line(given: Json) -> tuple[list[str] | None, str]:
    """Return the argument vector, if it is one, and the command line of a call."""
    words = given.get("command", given.get("input"))
    if isinstance(words, list):
        argv = texts(words)
        return argv, unwrapped(argv)
    script = text(given.get("cmd")) or text(given.get("input"))
    return None, script if script is not None else command_text(given)


def unwrapped(argv: list[str]) -> str:
    """Return what an argument vector runs as a line; a shell that is only handed a line stands for that line."""
    if len(argv) > 2 and _is_shell(argv[0]) and argv[-2] in _RUNS:
        return argv[-1]
    return joined_words(argv)


def line_of(command: object) -> str:
    """Return the line of a command that an event or an item names: a vector, or text that quotes one."""
    if isinstance(command, list):
        return unwrapped(texts(command))
    said = text(command) or ""
    name, _, rest = said.partition(" ")
    if not _is_shell(name):
        return said
    flag, _, quoted = rest.partition(" ")
    return _unquoted(quoted) if flag in _RUNS and quoted else said


def _is_shell(word: str) -> bool:
    return word.replace("\\", "/").rsplit("/", 1)[-1].removesuffix(".exe").lower() in _SHELLS


def _unquoted(quoted: str) -> str:
    inner = quoted[1:-1]
    if len(quoted) > 1 and quoted[0] == quoted[-1] == "'":
        said = inner.replace("'\\''", "\0").replace("'\"'\"'", "\0")
        return quoted if "'" in said else said.replace("\0", "'")
    if len(quoted) > 1 and quoted[0] == quoted[-1] == '"':
        return _ESCAPED.sub(r"\1", inner)
    return quoted


class Shell:
    """The commands of one log, and the processes that run on."""

    def __init__(self, state: Recording) -> None:
        self._state = state
        self._sessions: dict[str, Draft] = {}
        self._told: set[int] = set()
        self._unread: list[tuple[Draft, str]] = []

    def can_wait(self, command: Draft, output: object) -> bool:
        """Return whether an output need not be read now: an event told the end, or most likely will."""
        if command.command in self._told:
            return True
        if not self._told or not isinstance(output, str) or not output.startswith(_HEADED) or _RUNNING in output[:200]:
            return False
        self._unread.append((command, output))
        if len(self._unread) > _MANY:
            self.settle()
        return True

    def settle(self) -> None:
        """Read the outputs that waited for an event which did not come."""
        unread, self._unread = self._unread, []
        for command, output in unread:
            if command.command not in self._told:
                self.answered(command, outcomes.read(output))

    def answered(self, command: Draft, found: Outcome) -> None:
        """Take the output of the call."""
        if found.session is not None:
            self._sessions[found.session] = command
        if command.command in self._told:
            return
        # Of a process that runs on, the program tells how long it was looked at.
        seconds = None if found.ended == "running" else found.seconds
        self._close(command, found.ended, found.text, found.exit_code, seconds, cut=found.cut, said=found.said)

    def polled(self, session: str, found: Outcome) -> None:
        """Take what a look at a process shows (`write_stdin`): more of its output, and perhaps its end."""
        command = self._sessions.get(session)
        if command is None or command.command in self._told:
            return
        self._state.output(command, found.text)
        command.fields["log_cut"] = command.fields.get("log_cut", False) or found.cut
        if found.ended not in {"ok", "failed", "cancelled"}:
            return
        command.fields["ended"], command.fields["exit_code"] = found.ended, found.exit_code
        command.fields["seconds"] = seconds_between(command.time, self._state.time)
        command.fields["seconds_from"] = None if command.fields["seconds"] is None else "timestamps"
        del self._sessions[session]

    def told(self, command: Draft, event: Json) -> None:
        """Take the program's own word on the end of a command (`exec_command_end`, a completed item)."""
        code = integer(event.get("exit_code", event.get("exitCode")))
        ended = outcomes.by_status(event.get("status"), code)
        shown = _output(event)
        found = outcomes.read(shown) if ended == "failed" and code in {None, -1, 124} else None
        if found is not None and found.ended in {"denied", "cancelled"}:
            ended = found.ended
        seconds = outcomes.number(event.get("duration"))
        if seconds is None and (milliseconds := outcomes.number(event.get("durationMs"))) is not None:
            seconds = milliseconds / 1000
        if command.command in self._told or command.fields.get("ended") == "denied":
            return
        self._told.add(command.command)
        self._state.spool.replace(command.command, b"")
        said = found.said if found is not None else None
        code = None if ended == "denied" or (ended == "cancelled" and code == -1) else code
        self._close(command, ended, shown, code, seconds, cut=outcomes.is_cut(shown), said=said)

    def printed(self, commands: list[Draft], texts_: list[str], found: Outcome, *, waited: bool) -> None:
        """Take what a script printed for the commands in it; which of it is whose, it does not always say.

        Args:
            commands: of the script, in the order of its text.
            texts_: what it printed, in its pieces.
            found: how the script ended.
            waited: it ran on in a cell, so that its time is that of the last wait.
        """
        results = outcomes.printed_results(texts_)
        codes = {integer(result.get("exit_code")) for result in results}
        # The order of results need not be that of the text: only a code that all of them share is known for each.
        code = codes.pop() if len(results) == len(commands) and len(codes) == 1 else None
        apart = len(texts_) == len(commands)
        for place, command in enumerate(commands):
            if command.command in self._told:
                continue
            shown = texts_[place] if apart else "\n".join(texts_) if not place else ""
            if len(commands) == 1 and len(results) == 1:
                shown = text(results[0].get("output")) or shown
            seconds = None if waited or len(commands) > 1 else found.seconds
            ended: Ended = "unknown" if code is None else "failed" if code else "ok"
            self._close(command, ended, shown, code, seconds, cut=outcomes.is_cut(shown))
            if seconds is not None:
                command.fields["seconds_from"] = "timestamps"

    def runs_on(self, command: Draft) -> None:
        """Note that a command was started and goes on."""
        if command.fields.get("ended") == "not_run":
            command.fields["ended"] = "running"

    def _close(
        self,
        command: Draft,
        ended: Ended,
        shown: str,
        code: int | None,
        seconds: float | None,
        *,
        cut: bool,
        said: str | None = None,
    ) -> None:
        fields = command.fields
        fields["ended"], fields["exit_code"], fields["log_cut"] = ended, code, cut
        if seconds is not None:
            fields["seconds"], fields["seconds_from"] = seconds, "reported"
        if ended == "denied":
            self._state.add(Denial, tool="shell", what=str(fields["line"])[:MAX_INPUT], reason=shown or None)
            if said:
                self._state.add(Prompt, text=said, via="denial")
        elif shown and ended != "not_run":
            self._state.output(command, shown)


def _output(event: Json) -> str:
    whole = some_text(event.get("aggregated_output")) or some_text(event.get("aggregatedOutput"))
    if whole is None:
        streams = [part for key in ("stdout", "stderr") if (part := some_text(event.get(key)))]
        whole = "\n".join(streams) or some_text(event.get("formatted_output")) or ""
    return whole.replace("\0", "")
