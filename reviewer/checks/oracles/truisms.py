"""Python conditions that hold whatever the code does: no less than nothing, either true or false, an object."""

from __future__ import annotations

import ast

from reviewer.checks.oracles.places import name_of

_BOTH = frozenset({True, False})
_SIZES = frozenset({"len", "abs"})
_LAZY = frozenset({"map", "filter", "zip", "iter", "reversed", "object"})


def always(test: ast.expr) -> bool:
    """Return whether a call or a comparison is true of any value that the code could give."""
    match test:
        case ast.Call(func=ast.Name(id="isinstance"), args=[_, ast.Name(id="object")]):
            return True
        case ast.Call(func=ast.Name(id=name), args=[_, *_]) if name in _LAZY:
            # Such an object is true with nothing in it.
            return name not in {"zip", "object"} or len(test.args) > 1
        case ast.Call(func=ast.Attribute(attr="startswith" | "endswith"), args=[ast.Constant(value="" | b"")]):
            return True
        case ast.Compare(left=ast.Constant(value="" | b""), ops=[ast.In()]):
            return True
        case ast.Compare(left=left, ops=[operator], comparators=[right]):
            return _compared(left, operator, right)
    return False


def _compared(left: ast.expr, operator: ast.cmpop, right: ast.expr) -> bool:
    if isinstance(operator, ast.In) and isinstance(right, ast.Tuple | ast.List | ast.Set) and right.elts:
        values = [one.value for one in right.elts if isinstance(one, ast.Constant)]
        both = {one for one in values if isinstance(one, bool)} == _BOTH
        return both or any(ast.dump(one) == ast.dump(left) for one in right.elts if not isinstance(one, ast.Constant))
    size = isinstance(left, ast.Call) and name_of(left) in _SIZES and isinstance(left.func, ast.Name)
    if not size:
        return False
    below = (
        isinstance(right, ast.UnaryOp) and isinstance(right.op, ast.USub) and isinstance(right.operand, ast.Constant)
    )
    if isinstance(operator, ast.Gt | ast.GtE | ast.NotEq) and below:
        return True
    return isinstance(operator, ast.GtE) and isinstance(right, ast.Constant) and right.value == 0
