"""What the agent wrote down about its own work: `review-notes.toml`, declared and never more than that.

Knows the file and its closed model. It stands at the root of a work tree, outside the commits; its texts are hostile.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from reviewer.errors import BadInputError
from reviewer.packet.explain import explain, parse_toml
from reviewer.paths import read_plain

if TYPE_CHECKING:
    from pathlib import Path

NAME = "review-notes.toml"
MAX_BYTES = 256 << 10
_MAX_ROWS = 200


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class AssumptionNote(_Table):
    """Something that the agent took for granted; see the manifest's `[[assumption]]`."""

    text: Annotated[str, Field(min_length=1)]
    risk: Literal["low", "medium", "high"] | None = None
    confidence: Annotated[float, Field(ge=0, le=1, strict=False)] | None = None
    where: str | None = None


class RollbackNote(_Table):
    """How the agent would undo its change; see the manifest's `[rollback]`."""

    strategy: str | None = None
    steps: list[str] | None = None
    triggers: list[str] | None = None


class Notes(_Table):
    """The whole of `review-notes.toml`."""

    assumption: Annotated[list[AssumptionNote], Field(max_length=_MAX_ROWS)] = Field(default_factory=list)
    rollback: RollbackNote = Field(default_factory=RollbackNote)


def load_notes(path: Path) -> Notes:
    """Return the notes in a file.

    Raises:
        BadInputError: it cannot be read, is too large, is not TOML, or has a key or a value that is not known; the
            sentence has the line and the key.
    """
    try:
        data = read_plain(path, MAX_BYTES + 1)
    except OSError as error:
        raise BadInputError(f"{path}: cannot be read as the agent's notes: {error.strerror}") from None
    return parse_notes(data, path.name)


def parse_notes(data: bytes, name: str) -> Notes:
    """Return the notes in the bytes of a file.

    Args:
        data: the whole file.
        name: what to call it.

    Raises:
        BadInputError: as `load_notes` says.
    """
    if len(data) > MAX_BYTES:
        raise BadInputError(f"{name}: is larger than {MAX_BYTES:,} bytes, so these are no notes")
    text, tables = parse_toml(data, name, BadInputError)
    try:
        return Notes.model_validate(tables)
    except ValidationError as error:
        raise BadInputError(f"{name}{explain(error, Notes, text)}") from None
