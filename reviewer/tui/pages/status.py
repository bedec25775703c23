"""The header and the place line: which packet, from whom, how far. Columns stay where they are while data arrives."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

from reviewer.tui.pages import tree
from reviewer.tui.row import Piece, clip_cells

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reviewer.packet.manifest import Manifest
    from reviewer.policy.model import GateResult
    from reviewer.review.event import VerdictKind
    from reviewer.tui.pages.tree import FileStanding

Groups: TypeAlias = list[list[Piece]]


_TITLE_COLUMNS = 64
_VERDICTS: dict[VerdictKind, tuple[Piece, ...]] = {
    "approved": (Piece("✓ ", "good"), Piece("approved by you", "bright")),
    "rejected": (Piece("✗ ", "bad"), Piece("changes requested by you", "bright")),
}
_MODEL_DATE = re.compile(r"-\d{8}$")


def header_groups(
    name: str,
    manifest: Manifest | None,
    partners: Iterable[str] = (),
    columns: int = _TITLE_COLUMNS,
    verdict: VerdictKind | None = None,
) -> Groups:
    """Return the header's left side: the change, the verdict, who else is in it, the agent, and the two commits."""
    if manifest is None:
        return [[Piece(name, "name")]]
    origin, change = manifest.origin, manifest.change
    agent = [Piece(origin.agent or "agent not recorded", "normal" if origin.agent else "dim")]
    if origin.models:
        more = f" and {len(origin.models) - 1} more" if len(origin.models) > 1 else ""
        agent.append(Piece(f" · {_MODEL_DATE.sub('', origin.models[0])}{more}", "dim"))
    target = (change.target_ref or "base").removeprefix("refs/heads/")
    commits = [Piece(f"{target} ", "dim"), Piece(f"{change.base[:7]} ← {change.head[:7]}", "dim")]
    others = [[Piece("with ", "dim"), Piece(partner, "accent")] for partner in partners]
    said = [] if verdict is None else [list(_VERDICTS[verdict])]
    return [[Piece(clip_cells(manifest.title, columns), "name")], *said, *others, agent, commits]


def header_state(
    risk: str | None, task_type: str | None, gates: Sequence[GateResult] | None, seen: tuple[int, int] | None
) -> list[Piece]:
    """Return the header's right side: class, gates passed, and how much is seen, each as wide as it will be.

    Args:
        risk: A, B or C.
        task_type: of the contract, None where there is no room for it.
        gates: how they stand.
        seen: units seen, and all.
    """
    pieces = [Piece("class ", "dim"), Piece(risk or " ", "bright")]
    if task_type:
        pieces.append(Piece(f" {task_type}", "dim"))
    if gates is None:
        counted = "  /  "
    else:
        passed = sum(result.state in {"passed", "waived"} for result in gates)
        counted = f"{passed:>2}/{len(gates):<2}"
    pieces += [Piece("   gates ", "dim"), Piece(counted, "bright"), Piece("  seen ", "dim")]
    return [*pieces, Piece("    " if seen is None else f"{_percent(*seen):>3}%", "bright")]


def place_groups(file: FileStanding | None, counts: tuple[int | None, int | None]) -> Groups:
    """Return the place line's left side: the file under the cursor and its lines added and removed."""
    if file is None:
        return [[]]
    folder, _, name = file.path.rpartition("/")
    path = [Piece(f"{folder}/" if folder else "", "dim"), Piece(name, "name")]
    if counts == (None, None):
        return [path]
    return [path, [Piece(f"+{counts[0] or 0}", "good"), Piece(f" −{counts[1] or 0}", "bad")]]


def place_state(file: FileStanding | None, hunk: tuple[int, int], number: tuple[int, int]) -> list[Piece]:
    """Return the place line's right side: which hunk of how many, which file of how many, and whether it is seen.

    Args:
        file: the file under the cursor.
        hunk: from 1, 0 outside of hunks; and how many the file has. A header that says something by itself is seen
            beside them.
        number: of the file, from 1, and of all.
    """
    if file is None:
        return []
    where = f"hunk {hunk[0]}/{hunk[1]}   " if hunk[0] else ""
    also = " with the header" if file.units > hunk[1] > 0 else ""
    pieces = [Piece(f"{where}file {number[0]}/{number[1]}   ", "dim")]
    return [*pieces, tree.seen_glyph(file.seen, file.units), Piece(f" {file.seen}/{file.units} seen{also}", "dim")]


def _percent(part: int, whole: int) -> int:
    # Never 100 before everything is seen, never 0 once something is.
    if not whole:
        return 100
    share = part * 100 // whole
    return max(share, 1) if part else share
