"""Results are kept privately and at once, are read back strictly, and count only for the trees that were run."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.checks.probed import (
    Ablation,
    Hunk,
    Matrix,
    Mutant,
    Mutation,
    Probed,
    Ran,
    Rehearsal,
    Replay,
    Required,
    Rerun,
    Rotten,
    RottenLine,
    TestRow,
)
from reviewer.probe.trials import Verdict
from reviewer.workflow.probing.codec import NotAsWrittenError, decode, encode
from reviewer.workflow.probing.store import About, Results, StoreError, load

if TYPE_CHECKING:
    from pathlib import Path

RAN = Ran(argv=("pytest", "-q"), tree="head", code=0, ended="exit", seconds=1.5, tail="ok \udcff\x1b[31m")
ABOUT = About(base_tree="1" * 40, head_tree="2" * 40, environment="e", containment="namespaces")
WHEN = "2026-01-02T03:04:05Z"
ROTTEN = Rotten(
    rows=(RottenLine(path="t.py", line=3, text="assert x"),), uncovered=(("a.py", 1), ("b.py", 2)), changed=3
)
HUNKS = Ablation(
    rows=(Hunk(path="a\udc80.py", old_first=1, old_last=0, new_first=1, new_last=2, state="defended", by=("t",)),),
    runs=(RAN,),
    gaps=("a gap",),
)
WHOLE = Probed(
    base_tree=ABOUT.base_tree,
    head_tree=ABOUT.head_tree,
    environment="e",
    containment="none",
    not_contained=("the network",),
    finished=WHEN,
    tests=Matrix(framework="pytest", rows=(TestRow(id="t", path="t.py", changed=True, kind="F2P"),)),
    replay=Replay(),
    hunks=HUNKS,
    mutants=Mutation(rows=(Mutant(path="a", line=1, operator="not", before="x", after="y", state="survived", by=()),)),
    rotten=ROTTEN,
    rollback=Rehearsal(target="3" * 40, target_name="main", applied=True, suite=RAN, suite_passed=True),
    required=Required(rows=(Rerun(line="pytest", ran=RAN, passed=None),)),
)


def kept(root: Path, about: About = ABOUT, when: str = WHEN) -> Results:
    results = Results(about, root)
    results.keep("rotten", ROTTEN, when)
    return results


def test_everything_comes_back_as_it_was() -> None:
    assert decode(Probed, encode(WHOLE)) == WHOLE
    assert encode(WHOLE).isascii()


@given(st.text(st.characters(codec=None, categories=None)), st.floats(0, 1e9), st.integers() | st.none())
def test_any_text_and_number_comes_back(text: str, seconds: float, code: int | None) -> None:
    ran = Ran(argv=(text,), tree=text, code=code, ended="exit", seconds=seconds, tail=text)
    assert decode(Ran, encode(ran)) == ran


@pytest.mark.parametrize(
    "change",
    [
        {"code": "0"},
        {"code": True},
        {"ended": "well"},
        {"argv": "pytest"},
        {"argv": [1]},
        {"seconds": None},
        {"more": 1},
        {"tail": None},
    ],
)
def test_what_is_not_of_its_type_is_refused(change: dict[str, object]) -> None:
    plain = json.loads(encode(RAN))
    with pytest.raises(NotAsWrittenError):
        decode(Ran, json.dumps(plain | change).encode())
    del plain["argv"]
    with pytest.raises(NotAsWrittenError):
        decode(Ran, json.dumps(plain).encode())


@pytest.mark.parametrize("data", [b"", b"{", b"[" * 100_000, b"\xff", b"null", b"[]"])
def test_no_bytes_are_a_crash(data: bytes) -> None:
    with pytest.raises(NotAsWrittenError):
        decode(Probed, data)


def test_a_part_is_loaded_for_its_trees_only(tmp_path: Path) -> None:
    kept(tmp_path)
    found = load(ABOUT.base_tree, ABOUT.head_tree, tmp_path)
    assert found is not None
    assert found.rotten == ROTTEN
    assert found.finished == WHEN
    assert load(ABOUT.base_tree, "9" * 40, tmp_path) is None
    assert load("9" * 40, ABOUT.head_tree, tmp_path) is None


def test_a_file_that_was_moved_to_other_trees_counts_for_nothing(tmp_path: Path) -> None:
    there = kept(tmp_path)
    other = Results(replace(ABOUT, head_tree="9" * 40), tmp_path)
    other.folder.parent.mkdir()
    there.folder.rename(other.folder)
    assert load(ABOUT.base_tree, "9" * 40, tmp_path) is None
    assert other.part("rotten") is None


def test_the_newest_environment_counts_and_no_other_is_mixed_in(tmp_path: Path) -> None:
    kept(tmp_path).keep("hunks", HUNKS, "2026-01-02T03:04:06Z")
    newer = replace(ABOUT, environment="f")
    kept(tmp_path, newer, "2026-01-02T03:04:07Z")
    found = load(ABOUT.base_tree, ABOUT.head_tree, tmp_path)
    assert found is not None
    assert (found.environment, found.hunks) == ("f", None)
    Results(replace(newer, settings="other"), tmp_path).keep("hunks", HUNKS, "2026-01-02T03:04:05Z")
    found = load(ABOUT.base_tree, ABOUT.head_tree, tmp_path)
    assert found is not None
    assert found.hunks is not None


def test_files_are_private_and_damage_is_no_result(tmp_path: Path) -> None:
    results = kept(tmp_path)
    place = results.folder / "rotten.json"
    assert place.stat().st_mode & 0o077 == 0
    assert results.folder.stat().st_mode & 0o077 == 0
    assert results.part("rotten") == ROTTEN
    for cut in range(0, len(place.read_bytes()), 37):
        place.write_bytes(place.read_bytes()[:cut])
        assert results.part("rotten") is None
        kept(tmp_path)
    assert [each.name for each in results.folder.iterdir()] == ["rotten.json"]


def test_steps_are_there_as_soon_as_they_are_kept_and_a_torn_one_is_not(tmp_path: Path) -> None:
    steps = Results(ABOUT, tmp_path).steps("hunks", Verdict)
    first, second = Verdict("silent", ran=RAN), Verdict("noticed", ("t",), "why")
    steps.keep("a" * 64, first)
    assert Results(ABOUT, tmp_path).steps("hunks", Verdict).get("a" * 64) == first
    steps.keep("b" * 64, second)
    place = Results(ABOUT, tmp_path).folder / "hunks.steps"
    place.write_bytes(place.read_bytes()[:-5])
    again = Results(ABOUT, tmp_path).steps("hunks", Verdict)
    assert again.get("a" * 64) == first
    assert again.get("b" * 64) is None
    again.keep("b" * 64, second)
    assert len(Results(ABOUT, tmp_path).steps("hunks", Verdict)) == 2


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "probes").write_text("in the way")
    with pytest.raises(StoreError, match="results cannot be kept"):
        kept(tmp_path)
    with pytest.raises(StoreError):
        Results(ABOUT, tmp_path).steps("hunks", Verdict).keep("a", Verdict("silent"))


def test_a_link_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "probes").symlink_to("elsewhere")
    with pytest.raises(StoreError):
        kept(tmp_path)


def test_forgetting_removes_parts_and_steps(tmp_path: Path) -> None:
    results = kept(tmp_path)
    results.steps("rotten", Verdict).keep("a", Verdict("silent"))
    results.forget(["rotten"])
    assert list(results.folder.iterdir()) == []


def test_a_command_that_ran_later_elsewhere_takes_no_test_away(tmp_path: Path) -> None:
    kept(tmp_path).keep("hunks", HUNKS, "2026-01-02T03:04:06Z")
    later = Results(replace(ABOUT, environment="none", settings="more"), tmp_path)
    later.keep("required", Required(gaps=("no command",)), "2026-01-02T09:00:00Z")
    found = load(ABOUT.base_tree, ABOUT.head_tree, tmp_path)
    assert found is not None
    assert (found.environment, found.hunks, found.rotten) == ("e", HUNKS, ROTTEN)
    assert found.required == Required(gaps=("no command",))
