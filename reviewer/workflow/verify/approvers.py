"""Who else has approved this very packet: for the gates of the next person, who may not count a name in a journal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.errors import ReviewerError
from reviewer.workflow.verify.packet import verify_packet
from reviewer.workflow.verify.stored import beside
from reviewer.workflow.verify.trust import load_signers

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from reviewer.packet.limits import Limits


def approvers(packet: Path, signers: Path | None, *, now: datetime, limits: Limits) -> tuple[str, ...]:
    """Return the persons whose approval beside the packet verifies and still stands, as the list of signers has them.

    Args:
        packet: a folder or a `.packet` file.
        signers: the list, as named by the person; by default the one that their git is set to use.
        now: an aware time.
        limits: what the packet was opened with.
    """
    if not beside(packet).exists():
        return ()
    try:
        verdict = verify_packet(packet, load_signers(signers), now=now, limits=limits)
    except ReviewerError:
        # A record that cannot be read approves nothing; `reviewer verify` says what is wrong with it.
        return ()
    persons = (each.person for each in verdict.opinions if each.counts and each.verdict == "approved")
    return tuple(sorted({person for person in persons if person is not None}))
