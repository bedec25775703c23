"""The limits that packets are opened and made with: the safe defaults, or the person's own settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reviewer.packet.limits import Limits


def packet_limits() -> Limits:
    """Return the limits of the person's `config.toml`, field by field over the defaults.

    Raises:
        BadInputError: that file is not as it has to be.
    """
    from reviewer.config import load_config
    from reviewer.git.identity import GitIdentity
    from reviewer.workflow.settings import Settings

    # Who the person is does not matter for this, so git is not asked.
    return Settings(load_config(), GitIdentity()).limits
