"""What the ceremony needs of whoever holds the key. The real one is `reviewer.signing`; tests bring their own."""

from __future__ import annotations

from typing import Protocol


class MessageSigner(Protocol):
    """Someone who can make an SSH signature."""

    @property
    def fingerprint(self) -> str:
        """The fingerprint ("SHA256:…") of the key that will sign."""

    def sign(self, message: bytes, namespace: str) -> bytes:
        """Return the armored SSHSIG of `message` in `namespace`, checked against the fingerprint.

        Raises:
            SigningError: no signature came back, or not the expected one.
        """
