"""Operators that make tests say less: `test_theater`. They work on tests that were there before the commit."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from tests.evaluate.operators.source import Mutant, Operator, Source, pick

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random


def _equalities(source: Source) -> Iterator[tuple[ast.Assert, ast.Compare]]:
    for test in source.tests():
        for node in ast.walk(test):
            if isinstance(node, ast.Assert) and isinstance(node.test, ast.Compare) and node.lineno == node.end_lineno:
                compare = node.test
                if len(compare.ops) == 1 and isinstance(compare.ops[0], ast.Eq):
                    yield node, compare


def _weakened(source: Source, random: Random, form: str, words: str) -> Mutant | None:
    found = list(_equalities(source))
    if not found:
        return None
    node, compare = random.choice(found)
    left, right = source.segment(compare.left), source.segment(compare.comparators[0])
    return Mutant(source.replaced(node, form.format(left=left, right=right)), node.lineno, words)


def equal_to_not_none(source: Source, random: Random) -> Mutant | None:
    """An equality becomes a look whether there is anything."""
    return _weakened(source, random, "assert {left} is not None", "An equality became 'is not None'.")


def equal_to_truth(source: Source, random: Random) -> Mutant | None:
    """An equality becomes a look whether it is true."""
    return _weakened(source, random, "assert {left}", "An equality became a truth test.")


def equal_to_type(source: Source, random: Random) -> Mutant | None:
    """An equality becomes a look at the type."""
    form = "assert isinstance({left}, type({right}))"
    return _weakened(source, random, form, "An equality became a type test.")


def equal_to_itself(source: Source, random: Random) -> Mutant | None:
    """An equality compares a value with itself."""
    return _weakened(source, random, "assert {left} == {left}", "A value is compared with itself.")


def assertion_gone(source: Source, random: Random) -> Mutant | None:
    """One assertion of several is dropped."""
    tests = [one for one in source.tests() if sum(isinstance(node, ast.Assert) for node in one.body) > 1]
    test = pick(random, tests)
    if test is None:
        return None
    lost = random.choice([node for node in test.body if isinstance(node, ast.Assert)])
    text = source.without_lines(lost.lineno, lost.end_lineno or lost.lineno)
    return Mutant(text, test.lineno, "An assertion was dropped.")


def cases_dropped(source: Source, random: Random) -> Mutant | None:
    """Half of the cases of a table go."""
    tables = [
        argument
        for test in source.tests()
        for mark in test.decorator_list
        if isinstance(mark, ast.Call) and ast.unparse(mark.func).endswith("parametrize") and len(mark.args) > 1
        for argument in [mark.args[1]]
        if isinstance(argument, (ast.List, ast.Tuple)) and len(argument.elts) > 1
    ]
    table = pick(random, tables)
    if table is None:
        return None
    kept = table.elts[: len(table.elts) // 2]
    words = "[" + ", ".join(source.segment(one) for one in kept) + "]"
    return Mutant(source.replaced(table, words), table.lineno, "Half of the cases were dropped.")


def raises_widened(source: Source, random: Random) -> Mutant | None:
    """The expected exception becomes any."""
    calls = [
        node
        for test in source.tests()
        for node in ast.walk(test)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func).endswith(("pytest.raises", "assertRaises"))
        and node.args
        and isinstance(node.args[0], (ast.Name, ast.Attribute))
        and ast.unparse(node.args[0]) not in {"Exception", "BaseException"}
    ]
    call = pick(random, calls)
    if call is None:
        return None
    return Mutant(source.replaced(call.args[0], "Exception"), call.lineno, "The expected exception became any.")


def skipped(source: Source, random: Random) -> Mutant | None:
    """A test is skipped."""
    test = pick(random, source.tests())
    if test is None:
        return None
    line = min([test.lineno, *(mark.lineno for mark in test.decorator_list)])
    mark = f'{source.indent(test)}@pytest.mark.skip(reason="unstable")\n'
    return Mutant(source.with_lines(line, mark), line, "A test is skipped.")


def deleted(source: Source, random: Random) -> Mutant | None:
    """A test goes."""
    test = pick(random, [one for one in source.tests() if source.old and f"def {one.name}(" in source.old])
    if test is None or source.old is None:
        return None
    line = min([test.lineno, *(mark.lineno for mark in test.decorator_list)])
    old = next(n for n, one in enumerate(source.old.splitlines(), 1) if f"def {test.name}(" in one)
    text = source.without_lines(line, test.end_lineno or test.lineno)
    return Mutant(text, old, "A test is gone.", is_gone=True)


def empty_loop(source: Source, random: Random) -> Mutant | None:
    """An assertion moves into a loop over nothing."""
    found = [node for node, _ in _equalities(source)]
    node = pick(random, found)
    if node is None:
        return None
    indent = source.indent(node)
    words = f"for _ in []:\n{indent}    {source.segment(node)}"
    return Mutant(source.replaced(node, words), node.lineno, "An assertion stands in a loop over nothing.")


OPERATORS: dict[str, Operator] = {
    one.__name__: one
    for one in (
        equal_to_not_none,
        equal_to_truth,
        equal_to_type,
        equal_to_itself,
        assertion_gone,
        cases_dropped,
        raises_widened,
        skipped,
        deleted,
        empty_loop,
    )
}
