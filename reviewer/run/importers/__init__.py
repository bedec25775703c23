"""Importers of session logs, one module each, found by content."""

from __future__ import annotations

from reviewer.run.importers.aider import Aider
from reviewer.run.importers.atif import Atif
from reviewer.run.importers.claude_code import ClaudeCode
from reviewer.run.importers.cline import Cline
from reviewer.run.importers.codex import Codex
from reviewer.run.importers.copilot_cli import CopilotCli
from reviewer.run.importers.cursor import Cursor
from reviewer.run.importers.gemini_cli import GeminiCli
from reviewer.run.importers.importer import (
    Cancelled,
    ImportCancelledError,
    ImportedRun,
    Importer,
    LogSource,
    Progress,
    SessionInfo,
)
from reviewer.run.importers.mini_swe_agent import MiniSweAgent
from reviewer.run.importers.opencode import OpenCode
from reviewer.run.importers.openhands import OpenHands
from reviewer.run.importers.spool import OutputSpool
from reviewer.run.importers.swe_agent import SweAgent

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

IMPORTERS: tuple[Importer, ...] = (
    ClaudeCode(),
    Codex(),
    MiniSweAgent(),
    SweAgent(),
    CopilotCli(),
    Cursor(),
    Aider(),
    OpenHands(),
    GeminiCli(),
    OpenCode(),
    Atif(),
    Cline(),
)
"""In the order in which they are asked; the first that knows the content reads it."""
