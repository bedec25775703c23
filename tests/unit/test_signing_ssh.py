"""Signing through the real ssh-keygen: what it gives is believed only after our own check."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from typing import TYPE_CHECKING

import pytest

from reviewer.approval import sshsig
from reviewer.approval.statement import NAMESPACE
from reviewer.errors import SigningError
from reviewer.signing import keys, program, ssh
from tests.support.keys import FakeSigner, make_key, needs_ssh_keygen

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MESSAGE = b"what is signed"
pytestmark = needs_ssh_keygen


@pytest.fixture(autouse=True)
def _no_agent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)


def _signer(path: Path) -> ssh.SshKeygenSigner:
    return ssh.SshKeygenSigner(keys.load(str(path), "named by you"))


@pytest.mark.parametrize("kind", ["ed25519", "ecdsa"])
def test_a_signature_comes_back_and_no_file_is_written(tmp_path: Path, kind: str) -> None:
    real = make_key(tmp_path, kind=kind)
    before = sorted(tmp_path.iterdir())
    armored = _signer(real.path).sign(MESSAGE, NAMESPACE)
    assert sshsig.parse(armored).key == real.public
    assert sshsig.verify(sshsig.parse(armored), MESSAGE, NAMESPACE) is None
    assert sorted(tmp_path.iterdir()) == before


def test_a_passphrase_without_a_terminal_fails_in_one_sentence(tmp_path: Path) -> None:
    real = make_key(tmp_path)
    subprocess.run(["ssh-keygen", "-q", "-p", "-P", "", "-N", "secret", "-f", str(real.path)], check=True)
    with pytest.raises(SigningError, match="did not sign"):
        # A session of its own has no controlling terminal, so ssh-keygen cannot ask the one that runs these tests.
        _in_new_session(real.path)


def _in_new_session(path: Path) -> None:
    read, write = os.pipe()
    if not (child := os.fork()):
        os.setsid()
        try:
            _signer(path).sign(MESSAGE, NAMESPACE)
            os.write(write, b"signed")
        except SigningError as error:
            os.write(write, error.sentence.encode())
        os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as stream:
        said = stream.read().decode()
    os.waitpid(child, 0)
    raise SigningError(said)


def _fake_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    tool = tmp_path / "bin" / "ssh-keygen"
    tool.parent.mkdir()
    tool.write_text(f"#!/bin/sh\n{script}\n")
    tool.chmod(0o755)
    monkeypatch.setattr(program, "_PLACES", (str(tool.parent), "/usr/bin", "/bin"))


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("exit 0", "does not verify"),
        ("echo nonsense", "does not verify"),
        ("echo 'no such key' >&2; exit 255", "did not sign: no such key"),
        ("cat STALE", "not SHA256:"),
        ("cat OLD", "does not verify"),
    ],
)
def test_exit_code_and_output_are_not_evidence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, why: str
) -> None:
    real = make_key(tmp_path)
    (tmp_path / "stale").write_bytes(FakeSigner().sign(MESSAGE))
    (tmp_path / "old").write_bytes(real.sign(b"another message"))
    script = script.replace("STALE", str(tmp_path / "stale")).replace("OLD", str(tmp_path / "old"))
    _fake_program(tmp_path, monkeypatch, script)
    with pytest.raises(SigningError, match=why):
        _signer(real.path).sign(MESSAGE, NAMESPACE)


def test_the_environment_is_our_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SSH_ASKPASS", "SSH_ASKPASS_REQUIRE", "SSH_SK_PROVIDER", "LD_PRELOAD", "SSH_AUTH_SOCK"):
        monkeypatch.setenv(name, "/tmp/evil")  # noqa: S108 - never used
    seen = tmp_path / "seen"
    _fake_program(tmp_path, monkeypatch, f"env > {seen}; exit 1")
    real = make_key(tmp_path)
    with pytest.raises(SigningError):
        _signer(real.path).sign(MESSAGE, NAMESPACE)
    names = {line.split("=", 1)[0] for line in seen.read_text().split("\n") if line}
    assert not names & {"SSH_ASKPASS", "SSH_ASKPASS_REQUIRE", "SSH_SK_PROVIDER", "LD_PRELOAD", "SSH_AUTH_SOCK"}


def test_programs_are_never_taken_from_here_or_a_relative_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in (tmp_path / "here" / "bin", tmp_path / "there"):
        folder.mkdir(parents=True)
        (folder / "ssh-keygen").write_text("#!/bin/sh\n")
        (folder / "ssh-keygen").chmod(0o755)
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setattr(program, "_PLACES", ())
    monkeypatch.setenv("PATH", f":bin:{tmp_path / 'here' / 'bin'}")
    with pytest.raises(SigningError, match="not found"):
        program.find("ssh-keygen")
    monkeypatch.setenv("PATH", f"bin:{tmp_path / 'there'}")
    assert program.find("ssh-keygen") == str(tmp_path / "there" / "ssh-keygen")


@pytest.fixture
def agent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    if not shutil.which("ssh-agent"):
        pytest.skip("ssh-agent is not installed")
    socket = tmp_path / "agent"
    process = subprocess.Popen(
        ["ssh-agent", "-D", "-a", str(socket)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    monkeypatch.setenv("SSH_AUTH_SOCK", str(socket))
    for _ in range(200):
        if subprocess.run(["ssh-add", "-l"], capture_output=True, check=False).returncode == 1:
            break
    yield
    process.send_signal(signal.SIGTERM)
    process.wait()


@pytest.mark.usefixtures("agent")
def test_a_literal_key_signs_through_the_agent_and_only_while_it_is_there(tmp_path: Path) -> None:
    real = make_key(tmp_path)
    literal = ssh.SshKeygenSigner(keys.load("key::" + real.public_line, "from git"))
    with pytest.raises(SigningError, match="neither a file here nor in an ssh-agent"):
        literal.sign(MESSAGE, NAMESPACE)
    subprocess.run(["ssh-add", "-q", str(real.path)], check=True)
    assert ssh.agent_holds(literal.key)
    assert sshsig.verify(sshsig.parse(literal.sign(MESSAGE, NAMESPACE)), MESSAGE, NAMESPACE) is None


def test_no_agent_is_no_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = keys.load(str(make_key(tmp_path).path), "x")
    monkeypatch.setenv("SSH_AUTH_SOCK", str(tmp_path / "nothing"))
    assert not ssh.agent_holds(key)
