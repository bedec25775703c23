"""Operators over what tests demand: another answer, a wider margin, a failure that is caught, an end before it."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from tests.evaluate.operators.source import Mutant, Operator, Source, first_statement, pick

if TYPE_CHECKING:
    from random import Random


def expected_changed(source: Source, random: Random) -> Mutant | None:
    """Another number or text is expected of the same."""
    found = [
        node.comparators[0]
        for test in source.tests()
        for node in ast.walk(test)
        if isinstance(node, ast.Compare)
        and isinstance(node.ops[0], ast.Eq)
        and isinstance(node.comparators[0], ast.Constant)
        and isinstance(node.comparators[0].value, (int, str))
        and not isinstance(node.comparators[0].value, bool)
        and node.lineno == node.end_lineno
    ]
    node = pick(random, found)
    if node is None:
        return None
    value = node.value
    words = repr(value + 1) if isinstance(value, int) else repr(str(value) + " changed")
    return Mutant(source.replaced(node, words), node.lineno, "Another answer is expected.")


def match_gone(source: Source, random: Random) -> Mutant | None:
    """A failure may say anything."""
    found = [
        node
        for test in source.tests()
        for node in ast.walk(test)
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("raises", "warns"))
        for word in node.keywords
        if word.arg == "match" and node.args
    ]
    node = pick(random, found)
    if node is None:
        return None
    words = f"{source.segment(node.func)}({', '.join(source.segment(one) for one in node.args)})"
    return Mutant(source.replaced(node, words), node.lineno, "A failure may say anything.")


def raises_gone(source: Source, random: Random) -> Mutant | None:
    """That it fails is not demanded any more."""
    found = [
        node
        for test in source.tests()
        for node in ast.walk(test)
        if isinstance(node, ast.With)
        and len(node.items) == 1
        and "raises" in ast.unparse(node.items[0].context_expr)
        and node.items[0].optional_vars is None
        and node.body[0].lineno > node.lineno
    ]
    node = pick(random, found)
    if node is None:
        return None
    indent = source.indent(node)
    lines = [*source.lines]
    lines[node.lineno - 1 : node.body[0].lineno - 1] = [f"{indent}try:\n"]
    last = (node.end_lineno or node.lineno) - (node.body[0].lineno - 1 - node.lineno)
    lines.insert(last, f"{indent}except Exception:\n{indent}    pass\n")
    return Mutant("".join(lines), node.lineno, "That it fails is not demanded.")


def assertion_caught(source: Source, random: Random) -> Mutant | None:
    """An assertion's failure is caught."""
    found = [
        node
        for test in source.tests()
        for node in test.body
        if isinstance(node, ast.Assert) and node.lineno == node.end_lineno
    ]
    node = pick(random, found)
    if node is None:
        return None
    indent = source.indent(node)
    kind = random.choice(("AssertionError", "Exception"))
    words = f"try:\n{indent}    {source.segment(node)}\n{indent}except {kind}:\n{indent}    pass"
    return Mutant(source.replaced(node, words), node.lineno + 1, "An assertion's failure is caught.")


def returned_early(source: Source, random: Random) -> Mutant | None:
    """A test ends before it asserts."""
    tests = [
        one
        for one in source.tests()
        if len(one.body) > 2 and any(isinstance(node, ast.Assert) for node in one.body[1:])
    ]
    test = pick(random, tests)
    if test is None:
        return None
    first = next(node for node in test.body[1:] if isinstance(node, ast.Assert))
    text = source.with_lines(first.lineno, f"{source.indent(first)}return\n")
    return Mutant(text, first.lineno, "A test ends before it asserts.")


def assertion_commented(source: Source, random: Random) -> Mutant | None:
    """An assertion becomes a comment."""
    found = [
        node
        for test in source.tests()
        for node in test.body
        if isinstance(node, ast.Assert) and node.lineno == node.end_lineno and len(test.body) > 1
    ]
    node = pick(random, found)
    if node is None:
        return None
    return Mutant(source.replaced(node, f"# {source.segment(node)}"), node.lineno, "An assertion is a comment.")


def expected_to_fail(source: Source, random: Random) -> Mutant | None:
    """A test may fail."""
    test = pick(random, source.tests())
    if test is None:
        return None
    line = min([test.lineno, *(mark.lineno for mark in test.decorator_list)])
    words = random.choice(("@pytest.mark.xfail", '@pytest.mark.xfail(reason="flaky", strict=False)'))
    return Mutant(source.with_lines(line, f"{source.indent(test)}{words}\n"), line, "A test may fail.")


def skipped_inside(source: Source, random: Random) -> Mutant | None:
    """A test skips itself."""
    test = pick(random, [one for one in source.tests() if len(one.body) > 1])
    if test is None:
        return None
    start = first_statement(test)
    text = source.with_lines(start.lineno, f'{source.indent(start)}pytest.skip("for now")\n')
    return Mutant(text, start.lineno, "A test skips itself.")


def renamed_away(source: Source, random: Random) -> Mutant | None:
    """A test gets a name that nobody collects."""
    test = pick(random, source.tests())
    if test is None:
        return None
    line = source.lines[test.lineno - 1]
    lines = [*source.lines]
    lines[test.lineno - 1] = line.replace(f"def {test.name}", f"def _{test.name}", 1)
    return Mutant("".join(lines), test.lineno, "Nobody collects the test.")


def equal_to_part(source: Source, random: Random) -> Mutant | None:
    """An equality becomes a look whether something is in it."""
    found = [
        (node, node.test)
        for test in source.tests()
        for node in ast.walk(test)
        if isinstance(node, ast.Assert)
        and isinstance(node.test, ast.Compare)
        and isinstance(node.test.ops[0], ast.Eq)
        and isinstance(node.test.comparators[0], ast.Constant)
        and isinstance(node.test.comparators[0].value, str)
        and re.search(r"\w{3}", node.test.comparators[0].value)
        and node.lineno == node.end_lineno
    ]
    if not found:
        return None
    node, compare = random.choice(found)
    value = compare.comparators[0]
    word = (
        re.search(r"\w{3}", value.value) if isinstance(value, ast.Constant) and isinstance(value.value, str) else None
    )
    piece = word[0] if word else ""
    words = f"assert {piece!r} in {source.segment(compare.left)}"
    return Mutant(source.replaced(node, words), node.lineno, "An equality became a look at a part.")


def margin_widened(source: Source, random: Random) -> Mutant | None:
    """A number may be off by as much as it likes."""
    found = [
        (node, node.test)
        for test in source.tests()
        for node in ast.walk(test)
        if isinstance(node, ast.Assert)
        and isinstance(node.test, ast.Compare)
        and isinstance(node.test.ops[0], ast.Eq)
        and isinstance(node.test.comparators[0], ast.Constant)
        and type(node.test.comparators[0].value) in {int, float}
        and node.lineno == node.end_lineno
    ]
    if not found:
        return None
    node, compare = random.choice(found)
    left, right = source.segment(compare.left), source.segment(compare.comparators[0])
    form = random.choice(("assert abs({0} - {1}) < 100", "assert {0} >= 0", "assert {0} == pytest.approx({1}, abs=50)"))
    return Mutant(source.replaced(node, form.format(left, right)), node.lineno, "A number may be off.")


ORACLES: dict[str, Operator] = {
    one.__name__: one
    for one in (
        expected_changed,
        match_gone,
        raises_gone,
        assertion_caught,
        returned_early,
        assertion_commented,
        expected_to_fail,
        skipped_inside,
        renamed_away,
        equal_to_part,
        margin_widened,
    )
}
