"""Who may sign: the format of ssh-keygen(1), read so that no line ever grants more than it does there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from reviewer.approval import allowed_signers
from reviewer.approval.refusal import RefusedError
from reviewer.approval.statement import NAMESPACE
from reviewer.errors import BadInputError
from tests.support.keys import FakeSigner, make_key, needs_ssh_keygen, signers_line, ssh_keygen_accepts, stamp
from tests.support.records import ANA, NOW

if TYPE_CHECKING:
    from pathlib import Path

KEY = FakeSigner().public
OTHER = FakeSigner(b"other").public


def _ask(text: str, identity: str = ANA, now: datetime = NOW) -> allowed_signers.Signer:
    return allowed_signers.parse(text.encode(), "signers").signer(KEY, identity, NAMESPACE, now)


@pytest.mark.parametrize(
    "text",
    [
        signers_line(ANA, KEY),
        "# who may approve\n\n  " + signers_line(ANA, KEY).strip() + " ana's laptop\r\n",
        signers_line(f'"{ANA}"', KEY),
        signers_line(f"{ANA},ana@home", KEY),
        signers_line(f"ana@home,{ANA}", KEY),
        signers_line(ANA, KEY, f'namespaces="git,{NAMESPACE}"'),
        signers_line(ANA, KEY, 'NameSpaces="change-*"'),
        signers_line(ANA, KEY, 'namespaces="*,!git"'),
        signers_line(ANA, KEY, 'valid-after="20261120000000Z",valid-before="20261121Z"'),
        signers_line(ANA, KEY, 'valid-before="202611201200Z"'),
        signers_line(ANA, KEY, 'valid-before="20261122"'),
        signers_line(ANA, OTHER) + signers_line(ANA, KEY),
        signers_line(ANA, KEY, 'valid-before="20200101Z"') + signers_line(ANA, KEY, 'valid-after="20200101Z"'),
        signers_line("*@example.org", OTHER, "cert-authority") + signers_line(ANA, KEY),
        f"{ANA} ssh-mldsa-44@openssh.com AAAAAA==\n" + signers_line(ANA, KEY),
    ],
)
def test_a_person_is_allowed(text: str) -> None:
    assert ANA in _ask(text).principals


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "not in signers"),
        (signers_line(ANA, OTHER), "not in signers"),
        (signers_line("bob@example.org", KEY), "says ana@example.org"),
        (signers_line(ANA, KEY, 'namespaces="git"'), "namespaces 'git' only"),
        (signers_line(ANA, KEY, f'namespaces="*,!{NAMESPACE}"'), "only"),
        (signers_line(ANA, KEY, 'valid-before="20261120115959Z"'), "expired"),
        (signers_line(ANA, KEY, 'valid-after="20261120120001Z"'), "valid from"),
        (signers_line(ANA, KEY, "cert-authority"), "certificate authority"),
        (signers_line("*@example.org", KEY), "pattern"),
        (signers_line("*", KEY), "pattern"),
        (signers_line("!bob@example.org,ana@example.or?", KEY), "pattern"),
        (signers_line(ANA, KEY, 'verify-required="x"'), "not known"),
        (signers_line(ANA, KEY) + signers_line("bob@example.org", KEY), "two persons"),
        (signers_line("bob@example.org", KEY) + signers_line(ANA, KEY), "two persons"),
    ],
)
def test_a_person_is_not_allowed(text: str, why: str) -> None:
    with pytest.raises(RefusedError, match=why):
        _ask(text)


@pytest.mark.parametrize(
    "line",
    [
        ANA,
        f"{ANA} ",
        f"{ANA} ssh-ed25519",
        f"{ANA} ssh-ed25519 not*base64",
        f'"{ANA} {KEY.line}',
        f"{ANA},, {KEY.line}",
        f"{ANA} namespaces=git {KEY.line}",
        f'{ANA} namespaces="git {KEY.line}',
        f'{ANA} namespaces="a",namespaces="b" {KEY.line}',
        f'{ANA} namespaces="a", {KEY.line}',
        f'{ANA} valid-before="tomorrow" {KEY.line}',
        f'{ANA} valid-before="20261341Z" {KEY.line}',
        f'{ANA} valid-before="2026112012Z" {KEY.line}',
        f"{ANA} ssh-rsa {KEY.line.split()[1]}\x00",
        f"{ANA} \udcff",
    ],
)
def test_a_line_that_is_not_of_the_format_refuses_the_file(line: str) -> None:
    data = signers_line(ANA, KEY).encode() + line.encode("utf-8", "surrogateescape") + b"\n"
    with pytest.raises(BadInputError, match="signers, line 2"):
        allowed_signers.parse(data, "signers")


def test_an_empty_principal_list_of_a_line_with_one_field_names_the_line() -> None:
    with pytest.raises(BadInputError, match="line 1: a principal or the key is missing"):
        allowed_signers.parse(b"ssh-ed25519\n", "signers")


def test_a_time_without_a_zone_is_taken_where_it_allows_least() -> None:
    text = signers_line(ANA, KEY, 'valid-after="20261120",valid-before="20261122"')
    first, last = datetime(2026, 11, 20, 12, tzinfo=UTC), datetime(2026, 11, 21, 10, tzinfo=UTC)
    for moment in (first, last):
        assert _ask(text, now=moment).person == ANA
    for moment in (first - timedelta(seconds=1), last + timedelta(seconds=1)):
        with pytest.raises(RefusedError):
            _ask(text, now=moment)


def test_lines_with_a_name_in_common_are_one_person() -> None:
    text = (
        signers_line("ana@home", OTHER)
        + signers_line(ANA, KEY)
        + signers_line(f"ana@home,{ANA}", FakeSigner(b"third").public)
    )
    signer = _ask(text)
    assert signer.person == "ana@home"
    assert signer.principals == {"ana@home", ANA}
    assert "no namespaces" in signer.notes[0]


def test_a_file_that_is_too_large_is_refused() -> None:
    with pytest.raises(BadInputError, match="lines"):
        allowed_signers.parse(b"\n" * 100_001, "signers")


@needs_ssh_keygen
@pytest.mark.parametrize(
    ("options", "good"),
    [
        ("", True),
        (f'namespaces="{NAMESPACE}"', True),
        ('namespaces="change-*,!git"', True),
        ('namespaces="git"', False),
        ('valid-before="PAST"', False),
        ('valid-after="FUTURE"', False),
        ('valid-after="PAST",valid-before="FUTURE"', True),
        ('sparkle="yes"', False),
    ],
)
def test_agrees_with_ssh_keygen(tmp_path: Path, options: str, *, good: bool) -> None:
    now = datetime.now(UTC)
    day = timedelta(days=1)
    options = options.replace("PAST", stamp(now - day)).replace("FUTURE", stamp(now + day))
    key = make_key(tmp_path)
    text = signers_line(ANA, key.public, options)
    assert ssh_keygen_accepts(tmp_path, text, ANA, armored=key.sign(b"m"), message=b"m") is good
    listed = allowed_signers.parse(text.encode(), "signers")
    if good:
        assert listed.signer(key.public, ANA, NAMESPACE, now).person == ANA
    else:
        with pytest.raises(RefusedError):
            listed.signer(key.public, ANA, NAMESPACE, now)
