"""Python's own unittest, through a small program of ours that runs test files and writes one row a test."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.probe.frameworks import rows
from reviewer.probe.frameworks.framework import Stage, Start
from reviewer.probe.frameworks.orders import write_orders
from reviewer.probe.frameworks.pytest_run import STARTER, python_environment, started

if TYPE_CHECKING:
    from reviewer.probe.files import Files
    from reviewer.probe.sandbox.environment import PythonPlace
    from reviewer.probe.sandbox.limits import CellRun
    from reviewer.probe.suite import Selection, SuiteRun


class Unittest:
    """unittest of an environment's interpreter, for projects whose environment has no pytest."""

    traces = True
    by_id = True
    name = "unittest"

    def __init__(self, place: PythonPlace) -> None:
        """Use the interpreter of an environment."""
        self._place = place

    def start(self, files: Files, selection: Selection, trace: tuple[str, ...], stage: Stage) -> Start:
        """Return how to run these tests."""
        return Start(
            (str(self._place.interpreter), f"{stage.programs}/{STARTER}", "unittest"),
            started(python_environment(self._place, files, stage)),
            write_orders(files, selection, trace, stage),
        )

    def read(self, run: CellRun, words: str, selection: Selection, stage: Stage) -> SuiteRun:  # noqa: ARG002 - all readers are given these
        """Return what a run says."""
        return rows.read(run, words, traced=True)
