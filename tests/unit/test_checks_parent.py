"""New tests that pass with the code before, told by working both out: what is told is so, and nothing has no end."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

from reviewer.checks.tests_on_parent import TestsOnParentCheck
from tests.support.cases import make_case

if TYPE_CHECKING:
    from reviewer.checks.finding import Finding

PLACE = Path(__file__).parents[1] / "data" / "parent"
BEFORE = (PLACE / "before.txt").read_text("utf-8")
AFTER = BEFORE.replace('"x" * n', '"y" * n').replace("n += 1", "n += 2").replace("9 ** n ** n", "8 ** n ** n")
NAMES = (
    *("AppError", "Counter", "Entry", "by_day", "deep", "forever", "grow", "longest", "parse", "power", "round_up"),
    *("today", "unique"),
)
START = f"import pytest\nfrom datetime import date, datetime\nfrom app import {', '.join(NAMES)}\n\n\n"
FIX: dict[str, Any] = {"task": {"type": "bug fix"}}


def sections(text: str) -> dict[str, str]:
    """Return the tests of a part of the file by what is said of them."""
    parts = text.split("## ")[1:]
    return {part.partition("\n")[0]: part.partition("\n")[2].rstrip("\n") + "\n" for part in parts}


GREEN, OTHERS = map(sections, (PLACE / "tests.txt").read_text("utf-8").split("\n====\n"))


def said(body: str, **tables: Any) -> list[Finding]:  # noqa: ANN401 - tables of a manifest
    """Return what is said of tests that pass before the change."""
    before = {"src/app.py": BEFORE, "tests/test_app.py": START}
    case = make_case(before, {"src/app.py": AFTER, "tests/test_app.py": START + body}, trees=True, **tables)
    return [one for one in TestsOnParentCheck().run(case).findings if one.rule == "test-passes-before"]


@pytest.mark.parametrize("name", GREEN)
def test_what_is_told_to_pass_before_does(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found = said(GREEN[name], **FIX)
    assert [one.severity for one in found] == ["medium"]
    # Python itself is asked too: what is read has to be what is so.
    module = ModuleType("before")
    monkeypatch.setitem(sys.modules, "before", module)
    names = module.__dict__
    exec(BEFORE, names)  # noqa: S102 - the code of this test's own file
    exec("import pytest\n" + GREEN[name], names)  # noqa: S102 - the code of this test's own file
    marks = getattr(names["test_a"], "pytestmark", [])
    for values in marks[0].args[1] if marks else [()]:
        names["test_a"](*values)


@pytest.mark.parametrize("name", OTHERS)
def test_nothing_is_told_where_it_is_not_so_or_not_known(name: str) -> None:
    assert said(OTHERS[name], **FIX) == []


def test_it_weighs_less_where_nothing_says_what_was_asked() -> None:
    assert [one.severity for one in said(GREEN["a number"])] == ["low"]
    assert said(GREEN["a number"], task={"type": "refactoring"}) == []
