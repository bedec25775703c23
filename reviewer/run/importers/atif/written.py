"""Calls that an answer holds as text: some agents write them into their words, and their program reads them there.

Pure. Terminus 2 answers in JSON or XML (Harbor's `raw_content`), OpenHands in tags where a model cannot call functions.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, NamedTuple

from reviewer.run.importers.atif import tools
from reviewer.run.importers.values import NOTHING, some_text, table, tables

if TYPE_CHECKING:
    from reviewer.run.importers.values import Json

_LONGEST = 1 << 20
_MOST = 500
_KEYS = re.compile(r"<keystrokes(?:\s[^<>]{0,200})?>((?:[^<]|<(?!keystrokes[\s>]))*?)</keystrokes>")
_COMPLETE = re.compile(r"<task_complete>\s*true\s*</task_complete>")
_FUNCTION = re.compile(r"<function=([\w.-]{1,100})>(.*?)(?:</function>|\Z)", re.DOTALL)
_PARAMETER = re.compile(r"<parameter=([\w.-]{1,100})>((?:[^<]|<(?!parameter=))*?)</parameter>")
_DONE = "mark_task_complete"
_DECODER = json.JSONDecoder()


class Written(NamedTuple):
    """What an answer holds: its words, and name and arguments of each call in its order."""

    said: str
    calls: list[tuple[str, Json]]


def read(family: str, said: str) -> Written:
    """Return the calls that an answer holds as text, none where its agent does not write them so.

    Args:
        family: whose answer it is.
        said: the answer.
    """
    if len(said) > _LONGEST:
        return Written(said, [])
    if family == tools.TERMINUS:
        return _xml(said) if "<keystrokes" in said or "<task_complete" in said else _json(said)
    if family == "openhands" and "<function=" in said:
        return _functions(said)
    return Written(said, [])


def _json(said: str) -> Written:
    start = said.find("{")
    if start < 0:
        return Written(said, [])
    try:
        value, _ = _DECODER.raw_decode(said, start)
    except (ValueError, RecursionError):
        return Written(said, [])
    given = table(value)
    calls: list[tuple[str, Json]] = [
        ("bash_command", command) for command in tables(given.get("commands"))[:_MOST] if "keystrokes" in command
    ]
    if given.get("task_complete") is True:
        calls.append((_DONE, NOTHING))
    words = [
        f"{name.capitalize()}: {text}"
        for name in ("analysis", "plan")
        if (text := some_text(given.get(name))) is not None
    ]
    return Written("\n".join(words) if words and calls else said, calls)


def _xml(said: str) -> Written:
    calls: list[tuple[str, Json]] = [("bash_command", {"keystrokes": keys}) for keys in _KEYS.findall(said)[:_MOST]]
    if _COMPLETE.search(said):
        calls.append((_DONE, NOTHING))
    return Written(said, calls)


def _functions(said: str) -> Written:
    calls: list[tuple[str, Json]] = []
    words: list[str] = []
    end = 0
    for function in _FUNCTION.finditer(said):
        words.append(said[end : function.start()].strip())
        end = function.end()
        given = {name: _value(value) for name, value in _PARAMETER.findall(function.group(2))}
        calls.append((function.group(1), given))
        if len(calls) >= _MOST:
            break
    words.append(said[end:].strip())
    return Written("\n".join(part for part in words if part), calls)


def _value(written: str) -> object:
    """Return what a parameter says: tags stand on lines of their own around longer values."""
    value = written.removeprefix("\n").removesuffix("\n")
    return json.loads(value) if re.fullmatch(r"\[\d{1,9}, ?-?\d{1,9}\]", value) else value
