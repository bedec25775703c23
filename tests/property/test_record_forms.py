"""Laws of what looks at records: any text has an answer, an interval holds its share, any row is read or left out."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reviewer.checks.gates.pins import pin_facts
from reviewer.checks.rewrites import rewrites, unpaired
from reviewer.checks.stop_rules import is_run_of
from tests.evaluate.operators.interval import wilson
from tests.evaluate.trajectories.patched import UnfitPatchError, shown
from tests.evaluate.trajectories.rows import read

if TYPE_CHECKING:
    from pathlib import Path

WORDS = st.sampled_from(
    [
        "git",
        "stash",
        "pop",
        "checkout",
        "--",
        ".",
        "pytest",
        "-k",
        "one",
        "&&",
        "|",
        ";",
        "'",
        '"',
        "patch",
        "$(",
        "\ud800",
    ]
)
LINES = st.one_of(st.text(max_size=60), st.lists(WORDS, max_size=12).map(" ".join))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
ROWS = st.dictionaries(
    st.sampled_from(["patch", "resolved", "target", "repo", "base_commit", "instance_id", "report", "test_result"]),
    JSON,
)


@given(LINES, LINES)
def test_any_line_is_a_run_of_another_or_not(wanted: str, line: str) -> None:
    assert is_run_of(wanted, line) in {True, False}
    assert rewrites(line) in {True, False}


@given(st.lists(LINES, max_size=8))
def test_what_leaves_other_files_is_among_the_commands(lines: list[str]) -> None:
    found = unpaired(enumerate(lines, 1))
    assert set(found) <= set(range(1, len(lines) + 1))
    assert len(found) == len(set(found))


@given(st.integers(0, 500), st.integers(1, 500))
def test_an_interval_holds_its_share(hits: int, count: int) -> None:
    hits = min(hits, count)
    low, high = wilson(hits, count)
    assert 0 <= low <= hits / count + 1e-9
    assert hits / count - 1e-9 <= high <= 1


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_pins_are_read_from_any_bytes(old: bytes, new: bytes) -> None:
    assert list(pin_facts(".github/workflows/a.yml", old, old)) == []
    assert len(list(pin_facts(".github/workflows/a.yml", old, new))) <= 8


@given(st.text(alphabet="-+@ ,1290abdifgt/\n", max_size=200))
def test_any_patch_shows_its_old_side_or_is_refused(patch: str) -> None:
    try:
        files = shown(patch)
    except UnfitPatchError:
        return
    assert all(text.endswith("\n") for text in files.values())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ROWS | JSON, max_size=4))
def test_any_row_is_read_or_counted(tmp_path: Path, rows: list[object]) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    left_out: Counter[str] = Counter()
    found = list(read(path, None, left_out))
    assert len(found) + left_out.total() == len(rows)
