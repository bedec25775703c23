"""Secrets that stand in added lines: known forms of tokens, and telling names beside values that look like secrets.

A secret is never part of what is returned; the name that it stands beside is.
"""

from __future__ import annotations

import functools
import importlib
import itertools
import math
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable


class _Detector(Protocol):
    secret_type: str

    @property
    def denylist(self) -> Iterable[re.Pattern[str]]: ...


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret that was found: what kind it is, in words, and what stands beside it. Never the secret."""

    kind: str
    name: str
    by_form: bool


_PLUGINS = (
    ("aws", "AWSKeyDetector"),
    ("azure_storage_key", "AzureStorageKeyDetector"),
    ("discord", "DiscordBotTokenDetector"),
    ("github_token", "GitHubTokenDetector"),
    ("gitlab_token", "GitLabTokenDetector"),
    ("mailchimp", "MailchimpDetector"),
    ("npm", "NpmDetector"),
    ("openai", "OpenAIDetector"),
    ("private_key", "PrivateKeyDetector"),
    ("pypi_token", "PypiTokenDetector"),
    ("sendgrid", "SendGridDetector"),
    ("slack", "SlackDetector"),
    ("square_oauth", "SquareOAuthDetector"),
    ("stripe", "StripeDetector"),
    ("telegram_token", "TelegramBotTokenDetector"),
    ("twilio", "TwilioKeyDetector"),
)
_TELLING = re.compile(
    r"passw(?:or)?d|passwd|pwd|secret|api_?key|auth_?token|access_?token|private_?key|credential", re.IGNORECASE
)
_MOST = 8
_VALUE = re.compile(
    r"[\w-]{0,60}[\"'\]]{0,3}\s*(?::\s*(?:str|string|String)\s*)?(?:=>|:=|=|:)\s*[bru]?"
    r"(?P<quote>[\"'`])(?P<value>[^\"'`\n]{6,200})(?P=quote)"
)
_FALLBACK = re.compile(
    r"[\w-]{0,60}(?:[\"']\s{0,4},|\s{0,4}(?:\|\||\?\?|\bor\b))\s{0,4}(?P<quote>[\"'`])(?P<value>[^\"'`\n]{6,200})(?P=quote)"
)
_ENVIRONMENT = re.compile(r"environ|getenv|process\.env|ENV\b|config\.get")
_NAME = re.compile(r"[\w.-]{0,60}$")
_NAME_REST = re.compile(r"[\w-]{0,60}")
_BARE = re.compile(
    r"^\s*(?:export\s+|-\s*|ENV\s+)?(?P<name>[A-Z][A-Z0-9_]{0,60}(?:PASSWORD|PASSWD|SECRET|API_?KEY|TOKEN|PRIVATE_?KEY)[A-Z0-9_]*)\s*[:=]\s*"
    r"(?P<value>[^\s\"'`$<{(]{8,200})\s*$"
)
_URL = re.compile(
    r"\b[a-z][a-z0-9+.-]{0,20}://(?P<user>[^\s:/@'\"]+):(?P<value>[^\s@/'\"${}<>%]{3,})@(?P<host>[\w.-]+)"
)
_NOT_SECRET = re.compile(
    r"(?i)^(?:x+|\*+|\.+|-+|<.*>|\{.*\}|\$.*|%.*|none|null|true|false|undefined|change.?me.*|your.*|my.?.*|example.*|dummy.*|fake.*"
    r"|test.*|placeholder.*|todo.*|redacted.*|secret|password|passwd|token|abc.*|1234.*|foo.*|bar.*|sample.*|default|required"
    r"|optional|string|bearer|basic)$|(?i:example|placeholder|changeme|insert|replace|dummy|not.?a.?real|\bxxx)"
)
_WORDS = re.compile(
    r"^[A-Za-z]+(?:[ _./:-][A-Za-z]+)*$|\s.*\s|^[a-z]+(?:[A-Z][a-z]+)*$|^/|^https?://|\.(?:py|js|json|ya?ml|toml|pem|key|txt|env)$"
)
_LEAST_ENTROPY = 2.7
_SHORTEST = 8  # No form of a secret is shorter, and a file may have a million empty lines.


def find(text: str) -> list[Secret]:
    """Return the secrets that one line holds."""
    if len(text) < _SHORTEST:
        return []
    found = [Secret(name, _beside(text), by_form=True) for name, detect in _detectors() if _detects(detect, text)]
    url = _URL.search(text)
    if url and not _is_harmless(url["value"]) and not re.search(r"localhost|127\.0\.0\.1|example", url["host"]):
        found.append(Secret("password in a URL", url["host"], by_form=True))
    if found:
        return found
    for word in itertools.islice(_TELLING.finditer(text), _MOST):
        # Anchored at the telling word: a hostile line must not take long.
        match = _VALUE.match(text, word.end())
        if match is None and _ENVIRONMENT.search(text, 0, word.start()):
            match = _FALLBACK.match(text, word.end())
        if match and _looks_secret(match["value"]):
            before = _NAME.search(text[max(0, word.start() - 60) : word.start()])
            after = _NAME_REST.match(text, word.start())
            name = (before.group() if before else "") + (after.group() if after else "")
            return [Secret("credential", name.strip(".-"), by_form=False)]
    bare = _BARE.match(text[:400])
    if bare and _looks_secret(bare["value"]):
        return [Secret("credential", bare["name"], by_form=False)]
    return []


def _looks_secret(value: str) -> bool:
    if _is_harmless(value) or _WORDS.search(value):
        return False
    kinds = sum(bool(re.search(form, value)) for form in (r"[a-z]", r"[A-Z]", r"[0-9]", r"[^\w\s]"))
    return kinds >= 2 and _entropy(value) >= _LEAST_ENTROPY


def _is_harmless(value: str) -> bool:
    return _NOT_SECRET.search(value) is not None or len(set(value)) < 4


def _entropy(value: str) -> float:
    return -sum(n / len(value) * math.log2(n / len(value)) for n in Counter(value).values())


def _beside(text: str) -> str:
    match = re.match(r"\W*(?:export\s+|const\s+|let\s+|var\s+)?([A-Za-z_][\w.-]{0,60})\s*(?::[^=]*)?[=:]", text)
    return match.group(1) if match else ""


@functools.cache
def _detectors() -> tuple[tuple[str, _Detector], ...]:
    loaded = []
    for module, name in _PLUGINS:
        # The library looks plug-ins up by itself only with all of its settings; its classes work alone.
        detector: _Detector = getattr(importlib.import_module(f"detect_secrets.plugins.{module}"), name)()
        loaded.append((detector.secret_type, detector))
    return tuple(loaded)


def _detects(detector: _Detector, text: str) -> bool:
    # A search that can take long on hostile text is made only where its fixed part is there.
    if detector.secret_type == "OpenAI Token" and "T3BlbkFJ" not in text:  # noqa: S105 - a name, no secret
        return False
    for pattern in detector.denylist:
        match = pattern.search(text)
        # What the library calls the secret is often a part of it; whether it is an example shows in the whole.
        inside_word = match is not None and match.start() > 0 and (text[match.start() - 1] + match.group()[0]).isalnum()
        if match is not None and not inside_word and _NOT_SECRET.search(match.group()) is None:
            return True
    return False
