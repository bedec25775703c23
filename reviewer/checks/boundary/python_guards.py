"""What guards access in Python: decorators, checking calls, protecting keywords, conditions."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from reviewer.checks.boundary.conditions import Condition
from reviewer.checks.boundary.guards import Guards, GuardUse
from reviewer.checks.boundary.python_forms import code, dotted, is_constant
from reviewer.checks.python_nodes import walk
from reviewer.checks.python_source import own, statements

if TYPE_CHECKING:
    from collections.abc import Iterator

_GUARD = re.compile(
    r"(?:^|[._])(?:login_required|permission_required|permissions?_classes|requires?_(?:auth|login|role|permission|scope)\w*"
    r"|(?:auth|jwt|token|login|role|roles|scopes?|admin|staff|permission)s?_required|authenticated|authori[sz]e[ds]?|csrf_protect"
    r"|user_passes_test|secured|protected|rate_?limit(?:ed)?|throttle[ds]?|roles_allowed|verify_\w*(?:token|signature|auth)\w*)$",
    re.IGNORECASE,
)
_CONTROL = re.compile(
    r"(?:^|[._])(?:compare_digest|verify_(?:signature|token|password|csrf|hash|jwt)\w*|check_(?:permission|password|csrf|access|auth|token|signature)\w*"
    r"|require_(?:auth|login|permission|role|admin|access)\w*|(?:ensure|assert|validate)_(?:auth|permission|access|token|csrf|owner|signature)\w*"
    r"|authenticate|authorize|has_perm(?:ission)?s?|is_authenticated|is_authorized|safe_join|secure_filename|escape_html|sanitize\w*)$",
    re.IGNORECASE,
)

_MIXIN = re.compile(
    r"(?:LoginRequired|PermissionRequired|UserPassesTest|Access|Auth\w*|\w*Required|Csrf\w*|Secure\w*)(?:Mixin|View)$"
)
_CLASS_SETTINGS = frozenset(
    {
        "permission_classes",
        "authentication_classes",
        "throttle_classes",
        "permission_required",
        "login_required",
        "decorators",
    }
)
_MIDDLEWARE = re.compile(
    r"(?i)(?:csrf|auth\w*|security|clickjacking|xframe\w*|cors|session|ratelimit\w*|axes)\w*middleware$"
)
_HOOK = re.compile(r"\.before_(?:app_)?request$")
_DEPENDED = re.compile(r"(?i)current_?user|auth|verify|require|token|permission|admin|role|scope|csrf|api_?key|login")


def guards(node: ast.AST) -> list[str]:
    """Return the decorators of a definition that guard access, as text."""
    decorators = node.decorator_list if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) else []
    return [code(one) for one in decorators if _GUARD.search(dotted(one.func if isinstance(one, ast.Call) else one))]


def file_guards(tree: ast.Module) -> Guards:
    """Return what guards whole classes, parameters and applications: base classes, class settings, middleware."""
    uses: list[GuardUse] = []
    anchors: set[str] = {""}
    for node in walk(tree):
        if isinstance(node, ast.ClassDef):
            anchors.add(node.name)
            uses.extend(_of_class(node))
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            anchors.add(f"{node.name}()")
            hooks = (one for one in node.decorator_list if _HOOK.search(dotted(one)) and _refuses(node))
            uses.extend(GuardUse(dotted(one).rsplit(".", 1)[-1], "", f"@{code(one)}", one.lineno) for one in hooks)
            given = (*node.args.defaults, *(one for one in node.args.kw_defaults if one is not None))
            notes = (
                argument.annotation for argument in (*node.args.args, *node.args.kwonlyargs) if argument.annotation
            )
            for part in (*given, *notes, *node.decorator_list):
                uses.extend(_depended(part, f"{node.name}()"))
        elif isinstance(node, ast.Call):
            uses.extend(_of_application(node))
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.List | ast.Tuple):
            name = dotted(node.targets[0]).rsplit(".", 1)[-1]
            anchors.add(name)
            uses.extend(
                GuardUse(str(part.value).rsplit(".", 1)[-1], name, str(part.value), part.lineno)
                for part in node.value.elts
                if isinstance(part, ast.Constant) and isinstance(part.value, str) and _MIDDLEWARE.search(part.value)
            )
    return Guards(tuple(dict.fromkeys(uses)), frozenset(anchors))


def _of_application(node: ast.Call) -> Iterator[GuardUse]:
    """Yield what a call puts before all routes of an application or a router."""
    if _HOOK.search(dotted(node.func)) and node.args and _DEPENDED.search(dotted(node.args[0])):
        yield GuardUse(dotted(node.args[0]).rsplit(".", 1)[-1], "", code(node), node.lineno)
    if dotted(node.func).rsplit(".", 1)[-1] in {"APIRouter", "FastAPI", "include_router"}:
        for keyword in node.keywords:
            if keyword.arg == "dependencies":
                yield from _depended(keyword.value, "")


def _refuses(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Return whether what runs before every request asks who is there."""
    parts = (part for part in walk(node) if isinstance(part, ast.Name | ast.Attribute))
    return any(_DEPENDED.search(part.id if isinstance(part, ast.Name) else part.attr) for part in parts)


def _of_class(node: ast.ClassDef) -> Iterator[GuardUse]:
    for base in node.bases:
        if _MIXIN.search(dotted(base)):
            yield GuardUse(dotted(base).rsplit(".", 1)[-1], node.name, dotted(base), base.lineno)
    for statement in node.body:
        if isinstance(statement, ast.Assign) and dotted(statement.targets[0]) in _CLASS_SETTINGS:
            yield GuardUse(dotted(statement.targets[0]), node.name, code(statement), statement.lineno)
    for text in guards(node):
        yield GuardUse(text.split("(")[0], node.name, f"@{text}", guard_line(node, text))


def _depended(node: ast.expr, anchor: str) -> Iterator[GuardUse]:
    for part in walk(node):
        if isinstance(part, ast.Call) and dotted(part.func).rsplit(".", 1)[-1] in {"Depends", "Security"} and part.args:
            name = dotted(part.args[0].func if isinstance(part.args[0], ast.Call) else part.args[0])
            if _DEPENDED.search(name):
                yield GuardUse(name.rsplit(".", 1)[-1], anchor, code(part), part.lineno)


def controls(node: ast.AST) -> list[tuple[str, int]]:
    """Return the calls below `node` that check something about access or input: name and line."""
    found = []
    for part in walk(node):
        name = ""
        if isinstance(part, ast.Call):
            name = dotted(part.func)
        elif isinstance(part, ast.Attribute) and part.attr in {"is_authenticated", "is_authorized"}:
            name = part.attr
        if name and _CONTROL.search(name):
            found.append((name.rsplit(".", 1)[-1], getattr(part, "lineno", 1)))
        if isinstance(part, ast.Call):
            found.extend((f"{k.arg}={code(k.value)}", k.value.lineno) for k in part.keywords if _protects(k))
    return found


def _protects(keyword: ast.keyword) -> bool:
    """Return whether a keyword switches a protection on."""
    if keyword.arg == "samesite":
        return isinstance(keyword.value, ast.Constant) and isinstance(keyword.value.value, str)
    return keyword.arg in {"secure", "httponly", "autoescape", "check_hostname"} and is_constant(
        keyword.value, value=True
    )


def guard_line(node: ast.AST, text: str) -> int:
    """Return the line of the decorator with this text."""
    decorators = node.decorator_list if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) else []
    return next((one.lineno for one in decorators if code(one) == text), getattr(node, "lineno", 1))


def conditions(node: ast.AST) -> list[Condition]:
    """Return the conditions of a function, whatever they are about."""
    found = []
    for part in own(node):
        if isinstance(part, ast.If):
            leaves = (ast.Raise, ast.Return, ast.Continue)
            refuses = any(isinstance(inner, leaves) or _aborts(inner) for inner in part.body)
            found.append(Condition(code(part.test), part.lineno, refuses))
    return found


def grants(node: ast.AST) -> list[int]:
    """Return the line of a function's only statement if all that it does is to say True."""
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return []
    body = statements(node)
    if (
        len(body) == 1
        and isinstance(body[0], ast.Return)
        and body[0].value is not None
        and is_constant(body[0].value, value=True)
    ):
        return [body[0].lineno]
    return []


def _aborts(node: ast.stmt) -> bool:
    if not isinstance(node, ast.Expr) or not isinstance(node.value, ast.Call):
        return False
    return re.search(r"(?:^|\.)(?:abort|exit|redirect|fail|deny)$", dotted(node.value.func)) is not None
