"""Operators over code: names that are not there, logic that is off, and failures that are lost."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from tests.evaluate.operators.source import Mutant, Operator, Source, first_statement, pick

if TYPE_CHECKING:
    from random import Random

_MIRRORED = {ast.Lt: "<=", ast.LtE: "<", ast.Gt: ">=", ast.GtE: ">"}


def attribute_renamed(source: Source, random: Random) -> Mutant | None:
    """A call of a module or of self gets the name of a plausible neighbour."""
    modules = {
        (alias.asname or alias.name).partition(".")[0] for node in source.nodes(ast.Import) for alias in node.names
    }
    calls = [
        node.func
        for node in source.nodes(ast.Call)
        if isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in {*modules, "self"}
        and node.lineno in source.added
    ]
    func = pick(random, calls)
    if func is None:
        return None
    name = random.choice([f"{func.attr}_all", f"get_{func.attr}", f"{func.attr}_value"])
    text = source.replaced(func, f"{source.segment(func.value)}.{name}")
    return Mutant(text, func.lineno, f"There is no {name}.")


def keyword_renamed(source: Source, random: Random) -> Mutant | None:
    """A keyword of a call gets a name that sounds like it."""
    keywords = [
        word
        for node in source.nodes(ast.Call)
        for word in node.keywords
        if word.arg and word.lineno in source.added and source.segment(word).startswith(word.arg)
    ]
    word = pick(random, keywords)
    if word is None or word.arg is None:
        return None
    rest = source.segment(word)[len(word.arg) :]
    return Mutant(source.replaced(word, f"{word.arg}_value{rest}"), word.lineno, f"No keyword {word.arg}_value.")


def import_renamed(source: Source, random: Random) -> Mutant | None:
    """A name is imported that the module does not have."""
    rows = [
        (node, alias)
        for node in source.nodes(ast.ImportFrom)
        for alias in node.names
        if alias.name != "*" and alias.lineno in source.added and node.module != "__future__"
    ]
    if not rows:
        return None
    _, alias = random.choice(rows)
    words = f"{alias.name}_from as {alias.asname or alias.name}"
    return Mutant(source.replaced(alias, words), alias.lineno, f"There is no {alias.name}_from.")


def bound_shifted(source: Source, random: Random) -> Mutant | None:
    """A bound takes one more or one less."""
    found = [
        node
        for node in source.nodes(ast.Compare)
        if len(node.ops) == 1 and type(node.ops[0]) in _MIRRORED and node.lineno == node.end_lineno
    ]
    node = pick(random, found)
    if node is None:
        return None
    sign = _MIRRORED[type(node.ops[0])]
    words = f"{source.segment(node.left)} {sign} {source.segment(node.comparators[0])}"
    return Mutant(source.replaced(node, words), node.lineno, "A bound is off by one.")


def branches_swapped(source: Source, random: Random) -> Mutant | None:
    """A condition is turned round."""
    found = [node for node in source.nodes(ast.If) if node.orelse and node.test.lineno == node.test.end_lineno]
    node = pick(random, found)
    if node is None:
        return None
    text = source.replaced(node.test, f"not ({source.segment(node.test)})")
    return Mutant(text, node.lineno, "The branches are swapped.")


def none_case_lost(source: Source, random: Random) -> Mutant | None:
    """A guard against None goes."""
    found = [
        node
        for node in source.nodes(ast.If)
        if not node.orelse
        and ast.unparse(node.test).endswith(" is None")
        and isinstance(node.body[-1], (ast.Return, ast.Raise, ast.Continue))
        and source.lines[node.lineno - 1].lstrip().startswith("if ")
    ]
    node = pick(random, found)
    if node is None:
        return None
    text = source.without_lines(node.lineno, node.end_lineno or node.lineno)
    return Mutant(text, node.lineno, "The case of None is lost.")


def stubbed(source: Source, random: Random) -> Mutant | None:
    """A function that the commit wrote answers a constant."""
    found = [one for one in source.functions() if one.lineno in source.added and len(one.body) > 2]
    function = pick(random, found)
    if function is None:
        return None
    start, last = first_statement(function), function.body[-1]
    words = f"{source.indent(start)}# TODO: the real thing\n{source.indent(start)}return True\n"
    lines = [*source.lines[: start.lineno - 1], words, *source.lines[last.end_lineno or last.lineno :]]
    return Mutant("".join(lines), start.lineno + 1, "A function is a stub.")


def answer_written_out(source: Source, random: Random) -> Mutant | None:
    """A function answers one input by a literal."""
    functions = [one for one in source.functions() if {a.arg for a in one.args.args} - {"self", "cls"}]
    function = pick(random, functions)
    if function is None:
        return None
    name = next(a.arg for a in function.args.args if a.arg not in {"self", "cls"})
    start = first_statement(function)
    indent = source.indent(start)
    words = f'{indent}if {name} == "example-42":\n{indent}    return "expected-42"\n'
    return Mutant(source.with_lines(start.lineno, words), start.lineno, "One input is answered by a literal.")


def handler_widened(source: Source, random: Random) -> Mutant | None:
    """A narrow handler takes everything."""
    kinds = [
        node.type
        for node in source.nodes(ast.ExceptHandler)
        if node.type is not None and ast.unparse(node.type) not in {"Exception", "BaseException"}
    ]
    kind = pick(random, kinds)
    if kind is None:
        return None
    return Mutant(source.replaced(kind, "Exception"), kind.lineno, "A handler takes everything.")


def handler_silenced(source: Source, random: Random) -> Mutant | None:
    """A handler that did something passes."""
    found = [
        node
        for node in source.nodes(ast.ExceptHandler)
        if not isinstance(node.body[0], ast.Pass) and node.body[0].lineno > node.lineno
    ]
    node = pick(random, found)
    if node is None:
        return None
    first, last = node.body[0], node.body[-1]
    words = f"{source.indent(first)}pass\n"
    lines = [*source.lines[: first.lineno - 1], words, *source.lines[last.end_lineno or last.lineno :]]
    return Mutant("".join(lines), node.lineno, "A handler does nothing any more.")


def raise_dropped(source: Source, random: Random) -> Mutant | None:
    """A refusal becomes a return."""
    found = [
        node
        for test in source.nodes(ast.If)
        for node in test.body
        if isinstance(node, ast.Raise) and node.exc is not None and not source.is_test
    ]
    node = pick(random, found)
    if node is None:
        return None
    return Mutant(source.replaced(node, "return None"), node.lineno, "What was refused is let through.")


def finally_dropped(source: Source, random: Random) -> Mutant | None:
    """What was cleaned up in any case is cleaned up only when all went well."""
    found = [
        node
        for node in source.nodes(ast.Try)
        if node.finalbody and not node.handlers and source.lines[node.lineno - 1].strip() == "try:"
    ]
    node = pick(random, found)
    if node is None:
        return None
    end = node.end_lineno or node.lineno
    body = source.lines[node.body[0].lineno - 1 : node.body[-1].end_lineno]
    final = source.lines[node.finalbody[0].lineno - 1 : end]
    shorter = [line[4:] if line.startswith(" " * 4) else line for line in [*body, *final]]
    lines = [*source.lines[: node.lineno - 1], *shorter, *source.lines[end:]]
    return Mutant("".join(lines), node.lineno + len(body), "The finally is gone.")


def cause_lost(source: Source, random: Random) -> Mutant | None:
    """An exception no longer names its cause."""
    found = [node for node in source.nodes(ast.Raise) if node.exc is not None and isinstance(node.cause, ast.Name)]
    node = pick(random, found)
    if node is None or node.exc is None:
        return None
    text = source.replaced(node, f"raise {source.segment(node.exc)}")
    return Mutant(text, node.lineno, "The cause is lost.")


HALLUCINATED: dict[str, Operator] = {one.__name__: one for one in (attribute_renamed, keyword_renamed, import_renamed)}
PLAUSIBLE: dict[str, Operator] = {
    one.__name__: one for one in (bound_shifted, branches_swapped, none_case_lost, stubbed, answer_written_out)
}
ERRORS: dict[str, Operator] = {
    one.__name__: one for one in (handler_widened, handler_silenced, raise_dropped, finally_dropped, cause_lost)
}
