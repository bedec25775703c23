"""Edits of Codex: the patch that was asked for, and what came of it, file by file.

The patch is text in the form of the tool `apply_patch`, whichever way it was handed in; it has no line numbers. What
the program says of the end has them, and takes the place of what was asked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reviewer.run import patch_text
from reviewer.run.event import Denial, Edit, Prompt
from reviewer.run.importers.toolset import MAX_PATCH, lines_of, set_patch
from reviewer.run.importers.values import Json, some_text, table, tables, text

if TYPE_CHECKING:
    from reviewer.run.event import EditOperation
    from reviewer.run.importers.codex.outcome import Outcome
    from reviewer.run.importers.draft import Draft
    from reviewer.run.importers.recording import Recording
    from reviewer.run.patch_text import FilePatch

TOOL = "apply_patch"
_BEGIN = "*** Begin Patch"
_HEREDOC = re.compile(
    r"\s*(?:cd\s+(?P<folder>'[^'\n]+'|\"[^\"\n]+\"|[^\s'\"&|;]+)\s*&&\s*)?(?:apply_patch|applypatch)\s*"
    r"<<-?\s*(?P<quote>['\"]?)(?P<end>\w{1,80})(?P=quote)[ \t\r]*\n"
)
_OPERATIONS: dict[str, EditOperation] = {"add": "add", "create": "add", "update": "update", "delete": "delete"}
_LOOKED_AT = 64
"""Of so many files with the same name in one patch, one is told from the others."""
_DONE = ("Success. Updated the following files", "Done!")


@dataclass(slots=True)
class PatchCall:
    """A patch that was asked for.

    Attributes:
        edits: the event of each file, with the path as the patch has it.
        folder: that its paths are below.
        ended: the program told the end by itself; what the output says adds nothing.
    """

    edits: list[Draft] = field(default_factory=list)
    folder: str | None = None
    ended: bool = False


def heredoc(line: str) -> tuple[str, str | None] | None:
    """Return the patch that a command line hands to `apply_patch`, and the folder that it changes to before.

    Only a line that does nothing else: such a line the program takes as a call of the tool itself, and never runs.
    """
    if _BEGIN not in line:
        return None
    match = _HEREDOC.match(line)
    if match is None:
        return None
    rest = line[match.end() :].rstrip()
    body, closed, after = rest.rpartition("\n" + match.group("end"))
    if not closed or after.strip():
        return None
    folder = match.group("folder")
    return body, folder.strip("'\"") if folder else None


def argued(words: object) -> tuple[str, str | None] | None:
    """Return the patch in an argument vector: `["apply_patch", PATCH]`, or a shell that is handed one."""
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        return None
    if len(words) == 2 and words[0].rsplit("/", 1)[-1] in {"apply_patch", "applypatch"}:
        return words[1], None
    return heredoc(words[2]) if len(words) == 3 and words[1] in {"-lc", "-c"} else None


def ask(state: Recording, patch: str, folder: str | None) -> PatchCall:
    """Add an edit for each file that a patch names; whether it takes effect is not known yet."""
    call = PatchCall(folder=folder)
    for file in patch_text.parse(patch):
        call.edits += _asked(state, file)
    if not call.edits:
        call.edits.append(state.add(Edit, path="", tool=TOOL, patch=patch[:MAX_PATCH] or None))
    return call


def _asked(state: Recording, file: FilePatch) -> list[Draft]:
    path = file.move_to if file.move_to is not None else file.path
    draft = state.add(Edit, path=path, tool=TOOL, op=file.op)
    draft.fields["patch"], draft.fields["patch_cut"] = file.patch[:MAX_PATCH] or None, len(file.patch) > MAX_PATCH
    if file.patch:
        draft.fields["added"], draft.fields["removed"] = file.added, file.removed
    return [draft, state.add(Edit, path=file.path, tool=TOOL, op="delete")] if file.move_to is not None else [draft]


def told(state: Recording, call: PatchCall, event: Json) -> None:
    """Take the program's own word on the end of a patch (`patch_apply_end`, a completed `FileChange`)."""
    status = event.get("status")
    success = event.get("success")
    if not isinstance(success, bool):
        success = {"completed": True, "failed": False, "declined": False}.get(str(status))
    call.ended = True
    left: dict[str, list[Draft]] = {}
    for draft in call.edits:
        left.setdefault(_name(str(draft.fields.get("path"))), []).append(draft)
    for path, change in changed(event.get("changes")):
        moved = some_text(change.get("move_path"))
        draft = _taken(state, call, left, moved or path)
        _apply(draft, change)
        if moved is not None:
            draft.fields["op"] = "rename"
            _taken(state, call, left, path).fields["op"] = "delete"
    why = some_text(event.get("stderr")) or some_text(event.get("stdout")) or ""
    _finish(state, call, applied=success, why=why, denied=status == "declined")


def answered(state: Recording, call: PatchCall, outcome: Outcome) -> None:
    """Take the output of the call; the program's own word on the end goes before it."""
    if call.ended:
        return
    applied: bool | None = None
    if outcome.ended in {"ok", "running"} or outcome.text.startswith(_DONE):
        applied = True
    elif outcome.ended in {"failed", "denied", "cancelled", "not_run"}:
        applied = False
    _finish(state, call, applied=applied, why=outcome.text, denied=outcome.ended == "denied", said=outcome.said)


def _finish(
    state: Recording, call: PatchCall, *, applied: bool | None, why: str, denied: bool, said: str | None = None
) -> None:
    for draft in call.edits:
        draft.fields["applied"] = applied
        if applied is False:
            draft.fields["refused"] = why.strip() or ("denied" if denied else "the tool failed")
    if denied:
        paths = ", ".join(str(draft.fields.get("path")) for draft in call.edits)
        state.add(Denial, tool=TOOL, what=paths[:4096], reason=why.strip() or None)
        if said:
            state.add(Prompt, text=said, via="denial")


def changed(changes: object) -> list[tuple[str, Json]]:
    """Return path and change of each file, in all forms: by path, by path and kind, or as a list."""
    found: list[tuple[str, Json]] = []
    if isinstance(changes, dict):
        for path, change in changes.items():
            kind = next((key for key in _OPERATIONS if key in table(change)), None)
            inner = table(change)
            if "type" not in inner and kind is not None and isinstance(inner[kind], dict):
                inner = {"type": kind, **inner[kind]}
            found.append((path, inner))
        return found
    for change in tables(changes):
        kind = change.get("kind")
        more = table(kind)
        found.append(
            (
                text(change.get("path")) or "",
                {
                    "type": more.get("type") or kind or change.get("type"),
                    "move_path": more.get("move_path") or change.get("move_path"),
                    "unified_diff": change.get("diff") or change.get("unified_diff"),
                    "content": change.get("content"),
                },
            )
        )
    return found


def _apply(draft: Draft, change: Json) -> None:
    op = _OPERATIONS.get(str(change.get("type")))
    if op is not None:
        draft.fields["op"] = op
    content, diff = text(change.get("content")), text(change.get("unified_diff"))
    if diff and diff.lstrip().startswith(("@@", "--- ", "diff ")):
        set_patch(draft, diff.rstrip("\n"))
    elif op == "add" and (content is not None or diff):
        added = lines_of(content if content is not None else diff or "")
        set_patch(draft, "\n".join([f"@@ -0,0 +1,{len(added)} @@", *(f"+{line}" for line in added)]))
    elif op == "delete" and content:
        gone = lines_of(content)
        set_patch(draft, "\n".join([f"@@ -1,{len(gone)} +0,0 @@", *(f"-{line}" for line in gone)]))


def _taken(state: Recording, call: PatchCall, left: dict[str, list[Draft]], path: str) -> Draft:
    """Return the edit of this path among those left, and take it; the program makes paths whole."""
    wanted = path.replace("\\", "/")
    for drafts in (left.get(_name(path), []), left.get("", [])):
        for place, draft in enumerate(drafts[:_LOOKED_AT]):
            own = str(draft.fields.get("path")).replace("\\", "/")
            if not own or own == wanted or wanted.endswith("/" + own.removeprefix("./")):
                del drafts[place]
                draft.fields["path"] = draft.fields["path"] or path
                return draft
    draft = state.add(Edit, path=path, tool=TOOL)
    call.edits.append(draft)
    return draft


def _name(path: str) -> str:
    return path.replace("\\", "/").rpartition("/")[2]
