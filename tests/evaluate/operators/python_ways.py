"""Operators over style: another way of doing what the project does in its own."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from tests.evaluate.operators.source import Mutant, Operator, Source, first_statement, pick

if TYPE_CHECKING:
    from random import Random


def annotations_gone(source: Source, random: Random) -> Mutant | None:
    """A new function says no types where all others do."""
    functions = [one for one in source.nodes(ast.FunctionDef) if not one.decorator_list]
    told = [one for one in functions if one.returns is not None]
    if source.is_test or len(told) < 8 or len(told) < 0.9 * len(functions):
        return None
    text = source.text.rstrip("\n") + "\n\n\ndef collect_values(first, second, third=None):\n"
    text += "    found = [first, second]\n    if third is not None:\n        found.append(third)\n    return found\n"
    return Mutant(text, source.text.rstrip("\n").count("\n") + 4, "A function says no types.")


def import_unused(source: Source, random: Random) -> Mutant | None:
    """A module is imported and not used."""
    froms = [node for node in source.nodes(ast.Import) if node.col_offset == 0]
    node = pick(random, froms)
    names = [one for one in ("bisect", "heapq", "cmath", "colorsys", "sched") if one not in source.text]
    if node is None or not names or source.is_test:
        return None
    name = random.choice(names)
    return Mutant(source.with_lines(node.lineno, f"import {name}\n"), node.lineno, "An import is not used.")


def variable_unused(source: Source, random: Random) -> Mutant | None:
    """A value is worked out and not used."""
    function = pick(random, [one for one in source.functions() if one.lineno in source.added])
    if function is None or source.is_test:
        return None
    start = first_statement(function)
    text = source.with_lines(start.lineno, f"{source.indent(start)}left_over = 1 + 1\n")
    return Mutant(text, start.lineno, "A variable is not used.")


def commented_out(source: Source, random: Random) -> Mutant | None:
    """Code stays as a comment."""
    function = pick(random, [one for one in source.functions() if len(one.body) > 2])
    if function is None or source.is_test:
        return None
    start = first_statement(function)
    indent = source.indent(start)
    words = f"{indent}# result = self.compute(value)\n{indent}# if result is None:\n{indent}#     return None\n"
    return Mutant(source.with_lines(start.lineno, words), start.lineno, "Code stays as a comment.")


def constant_renamed(source: Source, random: Random) -> Mutant | None:
    """A class is named in another way than all others."""
    classes = [
        one
        for one in source.nodes(ast.ClassDef)
        if one.lineno in source.added and re.fullmatch(r"[A-Z][a-z]+(?:[A-Z][a-z]+)+", one.name)
    ]
    holder = pick(random, classes)
    if holder is None or source.is_test:
        return None
    name = re.sub(r"(?<!^)(?=[A-Z])", "_", holder.name).lower()
    text = re.sub(rf"\b{holder.name}\b", name, source.text)
    return Mutant(text, holder.lineno, "A class in snake_case.")


def line_long(source: Source, random: Random) -> Mutant | None:
    """A line is far longer than any other."""
    if source.is_test or max((len(one) for one in source.lines), default=0) > 110 or not source.tree.body:
        return None
    row = " + ".join(f"first_{number} * second_{number}" for number in range(9))
    arguments = ", ".join(f"first_{number}, second_{number}" for number in range(9))
    text = source.text.rstrip("\n") + f"\n\n\ndef _sum_all({arguments}):\n    return {row}\n"
    return Mutant(text, text.count("\n"), "A line is far too long.")


def bare_comparison(source: Source, random: Random) -> Mutant | None:
    """None is compared by `==`."""
    compares = [
        node
        for node in source.nodes(ast.Compare)
        if len(node.ops) == 1
        and isinstance(node.ops[0], ast.Is)
        and ast.unparse(node.comparators[0]) == "None"
        and node.lineno in source.added
    ]
    node = pick(random, compares)
    if node is None or source.is_test:
        return None
    return Mutant(source.replaced(node, f"{source.segment(node.left)} == None"), node.lineno, "None by `==`.")


STYLE: dict[str, Operator] = {
    one.__name__: one
    for one in (
        annotations_gone,
        import_unused,
        variable_unused,
        commented_out,
        constant_renamed,
        line_long,
        bare_comparison,
    )
}
