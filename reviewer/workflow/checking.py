"""All checks over an open packet, those that need nothing first, then those that judge what tools say.

Finds the environment and hands the trees to the tools; decides nothing. The tools run over copies in a temporary
folder, with packages of an environment that the person named, and never with anything that the repository names.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from reviewer.analysis import environment, existence, lint
from reviewer.analysis.floor import floor_of
from reviewer.analysis.process import CancelledError
from reviewer.checks import ALL, DIAGNOSED, roles, runner
from reviewer.checks.diagnostics import Diagnostics
from reviewer.checks.sides import contents
from reviewer.workflow.open import build_case

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from reviewer.checks.case import Case
    from reviewer.checks.check import Check
    from reviewer.checks.finding import CheckResult, Mode
    from reviewer.workflow.open import OpenedPacket


def check(
    opened: OpenedPacket,
    checks: Sequence[Check] = ALL,
    *,
    python: str | None = None,
    cancelled: Callable[[], bool] | None = None,
    progress: Callable[[str], None] | None = None,
) -> Iterator[CheckResult]:
    """Yield one result a check, as each is done.

    Args:
        opened: the packet.
        checks: those to run.
        python: an interpreter's path or the folder of an environment, named by the person; a path that is not absolute
            starts at the repository. Nothing of it is run.
        cancelled: asked all the time; once it is true nothing more is yielded.
        progress: told what the tools do now.
    """
    case = build_case(opened)
    told = {one.mode for one in DIAGNOSED}
    for result in runner.run(case, [one for one in checks if one.mode not in told], cancelled):
        yield result
        opened.let_go()
    judging = [one for one in checks if one.mode in told]
    if not judging or (cancelled is not None and cancelled()):
        return
    try:
        wanted = {one.mode for one in judging}
        place, checkout = python_at(opened, python), _checkout(opened)
        said = diagnose(case, wanted, python=place, checkout=checkout, cancelled=cancelled, progress=progress)
    except CancelledError:
        return
    took = {"hallucinated_api": said.existence, "style_drift": said.lint}
    for result in runner.run(replace(case, diagnostics=said), judging, cancelled):
        tools = took.get(result.mode)
        yield replace(result, seconds=result.seconds + (tools.seconds if tools else 0.0))
        opened.let_go()


def diagnose(
    case: Case,
    modes: Iterable[Mode],
    *,
    python: Path | None = None,
    checkout: Path | None = None,
    cancelled: Callable[[], bool] | None = None,
    progress: Callable[[str], None] | None = None,
) -> Diagnostics:
    """Return what the tools say of both sides of the change.

    Args:
        case: the change.
        modes: of the checks that ask.
        python: absolute path of an environment.
        checkout: the work tree of the repository; what the environment imports from there is left out.
        cancelled: asked all the time.
        progress: told what the tools do now.

    Raises:
        CancelledError: it was cancelled.
    """
    changed = [
        existence.Changed(file.path, file.old_path, sides.old, sides.new)
        for file in case.files
        if roles.language(file.path) == "python" and not file.path.endswith(".pyw") and _is_plain(file.new_mode)
        for sides in (contents(case, file),)
        if sides.complete
    ]
    found = Diagnostics()
    if "style_drift" in modes and case.before is not None:
        found = replace(found, lint=lint.examine(changed, case.before, floor_of(case.before), cancelled=cancelled))
    if "hallucinated_api" in modes:
        place: environment.Environment | None = None
        gaps: tuple[str, ...] = ()
        if python is not None:
            try:
                place = environment.find(python, without=checkout)
            except environment.NoEnvironmentError as error:
                gaps = (error.sentence,)
        floor = None if case.after is None else floor_of(case.after)
        said = existence.examine(changed, case.before, place, floor, cancelled=cancelled, progress=progress)
        found = replace(found, existence=replace(said, gaps=(*gaps, *said.gaps)))
    return found


def python_at(opened: OpenedPacket, python: str | None) -> Path | None:
    """Return the absolute path of the environment that the person named, None if they named none."""
    if not python:
        return None
    place = Path(python).expanduser()
    start = _checkout(opened) or Path()
    return Path(os.path.abspath(start / place))  # noqa: PTH100 - a link is what makes an environment


def _checkout(opened: OpenedPacket) -> Path | None:
    return None if opened.repository is None else opened.repository.work_tree


def _is_plain(mode: str | None) -> bool:
    return mode is None or mode.startswith("100")
