"""How the change's tests were run: each command in short, and below it the trees that it ran over and how it ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.text import plural
from reviewer.tui.pages.field import heading, seconds
from reviewer.tui.row import Piece, Row

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewer.checks.probed import Ended, Probed, Ran

_MOST = 200
"""Runs that are listed; the rest is counted."""
_PART_COLUMNS = 9
_WORDS = 4
"""Words of a command, and tests, that are shown of it."""
_ENDED: dict[Ended, str] = {"exit": "ended", "cancelled": "stopped", "broken": "not run"}
"""How a run without an exit code ended; the others say which limit ended it."""


def how(probed: Probed) -> Iterator[Row]:
    """Yield the rows: what shut the runs in, then each command with the trees that it ran over."""
    yield from heading("How it was run")
    if probed.containment == "none":
        yield Row((Piece("! ", "warn"), Piece("Nothing contained these runs.")))
    else:
        yield Row((Piece(f"Shut in by {probed.containment}", "dim"),), (Piece(probed.finished, "dim"),))
    if probed.not_contained:
        yield Row((Piece(f"Not contained: {', '.join(probed.not_contained)}", "warn"),), wrap=True)
    left = _MOST
    for part, command, runs_of in _by_command(probed):
        took = (Piece(f"{plural(len(runs_of), 'run')}  {seconds(sum(one.seconds for one in runs_of))}", "dim"),)
        yield Row((Piece(part.ljust(_PART_COLUMNS)), Piece(command, "dim")), took)
        for one in runs_of[:left]:
            code = _ENDED.get(one.ended, f"over its {one.ended}") if one.code is None else f"exit {one.code}"
            right = (Piece(f"{code}  {seconds(one.seconds)}", "dim"),)
            yield Row((Piece(one.tree, "dim"),), right, indent=_PART_COLUMNS)
        if len(runs_of) > left:
            yield Row((Piece(f"and {plural(len(runs_of) - left, 'run')} more", "dim"),), indent=_PART_COLUMNS)
        left = max(0, left - len(runs_of))


def _by_command(probed: Probed) -> Iterator[tuple[str, str, list[Ran]]]:
    """Yield the runs of each part that one command made, with that command in short."""
    parts = {
        "tests": probed.tests,
        "replay": probed.replay,
        "rotten": probed.rotten,
        "hunks": probed.hunks,
        "mutants": probed.mutants,
        "vet": probed.vet,
    }
    for name, part in parts.items():
        alike: dict[str, list[Ran]] = {}
        for one in part.runs if part is not None else ():
            alike.setdefault(_short(one.argv), []).append(one)
        for command, found in alike.items():
            yield name, command, found


def _short(argv: Sequence[str]) -> str:
    """Return a command without what is alike in all: the program's folder and most options."""
    program, *words = argv or ("",)
    name = program.rpartition("/")[2]
    if len(words) <= _WORDS:
        return " ".join((name, *words))
    head, tail = words[:2], words[words.index("--") + 1 :] if "--" in words else words[-1:]
    return " ".join((name, *head, "…", *tail[:_WORDS], *(("…",) if len(tail) > _WORDS else ())))
