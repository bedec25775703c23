"""Patches as text: the lines that are taken at once are those that are taken one by one."""

from __future__ import annotations

import random
import time

import pytest

from reviewer.run.patch_text import FilePatch, parse

PIECES = (
    "*** Update File: a.py",
    "*** Add File: b/c.py",
    "*** Delete File: d.py",
    "*** Move to: e.py",
    "*** End of File",
    "***",
    "@@",
    "@@ def f()",
    "+x",
    "-y",
    " z",
    "",
    " ",
    "odd",
    "+",
    "-",
    "@ x",
    "*** Begin Patch",
)


def one_by_one(text: str) -> tuple[FilePatch, ...]:
    """Return the patch as it is read where a carriage return keeps its lines from being taken at once."""
    found = parse(text.replace("\n", "\r\n") + "\r")
    return tuple(
        FilePatch(file.path, file.op, file.move_to, file.patch.replace("\r", ""), file.added, file.removed)
        for file in found
    )


@pytest.mark.parametrize("seed", range(200))
def test_lines_are_taken_at_once_as_one_by_one(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - not for secrets
    lines = [chance.choice(PIECES) for _ in range(chance.randint(1, 14))]
    text = "\n".join([*lines, "*** End Patch"])
    assert parse(text) == one_by_one(text)


def test_the_last_line_feed_ends_the_text_and_is_no_line() -> None:
    (file,) = parse("*** Begin Patch\n*** Update File: a\n@@\n-x\n+y\n")
    assert (file.patch, file.added, file.removed) == ("@@ @@\n-x\n+y", 1, 1)


def test_blank_lines_of_context_lost_their_blank() -> None:
    (file,) = parse("*** Update File: a\n a\n\n\n+b\n*** End Patch")
    assert file.patch == "@@ @@\n a\n \n \n+b"


@pytest.mark.parametrize("line", ["+x", "odd", "*** Update File: a", "@@ x", "*** ", ""])
def test_a_long_patch_takes_linear_time(line: str) -> None:
    text = "*** Update File: a\n" + f"{line}\n" * 100_000
    start = time.perf_counter()
    parse(text)
    assert time.perf_counter() - start < 2
