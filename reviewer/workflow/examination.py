"""What is found out about a packet, once: whether it proves itself, and what the checks say.

Runs in the thread that asks; what it has said so far can be read from any other at any time.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reviewer.checks import order
from reviewer.workflow import apart
from reviewer.workflow.checking import check
from reviewer.workflow.integrity import prove
from reviewer.workflow.proof import Proof

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from reviewer.checks.finding import CheckResult, Finding
    from reviewer.workflow.open import OpenedPacket


@dataclass(frozen=True, slots=True)
class Said:
    """What proof and checks have said so far; replaced as a whole, so that nobody sees half of it.

    Attributes:
        results: of the checks that are done; what two of them say of one place is told once.
        findings: what they found, in the order to be read.
        breaks: where the packet does not prove itself.
        unread: files of the diff that two parsers do not read the same way.
        notes: what could not be proven, without making what is shown doubtful.
        proven: the proof has been worked out; `done`: the checks have run too.
    """

    results: tuple[CheckResult, ...] = ()
    findings: tuple[Finding, ...] = ()
    breaks: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    proven: bool = False
    done: bool = False


class Examination:
    """Proof and checks of one open packet; `said` is what is known."""

    def __init__(self, opened: OpenedPacket, *, in_child: bool = False, python: str | None = None) -> None:
        """Stand ready; nothing is read yet.

        Args:
            opened: the packet.
            in_child: work it out in a process of its own, for callers that must stay quick and small.
            python: the environment that calls are looked up in, as for `check`.
        """
        self._opened = opened
        self._in_child = in_child
        self._python = python
        self.said = Said()

    def run(
        self,
        on_result: Callable[[CheckResult], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> None:
        """Prove the packet and run the checks; slow, and without effect once it is done: the inputs are frozen.

        Args:
            on_result: called with each check's result, which `said` holds already.
            cancelled: asked before each check; True leaves `said.done` False.
            progress: files of the proof, done and in all.
        """
        if self.said.done:
            return
        if self._in_child:
            try:
                self._follow(apart.steps(self._opened, cancelled, progress, self._python), on_result, cancelled)
            except apart.ApartError:
                # The child is only a convenience: what it could not do is done here, from the start.
                self._follow(self._steps(cancelled, progress), on_result, cancelled)
        else:
            self._follow(self._steps(cancelled, progress), on_result, cancelled)

    def _follow(
        self,
        steps: Iterator[Proof | CheckResult],
        on_result: Callable[[CheckResult], None] | None,
        cancelled: Callable[[], bool] | None,
    ) -> None:
        said = Said()
        results: list[CheckResult] = []
        for step in steps:
            if isinstance(step, Proof):
                breaks, unread, notes = tuple(step.breaks), tuple(step.unread), tuple(step.notes)
                said = Said(breaks=breaks, unread=unread, notes=notes, proven=True)
                self.said = said
                continue
            results.append(step)
            settled = order.settle(results)
            findings = order.arranged(finding for result in settled for finding in result.findings)
            said = replace(said, results=settled, findings=findings)
            self.said = said
            if on_result is not None:
                on_result(step)
        if cancelled is None or not cancelled():
            self.said = replace(said, done=True)

    def _steps(
        self, cancelled: Callable[[], bool] | None, progress: Callable[[int, int], None] | None
    ) -> Iterator[Proof | CheckResult]:
        yield prove(self._opened, progress)
        yield from check(self._opened, python=self._python, cancelled=cancelled)
