"""Where the statements of a Python test stand: which of them run whenever the test runs, and which never do.

Knows nothing of assertions; who asks says what counts as one.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from reviewer.checks.oracles.nothing import empty_names, filtered_out

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewer.checks.python_source import Function

_LEAVES = frozenset({"skip", "skipTest", "fail", "exit", "xfail"})
_SUPPRESSORS = frozenset({"suppress"})
_EXPECTS = frozenset({"raises", "assertRaises", "assertRaisesRegex"})
ENVIRONMENT = re.compile(
    r"(?i)platform|version|\bwin|linux|darwin|macos|pypy|posix|os\.name|which|\bsys\b|environ|getenv|\bCI\b"
    r"|has_|have_|_available|installed|implementation|importlib|PY_?\d"
)
"""Words of a condition about the machine that tests run on."""
_Block: TypeAlias = tuple[list[ast.stmt], str, str]


@dataclass(frozen=True, slots=True)
class Placed:
    """A statement that stands in no other statement's expression.

    Attributes:
        guard: what decides whether it runs, "" if nothing does.
        never: why it never runs, "" if it can.
    """

    node: ast.stmt
    guard: str
    never: str


def placed(function: Function) -> Iterator[Placed]:
    """Yield the statements of a function, with those of functions inside it, each with what stands before it."""
    body = list(function.node.body)
    called = {
        node.id if isinstance(node, ast.Name) else node.attr
        for node in ast.walk(function.node)
        if isinstance(node, ast.Name | ast.Attribute)
    }
    empty = empty_names(function.node)
    pending: list[_Block] = [(body, "", "")]
    while pending:
        block, guard, never = pending.pop()
        for number, statement in enumerate(block):
            yield Placed(statement, guard, never)
            pending.extend(_inner(statement, guard, never, (called, empty)))
            if _leaves(statement):
                never = never or "it stands after the end of the test"
            elif isinstance(statement, ast.If) and number < len(block) - 1 and _may_leave(statement):
                guard = guard or condition(statement.test)


def _inner(  # noqa: C901 - one branch a statement
    statement: ast.stmt, guard: str, never: str, known: tuple[set[str], frozenset[str]]
) -> Iterator[_Block]:
    match statement:
        case ast.If():
            truth, kind = constant(statement.test), condition(statement.test)
            yield statement.body, guard if truth else guard or kind, never or ("" if truth is not False else _FALSE)
            yield statement.orelse, guard or kind, never or ("" if truth is not True else _FALSE)
        case ast.For() | ast.AsyncFor():
            empty = isinstance(statement.iter, ast.Name) and statement.iter.id in known[1]
            count = 0 if empty else length(statement.iter)
            yield statement.body, guard if count else guard or "loop", never or (_EMPTY if count == 0 else "")
            yield statement.orelse, guard, never
        case ast.While():
            truth = constant(statement.test)
            yield statement.body, guard if truth else guard or "loop", never or (_FALSE if truth is False else "")
            yield statement.orelse, guard, never
        case ast.Try() | ast.TryStar():
            yield statement.body, guard or ("try" if statement.handlers else ""), never
            for handler in statement.handlers:
                yield handler.body, guard or "except", never
            yield statement.orelse, guard or ("try" if statement.handlers else ""), never
            yield statement.finalbody, guard, never
        case ast.With() | ast.AsyncWith():
            names = {name_of(item.context_expr) for item in statement.items}
            yield statement.body, guard or ("try" if names & _SUPPRESSORS else ""), never
        case ast.Match():
            for case in statement.cases:
                yield case.body, guard or "if", never
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            unused = statement.name not in known[0] and not statement.decorator_list
            dead = f"it stands in {statement.name}, which nothing here calls" if unused else ""
            yield list(statement.body), guard, never or dead
        case ast.ClassDef():
            # Whatever the class is handed to calls its methods.
            methods = [one for one in statement.body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)]
            yield [one for one in statement.body if one not in methods], guard, never
            for method in methods:
                yield list(method.body), guard, never


_FALSE = "its condition is never true"
_EMPTY = "it stands in a loop over nothing"


def condition(test: ast.expr) -> str:
    """Return the guard that an `if` is: "machine" where it asks for the platform or a version."""
    named = [part for part in ast.walk(test) if isinstance(part, ast.Name | ast.Attribute)]
    words = " ".join(part.id if isinstance(part, ast.Name) else part.attr for part in named)
    return "machine" if ENVIRONMENT.search(words) else "if"


def after_raise(block: ast.With | ast.AsyncWith) -> Iterator[ast.Assert]:
    """Yield assertions at the end of a block that expects an exception: what raises it stands before them."""
    expecting = [item.context_expr for item in block.items if name_of(item.context_expr) in _EXPECTS]
    if not expecting or any("Assertion" in part.id for part in ast.walk(expecting[0]) if isinstance(part, ast.Name)):
        return
    rest: list[ast.stmt] = list(block.body)
    final: list[ast.Assert] = []
    while rest and isinstance(last := rest[-1], ast.Assert):
        final.append(last)
        rest.pop()
    if any(_calls(one) for one in rest):
        yield from (one for one in reversed(final) if not _calls(one))


def constant(test: ast.expr) -> bool | None:
    """Return the truth of an expression that is the same always, None for one that is not known to be."""
    if isinstance(test, ast.Constant):
        return bool(test.value)
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not) and isinstance(test.operand, ast.Constant):
        return not test.operand.value
    if isinstance(test, ast.List | ast.Tuple | ast.Set | ast.Dict):
        return bool(length(test))
    return None


def length(values: ast.expr) -> int | None:
    """Return how many values an expression has as it is written, None if that cannot be seen."""
    if isinstance(values, ast.List | ast.Tuple | ast.Set):
        return None if any(isinstance(one, ast.Starred) for one in values.elts) else len(values.elts)
    if isinstance(values, ast.Dict):
        return None if None in values.keys else len(values.keys)
    if filtered_out(values):
        return 0
    if isinstance(values, ast.Constant) and isinstance(values.value, str | bytes):
        return len(values.value)
    if isinstance(values, ast.Call) and not values.keywords:
        name = name_of(values)
        if name in {"list", "tuple", "set", "dict", "frozenset"} and not values.args:
            return 0
        if name in {"list", "tuple", "enumerate", "reversed", "sorted", "iter"} and len(values.args) == 1:
            inner = values.args[0]
            return length(inner) if not isinstance(inner, ast.Call) or name_of(inner) == "range" else None
        numbers = [one.value for one in values.args if isinstance(one, ast.Constant) and isinstance(one.value, int)]
        if name == "range" and numbers and len(numbers) == len(values.args) and all(numbers[2:]):
            return len(range(*numbers[:3]))
        if name in {"items", "keys", "values"} and isinstance(values.func, ast.Attribute):
            return length(values.func.value) if isinstance(values.func.value, ast.Dict) else None
    return None


def name_of(node: ast.AST) -> str:
    """Return the own name of a name, an attribute, or of what is called; "" for anything else."""
    if isinstance(node, ast.Call):
        node = node.func
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _leaves(statement: ast.stmt) -> bool:
    """Return whether nothing of the same block runs after a statement."""
    if isinstance(statement, ast.Return | ast.Raise | ast.Continue | ast.Break):
        return True
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        return name_of(statement.value) in _LEAVES
    return isinstance(statement, ast.If) and constant(statement.test) is True and _ends(statement.body)


def _may_leave(statement: ast.If) -> bool:
    return constant(statement.test) is None and (_ends(statement.body) or _ends(statement.orelse))


def _ends(block: Sequence[ast.stmt]) -> bool:
    if not block:
        return False
    last = block[-1]
    if isinstance(last, ast.Return):
        return True
    return isinstance(last, ast.Expr) and isinstance(last.value, ast.Call) and name_of(last.value) in _LEAVES - {"fail"}


def _calls(statement: ast.stmt) -> bool:
    return any(
        isinstance(part, ast.Call | ast.Await) and name_of(part) not in {"str", "len", "repr", "type", "isinstance"}
        for part in ast.walk(statement)
    )
