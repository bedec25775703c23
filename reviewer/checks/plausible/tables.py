"""Tables of a type in Go and TypeScript: a new one that a method leaves behind, one changed under a lock for reading.

Reads the text of methods, and knows no types: a table is what is declared as a map.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer.checks.ident import shown
from reviewer.checks.plausible.sign import Sign
from reviewer.syntax.function import MODULE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewer.checks.case import ChangedFile
    from reviewer.syntax.function import Function

_WHY_TABLE = "What the one table holds of a key outlives what the other holds of it."
_WHY_LOCK = "Others that read at the same time see the table half changed; in Go the program ends."
_LONGEST = 20_000
_MOST_NEW = 10
_DECLARED = re.compile(
    r"^\s+(?:(?:private|readonly|protected|public|static)\s+)*#?(\w{1,60})\s*"
    r"(?:map\[|(?::[^=\n]{0,80})?=\s*new Map\b|:\s*Map<)"
)
_SETS = re.compile(r"\b(?:\w{1,30}|this)\.#?(\w{1,60})(?:\[([^\]\n]{1,60})\]\s*=(?!=)|\.set\(([^,\n]{1,60}),)")
_DROPS = re.compile(
    r"\bdelete\(\w{1,30}\.(\w{1,60}),\s*([^)\n]{1,60})\)|\bthis\.#?(\w{1,60})\.delete\(([^)\n]{1,60})\)"
)
_ASKS = re.compile(r"\b(?:\w{1,30}|this)\.#?(\w{1,60})(?:\[([^\]\n]{1,60})\]|\.(?:get|has)\(([^)\n]{1,60})\))")


@dataclass(frozen=True, slots=True)
class _Use:
    """What a method does with tables: those that it changes, with the place, and the keys that it has to do with."""

    function: Function
    text: str
    changes: dict[str, int]
    keys: frozenset[tuple[str, str]]


def signs(file: ChangedFile, functions: Sequence[Function]) -> Iterator[Sign]:
    """Yield what the methods of one file leave behind, and what they change under a lock for reading."""
    uses = [_use(one) for one in functions if one.name != MODULE]
    lines = {line.number for line in file.added}
    if file.path.endswith(".go"):
        for one in uses:
            yield from _under_read_lock(one, lines)
    added = [_DECLARED.match(line.text[:300]) for line in file.added]
    gone = {match[1] for match in (_DECLARED.match(line.text[:300]) for line in file.removed) if match}
    fresh = [match[1] for match in added if match is not None and match[1] not in gone]
    for name in dict.fromkeys(fresh[:_MOST_NEW]):
        yield from _left(name, set(fresh), uses)


def _use(function: Function) -> _Use:
    text = function.node.head(_LONGEST)
    changes: dict[str, int] = {}
    keys: set[tuple[str, str]] = set()
    for form in (_SETS, _DROPS, _ASKS):
        for match in form.finditer(text):
            name, key = [one for one in match.groups() if one][:2]
            keys.add((name, key.strip()))
            if form is not _ASKS:
                changes.setdefault(name, function.node.first + text.count("\n", 0, match.start()))
    return _Use(function, text, changes, frozenset(keys))


def _left(fresh: str, new: set[str], uses: Sequence[_Use]) -> Iterator[Sign]:
    """Yield methods that change a table which goes by the same keys as the new one, and do not know the new one."""
    partners = {
        name
        for one in uses
        for table, key in one.keys
        if table == fresh
        for name, same in one.keys
        if same == key and name not in new
    }
    if not any(fresh in one.changes and partners & one.changes.keys() for one in uses):
        return
    word = re.compile(rf"\b{re.escape(fresh)}\b")
    helpers = {one.function.name.rpartition(".")[2] for one in uses if word.search(one.text) and fresh in one.changes}
    for one in uses:
        changed = sorted(partners & one.changes.keys())
        if not changed or word.search(one.text) or any(f".{name}(" in one.text for name in helpers):
            continue
        rest = f"and leaves the new {shown(fresh)}, asked with the same keys"
        message = f"{shown(one.function.name)} changes {shown(changed[0])} {rest}."
        yield _sign("table-left", message, _WHY_TABLE, one.function.node.first, one.changes[changed[0]])


def _under_read_lock(one: _Use, lines: set[int]) -> Iterator[Sign]:
    locked = re.search(r"\.RLock\(\)", one.text) and not re.search(r"\.Lock\(\)", one.text)
    for name, line in one.changes.items() if locked else ():
        if line in lines or one.function.node.first in lines:
            message = f"{shown(one.function.name)} changes {shown(name)} under a lock for reading."
            yield _sign("changed-under-read-lock", message, _WHY_LOCK, line, line)


def _sign(rule: str, message: str, why: str, line: int, last: int) -> Sign:
    return Sign(rule=rule, severity="medium", message=message, why=why, quote=message, line=line, last=last)
