"""What one small difference of two expressions does: a boundary moved, a condition turned, a value no longer cleaned.

Judges one `Delta` at a time; whether it was wanted is for others to weigh.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer.checks.ident import shown
from reviewer.checks.plausible.outline import name_of, same, text_of
from reviewer.checks.python_nodes import dump, walk

if TYPE_CHECKING:
    from reviewer.checks.plausible.deltas import Delta

_STRICTER: dict[type[ast.cmpop], type[ast.cmpop]] = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt}
_NEGATED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.Lt: ast.GtE,
    ast.GtE: ast.Lt,
    ast.Gt: ast.LtE,
    ast.LtE: ast.Gt,
}
_REVERSED: dict[type[ast.cmpop], type[ast.cmpop]] = {ast.Lt: ast.Gt, ast.Gt: ast.Lt, ast.LtE: ast.GtE, ast.GtE: ast.LtE}
OPPOSITES = frozenset(
    frozenset(pair)
    for pair in (
        *(
            ("min", "max"),
            ("any", "all"),
            ("floor", "ceil"),
            ("startswith", "endswith"),
            ("lower", "upper"),
            ("copy", "deepcopy"),
        ),
        *(("lstrip", "rstrip"), ("append", "extend"), ("first", "last"), ("add", "remove"), ("add", "discard")),
        *(("encode", "decode"), ("acquire", "release"), ("find", "rfind"), ("split", "rsplit"), ("match", "fullmatch")),
        *(("match", "search"), ("fullmatch", "search"), ("start", "end"), ("left", "right"), ("width", "height")),
        *(("before", "after"), ("enable", "disable"), ("push", "pop"), ("pop", "popleft"), ("timedelta", "datetime")),
        *(("ceil", "int"), ("round", "int"), ("ceil", "round"), ("floor", "round"), ("lower", "casefold")),
        *(("greater", "less"), ("src", "dst"), ("source", "target"), ("old", "new"), ("prev", "next"), ("row", "col")),
        *(("partition", "rpartition"), ("index", "rindex"), ("intersection", "union"), ("issubset", "issuperset")),
        *(("seconds", "total_seconds"), ("days", "seconds"), ("seconds", "milliseconds"), ("hours", "minutes")),
        *(("minutes", "seconds"), ("items", "keys"), ("keys", "values"), ("is_file", "exists"), ("utcnow", "now")),
    )
)
"""Names of which one does the opposite of the other, or much less, and that read alike."""
OPPOSITE_CALLS = tuple(
    frozenset(pair)
    for pair in (("min", "max"), ("any", "all"), ("floor", "ceil"), ("copy", "deepcopy"), ("first", "last"))
)
"""Calls of which a function that uses one seldom comes to use the other by chance."""
_CLEANERS = frozenset(
    {"strip", "lstrip", "rstrip", "lower", "upper", "casefold", "copy", "deepcopy", "abs", "max", "min", "int", "float"}
    | {"str", "bool", "set", "sorted", "list", "tuple", "dict", "round", "escape", "quote", "normpath", "realpath"}
    | {
        "resolve",
        "abspath",
        "encode",
        "decode",
        "normalize",
        "ceil",
        "floor",
        "len",
        "reversed",
        "frozenset",
        "astimezone",
    }
    | {"quantize", "sum", "any", "all", "dedupe", "clamp", "validate", "sanitize", "rstrip", "title", "fromkeys"}
)
_DECIDING = frozenset(
    {"reverse", "default", "key", "strict", "timeout", "ensure_ascii", "encoding", "maxsplit", "exist_ok", "parents"}
)
_DEFAULTED = frozenset({"get", "getattr", "pop", "next", "min", "max", "round", "split", "rsplit"})
_ORDERED = ast.Sub | ast.Div | ast.FloorDiv | ast.Mod | ast.Pow | ast.LShift | ast.RShift


@dataclass(frozen=True, slots=True)
class Moved:
    """A difference that has a meaning.

    Attributes:
        rule: the name of what happened.
        what: in words, from old to new.
    """

    rule: str
    what: str


def judge(delta: Delta) -> Moved | None:
    """Return what a difference does, None if it says nothing by itself."""
    old, new = delta.old, delta.new
    if old is None or new is None:
        return _part(delta)
    for judged in (_operators, _one_off, _guards, _wrapped, _names, _constants, _returned):
        found = judged(old, new, delta)
        if found is not None:
            return found
    return None


def vocabulary(node: ast.AST) -> dict[str, ast.expr]:
    """Return what a function calls by name, and what it looks up in what ("get x k", "[] x k")."""
    found: dict[str, ast.expr] = {}
    for part in walk(node):
        if isinstance(part, ast.Call):
            found.setdefault(name_of(part.func), part)
            if isinstance(part.func, ast.Attribute) and part.func.attr == "get" and part.args:
                found.setdefault(f"get {text_of(part.func.value)} {text_of(part.args[0])}", part)
        elif isinstance(part, ast.Subscript) and isinstance(part.ctx, ast.Load):
            found.setdefault(f"[] {text_of(part.value)} {text_of(part.slice)}", part)
    return found


def swapped(one: Delta, other: Delta) -> Moved | None:
    """Return what two differences of the same code do together when each has what the other had."""
    parts = (one.old, one.new, other.old, other.new)
    if one.above != other.above or any(part is None for part in parts):
        return None
    a, b, c, d = (dump(part) if part is not None else "" for part in parts)
    if a != d or b != c:
        return None
    above = one.above[0]
    symmetric = isinstance(above, ast.BinOp) and not isinstance(above.op, _ORDERED)
    if symmetric or not isinstance(above, ast.BinOp | ast.Call | ast.Compare | ast.IfExp | ast.Tuple | ast.Return):
        return None
    if isinstance(above, ast.Tuple) and not all(isinstance(part, ast.expr) for part in above.elts):
        return None
    return _moved("operands-swapped", above, one.above[1])


def _moved(rule: str, old: ast.AST, new: ast.AST) -> Moved:
    return Moved(rule, f"“{shown(text_of(old))}” became “{shown(text_of(new))}”")


def _operators(old: ast.AST, new: ast.AST, _: Delta) -> Moved | None:
    if isinstance(old, ast.Compare) and isinstance(new, ast.Compare):
        if len(old.ops) != len(new.ops) or dump(old.left) != dump(new.left):
            return None
        changed = [(type(a), type(b)) for a, b in zip(old.ops, new.ops, strict=True) if type(a) is not type(b)]
        equal = all(same(a, b) for a, b in zip(old.comparators, new.comparators, strict=True))
        if len(changed) != 1:
            return None
        before, after = changed[0]
        grown = dump(old.comparators[-1]) in dump(new.comparators[-1])
        if _STRICTER.get(before) is after and (equal or grown):
            return _moved("boundary-moved", old, new)
        if (_NEGATED.get(before) is after or _REVERSED.get(before) is after) and equal:
            return _moved("condition-negated", old, new)
        return None
    if isinstance(old, ast.BoolOp) and isinstance(new, ast.BoolOp) and type(old.op) is not type(new.op):
        shapes = [{dump(value) for value in side.values} for side in (old, new)]
        alike = len(shapes[0] & shapes[1]) >= max(map(len, shapes)) - 1
        return _moved("condition-joined-otherwise", old, new) if alike else None
    if isinstance(old, ast.BinOp) and isinstance(new, ast.BinOp) and type(old.op) is not type(new.op):
        alike = same(old.left, new.left) and same(old.right, new.right)
        return _moved("operator-changed", old, new) if alike else None
    if isinstance(old, ast.AugAssign) and isinstance(new, ast.AugAssign) and type(old.op) is not type(new.op):
        return _moved("operator-changed", old, new)
    return None


def _one_off(old: ast.AST, new: ast.AST, delta: Delta) -> Moved | None:
    if _is_next(old, new) or _is_next(new, old):
        return _moved("boundary-moved", old, new)
    if isinstance(old, ast.Constant) and isinstance(new, ast.Constant) and _is_bound(delta):
        a, b = old.value, new.value
        if type(a) is int and type(b) is int and abs(a - b) == 1:
            return _moved("boundary-moved", *delta.above)
    return None


def _is_next(short: ast.AST, long: ast.AST) -> bool:
    plus = isinstance(long, ast.BinOp) and isinstance(long.op, ast.Add | ast.Sub)
    return plus and isinstance(long, ast.BinOp) and same(long.left, short) and _is_one(long.right)


def _is_one(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) is int and node.value == 1


def _is_bound(delta: Delta) -> bool:
    above = delta.above[0]
    if isinstance(above, ast.Call):
        return name_of(above.func) in {"range", "islice", "enumerate"}
    if isinstance(above, ast.BinOp):
        return isinstance(above.op, ast.Add | ast.Sub) and delta.field == "right"
    return isinstance(above, ast.Compare | ast.Slice | ast.Subscript)


def _guards(old: ast.AST, new: ast.AST, _: Delta) -> Moved | None:
    turned = isinstance(old, ast.UnaryOp) and isinstance(old.op, ast.Not) and same(old.operand, new)
    if turned or (isinstance(new, ast.UnaryOp) and isinstance(new.op, ast.Not) and same(new.operand, old)):
        return _moved("condition-negated", old, new)
    if isinstance(old, ast.BoolOp) and any(same(value, new) for value in old.values):
        return _moved("guard-dropped", old, new)
    if isinstance(old, ast.IfExp) and (same(old.body, new) or same(old.orelse, new)):
        return _moved("guard-dropped", old, new)
    if isinstance(old, ast.IfExp) and isinstance(new, ast.IfExp):
        return None
    if isinstance(old, ast.Call) and isinstance(old.func, ast.Attribute) and isinstance(new, ast.Subscript):
        looked_up = old.func.attr in {"get", "pop"} and same(old.func.value, new.value)
        if looked_up and old.args and same(old.args[0], new.slice):
            return _moved("guard-dropped", old, new)
    return None


def _wrapped(old: ast.AST, new: ast.AST, _: Delta) -> Moved | None:
    if isinstance(old, ast.Await) and same(old.value, new):
        return _moved("await-dropped", old, new)
    if not isinstance(old, ast.Call) or name_of(old.func) not in _CLEANERS:
        return None
    receiver = old.func.value if isinstance(old.func, ast.Attribute) else None
    if (receiver is not None and same(receiver, new)) or any(same(one, new) for one in old.args):
        return _moved("call-dropped", old, new)
    return None


def _names(old: ast.AST, new: ast.AST, delta: Delta) -> Moved | None:
    pair = frozenset((name_of(old), name_of(new)))
    if isinstance(old, ast.keyword) and isinstance(new, ast.keyword):
        pair = frozenset((old.arg or "", new.arg or ""))
        if pair in OPPOSITES and same(old.value, new.value):
            return _moved("opposite-used", *delta.above)
        return None
    if pair in OPPOSITES and type(old) is type(new):
        if isinstance(old, ast.Attribute) and isinstance(new, ast.Attribute) and not same(old.value, new.value):
            return None
        return _moved("opposite-used", *delta.above)
    return None


def _constants(old: ast.AST, new: ast.AST, delta: Delta) -> Moved | None:
    if isinstance(old, ast.UnaryOp) and isinstance(old.op, ast.USub) and same(old.operand, new):
        return _moved("value-changed", *delta.above)
    if isinstance(new, ast.UnaryOp) and isinstance(new.op, ast.USub) and same(new.operand, old):
        return _moved("value-changed", *delta.above)
    if not isinstance(old, ast.Constant) or not isinstance(new, ast.Constant):
        return None
    if isinstance(old.value, bool) and isinstance(new.value, bool):
        return _moved("value-changed", *delta.above)
    if isinstance(old.value, int | float) and isinstance(new.value, int | float):
        above = delta.above[0]
        names = [target.id.lower() for target in getattr(above, "targets", ()) if isinstance(target, ast.Name)]
        # The number of a format is raised with the format.
        raised = new.value > old.value and any("version" in name for name in names)
        return None if raised else _moved("value-changed", *delta.above)
    return None


def _returned(old: ast.AST, new: ast.AST, delta: Delta) -> Moved | None:
    if not isinstance(delta.above[0], ast.Return) or not isinstance(
        new, ast.Constant | ast.List | ast.Dict | ast.Tuple
    ):
        return None
    computed = any(isinstance(part, ast.Call | ast.BinOp | ast.Compare | ast.Subscript) for part in walk(old))
    constant = not any(isinstance(part, ast.Name | ast.Call) for part in walk(new))
    return _moved("constant-returned", *delta.above) if computed and constant else None


def _part(delta: Delta) -> Moved | None:
    above, after = delta.above
    if isinstance(above, ast.BoolOp) and delta.old is not None and delta.field == "values":
        return _moved("guard-dropped", above, after)
    if isinstance(above, ast.Slice):
        return _moved("boundary-moved", above, after)
    if isinstance(above, ast.Call) and isinstance(after, ast.Call) and same(above.func, after.func):
        return _argument(delta, above)
    if isinstance(above, ast.Return) and delta.new is None:
        return _moved("return-dropped", above, after)
    if isinstance(above, ast.Tuple | ast.List | ast.Set) and isinstance(delta.old, ast.Constant):
        return Moved("case-dropped", f"{shown(text_of(delta.old))} is no longer in “{shown(text_of(after))}”")
    return None


def _argument(delta: Delta, above: ast.Call) -> Moved | None:
    if delta.old is None or delta.new is not None:
        return None
    keyword = isinstance(delta.old, ast.keyword) and delta.old.arg in _DECIDING
    positional = delta.field == "args" and name_of(above.func) in _DEFAULTED and len(above.args) > 1
    if keyword or positional:
        return Moved("argument-dropped", f"“{shown(text_of(above))}” lost {shown(text_of(delta.old))}")
    return None
