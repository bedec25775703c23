"""Who may do what in new Python code: less asked than beside it, less than the task says, or only of who asks for it.

The strength of a guard is told by its words: whoever may read, whoever may write, the owner.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from typing import TYPE_CHECKING

from reviewer.checks.boundary.names import is_secret, named
from reviewer.checks.failures.added import last, short
from reviewer.checks.ident import shown
from reviewer.checks.python_nodes import walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewer.checks.failures.added import Added
    from reviewer.checks.ident import Fact
    from reviewer.checks.python_source import Definition

_WHY_LEVEL = "What can do most harm asks for most, and here it asks for less than its neighbours."
_WHY_TASK = "The task says who may do this, and no added line asks for it."
_WHY_GIVEN = "Whoever leaves the value out is not checked at all."
_RANKS: tuple[tuple[int, re.Pattern[str]], ...] = (
    (
        2,
        re.compile(
            r"own(?:er|s|ed)?|admins?|administrator|manage(?:r|s)?|superuser|root|delete|moderator", re.IGNORECASE
        ),
    ),
    (
        1,
        re.compile(
            r"writ(?:e|er|able)|edit(?:or|s)?|members?|staff|contribut\w*|update|comment\w*|change|modify",
            re.IGNORECASE,
        ),
    ),
    (
        0,
        re.compile(
            r"read(?:er|able)?|view(?:er|s)?|guest|anonymous|user|authenticated|logged|login|visible|see|access",
            re.IGNORECASE,
        ),
    ),
)
_GUARD = re.compile(
    r"_?(?:check|require|ensure|verify|can|may|has|is|must|assert|need|authori[sz]e|allow|permit|demand|guard|restrict)\w{0,40}"
    r"|\w{0,40}(?:_required|permission|allowed|access|role|level)",
    re.IGNORECASE,
)
_DRASTIC = re.compile(
    r"_?(?:delete|remove|destroy|purge|drop|wipe|erase|share|unshare|transfer|grant|revoke|invite|promote|demote|ban|unban|kick"
    r"|set_?(?:role|owner|level|admin)|change_?(?:role|owner)|make_?(?:admin|owner)|archive|rename|clear|close|publish|unpublish|restore)",
    re.IGNORECASE,
)
_SQL = re.compile(r"\b(?:select|update|delete|where)\b", re.IGNORECASE)
_FEW_WORDS = 3
_ROLE = re.compile(r"\b(owner|admin|administrator|author|creator|manager|moderator|superuser)s?\b", re.IGNORECASE)
_ONLY = re.compile(
    r"\b(?:only|nobody else|no one else|none but|alone|restricted to|reserved for|not (?:even|just))\b", re.IGNORECASE
)
_VERIFIES = re.compile(
    r"compare_digest|\w*(?:verif|valid|check|auth|match|allowed|permit|signature|is_safe|trusted)\w*", re.IGNORECASE
)
_GIVEN = re.compile(
    r"token|sign|secret|passw|auth|csrf|api_?key|key|credential|hmac|header|given|origin|nonce|owner|user",
    re.IGNORECASE,
)


def levels(added: Added) -> Iterator[Fact]:
    """Yield what asks for less than its neighbours, and checks that ask only whoever wants to be asked."""
    yield from _weaker(added)
    for _, nodes in added.scopes:
        yield from _if_given(added, nodes)


def unasked(task: str, files: Sequence[Added]) -> Iterator[Fact]:
    """Yield the first new guard, where the task says that one role alone may and no added line names that role."""
    for sentence in re.split(r"(?<=[.;:!?])\s|\n", task[:4_000]):
        role = _ROLE.search(sentence)
        if role is None or not _ONLY.search(sentence):
            continue
        stem = re.compile(
            rf"{role[1][:5]}|own(?:s|er|ed|ing)?\b" if role[1].lower() == "owner" else role[1][:5], re.IGNORECASE
        )
        if any(stem.search(text) for one in files for text in _added_names(one)):
            return
        for one in files:
            for scope, nodes in one.scopes:
                if isinstance(scope, ast.Module) or scope.lineno not in one.lines:
                    continue
                guard = next((node for node in nodes if _is_guard(node)), None)
                if guard is not None:
                    message = (
                        f"The task leaves this to the {shown(role[1].lower())}, and {shown(scope.name)} does not ask."
                    )
                    yield one.fact("role-unasked", "medium", message, guard, why=_WHY_TASK, quote=scope.name)
                    return


def _is_guard(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and _GUARD.fullmatch(last(node)) is not None and _rank_of(node) is not None


def _added_names(one: Added) -> Iterator[str]:
    """Yield the names and texts of the added lines, comments and docstrings left out."""
    for node in walk(one.new):
        if getattr(node, "lineno", 0) not in one.lines:
            continue
        if isinstance(node, ast.Name | ast.Attribute):
            yield last(node)
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and "\n" not in node.value:
            yield node.value[:300] if len(node.value.split()) < _FEW_WORDS or _SQL.search(node.value) else ""


def _rank_of(call: ast.Call) -> tuple[str, int] | None:
    """Return the name of a guard without its level, and the level; None if it tells none."""
    words = [
        str(part.value)
        for part in (*call.args, *(one.value for one in call.keywords))
        if isinstance(part, ast.Constant)
    ]
    words += [
        part.attr for part in (*call.args, *(one.value for one in call.keywords)) if isinstance(part, ast.Attribute)
    ]
    for rank, pattern in _RANKS:
        if any(pattern.fullmatch(word.rsplit(".", 1)[-1].rsplit(":", 1)[-1]) for word in words):
            return last(call), rank
    parts = last(call).strip("_").split("_")
    for rank, pattern in _RANKS:
        if any(pattern.fullmatch(part) for part in parts):
            return parts[0], rank
    return None


def _ranks(node: Definition) -> dict[str, tuple[int, ast.AST]]:
    """Return the highest level that a function asks for, by the name of the guard."""
    found: dict[str, tuple[int, ast.AST]] = {}
    parts: list[ast.AST] = [*node.decorator_list, *(part for one in node.body for part in walk(one))]
    for part in parts:
        call = part if isinstance(part, ast.Call) else None
        if call is None and part in node.decorator_list:
            call = ast.Call(func=part, args=[], keywords=[])
        if call is None or not _GUARD.fullmatch(last(call)):
            continue
        ranked = _rank_of(call)
        if ranked is not None and (ranked[0] not in found or found[ranked[0]][0] < ranked[1]):
            found[ranked[0]] = ranked[1], part
    return found


def _weaker(added: Added) -> Iterator[Fact]:
    if added.old is None:
        return
    had: dict[str, dict[str, int]] = defaultdict(dict)
    for node in walk(added.old):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            for guard, (rank, _) in _ranks(node).items():
                had[guard][node.name] = rank
    for scope, _ in added.scopes:
        if isinstance(scope, ast.Module):
            continue
        for guard, (rank, place) in _ranks(scope).items():
            known = had.get(guard, {})
            before = known.get(scope.name)
            most = max(known.values(), default=0)
            others = [name for name, each in known.items() if each == most]
            if before is not None and rank < before:
                message = f"{shown(scope.name)} asks for less than before: {shown(short(place))}"
                yield added.fact("level-weaker", "medium", message, place, why=_WHY_LEVEL, quote=scope.name)
            elif before is None and rank < most and _DRASTIC.match(scope.name) and scope.lineno in added.lines:
                message = f"{shown(scope.name)} asks for less than {shown(others[0])}: {shown(short(place))}"
                yield added.fact("level-weaker", "medium", message, place, why=_WHY_LEVEL, quote=scope.name)


def _if_given(added: Added, nodes: Sequence[ast.AST]) -> Iterator[Fact]:
    """Yield checks that are done only where the value to check is there."""
    refused = {name for node in nodes if isinstance(node, ast.If) for name in _refused_when_missing(node)}
    for node in nodes:
        if not isinstance(node, ast.If) or node.lineno not in added.lines or node.orelse:
            continue
        name = _checked_if_given(node)
        if name and name not in refused and _GIVEN.search(name.rsplit(".", 1)[-1]):
            message = f"Where {shown(name)} is missing, nothing is checked: {shown(short(node.test))}"
            yield added.fact("check-if-given", "medium", message, node, why=_WHY_GIVEN, quote=short(node.test))


def _checked_if_given(node: ast.If) -> str:
    """Return the value that a condition asks to be there before it is checked."""
    inner = node.body[0] if len(node.body) == 1 else None
    if isinstance(inner, ast.If):
        name = _is_there(node.test)
        return name if name and not inner.orelse and _refuses(inner) and _is_checked(inner.test, name) else ""
    if not _refuses(node):
        return ""
    if isinstance(node.test, ast.BoolOp) and isinstance(node.test.op, ast.And) and len(node.test.values) >= 2:
        name = _is_there(node.test.values[0])
        rest = node.test.values[-1]
        return name if name and _is_checked(rest, name) else ""
    return ""


def _refuses(node: ast.If) -> bool:
    return any(isinstance(one, ast.Return | ast.Raise) or _aborts(one) for one in node.body)


def _is_there(test: ast.expr) -> str:
    """Return what a condition asks to be there, "" if it asks for something else."""
    if isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.IsNot):
        test = test.left
    if isinstance(test, ast.NamedExpr):
        test = test.target
    return short(test) if isinstance(test, ast.Name | ast.Attribute) else ""


def _is_checked(test: ast.expr, name: str) -> bool:
    """Return whether a condition refuses a value that is wrong."""
    if not name:
        return False
    inner = test.operand if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not) else None
    if isinstance(inner, ast.Call):
        return _VERIFIES.fullmatch(last(inner)) is not None and name in short(inner)
    if isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.NotEq):
        sides = (test.left, test.comparators[0])
        constant = any(isinstance(one, ast.Constant) for one in sides)
        return not constant and name in short(test) and any(is_secret(named(one), near=True) for one in sides)
    return False


def _refused_when_missing(node: ast.If) -> Iterator[str]:
    tests = node.test.values if isinstance(node.test, ast.BoolOp) else [node.test]
    for test in tests:
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            yield short(test.operand)
        elif isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.Is):
            yield short(test.left)


def _aborts(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Call)
        and last(node.value) in {"abort", "deny", "fail"}
    )
