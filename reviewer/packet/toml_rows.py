"""The text of one row of an array of tables, as tomli-w writes it, without its pass over every character.

A packet of a long run has thousands of rows of short plain values. Whatever is not that is left to tomli-w.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import tomli_w

if TYPE_CHECKING:
    from collections.abc import Mapping


def row_toml(row: Mapping[str, Any], *, multiline: bool) -> str:
    """Return a row's keys and values as TOML, one a line.

    Args:
        row: keys that are bare in TOML (the models' own), with plain values.
        multiline: whether texts with line feeds may stand on several lines.
    """
    lines: list[str] = []
    for key, value in row.items():
        if type(value) is dict:
            # A table of its own would not be the row's any more.
            lines.append(f"{key} = {_inline(value)}\n")
            continue
        shown = _list(value) if type(value) is list else _plain(value)
        lines.append(
            tomli_w.dumps({key: value}, multiline_strings=multiline) if shown is None else f"{key} = {shown}\n"
        )
    return "".join(lines)


def _inline(table: Mapping[str, Any]) -> str:
    return "{ " + ", ".join(tomli_w.dumps({key: value}).rstrip("\n") for key, value in table.items()) + " }"


def _plain(value: object) -> str | None:
    """Return a value as TOML, None if it needs more than quotes."""
    kind = type(value)
    if kind is str:
        text = str(value)
        is_simple = text.isascii() and text.isprintable() and '"' not in text and "\\" not in text
        return f'"{text}"' if is_simple else None
    if kind is bool:
        return "true" if value else "false"
    return str(value) if kind in {int, float} else None


def _list(values: list[object]) -> str | None:
    if not values:
        return "[]"
    shown = [_plain(value) for value in values]
    if None in shown:
        return None
    return "".join(["[\n", *(f"    {value},\n" for value in shown), "]"])
