"""Trajectories of two projects are read as they are published, their patches become commits, and no path leads out."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.evaluate.trajectories import run
from tests.evaluate.trajectories.patched import UnfitPatchError, make, shown
from tests.evaluate.trajectories.rows import Trajectory, read
from tests.support.repositories import ScriptedRepository

SAMPLE = Path(__file__).parents[1] / "data" / "trajectories.jsonl"
PATCH = "diff --git a/{0} b/{0}\n--- a/{0}\n+++ b/{0}\n@@ -3,2 +3,2 @@\n one\n-two\n+three\n"


def rows(*lines: object, tmp_path: Path) -> tuple[list[Trajectory], Counter[str]]:
    path = tmp_path / "rows.jsonl"
    path.write_text("".join((one if isinstance(one, str) else json.dumps(one)) + "\n" for one in lines), "utf-8")
    left_out: Counter[str] = Counter()
    return list(read(path, None, left_out)), left_out


def test_the_sample_is_read_in_both_forms() -> None:
    left_out: Counter[str] = Counter()
    found = list(read(SAMPLE, None, left_out))
    assert [(one.name, one.resolved, one.repository) for one in found] == [
        ("made__up-1", True, "made/up"),
        ("made__up-2", False, "made/up"),
        ("made__up-3", False, "made/up"),
        ("made__up-4", True, "made/up"),
    ]
    assert [bool(one.base) for one in found] == [False, False, True, False]
    assert not left_out
    assert len(list(read(SAMPLE, 2, left_out))) == 2


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("{", "no JSON"),
        ("[" * 100_000, "no JSON"),
        ([1], "no object"),
        ({"resolved": True}, "no patch"),
        ({"resolved": True, "patch": " \n"}, "no patch"),
        ({"patch": "x"}, "not said whether it resolved its task"),
        ({"patch": "x", "resolved": "yes"}, "not said whether it resolved its task"),
        ({"patch": "x" * (1 << 21), "resolved": True}, "a patch that is too large"),
    ],
)
def test_a_row_that_is_wrong_is_counted(row: Any, why: str, tmp_path: Path) -> None:  # noqa: ANN401 - anything at all
    found, left_out = rows(row, {"patch": "x", "resolved": 1, "base_commit": "; rm", "repo": "../x"}, tmp_path=tmp_path)
    assert [(one.resolved, one.base, one.repository) for one in found] == [(True, "", "")]
    assert left_out == {why: 1}


def test_a_patch_shows_the_old_side_at_its_lines() -> None:
    assert shown(PATCH.format("a.py")) == {"a.py": "\n\none\ntwo\n"}
    with pytest.raises(UnfitPatchError):
        shown(PATCH.format("a.py").replace("-3,2", "-3000000,2"))


def test_a_patch_is_applied_where_a_mirror_has_its_commit(tmp_path: Path) -> None:
    made = ScriptedRepository(tmp_path / "mirror")
    base = made.commit("Start", {"a.py": "zero\nmore\none\ntwo\n"})
    one = Trajectory(name="x", patch=PATCH.format("a.py"), resolved=True, base=base)
    root, span, whole = make(one, tmp_path / "whole", made.git_dir)
    assert whole
    assert made.git("--git-dir", str(root), "show", f"{span.partition('..')[2]}:a.py") == "zero\nmore\none\nthree"
    _, _, whole = make(one, tmp_path / "shown", None)
    assert not whole


@pytest.mark.parametrize("path", ["../out.py", "/etc/passwd", ".git/hooks/pre-commit", "a/../../b.py"])
def test_no_path_of_a_patch_leads_out(path: str, tmp_path: Path) -> None:
    one = Trajectory(name="x", patch=PATCH.format(path), resolved=True)
    result = run.run(run.Wanted(one, None))
    assert result.error.startswith("the patch does not apply")


def test_rules_are_counted_on_both_sides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REVIEWER_EVALUATE_CACHE", str(tmp_path))
    monkeypatch.setattr(run, "examine_all", lambda wanted, how, _: {name: how(one) for name, one in wanted.items()})
    told = list(run.measure(SAMPLE, None, None))
    assert told[0] == "Trajectories of trajectories.jsonl: 4; 2 resolved their task, 2 did not"
    counts = {line.split()[0]: (line.split()[1], line.split("]")[1].split()[0]) for line in told[3:]}
    assert counts["error_handling.handler-broad-silent"] == ("0", "1")
    assert counts["test_theater.test-skipped"] == ("0", "1")
