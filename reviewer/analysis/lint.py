"""What ruff says of both sides of a change, with the settings of the base on both.

Only the changed files are written: its rules look at one file at a time.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from reviewer.analysis import ruff
from reviewer.analysis.folder import Folder, TooLargeError, is_writable
from reviewer.analysis.process import ToolError
from reviewer.checks.diagnostics import Lint

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from reviewer.analysis.existence import Changed
    from reviewer.checks.case import SourceTree
    from reviewer.checks.diagnostics import Diagnostic
    from reviewer.checks.finding import ToolRun

_BATCH = 400
_NAME = "its name is none that a linter can be given"


def examine(
    changed: Sequence[Changed],
    base: SourceTree,
    python: str | None,
    *,
    cancelled: Callable[[], bool] | None = None,
) -> Lint:
    """Return what the linter says of the changed files.

    Args:
        changed: the Python files of the change.
        base: the old side, whose settings count.
        python: the oldest version of the language that the base supports, None if it does not say.
        cancelled: asked all the time.

    Raises:
        CancelledError: it was cancelled.
    """
    started = time.perf_counter()
    try:
        settings = ruff.settings_of(base, python)
        if settings is None:
            return Lint()
        given = [one for one in changed if all(is_writable(path) for path in (one.path, one.old_path) if path)]
        unexamined = tuple((_NAME, one.path) for one in changed if one not in given)
        with tempfile.TemporaryDirectory(prefix="reviewer-analysis-") as name:
            room = Path(name).resolve()
            sides = [
                {one.old_path or one.path: one.old for one in given if one.old is not None},
                {one.path: one.new for one in given if one.new is not None},
            ]
            said: list[tuple[Diagnostic, ...]] = []
            log: list[ToolRun] = []
            notes = dict.fromkeys(settings.notes)
            for number, side in enumerate(sides):
                root = room / f"tree-{number}"
                _write(root, side, base)
                found, more = _ask(root, room, side, settings, cancelled, log=log)
                said.append(found)
                notes |= dict.fromkeys(more)
        return Lint(
            before=said[0],
            after=said[1],
            tools=(ruff.TOOL.title,),
            runs=tuple(log),
            settings=settings.file,
            notes=tuple(notes),
            unexamined=unexamined,
            seconds=time.perf_counter() - started,
        )
    except (ToolError, TooLargeError) as error:
        return Lint(gaps=(error.sentence,))
    except OSError as error:
        return Lint(gaps=(f"no temporary folder can be written: {error.strerror}",))


def _write(root: Path, side: dict[str, bytes], base: SourceTree) -> None:
    folder = Folder(root)
    for path, data in side.items():
        folder.write(path, data, as_is=True)
        # Whether a folder is a package is asked by some rules; what is in it is not.
        above = path.rpartition("/")[0]
        while above and not (root / above / "__init__.py").exists():
            if f"{above}/__init__.py" not in side and base.read(f"{above}/__init__.py") is not None:
                folder.write(f"{above}/__init__.py", b"")
            above = above.rpartition("/")[0]


def _ask(
    root: Path,
    room: Path,
    side: dict[str, bytes],
    settings: ruff.Settings,
    cancelled: Callable[[], bool] | None,
    *,
    log: list[ToolRun],
) -> tuple[tuple[Diagnostic, ...], tuple[str, ...]]:
    there = [path for path in side if (root / path).is_file()]
    said: list[Diagnostic] = []
    notes: dict[str, None] = {}
    for first in range(0, len(there), _BATCH):
        found, more = ruff.run(root, room, there[first : first + _BATCH], settings, cancelled, log=log)
        said += found
        notes |= dict.fromkeys(more)
    return tuple(said), tuple(notes)
