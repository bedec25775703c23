"""TOML and INI read into a tree by the standard parsers, with lines found again in the text.

The parsers tell no positions, so headers and keys are searched for; a place that is not found is that of its table.
"""

from __future__ import annotations

import configparser
import re
import tomllib
from dataclasses import dataclass, field
from typing import TypeAlias

from reviewer.checks.gates.tree import MAX_BYTES, MAX_DEPTH, MAX_NODES, Node, UnreadableError
from reviewer.packet.explain import line_of_deep_key

Path: TypeAlias = tuple[str | int, ...]

_HEADER = re.compile(r"[ \t]*+(\[\[?+)([^\]\n]++)\]")
_TOML_KEY = re.compile(r"""[ \t]*+((?:[A-Za-z0-9_-]++|"[^"\n]*+"|'[^'\n]*+'|[ \t]*+\.[ \t]*+)++)[ \t]*+=""")
_NAME = re.compile(r"""[A-Za-z0-9_-]++|"[^"\n]*+"|'[^'\n]*+'""")
_LONG = re.compile(r'"""|\'\'\'')
_INI_HEADER = re.compile(r"\[([^\]\n]++)\]")
_INI_KEY = re.compile(r"([^\s\[#;:=][^:=\n]*+)[:=]|([^\s\[#;:=][^:=\n]*+)$")
_PIECE = re.compile(r"[^,\s](?:[^,\n]*[^,\s])?")
_NO_DEFAULTS = "\x00"
_MOST_LOOKED_AT = 20_000_000
"""Characters that are looked at, all in all, to find elements again; beyond, they stand where their key does."""
_NEAR = 400
"""An element is looked for on so many lines behind the one before it."""


def read_toml(data: bytes) -> Node:
    """Return a TOML document.

    Raises:
        UnreadableError: it is not TOML, or would take too long to read.
    """
    text = _decoded(data)
    if (deep := line_of_deep_key(text)) is not None:
        raise UnreadableError("a key has too many parts", deep)
    try:
        tables = tomllib.loads(text)
    except (RecursionError, ValueError) as error:
        place = re.search(r"\(at line (\d{1,9}),", str(error))
        raise UnreadableError("it is not TOML", int(place[1]) if place else None) from None
    return _Toml(text).node(tables, (), 1, 0)


class _Toml:
    """The text of a TOML document, and where its keys stand."""

    def __init__(self, text: str) -> None:
        self._lines = text.split("\n")
        self._places: dict[Path, int] = {}
        self._values = 0
        self._left = _MOST_LOOKED_AT
        self._index()

    def node(self, value: object, path: Path, line: int, depth: int) -> Node:
        """Return a value with its line, that of its table if its own is not found."""
        self._values += 1
        if depth > MAX_DEPTH or self._values > MAX_NODES:
            raise UnreadableError("it is nested too deep or too large", line)
        line = self._places.get(path, line)
        if isinstance(value, dict):
            entries = tuple((str(key), self.node(below, (*path, key), line, depth + 1)) for key, below in value.items())
            return Node(line, entries=entries, is_map=True)
        if isinstance(value, list):
            return Node(line, elements=tuple(self._elements(value, path, line, depth)))
        return Node(line, str(value).lower() if isinstance(value, bool) else str(value), first=line)

    def _elements(self, values: list[object], path: Path, line: int, depth: int) -> list[Node]:
        found, at = [], line
        for index, value in enumerate(values):
            if isinstance(value, str):
                at = self._next(value, at)
            found.append(self.node(value, (*path, index), at, depth + 1))
        return found

    def _next(self, text: str, line: int) -> int:
        """Return the line of an element from `line` on, which is also that of the one before it."""
        for number in range(line, min(line + _NEAR, len(self._lines)) + 1):
            shown = self._lines[number - 1]
            self._left -= len(shown) + 1
            if self._left < 0:
                break
            if f'"{text}"' in shown or f"'{text}'" in shown:
                return number
            if number > line and (_HEADER.match(shown) or _TOML_KEY.match(shown)):
                break
        return line

    def _index(self) -> None:
        table: Path = ()
        counts: dict[Path, int] = {}
        closing = ""
        for number, line in enumerate(self._lines, 1):
            if closing:
                closing = "" if closing in line else closing
                continue
            header = _HEADER.match(line)
            key = None if header else _TOML_KEY.match(line)
            if header:
                table = self._table(header, counts)
                self._places.setdefault(table, number)
            elif key:
                path: Path = table
                for name in _NAME.findall(key[1]):
                    path = (*path, _plain(name))
                    self._places.setdefault(path, number)
                closing = _left_open(line, key.end())

    @staticmethod
    def _table(header: re.Match[str], counts: dict[Path, int]) -> Path:
        names = [_plain(name) for name in _NAME.findall(header[2])][:MAX_DEPTH]
        path: Path = ()
        for place, name in enumerate(names):
            path = (*path, name)
            if place == len(names) - 1 and header[1] == "[[":
                counts[path] = counts.get(path, -1) + 1
            if path in counts:
                path = (*path, counts[path])
        return path


def _plain(name: str) -> str:
    return name[1:-1] if name[:1] in {'"', "'"} else name


def _left_open(line: str, start: int) -> str:
    """Return the sign that ends a string of several lines which a line begins, "" if it begins none."""
    found = _LONG.search(line, start)
    return "" if found is None or found[0] in line[found.end() :] else found[0]


def read_ini(data: bytes) -> Node:
    """Return an INI document: a map of sections, each a map of texts whose pieces are its elements.

    Raises:
        UnreadableError: it is not INI.
    """
    text = _decoded(data)
    parser = configparser.RawConfigParser(strict=False, allow_no_value=True, default_section=_NO_DEFAULTS)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    try:
        parser.read_string(text)
    except (configparser.Error, ValueError, AttributeError) as error:
        line = getattr(error, "lineno", None)
        raise UnreadableError("it is not INI", line if isinstance(line, int) else None) from None
    places = _IniPlaces.of(text)
    sections = []
    for name in parser.sections():
        line = places.headers.get(name, 1)
        entries = tuple(
            (key.strip(), places.node(name, key.strip(), value or "", line)) for key, value in parser.items(name)
        )
        sections.append((name, Node(line, entries=entries, is_map=True)))
    return Node(1, entries=tuple(sections), is_map=True)


@dataclass(slots=True)
class _IniPlaces:
    """Where the sections and keys of an INI document stand, and the lines of their values."""

    lines: list[str]
    headers: dict[str, int] = field(default_factory=dict)
    keys: dict[tuple[str, str], int] = field(default_factory=dict)
    left: int = _MOST_LOOKED_AT

    @classmethod
    def of(cls, text: str) -> _IniPlaces:
        """Return the places of a text; the last of equal keys counts, as for the parser."""
        found = cls(text.split("\n"))
        section = ""
        for number, line in enumerate(found.lines, 1):
            header = _INI_HEADER.match(line)
            if header:
                section = header[1]
                found.headers.setdefault(section, number)
            elif key := _INI_KEY.match(line.rstrip("\r")):
                found.keys[section, (key[1] or key[2]).strip()] = number
        return found

    def node(self, section: str, key: str, value: str, line: int) -> Node:
        """Return a value with its pieces, split at commas and line ends."""
        line = self.keys.get((section, key), line)
        pieces, at = [], line
        for row in value.split("\n"):
            for match in _PIECE.finditer(row):
                at = self._next(match[0], at)
                pieces.append(Node(at, match[0], first=at))
        return Node(line, value, first=line, elements=tuple(pieces))

    def _next(self, text: str, line: int) -> int:
        for number in range(line, min(line + _NEAR, len(self.lines)) + 1):
            shown = self.lines[number - 1]
            self.left -= len(shown) + 1
            if self.left < 0:
                break
            if text in shown:
                return number
            if number > line and shown[:1] not in {" ", "\t", "", "#", ";", "\r"}:
                break
        return line


def _decoded(data: bytes) -> str:
    if len(data) > MAX_BYTES:
        raise UnreadableError("it is too large")
    try:
        # Parsers end lines at a lone carriage return too; counted are line feeds, and the pair is one.
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise UnreadableError("it is not UTF-8", data.count(b"\n", 0, error.start) + 1) from None
