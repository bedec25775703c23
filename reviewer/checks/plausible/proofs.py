"""What running the tests showed of the changed lines: hunks that nothing defends, wrong lines that nobody noticed.

That a hunk is undefended is common and no alarm by itself (77 of 177 that could be decided, in 47 commits that people
made of click, attrs and werkzeug); it is one where a repair has no defended hunk at all, or where a boundary is.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewer.checks.ident import Fact, shown
from reviewer.checks.plausible.survivors import survivors
from reviewer.text import plural

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.checks.account import Account
    from reviewer.checks.case import Case
    from reviewer.checks.probed import Ablation, Hunk

_WHY_UNDEFENDED = "With the repair taken back piece by piece, the changed tests pass as they did."
_WHY_PIECE = "With this taken back the changed tests pass as they did, so they hold nothing of it in place."
_WHY_BOUNDARY = "With this taken back the changed tests pass as they did, and it stands where outsiders come in."
_REPAIR = re.compile(r"(?i)\b(?:bug|bugfix|fix(?:e[sd])?|defect|regression|hotfix|repair)\b")
_BOUNDARY = re.compile(
    r"(?i)(?:^|[/_.-])(?:auth\w*|login|session\w*|password\w*|permission\w*|crypto\w*|token\w*|security|acl|oauth\w*|csrf"
    r"|secrets?|billing|payments?)(?:$|[/_.-])"
)
_MOST_FILES = 20
_MOST_LOUD = 2
_MOST_PIECES = 20
"""All of them stand beside their hunks; so many are told in words."""


def facts(case: Case, account: Account) -> Iterator[Fact]:
    """Yield what is worth a look of what was run; the rest is told to the account."""
    probed = case.probed
    if probed is None:
        return
    if probed.hunks is not None:
        account.looked("hunk", "taken back one at a time", len(probed.hunks.rows))
        yield from _hunks(case, probed.hunks)
    if probed.mutants is not None:
        account.looked("line", "made wrong on purpose", len(probed.mutants.rows))
        yield from survivors(case, probed.mutants)
    if probed.rotten is not None and probed.rotten.changed:
        missed = len(probed.rotten.uncovered)
        account.note(f"{missed:,} of {plural(probed.rotten.changed, 'changed line')}: no test runs them")
    for part in (probed.hunks, probed.mutants):
        for gap in part.gaps if part is not None else ():
            account.note(shown(gap, 200))


def _hunks(case: Case, ablation: Ablation) -> Iterator[Fact]:
    tried = [row for row in ablation.rows if row.state in {"defended", "undefended"}]
    bare = [row for row in tried if row.state == "undefended"]
    task = case.manifest.task
    said = " ".join(part[:2_000] for part in (task.type, task.objective, case.manifest.title) if part)
    if tried and len(bare) == len(tried) and _REPAIR.search(said):
        yield Fact(
            rule="repair-undefended",
            severity="medium",
            message=f"The task is a repair, and no changed test defends {_pieces(len(tried))}.",
            why=_WHY_UNDEFENDED,
            quote="",
            file=tried[0].path,
            side="new",
            line=max(1, tried[0].new_first),
        )
    at_edge: dict[str, list[Hunk]] = {}
    told = 0
    for row in bare:
        if _BOUNDARY.search(row.path):
            at_edge.setdefault(row.path, []).append(row)
        elif told < _MOST_PIECES:
            told += 1
            yield _undefended(row)
    for number, (path, rows) in enumerate(list(at_edge.items())[:_MOST_FILES]):
        row = rows[0]
        more = f", nor without {plural(len(rows) - 1, 'more piece')} of it" if len(rows) > 1 else ""
        yield Fact(
            rule="boundary-undefended",
            severity="low" if number < _MOST_LOUD else "info",
            message=f"No changed test fails without {_lines(row)} of {shown(path)}, by its name a boundary{more}.",
            why=_WHY_BOUNDARY,
            quote=f"{row.old_last - row.old_first} {row.new_last - row.new_first}",
            file=path,
            side="new",
            line=max(1, row.new_first),
            end_line=max(1, row.new_first, row.new_last),
        )


def _undefended(row: Hunk) -> Fact:
    return Fact(
        rule="hunk-undefended",
        severity="info",
        message=f"No changed test fails without {_lines(row)}.",
        why=_WHY_PIECE,
        quote=f"{row.old_last - row.old_first} {row.new_last - row.new_first}",
        file=row.path,
        side="new",
        line=max(1, row.new_first),
        end_line=max(1, row.new_first, row.new_last),
        known="recorded",
    )


def _pieces(count: int) -> str:
    return "its one piece of code" if count == 1 else f"any of its {count:,} pieces of code"


def _lines(row: Hunk) -> str:
    if row.new_last <= row.new_first:
        return f"line {max(1, row.new_first)}"
    return f"lines {row.new_first} to {row.new_last}"
