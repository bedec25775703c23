"""Patches as text: the form of `apply_patch`, and unified diffs."""

from __future__ import annotations

import time

import pytest

from reviewer.run.patch_text import parse, unified

PATCH = """*** Begin Patch
*** Update File: src/a.py
@@ def f():
 one
-two
+three

*** End of File
*** Add File: b.txt
+first
+
*** Delete File: c.txt
*** Update File: d.py
*** Move to: e/d.py
@@
-x
+y
*** End Patch
"""


def test_each_file_of_a_patch_with_what_is_asked_of_it() -> None:
    a, b, c, d = parse(PATCH)
    assert (a.path, a.op, a.move_to, a.added, a.removed) == ("src/a.py", "update", None, 1, 1)
    assert a.patch == "@@ @@ def f():\n one\n-two\n+three\n "
    assert (b.path, b.op, b.patch, b.added) == ("b.txt", "add", "@@ @@\n+first\n+", 2)
    assert (c.path, c.op, c.patch, c.removed) == ("c.txt", "delete", "", None)
    assert (d.path, d.op, d.move_to, d.patch) == ("d.py", "rename", "e/d.py", "@@ @@\n-x\n+y")


@pytest.mark.parametrize("end", range(0, len(PATCH), 7))
def test_a_cut_patch_gives_what_is_there(end: int) -> None:
    whole, cut = parse(PATCH), parse(PATCH[:end])
    assert len(cut) <= len(whole)
    assert [file.path for file in cut[:-1]] == [file.path for file in whole[: max(0, len(cut) - 1)]]


def test_text_without_files_and_with_windows_line_ends() -> None:
    assert parse("nothing here\n+a\n*** Begin Patch\n*** End Patch") == ()
    (file,) = parse(PATCH.split("*** Add", maxsplit=1)[0].replace("\n", "\r\n"))
    assert (file.path, file.added, file.removed) == ("src/a.py", 1, 1)


DIFF = """diff --git a/x.py b/x.py
--- a/x.py
+++ b/x.py
@@ -1,3 +1,3 @@
 a
--- b
+++ c
 d
--- /dev/null
+++ b/new file.txt\t2026-01-01
@@ -0,0 +1 @@
+only
diff --git a/old.py b/new.py
similarity index 90%
rename from old.py
rename to new.py
--- a/old.py
+++ b/new.py
@@ -1 +1 @@
-a
+b
--- a/gone.py
+++ /dev/null
@@ -1 +0,0 @@
-a
"""


def test_a_unified_diff() -> None:
    files = unified(DIFF)
    assert [(file.path, file.op, file.move_to, file.added, file.removed) for file in files] == [
        ("x.py", "update", None, 1, 1),
        ("new file.txt", "add", None, 1, 0),
        ("old.py", "rename", "new.py", 1, 1),
        ("gone.py", "delete", None, 0, 1),
    ]
    assert files[0].patch == "@@ -1,3 +1,3 @@\n a\n--- b\n+++ c\n d"


@pytest.mark.parametrize("unit", ["*** Add File: a\n", "--- a\n+++ b\n", "@@ -9999999999,9 @@\n", "+\n", "\r\n"])
def test_no_patch_takes_long(unit: str) -> None:
    text = unit * (1_000_000 // len(unit))
    started = time.process_time()
    parse(text)
    unified(text)
    assert time.process_time() - started < 3
