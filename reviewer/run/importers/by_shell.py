"""Events that follow from the line of a command: files that it reads, searches and writes (rule `edit-by-shell`).

Knows command lines and events; nothing of any log's format. Remembers, over a run, which files were seen and what was
written to scripts: an agent that has nothing but a shell writes a script first and runs it after.
"""

from __future__ import annotations

import ntpath
import posixpath
from typing import TYPE_CHECKING, Any, TypeAlias

from reviewer.run import patch_text
from reviewer.run.event import Edit, Read, Search
from reviewer.run.shell.changed import FileEdit
from reviewer.run.shell.command_line import analyse
from reviewer.run.shell.scripts import scan
from reviewer.run.shell.steps import is_absolute, joined

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.run.event import Event
    from reviewer.run.shell.state import CommandFacts

Derived: TypeAlias = "tuple[type[Event], dict[str, Any]]"
"""An event to be: its class and its own fields."""
_MAX_PATCH = 64 * 1024
_MAX_SEARCHES = 20
_MAX_SEEN = 100_000
"""So many paths are remembered; a file beyond them that is written whole counts as new."""
_MAX_KEPT, _MAX_KEPT_TEXT = 200, 32 * 1024
"""Of so many scripts the text is remembered, the latest; longer ones are not."""
_SCRIPTS = (".py", ".sh", ".bash", ".js", ".mjs", ".cjs", ".rb", ".patch", ".diff")
_SHELL = (".sh", ".bash")
_PATCHES = (".patch", ".diff")
_DONE = frozenset(("passed", "not_conclusive"))
_OPEN = frozenset(("unknown", "running", "cancelled"))
_PERHAPS = _OPEN | {"failed"}


class ByShell:
    """What the commands of a run did to files, as far as their lines tell.

    A command that passed, or of which only another part's end is known, did what its line says. Of one that failed,
    what stands before its last program was done, but the log does not say so: it is told with that unknown. Nothing is
    told of one that did not run.
    """

    def __init__(self) -> None:
        self._seen: set[str] = set()
        self._texts: dict[str, str] = {}

    def note(self, cls: type[Event], fields: dict[str, Any]) -> None:
        """Remember a file that a tool of the agent read or wrote."""
        path = fields.get("path")
        if not path:
            return
        if cls is Read:
            if fields.get("ok") is not False:
                self._see(path)
        elif cls is Edit and fields.get("applied") is not False:
            self._see(path)
            patch = fields.get("patch")
            if patch and path.endswith(_SCRIPTS):
                lines = patch.split("\n")[1:]
                if lines and all(line[:1] == "+" for line in lines):
                    self._keep(path, "\n".join(line[1:] for line in lines))

    def after(self, cwd: str | None, known: CommandFacts) -> Iterator[Derived]:
        """Yield what follows from a command.

        Args:
            cwd: the folder that it ran in, None if not recorded.
            known: the facts of the command.
        """
        line = known.line
        if not (line.reads or line.searches or line.edits or line.runs):
            return
        if known.state in _DONE:
            done: bool | None = True
            edits, reads, searches = line.edits, line.reads, line.searches
        elif known.state in _PERHAPS:
            done = None
            edits, reads, searches = line.edits, line.reads, line.searches
            if known.state == "failed":
                counts = line.early
                edits, reads, searches = edits[: counts[0]], reads[: counts[1]], searches[: counts[2]]
        else:
            return
        for read in reads:
            path = located(cwd, read.path)
            self._see(path)
            span = {"first": read.first, "last": read.last, "whole": read.whole}
            yield Read, {"path": path, **span, "ok": done, "derived": True}
        for pattern, place in searches[:_MAX_SEARCHES]:
            where = None if place is None else located(cwd, place)
            if where is not None:
                self._see(where)
            yield Search, {"pattern": pattern, "path": where, "tool": "shell", "derived": True}
        for edit in edits:
            # A text that is put into a file by a redirection takes effect whatever fails behind it.
            sure = done or edit.content is not None or known.tests is not None
            yield from self._edit(cwd, edit, applied=True if sure and known.state not in _OPEN else None)
        for script, folder in line.runs:
            yield from self._run(cwd, script, folder, done=done)

    def _edit(self, cwd: str | None, edit: FileEdit, *, applied: bool | None) -> Iterator[Derived]:
        path = located(cwd, edit.path)
        fields: dict[str, Any] = {
            "path": path,
            "op": edit.op,
            "tool": "shell",
            "applied": applied,
            "derived": True,
        }
        if edit.op == "delete":
            self._seen.discard(path)
            yield Edit, fields
            return
        if edit.old_path is not None:
            yield from self._moved(cwd, edit, fields)
            return
        if edit.op == "add" and path in self._seen:
            fields["op"] = "update"
        self._see(path)
        if edit.content is not None and not edit.append:
            self._keep(path, "" if edit.cut else edit.content)
        _set_patch(fields, edit)
        yield Edit, fields

    def _moved(self, cwd: str | None, edit: FileEdit, fields: dict[str, Any]) -> Iterator[Derived]:
        """Yield a rename as it is: the old name is gone, the new one has what was there."""
        path, old = fields["path"], located(cwd, edit.old_path or "")
        yield Edit, {**fields, "path": old, "op": "delete"}
        self._seen.discard(old)
        self._see(path)
        text = self._texts.pop(old, None)
        if text is not None:
            self._keep(path, text)
        head = f"rename from {old}\nrename to {path}"
        _set_patch(fields, edit)
        hunks = fields.get("patch")
        fields["patch"] = (f"{head}\n{hunks}" if hunks else head)[:_MAX_PATCH]
        yield Edit, fields

    def _run(self, cwd: str | None, script: str, folder: str, *, done: bool | None) -> Iterator[Derived]:
        """Yield what a script does that the run wrote before."""
        path = located(cwd, script)
        text = self._texts.get(path)
        if not text:
            return
        for edit in _edits_of(path, text):
            old = joined(folder, edit.old_path) if edit.old_path else None
            moved = FileEdit(
                joined(folder, edit.path), edit.op, edit.content, edit.append, old, edit.patch, edit.cut, edit.exact
            )
            yield from self._edit(cwd, moved, applied=done)

    def _see(self, path: str) -> None:
        if len(self._seen) < _MAX_SEEN:
            self._seen.add(path)

    def _keep(self, path: str, text: str) -> None:
        self._texts.pop(path, None)
        if not path.endswith(_SCRIPTS) or len(text) > _MAX_KEPT_TEXT:
            return
        while len(self._texts) >= _MAX_KEPT:
            del self._texts[next(iter(self._texts))]
        self._texts[path] = text


def _edits_of(path: str, text: str) -> list[FileEdit]:
    """Return what a script, or a patch, changes, seen from the folder that it is run in."""
    if path.endswith(_PATCHES):
        return [
            FileEdit(
                file.move_to or file.path,
                file.op,
                old_path=file.path if file.move_to else None,
                patch=file.patch or None,
                exact=True,
            )
            for file in patch_text.unified(text)[:100]
        ]
    if path.endswith(_SHELL):
        return list(analyse(text).edits)
    return [
        FileEdit(edit.path, edit.op, edit.content, edit.append, edit.old_path, edit.patch)
        for edit in scan(text).edits[:100]
        if "\n" not in edit.path and len(edit.path) < 4_096
    ]


def _set_patch(fields: dict[str, Any], edit: FileEdit) -> None:
    """Give an edit its hunks, and the lines counted where the command line holds all of them."""
    if edit.content is None:
        patch = edit.patch or ""
        if edit.exact:
            lines = patch.split("\n")
            fields["added"] = sum(1 for line in lines if line.startswith("+"))
            fields["removed"] = sum(1 for line in lines if line.startswith("-"))
    else:
        lines = edit.content.removesuffix("\n").split("\n") if edit.content else []
        patch = "\n".join(["@@ @@", *(f"+{line}" for line in lines)]) if lines else ""
        if not edit.cut:
            fields["added"] = len(lines)
        if edit.append:
            fields["removed"] = 0
    fields["patch"] = patch[:_MAX_PATCH] or None
    fields["patch_cut"] = edit.cut or len(patch) > _MAX_PATCH


def located(cwd: str | None, path: str) -> str:
    """Return a path of a command line as seen from anywhere: below the folder that the command ran in, if known."""
    if not cwd or is_absolute(path) or path[:1] == "$":
        return path
    if "\\" in cwd or cwd[1:2] == ":":
        return ntpath.normpath(ntpath.join(cwd, path))
    return posixpath.normpath(posixpath.join(cwd, path))
