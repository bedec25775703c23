"""Command lines as words: the parts of a chain, and a part without what only wraps it.

Knows shell quoting and chaining as far as reading them needs; never runs or expands anything.
"""

from __future__ import annotations

import re
import shlex

_SEPARATORS = frozenset({"&&", "||", ";", "|", "|&", "&", "\n", "(", ")"})
_OPERATORS = re.compile(r"[();<>|&\n]+")
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
    """Return the words of each part of a chain (`a && b | c` has three), without redirections.

    A line that is not well quoted is split at spaces: it is shown to a person either way.
    """
    lexer = shlex.shlex(line, posix=True, punctuation_chars="();<>|&\n")
    lexer.whitespace = " \t\r"
    lexer.commenters = ""
    try:
        words = list(lexer)
    except ValueError:
        words = line.split()
    parts: list[list[str]] = [[]]
    skip_next = False
    for word in words:
        if skip_next:
            skip_next = False
        elif word in _SEPARATORS or (_OPERATORS.fullmatch(word) and "<" not in word and ">" not in word):
            parts.append([])
        elif _OPERATORS.fullmatch(word):
            # `2>&1` leaves its descriptor behind as a word of its own.
            if parts[-1] and parts[-1][-1] in {"1", "2"}:
                parts[-1].pop()
            skip_next = True
        else:
            parts[-1].append(word)
    return [part for part in parts if part]


def bare(part: list[str]) -> list[str]:
    """Return a part without assignments, wrappers, `python -m`: `uv run python -m pytest -q` is `pytest -q`."""
    words = list(part)
    while words:
        runner = next((one for one in _RUNNERS if tuple(words[: len(one)]) == one), None)
        if _ASSIGNMENT.fullmatch(words[0]):
            words = words[1:]
        elif runner is not None:
            words = words[len(runner) :]
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
    return any(_NARROWING.fullmatch(word) or "::" in word or not word.startswith("-") for word in rest)
