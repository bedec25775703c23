from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reviewer.git.identity import GitIdentity, read_identity
from tests.support.repositories import ScriptedRepository, hermetic_environment

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, value in hermetic_environment(tmp_path / "home").items():
        monkeypatch.setenv(name, value)
    for name in ("GIT_CONFIG_GLOBAL", "GIT_DIR", "GIT_WORK_TREE"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "home"


def test_nothing_set_is_nothing_known(home: Path) -> None:
    assert read_identity() == GitIdentity()


def test_the_persons_settings_with_their_includes(home: Path) -> None:
    (home / ".gitconfig").write_text(
        "[user]\n\tname = Ada Löve\n\temail = ada@example.org\n[include]\n\tpath = signing\n[core]\n\teditor = vi\n"
    )
    (home / "signing").write_text(
        "[user]\n\tsigningKey = ~/.ssh/id_ed25519\n[gpg]\n\tformat = ssh\n"
        '[gpg "ssh"]\n\tallowedSignersFile = ~/.ssh/allowed_signers\n[init]\n\tdefaultBranch = trunk\n'
    )
    identity = read_identity()
    assert (identity.user_name, identity.user_email) == ("Ada Löve", "ada@example.org")
    assert identity.signing_key_file == home / ".ssh/id_ed25519"
    assert identity.allowed_signers_file == home / ".ssh/allowed_signers"
    assert (identity.gpg_format, identity.default_branch, identity.editor) == ("ssh", "trunk", "vi")


def test_a_key_that_is_no_file_is_no_path(home: Path) -> None:
    (home / ".gitconfig").write_text("[user]\n\tsigningKey = key::ssh-ed25519 AAAA\n[gpg]\n\tformat = ssh\n")
    assert read_identity().signing_key == "key::ssh-ed25519 AAAA"
    assert read_identity().signing_key_file is None


def test_another_settings_file_may_be_named(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mine").write_text("[user]\n\tname = Mine\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "mine"))
    assert read_identity().user_name == "Mine"


def test_the_repositorys_settings_never_count(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repository = ScriptedRepository(tmp_path / "repository")
    for key in ("user.name", "user.signingKey", "gpg.ssh.allowedSignersFile", "core.editor"):
        repository.git("config", key, "evil")
    monkeypatch.chdir(repository.root)
    assert read_identity() == GitIdentity()
    monkeypatch.setenv("GIT_DIR", str(repository.git_dir))
    monkeypatch.setenv("GIT_WORK_TREE", str(repository.root))
    monkeypatch.setenv("TMPDIR", str(repository.root))
    assert read_identity() == GitIdentity()
