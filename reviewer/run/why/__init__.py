"""Why a line is there: for each hunk of a change, the recorded edits that produced it, and what led to them.

Pure: events and hunks as plain data in, answers out. Knows the shapes of events and unified hunks; nothing of packets,
repositories or screens. What cannot be shown by content is not traceable, and says why.
"""

from __future__ import annotations

from reviewer.run.why.column import TraceCancelledError
from reviewer.run.why.index import WhyIndex, trace
from reviewer.run.why.model import How, HunkText, Said, Why

__all__ = ["How", "HunkText", "Said", "TraceCancelledError", "Why", "WhyIndex", "trace"]
