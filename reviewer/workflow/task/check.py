"""A packet's run held against its contract: opens the packet, finds the contract in it, and compares.

Knows packets and contracts; the comparison is `reviewer.workflow.task.compare`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.packet.loader import load
from reviewer.workflow.contract import Contract
from reviewer.workflow.task.compare import Line, compare

if TYPE_CHECKING:
    from pathlib import Path

    from reviewer.packet.manifest import Manifest


def check_packet(path: Path, contract: Contract | None) -> tuple[Line, ...]:
    """Return the lines of a contract, each with how the run in a packet stands to it; none without a contract.

    Args:
        path: the packet.
        contract: in place of what the packet declares.

    Raises:
        BadPacketError: it cannot be opened.
        BadInputError: a pattern of the contract cannot be used.
    """
    with load(path) as packet:
        held = contract if contract is not None else declared(packet.manifest)
        if contract is None and not held.task.model_fields_set | held.scope.model_fields_set:
            # A way back alone is what the agent noted down; nobody ordered it.
            return ()
        return compare(held, packet.manifest)


def declared(manifest: Manifest) -> Contract:
    """Return what a manifest holds as declared, as the contract that it came from."""
    return Contract.model_validate(
        {
            name: {
                field: value
                for field, value in getattr(manifest, name).model_dump().items()
                if getattr(manifest, name).known.get(field) == "declared"
            }
            for name in ("task", "scope", "rollback")
        }
    )
