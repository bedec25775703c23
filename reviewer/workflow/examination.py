"""What is found out about a packet, once: whether it proves itself, and what the checks say.

Runs in the thread that asks; what it has said so far can be read from any other at any time.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reviewer.checks import runner
from reviewer.workflow.integrity import prove
from reviewer.workflow.open import build_case

if TYPE_CHECKING:
    from collections.abc import Callable

    from reviewer.checks.finding import CheckResult, Finding
    from reviewer.workflow.open import OpenedPacket


@dataclass(frozen=True, slots=True)
class Said:
    """What proof and checks have said so far; replaced as a whole, so that nobody sees half of it.

    Attributes:
        results: of the checks that are done.
        breaks: where the packet does not prove itself.
        unread: files of the diff that two parsers do not read the same way.
        notes: what could not be proven, without making what is shown doubtful.
        proven: the proof has been worked out; `done`: the checks have run too.
    """

    results: tuple[CheckResult, ...] = ()
    breaks: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    proven: bool = False
    done: bool = False

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What the checks found, in their order."""
        return tuple(finding for result in self.results for finding in result.findings)


class Examination:
    """Proof and checks of one open packet; `said` is what is known."""

    def __init__(self, opened: OpenedPacket) -> None:
        """Stand ready; nothing is read yet."""
        self._opened = opened
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
        proof = prove(self._opened, progress)
        said = Said((), tuple(proof.breaks), tuple(proof.unread), tuple(proof.notes), proven=True)
        self.said = said
        for result in runner.run(build_case(self._opened), cancelled=cancelled):
            said = replace(said, results=(*said.results, result))
            self.said = said
            self._opened.let_go()
            if on_result is not None:
                on_result(result)
        if cancelled is None or not cancelled():
            self.said = replace(said, done=True)
