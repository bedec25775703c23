"""Habits, copies and second ways: what is counted, what is left out, and what a hostile file costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.checks.python_source import parse
from reviewer.checks.style.around import Around
from reviewer.checks.style.habits import case_of, choices
from reviewer.checks.style.skeleton import functions_of, skeleton
from reviewer.checks.style_drift import SHOWN, StyleDriftCheck
from tests.support.cases import make_case
from tests.support.style_twins import CLONE, SUM

if TYPE_CHECKING:
    from reviewer.checks.finding import Finding

JS = "".join(
    f"function loadOrder{n}(order) {{\n  const theTotal = order.total;\n  return theTotal;\n}}\n\n" for n in range(9)
)
GO = "package a\n\n" + "".join(f"func loadOrder{n}(o Order) int {{\n\treturn o.Total\n}}\n\n" for n in range(9))
RUBY = "".join(f"def load_order{n}(order)\n  order.total\nend\n\n" for n in range(9))
RUST = "".join(f"fn load_order{n}(o: &Order) -> i32 {{\n    o.total\n}}\n\n" for n in range(9))
JAVA = "class A {\n" + "".join(f"    int loadOrder{n}(Order o) {{\n        return 1;\n    }}\n\n" for n in range(9))
JS_SUM = (
    "function sumOf(order) {\n  let total = 0;\n  for (const item of order.items) {\n    if (item.price < 0) {\n"
    "      throw new Error(`bad ${item.price}`);\n    }\n    total += item.price * item.count;\n  }\n"
    "  return total;\n}\n"
)


def found(old: str, new: str, path: str, **others: str) -> tuple[Finding, ...]:
    rest = {name.replace("__", "/").replace("_dot_", "."): text for name, text in others.items()}
    case = make_case({path: old, **rest}, {path: new, **rest}, trees=True)
    return StyleDriftCheck().run(case).findings


@pytest.mark.parametrize(
    ("path", "around", "odd", "even"),
    [
        ("src/a.js", JS, "function drop_order(o) {\n  return o;\n}\n", "function dropOrder(o) {\n  return o;\n}\n"),
        ("a/a.go", GO, "func drop_order() int {\n\treturn 1\n}\n", "func DropOrder() int {\n\treturn 1\n}\n"),
        ("lib/a.rb", RUBY, "def dropOrder(o)\n  o\nend\n", "def drop_order(o)\n  o\nend\n"),
        ("src/a.rs", RUST, "fn dropOrder() -> i32 {\n    1\n}\n", "fn drop_order() -> i32 {\n    1\n}\n"),
        ("src/A.java", JAVA, "    int drop_order() {\n        return 1;\n    }\n", "    int dropOrder() {\n    }\n"),
    ],
)
def test_names_are_held_to_those_around_them_in_every_language(path: str, around: str, odd: str, even: str) -> None:
    assert [one.rule for one in found(around, around + odd, path)] == ["name-case"]
    assert found(around, around + even, path) == ()


def test_a_copy_in_another_language_names_the_other_place() -> None:
    copy = JS_SUM.replace("sumOf", "billTotal").replace("total", "acc").replace("order", "bill")
    (one,) = found(JS, JS + copy, "src/a.js", lib__b_dot_js=JS_SUM)
    assert (one.rule, one.evidence) == ("duplicate-code", ("file:lib/b.js:1",))


def test_methods_of_one_name_in_two_classes_are_no_copies() -> None:
    method = "    " + SUM.replace("\n", "\n    ").rstrip() + "\n"
    one = f"class A:\n{method}"
    assert not [each for each in found(one, f"{one}\n\nclass B:\n{method}", "a.py") if each.rule == "duplicate-code"]


def test_of_two_new_copies_the_later_one_is_told() -> None:
    facts = [one for one in found("", SUM + "\n\n" + CLONE, "a.py") if one.rule == "duplicate-code"]
    assert [(one.line, one.evidence) for one in facts] == [(11, ("file:a.py:1",))]


def test_a_moved_function_is_no_copy() -> None:
    case = make_case({"a.py": SUM, "b.py": ""}, {"a.py": "", "b.py": SUM}, trees=True)
    assert StyleDriftCheck().run(case).findings == ()


def test_overrides_and_framework_names_are_left_to_whoever_named_them() -> None:
    around = "".join(f"def load_order_{n}(order):\n    return order\n\n\n" for n in range(12))
    new = (
        "class A(Widget):\n    def paintEvent(self, event):\n        pass\n\n    def visit_Name(self, n):\n        1\n"
    )
    assert "name-case" not in {one.rule for one in found(around, around + new, "a.py")}


def test_more_than_a_few_are_folded_into_one() -> None:
    around = "".join(
        f'def load_order_{n}(order: str) -> str:\n    """Do."""\n    log.info("x")\n\n\n' for n in range(12)
    )
    new = "def loadIt(theOrder):\n    print('x')\n\n\nclass odd_name:\n    pass\n"
    classes = "class One:\n    pass\n\n\nclass TwoMore:\n    pass\n\n\nclass ThreeMore:\n    pass\n\n\n"
    facts = found(classes + around, classes + around + new, "a.py")
    assert len(facts) == SHOWN + 1
    assert facts[-1].rule == "style-more"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("load", ("snake_case", False)),
        ("load_order", ("snake_case", True)),
        ("_loadOrder", ("camelCase", True)),
        ("LoadOrder", ("CapWords", True)),
        ("LIMIT", None),
        ("x", None),
        ("__init__", None),
        ("naïve_name", None),
    ],
)
def test_the_case_of_a_name(name: str, expected: tuple[str, bool] | None) -> None:
    assert case_of(name) == expected


NAMES = st.sampled_from(["a", "b", "item", "row", "total", "acc"])


@given(st.dictionaries(NAMES, st.from_regex(r"[a-z]{3,8}_[a-z]{3,8}", fullmatch=True), min_size=1))
def test_new_names_do_not_change_a_shape(names: dict[str, str]) -> None:
    source = (
        "def total(row, item):\n    acc = 0\n    for a in row:\n        b = a * 2\n        acc += b\n    return acc\n"
    )
    renamed = source
    for old, new in names.items():
        renamed = renamed.replace(f" {old} ", f" {new} ").replace(f"({old},", f"({new},")
    shapes = []
    for text in (source, renamed):
        tree = parse(text.encode())
        assert tree is not None
        ((name, _, node),) = functions_of(tree)
        shapes.append(skeleton("a.py", name, node).tokens)
    assert shapes[0] == shapes[1]


@given(st.text(max_size=200))
def test_any_python_gives_choices_or_nothing(text: str) -> None:
    source = text.encode("utf-8", "surrogatepass")
    tree = parse(source)
    for one in choices(tree, source, "a/b.py") if tree is not None else ():
        assert one.line >= 1


def test_a_deep_or_long_file_costs_no_stack() -> None:
    deep = "x = " + "(" * 80 + "1" + ")" * 80 + "\n" + "if x:\n" * 1
    for text in (deep, "x = 1\n" * 5_000, "def f():\n" + "    a.b.c(d)\n" * 5_000):
        assert found("", text, "a.py") is not None


class _Counting:
    """A tree that counts what is read of it."""

    def __init__(self, files: int) -> None:
        self.read_paths: list[str] = []
        self._paths = tuple(f"p{n % 50}/m{n}.py" for n in range(files))

    def paths(self) -> tuple[str, ...]:
        return self._paths

    def read(self, path: str) -> bytes | None:
        self.read_paths.append(path)
        return b"def nothing_here(a):\n    return a\n"


def test_a_large_repository_is_not_read_for_a_change_without_functions() -> None:
    tree = _Counting(5_000)
    around = Around(tree)
    assert len(around.paths) == 5_000
    assert tree.read_paths == []


QUIET = "".join(f"def load_order_{n}(order):\n    return order\n\n\n" for n in range(21))
LOUD = "def drop_order(order):\n    print(order)\n"


@pytest.mark.parametrize(
    ("path", "around", "told"),
    [
        ("shop/orders.py", QUIET, True),
        ("shop/orders.py", QUIET + LOUD.replace("drop", "send"), False),
        ("shop/cli.py", QUIET, False),
        ("scripts/orders.py", QUIET, False),
        ("tests/test_orders.py", QUIET, False),
    ],
)
def test_a_print_where_nothing_prints(path: str, around: str, told: bool) -> None:  # noqa: FBT001 - a table
    rules = {one.rule for one in found(around, around + LOUD, path)}
    assert ("print-for-log" in rules) is told


def test_what_lies_nearest_comes_first() -> None:
    around = Around(_Counting(200))
    near = around.nearest("p7/new.py", tests=False)
    assert near[0].startswith("p7/")
    assert len(near) == 200
