"""What makes guessing harder, made weaker: fast hashes of passwords, fewer rounds, longer lives, more tries."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from reviewer.checks.failures.added import given, last, short
from reviewer.checks.ident import shown
from reviewer.checks.python_nodes import walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewer.checks.failures.added import Added
    from reviewer.checks.ident import Fact

_WHY_FAST = (
    "A fast hash lets a thief try billions of passwords in a second; scrypt, argon2 and bcrypt are made to be slow."
)
_WHY_LIMIT = "What limits guessing and stealing is weaker than it was."
_FAST = re.compile(r"hashlib\.(?:md5|sha\d{1,3}|sha3_\d{3}|blake2[bs]|new)")
_PASSWORD = re.compile(r"passw|pwd|passphrase|\bpin\b", re.IGNORECASE)
_HUGE = 1e15
_LARGE = 1e6
_LEAST_ROUNDS = 100_000
_LOWER_IS_WORSE = re.compile(
    r"(?:.*_)?(?:iterations?|rounds|cost|work_factor|min_(?:password_)?len(?:gth)?|token_bytes|key_(?:size|bits)|salt_(?:bytes|len\w*))(?:_.*)?",
    re.IGNORECASE,
)
_HIGHER_IS_WORSE = re.compile(
    r"(?:.*_)?(?:ttl|lifetime|max_age|expir\w*|valid(?:_\w+)?|seconds|minutes|hours|days|attempts|tries|failures|logins|leeway)(?:_.*)?",
    re.IGNORECASE,
)
_ALWAYS = re.compile(r"iteration|rounds|work_factor|salt|token_bytes|key_size|key_bits", re.IGNORECASE)
_CONTEXT = re.compile(r"auth|login|session|token|passw|reset|invite|lock|cookie|jwt|otp|rate|throttl", re.IGNORECASE)
_SENSITIVE_RESULT = re.compile(
    r"token|secret|passw|otp|api_?key|nonce|salt|session_?id|invite|reset|csrf|voucher|coupon", re.IGNORECASE
)
_GUESSED = re.compile(
    r"\brandom\.(?:random|randint|randrange|choices?|sample|getrandbits|uniform|randbytes)\(|\buuid1\(|\b(?:randint|choices)\("
)


def limits(added: Added) -> Iterator[Fact]:
    """Yield what makes it easier to guess or to steal."""
    slow = added.names.keys() & {"scrypt", "argon2", "bcrypt"}
    for scope, nodes in added.scopes:
        for node in nodes:
            if isinstance(node, ast.Call) and added.is_fresh(node):
                yield from _hashed(added, node, scope, slow=bool(slow))
        if _SENSITIVE_RESULT.search(getattr(scope, "name", "")):
            yield from _guessed(added, scope, nodes)
    yield from _changed(added)


def _hashed(added: Added, call: ast.Call, scope: ast.AST, *, slow: bool) -> Iterator[Fact]:
    name = added.dotted(call.func)
    text = " ".join(short(one) for one in call.args)
    if (
        _FAST.fullmatch(name)
        and not slow
        and (_PASSWORD.search(text) or (text and _PASSWORD.search(getattr(scope, "name", ""))))
    ):
        message = f"A password goes through a fast hash: {shown(short(call))}"
        yield added.fact("password-hash-fast", "medium", message, call, why=_WHY_FAST)
    elif name.endswith("pbkdf2_hmac") and len(call.args) > 3:
        rounds = _number(call.args[3]) or _constants(added.new).get(last(call.args[3]))
        if rounds is not None and rounds < _LEAST_ROUNDS:
            message = f"A password goes through {rounds:,.0f} rounds: {shown(short(call))}"
            yield added.fact("password-hash-fast", "medium", message, call, why=_WHY_FAST)


def _guessed(added: Added, scope: ast.AST, nodes: Sequence[ast.AST]) -> Iterator[Fact]:
    for node in nodes:
        if (
            isinstance(node, ast.Return)
            and node.value is not None
            and node.lineno in added.lines
            and _GUESSED.search(short(node))
        ):
            name = getattr(scope, "name", "")
            message = f"{shown(name)} is made from numbers that can be guessed."
            yield added.fact(
                "weak-random", "high", message, node, why="Whoever sees some of them can compute the next."
            )


def _changed(added: Added) -> Iterator[Fact]:
    """Yield constants that have another value now, the weaker one."""
    if added.old is None:
        return
    had = _constants(added.old)
    for node in walk(added.new):
        name, value = _constant(node)
        before = had.get(name)
        if (
            not name
            or value is None
            or before is None
            or value == before
            or getattr(node, "lineno", 0) not in added.lines
        ):
            continue
        about = _CONTEXT.search(name) is not None or _CONTEXT.search(added.path) is not None
        worse = (value < before and _LOWER_IS_WORSE.fullmatch(name)) or (
            value > before and _HIGHER_IS_WORSE.fullmatch(name)
        )
        if worse and (about or _ALWAYS.search(name)):
            message = f"{shown(name)} is {value:,g} now; before, {before:,g}."
            yield added.fact("limit-loosened", "medium", message, node, why=_WHY_LIMIT, quote=name)


def _constants(tree: ast.Module) -> dict[str, float]:
    found: dict[str, float] = {}
    for node in walk(tree):
        name, value = _constant(node)
        if name and value is not None:
            found[name] = value
    return found


def _constant(node: ast.AST) -> tuple[str, float | None]:
    """Return the name and the number of `NAME = 60 * 60`, or of a keyword in a call of timedelta."""
    if isinstance(node, ast.Assign) and len(node.targets) == 1:
        return last(node.targets[0]), _number(node.value)
    if isinstance(node, ast.AnnAssign) and node.value is not None:
        return last(node.target), _number(node.value)
    return "", None


def _number(node: ast.expr) -> float | None:
    if isinstance(node, ast.Constant):
        value = node.value
        return float(value) if isinstance(value, int | float) and abs(value) < _HUGE else None
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.LShift):
        left, right = _number(node.left), _number(node.right)
        if left is None or right is None or right > _LARGE:
            return None
        return left * right if isinstance(node.op, ast.Mult) else left * 2 ** min(right, 60)
    if isinstance(node, ast.Call) and last(node) == "timedelta" and not node.args:
        units = {"seconds": 1.0, "minutes": 60.0, "hours": 3_600.0, "days": 86_400.0, "weeks": 604_800.0}
        parts = [(_number(value), units.get(name)) for name, value in given(node).items()]
        if any(number is None or unit is None for number, unit in parts):
            return None
        return sum((number or 0) * (unit or 0) for number, unit in parts)
    return None
