"""Runs tests over trees, several at a time, each in a cell and a folder of its own.

A run that was made before over equal files is not made again. Knows how to run; nothing of what runs are good for.
"""

from __future__ import annotations

import os
import secrets
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Self

from reviewer.checks.probed import Ran
from reviewer.probe import room as room_of
from reviewer.probe.frameworks.framework import Framework, Stage
from reviewer.probe.frameworks.orders import ORDERS
from reviewer.probe.frameworks.rows import rows
from reviewer.probe.sandbox.cell import Cell, remove
from reviewer.probe.suite import Selection, SuiteRun, Watch
from reviewer.probe.worktree import TreeTooLargeError, Worktree

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from reviewer.probe.files import Files
    from reviewer.probe.sandbox.containment import Containment
    from reviewer.probe.sandbox.limits import Limits

JOBS = min(2, os.cpu_count() or 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One run that is wanted.

    Attributes:
        files: the tree.
        words: whose files they are, for people ("the parent's code with the new tests").
        selection: which tests.
        trace: paths whose executed lines are watched.
        limits: other limits than those of all runs.
        again: make the run even if it was made before, to see whether it ends the same.
    """

    files: Files
    words: str
    selection: Selection = field(default_factory=Selection)
    trace: tuple[str, ...] = ()
    limits: Limits | None = None
    again: bool = False


class Bench:
    """A folder, a cell and a framework: one run at a time.

    Attributes:
        cell: where commands run; `show` first, then run any.
    """

    def __init__(
        self,
        room: Path,
        framework: Framework,
        *,
        containment: Containment,
        checkout: Path | None = None,
        readable: Sequence[Path] = (),
    ) -> None:
        """Make the folders in a private room."""
        self._own = Path(tempfile.mkdtemp(prefix="bench-", dir=room))
        self._worktree = Worktree(self._own / "tree")
        self.framework = framework
        self.cell = Cell(
            self._own, self._worktree.root, containment=containment, checkout=checkout, readable=tuple(readable)
        )
        self.stage = Stage(self.cell.tree, self.cell.out, self.cell.programs)
        self.holds = ""
        self.left_out: tuple[tuple[str, str], ...] = ()

    def show(self, files: Files, cancelled: Callable[[], bool] | None = None) -> None:
        """Make the tree hold these files.

        Raises:
            TreeTooLargeError: they are too many or too large.
        """
        self.holds = ""
        self.left_out = self._worktree.show(files, cancelled).left_out
        self.holds = files.key

    def run(self, job: Job, watch: Watch) -> SuiteRun:
        """Run tests; whatever goes wrong is told in the result."""
        try:
            self.show(job.files, watch.cancelled)
        except TreeTooLargeError as error:
            return _not_run(job, error.sentence)
        except OSError as error:
            return _not_run(job, f"the files cannot be written: {error.strerror}")
        if watch.is_over():
            return _not_run(job, "it was cancelled")
        start = self.framework.start(job.files, job.selection, job.trace, self.stage)
        if start.orders is not None:
            self.cell.give(ORDERS, start.orders)
        # A key for this run alone; a program of ours in it seals its rows with it.
        seal = "" if start.orders is None else secrets.token_hex(16)
        run = self.cell.run(
            start.argv,
            cwd=start.cwd,
            environment=start.environment,
            limits=job.limits or watch.limits,
            report=start.report,
            seal=seal,
            cancelled=watch.cancelled,
            on_report=_Counter(watch, job.words).take if watch.progress is not None else None,
        )
        return self.framework.read(replace(run, seal=seal), job.words, job.selection, self.stage)

    def close(self) -> None:
        """Remove the folders."""
        self.cell.close()
        remove(self._own)


class Workshop:
    """Several benches, used by whoever has something to run; a context manager."""

    def __init__(
        self,
        framework: Framework,
        *,
        containment: Containment,
        checkout: Path | None = None,
        readable: Sequence[Path] = (),
        watch: Watch | None = None,
        jobs: int = JOBS,
        room: Path | None = None,
    ) -> None:
        """Make the benches.

        Args:
            framework: of the tests.
            containment: how runs are shut in.
            checkout: the person's work tree, whose place the trees take inside.
            readable: what runs may read beside the system (an environment).
            watch: cancelling, progress, limits.
            jobs: runs at a time.
            room: where to make folders, else the system's place for temporary files.
        """
        self.framework = framework
        self.watch = watch or Watch()
        room_of.sweep(room)
        self._room = room_of.make(room)
        self._benches = [
            Bench(self._room, framework, containment=containment, checkout=checkout, readable=readable)
            for _ in range(max(1, jobs))
        ]
        self._free = list(self._benches)
        self._changed = threading.Condition()
        self._made: dict[tuple[str, Selection, tuple[str, ...]], SuiteRun] = {}

    def __enter__(self) -> Self:
        """Return the workshop."""
        return self

    def __exit__(self, *_: object) -> None:
        """Remove all folders."""
        for bench in self._benches:
            bench.close()
        remove(self._room)

    @property
    def size(self) -> int:
        """How many runs are made at a time."""
        return len(self._benches)

    @property
    def refused(self) -> tuple[str, ...]:
        """Places that were to be readable and are not, as they would show the person's home."""
        return self._benches[0].cell.layout.refused

    def run(self, job: Job) -> SuiteRun:
        """Make one run, from any thread; waits for a free bench."""
        key = (job.files.key, job.selection, job.trace)
        if not job.again and (made := self._made.get(key)) is not None:
            return made
        bench = self._take(job.files.key)
        try:
            result = bench.run(job, self.watch)
        finally:
            self._give(bench)
        if result.complete and not job.again:
            self._made[key] = result
        return result

    def run_all(self, jobs: Sequence[Job], done: Callable[[int, SuiteRun], None] | None = None) -> list[SuiteRun]:
        """Make all runs, several at a time, and return them in order; `done` is told each as it ends."""

        def one(place: int) -> SuiteRun:
            result = _not_run(jobs[place], "it was cancelled") if self.watch.is_over() else self.run(jobs[place])
            if done is not None:
                done(place, result)
            return result

        if len(jobs) <= 1 or self.size == 1:
            return [one(place) for place in range(len(jobs))]
        with ThreadPoolExecutor(self.size, thread_name_prefix="probe") as pool:
            return list(pool.map(one, range(len(jobs))))

    def bench(self) -> _Lent:
        """Lend a bench to run other commands than tests; a context manager that takes it back."""
        return _Lent(self)

    def _take(self, key: str) -> Bench:
        with self._changed:
            while not self._free:
                self._changed.wait()
            # The one that holds these files already has nothing to write.
            bench = next((each for each in self._free if each.holds == key), self._free[0])
            self._free.remove(bench)
            return bench

    def _give(self, bench: Bench) -> None:
        with self._changed:
            self._free.append(bench)
            self._changed.notify()


class _Lent:
    def __init__(self, workshop: Workshop) -> None:
        self._workshop = workshop
        self._bench: Bench | None = None

    def __enter__(self) -> Bench:
        self._bench = self._workshop._take("")  # noqa: SLF001 - the other half of the same thing
        return self._bench

    def __exit__(self, *_: object) -> None:
        if self._bench is not None:
            self._workshop._give(self._bench)  # noqa: SLF001 - as above


class _Counter:
    """Counts tests in a report while it comes."""

    def __init__(self, watch: Watch, words: str) -> None:
        self._watch = watch
        self._words = words
        self._rest = b""
        self._total = 0
        self._done: set[str] = set()

    def take(self, data: bytes) -> None:
        whole, _, rest = (self._rest + data).rpartition(b"\n")
        self._rest = rest[: 1 << 20]
        for row in rows(whole):
            if row.get("k") == "c":
                self._total += 1
            elif row.get("k") == "t" and isinstance(row.get("id"), str):
                self._done.add(row["id"])
        if self._watch.progress is not None:
            self._watch.progress(len(self._done), self._total, self._words)


def _not_run(job: Job, reason: str) -> SuiteRun:
    ran = Ran(argv=(), tree=job.words, code=None, ended="broken", seconds=0.0, tail=reason)
    return SuiteRun(ran=ran, complete=False, gaps=(f"the run over {job.words} was not made: {reason}",))
