"""Lines of JavaScript, TypeScript and Go made wrong: the most telling way, always readable, never what is only said."""

from __future__ import annotations

from textwrap import dedent

import pytest

from reviewer.checks.ablation.tree_mutants import wrongs

EVERY = range(1, 100_000)


def made(language: str, source: str) -> list[tuple[str, str]]:
    path = {"go": "a.go", "javascript": "a.js", "typescript": "a.ts"}[language]
    found = wrongs(dedent(source).encode(), EVERY, language, path)
    assert found is not None
    return [(one.operator, one.after) for one in found]


@pytest.mark.parametrize(
    ("line", "operator", "after"),
    [
        ("if a < b && c {", "boundary", "if a <= b && c {"),
        ("if a == b {", "comparison", "if a != b {"),
        ("if a && b {", "and/or", "if (a || b) {"),
        ("if !a {", "not", "if (a) {"),
        ("if a.ok() {", "condition", "if !(a.ok()) {"),
        ("for i := 0; i < n; i++ {", "boundary", "for i := 0; i <= n; i++ {"),
    ],
)
def test_conditions_in_go(line: str, operator: str, after: str) -> None:
    assert made("go", f"package p\nfunc f() {{\n\t{line}\n\t}}\n}}\n") == [(operator, after)]


@pytest.mark.parametrize(
    ("line", "operator", "after"),
    [
        ("x := a + b", "arithmetic", "x := a - b"),
        ("x += a", "arithmetic", "x -= a"),
        ("x = true", "constant", "x = false"),
        ("x = f(9)", "constant", "x = f(10)"),
        ("store(a)", "call", ""),
        ("return 0, err", "return", "return 0, nil"),
    ],
)
def test_statements_in_go(line: str, operator: str, after: str) -> None:
    assert made("go", f"package p\nfunc f() {{\n\t{line}\n}}\n") == [(operator, after)]


@pytest.mark.parametrize(
    ("line", "operator", "after"),
    [
        ("if (a === b) c();", "comparison", "if (a !== b) c();"),
        ("const x = a || b;", "and/or", "const x = (a && b);"),
        ("const x = !a;", "not", "const x = (a);"),
        ("if (a) c();", "condition", "if (!(a)) c();"),
        ("if (a <= b) c();", "boundary", "if (a < b) c();"),
        ("await save(a);", "call", "void 0;"),
        ("return a.b;", "return", "return undefined;"),
        ("throw new Error('a' + 1);", "raise", "void 0;"),
        ("x -= 1;", "arithmetic", "x += 1;"),
    ],
)
@pytest.mark.parametrize("language", ["javascript", "typescript"])
def test_scripts(language: str, line: str, operator: str, after: str) -> None:
    assert made(language, f"async function f() {{\n  {line}\n}}\n") == [(operator, after)]


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("go", 'fmt.Println("a", 1 + 2)'),
        ("go", 'x := "a" + b'),
        ("go", "// a < b"),
        ("go", "type T struct{ N [3]int }"),
        ("javascript", "console.log(1 + 2);"),
        ("javascript", "const x = 'a' + b;"),
        ("javascript", "const x = `${a + b}`;"),
        ("javascript", "const x = a;"),
        ("typescript", "type A = 1 | 2;"),
        ("typescript", "interface A { b: 1 }"),
        ("typescript", "return undefined;"),
    ],
)
def test_what_is_left_alone(language: str, line: str) -> None:
    head = "package p\nfunc f() {\n" if language == "go" else "function f() {\n"
    assert made(language, f"{head}\t{line}\n}}\n") == []


def test_one_way_a_line_and_only_where_it_changed() -> None:
    source = b"function f(a) {\n  if (a < 1 && a > 2) return a + 1;\n  return a - 1;\n}\n"
    found = wrongs(source, {3}, "javascript", "a.js")
    assert found is not None
    assert [(one.line, one.operator, one.called) for one in found] == [(3, "arithmetic", False)]
    assert found[0].source == source.replace(b"a - 1", b"a + 1")


@pytest.mark.parametrize(
    "source",
    [
        b"",
        b"function (",
        b"\xff\xfe\x00",
        b"x = " + b"(" * 5_000 + b"1" + b")" * 5_000,
        b"x = a" + b" && a" * 20_000 + b";\n",
        b"x = a" + b"\n + a" * 20_000 + b";\n",
        b"if (a < 1) b();\r\n" * 3_000,
        b"x = 1;\n" * 20_000,
    ],
)
@pytest.mark.parametrize("language", ["javascript", "typescript", "go"])
def test_hostile_sources_are_read_in_bounds(language: str, source: bytes) -> None:
    found = wrongs(source, EVERY, language, "a")
    assert found is None or len(found) <= 60
