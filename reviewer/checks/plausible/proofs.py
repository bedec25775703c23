"""What running the tests showed of the changed lines: hunks that nothing defends, wrong lines that nobody noticed.

That a hunk is undefended is common and no alarm by itself; it is one where a repair has no defended hunk at all, or
where a boundary is.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewer.checks.ident import Fact, shown
from reviewer.text import plural

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewer.checks.account import Account
    from reviewer.checks.case import Case
    from reviewer.checks.probed import Ablation, Hunk, Mutant, Mutation

_WHY_UNDEFENDED = "With the repair taken back hunk by hunk, the changed tests pass as they did."
_WHY_BOUNDARY = "With this taken back the changed tests pass as they did, and it stands where outsiders come in."
_WHY_SURVIVED = "A line that can be wrong without a test noticing may be wrong now."
_REPAIR = re.compile(r"(?i)\b(?:bug|bugfix|fix(?:e[sd])?|defect|regression|hotfix|repair)\b")
_BOUNDARY = re.compile(
    r"(?i)(?:^|[/_.-])(?:auth\w*|login|session\w*|password\w*|permission\w*|crypto\w*|token\w*|security|acl|oauth\w*|csrf"
    r"|secrets?|billing|payments?)(?:$|[/_.-])"
)
_NAMED = 4
_MOST_FILES = 20


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
        yield from _mutants(probed.mutants)
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
            message=f"The task is a repair, and no changed test defends any of its {plural(len(tried), 'hunk')}.",
            why=_WHY_UNDEFENDED,
            quote="",
            file=tried[0].path,
            side="new",
            line=max(1, tried[0].new_first),
        )
    for row in [row for row in bare if _BOUNDARY.search(row.path)][:_MOST_FILES]:
        yield Fact(
            rule="boundary-undefended",
            severity="low",
            message=f"No changed test fails without {_lines(row)} of {shown(row.path)}, by its name a boundary.",
            why=_WHY_BOUNDARY,
            quote=f"{row.old_last - row.old_first} {row.new_last - row.new_first}",
            file=row.path,
            side="new",
            line=max(1, row.new_first),
            end_line=max(1, row.new_first, row.new_last),
        )


def _lines(row: Hunk) -> str:
    if row.new_last <= row.new_first:
        return f"line {max(1, row.new_first)}"
    return f"lines {row.new_first} to {row.new_last}"


def _mutants(mutation: Mutation) -> Iterator[Fact]:
    by_path: dict[str, list[Mutant]] = {}
    for row in mutation.rows:
        if row.state == "survived":
            by_path.setdefault(row.path, []).append(row)
    for path, rows in list(by_path.items())[:_MOST_FILES]:
        first = min(rows, key=lambda row: row.line)
        yield Fact(
            rule="mutant-survived",
            severity="low",
            message=f"{_wrong(first)}, and no test noticed{_others(rows, first)}.",
            why=_WHY_SURVIVED,
            quote=f"{first.before} {first.after}",
            file=path,
            side="new",
            line=max(1, first.line),
        )


def _wrong(row: Mutant) -> str:
    return f"“{shown(row.before)}” was made “{shown(row.after)}”"


def _others(rows: Sequence[Mutant], first: Mutant) -> str:
    lines = sorted({row.line for row in rows} - {first.line})
    if not lines:
        return ""
    named = ", ".join(str(line) for line in lines[:_NAMED])
    return f"; nor on lines {named}{f' and {len(lines) - _NAMED:,} more' if len(lines) > _NAMED else ''}"
