"""Say whether a packet or a range of commits is approved, from stored records alone, offline."""

from __future__ import annotations

from reviewer.workflow.verify.approvers import approvers
from reviewer.workflow.verify.commits import CommitVerdict, RangeVerdict, verify_range
from reviewer.workflow.verify.packet import PacketVerdict, verify_packet
from reviewer.workflow.verify.trust import load_signers
from reviewer.workflow.verify.verdict import EXIT_CODES, Opinion, State

__all__ = [
    "EXIT_CODES",
    "CommitVerdict",
    "Opinion",
    "PacketVerdict",
    "RangeVerdict",
    "State",
    "approvers",
    "load_signers",
    "verify_packet",
    "verify_range",
]
