"""Operators over failures: swallowed where they were passed on, logged where they were raised, not cleaned up."""

from __future__ import annotations

import ast
import textwrap
from typing import TYPE_CHECKING

from tests.evaluate.operators.source import Mutant, Operator, Source, pick

if TYPE_CHECKING:
    from random import Random

_SWALLOWS = (
    ("except Exception:", "pass"),
    ("except:", "pass"),
    ("except BaseException:", "return None"),
    ("except Exception as error:", "print(error)"),
    ("except (OSError, Exception):", "pass"),
)


def swallowed(source: Source, random: Random) -> Mutant | None:
    """A statement that could fail stands in a try that takes everything."""
    statements = [
        node
        for function in source.functions()
        for node in function.body
        if isinstance(node, (ast.Assign, ast.Expr)) and isinstance(node.value, ast.Call) and not source.is_test
    ]
    node = pick(random, statements)
    if node is None:
        return None
    head, does = random.choice(_SWALLOWS)
    indent = source.indent(node)
    body = "".join(source.lines[node.lineno - 1 : node.end_lineno])
    words = f"{indent}try:\n{textwrap.indent(body, '    ')}{indent}{head}\n{indent}    {does}\n"
    last = node.end_lineno or node.lineno
    lines = [*source.lines[: node.lineno - 1], words, *source.lines[last:]]
    return Mutant("".join(lines), last + 2, "A failure is swallowed.")


def suppressed_widely(source: Source, random: Random) -> Mutant | None:
    """A statement that could fail stands in `suppress(Exception)`."""
    statements = [
        node
        for function in source.functions()
        for node in function.body
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and not source.is_test
    ]
    node = pick(random, statements)
    if node is None:
        return None
    indent, last = source.indent(node), node.end_lineno or node.lineno
    body = textwrap.indent("".join(source.lines[node.lineno - 1 : last]), "    ")
    words = f"{indent}from contextlib import suppress\n\n{indent}with suppress(Exception):\n{body}"
    if random.random() < 0.7:
        words = f"{indent}import contextlib\n\n{indent}with contextlib.suppress(Exception):\n{body}"
    lines = [*source.lines[: node.lineno - 1], words, *source.lines[last:]]
    return Mutant(
        "".join(lines), node.lineno + words[: words.index("suppress(")].count("\n"), "A failure is suppressed."
    )


def handler_answers(source: Source, random: Random) -> Mutant | None:
    """A handler that raised answers a constant."""
    found = [
        node
        for node in source.nodes(ast.ExceptHandler)
        if isinstance(node.body[-1], ast.Raise) and not source.is_test and node.body[0].lineno > node.lineno
    ]
    node = pick(random, found)
    if node is None:
        return None
    words = random.choice(("return None", "return []", "return False", 'return ""', "return {}"))
    if not _in_function(source, node):
        return None
    return Mutant(source.replaced(node.body[-1], words), node.body[-1].lineno, "A handler answers a constant.")


def raise_to_log(source: Source, random: Random) -> Mutant | None:
    """What was raised is logged."""
    found = [
        node
        for node in source.nodes(ast.Raise)
        if isinstance(node.exc, ast.Call) and _in_function(source, node) and not source.is_test
    ]
    node = pick(random, found)
    if node is None or node.exc is None:
        return None
    call = f"logging.getLogger(__name__).warning(str({source.segment(node.exc)}))"
    words = f"import logging\n\n{source.indent(node)}{call}"
    return Mutant(source.replaced(node, words), node.lineno + 2, "What was raised is logged.")


def cause_hidden(source: Source, random: Random) -> Mutant | None:
    """An exception hides its cause."""
    found = [node for node in source.nodes(ast.Raise) if node.exc is not None and isinstance(node.cause, ast.Name)]
    node = pick(random, found)
    if node is None or node.cause is None:
        return None
    return Mutant(source.replaced(node.cause, "None"), node.cause.lineno, "The cause is hidden.")


def with_dropped(source: Source, random: Random) -> Mutant | None:
    """What was closed in any case is not closed."""
    found = [
        node
        for node in source.nodes(ast.With)
        if len(node.items) == 1
        and isinstance(node.items[0].optional_vars, ast.Name)
        and node.lineno == node.items[0].context_expr.end_lineno
        and node.body[0].lineno > node.lineno
        and not source.is_test
    ]
    node = pick(random, found)
    if node is None:
        return None
    item = node.items[0]
    head = f"{source.indent(node)}{ast.unparse(item.optional_vars or item)} = {source.segment(item.context_expr)}\n"
    last = node.end_lineno or node.lineno
    body = source.lines[node.lineno : last]
    shorter = [line[4:] if line.startswith(" " * 4) else line for line in body]
    lines = [*source.lines[: node.lineno - 1], head, *shorter, *source.lines[last:]]
    return Mutant("".join(lines), node.lineno, "Nothing is closed any more.")


def guard_dropped(source: Source, random: Random) -> Mutant | None:
    """A check that refused bad input is gone."""
    found = [
        node
        for node in source.nodes(ast.If)
        if len(node.body) == 1
        and isinstance(node.body[0], ast.Raise)
        and not node.orelse
        and source.lines[node.lineno - 1].lstrip().startswith("if ")
        and not source.is_test
    ]
    node = pick(random, found)
    if node is None:
        return None
    text = source.without_lines(node.lineno, node.end_lineno or node.lineno)
    return Mutant(text, node.lineno, "A refusal is gone.")


def check_dropped(source: Source, random: Random) -> Mutant | None:
    """A command's failure is not looked at."""
    found = [
        word
        for node in source.nodes(ast.Call)
        for word in node.keywords
        if word.arg == "check" and isinstance(word.value, ast.Constant) and word.value.value is True
    ]
    word = pick(random, found)
    if word is None:
        return None
    return Mutant(source.replaced(word.value, "False"), word.lineno, "A command may fail unseen.")


def retried_to_none(source: Source, random: Random) -> Mutant | None:
    """A call is tried three times, and then nothing is said."""
    found = [
        node
        for function in source.functions()
        for node in function.body
        if isinstance(node, ast.Return) and isinstance(node.value, ast.Call) and not source.is_test
    ]
    node = pick(random, found)
    if node is None or node.value is None:
        return None
    indent, last = source.indent(node), node.end_lineno or node.lineno
    body = textwrap.indent("".join(source.lines[node.lineno - 1 : last]), "        ")
    words = (
        f"{indent}for _ in range(3):\n{indent}    try:\n{body}{indent}    except Exception:\n{indent}        continue\n"
    )
    lines = [*source.lines[: node.lineno - 1], words, f"{indent}return None\n", *source.lines[last:]]
    return Mutant("".join(lines), last + 3, "Failures are tried away.")


def _in_function(source: Source, node: ast.stmt | ast.ExceptHandler) -> bool:
    return any(one.lineno < node.lineno <= (one.end_lineno or 0) for one in source.nodes(ast.FunctionDef))


ERRORS: dict[str, Operator] = {
    one.__name__: one
    for one in (
        swallowed,
        suppressed_widely,
        handler_answers,
        raise_to_log,
        cause_hidden,
        with_dropped,
        guard_dropped,
        check_dropped,
        retried_to_none,
    )
}
