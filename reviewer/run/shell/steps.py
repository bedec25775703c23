"""What a command line runs, step by step: without wrappers, with what `bash -c` runs in its place, and where it runs.

Knows wrappers (`sudo`, `timeout`, `uv run`, `docker exec`), shells inside shells, `cd` and plain variables; nothing of
what a program does. Nothing is run or looked up.
"""

from __future__ import annotations

import posixpath
import re
from typing import NamedTuple

from reviewer.run.shell import tool_kinds, tool_wrappers
from reviewer.run.shell import words as shell_words
from reviewer.run.shell.words import Part

_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*\+?=")
_ENVIRONMENT = re.compile(r"\$[Ee]nv:\w+=?")
_NUMBER = re.compile(r"\d+(?:\.\d+)?[smhd]?")
_SHELLS = frozenset(("bash", "sh", "zsh", "dash", "ksh", "fish"))
_POWERSHELLS = frozenset(("powershell", "pwsh"))
_RUN_LINES = _SHELLS | _POWERSHELLS | {"cmd", "eval", "nix-shell", "su"}
_VARIABLE = re.compile(r"\$(?:\{(\w+)\}|(\w+))")
_PYTHON = re.compile(r"python(?:\d(?:\.\d+)?)?w?|py|pypy3?")
_PYTHON_VALUES = frozenset(("-W", "-X"))
_MAX_DEPTH = 4
_MAX_STEPS = 2_000
_MAX_VALUES = 20
"""A loop over more names than that is followed for the first ones."""


class Step(NamedTuple):
    """One program that a line runs.

    Attributes:
        name: of the program, lower case, without folder and suffix; of the module where it is `python -m module`.
        args: its arguments.
        words: the words without wrappers, `python -m` included.
        part: where it stands in the line; its redirections and its here-document.
        folder: that it runs in by a `cd` before it, "" where it is that of the whole line, None if it cannot be told.
        remote: it runs on another machine or in a container: its files are not ours.
    """

    name: str
    args: tuple[str, ...]
    words: tuple[str, ...]
    part: Part
    folder: str | None = ""
    remote: bool = False


Variables = dict[str, tuple[str, ...]]
"""Plain values that a line gives to names, for `$name`; several where a loop goes over them."""


def steps(line: str) -> tuple[list[Step], Variables]:
    """Return what a line runs in order, and its plain variables."""
    found: list[Step] = []
    _collect(line, 0, found)
    if not found:
        return [], {}
    variables = _variables(found) if "$" in line else {}
    if any(step.name in _MOVES for step in found):
        found = _in_folders(found, variables)
    return found, variables


def _collect(line: str, level: int, found: list[Step]) -> None:
    """Add the steps of a line, those of `bash -c` in its place."""
    for part in shell_words.read(line):
        if len(found) >= _MAX_STEPS:
            return
        words, remote = part.words, False
        if words and _may_wrap(words[0]):
            words, remote = _unwrapped(words)
        if not words:
            if part.words or part.redirects:
                found.append(Step("", (), part.words, part))
            continue
        name = tool_kinds.base(words[0]).lower()
        if name in _RUN_LINES and level < _MAX_DEPTH:
            inner, flags = _inner_line(name, words, part)
            if inner is not None:
                _nested(inner, flags, part, level, found, remote=remote)
                continue
        found.append(_step(name, words, part, remote=remote))


def _step(name: str, words: tuple[str, ...], part: Part, *, remote: bool) -> Step:
    args = words[1:]
    if args and _PYTHON.fullmatch(name):
        index = 0
        while index < len(args) and args[index].startswith("-") and args[index] not in {"-m", "-c", "-"}:
            index += 2 if args[index] in _PYTHON_VALUES else 1
        if args[index : index + 1] == ("-m",) and index + 1 < len(args):
            return Step(args[index + 1].lower(), args[index + 2 :], words, part, "", remote)
        args = args[index:]
        name = "python"
    return Step(tool_wrappers.ALIASES.get(name, name), args, words, part, "", remote)


def _nested(inner: str, flags: tuple[str, ...], outer: Part, level: int, found: list[Step], *, remote: bool) -> None:
    start = len(found)
    _collect(inner, level + 1, found)
    if start == len(found):
        return
    if flags:
        found.insert(start, Step("set", flags, ("set", *flags), Part(("set", *flags))))
    for index in range(start, len(found)):
        step = found[index]
        first, last = index == start, index == len(found) - 1
        part = step.part._replace(
            before=outer.before if first else step.part.before or "\n",
            depth=step.part.depth + outer.depth + 1,
            joint=outer.joint if first else step.part.joint + outer.depth + 1,
            after=outer.after if last else step.part.after,
            redirects=step.part.redirects + outer.redirects if last else step.part.redirects,
        )
        found[index] = step._replace(part=part, remote=step.remote or remote)


def _inner_line(name: str, words: tuple[str, ...], part: Part) -> tuple[str | None, tuple[str, ...]]:
    """Return the line that a shell is given to run, and the shell's options that change what its exit code means."""
    if name in _SHELLS:
        return _posix_inner(words, part)
    if name in _POWERSHELLS:
        for index, word in enumerate(words[1:-1], start=1):
            if word.lower() in {"-command", "-c", "-com"}:
                return " ".join(words[index + 1 :]), ()
    elif name == "cmd" and len(words) > 2 and words[1].lower() in {"/c", "/k", "//c"}:
        return " ".join(words[2:]), ()
    elif name == "eval" and len(words) > 1:
        return " ".join(words[1:]), ()
    elif name == "nix-shell" and len(words) > 2 and words[-2] in {"--run", "--command"}:
        return words[-1], ()
    elif name == "su" and "-c" in words[:-1]:
        return words[words.index("-c") + 1], ()
    return None, ()


def _posix_inner(words: tuple[str, ...], part: Part) -> tuple[str | None, tuple[str, ...]]:
    flags: list[str] = []
    index = 1
    while index < len(words):
        word = words[index]
        if word[:1] not in {"-", "+"} or word == "--":
            return None, ()
        if word[-1] == "o" and not word.startswith("--"):
            flags += words[index : index + 2]  # `-o pipefail`, `-eo pipefail`
            index += 2
            continue
        if not word.startswith("--") and "c" in word and index + 1 < len(words):
            if "e" in word:
                flags.append("-e")
            return words[index + 1], tuple(flags)
        flags.append(word)
        index += 2 if word in {"--rcfile", "--init-file"} else 1
    return part.document, tuple(flags)


_WRAPPERS = frozenset(
    (*tool_wrappers.WRAPPERS, *tool_wrappers.RUNNERS, *tool_wrappers.CONTAINERS, "coverage", "python", "python3", "py")
)


def _may_wrap(word: str) -> bool:
    """Return whether a first word may be a wrapper; most are not."""
    return "=" in word or word[:1] == "$" or tool_kinds.base(word) in _WRAPPERS


def _unwrapped(words: tuple[str, ...]) -> tuple[tuple[str, ...], bool]:
    remote = False
    while words:
        shorter, away = _without_one_wrapper(words)
        if shorter == words:
            break
        words, remote = shorter, remote or away
    return words, remote


def _without_one_wrapper(words: tuple[str, ...]) -> tuple[tuple[str, ...], bool]:
    """Return a step without its first wrapper, and whether that leads to another machine."""
    first = words[0]
    if "=" in first and _ASSIGNMENT.match(first):
        return words[1:], False
    if first[:1] == "$" and _ENVIRONMENT.match(first):
        return words[3 if words[1:2] == ("=",) else 1 if "=" in first else 2 :], False
    name = tool_kinds.base(first)
    if name in tool_wrappers.WRAPPERS:
        return _after_wrapper(name, words), False
    if name in tool_wrappers.RUNNERS:
        return _after_runner(name, words), False
    if name in tool_wrappers.CONTAINERS:
        return _in_container(words)
    if name == "coverage" and words[1:2] == ("run",):
        return ("python", *_measured(words[2:])), False
    return ((first, *_measured(words[4:])) if words[1:4] == ("-m", "coverage", "run") else words), False


def _after_wrapper(name: str, words: tuple[str, ...]) -> tuple[str, ...]:
    rest = _after_options(words[1:], tool_wrappers.WRAPPERS[name])
    timed = name in {"timeout", "gtimeout"} and rest and _NUMBER.fullmatch(rest[0])
    if timed or (name == "flock" and len(rest) > 1):
        rest = rest[1:]
    return rest or words


def _after_runner(name: str, words: tuple[str, ...]) -> tuple[str, ...]:
    for wrapper in tool_wrappers.RUNNERS[name]:
        if words[1 : 1 + len(wrapper)] == wrapper and len(words) > 1 + len(wrapper):
            rest = _after_options(words[1 + len(wrapper) :], tool_wrappers.RUNNER_VALUES)
            return rest if rest and not tool_kinds.is_task(name, rest) else words
    return words


def _measured(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return what `coverage run` runs: a module or a script, as Python is given it."""
    index = 0
    while index < len(words) and words[index].startswith("-") and words[index] != "-m":
        index += 1
    return words[index:]


def _in_container(words: tuple[str, ...]) -> tuple[tuple[str, ...], bool]:
    """Return what `docker exec` and the like run inside, by a program we know; else the words as they are."""
    index = 1
    if words[1:2] == ("compose",):
        index = 2
    while index < len(words) and words[index].startswith("-"):
        index += 2 if words[index] in tool_wrappers.CONTAINER_VALUES else 1
    if words[index : index + 1] not in {("exec",), ("run",)}:
        return words, False
    inside = _after_options(words[index + 1 :], tool_wrappers.CONTAINER_VALUES)[1:]
    known = inside and (tool_kinds.kind(_unwrapped(inside)[0]) != "other" or tool_kinds.base(inside[0]) in _SHELLS)
    return (inside, True) if known else (words, False)


def _after_options(words: tuple[str, ...], with_value: frozenset[str]) -> tuple[str, ...]:
    index = 0
    while index < len(words) and words[index].startswith("-"):
        if words[index] == "--":
            return words[index + 1 :]
        index += 2 if words[index] in with_value else 1
    return words[index:]


def _variables(found: list[Step]) -> Variables:
    """Return what `NAME=value` and `for NAME in values` give to names, where the values are plain."""
    known: Variables = {}
    for step in found:
        if step.name == "for" and step.args[1:2] == ("in",):
            known[step.args[0]] = tuple(value for value in step.args[2 : 2 + _MAX_VALUES] if "$" not in value)
        elif not step.name or step.name == "export":
            for word in step.args or step.words:
                if _ASSIGNMENT.match(word):
                    name, _, value = word.partition("=")
                    known[name] = () if "$" in value or "`" in value else (value,)
    return known


def expanded(word: str, variables: Variables) -> tuple[str, ...]:
    """Return a word with its variables replaced: several words in a loop, none where a value is not known."""
    if "$" not in word and "`" not in word:
        return (word,)
    match = _VARIABLE.search(word)
    values = variables.get(match.group(1) or match.group(2), ()) if match is not None else ()
    whole = (word.replace(match.group(), value) for value in values) if match is not None else ()
    return tuple(text for text in whole if "$" not in text and "`" not in text)


_MOVES = frozenset(("cd", "pushd", "popd", "chdir", "set-location"))


def _in_folders(found: list[Step], variables: Variables) -> list[Step]:
    """Return the steps with the folder that `cd` before them leads to; one in parentheses holds only there."""
    placed: list[Step] = []
    folders: dict[int, str | None] = {0: ""}
    before: list[str | None] = []
    level = 0
    for step in found:
        depth = step.part.depth
        if depth > level:
            for inner in range(level + 1, depth + 1):
                folders[inner] = folders[level]
        level = depth
        here = folders.get(depth, "")
        placed.append(Step(step.name, step.args, step.words, step.part, here, step.remote) if here != "" else step)
        if step.name == "popd":
            folders[depth] = before.pop() if before else None
        elif step.name in _MOVES and step.part.after not in {"|", "|&", "&"}:
            if step.name == "pushd":
                before.append(here)
            folders[depth] = _moved(here, step, variables)
    return placed


def _moved(here: str | None, step: Step, variables: Variables) -> str | None:
    plain = [word for word in step.args if word not in {"-P", "-L", "--", "/d", "/D", "-Path", "-LiteralPath"}]
    target = expanded(plain[0], variables) if len(plain) == 1 else ()
    if len(target) != 1 or target[0] == "-":
        return None
    return joined(here, target[0])


def joined(folder: str | None, path: str) -> str:
    """Return a path as seen from where the line starts; as it stands where that cannot be told."""
    if not folder or is_absolute(path):
        return path
    if "\\" in folder or "\\" in path:
        folder, path = folder.replace("\\", "/"), path.replace("\\", "/")
    return posixpath.normpath(posixpath.join(folder, path))


def is_absolute(path: str) -> bool:
    """Return whether a path starts at a root, a drive or somebody's home."""
    return path[:1] in {"/", "~"} or (path[1:2] == ":" and path[2:3] in {"/", "\\"}) or path.startswith("\\\\")
