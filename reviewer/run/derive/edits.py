"""What the agent's edits leave behind: which stand at the end, which were put back, which were made unread.

Pure. Rules: `edits-standing` (edits that took effect, less those put back later: a file made and deleted again, `git
checkout` and the like before a commit) and `read-before-edit`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reviewer.run.derive.paths import folders
from reviewer.run.derive.undo import steps
from reviewer.run.event import Read

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reviewer.run.derive.facts import RunFacts
    from reviewer.run.derive.trace import Applied, Trace
    from reviewer.run.derive.undo import Step
    from reviewer.run.event import Command

_MOST_WORK = 1_000_000
"""Paths that folders and restoring commands may mean in all; a log that goes beyond is no real one."""


@dataclass(frozen=True, slots=True)
class Undone:
    """What put a file back: the event, and how."""

    seq: int
    how: str


@dataclass(slots=True)
class Ledger:
    """What stands of the edits at the end.

    Attributes:
        claimed: repository path to the numbers of the edits that stand.
        undone: repository path to what put it back, for files that no edit of stands.
        outside: logged path outside the repository to the numbers of its edits.
        first: repository path to its first edit.
        made: files that the run made itself.
        by_tool: paths that an edit tool edited, not only shell commands.
    """

    claimed: dict[str, list[int]] = field(default_factory=dict)
    undone: dict[str, Undone] = field(default_factory=dict)
    outside: dict[str, list[int]] = field(default_factory=dict)
    first: dict[str, Applied] = field(default_factory=dict)
    made: set[str] = field(default_factory=set)
    by_tool: set[str] = field(default_factory=set)


def ledger(trace: Trace) -> Ledger:
    """Return what stands of the edits, going over edits and commands in order."""
    keeper = _Keeper(trace)
    edits = iter(trace.applied)
    edit = next(edits, None)
    for command in trace.commands:
        while edit is not None and edit.seq < command.seq:
            keeper.take(edit)
            edit = next(edits, None)
        if command.state in {"passed", "not_conclusive"}:
            for step in steps(command.line):
                keeper.step(step, command)
    while edit is not None:
        keeper.take(edit)
        edit = next(edits, None)
    return keeper.ledger


class _Keeper:
    """The ledger in the making, with what is not committed yet.

    Attributes:
        open: files with edits that are not committed; fresh: those of them that git does not know yet.
        stashed: what `git stash` put aside.
        below: the edited files below each folder.
    """

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.ledger = Ledger()
        self.open: set[str] = set()
        self.fresh: set[str] = set()
        self.stashed: dict[str, list[int]] = {}
        self.below: dict[str, set[str]] = {}
        self.work = 0

    def take(self, applied: Applied) -> None:
        """Add an edit."""
        path = applied.path
        if path is None:
            self.ledger.outside.setdefault(applied.edit.path, []).append(applied.seq)
        elif applied.edit.op == "delete":
            self._delete(applied, path)
        else:
            if applied.edit.op == "add" and path not in self.ledger.claimed:
                self.ledger.made.add(path)
            self._claim(applied, path)

    def _delete(self, applied: Applied, path: str) -> None:
        """Take a file or, from a shell, a folder away: what the change does not know was only here for a while."""
        changed = self.trace.changed
        inside = [*self._some(self.below.get(path, ())), *self._some(self.trace.changed_below(path))]
        for name in dict.fromkeys((path, *inside)):
            if name in changed:
                self._claim(applied, name)
            elif name in self.ledger.claimed:
                self._undo(name, Undone(applied.seq, "deleted again"))
                self.ledger.made.discard(name)
            elif name == path and not inside and not applied.edit.derived:
                self._claim(applied, name)

    def _claim(self, applied: Applied, path: str) -> None:
        book = self.ledger
        book.first.setdefault(path, applied)
        book.claimed.setdefault(path, []).append(applied.seq)
        book.undone.pop(path, None)
        if not applied.edit.derived:
            book.by_tool.add(path)
        (self.fresh if path in book.made else self.open).add(path)
        for folder in folders(path):
            self.below.setdefault(folder, set()).add(path)

    def step(self, step: Step, command: Command) -> None:
        """Add what a git command does to edits that are not committed."""
        undone = Undone(command.seq, step.words)
        match step.does:
            case "commit":
                self.open.clear()
                self.fresh.clear()
            case "stash":
                for path in self._some(self.open):
                    self.stashed[path] = self.ledger.claimed.get(path, [])
                    self._undo(path, undone)
            case "unstash":
                for path in self._some(self.stashed):
                    self.ledger.claimed.setdefault(path, self.stashed[path])
                    self.ledger.undone.pop(path, None)
                    self.open.add(path)
                self.stashed.clear()
            case "clean":
                for path in self._some(self.fresh):
                    self._undo(path, undone)
            case "restore":
                for path in self._meant(step.paths, command):
                    self._undo(path, undone)

    def _meant(self, paths: Iterable[str], command: Command) -> list[str]:
        """Return the uncommitted edits that paths of a restoring command mean; "." and folders mean all below."""
        meant: list[str] = []
        for name in paths:
            path = self.trace.located(name, command)
            if path is not None and path in self.open:
                meant.append(path)
            elif path is not None:
                meant += [found for found in self._some(self.below.get(path, ())) if found in self.open]
            elif name in {".", ":/", "*", "./"}:
                meant += self._some(self.open)
        return meant

    def _some(self, paths: Iterable[str]) -> list[str]:
        if self.work > _MOST_WORK:
            return []
        found = list(paths)
        self.work += len(found)
        return found

    def _undo(self, path: str, undone: Undone) -> None:
        self.open.discard(path)
        self.fresh.discard(path)
        if self.ledger.claimed.pop(path, None) is not None:
            self.ledger.undone[path] = undone
        for folder in folders(path):
            self.below.get(folder, set()).discard(path)


def fill(facts: RunFacts, trace: Trace, book: Ledger) -> None:
    """Put the sets of paths of rule `edits-standing` and `read-before-edit` into the facts."""
    facts.claimed, facts.outside = tuple(book.claimed), tuple(book.outside)
    facts.edited = frozenset(book.claimed) & trace.changed
    facts.by_shell = frozenset(path for path in facts.edited if path not in book.by_tool)
    seen = first_reads(trace)
    facts.read_before_edit = {
        path: seen.get(path, edit.seq) < edit.seq
        for path, edit in book.first.items()
        if path in facts.edited and edit.edit.op not in {"add", "delete"}
    }


def first_reads(trace: Trace) -> dict[str, int]:
    """Return for each file of the repository when it was first read, in full or in part."""
    seen: dict[str, int] = {}
    for event in trace.events if "read" in trace.kinds else ():
        if isinstance(event, Read) and event.ok is not False:
            path = trace.paths.repo_path(event.path, event.session)
            if path is not None:
                seen.setdefault(path, event.seq)
    return seen
