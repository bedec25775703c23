"""Recorded runs of Claude Code, packed with the repository around them: the whole main job on real input."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.sample_repository import make_sample_repository
from tests.support.samples import claude_code_sample

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = "/Users/soph/Work/entire/devenv/cli"
RUNS: dict[str, tuple[int, dict[str, Any]]] = {
    "e01-ci-test-fix": (
        1_767_703_260,
        {"commands": 2, "failed": 1, "reads": 1, "files": 1, "retries": 1, "end": "finished"},
    ),
    "e04-lint-todo": (
        1_768_080_300,
        {"commands": 4, "failed": 3, "reads": 2, "files": 2, "retries": 1, "end": "finished"},
    ),
}
"""Name of a run to the time of its commit and what a person counted in the log."""


def _reviewer(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "reviewer", *arguments], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("name", RUNS)
def test_a_real_run_becomes_a_packet_that_can_be_judged(name: str, tmp_path: Path) -> None:
    time, counted = RUNS[name]
    session = claude_code_sample(name)
    made = make_sample_repository(tmp_path / "repository", session, FOLDER, time=time)
    path = tmp_path / "run.packet"
    span = f"{made.base}..{made.head}"
    packed = _reviewer("pack", span, "--repo", str(made.root), "--session", str(session), "-o", str(path))
    assert packed.returncode == 0, packed.stderr
    manifest = json.loads(_reviewer("show", str(path), "--json").stdout)
    assert {
        "commands": len(manifest["command"]),
        "failed": sum(row["state"] == "failed" for row in manifest["command"]),
        "reads": len(manifest["file_read"]),
        "files": len(manifest["file_changed"]),
        "retries": sum(bool(row["command"]) for row in manifest["retry"]),
        "end": manifest["end"]["reason"],
    } == counted
    assert all(row["by"] == "agent" and row["read_before_edit"] for row in manifest["file_changed"])
    assert all(not transcript.get("unknown") for transcript in manifest["origin"]["transcript"])
    checked = _reviewer("check", str(path))
    assert checked.returncode == 0, checked.stderr
    assert "is changed and lies" not in checked.stdout
