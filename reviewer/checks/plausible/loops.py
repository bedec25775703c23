"""Loops and closures: what is changed while it is walked, what is bound late, defaults that calls share."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from reviewer.checks.ident import shown
from reviewer.checks.plausible.outline import defaults, dotted, name_of, names_in, text_of
from reviewer.checks.plausible.sign import at
from reviewer.checks.python_nodes import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.checks.plausible.outline import Outline
    from reviewer.checks.plausible.sign import Sign
    from reviewer.checks.python_source import Definition

_WHY_MUTATED = "A list that shrinks while it is walked skips elements; a table that changes size raises."
_WHY_CAPTURED = "Called after the loop, each of them sees the last value."
_WHY_DEFAULT = "A default is made once, when the function is defined, and is the same object in every call."
_WHY_WHILE = "Unless something outside changes it, such a loop runs never or for ever."
_SHRINKS = frozenset({"remove", "pop", "insert", "append", "clear", "popitem", "discard", "add", "extend"})
_VIEWS = frozenset({"items", "keys", "values"})
_KEEPS = frozenset(
    {"append", "add", "connect", "submit", "schedule", "register", "subscribe", "on", "after", "bind", "call_later"}
    | {"add_done_callback", "add_callback", "call_soon", "put", "insert", "setdefault", "Timer", "Thread", "partial"}
)
_CHANGES = _SHRINKS | {"update", "setdefault", "sort", "reverse"}
_MAKERS = frozenset({"list", "dict", "set", "defaultdict", "deque", "OrderedDict", "Counter", "bytearray"})
_CLOCKS = frozenset({"now", "utcnow", "today", "time", "uuid4", "random", "monotonic", "perf_counter"})


def signs(outline: Outline) -> Iterator[Sign]:
    """Yield loops, closures and defaults that surprise."""
    for loop in outline.of(ast.For):
        yield from _mutated(outline, loop)
    keeping: list[ast.For | ast.ListComp | ast.DictComp] = [*outline.of(ast.For), *outline.of(ast.ListComp)]
    for one in (*keeping, *outline.of(ast.DictComp)):
        yield from _captured(outline, one)
    for function in outline.functions():
        yield from _defaults(outline, function)
    for endless in outline.of(ast.While):
        yield from _unchanging(outline, endless)


def _mutated(outline: Outline, loop: ast.For) -> Iterator[Sign]:
    walked = loop.iter
    is_view = isinstance(walked, ast.Call) and name_of(walked.func) in _VIEWS and not walked.args
    if isinstance(walked, ast.Call) and isinstance(walked.func, ast.Attribute) and is_view:
        walked = walked.func.value
    elif isinstance(walked, ast.Call) and name_of(walked.func) in {"enumerate", "reversed"} and walked.args:
        walked = walked.args[0] if name_of(walked.func) == "enumerate" else ast.Constant(None)
    subject = dotted(walked)
    if not subject:
        return
    for statement in _blocks(loop.body):
        change = _change(statement, subject, view=is_view)
        if change and not _leaves(outline, statement):
            message = f"“{shown(text_of(statement))}” changes {shown(subject)} while the loop over it runs."
            yield at(
                outline,
                statement,
                rule="mutated-while-iterated",
                severity="medium",
                message=message,
                why=_WHY_MUTATED,
                quote=text_of(statement),
            )


def _blocks(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    pending = list(reversed(body))
    while pending:
        statement = pending.pop()
        yield statement
        for name in ("finalbody", "orelse", "handlers", "body"):
            inner = getattr(statement, name, None)
            if isinstance(inner, list) and not isinstance(statement, ast.FunctionDef | ast.ClassDef):
                pending.extend(reversed([one for one in inner if isinstance(one, ast.stmt)]))
                pending.extend(
                    part for one in inner if isinstance(one, ast.ExceptHandler) for part in reversed(one.body)
                )


def _change(statement: ast.stmt, subject: str, *, view: bool) -> bool:
    if isinstance(statement, ast.Delete):
        return any(isinstance(one, ast.Subscript) and dotted(one.value) == subject for one in statement.targets)
    value = getattr(statement, "value", None)
    if not isinstance(statement, ast.Expr | ast.Assign) or not isinstance(value, ast.Call):
        return False
    called = value.func
    if not isinstance(called, ast.Attribute) or dotted(called.value) != subject:
        return False
    # Appending to what is walked is how some work lists are written.
    return called.attr in (_SHRINKS if view else _SHRINKS - {"append", "add", "extend"})


def _leaves(outline: Outline, statement: ast.stmt) -> bool:
    parent = outline.parent(statement)
    for name in ("body", "orelse", "finalbody"):
        block = getattr(parent, name, [])
        if isinstance(block, list) and statement in block:
            rest = block[block.index(statement) + 1 :]
            return any(isinstance(one, ast.Return | ast.Break | ast.Raise) for one in rest)
    return False


def _captured(outline: Outline, loop: ast.For | ast.ListComp | ast.DictComp) -> Iterator[Sign]:
    if isinstance(loop, ast.For):
        bound = names_in(loop.target)
        inside = [part for statement in loop.body for part in walk(statement)]
    else:
        bound = {name for generator in loop.generators for name in names_in(generator.target)}
        parts = [loop.elt] if isinstance(loop, ast.ListComp) else [loop.value]
        inside = [part for part in parts if isinstance(part, ast.Lambda)]
    for part in inside:
        if not isinstance(part, ast.Lambda | ast.FunctionDef):
            continue
        own = {one.arg for one in (*part.args.posonlyargs, *part.args.args, *part.args.kwonlyargs)}
        body = [part.body] if isinstance(part, ast.Lambda) else part.body
        used = {name for one in body for name in names_in(one)} & bound - own
        if used and _is_kept(outline, part, loop):
            what = text_of(part) if isinstance(part, ast.Lambda) else f"def {part.name}"
            name = min(used)
            message = f"“{shown(what)}” is kept and reads the loop's {shown(name)} when it is called, not as it is now."
            yield at(
                outline,
                part,
                rule="loop-variable-captured",
                severity="medium",
                message=message,
                why=_WHY_CAPTURED,
                quote=what,
            )


def _is_kept(outline: Outline, part: ast.Lambda | ast.FunctionDef, loop: ast.AST) -> bool:
    if isinstance(part, ast.FunctionDef):
        if part.decorator_list or not isinstance(loop, ast.For):
            return False
        return any(
            isinstance(one, ast.Call)
            and name_of(one.func) in _KEEPS
            and any(isinstance(argument, ast.Name) and argument.id == part.name for argument in one.args)
            for one in walk(loop)
        )
    parent = outline.parent(part)
    if isinstance(parent, ast.keyword):
        parent = outline.parent(parent)
    if isinstance(parent, ast.Call):
        return name_of(parent.func) in _KEEPS
    if isinstance(parent, ast.Assign):
        return any(isinstance(target, ast.Subscript) for target in parent.targets)
    return parent is loop or (isinstance(parent, ast.ListComp | ast.DictComp) and isinstance(loop, ast.For) is False)


def _defaults(outline: Outline, function: Definition) -> Iterator[Sign]:
    for argument, value in defaults(function):
        made = isinstance(value, ast.Call) and name_of(value.func) in _MAKERS
        quote = f"{function.name} {argument.arg}"
        named = f"The default of {shown(argument.arg)} in {shown(function.name)}"
        if (isinstance(value, ast.List | ast.Dict | ast.Set) or made) and _may_change(function, argument.arg):
            message = f"{named} is one object that all calls share, and the function changes it or hands it out."
            yield at(
                outline, value, rule="default-shared", severity="low", message=message, why=_WHY_DEFAULT, quote=quote
            )
        elif isinstance(value, ast.Call) and name_of(value.func) in _CLOCKS:
            message = f"{named}, {shown(text_of(value))}, is worked out once, when the function is defined."
            yield at(
                outline, value, rule="default-shared", severity="low", message=message, why=_WHY_DEFAULT, quote=quote
            )


def _may_change(function: Definition, name: str) -> bool:
    """Return whether a function changes, keeps or hands out one of its parameters."""
    for part in walk(function):
        called = part.func if isinstance(part, ast.Call) else None
        if isinstance(called, ast.Attribute) and dotted(called.value) == name and called.attr in _CHANGES:
            return True
        if isinstance(part, ast.Subscript) and isinstance(part.ctx, ast.Store | ast.Del) and dotted(part.value) == name:
            return True
        if isinstance(part, ast.AugAssign) and dotted(part.target) == name:
            return True
        if isinstance(part, ast.Return | ast.Assign) and isinstance(part.value, ast.Name) and part.value.id == name:
            return isinstance(part, ast.Return) or any(isinstance(one, ast.Attribute) for one in part.targets)
    return False


def _unchanging(outline: Outline, loop: ast.While) -> Iterator[Sign]:
    """A `while` over plain local names that its body never binds, calls on, or leaves."""
    test = loop.test
    if any(not isinstance(part, _PLAIN) for part in walk(test)) or not names_in(test):
        return
    names = names_in(test)
    for statement in loop.body:
        for part in walk(statement):
            if isinstance(
                part, ast.Return | ast.Break | ast.Raise | ast.Yield | ast.YieldFrom | ast.Await | ast.Global
            ):
                return
            if isinstance(part, ast.Name) and part.id in names and not isinstance(part.ctx, ast.Load):
                return
            if isinstance(part, ast.Nonlocal):
                return
    function = outline.function(loop)
    if function is None or not names <= _locals(function):
        return
    what = text_of(test)
    message = f"Nothing in the loop changes what “while {shown(what)}” asks."
    yield at(outline, test, rule="loop-unchanging", severity="low", message=message, why=_WHY_WHILE, quote=what)


_PLAIN = (
    ast.Compare,
    ast.Name,
    ast.Constant,
    ast.cmpop,
    ast.expr_context,
    ast.BoolOp,
    ast.boolop,
    ast.UnaryOp,
    ast.unaryop,
)


def _locals(function: Definition) -> set[str]:
    found = {one.arg for one in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)}
    for part in walk(function):
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
            # What holds a list may change without being bound; only what holds a plain value is sure.
            found.add(part.id)
    held = {dotted(part.value) for part in walk(function) if isinstance(part, ast.Attribute)}
    return {name for name in found - held if not _may_change(function, name)}
