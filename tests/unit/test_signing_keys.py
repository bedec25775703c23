"""Finding the key that a person means, from public halves alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reviewer.errors import SigningError
from reviewer.signing import keys
from tests.support.keys import make_key, needs_ssh_keygen

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = needs_ssh_keygen


def test_what_is_named_comes_before_settings_and_git(tmp_path: Path) -> None:
    named, set_, git = (make_key(tmp_path, name) for name in ("named", "set", "git"))
    ask = keys.choose
    first = ask(str(named.path), str(set_.path), str(git.path), gpg_format="ssh")
    assert (first.fingerprint, first.source) == (named.fingerprint, "named by you")
    assert ask(None, str(set_.path), str(git.path), gpg_format="ssh").fingerprint == set_.fingerprint
    assert ask(None, None, str(git.path), gpg_format="ssh").fingerprint == git.fingerprint


@pytest.mark.parametrize("gpg_format", [None, "openpgp"])
def test_a_gpg_key_of_git_is_not_taken_for_an_ssh_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, gpg_format: str | None
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".ssh").mkdir()
    make_key(tmp_path / ".ssh", "id_ed25519")
    with pytest.raises(SigningError, match="no key") as caught:
        keys.choose(None, None, "0xDEADBEEF", gpg_format=gpg_format)
    assert caught.value.hint is not None
    assert str(tmp_path / ".ssh" / "id_ed25519") in caught.value.hint


def test_with_no_key_at_all_the_hint_makes_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(SigningError) as caught:
        keys.choose(None, None, None, gpg_format=None)
    assert "ssh-keygen -t ed25519" in (caught.value.hint or "")


@pytest.mark.parametrize("form", ["key::{}", "{}"])
def test_a_literal_key_has_no_file(tmp_path: Path, form: str) -> None:
    real = make_key(tmp_path)
    key = keys.choose(None, None, form.format(real.public_line), gpg_format="ssh")
    assert key.fingerprint == real.fingerprint
    assert key.path is None
    assert not key.has_private_file


def test_a_private_file_shows_its_public_half_even_alone(tmp_path: Path) -> None:
    real = make_key(tmp_path)
    fingerprint = real.fingerprint
    assert keys.load(str(real.path) + ".pub", "x").fingerprint == fingerprint
    real.path.with_name("id.pub").unlink()
    key = keys.load(str(real.path), "x")
    assert key.fingerprint == fingerprint
    assert key.has_private_file
    assert key.claimed_assurance == "A0"


def test_a_mismatched_pair_is_refused(tmp_path: Path) -> None:
    real, other = make_key(tmp_path), make_key(tmp_path, "other")
    (tmp_path / "id.pub").write_text(other.public_line)
    with pytest.raises(SigningError, match="not the public half"):
        keys.load(str(real.path), "x")


def test_files_that_are_no_keys_say_so(tmp_path: Path) -> None:
    (tmp_path / "junk").write_bytes(b"\xff\x00")
    (tmp_path / "junk.pub").write_bytes(b"\xff\x00")
    (tmp_path / "torn").write_text("-----BEGIN OPENSSH PRIVATE KEY-----\n!!\n-----END OPENSSH PRIVATE KEY-----\n")
    (tmp_path / "big").write_bytes(b"x" * 70_000)
    (tmp_path / "folder").mkdir()
    for name, why in (
        ("none", "cannot be read"),
        ("junk", "not ASCII"),
        ("junk.pub", "not ASCII"),
        ("torn", "damaged"),
        ("big", "too large"),
        ("folder", r"cannot be read|not a file"),
    ):
        with pytest.raises(SigningError, match=why):
            keys.load(str(tmp_path / name), "x")


def test_an_old_format_without_its_public_half_says_what_to_run(tmp_path: Path) -> None:
    (tmp_path / "old").write_text("-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n")
    with pytest.raises(SigningError) as caught:
        keys.load(str(tmp_path / "old"), "x")
    assert "ssh-keygen -y" in (caught.value.hint or "")
