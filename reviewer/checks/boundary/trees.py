"""Weakenings of the security boundary in languages with a syntax tree: one table over calls, one over settings.

A row says which languages, which name, what its arguments must be like, and the fact. Python has a module of its own.
"""

from __future__ import annotations

import bisect
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer.checks.boundary import code_rules, trust_rules
from reviewer.checks.boundary.call_rules import ANY, SQL, CallRule
from reviewer.checks.boundary.forms import Call, Setting, below, call, is_built, is_text, leading, setting, short
from reviewer.checks.boundary.model import Sink

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewer.checks.finding import Severity
    from reviewer.syntax.tree import Node, Tree

SENSITIVE = re.compile(
    r"passw|secret|token|credential|api_?key|private_?key|signature|nonce|otp\b|salt|session_?(?:id|key)|csrf",
    re.IGNORECASE,
)
_SCRIPT = ("javascript", "typescript")
_TLS = "The other side's certificate is not checked."
_HTML = "HTML is set from a value without escaping."


@dataclass(frozen=True, slots=True)
class _Value:
    rule: str
    severity: Severity
    fact: str
    name: re.Pattern[str]
    value: re.Pattern[str]


def _rule(rule: str, severity: Severity, fact: str, name: str, value: str) -> _Value:
    return _Value(rule, severity, fact, re.compile(rf"(?i)(?:.*[._\[\"'])?(?:{name})[\"'\]]*"), re.compile(value))


_FALSE, _TRUE = r"(?:false|False|0|\"0\"|'0')$", r"(?:true|True|1)$"
_VALUE_ROWS: tuple[_Value, ...] = (
    _rule(
        "tls-check-off",
        "high",
        _TLS,
        r"rejectUnauthorized|NODE_TLS_REJECT_UNAUTHORIZED|strictSSL|verify_ssl|ssl_verify|verifyServerCertificate",
        _FALSE,
    ),
    _rule("tls-check-off", "high", _TLS, r"InsecureSkipVerify|insecureSkipTLSVerify|insecureHTTPParser", _TRUE),
    _rule("tls-check-off", "high", _TLS, r"verify_mode|ssl_verify_mode|verify", r".*\bVERIFY_NONE$"),
    _rule(
        "tls-check-off",
        "medium",
        "An old version of TLS is allowed.",
        r"MinVersion|minVersion|secureProtocol|ssl_version",
        r"tls\.VersionTLS1[01]$|tls\.VersionSSL30$|['\"](?:TLSv1(?:\.1)?|TLSv1(?:_1)?_method|SSLv[23])['\"]$|:(?:TLSv1|SSLv3)$",
    ),
    _rule(
        "signature-check-off",
        "high",
        "A token is accepted without a signature.",
        r"algorithms?|alg",
        r"(?i).{0,80}['\"]none['\"]|.*SigningMethodNone",
    ),
    _rule("signature-check-off", "medium", "A token is accepted after its end.", r"ignoreExpiration", _TRUE),
    _rule(
        "cookie-flag-off",
        "medium",
        "A cookie loses a protection.",
        r"httpOnly|http_only|HttpOnly|session_cookie_secure|session_cookie_httponly",
        _FALSE,
    ),
    _rule(
        "exempted",
        "high",
        "The protection against forged requests is switched off.",
        r"csrf|csrfProtection|csrf_protection|allow_forgery_protection",
        _FALSE,
    ),
    _rule(
        "protection-off",
        "medium",
        "A protection of the pages is switched off.",
        r"contentSecurityPolicy|frameguard|hsts|xssFilter|noSniff",
        _FALSE,
    ),
    _rule(
        "cors-open", "medium", "Every origin is allowed.", r"allowAllOrigins|allow_all_origins|AllowAllOrigins", _TRUE
    ),
    _rule(
        "cors-open",
        "medium",
        "Every origin is allowed.",
        r"origins?|allowedOrigins|allowOrigins|allow_origins|AllowOrigins|AllowedOrigins",
        r"(?:\[\]string\{|\[)?\s*['\"]\*['\"]",
    ),
    _rule(
        "bound-to-all",
        "low",
        "A server listens on every address of the machine.",
        r"host|hostname|bind|address|addr|listenAddr|bindAddress",
        r"['\"]0\.0\.0\.0(?::\d+)?['\"]$",
    ),
)
_RANDOM: dict[str, re.Pattern[str]] = {
    **dict.fromkeys(_SCRIPT, re.compile(r"\bMath\.random\(")),
    "go": re.compile(r"\brand\.(?:Int\w*|Uint\w*|Float\w*|Read|Perm)\("),
    "java": re.compile(r"\bnew Random\(|\bMath\.random\(|\bRandomStringUtils\.random"),
    "ruby": re.compile(r"(?<![\w.:])rand(?:\b|\()|\bRandom\.(?:rand|new)|\.sample\b"),
}
_LOGGERS = re.compile(
    r"(?:console|log\w*|logger|slog|puts|fmt\.Print\w*|System\.out\.print\w*|Rails\.logger|this\.logger)(?:\.\w+)*"
)
_TELLING = re.compile(
    r"(?:^|[._\[:'\"])(?:password|passwd|secret|apiKey|api_key|privateKey|private_key|accessToken|access_token|clientSecret"
    r"|client_secret|refreshToken|refresh_token)$",
    re.IGNORECASE,
)


_CALLS: dict[str, tuple[CallRule, ...]] = {
    language: tuple(row for row in (*code_rules.RULES, *trust_rules.RULES) if language in row.languages)
    for language in ANY
}


def sinks(tree: Tree, within: Sequence[int] | None = None) -> list[Sink]:
    """Return every weakening in a file, new or not.

    Args:
        tree: the file.
        within: lines in order; what touches none of them is left out.
    """
    found: list[Sink] = []
    secure_random = tree.language == "go" and b'"math/rand' not in tree.source
    for node in tree.root.walk(None if within is None else lambda one: _touches(one, within)):
        if not node.named or (within is not None and not _touches(node, within)):
            continue
        made = call(node)
        if made is not None:
            found.extend(_of_call(made, tree.language))
        given = setting(node)
        if given is not None:
            found.extend(_of_setting(given, tree.language, secure_random=secure_random))
        found.extend(_of_node(node))
    return found


def _touches(node: Node, lines: Sequence[int]) -> bool:
    place = bisect.bisect_left(lines, node.first)
    return place < len(lines) and lines[place] <= node.last


def _of_call(made: Call, language: str) -> Iterator[Sink]:
    told: set[str] = set()
    for row in _CALLS[language]:
        if row.rule not in told and row.name.search(made.name) and row.holds(made):
            told.add(row.rule)
            severity = "high" if row.rule == "weak-hash" and SENSITIVE.search(short(made.node)) else row.severity
            yield _sink(row.rule, severity, row.fact, made.node)
    if _LOGGERS.fullmatch(made.name):
        parts = (part for argument in made.args for part in below(argument))
        words = (
            short(part)
            for part in parts
            if part.type in {"identifier", "member_expression", "selector_expression", "field_access", "call"}
        )
        telling = next((word for word in words if _TELLING.search(word)), None)
        if telling is not None:
            yield _sink("secret-logged", "high", f"{telling[:60]} is written to a log.", made.node)


def _of_setting(given: Setting, language: str, *, secure_random: bool) -> Iterator[Sink]:
    name, value = given.name, short(given.value)
    for row in _VALUE_ROWS:
        if row.name.fullmatch(name) and row.value.match(value):
            severity, fact = row.severity, row.fact
            if row.rule == "cors-open" and re.search(r"(?i)credentials\"?\s*[:=]\s*true", _around(given.node)):
                severity, fact = "high", "Every origin is allowed, with credentials."
            yield _sink(row.rule, severity, fact, given.node)
            break
    if is_built(given.value) and SQL.match(leading(given.value)):
        yield _sink("sql-built", "medium", "A statement in SQL is put together from text and values.", given.node)
    weak = _RANDOM.get(language)
    if weak is not None and not secure_random and SENSITIVE.search(name) and weak.search(value):
        yield _sink("weak-random", "high", f"{name[:60]} is made from numbers that can be guessed.", given.node)
    if name.endswith((".innerHTML", ".outerHTML")) and not is_text(given.value) and "sanitize" not in value:
        yield _sink("escaping-off", "medium", _HTML, given.node)


def _around(node: Node) -> str:
    above = node.above()
    return short(above) if above is not None else ""


def _of_node(node: Node) -> Iterator[Sink]:
    if (
        node.type == "jsx_attribute"
        and node.head(24).startswith("dangerouslySetInnerHTML")
        and "sanitize" not in short(node)
    ):
        yield _sink("escaping-off", "medium", _HTML, node)
    elif node.type == "unsafe_block" or (node.type == "function_modifiers" and "unsafe" in short(node)):
        yield _sink("unsafe-code", "medium", "A block is taken out of the compiler's memory checks.", node)
    elif node.type == "method_declaration" and re.search(r"\bcheck(?:Server|Client)Trusted\b", node.head(200)):
        body = node.field("body")
        if body is not None and not body.parts:
            yield _sink("tls-check-off", "high", _TLS, node)
    elif node.type == "annotation" and node.head(12).startswith("@CrossOrigin") and '"*"' in short(node):
        yield _sink("cors-open", "medium", "Every origin is allowed.", node)
    elif node.type == "import_spec" and "net/http/pprof" in short(node):
        yield _sink("debug-on", "medium", "Pages for debugging are served.", node)


def _sink(rule: str, severity: Severity, fact: str, node: Node) -> Sink:
    return Sink(rule, severity, fact, short(node), node.first, node.last)
