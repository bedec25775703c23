"""What taking the change back showed where that was tried: conflicts, and whether the parent's tests pass then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.checks.ident import Fact, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.checks.account import Account
    from reviewer.checks.case import Case

_MOST_NAMED = 5


def rehearsed(case: Case, account: Account) -> Iterator[Fact]:
    """Yield what the rehearsal showed; `account` learns that there was one, or none."""
    tried = case.probed.rollback if case.probed is not None else None
    if tried is None:
        account.note("the way back was not rehearsed")
        return
    for gap in tried.gaps:
        account.note(f"the rehearsal of the way back: {shown(gap)}")
    target = shown(tried.target_name or tried.target[:10], 60)
    if not tried.applied:
        named = ", ".join(shown(path) for path in tried.conflicts[:_MOST_NAMED])
        more = f" and {len(tried.conflicts) - _MOST_NAMED:,} more" if len(tried.conflicts) > _MOST_NAMED else ""
        yield Fact(
            rule="revert-conflicts",
            severity="medium",
            message=f"Taking the change back on {target} meets conflicts{f' in {named}{more}' if named else ''}.",
            why="In the bad hour somebody would have to solve them by hand.",
            quote=" ".join(sorted(tried.conflicts)),
            numbers=(("conflicts", len(tried.conflicts)),),
        )
        return
    seconds = tried.suite.seconds if tried.suite is not None else 0.0
    account.looked(
        "way back",
        f"rehearsed on {target} in {seconds:.1f} s with the parent's tests"
        if seconds
        else f"rehearsed on {target} without running tests",
    )
    if tried.suite_passed is False:
        yield Fact(
            rule="revert-fails",
            severity="medium",
            message=f"With the change taken back on {target}, the parent's tests do not pass.",
            why="What was built on the change since then needs it.",
            quote=tried.target,
            numbers=(("seconds", round(seconds, 1)),),
        )
