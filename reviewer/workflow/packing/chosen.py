"""A session log that a packet is to be made from, and a session that was looked at for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

NAMED = "it was named with --session"


@dataclass(frozen=True, slots=True)
class ChosenLog:
    """A session log to read.

    Attributes:
        path: where it is: in place, or in a folder of ours.
        because: why it was taken.
        agent: id of the sub-agent that it is of, None for a session itself.
        main: a session begins with it; else it belongs to the last one before it that does.
        name: what people know it by, where that is not its file's name.
        must: somebody asked for this one; one that was only found is left where it cannot be read.
    """

    path: Path
    because: str
    agent: str | None = None
    main: bool = True
    name: str = ""
    must: bool = True

    @property
    def called(self) -> str:
        """What to call it."""
        return self.name or self.path.name


@dataclass(frozen=True, slots=True)
class Considered:
    """A session that was looked at.

    Attributes:
        reference: what `--session` takes for it.
        agent: short name of the program, None where nobody looked into it yet.
        taken: whether it is in the packet.
        why: the reason, as a phrase.
    """

    reference: str
    agent: str | None
    taken: bool
    why: str
