"""What the line of a command says beyond its kind, as far as it ran.

Pure. One place for how the facts of `reviewer.run.command_line` are read, so that no rule asks for them twice.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from reviewer.run.command_line import analyse
from reviewer.run.derive.trace import DID_NOT_RUN

if TYPE_CHECKING:
    from reviewer.run.event import Command

_NOBODY = frozenset(("localhost", "::1", "[::1]", "0.0.0.0", "host.docker.internal"))  # noqa: S104 - names
"""Hosts that are this machine."""
_REMOTE = re.compile(r"\bgit\b.*\b(?:push|pull|fetch|clone|ls-remote)\b|\b(?:docker|podman) (?:pull|push)\b")
_LOOKED_AT = 8_192


def is_here(host: str) -> bool:
    """Return whether a host is the machine itself."""
    low = host.lower()
    return low in _NOBODY or low.startswith("127.") or low.endswith(".localhost")


def hosts(command: Command) -> tuple[tuple[str, str], ...]:
    """Return the hosts that a command names, each with the way, without this machine."""
    return tuple((host, way) for host, way in _known(command, "hosts") if not is_here(host))


def is_remote(command: Command) -> bool:
    """Return whether a command needs the network: by the hosts that it names, else by its kind."""
    named = _known(command, "hosts")
    if named:
        return any(not is_here(host) for host, _ in named)
    if command.command_kind in {"network", "install"}:
        return True
    return "git" in command.line and _REMOTE.search(command.line[:_LOOKED_AT]) is not None


def effects(command: Command) -> tuple[tuple[str, str], ...]:
    """Return what a command does that the change does not show, as (what, text)."""
    return tuple(_known(command, "effects"))


def commits(command: Command) -> bool:
    """Return whether a command makes a commit."""
    return bool(getattr(analyse(command.line), "commits", False))


def reached(command: Command) -> bool | None:
    """Return whether what a command does was done; None where the log does not say."""
    if command.state in DID_NOT_RUN:
        return False
    return None if command.state in {"unknown", "cancelled"} else True


def _known(command: Command, name: str) -> tuple[Any, ...]:
    found = getattr(analyse(command.line), name, ())
    return tuple(found)
