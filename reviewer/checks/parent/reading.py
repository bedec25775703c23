"""Takes new Python tests through the code before, by working both out: which of them pass there, as far as it is told.

Measured on 420 whole commits of people over seven Python projects, each taken for a repair: no finding.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from reviewer.checks import roles
from reviewer.checks.oracles.parametrized import cases
from reviewer.checks.oracles.switches import switches
from reviewer.checks.parent.code import Code
from reviewer.checks.parent.machine import Machine
from reviewer.checks.parent.values import OWN, Raised, Routine, Unclear
from reviewer.checks.python_source import parse
from reviewer.checks.sides import contents
from reviewer.checks.theater.python_tests import TestFile

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from reviewer.checks.case import Case
    from reviewer.checks.python_source import Function
    from reviewer.checks.theater.brought import Test

_MOST_TESTS = 12
_MOST_CASES = 12


def passing(case: Case, tests: Sequence[Test]) -> bool:
    """Return whether all of some tests pass with the code before as they do with the code after.

    Nothing is run; where anything is not told by reading it, the answer is no.

    Args:
        case: the change.
        tests: of its new side, all in Python.
    """
    if not 0 < len(tests) <= _MOST_TESTS or any(roles.language(test.file) != "python" for test in tests):
        return False
    sides = [_side(case, old=True), _side(case, old=False)]
    return all(_passes(test, *side) for test in tests for side in sides)


def _side(case: Case, *, old: bool) -> tuple[Callable[[str], bytes | None], tuple[str, ...]]:
    """Return the code of one side with the tests of the new one."""
    changed = {}
    for file in case.files:
        both = contents(case, file)
        changed[file.path] = both.new if roles.is_test(file.path) or not old else None
        if old and not roles.is_test(file.path):
            changed[file.old_path or file.path] = both.old
    tree = case.before if old else case.after
    paths = [path for path in (tree.paths() if tree is not None else ()) if path not in changed]
    paths += [path for path, source in changed.items() if source is not None]

    def read(path: str) -> bytes | None:
        if path in changed:
            return changed[path]
        return tree.read(path) if tree is not None else None

    return read, tuple(paths)


def _passes(test: Test, read: Callable[[str], bytes | None], paths: tuple[str, ...]) -> bool:
    tree = parse(read(test.file) or b"")
    file = TestFile.of(tree, test.file) if tree is not None else None
    function = next((one for one in file.all if one.name == test.name), None) if file else None
    if file is None or function is None or file.owner(function) is not None:
        return False
    if any(off.kind == "skip" for off in switches(function, file.classes)):
        return True
    given = _cases(function, file)
    return bool(given) and all(_ends_well(function, Code(read, paths), one) for one in given)


def _cases(function: Function, file: TestFile) -> list[dict[str, ast.expr]]:
    """Return the values of the parameters of a test, once for each of its cases; none where they are not written."""
    node = function.node
    if not isinstance(node, ast.FunctionDef):
        return []
    names = [one.arg for one in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]
    if not names:
        return [] if node.decorator_list else [{}]
    if len(node.decorator_list) != 1:
        return []
    listed = [one for one in cases(function, file.tree) if one.line == node.decorator_list[0].lineno]
    asked = [one.strip() for one in listed[0].names.split(",")] if len(listed) == 1 else []
    if sorted(asked) != sorted(names) or not 0 < len(listed[0].parts) <= _MOST_CASES:
        return []
    found = []
    for parts in listed[0].parts:
        values = [ast.parse(one, mode="eval").body for one in parts] if "…" not in "".join(parts) else []
        if len(asked) == 1 and len(parts) != 1:
            return []
        if len(values) != len(asked):
            return []
        found.append(dict(zip(asked, values, strict=True)))
    return found


def _ends_well(function: Function, code: Code, given: dict[str, ast.expr]) -> bool:
    machine = Machine(code)
    try:
        module = code.at(function.file)
        values = {name: machine.value(value, {}, module) for name, value in given.items()}
        if isinstance(function.node, ast.Module):
            return False
        machine.call(Routine(function.node, module, {}), [], values)
    except (Raised, Unclear, SyntaxError, *OWN):
        return False
    return True
