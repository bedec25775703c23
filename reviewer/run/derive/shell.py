"""What the line of a command says beyond its kind, kept as small as the rules need it.

Pure. One place for how the facts of `reviewer.run.shell.command_line` are read, so that each line is looked into once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer.run.derive.targets import directory, head, names, only_looks, targets
from reviewer.run.shell.command_line import analyse

if TYPE_CHECKING:
    from reviewer.run.event import Command, CommandKind

_NOBODY = frozenset(("localhost", "::1", "[::1]", "0.0.0.0", "host.docker.internal"))  # noqa: S104 - names
"""Hosts that are this machine."""
_REMOTE = re.compile(r"\bgit\b.*\b(?:push|pull|fetch|clone|ls-remote)\b|\b(?:docker|podman) (?:pull|push)\b")
_LOOKED_AT, _MOST_PARTS = 8_192, 20


@dataclass(frozen=True, slots=True)
class Said:
    """What a line says.

    Attributes:
        key: equal for attempts at the same thing (rule `attempt-key`); "" for what is no attempt at anything.
        selection: what a test run was narrowed to, None if it is none or runs everything.
        head: the first words of its tool, None where they say nothing of what it is about.
        targets: the paths that a check was narrowed to; names: of the tests that it was.
        hosts: (host, way) of each host that it names, this machine left out; names_hosts: it names any, this one too.
        effects: (what, text) of what it does that the change does not show.
        formats: paths that a formatter was let loose on, "." for all.
        kinds: of all its programs; the kind of the command is that of the part of interest.
        commits: it makes a commit; only_looks: it only shows something.
    """

    key: str
    selection: str | None
    head: tuple[str, ...] | None
    targets: tuple[str, ...]
    names: frozenset[str]
    hosts: tuple[tuple[str, str], ...]
    names_hosts: bool
    effects: tuple[tuple[str, str], ...]
    formats: tuple[str, ...]
    kinds: frozenset[CommandKind]
    commits: bool
    only_looks: bool

    @property
    def only_formats(self) -> bool:
        """Whether it does nothing but format: that it passed says nothing of a check."""
        return bool(self.formats) and " && " not in self.key

    @classmethod
    def of(cls, line: str) -> Said:
        """Return what a line says; any text gives an answer."""
        known = analyse(line)
        return cls(
            key=known.key,
            selection=known.selection,
            head=head(known.tool),
            targets=targets(known.tool),
            names=names(known.tool) if known.kind == "test" else frozenset(),
            hosts=tuple((host, way) for host, way in known.hosts if not is_here(host)),
            names_hosts=bool(known.hosts),
            effects=tuple(known.effects),
            formats=known.formats,
            kinds=_kinds(known.key, known.kind),
            commits=known.commits,
            only_looks=only_looks(known.tool),
        )


def _kinds(key: str, kind: CommandKind) -> frozenset[CommandKind]:
    parts = key.split(" && ")
    return (
        frozenset({kind, *(analyse(part).kind for part in parts[:_MOST_PARTS])})
        if len(parts) > 1
        else frozenset({kind})
    )


def is_here(host: str) -> bool:
    """Return whether a host is the machine itself."""
    low = host.lower()
    return low in _NOBODY or low.startswith("127.") or low.endswith(".localhost")


def is_remote(command: Command, said: Said) -> bool:
    """Return whether a command needs the network: by the hosts that it names, else by its kind."""
    if said.names_hosts:
        return bool(said.hosts)
    if command.command_kind in {"network", "install"}:
        return True
    return "git" in command.line and _REMOTE.search(command.line[:_LOOKED_AT]) is not None


def place(command: Command) -> str | None:
    """Return the folder that a command works in, None if that is not known."""
    return directory(command.line, command.cwd)


def reached(command: Command) -> bool | None:
    """Return whether what a command does was done; None where the log does not say."""
    if command.state in {"denied", "not_run"}:
        return False
    return None if command.state in {"unknown", "cancelled"} else True
