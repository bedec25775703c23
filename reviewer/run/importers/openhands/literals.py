"""Calls with plain literal arguments in a piece of Python, found without running or compiling it.

Pure: text in, calls out; linear in the text. What is not a plain literal (a name, a sum, an f-string) makes the call's
argument unknown, and a call inside a string is none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TypeAlias

Value: TypeAlias = "str | int | bool | list[int] | None"

MAX_CODE = 256 * 1024
"""A longer cell is not looked into (characters)."""
_MOST = 500
_TOKEN = re.compile(
    r"""
    (?P<space>[ \t\r\n\f\\]+|\#[^\n]*+)
    | (?P<prefix>[rRbBuUfF]{0,2})(?P<quoted>
        \"{3}(?:[^"\\]|\\.|"(?!""))*+\"{3} | '{3}(?:[^'\\]|\\.|'(?!''))*+'{3}
        | "(?:[^"\\\n]|\\.)*+" | '(?:[^'\\\n]|\\.)*+')
    | (?P<open_quote>["'])
    | (?P<name>[^\W\d]\w*)
    | (?P<number>-?\d[\d_]*(?![\w.]))
    | (?P<sign>\*\*|.)
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(\n|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)", re.DOTALL)
_PLAIN = {"n": "\n", "t": "\t", "r": "\r", "\n": "", "\\": "\\", "'": "'", '"': '"', "0": "\0", "b": "\b", "f": "\f"}
_WORDS: dict[str, Value] = {"None": None, "True": True, "False": False}


class _Unknown:
    """Stands for an argument that is no plain literal."""


UNKNOWN = _Unknown()


@dataclass(slots=True)
class CodeCall:
    """A call: its name ("open", "write"), and the arguments as far as they are plain literals.

    Attributes:
        name: the last name before the bracket.
        of: the name before the dot, "" if there is none or it is no plain name.
        values: in order; UNKNOWN where no literal.
        named: by keyword, or from a dictionary after `**`.
    """

    name: str
    of: str = ""
    values: list[Value | _Unknown] = field(default_factory=list)
    named: dict[str, Value | _Unknown] = field(default_factory=dict)

    def text(self, place: int, *names: str) -> str | None:
        """Return an argument by its place or one of its names, None if it is not plain text."""
        found = next((self.named[name] for name in names if name in self.named), None)
        if found is None and place < len(self.values):
            value = self.values[place]
            found = value
        return found if isinstance(found, str) else None


def calls_in(code: str, wanted: frozenset[str]) -> list[CodeCall]:
    """Return the calls of the wanted names in the order of the text, at most 500; none of a text that is no Python."""
    if len(code) > MAX_CODE:
        return []
    tokens = _tokens(code)
    found: list[CodeCall] = []
    place = 0
    while place < len(tokens) - 1 and len(found) < _MOST:
        kind, name = tokens[place]
        if kind != "name" or name not in wanted or tokens[place + 1] != ("sign", "("):
            place += 1
            continue
        dotted = place > 1 and tokens[place - 1] == ("sign", ".") and tokens[place - 2][0] == "name"
        arguments = _Arguments(tokens, place + 2)
        found.append(arguments.call(str(name), str(tokens[place - 2][1]) if dotted else ""))
        place = arguments.end
    return found


def _tokens(code: str) -> list[tuple[str, Value]]:
    tokens: list[tuple[str, Value]] = []
    place = 0
    while match := _TOKEN.match(code, place):
        kind = match.lastgroup or ""
        place = match.end()
        if kind == "open_quote":
            return []  # a string that does not end
        if kind == "quoted":
            prefix = match["prefix"].lower()
            is_plain = "f" not in prefix and "b" not in prefix
            tokens.append(("text", _unquoted(match["quoted"], raw="r" in prefix)) if is_plain else ("other", None))
        elif kind == "number":
            tokens.append(("number", int(match["number"].replace("_", "")[:18])))
        elif kind != "space":
            tokens.append((kind, match.group()))
    return tokens


def _unquoted(quoted: str, *, raw: bool) -> str:
    width = 3 if quoted.startswith(('"""', "'''")) else 1
    inner = quoted[width:-width]
    return inner if raw or "\\" not in inner else _ESCAPE.sub(_unescaped, inner)


def _unescaped(match: re.Match[str]) -> str:
    sign = match.group(1)
    if len(sign) == 1:
        return _PLAIN.get(sign, match.group())
    code = int(sign[1:], 16)
    return match.group() if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF else chr(code)


class _Arguments:
    """The arguments of one call, read from its opening bracket to the one that closes it."""

    def __init__(self, tokens: list[tuple[str, Value]], place: int) -> None:
        self._tokens = tokens
        self._at = place

    @property
    def end(self) -> int:
        """Where the call ended."""
        return self._at

    def call(self, name: str, of: str) -> CodeCall:
        call = CodeCall(name, of)
        while self._at < len(self._tokens) and not self._is(")"):
            start = self._at
            self._argument(call)
            if self._is(","):
                self._at += 1
            elif self._at == start:
                break
        return call

    def _argument(self, call: CodeCall) -> None:
        kind, value = self._peek(0)
        if (kind, value) == ("sign", "**") and self._peek(1) == ("sign", "{"):
            self._at += 2
            self._dictionary(call)
        elif kind == "name" and self._peek(1) == ("sign", "=") and self._peek(2) != ("sign", "="):
            self._at += 2
            call.named[str(value)] = self._value()
        else:
            call.values.append(self._value())

    def _dictionary(self, call: CodeCall) -> None:
        while self._at < len(self._tokens) and not self._is("}"):
            kind, key = self._peek(0)
            if kind != "text" or self._peek(1) != ("sign", ":"):
                self._skip()
            else:
                self._at += 2
                call.named[str(key)] = self._value()
            if not self._is(","):
                break
            self._at += 1
        if self._is("}"):
            self._at += 1

    def _value(self) -> Value | _Unknown:
        """Take one value; what goes on after a literal (a sum, a method) makes it unknown."""
        kind, value = self._peek(0)
        found: Value | _Unknown = UNKNOWN
        if kind == "text":
            found = ""
            while self._peek(0)[0] == "text":  # literals side by side are one
                found += str(self._peek(0)[1])
                self._at += 1
        elif kind == "number":
            found = value
            self._at += 1
        elif kind == "name" and value in _WORDS:
            found = _WORDS[str(value)]
            self._at += 1
        elif (kind, value) == ("sign", "["):
            found = self._numbers()
        if self._ends():
            return found
        self._skip()
        return UNKNOWN

    def _numbers(self) -> list[int] | _Unknown:
        self._at += 1
        found: list[int] = []
        while self._peek(0)[0] == "number":
            value = self._peek(0)[1]
            found.append(value if isinstance(value, int) else 0)
            self._at += 1
            if self._is(","):
                self._at += 1
        if self._is("]"):
            self._at += 1
            return found
        return UNKNOWN

    def _skip(self) -> None:
        """Go to the comma or bracket that ends this value."""
        depth = 0
        while self._at < len(self._tokens):
            if not depth and self._ends():
                return
            kind, sign = self._tokens[self._at]
            if kind == "sign" and sign in {"(", "[", "{"}:
                depth += 1
            elif kind == "sign" and sign in {")", "]", "}"}:
                depth -= 1
            self._at += 1

    def _ends(self) -> bool:
        return self._at >= len(self._tokens) or self._tokens[self._at] in _ENDS

    def _is(self, sign: str) -> bool:
        return self._peek(0) == ("sign", sign)

    def _peek(self, ahead: int) -> tuple[str, Value]:
        place = self._at + ahead
        return self._tokens[place] if place < len(self._tokens) else ("end", None)


_ENDS: frozenset[tuple[str, Value]] = frozenset((("sign", ","), ("sign", ")"), ("sign", "}"), ("sign", "]")))
