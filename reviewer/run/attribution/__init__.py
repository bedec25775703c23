"""Who wrote which lines, as recorders beside the agents say: git-ai notes, Agent Trace records, Entire checkpoints.

Pure: bytes in, records out. These are evidence next to a run and pointers to it, never a run themselves; a line that no
record covers is unknown, not a person's.
"""

from __future__ import annotations

from reviewer.run.attribution.record import Contributor, LineRecord, Recorded, SessionPointer

__all__ = ["Contributor", "LineRecord", "Recorded", "SessionPointer"]
