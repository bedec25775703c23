"""How large a packet may be before it is refused (packet format, "Bad packets").

Knows numbers only. A packet comes from a stranger: everything that is read from it is bounded by one of these.
"""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds in bytes and counts; the defaults are safe for a machine with little memory.

    Attributes:
        max_unpacked: bytes of all members together, unpacked.
        max_members: members, `packet.toml` and `members.sha256` included.
        max_manifest: bytes of `packet.toml`, which is parsed in one piece before anything is shown.
        max_name: characters of a member's name.
    """

    max_unpacked: int = 64 * MIB
    max_members: int = 10_000
    max_manifest: int = 4 * MIB
    max_name: int = 200


DEFAULT_LIMITS = Limits()
