"""A run as the rules read it: its events, which of them count for what, and where their paths lie.

Pure. Made once for all rules, so that each goes over the events at most once more. Branches that the person gave up
count only for what stays on disk: edits and commands are kept, words are not.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

from reviewer.run.derive.paths import folders, is_absolute
from reviewer.run.derive.shell import Said
from reviewer.run.event import Command, Edit

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from reviewer.run.derive.paths import PathMap
    from reviewer.run.event import CommandState, Event

Doer: TypeAlias = tuple[int, str]
"""A session's number and an agent in it."""

DID_NOT_RUN: frozenset[CommandState] = frozenset(("denied", "not_run"))
_DOCUMENT = re.compile(r"\.(?:md|mdx|rst|adoc)$|(?:^|/)(?:LICENSE|NOTICE|AUTHORS|CHANGELOG|README)[^/]*$")
RAN: frozenset[CommandState] = frozenset(("passed", "failed", "not_conclusive"))


@dataclass(frozen=True, slots=True)
class Applied:
    """An edit that took effect: its number, and its path below the repository's root, None outside."""

    edit: Edit
    path: str | None
    seq: int

    @property
    def name(self) -> str:
        """What it is called: its place in the repository, or outside as it was logged."""
        return self.path or self.edit.path


@dataclass(slots=True)
class Trace:
    """The run.

    Attributes:
        events: all of them, in order.
        kinds: of events that it has; a rule that needs others has nothing to tell.
        changed: paths of the change.
        paths: how logged paths lie in the repository.
        kept: events on branches that the person kept.
        commands: all shell commands.
        applied: edits that took effect; where the log does not say, those of changed files (rule `edit-applied`).
        lasting: numbers of those of them that can make an earlier check stale: of changed files, or of any file of the
            repository where none is of a changed one; code: those of them that are not of documents.
    """

    events: Sequence[Event]
    changed: frozenset[str]
    paths: PathMap
    kinds: frozenset[str] = frozenset()
    kept: list[Event] = field(default_factory=list)
    commands: list[Command] = field(default_factory=list)
    applied: list[Applied] = field(default_factory=list)
    lasting: list[int] = field(default_factory=list)
    code: list[int] = field(default_factory=list)
    _said: dict[str, Said] = field(default_factory=dict)
    _below: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, events: Sequence[Event], changed: Collection[str], paths: PathMap) -> Trace:
        """Return the trace of a run."""
        trace = cls(events, frozenset(changed), paths, frozenset({event.kind for event in events}))
        for event in events:
            if not event.discarded:
                trace.kept.append(event)
            if isinstance(event, Command):
                trace.commands.append(event)
            elif isinstance(event, Edit) and event.path and event.applied is not False:
                path = paths.repo_path(event.path, event.session)
                if event.applied or path in trace.changed:
                    trace.applied.append(Applied(event, path, event.seq))
        lasting = [edit for edit in trace.applied if edit.path in trace.changed]
        lasting = lasting or [edit for edit in trace.applied if edit.path is not None]
        trace.lasting = [edit.seq for edit in lasting]
        trace.code = [edit.seq for edit in lasting if not is_document(edit.path or "")]
        return trace

    def said(self, command: Command) -> Said:
        """Return what the line of a command says."""
        found = self._said.get(command.line)
        if found is None:
            found = self._said[command.line] = Said.of(command.line)
        return found

    @property
    def last_edit(self) -> int | None:
        """The last edit that makes checks before it stale, None if there is none."""
        return self.lasting[-1] if self.lasting else None

    def changed_below(self, folder: str) -> list[str]:
        """Return the changed paths inside a folder."""
        if not self._below:
            self._below[""] = []
            for path in self.changed:
                for folder_of_it in folders(path):
                    self._below.setdefault(folder_of_it, []).append(path)
        return self._below.get(folder, [])

    def located(self, path: str, command: Command) -> str | None:
        """Return where a path of a command's line lies in the repository."""
        cwd = command.cwd
        if cwd is None or is_absolute(path) or path.startswith(("~", "$")):
            return self.paths.repo_path(path, command.session)
        return self.paths.repo_path(posixpath.join(cwd.replace("\\", "/"), path), command.session)


@lru_cache(maxsize=4096)
def is_document(path: str) -> bool:
    """Return whether a path is a document's by its name: an edit of it leaves a test run as good as it was."""
    return _DOCUMENT.search(path) is not None


def doer(event: Event) -> Doer:
    """Return who an event is of: agents of different sessions share nothing but a name."""
    return event.session, event.agent
