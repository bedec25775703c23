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
    from reviewer.packet.limits import MIB, Limits

    own = load_config().limits
    default = Limits()
    return Limits(
        max_unpacked=default.max_unpacked if own.max_unpacked_mib is None else own.max_unpacked_mib * MIB,
        max_members=own.max_members or default.max_members,
    )
