"""Ask git which commit last wrote each line of a file, and check the answer against hashed objects.

Git walks history without hashing it. So each commit it names must be a true ancestor, and its file must truly hold the
line at the place git says; an answer that does not fit is an error and never shown.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewer.errors import GitError
from reviewer.git.command import attempt
from reviewer.git.quoting import unquote
from reviewer.ownership import BlameLine
from reviewer.text import decode, display_safe

if TYPE_CHECKING:
    from reviewer.git.quarantine import Quarantine

_HEADER = re.compile(rb"([0-9a-f]{40}|[0-9a-f]{64}) (\d+) (\d+)(?: \d+)?", re.ASCII)


def blame(quarantine: Quarantine, commit: str, path: str) -> tuple[BlameLine, ...]:
    """Return the lines of a file at a commit, each with the commit that last wrote it (see `Quarantine.blame`)."""
    content = quarantine.tree(commit).read(path)
    if content is None:
        raise GitError(f"there is no file {display_safe(path)} at {commit[:12]}")
    outcome = attempt(
        [
            "blame",
            "--porcelain",
            commit,
            "--",
            path.encode("utf-8", "surrogateescape").decode("utf-8", "surrogateescape"),
        ],
        quarantine.environment,
    )
    if outcome.code != 0:
        if quarantine.repository.is_incomplete:
            raise quarantine.incomplete(f"who wrote {display_safe(path)} cannot be determined")
        raise GitError(f"git blame of {display_safe(path)} failed: {outcome.complaint}")
    lines = parse_porcelain(outcome.stdout)
    _check(quarantine, commit, path, content, lines)
    return lines


def parse_porcelain(data: bytes) -> tuple[BlameLine, ...]:
    """Return the lines in the output of `git blame --porcelain`.

    Raises:
        GitError: the output is cut or of another form.
    """
    found: list[BlameLine] = []
    paths: dict[str, str] = {}
    commit, original, final = "", 0, 0
    rows = data.split(b"\n")
    if rows[-1:] == [b""]:
        # Only the line feed that ends the last record; a file without one at its end gets one here too.
        rows.pop()
    for row in rows:
        if row.startswith(b"\t"):
            if commit not in paths:
                raise GitError("git blame gave an answer that cannot be read")
            found.append(BlameLine(final, commit, original, paths[commit], row[1:]))
            commit = ""
        elif not commit:
            match = _HEADER.fullmatch(row)
            if match is None:
                raise GitError("git blame gave an answer that cannot be read")
            commit, original, final = match[1].decode(), int(match[2]), int(match[3])
        elif row.startswith(b"filename "):
            paths[commit] = decode(unquote(row[len(b"filename ") :]))
    return tuple(found)


def _check(quarantine: Quarantine, tip: str, path: str, content: bytes, lines: tuple[BlameLine, ...]) -> None:
    if [line.text for line in lines] != _lines(content):
        raise GitError(f"git blame of {display_safe(path)} shows other lines than the file has: history was altered")
    sources: dict[tuple[str, str], list[bytes]] = {}
    for line in lines:
        key = (line.commit, line.path)
        if key not in sources:
            sources[key] = _lines(quarantine.tree(line.commit).read(line.path) or b"")
        source = sources[key]
        if line.orig_line > len(source) or source[line.orig_line - 1] != line.text:
            raise GitError(
                f"git blame says that {line.commit[:12]} wrote line {line.line} of {display_safe(path)}, "
                "but that commit does not hold it there: history was altered"
            )
    if strangers := quarantine.history.missing_ancestors(tip, {line.commit for line in lines}):
        raise GitError(
            f"git blame names {min(strangers)[:12]}, which is no ancestor of {tip[:12]}: history was altered"
        )


def _lines(content: bytes) -> list[bytes]:
    lines = content.split(b"\n")
    if lines[-1] == b"":
        lines.pop()
    return lines
