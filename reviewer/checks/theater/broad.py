"""Python tests that take any exception at all, where tests beside them or the code name the one that is meant."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from reviewer.checks import roles
from reviewer.checks.ident import shown
from reviewer.checks.oracles.model import RAISES, exceptions
from reviewer.checks.oracles.places import name_of
from reviewer.checks.oracles.python import text
from reviewer.checks.theater.facts import fact

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewer.checks.case import Case
    from reviewer.checks.ident import Fact
    from reviewer.checks.python_source import Function, Pair
    from reviewer.checks.theater.python_tests import Scope

_ANY = frozenset({"Exception", "BaseException"})
_RAISES = frozenset({"raises", "assertRaises"})
_RAISED = re.compile(r"\braise\s+([A-Z]\w{0,80})")
_WHY = "A wrong name or a wrong argument raises something as well, and the test passes."
_MOST = 2_000
_LONGEST = 400


def broad(pairs: Sequence[Pair], scope: Scope, case: Case) -> Iterator[Fact]:
    """Yield expectations of any exception that a change adds, where something says which one is meant.

    Args:
        pairs: functions of test files whose code differs.
        scope: the new side.
        case: the change, for what its code raises.
    """
    raised: str | None = None
    beside: dict[str, str] = {}
    for one in pairs:
        test = one.new
        if test is None or isinstance(test.node, ast.Module) or (file := scope.file(test.file)) is None:
            continue
        had = {text(call) for call in _expected(one.old)} if one.old is not None else set()
        for call in _expected(test):
            if text(call) in had or not _takes_any(call) or _looked_at(test, call):
                continue
            if test.file not in beside:
                beside[test.file] = next((kind for each in file.all[:_MOST] for kind in _named(each, scope)), "")
            meant = beside[test.file]
            if not meant:
                raised = _raised(case) if raised is None else raised
                meant = raised
            if not meant:
                continue
            who = "tests beside it name" if beside[test.file] else "the change raises"
            message = f"{shown(test.name)} takes any exception in {shown(text(call))}; {who} {shown(meant)}."
            yield fact(test.name, test.file, "low", message, _WHY, text(call), call.lineno, rule="raises-broad")


def _expected(function: Function) -> Iterator[ast.Call]:
    for node in ast.walk(function.node):
        if isinstance(node, ast.Call) and name_of(node) in _RAISES:
            yield node


def _kinds(call: ast.Call) -> list[ast.expr]:
    given = next((one.value for one in call.keywords if one.arg in {"expected_exception", "exception"}), None)
    first = call.args[0] if call.args else given
    if isinstance(first, ast.Tuple | ast.List):
        return list(first.elts)
    return [] if first is None else [first]


def _takes_any(call: ast.Call) -> bool:
    if any(one.arg in {"match", "check"} for one in call.keywords):
        return False
    return any(text(kind).removeprefix("builtins.") in _ANY for kind in _kinds(call))


def _looked_at(function: Function, call: ast.Call) -> bool:
    """Return whether the test looks at what was raised, or raises just that itself."""
    names: set[str] = set()
    own = [part for part in ast.walk(function.node) if isinstance(part, ast.Name) and part.id in _ANY]
    kinds = {id(part) for kind in _kinds(call) for part in ast.walk(kind)}
    others = {id(part) for each in _expected(function) for kind in _kinds(each) for part in ast.walk(kind)}
    if any(id(part) not in kinds | others for part in own):
        return True
    for node in ast.walk(function.node):
        if isinstance(node, ast.withitem) and node.context_expr is call and node.optional_vars is not None:
            names.update(part.id for part in ast.walk(node.optional_vars) if isinstance(part, ast.Name))
        elif isinstance(node, ast.Assign) and node.value is call:
            names.update(part.id for target in node.targets for part in ast.walk(target) if isinstance(part, ast.Name))
    return any(
        isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in names
        for node in ast.walk(function.node)
    )


def _named(function: Function, scope: Scope) -> Iterator[str]:
    """Yield the particular exceptions that a function expects."""
    for oracle in scope.own(function):
        if oracle.subject == RAISES and oracle.text.split("(")[0].rsplit(".", 1)[-1] in _RAISES:
            for kind in exceptions(oracle):
                if kind[:1].isupper() and kind not in _ANY:
                    yield kind


def _raised(case: Case) -> str:
    """Return a particular exception that the added code raises, "" if there is none or it raises any."""
    found = ""
    for file in case.files:
        if roles.language(file.path) != "python" or roles.is_test(file.path) or roles.is_foreign(file.path):
            continue
        for line in file.added:
            match = _RAISED.search(line.text[:_LONGEST])
            if match is not None and match[1] in _ANY:
                return ""
            if match is not None:
                found = found or match[1]
    return found
