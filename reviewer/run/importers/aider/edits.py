"""Edits of Aider: what an answer proposed, what was applied, what did not match, and what was taken back again.

Knows the sentences about edits; the blocks of an answer are read beside. An edit is applied where the program says so.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewer.run.event import Denial, Edit
from reviewer.run.importers.aider import blocks
from reviewer.run.importers.toolset import set_patch

if TYPE_CHECKING:
    from reviewer.run.importers.aider.blocks import Block
    from reviewer.run.importers.draft import Draft
    from reviewer.run.importers.recording import Recording

_APPLIED = re.compile(r"Applied edit to (.+)")
_DRY = re.compile(r"Did not apply edit to (.+?)(?: \(--dry-run\))?")
_SKIPPED = re.compile(r"Skipping edits to (.+?)(?: (?:that|which) matches (.+))?")
_FAILED = re.compile(r"# \d+ SEARCH/REPLACE blocks? failed to match!")
_LAST = re.compile(r"docstrings, etc\s*\Z|failed to match\.\s*\Z")
_FIRST_OF_OTHER = ("Tokens: ", "Commit ", "Applied edit ", "Only ", "^C", "Running ", "You can use /undo", "Aider v")
_SHORT = 7
"""Commits are told by so many digits, at least."""
_NAMED = re.compile(
    r"(?:Allow edits to|Allow creation of new file) (.+?)(?: which was not previously added to chat)?\?"
)


class Edits:
    """The answer at hand, and what became of its edits.

    Attributes:
        answer: the model's last text; blocks are looked for in it when the program says that it applied something.
    """

    def __init__(self, state: Recording) -> None:
        self._state = state
        self.answer = ""
        self._read = ""
        self._all: list[Block] = []
        self._by_name: dict[str, list[Block]] = {}
        self._new: set[str] = set()
        self._refused: set[str] = set()
        self._failing: list[str] | None = None
        self._open: list[Draft] = []
        self._commits: dict[str, list[Draft]] = {}

    def forget(self) -> None:
        """Say that what follows is of another answer."""
        self.answer = ""
        self._new.clear()
        self._refused.clear()

    def knows(self, text: str) -> bool:
        """Return whether a message is about edits."""
        return text.startswith(("Applied edit to ", "Did not apply edit to ", "Skipping edits to "))

    def take(self, text: str) -> None:
        """Take a message about edits."""
        if (match := _APPLIED.fullmatch(text)) is not None:
            self._applied(match.group(1), self._blocks(match.group(1)))
        elif (match := _DRY.fullmatch(text)) is not None:
            self._not_applied(match.group(1), "dry run")
        elif (match := _SKIPPED.fullmatch(text)) is not None:
            path, spec = match.group(1), match.group(2)
            why = f"matches {spec}" if spec else "refused by the person" if path in self._refused else "skipped"
            self._not_applied(path, why)

    def asked(self, about: str, *, new: bool, allowed: bool) -> None:
        """Take whether the person let a file be made, or one be edited that was not in the chat."""
        named = _NAMED.fullmatch(about)
        path = (named.group(1) if named else about).strip()
        if allowed:
            if new:
                self._new.add(path)
            return
        self._refused.add(path)
        self._state.add(Denial, tool="create" if new else "edit", what=path, reason=None)

    def failing(self, text: str) -> bool:
        """Return whether a message is about blocks that did not match, and take it.

        Some versions write it as one message, others line by line.
        """
        if self._failing is None:
            if not _FAILED.match(text):
                return False
            self._failing = [text]
        elif text.startswith(_FIRST_OF_OTHER):
            self.close()
            return False
        else:
            self._failing.append(text)
        if _LAST.search(text) and "successfully" not in text[-60:]:
            self._close_unless_more(text)
        return True

    def _close_unless_more(self, text: str) -> None:
        # "… were applied successfully" may follow in lines of its own; one message has it all.
        if "\n" in text or text.endswith("failed to match."):
            self.close()

    def close(self) -> None:
        """Take the blocks that did not match, and with them those of the same answer that did."""
        lines, self._failing = self._failing, None
        if lines is None:
            return
        message = "\n".join(lines)
        missed = blocks.failed(message)
        for path, _ in missed:
            edit = self._edit(path, [])
            edit.fields["applied"] = False
            edit.fields["refused"] = "SEARCH block failed to match"
        if not missed:
            self._edit("", []).fields.update(applied=False, refused=message)
        if "applied successfully" in message:
            self._others(missed)

    def _others(self, missed: list[tuple[str, str]]) -> None:
        """The program says of the others only how many they are; each file of them was edited."""
        self._parse()
        gone = {(path, blocks.bare(search)) for path, search in missed}
        left: dict[str, list[Block]] = {}
        for block in self._all:
            if (block.path, blocks.bare(block.search)) not in gone:
                left.setdefault(block.path, []).append(block)
        for path, found in left.items():
            self._applied(path, found)

    def committed(self, commit: str) -> None:
        """Take that the edits so far are in a commit."""
        self._commits[commit[:_SHORT]] = self._open
        self._open = []

    def undone(self, commit: str) -> None:
        """Take that a commit was taken back, and with it its edits."""
        for draft in self._commits.pop(commit[:_SHORT], ()):
            taken = self._state.add(Edit, path=draft.fields["path"], tool="/undo", applied=True)
            taken.fields["op"] = "delete" if draft.fields["op"] == "add" else "update"
            if draft.fields.get("patch") and not draft.fields.get("patch_cut"):
                set_patch(taken, blocks.reversed_hunk(draft.fields["patch"]))

    def _applied(self, path: str, found: list[Block]) -> None:
        edit = self._edit(path, found)
        edit.fields["applied"] = True
        self._open.append(edit)

    def _not_applied(self, path: str, why: str) -> None:
        edit = self._edit(path, self._blocks(path))
        edit.fields["applied"] = False
        edit.fields["refused"] = why

    def _edit(self, path: str, found: list[Block]) -> Draft:
        edit = self._state.add(Edit, path=path, tool="edit block", op="add" if path in self._new else "update")
        self._new.discard(path)
        if found:
            set_patch(edit, "\n".join(block.hunk for block in found))
            if any(block.whole for block in found):
                edit.fields["removed"] = 0 if edit.fields["op"] == "add" else None
        return edit

    def _parse(self) -> None:
        """Read the blocks of the answer at hand, once."""
        if self._read is self.answer:
            return
        self._read, self._all, self._by_name = self.answer, blocks.parse(self.answer), {}
        for block in self._all:
            self._by_name.setdefault(_last(block.path), []).append(block)

    def _blocks(self, path: str) -> list[Block]:
        """Return the blocks of a file: models write a path in part, and the program finds the file."""
        self._parse()
        named = self._by_name.get(_last(path), [])
        same = path.replace("\\", "/")
        return [block for block in named if block.path.replace("\\", "/") == same] or named


def _last(path: str) -> str:
    return path.replace("\\", "/").rsplit("/", 1)[-1]
