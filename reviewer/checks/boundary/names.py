"""Names that tell of secrets in Python code, and what turns a secret into something that may be shown."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from reviewer.checks.failures.added import last
from reviewer.checks.python_nodes import children

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewer.checks.failures.added import Added

_SURE = re.compile(
    r"(?:.*_)?(?:passw(?:or)?d|passwd|passphrase|secret|secret_key|api_?key|private_?key|signing_key|access_token|refresh_token"
    r"|auth_token|bearer|credentials?|session_token|reset_token|jwt|csrf_token|authorization)",
    re.IGNORECASE,
)
_PERHAPS = re.compile(r"(?:.*_)?(?:token|otp|pin|cookie|code|nonce|session_?id|sid|key|invite)", re.IGNORECASE)
_PLACE = re.compile(
    r"auth|login|sign_?in|session|reset|invit|passw|account|credential|oauth|jwt|verif|member|secret|token_?(?:s|store)",
    re.IGNORECASE,
)
_MADE = re.compile(r"\b(?:secrets\.|token_(?:hex|urlsafe|bytes)|uuid4|random\.|urandom|jwt\.encode|\.sign\(|choices\()")
_HIDES = re.compile(
    r"mask|redact|hash|sha\d|digest|len|bool|hide|obfuscat|fingerprint|scrub|type|id|sanitiz|sign|encrypt|censor|hmac",
    re.IGNORECASE,
)


def named(node: ast.AST) -> str:
    """Return the last name of an expression: of an attribute, a name, or the key of a subscript."""
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        return str(node.slice.value)
    return last(node) if isinstance(node, ast.Name | ast.Attribute) else ""


def is_secret(name: str, *, near: bool) -> bool:
    """Return whether a name is one of a secret; `near` says whether doubtful ones count."""
    return _SURE.fullmatch(name[:80]) is not None or (near and _PERHAPS.fullmatch(name[:80]) is not None)


def is_near(added: Added, scope: ast.AST, nodes: Sequence[ast.AST]) -> bool:
    """Return whether code is about who may enter: by the names around it, or since it makes a secret."""
    if _PLACE.search(added.path) or _PLACE.search(getattr(scope, "name", "")):
        return True
    return any(
        isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Call)
        and _MADE.search(ast.unparse(node.value)[:200])
        for node in nodes
    )


def open_secrets(node: ast.AST, *, near: bool) -> Iterator[str]:
    """Yield the secrets that an expression shows: not those that are cut, masked or only counted."""
    waiting = [node]
    for _ in range(300):
        if not waiting:
            return
        current = waiting.pop()
        if isinstance(current, ast.Call) and _HIDES.search(last(current)):
            continue
        if isinstance(current, ast.Subscript) and isinstance(current.slice, ast.Slice):
            continue
        if isinstance(current, ast.IfExp):
            waiting += [current.body, current.orelse]
            continue
        if isinstance(current, ast.Compare | ast.Lambda):
            continue
        if named(current) and is_secret(named(current), near=near):
            yield ast.unparse(current)[:60]
            continue
        waiting += children(current)
