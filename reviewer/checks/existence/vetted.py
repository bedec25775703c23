"""What a compiler misses on added lines, where a person let it run over both sides.

Knows what running showed and nothing of compilers. What no other fact tells of the same line is told here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.checks.ident import Fact, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reviewer.checks.account import Account
    from reviewer.checks.case import Case

_WHY = "What a compiler cannot find was never built with this change."
_MOST = 20


def vetted(case: Case, told: Iterable[Fact], account: Account) -> Iterator[Fact]:
    """Yield names and members that the compiler newly misses.

    Args:
        case: the change.
        told: what is said of the same lines already.
        account: learns what was run, and what could not be determined.
    """
    found = case.probed.vet if case.probed is not None else None
    if found is None:
        return
    for gap in found.gaps:
        account.note(shown(gap, 200))
    if found.runs:
        account.looked("run of a compiler", "over both sides", len(found.runs))
    known = {(fact.file, fact.line) for fact in told}
    missed = [row for row in found.rows if row.kind != "other" and (row.path, row.line) not in known]
    for row in missed[:_MOST]:
        thing = "a member that is not there" if row.kind == "member" else "a name that is not there"
        yield Fact(
            rule="compiler-misses",
            severity="high",
            message=f"{shown(row.tool, 40)} finds {thing}: {shown(row.message, 160)}",
            why=_WHY,
            quote=row.message,
            file=row.path,
            side="new",
            line=row.line,
            known="recorded",
        )
    if len(missed) > _MOST:
        account.note(f"{len(missed) - _MOST:,} more names that a compiler misses are not told")
