"""How much a Python assertion allows: tolerances and bounds as numbers, of which more is looser."""

from __future__ import annotations

import ast
import math

from reviewer.checks.oracles.places import name_of

_KEYWORDS = {
    **dict.fromkeys(("rel", "rtol", "rel_tol"), "rel"),
    **dict.fromkeys(("abs", "atol", "abs_tol", "delta"), "abs"),
}
_PLACES = frozenset({"places", "decimal", "significant"})
_CALLS: dict[str, tuple[tuple[str, ...], tuple[tuple[str, float], ...]]] = {
    "approx": (("", "rel", "abs"), (("rel", 1e-6),)),
    "isclose": (("", "", "rel", "abs"), (("rel", 1e-9),)),
    "allclose": (("", "", "rel", "abs"), (("rel", 1e-5),)),
    "assert_allclose": (("", "", "rel", "abs"), (("rel", 1e-7),)),
    "assertAlmostEqual": (("", "", "places"), (("abs", 5e-8),)),
    "assert_almost_equal": (("", "", "places"), (("abs", 1.5e-7),)),
    "assert_array_almost_equal": (("", "", "places"), (("abs", 1.5e-6),)),
    "assert_approx_equal": (("", "", "places"), (("abs", 5e-8),)),
}
_BOUNDS: tuple[tuple[type[ast.cmpop], str, int], ...] = (
    (ast.Lt, "<", 1),
    (ast.LtE, "<", 1),
    (ast.Gt, ">", -1),
    (ast.GtE, ">", -1),
)
_METHODS = {"assertLess": ("<", 1), "assertLessEqual": ("<", 1), "assertGreater": (">", -1)}
_ASKED = {**_METHODS, "assertGreaterEqual": (">", -1)}
_MOST_PLACES = 300


def slack(node: ast.expr) -> tuple[tuple[str, float], ...]:
    """Return the kinds of slack of an assertion with their numbers, in order of kind."""
    found: dict[str, float] = {}
    for part in ast.walk(node):
        if isinstance(part, ast.Call) and name_of(part) in _CALLS:
            found.update(_tolerances(part, *_CALLS[name_of(part)]))
        elif isinstance(part, ast.Call) and name_of(part) in _ASKED and len(part.args) > 1:
            sign, factor = _ASKED[name_of(part)]
            found.update(_bound(part.args[1], sign, factor))
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        for kind, sign, factor in _BOUNDS:
            if isinstance(node.ops[0], kind):
                found.update(_bound(node.comparators[0], sign, factor))
    return tuple(sorted(found.items()))


def _tolerances(call: ast.Call, positions: tuple[str, ...], default: tuple[tuple[str, float], ...]) -> dict[str, float]:
    found: dict[str, float] = {}
    given = [(kind, value) for kind, value in zip(positions, call.args, strict=False) if kind]
    given += [
        (_KEYWORDS.get(one.arg, "places" if one.arg in _PLACES else ""), one.value) for one in call.keywords if one.arg
    ]
    for kind, value in given:
        amount = number(value)
        if not kind or amount is None:
            continue
        if kind == "places":
            found["abs"] = 0.5 * 10.0 ** -max(-_MOST_PLACES, min(_MOST_PLACES, amount))
        else:
            found[kind] = amount
    return found or dict(default)


def _bound(value: ast.expr, sign: str, factor: int) -> dict[str, float]:
    amount = number(value)
    return {} if amount is None else {sign: factor * amount}


def number(node: ast.expr) -> float | None:
    """Return the number that an expression is written as, None if it is none."""
    negative = isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub)
    if isinstance(node, ast.UnaryOp) and negative:
        node = node.operand
    if not isinstance(node, ast.Constant) or isinstance(node.value, bool) or not isinstance(node.value, int | float):
        return None
    try:
        amount = float(node.value)
    except OverflowError:
        return None
    if not math.isfinite(amount):
        return None
    return -amount if negative else amount
