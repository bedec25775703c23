"""A test that the change deletes, in words: how it ended on the parent, and ends on the head."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reviewer.checks.probed import TestOutcome, TestRow

_PARENT: dict[TestOutcome, str] = {
    "passed": "passed on the parent",
    "failed": "failed on the parent",
    "error": "could not be set up on the parent",
    "skipped": "was skipped on the parent",
    "xfailed": "failed on the parent, as it was expected to",
}
_HEAD: dict[TestOutcome, str] = {
    "passed": "would pass on the new code",
    "failed": "would fail on the new code",
    "error": "cannot be set up on the new code",
    "skipped": "would be skipped on the new code",
    "xfailed": "would fail on the new code, as it was expected to",
}


def deleted_words(row: TestRow) -> str:
    """Return how a deleted test ended on the parent, and how it ends on the head where that was run."""
    before = _PARENT.get(row.parent_old, "was not run on the parent")
    after = _HEAD.get(row.head_old, "")
    return f"{before}, {after}" if after else before
