"""Rules on code that reads right: more notations than the twins hold, and the bounds."""

from __future__ import annotations

import ast

import pytest

from reviewer.checks.plausible.align import align
from reviewer.checks.plausible.deltas import deltas
from reviewer.checks.plausible.outline import Outline
from reviewer.checks.plausible.sign import Sign, fold, newly
from reviewer.checks.plausible_wrong import PlausibleWrongCheck
from tests.support.cases import make_case


def told(before: str, after: str, path: str = "src/app.py") -> set[str]:
    old = {path: before} if before else {}
    case = make_case(old, {path: after}, trees=True)
    return {one.rule for one in PlausibleWrongCheck().run(case).findings} - {"orphan", "parameter-unread"}


@pytest.mark.parametrize(
    ("code", "rule"),
    [
        ("def f(x):\n    if x in ('admin'):\n        go(x)\n", "condition-constant"),
        ("def f(x):\n    if x is 404:\n        go(x)\n", "condition-constant"),
        ("def f(x):\n    if len(x) >= 0:\n        go(x)\n", "condition-constant"),
        ("def f(x):\n    if x < 1 and x > 5:\n        go(x)\n", "condition-constant"),
        ("def f(x):\n    if x != 1 or x != 2:\n        go(x)\n", "condition-constant"),
        ("def f(x):\n    if x.lower() == 'Abc':\n        go(x)\n", "condition-constant"),
        ("def f(x):\n    for i in range(len(x)):\n        go(x[i + 1])\n", "index-past-end"),
        ("def f(x, i=0):\n    while i <= len(x):\n        go(x[i])\n        i += 1\n", "index-past-end"),
        ("def f(x):\n    x = x.append(1)\n    return x\n", "none-taken"),
        ("def f(x):\n    x.close\n    go(x)\n", "value-discarded"),
        ("def f(d):\n    for k in d.keys():\n        d.pop(k)\n", "mutated-while-iterated"),
        ("def f(x, log):\n    log.info('got {}', x)\n", "text-unformatted"),
        ("def f(x):\n    raise ValueError('no %s', x)\n", "text-unformatted"),
        ("def f(x, timeout=None):\n    go(x, timeout or 30)\n", "zero-as-none"),
        ("try:\n    go()\nexcept Exception:\n    a()\nexcept ValueError:\n    b()\n", "unreachable"),
        ("def f():\n    return 'pytest' in sys.modules\n", "test-detected"),
        ("def f(x):\n    # ... rest of the code\n    return x\n", "unfinished"),
    ],
)
def test_forms_in_other_notations(code: str, rule: str) -> None:
    assert rule in told("", code)


@pytest.mark.parametrize(
    "code",
    [
        "def f(x):\n    while True:\n        if go(x):\n            return x\n",
        "def f(x):\n    if x != x:\n        return None\n    return x\n",
        "def f(x, name=None):\n    return go(x, name or 'none')\n",
        "def f(x):\n    for one in list(x):\n        x.remove(one)\n",
        "def f(x):\n    yield from ()\n    return\n    yield x\n",
        "def f(xs):\n    return [sorted(xs, key=lambda one: x) for x in xs]\n",
        "def f(x):\n    return '{x}'.format(x=x)\n",
        "def f(i, xs):\n    for i in range(len(xs)):\n        if i + 1 < len(xs):\n            go(xs[i + 1])\n",
        "class A:\n    def __exit__(self, *args):\n        pass\n",
        "if TYPE_CHECKING:\n    import a\n",
    ],
)
def test_forms_that_are_meant_say_nothing(code: str) -> None:
    assert told("", code) == set()


def test_what_was_there_before_or_only_moved_is_not_told() -> None:
    fault = "def f(x):\n    if x == x:\n        return 1\n    return 2\n"
    assert told(fault, "y = 1\n\n\n" + fault) == set()
    assert told(fault, fault.replace("return 2", "return 3")) <= {"value-changed"}


def test_a_function_written_anew_is_not_compared() -> None:
    before = "def f(x):\n    if x < 1:\n        return 0\n    return x\n"
    after = (
        "def f(x):\n    table = load(x)\n    for row in table.rows:\n        if row.size <= 1:\n            yield row\n"
    )
    assert told(before, after) == set()


def test_an_edit_weighs_more_where_behaviour_is_to_stay() -> None:
    before = "def f(x, n):\n    y = load(x)\n    if y < n:\n        return y\n    return n\n"
    after = before.replace("y < n", "y <= n")
    for task, severity in (({"type": "refactor"}, "medium"), ({"type": "feature"}, "low")):
        case = make_case({"a.py": before}, {"a.py": after}, task=task)
        assert [one.severity for one in PlausibleWrongCheck().run(case).findings] == [severity]


@pytest.mark.parametrize(
    ("path", "before", "after", "rule"),
    [
        ("a.js", "function f(a) { return a >= 1; }\n", "function f(a) { return a > 1; }\n", "boundary-moved"),
        ("a.ts", "let f = a && b(a, c);\n", "let f = a || b(a, c);\n", "condition-joined-otherwise"),
        ("a.go", "package a\nvar x = y == f(1)\n", "package a\nvar x = y != f(1)\n", "condition-negated"),
        ("a.rs", "fn f(a: i32) -> i32 { a + 1 }\n", "fn f(a: i32) -> i32 { a - 1 }\n", "operator-changed"),
        ("A.java", "class A { int a = Math.min(b, 1); }\n", "class A { int a = Math.max(b, 1); }\n", "opposite-used"),
        ("a.js", "", "async function a() { return 1; }\nasync function b() { a(); }\n", "coroutine-not-awaited"),
        ("a.js", "", "for (let i = 0; i <= xs.length; i++) { go(xs[i]); }\n", "index-past-end"),
        ("a.go", "", "package a\nfunc F(xs []int) int { return xs[len(xs)] }\n", "index-past-end"),
    ],
)  # fmt: skip
def test_other_languages(path: str, before: str, after: str, rule: str) -> None:
    assert rule in told(before, after, path)


def test_differences_are_the_smallest_places_and_none_if_there_are_many() -> None:
    def parsed(text: str) -> ast.AST:
        return ast.parse(text, mode="eval").body

    found = deltas(parsed("f(a, b < 1)"), parsed("f(a, b <= 1)"))
    assert found is not None
    assert [type(one.old) for one in found] == [ast.Compare]
    assert deltas(parsed("f(a, b, c, d, e)"), parsed("g(h, i, j, k, l)")) is None
    assert deltas(parsed("a"), parsed("a")) == []


def test_too_much_of_the_same_is_not_matched() -> None:
    one, other = (ast.parse("def f():\n" + "    g()\n" * 400).body[0] for _ in range(2))
    assert isinstance(one, ast.FunctionDef)
    assert isinstance(other, ast.FunctionDef)
    assert align(one, other) is None


def test_many_signs_of_a_rule_are_one_and_a_function_has_a_handful() -> None:
    def sign(rule: str, line: int) -> Sign:
        return Sign(rule=rule, severity="low", message="Told.", why="Why.", quote=str(line), line=line, scope="f")

    many = fold([sign("a", line) for line in range(1, 9)])
    assert [one.line for one in many] == [1]
    assert "the like on lines 2, 3, 4, 5 and 3 more" in many[0].message
    assert len(fold([sign(rule, 1) for rule in "abcdefg"])) == 4
    assert list(newly([sign("a", 1)], [sign("a", 1), sign("b", 1)])) == [sign("b", 1)]


def test_an_outline_knows_scopes_and_touched_functions() -> None:
    tree = ast.parse("class A:\n    def f(self):\n        return 1\n\n    def g(self):\n        return 2\n")
    outline = Outline(tree, touched=[6])
    assert [one.name for one in outline.functions()] == ["g"]
    assert [outline.scope(one) for one in outline.every_function()] == ["A.f", "A.g"]
