"""What a program is for, from its words: a test run, a linter, a build, or something else.

Pure look-ups in `tool_names`. A name that stands nowhere there is "other".
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from reviewer.run.shell.tool_names import (
    ASKS,
    BEFORE_SUBCOMMAND,
    BUILD_TOOLS,
    BY_NAME,
    CHECK,
    CHECK_IS_TEST,
    ENVIRONMENTS,
    LOOKS,
    LOOKS_AT_ITSELF,
    MODULES,
    PYTHON,
    RUN_WORDS,
    RUNNER_WORDS,
    SCRIPT,
    SCRIPT_HOSTS,
    SCRIPT_RUNNERS,
    SECOND,
    STATISTICS,
    TASK_RUNNERS,
    TASK_WORDS,
    TEST_FOLDERS,
    TEST_TASK,
)

if TYPE_CHECKING:
    from reviewer.run.event import CommandKind


_OFTEN = frozenset(
    ("cd", "cat", "ls", "echo", "grep", "sed", "head", "tail", "find", "rg", "cp", "rm", "mkdir", "awk", "wc", "sort")
)
"""What agents run most; none of it is for anything but itself."""
_NONE: dict[str, CommandKind] = {}
_SHORT = 200
"""Longer words are no names; they are not kept in caches."""


def base(word: str) -> str:
    """Return the name of a program without its folder and a Windows suffix."""
    if len(word) <= _SHORT:
        return _base_of(word)
    return word.rsplit("/", 1)[-1].rsplit("\\", 1)[-1] or word


@lru_cache(maxsize=8_192)
def _base_of(word: str) -> str:
    name = word.rsplit("/", 1)[-1].rsplit("\\", 1)[-1]
    if name[-4:-3] == "." and name[-3:].lower() in {"exe", "cmd", "bat"}:
        name = name[:-4]
    return name or word


def kind(words: tuple[str, ...]) -> CommandKind:
    """Return what a simple command without wrappers is for."""
    if not words or words[0] in _OFTEN or (len(words) < 6 and words[-1] in ASKS):
        return "other"
    name = base(words[0]).lower()
    if PYTHON.fullmatch(name):
        return _python(words[1:])
    if name in SECOND or name in TASK_RUNNERS:
        plain = _plain(words)
        second = SECOND.get(name, _NONE)
        if plain and plain[0] in second:
            return second[plain[0]]
        if name in TASK_RUNNERS:
            return _task(plain, name, words)
    found = BY_NAME.get(name)
    if found is not None:
        looks = LOOKS if found == "install" else LOOKS_AT_ITSELF if found not in {"vcs", "network"} else ()
        return "other" if len(words) > 1 and words[1] in looks else found
    if name in SCRIPT_HOSTS:
        return _script(words[1:], says=name in STATISTICS)
    return _own_script(words[0], name) if SCRIPT.fullmatch(words[0]) else "other"


def _own_script(path: str, name: str) -> CommandKind:
    """Return what a script or program of the project is for, by its name."""
    stem = name.rsplit(".", 1)[0]
    if stem == "check":
        return "lint"
    return _task_word(stem) if name.endswith((".sh", ".bash", ".ps1", ".rb", ".pl")) else _script_kind(path)


def is_task(runner: str, words: tuple[str, ...]) -> bool:
    """Return whether what a runner of Python projects is given is a task of the project, not a program."""
    return (
        runner in SCRIPT_RUNNERS
        and kind(words) == "other"
        and not SCRIPT.fullmatch(words[0])
        and _task_word(words[0]) != "other"
    )


def _plain(words: tuple[str, ...]) -> list[str]:
    """Return the words that are no options, from the subcommand on."""
    plain: list[str] = []
    skip = False
    for word in words[1:]:
        if skip:
            skip = False
        elif word in BEFORE_SUBCOMMAND and not plain:
            skip = True
        elif not word.startswith(("-", "+")) or word in {"--build", "--test"}:
            plain.append(word)
    return plain


def _python(words: tuple[str, ...]) -> CommandKind:
    skip = False
    for index, word in enumerate(words):
        if skip or word in {"-W", "-X"}:
            skip = not skip
            continue
        if word == "-m" and index + 1 < len(words):
            module = words[index + 1]
            if module in SECOND or module == "pip":
                return kind((module, *words[index + 2 :]))
            return MODULES.get(module) or MODULES.get(module.split(".")[0], "other")
        if word == "-c":
            return "other"
        if not word.startswith("-"):
            name = base(word)
            return kind((word, *words[index + 1 :])) if name in SECOND or name in BY_NAME else _script_kind(word)
    return "other"


def _script_kind(path: str) -> CommandKind:
    """Return what a script that an interpreter is given is for: one that is only named like a test is none."""
    *folders, name = path.replace("\\", "/").split("/")
    stem = name.rsplit(".", 1)[0].lower()
    found = _task_word(stem)
    if found != "test":
        return found
    runs_tests = not TEST_FOLDERS.isdisjoint(folders) or set(re.split(r"[_.-]", stem)) <= RUNNER_WORDS
    return "test" if runs_tests or stem.endswith((".test", ".spec")) else "other"


def _script(words: tuple[str, ...], *, says: bool) -> CommandKind:
    """Return what a script that an interpreter is given is for, by its name; `says`: a short one tells by its text."""
    for index, word in enumerate(words):
        if word in {"-e", "-c", "--eval", "-p", "-r"}:
            return _task_word(words[index + 1]) if says and index + 1 < len(words) else "other"
        if not word.startswith("-"):
            name = base(word)
            if name in SECOND or name in BY_NAME:
                return kind((name, *words[index + 1 :]))
            return _script_kind(word) if SCRIPT.fullmatch(word) else "other"
    return "other"


def _task(plain: list[str], name: str, words: tuple[str, ...]) -> CommandKind:
    tasks = [word for word in plain if word not in RUN_WORDS and "=" not in word]
    if name in ENVIRONMENTS:
        return next((found for task in tasks[:4] if (found := _task_word(task)) != "other"), "test")
    if not tasks:
        return "build" if name in {"make", "gmake", "mingw32-make", "ant"} else "other"
    found = next((found for task in tasks[:4] if (found := _named_task(task, name)) != "other"), "other")
    return "build" if found == "test" and "-DskipTests" in words else found


def _named_task(task: str, runner: str) -> CommandKind:
    if CHECK.fullmatch(task):
        return "test" if runner in CHECK_IS_TEST else "lint"
    if TEST_TASK.search(task) or (task == "verify" and runner in BUILD_TOOLS):
        return "test"
    found = _task_word(task)
    return "build" if found == "install" and runner in BUILD_TOOLS else found


def _task_word(word: str) -> CommandKind:
    return _task_of(word[:_SHORT].lower())


@lru_cache(maxsize=2_048)
def _task_of(word: str) -> CommandKind:
    return next((found for pattern, found in TASK_WORDS if pattern.search(word)), "other")
