"""The envelope of Claude Code's records: ids and parents, agents, sessions, folders, versions.

Knows what every conversation record carries, nothing of what it says. The tree of ids tells what was gone back on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.run.importers.claude_code import notes
from reviewer.run.importers.recording import remember
from reviewer.run.importers.values import Json, some_text, text

if TYPE_CHECKING:
    from reviewer.run.importers.recording import Recording


class Envelopes:
    """The tree of records so far.

    Attributes:
        parents: record id to the id before it; roots hang below a made-up one for each session and agent.
        order: ids of the main agent's records in the order of the log.
    """

    def __init__(self, state: Recording) -> None:
        self.parents: dict[str, str | None] = {}
        self.order: list[str] = []
        self._state = state
        self._agents: dict[str, str] = {}
        self._session: str | None = None
        self._default_agent = ""
        self._roots: dict[str, str] = {}
        self._place: tuple[object, object, object] | None = None
        self._last = ""

    def start(self, agent: str) -> None:
        """Begin another log, of this sub-agent where the file name tells it."""
        self._default_agent = agent
        self._session = None
        self._place = None

    def enter(self, record: Json, identity: str, stamp: str | None) -> None:
        """Take the envelope of a record: the state then knows its agent, folder and place in the tree."""
        state, info = self._state, self._state.info
        parent = some_text(record.get("parentUuid")) or some_text(record.get("logicalParentUuid"))
        session = some_text(record.get("sessionId"))
        self._follow_session(session)
        state.agent = self._agent(record, identity, parent)
        if parent is None:
            # All roots of one session and one agent hang below one root, so that going back to the start is seen.
            parent = self._roots.setdefault(f"{session}/{state.agent}", f"root of {session}/{state.agent}")
        if parent == self._last:
            parent = self._last  # nearly always, and then the text is held once
        self._last = identity
        self.parents[identity] = parent
        if not state.agent:
            self.order.append(identity)
        place = (record.get("cwd"), record.get("version"), record.get("gitBranch"))
        if place != self._place:
            self._place = place
            self._moved(record)
        if stamp is not None:
            if info.started is None or stamp < info.started:
                info.started = stamp
            if info.ended is None or stamp > info.ended:
                info.ended = stamp
        if "permissionMode" in record:
            notes.mode(state, text(record["permissionMode"]))

    def _moved(self, record: Json) -> None:
        state, info = self._state, self._state.info
        cwd = some_text(record.get("cwd"))
        state.cwd = cwd or state.cwd
        remember(info.cwds, cwd)
        remember(info.versions, some_text(record.get("version")))
        branch = some_text(record.get("gitBranch"))
        if remember(info.branches, branch) and len(info.branches) > 1:
            state.note("branch", f"git branch: {branch}")

    def _follow_session(self, session: str | None) -> None:
        if session is None or session == self._session:
            return
        known = session in self._state.info.session_ids
        remember(self._state.info.session_ids, session)
        if self._session is not None and not known:
            self._state.note("resume", f"session {session}")
        self._session = session

    def _agent(self, record: Json, identity: str, parent: str | None) -> str:
        """Return the id of the sub-agent that a record belongs to, "" for the main agent."""
        named = some_text(record.get("agentId")) or self._default_agent
        if named or record.get("isSidechain") is not True:
            return named
        # 1.x wrote sub-agents into the same file: a chain of its own that starts without parent.
        agent = self._agents.get(parent or "") or f"side-{identity[:8]}"
        self._agents[identity] = agent
        return agent
