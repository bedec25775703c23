"""Tables whose fields each say how they are known, being filled from several sources of different weight.

Knows grades and values, not where they come from. What is declared stands over what the log says; what is absent is
left out; text that TOML or a reader's memory could not hold is cut with a mark.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reviewer.packet.manifest import Known


class GradedTable:
    """One table of the manifest in the making."""

    def __init__(self) -> None:
        """Start with nothing known."""
        self._values: dict[str, Any] = {}
        self._known: dict[str, Known] = {}

    def put(self, known: Known, **values: Any) -> None:  # noqa: ANN401 - any field of any table
        """Set fields that have a value; None is not recorded and changes nothing."""
        for name, value in values.items():
            if value is not None:
                self._values[name] = plain(value)
                self._known[name] = known

    def lose(self, name: str) -> None:
        """Say of a field that no source has that it was recorded once and is no more."""
        if name not in self._values:
            self._known[name] = "lost"

    def declare(self, values: Mapping[str, Any]) -> None:
        """Set fields from the task contract, over whatever was there."""
        self.put("declared", **values)

    def join(self, other: GradedTable) -> None:
        """Set the fields of another table, over whatever was there."""
        self._values |= other._values
        self._known |= {name: known for name, known in other._known.items() if name in other._values}
        for name in other._known.keys() - other._values.keys():
            self.lose(name)

    def has(self, name: str) -> bool:
        """Return whether a field is set."""
        return name in self._values

    def tables(self) -> dict[str, Any]:
        """Return the table as the manifest takes it."""
        return {**self._values, "known": dict(self._known)}


def plain(value: Any) -> Any:  # noqa: ANN401 - any value of the manifest
    """Return a value whose texts can be written as UTF-8: lone surrogates become U+FFFD."""
    match value:
        case str():
            return value if value.isascii() else value.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
        case list() | tuple():
            return [plain(entry) for entry in value]
        case dict():
            return {plain(key): plain(entry) for key, entry in value.items()}
        case _:
            return value


def clipped(value: Any, most: int) -> Any:  # noqa: ANN401 - any value of the manifest
    """Return a value whose texts are at most `most` characters, each cut one ending in a mark that counts the rest."""
    match value:
        case str() if len(value) > most:
            return f"{value[:most]}⟦cut: {len(value) - most:,} characters⟧"
        case list():
            return [clipped(entry, most) for entry in value]
        case dict():
            return {key: clipped(entry, most) for key, entry in value.items()}
        case _:
            return value
