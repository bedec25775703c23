"""Whether a place in a line of source is code, a string or a comment.

A rough scanner of quotes and comment marks that serves every language here, plus exact string spans for Python. It errs
on the side of code, where rules are stricter.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Literal, TypeAlias

from reviewer.checks.python_nodes import walk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviewer.checks.roles import Language

Place: TypeAlias = Literal["code", "string", "comment"]
Span: TypeAlias = tuple[int, int, int, int]

_HASH_COMMENTS = frozenset({"python", "ruby"})


def scan(text: str, language: Language | None) -> list[Place]:
    """Return, for each character of one line, what it belongs to; strings are taken to end with the line."""
    places: list[Place] = []
    quote = ""
    escaped = False
    hashes = language is None or language in _HASH_COMMENTS
    if language not in _HASH_COMMENTS and text.lstrip().startswith(("*", "/*")):
        return ["comment"] * len(text)
    for offset, character in enumerate(text):
        if quote:
            places.append("string")
            if escaped:
                escaped = False
            elif character == "\\":
                escaped = True
            elif character == quote:
                quote = ""
        elif _starts_comment(text, offset, language, hashes=hashes):
            return places + ["comment"] * (len(text) - offset)
        else:
            if character in "\"'`" and not (character == "'" and language == "rust"):
                quote = character
            places.append("string" if quote else "code")
    return places


def _starts_comment(text: str, offset: int, language: Language | None, *, hashes: bool) -> bool:
    before = text[offset - 1] if offset else " "
    if text[offset] == "#":
        return hashes and (language is not None or before.isspace())
    # The slashes of a URL are no comment.
    return language not in _HASH_COMMENTS and text.startswith(("//", "/*"), offset) and before != ":"


def code_only(text: str, language: Language | None) -> str:
    """Return the line with what is in comments, and in strings between their quotes, blanked out."""
    return "".join(
        character if place == "code" else " " for character, place in zip(text, scan(text, language), strict=True)
    )


def without_comment(text: str, language: Language | None) -> str:
    """Return the line without its comment."""
    places = scan(text, language)
    return text[: places.index("comment")] if "comment" in places else text


def string_spans(tree: ast.Module) -> list[Span]:
    """Return the spans of strings that cross lines: first line, column, last line, column (columns in UTF-8 bytes)."""
    return [
        (node.lineno, node.col_offset, node.end_lineno, node.end_col_offset)
        for node in walk(tree)
        if isinstance(node, ast.Constant | ast.JoinedStr)
        and node.end_lineno is not None
        and node.end_col_offset is not None
        and node.end_lineno > node.lineno
        and (isinstance(node, ast.JoinedStr) or isinstance(node.value, str | bytes))
    ]


def inside(spans: Sequence[Span], line: int, column: int) -> bool:
    """Return whether a place (line from 1, column in bytes from 0) lies in one of the spans."""
    return any((first, start) <= (line, column) < (last, end) for first, start, last, end in spans)
