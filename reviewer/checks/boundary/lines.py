"""Weakenings of the security boundary by the form of a line: other languages, shell, CI files, Dockerfiles."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reviewer.checks.finding import Severity


@dataclass(frozen=True, slots=True)
class LineRule:
    """A form of line: where it counts, what it says, how bad it is, and whether its *removal* is what counts."""

    rule: str
    severity: Severity
    fact: str
    paths: re.Pattern[str]
    pattern: re.Pattern[str]
    removed: bool = False


_JS = r"\.[cm]?[jt]sx?$"
_SHELL = r"\.(?:sh|bash|zsh)$|(?:^|/)(?:Dockerfile|Makefile)[^/]*$|\.ya?ml$|\.mk$"
_CI = r"^\.github/(?:workflows|actions)/.*\.ya?ml$|(?:^|/)action\.ya?ml$"
_DOCKER = r"(?:^|/)(?:Dockerfile|Containerfile)[^/]*$|\.dockerfile$"


def _rule(rule: str, severity: Severity, fact: str, paths: str, pattern: str, *, removed: bool = False) -> LineRule:
    return LineRule(rule, severity, fact, re.compile(paths), re.compile(pattern), removed)


RULES: tuple[LineRule, ...] = (
    _rule(
        "code-evaluated", "high", "Text is run as code.", _JS, r"(?<![\w.$])eval\s*\(\s*[^'\"\s)]|\bnew\s+Function\s*\("
    ),
    _rule(
        "escaping-off",
        "medium",
        "HTML is set from a value without escaping.",
        _JS,
        r"\bdangerouslySetInnerHTML\b|\.innerHTML\s*\+?=\s*(?!['\"`][^$]*['\"`]\s*;?$)",
    ),
    _rule(
        "tls-check-off",
        "high",
        "The other side's certificate is not checked.",
        _JS,
        r"\brejectUnauthorized\s*:\s*false\b|NODE_TLS_REJECT_UNAUTHORIZED\s*[=:]\s*['\"]?0",
    ),
    _rule(
        "shell-command",
        "high",
        "A command put together at run time runs through a shell.",
        _JS,
        r"\b(?:exec|execSync)\s*\(\s*(?:`[^`]*\$\{|['\"][^'\"]*['\"]\s*\+)",
    ),
    _rule(
        "sql-built",
        "high",
        "A statement in SQL is put together from text and values.",
        r"\.(?:[cm]?[jt]sx?|go|java|rb|php|kt|cs)$",
        r"(?i)(?:query|exec\w*|raw|prepare\w*|find_by_sql)\w*\s*\(\s*(?:\w+\s*,\s*)?(?:fmt\.Sprintf\(\s*)?[\"'`]\s*(?:select\b.+\bfrom|insert\s+into|update\b.+\bset|delete\s+from)\b.*(?:\$\{|[\"'`]\s*\+|#\{|%[sdv])",
    ),
    _rule(
        "signature-check-off",
        "high",
        "A token is accepted without a signature.",
        r"\.(?:[cm]?[jt]sx?|go|java|rb)$",
        r"(?i)algorithms?\s*[:=]\s*\[?\s*['\"]none['\"]|\bSigningMethodNone\b|JWT\.decode\([^)]*,\s*nil\s*,\s*false",
    ),
    _rule(
        "cors-open",
        "medium",
        "Every origin is allowed.",
        r"\.(?:[cm]?[jt]sx?|go|java|rb|ya?ml|toml|conf)$",
        r"(?i)Access-Control-Allow-Origin['\"]?\s*[,:=]\s*['\"]?\*|\borigins?\s*:\s*['\"]\*['\"]|allowedOrigins\(\s*\"\*\"",
    ),
    _rule(
        "tls-check-off",
        "high",
        "The other side's certificate is not checked.",
        r"\.go$",
        r"\bInsecureSkipVerify\s*:\s*true",
    ),
    _rule(
        "shell-command",
        "high",
        "A command put together at run time runs through a shell.",
        r"\.go$",
        r"exec\.Command(?:Context)?\([^)]*\"(?:ba|z)?sh\"\s*,\s*\"-c\"\s*,\s*[^\"]",
    ),
    _rule(
        "tls-check-off",
        "high",
        "The other side's certificate is not checked.",
        r"\.rs$",
        r"danger_accept_invalid_(?:certs|hostnames)\(\s*true",
    ),
    _rule(
        "unsafe-code",
        "medium",
        "A block is taken out of the compiler's memory checks.",
        r"\.rs$",
        r"\bunsafe\s*(?:\{|fn\b|impl\b)",
    ),
    _rule(
        "unsafe-deserialisation",
        "high",
        "Data decides which objects are made.",
        r"\.(?:java|kt)$",
        r"\bnew\s+ObjectInputStream\b|\.readObject\(\)",
    ),
    _rule(
        "tls-check-off",
        "high",
        "The other side's certificate or name is not checked.",
        r"\.(?:java|kt)$",
        r"(?i)NoopHostnameVerifier|ALLOW_ALL_HOSTNAME|trustAll\w*\(",
    ),
    _rule(
        "shell-command",
        "medium",
        "A command is started from text.",
        r"\.(?:java|kt)$",
        r"getRuntime\(\)\.exec\(\s*[^\"\s]|getRuntime\(\)\.exec\([^)]*\+",
    ),
    _rule(
        "unsafe-deserialisation",
        "high",
        "Data decides which objects are made.",
        r"\.rb$",
        r"\b(?:YAML\.(?:unsafe_)?load|Marshal\.load)\b(?!_file\s*\(\s*['\"])",
    ),
    _rule(
        "tls-check-off",
        "high",
        "The other side's certificate is not checked.",
        r"\.rb$",
        r"VERIFY_NONE\b|verify_ssl:\s*false|verify:\s*false",
    ),
    _rule(
        "code-evaluated",
        "high",
        "Text is run as code.",
        r"\.rb$",
        r"(?<![\w.])(?:eval|instance_eval|class_eval)\s*\(?\s*(?!do\b|\{)[a-z_#\"]",
    ),
    _rule(
        "escaping-off",
        "medium",
        "A value is marked as safe HTML.",
        r"\.(?:rb|erb)$",
        r"\.html_safe\b|\braw\s*\(?\s*[a-z@]",
    ),
    _rule(
        "piped-to-shell",
        "high",
        "What is downloaded is run at once.",
        _SHELL,
        r"\b(?:curl|wget)\b[^\n|;]*\|\s*(?:sudo\s+)?(?:ba|z|da)?sh\b|\b(?:ba)?sh\s+<\(\s*(?:curl|wget)\b",
    ),
    _rule(
        "tls-check-off",
        "medium",
        "A download does not check the certificate.",
        _SHELL,
        r"\bcurl\b[^\n]*\s(?:-\w*k\w*|--insecure)\b|\bwget\b[^\n]*--no-check-certificate",
    ),
    _rule(
        "world-writable",
        "medium",
        "Everybody on the machine may write to a path.",
        _SHELL,
        r"\bchmod\b[^\n]*\s(?:0?777|a\+w|o\+w)\b",
    ),
    _rule(
        "ci-trigger",
        "high",
        "A workflow runs with the repository's rights on changes from outside.",
        _CI,
        r"^\s*(?:-\s*)?(?:on:\s*(?:\[.*)?)?\bpull_request_target\b",
    ),
    _rule("ci-permissions", "high", "A workflow gets every permission.", _CI, r"^\s*permissions:\s*write-all\b"),
    _rule(
        "ci-permissions",
        "medium",
        "A workflow gets a permission to write.",
        _CI,
        r"^\s*(?:contents|packages|actions|deployments|pull-requests|issues|checks|statuses|id-token|security-events):\s*write\b",
    ),
    _rule(
        "ci-injection",
        "high",
        "Text that anybody can write is put into a command.",
        _CI,
        r"\$\{\{\s*github\.(?:event\.(?:issue|pull_request|comment|review|head_commit)[\w.]*\.(?:title|body|message|ref|label)|head_ref)",
    ),
    _rule(
        "ci-permissions-removed",
        "medium",
        "A workflow's limit on its permissions is gone.",
        _CI,
        r"^\s*permissions:\s*(?:read-all|\{\})?\s*$",
        removed=True,
    ),
    _rule("container-root", "high", "The container runs as root.", _DOCKER, r"^\s*USER\s+(?:root|0)\b"),
    _rule(
        "container-user-removed",
        "high",
        "The container no longer leaves root.",
        _DOCKER,
        r"^\s*USER\s+(?!root\b|0\b)\S+",
        removed=True,
    ),
    _rule(
        "container-privileged",
        "high",
        "A container gets all rights on its host.",
        r"\.ya?ml$|\.tf$",
        r"^\s*privileged\s*[:=]\s*true\b|\bhostNetwork:\s*true\b|/var/run/docker\.sock",
    ),
    _rule(
        "open-to-all",
        "medium",
        "A rule lets every address in.",
        r"\.(?:tf|ya?ml|json)$",
        r"cidr\w*\"?\s*[:=]\s*\[?\s*\"0\.0\.0\.0/0\"",
    ),
    _rule(
        "guard-removed",
        "high",
        "A guard on access is gone.",
        r"\.(?:java|kt)$",
        r"@(?:PreAuthorize|PostAuthorize|Secured|RolesAllowed)\b",
        removed=True,
    ),
    _rule(
        "guard-removed",
        "high",
        "A guard on access is gone.",
        r"\.rb$",
        r"\bbefore_action\s+:(?:authenticate|authorize|require_login|verify)\w*|\bprotect_from_forgery\b",
        removed=True,
    ),
    _rule(
        "guard-removed",
        "high",
        "A guard on access is gone.",
        r"\.(?:[cm]?[jt]sx?|go)$",
        r"\b(?:requireAuth|requireLogin|isAuthenticated|ensureLoggedIn|authenticateToken|verifyToken|csrfProtection|authMiddleware|AuthMiddleware|RequireAuth|helmet)\b",
        removed=True,
    ),
    _rule(
        "guard-skipped",
        "high",
        "A guard on access is switched off.",
        r"\.rb$",
        r"\bskip_before_action\s+:(?:authenticate|authorize|verify)\w*|\bskip_forgery_protection\b",
    ),
)
