"""What a Python function says of its failures against what it and its callers do: docstring, result, order, task.

Knows one file at a time, and the sentence of the task where there is one.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from reviewer.checks.failures.added import is_constant, last, short
from reviewer.checks.ident import shown
from reviewer.checks.python_nodes import walk
from reviewer.checks.python_source import statements

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewer.checks.failures.added import Added
    from reviewer.checks.finding import Severity
    from reviewer.checks.ident import Fact
    from reviewer.checks.python_source import Definition

_WHY_RESULT = "Whoever reports a failure by a value needs somebody who looks at it."
_WHY_CLASS = "An error that nothing raises is handled by nobody, and what it was made for goes on."
_WHY_ORDER = "What is refused has happened by then."
_WHY_ASSERT = "Assertions are left out when Python runs with -O, and give no message to whoever called."
_WHY_ASKED = "The task names the failure that it wants, and here the failure ends."
_ERROR_NAME = re.compile(r"\b([A-Z][A-Za-z0-9]{2,50}(?:Error|Exception|Failure|Timeout))\b")
_EFFECTS = re.compile(
    r"(?:write|write_text|write_bytes|save|insert|execute|executemany|commit|unlink|rmtree|rename|replace|move|copy2?|copytree|send"
    r"|send_message|sendall|publish|delete|mkdir|makedirs|post|put|charge|transfer|put_nowait|enqueue|dispatch)"
)
_PLAIN_OWNERS = frozenset({"str", "text", "line", "name", "dataclasses", "copy", "value", "json", "logging"})
_MOST_CALLS = 400


def contracts(added: Added, others: Sequence[Added]) -> Iterator[Fact]:
    """Yield what a file's new functions say of failures and do not keep; `others` are all files of the change."""
    for scope, nodes in added.scopes:
        if isinstance(scope, ast.Module):
            continue
        if scope.lineno in added.lines:
            yield from _unlooked(added, scope, others)
            yield from _late(added, scope)
        yield from _asserted(added, scope, nodes)
    yield from _unraised(added, others)


def asked(task: str, files: Sequence[Added]) -> Iterator[Fact]:
    """Yield the handlers that end a failure for which the task names an error that the change nowhere raises."""
    names = set(_ERROR_NAME.findall(task))
    names -= {name for one in files for node in walk(one.new) for name in _raises(node) if _is_added(one, node)}
    handled = {last(part) for one in files for node in _handlers(one) for part in _parts(node.type)}
    for name in sorted(names - handled):
        for one in files:
            for node in _handlers(one):
                if any(isinstance(part, ast.Raise) for each in node.body for part in walk(each)):
                    continue
                message = f"The task asks for {shown(name)}, no added line raises it, and this handler ends a failure."
                yield one.fact("asked-error-unraised", "medium", message, node, why=_WHY_ASKED, quote=name)


def _handlers(one: Added) -> Iterator[ast.ExceptHandler]:
    for node in walk(one.new):
        if isinstance(node, ast.ExceptHandler) and one.is_fresh(node):
            yield node


def _parts(node: ast.expr | None) -> Sequence[ast.expr]:
    return node.elts if isinstance(node, ast.Tuple) else [node] if node is not None else []


def _is_added(one: Added, node: ast.AST) -> bool:
    return getattr(node, "lineno", 0) in one.lines


def _raises(node: ast.AST) -> Iterator[str]:
    """Yield the names of what is raised or made."""
    if isinstance(node, ast.Raise) and node.exc is not None:
        yield last(node.exc)
    elif isinstance(node, ast.Call):
        yield last(node)


def _unlooked(added: Added, node: Definition, others: Sequence[Added]) -> Iterator[Fact]:
    """Yield the value for a failure that a new function returns and that none of its calls looks at."""
    failed = _failing_return(node)
    if failed is None or not any(_is_value(part) for part in walk(node)):
        return
    calls = looked = 0
    for one in others:
        for _, nodes in one.scopes:
            for part in nodes:
                if isinstance(part, ast.Call) and last(part) == node.name:
                    looked += 1
                elif isinstance(part, ast.Expr) and _called(part.value) == node.name:
                    calls += 1
    if 0 < calls <= _MOST_CALLS and looked == calls:
        message = (
            f"{shown(node.name)} answers a failure with “{shown(short(failed))}”, and no call looks at its result."
        )
        yield added.fact("failure-unlooked", "medium", message, failed, why=_WHY_RESULT, quote=node.name)


def _called(node: ast.expr) -> str:
    if isinstance(node, ast.Await):
        node = node.value
    return last(node) if isinstance(node, ast.Call) else ""


def _failing_return(node: Definition) -> ast.Return | None:
    """Return the `return None` or `return False` of a handler, or the one after a loop that tries."""
    for part in walk(node):
        if isinstance(part, ast.ExceptHandler):
            for one in part.body:
                if isinstance(one, ast.Return) and _is_failure(one):
                    return one
    end = node.body[-1]
    tries = any(
        isinstance(part, ast.Try) and part.handlers
        for one in node.body[:-1]
        if isinstance(one, ast.For | ast.While)
        for part in walk(one)
    )
    return end if tries and isinstance(end, ast.Return) and _is_failure(end) else None


def _is_failure(node: ast.Return) -> bool:
    return is_constant(node.value, value=None) or is_constant(node.value, value=False)


def _is_value(node: ast.AST) -> bool:
    return isinstance(node, ast.Return) and node.value is not None and not (_is_failure(node))


def _late(added: Added, node: Definition) -> Iterator[Fact]:
    """Yield a refusal of an argument that stands after what changes something outside."""
    given = {one.arg for one in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)} - {"self", "cls"}
    effect: ast.Call | None = None
    for statement in statements(node):
        if isinstance(statement, ast.If) and effect is not None:
            refuses = statement.body and isinstance(statement.body[-1], ast.Raise) and not statement.orelse
            names = {part.id for part in walk(statement.test) if isinstance(part, ast.Name)}
            calls = any(isinstance(part, ast.Call) and last(part) != "len" for part in walk(statement.test))
            outside = {name for name in names - given if not name.isupper()}
            if refuses and names & given and not outside and not calls:
                message = (
                    f"{shown(node.name)} refuses where {shown(short(statement.test))} after {shown(short(effect))}."
                )
                yield added.fact(
                    "guard-late", "medium", message, statement, why=_WHY_ORDER, quote=short(statement.test)
                )
        for part in walk(statement):
            if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
                given.discard(part.id)
            if effect is None and isinstance(part, ast.Call) and _is_effect(part):
                effect = part


def _is_effect(call: ast.Call) -> bool:
    if not isinstance(call.func, ast.Attribute) or not _EFFECTS.fullmatch(call.func.attr):
        return False
    if call.func.attr in {"replace", "copy"} and last(call.func.value) not in {"os", "shutil"}:
        return False
    if (
        call.func.attr == "execute"
        and call.args
        and re.match(r"['\"(]*\s*(?:select|pragma)\b", short(call.args[0]), re.IGNORECASE)
    ):
        return False
    return last(call.func.value) not in _PLAIN_OWNERS


def _asserted(added: Added, scope: Definition, nodes: Sequence[ast.AST]) -> Iterator[Fact]:
    """Yield an assertion about an argument: what a caller gives is refused by raising."""
    if scope.name.startswith("_"):
        return
    given = {one.arg for one in (*scope.args.posonlyargs, *scope.args.args, *scope.args.kwonlyargs)} - {"self", "cls"}
    kinds = {type(part) for part in walk(added.old)} if added.old is not None else set()
    severity: Severity = "low" if ast.Raise in kinds and ast.Assert not in kinds else "info"
    for node in nodes:
        if not isinstance(node, ast.Assert) or not added.is_fresh(node):
            continue
        names = {part.id for part in walk(node.test) if isinstance(part, ast.Name)}
        if names & given and not _narrows(node.test):
            message = f"{shown(scope.name)} refuses an argument by an assertion: {shown(short(node))}"
            yield added.fact("assert-validates", severity, message, node, why=_WHY_ASSERT)


def _narrows(test: ast.expr) -> bool:
    """Return whether a condition only tells a type checker what a value is."""
    if isinstance(test, ast.BoolOp):
        return all(_narrows(one) for one in test.values)
    if isinstance(test, ast.UnaryOp):
        return _narrows(test.operand)
    if isinstance(test, ast.Compare):
        return any(is_constant(one, value=None) for one in test.comparators)
    return not isinstance(test, ast.Call) or last(test) in {"isinstance", "issubclass", "callable", "hasattr"}


def _unraised(added: Added, others: Sequence[Added]) -> Iterator[Fact]:
    """Yield new classes of errors that nothing raises, makes or derives from."""
    made = [
        node
        for node in added.new.body
        if isinstance(node, ast.ClassDef)
        and node.lineno in added.lines
        and _ERROR_NAME.fullmatch(node.name)
        and any(last(base).endswith(("Error", "Exception")) for base in node.bases)
    ]
    if not made:
        return
    had = {part.name for part in walk(added.old) if isinstance(part, ast.ClassDef)} if added.old else set()
    used = {name for one in others for name in _mentioned(one)}
    for node in made:
        if node.name not in used | had:
            message = f"{shown(node.name)} is new and nothing raises it."
            yield added.fact("error-class-unraised", "medium", message, node, why=_WHY_CLASS, quote=node.name)


def _mentioned(one: Added) -> Iterator[str]:
    """Yield the names that stand anywhere but in handlers, imports and annotations of what is caught."""
    caught = {
        id(part)
        for node in walk(one.new)
        if isinstance(node, ast.ExceptHandler) and node.type is not None
        for part in walk(node.type)
    }
    for node in walk(one.new):
        if id(node) not in caught and isinstance(node, ast.Name | ast.Attribute):
            yield last(node)
