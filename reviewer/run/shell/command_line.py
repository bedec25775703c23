"""What a command line does: its kind, what it reads, writes and reaches, and whether its exit code says anything.

Pure: a text in, facts out; any text gives an answer in linear time. Knows the names of common tools through its
neighbours; a tool that is not known is "other", never a guess. Nothing is run, and no file is looked at.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from reviewer.run.shell import edits as shell_edits
from reviewer.run.shell import exit as shell_exit
from reviewer.run.shell import inplace as shell_inplace
from reviewer.run.shell import patches as shell_patches
from reviewer.run.shell import powershell, tool_kinds
from reviewer.run.shell import reads as shell_reads
from reviewer.run.shell import scripts as shell_scripts
from reviewer.run.shell.changed import Changed, FileEdit, input_of
from reviewer.run.shell.effects import COMMITTERS, EFFECTIVE, MAX_EFFECTS, effects, makes_commit
from reviewer.run.shell.formats import FORMATTERS, formats
from reviewer.run.shell.hosts import CONTACTS, MAX_HOSTS, hosts
from reviewer.run.shell.shown import MAX_FOUND, FileRead, Shown
from reviewer.run.shell.steps import Step, joined, steps
from reviewer.run.shell.test_selection import selection
from reviewer.run.shell.words import names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviewer.run.event import CommandKind
    from reviewer.run.shell.exit import Answer

__all__ = ["CommandLine", "FileEdit", "FileRead", "analyse"]

shell_reads.READERS.update(powershell.READERS)
shell_edits.EDITORS.update(powershell.EDITORS)
shell_edits.EDITORS.update(shell_patches.EDITORS)
shell_edits.EDITORS.update(shell_inplace.EDITORS)
_SHOWS, _WRITES = frozenset(shell_reads.READERS), frozenset(shell_edits.EDITORS)

_PRECEDENCE: tuple[CommandKind, ...] = ("test", "type", "lint", "security", "build", "install", "network", "vcs")
"""Which part of a line is the tool of interest: the first kind in this order that any part has."""
_RANK = {kind: rank for rank, kind in enumerate(_PRECEDENCE)}
_SILENT = frozenset(
    (
        *("", "cd", "pushd", "popd", "export", "set", "unset", "source", ".", "echo", "printf", "true", ":", "sleep"),
        *("for", "write-host", "write-output", "set-location", "exit", "wait"),
    )
)
_FILTERS = names("head tail tee grep rg sed awk cat less more wc sort uniq cut tr select-object select-string out-file")
_INTERPRETERS = frozenset(("python", "node", "ruby", "deno", "bun", "tsx", "perl"))
_EVALUATES = frozenset(("-c", "-e", "--eval", "-p", "-pe", "eval"))
_DETACHED = frozenset((("nohup",), ("setsid",)))
_TEMPORARY = re.compile(r"(?:/private)?/(?:tmp|var/folders)/[^\s'\"]+")
_SHORT = 2_048
"""Longer lines are not kept in the large cache: a log may hold many, and their contents are kept with them."""
_MAX_KEY = 2_000


class CommandLine(NamedTuple):
    """What a command line does.

    Attributes:
        kind: of the part of interest.
        tool: the words of the part of interest, without wrappers (`uv run`, `timeout 60`, `sudo`).
        not_conclusive: why the exit code is not that of the tool of interest, None if it is.
        reads: files that it shows; searches: (pattern, path or None) of grep-like parts; lists: folders.
        selection: what a test run was narrowed to, None if it is not a test run or runs everything.
        key: equal for attempts at the same thing (rule `attempt-key`).
        answers: exit code 1 means "no" or "nothing found": with "any" output, or only where it is "silent"; else None.
        status: how the last line of the output gives the tool's exit code away (`; echo $?`), None if it does not.
        shows: from how many lines of the tool's output on the rest is not shown, 0 if only some are, None if all are.
        edits: files that it writes (rule `edit-by-shell`), in order; formats: paths that a formatter was let loose on,
            "." for all. What git was told to put back is none of them.
        early: how many of `edits`, `reads` and `searches` are done before the last program of the line runs.
        runs: (file, folder) of scripts that it runs and of patches that it applies.
        hosts: (machine, way) of those that it names.
        effects: (kind, words) of what no diff shows; kinds as in the packet.
        commits: it makes a commit.
    """

    kind: CommandKind
    tool: tuple[str, ...]
    not_conclusive: str | None
    reads: tuple[FileRead, ...]
    searches: tuple[tuple[str, str | None], ...]
    lists: tuple[str, ...]
    selection: str | None
    key: str
    answers: Answer | None
    status: re.Pattern[str] | None
    shows: int | None
    edits: tuple[FileEdit, ...]
    formats: tuple[str, ...]
    early: tuple[int, int, int]
    runs: tuple[tuple[str, str], ...]
    hosts: tuple[tuple[str, str], ...]
    effects: tuple[tuple[str, str], ...]
    commits: bool


def analyse(line: str) -> CommandLine:
    """Return what a command line does; any text gives an answer."""
    return _of_short(line) if len(line) <= _SHORT else _of_long(line)


def _analysed(line: str) -> CommandLine:
    found, variables = steps(line)
    if not found:
        return _NOTHING
    wanted, place = _of_interest(found)
    tool = found[place]
    done = _Done(Shown(variables), Changed(variables))
    for index in range(len(found) - 1):
        _take(done, found, index)
    early = len(done.changed.edits), len(done.shown.reads), len(done.shown.searches)
    _take(done, found, len(found) - 1)
    return CommandLine(
        kind=wanted,
        tool=tool.words,
        not_conclusive=shell_exit.hidden(found, place, minor=wanted == "other"),
        reads=tuple(done.shown.reads),
        searches=tuple(done.shown.searches),
        lists=tuple(done.shown.lists),
        selection=selection(tool.name, tool.args) if wanted == "test" else None,
        key=_key(found),
        answers=shell_exit.answer(found),
        status=shell_exit.said_status(found, place) if len(found) > 1 else None,
        shows=shell_exit.shown_lines(found, place) if len(found) > 1 else None,
        edits=tuple(done.changed.edits),
        formats=tuple(done.formats)[:MAX_FOUND],
        early=early,
        runs=tuple(done.changed.runs),
        hosts=tuple(done.hosts)[:MAX_HOSTS],
        effects=tuple(done.effects)[:MAX_EFFECTS],
        commits=done.commits,
    )


def _of_interest(found: Sequence[Step]) -> tuple[CommandKind, int]:
    """Return the kind of a line, and which step it is about."""
    wanted: CommandKind = "other"
    place, rank = -1, len(_PRECEDENCE)
    for index, step in enumerate(found):
        kind = tool_kinds.kind(step.words) if step.name else "other"
        # The last of its kind decides: `pytest -x; pytest` is about the last run.
        if kind != "other" and _RANK[kind] <= rank:
            wanted, place, rank = kind, index, _RANK[kind]
    return wanted, place if place >= 0 else _last_real(found)


@dataclass(slots=True)
class _Done:
    """What the steps so far do."""

    shown: Shown
    changed: Changed
    formats: dict[str, None] = field(default_factory=dict)
    hosts: dict[tuple[str, str], None] = field(default_factory=dict)
    effects: dict[tuple[str, str], None] = field(default_factory=dict)
    commits: bool = False


def _take(done: _Done, found: Sequence[Step], place: int) -> None:
    """Add what a step does. Most programs are known for one thing only, so each list of names is asked first."""
    step = found[place]
    name = step.name
    if name in _SHOWS:
        shell_reads.show(done.shown, found, place)
    if step.part.redirects or name in _WRITES or (step.words and step.words[0][0:1] == "."):
        shell_edits.change(done.changed, found, place)
    if name in _INTERPRETERS:
        _script(done, found, place)
    if name in FORMATTERS and not step.remote:
        for path in formats(step):
            done.formats.update(dict.fromkeys(done.shown.paths(step, path, pattern=True)))
    if name in EFFECTIVE or step.part.after == "&" or step.part.words[:1] in _DETACHED:
        done.effects.update(dict.fromkeys(effects(step)))
    if name in CONTACTS:
        done.hosts.update(dict.fromkeys(hosts(step)))
    if name in COMMITTERS:
        done.commits = done.commits or makes_commit(step)


_of_short = lru_cache(maxsize=2_048)(_analysed)
_of_long = lru_cache(maxsize=32)(_analysed)


def _last_real(found: Sequence[Step]) -> int:
    for index in range(len(found) - 1, -1, -1):
        if found[index].name not in _SILENT:
            return index
    return len(found) - 1


def _script(done: _Done, found: Sequence[Step], place: int) -> None:
    """Add what a script that stands in the line does, or the file of the script that is run."""
    step = found[place]
    if step.remote:
        return
    text: str | None = None
    for index, word in enumerate(step.args):
        if word in _EVALUATES:
            text = step.args[index + 1] if index + 1 < len(step.args) else None
            break
        if word == "-" or not word.startswith("-"):
            text = input_of(found, place) if word == "-" else None
            if word != "-" and step.name != "bun":
                done.changed.run(step, word)
            break
    else:
        text = input_of(found, place)
    seen = shell_scripts.scan(text or "")
    for path in seen.reads:
        done.shown.read(step, path)
    for edit in seen.edits:
        done.changed.edit(
            step,
            edit.path,
            edit.op,
            edit.content,
            append=edit.append,
            old_path=joined(step.folder, edit.old_path) if edit.old_path else None,
            patch=edit.patch,
        )


def _key(found: Sequence[Step]) -> str:
    """Rule `attempt-key`: the words without filters at the end of pipes, numbers of those, and temporary names."""
    kept = []
    for step in found:
        part = step.part
        if step.name in _SILENT or (step.name in _FILTERS and part.before in {"|", "|&"}):
            continue
        words = " ".join(step.words)
        if part.document is not None:
            words += f" <<{zlib.crc32(part.document.encode('utf-8', 'replace')):08x}"
        kept.append(words)
    key = " && ".join(kept)
    if "/" in key:
        key = _TEMPORARY.sub("(temporary)", key)
    if len(key) > _MAX_KEY:
        key = f"{key[:_MAX_KEY]}… {zlib.crc32(key.encode('utf-8', 'replace')):08x}"
    return key


_NOTHING = CommandLine("other", (), None, (), (), (), None, "", None, None, None, (), (), (0, 0, 0), (), (), (), False)
