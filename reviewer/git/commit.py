"""Commits and tags as git stores them, parsed from bytes that were already checked against their id.

Pure. A commit that is not built as gitformat says is refused: what is guessed could be read differently by git.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from reviewer.errors import GitError

_OID = re.compile(rb"[0-9a-f]{40}|[0-9a-f]{64}", re.ASCII)
_PERSON = re.compile(rb"(?P<name>[^\n]*?) ?<(?P<email>[^>\n]*)>(?: (?P<time>\d{1,12})(?: [+-]\d{4})?)?[^\n]*")
_TRAILER = re.compile(r"([A-Za-z0-9][A-Za-z0-9-]*)\s?: *(.*)")


@dataclass(frozen=True, slots=True)
class CommitInfo:
    """One commit. Times are seconds since 1970 in UTC, 0 when unreadable; names are hostile text.

    Attributes:
        message: exact bytes after the headers.
        trailers: (key, value) of the last paragraph, in order (git-interpret-trailers(1)).
    """

    oid: str
    tree: str
    parents: tuple[str, ...]
    author_name: str
    author_email: str
    author_time: int
    committer_name: str
    committer_email: str
    committer_time: int
    message: bytes

    @property
    def subject(self) -> str:
        """The first line of the message."""
        return self.message.lstrip(b"\n").partition(b"\n")[0].decode("utf-8", "surrogateescape")

    @property
    def trailers(self) -> tuple[tuple[str, str], ...]:
        """The trailers, or nothing when the last paragraph is mostly prose or the only one."""
        text = self.message.decode("utf-8", "surrogateescape").replace("\r\n", "\n").strip("\n")
        paragraphs = re.split(r"\n[ \t]*\n", text)
        if len(paragraphs) < 2:
            return ()
        lines = [line for line in paragraphs[-1].split("\n") if not line.startswith((" ", "\t"))]
        found = [match for line in lines if (match := _TRAILER.fullmatch(line))]
        return tuple((match[1], match[2].strip()) for match in found) if 2 * len(found) > len(lines) else ()


def parse_commit(oid: str, data: bytes) -> CommitInfo:
    """Return the commit in `data`.

    Raises:
        GitError: the headers are not `tree`, `parent`…, `author`, `committer` in this order.
    """
    headers, _, message = data.partition(b"\n\n")
    lines = headers.split(b"\n")
    try:
        tree = _field(lines.pop(0), b"tree")
        parents = []
        while lines and lines[0].startswith(b"parent "):
            parents.append(_field(lines.pop(0), b"parent"))
        author = _person(lines.pop(0), b"author ")
        committer = _person(lines.pop(0), b"committer ")
    except (IndexError, ValueError) as error:
        raise GitError(f"commit {oid} is malformed: expected tree, parents, author and committer") from error
    return CommitInfo(oid, tree, tuple(parents), *author, *committer, message)


def tag_target(oid: str, data: bytes) -> str:
    """Return the id of the object that an annotated tag names.

    Raises:
        GitError: the tag does not start with an `object` line.
    """
    try:
        return _field(data.partition(b"\n")[0], b"object")
    except ValueError as error:
        raise GitError(f"tag {oid} is malformed: expected an object line first") from error


def _field(line: bytes, name: bytes) -> str:
    key, _, value = line.partition(b" ")
    if key != name or not _OID.fullmatch(value):
        raise ValueError(name)
    return value.decode("ascii")


def _person(line: bytes, prefix: bytes) -> tuple[str, str, int]:
    match = _PERSON.fullmatch(line.removeprefix(prefix))
    if not line.startswith(prefix) or match is None:
        raise ValueError(prefix)
    name, email = (match[group].decode("utf-8", "surrogateescape") for group in ("name", "email"))
    return name, email, int(match["time"] or 0)
