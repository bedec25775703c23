"""Settings in JavaScript and TypeScript by the form of lines: names with plain values, without running anything.

Nesting is not seen, so only names that mean one thing wherever they stand are taken.
"""

from __future__ import annotations

import re

from reviewer.checks.gates.tree import MAX_BYTES, Node, UnreadableError
from reviewer.checks.line_place import without_comment

_PAIR = re.compile(
    r"""(?P<name>"[^"\n]{1,100}"|'[^'\n]{1,100}'|[A-Za-z_$][\w$]{0,80})[ \t]*:[ \t]*"""
    r"""(?P<value>\[[ \t]*(?:"[^"\n]*"|'[^'\n]*'|[0-2])|"[^"\n]*"|'[^'\n]*'|true|false|\d{1,6}(?:\.\d{1,6})?)"""
)
_LEVELS = frozenset(("off", "warn", "error", "0", "1", "2"))
_COUNTS = frozenset(("branches", "functions", "lines", "statements"))
_ANSWERS = frozenset(("passWithNoTests", "allowOnly"))
_LISTS = re.compile(
    r"\b(testPathIgnorePatterns|coveragePathIgnorePatterns|modulePathIgnorePatterns|ignores|ignorePatterns)\s{0,20}:\s{0,20}"
    r"\[([^\]]{0,4000})\]"
)
_TEXT = re.compile(r"\"([^\"\n]{1,300})\"|'([^'\n]{1,300})'|`([^`\n]{1,300})`")
_LONGEST = 1_000


def read(tool: str, data: bytes) -> Node:
    """Return the settings of ESLint ("eslint") or of Jest and Vitest ("jest") that a script states plainly."""
    if len(data) > MAX_BYTES:
        raise UnreadableError("it is too large")
    text = data.decode("utf-8", "replace")
    found: dict[str, dict[str, Node]] = {}
    for number, row in enumerate(text.split("\n"), 1):
        for pair in _PAIR.finditer(without_comment(row[:_LONGEST], "javascript")):
            name = pair["name"].strip("\"'")
            value = pair["value"].lstrip("[ \t").strip("\"'")
            group = _group(tool, name, value)
            if group is not None:
                found.setdefault(group, {})[name] = Node(number, value, first=number)
    entries: list[tuple[str, Node]] = []
    for group, names in found.items():
        if group:
            entries.append((group, Node(1, entries=tuple(names.items()), is_map=True)))
        else:
            entries.extend(names.items())
    for listed in _LISTS.finditer(text):
        line = text.count("\n", 0, listed.start()) + 1
        elements = tuple(
            Node(line + listed[2].count("\n", 0, one.start()), one[1] or one[2] or one[3])
            for one in _TEXT.finditer(listed[2])
        )
        entries.append((listed[1], Node(line, elements=elements)))
    return Node(1, entries=tuple(dict(entries).items()), is_map=True)


def _group(tool: str, name: str, value: str) -> str | None:
    """Return the table that a name belongs to, "" for none, None for names that say nothing here."""
    if tool == "eslint":
        return "rules" if value in _LEVELS and name not in {"version", "ecmaVersion", "indent"} else None
    if name in _COUNTS:
        return "coverageThreshold"
    return "" if name in _ANSWERS else None
