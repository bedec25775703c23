"""Cells of Python that OpenHands ran, and the files that they read and edit through plain calls.

Knows the agent's file functions (`edit_file_by_replace`, `create_file`, `file_editor`) and `open` with a plain path;
what a cell does by other means is not recorded. A cell has no exit code: whether an edit took effect stands in what the
functions print.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reviewer.run.importers.openhands.literals import UNKNOWN, CodeCall, calls_in
from reviewer.run.importers.toolset import OpenCall, Result, close_call, open_call

if TYPE_CHECKING:
    from reviewer.run.importers.recording import Recording
    from reviewer.run.importers.toolset import Ended, Kind
    from reviewer.run.importers.values import Json

CELL = "execute_ipython_cell"
_NEW_CONTENT = {
    "edit_file": (3, ("content", "new_content", "draft_editor_content")),
    "edit_file_by_line": (3, ("new_content", "content")),
    "edit_file_by_replace": (2, ("new_content",)),
    "insert_content_at_line": (2, ("content",)),
    "append_file": (1, ("content",)),
}
"""Where the new lines stand among the arguments, by function."""
_KINDS: dict[str, Kind] = {
    **dict.fromkeys(_NEW_CONTENT, "edit"),
    "create_file": "write",
    "open_file": "read",
    "file_editor": "editor",
    "open": "write",
    "write_text": "write",
}
_WANTED = frozenset((*_KINDS, "Path", "write"))
_PATHS = ("file_name", "filename", "path", "file_path")
_WRITES = frozenset("wax")

_DONE = re.compile(
    r"total after edit\)\]|^\[File updated|^\[File .{1,400} created\.\]|^File created successfully at"
    r"|^The file .{1,400} has been edited\.|^Last edit to .{1,400} undone",
    re.MULTILINE,
)
_REFUSED = re.compile(
    r"^\[?(?:Your proposed edit has introduced|No exact match found|Your changes have NOT been applied)|^ERROR(?::|\b)",
    re.MULTILINE,
)
_RAISED = re.compile(r"^(?:Traceback \(most recent call last\)|-{40,}$|[A-Z]\w*(?:Error|Exception): )", re.MULTILINE)
_LOOKED_AT = 200_000


@dataclass(slots=True)
class Cells:
    """The cells that wait for their output, by the id of their action."""

    recording: Recording
    _open: dict[str, list[OpenCall]] = field(default_factory=dict)

    def opened(self, identity: str | None, code: str) -> None:
        """Add the reads and edits of a cell as asked for."""
        calls = [
            open_call(self.recording, {name: _KINDS[name]}, name, arguments) for name, arguments in _file_calls(code)
        ]
        if calls and identity is not None:
            self._open[identity] = calls

    def closed(self, identity: str | None, shown: str) -> Ended:
        """Add what the output tells of the files; return how the cell ended, as far as it tells."""
        calls = self._open.pop(identity, []) if identity is not None else []
        text = shown[:_LOOKED_AT]
        raised = _RAISED.search(text) is not None
        edits = [call for call in calls if call.kind != "read"]
        ended = _ended(edits, text, raised=raised)
        for call in calls:
            refusal = _REFUSED.search(text)
            result = Result(
                ended if call.kind != "read" else "failed" if raised or refusal else "ok",
                text=shown if ended == "failed" else "",
                created=call.name == "create_file" or call.arguments.get("command") == "create" or None,
            )
            close_call(self.recording, call, result)
        return "failed" if raised else "unknown"


def _ended(edits: list[OpenCall], text: str, *, raised: bool) -> Ended:
    refused = sum(1 for _ in _REFUSED.finditer(text))
    done = sum(1 for _ in _DONE.finditer(text))
    silent = sum(1 for call in edits if call.name in {"open", "write_text"})
    if not refused and not raised and done >= len(edits) - silent:
        return "ok"
    if not done and not silent and (refused or raised):
        return "failed"
    return "unknown"


def _file_calls(code: str) -> list[tuple[str, Json]]:
    """Return the name and the arguments, by our names, of each call that reads or edits a file with a plain path."""
    if not any(name in code for name in _WANTED):
        return []
    found: list[tuple[str, Json]] = []
    written: Json | None = None
    path = ""
    for call in calls_in(code, _WANTED):
        match call.name:
            case "Path":
                path = call.text(0) or ""
            case "write":
                written = _more(written, call.text(0))
            case "write_text":
                content = call.text(0, "data")
                found += [("write_text", {"path": path, **_known(content=content)})] if path else []
            case "open":
                written = {"path": call.text(0, "file")}
                mode = call.text(1, "mode") or "r"
                if written["path"] and _WRITES & set(mode):
                    found.append(("open", written))
                else:
                    written = None
            case _:
                arguments = _arguments(call)
                found += [(call.name, arguments)] if arguments.get("path") else []
    return found


def _more(written: Json | None, content: str | None) -> Json | None:
    """Add what is written to the file that was opened last; a content that is known in part is not known."""
    if written is None or content is None:
        if written is not None:
            written.pop("content", None)
        return None
    written["content"] = f"{written.get('content', '')}{content}"
    return written


def _arguments(call: CodeCall) -> Json:
    if call.name == "file_editor":
        return {name: value for name, value in call.named.items() if value is not UNKNOWN}
    arguments = _known(path=call.text(0, *_PATHS))
    if call.name in _NEW_CONTENT:
        place, names = _NEW_CONTENT[call.name]
        arguments |= _known(new_string=call.text(place, *names))
    if call.name == "edit_file_by_replace":
        arguments |= _known(old_string=call.text(1, "to_replace"))
    return arguments


def _known(**values: str | None) -> Json:
    return {name: value for name, value in values.items() if value is not None}
