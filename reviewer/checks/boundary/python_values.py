"""Weakenings in Python that lie in a value: random numbers for secrets, settings, addresses, what a request says."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from reviewer.checks.boundary.model import Sink
from reviewer.checks.boundary.python_forms import code, dotted, is_constant

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from reviewer.checks.finding import Severity

_SENSITIVE = re.compile(
    r"passw|secret|token|credential|api_?key|private_?key|nonce|otp\b|salt|session_?(?:id|key)|csrf", re.IGNORECASE
)
_RANDOM = re.compile(
    r"\brandom\.(?:random|randint|randrange|choices?|sample|getrandbits|uniform|shuffle|randbytes)\(|(?<![.\w])(?:randint|choices?)\("
)
_REQUEST = re.compile(
    r"\b(?:flask\.)?(?:self\.)?request\.(?:args|form|values|GET|POST|query_params|path_params|match_info|json|get_json|cookies"
    r"|headers|files|data|query|params|match|path_info)\b"
)
_SAFE_PATH = re.compile(r"basename|secure_filename|safe_join|\.name\b|resolve\(\)|is_relative_to|normpath")
_PATHS = re.compile(
    r"(?:os\.path\.join|open|io\.open|send_file|FileResponse|Path|pathlib\.Path|os\.(?:remove|unlink)|shutil\.\w+)"
)
_FETCHES = re.compile(r"(?:requests|httpx|session|client)\.(?:get|post|put|head|request)|(?:urllib\.request\.)?urlopen")
_OFF = re.compile(r"(?:SESSION|CSRF|REMEMBER)_COOKIE_(?:SECURE|HTTPONLY)|SECURE_SSL_REDIRECT")
CHECKS = frozenset({"verify", "verify_ssl", "ssl_verify", "verify_certs", "check_hostname"})
"""Settings that say whether the other side's certificate is checked."""
AT_TIMES = "The other side's certificate is not checked in one of the cases."
_SHELLS = frozenset({"sh", "bash", "zsh", "dash"})
_FORGERY = re.compile(r"WTF_CSRF_ENABLED|CSRF_ENABLED|WTF_CSRF_CHECK_DEFAULT|csrf_enabled")


def assigned(node: ast.Assign | ast.AnnAssign) -> Iterator[Sink]:
    """Yield what a value that is given to a name weakens."""
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    names = [_name(target) for target in targets]
    if node.value is None:
        return
    yield from _valued(names, node.value, node)


def _unchecked(name: str, value: ast.expr, node: ast.expr | ast.stmt) -> Iterator[Sink]:
    if may_be_off(value):
        yield _sink("tls-check-off", "medium", AT_TIMES, node)
    elif name in {"verify", "verify_ssl"} and is_constant(value, value=False):
        yield _sink("tls-check-off", "high", "The other side's certificate is not checked.", node)


def may_be_off(value: ast.expr) -> bool:
    """Return whether a value is False where nothing was given or a condition says so."""
    if isinstance(value, ast.IfExp):
        return any(is_constant(branch, value=False) for branch in (value.body, value.orelse))
    return isinstance(value, ast.BoolOp) and isinstance(value.op, ast.Or) and is_constant(value.values[-1], value=False)


def _name(target: ast.expr) -> str:
    # `app.config["DEBUG"]` is the setting DEBUG.
    if isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Constant):
        return str(target.slice.value)
    return dotted(target).rsplit(".", 1)[-1]


def _valued(names: list[str], value: ast.expr, node: ast.expr | ast.stmt) -> Iterator[Sink]:
    text = code(value)
    off, on = is_constant(value, value=False), is_constant(value, value=True)
    for name in names:
        if _SENSITIVE.search(name) and _RANDOM.search(text):
            yield _sink("weak-random", "high", f"{name[:60]} is made from numbers that can be guessed.", node)
        elif off and _OFF.fullmatch(name):
            yield _sink("cookie-flag-off", "medium", "A cookie loses a protection.", node)
        elif off and _FORGERY.fullmatch(name):
            yield _sink("exempted", "high", "The protection against forged requests is switched off.", node)
        elif on and name == "DEBUG":
            yield _sink("debug-on", "medium", "A server is set to debug mode.", node)
        elif name in CHECKS:
            yield from _unchecked(name, value, node)
        elif name.lower() == "access-control-allow-origin" and text.strip("'\"") == "*":
            yield _sink("cors-open", "medium", "Every origin is allowed.", node)
        elif name == "ALLOWED_HOSTS" and re.search(r"['\"]\*['\"]", text):
            yield _sink("open-to-all", "medium", "Every host name is answered to.", node)
        elif on and name in {"CORS_ALLOW_ALL_ORIGINS", "CORS_ORIGIN_ALLOW_ALL"}:
            yield _sink("cors-open", "medium", "Every origin is allowed.", node)


def _returned(call: ast.Call) -> Iterator[Sink]:
    for keyword in call.keywords:
        if keyword.arg is not None:
            if keyword.arg not in CHECKS:
                yield from _valued([keyword.arg], keyword.value, keyword.value)
            if keyword.arg in {"host", "bind", "address"} and code(keyword.value).strip("'\"").startswith("0.0.0.0"):  # noqa: S104 - what is looked for
                yield _sink("bound-to-all", "low", "A server listens on every address of the machine.", call)


def _outside(call: ast.Call) -> Iterator[Sink]:
    name = dotted(call.func)
    given = " ".join(code(argument) for argument in call.args)
    if not _REQUEST.search(given):
        return
    if _PATHS.fullmatch(name) and not _SAFE_PATH.search(given):
        yield _sink("outside-input", "high", "A path is put together from what a request says.", call)
    elif _FETCHES.fullmatch(name) and call.args and _REQUEST.search(code(call.args[0])):
        yield _sink("outside-input", "high", "Which address is fetched is what a request says.", call)
    elif name.rsplit(".", 1)[-1] == "redirect" and call.args and _REQUEST.search(code(call.args[0])):
        yield _sink("outside-input", "medium", "Where the user is sent is what a request says.", call)


def _cipher(call: ast.Call) -> Iterator[Sink]:
    name = dotted(call.func)
    if re.search(
        r"(?:^|\.)(?:DES3?|ARC4|ARC2|Blowfish)\.new$|algorithms\.(?:ARC4|TripleDES|Blowfish)$|modes\.ECB$", name
    ) or any(code(argument).endswith("MODE_ECB") for argument in call.args):
        yield _sink("weak-cipher", "high", "A weak cipher or mode is used.", call)


def _through_shell(call: ast.Call) -> Iterator[Sink]:
    words = call.args[0].elts if call.args and isinstance(call.args[0], ast.List | ast.Tuple) else []
    texts = [part.value if isinstance(part, ast.Constant) else None for part in words[:3]]
    if (
        len(texts) == 3
        and str(texts[0]).rsplit("/", 1)[-1] in _SHELLS
        and texts[1] in {"-c", "-lc"}
        and texts[2] is None
    ):
        severity: Severity = "medium" if re.search(r"\bquote\(", code(call)) else "high"
        yield _sink("shell-command", severity, "A command put together at run time runs through a shell.", call)


def _unended(call: ast.Call) -> Iterator[Sink]:
    if re.search(r"(?i)(?:jwt|jose\w*)\.decode$", dotted(call.func)) and re.search(
        r"verify_(?:exp|aud|iss)['\"]?\s*[:=]\s*False", code(call)
    ):
        yield _sink("signature-check-off", "medium", "A token is accepted after its end, or from anybody.", call)


CALL_RULES: tuple[Callable[[ast.Call], Iterator[Sink]], ...] = (_returned, _outside, _cipher, _through_shell, _unended)


def _sink(rule: str, severity: Severity, fact: str, node: ast.expr | ast.stmt) -> Sink:
    return Sink(rule, severity, fact, code(node), node.lineno, node.end_lineno or node.lineno)
