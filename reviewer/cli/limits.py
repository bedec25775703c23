"""The person's settings for verbs that do not ask who they are: limits of packets, the environment of the checks."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reviewer.packet.limits import Limits
    from reviewer.workflow.settings import Settings


def packet_limits() -> Limits:
    """Return the limits of the person's `config.toml`, field by field over the defaults.

    Raises:
        BadInputError: that file is not as it has to be.
    """
    return settings().limits


def settings() -> Settings:
    """Return the person's settings, but for who they are.

    Raises:
        BadInputError: `config.toml` is not as it has to be.
    """
    from reviewer.config import load_config
    from reviewer.git.identity import GitIdentity
    from reviewer.workflow.settings import Settings

    # Who the person is does not matter for this, so git is not asked.
    return Settings(load_config(), GitIdentity())
