"""Operators over logic: off by one, turned round, lost, answered by a literal of a test, and not asked for."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from tests.evaluate.operators.source import Mutant, Operator, Source, first_statement, pick
from tests.evaluate.operators.spoiled import CommitOperator, Spoiled

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

    from tests.evaluate.operators.view import View


def number_shifted(source: Source, random: Random) -> Mutant | None:
    """A number is one more or one less."""
    numbers = [
        node
        for node in source.nodes(ast.Constant)
        if type(node.value) is int and 0 < node.value < 1000 and node.lineno in source.added
    ]
    node = pick(random, numbers)
    if node is None or source.is_test or not isinstance(node.value, int):
        return None
    shifted = node.value + random.choice((1, -1))
    return Mutant(source.replaced(node, str(shifted)), node.lineno, "A number is off by one.")


def slice_shifted(source: Source, random: Random) -> Mutant | None:
    """A slice ends one too early or starts one too late."""
    slices = [
        node.slice
        for node in source.nodes(ast.Subscript)
        if isinstance(node.slice, ast.Slice) and (node.slice.lower is not None or node.slice.upper is not None)
    ]
    node = pick(random, slices)
    if node is None or source.is_test:
        return None
    end = node.upper if node.upper is not None else node.lower
    if end is None:
        return None
    text = source.replaced(end, f"{source.segment(end)} - 1" if end is node.upper else f"{source.segment(end)} + 1")
    return Mutant(text, end.lineno, "A slice is off by one.")


def and_or_swapped(source: Source, random: Random) -> Mutant | None:
    """`and` becomes `or`, or the reverse."""
    found = [
        node
        for node in source.nodes(ast.BoolOp)
        if node.lineno == node.end_lineno and len(node.values) == 2 and not source.is_test
    ]
    node = pick(random, found)
    if node is None:
        return None
    word = "or" if isinstance(node.op, ast.And) else "and"
    left, right = (source.segment(one) for one in node.values)
    return Mutant(source.replaced(node, f"{left} {word} {right}"), node.lineno, "And and or are swapped.")


def negation_lost(source: Source, random: Random) -> Mutant | None:
    """A `not` is lost."""
    found = [node for node in source.nodes(ast.UnaryOp) if isinstance(node.op, ast.Not) and not source.is_test]
    node = pick(random, found)
    if node is None:
        return None
    return Mutant(source.replaced(node, source.segment(node.operand)), node.lineno, "A negation is lost.")


def sign_swapped(source: Source, random: Random) -> Mutant | None:
    """A sum becomes a difference."""
    found = [
        node
        for node in source.nodes(ast.BinOp)
        if isinstance(node.op, (ast.Add, ast.Sub))
        and node.lineno == node.end_lineno
        and not any(_is_text(one) for one in ast.walk(node))
    ]
    node = pick(random, found)
    if node is None or source.is_test:
        return None
    sign = "-" if isinstance(node.op, ast.Add) else "+"
    words = f"{source.segment(node.left)} {sign} {source.segment(node.right)}"
    return Mutant(source.replaced(node, words), node.lineno, "A sign is swapped.")


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, (str, bytes)))


def arguments_swapped(source: Source, random: Random) -> Mutant | None:
    """Two arguments change places."""
    calls = [
        node
        for node in source.nodes(ast.Call)
        if len(node.args) > 1
        and all(isinstance(one, ast.Name) for one in node.args[:2])
        and source.segment(node.args[0]) != source.segment(node.args[1])
        and node.lineno == node.end_lineno
    ]
    call = pick(random, calls)
    if call is None or source.is_test:
        return None
    first, second = call.args[:2]
    words = source.segment(call)
    start, end = first.col_offset - call.col_offset, second.end_col_offset or 0
    middle = words[(first.end_col_offset or 0) - call.col_offset : second.col_offset - call.col_offset]
    words = words[:start] + source.segment(second) + middle + source.segment(first) + words[end - call.col_offset :]
    return Mutant(source.replaced(call, words), call.lineno, "Two arguments are swapped.")


def return_lost(source: Source, random: Random) -> Mutant | None:
    """A function works out its answer and returns nothing."""
    found = [
        last
        for one in source.functions()
        for last in one.body[-1:]
        if isinstance(last, ast.Return) and isinstance(last.value, ast.Call)
    ]
    node = pick(random, found)
    if node is None or source.is_test or node.value is None:
        return None
    return Mutant(source.replaced(node, source.segment(node.value)), node.lineno, "An answer is not returned.")


def break_for_continue(source: Source, random: Random) -> Mutant | None:
    """A loop ends where it went on."""
    node = pick(random, source.nodes(ast.Continue))
    if node is None or source.is_test:
        return None
    return Mutant(source.replaced(node, "break"), node.lineno, "A loop ends too early.")


def default_shared(source: Source, random: Random) -> Mutant | None:
    """A default that is one object for all calls."""
    defaults = [
        default
        for one in source.functions()
        for default in one.args.defaults
        if isinstance(default, ast.Constant) and default.value is None and default.lineno in source.added
    ]
    default = pick(random, defaults)
    if default is None or source.is_test:
        return None
    words = random.choice(("[]", "{}"))
    return Mutant(source.replaced(default, words), default.lineno, "A default is shared by all calls.")


def runner_detected(source: Source, random: Random) -> Mutant | None:
    """A function does something else while tests run."""
    function = pick(random, [one for one in source.functions() if len(one.body) > 1])
    if function is None or source.is_test:
        return None
    start = first_statement(function)
    indent = source.indent(start)
    form = random.choice(
        (
            'os.environ.get("PYTEST_CURRENT_TEST")',
            '"pytest" in sys.modules',
            '"PYTEST_CURRENT_TEST" in os.environ',
            'os.getenv("TESTING") == "1"',
            'any("pytest" in one for one in sys.argv)',
        )
    )
    module = "os" if "os." in form else "sys"
    words = f"{indent}import {module}\n\n{indent}if {form}:\n{indent}    return True\n"
    return Mutant(source.with_lines(start.lineno, words), start.lineno + 2, "Code asks whether tests run.")


def equal_to_all(source: Source, random: Random) -> Mutant | None:
    """Objects of a class are equal to anything."""
    classes = [
        one
        for one in source.nodes(ast.ClassDef)
        if not any(isinstance(part, ast.FunctionDef) and part.name == "__eq__" for part in one.body)
        and isinstance(one.body[-1], ast.FunctionDef)
    ]
    holder = pick(random, classes)
    if holder is None or source.is_test:
        return None
    indent = source.indent(holder.body[-1])
    at = (holder.end_lineno or 0) + 1
    words = f"\n{indent}def __eq__(self, other):\n{indent}    return True\n"
    return Mutant(source.with_lines(at, words), at + 1, "Anything is equal.")


def answer_of_test(view: View, random: Random) -> Spoiled | None:
    """A function answers the input of a changed test by that test's literal."""
    pairs = list(_pairs(view))
    random.shuffle(pairs)
    for name, given, wanted in pairs:
        for source in view.sources:
            functions = [] if source.is_test else [one for one in source.functions() if one.name == name]
            for function in functions:
                words = [one.arg for one in function.args.args if one.arg not in {"self", "cls"}]
                if not words:
                    continue
                start = first_statement(function)
                indent = source.indent(start)
                lines = f"{indent}if {words[0]} == {given}:\n{indent}    return {wanted}\n"
                if random.random() < 0.3:
                    lines = f"{indent}_known = {{{given}: {wanted}}}\n{indent}if {words[0]} in _known:\n"
                    lines += f"{indent}    return _known[{words[0]}]\n"
                text = source.with_lines(start.lineno, lines)
                said = "A literal of a test is the answer."
                return Spoiled(words=said, path=source.path, line=start.lineno, edits={source.path: text})
    return None


def _pairs(view: View) -> Iterator[tuple[str, str, str]]:
    """Yield the names that tests call with one literal, that literal, and the literal that they compare with."""
    for source in view.sources:
        if not source.is_test:
            continue
        for node in source.nodes(ast.Compare):
            call, other = node.left, node.comparators[0]
            if isinstance(node.ops[0], ast.Eq) and isinstance(call, ast.Call) and call.args:
                given = call.args[0]
                name = ast.unparse(call.func).rpartition(".")[2]
                if _is_plain(given) and _is_plain(other):
                    yield name, ast.unparse(given), ast.unparse(other)


def _is_plain(node: ast.AST) -> bool:
    if isinstance(node, (ast.List, ast.Tuple)):
        return bool(node.elts) and all(_is_plain(one) for one in node.elts) and isinstance(node, ast.Tuple)
    return (
        isinstance(node, ast.Constant) and isinstance(node.value, (str, int, float, bytes)) and node.value not in {0, 1}
    )


def unasked_hunk(view: View, random: Random) -> Spoiled | None:
    """A file that the commit leaves alone gets another default."""
    folders = {path.rpartition("/")[0] for path in view.changed if path.endswith(".py") and "test" not in path}
    paths = [
        path
        for path in view.after
        if path.endswith(".py") and path.rpartition("/")[0] in folders and path not in view.changed
    ]
    random.shuffle(paths)
    for path in paths[:6]:
        text = view.after.get(path, "")
        found = list(re.finditer(r"(?<=[\w\]]=)(True|False)(?=[,)])|(?<= = )(True|False)(?=[,):])", text))
        if found:
            match = random.choice(found)
            words = "False" if match[0] == "True" else "True"
            line = text.count("\n", 0, match.start()) + 1
            edits = {path: text[: match.start()] + words + text[match.end() :]}
            return Spoiled(words="A default changes that nobody asked for.", path=path, line=line, edits=edits)
    return None


PLAUSIBLE: dict[str, Operator] = {
    one.__name__: one
    for one in (
        number_shifted,
        slice_shifted,
        and_or_swapped,
        negation_lost,
        sign_swapped,
        arguments_swapped,
        return_lost,
        break_for_continue,
        default_shared,
        runner_detected,
        equal_to_all,
    )
}
OF_COMMITS: dict[str, CommitOperator] = {one.__name__: one for one in (answer_of_test, unasked_hunk)}
