"""The packet that is meant when none is named: the newest one of the repository around here."""

from __future__ import annotations

from pathlib import Path

from reviewer.cli.output import say
from reviewer.errors import BadInputError


def packet_or_newest(packet: Path | None, repository: Path | None = None) -> Path:
    """Return the packet that was named, else the newest one; which one is said on stderr.

    Raises:
        BadInputError: none was named, and there is none.
    """
    return newest_packet(repository or Path()) if packet is None else packet


def newest_packet(start: Path) -> Path:
    """Return the newest packet of the repository that `start` lies in; which one is said on stderr.

    Raises:
        BadInputError: there is no repository, or it has no packet yet; the hint says how to make one.
    """
    from reviewer.errors import GitError
    from reviewer.git.repository import find_repository
    from reviewer.workflow.locate import packets

    try:
        found = packets(find_repository(start))
    except GitError as error:
        raise BadInputError(
            "name a packet: there is no repository around here whose newest could be meant",
            hint="give its path, or try reviewer demo",
        ) from error
    if not found:
        raise BadInputError(
            "this repository has no packet yet", hint="make one of the branch you are on: reviewer pack"
        )
    more = f", the newest of {len(found)}" if len(found) > 1 else ""
    say(f"packet: {found[0].name}{more}")
    return found[0]
