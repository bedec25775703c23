"""Reads a transcript of Cursor that is plain text: `user:` and `assistant:` sections with marks for calls and thoughts.

Knows the marks. Values of arguments may span lines, and nothing tells where such a value ends but the next mark: so
words that follow a file's content are taken for more of it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewer.run.importers.cursor.reader import Conversation
from reviewer.run.importers.toolset import Result
from reviewer.run.importers.values import words_of

if TYPE_CHECKING:
    from reviewer.run.importers.recording import Recording
    from reviewer.run.importers.text_lines import Line

_ROLE = re.compile(r"(user|human|assistant|A):[ \t]*", re.IGNORECASE)
_MARK = re.compile(r"\[(Thinking|Tool call|Tool result)\][ \t]?(.*)")
_ARGUMENT = re.compile(r"[ \t]{1,4}([A-Za-z_]\w{0,60})(?:: ?|=)(.*)", re.ASCII)
_NUMBER = re.compile(r"\d{1,9}", re.ASCII)
_LONG = words_of("contents content new_string old_string patch input code_edit command prompt plan")


class TextReader:
    """One transcript of plain text being read."""

    def __init__(self, state: Recording, name: str) -> None:
        self._talk = Conversation(state)
        self._state = state
        self._name = name
        self._role = ""
        self._part = ""
        self._tool = ""
        self._key = ""
        self._lines: list[str] = []
        self._given: dict[str, list[str]] = {}
        self._in_query = False

    def take(self, line: Line) -> None:
        """Take one line."""
        role = _ROLE.fullmatch(line.text)
        if role is not None and not self._in_query:
            self._flush()
            self._place(line)
            self._role = "user" if role.group(1).lower() in {"user", "human"} else "assistant"
            self._part = "words"
            return
        mark = _MARK.fullmatch(line.text) if self._role == "assistant" else None
        if mark is not None:
            self._flush()
            self._place(line)
            self._part = mark.group(1)
            if self._part == "Thinking":
                self._lines.append(mark.group(2))
            else:
                self._tool = mark.group(2).strip() or "unknown"
            return
        self._state.replaced += line.replaced
        if self._role == "user":
            self._in_query = (self._in_query or "<user_query>" in line.text) and "</user_query>" not in line.text
        self._inside(line)

    def finished(self) -> str:
        """Return how the transcript ended."""
        self._flush()
        return self._talk.end()

    def _place(self, line: Line) -> None:
        self._state.source = f"{self._name}:{line.number}"
        self._state.records += 1
        self._state.replaced += line.replaced

    def _inside(self, line: Line) -> None:
        text = line.text
        if self._part == "Tool call":
            argument = _ARGUMENT.fullmatch(text)
            if argument is not None and (self._key not in _LONG or argument.group(1) not in self._given):
                self._key = argument.group(1)
                self._given[self._key] = [argument.group(2)]
                return
            if self._key in _LONG or not text.strip() or text[:1] in {" ", "\t"}:
                self._given.setdefault(self._key, []).append(text)
                return
            self._prose(line)
        elif self._part == "Tool result" and text.strip() and text[:1] not in {" ", "\t"}:
            self._prose(line)
        elif self._part:
            self._lines.append(text)
        elif text.strip():
            self._place(line)
            self._state.not_understood("before the first section", text)

    def _prose(self, line: Line) -> None:
        self._flush()
        self._place(line)
        self._part = "words"
        self._lines.append(line.text)

    def _flush(self) -> None:
        said = "\n".join(self._lines).strip("\n")
        if self._part == "words" and self._role == "user":
            if said.strip():
                self._talk.asked(said)
        elif self._part == "words":
            self._talk.said(said)
        elif self._part == "Thinking":
            self._talk.thought(said)
        elif self._part == "Tool call":
            given = {key: "\n".join(value).rstrip("\n") for key, value in self._given.items() if key}
            self._talk.call(None, self._tool, _numbers(given))
        elif self._part == "Tool result":
            self._talk.answered(None, Result("unknown", _dedented(said)))
        self._lines, self._given, self._key, self._part = [], {}, "", ""


def _numbers(given: dict[str, str]) -> dict[str, object]:
    """Return arguments with those that are whole numbers as such: the text form does not tell them apart."""
    return {
        key: int(value)
        if key in {"offset", "limit"} and value.isascii() and value.isdecimal() and len(value) < 10
        else value
        for key, value in given.items()
    }


def _dedented(text: str) -> str:
    return "\n".join(line.removeprefix("  ") for line in text.split("\n"))
