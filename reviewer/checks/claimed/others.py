"""Checks that were said to have been made and are neither tests nor linters: benchmarks, documentation, by hand.

A sentence is held against the lines of all commands; one that may be what is meant bears it out, whatever it printed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer.checks.ident import Fact, shown
from reviewer.run.derive import phrases
from reviewer.run.event import Tool
from reviewer.run.shell.command_line import analyse

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewer.checks.account import Account
    from reviewer.checks.case import Case
    from reviewer.checks.claimed.words import Said
    from reviewer.packet.manifest import CommandRow

_WHY = "A reviewer who believes the summary does not look for what was never run."
_LONGEST = 2_000


@dataclass(frozen=True, slots=True)
class _Way:
    """One kind of check: how it is said, and how a command that makes it looks; None for whatever runs a program."""

    said: re.Pattern[str]
    ran: re.Pattern[str] | None
    nothing: str


_WAYS = (
    _Way(
        re.compile(
            r"\b(?:re-?)?(?:ran|run|executed) (?:\w+ ){0,3}benchmarks?\b"
            r"|\bbenchmarks? (?:show|confirm|indicate|are|pass|report)\w*",
            re.IGNORECASE,
        ),
        re.compile(r"bench|hyperfine|timeit|perf|\basv\b|\btime\b|profile|\bwrk\b|\bk6\b|locust", re.IGNORECASE),
        "no recorded command looks like a benchmark",
    ),
    _Way(
        re.compile(
            r"\bdoc(?:s|umentation) (?:\w+ ){0,2}?(?:builds?|built|renders?|compiles?)\b(?! (?:up|on))", re.IGNORECASE
        ),
        re.compile(
            r"doc|sphinx|mkdocs|html|hugo|jekyll|antora|vitepress|storybook|\bmake\b|\btox\b|nox", re.IGNORECASE
        ),
        "no recorded command looks like building documentation",
    ),
    _Way(
        re.compile(
            r"\b(?:verified|tested|checked|confirmed|tried)\b[^.;:\n]{0,60}?\b(?:manually|by hand"
            r"|in (?:a|the|my) (?:\w+ )?(?:browser|terminal))\b"
            r"|\bmanually (?:verified|tested|checked|confirmed)\b"
            r"|\bmanual(?:ly)? test(?:s|ing)? (?:pass|show|confirm)\w*",
            re.IGNORECASE,
        ),
        None,
        "no recorded command or tool runs anything but checks and looks at files",
    ),
)


def others(case: Case, said: Sequence[Said], account: Account) -> Iterator[Fact]:
    """Yield what was said to have been checked in a way of which the run has no trace."""
    rows = [row for row in case.manifest.command if row.state not in {"denied", "not_run"}]
    for one in said:
        text = one.text[:_LONGEST]
        if phrases.NOT_SAID.search(text):
            continue
        way = next((way for way in _WAYS if way.said.search(text)), None)
        if way is None:
            continue
        account.looked("claim", "of other checks")
        if _borne_out(case, rows, way):
            continue
        yield Fact(
            rule="claim-without-evidence",
            severity="low",
            message=f"The agent says “{shown(one.text)}”, and {way.nothing}.",
            why=_WHY,
            quote=one.text,
            evidence=(f"event:{one.event}",),
        )


def _borne_out(case: Case, rows: Sequence[CommandRow], way: _Way) -> bool:
    if way.ran is not None:
        return any(way.ran.search(row.line[:_LONGEST]) for row in rows)
    return any(isinstance(event, Tool) for event in case.events) or any(map(_runs_something, rows))


def _runs_something(row: CommandRow) -> bool:
    """Return whether a command may have tried the program itself."""
    if row.kind in {"test", "lint", "type", "vcs", "install"}:
        return False
    known = analyse(row.line[:_LONGEST])
    only_shows = known.reads or known.searches or known.lists or known.edits
    return row.kind != "other" or not only_shows
