"""What git commands of a line do to edits that are not committed (rule `undo`).

Pure: a line in, steps out. Nothing is expanded; what a branch or a variable stands for is not known.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, TypeAlias

from reviewer.run.shell import words as shell_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Does: TypeAlias = Literal["commit", "stash", "unstash", "clean", "restore"]
_TOLD = 200
_NEW_BRANCH = frozenset(("-b", "-B", "--orphan"))


@dataclass(frozen=True, slots=True)
class Step:
    """What one git command does to edits: `words` is the command, `paths` are those that it restores."""

    does: Does
    words: str
    paths: tuple[str, ...] = ()


@lru_cache(maxsize=2048)
def steps(line: str) -> tuple[Step, ...]:
    """Return what the git commands of a line do to edits that are not committed, in order."""
    return tuple(_steps(line)) if "git" in line else ()


def _steps(line: str) -> Iterator[Step]:
    for part in shell_words.split(line):
        words = [word for word in part.words if word]
        if words[:1] != ["git"]:
            continue
        rest = words[1:]
        while rest and rest[0].startswith("-"):
            rest = rest[2 if rest[0] in {"-C", "-c"} else 1 :]
        if rest:
            said = " ".join(["git", *rest])[:_TOLD]
            found = _STEPS.get(rest[0], lambda _: None)(rest[1:])
            if found is not None:
                yield Step(found[0], said, found[1])


_Found: TypeAlias = "tuple[Does, tuple[str, ...]] | None"


def _plain(words: Sequence[str]) -> tuple[str, ...]:
    return tuple(word for word in words if not word.startswith("-"))


def _commit(words: Sequence[str]) -> _Found:
    return None if "--dry-run" in words else ("commit", ())


def _stash(words: Sequence[str]) -> _Found:
    action = (*_plain(words), "push")[0]
    if action in {"push", "save"}:
        return "stash", ()
    return ("unstash", ()) if action in {"pop", "apply"} else None


def _clean(words: Sequence[str]) -> _Found:
    return ("clean", ()) if any(word.startswith("-") and "f" in word for word in words) else None


def _reset(words: Sequence[str]) -> _Found:
    return ("restore", (".",)) if "--hard" in words else None


def _checkout(words: Sequence[str]) -> _Found:
    if _NEW_BRANCH.intersection(words):
        return None
    return "restore", tuple(words[words.index("--") + 1 :]) if "--" in words else _plain(words)


def _restore(words: Sequence[str]) -> _Found:
    return ("restore", _plain(words)) if "--staged" not in words or "--worktree" in words else None


_STEPS = {
    "commit": _commit,
    "stash": _stash,
    "clean": _clean,
    "reset": _reset,
    "checkout": _checkout,
    "restore": _restore,
}
