"""Syntax trees of six grammars: functions by name, shapes that ignore layout, bounds on hostile source."""

from __future__ import annotations

import subprocess
import sys

import pytest

from reviewer.syntax.function import MODULE, Function, functions
from reviewer.syntax.pairing import FilePair, pair
from reviewer.syntax.pending import is_bounded
from reviewer.syntax.tree import MOST_BYTES, Tree, parse

SOURCES: dict[str, tuple[str, list[str]]] = {
    "javascript": (
        (
            "const a = () => 1\nclass A { get(x) { return 1 } }\nexports.foo = function (z) { return z }\n"
            "describe('sum', () => { it('adds', async () => { f(() => 2) }) })\nconst api = { load: async () => 1 }\n"
        ),
        ["a", "A.get", "exports.foo", "describe 'sum'", "describe 'sum'.it 'adds'", "api.load"],
    ),
    "typescript": (
        (
            "export class C { @Get() async find(@Param('id') id: string): Promise<X> { return 1 } }\n"
            "namespace N { export function f<T>(a: T): T { return a } }\n"
        ),
        ["C.find", "N.f"],
    ),
    "go": (
        (
            "package a\nfunc (s *Server[T]) Handle(w W) error { return nil }\n"
            'func TestX(t *testing.T) { t.Run("one", func(t *testing.T) { t.Fatal(1) }) }\n'
        ),
        ["Server.Handle", "TestX", 'TestX.t.Run "one"'],
    ),
    "rust": (
        "#[test]\nfn works() {}\nimpl<T> Foo for Bar<T> { fn go(&self) {} }\nmod tests { fn t() {} }\n",
        ["works", "Bar<T>.go", "tests.t"],
    ),
    "java": (
        "class A { @Test void f(int a) {} A(int q) {} void f() {} enum E { X; void h() {} } }\n",
        ["A.f", "A.A", "A.f#2", "A.E.h"],
    ),
    "ruby": (
        'module M\nclass Foo\ndef go(a)\nend\ndef self.make = new\nend\nend\nit "adds" do\n1\nend\n',
        ["M.Foo.go", "M.Foo.self.make", 'it "adds"'],
    ),
}


def read(language: str, source: str, path: str = "") -> Tree:
    tree = parse(language, source.encode(), path)
    assert tree is not None
    return tree


def named(language: str, source: str) -> dict[str, Function]:
    return {one.name: one for one in functions(read(language, source))}


@pytest.mark.parametrize("language", SOURCES)
def test_functions_have_qualified_names_in_source_order(language: str) -> None:
    source, names = SOURCES[language]
    tree = read(language, source)
    assert not tree.has_error
    assert [one.name for one in functions(tree)] == [*names, MODULE]


def test_a_shape_ignores_layout_comments_and_quotes() -> None:
    one = named("javascript", "function f(a) { g('x'); /* no */ return a }")["f"]
    other = named("javascript", '\n\nfunction f(a) {\n  g("x")\n  return a; // yes\n}')["f"]
    third = named("javascript", "function f(a) { g('y'); return a }")["f"]
    assert one.shape == other.shape != third.shape
    assert (other.first, other.last) == (3, 6)


def test_decorators_and_attributes_belong_to_the_function() -> None:
    source = "class C {\n  @Get()\n  @UseGuards(G)\n  find() { return 1 }\n  other() {}\n}"
    found = named("typescript", source)
    assert [mark.text for mark in found["C.find"].marks] == ["@Get()", "@UseGuards(G)"]
    assert found["C.other"].marks == ()
    assert found["C.find"].first == 2
    assert found["C.find"].shape != named("typescript", source.replace("@UseGuards(G)", ""))["C.find"].shape


def test_a_function_owns_no_line_of_a_function_inside_it() -> None:
    found = named("go", 'package a\nfunc T(t *T) {\n  a()\n  t.Run("x", func() { b() })\n  go func() { c() }()\n}\n')
    assert {node.text for node in found["T"].own() if node.type == "identifier"} >= {"a", "c"}
    assert "b" not in {node.text for node in found["T"].own()}
    assert "b" in {node.text for node in found['T.t.Run "x"'].own()}


def test_pairs_follow_renames_and_moves_and_leave_equal_code_out() -> None:
    body = "{\n  const a = load(x)\n  check(a)\n  return a.b\n}\n"
    old = functions(
        read("javascript", f"function f(x) {body}function same() {{ return 1 }}\nfunction gone() {{ q() }}\n")
    )
    new = functions(read("javascript", f"function same() {{\n  return 1\n}}\nfunction g(x) {body}"))
    found = [
        (one.old and one.old.function.name, one.new and one.new.function.name)
        for one in pair([FilePair("a.js", old, ()), FilePair("b.js", (), new)])
        if MODULE not in {one.old and one.old.function.name, one.new and one.new.function.name}
    ]
    assert found == [("gone", None), ("f", "g")]


def test_what_cannot_be_read_is_said_by_line() -> None:
    tree = read("go", "package a\n\nfunc f() {\n  a()\n}\n\nfunc ) {{ (\n")
    assert tree.has_error
    assert 7 in tree.unread()
    assert 4 not in tree.unread()


def test_a_type_script_file_with_markup_has_its_own_dialect() -> None:
    source = "export const A = () => <div>{x}</div>\n"
    assert not read("typescript", source, "a.tsx").has_error
    assert read("typescript", source, "a.ts").has_error


def test_what_is_too_large_or_has_no_grammar_is_not_read() -> None:
    assert parse("javascript", b" " * (MOST_BYTES + 1)) is None
    assert parse("cobol", b"x") is None


@pytest.mark.parametrize(
    ("language", "unit"), [("java", "a<"), ("java", "&& open |= "), ("typescript", "async=,\n"), ("ruby", "[ & [] ")]
)
def test_a_file_that_lets_readings_multiply_is_not_read(language: str, unit: str) -> None:
    assert parse(language, unit.encode() * 50_000) is None


def test_long_files_whose_statements_end_are_read() -> None:
    assert is_bounded(b"if (a < b) { f(x, [1, 2]); } else { g() }\n" * 5_000)
    assert is_bounded(b"x = y.map(z)\n  .filter(q)\n" * 5_000)
    assert is_bounded(b"const all = [" + b"{ a: 'b', c: [1] },\n" * 5_000 + b"]")
    assert not is_bounded(b"a = " * 5_000)


def test_no_grammar_is_loaded_before_it_is_needed() -> None:
    code = "import sys, reviewer.syntax.pairing; print([m for m in sys.modules if 'tree_sitter' in m])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
