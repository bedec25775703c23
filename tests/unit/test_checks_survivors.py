"""What running showed of lines and hunks, as findings: how few of them alarm, and that none is lost."""

from __future__ import annotations

from dataclasses import replace

from reviewer.checks.account import Account
from reviewer.checks.plausible import proofs
from reviewer.checks.plausible_wrong import PlausibleWrongCheck
from reviewer.checks.probed import (
    Ablation,
    Hunk,
    Matrix,
    Mutant,
    Mutation,
    Probed,
    Replay,
    Replayed,
    TestRow,
)
from reviewer.checks.test_theater import TestTheaterCheck
from reviewer.checks.tests_on_parent import TestsOnParentCheck
from tests.support.cases import make_case

PROBED = Probed(base_tree="3" * 40, head_tree="4" * 40, environment="e", containment="none")
PYTHON = "def f(a):\n    x = a < 1\n    return x\n\n\nclass C:\n    def g(self):\n        return 1 + 2\n\n\nY = 5\n"
GO = "package a\n\nfunc F(a int) int {\n\tif a < 1 {\n\t\treturn 2\n\t}\n\treturn 3\n}\n"


def row(path: str, line: int, operator: str = "constant") -> Mutant:
    return Mutant(path=path, line=line, operator=operator, before=f"old {line}", after=f"new {line}", state="survived")


def said(*rows: Mutant, files: dict[str, str] | None = None) -> list[tuple[str, str]]:
    case = make_case({}, files or {"a.py": PYTHON}, trees=True)
    case = replace(case, probed=replace(PROBED, mutants=Mutation(rows=rows)))
    found = [fact for fact in proofs.facts(case, Account()) if fact.rule == "mutant-survived"]
    assert any(each.rule == "mutant-survived" for each in PlausibleWrongCheck().run(case).findings)
    return [(fact.severity, fact.message) for fact in found]


def test_survivors_of_a_function_are_told_as_one() -> None:
    assert said(row("a.py", 3), row("a.py", 2, "comparison"), row("a.py", 8), row("a.py", 11)) == [
        ("info", "“old 2” in f was made “new 2”, and no test noticed; nor on lines 3."),
        ("info", "“old 8” in C.g was made “new 8”, and no test noticed."),
        ("info", "“old 11” was made “new 11”, and no test noticed."),
    ]
    assert said(row("a.go", 4, "boundary"), row("a.go", 5), files={"a.go": GO}) == [
        ("low", "“old 4” in F was made “new 4”, and no test noticed; nor on lines 5.")
    ]


def test_two_bounds_alarm_and_the_rest_is_there_to_be_read() -> None:
    source = "".join(f"def f{n}(a):\n    return a < {n}\n\n\n" for n in range(30))
    rows = [row("a.py", 4 * n + 2, "boundary") for n in range(30)]
    found = said(*rows, files={"a.py": source})
    assert [severity for severity, _ in found] == ["low", "low", *["info"] * 19]
    assert found[-1][1].endswith("; nor on lines 86, 90, 94, 98 and 5 more.")


def test_a_file_that_cannot_be_read_has_its_survivors_too() -> None:
    assert said(row("a.py", 1), row("a.py", 2), row("b.txt", 1), files={"a.py": "def (\n\n", "b.txt": "x\n"}) == [
        ("info", "“old 1” was made “new 1”, and no test noticed; nor on lines 2."),
        ("info", "“old 1” was made “new 1”, and no test noticed."),
    ]


def test_undefended_boundaries_are_told_once_a_file_and_two_alarm() -> None:
    paths = [f"src/auth/{name}.py" for name in "abc"]
    hunks = tuple(
        Hunk(path=path, old_first=n, old_last=n, new_first=n, new_last=n, state="undefended")
        for path in paths
        for n in (1, 5, 9)
    )
    case = make_case({}, dict.fromkeys(paths, "x = 1\n" * 9))
    case = replace(case, probed=replace(PROBED, hunks=Ablation(rows=hunks)))
    found = [fact for fact in proofs.facts(case, Account()) if fact.rule == "boundary-undefended"]
    assert [(fact.severity, fact.file, fact.line) for fact in found] == [
        ("low", paths[0], 1),
        ("low", paths[1], 1),
        ("info", paths[2], 1),
    ]
    assert found[0].message.endswith("a boundary, nor without 2 more pieces of it.")


def weight(title: str, **task: str) -> list[str]:
    test = TestRow(id="tests/test_a.py::test_a", path="tests/test_a.py", changed=True, kind="P2P")
    sides = {"a.py": "x = 1\n", "tests/test_a.py": "def test_a(): ...\n"}
    case = make_case(sides, {name: text + "y = 1\n" for name, text in sides.items()}, task=task)
    case = replace(case, probed=replace(PROBED, tests=Matrix(framework="pytest", rows=(test,))))
    case = replace(case, manifest=case.manifest.model_copy(update={"title": title}))
    found = TestsOnParentCheck().run(case).findings
    return [each.severity for each in found if each.rule == "no-test-fails-on-parent"]


def test_a_title_weighs_less_than_a_task() -> None:
    assert weight("Sort the rows") == ["info"]
    assert weight("Add a property") == ["low"]
    assert weight("use ruff lint and format") == ["info"]
    assert weight("Fix the format of rows") == ["low"]
    assert weight("use ruff lint and format", type="bug") == ["medium"]


def test_an_old_test_that_fails_alarms_where_nothing_was_to_change() -> None:
    old = "def test_a():\n    assert f(1) == 3\n    assert f(2) == 4\n"
    played = Replayed(id="tests/test_a.py::test_b", path="tests/test_a.py", deleted=False, outcome="failed")
    found = []
    for kind in ("refactoring", "feature"):
        case = make_case({"tests/test_a.py": old}, {"tests/test_a.py": old + "    assert f(3)\n"}, task={"type": kind})
        case = replace(case, probed=replace(PROBED, replay=Replay(rows=(played,))))
        found += [each.severity for each in TestTheaterCheck().run(case).findings if each.rule == "old-test-fails"]
    assert found == ["low", "info"]


def test_many_tests_of_a_file_that_fail_on_both_sides_are_one() -> None:
    path = "tests/test_a.py"
    rows = tuple(TestRow(id=f"{path}::test_{n}", path=path, changed=True, kind="F2F", message="No") for n in range(9))
    other = TestRow(id="tests/test_b.py::test_x", path="tests/test_b.py", changed=True, kind="F2F")
    case = make_case({}, {path: "def test_1(): ...\n", "tests/test_b.py": "def test_x(): ...\n"})
    case = replace(case, probed=replace(PROBED, tests=Matrix(framework="pytest", rows=(*rows, other))))
    found = [each for each in TestsOnParentCheck().run(case).findings if each.rule == "test-fails-on-both"]
    assert [each.message for each in found] == [
        "tests/test_a.py (9 cases) fails with the change and without it: No",
        "tests/test_b.py::test_x fails with the change and without it.",
    ]
    assert len(found[0].evidence) == 9
