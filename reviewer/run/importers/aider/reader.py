"""Reads a chat history of Aider line by line: which lines belong together, and whose they are.

Knows the grammar of the file; what the program's messages mean stands beside. Only the answer at hand is in memory.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.run.event import Message
from reviewer.run.importers.aider import marks
from reviewer.run.importers.aider.program import Program
from reviewer.run.importers.values import local_time

if TYPE_CHECKING:
    from reviewer.run.importers.importer import ImportedRun
    from reviewer.run.importers.recording import Recording
    from reviewer.run.importers.text_lines import Line

_FENCES = frozenset("`~<")


class Reader:
    """One history being read.

    A part is what a stretch of lines is: "prompt", "said" (the model), "program", or "" between them.
    """

    def __init__(self, state: Recording, name: str) -> None:
        self._state = state
        self._name = name
        self._program = Program(state)
        self._part = ""
        self._lines: list[str] = []
        self._place = 0
        self._fence = ""
        self._open = False
        self._before = ""
        self._stripped: bool | None = None
        self._in_chat = False
        self._in_block = False
        self._quoted: list[Line] = []

    def take(self, line: Line) -> None:
        """Take one line."""
        self._state.replaced += line.replaced
        self._take(line)
        self._before = line.text

    def _take(self, line: Line) -> None:
        text = line.text
        chat = marks.CHAT.fullmatch(text) if text.startswith("# aider ") else None
        if chat is not None:
            self._flush()
            self._chat(line.number, chat.group(1))
        elif self._part == "said" and not self._leaves(text):
            self._said_or_quoted(line)
        elif self._is_prompt(text):
            self._prompt(line.number, text)
        elif marks.is_program(text) and (not self._open or marks.is_known(text)):
            self._message(line.number, text)
        elif self._part == "program" and (self._open or self._before.strip()):
            self._more(text)
        elif text.strip():
            self._begin("said", line.number)
            self._said(text)
        elif self._part != "program" or not self._open:
            self._flush()

    def finished(self) -> ImportedRun:
        """Return the run."""
        self._flush()
        reason, text = self._program.end()
        return self._state.finished(reason, text)

    def _chat(self, number: int, start: str) -> None:
        self._stripped = None
        self._in_chat = True
        self._at(number)
        self._program.chat(local_time(start))

    def _at(self, number: int) -> None:
        self._state.source = f"{self._name}:{number}"
        self._state.records += 1

    def _begin(self, part: str, number: int) -> None:
        if self._part != part or part == "program":
            self._flush()
            self._part, self._place, self._open = part, number, False

    def _leaves(self, text: str) -> bool:
        """Return whether a line ends the model's text: inside a fence only what nobody else writes does."""
        if marks.is_program(text):
            if self._fence:
                return marks.is_end_of_answer(text)
            return marks.is_known(text) and (bool(self._stripped) or marks.ends(text))
        return not self._fence and self._is_prompt(text)

    def _said_or_quoted(self, line: Line) -> None:
        """Take a line of the model's text; one that looks like the program's waits for what follows it.

        The program names what it asks about in a line before its question, and models quote in the same form.
        """
        if not self._fence and (marks.is_program(line.text) or (self._quoted and line.text.strip())):
            self._quoted.append(line)
        else:
            self._unquote()
            self._said(line.text)

    def _unquote(self) -> None:
        quoted, self._quoted = self._quoted, []
        for line in quoted:
            self._said(line.text)

    def _is_prompt(self, text: str) -> bool:
        if marks.prompt(text) is None:
            return False
        if text.endswith("  "):
            return True
        # A heading of the model looks the same in a file that lost its blanks: there, words of the model come first.
        return self._stripped is True and self._part != "said"

    def _prompt(self, number: int, text: str) -> None:
        said = marks.prompt(text) or ""
        if marks.is_answered_by_program(said):
            return  # The question and its answer follow once more, as the program's own line.
        self._begin("prompt", number)
        self._lines.append(said)

    def _said(self, text: str) -> None:
        self._lines.append(text)
        fence = marks.FENCE.fullmatch(text) if text.lstrip()[:1] in _FENCES else None
        if fence is None:
            return
        sign, info = fence.group(1), fence.group(2).strip()
        if not self._fence:
            if not sign.startswith("</"):
                self._fence = sign.replace("<", "</")
        elif sign.startswith(self._fence) and not info:
            self._fence = ""

    def _message(self, number: int, text: str) -> None:
        quoted, self._quoted = self._quoted, []
        if quoted:
            # They were the program's: nothing else stands right before a line of it.
            self._flush()
            for line in quoted:
                self._take(line)
        ended = marks.ends(text)
        if self._stripped is None:
            self._stripped = not text.endswith("  ")
        elif ended:
            self._stripped = False
        self._begin("program", number)
        self._lines.append(text[2:].rstrip() if ended or self._stripped else text[2:])
        self._open = not ended and not self._stripped
        self._in_block = False

    def _more(self, text: str) -> None:
        """Take a further line of a message that the program wrote as one."""
        self._lines.append(text)
        if text.startswith(("<<<<<<< SEARCH", ">>>>>>> REPLACE")):
            self._in_block = text.startswith("<")
        if self._open and marks.ends(text) and not self._in_block:
            self._open = False

    def _flush(self) -> None:
        self._unquote()
        part, lines = self._part, self._lines
        self._part, self._lines, self._open, self._fence = "", [], False, ""
        if not part:
            return
        self._at(self._place)
        if part == "prompt":
            self._program.prompt(lines)
        elif part == "said":
            said = "\n".join(lines).strip("\n")
            if self._in_chat:
                self._program.answer(said)
                self._state.add(Message, text=said)
            else:
                self._state.not_understood("before the first chat", said)
        else:
            self._program.message("\n".join(lines).strip())
