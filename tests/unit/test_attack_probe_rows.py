"""Suites that forge what is reported of them: which forgeries show, and the one that does not."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pytest

from reviewer.checks.probed import FORGEABLE
from reviewer.probe.frameworks import rows
from reviewer.probe.frameworks.sealed import Sealed
from reviewer.probe.frameworks.unittest_run import Unittest
from reviewer.probe.sandbox.limits import CellRun
from reviewer.probe.workshop import Job
from tests.support import probing

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from reviewer.probe.suite import SuiteRun

FAILS = "def test_a(): assert 0\ndef test_b(): pass\n"
PLUGIN = "config.pluginmanager.getplugin('reviewer-probe')"


def run(room: Path, files: Mapping[str, str]) -> SuiteRun:
    with probing.workshop(room) as shop:
        return shop.run(Job(files=probing.files(files), words="the head"))


def test_a_report_that_is_cut_and_written_anew_is_not_whole(tmp_path: Path) -> None:
    spoil = """
        import json, os, time
        def test_a(): assert 0
        def test_b():
            time.sleep(0.6)
            os.truncate(json.load(open(os.environ["REVIEWER_PROBE_ORDERS"]))["report"], 0)
        def test_c(): pass
        """
    made = run(tmp_path, {"test_a.py": spoil})
    assert not made.complete
    assert made.tests.get("test_a.py::test_a") is None or made.tests["test_a.py::test_a"].outcome == "failed"


def test_an_exception_that_is_reported_as_passed_has_not_passed(tmp_path: Path) -> None:
    turn = """
        import pytest
        @pytest.hookimpl(hookwrapper=True)
        def pytest_runtest_makereport(item, call):
            outcome = yield
            outcome.get_result().outcome = "passed"
        """
    made = run(tmp_path, {"conftest.py": turn, "test_a.py": FAILS})
    assert made.tests["test_a.py::test_a"].outcome == "failed"
    assert made.tests["test_a.py::test_a"].raised == "AssertionError"
    assert made.tests["test_a.py::test_b"].outcome == "passed"
    assert not made.complete
    assert "in the run over the head tests raised and were reported as passed: test_a.py::test_a" in made.gaps


def test_a_second_result_through_the_plugin_itself_is_seen_and_the_worst_counts(tmp_path: Path) -> None:
    forge = f"""
        def pytest_runtest_teardown(item):
            config = item.config
            {PLUGIN}.out.row(k="t", id=item.nodeid, w="call", o="passed", d=0)
        """
    made = run(tmp_path, {"conftest.py": forge, "test_a.py": FAILS})
    assert made.tests["test_a.py::test_a"].outcome == "failed"
    assert not made.complete
    assert made.gaps == (
        "the report of the run over the head has more than one result of a test: test_a.py::test_a and 1 more",
    )


def test_rows_of_tests_that_do_not_exist_are_no_tests(tmp_path: Path) -> None:
    forge = f"""
        def pytest_sessionfinish(session):
            config = session.config
            {PLUGIN}.out.row(k="t", id="test_a.py::test_new", w="call", o="passed", d=0)
        """
    made = run(tmp_path, {"conftest.py": forge, "test_a.py": "def test_b(): pass\n"})
    assert list(made.tests) == ["test_a.py::test_b"]
    assert made.gaps == (
        "the report of the run over the head has rows of tests that were never collected: test_a.py::test_new",
    )


@pytest.mark.parametrize(
    ("more", "gap"),
    [
        ("", "its rows tell of none that failed: rows do not fit the exit code"),
        ("    session.exitstatus = 0\n", "tells 0 failures, and the framework counts 1"),
    ],
)
def test_a_muted_plugin_is_told_by_what_pytest_itself_counts(tmp_path: Path, more: str, gap: str) -> None:
    forge = f"""
        def pytest_configure(config): pass
        def pytest_collection_finish(session):
            config = session.config
            out = {PLUGIN}.out
            write = out.row
            def row(**values):
                write(**{{**values, "o": "passed"}} if values["k"] == "t" else values)
            out.row = row
        def pytest_sessionfinish(session):
            pass
        """
    made = run(tmp_path, {"conftest.py": textwrap.dedent(forge) + more, "test_a.py": FAILS})
    assert made.tests["test_a.py::test_a"].outcome == "passed"
    assert not made.complete
    assert any(gap in each for each in made.gaps), made.gaps


def test_whoever_forges_all_of_it_is_not_found_and_the_result_says_so(tmp_path: Path) -> None:
    forge = f"""
        def pytest_collection_finish(session):
            config = session.config
            out = {PLUGIN}.out
            write = out.row
            def row(**values):
                write(**{{**values, "o": "passed", "m": "", "e": ""}} if values["k"] == "t" else values)
            out.row = row
        def pytest_sessionfinish(session):
            session.testsfailed = 0
            session.exitstatus = 0
        """
    made = run(tmp_path, {"conftest.py": forge, "test_a.py": FAILS})
    if made.complete:
        assert made.tests["test_a.py::test_a"].outcome == "passed"
        assert "same process" in FORGEABLE


def test_the_key_is_gone_from_the_environment_and_its_pipe_is_closed(tmp_path: Path) -> None:
    look = """
        import os, stat
        def test_a():
            assert "REVIEWER_PROBE_SEAL" not in os.environ
            for name in os.listdir("/proc/self/fd"):
                try:
                    assert not stat.S_ISFIFO(os.fstat(int(name)).st_mode) or int(name) < 3 or not os.read(int(name), 1)
                except OSError:
                    pass
        """
    made = run(tmp_path, {"test_a.py": look})
    assert made.tests["test_a.py::test_a"].outcome == "passed", made.tests
    assert made.complete


@pytest.mark.parametrize(
    "name",
    ["sitecustomize", "usercustomize", "pytest", "_pytest", "pluggy", "reviewer_probe_pytest", "reviewer_probe_report"],
)
def test_nothing_of_the_tree_takes_the_place_of_what_watches(tmp_path: Path, name: str) -> None:
    spoil = "import os\nos.write(2, b'taken')\nos._exit(0)\n"
    made = run(tmp_path, {f"{name}.py": spoil, "test_a.py": FAILS, "conftest.py": ""})
    assert "taken" not in made.ran.tail
    if name.endswith("customize"):
        assert made.complete
        assert made.tests["test_a.py::test_a"].outcome == "failed"
    else:
        # A tree that has modules of this name was not what ran, and that is said.
        assert not made.complete
        assert made.tests == {}
        assert "which is not the tree that was to be run" in made.gaps[-1]


def test_the_tree_is_found_before_what_is_installed_and_by_what_tests_start(tmp_path: Path) -> None:
    look = """
        import os, subprocess, sys
        import tomli_w
        def test_a():
            assert tomli_w.HERE
            assert sys.argv[0].endswith("__main__.py")
            done = subprocess.run([sys.executable, "-c", "import tomli_w, inner; print(tomli_w.HERE)"], cwd="/tmp",
                                  capture_output=True, text=True)
            assert done.stdout == "1\\n", done.stderr
        """
    tree = {"tomli_w/__init__.py": "HERE = 1\n", "src/inner/__init__.py": "", "test_a.py": look}
    made = run(tmp_path, tree)
    assert made.tests["test_a.py::test_a"].outcome == "passed", made.tests


def test_subtests_and_tests_that_fall_twice_are_not_taken_for_forgeries(tmp_path: Path) -> None:
    parts = """
        import pytest, unittest
        class Parts(unittest.TestCase):
            def tearDown(self): raise ValueError("down")
            def test_parts(self):
                for x in range(3):
                    with self.subTest(x=x):
                        self.assertEqual(x, 1)
        @pytest.fixture
        def falls():
            yield
            raise ValueError("down")
        def test_twice(falls): assert 0
        """
    made = run(tmp_path, {"test_a.py": parts})
    assert made.complete, made.gaps
    assert {row.outcome for row in made.tests.values()} == {"failed"}
    skipped = """
        import unittest
        class Never(unittest.TestCase):
            @classmethod
            def setUpClass(cls): raise unittest.SkipTest("not here")
            def test_a(self): ...
            def test_b(self): ...
        """
    with probing.workshop(tmp_path, framework=Unittest(probing.interpreter())) as shop:
        for source in (parts.replace("import pytest, ", "import ").split("@pytest")[0], skipped):
            made = shop.run(Job(files=probing.files({"test_a.py": source}), words="the head"))
            assert made.complete, made.gaps
    assert [row.outcome for row in made.tests.values()] == ["skipped", "skipped"]


def test_more_time_than_the_run_took_does_not_fit() -> None:
    report = b"\n".join(
        (
            b'{"k": "c", "id": "a", "f": "a"}',
            b'{"k": "t", "id": "a", "w": "call", "o": "passed", "d": 500}',
            b'{"k": "e", "exit": 0}',
        )
    )
    made = rows.read(CellRun(argv=(), code=0, ended="exit", seconds=2.0, report=report), "it", traced=False)
    assert made.gaps == ("the report of the run over it tells of 500 s of tests, and the run took 2 s",)
    assert not made.complete


def test_a_seal_holds_for_its_own_run_alone() -> None:
    import hashlib
    import hmac

    def line(key: str, row: bytes) -> bytes:
        return hmac.new(key.encode(), row, hashlib.sha256).hexdigest()[:16].encode() + b" " + row

    whole = [line("one", b'{"k": "c", "q": %d}' % number) for number in (1, 2, 3)]
    assert len(list(Sealed(b"\n".join([*whole, b""]), "one"))) == 3
    other = Sealed(b"\n".join([*whole, b""]), "other")
    assert (list(other), other.foreign) == ([], 3)
    hole = Sealed(b"\n".join([whole[0], whole[2], b""]), "one")
    assert (len(list(hole)), hole.missing) == (2, 1)
    twice = Sealed(b"\n".join([whole[0], whole[0], b""]), "one")
    assert (len(list(twice)), twice.missing) == (2, 1)
    cut = Sealed(b"\n".join([whole[0], whole[1][:-3]]), "one")
    assert (len(list(cut)), cut.foreign) == (1, 0)
