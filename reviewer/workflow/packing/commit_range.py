"""Which commits a packet is about: from what a person types to two commit ids.

Knows revisions and history through the quarantine; reads no content.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer.errors import GitError, UndeterminedError

if TYPE_CHECKING:
    from reviewer.git.quarantine import Quarantine


@dataclass(frozen=True, slots=True)
class CommitRange:
    """The change from `base` to `head`, full commit ids.

    Attributes:
        commits: those of `head` that `base` does not have, the oldest first.
        target_ref: the branch that the change is meant for, full name, or None when nothing says.
        notes: what a person should know about the choice, one sentence each.
    """

    base: str
    head: str
    commits: tuple[str, ...]
    target_ref: str | None
    notes: tuple[str, ...] = ()


def find_range(quarantine: Quarantine, text: str | None) -> CommitRange:
    """Return the range that a person means.

    Args:
        quarantine: the repository.
        text: `BASE..HEAD` (exactly these two trees), `BASE...HEAD` (from their merge base), `BASE` (to HEAD), or None:
            from the merge base with the default branch to HEAD. A missing side is HEAD, as in git.

    Raises:
        GitError: a revision does not exist, the two sides share no history, or there is nothing between them.
    """
    notes: list[str] = []
    target: str | None
    if text is None:
        base, head, target = _from_default_branch(quarantine)
    else:
        base, head = _sides(quarantine, text)
        target = _target(quarantine, base)
    if base == head:
        raise GitError(
            f"there is nothing between {base[:12]} and {head[:12]}: both are the same commit",
            hint="check out the agent's branch, or give the range: reviewer pack BASE..HEAD",
        )
    if not quarantine.is_ancestor(base, head):
        notes.append(
            f"{base[:12]} is not an ancestor of {head[:12]}, so the change also takes back what only {base[:12]} has; "
            "BASE...HEAD starts at their merge base"
        )
    commits = tuple(reversed(quarantine.commits(base, head)))
    return CommitRange(base, head, commits, target, tuple(notes))


def _from_default_branch(quarantine: Quarantine) -> tuple[str, str, str]:
    head = quarantine.resolve("HEAD")
    target = quarantine.default_branch()
    if target is None:
        raise GitError(
            "no default branch was found to compare HEAD with (origin/HEAD, main, master, trunk, develop)",
            hint="give the range: reviewer pack BASE..HEAD",
        )
    return _merge_base(quarantine, target, "HEAD"), head, target


def _sides(quarantine: Quarantine, text: str) -> tuple[str, str]:
    if "..." in text:
        left, _, right = text.partition("...")
        return _merge_base(quarantine, left or "HEAD", right or "HEAD"), quarantine.resolve(right or "HEAD")
    left, _, right = text.partition("..")
    return quarantine.resolve(left or "HEAD"), quarantine.resolve(right or "HEAD")


def _merge_base(quarantine: Quarantine, left: str, right: str) -> str:
    base = quarantine.merge_base(left, right)
    if base is None:
        raise GitError(
            f"'{left}' and '{right}' have no commit in common, so there is no base to compare with",
            hint="give the range: reviewer pack BASE..HEAD",
        )
    return base


def _target(quarantine: Quarantine, base: str) -> str | None:
    # The default branch, when the base lies on it: that is where such a change goes.
    try:
        target = quarantine.default_branch()
        return target if target is not None and quarantine.is_ancestor(base, target) else None
    except UndeterminedError:
        return None
