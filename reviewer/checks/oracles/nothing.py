"""Whether what a loop of a test runs over can be seen to be empty: a filter that lets nothing through, an empty list.

Knows no assertion; it reads small numbers only, within bounds, and says nothing of what it cannot see.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_MOST = 300
_LARGEST = 1_000_000
_DEEP = 12
_NO_VALUES = frozenset({"list", "tuple", "set", "dict", "frozenset"})
_COMPARED: dict[type[ast.cmpop], Callable[[int, int], bool]] = {
    ast.Lt: lambda one, other: one < other,
    ast.LtE: lambda one, other: one <= other,
    ast.Gt: lambda one, other: one > other,
    ast.GtE: lambda one, other: one >= other,
    ast.Eq: lambda one, other: one == other,
    ast.NotEq: lambda one, other: one != other,
}


def filtered_out(values: ast.expr) -> bool:
    """Return whether a comprehension over plain numbers has a filter that lets none of them through."""
    if not isinstance(values, ast.ListComp | ast.SetComp | ast.GeneratorExp) or len(values.generators) != 1:
        return False
    loop = values.generators[0]
    if not isinstance(loop.target, ast.Name):
        return False
    if any(isinstance(test, ast.Constant) and not test.value for test in loop.ifs):
        return True
    numbers = _numbers(loop.iter)
    if numbers is None or not loop.ifs:
        return False
    for number in numbers:
        known = {loop.target.id: number}
        if not any(_value(test, known, _DEEP) == 0 for test in loop.ifs):
            return False
    return True


def empty_names(function: ast.AST) -> frozenset[str]:
    """Return the names that a function sets once, to nothing, and then only runs over."""
    given: dict[str, int] = {}
    empty: set[str] = set()
    over: dict[str, int] = {}
    read: dict[str, int] = {}
    for node in ast.walk(function):
        if isinstance(node, ast.Name):
            counts = read if isinstance(node.ctx, ast.Load) else given
            counts[node.id] = counts.get(node.id, 0) + 1
        elif isinstance(node, ast.For | ast.AsyncFor) and isinstance(node.iter, ast.Name):
            over[node.iter.id] = over.get(node.iter.id, 0) + 1
        elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None and _is_nothing(node.value):
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            empty.update([target.id] if isinstance(target, ast.Name) else ())
    return frozenset(name for name in empty if given[name] == 1 and over.get(name, 0) == read.get(name, 0) > 0)


def _is_nothing(value: ast.expr) -> bool:
    if isinstance(value, ast.List | ast.Tuple):
        return not value.elts
    if isinstance(value, ast.Dict):
        return not value.keys
    made = isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id in _NO_VALUES
    return (made and isinstance(value, ast.Call) and not value.args and not value.keywords) or filtered_out(value)


def _numbers(values: ast.expr) -> list[int] | None:
    """Return the whole numbers that an expression runs over, None if these are not few and plain."""
    given: list[ast.expr] = []
    if isinstance(values, ast.List | ast.Tuple | ast.Set):
        given = values.elts
    elif isinstance(values, ast.Call) and isinstance(values.func, ast.Name) and values.func.id == "range":
        given = values.args
    else:
        return None
    numbers = [one for one in (_value(part, {}, 2) for part in given[:_MOST]) if one is not None]
    if len(numbers) != len(given) or not given:
        return None
    if isinstance(values, ast.Call):
        if len(numbers) > 3 or 0 in numbers[2:]:
            return None
        counted = range(*numbers)
        return list(counted) if len(counted) <= _MOST else None
    return numbers


def _value(node: ast.expr, known: Mapping[str, int], depth: int) -> int | None:
    """Return the number that an expression is, 0 or 1 for a condition, None where that cannot be seen."""
    if depth == 0:
        return None
    match node:
        case ast.Constant(value=int() as number):
            return int(number) if abs(number) < _LARGEST else None
        case ast.Name():
            return known.get(node.id)
        case ast.UnaryOp(op=ast.USub()):
            inner = _value(node.operand, known, depth - 1)
            return None if inner is None else -inner
        case ast.UnaryOp(op=ast.Not()):
            inner = _value(node.operand, known, depth - 1)
            return None if inner is None else int(not inner)
        case ast.BinOp(op=ast.Mod()):
            left, right = _value(node.left, known, depth - 1), _value(node.right, known, depth - 1)
            return left % right if left is not None and right else None
        case ast.BoolOp():
            parts = [_value(part, known, depth - 1) for part in node.values[:_DEEP]]
            if isinstance(node.op, ast.And):
                return 0 if 0 in parts else None if None in parts else 1
            return None if None in parts else int(any(parts))
        case ast.Compare(ops=[operator], comparators=[other]):
            left, right = _value(node.left, known, depth - 1), _value(other, known, depth - 1)
            compare = _COMPARED.get(type(operator))
            return None if left is None or right is None or compare is None else int(compare(left, right))
    return None
