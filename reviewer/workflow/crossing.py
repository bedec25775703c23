"""What crosses between our own processes: which packet to examine, and results, as JSON.

A packet's text may hold lone surrogates; JSON's escapes carry them. Knows no process.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from reviewer.checks.finding import CheckResult, Finding, SwitchedOff, ToolRun

if TYPE_CHECKING:
    from reviewer.workflow.open import OpenedPacket

_BEAT = 0.1


@dataclass(frozen=True, slots=True)
class Request:
    """Which packet to examine: its path and key, the limits it was opened with, its repository, an environment.

    Attributes:
        modes: those of a process that runs some of the checks.
        judging: it runs the checks that judge what tools say, and not the others.
    """

    path: str
    key: str
    limits: dict[str, int]
    repository: str | None
    python: str | None = None
    modes: tuple[str, ...] = ()
    judging: bool = False

    @classmethod
    def of(cls, opened: OpenedPacket, python: str | None = None) -> Request:
        """Return the request that examines an open packet once more, elsewhere."""
        place = opened.repository
        repository = None if place is None else str(place.work_tree or place.git_dir)
        limits = asdict(opened.packet.limits)
        return cls(str(opened.packet.path.absolute()), str(opened.packet.key), limits, repository, python)


def result_of(told: dict[str, Any]) -> CheckResult:
    """Return the result that was told as JSON."""
    # JSON knows lists only, and what is compared and hashed has tuples.
    return CheckResult(
        **{
            **told,
            "findings": tuple(_finding(each) for each in told["findings"]),
            "tools": tuple(ToolRun(**{**each, "argv": tuple(each["argv"])}) for each in told["tools"]),
            "off": tuple(SwitchedOff(**each) for each in told["off"]),
        }
    )


def _finding(told: dict[str, Any]) -> Finding:
    return Finding(
        **{
            **told,
            "evidence": tuple(told["evidence"]),
            "numbers": tuple((name, value) for name, value in told["numbers"]),
            "also": tuple(told["also"]),
        }
    )


class Life:
    """Whether a child is still wanted. Says that it lives, so that the parent gets to ask whether it is cancelled."""

    def __init__(self) -> None:
        self.ended = False
        self._lock = threading.Lock()
        self._said = time.monotonic()

    def end(self, *_: object) -> None:
        """Take the signal that asks to end."""
        self.ended = True

    def over(self) -> bool:
        """Return whether to stop; called often, from any thread."""
        with self._lock:
            now = time.monotonic()
            if now - self._said >= _BEAT:
                self._said = now
                say({"beat": True})
        return self.ended


def say(fact: dict[str, Any]) -> None:
    """Write one fact to standard output."""
    sys.stdout.write(json.dumps(fact) + "\n")
    sys.stdout.flush()
