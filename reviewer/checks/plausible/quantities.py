"""Numbers: zero taken for nothing, divisions by what may be empty, units that meet, money compared as floats."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from reviewer.checks.ident import shown
from reviewer.checks.plausible.outline import defaults, dotted, name_of, parameters, text_of
from reviewer.checks.plausible.sign import at
from reviewer.checks.python_nodes import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.checks.plausible.outline import Outline
    from reviewer.checks.plausible.sign import Sign
    from reviewer.checks.python_source import Definition

_WHY_ZERO = "Zero is a number like others, and is treated here as if none were given."
_WHY_EMPTY = "Of nothing there is no average: with an empty input it raises."
_WHY_UNITS = "A value in one unit under the name of another is wrong by a factor."
_WHY_FLOAT = "Most decimal fractions have no exact float; after any arithmetic the comparison fails."
_NUMBER = re.compile(r"\b(?:int|float|Decimal|Fraction|complex)\b")
_UNITS = {
    **dict.fromkeys(("ms", "millis", "milliseconds", "msec"), "milliseconds"),
    **dict.fromkeys(("s", "sec", "secs", "seconds"), "seconds"),
    **dict.fromkeys(("us", "micros", "microseconds"), "microseconds"),
    **dict.fromkeys(("ns", "nanos", "nanoseconds"), "nanoseconds"),
    **dict.fromkeys(("min", "mins", "minutes"), "minutes"),
    **dict.fromkeys(("h", "hours", "hrs"), "hours"),
    "days": "days",
    **dict.fromkeys(("kb", "kib"), "kilobytes"),
    **dict.fromkeys(("mb", "mib"), "megabytes"),
    "bytes": "bytes",
    "bits": "bits",
    "cents": "cents",
    "dollars": "dollars",
    "percent": "percent",
    "pct": "percent",
    "ratio": "ratio",
    "radians": "radians",
    "degrees": "degrees",
    "km": "kilometres",
    "meters": "metres",
}


def signs(outline: Outline) -> Iterator[Sign]:
    """Yield numbers that are handled as something else."""
    for function in outline.functions():
        yield from _zero(outline, function)
        yield from _empty(outline, function)
    yield from _units(outline)
    for compare in outline.of(ast.Compare):
        sides = [compare.left, *compare.comparators]
        exact = any(isinstance(operator, ast.Eq | ast.NotEq) for operator in compare.ops)
        fraction = next((one for one in sides if isinstance(one, ast.Constant) and isinstance(one.value, float)), None)
        if exact and fraction is not None and not float(str(fraction.value)).is_integer():
            text = text_of(compare)
            message = f"“{shown(text)}” compares a fraction for equality."
            yield at(
                outline, compare, rule="float-compared", severity="low", message=message, why=_WHY_FLOAT, quote=text
            )


def _zero(outline: Outline, function: Definition) -> Iterator[Sign]:
    none = {one.arg for one, value in defaults(function) if isinstance(value, ast.Constant) and value.value is None}
    numbers = {
        argument.arg
        for argument in parameters(function)
        if argument.annotation is not None
        and _NUMBER.search(said := text_of(argument.annotation))
        and not re.search(
            r"\b(?:str|bool|list|dict|tuple|set|Set|Tuple|List|Dict|Sequence|Iterable|Callable|bytes)\b", said
        )
        and ("None" in said or "Optional" in said or argument.arg in none)
    }
    for part in walk(function) if none else ():
        if isinstance(part, ast.BoolOp) and isinstance(part.op, ast.Or) and _is_number(part.values[-1]):
            first = part.values[0]
            if isinstance(first, ast.Name) and first.id in none - numbers:
                text = text_of(part)
                message = f"“{shown(text)}” treats {shown(first.id)} = 0 as if it were not given."
                yield at(outline, part, rule="zero-as-none", severity="low", message=message, why=_WHY_ZERO, quote=text)
    for part in walk(function) if numbers else ():
        for tested in _tested(part):
            if isinstance(tested, ast.Name) and tested.id in numbers and isinstance(part, ast.expr | ast.stmt):
                text = text_of(part.test if isinstance(part, ast.If | ast.IfExp) else part)
                message = f"“{shown(text)}” treats {shown(tested.id)} = 0 as if it were not given."
                yield at(
                    outline, tested, rule="zero-as-none", severity="low", message=message, why=_WHY_ZERO, quote=text
                )


def _is_number(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) in {int, float} and node.value != 0


def _tested(part: ast.AST) -> list[ast.expr]:
    if isinstance(part, ast.If | ast.IfExp):
        test = part.test
        return [test.operand if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not) else test]
    if isinstance(part, ast.BoolOp):
        return part.values[:-1] if isinstance(part.op, ast.Or) else part.values
    return []


def _empty(outline: Outline, function: Definition) -> Iterator[Sign]:
    for part in walk(function):
        if not isinstance(part, ast.BinOp) or not isinstance(part.op, ast.Div | ast.FloorDiv | ast.Mod):
            continue
        measured = part.right
        if not isinstance(measured, ast.Call) or name_of(measured.func) != "len" or len(measured.args) != 1:
            continue
        subject = dotted(measured.args[0])
        if not subject or outline.function(part) is not function or _is_asked(function, subject, part):
            continue
        text = text_of(part)
        message = (
            f"“{shown(text)}” divides by the length of {shown(subject)}, and nothing here asks whether it is empty."
        )
        yield at(outline, part, rule="empty-divided", severity="low", message=message, why=_WHY_EMPTY, quote=text)


def _is_asked(function: Definition, subject: str, division: ast.BinOp) -> bool:
    for part in walk(function):
        if isinstance(part, ast.If | ast.IfExp | ast.While | ast.Assert):
            if any(dotted(one) == subject for one in walk(part.test)):
                return True
        elif (
            (
                isinstance(part, ast.ExceptHandler | ast.Try)
                or (
                    isinstance(part, ast.For | ast.comprehension)
                    and dotted(part.iter) == subject
                    and _holds(part, division)
                )
                or (isinstance(part, ast.BoolOp) and any(dotted(one) == subject for one in part.values))
            )
            or (isinstance(part, ast.Assign) and dotted(part.targets[0]) == subject and _is_filled(part.value))
            or (
                isinstance(part, ast.Subscript)
                and dotted(part.value) == subject
                and isinstance(part.slice, ast.Constant)
            )
        ):
            return True
    # A module's constant is what it is.
    return subject.isupper() or subject.rsplit(".", 1)[-1].lstrip("_").isupper()


def _is_filled(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant | ast.JoinedStr) or (
        isinstance(value, ast.List | ast.Tuple) and bool(value.elts)
    )


def _holds(loop: ast.AST, part: ast.AST) -> bool:
    return any(one is part for one in walk(loop))


def _units(outline: Outline) -> Iterator[Sign]:
    pairs: list[tuple[str, ast.expr, ast.expr | ast.stmt]] = [
        (name_of(one.targets[0]), one.value, one) for one in outline.of(ast.Assign) if len(one.targets) == 1
    ]
    for call in outline.of(ast.Call):
        pairs += [(one.arg, one.value, one.value) for one in call.keywords if one.arg]
        if dotted(call.func) in {"time.sleep", "asyncio.sleep", "sleep"} and call.args:
            pairs.append(("sleep_seconds", call.args[0], call))
    for compare in outline.of(ast.Compare):
        if len(compare.ops) == 1 and dotted(compare.left):
            pairs.append((name_of(compare.left), compare.comparators[0], compare))
    for name, value, place in pairs:
        wanted, given = _unit(name), _unit(name_of(value))
        if wanted and given and wanted != given:
            text = f"{name} = {text_of(value)}"
            message = f"{shown(text_of(value))}, in {given}, stands where {wanted} are named ({shown(text_of(place))})."
            yield at(outline, place, rule="units-mixed", severity="medium", message=message, why=_WHY_UNITS, quote=text)


def _unit(name: str) -> str:
    _, _, last = name.lower().rpartition("_")
    if "_per_" in name.lower() or (len(last) < 3 and "_" not in name):
        return ""
    return _UNITS.get(last, "") if "_" in name or last in {"milliseconds", "seconds", "minutes", "hours"} else ""
