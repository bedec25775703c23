"""Which recorded session of an agent made a change: looked for in the person's own configuration folders.

Knows where Claude Code keeps its sessions. Only heads and tails are read until working directory and time fit; what was
taken and what was left is told with the reason. The choice itself (`choose`) is pure.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from reviewer.run.derive import PathMap
from reviewer.text import plural
from reviewer.workflow.session_files import (
    Candidate,
    config_folders,
    edited_in,
    examine,
    log_source,
    logs_of,
    project_name,
    subagent_logs,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

__all__ = [
    "Candidate",
    "Found",
    "Left",
    "TimeSpan",
    "choose",
    "config_folders",
    "edited_in",
    "examine",
    "find",
    "log_source",
    "project_name",
    "subagent_logs",
]

_SLACK = 600
"""A session may end a little after its last commit, and clocks differ; seconds."""


@dataclass(frozen=True, slots=True)
class TimeSpan:
    """When a change was made: seconds since 1970 of the base commit and of the head commit; 0 is not known."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Left:
    """A session that was not taken, and why, as a phrase."""

    path: Path
    why: str


@dataclass(frozen=True, slots=True)
class Found:
    """What was found.

    Attributes:
        taken: the session to read, None if none fits.
        why: why it was taken, or why nothing was, one sentence.
        left: the others, each with its reason.
    """

    taken: Candidate | None
    why: str
    left: tuple[Left, ...] = ()


def find(
    roots: Sequence[Path],
    span: TimeSpan,
    changed: Collection[str],
    folders: Sequence[Path] | None = None,
) -> Found:
    """Return the newest session that was run in the repository, at the time of the change, and edited what it changes.

    Args:
        roots: folders of the repository's work trees.
        span: when the change was made.
        changed: its paths with `/`, old names of renames included.
        folders: configuration folders to look in; None for those of the person.
    """
    roots = tuple(dict.fromkeys(form for root in roots for form in (root, root.resolve())))
    looked = config_folders(os.environ, Path.home()) if folders is None else tuple(folders)
    candidates = [candidate for path in logs_of(looked, roots) if (candidate := examine(path)) is not None]
    if not candidates:
        places = ", ".join(str(folder / "projects") for folder in looked)
        return Found(None, f"no Claude Code session of this repository was found in {places}")
    return choose(candidates, roots, span, changed, edited_in)


def choose(
    candidates: Iterable[Candidate],
    roots: Sequence[Path],
    span: TimeSpan,
    changed: Collection[str],
    edited: Callable[[Candidate], Collection[str]],
) -> Found:
    """Return the choice; `edited` gives the paths that a session edits, and is asked only where the rest fits."""
    taken: Candidate | None = None
    why = ""
    left: list[Left] = []
    for candidate in sorted(candidates, key=lambda entry: entry.newest_first):
        reason = _elsewhere(candidate, roots) or _other_time(candidate, span)
        if reason is None and taken is not None:
            reason = "older than the one that was taken"
        if reason is None:
            logged = edited(candidate)
            paths = PathMap(changed, str(roots[0]) if roots else None, candidate.cwds, logged)
            both = {path for name in logged if (path := paths.repo_path(name)) in changed}
            if both:
                taken = candidate
                why = f"newest session here that overlaps the range and edits {_of(len(both), len(changed))}"
                continue
            reason = "edits none of the changed files" if logged else "edits no files with the agent's edit tools"
        left.append(Left(candidate.path, reason))
    if taken is None:
        why = f"none of {plural(len(left), 'session')} fits this range"
    return Found(taken, why, tuple(left))


def _of(count: int, total: int) -> str:
    return f"{count} of {plural(total, 'changed file')}"


def _elsewhere(candidate: Candidate, roots: Sequence[Path]) -> str | None:
    for cwd in candidate.cwds:
        place = Path(cwd)
        if any(place == root or root in place.parents for root in roots):
            return None
    return f"was run in {candidate.cwds[0]}" if candidate.cwds else "does not say where it was run"


def _other_time(candidate: Candidate, span: TimeSpan) -> str | None:
    if candidate.started is None or candidate.ended is None:
        return "does not say when it was run"
    if span.start and candidate.ended < span.start - _SLACK:
        return "ended before the base commit"
    if span.end and candidate.started > span.end + _SLACK:
        return "began after the head commit"
    return None
