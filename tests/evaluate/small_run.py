"""A change of the small set as a user has it: two commits, a contract, a recorded run; and what the checks say."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tests.evaluate.examined import Examined, examine
from tests.support.repositories import ScriptedRepository

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviewer.checks.probed import Part
    from tests.evaluate.model import Change

PARTS: tuple[Part, ...] = ("tests", "replay", "hunks", "mutants", "rotten")


def probed(change: Change) -> Examined:
    """Examine a change after its tests were run."""
    return run(change, PARTS if change.language == "python" else ())


def run(change: Change, parts: Sequence[Part] = ()) -> Examined:
    """Make the repository of a change and examine it with the environment that runs this."""
    with tempfile.TemporaryDirectory(prefix="evaluate-") as place:
        root = Path(place)
        span = build(change, root / "work")
        contract, log = root / "task.toml", root / "timeline.jsonl"
        if change.contract is not None:
            contract.write_text(change.contract, "utf-8")
        if change.events is not None:
            log.write_text(change.events, "utf-8")
        return examine(
            change.name,
            root / "work",
            span,
            sessions=() if change.events is None else (log,),
            task=None if change.contract is None else contract,
            python=sys.prefix,
            parts=parts,
        )


def build(change: Change, root: Path) -> str:
    """Make a repository of two commits, and return the range between them."""
    made = ScriptedRepository(root)
    base = made.commit("Start", change.before)
    gone: dict[str, str | bytes | None] = dict.fromkeys(change.before.keys() - change.after.keys())
    return f"{base}..{made.commit(change.asked, {**gone, **change.after})}"
