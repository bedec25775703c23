"""What pyrefly and ty say of names that do not exist, on both sides of a change, with the same packages.

Both sides are written to the same place one after the other, so that nothing but the change differs. Decides nothing:
what is new, and what it means, is for the check.
"""

from __future__ import annotations

import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from reviewer.analysis import pyrefly, ty
from reviewer.analysis.environment import DEFAULT_VERSION, Environment, site_of
from reviewer.analysis.folder import Folder, TooLargeError, is_shadow, is_writable, local_modules, source_roots
from reviewer.analysis.importers import importers
from reviewer.analysis.process import CancelledError, ToolError
from reviewer.analysis.question import Question
from reviewer.checks.diagnostics import Diagnostic, Existence
from reviewer.errors import ReviewerError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from types import ModuleType

    from reviewer.checks.case import SourceTree
    from reviewer.checks.finding import ToolRun

TOOLS: tuple[ModuleType, ...] = (pyrefly, ty)
_BATCH = 400
_NAME = "its name is none that a type checker can be given"


@dataclass(frozen=True, slots=True)
class Changed:
    """A changed Python file: its path and content on both sides, None where the side does not exist."""

    path: str
    old_path: str | None
    old: bytes | None
    new: bytes | None


def examine(
    changed: Sequence[Changed],
    tree: SourceTree | None,
    environment: Environment | None,
    python: str | None,
    *,
    cancelled: Callable[[], bool] | None = None,
    progress: Callable[[str], None] | None = None,
) -> Existence:
    """Return what the tools say of the changed files.

    Args:
        changed: the Python files of the change.
        tree: the whole old side, None if only the changed files are at hand.
        environment: whose packages imports are looked up in; None looks at the standard library alone.
        python: the oldest version of the language that the change has to run on; the environment's by default.
        cancelled: asked all the time.
        progress: told what is done now.

    Raises:
        CancelledError: it was cancelled.
    """
    started = time.perf_counter()
    version = python or (environment.version if environment else DEFAULT_VERSION)
    known = Existence(python=version, environment=environment.title if environment else None, whole=tree is not None)
    given = [one for one in changed if all(is_writable(path) for path in (one.path, one.old_path) if path)]
    known = replace(known, unexamined=tuple((_NAME, one.path) for one in changed if one not in given))
    if not given:
        return known
    try:
        with tempfile.TemporaryDirectory(prefix="reviewer-analysis-") as name:
            run = _Run(Path(name).resolve(), environment, version, cancelled, progress or (lambda _: None))
            return replace(run.both(given, tree, known), seconds=time.perf_counter() - started)
    except OSError as error:
        return replace(known, gaps=(f"no temporary folder can be written: {error.strerror}",))
    except TooLargeError as error:
        return replace(known, gaps=(error.sentence,))


def _sides(changed: Sequence[Changed]) -> tuple[set[str], set[str]]:
    old = {one.old_path or one.path for one in changed if one.old is not None}
    return old, {one.path for one in changed if one.new is not None}


class _Run:
    """One examination in a temporary folder."""

    def __init__(
        self,
        room: Path,
        environment: Environment | None,
        python: str,
        cancelled: Callable[[], bool] | None,
        progress: Callable[[str], None],
    ) -> None:
        self._room = room
        self._python = python
        self._cancelled = cancelled
        self._progress = progress
        self._folder = Folder(room / "tree")
        empty = Environment(python, (), (), frozenset())
        self._environment = (environment or empty).link(room)
        self._packages = (site_of(self._environment), *(environment.beside if environment else ()))
        self._gaps: dict[str, None] = {}
        self._log: list[ToolRun] = []
        self._ran = {tool.TOOL.title: tool for tool in TOOLS if self._has(tool)}

    def _has(self, tool: ModuleType) -> bool:
        try:
            return tool.TOOL.program is not None
        except ToolError as error:
            self._gaps[error.sentence] = None
            return False

    def both(self, changed: Sequence[Changed], tree: SourceTree | None, known: Existence) -> Existence:
        """Return what is known with what the tools say of the old side, then of the new one."""
        self._progress("reading the repository")
        paths = set(self._folder.fill(tree, self._cancelled)) if tree is not None else set()
        olds, news = _sides(changed)
        old, new = ({path for path in side if not is_shadow(path, paths | side)} for side in (olds, news))
        for one in changed:
            if one.old is not None and (one.old_path or one.path) in old:
                self._folder.write(one.old_path or one.path, one.old)
        imported = frozenset(self._folder.imported)
        roots = tuple(source_roots(paths | old | new, sorted(old | new)))
        known = replace(known, local=local_modules(paths | old | new, roots))
        for root in roots:
            # A root may hold files on one side only, and a tool refuses one that is not there.
            (self._folder.root / root).mkdir(parents=True, exist_ok=True)
        beside = importers(self._folder.root, paths, olds | news) if paths else ()
        self._progress("type checking the old side")
        before = self._ask(sorted({*old, *beside}), roots)
        for path in old:
            self._folder.remove(path)
        for one in changed:
            if one.new is not None and one.path in new:
                self._folder.write(one.path, one.new)
        self._progress("type checking the new side")
        after = self._ask(sorted({*new, *beside}), roots)
        # A tool that failed on one side says nothing about what is new.
        failed = {tool for tool in self._ran if before.get(tool) is None or after.get(tool) is None}
        return replace(
            known,
            before=tuple(each for tool, said in before.items() if tool not in failed for each in said or ()),
            after=tuple(each for tool, said in after.items() if tool not in failed for each in said or ()),
            tools=tuple(tool for tool in self._ran if tool not in failed),
            # They run side by side, and which one ends first is nobody's concern.
            runs=tuple(sorted(self._log, key=lambda run: (run.tool, run.argv))),
            imported=imported,
            beside=beside,
            gaps=tuple(self._gaps),
        )

    def _ask(self, files: list[str], roots: tuple[str, ...]) -> Mapping[str, tuple[Diagnostic, ...] | None]:
        with ThreadPoolExecutor(max(1, len(self._ran))) as pool:
            futures = {title: pool.submit(self._said, tool, files, roots) for title, tool in self._ran.items()}
            return {title: future.result() for title, future in futures.items()}

    def _said(self, tool: ModuleType, files: list[str], roots: tuple[str, ...]) -> tuple[Diagnostic, ...] | None:
        there = [path for path in files if (self._folder.root / path).is_file()]
        said: list[Diagnostic] = []
        try:
            for first in range(0, len(there), _BATCH):
                batch = tuple(there[first : first + _BATCH])
                question = Question(
                    self._folder.root,
                    self._room,
                    batch,
                    roots,
                    self._python,
                    self._environment,
                    self._packages,
                    self._log,
                )
                said += tool.run(question, self._cancelled)
        except CancelledError:
            raise
        except ReviewerError as error:
            self._gaps[error.sentence] = None
            return None
        return tuple(said)
