"""Suites that lie, break out of their run or leave something behind: what is believed of them, and what is not."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import pytest

from reviewer.checks.probed import Ran
from reviewer.probe.files import LINK, File, Files
from reviewer.probe.frameworks import rows
from reviewer.probe.sandbox.limits import MIB, CellRun
from reviewer.probe.suite import Watch
from reviewer.probe.workshop import Job, Workshop
from reviewer.text import hazards
from tests.support import probing
from tests.support.probing import SMALL

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from reviewer.probe.suite import SuiteRun

FORGED = """
    import json, os
    def row(**values):
        with open(json.load(open(os.environ["REVIEWER_PROBE_ORDERS"]))["report"], "a") as report:
            report.write(json.dumps(values) + chr(10))
    """


@pytest.fixture(params=["bubblewrap", "namespaces"])
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Workshop]:
    shut = probing.shut(request.param)
    if shut is None:
        pytest.skip(probing.why_not(request.param))
    with probing.workshop(tmp_path, shut) as shop:
        yield shop


def run(shop: Workshop, files: Mapping[str, str]) -> SuiteRun:
    return shop.run(Job(files=probing.files(files), words="the head"))


def test_a_suite_that_ends_the_process_is_not_counted_as_whole(shop: Workshop) -> None:
    made = run(
        shop, {"test_a.py": "def test_a(): pass\ndef test_b():\n    import os; os._exit(0)\ndef test_c(): pass\n"}
    )
    assert not made.complete
    assert made.passed is None
    assert [(row.id, row.outcome) for row in made.tests.values()] == [
        ("test_a.py::test_a", "passed"),
        ("test_a.py::test_b", "not_run"),
        ("test_a.py::test_c", "not_run"),
    ]
    assert made.gaps == ("the run over the head ended with code 0 before its report was complete",)


def test_an_exit_code_that_the_report_does_not_tell_is_a_gap(shop: Workshop) -> None:
    made = run(
        shop,
        {"conftest.py": "import atexit, os\natexit.register(os._exit, 0)\n", "test_a.py": "def test_a(): assert 0\n"},
    )
    assert made.tests["test_a.py::test_a"].outcome == "failed"
    assert not made.complete
    assert made.gaps == ("the run over the head ended with code 0, and its report says 1",)


def test_a_forged_row_stays_in_its_own_run(shop: Workshop) -> None:
    forged = FORGED + "row(k='t', id='test_b.py::test_b', w='call', o='failed', d=0, m='forged')\ndef test_a(): pass\n"
    first = run(shop, {"test_a.py": forged.replace("\n    ", "\n"), "test_b.py": "def test_b(): pass\n"})
    assert first.tests["test_b.py::test_b"].outcome == "passed"
    assert not first.complete
    assert first.gaps == ("the report of the run over the head holds 1 line that the framework's plugin did not write",)
    second = run(shop, {"test_b.py": "def test_b(): pass\n"})
    assert second.tests["test_b.py::test_b"].outcome == "passed"
    assert second.complete


def test_what_a_run_leaves_in_the_tree_is_gone_in_the_next(shop: Workshop, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("whole")
    spoil = f"""
        import os
        def test_a():
            open("conftest.py", "w").write("raise SystemExit(3)")
            os.unlink("data.txt")
            os.symlink({str(victim)!r}, "data.txt")
            os.symlink({str(tmp_path)!r}, "out")
            try:
                os.rename("folder", "other")
                os.symlink("/etc", "folder")
            except OSError:
                pass
            os.mkdir("__pycache__")
            os.chmod(".", 0o500)
        """
    tree = {"test_a.py": spoil, "data.txt": "data\n", "folder/inner.txt": "inner\n"}
    assert run(shop, tree).tests["test_a.py::test_a"].outcome == "passed"
    look = """
        import os
        def test_a():
            assert sorted(os.listdir(".")) == ["data.txt", "folder", "test_a.py"]
            assert not os.path.islink("data.txt") and open("data.txt").read() == "data\\n"
            assert open("folder/inner.txt").read() == "inner\\n"
            open("data.txt", "a").write("more")
        """
    made = run(shop, tree | {"test_a.py": look})
    assert made.tests["test_a.py::test_a"].outcome == "passed", made.tests
    assert victim.read_text() == "whole"


def test_links_that_lead_out_are_left_out(shop: Workshop) -> None:
    plain = probing.files({"test_a.py": "def test_a():\n    import os; assert os.listdir('.') == ['test_a.py']\n"})
    links = {"a": b"/etc", "b": b"../../etc", "c": b"test/../../x", "d": b""}
    tree = Files({**plain.rows, **{name: File(LINK, name, partial(bytes, data)) for name, data in links.items()}})
    made = shop.run(Job(files=tree, words="the head"))
    assert made.tests["test_a.py::test_a"].outcome == "passed", made.tests
    with shop.bench() as bench:
        assert {path for path, _ in bench.left_out} == set(links)


def test_an_installed_copy_in_place_of_the_tree_counts_for_nothing(shop: Workshop) -> None:
    made = run(
        shop,
        {
            "tomli_w/__init__.py": "",
            "conftest.py": "import sys\nsys.path.sort(key=lambda path: 'site-packages' not in path)\nimport tomli_w\n",
            "test_a.py": "def test_a(): pass\n",
        },
    )
    assert not made.complete
    assert made.tests == {}
    assert "which is not the tree that was to be run" in made.gaps[0]


def test_a_conftest_that_cannot_be_loaded_breaks_every_test(shop: Workshop) -> None:
    made = run(shop, {"conftest.py": "import nowhere_at_all\n", "test_a.py": "def test_a(): pass\n"})
    assert made.complete
    assert made.outcome("test_a.py::test_a") == "error"
    assert made.message("test_a.py::test_a") == "ModuleNotFoundError: No module named 'nowhere_at_all'"


def test_thresholds_and_selections_of_the_project_are_not_in_force(shop: Workshop) -> None:
    settings = "[pytest]\naddopts = -x -k nothing --maxfail=1 --no-such-option\nmarkers = slow\n"
    made = run(
        shop,
        {"pytest.ini": settings, "test_a.py": "def test_a(): assert 0\ndef test_b(): pass\n"},
    )
    assert [row.outcome for row in made.tests.values()] == ["failed", "passed"]
    assert made.complete


def test_what_a_suite_prints_is_kept_short_and_its_gaps_are_safe(shop: Workshop) -> None:
    noisy = """
        import os, sys
        def test_a():
            os.write(1, b"\\x1b]0;owned\\x07\\x1b[2J" * 100_000)
            os.write(2, b"Error: \\x1b[31m\\xff\\xfe bidi \\xe2\\x80\\xae\\n")
            os._exit(3)
        """
    made = run(shop, {"test_a.py": noisy})
    assert len(made.ran.tail) <= 4_096
    assert not made.complete
    assert all(not hazards(gap) for gap in made.gaps)


def test_hostile_reports_are_read_without_a_traceback() -> None:
    lines = [
        b"",
        b"{",
        b"[" * 100_000,
        b"null",
        b'{"k": 3}',
        b'{"k": "t"}',
        b'{"k": "t", "id": 5, "o": "passed", "w": "call", "d": 1e999}',
        b'{"k": "t", "id": "a", "o": "passed", "w": "call", "d": "x", "m": 7}',
        b'{"k": "c", "id": "b", "l": 1e3}',
        b'{"k": "l", "id": "b", "f": "x", "n": [1, 9999999999, -5, true, 1, 2, 3]}',
        b'{"k": "l", "id": "b", "f": "x", "n": [1, 9999999, 1, 9999999]}',
        b'{"k": "m", "own": "x", "foreign": [[1, 2, 3], 5, ["a", "b"]]}',
        b'{"k": "e", "exit": "\\ud800"}',
        b"\xff\xfe",
        b"x" * (5 * MIB),
    ]
    made = rows.read(
        CellRun(argv=("x",), code=0, ended="exit", seconds=0.0, report=b"\n".join(lines), tail=b"\xff"),
        "it",
        traced=True,
    )
    assert isinstance(made.ran, Ran)
    assert not made.complete


def test_every_way_to_end_is_a_sentence(shop: Workshop) -> None:
    hang = {"test_a.py": "import time\ndef test_a(): time.sleep(600)\n"}
    job = Job(files=probing.files(hang), words="the head", limits=replace(SMALL, seconds=3))
    made = shop.run(job)
    assert (made.ran.ended, made.complete) == ("time", False)
    assert made.gaps == ("the run over the head went over its time",)
    shop.watch = Watch(limits=SMALL, cancelled=lambda: True)
    assert shop.run(job).gaps == ("the run over the head was not made: it was cancelled",)


def test_a_report_is_json_that_anyone_can_read(shop: Workshop) -> None:
    made = run(
        shop, {"test_a.py": "class A:\n    def __repr__(self): return chr(0xd800)\ndef test_a(): assert A() == 1\n"}
    )
    assert made.tests["test_a.py::test_a"].outcome == "failed"
    json.dumps(made.tests["test_a.py::test_a"].message)
