"""What the checks say of trajectories that resolved their task, and of those that did not: by rule, side by side."""

from __future__ import annotations

import hashlib
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.evaluate.examined import Examined, examine
from tests.evaluate.operators.interval import wilson
from tests.evaluate.parallel import examine_all
from tests.evaluate.trajectories.patched import UnfitPatchError, make
from tests.evaluate.trajectories.rows import Trajectory, read

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewer.checks.finding import Mode

MODES: tuple[Mode, ...] = (
    *("hallucinated_api", "dependency_creep", "test_theater", "tests_on_parent", "plausible_wrong", "error_handling"),
    *("security_boundary", "style_drift", "gate_weakened", "hidden_text"),
)
"""The others need a contract or a record, which a row does not have."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One row, and the mirror of its project where there is one."""

    one: Trajectory
    mirror: Path | None


def measure(path: Path, repositories: Path | None, limit: int | None) -> Iterator[str]:
    """Yield the lines of the table.

    Args:
        path: the file of trajectories.
        repositories: folder of bare mirrors, `DIR/owner+name/repo`.
        limit: rows at most.
    """
    left_out: Counter[str] = Counter()
    rows = list(read(path, limit, left_out))
    wanted = {_name(one, path, number): Wanted(one, _mirror(one, repositories)) for number, one in enumerate(rows)}
    results = examine_all(wanted, run, "trajectories")
    fine = [(wanted[name].one, result) for name, result in results.items() if not result.error]
    left_out.update(result.error.strip().splitlines()[-1][:100] for result in results.values() if result.error)
    sides = [[result for one, result in fine if one.resolved is resolved] for resolved in (True, False)]
    resolved, unresolved = sides
    yield f"Trajectories of {path.name}: {len(fine)}; {len(resolved)} resolved their task, {len(unresolved)} did not"
    for why, count in left_out.most_common(10):
        yield f"  left out: {count}, {why}"
    lines = [sum(one.added for one in side) for side in sides]
    above = [sum(_alarms(one) for one in side) for side in sides]
    rates = [100 * count / max(1, added) for count, added in zip(above, lines, strict=True)]
    yield f"  findings above info in 100 added lines: {rates[0]:.2f} of resolved, {rates[1]:.2f} of unresolved"
    yield from _table(resolved, unresolved)


def _table(resolved: Sequence[Examined], unresolved: Sequence[Examined]) -> Iterator[str]:
    """Yield for each rule the share of both sides that it stands on, the widest apart first."""
    yield f"  {'rule':45}{'resolved':>9}{'share':>20}{'unresolved':>12}{'share':>20}"
    names = {said.name for one in (*resolved, *unresolved) for said in one.findings}
    counted = [(name, _count(resolved, name), _count(unresolved, name)) for name in names]

    def apart(row: tuple[str, int, int]) -> float:
        return abs(row[2] / max(1, len(unresolved)) - row[1] / max(1, len(resolved)))

    for name, on, off in sorted(counted, key=lambda row: (-apart(row), row[0])):
        shares = [_share(on, len(resolved)), _share(off, len(unresolved))]
        yield f"  {name:45}{on:>9}{shares[0]:>20}{off:>12}{shares[1]:>20}"


def _share(hits: int, count: int) -> str:
    low, high = wilson(hits, count)
    return f"{hits / max(1, count):.2f} [{low:.2f} {high:.2f}]"


def _count(side: Sequence[Examined], name: str) -> int:
    return sum(any(said.name == name for said in one.findings) for one in side)


def _alarms(one: Examined) -> int:
    return sum(said.severity != "info" for said in one.findings)


def _name(one: Trajectory, path: Path, number: int) -> str:
    digest = hashlib.sha256(repr((one.patch, one.base, one.asked)).encode("utf-8", "surrogatepass")).hexdigest()
    return f"trajectory {path.name} {number} {one.name} {digest[:24]}"


def _mirror(one: Trajectory, repositories: Path | None) -> Path | None:
    if repositories is None or not one.repository:
        return None
    place = repositories / one.repository.replace("/", "+") / "repo"
    return place if place.is_dir() else None


def run(wanted: Wanted) -> Examined:
    """Examine one trajectory's patch."""
    with tempfile.TemporaryDirectory(prefix="evaluate-") as place:
        try:
            root, span, whole = make(wanted.one, Path(place) / "work", wanted.mirror)
        except UnfitPatchError as error:
            return Examined(name=wanted.one.name, statuses={}, error=f"the patch does not apply: {error}")
        # What a checker says of fragments is that they are fragments.
        modes = MODES if whole else tuple(mode for mode in MODES if mode != "hallucinated_api")
        return examine(wanted.one.name, root, span, python=sys.prefix if whole else None, modes=modes)
