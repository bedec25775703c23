"""How much a packet still has room for, so that it opens under the limits it will be opened with.

Counts bytes and members; decides nothing about what is worth keeping: the callers ask in the order of importance.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reviewer.packet.limits import Limits

_LIST_LINE = 64 + 2 + 71 + 1
"""Bytes that one member costs in `members.sha256`: digest, two spaces, the longest usual name, line feed."""
_FIXED_MEMBERS = 5


class Budget:
    """What is left of the limits."""

    def __init__(self, limits: Limits) -> None:
        """Start with the limits, less what every packet needs."""
        self._bytes = limits.max_unpacked - limits.max_manifest - _FIXED_MEMBERS * _LIST_LINE
        self._members = limits.max_members - _FIXED_MEMBERS

    @property
    def left(self) -> int:
        """Bytes that are left; negative when more was spent than there was."""
        return self._bytes

    def spend(self, size: int) -> None:
        """Count a member that cannot be left out, whether there is room or not."""
        self._bytes -= size

    def take(self, size: int, *, keep: int = 0) -> bool:
        """Return whether one more member of `size` bytes fits, and count it if it does.

        Args:
            size: in bytes.
            keep: bytes that have to be left for what is yet to come.
        """
        cost = size + _LIST_LINE
        if self._members < 1 or cost > self._bytes - keep:
            return False
        self._members -= 1
        self._bytes -= cost
        return True
