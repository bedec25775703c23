"""Parsing and matching of Python source."""

from __future__ import annotations

import ast

from reviewer.checks.account import Account
from reviewer.checks.python_source import MODULE, functions, pair, parse, read
from tests.support.cases import make_case

BODY = "    a = one()\n    b = two(a)\n    c = three(b)\n    return c\n"


def names(before: dict[str, str], after: dict[str, str], **rest: dict[str, str]) -> list[tuple[str | None, str | None]]:
    pairs = pair(read(make_case(before, after, **rest), Account()))  # type: ignore[arg-type]
    return [(p.old.name if p.old else None, p.new.name if p.new else None) for p in pairs]


def test_whatever_is_not_python_is_none() -> None:
    for source in (b"def", b"\x00", b"\xff\xfe", b"(" * 5000, b"-" * 200_000 + b"1", b"# coding: nothing\nx"):
        assert parse(source) is None


def test_odd_escapes_do_not_warn() -> None:
    assert parse(b"x = '\\d'\n") is not None


def test_lines_are_counted_by_line_feeds_alone() -> None:
    tree = parse(b"# a\rx = 1\r\ny = 2\n")
    assert tree is not None
    assert [statement.lineno for statement in tree.body] == [1, 2]


def test_functions_have_qualified_names_and_doubles_are_numbered() -> None:
    tree = parse(b"class A:\n    def f(self): ...\n    def f(self): ...\ndef g():\n    def h(): ...\nx = 1\n")
    assert tree is not None
    assert [f.name for f in functions(tree, "a.py")] == ["A.f", "A.f#2", "g", "g.h", MODULE]


def test_equal_code_is_no_pair() -> None:
    assert names({"a.py": "def f():\n    return 1\n"}, {"a.py": "\n\ndef f():\n    return (1)  # same\n"}) == []


def test_a_moved_function_is_matched_by_its_body() -> None:
    before = {"a.py": f"def f():\n{BODY}", "b.py": ""}
    after = {"a.py": "", "b.py": f"class K:\n    def other(self):\n{BODY.replace('    ', '        ')}"}
    assert names(before, after) == [("f", "K.other")]


def test_a_renamed_function_is_matched_by_what_it_shares() -> None:
    changed = BODY.replace("return c", "return c + 1")
    assert names({"a.py": f"def f():\n{BODY}"}, {"a.py": f"def g():\n{changed}"}) == [("f", "g")]


def test_the_same_name_with_nothing_in_common_is_two_functions() -> None:
    before = {"a.py": "class A:\n    def __init__(self):\n        self.x = 1\n"}
    after = {"a.py": "class B:\n    def __init__(self, y):\n        super().__init__(y, z=2)\n"}
    assert sorted(names(before, after), key=str) == [("A.__init__", None), (None, "B.__init__")]


def test_files_that_cannot_be_examined_are_told() -> None:
    account = Account()
    files = read(make_case({}, {"a.py": "def", "b.py": "x = 1\n", "c.py": "y\n"}, missing=["c.py"]), account)
    result = account.result("scope", 1, ())
    assert [file.file.path for file in files] == ["b.py"]
    assert "not parsable as Python: 1 file (a.py)" in result.reason
    assert "content is not in the packet: 1 file (c.py)" in result.reason


def test_content_is_taken_from_the_tree_where_the_packet_lacks_it() -> None:
    case = make_case({"a.py": "x = 1\n"}, {"a.py": "x = 2\n"}, missing=["a.py"], trees=True)
    files = read(case, Account())
    assert files[0].new is not None
    assert isinstance(files[0].new.body[0], ast.Assign)
