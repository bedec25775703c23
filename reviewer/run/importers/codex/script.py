"""Calls of tools in a script that the agent wrote in place of calling them one by one ("code mode").

Knows as much JavaScript as is needed to find `tools.name(argument)` where the argument is written out: literals, and
constants that are literals. Nothing is run; what is computed is not found, and said so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple

_MAX_SCRIPT = 4 << 20
_MAX_DEPTH = 24
_MAX_CALLS = 500
_MAX_CONSTANTS = 50
_STRING = r"\"(?:[^\"\\\n]++|\\.)*+\"|'(?:[^'\\\n]++|\\.)*+'"
_TEMPLATE = r"`(?:[^`\\]++|\\.)*+`"
_COMMENT = r"/\*(?:[^*]++|\*(?!/))*+(?:\*/|\Z)"
"""One that is not closed goes to the end: else each of many would be looked for anew."""
_TOKEN = re.compile(
    rf"""
    (?P<skip>//[^\n]*+|{_COMMENT}|(?:String\.raw)?{_TEMPLATE}|{_STRING})
  | \bconst\s+(?P<name>[A-Za-z_$][\w$]*+)\s*+=\s*+(?=["'`{{\[]|String\.raw)
  | \btools\s*+(?:\.\s*+(?P<tool>[A-Za-z_$][\w$]*+)|\[\s*+["'](?P<key>[^"'\n]{{1,100}})["']\s*+\])\s*+\(
  | (?P<other>\btools\b)
    """,
    re.VERBOSE | re.DOTALL,
)
_SPACE = re.compile(rf"(?:\s++|//[^\n]*+|{_COMMENT})*+", re.DOTALL)
_LITERAL = re.compile(rf"(?P<raw>String\.raw\s*+)?(?P<text>{_STRING}|{_TEMPLATE})", re.DOTALL)
_NUMBER = re.compile(r"-?(?:\d[\d_]{0,30})(?:\.\d{1,30})?(?:[eE][+-]?\d{1,3})?(?![\w.])")
_NAME = re.compile(r"[A-Za-z_$][\w$]*+")
_ESCAPE = re.compile(r"\\(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(\r\n|.))", re.DOTALL)
_SINGLE = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0", "\n": "", "\r\n": ""}
_CONSTANTS: dict[str, object] = {"true": True, "false": False, "null": None, "undefined": None}


class ScriptCall(NamedTuple):
    """A call that is written out: the tool, and its one argument (None without)."""

    tool: str
    argument: object


@dataclass(slots=True)
class Script:
    """What a script calls.

    Attributes:
        calls: those that are written out, in the order of the text.
        computed: tools that are called with something computed, or in a way that is not understood.
    """

    calls: list[ScriptCall] = field(default_factory=list)
    computed: list[str] = field(default_factory=list)


class _NotLiteral(Exception):  # noqa: N818 - never leaves this module
    """The text goes on with something that is computed."""


def read(source: str) -> Script:
    """Return the calls in a script; any text gives an answer, in linear time."""
    source = source[:_MAX_SCRIPT]
    found = Script()
    constants: dict[str, object] = {}
    at = 0
    while len(found.calls) < _MAX_CALLS:
        match = _TOKEN.search(source, at)
        if match is None:
            break
        at = match.end()
        if match.group("name") is not None:
            at = _constant(source, at, match.group("name"), constants)
        elif match.group("other") is not None:
            found.computed.append("tools")
        elif match.group("skip") is None:
            tool = match.group("tool") or match.group("key")
            try:
                argument, at = _argument(source, at, constants)
            except _NotLiteral:
                found.computed.append(tool)
            else:
                found.calls.append(ScriptCall(tool, argument))
    return found


def _constant(source: str, at: int, name: str, constants: dict[str, object]) -> int:
    try:
        value, after = _value(source, at, constants, 0)
    except _NotLiteral:
        return at
    changed = not isinstance(value, str) and re.compile(rf"\b{re.escape(name)}\s*+[.\[][^;\n=]{{0,200}}=(?!=)").search(
        source, after
    )
    if not changed and len(constants) < _MAX_CONSTANTS:
        constants[name] = value
    return after


def _argument(source: str, at: int, constants: dict[str, object]) -> tuple[object, int]:
    at = _skip(source, at)
    if source[at : at + 1] == ")":
        return None, at + 1
    value, at = _value(source, at, constants, 0)
    at = _skip(source, at)
    if source[at : at + 1] == ",":
        at = _skip(source, at + 1)
    if source[at : at + 1] != ")":
        raise _NotLiteral
    return value, at + 1


def _value(source: str, at: int, constants: dict[str, object], depth: int) -> tuple[object, int]:
    if depth > _MAX_DEPTH:
        raise _NotLiteral
    sign = source[at : at + 1]
    if sign == "{":
        return _table(source, at + 1, constants, depth)
    if sign == "[":
        return _list(source, at + 1, constants, depth)
    number = _NUMBER.match(source, at)
    if number is not None:
        digits = number.group().replace("_", "")
        return (float(digits) if set(digits) & set(".eE") else int(digits)), number.end()
    name = _NAME.match(source, at)
    if name is not None and name.group() in _CONSTANTS:
        return _CONSTANTS[name.group()], name.end()
    if name is not None and not isinstance(constants.get(name.group(), ""), str):
        if source[_skip(source, name.end()) :][:1] in {".", "(", "[", "?", "+"}:
            raise _NotLiteral
        return constants[name.group()], name.end()
    return _text(source, at, constants)


def _text(source: str, at: int, constants: dict[str, object]) -> tuple[str, int]:
    """Read a text: a literal, a constant that is one, or several of them joined with `+`."""
    pieces: list[str] = []
    while True:
        literal = _LITERAL.match(source, at)
        if literal is not None:
            pieces.append(_literal(literal, constants))
            at = literal.end()
        else:
            name = _NAME.match(source, at)
            known = constants.get(name.group()) if name is not None else None
            if name is None or not isinstance(known, str):
                raise _NotLiteral
            pieces.append(known)
            at = name.end()
        after = _skip(source, at)
        if source[after : after + 1] != "+":
            if source[after : after + 1] in {".", "(", "[", "?"}:
                raise _NotLiteral
            return "".join(pieces), at
        at = _skip(source, after + 1)


def _literal(match: re.Match[str], constants: dict[str, object]) -> str:
    quoted = match.group("text")
    inner = quoted[1:-1]
    if match.group("raw") is not None:
        if quoted[0] != "`" or "${" in inner:
            raise _NotLiteral
        return inner
    if quoted[0] == "`" and "${" in inner:
        inner = _filled(inner, constants)
    return unescaped(inner)


def _filled(inner: str, constants: dict[str, object]) -> str:
    """Put constants in place of `${name}`; what they hold is not unescaped again."""
    pieces: list[str] = []
    for number, piece in enumerate(inner.split("${")):
        if not number:
            pieces.append(piece)
            continue
        name, closed, rest = piece.partition("}")
        known = constants.get(name.strip())
        if not closed or not isinstance(known, str):
            raise _NotLiteral
        pieces += [known.replace("\\", "\\\\"), rest]
    return "".join(pieces)


def unescaped(inner: str) -> str:
    """Return a literal's text with its escapes resolved."""
    if "\\" not in inner:
        return inner
    said = _ESCAPE.sub(_escape, inner)
    return said.encode("utf-16", "surrogatepass").decode("utf-16", "replace") if _has_surrogates(said) else said


def _escape(match: re.Match[str]) -> str:
    digits = match.group(1) or match.group(2) or match.group(3)
    if digits is not None:
        code = int(digits, 16)
        return chr(code) if code <= 0x10FFFF else "\ufffd"
    return _SINGLE.get(match.group(4), match.group(4))


def _has_surrogates(said: str) -> bool:
    return any("\ud800" <= sign <= "\udfff" for sign in said)


def _table(source: str, at: int, constants: dict[str, object], depth: int) -> tuple[object, int]:
    found: dict[str, object] = {}
    while True:
        at = _skip(source, at)
        if source[at : at + 1] == "}":
            return found, at + 1
        if source.startswith("...", at):
            at = _spread(source, at + 3, constants, found)
            continue
        key, at, named = _key(source, at)
        at = _skip(source, at)
        if source[at : at + 1] == ":":
            found[key], at = _value(source, _skip(source, at + 1), constants, depth + 1)
        elif named and key in constants:
            found[key] = constants[key]
        else:
            raise _NotLiteral
        at = _skip(source, at)
        if source[at : at + 1] == ",":
            at += 1
        elif source[at : at + 1] != "}":
            raise _NotLiteral


def _spread(source: str, at: int, constants: dict[str, object], found: dict[str, object]) -> int:
    name = _NAME.match(source, at)
    known = constants.get(name.group()) if name is not None else None
    if name is None or not isinstance(known, dict):
        raise _NotLiteral
    found.update(known)
    at = _skip(source, name.end())
    return at + 1 if source[at : at + 1] == "," else at


def _key(source: str, at: int) -> tuple[str, int, bool]:
    name = _NAME.match(source, at)
    if name is not None:
        return name.group(), name.end(), True
    literal = _LITERAL.match(source, at)
    if literal is None or literal.group("raw") is not None or literal.group("text")[0] == "`":
        raise _NotLiteral
    return unescaped(literal.group("text")[1:-1]), literal.end(), False


def _list(source: str, at: int, constants: dict[str, object], depth: int) -> tuple[object, int]:
    found: list[object] = []
    while True:
        at = _skip(source, at)
        if source[at : at + 1] == "]":
            return found, at + 1
        value, at = _value(source, at, constants, depth + 1)
        found.append(value)
        at = _skip(source, at)
        if source[at : at + 1] == ",":
            at += 1
        elif source[at : at + 1] != "]":
            raise _NotLiteral


def _skip(source: str, at: int) -> int:
    match = _SPACE.match(source, at)
    return match.end() if match is not None else at
