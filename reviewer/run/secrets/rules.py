"""The rules by which a secret is told from other text: those of detect-secrets' named detectors, and some of our own.

Pure: a line in, spans out. Entropy alone is no rule here (every digest would be a secret); an assigned value has to
look like one. detect-secrets is imported when the rules are built, which only packing does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

from reviewer.run.secrets import shape as secret_shape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from reviewer.run.secrets.scan import Family

# A token starts where no name ends; in raw JSON an escape (\n) may stand before it.
_START = r"(?:(?<![A-Za-z0-9_-])|(?<=\\[nrtbf]))"
_END = r"(?![A-Za-z0-9_-])"


@dataclass(frozen=True, slots=True)
class Span:
    """A secret in a text: code points from 0, and the rule that told it."""

    start: int
    end: int
    rule: str


@dataclass(frozen=True, slots=True)
class _Rule:
    """A rule.

    Attributes:
        signs: texts in lower case of which every secret of this rule has one, or none if there is no such text: looking
            for them is many times faster than for the pattern.
    """

    name: str
    pattern: re.Pattern[str]
    group: int = 0
    check: Callable[[str], bool] | None = None
    signs: tuple[str, ...] = ()

    def spans(self, text: str, folded: str) -> Iterator[Span]:
        """Yield the secrets in a text; `folded` is the same in lower case."""
        if self.signs and not any(sign in folded for sign in self.signs):
            return
        for match in self.pattern.finditer(text):
            if self.check is None or self.check(match.group(self.group)):
                start, end = match.span(self.group)
                yield Span(start, end, self.name)


_DETECTORS: dict[str, tuple[str, str, Family]] = {
    "AWSKeyDetector": ("aws", "", "token"),
    "ArtifactoryDetector": ("artifactory", "mixed", "token"),
    "AzureStorageKeyDetector": ("azure_storage_key", "", "keyword"),
    "BasicAuthDetector": ("basic_auth", "password", "url"),
    "CloudantDetector": ("cloudant", "", "keyword"),
    "DiscordBotTokenDetector": ("discord", "", "token"),
    "GitHubTokenDetector": ("github_token", "", "token"),
    "GitLabTokenDetector": ("gitlab_token", "", "token"),
    "IbmCloudIamDetector": ("ibm_cloud_iam", "mixed", "keyword"),
    "IbmCosHmacDetector": ("ibm_cos_hmac", "", "keyword"),
    "JwtTokenDetector": ("jwt", "jwt", "token"),
    "MailchimpDetector": ("mailchimp", "", "token"),
    "OpenAIDetector": ("openai", "", "token"),
    "PypiTokenDetector": ("pypi_token", "", "token"),
    "SendGridDetector": ("sendgrid", "", "token"),
    "SlackDetector": ("slack", "", "token"),
    "SoftlayerDetector": ("softlayer", "", "keyword"),
    "SquareOAuthDetector": ("square_oauth", "", "token"),
    "StripeDetector": ("stripe", "", "token"),
    "TelegramBotTokenDetector": ("telegram_token", "", "token"),
    "TwilioKeyDetector": ("twilio", "", "token"),
}
"""Detectors of detect-secrets 1.5 by class: module, check on what they find, family. Left out: the two entropy
plugins, public addresses (no secrets), npm (it takes the rest of the line with the token), private keys (we mask the
whole block, they name its first line) and the keyword detector, whose names are used with checks of our own."""

_OWN: tuple[tuple[str, str, Family], ...] = (
    ("GitHub Token", r"github_pat_[A-Za-z0-9_]{22,255}", "token"),
    ("GitHub Token", r"gh[pousr]_[A-Za-z0-9]{30,255}", "token"),
    ("GitLab Token", r"gl(?:pat|dt|ft|soat|rt|cbt|ptt|agent|imt|sa)[-_][A-Za-z0-9_.-]{20,300}", "token"),
    ("Slack Token", r"xox[a-z](?:-[A-Za-z0-9]{2,}){2,}|xapp-\d-[A-Za-z0-9-]{20,}", "token"),
    ("Stripe Access Key", r"(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{16,250}|whsec_[A-Za-z0-9+/=]{24,100}", "token"),
    ("AI Provider Key", r"sk-(?=[A-Za-z_-]*\d)(?=[\w-]*[A-Z])[A-Za-z0-9_-]{20,300}", "token"),
    ("AI Provider Key", r"(?:gsk_|xai-|pplx-|r8_|hf_)[A-Za-z0-9]{30,100}", "token"),
    (
        "Google Key",
        r"AIza[A-Za-z0-9_-]{35}|ya29\.[A-Za-z0-9_-]{20,}|GOCSPX-[A-Za-z0-9_-]{28}|1//0[A-Za-z0-9_-]{30,}",
        "token",
    ),
    ("NPM tokens", r"npm_[A-Za-z0-9]{36}", "token"),
    ("PyPI Token", r"pypi-AgE[A-Za-z0-9_-]{50,}", "token"),
    ("SendGrid API Key", r"SG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{16,64}", "token"),
    ("Twilio API Key", r"(?:AC|SK)[0-9a-f]{32}", "token"),
    ("Discord Webhook", r"https://(?:\w+\.)?discord(?:app)?\.com/api/webhooks/\d{15,}/[A-Za-z0-9_-]{40,}", "token"),
    ("Cloud Token", r"do[opr]_v1_[a-f0-9]{64}|dapi[a-f0-9]{32}|hv[sb]\.[A-Za-z0-9_-]{24,}|pul-[a-f0-9]{40}", "token"),
    (
        "Service Token",
        r"shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}|lin_api_[A-Za-z0-9]{32,}|PMAK-[a-f0-9]{24}-[a-f0-9]{34}",
        "token",
    ),
    (
        "Service Token",
        r"dckr_pat_[A-Za-z0-9_-]{20,}|figd_[A-Za-z0-9_-]{30,}|NRAK-[A-Z0-9]{27}|sntrys_[A-Za-z0-9_+/=-]{30,}",
        "token",
    ),
    (
        "Service Token",
        r"sbp_[a-f0-9]{40}|rubygems_[a-f0-9]{48}|cio[A-Za-z0-9]{32}|HRKU-[A-Za-z0-9_-]{30,}|ntn_[A-Za-z0-9]{40,}",
        "token",
    ),
    (
        "Service Token",
        r"ATATT3[A-Za-z0-9_=-]{60,}|dp\.pt\.[A-Za-z0-9]{40,}|secret_[A-Za-z0-9]{43}|key-[0-9a-f]{32}",
        "token",
    ),
    ("Age Secret Key", r"AGE-SECRET-KEY-1[A-Z0-9]{40,}", "token"),
)
_SIGNS: dict[str, str] = {
    "GitHub Token": "github_pat_ ghp_ gho_ ghu_ ghs_ ghr_",
    "GitLab Token": "glpat gldt glft glsoat glrt glcbt glptt glagent glimt glsa",
    "Slack Token": "xox xapp-",
    "Stripe Access Key": "sk_live_ sk_test_ rk_live_ rk_test_ whsec_",
    "AI Provider Key": "sk- gsk_ xai- pplx- r8_ hf_",
    "Google Key": "aiza ya29. gocspx- 1//0",
    "NPM tokens": "npm_",
    "PyPI Token": "pypi-age",
    "SendGrid API Key": "sg.",
    "Twilio API Key": "ac sk",
    "Discord Webhook": "/api/webhooks/",
    "Cloud Token": "_v1_ dapi hvs. hvb. pul-",
    "Service Token": "shpat_ shpca_ shppa_ shpss_ lin_api_ pmak- dckr_pat_ figd_ nrak- sntrys_ sbp_ rubygems_ cio "
    "hrku- ntn_ atatt3 dp.pt. secret_ key-",
    "Age Secret Key": "age-secret-key-1",
    "AWSKeyDetector": "a3t abia acca akia asia aws",
    "ArtifactoryDetector": "akc ap",
    "AzureStorageKeyDetector": "accountkey=",
    "CloudantDetector": "cl",
    "GitHubTokenDetector": "ghp_ gho_ ghu_ ghs_ ghr_",
    "GitLabTokenDetector": "glpat gldt glft glsoat glrt gr1348941 glcbt glimt glptt glagent gloas",
    "IbmCosHmacDetector": "secret",
    "JwtTokenDetector": "eyj",
    "MailchimpDetector": "-us",
    "OpenAIDetector": "t3blbkfj",
    "PypiTokenDetector": "pypi-age",
    "SendGridDetector": "sg.",
    "SlackDetector": "xox hooks.slack.com",
    "SoftlayerDetector": "sl softlayer",
    "SquareOAuthDetector": "sq0csp-",
    "StripeDetector": "k_live_",
    "TwilioKeyDetector": "ac sk",
}
"""Of each rule, texts in lower case of which what it finds always has one."""
_BEARER = re.compile(r"(?i:\b(?:bearer|basic))\s+([A-Za-z0-9_\-.=+/~]{20,})")
_SIGNATURE = re.compile(r"[?&;]sig=([A-Za-z0-9%+/=_-]{32,})")
_CONNECTION = re.compile(r"://[^\s/:@\"'`<>\\]*:([^\s/\"'`<>\\]+?)@(?=[A-Za-z0-9.\[_-])")
_USER = re.compile(
    r"""(?<![\w-])(?:-u|--user)(?:[ =]{1,2}[\\"']{0,3}|\\{0,7}",[ ]?\\{0,7}")[\w.@+-]{1,80}:([^\s"'\\`]{4,200})"""
)
_JWT = re.compile(r"eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?")


@cache
def rules() -> dict[Family, tuple[_Rule, ...]]:
    """Return all rules by family; the first call imports detect-secrets."""
    found: dict[Family, list[_Rule]] = {"token": [], "keyword": [], "url": [], "block": []}
    for name, pattern, family in _OWN:
        rule = _Rule(name, re.compile(f"{_START}(?:{pattern}){_END}"), signs=tuple(_SIGNS[name].split()))
        found[family].append(rule)
    for class_name, (module, check, family) in _DETECTORS.items():
        signs = tuple(_SIGNS.get(class_name, "").split())
        detector = cast("Any", getattr(import_module(f"detect_secrets.plugins.{module}"), class_name))
        for pattern in detector.denylist:
            group = 1 if pattern.groups == 1 and check in {"password", "mixed"} else 0
            found[family].append(_Rule(detector.secret_type, pattern, group, _CHECKS.get(check), signs))
    found["token"] += [
        _Rule("JSON Web Token", _JWT, signs=("eyj",)),
        _Rule("Authorization Header", _BEARER, 1, secret_shape.is_token, ("bearer", "basic")),
        _Rule("Shared Access Signature", _SIGNATURE, 1, signs=("sig=",)),
    ]
    found["url"] += [
        _Rule("Basic Auth Credentials", _CONNECTION, 1, secret_shape.is_password),
        _Rule("Basic Auth Credentials", _USER, 1, secret_shape.is_mixed),
    ]
    return {family: tuple(own) for family, own in found.items()}


_CHECKS: dict[str, Callable[[str], bool]] = {
    "mixed": secret_shape.is_mixed,
    "password": secret_shape.is_password,
    "jwt": lambda found: found.count(".") >= 1 and len(found) >= 40,
}


@cache
def _sensitive_names() -> re.Pattern[str]:
    """Return the names after which a value may be a secret: detect-secrets' own list, and ours."""
    denylist = cast("Any", import_module("detect_secrets.plugins.keyword")).DENYLIST
    ours = (
        r"(?:access|secret|signing|encryption|master|storage|sharedaccess|shared_access)_?key",
        r"token|passphrase|pass\b|pass$|_pass_|pgpass|credentials?",
    )
    return re.compile("|".join((*denylist, *ours)), re.IGNORECASE)


_ASSIGNMENT = re.compile(
    r"""
    (?P<name>[\w.-]{2,80})
    (?P<close>(?:\\*["'`])?[\])]{0,2}) [ \t]{0,4}
    (?P<sign>=>|:=|===|!==|==|!=|=|::|:|>)? [ \t]{0,4}
    (?: (?P<quote>\\*["'`]|@")(?P<quoted>(?:(?!(?P=quote))[^\n]){1,4000}?)(?P=quote)
      | (?P<bare>[^\s"'`<>,;|&(){}\[\]\\]{4,4000}) )
    (?P<next>.?)
    """,
    re.VERBOSE,
)
_BARE = re.compile(r"""[^\s"'`<>,;|&(){}\[\]\\]{1,4000}""")
_NEAR = 300
"""Characters from a name on within which a value without quotes is told."""
_LEFT = re.compile(r"[\w.-]*\Z")
_NEXT_WORD = re.compile(r"""[\w-]*(?:[ \t]+|\\*"[ \t]*,\s*\\*")([^\s"'`<>|;()\\]{6,200})""")


def named_secret(text: str, place: int, *, weigh: bool = True) -> Span | None:
    """Return the value assigned to the name at `place` if the name is a secret's and the value looks like one.

    Args:
        text: a line, or the surroundings of the name.
        place: where a name of a secret was seen.
        weigh: look at the value; without, whatever is assigned there counts.
    """
    left = _LEFT.search(text[max(0, place - 60) : place])
    start = place - (len(left.group()) if left else 0)
    if start and text[start - 1] == "\\" and start < place and text[start] in "nrt":
        start += 1  # an escape of JSON inside JSON runs into the name
    # A value without quotes is told by its beginning: a line of nothing but names and signs would else be read to its
    # end once for each of them.
    near = start + _NEAR
    match = _ASSIGNMENT.match(text, start, near)
    if match is None or match["sign"] is None:
        match = _ASSIGNMENT.match(text, start)
    if match is None or match["sign"] is None:
        return _given_to_option(text, start, place)
    name, value = match["name"], match["quoted"] or match["bare"] or ""
    quoted = match["quoted"] is not None
    given = match["sign"] == ">" or (
        match["sign"] == "=" and match.end("name") == match.start("sign") == match.start("bare") - 1
    )
    if weigh and not is_secret(name, value, quoted=quoted, sign=match["sign"], after=match["next"], given=given):
        return None
    group = "quoted" if quoted else "bare"
    end = match.end(group)
    if end == near and (rest := _BARE.match(text, end)):
        end = rest.end()
    return Span(match.start(group), end, "Secret Keyword")


def _given_to_option(text: str, start: int, place: int) -> Span | None:
    """Return the word after a name without `=`: `--password x`, `"--password", "x"`, or in a line of .netrc."""
    match = _NEXT_WORD.match(text, place)
    if match is None or not _is_option(text, start, place):
        return None
    name = text[start : match.start(1)].strip(' \t\r\n,\\"')
    if not is_secret(name, match[1], quoted=False, sign=" ", given=True):
        return None
    return Span(match.start(1), match.end(1), "Secret Keyword")


def _is_option(text: str, start: int, place: int) -> bool:
    if text.startswith("--", start):
        return True
    line = text[text.rfind("\n", 0, start) + 1 : start]
    return text.startswith("password ", place) and "machine " in line and "login " in line


def is_secret(name: str, value: str, *, quoted: bool, sign: str = "=", after: str = "", given: bool = False) -> bool:
    """Return whether a value assigned to a name is a secret: by the name, then by the value's shape."""
    if not _sensitive_names().search(name) or secret_shape.is_about_secrets(name):
        return False
    if sign == ">" and not quoted and after != "<":
        return False  # `<password>x</password>` only, not a comparison
    if quoted:
        return secret_shape.is_quoted_secret(value)
    is_env = sign == "=" and given and name.isupper()
    return after not in {"(", "["} and secret_shape.is_bare_secret(value, is_env=is_env, is_given=given)
