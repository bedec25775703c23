"""Required commands run by us: what their end shows, what it does not, and that none is run twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reviewer.checks.probed import Ended, Ran, Rerun
from reviewer.probe.required import MAX_LINES, argv, passed, rerun

if TYPE_CHECKING:
    from collections.abc import Sequence


class Kept:
    """A store in memory."""

    def __init__(self) -> None:
        self.rows: dict[str, Rerun] = {}

    def get(self, key: str) -> Rerun | None:
        return self.rows.get(key)

    def keep(self, key: str, value: Rerun) -> None:
        self.rows[key] = value


def ran(code: int | None, tail: str = "", ended: Ended = "exit") -> Ran:
    return Ran(argv=("/bin/sh",), tree="head", code=code, ended=ended, seconds=0.1, tail=tail)


@pytest.mark.parametrize(
    ("line", "run", "expected"),
    [
        ("pytest -q", ran(0, "3 passed in 0.1s\n"), True),
        ("pytest -q", ran(1, "1 failed, 3 passed in 0.1s\n"), False),
        ("pytest -q", ran(0, "no tests ran in 0.01s\n"), None),
        ("pytest -q", ran(5, "no tests ran in 0.01s\n"), False),
        ("pytest -q || true", ran(0, ""), None),
        ("pytest -q | tail -3", ran(0, "3 passed in 0.1s\n"), True),
        ("pytest -q | tail -3", ran(0, "1 failed, 2 passed in 0.1s\n"), False),
        ("ruff check .", ran(0, "All checks passed!\n"), True),
        ("ruff check .", ran(1, "Found 1 error.\n"), False),
        ("ruff check .", ran(127, "sh: ruff: not found\n"), None),
        ("make lint", ran(126), None),
        ("pytest", ran(None, "", "time"), None),
        ("pytest", ran(None, "3 passed", "memory"), None),
        ("./check.sh", ran(0), True),
    ],
)
def test_what_the_end_of_a_command_shows(line: str, run: Ran, expected: bool | None) -> None:  # noqa: FBT001 - a column of the table
    assert passed(line, run) is expected


def test_lines_go_to_the_shell_as_they_are_and_are_run_once() -> None:
    lines = ["pytest -q && ruff check .", "echo 'a b' | sed s/a/b/"]
    seen: list[tuple[str, ...]] = []

    def shell(words: Sequence[str]) -> Ran:
        seen.append(tuple(words))
        return ran(0, "2 passed in 0.1s")

    store = Kept()
    found = rerun(lines, shell, prose=["all is well\x1b[31m"], store=store, over=lambda: False)
    assert seen == [argv(line) for line in lines] == [("/bin/sh", "-c", line) for line in lines]
    assert [row.line for row in found.rows] == lines
    assert len(found.gaps) == 1
    assert "\x1b" not in found.gaps[0]
    again = rerun(lines, shell, store=store, over=lambda: False)
    assert len(seen) == 2
    assert again.rows == found.rows


def test_what_was_cancelled_is_not_kept_and_is_said() -> None:
    store = Kept()
    found = rerun(["a", "b", "c"], lambda _: ran(None, "", "cancelled"), store=store, over=lambda: False)
    assert found.rows == ()
    assert store.rows == {}
    assert found.gaps == ("3 of 3 required commands were not run",)
    found = rerun(["a"], lambda _: ran(0), store=store, over=lambda: True)
    assert found.gaps == ("1 of 1 required commands were not run",)


def test_what_shows_nothing_and_too_many_are_said() -> None:
    found = rerun(["pytest || true"], lambda _: ran(0), store=Kept(), over=lambda: False)
    assert "shows nothing" in found.gaps[0]
    many = rerun([f"true {n}" for n in range(50)], lambda _: ran(0), store=Kept(), over=lambda: False)
    assert len(many.rows) == MAX_LINES
    assert many.gaps == (f"only the first {MAX_LINES} of 50 required commands were run",)
