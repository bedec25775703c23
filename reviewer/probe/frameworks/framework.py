"""What a test framework has to tell: how its tests are started, and how to read what came back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reviewer.probe.files import Files
    from reviewer.probe.sandbox.limits import CellRun
    from reviewer.probe.suite import Selection, SuiteRun


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a run takes place, as it is seen from inside.

    Attributes:
        tree: the folder with the files.
        out: the folder for the report.
        programs: our own programs.
    """

    tree: str
    out: str
    programs: str


@dataclass(frozen=True, slots=True)
class Start:
    """How a run is started.

    Attributes:
        argv: the command.
        environment: variables beside those of every run.
        orders: what our own program in the run has to know, written where it can read it; None for nothing.
        report: name of the report file in `out`.
        cwd: the folder to start in, relative to the tree.
    """

    argv: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    orders: bytes | None = None
    report: str = "report"
    cwd: str = "."


class Framework(Protocol):
    """A test framework.

    Attributes:
        name: as a person knows it, with its version if that is known.
        traces: it can tell executed lines.
        by_id: it tells what became of single tests.
    """

    name: str
    traces: bool
    by_id: bool

    def start(self, files: Files, selection: Selection, trace: tuple[str, ...], stage: Stage) -> Start:
        """Return how to run these tests over these files, watching the lines of the paths in `trace`."""

    def read(self, run: CellRun, words: str, selection: Selection, stage: Stage) -> SuiteRun:
        """Return what a run says; `words` tell whose files it ran over."""
