"""What a command is about: the words by which another command counts as a variant of it (rule `variant-retry`).

Pure. Knows how tools are called, not what they do.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reviewer.run.derive.paths import folders
from reviewer.run.shell import words as shell_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewer.run.event import Command, CommandKind

CHECKS: frozenset[CommandKind] = frozenset(("test", "lint", "type", "build", "security", "install"))
_LOOKS = frozenset(
    (
        *("ls", "cat", "grep", "egrep", "rg", "find", "fd", "head", "tail", "sed", "awk", "which", "test", "[", "diff"),
        *("stat", "wc", "echo", "printf", "pwd", "tree", "type", "file", "sort", "env", "ps", "kill", "pgrep", "sleep"),
        *("wait", "jobs", "Get-Content", "Get-ChildItem", "Select-String", "true", "cd"),
    )
)
"""Looking somewhere else is no second try at the same thing."""
_GIT_LOOKS = frozenset(("status", "diff", "log", "show", "branch", "remote", "rev-parse", "ls-files", "blame", "grep"))
_TASKS = frozenset(
    (
        *("npm", "pnpm", "yarn", "bun", "make", "gmake", "just", "task", "mise", "rake", "gradle", "gradlew", "mvn"),
        *("mvnw", "nx", "turbo", "tox", "nox", "invoke", "inv", "poe", "composer", "ant", "sbt"),
    )
)
"""Their words are names of tasks, not what these are about."""
_RUN = frozenset(("run", "run-script", "exec"))
_MANY = frozenset(("gh", "glab", "aws", "gcloud", "az", "kubectl", "docker", "helm", "npx", "uv", "cargo", "dotnet"))
_NAMED = frozenset(("-k", "-run", "--run", "-t", "--grep", "-g", "--filter", "--test", "--testNamePattern", "-R"))
"""Options that narrow a test run to names."""
_ALTERNATIVES = re.compile(r"\|| or | and |,")
_LIKE_PATH = re.compile(r"[/.]|::")
_VERBS = frozenset(
    ("test", "run", "fix", "check", "format", "fmt", "lint", "build", "clippy", "vet", "nextest", "unittest")
)
_VALUED = frozenset(("-k", "-m", "-n", "-c", "-o", "-p", "-W", "-t", "-j", "-r", "-run", "-timeout", "--config", "-e"))
_SUFFIX = re.compile(r"(?:::.*|#.*|:\d+.*|/\.\.\.|/\*+)$", re.DOTALL)


def head(tool: Sequence[str]) -> tuple[str, ...] | None:
    """Return the first words of a tool, as many as say what it is about; None where they do not.

    These are two, of programs that are many in one three, and of what runs tasks its name and the task.
    """
    name = posixpath.basename(tool[0]) if tool else ""
    words = [word for word in tool[1:4] if not (name in _TASKS and word in _RUN)]
    if not words or words[0].startswith("-") or name in _LOOKS:
        return None
    return (name, *words[: 2 if name in _MANY else 1])


def only_looks(tool: Sequence[str]) -> bool:
    """Return whether a tool only shows something; showing it again is no loop."""
    name = posixpath.basename(tool[0]) if tool else ""
    return name in _LOOKS or (name == "git" and len(tool) > 1 and tool[1] in _GIT_LOOKS)


def targets(tool: Sequence[str]) -> tuple[str, ...]:
    """Return the paths that a check was narrowed to, () when it is about everything."""
    if tool[:1] and tool[0].startswith("python") and tuple(tool[1:2]) == ("-m",):
        tool = tool[2:]
    if not tool or posixpath.basename(tool[0]) in _TASKS:
        return ()
    return tuple(dict.fromkeys(_targets(tool[1:])))


def _targets(words: Sequence[str]) -> Iterator[str]:
    value = perhaps = False
    for place, word in enumerate(words):
        if value or word.startswith("-") or "=" in word:
            value = not value and word in _VALUED
            perhaps = word.startswith("--")
            continue
        if perhaps and not _LIKE_PATH.search(word):
            # The value of an option that nobody can know.
            perhaps = False
            continue
        perhaps = False
        if not place and word in _VERBS:
            continue
        path = _SUFFIX.sub("", word.replace("\\", "/").removeprefix("./")).rstrip("/")
        if path and path != ".":
            yield path


def directory(line: str, cwd: str | None) -> str | None:
    """Return the folder that a line works in: where it is run, or where it goes first; None if that is not known."""
    if not line.lstrip("( \t").startswith(("cd ", "pushd ")):
        return cwd
    for part in shell_words.split(line):
        if part.words[:1] not in {("cd",), ("pushd",)}:
            break
        words = [word for word in part.words[1:] if not word.startswith("-")]
        if len(words) == 1 and "$" not in words[0]:
            cwd = posixpath.normpath(posixpath.join(cwd or "", words[0].replace("\\", "/")))
    return cwd


def names(tool: Sequence[str]) -> frozenset[str]:
    """Return the names of tests that a run was narrowed to, each alternative apart; none when it was not."""
    found: list[str] = []
    wanted = False
    for word in tool[1:]:
        option, _, value = word.partition("=")
        if wanted or (value and option in _NAMED):
            found.append(word if wanted else value)
        elif not word.startswith("-") and "::" in word:
            found.append(word.rpartition("::")[2])
        wanted = not wanted and word in _NAMED
    parts = (part.strip("^$()[]\"' ./*") for text in found for part in _ALTERNATIVES.split(text))
    return frozenset(part for part in parts if part)


def share_a_name(some: frozenset[str], others: frozenset[str]) -> bool:
    """Return whether two test runs have a test in common, as far as names tell; one that names none has all."""
    return not some or not others or any(one in other or other in one for one in some for other in others)


def placed(about: Sequence[str], folder: str | None) -> tuple[str, ...]:
    """Return targets as seen from anywhere; a check of everything is one of the folder that it runs in."""
    if folder is None:
        return tuple(about)
    return tuple(posixpath.normpath(posixpath.join(folder, target)) for target in about) or (folder,)


@dataclass(slots=True)
class Passed:
    """The commands of one agent that passed, by what they are about; lists are in the order of the run.

    Attributes:
        by_head: by the first words, and the folder.
        by_kind: checks by their kind; whole: those of them of which nothing says what they are about.
        at: checks by kind and target; inside: by kind and each folder that a target lies in.
    """

    by_head: dict[tuple[tuple[str, ...], str | None], list[Command]] = field(default_factory=dict)
    by_kind: dict[str, list[Command]] = field(default_factory=dict)
    whole: dict[str, list[Command]] = field(default_factory=dict)
    at: dict[tuple[str, str], list[Command]] = field(default_factory=dict)
    inside: dict[tuple[str, str], list[Command]] = field(default_factory=dict)

    def add(self, command: Command, words: tuple[str, ...] | None, about: Sequence[str], folder: str | None) -> None:
        """Add a command that passed, with the first words of its tool, its targets and where it ran."""
        if words is not None:
            self.by_head.setdefault((words, folder), []).append(command)
        kind = command.command_kind
        if kind not in CHECKS:
            return
        self.by_kind.setdefault(kind, []).append(command)
        targets_seen = placed(about, folder)
        if not targets_seen:
            self.whole.setdefault(kind, []).append(command)
        for target in targets_seen:
            self.at.setdefault((kind, target), []).append(command)
            for above in folders(target):
                self.inside.setdefault((kind, above), []).append(command)

    def like(
        self, command: Command, words: tuple[str, ...] | None, about: Sequence[str], folder: str | None
    ) -> list[list[Command]]:
        """Return the lists of commands that are another form of one (rule `variant-retry`)."""
        lists = [self.by_head.get((words, folder), [])] if words is not None else []
        kind = command.command_kind
        if kind not in CHECKS:
            return lists
        targets_seen = placed(about, folder)
        lists.append((self.whole if targets_seen else self.by_kind).get(kind, []))
        for target in targets_seen:
            lists += [self.at.get((kind, target), []), self.inside.get((kind, target), [])]
            lists += [self.at.get((kind, above), []) for above in folders(target)]
        return lists
