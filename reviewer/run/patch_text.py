"""Patches as text: the `*** Begin Patch` form that the Codex tool `apply_patch` takes, and unified diffs.

Pure: text in, what is asked of each file out. Nothing is applied and nothing is held against a file. The first form is
described with the tool, in `codex-rs/apply-patch` of openai/codex; line numbers do not occur in it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reviewer.run.event import EditOperation

_HEADS: dict[str, EditOperation] = {
    "*** Add File:": "add",
    "*** Update File:": "update",
    "*** Delete File:": "delete",
}
_MOVE = "*** Move to:"
_ODD = re.compile(r"\n(?![-+ ]|@@)")
_PLACE = re.compile(r"\n@@([^\n]*+)")
_MAX_FILES = 2_000
"""A patch of more files is read this far."""


@dataclass(frozen=True, slots=True)
class FilePatch:
    """What a patch asks of one file.

    Attributes:
        path: of the file before it.
        op: "rename" where it gets another name, `move_to`, whether or not lines change too.
        move_to: None if it keeps its name.
        patch: hunks, each headed `@@ @@` or with its line numbers where the text has them; "" where no line changes.
        added, removed: lines; `removed` is None where the file is deleted and the text does not show its lines.
    """

    path: str
    op: EditOperation
    move_to: str | None
    patch: str
    added: int
    removed: int | None


@dataclass(slots=True)
class _Open:
    path: str
    op: EditOperation
    move_to: str | None = None
    lines: list[str] = field(default_factory=list)
    added: int = 0
    removed: int = 0

    def take(self, line: str) -> None:
        """Take a line of a hunk."""
        if not self.lines:
            self.lines.append("@@ @@")
        self.added += line.startswith("+")
        self.removed += line.startswith("-")
        self.lines.append(line)

    def closed(self) -> FilePatch:
        """Return what it is once all its lines are read."""
        unseen = self.op == "delete" and not self.removed
        return FilePatch(
            path=self.path,
            op="rename" if self.move_to is not None and self.op == "update" else self.op,
            move_to=self.move_to,
            patch="\n".join(self.lines),
            added=self.added,
            removed=None if unseen else self.removed,
        )


def parse(text: str) -> tuple[FilePatch, ...]:
    """Return what a patch in the `*** Begin Patch` form asks of each file, in its order.

    A patch that is cut gives what is there; text without any file header gives nothing.
    """
    found: list[_Open] = []
    at = 0
    while at < len(text) and len(found) <= _MAX_FILES:
        start = 0 if not at and text.startswith("*** ") else text.find("\n*** ", at - 1 if at else 0) + 1
        if start < at or (not start and not text.startswith("*** ")):
            start = len(text) + 1
        if found and start > at:
            # The line feed that ends the text, or stands before a header, begins no line.
            _body(found[-1], text[at : start - 1].removesuffix("\n" if start > len(text) else ""))
        end = text.find("\n", start)
        at = len(text) if end < 0 else end + 1
        line = text[start : end if end >= 0 else len(text)]
        if line.startswith("*** End Patch") and found:
            break
        _header(line.rstrip("\r"), found)
    return tuple(file.closed() for file in found[:_MAX_FILES])


def _body(file: _Open, text: str) -> None:
    """Take the lines of a file up to the next header: all at once where each is as it should be."""
    if file.op != "delete" and not file.lines and "\r" not in text:
        whole = f"\n{text}"
        if file.op == "update":
            # An empty line of context has lost its blank on the way.
            whole = whole.replace("\n\n", "\n \n").replace("\n\n", "\n \n")
            whole = f"{whole} " if whole.endswith("\n") else whole
        if not _ODD.search(whole):
            file.added, file.removed = whole.count("\n+"), whole.count("\n-")
            hunks = _PLACE.sub(_place, whole) if "\n@@" in whole else whole
            file.lines.append(hunks[1:] if hunks.startswith("\n@@") else f"@@ @@{hunks}")
            return
    for line in text.split("\n"):
        _hunk_line(file, line)


def _place(match: re.Match[str]) -> str:
    return f"\n{_headed(match.group(1))}"


def _headed(place: str) -> str:
    named = place.strip()
    return f"@@ @@ {named}" if named else "@@ @@"


def _header(line: str, found: list[_Open]) -> None:
    for head, op in _HEADS.items():
        if line.startswith(head):
            path = line[len(head) :].strip()
            if path:
                found.append(_Open(path, op))
            return
    if found and line.startswith(_MOVE):
        found[-1].move_to = line[len(_MOVE) :].strip() or None


def _hunk_line(file: _Open, line: str) -> None:
    if file.op == "delete":
        return
    if line.startswith("@@"):
        file.lines.append(_headed(line[2:]))
    elif line.startswith(("+", "-", " ")):
        file.take(line)
    elif file.op == "update" and not line.rstrip("\r"):
        # An empty line of context has lost its blank on the way; the last one only ends the text.
        file.take(f" {line}")
    elif line.strip():
        file.take(f" {line}")


def unified(text: str) -> tuple[FilePatch, ...]:
    """Return what a unified diff (of `git diff` or `diff -u`) asks of each file, in its order."""
    found: list[_Open] = []
    old, named = None, False
    left = 0
    for line in text.split("\n"):
        if left > 0 and line[:1] in {"+", "-", " ", ""} and found:
            left -= 1 if line[:1] in {"+", "-"} else 2
            found[-1].take(line or " ")
        elif line.startswith("diff --git "):
            old, named, left = None, False, 0
        elif line.startswith("--- "):
            old, named, left = _name(line[4:]), False, 0
        elif line.startswith("+++ ") and old is not None:
            found.append(_unified_head(old, _name(line[4:])))
            named = True
        elif line.startswith("rename from "):
            old = line[12:].strip()
        elif line.startswith("rename to ") and old:
            found.append(_Open(old, "update", line[10:].strip()))
            named = True
        elif line.startswith("@@") and named:
            found[-1].lines.append(line.rstrip("\r"))
            left = _span(line)
        if len(found) > _MAX_FILES:
            break
    return tuple(file.closed() for file in _merged(found[:_MAX_FILES]))


def _name(value: str) -> str:
    name = value.split("\t", 1)[0].strip().strip('"')
    return name if name == "/dev/null" else name.removeprefix("a/").removeprefix("b/")


def _unified_head(old: str, new: str) -> _Open:
    if old == "/dev/null":
        return _Open(new, "add")
    if new == "/dev/null":
        return _Open(old, "delete")
    return _Open(old, "update", new if new != old else None)


def _span(line: str) -> int:
    """Return how many sides of lines a hunk holds, from `@@ -1,2 +3,4 @@`: a line of context stands on both."""
    total = 0
    for side in line.split(" ")[1:3]:
        count = side.partition(",")[2] if "," in side else "1"
        total += int(count) if count.isdecimal() and count.isascii() and len(count) < 10 else 0
    return total


def _merged(found: list[_Open]) -> list[_Open]:
    """Return the files with `rename from` and `---` of the same file as one."""
    files: list[_Open] = []
    for file in found:
        last = files[-1] if files else None
        if last is not None and not last.lines and (last.path, last.move_to) == (file.path, file.move_to):
            files[-1] = file
        else:
            files.append(file)
    return files
