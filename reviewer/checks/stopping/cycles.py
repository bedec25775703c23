"""Edits that were undone and done again: a file that goes to and fro between two states.

Pure; by the patches that the log has. One undoing is a change of mind; the same edit made again after it is a cycle.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from reviewer.run.event import Edit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewer.run.event import Event

_Step: TypeAlias = tuple[tuple[str, ...], tuple[str, ...]]
"""Lines that an edit takes out, and lines that it puts in."""

_MOST_EDITS = 2_000
_FEW = 12
"""Edits of fewer characters than this say nothing: a brace comes and goes by itself."""


@dataclass(frozen=True, slots=True)
class Cycle:
    """A file whose edit was made, undone and made again; `turns` counts how often it turned back."""

    path: str
    turns: int
    events: tuple[int, ...]


def cycles(events: Sequence[Event]) -> Iterator[Cycle]:
    """Yield the files that went to and fro, each once."""
    by_file: dict[str, list[tuple[int, _Step]]] = {}
    for event in events:
        if isinstance(event, Edit) and event.applied is not False and event.patch is not None and not event.patch_cut:
            step = _step(event.patch)
            if step is not None:
                by_file.setdefault(event.repo_path or event.path, []).append((event.seq, step))
    for path, steps in by_file.items():
        found = _turns(steps[:_MOST_EDITS])
        if len(found) >= 3:
            yield Cycle(path, len(found) - 1, tuple(found))


def without_patch(events: Sequence[Event]) -> int:
    """Return how many edits took effect whose patch is not recorded, so that nothing can be said of them."""
    return sum(
        1
        for event in events
        if isinstance(event, Edit) and event.applied is not False and (event.patch is None or event.patch_cut)
    )


def _turns(steps: Sequence[tuple[int, _Step]]) -> list[int]:
    """Return the events of the longest to and fro: an edit, its exact opposite, the edit again, and so on."""
    chains: dict[_Step, list[int]] = {}
    longest: list[int] = []
    for seq, (out, into) in steps:
        # The chain that ends with the opposite of this edit goes on with it.
        chain = [*chains.pop((into, out), []), seq]
        chains[out, into] = chain
        longest = max(longest, chain, key=len)
    return longest


def _step(patch: str) -> _Step | None:
    """Return what a patch takes out and puts in, None if that is next to nothing or it only adds or only removes."""
    out: list[str] = []
    into: list[str] = []
    for line in patch.split("\n"):
        if line.startswith(("---", "+++", "@@")):
            continue
        if line.startswith("-"):
            out.append(line[1:].strip())
        elif line.startswith("+"):
            into.append(line[1:].strip())
    if out == into or len("".join((*out, *into))) < _FEW:
        return None
    return tuple(out), tuple(into)
