"""The table from the tools' rule names to ours, read from `rules.toml` beside this file."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reviewer.checks.diagnostics import Kind


@dataclass(frozen=True, slots=True)
class Rules:
    """What the rules of one tool are about.

    Attributes:
        version: of the tool that the table was made for.
        kinds: rules that say that something does not exist, with what that is.
        other: rules about something else.
    """

    version: str
    kinds: Mapping[str, Kind]
    other: frozenset[str]


@cache
def rules_of(tool: str) -> Rules:
    """Return the table of a tool."""
    row = tomllib.loads(files(__package__).joinpath("rules.toml").read_text(encoding="utf-8"))[tool]
    return Rules(row["version"], row["kinds"], frozenset(row["other"]))
