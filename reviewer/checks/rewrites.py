"""Commands that put other contents into the work tree: what was tested before is not what lies there afterwards.

Pure, by the words of git's own commands and of `patch`. A branch that is made, a look, and a stash that is taken back
at once leave the files as they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.checks.shell_words import bare, split

if TYPE_CHECKING:
    from collections.abc import Iterable

_ALWAYS = frozenset(("merge", "rebase", "pull", "revert", "cherry-pick", "am"))
_ENDS = frozenset(("--abort", "--quit", "--help", "-h"))
_LOOKS = frozenset(("--check", "--stat", "--numstat", "--summary", "--dry-run", "-n"))


def rewrites(line: str) -> bool:
    """Return whether a command line leaves other files behind than it found, by what it is told to do."""
    depth = 0
    for part in split(line):
        words = bare(part)
        if words[:2] == ["git", "stash"]:
            # `git stash; pytest; git stash pop` leaves what it found.
            depth += {"pop": -1, "apply": -1}.get(words[2] if len(words) > 2 else "push", 1) if _moves(words) else 0
        elif _does(words):
            return True
    return depth != 0


def unpaired(lines: Iterable[tuple[int, str]]) -> list[int]:
    """Return the numbers of the commands that leave other files behind; a stash and its way back cancel each other."""
    found: dict[int, None] = {}
    stashed: list[int] = []
    for number, line in lines:
        if "git" not in line and "patch" not in line:
            continue
        if rewrites(line):
            words = [bare(part) for part in split(line)]
            stash = next((one for one in words if one[:2] == ["git", "stash"]), None)
            back = stash is not None and len(stash) > 2 and stash[2] in {"pop", "apply"}
            if stash is not None and not any(map(_does, words)):
                if back and stashed:
                    found.pop(stashed.pop(), None)
                    continue
                if not back:
                    stashed.append(number)
            found[number] = None
    return list(found)


def _moves(words: list[str]) -> bool:
    return len(words) < 3 or words[2] in {"push", "save", "pop", "apply"} or words[2].startswith("-")


def _does(words: list[str]) -> bool:
    if words[:1] == ["patch"]:
        return not _LOOKS.intersection(words)
    if words[:1] != ["git"] or len(words) < 2 or _ENDS.intersection(words):
        return False
    name, rest = words[1], words[2:]
    if name in _ALWAYS:
        return True
    if name == "apply":
        return not _LOOKS.intersection(rest)
    if name == "restore":
        return "--staged" not in rest and "-S" not in rest
    if name == "reset":
        return "--hard" in rest or "--merge" in rest
    return name == "checkout" and ("--" in rest[:-1] or rest[:1] == ["."])
