"""What a search for sessions is about, and what there is to say about how it went.

Given to every store: it tells where to look and for what, and keeps each of them within bounds. Knows no agent.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from reviewer.text import plural
from reviewer.workflow.sessions.candidate import Candidate, closed
from reviewer.workflow.sessions.reading import NotReadableError, lies_in, modified, names_in, walk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from reviewer.workflow.sessions.places import Places

MAX_ENTRIES = 20_000
"""A folder is listed so far."""
MAX_OPENED = 400
"""So many logs of one store are opened, the newest."""


@dataclass(slots=True)
class Search:
    """What is looked for.

    Attributes:
        places: where the person keeps things.
        roots: folders of the repository's work trees, each also with its links followed.
        since: logs last written before this are not opened (seconds since 1970); None to open them too.
        everywhere: sessions of other folders are wanted as well.
        named: session ids that are wanted whenever and wherever they were run.
        notes: what a person should know about the search, one sentence each.
        older: how many logs were not opened because of `since`.
    """

    places: Places
    roots: tuple[Path, ...]
    since: float | None = None
    everywhere: bool = False
    named: frozenset[str] = frozenset()
    notes: list[str] = field(default_factory=list)
    older: int = 0

    def entries(self, folder: Path) -> list[Path]:
        """Return what a folder holds, by name; when there is too much it is said."""
        found, more = names_in(folder, MAX_ENTRIES)
        self._tell_of_more(folder, more=more)
        return found

    def files_below(self, folder: Path, depth: int) -> list[Path]:
        """Return the files in a folder and `depth` levels of folders below; when there is too much it is said."""
        found, more = walk(folder, depth=depth, most=MAX_ENTRIES)
        self._tell_of_more(folder, more=more)
        return found

    def newest(
        self, agent: str, logs: Iterable[Path], *, written: Callable[[Path], float] = modified
    ) -> Iterator[Path]:
        """Yield the logs that are worth opening, the newest first.

        Args:
            agent: whose they are.
            logs: files, or folders that hold one session each.
            written: tells when one was last written.
        """
        dated = sorted(((written(log), log) for log in logs), key=lambda entry: (-entry[0], str(entry[1])))
        wanted = [log for when, log in dated if self.since is None or when >= self.since or self._is_named(log)]
        self.older += len(dated) - len(wanted)
        if (more := len(wanted) - MAX_OPENED) > 0:
            self.notes.append(f"{agent}: {plural(more, 'older log')} not opened: only the newest {MAX_OPENED} are")
        yield from wanted[:MAX_OPENED]

    def examined(
        self, agent: str, logs: Iterable[Path], base: Path, examine: Callable[[Path], Candidate]
    ) -> Iterator[Candidate]:
        """Yield the candidate of each log, or that it cannot be read and why.

        Args:
            agent: whose they are.
            logs: what to look at.
            base: the folder of the store; a link that leads out of it is not followed.
            examine: makes the candidate, or raises NotReadableError.
        """
        for log in logs:
            try:
                if not lies_in(log, base):
                    yield closed(agent, log, "is a link that leads out of its folder")
                    continue
                yield examine(log)
            except NotReadableError as error:
                yield closed(agent, log, error.why, modified=modified(log) or None)

    def folders_around(self) -> tuple[Path, ...]:
        """Return the roots and the folders above them, where an agent may have been started too."""
        return tuple(dict.fromkeys(folder for root in self.roots for folder in (root, *root.parents)))

    def _is_named(self, log: Path) -> bool:
        return any(name in str(log) for name in self.named)

    def _tell_of_more(self, folder: Path, *, more: bool) -> None:
        if more:
            self.notes.append(f"{folder} holds more than {MAX_ENTRIES:,} entries; the rest was not looked at")


def with_links_followed(roots: Iterable[Path]) -> tuple[Path, ...]:
    """Return folders as they are named and as they are once links are followed."""
    return tuple(dict.fromkeys(form for root in roots for form in (root, Path(os.path.realpath(root)))))
