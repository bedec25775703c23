"""The line of a bad end that is told: the one that says most, safe and short."""

from __future__ import annotations

import pytest

from reviewer.probe.frameworks.command_run import CommandRun
from reviewer.probe.frameworks.framework import Stage
from reviewer.probe.frameworks.last_words import last_words
from reviewer.probe.frameworks.rows import read
from reviewer.probe.sandbox.limits import CellRun
from reviewer.probe.suite import Selection


@pytest.mark.parametrize(
    ("tail", "told"),
    [
        (b"", ""),
        (b"\n====\n---\n", ""),
        (b"collected 3 items\nINTERNALERROR> no luck\n=== 1 warning in 0.1s ===\n", ": INTERNALERROR> no luck"),
        (b"E   ImportError: no pkg\nsome error of a plugin\n", ": ImportError: no pkg"),
        (
            b"Error: Cannot find module 'x'\n    at Module._load (a.js:1)\nnpm notice\n",
            ": Error: Cannot find module 'x'",
        ),
        (b"all is said\nFAIL\nexit status 3\n", ": all is said"),
        (b"FAIL\n", ": FAIL"),
        (b"\x1b[31mfatal: broken\x1b[0m\n", ": fatal: broken"),
        (b"\x1b]52;c;eA==\x07 error\n", ": ⟨U+001B⟩]52;c;eA==⟨U+0007⟩ error"),
        ("a\udcff error", ": a⟨0xFF⟩ error"),
    ],
)
def test_the_line_that_says_most(tail: bytes | str, told: str) -> None:
    assert last_words(tail) == told


def test_it_is_bounded() -> None:
    assert len(last_words(b"error " * 1_000_000)) < 300
    assert len(last_words(b"\x1b[" + b"1" * 1_000_000)) < 300


def test_a_note_carries_it() -> None:
    run = CellRun(argv=("x",), code=3, ended="exit", seconds=1.0, tail=b"collecting ...\nno such file: conf.ini\n")
    found = read(run, "the head", traced=False)
    assert found.gaps[0] == (
        "the run over the head ended with code 3 before its report was complete: no such file: conf.ini"
    )
    lost = CellRun(argv=("x",), code=127, ended="exit", seconds=1.0, tail=b"sh: 1: nodemon: not found\n")
    gaps = CommandRun(("x",)).read(lost, "the head", Selection(), Stage("/t", "/o", "/p")).gaps
    assert gaps == (
        "the run over the head ended with code 127: the command was not found or not run: sh: 1: nodemon: not found",
    )
