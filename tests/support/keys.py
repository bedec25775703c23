"""Real SSH keys in a temporary folder, and a signer that needs no program."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519

from reviewer.approval import base64s, sshkey, sshsig, wire
from reviewer.approval.statement import NAMESPACE

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

SSH_KEYGEN = shutil.which("ssh-keygen")
needs_ssh_keygen = pytest.mark.skipif(SSH_KEYGEN is None, reason="ssh-keygen (the OpenSSH client) is not installed")


@dataclass(frozen=True)
class RealKey:
    """A key pair on disk, made by ssh-keygen."""

    path: Path

    @property
    def public_line(self) -> str:
        return self.path.with_name(self.path.name + ".pub").read_text().strip()

    @property
    def public(self) -> sshkey.PublicKey:
        return sshkey.parse_line(self.public_line)[0]

    @property
    def fingerprint(self) -> str:
        return self.public.fingerprint

    def sign(self, message: bytes, namespace: str = NAMESPACE) -> bytes:
        """Sign as a person would, stdin to stdout."""
        done = _run("-Y", "sign", "-q", "-n", namespace, "-f", str(self.path), stdin=message)
        assert done.returncode == 0, done.stderr
        return done.stdout


def make_key(
    folder: Path, name: str = "id", kind: str = "ed25519", bits: int | None = None, comment: str = ""
) -> RealKey:
    """Make a key pair without a passphrase."""
    path = folder / name
    size = ("-b", str(bits)) if bits else ()
    done = _run("-q", "-t", kind, *size, "-N", "", "-C", comment, "-f", str(path))
    assert done.returncode == 0, done.stderr
    return RealKey(path)


def ssh_keygen_accepts(
    folder: Path, signers: str, identity: str, *, armored: bytes, message: bytes, namespace: str = NAMESPACE
) -> bool:
    """Ask `ssh-keygen -Y verify`, the second opinion."""
    listed, signature = folder / "listed", folder / "signature"
    listed.write_text(signers)
    signature.write_bytes(armored)
    done = _run("-Y", "verify", "-n", namespace, "-I", identity, "-f", str(listed), "-s", str(signature), stdin=message)
    return done.returncode == 0


@dataclass(frozen=True)
class FakeSigner:
    """An Ed25519 key in memory, always the same one for one seed."""

    seed: bytes = b"reviewer tests"

    @property
    def _private(self) -> ed25519.Ed25519PrivateKey:
        return ed25519.Ed25519PrivateKey.from_private_bytes(hashlib.sha256(self.seed).digest())

    @property
    def public(self) -> sshkey.PublicKey:
        raw = self._private.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        return sshkey.parse_blob(wire.string(b"ssh-ed25519") + wire.string(raw))

    @property
    def fingerprint(self) -> str:
        return self.public.fingerprint

    def sign(self, message: bytes, namespace: str = NAMESPACE) -> bytes:
        value = self._private.sign(sshsig.signed_data(message, namespace, "sha512"))
        inner = wire.string(b"ssh-ed25519") + wire.string(value)
        return armored(self.public.blob, namespace, inner)


def armored(
    key_blob: bytes,
    namespace: str,
    inner: bytes,
    *,
    version: int = 1,
    reserved: bytes = b"",
    hash_name: str = "sha512",
    after: bytes = b"",
) -> bytes:
    """Armour a signature of any shape, good or bad."""
    blob = b"SSHSIG" + version.to_bytes(4) + wire.string(key_blob) + wire.string(namespace.encode())
    blob += wire.string(reserved) + wire.string(hash_name.encode()) + wire.string(inner) + after
    text = base64s.encode(blob).encode()
    body = b"".join(text[at : at + 70] + b"\n" for at in range(0, len(text), 70))
    return b"-----BEGIN SSH SIGNATURE-----\n" + body + b"-----END SSH SIGNATURE-----\n"


def signers_line(principal: str, key: sshkey.PublicKey, options: str = "") -> str:
    """One line of an allowed-signers file."""
    return f"{principal} {options + ' ' if options else ''}{key.line}\n"


def stamp(moment: datetime) -> str:
    """A time as allowed-signers files write it."""
    return moment.strftime("%Y%m%d%H%M%SZ")


def _run(*arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    if SSH_KEYGEN is None:
        pytest.skip("ssh-keygen (the OpenSSH client) is not installed")
    environment = {"PATH": os.environ.get("PATH", ""), "HOME": "/nonexistent", "LC_ALL": "C"}
    return subprocess.run((SSH_KEYGEN, *arguments), input=stdin, capture_output=True, check=False, env=environment)
