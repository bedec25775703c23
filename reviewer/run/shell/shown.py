"""What the steps of a line show so far, and how their words are told apart; shared by all that reads command lines.

Pure. A path with a pattern or an unknown variable in it names nobody knows which file, and is left out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from reviewer.run.shell.steps import expanded, joined

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviewer.run.shell.steps import Step, Variables

MAX_FOUND = 100
"""A line that names more files than that is taken for the first of them."""
_PATTERN = re.compile(r"[*?]|\{\}|\{[^{}]{0,400},|\[[!^]?(?:\w-\w){1,9}\]")


class FileRead(NamedTuple):
    """A file that a command shows: lines from 1, None for unknown or all."""

    path: str
    first: int | None = None
    last: int | None = None
    whole: bool | None = None


@dataclass(slots=True)
class Shown:
    """What the steps so far show.

    Attributes:
        reads: files.
        searches: (pattern, path or None for all below the working folder).
        lists: folders.
        variables: plain values of the line's variables.
    """

    variables: Variables
    reads: list[FileRead] = field(default_factory=list)
    searches: list[tuple[str, str | None]] = field(default_factory=list)
    lists: list[str] = field(default_factory=list)

    def read(
        self, step: Step, path: str, first: int | None = None, last: int | None = None, *, whole: bool | None = None
    ) -> None:
        """Add a file that a step shows."""
        for name in self.paths(step, path):
            if len(self.reads) < MAX_FOUND:
                self.reads.append(FileRead(name, first, last, whole))

    def search(self, step: Step, pattern: str, paths: Sequence[str]) -> None:
        """Add a search of a step, in all of its folder where it names no path."""
        found = [name for path in paths for name in self.paths(step, path, pattern=True)]
        if not found and not paths:
            found = [step.folder] if step.folder else []
        for name in found or (None,):
            if len(self.searches) < MAX_FOUND:
                self.searches.append((pattern, name))

    def listing(self, step: Step, paths: Sequence[str]) -> None:
        """Add folders that a step lists."""
        found = [name for path in paths or (".",) for name in self.paths(step, path, pattern=True)]
        self.lists += found[: MAX_FOUND - len(self.lists)]

    def paths(self, step: Step, path: str, *, pattern: bool = False) -> list[str]:
        """Return the files that a word names, as seen from where the line starts; none where that cannot be told."""
        if not path or path == "-" or path.startswith(("/dev/", "<(", ">(", "&")):
            return []
        return [
            joined(step.folder, name)
            for name in expanded(path, self.variables)
            if name and (pattern or not is_pattern(name))
        ]


def is_pattern(path: str) -> bool:
    """Return whether a path stands for other names; `app/[slug]/page.tsx` is the name of a file."""
    return _PATTERN.search(path) is not None


def split_options(args: Sequence[str], with_value: frozenset[str]) -> tuple[list[str], dict[str, str]]:
    """Return the words that are no options, and the options with their values ("" where they have none)."""
    plain: list[str] = []
    options: dict[str, str] = {}
    name: str | None = None
    free = False
    for word in args:
        if name is not None:
            options[name], name = word, None
        elif free or word == "-" or not word.startswith("-"):
            plain.append(word)
        elif word == "--":
            free = True
        elif word in with_value:
            name = word
            options[word] = ""
        else:
            option, sign, value = word.partition("=")
            options[option] = value if sign else ""
    return plain, options


def git_command(step: Step) -> tuple[str, tuple[str, ...], Step]:
    """Return the subcommand of git, what stands behind it, and the step in the folder of `-C`."""
    index = 0
    args = step.args
    while index < len(args) and args[index].startswith("-"):
        if args[index] == "-C" and index + 1 < len(args):
            step = step._replace(folder=joined(step.folder, args[index + 1]))
        index += 2 if args[index] in {"-C", "-c", "--git-dir", "--work-tree", "--namespace"} else 1
    return (args[index] if index < len(args) else ""), args[index + 1 :], step
