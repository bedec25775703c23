"""Walking Python trees: the same nodes in the same order as the standard library's, and trees kept by file and side."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from reviewer.checks import python_trees
from reviewer.checks.python_nodes import children, dump, nodes, own, walk

ROOT = Path(__file__).resolve().parent.parent.parent
SOURCES = sorted((ROOT / "reviewer" / "checks").glob("*.py"))[:12]
ODD = b"""
@mark
async def one(a, /, b: int = 1, *c, d=None, **e) -> None:
    global x, y
    match a:
        case None | {"k": 1, **rest} | Point(x=0) | [1, *others]:
            del b
    async with a as f, g: yield
    lambda q, *r: (q := {**r, 1: 2}, f"{a!r:>{d}}")
    class Inner(Base, metaclass=M):
        def two(self): nonlocal_ = [i async for i in a if i]
"""


def _without_contexts(found: object) -> list[ast.AST]:
    return [one for one in found if not isinstance(one, ast.expr_context)]  # type: ignore[attr-defined]


def _trees() -> list[ast.Module]:
    return [ast.parse(source) for source in (ODD, *(path.read_bytes() for path in SOURCES))]


@pytest.mark.parametrize("tree", _trees())
def test_nodes_and_their_order_are_those_of_the_standard_library(tree: ast.Module) -> None:
    plain = list(ast.walk(tree))
    for node in plain:
        assert children(node) == _without_contexts(ast.iter_child_nodes(node))
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef | ast.Return):
            twice = [walk(node), walk(node)]
            assert twice == [_without_contexts(ast.walk(node))] * 2
            for kind in (ast.Call, ast.Name, ast.FunctionDef):
                assert list(nodes(node, kind)) == [one for one in walk(node) if isinstance(one, kind)]
        assert dump(node) == dump(node) == ast.dump(node)


@pytest.mark.parametrize("tree", _trees())
def test_own_leaves_out_what_inner_functions_hold(tree: ast.Module) -> None:
    seen = list(own(tree))
    assert list(own(tree)) == seen
    inner = {
        id(one)
        for part in seen
        if isinstance(part, ast.FunctionDef)
        for one in walk(part)[1:]
        if isinstance(one, ast.stmt)
    }
    assert inner.isdisjoint(id(one) for one in seen)
    pending, plain = list(ast.iter_child_nodes(tree))[::-1], []
    while pending:
        plain.append(pending.pop())
        if not isinstance(plain[-1], ast.FunctionDef | ast.AsyncFunctionDef):
            pending += list(ast.iter_child_nodes(plain[-1]))[::-1]
    assert seen == _without_contexts(plain)


def test_a_tree_is_kept_for_its_own_file_and_side_only() -> None:
    source = b"value = 1\n"
    try:
        tree = python_trees.tree_of(source, "new", "a.py", changed=True)
        assert python_trees.tree_of(source, "new", "a.py") is tree
        assert python_trees.tree_of(source, "new", "b.py") is not tree
        assert python_trees.tree_of(source, "old", "a.py") is not tree
        assert python_trees.tree_of(b"def (", "new", "a.py") is None
    finally:
        python_trees.forget()
    assert python_trees.tree_of(source, "new", "a.py") is not tree


def test_what_is_kept_of_unchanged_files_is_bounded() -> None:
    source = b"value = 1\n" + b"#" * 700_000
    try:
        first = python_trees.tree_of(source, "old", "a.py")
        assert python_trees.tree_of(source, "old", "a.py") is first
        python_trees.tree_of(source, "old", "b.py")
        assert python_trees.tree_of(source, "old", "a.py") is not first
    finally:
        python_trees.forget()
