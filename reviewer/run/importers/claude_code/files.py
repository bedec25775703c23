"""Files that Claude Code reads, searches and edits.

Knows the tools `Read`, `Grep`, `Glob`, `LS`, `Edit`, `Write`, `MultiEdit`, `NotebookEdit` and their results. An edit is
applied only if its result says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.run.event import Edit, Read, Search
from reviewer.run.importers.values import Json, some_text, table, tables, text, texts, whole

if TYPE_CHECKING:
    from reviewer.run.importers.claude_code.call import Call
    from reviewer.run.importers.claude_code.outcome import Outcome
    from reviewer.run.importers.recording import Recording

READS = frozenset(("Read", "NotebookRead", "View"))
SEARCHES = frozenset(("Grep", "Glob", "LS", "GrepTool", "GlobTool"))
EDITS = frozenset(("Edit", "Write", "MultiEdit", "NotebookEdit", "Replace", "Create"))
MAX_PATCH = 64 * 1024
"""A longer patch is cut, and says so (characters)."""


class Reading:
    """`Read`."""

    def open(self, state: Recording, call: Call) -> None:
        """Add the read as asked for."""
        path = some_text(call.input.get("file_path")) or some_text(call.input.get("notebook_path")) or ""
        first, lines = whole(call.input.get("offset")), whole(call.input.get("limit"))
        call.draft = state.add(
            Read,
            path=path,
            first=first,
            last=(first or 1) + lines - 1 if lines else None,
            whole=None if first is None and lines is None else False,
        )

    def close(self, state: Recording, call: Call, outcome: Outcome) -> None:  # noqa: ARG002 - the protocol's
        """Add which lines were shown."""
        if call.draft is None:
            return
        fields = call.draft.fields
        fields["ok"] = outcome.end == "ok"
        shown = table(outcome.twin.get("file"))
        first, count, total = (whole(shown.get(key)) for key in ("startLine", "numLines", "totalLines"))
        if first is None or count is None:
            return
        fields["first"], fields["last"] = first, first + count - 1
        if total is not None:
            fields["whole"] = first <= 1 and count >= total


class Searching:
    """`Grep`, `Glob`, `LS`."""

    def open(self, state: Recording, call: Call) -> None:
        """Add the search."""
        call.draft = state.add(
            Search,
            pattern=text(call.input.get("pattern")) or "",
            path=some_text(call.input.get("path")),
            tool=call.name,
        )

    def close(self, state: Recording, call: Call, outcome: Outcome) -> None:
        """Nothing: what was found stands in the transcript."""


class Editing:
    """`Edit`, `Write`, `MultiEdit`, `NotebookEdit`."""

    def open(self, state: Recording, call: Call) -> None:
        """Add the edit as asked for; whether it took effect is not known yet."""
        path = some_text(call.input.get("file_path")) or some_text(call.input.get("notebook_path")) or ""
        call.draft = state.add(Edit, path=path, tool=call.name, op="update")

    def close(self, state: Recording, call: Call, outcome: Outcome) -> None:  # noqa: ARG002 - the protocol's
        """Add whether it took effect and what it changed."""
        if call.draft is None:
            return
        fields = call.draft.fields
        fields["applied"] = outcome.end == "ok"
        if outcome.end != "ok":
            fields["refused"] = outcome.refusal or outcome.end
            return
        twin = outcome.twin
        if twin.get("type") == "create" or (
            call.name in {"Write", "Create"} and "created successfully" in outcome.text[:2000]
        ):
            fields["op"] = "add"
        lines = _hunk_lines(twin) or _asked_lines(call.input, fields["op"])
        fields["added"] = sum(1 for line in lines if line.startswith("+"))
        fields["removed"] = sum(1 for line in lines if line.startswith("-"))
        patch = "\n".join(lines)
        fields["patch_cut"] = len(patch) > MAX_PATCH
        fields["patch"] = patch[:MAX_PATCH] or None


def _hunk_lines(twin: Json) -> list[str]:
    """Return the structured patch as unified hunks."""
    lines: list[str] = []
    for hunk in tables(twin.get("structuredPatch")):
        numbers = [whole(hunk.get(key)) or 0 for key in ("oldStart", "oldLines", "newStart", "newLines")]
        lines.append("@@ -{},{} +{},{} @@".format(*numbers))
        lines += texts(hunk.get("lines"))
    return lines


def _asked_lines(arguments: Json, op: str) -> list[str]:
    """Return what the call asked for as hunks without line numbers, where the result has no patch."""
    content = text(arguments.get("content"))
    if content is not None:
        added = _lines(content)
        # Without the old content, nobody can say what a rewrite removed.
        return (
            [f"@@ -0,0 +1,{len(added)} @@", *(f"+{line}" for line in added)]
            if op == "add"
            else ["@@ @@", *(f"+{line}" for line in added)]
        )
    edits = tables(arguments.get("edits")) or [arguments]
    lines: list[str] = []
    for edit in edits:
        old, new = text(edit.get("old_string")), text(edit.get("new_string"))
        if new is None:
            new = text(edit.get("new_source"))
        if old is None and new is None:
            continue
        lines += ["@@ @@", *(f"-{line}" for line in _lines(old or "")), *(f"+{line}" for line in _lines(new or ""))]
    return lines


def _lines(content: str) -> list[str]:
    return content.removesuffix("\n").split("\n") if content else []
