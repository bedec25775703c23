"""Where each agent program keeps its sessions, one module a program.

A store tells of sessions as candidates: it reads their two ends, never the whole, and decides nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from reviewer.workflow.sessions.stores import (
    aider,
    claude_code,
    cline,
    codex,
    copilot_cli,
    cursor,
    gemini_cli,
    opencode,
    openhands,
    trajectories,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from reviewer.workflow.sessions.candidate import Candidate
    from reviewer.workflow.sessions.search import Search


class Store(NamedTuple):
    """A program's sessions: the names that its candidates have, what people call it, and how they are found."""

    agents: tuple[str, ...]
    title: str
    candidates: Callable[[Search], Iterator[Candidate]]


STORES: tuple[Store, ...] = (
    Store((claude_code.AGENT,), "Claude Code", claude_code.candidates),
    Store((codex.AGENT,), "Codex", codex.candidates),
    Store((opencode.AGENT,), "opencode", opencode.candidates),
    Store((gemini_cli.AGENT,), "Gemini CLI", gemini_cli.candidates),
    Store((copilot_cli.AGENT,), "Copilot CLI", copilot_cli.candidates),
    Store((copilot_cli.CHAT_AGENT,), "Copilot Chat", copilot_cli.chat_candidates),
    Store((openhands.AGENT,), "OpenHands", openhands.candidates),
    Store((cline.CLINE, cline.ROO), "Cline, Roo Code", cline.candidates),
    Store((aider.AGENT,), "Aider", aider.candidates),
    Store((cursor.AGENT,), "Cursor", cursor.candidates),
    Store((trajectories.MINI, trajectories.SWE), "SWE-agent, mini-SWE-agent", trajectories.candidates),
)

AGENTS = tuple(name for store in STORES for name in store.agents)
"""Names of the programs whose sessions are looked for."""
