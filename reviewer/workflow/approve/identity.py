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
    from reviewer.config import Config
    from reviewer.git.identity import GitIdentity


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


def identity(config: Config, git: GitIdentity, *, key: str | None = None) -> Reviewer:
    """Return who signs.

    Args:
        config: the person's own settings.
        git: the person's own git settings.
        key: a key file that the person names now.

    Raises:
        SigningError: the name, the address or the key is not known; the hint says how to set it.
    """
    name = config.reviewer.name or git.user_name
    email = config.reviewer.email or git.user_email
    for value, what, setting in ((name, "name", "user.name"), (email, "address", "user.email")):
        if not value or not value.strip():
            raise SigningError(
                f"your {what} is not known, and an approval names a person",
                hint=f'set it: git config --global {setting} "…"',
            )
    chosen = keys.choose(key, config.signing.key, git.signing_key, gpg_format=git.gpg_format)
    return Reviewer(str(name).strip(), str(email).strip(), chosen)
