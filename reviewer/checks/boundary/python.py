"""Weakenings of the security boundary in Python, by syntax tree: one small function a kind of call."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from reviewer.checks.boundary import python_values
from reviewer.checks.boundary.model import Sink
from reviewer.checks.boundary.python_forms import code as _code
from reviewer.checks.boundary.python_forms import dotted as _dotted
from reviewer.checks.boundary.python_forms import is_constant as _is
from reviewer.checks.python_nodes import walk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from reviewer.checks.finding import Severity

_SQL = re.compile(
    r"\s*(?:select\b.+\bfrom|insert\s+into|update\b.+\bset|delete\s+from|drop\s+table|alter\s+table)\b",
    re.IGNORECASE | re.DOTALL,
)
_SQL_PART = re.compile(r"\s*(?:where|and|or|order\s+by|having|values)\b.*[=<('\s]", re.IGNORECASE | re.DOTALL)
_SENSITIVE = re.compile(r"passw|secret|token|credential|api_?key|private_?key|signature", re.IGNORECASE)
_UNPICKLERS = frozenset(
    {"pickle", "cPickle", "_pickle", "dill", "cloudpickle", "marshal", "jsonpickle", "shelve", "joblib"}
)
_LOG_METHODS = frozenset({"debug", "info", "warning", "error", "exception", "critical", "log"})


def sinks(tree: ast.Module) -> list[Sink]:
    """Return every weakening in a module, new or not."""
    found: list[Sink] = []
    for node in walk(tree):
        if isinstance(node, ast.Call):
            for rule in (*_CALL_RULES, *python_values.CALL_RULES):
                found.extend(rule(node))
        elif isinstance(node, ast.AugAssign):
            found.extend(_sql_text(node.value, node))
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            found.extend(_assigned(node))
            found.extend(python_values.assigned(node))
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.extend(_exempted(node))
    return found


def _tls(call: ast.Call) -> Iterator[Sink]:
    for keyword in call.keywords:
        if keyword.arg in python_values.CHECKS and _is(keyword.value, value=False):
            rule = "signature-check-off" if _dotted(call.func).endswith("jwt.decode") else "tls-check-off"
            what = (
                "A token is decoded without checking its signature."
                if "sig" in rule
                else "The other side's certificate is not checked."
            )
            yield _sink(rule, "high", what, call)
        elif keyword.arg in python_values.CHECKS and python_values.may_be_off(keyword.value):
            yield _sink("tls-check-off", "medium", python_values.AT_TIMES, call)
    name = _dotted(call.func)
    if name.endswith("_create_unverified_context"):
        yield _sink("tls-check-off", "high", "The other side's certificate is not checked.", call)
    if name.endswith("urllib3.disable_warnings"):
        yield _sink("tls-check-off", "medium", "Nobody is warned any more where a certificate is not checked.", call)
    if name.endswith(("AutoAddPolicy", "WarningPolicy")):
        yield _sink("host-key-check-off", "high", "Unknown host keys are accepted.", call)


def _assigned(node: ast.Assign | ast.AnnAssign) -> Iterator[Sink]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    names = {_dotted(target).rsplit(".", 1)[-1] for target in targets}
    if node.value is None:
        return
    if "check_hostname" in names and _is(node.value, value=False):
        yield _sink("tls-check-off", "high", "The other side's host name is not checked.", node)
    if "verify_mode" in names and _dotted(node.value).endswith("CERT_NONE"):
        yield _sink("tls-check-off", "high", "The other side's certificate is not checked.", node)
    if _is_built_text(node.value) and _SQL.match(_leading_text(node.value)):
        yield _sink("sql-built", "medium", "A statement in SQL is put together from text and values.", node)


def _sql_text(value: ast.expr, node: ast.stmt) -> Iterator[Sink]:
    """Yield a condition in SQL that is put together from values and added to a statement."""
    if _is_built_text(value) and _SQL_PART.match(_leading_text(value)):
        yield _sink("sql-built", "medium", "A statement in SQL is put together from text and values.", node)


def _shell(call: ast.Call) -> Iterator[Sink]:
    name = _dotted(call.func)
    has_shell = any(keyword.arg == "shell" and _is(keyword.value, value=True) for keyword in call.keywords)
    if has_shell or name in {
        "os.system",
        "os.popen",
        "commands.getoutput",
        "subprocess.getoutput",
        "subprocess.getstatusoutput",
    }:
        fixed = bool(call.args) and isinstance(call.args[0], ast.Constant)
        fact = (
            "A fixed command runs through a shell."
            if fixed
            else "A command put together at run time runs through a shell."
        )
        quoted = re.search(r"\b(?:shlex[._])?quote\(", _code(call)) is not None
        yield _sink("shell-command", "medium" if fixed or quoted else "high", fact, call)


def _evaluated(call: ast.Call) -> Iterator[Sink]:
    named = isinstance(call.func, ast.Name) and call.func.id in {"eval", "exec"}
    if named and call.args and not isinstance(call.args[0], ast.Constant):
        yield _sink("code-evaluated", "high", f"Text is run as code by {_dotted(call.func)}.", call)


def _unpickled(call: ast.Call) -> Iterator[Sink]:
    name = _dotted(call.func)
    owner, _, method = name.rpartition(".")
    if owner.split(".")[-1] in _UNPICKLERS and method in {"load", "loads", "Unpickler", "open", "decode"}:
        yield _sink("unsafe-deserialisation", "high", f"{name} runs whatever the data tells it to.", call)
    if owner == "yaml" and method in {"load", "load_all", "unsafe_load", "full_load"}:
        given = [
            *(_dotted(argument) for argument in call.args[1:]),
            *(_dotted(k.value) for k in call.keywords if k.arg == "Loader"),
        ]
        if not any("Safe" in one for one in given):
            yield _sink("unsafe-deserialisation", "high", f"{name} without a safe loader makes any object.", call)


def _statement(call: ast.Call) -> Iterator[Sink]:
    method = _dotted(call.func).rsplit(".", 1)[-1]
    if (
        method not in {"execute", "executemany", "executescript", "raw", "text", "read_sql", "read_sql_query"}
        or not call.args
    ):
        return
    if _is_built_text(call.args[0]) and _SQL.match(_leading_text(call.args[0])):
        yield _sink("sql-built", "high", "A statement in SQL is put together from text and values, and run.", call)


def _hashed(call: ast.Call) -> Iterator[Sink]:
    name = _dotted(call.func)
    weak = name.rsplit(".", 1)[-1] in {"md5", "sha1"} and name.startswith(("hashlib.", "md5", "sha1"))
    if name == "hashlib.new" and call.args and isinstance(call.args[0], ast.Constant):
        weak = str(call.args[0].value).lower() in {"md5", "sha1"}
    if weak and not any(k.arg == "usedforsecurity" and _is(k.value, value=False) for k in call.keywords):
        severity: Severity = "high" if _SENSITIVE.search(_code(call)) else "low"
        yield _sink("weak-hash", severity, f"{name} is a weak hash, and is not marked as unused for security.", call)


def _token(call: ast.Call) -> Iterator[Sink]:
    if not re.search(r"(?:jwt|jose\w*)\.decode$", _dotted(call.func), re.IGNORECASE):
        return
    text = _code(call)
    if re.search(r"verify_signature['\"]?\s*[:=]\s*False|algorithms=\[[^\]]*['\"]none['\"]", text, re.IGNORECASE):
        yield _sink("signature-check-off", "high", "A token is decoded without checking its signature.", call)


def _web(call: ast.Call) -> Iterator[Sink]:
    keywords = {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
    name = _dotted(call.func)
    origins = keywords.get("allow_origins") or keywords.get("origins") or keywords.get("resources")
    if (
        origins is not None
        and re.search(r"['\"]\*['\"]", _code(origins))
        and ("cors" in name.lower() or "add_middleware" in name)
    ):
        credentials = any(_is(value, value=True) for key, value in keywords.items() if "credentials" in key)
        what = "Every origin is allowed, with credentials." if credentials else "Every origin is allowed."
        yield _sink("cors-open", "high" if credentials else "medium", what, call)
    if name.endswith("set_cookie"):
        off = [key for key in ("secure", "httponly") if key in keywords and _is(keywords[key], value=False)]
        if off:
            yield _sink("cookie-flag-off", "medium", f"A cookie is set with {' and '.join(off)} off.", call)
    if "autoescape" in keywords and _is(keywords["autoescape"], value=False):
        yield _sink("escaping-off", "high", "Templates no longer escape what they are given.", call)
    if name.rsplit(".", 1)[-1] in {"mark_safe", "Markup"} and call.args and _is_built_text(call.args[0]):
        yield _sink("escaping-off", "medium", "Text put together from values is marked as safe HTML.", call)
    if name.endswith(".run") and "debug" in keywords and _is(keywords["debug"], value=True):
        yield _sink("debug-on", "medium", "A server is started in debug mode.", call)


def _files(call: ast.Call) -> Iterator[Sink]:
    name = _dotted(call.func)
    if name == "tempfile.mktemp":
        yield _sink("temporary-name", "medium", "A temporary name is made without making the file.", call)
    if name in {"os.chmod", "os.mkdir", "os.makedirs"} or name.endswith(".chmod"):
        modes = [part.value for part in walk(call) if isinstance(part, ast.Constant) and isinstance(part.value, int)]
        if any(mode & 0o002 and mode > 0o100 for mode in modes if not isinstance(mode, bool)):
            yield _sink("world-writable", "medium", "Everybody on the machine may write to a path.", call)


def _logged(call: ast.Call) -> Iterator[Sink]:
    method = _dotted(call.func).rsplit(".", 1)[-1]
    if not isinstance(call.func, ast.Attribute) or method not in _LOG_METHODS:
        return
    names = [
        _dotted(part) for argument in call.args for part in walk(argument) if isinstance(part, ast.Name | ast.Attribute)
    ]
    telling = [
        name
        for name in names
        if re.search(r"(?:^|[._])(?:password|passwd|secret|api_?key|private_?key|access_token)$", name)
    ]
    if telling and re.search(r"log", _dotted(call.func), re.IGNORECASE):
        yield _sink("secret-logged", "high", f"{telling[0]} is written to a log.", call)


def _exempted(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> Iterator[Sink]:
    for decorator in node.decorator_list:
        name = _dotted(decorator.func if isinstance(decorator, ast.Call) else decorator)
        if (
            name.rsplit(".", 1)[-1] in {"csrf_exempt", "exempt", "login_exempt", "allow_anonymous"}
            and "exempt" in name + "exempt"
        ):
            first = decorator.lineno
            yield Sink("exempted", "high", f"{node.name} is exempted by @{name}.", f"{node.name} {name}", first, first)


_CALL_RULES: tuple[Callable[[ast.Call], Iterator[Sink]], ...] = (
    _tls,
    _shell,
    _evaluated,
    _unpickled,
    _statement,
    _hashed,
    _token,
    _web,
    _files,
    _logged,
)


def _sink(rule: str, severity: Severity, fact: str, node: ast.expr | ast.stmt) -> Sink:
    return Sink(rule, severity, fact, _code(node), node.lineno, node.end_lineno or node.lineno)


def _is_built_text(node: ast.expr) -> bool:
    """Return whether a text is put together with values: f-string, `%`, `+` or `.format`."""
    if isinstance(node, ast.JoinedStr):
        return any(isinstance(part, ast.FormattedValue) for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mod):
        return not (_is_text(node.left) and _is_text(node.right)) and bool(_leading_text(node))
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format"


def _is_text(node: ast.expr) -> bool:
    if isinstance(node, ast.BinOp):
        return _is_text(node.left) and _is_text(node.right)
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _leading_text(node: ast.expr) -> str:
    texts = [part.value for part in walk(node) if isinstance(part, ast.Constant) and isinstance(part.value, str)]
    return texts[0] if texts else ""
