"""Sentences that say that a file was edited, or was left alone, held against the edits.

Pure. Only a sentence whose object is a file by its form is judged; whatever can be read another way is no claim.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from reviewer.run.derive import phrases
from reviewer.run.derive.retries import is_test_path

if TYPE_CHECKING:
    from reviewer.run.derive.edits import Ledger
    from reviewer.run.derive.trace import Trace
    from reviewer.run.event import Command, Message

_Told = tuple[str, str, str, "Command | None", tuple[int, ...]]


class FileClaims:
    """The edits of a run by the names that a sentence may call them."""

    def __init__(self, trace: Trace, book: Ledger) -> None:
        """Index the edits."""
        self._trace = trace
        self._book = book
        self._by_name: dict[str, list[tuple[int, str]]] = {}
        for applied in trace.applied:
            path = applied.path or applied.edit.path.replace("\\", "/")
            same = self._by_name.setdefault(posixpath.basename(path).lower(), [])
            if len(same) < 1000:
                same.append((applied.seq, path))
        self._changed = {posixpath.basename(path).lower() for path in trace.changed}

    def claim(self, sentence: str, message: Message) -> _Told | None:
        """Return how a sentence about a file stands to the edits, None if it is none that can be judged."""
        left = phrases.LEFT_ALONE.search(sentence)
        if left is not None:
            return self._left_alone(next(filter(None, left.groups()), ""), message)
        if not self._trace.applied or phrases.NOT_SAID.search(sentence):
            return None
        made = phrases.MADE.search(sentence)
        if made is None or not phrases.is_file(made[1]):
            return None
        name = made[1].removeprefix("./")
        edit = self._edit(name, message.seq)
        if edit is not None:
            return "claim-borne-out", "", name, None, (edit,)
        if posixpath.basename(name).lower() in self._changed or not self._is_inside(name, message):
            return None
        return "claim-without-edit", "no edit of it is recorded, and the change does not have it", name, None, ()

    def _left_alone(self, name: str, message: Message) -> _Told | None:
        if not name:
            return None
        if phrases.TESTS.fullmatch(name):
            edits = [(seqs[0], path) for path, seqs in self._book.claimed.items() if is_test_path(path)]
            edit = min((seq for seq, _ in edits if seq < message.seq), default=None)
        elif phrases.is_file(name):
            edit = self._edit(name.removeprefix("./"), message.seq, standing=True)
        else:
            return None
        if edit is None:
            # What did not happen has nothing to point to.
            return None
        return "claim-against-edit", "it was edited in this run", name, None, (edit,)

    def _edit(self, name: str, before: int, *, standing: bool = False) -> int | None:
        """Return the last edit before an event of a file that ends with a name."""
        low = name.lower()
        for seq, path in reversed(self._by_name.get(posixpath.basename(low), ())):
            is_it = path.lower() == low or path.lower().endswith(f"/{low}") or low.endswith(f"/{path.lower()}")
            if seq < before and is_it and (not standing or path in self._book.claimed):
                return seq
        return None

    def _is_inside(self, name: str, message: Message) -> bool:
        return self._trace.paths.repo_path(name, message.session) is not None
