"""The outputs of commands, from the spool into the packet, as far as there is room; what does not fit is told.

Knows the spool, the budget and the members' names; nothing of where outputs come from.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from reviewer.packet import member
from reviewer.packet.manifest import Omission
from reviewer.run.event import Command, Event
from reviewer.run.redact import Redactor
from reviewer.text import plural
from reviewer.workflow.packing.staged import StagedFile

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from reviewer.packet.content import Stretch
    from reviewer.run.importers.spool import OutputSpool
    from reviewer.workflow.packing.budget import Budget

MAX_LOG = 1 << 20
"""Bytes of one command's output that are kept."""

_HEAD = 256 << 10
_LOGS_SHARE = 3
_SHOWN_OMISSIONS = 5


@dataclasses.dataclass(slots=True)
class Outputs:
    """Outputs that were put into the packet.

    Attributes:
        events: the run's, each command with where its output is.
        members: by name.
        omissions: what was cut or left out.
    """

    events: tuple[Event, ...]
    members: dict[str, Stretch]
    omissions: list[Omission]


def keep_outputs(
    found: Sequence[Event], spool: OutputSpool, staging: Path, *, redactor: Redactor, budget: Budget
) -> Outputs:
    """Write outputs into one file of ours, and return where each is.

    Args:
        found: the events.
        spool: their commands' outputs, masked, by number.
        staging: a folder of ours.
        redactor: counts the masks for each member.
        budget: what there is room for; a third of what is left is for outputs.
    """
    rest = budget.left - budget.left // _LOGS_SHARE
    left_out: list[Omission] = []
    events: list[Event] = []
    members: dict[str, Stretch] = {}
    # One file for all outputs: a run has thousands, and making a file costs more than what is written into it.
    with StagedFile(staging / "outputs") as kept:
        for event in found:
            if not isinstance(event, Command):
                events.append(event)
                continue
            event = _masked(event)  # noqa: PLW2901 - the same event
            if not spool.size(event.n):
                events.append(dataclasses.replace(event, log=None) if event.log else event)
                continue
            data, cut = _capped(spool, event.n)
            name = member.log_name(event.n)
            if not budget.take(len(data), keep=rest):
                left_out.append(Omission(what=f"output of command {event.n}", reason="packet budget"))
                events.append(dataclasses.replace(event, log=None))
                continue
            redactor.recount(data, name)
            members[name] = kept.add(data)
            if cut:
                left_out.append(
                    Omission(what=f"the middle of the output of command {event.n}", reason=f"{cut:,} bytes over")
                )
            is_said = event.log == name and not cut
            events.append(
                event if is_said else dataclasses.replace(event, log=name, log_cut=event.log_cut or bool(cut))
            )
    omissions = left_out[:_SHOWN_OMISSIONS]
    if more := left_out[_SHOWN_OMISSIONS:]:
        omissions.append(Omission(what=plural(len(more), "more output"), reason="packet budget or over 1 MiB"))
    return Outputs(tuple(events), members, omissions)


def _masked(command: Command) -> Command:
    """Mask what became a secret by joining: a log may have the words of a command one by one (`"-u", "me:x"`)."""
    line = Redactor().text(command.line, member.TIMELINE)
    return command if line is command.line else dataclasses.replace(command, line=line)


def _capped(spool: OutputSpool, number: int) -> tuple[bytes, int]:
    """Return an output, its middle cut out where it is too long, and how many bytes were cut."""
    size = spool.size(number)
    if size <= MAX_LOG:
        return spool.read(number), 0
    # The end has the summary of a test run, the start its command and first error.
    cut = size - MAX_LOG
    mark = f"\n⟦cut: {cut:,} bytes of this output are not in the packet⟧\n".encode()
    return spool.read(number, _HEAD) + mark + spool.tail(number, MAX_LOG - _HEAD), cut
