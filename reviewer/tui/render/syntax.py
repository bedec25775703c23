"""Syntax colour: which class of token every character of a few lines belongs to.

The language comes from the path alone (guessing by content is slow, and lets hostile content choose a lexer). Lines are
split on LF only. Knows Pygments; nothing of rows, themes or widgets. Slow: call it outside of the drawing thread.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from pygments.lexers import get_lexer_for_filename
from pygments.token import Token
from pygments.util import ClassNotFound

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pygments.lexer import Lexer
    from pygments.token import _TokenType

CLASSES = (
    "text",
    "comment",
    "keyword",
    "string",
    "escape",
    "number",
    "constant",
    "function",
    "type",
    "builtin",
    "decorator",
    "variable",
    "operator",
    "punctuation",
    "tag",
    "attribute",
    "heading",
    "inserted",
    "deleted",
)
"""Names of the classes; a theme gives each a colour. A class is its place here, and fits five bits."""

_CODE = {name: code for code, name in enumerate(CLASSES)}
_TOKENS: dict[_TokenType, str] = {
    Token: "text",
    Token.Comment: "comment",
    Token.Comment.Preproc: "decorator",
    Token.Comment.PreprocFile: "string",
    Token.Keyword: "keyword",
    Token.Keyword.Constant: "constant",
    Token.Keyword.Type: "type",
    Token.Literal: "string",
    Token.Literal.String: "string",
    Token.Literal.String.Doc: "comment",
    Token.Literal.String.Escape: "escape",
    Token.Literal.String.Interpol: "escape",
    Token.Literal.String.Affix: "keyword",
    Token.Literal.String.Regex: "escape",
    Token.Literal.Number: "number",
    Token.Name.Attribute: "attribute",
    Token.Name.Builtin: "builtin",
    Token.Name.Builtin.Pseudo: "variable",
    Token.Name.Class: "type",
    Token.Name.Constant: "constant",
    Token.Name.Decorator: "decorator",
    Token.Name.Entity: "escape",
    Token.Name.Exception: "type",
    Token.Name.Function: "function",
    Token.Name.Function.Magic: "function",
    Token.Name.Label: "attribute",
    Token.Name.Namespace: "text",
    Token.Name.Tag: "tag",
    Token.Name.Variable: "variable",
    Token.Operator: "operator",
    Token.Operator.Word: "keyword",
    Token.Punctuation: "punctuation",
    Token.Generic.Heading: "heading",
    Token.Generic.Subheading: "heading",
    Token.Generic.Strong: "heading",
    Token.Generic.Inserted: "inserted",
    Token.Generic.Deleted: "deleted",
}


@lru_cache(maxsize=512)
def class_of(token: _TokenType) -> int:
    """Return the class of a Pygments token: its own, or that of the nearest kind above it."""
    here: _TokenType | None = token
    while here is not None:
        if (name := _TOKENS.get(here)) is not None:
            return _CODE[name]
        here = here.parent
    return 0


@lru_cache(maxsize=64)
def lexer_for(path: str) -> Lexer | None:
    """Return the lexer for a path by its name, or None when no language is known for it."""
    name = path.rpartition("/")[2]
    try:
        lexer: Lexer = get_lexer_for_filename(name, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None
    except Exception:  # noqa: BLE001 - a lexer that cannot be made must cost colour, never the diff
        return None
    return lexer


def classify(lexer: Lexer, lines: Sequence[str]) -> list[bytes]:
    """Return the class of every character of each line, one byte a character.

    Lexers see the lines as one text; whatever they get wrong, each line keeps its own length.
    """
    text = "\n".join(lines)
    codes = bytearray(len(text))
    try:
        for offset, token, value in lexer.get_tokens_unprocessed(text):
            if code := class_of(token):
                codes[offset : offset + len(value)] = bytes((code,)) * min(len(value), len(text) - offset)
    except Exception:  # noqa: BLE001 - a lexer that fails on hostile text must cost colour, never the diff
        return [bytes(len(line)) for line in lines]
    result, start = [], 0
    for line in lines:
        result.append(bytes(codes[start : start + len(line)]))
        start += len(line) + 1
    return result
