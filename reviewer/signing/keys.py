"""Which key signs: the one the person names, else the one in their settings, else the one git is set to use.

Reads public halves only; of a private key file nothing but the public part that stands in it in clear. Values come from
the person's own settings, never from a repository or a packet.
"""

from __future__ import annotations

import os
from base64 import b64decode
from binascii import Error as Base64Error
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from reviewer.approval import sshkey
from reviewer.approval.refusal import RefusedError
from reviewer.approval.wire import WireReader
from reviewer.errors import SigningError
from reviewer.paths import read_plain

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_KEY_FILE = 64 * 1024
LITERAL = "key::"
_MAGIC = b"openssh-key-v1\0"
_BEGIN = b"-----BEGIN OPENSSH PRIVATE KEY-----"
_END = b"-----END OPENSSH PRIVATE KEY-----"


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key to sign with.

    Attributes:
        path: the private key file, or the public one whose private half is in an agent; None for a literal key.
        source: where the choice comes from, in words.
    """

    public: sshkey.PublicKey
    path: Path | None
    source: str

    @property
    def fingerprint(self) -> str:
        """The fingerprint, as OpenSSH prints it."""
        return self.public.fingerprint

    @property
    def has_private_file(self) -> bool:
        """Whether the private half is a file here, as far as its name says."""
        return self.path is not None and (self.path.suffix != ".pub" or os.access(self.path.with_suffix(""), os.R_OK))

    @property
    def claimed_assurance(self) -> str:
        """What the key's type can show at most."""
        return "A2" if self.public.is_security_key else "A0"


def choose(named: str | None, configured: str | None, git_key: str | None, *, gpg_format: str | None) -> SigningKey:
    """Return the key to sign with.

    Args:
        named: what the person gave on the command line (a path), or None.
        configured: the path in the person's own settings, or None.
        git_key: git's `user.signingkey`: a path, or `key::` and a public key.
        gpg_format: git's `gpg.format`; `git_key` is an SSH key only when this is "ssh".

    Raises:
        SigningError: no key is named anywhere, or the one that is named cannot be used.
    """
    if named is not None:
        return load(named, "named by you")
    if configured is not None:
        return load(configured, "from your settings")
    if git_key and (gpg_format == "ssh" or git_key.startswith((LITERAL, "ssh-", "ecdsa-", "sk-"))):
        return load(git_key, "from git's user.signingkey")
    raise SigningError("no key to sign with is known", hint=_hint(candidates(Path.home() / ".ssh")))


def load(value: str, source: str) -> SigningKey:
    """Return the key that a path or a `key::` literal names; see `choose` for errors."""
    text = value.removeprefix(LITERAL)
    if value.startswith((LITERAL, "ssh-", "ecdsa-", "sk-")):
        return SigningKey(_parsed(text, f"the key {source}"), None, source)
    path = Path(value).expanduser().absolute()
    if path.suffix == ".pub":
        return SigningKey(_parsed(_text(path), str(path)), path, source)
    public = path.with_name(path.name + ".pub")
    inside = _public_part(path)
    if inside is None:
        if not public.is_file():
            raise SigningError(
                f"{path} does not show its public half, and {public.name} is not beside it",
                hint=f"make it: ssh-keygen -y -f {path} > {public}",
            )
        return SigningKey(_parsed(_text(public), str(public)), path, source)
    if public.is_file() and _parsed(_text(public), str(public)) != inside:
        raise SigningError(f"{public} is not the public half of {path}")
    return SigningKey(inside, path, source)


def candidates(folder: Path) -> tuple[Path, ...]:
    """Return the public keys in a folder that could sign approvals, for a helpful sentence."""
    found = []
    for path in sorted(folder.glob("*.pub")) if folder.is_dir() else ():
        try:
            _parsed(_text(path), str(path))
        except SigningError:
            continue
        found.append(path)
    return tuple(found)


def _hint(found: Iterable[Path]) -> str:
    paths = [str(path.with_suffix("")) for path in found]
    if paths:
        return f"name one with --key ({', '.join(paths[:3])}), or set it: git config --global user.signingkey PATH"
    return "make one with: ssh-keygen -t ed25519, then name it with --key"


def _parsed(text: str, what: str) -> sshkey.PublicKey:
    try:
        return sshkey.parse_line(text)[0]
    except RefusedError as error:
        raise SigningError(f"{what}: {error.sentence}", hint=error.hint) from error


def _text(path: Path) -> str:
    try:
        return _bytes(path).decode("ascii")
    except UnicodeDecodeError as error:
        raise SigningError(f"{path} is not a public key: it is not ASCII") from error


def _bytes(path: Path) -> bytes:
    try:
        data = read_plain(path, MAX_KEY_FILE + 1)
    except OSError as error:
        raise SigningError(f"{path} cannot be read: {error.strerror}") from error
    if len(data) > MAX_KEY_FILE:
        raise SigningError(f"{path} is too large for a key")
    return data


def _public_part(path: Path) -> sshkey.PublicKey | None:
    """Return the public key that an OpenSSH private key file holds in clear, or None for another kind of file."""
    data = _bytes(path)
    start, end = data.find(_BEGIN), data.find(_END)
    if start < 0 or end < start:
        return None
    try:
        body = b64decode(b"".join(data[start + len(_BEGIN) : end].split()), validate=True)
        if not body.startswith(_MAGIC):
            return None
        reader = WireReader(body[len(_MAGIC) :], "the private key file")
        for _ in range(3):  # cipher, key derivation, its options
            reader.string()
        if reader.uint32() != 1:
            return None
        return sshkey.parse_blob(reader.string())
    except Base64Error as error:
        raise SigningError(f"{path}: the private key file is damaged") from error
    except RefusedError as error:
        raise SigningError(f"{path}: {error.sentence}") from error
