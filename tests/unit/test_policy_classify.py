"""Risk classes by path, by finding and by declaration."""

from __future__ import annotations

import pytest

from reviewer.checks.ident import Fact, identify
from reviewer.policy.classify import classify
from tests.support.cases import make_case


def class_of(*paths: str, declared: str | None = None) -> str:
    case = make_case({}, dict.fromkeys(paths, "x\n"), scope={"risk_class": declared} if declared else {})
    return classify(case.manifest, ()).risk_class


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (["docs/a.rst", "README.md", "tests/auth/test_login.py"], "A"),
        (["src/app.py"], "B"),
        (["requirements.txt"], "B"),
        (["docs/a.md", "src/auth/session.py"], "C"),
        ([".github/workflows/ci.yml"], "C"),
        (["migrations/0001.py"], "C"),
        (["Dockerfile"], "C"),
        ([], "B"),
    ],
)
def test_the_riskiest_path_decides(paths: list[str], expected: str) -> None:
    assert class_of(*paths) == expected


def test_a_declaration_raises_and_never_lowers() -> None:
    assert class_of("README.md", declared="C") == "C"
    assert class_of("src/auth/session.py", declared="A") == "C"


def test_both_ends_of_a_rename_count() -> None:
    case = make_case({"deploy/a.sh": "x\n"}, {"a.sh": "x\n"}, renames={"a.sh": "deploy/a.sh"})
    assert classify(case.manifest, ()).risk_class == "C"


def test_a_high_finding_on_the_boundary_makes_class_c_and_is_the_reason() -> None:
    fact = Fact(rule="secret", severity="high", message="A secret.", why="", quote="x")
    found = classify(make_case({}, {"a.md": "x"}).manifest, identify("security_boundary", [fact]))
    assert (found.risk_class, "A secret." in found.reason) == ("C", True)
    low = Fact(rule="boundary-path", severity="info", message="Touched.", why="", quote="x")
    assert classify(make_case({}, {"a.md": "x"}).manifest, identify("security_boundary", [low])).risk_class == "A"
