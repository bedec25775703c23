from __future__ import annotations

import mmap
import time
from typing import TYPE_CHECKING

import pytest

from reviewer.diff.index import IndexBuilder, RowKind, index_patch

if TYPE_CHECKING:
    from pathlib import Path

K = RowKind
ONE = b"""diff --git a/x b/x
index 1111111..2222222 100644
--- a/x
+++ b/x
@@ -1,3 +1,3 @@ def f():
 a
-b
+c
 d
"""


def kinds(data: bytes) -> list[RowKind]:
    index = index_patch(data)
    return [index.kind(row) for row in range(len(index))]


def test_a_plain_hunk() -> None:
    index = index_patch(ONE)
    assert kinds(ONE) == [K.FILE, K.META, K.META, K.META, K.HUNK, K.CONTEXT, K.REMOVED, K.ADDED, K.CONTEXT]
    assert [index.numbers(row) for row in range(4, 9)] == [(None, None), (1, 1), (2, None), (None, 2), (3, 3)]
    (file,) = index.files
    assert (file.path, file.status, file.added, file.removed, file.old_mode) == ("x", "M", 1, 1, "100644")
    (hunk,) = file.hunks
    assert (hunk.first, hunk.last, hunk.section, hunk.whole) == (4, 9, b"def f():", True)
    assert index.row_of_line(file, "new", 2) == 7
    assert index.row_of_line(0, "old", 2) == 6
    assert index.row_of_line(file, "old", 4) is None
    assert index.hunk_at(3) is None
    assert index.hunk_at(8) == hunk
    assert index.file_at(0) == file


def test_a_header_inside_a_hunk_is_content() -> None:
    data = (
        b"diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n--- a/y\n-@@ -1 +1 @@\n+++ b/y\n+diff --git a/y b/y\n"
    )
    assert kinds(data)[4:] == [K.REMOVED, K.REMOVED, K.ADDED, K.ADDED]
    assert len(index_patch(data).files) == 1


def test_rows_behind_the_counts_are_shown_and_reported() -> None:
    index = index_patch(ONE + b"+smuggled\n")
    assert index.kind(9) is K.META
    assert (index.files[0].unparsed, index.files[0].consistent) == (1, False)


def test_a_hunk_with_too_few_rows_is_not_whole() -> None:
    for cut in (b" d\n", b"+c\n d\n"):
        index = index_patch(ONE.removesuffix(cut))
        assert not index.files[0].hunks[0].whole
        assert not index.files[0].consistent
    index = index_patch(ONE.removesuffix(b" d\n") + ONE)
    assert [file.consistent for file in index.files] == [False, True]


def test_overlapping_hunks_are_inconsistent() -> None:
    data = ONE + b"@@ -2 +2 @@\n-b\n+q\n"
    assert not index_patch(data).files[0].consistent


def test_lines_are_counted_from_one() -> None:
    assert not index_patch(ONE.replace(b"-1,3", b"-0,3")).files[0].consistent


def test_lines_are_found_in_long_hunks_beside_empty_ones_and_in_unordered_ones() -> None:
    body = [b" -+"[(n * n) % 3 : (n * n) % 3 + 1] + b"%d" % n for n in range(400)]
    old = sum(line[:1] != b"+" for line in body)
    new = sum(line[:1] != b"-" for line in body)
    head = b"diff --git a/x b/x\n--- a/x\n+++ b/x\n"
    long = b"@@ -11,%d +12,%d @@\n" % (old, new) + b"\n".join(body) + b"\n"
    empty = b"@@ -9,0 +10 @@\n+only new\n"
    for data, consistent in ((head + empty + long, True), (head + long + empty, False)):
        index = index_patch(data)
        (file,) = index.files
        assert file.consistent is consistent
        assert index.row_of_line(file, "old", 9) is None
        only = index.row_of_line(file, "new", 10)
        assert only is not None
        assert index.raw(only) == b"+only new"
        for row in range(len(index)):
            for side, line in zip(("old", "new"), index.numbers(row), strict=True):
                assert line is None or index.row_of_line(file, side, line) == row  # type: ignore[arg-type]
        assert index.row_of_line(file, "old", 11 + old) is None
        assert list(index.raws(3, len(index))) == [index.raw(row) for row in range(3, len(index))]


@pytest.mark.parametrize("cc", [b"diff --cc x", b"diff --combined x"])
def test_a_combined_diff_is_shown_raw(cc: bytes) -> None:
    data = cc + b"\nindex 1,2..3\n--- a/x\n+++ b/x\n@@@ -1,2 -1,2 +1,3 @@@\n  a\n++b\n -c\n" + ONE
    index = index_patch(data)
    assert kinds(data)[:8] == [K.FILE] + [K.META] * 7
    assert [(file.path, file.combined, file.consistent) for file in index.files] == [
        ("x", True, False),
        ("x", False, True),
    ]


def test_text_above_the_first_file_belongs_to_none() -> None:
    index = index_patch(b"From: someone\n\n-- not a patch\n" + ONE)
    assert index.file_at(2) is None
    assert index.files[0].first == 3


def test_patches_without_git_lines() -> None:
    data = b"--- a/x\t2020-01-01\n+++ b/x\t2020-01-02\n@@ -1 +1 @@\n-a\n+b\n--- old/y\n+++ new/y\n@@ -1 +1 @@\n-a\n+b\n"
    index = index_patch(data)
    assert [(file.path, file.hunk_count) for file in index.files] == [("x", 1), ("new/y", 1)]
    for step in (1, 30, 70):
        builder = IndexBuilder(data)
        while not builder.step(step):
            pass
        assert list(builder.index.files) == list(index.files)


def test_odd_headers() -> None:
    data = (
        b'diff --git "a/\\303\\251\\t\\"\\\\" "b/\\303\\251\\t\\"\\\\"\nold mode 100644\nnew mode 100755\n'
        b"diff --git a/a b b/a b\nnew file mode 100644\nindex 0000000..e69de29\n"
        b"diff --git a/p b/q\nsimilarity index 90%\nrename from p\nrename to q\n"
        b"diff --git a/p b/r\nsimilarity index 90%\ncopy from p\ncopy to r\n"
        b"diff --git a/gone b/gone\ndeleted file mode 120000\n--- a/gone\n+++ /dev/null\n@@ -1 +0,0 @@\n-t\n"
        b"\\ No newline at end of file\n"
        b"diff --git a/sub b/sub\nindex 1111111..2222222 160000\n--- a/sub\n+++ b/sub\n@@ -1 +1 @@\n-S 1\n+S 2\n"
        b"diff --git a/i.png b/i.png\nindex 1111111..2222222 100644\nBinary files a/i.png and b/i.png differ\n"
        b"diff --git x x\nold mode 100644\nnew mode 120000\n"
    )
    index = index_patch(data)
    assert [(f.path, f.old_path, f.status, f.old_mode, f.new_mode, f.binary) for f in index.files] == [
        ('é\t"\\', None, "M", "100644", "100755", False),
        ("a b", None, "A", None, "100644", False),
        ("q", "p", "R", None, None, False),
        ("r", "p", "C", None, None, False),
        ("gone", None, "D", "120000", None, False),
        ("sub", None, "M", "160000", "160000", False),
        ("i.png", None, "M", "100644", "100644", True),
        ("x", None, "T", "100644", "120000", False),
    ]
    assert all(file.consistent for file in index.files)


def test_names_that_disagree_are_inconsistent() -> None:
    data = b"diff --git a/safe b/safe\n--- a/safe\n+++ b/evil\n@@ -1 +1 @@\n-a\n+b\n"
    (file,) = index_patch(data).files
    assert (file.path, file.consistent) == ("evil", False)


def test_a_file_hidden_behind_binary_data_is_found() -> None:
    data = b"diff --git a/x b/x\nindex 1..2\nGIT binary patch\nliteral 5\nMcmZQzU}a!o000010C4~S\n" + ONE
    assert [file.path for file in index_patch(data).files] == ["x", "x"]


def test_huge_numbers_in_a_header_are_no_hunk() -> None:
    data = ONE.replace(b"-1,3", b"-99999999999999999999,3")
    index = index_patch(data)
    assert index.hunk_total == 0
    assert not index.files[0].consistent


def test_line_ends_and_odd_bytes_stay_as_they_are() -> None:
    data = b"diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n-a\r\n+b\rc\r\n \xff\x0c\xe2\x80\xa8"
    index = index_patch(data)
    assert [index.raw(row) for row in range(4, 7)] == [b"-a\r", b"+b\rc\r", b" \xff\x0c\xe2\x80\xa8"]
    assert index.files[0].consistent


def test_a_row_can_be_cut_and_a_huge_line_is_one_row() -> None:
    data = b"--- a\n+++ b\n@@ -0,0 +1 @@\n+" + b"x" * 3_000_000 + b"\n"
    builder = IndexBuilder(data)
    while not builder.step(1000):
        pass
    index = builder.index
    assert len(index) == 4
    assert index.row(3, limit=10).raw == b"+xxxxxxxxx"
    assert len(index.raw(3)) == 3_000_001


def test_nothing_and_out_of_range() -> None:
    index = index_patch(b"")
    assert (len(index), index.complete, list(index.files)) == (0, True, [])
    for row in (0, -1):
        with pytest.raises(IndexError):
            index.row(row)


def test_a_part_can_be_read_while_the_rest_is_unread() -> None:
    builder = IndexBuilder(ONE * 50)
    assert builder.step(60) is False
    index = builder.index
    assert 0 < len(index) < 9
    assert index.files[0].last == len(index)
    builder.run()
    assert index.complete
    assert len(index.files) == 50
    assert index.files[0].last == 9


def test_cancelling_keeps_what_there_is() -> None:
    calls: list[tuple[int, int]] = []
    index = index_patch(ONE * 20_000, lambda done, total: calls.append((done, total)), lambda: len(calls) >= 2)
    assert not index.complete
    assert len(calls) == 2
    assert calls[-1][0] == index.indexed_bytes < calls[-1][1]


def test_a_map_and_a_view_give_the_same_rows(tmp_path: Path) -> None:
    (tmp_path / "d").write_bytes(b"junk" + ONE)
    with (tmp_path / "d").open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        view = memoryview(mapped)[4:]
        index = index_patch(view)
        assert [index.row(row) for row in range(len(index))] == [index_patch(ONE).row(row) for row in range(len(index))]
        del index
        view.release()


def test_a_million_rows_are_indexed_at_once_and_held_small() -> None:
    body = b"".join(b" context line of some length, number %d\n" % n for n in range(45))
    one = b"diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1,46 +1,46 @@\n" + body + b"-a\n+b\n"
    data = one * 20_000
    started = time.perf_counter()
    index = index_patch(data)
    seconds = time.perf_counter() - started
    assert len(index) == 1_020_000
    assert index.memory < 25 << 20
    assert seconds < 3
    assert index.numbers(len(index) - 2) == (46, None)
