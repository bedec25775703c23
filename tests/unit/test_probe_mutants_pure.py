"""Lines made wrong on purpose: the most telling way, always the same, and never where no test is meant to notice."""

from __future__ import annotations

import ast
from pathlib import Path
from textwrap import dedent

import pytest

from reviewer.checks.ablation.mutants import wrongs

SOURCES = sorted((Path(__file__).resolve().parent.parent.parent / "reviewer" / "run").rglob("[a-z]*.py"))


def made(source: str) -> list[tuple[str, str]]:
    found = wrongs(dedent(source).encode(), range(1, 1_000))
    assert found is not None
    return [(one.operator, one.after) for one in found]


@pytest.mark.parametrize(
    ("line", "operator", "after"),
    [
        ("if a < b and c: d()", "boundary", "if a <= b and c: d()"),
        ("if a == b: d()", "comparison", "if a != b: d()"),
        ("if a is not None: d()", "comparison", "if a is None: d()"),
        ("x = a and b", "and/or", "x = (a or b)"),
        ("if not a: d()", "not", "if bool(a): d()"),
        ("if a: d()", "condition", "if (not a): d()"),
        ("x = y if a else b", "condition", "x = y if (not a) else b"),
        ("while a: d()", "condition", "while False: d()"),
        ("x = a + b", "arithmetic", "x = (a - b)"),
        ("x += a", "arithmetic", "x -= a"),
        ("f(True)", "constant", "f(False)"),
        ("x = a[1:]", "constant", "x = a[2:]"),
        ("raise ValueError('a' + str(1 + 2))", "raise", "pass"),
        ("for x in y: d(x)", "loop", "for x in (): d(x)"),
        ("a.b(c)", "call", "pass"),
        ("x = f(a)", "assignment", "x = None"),
    ],
)
def test_the_most_telling_way_is_chosen(line: str, operator: str, after: str) -> None:
    assert (operator, after) in made(line + "\n")[:1]


def test_returns_and_handlers() -> None:
    assert made("def f(a):\n    return a.b\n") == [("return", "return None")]
    assert made("def f(a):\n    return\n") == []
    assert ("handler", "except ():") in made("try:\n    a()\nexcept ValueError:\n    b()\n")


@pytest.mark.parametrize(
    "line",
    [
        '"""Doc 1 + 2."""',
        "logger.info('a', 1 + 2)",
        "warnings.warn('x', stacklevel=2)",
        "import os",
        "__all__ = ['a' + 'b']",
        "T = TypeVar('T', bound=1)",
        "x: int",
        "assert a == b",
        "x = 'text'",
        "x = f'{1 + 2}'",
        "x = 'a' + b",
        "x = '%s' % b",
        "class A(B[1]): pass",
        "def f(a: Literal[1]) -> Literal[2]: ...",
        "if sys.version_info >= (3, 12): pass",
        "if __name__ == '__main__': main()",
    ],
)
def test_what_no_test_is_meant_to_notice_is_left_alone(line: str) -> None:
    assert made(line + "\n") == []


def test_a_bound_that_does_not_matter_is_not_shifted() -> None:
    assert made("if a > b:\n    a = b\n")[0] == ("comparison", "if a <= b:")
    assert made("x = a if a > b else b\n")[0][0] != "boundary"


def test_representation_is_left_alone() -> None:
    assert made("class A:\n    def __repr__(self):\n        return str(1 + 2)\n") == []


def test_lines_that_did_not_change_are_left_alone_and_statements_are_named() -> None:
    source = b"x = f(\n    1,\n    a < b,\n)\n"
    (one,) = wrongs(source, {3}) or ()
    assert (one.line, one.statement, one.before, one.after) == (3, 1, "a < b,", "a <= b,")
    assert one.source == b"x = f(\n    1,\n    a <= b,\n)\n"


@pytest.mark.parametrize("source", [b"def f(:\n", b"\xef\xbb\xbfx = 1\n", b"x = 1\ry = 2\n"])
def test_what_cannot_be_read_is_none(source: bytes) -> None:
    assert wrongs(source, range(9)) is None


def test_depth_is_no_crash() -> None:
    deep = b"x = " + b"-" * 3_000 + b"1\n"
    wrongs(deep, {1})
    wide = b"x = a" + b" + 1" * 3_000 + b"\n"
    wrongs(wide, {1})


@pytest.mark.parametrize("path", SOURCES[::9], ids=lambda path: path.name)
def test_every_mutant_of_real_code_parses_and_means_something_else(path: Path) -> None:
    source = path.read_bytes()
    found = wrongs(source, range(1, 2_000))
    assert found
    head = ast.dump(ast.parse(source))
    for one in found[:60]:
        assert ast.dump(ast.parse(one.source)) != head
    assert found == wrongs(source, range(1, 2_000))
    assert len({one.line for one in found}) == len(found)
