"""Talk to a carrier with one access token, renewed before it expires."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Protocol

log = logging.getLogger(__name__)


class TokenError(Exception):
    """The carrier refused to renew a token."""


class TokenSource(Protocol):
    """Whatever hands out tokens: the carrier's token endpoint, or a fake."""

    def renew(self, refresh_token: str) -> tuple[str, float]:
        """Return a new access token and the time at which it expires."""


@dataclass
class Session:
    """One token for one carrier."""

    source: TokenSource
    refresh_token: str
    access_token: str = ""
    expires_at: float = 0.0
    renewals: int = 0

    def refresh(self, now: float) -> bool:
        """Renew the token if it has expired; return whether it was renewed."""
        if self.expires_at > now:
            return False
        return self._renew()

    def header(self, now: float) -> dict[str, str]:
        """Return the authorization header, renewing the token first if needed."""
        self.refresh(now)
        return {"Authorization": f"Bearer {self.access_token}"}

    def _renew(self) -> bool:
        try:
            token, expires_at = self.source.renew(self.refresh_token)
        except ConnectionError as error:
            log.warning("token endpoint unreachable: %s", error)
            raise TokenError("could not reach the token endpoint") from error
        self.access_token = token
        self.expires_at = expires_at
        self.renewals += 1
        return True
