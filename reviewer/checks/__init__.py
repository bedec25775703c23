"""Evidence for the ways agent-made changes go wrong: one module a mode, each a pure function of a frozen case.

`ALL` is the registry. A mode that has no check yet is not in it, and the checklist says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reviewer.checks.check import Check

ALL: tuple[Check, ...] = ()

__all__ = ["ALL"]
