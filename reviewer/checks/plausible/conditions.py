"""Conditions that cannot be false, or cannot be true, by their own form, and operators with twice the same operand."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from reviewer.checks.ident import shown
from reviewer.checks.plausible.outline import calls_in, name_of, same, text_of
from reviewer.checks.plausible.sign import at
from reviewer.checks.python_nodes import dump

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.checks.plausible.outline import Outline
    from reviewer.checks.plausible.sign import Sign

_WHY = "One side of such a branch is never taken, whatever comes in."
_WHY_EQUAL = "An operator with twice the same operand is mostly a slip of one name."
_ODD = (ast.Sub, ast.Div, ast.FloorDiv, ast.Mod, ast.BitXor)


def signs(outline: Outline) -> Iterator[Sign]:
    """Yield conditions that are constant and operands that are equal."""
    for compare in outline.of(ast.Compare):
        if what := _compared(compare, outline):
            yield _constant(outline, compare, what)
    for joined in outline.of(ast.BoolOp):
        if what := _joined(joined, outline):
            yield _constant(outline, joined, what)
    branches: list[ast.If | ast.IfExp | ast.While] = [*outline.of(ast.If), *outline.of(ast.IfExp)]
    for branch in (*branches, *outline.of(ast.While)):
        if what := _tested(branch, outline):
            yield _constant(outline, branch.test, what)
    for asserted in outline.of(ast.Assert):
        if isinstance(asserted.test, ast.Tuple) and asserted.test.elts:
            yield _constant(outline, asserted.test, "is a tuple, which is always true")
    yield from _equal_operands(outline)


def _compared(node: ast.Compare, outline: Outline) -> str:
    if len(node.ops) != 1:
        return ""
    left, operator, right = node.left, node.ops[0], node.comparators[0]
    constant = isinstance(left, ast.Constant) and isinstance(right, ast.Constant)
    if not constant and same(left, right) and not calls_in(node) and not isinstance(operator, ast.NotEq):
        return "compares a value with itself"
    if isinstance(operator, ast.Is | ast.IsNot) and any(_is_literal(side) for side in (left, right)):
        return "asks for identity with a literal, which is no comparison of values"
    if isinstance(operator, ast.In | ast.NotIn) and _is_bracketed_string(right, outline):
        return "looks for a part of a string: the brackets make no tuple"
    return _cased(left, right) or _length(left, operator, right)


def _cased(left: ast.expr, right: ast.expr) -> str:
    called = left.func if isinstance(left, ast.Call) else None
    if not isinstance(called, ast.Attribute) or not isinstance(right, ast.Constant) or not isinstance(right.value, str):
        return ""
    lowered = called.attr in {"lower", "casefold"} and right.value != right.value.lower()
    raised = called.attr == "upper" and right.value != right.value.upper()
    return "can never be equal: the cases differ" if lowered or raised else ""


def _is_literal(node: ast.expr) -> bool:
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str | bytes | int | float) and not isinstance(node.value, bool)
    return isinstance(node, ast.List | ast.Dict | ast.Set | ast.Tuple | ast.JoinedStr)


def _is_bracketed_string(node: ast.expr, outline: Outline) -> bool:
    if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or node.end_col_offset is None:
        return False
    if node.lineno != node.end_lineno or len(node.value) < 2 or node.lineno > len(outline.lines):
        return False
    line = outline.lines[node.lineno - 1]
    return line[: node.col_offset].rstrip().endswith(b"(") and line[node.end_col_offset :].lstrip().startswith(b")")


def _length(left: ast.expr, operator: ast.cmpop, right: ast.expr) -> str:
    is_length = isinstance(left, ast.Call) and name_of(left.func) == "len"
    if not is_length or not isinstance(right, ast.Constant) or right.value != 0 or isinstance(right.value, bool):
        return ""
    if isinstance(operator, ast.Lt):
        return "can never be true: a length is not negative"
    return "is always true: a length is not negative" if isinstance(operator, ast.GtE) else ""


def _joined(node: ast.BoolOp, outline: Outline) -> str:
    truthy = isinstance(node.op, ast.Or)
    for place, value in enumerate(node.values):
        if not isinstance(value, ast.Constant) or value.value is None or bool(value.value) is not truthy:
            continue
        compared = any(isinstance(other, ast.Compare) for other in node.values[:place])
        if _is_test(node, outline) or (compared and not isinstance(value.value, bool)):
            outcome = "true" if truthy else "false"
            return f"is always {outcome}, as “{shown(text_of(value))}” stands alone in it"
    return _excluding(node)


def _is_test(node: ast.expr, outline: Outline) -> bool:
    inner: ast.AST = node
    for one in outline.above(node):
        if isinstance(one, ast.If | ast.While | ast.IfExp | ast.Assert):
            return one.test is inner
        if isinstance(one, ast.comprehension):
            return inner in one.ifs
        if not isinstance(one, ast.BoolOp) and not (isinstance(one, ast.UnaryOp) and isinstance(one.op, ast.Not)):
            return False
        inner = one
    return False


def _excluding(node: ast.BoolOp) -> str:
    """Two comparisons of the same value with different constants, of which one always, or never, holds."""
    wanted = ast.NotEq if isinstance(node.op, ast.Or) else ast.Eq
    seen: list[tuple[ast.expr, ast.expr]] = []
    for value in node.values[:20]:
        if not isinstance(value, ast.Compare) or len(value.ops) != 1 or not isinstance(value.ops[0], wanted):
            continue
        against = value.comparators[0]
        if not isinstance(against, ast.Constant) or calls_in(value.left):
            continue
        if any(same(left, value.left) and not same(right, against) for left, right in seen):
            outcome = "always true" if wanted is ast.NotEq else "never true"
            return f"is {outcome}: a value does not equal two constants"
        seen.append((value.left, against))
    return _contradicts(node)


def _contradicts(node: ast.BoolOp) -> str:
    bounds = [bound for value in node.values[:20] if (bound := _bound(value)) is not None]
    for subject, is_upper, limit in bounds:
        for other, other_upper, second in bounds:
            if is_upper and not other_upper and same(subject, other):
                if isinstance(node.op, ast.And) and limit < second:
                    return f"is never true: nothing is below {limit} and above {second}"
                if isinstance(node.op, ast.Or) and limit > second:
                    return f"is always true: everything is below {limit} or above {second}"
    return ""


def _bound(node: ast.expr) -> tuple[ast.expr, bool, float] | None:
    if not isinstance(node, ast.Compare) or len(node.ops) != 1 or calls_in(node.left):
        return None
    limit = node.comparators[0]
    if not isinstance(limit, ast.Constant) or not isinstance(limit.value, int | float) or isinstance(limit.value, bool):
        return None
    if isinstance(node.ops[0], ast.Lt | ast.LtE):
        return node.left, True, limit.value
    return (node.left, False, limit.value) if isinstance(node.ops[0], ast.Gt | ast.GtE) else None


def _tested(branch: ast.If | ast.IfExp | ast.While, outline: Outline) -> str:
    test = branch.test
    if isinstance(test, ast.Constant):
        if isinstance(branch, ast.While) and test.value:
            return ""
        return f"is always {'true' if test.value else 'false'}"
    if isinstance(test, ast.Tuple | ast.List | ast.Set) and test.elts:
        return "is never empty, so always true"
    if isinstance(test, ast.Lambda | ast.JoinedStr | ast.GeneratorExp):
        return "is always true"
    if isinstance(test, ast.Name) and _is_only_function(test, outline):
        return "is a function that is not called, so always true"
    return ""


def _is_only_function(test: ast.Name, outline: Outline) -> bool:
    module = outline.tree.body
    defined = sum(isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef) and one.name == test.id for one in module)
    if defined != 1:
        return False
    bound = any(isinstance(one.ctx, ast.Store) and one.id == test.id for one in outline.of(ast.Name))
    return not bound and not any(one.arg == test.id for one in outline.of(ast.arg))


def _equal_operands(outline: Outline) -> Iterator[Sign]:
    for node in outline.of(ast.BinOp):
        constant = isinstance(node.left, ast.Constant)
        if isinstance(node.op, _ODD) and not constant and same(node.left, node.right) and not calls_in(node):
            yield _equal(outline, node)
    for joined in outline.of(ast.BoolOp):
        dumps = [dump(value) for value in joined.values if not calls_in(value)]
        if len(set(dumps)) < len(dumps):
            yield _equal(outline, joined)
    for call in outline.of(ast.Call):
        if name_of(call.func) in {"min", "max"} and len(call.args) == 2 and not call.keywords:
            first, second = call.args
            plain = not isinstance(first, ast.Starred) and not calls_in(first) and not isinstance(first, ast.Constant)
            if plain and same(first, second) and isinstance(call.func, ast.Name):
                yield _equal(outline, call)


def _equal(outline: Outline, node: ast.expr) -> Sign:
    text = text_of(node)
    message = f"“{shown(text)}” has the same operand twice."
    return at(outline, node, rule="operands-equal", severity="medium", message=message, why=_WHY_EQUAL, quote=text)


def _constant(outline: Outline, node: ast.expr, what: str) -> Sign:
    text = text_of(node)
    message = f"“{shown(text)}” {what}."
    return at(outline, node, rule="condition-constant", severity="medium", message=message, why=_WHY, quote=text)
