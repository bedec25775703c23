"""Forty secrets in the shapes that real ones have, made from a seed: none of them opens anything.

Each comes as people and programs write it: in a line of a shell, of a file, of an answer. `hidden` is the part that may
not be left anywhere.
"""

from __future__ import annotations

import base64
import random
import string
from dataclasses import dataclass

_ALNUM = string.ascii_letters + string.digits
_LOWER = string.ascii_lowercase + string.digits
_UPPER = string.ascii_uppercase + string.digits
_HEX = "0123456789abcdef"
_URL = _ALNUM + "-_"
_B64 = _ALNUM + "+/"


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret: what kind, the text that it stands in, and the parts of it that give it away."""

    kind: str
    text: str
    hidden: tuple[str, ...]


class _Source:
    """Random signs from a seed; each secret is of many kinds of signs, as real ones are."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - the same ones in every run

    def of(self, signs: str, count: int) -> str:
        while True:
            made = "".join(self._random.choice(signs) for _ in range(count))
            kinds = (str.isdigit, str.islower, str.isupper)
            if count < 8 or all(any(map(kind, made)) == any(map(kind, signs)) for kind in kinds):
                return made

    def base64(self, count: int) -> str:
        return base64.b64encode(self._random.randbytes(count)).decode()

    def url64(self, count: int) -> str:
        return base64.urlsafe_b64encode(self._random.randbytes(count)).decode().rstrip("=")

    def block(self, name: str, lines: int) -> tuple[str, tuple[str, ...]]:
        """A key in PEM form, and its lines."""
        body = [self.of(_B64, 64) for _ in range(lines)] + [self.of(_B64, 43) + "="]
        return "\n".join([f"-----BEGIN {name}-----", *body, f"-----END {name}-----"]), tuple(body)


def secrets(seed: int = 1) -> tuple[Secret, ...]:
    """Return forty secrets."""
    make = _Source(seed)
    return (*_tokens(make), *_keys(make), *_assigned(make), *_connections(make))


def _tokens(make: _Source) -> list[Secret]:
    shapes = [
        ("github classic", "ghp_", _ALNUM, 36, "git clone https://{}@github.com/acme/app.git"),
        ("github fine-grained", "github_pat_", _ALNUM, 82, "GH_TOKEN={} gh pr create"),
        ("github action", "ghs_", _ALNUM, 36, "token: {}"),
        ("gitlab", "glpat-", _URL, 20, "curl --header 'PRIVATE-TOKEN: {}' https://gitlab.example/api"),
        ("slack bot", "xoxb-", string.digits, 12, None),
        ("stripe live", "sk_live_", _ALNUM, 24, "stripe.api_key = '{}'"),
        ("stripe webhook", "whsec_", _ALNUM, 32, "STRIPE_WEBHOOK_SECRET={}"),
        ("openai", "sk-proj-", _URL, 64, "OPENAI_API_KEY={}"),
        ("anthropic", "sk-ant-api03-", _URL, 93, "x-api-key: {}"),
        ("google api", "AIza", _URL, 35, 'const key = "{}";'),
        ("npm", "npm_", _ALNUM, 36, "//registry.npmjs.org/:_authToken={}"),
        ("pypi", "pypi-AgEIcHlwaS5vcmc", _URL, 120, "twine upload -u __token__ -p {} dist/*"),
        ("sendgrid", "SG.", _URL, 22, None),
        ("digitalocean", "dop_v1_", _HEX, 64, "doctl auth init -t {}"),
        ("hugging face", "hf_", _ALNUM, 34, "huggingface-cli login --token {}"),
        ("vault", "hvs.", _URL, 24, "export VAULT_TOKEN={}"),
        ("docker hub", "dckr_pat_", _URL, 27, "echo {} | docker login -u acme --password-stdin"),
        ("linear", "lin_api_", _ALNUM, 40, "Authorization: {}"),
        ("shopify", "shpat_", _HEX, 32, "X-Shopify-Access-Token: {}"),
        ("twilio", "SK", _HEX, 32, "client = Client('{}')"),
    ]
    found = []
    for kind, start, signs, count, frame in shapes:
        body = make.of(signs, count)
        if kind == "slack bot":
            body = f"{body}-{make.of(string.digits, 13)}-{make.of(_ALNUM, 24)}"
        if kind == "sendgrid":
            body = f"{body}.{make.of(_URL, 43)}"
        found.append(Secret(kind, (frame or "the key is {}").format(start + body), (body,)))
    return found


def _keys(make: _Source) -> list[Secret]:
    found = []
    for name, lines in (
        ("RSA PRIVATE KEY", 24),
        ("OPENSSH PRIVATE KEY", 6),
        ("EC PRIVATE KEY", 3),
        ("PRIVATE KEY", 26),
    ):
        text, body = make.block(name, lines)
        found.append(Secret(name.lower(), text, body))
    head, claims, sign = make.url64(27), make.url64(90), make.url64(32)
    token = f"eyJhbGciOiJIUzI1NiJ9{head[:2]}.eyJ{claims}.{sign}"
    found.append(Secret("json web token", f"Authorization: Bearer {token}", (sign, claims)))
    aws = make.of(_UPPER.replace("0", "").replace("1", ""), 16)
    found.append(Secret("aws key id", f"aws_access_key_id = AKIA{aws}", (aws,)))
    secret = make.of(_B64, 40)
    found.append(Secret("aws secret", f"aws_secret_access_key = {secret}", (secret,)))
    account = make.base64(64)
    line = f"DefaultEndpointsProtocol=https;AccountName=acme;AccountKey={account};EndpointSuffix=core.windows.net"
    found.append(Secret("azure storage", line, (account,)))
    return found


def _assigned(make: _Source) -> list[Secret]:
    password, django, hmac = make.of(_ALNUM + "!#", 18), make.of(_ALNUM + "!@#", 50), make.of(_HEX, 64)
    header, netrc = make.base64(24), make.of(_ALNUM, 16)
    return [
        Secret("env block", f"DEBUG=1\nDB_PASSWORD={password}\nPORT=8000", (password,)),
        Secret("django", f"SECRET_KEY = 'django-insecure-{django}'", (django,)),
        Secret("yaml", f'jwt:\n  signing_key: "{hmac}"\n', (hmac,)),
        Secret("basic header", f"curl -H 'Authorization: Basic {header}' https://api.example", (header,)),
        Secret("netrc", f"machine api.example login ana password {netrc}", (netrc,)),
        Secret("json", '{"client_id": "acme", "client_secret": "%s"}' % (value := make.of(_ALNUM, 32)), (value,)),
    ]  # fmt: skip


def _connections(make: _Source) -> list[Secret]:
    words = [make.of(_ALNUM, 20) for _ in range(6)]
    shapes = [
        ("postgres", "DATABASE_URL=postgres://app:{}@db.example:5432/app?sslmode=require"),
        ("mongodb", "mongodb+srv://app:{}@cluster0.x1y2z.mongodb.net/prod"),
        ("redis", "redis://:{}@cache.example:6379/0"),
        ("amqp", "amqps://app:{}@mq.example/vhost"),
        ("https basic", "git remote add origin https://ana:{}@git.example/acme/app.git"),
        ("curl user", "curl -u ana:{} https://api.example/v1"),
    ]
    return [Secret(kind, frame.format(word), (word,)) for (kind, frame), word in zip(shapes, words, strict=True)]
