"""A row of opencode's table of sessions as the `info` that the program itself makes of it.

Pure. Columns that are not known here keep their names, in the program's spelling, so that none is lost.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from collections.abc import Mapping

_GROUPS = ("time", "summary", "share", "tokens")
_JSON = frozenset(("revert", "permission", "summary_diffs", "model", "metadata"))


def session_info(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the `info` of a session: `parent_id` is `parentID`, `time_created` is `time.created`; no nulls."""
    info: dict[str, Any] = {}
    for column, found in row.items():
        value = _decoded(found) if column in _JSON else found
        if value is None or isinstance(value, bytes):
            continue
        group, _, rest = column.partition("_")
        if group in _GROUPS and rest:
            table = info.setdefault(group, {})
            kind, _, way = rest.partition("_")
            if group == "tokens" and kind == "cache" and way:
                table.setdefault("cache", {})[way] = value
            elif isinstance(table, dict):
                table[rest] = value
        else:
            info[_spelled(column)] = value
    return info


def _decoded(value: object) -> object:
    if not isinstance(value, str) or not value.startswith(("{", "[")):
        return value
    try:
        return orjson.loads(value)
    except orjson.JSONDecodeError:
        return value


def _spelled(column: str) -> str:
    first, *rest = column.split("_")
    return first + "".join("ID" if word == "id" else word.capitalize() for word in rest)
