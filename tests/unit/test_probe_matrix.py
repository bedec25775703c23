"""Which tests need a change, which it breaks, what old tests say of it, and what is never asserted: really run."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest

from reviewer.probe.change import Change, belongs_to_tests, holds_tests
from reviewer.probe.definitions import definitions, shared
from reviewer.probe.matrix import classify, matrix
from reviewer.probe.replay import replay
from reviewer.probe.rotten import _in_functions, rotten
from tests.support import probing
from tests.support.cases import make_case

if TYPE_CHECKING:
    from pathlib import Path

    from reviewer.checks.probed import Matrix, Replay, Rotten, TestClass, TestOutcome

BEFORE = {
    "pkg/__init__.py": """
        def half(x):
            return x / 2
        def double(x):
            return x * 2
        """,
    "tests/test_half.py": """
        from pkg import half
        def test_type(): assert isinstance(half(4), float)
        def test_gone(): assert half(4) == 2
        def test_same(): assert half(6) == 3
        """,
    "tests/test_double.py": """
        from pkg import double, half
        def test_double(): assert double(2) == 4
        def test_both(): assert double(half(2)) == 2 and isinstance(half(2), float)
        """,
}
AFTER = {
    "pkg/__init__.py": """
        def half(x):
            if x is None:
                return 0
            return x // 2
        def double(x):
            return x * 2
        def third(x):
            return x // 3
        """,
    "tests/test_half.py": """
        import pkg
        from pkg import half
        def test_type(): assert half(4) is not None
        def test_int(): assert isinstance(half(4), int)
        def test_third(): assert pkg.third(9) == 3
        def test_same(): assert half(6) == 3
        def test_wrong(): assert half(6) == 4
        def test_loop():
            for x in []:
                assert half(x) == 1
            try:
                half(2)
            except ValueError:
                assert False
        """,
    "tests/test_double.py": BEFORE["tests/test_double.py"],
}


def both(tmp_path: Path, change: Change, *, whole: bool = False) -> tuple[Matrix, Replay, Rotten]:
    with probing.workshop(tmp_path) as shop:
        return matrix(change, shop, whole=whole), replay(change, shop), rotten(change, shop)


def test_the_matrix_tells_what_a_change_does(tmp_path: Path) -> None:
    found, again, lines = both(tmp_path, probing.change(BEFORE, AFTER), whole=True)
    assert {row.id.partition("::")[2]: (row.kind, row.changed) for row in found.rows} == {
        "test_type": ("P2P", True),
        "test_int": ("F2P", True),
        "test_third": ("E2P", True),
        "test_same": ("P2P", False),
        "test_wrong": ("F2F", True),
        "test_loop": ("P2P", True),
        "test_gone": ("undecided", True),
        "test_both": ("P2F", False),
    }
    assert (found.gaps, found.whole, found.same) == ((), True, 1)
    rows = {row.id.partition("::")[2]: row for row in found.rows}
    assert rows["test_third"].message == "AttributeError: module 'pkg' has no attribute 'third'"
    edited = rows["test_type"]
    assert (edited.parent_old, edited.parent_new, edited.head_old, edited.head_new) == (
        "passed",
        "passed",
        "failed",
        "passed",
    )
    gone = rows["test_gone"]
    assert (gone.parent_old, gone.head_old, gone.head_new) == ("passed", "passed", "absent")
    assert {row.id.partition("::")[2] for row in found.rows if row.deleted} == {"test_gone"}

    assert {row.id.partition("::")[2]: (row.deleted, row.outcome, row.on_parent) for row in again.rows} == {
        "test_type": (False, "failed", "passed"),
        "test_gone": (True, "passed", "passed"),
    }
    assert [(row.path, row.text) for row in lines.rows] == [("tests/test_half.py", "assert half(x) == 1")]
    assert lines.uncovered == (("pkg/__init__.py", 4),)
    assert lines.changed == 4


def test_a_file_that_the_parent_cannot_load_passes_by_absence(tmp_path: Path) -> None:
    after = {
        **BEFORE,
        "pkg/new.py": "def f(): return 1\n",
        "tests/test_new.py": "from pkg.new import f\ndef test_f(): assert f() == 1\n",
    }
    found, again, _ = both(tmp_path, probing.change(BEFORE, after))
    assert [(row.kind, row.parent_new, row.message) for row in found.rows] == [
        ("E2P", "error", "ModuleNotFoundError: No module named 'pkg.new'")
    ]
    assert again.gaps == ("the change edits and deletes no test",)


def test_helpers_and_data_of_tests_come_with_the_tests(tmp_path: Path) -> None:
    before = {"pkg/__init__.py": "N = 1\n", "tests/conftest.py": "", "tests/test_a.py": "def test_a(): ...\n"}
    after = {
        "pkg/__init__.py": "N = 2\n",
        "tests/conftest.py": "import pytest\nfrom tests.helper import read\nnumber = pytest.fixture(read)\n",
        "tests/__init__.py": "",
        "tests/helper.py": "def read():\n    return int(open('tests/data.txt').read())\n",
        "tests/data.txt": "2\n",
        "tests/test_a.py": "import pkg\ndef test_a(number): assert pkg.N == number\n",
    }
    found, _, _ = both(tmp_path, probing.change(before, after))
    assert [(row.kind, row.head_new, row.message.split("\n")[0]) for row in found.rows] == [
        ("F2P", "passed", "assert 1 == 2")
    ]


def test_a_test_that_ends_otherwise_the_second_time_is_flaky(tmp_path: Path) -> None:
    after = {
        "pkg.py": "",
        # What a run leaves behind is gone in the next; the clock is not.
        "test_a.py": "import time, json, os\nimport pkg\n"
        "def test_a(): assert 'select' in ORDERS and ORDERS['select'] is not None\n"
        "ORDERS = json.load(open(os.environ['REVIEWER_PROBE_ORDERS']))\n",
    }
    found, _, _ = both(tmp_path, probing.change({"pkg.py": ""}, after))
    assert [(row.kind, row.head_new) for row in found.rows] == [("flaky", "failed")]


@pytest.mark.parametrize(
    ("again", "kind"), [("True", "F2P"), ("ORDERS['select'] is None", "flaky"), ("os._exit(1)", "undecided")]
)
def test_what_the_head_gains_has_to_be_seen_twice(tmp_path: Path, again: str, kind: str) -> None:
    test = f"""
        import json, os
        import pkg
        ORDERS = json.load(open(os.environ["REVIEWER_PROBE_ORDERS"]))
        def test_a():
            assert pkg.N == 2
            assert ORDERS["select"] is None or {again}
        """
    change = probing.change({"pkg.py": "N = 1\n"}, {"pkg.py": "N = 2\n", "test_a.py": test})
    found, _, _ = both(tmp_path, change)
    assert [(row.kind, row.parent_new, row.head_new) for row in found.rows] == [(kind, "failed", "passed")]
    once = "1 test ended differently on both sides, and in no second run that can be counted"
    assert (once in found.gaps) == (kind == "undecided")


def test_each_file_of_decisive_tests_runs_once_more_by_itself(tmp_path: Path) -> None:
    test = "import pkg\ndef test_x(): assert pkg.N == 2\ndef test_y(): assert pkg.N\n"
    change = probing.change({"pkg.py": "N = 1\n"}, {"pkg.py": "N = 2\n", "test_a.py": test, "test_b.py": test})
    found, _, _ = both(tmp_path, change)
    assert sorted(row.kind for row in found.rows) == ["F2P", "F2P", "P2P", "P2P"]
    more = [run for run in found.runs if run.tree.endswith("once more")]
    assert [run.argv[-1] for run in more] == ["test_a.py", "test_b.py"] * 2


def test_a_test_whose_file_no_longer_loads_is_broken_and_seen_so_twice(tmp_path: Path) -> None:
    test = "from pkg import N\ndef test_x(): assert N\n"
    before = {"pkg.py": "N = 1\n", "test_a.py": test}
    found, _, _ = both(tmp_path, probing.change(before, {"pkg.py": "M = 1\n", "test_a.py": test + "# more\n"}))
    assert [(row.kind, row.head_new) for row in found.rows if "::" in row.id] == [("P2F", "error")]
    assert found.gaps == ()


def test_a_moved_test_is_not_replayed_and_a_renamed_file_keeps_its_tests(tmp_path: Path) -> None:
    before = {
        "pkg.py": "N = 1\n",
        "tests/test_a.py": "import pkg\ndef test_move(): assert pkg.N\ndef test_edit(): assert pkg.N == 1\n",
        "tests/test_old.py": "import pkg\ndef test_keep(): assert pkg.N\ndef test_more(): assert pkg.N == 1\n",
    }
    after = {
        "pkg.py": "N = 2\n",
        "tests/test_a.py": "import pkg\ndef test_edit(): assert pkg.N == 2\n",
        "tests/test_b.py": "import pkg\ndef test_move(): assert pkg.N\n",
        "tests/test_new.py": "import pkg\ndef test_keep(): assert pkg.N\ndef test_more(): assert pkg.N >= 1\n",
    }
    change = probing.change(before, after, {"tests/test_new.py": "tests/test_old.py"})
    assert change.replayable == {"tests/test_a.py::test_edit", "tests/test_old.py::test_more"}
    found, again, _ = both(tmp_path, change)
    rows = {row.id: row for row in found.rows}
    assert rows["tests/test_new.py::test_more"].head_old == "failed"
    assert {row.id: (row.deleted, row.outcome) for row in again.rows} == {
        "tests/test_a.py::test_edit": (False, "failed"),
        "tests/test_old.py::test_more": (False, "failed"),
    }


@pytest.mark.parametrize(
    ("before", "after", "message", "kind"),
    [
        ("passed", "passed", "", "P2P"),
        ("failed", "passed", "assert 1 == 2", "F2P"),
        ("failed", "passed", "AttributeError: 'A' object has no attribute 'b'", "E2P"),
        ("failed", "passed", "AttributeError: 'NoneType' object has no attribute 'b'", "F2P"),
        ("failed", "passed", "TypeError: f() got an unexpected keyword argument 'b'", "E2P"),
        ("failed", "passed", "TypeError: unsupported operand", "F2P"),
        ("error", "passed", "", "E2P"),
        ("absent", "passed", "", "E2P"),
        ("passed", "error", "", "P2F"),
        ("failed", "failed", "", "F2F"),
        ("skipped", "passed", "", "undecided"),
        ("not_run", "passed", "", "undecided"),
        ("passed", "not_run", "", "undecided"),
    ],
)
def test_classes(before: TestOutcome, after: TestOutcome, message: str, kind: TestClass) -> None:
    assert classify(before, after, message) == kind


def test_a_change_without_tests_says_so(tmp_path: Path) -> None:
    found, again, lines = both(tmp_path, probing.change({"a.py": "x = 1\n"}, {"a.py": "x = 2\n"}))
    assert found.gaps == ("the change adds and edits no test",)
    assert again.gaps == ("the change edits and deletes no test",)
    assert lines.gaps == ("the change adds and edits no test: which lines tests run was not looked at",)


def test_rotten_assertions_are_those_that_ought_to_run(tmp_path: Path) -> None:
    tests = """
        import sys, pytest
        def check(x):
            if x > 5:
                assert x == 6
            assert x
        def test_raises():
            with pytest.raises(ValueError):
                int("x")
                assert True is True
        def test_machine():
            if sys.platform == "nowhere":
                assert 1 == 1
        def test_not_reached():
            try:
                check(1)
            except ValueError:
                assert "not this" == 1
            else:
                return
            pytest.fail("never")
        @pytest.mark.skip
        def test_skipped():
            assert 2 == 2
        def test_fails():
            assert (1 ==
                    2)
            assert 3 == 3
        def test_wrapped():
            assert (
                sorted([1])
                == [1]
            )
        """
    _, _, lines = both(tmp_path, probing.change({"pkg.py": "x = 1\n"}, {"pkg.py": "x = 1\n", "test_a.py": tests}))
    assert [(row.line, row.text, row.test) for row in lines.rows] == [
        (5, "assert x == 6", "test_a.py::test_not_reached"),
        (10, "assert True is True", "test_a.py::test_raises"),
    ]


def test_paths_of_tests() -> None:
    ours = ("tests/data/x.bin", "conftest.py", "pkg/tests/helper.py", "test_a.py", "pytest.ini", "src/a.test.ts")
    assert all(belongs_to_tests(path) for path in ours)
    assert not any(belongs_to_tests(path) for path in ("pkg/a.py", "pyproject.toml", "docs/test.md", "contest/a.py"))
    assert holds_tests("tests/test_a.py", b"")
    assert holds_tests("tests/checks.py", b"class TestIt:\n")
    assert not holds_tests("tests/helper.py", b"def read(): ...\n")
    assert not holds_tests("tests/conftest.py", b"def test_x(): ...\n")
    assert not holds_tests("tests/data.txt", b"def test_x(): ...\n")


@pytest.mark.parametrize(
    "data", [b"def (", b"\x00", b"(" * 10_000, b"def test_a(): " + b"-" * 50_000 + b"1\n", None, b"\xff"]
)
def test_sources_that_cannot_be_taken_apart_are_one_piece(data: bytes | None) -> None:
    assert definitions("test_a.py", data) is None


def test_an_added_test_and_its_import_change_no_other_test() -> None:
    old = b"import io\n\nLIMIT = 3\n\n\ndef test_a():\n    assert LIMIT\n"
    added = old.replace(b"import io", b"import io\nimport os") + b"\n\ndef test_b():\n    assert os\n"
    assert shared("test_a.py", old) == shared("test_a.py", added)
    assert shared("test_a.py", old) != shared("test_a.py", old.replace(b"3", b"0"))
    change = Change.of(make_case({"test_a.py": old}, {"test_a.py": added}, trees=True))
    assert change is not None
    assert change.edited == {"test_a.py::test_b"}
    assert change.replayable == frozenset()


def test_what_stands_outside_of_functions_is_not_told_as_not_run() -> None:
    module = ast.parse("import re\n\nFORM = re.compile('a')\n\n\ndef f(x):\n    return x\n")
    assert _in_functions(module) == {7}
