from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from reviewer.diff.apply import DiffError, apply, old_content
from reviewer.diff.binary import BinaryPart, apply_part
from reviewer.diff.index import index_patch
from reviewer.diff.parse import parse, round_trips
from tests.support.git_diff import Entry, diff, init, write_tree

if TYPE_CHECKING:
    from pathlib import Path

HEAD = b"diff --git a/x b/x\n--- a/x\n+++ b/x\n"
CHANGE = HEAD + b"@@ -2,2 +2,2 @@\n b\n-c\n+C\n"


def patched(old: bytes | None, patch: bytes) -> bytes | None:
    index = index_patch(patch)
    return apply(old, index, index.files[0])


def test_a_change_in_the_middle() -> None:
    assert patched(b"a\nb\nc\nd", CHANGE) == b"a\nb\nC\nd"


@pytest.mark.parametrize(
    ("old", "patch", "word"),
    [
        (b"a\nb\nX\n", CHANGE, "old line 3"),
        (b"a\n", CHANGE, "old line 2"),
        (b"", CHANGE, "fewer"),
        (b"a\nb\nc", CHANGE, "line feed"),
        (b"a\nb\nc\n", CHANGE.replace(b"+2,2", b"+3,2"), "new line"),
        (b"a\nb\nc\n", CHANGE + b"stray\n", "not part of a patch"),
        (None, CHANGE, "no old content"),
        (b"a\nb\nc\n", HEAD + b"@@ -1,1 +1,2 @@\n a\n\\ No newline at end of file\n+b\n", "line feed"),
        (b"a", HEAD + b"@@ -1 +1,2 @@\n+b\n\\ No newline at end of file\n a\n\\ No newline at end of file\n", "ends"),
        (b"a\n", HEAD + b"@@ -0,0 +1 @@\n\\ No newline at end of file\n+b\n", "mark"),
        (b"x", b"diff --git a/x b/x\nnew file mode 100644\n", "already there"),
        (b"x", b"diff --git a/x b/x\ndeleted file mode 100644\n", "not empty"),
        (
            b"x\ny\n",
            b"diff --git a/x b/x\ndeleted file mode 100644\n--- a/x\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n",
            "leaves",
        ),
        (b"x", b"diff --git a/x b/x\nBinary files a/x and b/x differ\n", "does not hold"),
        (b"x", b"diff --cc x\nindex 1,2..3\n", "combined"),
    ],
)
def test_what_does_not_fit_is_refused(old: bytes | None, patch: bytes, word: str) -> None:
    with pytest.raises(DiffError, match=word):
        patched(old, patch)


def binary(lines: bytes) -> bytes:
    return b"diff --git a/x b/x\nindex 1111111..2222222 100644\nGIT binary patch\n" + lines


@pytest.mark.parametrize(
    ("lines", "word"),
    [
        (b"", "no data"),
        (b"literal 5\nDaaaaa\n\n", "zlib"),
        (b"literal 5\nM!!\n\n", "wrong length"),
        (b'literal 5\nA""""""\n\n', "wrong length"),
        (b'literal 5\nD"""""\n\n', "base-85"),
        (b"literal 5\nD~~~~~\n\n", "32 bits"),
        (b"literal 999999999999\nDaaaaa\n\n", "limit"),
        (b"literal 0\nHcmV?d00001\n\nliteral 0\nHcmV?d00001\n\nliteral 0\nHcmV?d00001\n\n", "expected"),
        (b"literal 7\nHcmV?d00001\n\n", "declares"),
        (b"literal 0\nGcmV?d00001\n\n", "more than it says"),
    ],
)
def test_broken_binary_data_is_refused(lines: bytes, word: str) -> None:
    with pytest.raises(DiffError, match=word):
        patched(b"", binary(lines))


def test_the_way_back_is_checked() -> None:
    assert patched(b"", binary(b"literal 0\nHcmV?d00001\n\nliteral 0\nHcmV?d00001\n\n")) == b""
    with pytest.raises(DiffError, match="way back"):
        patched(b"other", binary(b"literal 0\nHcmV?d00001\n\nliteral 0\nHcmV?d00001\n\n"))


def test_large_binary_content_as_literal_and_as_delta(tmp_path: Path) -> None:
    init(tmp_path)
    chaos = random.Random(7)  # noqa: S311 - reproducible bytes, not a secret
    old = b"\0" + chaos.randbytes(200_000)
    new = old[:70_000] + chaos.randbytes(500) + old[70_100:]
    patch = diff(tmp_path, write_tree(tmp_path, {b"x": Entry(old)}), write_tree(tmp_path, {b"x": Entry(new)}))
    assert b"\ndelta " in patch
    assert patched(old, patch) == new
    patch = diff(tmp_path, write_tree(tmp_path, {}), write_tree(tmp_path, {b"x": Entry(new)}))
    assert b"\nliteral " in patch
    assert patched(None, patch) == new
    patch = diff(tmp_path, write_tree(tmp_path, {b"x": Entry(new)}), write_tree(tmp_path, {}))
    assert patched(new, patch) is None
    with pytest.raises(DiffError):
        patched(new[:-1], patch)


@pytest.mark.parametrize(
    ("delta", "word"),
    [
        (b"\x03\x03\x90\x03", ""),
        (b"\x04\x03\x90\x03", "is for 4 bytes"),
        (b"\x03\x04\x90\x03", "makes 3 bytes"),
        (b"\x03\x03\x91\x01\x03", "outside"),
        (b"\x03\x03\x00", "reserved"),
        (b"\x03\x03\x05ab", "cut"),
        (b"\x03\x03\x91", "cut"),
        (b"\x03", "cut"),
        (b"", "cut"),
        (b"\xff" * 20, "too large"),
        (b"\x03\xff\xff\xff\xff\x7f\x90\x03", "limit"),
        (b"\x03\x03" + b"\x90\x03" * 9, "makes"),
    ],
)
def test_a_delta_is_followed_exactly_or_refused(delta: bytes, word: str) -> None:
    part = BinaryPart(delta=True, data=delta)
    if not word:
        assert apply_part(part, b"abc", 100) == b"abc"
        return
    with pytest.raises(DiffError, match=word):
        apply_part(part, b"abc", 100)


def test_the_old_content_comes_back_from_a_patch_that_holds_it() -> None:
    def old_of(patch: bytes) -> bytes | None:
        index = index_patch(patch)
        return old_content(index, index.files[0])

    gone = b"diff --git a/x b/x\ndeleted file mode 100644\n"
    lines = b"--- a/x\n+++ /dev/null\n"
    assert old_of(gone) == b""
    assert old_of(gone + lines + b"@@ -1,2 +0,0 @@\n-a\n-b\n") == b"a\nb\n"
    assert old_of(gone + lines + b"@@ -1,2 +0,0 @@\n-a\n-b\n\\ No newline at end of file\n") == b"a\nb"
    assert old_of(CHANGE) is None
    assert old_of(b"diff --git a/x b/x\nnew file mode 100644\n") is None
    assert old_of(binary(b"literal 0\nHcmV?d00001\n\nliteral 0\nHcmV?d00001\n\n")) == b""
    assert old_of(binary(b"literal 0\nHcmV?d00001\n\n")) is None


def test_a_second_parser_sees_the_same_hunks() -> None:
    index = index_patch(CHANGE)
    assert round_trips(index, index.files[0])
    reading = parse(index, index.files[0])
    assert reading is not None
    assert (reading.added, reading.removed) == (1, 1)
    index = index_patch(CHANGE + b" dropped without a word\n")
    assert not round_trips(index, index.files[0])
