"""What a run of tests says: each framework over tiny trees, really run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reviewer.probe.frameworks.command_run import ALL, CommandRun
from reviewer.probe.frameworks.orders import own_modules
from reviewer.probe.frameworks.pytest_options import kept
from reviewer.probe.frameworks.unittest_run import Unittest
from reviewer.probe.sandbox.containment import NONE
from reviewer.probe.suite import Selection, Watch
from reviewer.probe.workshop import Job, Workshop
from tests.support import probing
from tests.support.probing import SMALL

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from reviewer.probe.suite import SuiteRun

CODE = "def half(x):\n    if x % 2:\n        return None\n    return x // 2\n"
PYTESTS = {
    "pkg/__init__.py": CODE,
    "tests/conftest.py": "import pytest\n@pytest.fixture\ndef bad(): raise ValueError('no')\n",
    "tests/test_a.py": """
        import pytest
        from pkg import half

        @pytest.mark.parametrize("x", [2, 3])
        def test_half(x):
            assert half(x) == x // 2

        @pytest.mark.skip(reason="later")
        def test_skipped(): ...

        @pytest.mark.xfail
        def test_expected(): assert 0

        @pytest.mark.xfail(strict=True)
        def test_unexpected(): pass

        def test_setup(bad): ...

        class TestIt:
            def test_raises(self):
                half(None)
        """,
    "tests/test_broken.py": "import nowhere\ndef test_x(): ...\n",
}
UNITTESTS = {
    "pkg/__init__.py": CODE,
    "tests/__init__.py": "",
    "tests/test_a.py": """
        import unittest
        from pkg import half

        class Halves(unittest.TestCase):
            def test_even(self): self.assertEqual(half(2), 1)
            def test_odd(self): self.assertEqual(half(3), 1)
            def test_raises(self): half(None)
            @unittest.skip("later")
            def test_skipped(self): ...
            @unittest.expectedFailure
            def test_expected(self): self.fail()
            @unittest.expectedFailure
            def test_unexpected(self): ...
            def test_parts(self):
                for x in (2, 3):
                    with self.subTest(x=x):
                        self.assertEqual(half(x), 1)

        class Broken(unittest.TestCase):
            @classmethod
            def setUpClass(cls): raise ValueError("no")
            def test_never(self): ...
        """,
    "tests/test_broken.py": "import nowhere\n",
}


def run(shop: Workshop, tree: Mapping[str, str], *paths: str, ids: tuple[str, ...] | None = None) -> SuiteRun:
    trace = tuple(path for path in tree if path.endswith(".py"))
    job = Job(files=probing.files(tree), words="the head", selection=Selection(paths=paths, ids=ids), trace=trace)
    with shop:
        return shop.run(job)


def test_pytest_tells_every_outcome(tmp_path: Path) -> None:
    made = run(probing.workshop(tmp_path), PYTESTS)
    assert {name.partition("::")[2]: row.outcome for name, row in made.tests.items()} == {
        "test_half[2]": "passed",
        "test_half[3]": "failed",
        "test_skipped": "skipped",
        "test_expected": "xfailed",
        "test_unexpected": "failed",
        "test_setup": "error",
        "TestIt::test_raises": "failed",
    }
    assert made.complete
    assert made.gaps == ()
    assert made.passed is False
    assert made.imported == 1
    row = made.tests["tests/test_a.py::test_half[3]"]
    assert (row.path, row.raised, row.message.split("\n")[0]) == (
        "tests/test_a.py",
        "AssertionError",
        "assert None == (3 // 2)",
    )
    assert made.broken == {"tests/test_broken.py": "ModuleNotFoundError: No module named 'nowhere'"}
    assert made.outcome("tests/test_broken.py::test_x") == "error"
    assert made.outcome("tests/test_a.py::test_other") == "absent"


def test_executed_lines_are_told_a_test(tmp_path: Path) -> None:
    made = run(probing.workshop(tmp_path), PYTESTS)
    assert made.lines is not None
    assert made.lines.covering("pkg/__init__.py", 3) == ("tests/test_a.py::test_half[3]",)
    assert made.lines.covering("pkg/__init__.py", 4) == ("tests/test_a.py::test_half[2]",)
    assert made.lines.ran("pkg/__init__.py", 1)
    assert not made.lines.ran("tests/test_a.py", 100)


def test_only_what_is_selected_runs(tmp_path: Path) -> None:
    wanted = ("tests/test_a.py::test_half", "tests/test_a.py::TestIt::test_raises", "tests/test_a.py::nothing")
    made = run(probing.workshop(tmp_path), PYTESTS, "tests/test_a.py", "tests/no_such_file.py", ids=wanted)
    assert sorted(name.partition("::")[2] for name in made.tests) == [
        "TestIt::test_raises",
        "test_half[2]",
        "test_half[3]",
    ]
    assert made.broken == {}


def test_unittest_tells_every_outcome(tmp_path: Path) -> None:
    made = run(probing.workshop(tmp_path, framework=Unittest(probing.interpreter())), UNITTESTS)
    assert {name: row.outcome for name, row in made.tests.items()} == {
        "tests/test_a.py::Halves::test_even": "passed",
        "tests/test_a.py::Halves::test_odd": "failed",
        "tests/test_a.py::Halves::test_raises": "failed",
        "tests/test_a.py::Halves::test_skipped": "skipped",
        "tests/test_a.py::Halves::test_expected": "xfailed",
        "tests/test_a.py::Halves::test_unexpected": "failed",
        "tests/test_a.py::Halves::test_parts": "failed",
        "tests/test_a.py::Broken::test_never": "error",
    }
    assert made.complete
    assert made.ran.code == 1
    assert made.broken == {"tests/test_broken.py": "ModuleNotFoundError: No module named 'nowhere'"}
    assert made.tests["tests/test_a.py::Halves::test_odd"].message == "AssertionError: None != 1"
    assert made.lines is not None
    assert "tests/test_a.py::Halves::test_even" in made.lines.covering("pkg/__init__.py", 4)


def test_unittest_runs_only_what_is_selected(tmp_path: Path) -> None:
    shop = probing.workshop(tmp_path, framework=Unittest(probing.interpreter()))
    made = run(shop, UNITTESTS, "tests/test_a.py", ids=("tests/test_a.py::Halves::test_even",))
    assert list(made.tests) == ["tests/test_a.py::Halves::test_even"]
    assert made.passed is True


@pytest.mark.parametrize(
    ("line", "outcome", "complete"),
    [("true", "passed", True), ("false", "failed", True), ("/no/such/program", None, False)],
)
def test_a_command_is_judged_by_its_exit_code(
    tmp_path: Path, line: str, outcome: str | None, *, complete: bool
) -> None:
    made = run(probing.workshop(tmp_path, framework=CommandRun(("/bin/sh", "-c", line))), {"a": ""})
    assert made.complete is complete
    assert (made.tests[ALL].outcome if complete else None) == outcome


def test_a_suite_runs_the_same_where_nothing_contains_it(tmp_path: Path) -> None:
    made = run(probing.workshop(tmp_path, NONE), PYTESTS, "tests/test_a.py")
    assert made.complete
    assert made.tests["tests/test_a.py::test_half[2]"].outcome == "passed"
    assert made.lines is not None
    assert made.lines.ran("pkg/__init__.py", 3)


def test_progress_is_told_while_it_runs(tmp_path: Path) -> None:
    told: list[tuple[int, int, str]] = []
    watch = Watch(limits=SMALL, progress=lambda done, total, words: told.append((done, total, words)))
    run(probing.workshop(tmp_path, watch=watch), PYTESTS, "tests/test_a.py")
    assert told[-1] == (7, 7, "the head")


def test_an_equal_run_is_not_made_twice(tmp_path: Path) -> None:
    job = Job(files=probing.files(PYTESTS), words="the head", selection=Selection(paths=("tests/test_a.py",)))
    with probing.workshop(tmp_path) as shop:
        first, second = shop.run(job), shop.run(job)
    assert first is second
    assert list(tmp_path.iterdir()) == []


def test_several_runs_at_a_time_come_back_in_order(tmp_path: Path) -> None:
    place = probing.interpreter()
    jobs = [
        Job(files=probing.files({"test_a.py": f"def test_{number}(): ...\n"}), words=str(number)) for number in range(4)
    ]
    with Workshop(
        Unittest(place),
        containment=probing.usual(),
        readable=place.readable,
        watch=Watch(limits=SMALL),
        jobs=2,
        room=tmp_path,
    ) as shop:
        made = shop.run_all(jobs)
    assert [one.ran.tree for one in made] == ["0", "1", "2", "3"]


def test_an_editable_install_leads_to_the_tree_and_not_to_the_checkout(tmp_path: Path) -> None:
    checkout = probing.tree_at(tmp_path / "checkout", {"reviewer_sample/__init__.py": "WHERE = 'checkout'\n"})
    tree = {
        "reviewer_sample/__init__.py": "WHERE = 'tree'\n",
        "test_a.py": f"""
            import sys
            sys.path.insert(0, {str(checkout)!r})
            import reviewer_sample
            def test_a(): assert reviewer_sample.WHERE == "tree"
            """,
    }
    shut = probing.shut("namespaces") or probing.shut("bubblewrap")
    if shut is not None:
        made = run(probing.workshop(tmp_path, shut, checkout=checkout), tree)
        assert made.tests["test_a.py::test_a"].outcome == "passed"
        assert made.imported == 1
    made = run(probing.workshop(tmp_path, NONE, checkout=checkout), tree)
    assert made.tests == {}
    assert "imported reviewer_sample from" in made.gaps[0]


def test_modules_of_the_tree_are_those_at_its_roots() -> None:
    tree = probing.files(
        {
            "src/pkg/__init__.py": "",
            "src/pkg/inner/__init__.py": "",
            "tests/__init__.py": "",
            "single.py": "",
            "setup.py": "",
            "test_x.py": "",
            "docs/conf.py": "",
        }
    )
    assert own_modules(tree) == (("", "src"), ("pkg", "single"))


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("pytest.ini", "[pytest]\naddopts = {}\n"),
        ("setup.cfg", "[tool:pytest]\naddopts = {}\n"),
        ("tox.ini", "[pytest]\naddopts = {}\n"),
        ("pyproject.toml", "[tool.pytest.ini_options]\naddopts = '{}'\n"),
    ],
)
def test_options_that_say_how_tests_are_loaded_stay(path: str, text: str) -> None:
    words = "-x -n auto -p my.plugin -pother -p no:mine --cov-fail-under=90 --import-mode=importlib -W error -k fast -q"
    tree = probing.files({path: text.format(words)})
    assert kept(tree) == ("-p", "my.plugin", "-pother", "--import-mode=importlib", "-W", "error")


@pytest.mark.parametrize("text", ["[pytest", "[pytest]\naddopts = 'open\n", "[[[", "\x00"])
def test_settings_that_cannot_be_read_keep_nothing(text: str) -> None:
    for path in ("pytest.ini", "pyproject.toml"):
        assert kept(probing.files({path: text})) == ()
