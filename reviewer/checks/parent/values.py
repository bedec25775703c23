"""What the values of worked-out code are, and which operations of Python's own types are done on them.

Total and bounded: an operation that could grow, wait, read anything or depend on the machine is `Unclear`. Nothing of
the change is ever imported or run.
"""

from __future__ import annotations

import ast
import datetime as dt
import math
import operator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from reviewer.checks.python_source import Definition

Value: TypeAlias = Any
"""Whatever code can work with; which of it this can work with is found out as it goes."""
LARGEST = 10**18
LONGEST = 2_000
_POWER = 16
_PLACES = 200


class Unclear(Exception):  # noqa: N818 - no error: this is where reading ends
    """What the code does is not told by reading it so far."""


class Raised(Exception):  # noqa: N818 - an exception of the code that is read, not of this
    """The code that is read raises something: a class of Python's, or one that it defines, and with what."""

    def __init__(self, kind: object, said: str | None) -> None:
        super().__init__()
        self.kind = kind
        self.said = said


@dataclass(slots=True, eq=False)
class Module:
    """One module of a side: its tree and what its names were worked out to."""

    path: str
    tree: ast.Module
    names: dict[str, Value] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Routine:
    """A function of the code, with the names around it."""

    node: Definition | ast.Lambda
    module: Module
    around: Mapping[str, Value]


@dataclass(slots=True, eq=False)
class Kind:
    """A class of the code: its fields in order, where it declares them, and its methods."""

    name: str
    module: Module
    fields: dict[str, ast.expr | None]
    methods: dict[str, ast.FunctionDef]
    above: tuple[object, ...]
    declared: bool


@dataclass(slots=True, eq=False)
class Thing:
    """An instance of a class of the code."""

    kind: Kind
    held: dict[str, Value]


@dataclass(slots=True, eq=False)
class Bound:
    """A method of a thing."""

    thing: Thing
    routine: Routine


class Quiet:
    """A log: whatever it is told, nothing comes of it."""


TIMES = (dt.datetime, dt.date, dt.timedelta, dt.time)
PLAIN = (bool, int, float, str, type(None), list, tuple, dict, set, *TIMES, dt.timezone)
ERRORS: dict[str, type[BaseException]] = {
    one.__name__: one
    for one in (
        *(Exception, ValueError, TypeError, KeyError, IndexError, LookupError, ZeroDivisionError, OverflowError),
        *(ArithmeticError, AttributeError, NotImplementedError, RuntimeError, AssertionError, StopIteration),
    )
}
MODULES: dict[str, dict[str, Value]] = {
    "datetime": {
        **{name: getattr(dt, name) for name in ("datetime", "date", "timedelta", "time", "timezone")},
        "UTC": dt.UTC,
    },
    "math": {name: getattr(math, name) for name in ("floor", "ceil", "sqrt", "isclose", "gcd", "trunc", "inf", "pi")},
}
OWN = (ArithmeticError, LookupError, TypeError, ValueError, AttributeError, RecursionError, MemoryError)
_ANSWERS = frozenset(
    {"now", "today", "utcnow", "timestamp", "astimezone", "strftime", "fromtimestamp", "utcfromtimestamp"}
)
_METHODS: dict[type, frozenset[str]] = {
    str: frozenset(
        {"split", "strip", "lstrip", "rstrip", "lower", "upper", "title", "startswith", "endswith", "join", "isdigit"}
        | {"isalpha", "isalnum", "isspace", "isupper", "islower", "partition", "rpartition", "rsplit", "splitlines"}
        | {"count", "find", "rfind", "index", "removeprefix", "removesuffix", "casefold", "capitalize", "isdecimal"}
    ),
    list: frozenset({"append", "extend", "insert", "pop", "index", "count", "reverse", "copy", "clear", "remove"}),
    dict: frozenset({"get", "items", "keys", "values", "setdefault", "pop", "copy", "update", "clear"}),
    set: frozenset({"add", "discard", "union", "issubset", "issuperset", "copy"}),
    tuple: frozenset({"index", "count"}),
    int: frozenset({"bit_length"}),
    float: frozenset({"is_integer"}),
}
_OPERATORS: dict[type, Callable[[Value, Value], Value]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
    ast.BitAnd: operator.and_,
    ast.BitOr: operator.or_,
    ast.BitXor: operator.xor,
}
_COMPARED: dict[type, Callable[[Value, Value], Value]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
    ast.In: lambda one, other: one in other,
    ast.NotIn: lambda one, other: one not in other,
}


def plain(value: object, depth: int = 4) -> bool:
    """Return whether a value is Python's own through and through, and of a bounded size."""
    if not isinstance(value, PLAIN):
        return False
    if isinstance(value, str | list | tuple | dict | set) and len(value) > LONGEST:
        raise Unclear
    if isinstance(value, int) and abs(value) > LARGEST:
        raise Unclear
    if isinstance(value, list | tuple | set | dict):
        if depth == 0:
            raise Unclear
        parts = [*value.keys(), *value.values()] if isinstance(value, dict) else list(value)
        return all(plain(one, depth - 1) for one in parts)
    return True


def ordered(value: object) -> bool:
    """Return whether a value has no set in it, whose order is nobody's."""
    if isinstance(value, dict):
        return all(ordered(one) for one in value.values())
    if isinstance(value, list | tuple):
        return all(ordered(one) for one in value)
    return not isinstance(value, set)


def done(work: Callable[..., Value], *given: Value, **named: Value) -> Value:
    """Do what Python does with values of its own, and hold the answer to the bounds."""
    if not all(plain(one) for one in (*given, *named.values())):
        raise Unclear
    try:
        answer = work(*given, **named)
    except OWN as error:
        if type(error).__name__ in ERRORS:
            raise Raised(type(error), str(error)) from None
        raise Unclear from None
    if isinstance(answer, PLAIN):
        plain(answer)
    return answer


def operate(kind: ast.operator, one: Value, other: Value) -> Value:
    """Return what an operator makes of two values."""
    work = _OPERATORS.get(type(kind))
    numbers = all(isinstance(each, int | float) for each in (one, other))
    grows = isinstance(kind, ast.Pow) and not (numbers and abs(one) <= LONGEST and 0 <= other <= _POWER)
    repeats = isinstance(kind, ast.Mult) and not (
        numbers or all(isinstance(each, int | float | TIMES[2]) for each in (one, other))
    )
    if work is None or grows or repeats or (isinstance(kind, ast.Mod) and isinstance(one, str)):
        raise Unclear
    return done(work, one, other)


def compare(kind: ast.cmpop, one: Value, other: Value) -> bool:
    """Return what a comparison of two values says."""
    if isinstance(kind, ast.Is | ast.IsNot) and not (one is None or other is None or isinstance(one, bool)):
        raise Unclear
    if isinstance(one, Thing) or isinstance(other, Thing):
        return _same_things(kind, one, other)
    return bool(done(_COMPARED[type(kind)], one, other))


def _same_things(kind: ast.cmpop, one: object, other: object) -> bool:
    if isinstance(kind, ast.Is | ast.IsNot):
        return (one is other) is isinstance(kind, ast.Is)
    if not (isinstance(one, Thing) and isinstance(other, Thing) and isinstance(kind, ast.Eq | ast.NotEq)):
        raise Unclear
    if not one.kind.declared or one.kind is not other.kind or "__eq__" in one.kind.methods:
        raise Unclear
    same = one.held.keys() == other.held.keys() and all(
        compare(ast.Eq(), value, other.held[name]) for name, value in one.held.items()
    )
    return same is isinstance(kind, ast.Eq)


def method(value: object, name: str) -> Callable[..., Value]:
    """Return a method of a value of Python's own that is safe to call."""
    if isinstance(value, TIMES) or value in TIMES:
        if name in _ANSWERS or name.startswith("_"):
            raise Unclear
        found = getattr(value, name, None)
    else:
        found = getattr(value, name, None) if name in _METHODS.get(type(value), frozenset()) else None
    if found is None or not callable(found):
        raise Unclear
    return found  # type: ignore[no-any-return]  # a method of one of the types above


def formatted(value: object, form: str) -> str:
    """Return a value in a form of an f-string."""
    if (
        not plain(value)
        or not ordered(value)
        or any(len(part) > 2 for part in "".join(c if c.isdigit() else " " for c in form).split())
    ):
        raise Unclear
    return str(done(format, value, form))
