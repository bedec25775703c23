"""Values that are used otherwise than they were made: used up, shared, kept under half a key, divided too early."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from reviewer.checks.ident import shown
from reviewer.checks.plausible.outline import dotted, name_of, names_in, parameters, text_of
from reviewer.checks.plausible.sign import at
from reviewer.checks.python_nodes import walk
from reviewer.checks.python_source import own

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.checks.plausible.outline import Outline
    from reviewer.checks.plausible.sign import Sign
    from reviewer.checks.python_source import Definition

_WHY_ONCE = "A generator gives its values once; the second reader finds it empty."
_WHY_ALIAS = "The caller's own object changes with it."
_WHY_KEY = "Two calls that differ only in what the key leaves out get the same answer."
_WHY_EARLY = "What the whole division throws away is not there to be multiplied."
_WHY_EMPTY = "Of nothing there is no greatest and no least: with an empty input it raises."
_WHY_STRIP = "It takes characters in any order, not the text as a whole, and may take more than that."
_WHY_INCLUDED = "A range ends before its end."
_LAZY = frozenset({"map", "filter", "zip", "reversed"})
_CONSUMES = frozenset(
    {"sum", "list", "set", "tuple", "max", "min", "sorted", "any", "all", "dict", "join", "len", "frozenset"}
)
_CHANGES = frozenset({"append", "extend", "update", "add", "insert", "pop", "remove", "clear", "sort", "setdefault"})
_CACHE = re.compile(r"_*\w*(?:cache|memo)\w*", re.IGNORECASE)
_INCLUDED = re.compile(
    r"\b(?:both (?:ends )?included|inclusive|up to and including|both inclusive|includes both)\b", re.IGNORECASE
)
_NEW = re.compile(
    r"\b(?:new|copy|without (?:changing|modifying|mutating)|does not (?:change|modify|mutate))\b", re.IGNORECASE
)


def signs(outline: Outline) -> Iterator[Sign]:
    """Yield values that are not what their readers take them for."""
    for function in outline.functions():
        yield from _used_up(outline, function)
        yield from _alias(outline, function)
        yield from _keys(outline, function)
        yield from _included(outline, function)
    yield from _early(outline)
    yield from _extremes(outline)
    for call in outline.of(ast.Call):
        yield from _stripped(outline, call)


def _used_up(outline: Outline, function: Definition) -> Iterator[Sign]:
    made: dict[str, ast.Assign] = {}
    times: dict[str, int] = {}
    for part in own(function):
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
            times[part.id] = times.get(part.id, 0) + 1
        if isinstance(part, ast.Assign) and isinstance(part.targets[0], ast.Name):
            lazy = isinstance(part.value, ast.Call) and dotted(part.value.func) in _LAZY
            if lazy or isinstance(part.value, ast.GeneratorExp):
                made[part.targets[0].id] = part
    for name, assigned in made.items():
        uses = [use for use in own(function) if isinstance(use, ast.Name) and _consumes(outline, use, name)]
        if times.get(name) == 1 and len(uses) > 1 and not _apart(outline, uses[0], uses[1]):
            text = text_of(assigned)
            message = f"“{shown(text)}” can be read once, and is read again on line {uses[1].lineno}."
            yield at(outline, uses[1], rule="read-twice", severity="medium", message=message, why=_WHY_ONCE, quote=text)


def _consumes(outline: Outline, use: ast.Name, name: str) -> bool:
    if use.id != name or not isinstance(use.ctx, ast.Load):
        return False
    parent = outline.parent(use)
    if isinstance(parent, ast.Call):
        return use in parent.args and name_of(parent.func) in _CONSUMES
    return isinstance(parent, ast.For | ast.comprehension) and parent.iter is use


def _apart(outline: Outline, one: ast.AST, other: ast.AST) -> bool:
    """Return whether two places stand in different branches, or the first one leaves the function."""
    if any(isinstance(above, ast.Return | ast.Raise) for above in outline.above(one)):
        return not any(
            above in set(outline.above(other)) for above in outline.above(one) if isinstance(above, ast.Return)
        )
    mine = [above for above in outline.above(one) if isinstance(above, ast.If | ast.Try | ast.IfExp | ast.Match)]
    return any(above in set(outline.above(other)) for above in mine)


def _alias(outline: Outline, function: Definition) -> Iterator[Sign]:
    said = ast.get_docstring(function, clean=False) or ""
    if not _NEW.search(said[:2_000]):
        return
    names = {argument.arg for argument in parameters(function)} - {"self", "cls"}
    for part in own(function):
        if not isinstance(part, ast.Assign) or not isinstance(part.value, ast.Name) or part.value.id not in names:
            continue
        name = name_of(part.targets[0])
        if isinstance(part.targets[0], ast.Name) and any(_changes(one, name) for one in own(function)):
            text = text_of(part)
            message = f"“{shown(text)}” makes no copy, and {shown(function.name)} changes it."
            yield at(outline, part, rule="alias-changed", severity="low", message=message, why=_WHY_ALIAS, quote=text)


def _changes(part: ast.AST, name: str) -> bool:
    if isinstance(part, ast.Subscript) and isinstance(part.ctx, ast.Store | ast.Del):
        return dotted(part.value) == name
    called = part.func if isinstance(part, ast.Call) else None
    return isinstance(called, ast.Attribute) and called.attr in _CHANGES and dotted(called.value) == name


def _keys(outline: Outline, function: Definition) -> Iterator[Sign]:
    names = {argument.arg for argument in parameters(function)} - {"self", "cls"}
    local = {
        name_of(part.targets[0]): part.value
        for part in own(function)
        if isinstance(part, ast.Assign) and isinstance(part.targets[0], ast.Name)
    }
    for part in own(function):
        if not isinstance(part, ast.Assign) or not isinstance(part.targets[0], ast.Subscript):
            continue
        kept = part.targets[0]
        if not _CACHE.fullmatch(name_of(kept.value)):
            continue
        value = local.get(part.value.id, part.value) if isinstance(part.value, ast.Name) else part.value
        key = local.get(kept.slice.id, kept.slice) if isinstance(kept.slice, ast.Name) else kept.slice
        used, asked = names_in(value) & names, names_in(key) & names
        if asked and isinstance(value, ast.Call) and used - asked:
            text = text_of(part)
            message = (
                f"“{shown(text)}” keeps a result that depends on {shown(min(used - asked))}, which the key leaves out."
            )
            yield at(outline, part, rule="key-partial", severity="medium", message=message, why=_WHY_KEY, quote=text)


def _included(outline: Outline, function: Definition) -> Iterator[Sign]:
    said = ast.get_docstring(function, clean=False) or ""
    if not _INCLUDED.search(said[:2_000]):
        return
    calls = [one for one in own(function) if isinstance(one, ast.Call) and dotted(one.func) == "range"]
    for call in calls:
        if not any(isinstance(part, ast.BinOp) and isinstance(part.op, ast.Add) for part in walk(call)):
            text = text_of(call)
            message = f"{shown(function.name)} says that the end is included, and “{shown(text)}” leaves it out."
            yield at(
                outline, call, rule="range-excludes", severity="low", message=message, why=_WHY_INCLUDED, quote=text
            )


def _early(outline: Outline) -> Iterator[Sign]:
    for part in outline.of(ast.BinOp):
        divided = part.left
        if not isinstance(part.op, ast.Mult) or not isinstance(divided, ast.BinOp):
            continue
        hundred = isinstance(part.right, ast.Constant) and part.right.value in {100, 1000}
        if hundred and isinstance(divided.op, ast.FloorDiv):
            text = text_of(part)
            message = f"“{shown(text)}” divides whole before it multiplies."
            yield at(
                outline, part, rule="rounded-early", severity="medium", message=message, why=_WHY_EARLY, quote=text
            )


def _extremes(outline: Outline) -> Iterator[Sign]:
    for call in outline.of(ast.Call):
        if (
            dotted(call.func) not in {"max", "min"}
            or len(call.args) != 1
            or any(one.arg == "default" for one in call.keywords)
        ):
            continue
        given = call.args[0]
        function = outline.function(call)
        if not isinstance(given, ast.GeneratorExp | ast.ListComp) or function is None:
            continue
        subject = dotted(given.generators[0].iter)
        filtered = bool(given.generators[0].ifs)
        asked = subject and any(
            dotted(part) == subject
            for test in walk(function)
            if isinstance(test, ast.If | ast.IfExp | ast.While | ast.Assert)
            for part in walk(test.test)
        )
        recursive = any(isinstance(part, ast.Call) and name_of(part.func) == function.name for part in walk(given))
        if subject and not asked and (recursive or filtered) and not _is_tried(outline, call):
            text = text_of(call)
            message = f"“{shown(text)}” raises if {shown(subject)} gives nothing, and nothing here asks for that."
            yield at(
                outline, call, rule="extreme-of-nothing", severity="low", message=message, why=_WHY_EMPTY, quote=text
            )


def _is_tried(outline: Outline, node: ast.AST) -> bool:
    return any(isinstance(one, ast.Try) for one in outline.above(node))


def _stripped(outline: Outline, call: ast.Call) -> Iterator[Sign]:
    if not isinstance(call.func, ast.Attribute) or call.func.attr not in {"strip", "lstrip", "rstrip"}:
        return
    if len(call.args) != 1 or not isinstance(call.args[0], ast.Constant) or not isinstance(call.args[0].value, str):
        return
    taken = call.args[0].value
    if len(taken) > 2 and sum(character.isalpha() for character in taken) > 1 and not _is_alphabet(taken):
        text = text_of(call)
        message = f"“{shown(text)}” takes away any of these characters, not the text {shown(taken)}."
        yield at(outline, call, rule="strip-characters", severity="medium", message=message, why=_WHY_STRIP, quote=text)


def _is_alphabet(taken: str) -> bool:
    """Return whether it is a list of characters: none twice, and no word or ending in it."""
    return (
        len(set(taken)) == len(taken)
        and not taken.isalpha()
        and not taken.startswith((".", "http"))
        and "://" not in taken
    )
