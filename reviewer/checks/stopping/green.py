"""The moment at which all required commands were green on what had been edited, and what the run did after it.

Pure. A command that passed before anything was edited says nothing of the work; one that passed before a later edit of
code is green no more.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reviewer.checks import roles
from reviewer.checks.rewrites import unpaired
from reviewer.checks.stop_rules import is_run_of
from reviewer.run.event import Command, Edit, Read, Search, Tool

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reviewer.packet.manifest import CommandRow, Manifest
    from reviewer.run.event import Event

_STATUS_ONLY = frozenset(("test", "lint", "type", "security"))
"""Kinds of commands that look and change nothing: to check again after green is no work beyond it."""
_NOT_DONE = frozenset(("denied", "not_run"))


@dataclass(slots=True)
class After:
    """What followed the first green.

    Attributes:
        command: number of the command that made all required ones green; seq: its event.
        edits: of files of the repository; code: those of them that are no documents.
        commands: by kind, those that only look left out; looked: reads, searches and checks.
        network: calls of tools that reach the network.
        rewrites: commands that put other contents into the work tree.
    """

    command: int
    seq: int
    edits: list[Edit] = field(default_factory=list)
    commands: Counter[str] = field(default_factory=Counter)
    looked: int = 0
    network: int = 0
    rewrites: list[Command] = field(default_factory=list)

    @property
    def code(self) -> list[Edit]:
        """The edits of anything but documents."""
        return [edit for edit in self.edits if not roles.is_document(edit.repo_path or edit.path)]


def after_green(events: Sequence[Event], manifest: Manifest, required: Iterable[str]) -> After | None:
    """Return what followed the first green, None if the required commands were never all green after an edit."""
    wanted = list(required)
    rows = {row.n: row for row in manifest.command}
    changed = {path for row in manifest.file_changed for path in (row.path, row.old_path) if path is not None}
    green: set[str] = set()
    edited = False
    for place, event in enumerate(events):
        if isinstance(event, Edit) and _counts(event, changed):
            if not roles.is_document(event.repo_path or event.path):
                edited = True
                green.clear()
        elif isinstance(event, Command) and (row := rows.get(event.n)) is not None and _passed(row):
            green.update(line for line in wanted if is_run_of(line, row.line))
            if edited and wanted and green >= set(wanted):
                return _rest(events[place + 1 :], After(event.n, event.seq), changed)
    return None


def _counts(edit: Edit, changed: set[str]) -> bool:
    """Return whether an edit took effect on a file of the repository."""
    path = edit.repo_path
    return edit.applied is not False and path is not None and (edit.applied is True or path in changed)


def _passed(row: CommandRow) -> bool:
    return row.state == "passed" and row.not_conclusive is None


def _rest(events: Sequence[Event], after: After, changed: set[str]) -> After:
    ran = [one for one in events if isinstance(one, Command) and one.state not in _NOT_DONE | {"failed"}]
    others = set(unpaired((one.n, one.line) for one in ran))
    after.rewrites.extend(one for one in ran if one.n in others)
    for event in events:
        if isinstance(event, Edit):
            if _counts(event, changed):
                after.edits.append(event)
        elif isinstance(event, Command):
            if event.state in _NOT_DONE:
                continue
            if event.command_kind in _STATUS_ONLY | {"vcs"} or _only_looks(event):
                after.looked += 1
            else:
                after.commands[event.command_kind] += 1
        elif isinstance(event, Read | Search):
            after.looked += 1
        elif isinstance(event, Tool) and event.boundary == "network" and not event.denied:
            after.network += 1
    return after


def _only_looks(command: Command) -> bool:
    """Return whether a command of no kind only shows something: `cat`, `ls`, `grep`, `sed -n`."""
    from reviewer.run.shell.command_line import analyse

    if command.command_kind != "other":
        return False
    known = analyse(command.line)
    return (
        not known.edits and not known.effects and not known.hosts and bool(known.reads or known.searches or known.lists)
    )
