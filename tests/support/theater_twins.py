"""Twins of the rules about tests: one change with the fault, one like it without."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reviewer.checks.probed import Matrix, Mutation, Noticing, Probed, Replay, Replayed, Rotten, RottenLine, TestRow
from tests.support.twins import Side, new, py

if TYPE_CHECKING:
    from reviewer.checks.case import Case

TEST = "tests/test_app.py"
TOTAL = "def test_total():\n    value = total([1, 2])\n    assert value == 3\n    assert value.kind == 'sum'\n"
ONE = "def test_a():\n    assert f() == 3\n"
APP = "def total(xs):\n    return sum(xs)\n"
BETTER = "def total(xs):\n    return sum(x for x in xs)\n"


@dataclass(frozen=True)
class Run(Side):
    """A change whose tests were run."""

    probed: Probed | None = None

    def case(self) -> Case:
        return replace(super().case(), probed=self.probed)


def probed(replay: Replay | None = None, rotten: Rotten | None = None) -> Probed:
    return Probed(
        base_tree="3" * 40, head_tree="4" * 40, environment="e", containment="none", replay=replay, rotten=rotten
    )


def replayed(name: str, outcome: str, *, deleted: bool = False, message: str = "") -> Replay:
    row = Replayed(id=f"{TEST}::{name}", path=TEST, deleted=deleted, outcome=outcome, message=message)  # type: ignore[arg-type]  # the outcome is a literal in each call
    return Replay(rows=(row,))


def rotten(line: int) -> Rotten:
    return Rotten(rows=(RottenLine(path=TEST, line=line, text="assert value == 3", test="test_total"),))


def noticing(tried: int, noticed: int) -> Probed:
    row = Noticing(id=f"{TEST}::test_a", path=TEST, tried=tried, noticed=noticed)
    return replace(probed(), mutants=Mutation(tests=(row,)))


def mocked(body: str, code: str = BETTER) -> Side:
    return Side({"src/app.py": APP}, {"src/app.py": code, TEST: body})


THEATER_TWINS: dict[str, tuple[Side, Side]] = {
    "test-uncollected": (
        py(ONE, ONE.replace("test_a", "check_a"), TEST),
        py(ONE, ONE.replace("test_a", "test_b"), TEST),
    ),
    "oracle-conditional": (
        py(ONE, "def test_a():\n    if ready():\n        assert f() == 3\n", TEST),
        py(ONE, "def test_a():\n    with ready():\n        assert f() == 3\n", TEST),
    ),
    "oracle-unreached": (
        py(ONE, "def test_a():\n    for x in []:\n        assert f() == 3\n", TEST),
        py(ONE, "def test_a():\n    for x in [1]:\n        assert f() == 3\n", TEST),
    ),
    "oracle-circular": (
        py(TOTAL, TOTAL.replace("value == 3", "value == total([1, 2])"), TEST),
        py(TOTAL, TOTAL.replace("value == 3", "value == total([2, 1])"), TEST),
    ),
    "assertion-void": (
        new(TEST, "def test_a(m):\n    f(m)\n    assert m.called_once_with(1)\n"),
        new(TEST, "def test_a(m):\n    f(m)\n    m.assert_called_once_with(1)\n"),
    ),
    "subject-mocked": (
        mocked("def test_a():\n    with patch('app.total', return_value=3):\n        assert app.total([1]) == 3\n"),
        mocked("def test_a():\n    with patch('app.fetch', return_value=3):\n        assert app.total([1]) == 3\n"),
    ),
    "module-mocked": (
        mocked("def test_a():\n    with patch('src.app') as app:\n        assert run(app) == 3\n"),
        mocked("def test_a():\n    with patch('src.other') as app:\n        assert run(app) == 3\n"),
    ),
    "mock-echoed": (
        mocked("def test_a():\n    client = Mock(return_value=37)\n    got = client()\n    assert got == 37\n"),
        mocked("def test_a():\n    client = Mock(return_value=37)\n    got = total(client)\n    assert got == 37\n"),
    ),
    "old-test-fails": (
        Run({TEST: ONE}, {TEST: ONE.replace("3", "4")}, probed=probed(replayed("test_b", "failed", message="3 != 4"))),
        Run({TEST: ONE}, {TEST: ONE.replace("3", "4")}, probed=probed(replayed("test_b", "passed"))),
    ),
    "assertion-not-run": (
        Run({TEST: ONE}, {TEST: ONE.replace("3", "4")}, probed=probed(rotten=rotten(2))),
        Run({TEST: ONE}, {TEST: ONE.replace("3", "4")}, probed=probed(rotten=Rotten())),
    ),
    "test-notices-nothing": (
        Run({TEST: ONE}, {TEST: ONE.replace("3", "4")}, probed=noticing(3, 0)),
        Run({TEST: ONE}, {TEST: ONE.replace("3", "4")}, probed=noticing(3, 1)),
    ),
    "test-data-edited": (
        Side({"src/app.py": APP, "tests/data/a.json": "1\n"}, {"src/app.py": BETTER, "tests/data/a.json": "2\n"}),
        Side({"src/app.py": APP}, {"src/app.py": BETTER, "tests/data/b.json": "2\n"}),
    ),
}


def ran(
    kind: str, type_: str = "bug fix", *, changed: bool = True, gaps: tuple[str, ...] = (), message: str = ""
) -> Run:
    row = TestRow(id=f"{TEST}::test_a", path=TEST, changed=changed, kind=kind, message=message)  # type: ignore[arg-type]  # the class is a literal in each call
    found = replace(probed(), tests=Matrix(framework="pytest", rows=(row,), gaps=gaps))
    return Run(
        {"src/app.py": APP, TEST: ONE},
        {"src/app.py": BETTER, TEST: ONE.replace("3", "4")},
        {"task": {"type": type_}},
        probed=found,
    )


def beside(kind: str) -> Run:
    """Return two new tests, one of which fails without the change."""
    names = {"test_a": "F2P", "test_b": kind}
    rows = tuple(TestRow(id=f"{TEST}::{name}", path=TEST, changed=True, kind=of) for name, of in names.items())  # type: ignore[arg-type]  # as above
    found = replace(probed(), tests=Matrix(framework="pytest", rows=rows))
    after = {"src/app.py": BETTER, TEST: ONE + ONE.replace("test_a", "test_b").replace("3", "4")}
    return Run({"src/app.py": APP}, after, {"task": {"type": "bug fix"}}, probed=found)


LONG = "def test_a():\n    assert total([1, 2, 3], start=10) == 16 and total([]) == 0 and total([1]) == 1\n"
GROWN = "def total(xs):\n    n = 0\n    for x in xs:\n        n += x\n    n += 0\n    return n\n"

PARENT_TWINS: dict[str, tuple[Side, Side]] = {
    "tests-absent": (
        Side({"src/app.py": APP}, {"src/app.py": GROWN}),
        Side({"src/app.py": APP}, {"src/app.py": GROWN, TEST: "def test_a():\n    assert total([]) == 0\n"}),
    ),
    "tests-unrelated": (
        Side({"src/app.py": APP}, {"src/app.py": GROWN, TEST: "def test_a():\n    assert other([]) == 0\n"}),
        Side({"src/app.py": APP}, {"src/app.py": GROWN, TEST: "def test_a():\n    assert total([]) == 0\n"}),
    ),
    "test-copied": (
        py(LONG, LONG + LONG.replace("test_a", "test_b"), TEST),
        py(LONG, LONG + LONG.replace("test_a", "test_b").replace("16", "17"), TEST),
    ),
    "test-regressed": (ran("P2F", message="assert 3 == 4"), ran("P2P")),
    "test-flaky": (ran("flaky"), ran("F2P")),
    "test-fails-on-both": (ran("F2F"), ran("F2P")),
    "test-passes-on-parent": (beside("P2P"), beside("F2P")),
    "no-test-fails-on-parent": (ran("P2P"), ran("P2P", "refactoring")),
    "fails-by-absence": (ran("E2P"), ran("F2P")),
}
