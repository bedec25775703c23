"""Command lines as words: the parts of a chain, and a part without what only wraps it.

Quoting and chaining are read by the run's own reader; here is only what comparing two commands needs.
"""

from __future__ import annotations

import re

from reviewer.run.shell import tool_kinds
from reviewer.run.shell import words as shell_words
from reviewer.run.shell.test_selection import selection

_ASSIGNMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*=.*", re.DOTALL)
_RUNNERS = (
    ("uv", "run"),
    ("poetry", "run"),
    ("pipenv", "run"),
    ("pdm", "run"),
    ("hatch", "run"),
    ("rye", "run"),
    ("mise", "exec", "--"),
    ("bundle", "exec"),
    ("pnpm", "exec"),
    ("npx",),
    ("bunx",),
    ("time",),
    ("sudo",),
    ("env",),
    ("nice",),
    ("exec",),
)
_NARROWING = re.compile(r"-k|-m|--deselect(?:=.*)?|--ignore(?:-glob)?(?:=.*)?|--lf|--last-failed|-run|--grep|-t")
_PYTHON = re.compile(r"(?:\S*/)?python[0-9.]*")


def split(line: str) -> list[list[str]]:
    """Return the words of each part of a chain (`a && b | c` has three), without redirections and here-documents."""
    return [list(part.words) for part in shell_words.split(line) if part.words]


def bare(part: list[str]) -> list[str]:
    """Return a part without assignments, wrappers, `python -m`: `uv run python -m pytest -q` is `pytest -q`."""
    words = list(part)
    while words:
        runner = next((one for one in _RUNNERS if tuple(words[: len(one)]) == one), None)
        if _ASSIGNMENT.fullmatch(words[0]):
            words = words[1:]
        elif runner is not None:
            words = words[len(runner) :]
        elif words[:2] == ["coverage", "run"] and "-m" in words[2:]:
            words = words[words.index("-m") + 1 :]
        elif len(words) > 1 and (words[0] == "timeout" or (words[1] == "-m" and _PYTHON.fullmatch(words[0]))):
            words = words[2:]
        else:
            break
    if words and "/bin/" in words[0]:
        words = [words[0].rsplit("/", 1)[-1], *words[1:]]
    return ["pytest", *words[1:]] if words[:1] == ["py.test"] else words


def narrower(required: list[str], ran: list[str]) -> bool | None:
    """Compare a required part with one that ran, both `bare`.

    Returns:
        None if it is another command, False if it is the same with at most harmless extra options, True if it is the
        same with a selection that leaves something out.
    """
    if not required or ran[:1] != required[:1]:
        return None
    rest = list(ran[1:])
    for word in required[1:]:
        if word not in rest:
            return None
        rest.remove(word)
    if tool_kinds.kind(tuple(ran)) == "test":
        # A number of processes or the name of a plugin is no selection.
        return selection(ran[0], tuple(rest)) is not None
    return any(_NARROWING.fullmatch(word) or "::" in word or not word.startswith("-") for word in rest)
