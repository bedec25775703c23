"""Whether a value looks like a secret, or like a placeholder, a reference or a word (shape checks of the rules).

Pure. Errs on the side of masking where a name says "password" and the value is no plain word; everything masked is
counted and shown, so that a false mask can be seen.
"""

from __future__ import annotations

import re
from itertools import pairwise

_PLACEHOLDER = re.compile(
    r"example|placeholder|change[-_]?(?:me|in|this)|changeit|your[-_]|[-_]your|\bmy[-_]|xxx|\*\*\*|\.\.\.|…|dummy|redacted|⟦|sample|foobar"
    r"|insert|replace[-_]|generate[-_]|\btodo\b|^<|>$|^\$|\$\{|\$\(|\{\{|^%|%s|^@|^&|^#|^\(|^\[|^\{|process\.env|os\.environ|getenv"
    r"|^env\.|^secrets\.|^vault:|^arn:|^file:|^https?://|^\w+://|^null$|^none$|^undefined$|^true$|^false$|^nil$",
    re.IGNORECASE,
)
_PLAIN_WORDS = frozenset(
    (
        *("password", "passwd", "pass", "pwd", "secret", "token", "apikey", "api_key", "api-key", "key", "login"),
        *("admin", "root", "user", "username", "guest", "postgres", "mysql", "redis", "bearer", "basic"),
        *("test", "tests", "testing", "string", "number", "boolean", "integer", "object", "text", "value"),
        *("required", "optional", "hidden", "default", "unknown", "missing", "invalid", "empty"),
    )
)
_ABOUT = re.compile(
    r"(?:name|names|_?ids?|Ids?|type|types|field|label|title|placeholder|ur[il]|endpoint|path|file|filename|dir|length|len|"
    r"count|counts|limit|policy|rules?|schema|regex|pattern|hint|message|msg|errors?|required|enabled|input|output|ref|"
    r"refs|var|env|expires|expiry|expiration|expires_?(?:at|in)|ttl|size|usage|budget|manager|provider|service|store|class|"
    r"function|func|handler|helper|factory|builder|parser|validator|version|format|status|index|kind|mode|prefix|suffix|"
    r"strength|mask|masked|hashed|algorithm|algo|rotation|detector|detect|scan|scanner|scanning|tokens|ize|izer|ized|"
    r"secrets|passwords|credentials|reset|changed|list|map|set|test|tests|spec|spans?|position|pos|start|end|offset|"
    r"stream|buffer|bucket|tree|node|_?ok|valid|is_?set|arn|alias|source|sources|storage|model|models|column|table|js|ts|py|go|md)\Z",
)
_NOT_ABOUT = re.compile(
    r"public|max_?token|num_?token|input_?token|output_?token|pass(?:ed|es|ing|thr|ive|age|enger|port)|compass|bypass|tokeni",
    re.IGNORECASE,
)
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_IDENTIFIER = re.compile(r"[A-Za-z_$][\w$]*(?:(?:\.|::|->|-)[\w$]+)*[!?]?")
_PATH = re.compile(
    r"[~.]{0,2}/[\w./@+-]*|[a-z][a-z0-9._@-]*(?:/[a-z0-9._@-]+)+|[\w-]+\.(?:json|ya?ml|toml|py|js|tsx?|go|rs|md|txt|env|pem)"
)
_CALL = re.compile(r"[A-Za-z_][\w.]*\(")
_VERSION = re.compile(r"[\^~>=<v]*\d+(?:[.:,/-]\d+)*[a-z%]{0,3}")
_MIN_QUOTED = 6
_MIN_BARE = 8
_MIN_ENV = 6
_MIN_RANDOM = 32


def is_about_secrets(name: str) -> bool:
    """Return whether a name speaks of a secret without holding one (`token_type`, `password_field`, `max_tokens`)."""
    last = name.rsplit(".", 1)[-1]
    return bool(_ABOUT.search(last.rstrip("_-")) or _NOT_ABOUT.search(last))


def is_placeholder(value: str) -> bool:
    """Return whether a value stands for a secret without being one."""
    if _PLACEHOLDER.search(value) or value.lower() in _PLAIN_WORDS:
        return True
    return len(set(value)) <= 2 or (value.strip("0123456789").lower() in {"", "abc", "abcd"} and len(set(value)) <= 3)


def is_mixed(value: str) -> bool:
    """Return whether a value mixes digits with letters, as made tokens do."""
    return not is_placeholder(value) and any(c.isdigit() for c in value) and any(c.isalpha() for c in value)


def is_token(value: str) -> bool:
    """Return whether a value is made of signs as a program makes them, digits among them or not."""
    return is_mixed(value) or (not is_placeholder(value) and _is_random(value))


def is_password(value: str) -> bool:
    """Return whether the middle of `://user:…@host` is a password and no placeholder."""
    return len(value) >= 3 and not is_placeholder(value) and not value.startswith(("{", "<", "$", "%"))


def is_quoted_secret(value: str) -> bool:
    """Return whether a quoted value is a secret: mixed characters, no words, no code."""
    if len(value) < _MIN_QUOTED or is_placeholder(value) or _VERSION.fullmatch(value) or _is_path(value):
        return False
    if any(c.isspace() for c in value):
        return False
    if _UUID.fullmatch(value):
        return True
    has_digit = any(c.isdigit() for c in value)
    has_symbol = any(not c.isalnum() and c not in "-_./:" for c in value)
    if _CALL.match(value) or "=>" in value or (has_symbol and not has_digit and len(value) < _MIN_BARE):
        return False
    if has_digit:
        return any(c.isalpha() for c in value) and _classes(value) >= 2 and not _is_word_with_number(value)
    return has_symbol or (len(value) >= 16 and _changes(value) >= len(value) // 4)


def is_bare_secret(value: str, *, is_env: bool, is_given: bool) -> bool:
    """Return whether a value without quotes is a secret.

    Args:
        value: as it stands there.
        is_env: `NAME=value` as in a .env file: nearly always a value.
        is_given: written right after `=`, an option or a tag: often a value; else, in code, mostly a name.
    """
    value = value if is_env else value.rstrip(".,;:?")
    if is_placeholder(value) or _VERSION.fullmatch(value) or _is_path(value):
        return False
    if is_env:
        return len(value) >= _MIN_ENV and not value.isupper() and not _is_reference(value)
    if len(value) < _MIN_BARE or not any(c.isdigit() for c in value) or not any(c.isalpha() for c in value):
        return False
    if _UUID.fullmatch(value):
        return True
    if _is_word_with_number(value) or _is_reference(value):
        return False
    if is_given or not _IDENTIFIER.fullmatch(value):
        return _classes(value) >= 2
    return len(value) >= 12 and _changes(value) >= 5


def _is_path(value: str) -> bool:
    """Return whether a value is a path; Base64 may look like one, but changes its kind of sign all the time."""
    return _PATH.fullmatch(value) is not None and not (len(value) >= _MIN_RANDOM and _is_random(value))


def _is_random(value: str) -> bool:
    return _changes(value) >= len(value) // 3


def _is_reference(value: str) -> bool:
    return "." in value and bool(re.fullmatch(r"[a-z_]+(?:\.[a-z_]+)+", value))


def _is_word_with_number(value: str) -> bool:
    """Return whether a value is a name with a number at its end ("token2", "secret-key-1", "sha256")."""
    name = value.rstrip("0123456789")
    if not 1 <= len(value) - len(name) <= 3:
        return False
    words = name.replace("-", "").replace("_", "").replace(".", "").replace(":", "")
    return words.isalpha() and _changes(words) <= 2 + len(words) // 6


def _class(c: str) -> int:
    return 0 if c.islower() else 1 if c.isupper() else 2 if c.isdigit() else 3


def _classes(value: str) -> int:
    return len({_class(c) for c in value})


def _changes(value: str) -> int:
    kinds = [_class(c) for c in value]
    return sum(1 for left, right in pairwise(kinds) if left != right)
