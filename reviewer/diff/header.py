"""What git writes above the hunks of a file: names, modes, object ids, kind of change.

Knows the extended header of `git diff` (git-diff-generate-patch) and git's C-quoting of names. Reads single lines only
and trusts none of them: a header that contradicts itself is kept and says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_ESCAPES = {
    0x61: 0x07,  # \a
    0x62: 0x08,  # \b
    0x74: 0x09,  # \t
    0x6E: 0x0A,  # \n
    0x76: 0x0B,  # \v
    0x66: 0x0C,  # \f
    0x72: 0x0D,  # \r
    0x22: 0x22,
    0x5C: 0x5C,
}
_QUOTED = re.compile(rb'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_ESCAPE = re.compile(rb"\\([0-3][0-7]{2}|.)", re.DOTALL)
_INDEX = re.compile(rb"index ([0-9a-f]{4,64})\.\.([0-9a-f]{4,64})(?: ([0-7]{6}))?\r?$")
_MODE = re.compile(rb"(old mode|new mode|deleted file mode|new file mode) ([0-7]{6})\r?$")
_PERCENT = re.compile(rb"(?:dis)?similarity index \d{1,3}%\r?$")
_NAMED = re.compile(rb"(rename|copy) (from|to|old|new) (.*)", re.DOTALL)
_DEV_NULL = b"/dev/null"
_PREFIXES = (b"a/", b"b/", b"i/", b"w/", b"c/", b"o/", b"1/", b"2/")


def unquote(name: bytes) -> bytes | None:
    """Return the bytes of a name that git wrote in double quotes, or None when the quoting is not git's."""
    match = _QUOTED.fullmatch(name)
    if match is None:
        return None
    broken = False

    def plain(escape: re.Match[bytes]) -> bytes:
        nonlocal broken
        body = escape.group(1)
        if len(body) == 3:
            return bytes((int(body, 8),))
        if (code := _ESCAPES.get(body[0])) is None:
            broken = True
            return b""
        return bytes((code,))

    text = _ESCAPE.sub(plain, match.group(1))
    return None if broken else text


def split_names(rest: bytes) -> tuple[bytes, bytes] | None:
    """Return the two names of a `diff --git` line (what follows `diff --git `), or None when they cannot be told apart.

    Unquoted names may hold spaces; then the line is only clear when both name the same file.
    """
    rest = rest.removesuffix(b"\r")
    if b'"' in rest:
        return _split_quoted(rest)
    half = len(rest) // 2
    if len(rest) % 2 and rest[half : half + 1] == b" ":
        left, right = rest[:half], rest[half + 1 :]
        if left == right or (_strip(left) == _strip(right) and _strip(left) != left):
            return left, right
    if rest.count(b" ") == 1:
        left, _, right = rest.partition(b" ")
        return left, right
    return None


def _split_quoted(rest: bytes) -> tuple[bytes, bytes] | None:
    if rest.startswith(b'"'):
        match = _QUOTED.match(rest)
        if match is None or rest[match.end() : match.end() + 1] != b" ":
            return None
        left, right = match.group(), rest[match.end() + 1 :]
    else:
        left, space, right = rest.partition(b' "')
        if not space:
            return None
        right = b'"' + right
    names = tuple(unquote(name) if name.startswith(b'"') else name for name in (left, right))
    return None if names[0] is None or names[1] is None else (names[0], names[1])


def _strip(name: bytes) -> bytes:
    return name[2:] if name.startswith(_PREFIXES) else name


def _text(name: bytes) -> str:
    return name.decode("utf-8", "surrogateescape")


@dataclass(slots=True)
class Header:
    """The header of one file while it is being read.

    `line` is what follows `diff --git `, `names` the two names in it with their prefixes where they can be told apart;
    both are None without such a line. `unparsed` counts rows that are no part of the format.
    """

    line: bytes | None = None
    names: tuple[bytes, bytes] | None = None
    combined: bool = False
    old_name: bytes | None = None
    new_name: bytes | None = None
    old_mode: str | None = None
    new_mode: str | None = None
    old_id: str | None = None
    new_id: str | None = None
    moved: str = ""
    moved_from: bytes | None = None
    moved_to: bytes | None = None
    created: bool = False
    deleted: bool = False
    binary: bool = False
    unparsed: int = 0

    def read(self, line: bytes) -> None:
        """Take one line of the header (no line feed); a line that is not understood is counted."""
        if line.startswith((b"--- ", b"+++ ")):
            self._take_name(line)
        elif match := _INDEX.match(line):
            self.old_id, self.new_id = match.group(1).decode(), match.group(2).decode()
            if match.group(3):
                self.old_mode = self.new_mode = match.group(3).decode()
        elif match := _MODE.match(line):
            self._take_mode(match.group(1), match.group(2).decode())
        elif match := _NAMED.match(line):
            self._take_move(match)
        elif line.startswith(b"Binary files ") and line.rstrip(b"\r").endswith(b" differ"):
            self.binary = True
        elif not _PERCENT.match(line):
            self.unparsed += 1

    def _take_mode(self, what: bytes, mode: str) -> None:
        if what in (b"old mode", b"deleted file mode"):
            self.old_mode = mode
        else:
            self.new_mode = mode
        self.created = self.created or what == b"new file mode"
        self.deleted = self.deleted or what == b"deleted file mode"

    def _take_move(self, match: re.Match[bytes]) -> None:
        name = _plain(match.group(3))
        if name is None:
            self.unparsed += 1
            return
        self.moved = "R" if match.group(1) == b"rename" else "C"
        if match.group(2) in (b"from", b"old"):
            self.moved_from = name
        else:
            self.moved_to = name

    def _take_name(self, line: bytes) -> None:
        # Git ends a name that holds a space with a tab, quoted or not; other programs put a time behind it.
        name = line[4:].removesuffix(b"\r")
        name = name.removesuffix(b"\t") if name.startswith(b'"') else name.partition(b"\t")[0]
        plain = _plain(name)
        if plain is None:
            self.unparsed += 1
        elif line.startswith(b"---"):
            self.old_name = plain
            self.created = self.created or plain == _DEV_NULL
        else:
            self.new_name = plain
            self.deleted = self.deleted or plain == _DEV_NULL

    @property
    def status(self) -> str:
        """Git's letter for the change."""
        if self.moved:
            return self.moved
        if self.created:
            return "A"
        if self.deleted:
            return "D"
        kinds = {(mode or "")[:3] for mode in (self.old_mode, self.new_mode)}
        return "T" if len(kinds) == 2 and "" not in kinds else "M"

    def paths(self) -> tuple[str | None, str, bool]:
        """Return the old path (when it differs from the new), the path, and whether all lines agree about them."""
        prefixed = self.names is None or self.names[0] != self.names[1]
        old_line, new_line = (_named(name, prefixed=prefixed) for name in (self.old_name, self.new_name))
        git_old, git_new = (_named(name, prefixed=prefixed) for name in self.names or (None, None))
        old = self.moved_from or old_line or (None if self.created else git_old)
        new = self.moved_to or new_line or (None if self.deleted else git_new)
        agree = all(
            len({name for name in names if name is not None}) <= 1
            for names in ((self.moved_from, old_line, git_old), (self.moved_to, new_line, git_new))
        )
        path = new or old or git_new or b""
        if not self.moved and old and new and old != new:
            agree = agree and self.line is None
        agree = agree and (self._line_fits() if self.names is None else bool(self.moved) or git_old == git_new)
        return (_text(old) if old and old != path else None), _text(path), agree and path != b""

    def _line_fits(self) -> bool:
        """Tell whether a `diff --git` line whose names cannot be told apart is that of this rename or copy."""
        if self.line is None:
            return True
        left, right = self.moved_from, self.moved_to
        if left is None or right is None:
            return False
        line = self.line.removesuffix(b"\r")
        return any(line == a + left + b" " + b + right for a in (b"", *_PREFIXES) for b in (b"", *_PREFIXES))


def _plain(name: bytes) -> bytes | None:
    return unquote(name) if name.startswith(b'"') else name.removesuffix(b"\r")


def _named(name: bytes | None, *, prefixed: bool) -> bytes | None:
    if name is None or name == _DEV_NULL:
        return None
    return _strip(name) if prefixed else name
