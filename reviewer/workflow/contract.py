"""The task contract, `task.toml`: what was asked and allowed, written before the run by whoever ordered it.

Knows the file and its closed model; joins nothing. It holds the manifest's `[task]`, `[scope]` and `[rollback]`
without grades: whatever stands here is declared.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

import pathspec
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from reviewer.checks.patterns import refusal
from reviewer.errors import BadInputError
from reviewer.packet.explain import explain, parse_toml
from reviewer.packet.manifest import RiskClass  # noqa: TC001 - pydantic looks it up
from reviewer.paths import read_plain

if TYPE_CHECKING:
    from pathlib import Path

MAX_BYTES = 1 << 20


def _pattern(text: str) -> str:
    if (reason := refusal(text)) is not None:
        raise ValueError(reason)
    spec = pathspec.GitIgnoreSpec.from_lines([text])
    if not any(pattern.include is not None for pattern in spec.patterns):
        raise ValueError(f"'{text}' matches nothing; expected a gitignore pattern such as '/src/'")
    return text


def _filled(text: str) -> str:
    if len(text) > 2 and text.startswith("<") and text.endswith(">") and text.count("<") == 1:
        raise ValueError(f"'{text}' is the template's; expected your own words, or no such line")
    return text


Pattern: TypeAlias = Annotated[str, AfterValidator(_filled), AfterValidator(_pattern)]
Text: TypeAlias = Annotated[str, Field(min_length=1), AfterValidator(_filled)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class TaskTable(_Table):
    """What is asked; see the manifest's `[task]`."""

    prompt: Text | None = None
    objective: Text | None = None
    constraints: list[Text] | None = None
    non_goals: list[Text] | None = None
    done_when: list[Text] | None = None
    required_commands: list[Text] | None = None
    type: Text | None = None
    issue: Text | None = None


class ScopeTable(_Table):
    """What is allowed; see the manifest's `[scope]`. A list that is empty allows nothing."""

    allowed_paths: list[Pattern] | None = None
    forbidden_paths: list[Pattern] | None = None
    allowed_tools: list[Text] | None = None
    allowed_commands: list[Text] | None = None
    network: Literal["deny", "allowlist", "open"] | None = None
    hosts: list[Text] | None = None
    stop_rules: list[Text] | None = None
    risk_class: RiskClass | None = None
    lane: Text | None = None


class RollbackTable(_Table):
    """How the change is undone; see the manifest's `[rollback]`."""

    strategy: Text | None = None
    steps: list[Text] | None = None
    triggers: list[Text] | None = None
    verified: Text | None = None


class Contract(_Table):
    """The whole of `task.toml`; every table and every field may be missing."""

    task: TaskTable = Field(default_factory=TaskTable)
    scope: ScopeTable = Field(default_factory=ScopeTable)
    rollback: RollbackTable = Field(default_factory=RollbackTable)

    def declared(self, table: Literal["task", "scope", "rollback"]) -> dict[str, object]:
        """Return the fields of a table that the contract has."""
        values: dict[str, object] = getattr(self, table).model_dump(exclude_none=True)
        return values


def load_contract(path: Path) -> Contract:
    """Return the task contract in a file.

    Raises:
        BadInputError: it cannot be read, is too large, is not TOML, or has a key or a value that is not known; the
            sentence has the line and the key.
    """
    try:
        data = read_plain(path, MAX_BYTES + 1)
    except OSError as error:
        raise BadInputError(f"{path}: cannot be read as a task contract: {error.strerror}") from None
    if len(data) > MAX_BYTES:
        raise BadInputError(f"{path}: is larger than {MAX_BYTES:,} bytes, so it is not a task contract")
    text, tables = parse_toml(data, path.name, BadInputError)
    try:
        return Contract.model_validate(tables)
    except ValidationError as error:
        raise BadInputError(f"{path.name}{explain(error, Contract, text)}") from None
