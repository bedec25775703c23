"""Command lines as words."""

from __future__ import annotations

import pytest

from reviewer.checks.shell_words import bare, narrower, split


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("a b && c | d; e", [["a", "b"], ["c"], ["d"], ["e"]]),
        ("grep 'a|b;c' x", [["grep", "a|b;c", "x"]]),
        ("pytest -q 2>&1 | tail -3", [["pytest", "-q"], ["tail", "-3"]]),
        ("a > out.txt\nb", [["a"], ["b"]]),
        ("(cd x && make)", [["cd", "x"], ["make"]]),
        ("echo 'open", [["echo", "'open"]]),
        ("", []),
    ],
)
def test_a_chain_is_split_into_its_parts(line: str, parts: list[list[str]]) -> None:
    assert split(line) == parts


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("A=1 B=2 uv run python -m pytest -q", ["pytest", "-q"]),
        ("timeout 60 poetry run py.test", ["pytest"]),
        (".venv/bin/pytest x", ["pytest", "x"]),
        ("npx jest", ["jest"]),
        ("python x.py", ["python", "x.py"]),
    ],
)
def test_what_only_wraps_a_command_is_taken_off(line: str, words: list[str]) -> None:
    assert bare(split(line)[0]) == words


@pytest.mark.parametrize(
    ("ran", "verdict"),
    [
        ("pytest -q", False),
        ("pytest -q --tb=short", False),
        ("pytest -q tests/test_a.py", True),
        ("pytest -q -k one", True),
        ("pytest", None),
        ("ruff check", None),
    ],
)
def test_a_selection_is_narrower(ran: str, verdict: bool | None) -> None:  # noqa: FBT001 - a table's column
    assert narrower(["pytest", "-q"], ran.split()) is verdict
