"""Answers that fit a test: branches, tables and constants that hold what one test gives and expects."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from reviewer.checks.ident import shown
from reviewer.checks.plausible.outline import name_of, parameters, text_of
from reviewer.checks.plausible.sign import at
from reviewer.checks.plausible.spoken import is_literal
from reviewer.checks.python_nodes import walk
from reviewer.checks.python_source import own, statements

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewer.checks.plausible.outline import Outline
    from reviewer.checks.plausible.sign import Sign
    from reviewer.checks.plausible.spoken import Example, Spoken
    from reviewer.checks.python_source import Definition

_WHY = "An answer that is written down for the input of a test is right for that input only."
_TRIVIAL = frozenset(
    {"None", "True", "False", "0", "1", "-1", "''", "[]", "{}", "()", "0.0", "1.0", "b''", "2", "set()", "10", "100"}
)
_WORD = re.compile(r"'[\w.:/+-]{1,40}'")
_MAX_BRANCHES = 200


class _Branch:
    """A place that gives a literal when parameters have literal values."""

    __slots__ = ("given", "gives", "node")

    def __init__(self, node: ast.expr | ast.stmt, given: Sequence[str], gives: str) -> None:
        self.node = node
        self.given = tuple(given)
        self.gives = gives


def signs(spoken: Spoken, outline: Outline) -> Iterator[Sign]:
    """Yield the answers in touched functions that tests give away."""
    tables = _tables(outline)
    found = {one: [*_branches(one), *_looked_up(one, tables)][:_MAX_BRANCHES] for one in outline.functions()}
    names = frozenset(function.name for function, branches in found.items() if branches)
    known = spoken.examples(names) if names else []
    for function, branches in found.items():
        mine = [one for one in known if one.name == function.name]
        for branch in branches:
            if not outline.touches(branch.node.lineno, branch.node.end_lineno):
                continue
            example = next((one for one in mine if _fits(branch, one)), None)
            if example is not None:
                yield _told(outline, function, branch, example)
            elif branch.given and _is_data(branch):
                text = f"{', '.join(branch.given)} gives {branch.gives}"
                message = f"{shown(function.name)} has the answer for one input written down: {shown(text)}."
                yield at(
                    outline, branch.node, rule="answer-literal", severity="low", message=message, why=_WHY, quote=text
                )


def _told(outline: Outline, function: Definition, branch: _Branch, example: Example) -> Sign:
    place = f"{shown(example.path)}:{example.line}"
    if branch.given:
        text = f"{', '.join(branch.given)} gives {branch.gives}"
        message = (
            f"{shown(function.name)} has the answer for the input of a test written down ({shown(text)}; {place})."
        )
    else:
        text = branch.gives
        message = f"{shown(function.name)} always gives {shown(text)}, which is what a test expects ({place})."
    sign = at(outline, branch.node, rule="answer-of-test", severity="high", message=message, why=_WHY, quote=text)
    return replace(sign, evidence=(f"file:{example.path}:{example.line}",))


def _fits(branch: _Branch, example: Example) -> bool:
    if branch.gives != example.expected:
        return False
    if not branch.given:
        return branch.gives not in _TRIVIAL
    if not set(branch.given) <= set(example.given):
        return False
    plain = all(one in _TRIVIAL or _WORD.fullmatch(one) for one in branch.given)
    # A table from words to words, or the end of a recursion, is what many tests ask for.
    return not plain or (branch.gives not in _TRIVIAL and not _WORD.fullmatch(branch.gives))


def _is_data(branch: _Branch) -> bool:
    """Return whether the input looks like an example more than like a kind of thing."""
    long = [one for one in branch.given if one not in _TRIVIAL and not _WORD.fullmatch(one)]
    return bool(long) and branch.gives not in _TRIVIAL and not _WORD.fullmatch(branch.gives)


def _branches(function: Definition) -> list[_Branch]:
    names = {argument.arg for argument in parameters(function)} - {"self", "cls"}
    body = statements(function)
    found: list[_Branch] = []
    only = body[0] if len(body) == 1 else None
    if isinstance(only, ast.Return) and only.value is not None and is_literal(only.value) and names:
        found.append(_Branch(only, (), ast.unparse(only.value)))
    asked = _is_asked(function, names)
    for node in own(function):
        if isinstance(node, ast.If | ast.IfExp):
            given = _given(node.test, names)
            gives = _gives(node.body)
            found += [_Branch(node.test, given, gives)] if given and gives else []
        elif isinstance(node, ast.Match) and names & {name_of(node.subject)}:
            found += _cases(node)
        elif isinstance(node, ast.Dict) and asked:
            found += _rows(node)
    return found


def _cases(node: ast.Match) -> Iterator[_Branch]:
    for one in node.cases:
        gives = _gives(one.body)
        if isinstance(one.pattern, ast.MatchValue) and is_literal(one.pattern.value) and gives:
            yield _Branch(one.pattern.value, (ast.unparse(one.pattern.value),), gives)


def _rows(node: ast.Dict) -> Iterator[_Branch]:
    for key, value in zip(node.keys, node.values, strict=True):
        if key is not None and is_literal(key) and is_literal(value):
            given = key.elts if isinstance(key, ast.Tuple) else [key]
            yield _Branch(key, [ast.unparse(one) for one in given], ast.unparse(value))


def _tables(outline: Outline) -> dict[str, ast.Dict]:
    return {
        name_of(one.targets[0]): one.value
        for one in outline.of(ast.Assign)
        if isinstance(one.value, ast.Dict) and isinstance(outline.parent(one), ast.Module)
    }


def _looked_up(function: Definition, tables: dict[str, ast.Dict]) -> Iterator[_Branch]:
    """Yield the rows of the module's tables that a function gives an answer from."""
    names = {argument.arg for argument in parameters(function)} - {"self", "cls"}
    for node in own(function):
        value = node.value if isinstance(node, ast.Return) else None
        asked = value.args[0] if isinstance(value, ast.Call) and name_of(value.func) == "get" and value.args else None
        table = value.func.value if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) else None
        if isinstance(value, ast.Subscript):
            table, asked = value.value, value.slice
        if asked is not None and name_of(table) in tables and any(_mentions(one, names) for one in walk(asked)):
            yield from _rows(tables[name_of(table)])


def _given(test: ast.expr, names: set[str]) -> list[str]:
    """Return the literals that parameters are compared with, empty if the test asks for anything else."""
    parts = test.values if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And) else [test]
    found = []
    for part in parts:
        if not isinstance(part, ast.Compare) or len(part.ops) != 1 or not isinstance(part.ops[0], ast.Eq):
            return []
        subject, value = part.left, part.comparators[0]
        values = value.elts if isinstance(subject, ast.Tuple) and isinstance(value, ast.Tuple) else [value]
        subjects = subject.elts if isinstance(subject, ast.Tuple) else [subject]
        if not all(_is_parameter(one, names) for one in subjects) or not all(is_literal(one) for one in values):
            return []
        found += [ast.unparse(one) for one in values]
    return found


def _is_parameter(node: ast.expr, names: set[str]) -> bool:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and not node.args:
        node = node.func.value
    return isinstance(node, ast.Name) and node.id in names


def _gives(body: list[ast.stmt] | ast.expr) -> str:
    if isinstance(body, ast.expr):
        return ast.unparse(body) if is_literal(body) else ""
    only = body[-1] if len(body) <= 2 else None
    if isinstance(only, ast.Return) and only.value is not None and is_literal(only.value):
        return text_of(only.value)
    return ""


def _is_asked(function: Definition, names: set[str]) -> bool:
    """Return whether some table is indexed with a parameter."""
    for node in own(function):
        if isinstance(node, ast.Subscript) and any(_mentions(part, names) for part in walk(node.slice)):
            return True
        called = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get"
        if isinstance(node, ast.Call) and called and node.args and any(_mentions(p, names) for p in walk(node.args[0])):
            return True
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.In) and _mentions(node.left, names):
            return True
    return False


def _mentions(node: ast.AST, names: set[str]) -> bool:
    return isinstance(node, ast.Name) and node.id in names
