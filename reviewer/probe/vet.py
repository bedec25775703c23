"""What the compilers of a change newly say of its added lines: each run over base and head, and the difference.

Runs a project's own build, so it belongs to what a person says yes to. A compiler that cannot do its work over the
base, or misses what is not at hand, leaves a gap: then nothing is known. Knows the forms in which three of them print.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

from reviewer.checks.ident import shown
from reviewer.checks.probed import Vet, VetKind, Vetted
from reviewer.text import plural

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from reviewer.checks.probed import Ran
    from reviewer.probe.change import Change
    from reviewer.probe.files import Files

Tool: TypeAlias = Literal["go", "cargo", "tsc"]
BASE, HEAD = "the base", "the head"
REPORT = "report"
INTO_REPORT = f'exec > "$REVIEWER_OUT/{REPORT}" 2>&1\n'
MAX_ROWS = 500
_MAX_LINES = 20_000
_MAX_LINE = 2_000
_FORMS: dict[Tool, re.Pattern[str]] = {
    "go": re.compile(r"(?:vet: )?(?:\./)?(?P<path>[^:\t\n]{1,500}\.go):(?P<line>\d{1,7}):(?:\d{1,5}:)? (?P<said>.+)"),
    "cargo": re.compile(r"(?P<path>[^:\t\n]{1,500}\.rs):(?P<line>\d{1,7}):\d{1,5}: (?P<said>(?:error|warning)\b.+)"),
    "tsc": re.compile(
        r"(?P<path>[^(\t\n]{1,500}\.[cm]?tsx?)\((?P<line>\d{1,7}),\d{1,5}\): (?P<said>error TS\d{1,5}: .+)"
    ),
}
_NAMES: dict[Tool, re.Pattern[str]] = {
    "go": re.compile(
        r"undefined: |undeclared name: |.{1,200} not exported by package |.{1,200} not declared by package "
    ),
    "cargo": re.compile(r"error\[E0(?:405|412|422|423|425|432|433|531|574)\]"),
    "tsc": re.compile(r"error TS(?:(?:2304|2305|2503|2552|2614|2724):|2307: Cannot find module '\.)"),
}
_MEMBERS: dict[Tool, re.Pattern[str]] = {
    "go": re.compile(r".{1,300} undefined \(type |unknown field "),
    "cargo": re.compile(r"error\[E0(?:026|407|437|559|560|576|599|609|610)\]"),
    "tsc": re.compile(r"error TS(?:2339|2551|2561|2353):"),
}
# What is not at hand on this machine says nothing of the change.
_LACKING: dict[Tool, re.Pattern[str]] = {
    "go": re.compile(
        r"module lookup disabled|no required module provides|cannot find module|missing go\.sum|inconsistent vendoring"
        r"|updates to go\.mod needed|toolchain not available|go\.mod requires go"
    ),
    "cargo": re.compile(
        r"you're in the offline mode|failed to (?:get|download|load|select)|no matching package|can't find crate"
        r"|could not execute process|requires rustc|linker `"
    ),
    "tsc": re.compile(r"error TS(?:5083|6053|18003)\b|^Error: Cannot find module"),
}


@dataclass(frozen=True, slots=True)
class Vetter:
    """A compiler as it is at hand.

    Attributes:
        tool: whose form its words have.
        name: for people, with its version if that is known.
        argv: the command; it starts in the tree, and what it prints goes to `REPORT` in the folder `REVIEWER_OUT`.
        environment: variables beside those of every run.
        readable: what it reads beside the system.
    """

    tool: Tool
    name: str
    argv: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    readable: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Heard:
    """What a run said: each diagnostic with its place, and what it lacks, "" for nothing."""

    said: tuple[tuple[str, int, str], ...] = ()
    lacking: str = ""


def vet(
    change: Change,
    vetters: Sequence[Vetter],
    run: Callable[[Vetter, Files, str], tuple[Ran, bytes | None]],
    *,
    over: Callable[[], bool],
    missing: Sequence[str] = (),
    progress: Callable[[int, int, str], None] | None = None,
) -> Vet:
    """Return what the compilers newly say.

    Args:
        change: both trees.
        vetters: the compilers that are at hand.
        run: runs one over a tree; gives how it ended and all that it printed, None if that is too much to keep.
        over: asked before each; true ends it.
        missing: why there is no compiler for some of the change.
        progress: told runs done, runs in all, and which.
    """
    rows: list[Vetted] = []
    ran: list[Ran] = []
    gaps = list(missing)
    added = {file.path: frozenset(line.number for line in file.added) for file in change.files if file.status != "D"}
    for number, one in enumerate(vetters):
        heard: list[Heard] = []
        for step, (files, words) in enumerate(((change.before, BASE), (change.after, HEAD))):
            if over():
                return Vet(rows=tuple(rows), runs=tuple(ran), gaps=(*gaps, f"{one.name} was not run to its end"))
            if progress is not None:
                progress(2 * number + step, 2 * len(vetters), f"{one.name} over {words}")
            made, printed = run(one, files, words)
            ran.append(made)
            heard.append(Heard(lacking="it printed too much") if printed is None else hear(one.tool, printed))
            if (gap := _gap(one, made, heard[-1], words)) is not None:
                gaps.append(gap)
                break
        else:
            rows += new(one, heard[0], heard[1], added)
    if len(rows) > MAX_ROWS:
        gaps.append(f"{plural(len(rows) - MAX_ROWS, 'more diagnostic')} are not kept")
    return Vet(rows=tuple(rows[:MAX_ROWS]), runs=tuple(ran), gaps=tuple(gaps))


def hear(tool: Tool, printed: bytes) -> Heard:
    """Return what a compiler said, by the words it printed."""
    found: dict[tuple[str, int, str], None] = {}
    lacking = ""
    for line in printed.decode("utf-8", "surrogateescape").split("\n")[:_MAX_LINES]:
        said = line.rstrip("\r")[:_MAX_LINE]
        match = _FORMS[tool].fullmatch(said)
        if not lacking and _LACKING[tool].search(said):
            lacking = said.strip()
        elif match is not None:
            found[match["path"].removeprefix("./").replace("\\", "/"), int(match["line"]), match["said"]] = None
    return Heard(tuple(found), lacking)


def new(vetter: Vetter, before: Heard, after: Heard, added: Mapping[str, frozenset[int]]) -> Iterator[Vetted]:
    """Yield what is said of added lines of the head more often than the same is said of that file on the base."""
    known = Counter((path, said) for path, _, said in before.said)
    for path, line, said in after.said:
        if known[path, said] > 0:
            known[path, said] -= 1
        elif line in added.get(path, ()):
            yield Vetted(tool=vetter.name, path=path, line=line, kind=_kind(vetter.tool, said), message=said)


def _kind(tool: Tool, said: str) -> VetKind:
    return "member" if _MEMBERS[tool].match(said) else "name" if _NAMES[tool].match(said) else "other"


def _gap(vetter: Vetter, made: Ran, heard: Heard, words: str) -> str | None:
    start = f"{vetter.name} over {words} cannot be determined"
    if made.ended != "exit":
        return f"{start}: it was ended ({made.ended})"
    if heard.lacking:
        return f"{start}: {shown(heard.lacking, 200)}"
    if made.code != 0 and not heard.said:
        last = next((line for line in reversed(made.tail.split("\n")) if line.strip()), "")
        return f"{start}: it ended with code {made.code}{f' and “{shown(last, 160)}”' if last else ''}"
    return None
