"""The page of what running showed, as rows: deleted tests, pieces of code, and runs that can be told apart."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reviewer.checks.probed import Matrix, Probed, Ran, TestRow, Vet, Vetted
from reviewer.tui.pages.ran import how
from reviewer.tui.pages.runs import runs, summary
from reviewer.tui.pages.subject import Subject
from tests.support.fake_review import make_manifest
from tests.support.probed import make_probed, ran

TESTS = "tests/test_a.py"


def gone(**outcomes: str) -> Probed:
    row = TestRow(id=f"{TESTS}::test_gone", path=TESTS, changed=True, head_new="absent", deleted=True, **outcomes)  # type: ignore[arg-type]
    return replace(make_probed(), tests=Matrix(framework="pytest 9", rows=(row,)))


def page(probed: Probed) -> list[str]:
    return [row.text for row in runs(Subject(manifest=make_manifest(), probed=probed))]


@pytest.mark.parametrize(
    ("outcomes", "told"),
    [
        ({"parent_old": "passed", "head_old": "failed"}, "passed on the parent, would fail on the new code"),
        ({"parent_old": "passed", "head_old": "passed"}, "passed on the parent, would pass on the new code"),
        ({"parent_old": "failed"}, "failed on the parent"),
        ({}, "was not run on the parent"),
    ],
)
def test_a_deleted_test_says_so_and_what_the_parent_said(outcomes: dict[str, str], told: str) -> None:
    rows = page(gone(**outcomes))
    assert any("deleted by the change" in row for row in rows)
    assert told in [row.strip() for row in rows]
    assert not any("not decided" in row for row in rows)


def test_what_is_counted_has_a_name() -> None:
    rows = page(make_probed())
    assert any("Pieces of code taken back one at a time" in row and "1 of 2" in row for row in rows)
    assert any("cut finer than the diff" in row for row in rows)
    calm = replace(make_probed(), tests=None, required=None, rollback=None)
    assert "".join(piece.text for piece in summary(calm)) == "1/2 pieces held"


def test_what_compilers_newly_say_stands_there() -> None:
    row = Vetted(tool="cargo check", path="src/a.rs", line=2, kind="name", message="cannot find `tax`")
    rows = page(replace(make_probed(), vet=Vet(rows=(row,))))
    assert any("src/a.rs:2  cargo check: cannot find `tax`" in text for text in rows)
    assert any("newly say of added lines" in text and "nothing" in text for text in page(quiet()))


def quiet() -> Probed:
    return replace(make_probed(), vet=Vet())


def _run(tree: str, *argv: str, code: int | None = 0, ended: str = "exit") -> Ran:
    return replace(ran(*argv, tree=tree), code=code, ended=ended)  # type: ignore[arg-type]


def test_runs_of_one_command_stand_below_it_with_their_trees() -> None:
    argv = ("/home/x/.venv/bin/python", "-m", "pytest", "-p", "no:cov", "-q", "--", TESTS)
    matrix = Matrix(
        framework="pytest 9",
        runs=(
            _run("the head with its tests", *argv),
            _run("the parent with the head's tests", *argv, code=1),
            _run("the head, the whole suite", *argv[:-1], code=None, ended="time"),
        ),
    )
    found = [
        "".join(piece.text for piece in row.left)
        for row in how(replace(make_probed(), tests=matrix, hunks=None, rotten=None, replay=None))
    ]
    rows = [row.strip() for row in found[found.index(next(row for row in found if "pytest" in row)) :]]
    assert [" ".join(row.split()) for row in rows] == [
        "tests python -m pytest … tests/test_a.py",
        "the head with its tests",
        "the parent with the head's tests",
        "tests python -m pytest …",
        "the head, the whole suite",
    ]
    last = [*how(replace(make_probed(), tests=matrix, hunks=None, rotten=None, replay=None, mutants=None))][-1]
    assert "over its time" in "".join(piece.text for piece in last.right)
    assert len(set(rows)) == len(rows)
