"""What a command line does: its kind, the files it reads, and whether its exit code says anything.

Pure: texts in, facts out. Knows the names of common tools; a tool that is not known is "other", never a guess.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from reviewer.run import shell_words, tool_names

if TYPE_CHECKING:
    from reviewer.run.event import CommandKind
    from reviewer.run.shell_words import Part

_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*\+?=")
_NUMBER = re.compile(r"\d+(?:\.\d+)?[smhd]?")
_SHELLS = frozenset(("bash", "sh", "zsh", "dash", "ksh"))
_PRECEDENCE: tuple[CommandKind, ...] = ("test", "type", "lint", "security", "build", "install", "network", "vcs")
"""Which part of a line is the tool of interest: the first kind in this order that any part has."""
_SILENT = frozenset(
    ("cd", "pushd", "popd", "export", "set", "unset", "source", ".", "echo", "printf", "true", ":", "sleep")
)
_FILTERS = frozenset(
    (
        "head",
        "tail",
        "tee",
        "grep",
        "egrep",
        "rg",
        "sed",
        "awk",
        "cat",
        "less",
        "more",
        "wc",
        "sort",
        "uniq",
        "cut",
        "tr",
    )
)
_MAX_DEPTH = 4
_NO_MATCH = frozenset(("grep", "egrep", "fgrep", "rg", "ag", "diff", "cmp", "test", "[", "find", "pgrep", "which"))
_SED_RANGE = re.compile(r"(\d+),(\d+)p")
_TEMPORARY = re.compile(r"(?:/private)?/(?:tmp|var/folders)/[^\s'\"]+")


@dataclass(frozen=True, slots=True)
class FileRead:
    """A file that a command shows: lines from 1, None for unknown or all."""

    path: str
    first: int | None = None
    last: int | None = None
    whole: bool | None = None


@dataclass(frozen=True, slots=True)
class CommandLine:
    """What a command line does.

    Attributes:
        kind: of the part of interest.
        tool: the words of the part of interest, without wrappers (`uv run`, `timeout 60`, `sudo`).
        not_conclusive: why the exit code is not that of the tool of interest, None if it is.
        reads: files shown by cat, head, sed -n and the like.
        searches: (pattern, path or None) of grep-like parts with a place to search.
        selection: what a test run was narrowed to, None if it is not a test run or runs everything.
        key: equal for attempts at the same thing (rule `attempt-key`).
        no_match_is_fine: exit code 1 of the last part means "nothing found".
    """

    kind: CommandKind
    tool: tuple[str, ...]
    not_conclusive: str | None
    reads: tuple[FileRead, ...]
    searches: tuple[tuple[str, str | None], ...]
    selection: str | None
    key: str
    no_match_is_fine: bool


@lru_cache(maxsize=4096)
def analyse(line: str) -> CommandLine:
    """Return what a command line does; any text gives an answer."""
    parts = _parts(line, 0)
    kinds = [tool_names.kind(words) for words, _ in parts]
    wanted: CommandKind = next((kind for kind in _PRECEDENCE if kind in kinds), "other")
    # The last of its kind decides: `pytest -x; pytest` is about the last run.
    of_kind = [index for index, kind in enumerate(kinds) if kind == wanted and wanted != "other"]
    place = of_kind[-1] if of_kind else _last_real(parts)
    tool = parts[place][0] if parts else ()
    reads, searches = _shown(parts)
    last = parts[-1][0] if parts else ()
    return CommandLine(
        kind=wanted,
        tool=tool,
        not_conclusive=_hidden(parts, place) if parts else None,
        reads=reads,
        searches=searches,
        selection=tool_names.selection(tool) if wanted == "test" else None,
        key=_key(parts),
        no_match_is_fine=bool(last) and tool_names.base(last[0]) in _NO_MATCH,
    )


def _parts(line: str, depth: int) -> list[tuple[tuple[str, ...], Part]]:
    """Return (words without wrappers, part) of each part, with what `bash -c` runs in place of itself."""
    found: list[tuple[tuple[str, ...], Part]] = []
    for part in shell_words.split(line):
        words = _unwrapped(part.words)
        inner = _inner_line(words)
        if inner is not None and depth < _MAX_DEPTH:
            nested = _parts(inner, depth + 1)
            found += [
                (
                    words_inside,
                    shell_words.Part(whole.words, part.before if not index else whole.before, whole.redirects),
                )
                for index, (words_inside, whole) in enumerate(nested)
            ]
        elif words:
            found.append((words, part))
    return found


def _inner_line(words: tuple[str, ...]) -> str | None:
    if len(words) < 3 or tool_names.base(words[0]) not in _SHELLS:
        return None
    for index, word in enumerate(words[1:-1], start=1):
        if word.startswith("-") and word.endswith("c"):
            return words[index + 1]
        if not word.startswith("-"):
            return None
    return None


def _unwrapped(words: tuple[str, ...]) -> tuple[str, ...]:
    while words:
        shorter = _without_one_wrapper(words)
        if shorter == words:
            return words
        words = shorter
    return words


def _without_one_wrapper(words: tuple[str, ...]) -> tuple[str, ...]:
    if _ASSIGNMENT.match(words[0]):
        return words[1:]
    name = tool_names.base(words[0])
    if name in tool_names.WRAPPERS:
        rest = _after_options(words[1:], tool_names.WRAPPERS[name])
        if name == "timeout" and rest and _NUMBER.fullmatch(rest[0]):
            rest = rest[1:]
        return rest or words
    for wrapper in tool_names.RUNNERS.get(name, ()):
        if words[1 : 1 + len(wrapper)] == wrapper and len(words) > 1 + len(wrapper):
            return _after_options(words[1 + len(wrapper) :], tool_names.RUNNER_VALUES) or words
    return words


def _after_options(words: tuple[str, ...], with_value: frozenset[str]) -> tuple[str, ...]:
    index = 0
    while index < len(words) and words[index].startswith("-"):
        if words[index] == "--":
            return words[index + 1 :]
        index += 2 if words[index] in with_value else 1
    return words[index:]


def _last_real(parts: list[tuple[tuple[str, ...], Part]]) -> int:
    for index in range(len(parts) - 1, -1, -1):
        if tool_names.base(parts[index][0][0]) not in _SILENT:
            return index
    return max(0, len(parts) - 1)


def _hidden(parts: list[tuple[tuple[str, ...], Part]], place: int) -> str | None:
    """Return what hides the exit code of the part of interest, None if it decides the line's exit code."""
    is_other = tool_names.kind(parts[place][0]) == "other"
    for words, part in parts[place + 1 :]:
        name = tool_names.base(words[0])
        if part.before in {"|", "|&"} and not is_other:
            return f"| {name}" if name in _FILTERS else "pipe"
        if part.before == "||" and name in {"true", ":", "echo", "printf", "exit"}:
            return f"|| {name}"
        if part.before in {";", "\n"}:
            return f"; {name}" if name in {"echo", "true", "printf", ":"} else "; another command"
        if part.before == "&":
            return "run in the background with &"
    return None


def _shown(
    parts: list[tuple[tuple[str, ...], Part]],
) -> tuple[tuple[FileRead, ...], tuple[tuple[str, str | None], ...]]:
    reads: list[FileRead] = []
    searches: list[tuple[str, str | None]] = []
    for words, part in parts:
        name = tool_names.base(words[0])
        if any(
            redirect.lstrip("12&").startswith(">") and "/dev/null" not in redirect and "&1" not in redirect
            for redirect in part.redirects
        ) and name in {"cat", "echo", "printf"}:
            continue  # `cat > file` writes
        plain = [word for word in words[1:] if not word.startswith("-")]
        if name in tool_names.SHOWERS:
            reads += _shower(name, words, plain)
        elif name in tool_names.SEARCHERS and plain:
            searches += [(plain[0], path) for path in plain[1:]]
            if len(plain) == 1 and part.before not in {"|", "|&"}:
                searches.append((plain[0], None))
        elif name == "git" and plain[:1] == ["show"]:
            reads += [FileRead(word.split(":", 1)[1]) for word in plain[1:] if ":" in word and not word.endswith(":")]
    return tuple(reads), tuple(searches)


def _shower(name: str, words: tuple[str, ...], plain: list[str]) -> list[FileRead]:
    if name == "sed":
        if "-n" not in words or not plain:
            return []
        span = _SED_RANGE.fullmatch(plain[0])
        first, last = (int(span.group(1)), int(span.group(2))) if span else (None, None)
        return [FileRead(path, first, last, whole=False) for path in plain[1:]]
    if name in {"head", "tail"}:
        paths = [word for word in plain if not word.isdigit()]
        return [FileRead(path, whole=False) for path in paths]
    return [FileRead(path, whole=name in {"cat", "nl", "bat"}) for path in plain]


def _key(parts: list[tuple[tuple[str, ...], Part]]) -> str:
    """Rule `attempt-key`: the words without filters at the end of pipes, numbers of those, and temporary names."""
    kept = [
        " ".join(words)
        for words, part in parts
        if not (part.before in {"|", "|&"} and tool_names.base(words[0]) in _FILTERS)
        and tool_names.base(words[0]) not in _SILENT
    ]
    return _TEMPORARY.sub("(temporary)", " && ".join(kept))
