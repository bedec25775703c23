"""A chat of VS Code that is stored as a log of changes: a whole state first, then what became of it.

Knows the four operations (whole, set, append, delete) and paths of keys; nothing of chats. A change that does not fit
the state is kept as not understood, and the rest goes on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.run.importers.document import Part
from reviewer.run.importers.values import Json, compact, table, whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reviewer.run.importers.jsonl import Record
    from reviewer.run.importers.recording import Recording

_WHOLE, _SET, _APPEND, _DELETE = range(4)
_DEEPEST = 64


def replay(log: Iterable[Record], recording: Recording) -> Iterator[Part]:
    """Yield the parts of the chat as it is after the last change: members, and requests one by one."""
    state: Json = {}
    for record in log:
        recording.replaced += record.replaced
        if record.problem:
            recording.broken(record)
            continue
        operation = table(record.value)
        kind, path, value = whole(operation.get("kind")), operation.get("k"), operation.get("v")
        if kind == _WHOLE and isinstance(value, dict):
            state = value
        elif not isinstance(path, list) or not _changed(state, kind, path[:_DEEPEST], value, whole(operation.get("i"))):
            recording.not_understood("change", compact(record.value))
    for key, member in state.items():
        if key == "requests" and isinstance(member, list):
            yield from (Part(key, number, request) for number, request in enumerate(member))
        else:
            yield Part(str(key), None, member)


def _changed(state: Json, kind: int | None, path: list[object], value: object, keep: int | None) -> bool:
    """Make one change; return whether it fits."""
    if not path:
        return False
    holder: object = state
    for key in path[:-1]:
        holder = _at(holder, key)
    last = path[-1]
    if kind == _APPEND:
        return _appended(holder, last, value, keep)
    if kind not in {_SET, _DELETE}:
        return False
    if isinstance(holder, dict) and isinstance(last, str):
        if kind == _SET:
            holder[last] = value
        else:
            holder.pop(last, None)
        return True
    if isinstance(holder, list) and type(last) is int and 0 <= last <= len(holder):
        holder[last : last + 1] = [value] if kind == _SET else []
        return True
    return False


def _appended(holder: object, last: object, value: object, keep: int | None) -> bool:
    found = _at(holder, last)
    if found is None and isinstance(holder, dict) and isinstance(last, str):
        found = holder[last] = []
    if not isinstance(found, list):
        return False
    if keep is not None:
        del found[keep:]
    if isinstance(value, list):
        found.extend(value)
    return True


def _at(holder: object, key: object) -> object:
    if isinstance(holder, dict) and isinstance(key, str):
        return holder.get(key)
    if isinstance(holder, list) and type(key) is int and 0 <= key < len(holder):
        return holder[key]
    return None
