"""Rows of a file of trajectories: JSON lines with a patch and whether it resolved its task, as two projects write it.

Runs of SWE-agent (`generated_patch`, `target`) and of OpenHands (`model_patch` or `git_patch`, `resolved`) are read as
they are published; a row of one's own needs `patch` and `resolved`. Nothing else of a row has to be there. A row is a
stranger's: its sizes are bounded, and one that is wrong is counted and left out.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterator
    from pathlib import Path

LONGEST = 64 << 20
"""Bytes of a row; trajectories hold whole outputs."""
MOST_PATCH = 1 << 20
_PATCH = ("patch", "generated_patch", "model_patch", "git_patch")
_RESOLVED = ("resolved", "target", "is_resolved", "success")
_NAME = ("instance_id", "id", "task_id")
_COMMIT = re.compile(r"[0-9a-f]{7,40}")
_INSTANCE = re.compile(r"([\w.-]+)__([\w.-]+?)-\d+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trajectory:
    """One row.

    Attributes:
        repository: "owner/name", empty if it is not said.
        base: the commit that the patch is for, empty if it is not said.
        asked: the task in words, empty if it is not there.
    """

    name: str
    patch: str
    resolved: bool
    repository: str = ""
    base: str = ""
    asked: str = ""


def read(path: Path, limit: int | None, left_out: Counter[str]) -> Iterator[Trajectory]:
    """Yield the rows of a file that can be used.

    Args:
        path: JSON lines in UTF-8.
        limit: rows at most.
        left_out: gets why rows were left out, and how many.
    """
    count = 0
    with path.open("rb") as stream:
        while limit is None or count < limit:
            line = stream.readline(LONGEST + 1)
            if not line:
                return
            if len(line) > LONGEST:
                left_out["longer than a row may be"] += 1
                while line and not line.endswith(b"\n"):
                    line = stream.readline(LONGEST)
                continue
            if not line.strip():
                continue
            found = _row(line, count)
            if isinstance(found, str):
                left_out[found] += 1
            else:
                count += 1
                yield found


def _row(line: bytes, number: int) -> Trajectory | str:
    try:
        data: Any = json.loads(line)
    except (ValueError, RecursionError):
        return "no JSON"
    if not isinstance(data, dict):
        return "no object"
    inside = data.get("test_result")
    rows = [data, *(one for one in (inside, data.get("report")) if isinstance(one, dict))]
    patch = next((row[name] for row in rows for name in _PATCH if isinstance(row.get(name), str)), None)
    if patch is None or not patch.strip():
        return "no patch"
    if len(patch) > MOST_PATCH:
        return "a patch that is too large"
    resolved = next((_truth(row[name]) for row in rows for name in _RESOLVED if name in row), None)
    if resolved is None:
        return "not said whether it resolved its task"
    name = next((data[one] for one in _NAME if isinstance(data.get(one), str)), f"row {number + 1}")[:200]
    base = data.get("base_commit")
    return Trajectory(
        name=name,
        patch=patch if patch.endswith("\n") else patch + "\n",
        resolved=resolved,
        repository=_repository(data, name),
        base=base if isinstance(base, str) and _COMMIT.fullmatch(base) else "",
        asked=_text(data.get("problem_statement")),
    )


def _truth(value: object) -> bool | None:
    if isinstance(value, bool):
        return value
    if isinstance(value, (int, float)) and value in {0, 1}:
        return value == 1
    return None


def _repository(data: dict[str, Any], name: str) -> str:
    said = data.get("repo")
    if isinstance(said, str) and re.fullmatch(r"[\w-][\w.-]*/[\w-][\w.-]*", said):
        return said
    found = _INSTANCE.match(name)
    return f"{found[1]}/{found[2]}" if found else ""


def _text(value: object) -> str:
    return value[:20_000] if isinstance(value, str) else ""
