"""A change cut into hunks that can be taken back alone: what is tried, what is left out, what cannot be."""

from __future__ import annotations

import ast
import itertools
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.checks.ablation.piece import EMPTIED
from reviewer.checks.ablation.pieces import cut
from reviewer.checks.ablation.spans import lines, spans, taken_back
from tests.support.cases import make_case

if TYPE_CHECKING:
    from reviewer.checks.ablation.piece import Piece

texts = st.lists(st.sampled_from(["a", "b", "c", ""]), max_size=12).map(lambda rows: "\n".join(rows).encode())


def pieces(old: str | None, new: str, path: str = "app.py") -> list[Piece]:
    before = {} if old is None else {path: dedent(old)}
    return [piece for _, piece in cut(make_case(before, {path: dedent(new)})).pieces]


def told(old: str | None, new: str, path: str = "app.py") -> list[tuple[str, int, int]]:
    return [(one.fate, one.span.new + 1, one.span.new_end) for one in pieces(old, new, path)]


@given(texts, texts)
def test_all_runs_taken_back_give_the_old_side_and_one_alone_lets_the_others_be(old: bytes, new: bytes) -> None:
    case = make_case({"a.txt": old}, {"a.txt": new})
    if not case.files:
        return
    (file,) = case.files
    found = spans(lines(old), lines(new), file.removed, file.added)
    assert found is not None
    left = new
    for span in reversed(found):
        left = taken_back(lines(old), lines(left), span)
    assert left.rstrip(b"\n") == old.rstrip(b"\n")
    for span in found:
        changed = lines(taken_back(lines(old), lines(new), span))
        assert [one.rstrip(b"\n") for one in changed[: span.new]] == [
            one.rstrip(b"\n") for one in lines(new)[: span.new]
        ]


def test_a_diff_that_does_not_fit_is_a_gap() -> None:
    file = make_case({"a.py": "x = 1\n"}, {"a.py": "x = 2\n"}).files[0]
    assert spans([b"y = 1\n"], [b"x = 2\n", b"z = 3\n"], file.removed, file.added) is None


def test_each_run_of_changed_lines_is_a_hunk_of_its_own() -> None:
    old = "def f(a):\n    b = a\n    c = b\n    d = c\n    return d\n"
    new = "def f(a):\n    b = a + 1\n    c = b\n    d = c + 1\n    return d\n"
    found = pieces(old, new)
    assert [one.fate for one in found] == ["try", "try"]
    assert found[0].without == b"def f(a):\n    b = a\n    c = b\n    d = c + 1\n    return d\n"
    assert found[1].without == b"def f(a):\n    b = a + 1\n    c = b\n    d = c\n    return d\n"


def test_runs_in_one_statement_stay_together() -> None:
    old = "x = call(\n    1,\n    2,\n    3,\n)\n"
    new = "x = call(\n    10,\n    2,\n    30,\n)\n"
    assert told(old, new) == [("try", 2, 4)]


def test_runs_that_parse_only_together_stay_together() -> None:
    old = "def f():\n    a()\n    b()\n    c()\n"
    new = "def f():\n    try:\n        a()\n    except ValueError:\n        b()\n    c()\n"
    assert [fate for fate, *_ in told(old, new)] == ["try"]
    old = "x = [\n    1,\n    2,\n    3,\n    4,\n]\ny = 1\n"
    new = "x = (\n    1,\n    2,\n    3,\n    4,\n)\ny = 1\n"
    assert told(old, new) == [("try", 1, 6)]


def test_what_does_not_parse_alone_cannot_be_taken_back() -> None:
    old = "x = [\n" + "    1,\n" * 40 + "]\n"
    new = "x = (\n" + "    1,\n" * 40 + ")\n"
    assert [fate for fate, *_ in told(old, new)] == ["cannot_apply", "cannot_apply"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("x = 1\n", "# why\nx = 1\n"),
        ("x = 1\n", "import os\n\nx = 1\n"),
        ('def f():\n    "one"\n    return 1\n', 'def f():\n    "two"\n    return 1\n'),
        ("def f(a):\n    return a\n", "def f(a: int) -> int:\n    return a\n"),
        ("x = [1,\n     2]\n", "x = [\n    1,\n    2,\n]\n"),
        ("x = 1\n", "if TYPE_CHECKING:\n    import os\nx = 1\n"),
        ("x = f(a)\n", "x = t.cast(int, f(a))\n"),
        ("def gone():\n    return 1\n\n\nclass Old:\n    a = 1\n\n\nx = 1\n", "x = 1\n"),
        ("__all__ = ['a']\n", "__all__ = ['a', 'b']\n"),
    ],
)
def test_what_no_test_could_notice_is_left_out(old: str, new: str) -> None:
    assert {fate for fate, *_ in told(old, new)} == {"left_out"}


def test_a_field_of_a_class_is_not_left_out() -> None:
    assert [one[0] for one in told("class A:\n    a: int\n", "class A:\n    a: int\n    b: int\n")] == ["try"]


def test_new_functions_are_emptied_and_not_deleted() -> None:
    new = """
    import os

    LIMIT = 3


    def one(a):
        "Documented."
        b = a + 1
        return b


    class Box:
        "Documented."

        size = 1

        @property
        def two(self):
            yield 1

        def three(self): return 3

        def four(self):
            pass
    """
    found = pieces(None, new)
    by_first = {one.span.new + 1: one for one in found}
    emptied = [one for one in found if one.note == EMPTIED]
    assert len(emptied) == 3
    for one in emptied:
        assert one.without is not None
        ast.parse(one.without)
    bodies = b"".join(one.without or b"" for one in emptied)
    assert b'        "Documented."\n    return None'.replace(b"        ", b"    ", 1) in bodies
    assert b"return; yield" in bodies
    assert b"def three(self): return None" in bodies
    assert by_first[4].fate == "try"
    assert [one.note for one in found if one.fate == "left_out" and "without statements" in one.note]


def test_tests_documents_configuration_and_generated_files_are_no_code() -> None:
    after = {
        "tests/test_a.py": "x = 1\n",
        "docs/conf.py": "x = 1\n",
        "setup.cfg": "x = 1\n",
        "stubs/a.pyi": "x: int\n",
        "made.py": "# Code generated by x. DO NOT EDIT.\nx = 1\n",
        "src/a.py": "x = 1\n",
    }
    found = cut(make_case({}, after))
    assert [path for path, _ in found.pieces] == ["src/a.py"]
    assert found.gaps == ("made.py: a program wrote it",)


def test_more_than_the_limit_is_said() -> None:
    old = "".join(f"x{n} = 1\n\n\n" for n in range(6))
    new = "".join(f"x{n} = 2\n\n\n" for n in range(6))
    found = cut(make_case({"a.py": old}, {"a.py": new}), most=4)
    assert len(found.pieces) == 4
    assert found.gaps == ("2 more pieces of code were not looked at: the limit is 4",)


@pytest.mark.parametrize("content", [b"x = 1\rx = 2\r", b"x = '\xff'\n", b"x = 1\0\n"])
def test_odd_bytes_are_a_gap(content: bytes) -> None:
    found = cut(make_case({"a.py": b""}, {"a.py": content}))
    assert found.pieces == ()
    assert len(found.gaps) == 1


def test_other_languages_are_judged_by_their_syntax() -> None:
    old = "function f(a) {\n  return a;\n}\n"
    assert told(old, "function f(a) {\n  // why\n  return a;\n}\n", "a.js") == [("left_out", 2, 2)]
    assert told(old, "function f(a) {\n  return a + 1;\n}\n", "a.js") == [("try", 2, 2)]
    far = "  a();\n" * 40
    opened = f"function f(a) {{\n  if (a) {{\n{far}  }}\n}}\n"
    assert [one[0] for one in told(f"function f(a) {{\n{far}}}\n", opened, "a.js")] == ["cannot_apply"] * 2


def test_an_unknown_language_is_cut_by_lines() -> None:
    assert told("a\n", "a\nb\n", "a.php") == [("try", 2, 2)]
    assert told("a\n", "a\n# b\n", "a.sh") == [("left_out", 2, 2)]


def test_a_new_function_after_replaced_lines_is_a_hunk_of_its_own() -> None:
    old = "def f(a):\n    return a\n"
    new = "def f(a):\n    return a + 1\n\n\ndef g(a):\n    return 2\n\n\ndef h(a):\n    return 3\n"
    found = pieces(old, new)
    assert [(one.span.new + 1, one.span.new_end, one.note) for one in found] == [
        (2, 4, ""),
        (5, 6, EMPTIED),
        (9, 10, EMPTIED),
    ]
    assert found[0].without == b"def f(a):\n    return a\ndef g(a):\n    return 2\n\n\ndef h(a):\n    return 3\n"


def test_a_function_in_the_place_of_another_is_taken_back_whole() -> None:
    old = "def f(a):\n    return a\n"
    new = "def f(b):\n    return b\n"
    assert told(old, new) == [("try", 1, 2)]


def test_tests_that_stand_beside_the_code_are_no_code() -> None:
    old = "pub fn f() -> u32 {\n    1\n}\n"
    new = "pub fn f() -> u32 {\n    2\n}\n\n#[cfg(test)]\nmod tests {\n    #[test]\n    fn one() {}\n}\n"
    assert [fate for fate, *_ in told(old, new, "src/lib.rs")] == ["try", "left_out"]


def test_what_a_piece_needs_of_removed_imports_comes_back_with_it() -> None:
    old = "import io\nimport os\n\nx = 1\n\n\ndef f():\n    return io.StringIO()\n"
    new = "import os\n\nx = 1\n\n\ndef f():\n    return None\n"
    (imports, body) = pieces(old, new)
    assert imports.fate == "left_out"
    assert body.without == old.encode()


def test_a_removed_method_is_tried() -> None:
    old = "class A(B):\n    def f(self):\n        return 1\n\n    x = 1\n"
    assert [fate for fate, *_ in told(old, "class A(B):\n    x = 1\n")] == ["try"]


def test_pieces_never_overlap() -> None:
    new = "x = 1\nif x:\n    y = 2\n\n    def f(a):\n        return a\nelse:\n    z = 3\n"
    found = sorted((first, last) for _, first, last in told(None, new))
    assert found
    assert all(one[1] < other[0] for one, other in itertools.pairwise(found))
