"""Actions of SWE-agent, which are text: which of its own commands one is, and with what arguments; else it is shell.

Knows the commands of the tool bundles of 0.x and 1.x (`config/commands`, `tools/`); nothing of events.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from reviewer.run.shell import words as shell_words

Meaning: TypeAlias = Literal["read", "search", "edit", "submit", "shell", "none"]

_READS = frozenset(("open", "goto", "scroll_up", "scroll_down", "filemap", "view_image"))
_SEARCHES = frozenset(("find_file", "search_dir", "search_file"))
_EDITORS = frozenset(("str_replace_editor", "str_replace_based_edit_tool", "edit_anthropic"))
_SUBMITS = frozenset(("submit", "exit_forfeit", "exit"))
_BLOCK = re.compile(r"(edit|insert)\b[ \t]*([^\n]*)\n(.*)", re.DOTALL)
_END = re.compile(r"\n?end_of_(?:edit|insert)\s*\Z")
_RANGE = re.compile(r"(\d{1,9}):(\d{1,9})")
_NUMBER = re.compile(r"\d{1,9}")
_OPERATORS = re.compile(r"[|;&<>]")


@dataclass(frozen=True, slots=True)
class Action:
    """What an action asks for.

    Attributes:
        meaning: "none" for an empty one.
        name: of the command.
        path: of the file that it names, None if it names none.
        pattern: of a search.
        first, last: lines.
        new: the file is made by it.
        old, text: what an edit takes away and puts in; None where the action does not say.
    """

    meaning: Meaning
    name: str
    path: str | None = None
    pattern: str = ""
    first: int | None = None
    last: int | None = None
    new: bool = False
    old: str | None = None
    text: str | None = None
    options: dict[str, str] = field(default_factory=dict)


def parse(action: str) -> Action:
    """Return what an action asks for; what is none of the program's own commands is a line of shell."""
    line = action.strip()
    if not line:
        return Action("none", "")
    name = line.split(None, 1)[0]
    if name in {"edit", "insert"}:
        return _edit(name, line)
    if name in _EDITORS:
        return _editor(name, _words(line))
    own = name in _READS or name in _SEARCHES or name in _SUBMITS or name == "create"
    if not own or "\n" in line or (_OPERATORS.search(line) and name not in _SEARCHES):
        return Action("shell", name)
    words = _words(line)[1:]
    if name in _SUBMITS:
        return Action("submit", name)
    if name in _SEARCHES:
        return Action("search", name, pattern=words[0] if words else "", path=words[1] if len(words) > 1 else None)
    if name == "create":
        return Action("edit", name, path=words[0] if words else None, new=True)
    path = words[0] if words and name in {"open", "filemap", "view_image"} else None
    return Action("read", name, path=path)


def _edit(name: str, line: str) -> Action:
    block = _BLOCK.match(line)
    if block is not None and block.group(2).strip()[:1] not in {"'", '"', "$"}:
        span = _RANGE.search(block.group(2))
        return Action(
            "edit",
            name,
            first=int(span.group(1)) if span is not None else None,
            last=int(span.group(2)) if span is not None else None,
            text=_END.sub("", block.group(3)),
        )
    words = _words(line)[1:]
    span = _RANGE.fullmatch(words[0]) if words else None
    if span is not None:
        text = words[1] if len(words) > 1 else ""
        return Action("edit", name, first=int(span.group(1)), last=int(span.group(2)), text=text)
    if name == "insert":
        at = int(words[1]) if len(words) > 1 and _NUMBER.fullmatch(words[1]) else None
        return Action("edit", name, first=at, text=words[0] if words else "")
    if len(words) > 1:
        return Action("edit", name, old=words[0], text=words[1])
    return Action("edit", name, text=words[0] if words else None)


def _editor(name: str, words: tuple[str, ...]) -> Action:
    command = words[1] if len(words) > 1 else ""
    path = words[2] if len(words) > 2 else None
    options: dict[str, str] = {}
    at = 3
    while at < len(words):
        if words[at].startswith("--"):
            key, named, value = words[at][2:].partition("=")
            values = [value] if named else []
            at += 1
            while not named and at < len(words) and (not values or key == "view_range") and len(values) < 2:
                if words[at].startswith("--") and (not values or key == "view_range"):
                    break
                values.append(words[at])
                at += 1
            options[key] = " ".join(values)
        else:
            at += 1
    if command == "view":
        lines = [int(number) for number in _NUMBER.findall(options.get("view_range", ""))[:2]]
        open_end = "-1" in options.get("view_range", "")
        first, last = (lines[0], lines[1]) if len(lines) == 2 else (None, None)
        return Action("read", f"{name} view", path=path, first=first, last=None if open_end else last)
    return Action(
        "edit",
        f"{name} {command}".strip(),
        path=path,
        new=command == "create",
        old=options.get("old_str"),
        text=options.get("file_text") if command == "create" else options.get("new_str"),
        options=options,
    )


def _words(line: str) -> tuple[str, ...]:
    parts = shell_words.split(line)
    return tuple(word for part in parts[:1] for word in part.words)
