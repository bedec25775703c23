"""Why a line is there, on recorded runs whose diff lies beside them: how much is traced, and that none of it is wrong.

What is expected here was read off by a person: hunk, edits and words side by side.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass, replace
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest

from reviewer.diff.index import index_patch
from reviewer.run.event import Edit
from reviewer.run.importers.detect import detect
from reviewer.run.importers.importer import LogSource
from reviewer.run.importers.spool import OutputSpool
from reviewer.workflow.why import Reasons
from tests.conformance.test_real_runs import FOLDER, RUNS
from tests.support.sample_repository import make_sample_repository
from tests.support.samples import claude_code_sample, samples_dir

if TYPE_CHECKING:
    from pathlib import Path

    from reviewer.run.event import Event
    from reviewer.run.why import Why


@dataclass(frozen=True)
class Traced:
    """A run with its diff, and how many hunks and lines of it have a why at least."""

    log: str
    diff: str
    hunks: int
    of: int
    lines: int


RUNS_WITH_DIFF = (
    Traced("claude-code/e01-ci-test-fix.jsonl", "claude-code/e01-ci-test-fix.diff", 2, 2, 8),
    Traced("claude-code/e04-lint-todo.jsonl", "claude-code/e04-lint-todo.diff", 14, 15, 200),
    Traced(
        "mini-swe-agent/m01-resolved-sqlfluff__sqlfluff-2419.traj.json",
        "mini-swe-agent/m01-resolved-sqlfluff__sqlfluff-2419.diff",
        2,
        2,
        8,
    ),
    Traced(
        "mini-swe-agent/m05-unresolved-pylint-dev__astroid-1978.traj.json",
        "mini-swe-agent/m05-unresolved-pylint-dev__astroid-1978.diff",
        2,
        2,
        8,
    ),
    Traced("gemini-cli/gm01-wrong-file-then-undo.json", "gemini-cli/gm01-wrong-file-then-undo.diff", 1, 1, 17),
    Traced("openhands/o01-ponyc-4595.output.jsonl", "openhands/o01-ponyc-4595.diff", 1, 1, 1),
    Traced("openhands/o12-resolver-issue-1.output.jsonl", "openhands/o12-resolver-issue-1.diff", 4, 4, 48),
    Traced("swe-agent/s02-v0.x-test-repo-i1.traj", "swe-agent/s02-v0.x-test-repo-i1.diff", 1, 1, 1),
    Traced(
        "aider/a01-multi-session-shell.aider.chat.history.md", "aider/a01-multi-session-shell.commits.diff", 18, 19, 345
    ),
)


def _whys(log: Path, diff: Path) -> tuple[list[Why], list[Event]]:
    data = log.read_bytes()
    with OutputSpool() as spool:
        source = LogSource(name=log.name, size=len(data), open=lambda: BytesIO(data))
        run = detect(data, log.name).read(source, spool)
    index = index_patch(_patch(diff.read_bytes()))
    paths = {file.path for file in index.files} | {file.old_path for file in index.files if file.old_path}
    events = [
        replace(event, repo_path=_in(event.path, paths)) if isinstance(event, Edit) else event for event in run.events
    ]
    reasons = Reasons(index, events)
    return [why for file in index.files for why in reasons.of(file).values()], events


def _patch(data: bytes) -> bytes:
    """Return the patches of one or several commits without what git writes above each."""
    parts = b"\n".join((b"", data)).split(b"\ncommit ")
    return b"".join(part[part.index(b"diff --git") :].rstrip(b"\n") + b"\n" for part in parts if b"diff --git" in part)


def _in(logged: str, paths: set[str]) -> str | None:
    """Return the changed path that a logged one ends with, the longest."""
    found = [path for path in paths if logged == path or logged.endswith(f"/{path}")]
    return max(found, key=len, default=None)


@pytest.mark.parametrize("run", RUNS_WITH_DIFF, ids=lambda run: run.log.partition("/")[2][:20])
def test_hunks_of_recorded_runs_have_a_why(run: Traced) -> None:
    folder = samples_dir() / "transcripts"
    whys, _ = _whys(folder / run.log, folder / run.diff)
    assert len(whys) == run.of
    assert sum(why.traced for why in whys) >= run.hunks
    assert sum(why.lines_traced for why in whys) >= run.lines
    assert all(why.said is None or why.said.text for why in whys)


def test_each_why_of_the_lint_run_is_what_a_person_read_off() -> None:
    """The patches of the edits, as counted by hand: which of the run's edits stand in which hunk."""
    folder = samples_dir() / "transcripts" / "claude-code"
    whys, events = _whys(folder / "e04-lint-todo.jsonl", folder / "e04-lint-todo.diff")
    edits = [event.seq for event in events if isinstance(event, Edit) and event.applied]
    numbered = [[edits.index(seq) for seq in why.edits] for why in whys]
    handlers = [[6, 7, 9], [6, 7], [6, 7], [6, 7], [6, 7], [6, 7], [6]]
    transcript: list[list[int]] = [[], [0], [1, 2], [3, 5], [3], [3, 4, 8], [10], [10]]
    assert numbered == handlers + transcript


@pytest.mark.parametrize("name", RUNS)
def test_a_packet_of_a_real_run_says_why_of_each_hunk(name: str, tmp_path: Path) -> None:
    session = claude_code_sample(name)
    made = make_sample_repository(tmp_path / "repository", session, FOLDER, time=RUNS[name][0])
    path = tmp_path / "run.packet"
    span = f"{made.base}..{made.head}"
    packed = _reviewer("pack", span, "--repo", str(made.root), "--session", str(session), "-o", str(path))
    assert packed.returncode == 0, packed.stderr
    rows: list[dict[str, Any]] = json.loads(_reviewer("show", str(path), "--json").stdout)["hunk"]
    assert rows
    assert all({"id", "path", "new_start", "why"} <= row.keys() for row in rows)
    traced = [row for row in rows if "edits" in row["why"]]
    assert len(traced) >= 0.9 * len(rows)
    assert all(row["why"]["said"]["text"] and row["why"]["turn"] == 1 for row in traced)
    text = _reviewer("show", str(path), "why").stdout
    assert f"{len(traced)} of {len(rows)} hunks traced" in text
    assert all(f"{row['path']}:{row['new_start']}" in text for row in rows)


def _reviewer(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "reviewer", *arguments], capture_output=True, text=True, check=False)
