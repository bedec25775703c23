"""Secrets in the record of a run: real-shaped ones are masked wherever they stand, other text is left alone."""

from __future__ import annotations

import base64
import json
import random
import string
import time

import pytest

from reviewer.run.event import Command, Plan, PlanStep, Prompt
from reviewer.run.redact import Redactor, mask
from reviewer.run.secrets import rules as secret_rules

_RANDOM = random.Random(11)  # noqa: S311 - the same made-up secrets every time
LETTERS = string.ascii_letters + string.digits
SAFE = LETTERS + "-_"
HEX = "0123456789abcdef"
UPPER = string.ascii_uppercase + string.digits


def made(length: int, letters: str = LETTERS) -> str:
    # At least one digit and one letter, as real ones have at these lengths.
    return (
        "".join(_RANDOM.choice(letters) for _ in range(length - 2)) + "a7"
        if letters != UPPER
        else "".join(_RANDOM.choice(letters) for _ in range(length))
    )


def web_token() -> str:
    parts = ({"alg": "HS256", "typ": "JWT"}, {"sub": "1234567890", "name": "Ana", "iat": 1516239022})
    coded = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
    return ".".join([*coded, made(43, SAFE)])


def key_block(kind: str) -> str:
    lines = [made(64, LETTERS + "+/") for _ in range(6)]
    return "\n".join([f"-----BEGIN {kind}-----", *lines, f"-----END {kind}-----"])


SEEDS: dict[str, tuple[str, str]] = {
    "aws key id": ("AWS_ACCESS_KEY_ID={}", "AKIA" + made(16, UPPER)),
    "aws key id in prose": ("the temporary id is {}, use it", "ASIA" + made(16, UPPER)),
    "aws secret, spaced": ("aws_secret_access_key = {}", made(20) + "/" + made(19)),
    "aws secret, quoted": ("AWS_SECRET_ACCESS_KEY='{}'", made(40, LETTERS + "/+")),
    "aws session": ("export AWS_SESSION_TOKEN={}", made(200, LETTERS + "/+")),
    "github in a url": ("git clone https://{}@github.com/ana/shop", "ghp_" + made(36)),
    "github, environment": ("GH_TOKEN={} gh pr list", "gho_" + made(36)),
    "github, fine-grained": ("token {}", "github_pat_" + made(22) + "_" + made(59)),
    "gitlab header": ("curl -H 'PRIVATE-TOKEN: {}' https://gitlab.com", "glpat-" + made(20, SAFE)),
    "slack bot": ("SLACK={}", "xoxb-123456789012-1234567890123-" + made(24)),
    "slack hook": ("https://hooks.slack.com/services/{}", "T0ABCDEF1/B0ABCDEF2/" + made(24)),
    "stripe": ("stripe.api_key = '{}'", "sk_live_" + made(24)),
    "stripe restricted": ("use {} here", "rk_live_" + made(24)),
    "stripe webhook": ("STRIPE_WEBHOOK={}", "whsec_" + made(32)),
    "openai": ("OPENAI_API_KEY={}", "sk-" + made(20) + "T3BlbkFJ" + made(20)),
    "openai project": ("{}", "sk-proj-A" + made(100, SAFE)),
    "anthropic": ("ANTHROPIC_API_KEY={}", "sk-ant-api03-" + made(93, SAFE) + "AA"),
    "google": ("google maps {}", "AIza" + made(35, SAFE)),
    "google client": ("client {}", "GOCSPX-" + made(28, SAFE)),
    "bearer web token": ("Authorization: Bearer {}", web_token()),
    "web token in a cookie": ("cookie={}", web_token()),
    "bearer": ("Authorization: Bearer {}", made(40)),
    "npm": ("//registry.npmjs.org/:_authToken={}", "npm_" + made(36)),
    "pypi": ("password = {}", "pypi-AgEIcHlwaS5vcmc" + made(80, SAFE)),
    "azure storage": ("AccountName=x;AccountKey={};EndpointSuffix=core", made(86, LETTERS + "+/") + "=="),
    "sendgrid": ("mail: {}", "SG." + made(22, SAFE) + "." + made(43, SAFE)),
    "twilio": ("TWILIO_AUTH_TOKEN={}", made(32, HEX)),
    "twilio key": ("twilio {}", "SK" + made(32, HEX)),
    "postgres": ("postgres://app:{}@db.internal:5432/shop", "hY7!k2Lp$9"),
    "mongo": ("mongodb+srv://root:{}@cluster0.example.net/shop", "Zx81kkPq"),
    "redis": ("redis://:{}@cache:6379/0", "s3cretRedis"),
    "sql server": ("Server=db;Database=x;User Id=sa;Password={};", "P@ssw0rd!23"),
    "jdbc": ("jdbc:mysql://h/db?user=a&password={}", "hunter2hunter2"),
    "rsa key": ("{}", key_block("RSA PRIVATE KEY")),
    "ssh key": ("the key:\n{}\nend", key_block("OPENSSH PRIVATE KEY")),
    "key in one line": ('"private_key": "{}"', key_block("PRIVATE KEY").replace("\n", "\\n")),
    "env file": ("# db\nDB_HOST=localhost\nDB_PASSWORD={}\n", "correct-horse-battery-staple"),
    "json in code": ('const x = {{ apiKey: "{}" }}', made(32, HEX)),
    "yaml": ("client_secret: {}", made(40)),
    "django": ("DJANGO_SECRET_KEY='{}'", "django-insecure-#x)k%1z$3@w9^p&q2!r8+t6=y4*u0(i_o"),
    "telegram": ("bot 123456789:{}", "AA" + made(33, SAFE)),
    "discord": ("discord {}", "MTk4NjIyNDgzNDcxOTI1MjQ4." + made(6, SAFE) + "." + made(27, SAFE)),
    "discord hook": ("https://discord.com/api/webhooks/123456789012345678/{}", made(68, SAFE)),
    "hugging face": ("HF={}", "hf_" + made(34)),
    "digital ocean": ("DO={}", "dop_v1_" + made(64, HEX)),
    "vault": ("VAULT_TOKEN={}", "hvs." + made(90, SAFE)),
    "netrc": ("machine example.com login bob password {}", "Tr0ub4dor3x"),
    "url": ("https://user:{}@example.org/path", "s3cr3tpw"),
    "option": ("mysql --password={} -u root", "S3cure99x"),
    "xml": ("<password>{}</password>", "Qwe123rty!"),
}
PLACES = [pytest.param(text, secret, id=name) for name, (text, secret) in SEEDS.items()]


@pytest.mark.parametrize(("text", "secret"), PLACES)
def test_a_secret_is_masked_in_text(text: str, secret: str) -> None:
    redactor = Redactor()
    masked = redactor.text(f"before\n{text.format(secret)}\nafter", "logs/1.log")
    assert secret not in masked
    assert masked.startswith("before\n")
    assert masked.endswith("\nafter")
    assert "⟦redacted: " in masked
    assert sum(redactor.counts.values()) == masked.count("⟦redacted: ")


@pytest.mark.parametrize(("text", "secret"), PLACES)
def test_a_secret_is_masked_in_a_json_line_that_stays_json(text: str, secret: str) -> None:
    redactor = Redactor()
    content = f"Füge\n{text.format(secret)}\nan"
    line = json.dumps({"type": "user", "n": 1.50, "message": {"content": content, "twin": json.dumps({"c": content})}})
    masked = redactor.json_lines(line.encode() + b"\n", "transcript/1.jsonl")
    value = json.loads(masked)
    assert secret not in value["message"]["content"]
    assert secret not in json.loads(value["message"]["twin"])["c"]
    assert masked.startswith(b'{"type": "user", "n": 1.5, "message": {"content": ')
    assert masked.endswith(b"}}\n")
    assert redactor.counts


@pytest.mark.parametrize(("text", "secret"), PLACES)
def test_a_secret_is_masked_in_a_torn_line(text: str, secret: str) -> None:
    line = json.dumps({"type": "user", "message": {"content": f"before\n{text.format(secret)}"}}).encode()[:-3]
    masked = Redactor().json_lines(line, "transcript/1.jsonl")
    assert json.dumps(secret)[1:-1].encode() not in masked


@pytest.mark.parametrize(
    "text",
    [
        "password: string; token: Optional[str] = None; api_key = os.environ['API_KEY']",
        "const password = getPassword(); if (secret === other.secret) {}",
        'password = "password" # or "changeme", "your-password-here", "${DB_PASSWORD}"',
        "DB_PASSWORD=changeme\nAPI_KEY=<your key>\nSECRET_KEY=${SECRET}\nTOKEN=xxxxxxxxxxxx",
        "max_tokens: 4096, input_tokens=18273, token_type: bearer2x, passwordField: input1a2b3c",
        "commit 3f786850e387550fdab836ed7e6dc881de23001b and sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd",
        'integrity="sha512-9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"',
        "uuid 0b0e2b7e-1111-4222-8333-444455556666 toolu_01LcXQCgLeoxoQA3Dd9xMiYZ msg_016qNxXoTxKpu6PGGsPKNYra",
        "https://user@example.org/path?key=a&page=2 git@github.com:ana/shop.git ana@example.org",
        "postgres://user:password@localhost/db and https://<user>:<token>@host",
        'grep -r "BEGIN RSA PRIVATE KEY" . # -----BEGIN PRIVATE KEY----- is the first line',
        "the test passes: 12, tokens: 5, keys: a, monkey: banana12, compass: north12345",
        "file-history-snapshot cache_creation_input_tokens sourceToolAssistantUUID ephemeral_5m_input_tokens",
        "SECRET_NAME=projects/x/secrets/db TOKEN_PATH=/run/secrets/token1 PASSWORD_FILE=/etc/pw1",
    ],
)
def test_other_text_is_left_alone(text: str) -> None:
    redactor = Redactor()
    assert redactor.text(text, "logs/1.log") == text
    assert redactor.counts == {}


def test_opaque_fields_are_not_looked_into() -> None:
    secret = "ghp_" + made(36)
    line = json.dumps({"signature": secret, "encrypted_content": secret, "source": {"data": secret}}).encode()
    assert Redactor().json_lines(line, "t") is line


def test_a_secret_is_known_by_its_key_in_json() -> None:
    redactor = Redactor()
    masked = redactor.json_lines(b'{"env": {"DB_PASSWORD" : "hunter2x9", "PORT": "8080"}}', "t")
    assert json.loads(masked) == {"env": {"DB_PASSWORD": mask("Secret Keyword"), "PORT": "8080"}}
    assert redactor.counts == {("t", "Secret Keyword"): 1}


def test_counts_are_by_file_and_rule() -> None:
    redactor = Redactor()
    key = "AKIA" + made(16, UPPER)
    redactor.text(f"{key} {key}", "logs/1.log")
    redactor.bytes(f"x {key}".encode(), "logs/2.log")
    assert redactor.counts == {("logs/1.log", "AWS Access Key"): 2, ("logs/2.log", "AWS Access Key"): 1}


def test_masks_made_at_the_door_can_be_counted_for_what_was_made_of_them() -> None:
    redactor = Redactor()
    redactor.recount(f"a {mask('GitHub Token')} b {mask('GitHub Token')}".encode(), "timeline.jsonl")
    assert redactor.counts == {("timeline.jsonl", "GitHub Token"): 2}


def test_masking_twice_changes_nothing() -> None:
    redactor = Redactor()
    for text, secret in SEEDS.values():
        once = redactor.text(text.format(secret), "a")
        assert redactor.text(once, "b") == once
    assert {file for file, _ in redactor.counts} == {"a"}


def test_bytes_that_are_not_utf8_survive() -> None:
    key = ("ghp_" + made(36)).encode()
    masked = Redactor().bytes(b"\xff\xfe " + key + b" \xe9\n\xff", "a")
    assert masked == b"\xff\xfe " + mask("GitHub Token").encode() + b" \xe9\n\xff"


def test_a_secret_in_a_very_long_line_is_found() -> None:
    key = "ghp_" + made(36)
    text = "var a = 1; " * 20_000 + key + ";" + "b" * 50_000
    assert key not in Redactor().text(text, "a")


def test_a_key_that_is_cut_is_masked_as_far_as_it_goes() -> None:
    block = key_block("RSA PRIVATE KEY")
    cut = block[: block.index("-----END")]
    masked = Redactor().text(f"$ cat key\n{cut}\nsh: done here\n", "a")
    assert block.split("\n")[3] not in masked
    assert masked.endswith("sh: done here\n")


def test_all_texts_of_an_event_are_masked() -> None:
    key = "ghp_" + made(36)
    redactor = Redactor()
    command = redactor.event(
        Command(seq=1, n=1, line=f"curl -H 'Authorization: token {key}'", cwd="/x"), "timeline.jsonl"
    )
    plan = redactor.event(Plan(seq=2, steps=(PlanStep(f"use {key}", "pending"),)), "timeline.jsonl")
    prompt = Prompt(seq=3, text="nothing here to see")
    assert key not in repr(command) + repr(plan)
    assert redactor.event(prompt, "timeline.jsonl") is prompt
    assert redactor.counts == {("timeline.jsonl", "GitHub Token"): 2}


@pytest.mark.parametrize(
    "text",
    [
        "password=" + "aA-" * 3_000 + "!",
        "-----BEGIN PRIVATE KEY-----\n" + "1" * 100_000 + "!\n" + "A" * 30,
        "secret: '" + "a1" * 4_000,
        "://" + "a:" * 4_000 + "@",
        "eyJ" + "a." * 4_000,
        "xoxb-" + "1-" * 4_000,
    ],
)
def test_no_text_makes_the_rules_slow(text: str) -> None:
    started = time.process_time()
    Redactor().text(text, "a")
    assert time.process_time() - started < 1


def test_a_line_of_names_without_end_is_masked_in_little_time() -> None:
    redactor = Redactor()
    start = time.monotonic()
    redactor.text("password=" * 50_000, "log")
    assert sum(redactor.counts.values()) > 50  # past the first names of a stretch, nothing is weighed: all is masked
    assert time.monotonic() - start < 20  # it took over a minute when each value was read to the end of the line


def test_a_secret_is_masked_to_its_end_however_long() -> None:
    value = "aB3$x9Qz" * 200
    assert Redactor().text(f"password={value} and more", "log") == "password=⟦redacted: Secret Keyword⟧ and more"


KEY = key_block("RSA PRIVATE KEY")


@pytest.mark.parametrize(("text", "secret"), PLACES)
def test_a_secret_is_masked_in_plain_text_with_real_line_feeds(text: str, secret: str) -> None:
    said = f'# chat\n\n#### do it, "please"\n\n{text.format(secret)}\n\n> [ok] "done"\n'
    masked = Redactor().json_lines(said.encode(), "transcript/1.md").decode()
    assert secret not in masked
    assert masked.startswith('# chat\n\n#### do it, "please"\n\n')
    assert masked.endswith('\n> [ok] "done"\n')


@pytest.mark.parametrize("indent", [None, 1, 4])
@pytest.mark.parametrize(("text", "secret"), PLACES)
def test_a_secret_is_masked_in_a_document_of_any_layout(text: str, secret: str, indent: int | None) -> None:
    document = {"info": {"id": "s1"}, "messages": [{"content": [text.format(secret)]}, {"content": "and more"}]}
    masked = Redactor().json_lines(json.dumps(document, indent=indent).encode(), "transcript/1.json")
    value = json.loads(masked)
    assert secret not in value["messages"][0]["content"][0]
    assert value["messages"][1] == {"content": "and more"}


def test_a_long_document_is_looked_through_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reviewer.run.redact._AT_ONCE", 1_000)
    monkeypatch.setattr("reviewer.run.redact._PART", 500)
    document = {"messages": [{"n": n, "said": f'"{n}", token ghp_{made(36)}, yes'} for n in range(300)]}
    redactor = Redactor()
    masked = redactor.json_lines(json.dumps(document).encode(), "transcript/1.json")
    assert redactor.counts == {("transcript/1.json", "GitHub Token"): 300}
    assert json.loads(masked)["messages"][7] == {"n": 7, "said": f'"7", token {mask("GitHub Token")}, yes'}


@pytest.mark.parametrize("sign", ["", "+", "-", " ", "   12→"])
@pytest.mark.parametrize("indent", [None, 2])
def test_a_key_in_a_list_of_lines_is_masked_whole(sign: str, indent: int | None) -> None:
    lines = [f"{sign}{line}" for line in ("# a key", *KEY.split("\n"), "the end")]
    redactor = Redactor()
    masked = json.loads(redactor.json_lines(json.dumps({"lines": lines, "n": 1}, indent=indent).encode(), "t"))
    assert masked["lines"][0] == lines[0]
    assert masked["lines"][1] == sign + mask("Private Key")
    assert masked["lines"][2:-1] == [sign] * (len(lines) - 3)
    assert masked["lines"][-1] == lines[-1]
    assert redactor.counts == {("t", "Private Key"): 1}


def test_a_list_that_only_speaks_of_keys_is_left_alone() -> None:
    line = json.dumps(["-----BEGIN PRIVATE KEY-----", "is how they start", "-----END PRIVATE KEY-----"]).encode()
    assert Redactor().json_lines(line, "t") == line


def test_two_keys_that_are_cut_are_both_masked() -> None:
    cut = KEY[: KEY.index("-----END")]
    text = f"one\n{cut}\nbetween them\n{cut}\nafter\n"
    masked = Redactor().text(text, "a")
    assert masked.count("⟦redacted: Private Key⟧") == 2
    assert "between them\n" in masked
    assert masked.endswith("after\n")
    assert KEY.split("\n")[2] not in masked


def test_a_field_named_data_that_holds_a_text_is_looked_into() -> None:
    secret = "ghp_" + made(36)
    assert secret.encode() not in Redactor().json_lines(json.dumps({"data": f"the token is {secret}"}).encode(), "t")


def test_what_a_rule_finds_has_one_of_its_signs() -> None:
    """The signs only spare looking: taking them away changes nothing that is found."""
    texts = [text.format(secret) for text, secret in SEEDS.values()]
    texts += [text.swapcase() for text in texts]
    seen: set[str] = set()
    for rule in (rule for family in secret_rules.rules().values() for rule in family):
        for text in texts:
            if rule.pattern.search(text):
                seen.add(rule.name)
                assert not rule.signs or any(sign in text.lower() for sign in rule.signs), rule
    assert len(seen) >= 20
