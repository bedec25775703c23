"""Ways in that new Python code leaves open: guards that say yes where they fail, askers unasked, flags turned round.

Knows one file at a time.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from reviewer.checks.failures.added import is_constant, last, short
from reviewer.checks.ident import shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewer.checks.failures.added import Added, Scope
    from reviewer.checks.ident import Fact
    from reviewer.checks.python_source import Definition

_WHY_YES = "What cannot be checked is let in: whoever can make the check fail needs nothing else."
_WHY_WHO = "Who asks is known here, and it makes no difference."
_WHY_GET = "A page of somebody else can make a browser send this, with the cookies of whoever looks at it."
_WHY_FLAG = "Whoever does not say otherwise now gets the weaker way."
_WHY_DATA = "A name with .. or a slash at its start leads out of the folder."
_GUARD = re.compile(
    r"_?(?:is|has|can|may|check|verify|validate|allow(?:s|ed)?|authori[sz]e\w*|authenticate|permit\w*|require)(?:_\w+)?|\w+_(?:allowed|valid|permitted|ok)",
    re.IGNORECASE,
)
_ACCESS = re.compile(
    r"allow|perm|auth|access|sign|token|valid|trust|owner|admin|login|session|limit|block|passw|secret|csrf|member|role|safe|certificate",
    re.IGNORECASE,
)
_WHO = frozenset(
    {
        "user",
        "user_id",
        "actor",
        "owner",
        "owner_id",
        "requester",
        "caller",
        "current_user",
        "me",
        "principal",
        "member",
    }
)
_DRASTIC = (
    r"delete|remove|destroy|purge|logout|log_out|reset|revoke|grant|share|approve|cancel|update|create|save|set_\w+|add"
    r"|transfer|confirm|close|publish|clear|stop|rename|upload|pay"
)
_CHANGES = re.compile(rf"(?:.*_)?(?:{_DRASTIC})(?:_.*)?", re.IGNORECASE)
_ON_IS_SAFE = re.compile(
    r"verify(?:_\w+)?|check(?:_\w+)?|validate\w*|secure|strict|httponly|http_only|escape|autoescape|sanitize|require_\w+|read_?only|private|safe|sandbox(?:ed)?|sign(?:ed)?|encrypt(?:ed)?",
    re.IGNORECASE,
)
_ON_IS_OPEN = re.compile(
    r"allow_\w+|insecure|unsafe|trust_\w+|skip_\w+|public|anonymous|follow_(?:sym)?links|debug|permissive|disable_\w+|ignore_(?:ssl|cert\w*|auth\w*)|bypass\w*",
    re.IGNORECASE,
)
_WRITES = frozenset(
    {
        *(
            "write_text",
            "write_bytes",
            "mkdir",
            "unlink",
            "rmtree",
            "copy",
            "copy2",
            "copyfile",
            "move",
            "rename",
            "replace",
            "open",
        ),
        *("symlink_to", "read_text", "read_bytes", "copyfileobj", "touch"),
    }
)
_NAMES = frozenset({"path", "name", "filename", "file_name", "slug", "relative", "key", "arcname", "target"})
_FROM = re.compile(
    r"restor|extract|unpack|import|upload|download|serve|render|export|attach|receiv|store|save|recover|include",
    re.IGNORECASE,
)
_CHECKS = re.compile(
    r"resolve|is_relative_to|startswith|basename|safe|sanit|valid|check|normpath|relative_to|fullmatch|match|slugify|quote",
    re.IGNORECASE,
)


def openings(added: Added) -> Iterator[Fact]:
    """Yield ways in that a change leaves open."""
    for scope, nodes in added.scopes:
        if isinstance(scope, ast.Module):
            continue
        yield from _fails_open(added, scope, nodes)
        if scope.lineno in added.lines:
            yield from _unused(added, scope, nodes)
            yield from _from_data(added, scope, nodes)
        yield from _by_get(added, scope)
        yield from _flags(added, scope)
    for node in ast.walk(added.new):
        if isinstance(node, ast.Tuple) and node.lineno in added.lines and len(node.elts) >= 2:
            yield from _routed(added, node)


def _fails_open(added: Added, scope: Definition, nodes: Sequence[ast.AST]) -> Iterator[Fact]:
    if not (_GUARD.fullmatch(scope.name) and (_ACCESS.search(scope.name) or _ACCESS.search(added.path))):
        return
    if re.search(r"blocked|denied|forbidden|expired|banned|locked|limited", scope.name):
        return
    for node in nodes:
        if isinstance(node, ast.ExceptHandler) and node.lineno in added.lines and added.is_fresh(node):
            end = node.body[-1]
            if isinstance(end, ast.Return) and is_constant(end.value, value=True):
                message = f"{shown(scope.name)} says yes where its check fails."
                yield added.fact("fails-open", "medium", message, end, why=_WHY_YES, quote=scope.name)


def _unused(added: Added, scope: Definition, nodes: Sequence[ast.AST]) -> Iterator[Fact]:
    """Yield a new function that is told who asks and does not read it, where another that is told so does."""
    given = [one for one in (*scope.args.args, *scope.args.kwonlyargs) if one.arg in _WHO]
    read = {node.id for node in nodes if isinstance(node, ast.Name)}
    if scope.decorator_list or len(scope.body) < 2 or any(isinstance(node, ast.Raise) for node in scope.body[:1]):
        return
    for one in given:
        others = [each for each, _ in added.scopes if each is not scope and _takes(each, one.arg)]
        if one.arg not in read and any(_reads(each, one.arg) for each in others):
            message = f"{shown(scope.name)} is told the {shown(one.arg)} and does nothing with it."
            yield added.fact("actor-unused", "low", message, one, why=_WHY_WHO, quote=f"{scope.name} {one.arg}")


def _takes(scope: Scope, name: str) -> bool:
    return not isinstance(scope, ast.Module) and any(
        one.arg == name for one in (*scope.args.args, *scope.args.kwonlyargs)
    )


def _reads(scope: Scope, name: str) -> bool:
    return any(isinstance(part, ast.Name) and part.id == name for one in scope.body for part in ast.walk(one))


def _by_get(added: Added, scope: Definition) -> Iterator[Fact]:
    for mark in scope.decorator_list:
        if not isinstance(mark, ast.Call) or mark.lineno not in added.lines or not _CHANGES.fullmatch(scope.name):
            continue
        methods = next((short(one.value) for one in mark.keywords if one.arg == "methods"), "")
        routed = last(mark) == "get" or (last(mark) == "route" and ("GET" in methods and "POST" not in methods))
        if (
            routed
            and mark.args
            and re.match(r"f?['\"]/", short(mark.args[0]))
            and not re.search(r"form|edit|view|show", scope.name)
        ):
            message = f"{shown(scope.name)} changes something and answers to GET."
            yield added.fact("get-changes", "medium", message, mark, why=_WHY_GET, quote=scope.name)


def _routed(added: Added, node: ast.Tuple) -> Iterator[Fact]:
    """Yield a row of a table of routes that has GET beside a function that changes something."""
    first, handler = node.elts[0], node.elts[-1]
    if getattr(first, "value", "") != "GET" or not isinstance(handler, ast.Name | ast.Attribute):
        return
    if _CHANGES.fullmatch(last(handler)) and not re.search(r"form|edit|view|show", last(handler)):
        message = f"{shown(last(handler))} changes something and answers to GET."
        yield added.fact("get-changes", "medium", message, node, why=_WHY_GET, quote=last(handler))


def _flags(added: Added, scope: Definition) -> Iterator[Fact]:
    """Yield parameters whose default was the safe one."""
    old = _defaults(added.old) if added.old is not None else {}
    for name, default in _given(scope):
        before = old.get((scope.name, name))
        if before is None or not isinstance(default.value, bool) or default.lineno not in added.lines:
            continue
        weaker = (before and not default.value and _ON_IS_SAFE.fullmatch(name)) or (
            not before and default.value and _ON_IS_OPEN.fullmatch(name)
        )
        if weaker:
            message = f"{shown(name)} of {shown(scope.name)} is {default.value} by itself now; before, {before}."
            yield added.fact("default-opened", "medium", message, default, why=_WHY_FLAG, quote=f"{scope.name} {name}")


def _given(scope: Definition) -> Iterator[tuple[str, ast.Constant]]:
    positional = [*scope.args.posonlyargs, *scope.args.args]
    count = len(scope.args.defaults)
    pairs = list(zip(positional[len(positional) - count :], scope.args.defaults, strict=True)) if count else []
    for one, default in (*pairs, *zip(scope.args.kwonlyargs, scope.args.kw_defaults, strict=True)):
        if isinstance(default, ast.Constant):
            yield one.arg, default


def _defaults(tree: ast.Module) -> dict[tuple[str, str], bool]:
    return {
        (node.name, name): default.value
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for name, default in _given(node)
        if isinstance(default.value, bool)
    }


def _from_data(added: Added, scope: Definition, nodes: Sequence[ast.AST]) -> Iterator[Fact]:
    """Yield a path put together from a name that was read, and used, with nothing that holds it in its folder."""
    if not _FROM.search(scope.name):
        return
    calls = {last(node) for node in nodes if isinstance(node, ast.Call)}
    if not calls & _WRITES or any(_CHECKS.search(one) for one in calls):
        return
    for node in nodes:
        if (
            isinstance(node, ast.BinOp)
            and isinstance(node.op, ast.Div)
            and isinstance(node.right, ast.Attribute | ast.Subscript)
        ):
            right = node.right.slice if isinstance(node.right, ast.Subscript) else node.right
            name = str(right.value) if isinstance(right, ast.Constant) else last(right)
            owner = node.right.value
            if name in _NAMES and not (
                isinstance(owner, ast.Name) and owner.id in {"self", "cls", "path", "source", "file"}
            ):
                message = f"Nothing holds {shown(short(node))} in its folder."
                yield added.fact("path-from-data", "low", message, node, why=_WHY_DATA)
                return
