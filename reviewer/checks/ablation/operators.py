"""The ways in which a piece of Python can be made wrong, the most telling first.

A boundary or a condition that nobody tests is what reading does not show; that a value is not None is the last resort.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Placed: TypeAlias = ast.expr | ast.stmt

_OPPOSITES: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_BOUNDS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
}
_REVERSED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.GtE,
    ast.LtE: ast.Gt,
    ast.Gt: ast.LtE,
    ast.GtE: ast.Lt,
}
_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
}


@dataclass(frozen=True, slots=True)
class Proposal:
    """One way.

    Attributes:
        rank: the smaller, the more telling.
        operator: its name.
        node: what is replaced.
        text: gives what stands there instead.
    """

    rank: int
    operator: str
    node: Placed
    text: Callable[[], str]

    @property
    def place(self) -> tuple[int, int]:
        """Where it stands, so that equal ranks are settled the same way each time."""
        return self.node.col_offset, -(self.node.end_lineno or 0)


def proposals(node: ast.AST) -> Iterator[Proposal]:
    """Yield the ways for one node, not for what is inside it."""
    match node:
        case ast.Compare(ops=[op, *_]):
            yield from _of_comparison(node, op)
        case ast.BoolOp(op=op):
            other = ast.Or() if isinstance(op, ast.And) else ast.And()
            # In brackets: the other word binds differently from its neighbours.
            yield Proposal(2, "and/or", node, lambda: f"({ast.unparse(ast.BoolOp(other, node.values))})")
        case ast.UnaryOp(op=ast.Not()):
            yield Proposal(3, "not", node, lambda: f"bool({ast.unparse(node.operand)})")
        case ast.BinOp(op=op) if type(op) in _ARITHMETIC and not _is_text(node):
            swapped = ast.BinOp(node.left, _ARITHMETIC[type(op)](), node.right)
            yield Proposal(4, "arithmetic", node, lambda: f"({ast.unparse(swapped)})")
        case ast.AugAssign(op=op) if type(op) in _ARITHMETIC and not _is_texty(node.value):
            changed = ast.AugAssign(node.target, _ARITHMETIC[type(op)](), node.value)
            yield Proposal(4, "arithmetic", node, lambda: ast.unparse(changed))
        case ast.Constant(value=bool() as value):
            yield Proposal(5, "constant", node, lambda: str(not value))
        case ast.Constant(value=int() as value):
            yield Proposal(6, "constant", node, lambda: str(value + 1))
        case ast.ExceptHandler(type=ast.expr() as caught):
            yield Proposal(3, "handler", caught, lambda: "()")
        case ast.expr() | ast.stmt():
            yield from _of_statement(node)
        case _:
            return


def _of_comparison(node: ast.Compare, op: ast.cmpop) -> Iterator[Proposal]:
    def with_op(table: dict[type[ast.cmpop], type[ast.cmpop]]) -> Callable[[], str]:
        changed = ast.Compare(node.left, [table[type(op)](), *node.ops[1:]], node.comparators)
        return lambda: ast.unparse(changed)

    if type(op) in _BOUNDS:
        yield Proposal(0, "boundary", node, with_op(_BOUNDS))
        yield Proposal(8, "comparison", node, with_op(_REVERSED))
    elif type(op) in _OPPOSITES:
        yield Proposal(1, "comparison", node, with_op(_OPPOSITES))


def _of_statement(node: Placed) -> Iterator[Proposal]:
    match node:
        case ast.If(test=test) | ast.IfExp(test=test) if not isinstance(test, ast.Compare | ast.BoolOp | ast.UnaryOp):
            yield Proposal(3, "condition", test, lambda: f"(not {ast.unparse(test)})")
        case ast.While(test=test) if not isinstance(test, ast.Compare | ast.BoolOp):
            yield Proposal(3, "condition", test, lambda: "False")
        case ast.For(iter=over):
            yield Proposal(7, "loop", over, lambda: "()")
        case ast.Raise():
            yield Proposal(3, "raise", node, lambda: "pass")
        case ast.Continue():
            yield Proposal(7, "loop", node, lambda: "break")
        case ast.Expr(value=ast.Call() | ast.Await()):
            yield Proposal(7, "call", node, lambda: "pass")
        case ast.Delete():
            yield Proposal(7, "call", node, lambda: "pass")
        case ast.Return(value=ast.expr() as value) if not _is_none(value):
            yield Proposal(7, "return", value, lambda: "None")
        case ast.Assign(value=value) | ast.AnnAssign(value=ast.expr() as value) if not _is_plain(value):
            yield Proposal(9, "assignment", value, lambda: "None")
        case _:
            return


def _is_none(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is None


def _is_plain(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant | ast.JoinedStr) or (isinstance(value, ast.BinOp) and _is_text(value))


def _is_text(node: ast.BinOp) -> bool:
    return _is_texty(node.left) or (isinstance(node.op, ast.Add) and _is_texty(node.right))


def _is_texty(node: ast.expr) -> bool:
    while isinstance(node, ast.BinOp):
        node = node.left
    return isinstance(node, ast.JoinedStr | ast.List | ast.Tuple | ast.ListComp | ast.Dict) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str | bytes)
    )
