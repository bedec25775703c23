"""Importers of session logs, one module each, found by content.

Each is loaded when it is asked: a packet is made from the logs of one or two agents, and `reviewer` knows many.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import cast, overload

from reviewer.run.importers.importer import (
    Cancelled,
    ImportCancelledError,
    ImportedRun,
    Importer,
    LogSource,
    Progress,
    SessionInfo,
)
from reviewer.run.importers.spool import OutputSpool

__all__ = [
    "IMPORTERS",
    "Cancelled",
    "ImportCancelledError",
    "ImportedRun",
    "Importer",
    "LogSource",
    "OutputSpool",
    "Progress",
    "SessionInfo",
]


class _Importers(Sequence[Importer]):
    """Importers by module and class, made when they are first asked."""

    def __init__(self, *names: str) -> None:
        self._names = names
        self._made: dict[str, Importer] = {}

    @overload
    def __getitem__(self, key: int) -> Importer: ...
    @overload
    def __getitem__(self, key: slice) -> Sequence[Importer]: ...
    def __getitem__(self, key: int | slice) -> Importer | Sequence[Importer]:
        if isinstance(key, slice):
            return [self._importer(name) for name in self._names[key]]
        return self._importer(self._names[key])

    def __len__(self) -> int:
        return len(self._names)

    def _importer(self, name: str) -> Importer:
        if name not in self._made:
            module, _, of_class = name.partition(":")
            self._made[name] = cast("Importer", getattr(import_module(f"{__name__}.{module}"), of_class)())
        return self._made[name]


IMPORTERS: Sequence[Importer] = _Importers(
    "claude_code:ClaudeCode",
    "codex:Codex",
    "mini_swe_agent:MiniSweAgent",
    "swe_agent:SweAgent",
    "copilot_cli:CopilotCli",
    "cursor:Cursor",
    "aider:Aider",
    "openhands:OpenHands",
    "gemini_cli:GeminiCli",
    "opencode:OpenCode",
    "atif:Atif",
    "cline:Cline",
    "own_timeline:OwnTimeline",
)
"""In the order in which they are asked; the first that knows the content reads it."""
