"""Any command that runs tests, judged by its exit code alone: the whole of it passes, or does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.probe.frameworks.framework import Stage, Start
from reviewer.probe.frameworks.last_words import last_words
from reviewer.probe.frameworks.rows import end_gap
from reviewer.probe.suite import SuiteRun, TestResult

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reviewer.probe.files import Files
    from reviewer.probe.sandbox.limits import CellRun
    from reviewer.probe.suite import Selection

ALL = "the whole command"
_NOT_STARTED = frozenset({126, 127})


class CommandRun:
    """A command that the person or the task names."""

    traces = False
    by_id = False

    def __init__(self, argv: tuple[str, ...], environment: Mapping[str, str] | None = None) -> None:
        """Use this command, with these variables beside those of every run."""
        self._argv = argv
        self._environment = dict(environment or {})
        self.name = " ".join(argv)

    def start(self, files: Files, selection: Selection, trace: tuple[str, ...], stage: Stage) -> Start:  # noqa: ARG002 - all frameworks are given these
        """Return the command; it cannot be told which tests to run."""
        return Start(self._argv, self._environment)

    def read(self, run: CellRun, words: str, selection: Selection, stage: Stage) -> SuiteRun:  # noqa: ARG002 - as above
        """Return what its exit code says."""
        if (gap := end_gap(run, words)) is not None:
            return SuiteRun(ran=run.told(words), complete=False, gaps=(gap,))
        if run.code in _NOT_STARTED:
            said = f"the command was not found or not run{last_words(run.tail)}"
            gap = f"the run over {words} ended with code {run.code}: {said}"
            return SuiteRun(ran=run.told(words), complete=False, gaps=(gap,))
        row = TestResult(id=ALL, path="", outcome="passed" if run.code == 0 else "failed", seconds=run.seconds)
        return SuiteRun(ran=run.told(words), tests={ALL: row})
