"""Who signs, and with which key: from the command line, the person's settings, then their git settings.

Never from the repository under review. Whether the list of signers knows the person is said, not decided, here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer.approval.refusal import RefusedError
from reviewer.approval.statement import NAMESPACE
from reviewer.errors import SigningError
from reviewer.signing import keys

if TYPE_CHECKING:
    from datetime import datetime

    from reviewer.approval.allowed_signers import AllowedSigners
    from reviewer.workflow.settings import Settings


@dataclass(frozen=True, slots=True)
class Reviewer:
    """The person who signs, and their key."""

    name: str
    email: str
    key: keys.SigningKey

    @property
    def fingerprint(self) -> str:
        """The key's fingerprint."""
        return self.key.fingerprint

    def warning(self, signers: AllowedSigners | None, now: datetime) -> str | None:
        """Return why this person's approval will not count by the list at hand, or None."""
        if signers is None:
            return None
        try:
            signers.signer(self.key.public, self.email, NAMESPACE, now)
        except RefusedError as error:
            return error.sentence
        return None


def identity(settings: Settings) -> Reviewer:
    """Return who signs, from the command line, the person's own settings and their git settings, in this order.

    Raises:
        SigningError: the name, the address or the key is not known; the hint says how to set it.
    """
    for value, what, name in ((settings.name, "name", "user.name"), (settings.email, "address", "user.email")):
        if not value or not value.strip():
            raise SigningError(
                f"your {what} is not known, and an approval names a person",
                hint=f'set it: git config --global {name} "…"',
            )
    git = settings.git
    key = keys.choose(settings.key, settings.config.signing.key, git.signing_key, gpg_format=git.gpg_format)
    return Reviewer((settings.name or "").strip(), (settings.email or "").strip(), key)
