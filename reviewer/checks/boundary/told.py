"""Secrets that new Python code tells, compares in the open, or has a ready answer for.

Knows one file at a time; what stood there in the same words is not told.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from reviewer.checks.boundary.names import is_near, is_secret, named, open_secrets
from reviewer.checks.failures.added import given, last, short
from reviewer.checks.ident import shown
from reviewer.checks.python_nodes import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.checks.failures.added import Added
    from reviewer.checks.ident import Fact

_WHY_TOLD = "Whoever reads this can go in with it, for as long as it is valid."
_WHY_TIMING = "How long the comparison takes tells how much of a guess is right."
_WHY_READY = "A value that stands in the code is known to everybody, and nobody notices that none was set."
_WHY_COOKIE = "Without HttpOnly and Secure any script of the page and anybody on the way can read the session."
_LOGS = frozenset({"debug", "info", "warning", "warn", "error", "exception", "critical", "log"})
_LOGGER = re.compile(r"_?_?(?:log|logger|logging|audit\w*)", re.IGNORECASE)
_WHOLE = re.compile(
    r"(?:self\.)?(?:request|req)\.(?:headers|cookies|form|json|body|get_json\(\)|POST|data|environ)|os\.environ|environ"
    r"|locals\(\)|self\.__dict__|vars\(self\)"
)
_DIGEST = re.compile(
    r"(?:.*_)?(?:signature|digest|hexdigest|hmac|mac|csrf_token|api_?key|password_?hash|hashed|secret|sig)",
    re.IGNORECASE,
)
_HASHING = re.compile(
    r"(?:hexdigest|_?digest|sign|_?signature|_?hash|hash_password|_hmac|make_signature)", re.IGNORECASE
)
_SESSION = re.compile(r"session|sid\b|token|auth|jwt|login|remember", re.IGNORECASE)
_COOKIE = re.compile(r";\s*(?:path|max-age|expires|samesite|secure|domain)\b", re.IGNORECASE)
_ENDS = frozenset({"", "None", "True", "False"})


def told(added: Added) -> Iterator[Fact]:
    """Yield what a change lets be known of secrets."""
    for scope, nodes in added.scopes:
        near = is_near(added, scope, nodes)
        for node in nodes:
            if isinstance(node, ast.Call) and added.is_fresh(node):
                yield from _logged(added, node, near=near)
                yield from _defaulted(added, node)
                yield from _cookie(added, node)
            elif isinstance(node, ast.Raise) and added.is_fresh(node) and isinstance(node.exc, ast.Call):
                texts = [part for one in node.exc.args for part in walk(one) if isinstance(part, ast.JoinedStr)]
                secret = next((one for text in texts for one in open_secrets(text, near=near)), "")
                if secret:
                    message = f"{shown(secret)} stands in the message of an error."
                    yield added.fact("secret-logged", "medium", message, node, why=_WHY_TOLD)
            elif isinstance(node, ast.Compare) and added.is_fresh(node):
                yield from _compared(added, node, near=near)
            elif isinstance(node, ast.JoinedStr | ast.Constant) and node.lineno in added.lines:
                yield from _header(added, node)


def _logged(added: Added, call: ast.Call, *, near: bool) -> Iterator[Fact]:
    prints = isinstance(call.func, ast.Name) and call.func.id == "print"
    logs = isinstance(call.func, ast.Attribute) and call.func.attr in _LOGS and _LOGGER.fullmatch(last(call.func.value))
    if not (prints or logs):
        return
    values = [*call.args, *(one.value for one in call.keywords)]
    secret = next((one for value in values for one in open_secrets(value, near=near)), "")
    whole = next((short(value) for value in values if _WHOLE.fullmatch(short(value))), "")
    if secret and logs:
        yield added.fact("secret-logged", "medium", f"{shown(secret)} is written to a log.", call, why=_WHY_TOLD)
    elif whole:
        message = f"All of {shown(whole)} is written out, with whatever secrets are in it."
        yield added.fact("secret-logged", "medium", message, call, why=_WHY_TOLD)


def _compared(added: Added, node: ast.Compare, *, near: bool) -> Iterator[Fact]:
    if len(node.ops) != 1 or not isinstance(node.ops[0], ast.Eq | ast.NotEq):
        return
    sides = (node.left, node.comparators[0])
    if any(isinstance(one, ast.Constant | ast.List | ast.Tuple | ast.Dict) for one in sides):
        return
    if any(isinstance(one, ast.Call) and last(one) in {"len", "type", "lower", "count"} for one in sides):
        return
    name = next((one for one in map(_named, sides) if one), "")
    if name and (near or not _common(name)):
        message = f"{shown(short(node))} compares a secret in the open; hmac.compare_digest is made for this."
        yield added.fact("secret-compared", "medium", message, node, why=_WHY_TIMING)


def _named(node: ast.expr) -> str:
    if isinstance(node, ast.Call):
        return last(node) if _HASHING.fullmatch(last(node)) else ""
    name = named(node)
    return name if _DIGEST.fullmatch(name[:80]) or is_secret(name, near=False) else ""


def _common(name: str) -> bool:
    """Return whether a name stands for other things than secrets too: a digest may be that of a file."""
    return (
        re.fullmatch(r"(?:.*_)?(?:digest|hexdigest|hash|_hash|sig|mac|hashed|credentials?|signature|sign|jwt)", name)
        is not None
    )


def _defaulted(added: Added, call: ast.Call) -> Iterator[Fact]:
    """Yield a secret from the environment that has a value ready where none was set."""
    if added.dotted(call.func) not in {"os.environ.get", "os.getenv"} or len(call.args) != 2:
        return
    name, value = call.args
    if not isinstance(name, ast.Constant) or not isinstance(value, ast.Constant) or not isinstance(value.value, str):
        return
    named_so = is_secret(str(name.value), near=False) or str(name.value).upper().endswith(("_TOKEN", "SECRET_KEY"))
    if named_so and value.value:
        message = f"Where {shown(str(name.value))} is not set, a value from the code is taken."
        yield added.fact("secret-default", "medium", message, call, why=_WHY_READY, quote=str(name.value))


def _cookie(added: Added, call: ast.Call) -> Iterator[Fact]:
    keywords = given(call)
    if last(call) != "set_cookie" or not call.args or any(one.arg is None for one in call.keywords):
        return
    if _SESSION.search(short(call.args[0])) and "httponly" not in keywords and "http_only" not in keywords:
        message = f"A cookie of a session is set without httponly: {shown(short(call.args[0]))}"
        yield added.fact("cookie-bare", "medium", message, call, why=_WHY_COOKIE, quote=short(call.args[0]))


def _header(added: Added, node: ast.JoinedStr | ast.Constant) -> Iterator[Fact]:
    """Yield the text of a cookie of a session that any script may read."""
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    text = "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in parts)[:400]
    name = text.split("=", 1)[0].strip()
    if "=" not in text or not _COOKIE.search(text) or not _SESSION.search(name) or len(name) > 40:
        return
    if "httponly" not in text.lower() and "max-age=0" not in text.lower():
        message = f"The cookie {shown(name)} is set without HttpOnly."
        yield added.fact("cookie-bare", "medium", message, node, why=_WHY_COOKIE, quote=name)
