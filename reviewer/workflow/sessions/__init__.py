"""The recorded sessions of all installed agents: found, chosen for a change, and made ready to be read.

Knows where agents keep their sessions and nothing of packets. Only the two ends of a log are read until folder and time
fit; what was taken and what was left is told with the reason. `find` looks, `gather` gives the logs of one session.
"""

from __future__ import annotations

from reviewer.workflow.sessions.candidate import Candidate
from reviewer.workflow.sessions.choice import TimeSpan
from reviewer.workflow.sessions.finding import Found, Left, Survey, Taken, find, survey
from reviewer.workflow.sessions.gathering import GatheredLog, gather
from reviewer.workflow.sessions.stores.claude_code import subagent_logs

__all__ = [
    "Candidate",
    "Found",
    "GatheredLog",
    "Left",
    "Survey",
    "Taken",
    "TimeSpan",
    "find",
    "gather",
    "subagent_logs",
    "survey",
]
