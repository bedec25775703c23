"""Syntax colour: which class of token every character of a few lines belongs to.

The language comes from the path alone (guessing by content is slow, and lets hostile content choose a lexer). Lines are
split on LF only. Knows Pygments, loaded for the first colour and not before; nothing of rows, themes, widgets.
Slow: call it outside of the drawing thread.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING

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
_TOKENS = {
    "": "text",
    "Comment": "comment",
    "Comment.Preproc": "decorator",
    "Comment.PreprocFile": "string",
    "Keyword": "keyword",
    "Keyword.Constant": "constant",
    "Keyword.Type": "type",
    "Literal": "string",
    "Literal.String": "string",
    "Literal.String.Doc": "comment",
    "Literal.String.Escape": "escape",
    "Literal.String.Interpol": "escape",
    "Literal.String.Affix": "keyword",
    "Literal.String.Regex": "escape",
    "Literal.Number": "number",
    "Name.Attribute": "attribute",
    "Name.Builtin": "builtin",
    "Name.Builtin.Pseudo": "variable",
    "Name.Class": "type",
    "Name.Constant": "constant",
    "Name.Decorator": "decorator",
    "Name.Entity": "escape",
    "Name.Exception": "type",
    "Name.Function": "function",
    "Name.Function.Magic": "function",
    "Name.Label": "attribute",
    "Name.Namespace": "text",
    "Name.Tag": "tag",
    "Name.Variable": "variable",
    "Operator": "operator",
    "Operator.Word": "keyword",
    "Punctuation": "punctuation",
    "Generic.Heading": "heading",
    "Generic.Subheading": "heading",
    "Generic.Strong": "heading",
    "Generic.Inserted": "inserted",
    "Generic.Deleted": "deleted",
}
"""The class of each kind of Pygments token, by its name below `Token`; kinds below one of these are of its class."""


@cache
def _tokens() -> dict[_TokenType, int]:
    from pygments.token import string_to_tokentype

    return {string_to_tokentype(name): _CODE[kind] for name, kind in _TOKENS.items()}


@lru_cache(maxsize=512)
def class_of(token: _TokenType) -> int:
    """Return the class of a Pygments token: its own, or that of the nearest kind above it."""
    known = _tokens()
    here: _TokenType | None = token
    while here is not None:
        if (code := known.get(here)) is not None:
            return code
        here = here.parent
    return 0


@lru_cache(maxsize=64)
def lexer_for(path: str) -> Lexer | None:
    """Return the lexer for a path by its name, or None when no language is known for it."""
    from pygments.lexers import get_lexer_for_filename
    from pygments.util import ClassNotFound

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
