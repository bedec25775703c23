"""The bytes of both sides of a changed file, wherever the case has them.

Knows the difference between a side that does not exist and one whose content is not at hand.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reviewer.checks.case import Case, ChangedFile

_GITLINK = "160000"


@dataclass(frozen=True, slots=True)
class Sides:
    """Whole contents; None for a side that does not exist, or that is missing (then `complete` is False)."""

    old: bytes | None
    new: bytes | None
    complete: bool


def contents(case: Case, file: ChangedFile) -> Sides:
    """Return both sides of `file`, from the packet or from the trees where the packet lacks them."""
    old_exists = file.status != "A" and file.old_mode != _GITLINK
    new_exists = file.status != "D" and file.new_mode != _GITLINK
    old, new = file.old, file.new
    if old is None and old_exists and case.before is not None:
        old = case.before.read(file.old_path or file.path)
    if new is None and new_exists and case.after is not None:
        new = case.after.read(file.path)
    return Sides(
        old=old if old_exists else None,
        new=new if new_exists else None,
        complete=(old is not None or not old_exists) and (new is not None or not new_exists),
    )
