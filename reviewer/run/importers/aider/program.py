"""What the messages of Aider mean: files, edits, commits, commands, tokens, and the person's slash commands.

Knows the program's sentences and which follow which. A message that is not known is kept as a note with its neighbours.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewer.run.event import Denial, Error, Read, Tool
from reviewer.run.importers.aider import marks
from reviewer.run.importers.aider.echoes import Echoes
from reviewer.run.importers.aider.edits import Edits
from reviewer.run.importers.aider.typed import Typed
from reviewer.run.importers.aider.usage import tokens
from reviewer.run.importers.recording import remember
from reviewer.run.importers.values import MAX_INPUT

if TYPE_CHECKING:
    from reviewer.run.importers.recording import Recording

_VERSION = re.compile(r"Aider v?(\d[\w.+-]{0,40})")
_MODEL = re.compile(r"(?:Main model|Models?): ([^\s,]{1,200})(?: with (\S{1,40}) edit format)?.*")
_ADDED = re.compile(r"Added (.+?) to (?:the chat|read-only files)\.?")
_LINES = re.compile(r"Added \d+ lines? of output to the chat\.?")
_COMMIT = re.compile(r"Commit ([0-9a-f]{7,40})\b ?(.*)", re.DOTALL)
_UNDONE = re.compile(r"(?:Removed: |The above commit )([0-9a-f]{7,40})\b.*", re.DOTALL)
_RUNNING = re.compile(r"Running (.+)", re.DOTALL)
_LINTED = re.compile(r"^## Running: (.+)$", re.MULTILINE)
_PROVIDER = re.compile(
    r"litellm\.|.*\b(?:RateLimit|APIConnection|APIError|Authentication|ServiceUnavailable|ContextWindowExceeded|Timeout)"
    r"\w{0,40}Error\b|The API provider|Model .{1,200} has hit a token limit|Empty response received"
)
_LIMIT = re.compile(r"Only \d+ reflections allowed")
_REFUSED = frozenset("nsd")


class Program:
    """The program's side of a history: what it said so far, and what still waits for its next line."""

    def __init__(self, state: Recording) -> None:
        self._state = state
        self._edits = Edits(state)
        self._typed = Typed(state)
        self._echoes = Echoes()
        self._notes: list[str] = []
        self._noted_at = ""
        self._commits: dict[str, None] = {}
        self._model: str | None = None
        self._waiting = False
        self._reason: tuple[str, str] = ("unknown", "")
        self._handlers = (
            (_ADDED, self._file_added),
            (_COMMIT, self._committed),
            (_UNDONE, self._undone),
            (_RUNNING, self._ran),
            (_LIMIT, self._limit),
        )

    def end(self) -> tuple[str, str]:
        """Return how the history ended."""
        self._tidy()
        self._state.info.commits = list(self._commits)
        return ("unanswered", "the agent did not answer") if self._waiting else self._reason

    def chat(self, start: str | None) -> None:
        """Take the start of a chat: nothing of the one before it is open."""
        self._tidy()
        self._typed.forget()
        self._edits.forget()
        self._waiting = False
        info, self._state.time = self._state.info, start
        if start is not None:
            info.started = info.started or start
            info.ended = start
        self._state.note("session", f"chat started at {start}" if start else "chat started")
        # No other time is recorded.
        self._state.time = None

    def prompt(self, lines: list[str]) -> None:
        """Take what the person typed."""
        self._tidy()
        self._edits.forget()
        said = "\n".join(lines)
        echo = self._echoes.why(said)
        if echo is not None:
            if echo:
                self._state.note("note", echo)
            self._waiting = True
            return
        self._echoes.asked(said)
        self._waiting = self._typed.take(said)
        if not self._waiting and said.split(" ", 1)[0] in {"/exit", "/quit"}:
            self._reason = ("finished", "")

    def answer(self, said: str) -> None:
        """Take the model's text: edits that follow are of it."""
        self._tidy()
        self._typed.forget()
        self._echoes.answered(said)
        self._edits.answer = said
        self._waiting = False
        self._reason = ("finished", "")

    def message(self, text: str) -> None:
        """Take one message of the program."""
        if self._edits.failing(text):
            return
        for pattern, handler in self._handlers:
            match = pattern.fullmatch(text) if pattern is not _LIMIT else pattern.match(text)
            if match is not None and not _LINES.fullmatch(text):
                self._note_before()
                handler(match, text)
                return
        usage = tokens(text)
        asked = marks.question(text)
        self._banner(text)
        if usage is not None:
            self._note_before()
            self._state.add(**usage, model=self._model)
            self._waiting = False
        elif asked is not None:
            self._question(text, *asked)
        elif not self._of_edits(text) and not self._of_trouble(text):
            self._other(text)

    def _other(self, text: str) -> None:
        lint = _LINTED.search(text)
        if lint is not None:
            self._note_before()
            self._lint(text)
        elif text and not self._typed.output(text):
            self._note(text)

    def _of_edits(self, text: str) -> bool:
        """Return whether a message is about edits, and take it."""
        if not self._edits.knows(text):
            return False
        self._note_before()
        self._edits.take(text)
        return True

    def _of_trouble(self, text: str) -> bool:
        """Return whether a message says that something went wrong, and take it."""
        state = self._state
        if text.startswith("^C"):
            if "KeyboardInterrupt" in text or self._waiting:
                self._note_before()
                state.note("interrupt", text)
                self._reason, self._waiting = ("interrupted", "interrupted by the person"), False
            else:
                self._note(text)
        elif _PROVIDER.match(text):
            self._note_before()
            state.add(Error, where="provider", text=text)
            self._reason, self._waiting = ("error", text[:200]), False
        elif text.startswith(("The LLM did not conform", "Malformed response", "Exception while updating")):
            self._note_before()
            state.add(Error, where="agent", text=text)
        elif text.startswith(("All chat history cleared", "All files dropped and chat history cleared")):
            self._note_before()
            state.note("truncation", text)
        elif text.startswith("Scraping "):
            self._note_before()
            url = text.removeprefix("Scraping ").removesuffix("...")
            state.add(Tool, tool="/web", boundary="network", input=url[:MAX_INPUT])
        else:
            return False
        return True

    def _note(self, text: str) -> None:
        """Keep a message for the note that it stands in with its neighbours."""
        if not self._notes:
            self._noted_at = self._state.source
        self._notes.append(text)

    def _note_before(self) -> None:
        notes, self._notes = self._notes, []
        if notes:
            source, self._state.source = self._state.source, self._noted_at
            self._state.note("note", "\n".join(notes))
            self._state.source = source

    def _tidy(self) -> None:
        self._edits.close()
        self._note_before()

    def _banner(self, text: str) -> None:
        """Take what the lines at the start of a chat, and those after a change of the model, tell."""
        info = self._state.info
        if (version := _VERSION.fullmatch(text)) is not None:
            remember(info.versions, version.group(1))
        elif (named := _MODEL.fullmatch(text)) is not None:
            model = named.group(1)
            if self._model is not None and model != self._model:
                self._state.note("model", f"model: {model}")
            self._model = model
            remember(info.models, model)
        elif _LINES.fullmatch(text):
            self._typed.shared()

    def _file_added(self, match: re.Match[str], text: str) -> None:
        if text.endswith(".gitignore") or match.group(1).endswith(".gitignore (recommended)"):
            self._note(text)
        else:
            self._state.add(Read, path=match.group(1), whole=True, ok=True)

    def _committed(self, match: re.Match[str], text: str) -> None:
        self._commits[match.group(1)] = None
        self._edits.committed(match.group(1))
        self._state.note("snapshot", text)

    def _undone(self, match: re.Match[str], text: str) -> None:
        commit = match.group(1)
        self._commits.pop(commit, None)
        self._state.note("rewind", f"{text} (what the commit changed was taken back)")
        self._edits.undone(commit)

    def _ran(self, match: re.Match[str], _: str) -> None:
        self._state.command(match.group(1), ended="unknown")

    def _limit(self, _: re.Match[str], text: str) -> None:
        self._state.add(Error, where="agent", text=text)
        self._reason = ("limit", text)

    def _lint(self, text: str) -> None:
        """Take what a linter found: the program shows its output only when it failed, and not its exit code."""
        parts = list(_LINTED.finditer(text))
        for place, part in enumerate(parts):
            end = parts[place + 1].start() if place + 1 < len(parts) else len(text)
            draft = self._state.command(part.group(1).strip(), ended="failed", description="linter of the program")
            self._state.output(draft, text[part.end() : end].strip("\n"))
            self._typed.goes_on(draft)

    def _question(self, text: str, asked: str, answer: str) -> None:
        state = self._state
        about = self._notes[-1] if self._notes else ""
        self._note(text)
        if asked.startswith(("Add file to the chat", "Add these files to the chat")):
            if answer in {"y", "a"} and about:
                for path in about.split("\n"):
                    state.add(Read, path=path.strip(), whole=True, ok=True)
        elif asked.startswith("Run shell command"):
            if answer in _REFUSED:
                self._refused_commands(about)
        elif asked.startswith(("Create new file", "Allow creation")):
            self._edits.asked(about or asked, new=True, allowed=answer not in _REFUSED)
        elif asked.startswith("Allow edits"):
            self._edits.asked(about or asked, new=False, allowed=answer not in _REFUSED)

    def _refused_commands(self, about: str) -> None:
        lines = [line.strip() for line in about.split("\n")]
        for line in lines:
            if line and not line.startswith("#"):
                self._state.command(line, ended="denied")
        self._state.add(Denial, tool="shell", what=about[:MAX_INPUT], reason=None)
