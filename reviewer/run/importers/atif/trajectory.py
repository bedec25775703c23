"""A trajectory member by member: its agent, its steps, its totals, and the trajectories of sub-agents inside it.

Knows the outer form of the document; what a step means stands beside. The steps of a sub-agent are put where the parent
names it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.run.importers.atif.steps import Steps
from reviewer.run.importers.recording import remember
from reviewer.run.importers.values import Json, compact, some_text, table

if TYPE_CHECKING:
    from reviewer.run.importers.draft import Draft
    from reviewer.run.importers.recording import Recording

_DEEPEST = 12
_LISTS = frozenset(("steps", "subagent_trajectories"))
_TOLD = frozenset(("session_id", "trajectory_id", "notes", "extra", "continued_trajectory_ref"))
_QUIET = frozenset(("schema_version",))
_SHOWN = 500


class Trajectory:
    """A trajectory being read.

    Attributes:
        recording: the run; agent: id of the sub-agent that it is of, "" for the main one.
        goes_on: where the run goes on, "" if it ends here.
    """

    def __init__(self, recording: Recording, agent: str = "", depth: int = 0) -> None:
        self.recording = recording
        self.agent = agent
        self.goes_on = ""
        self._depth = depth
        self._steps = Steps(recording, agent)
        self._drafts: list[Draft] = []
        self._children: dict[str, list[Draft]] = {}
        self._totals: Json = {}
        recording.drafts = self._drafts

    @property
    def copied(self) -> int:
        """Steps that were left out as copies."""
        return self._steps.copied

    def take(self, key: str, number: int | None, value: object) -> None:
        """Take a member of the document, or an element of one of its lists."""
        recording = self.recording
        recording.drafts, recording.agent, recording.node = self._drafts, self.agent, None
        if key in _LISTS:
            self._element(key, number, value)
        elif key == "agent":
            self._steps.by(table(value))
        elif key == "final_metrics":
            self._totals = table(value)
        elif key in _TOLD:
            self._told(key, value)
        elif key not in _QUIET:
            recording.not_understood(key or "not a member", compact(value))

    def _element(self, key: str, number: int | None, value: object) -> None:
        if isinstance(value, dict):
            self.recording.records += 1
            if key == "steps":
                self._steps.take(value)
            else:
                self._child(number or 0, value)
        elif value is not None:
            self.recording.not_understood(f"{key} that is no object", compact(value))

    def _told(self, key: str, value: object) -> None:
        recording = self.recording
        if key == "continued_trajectory_ref":
            self.goes_on = some_text(value) or ""
            if self.goes_on:
                recording.note("session", f"the run goes on in another file: {self.goes_on}")
        elif key in {"notes", "extra"}:
            if value:
                recording.note("note", (value if isinstance(value, str) else compact(value))[:_SHOWN])
        elif not self.agent:
            remember(recording.info.session_ids, some_text(value))

    def finished(self) -> list[Draft]:
        """Return its events, those of its sub-agents where they are named, and the rest of them at the end."""
        self.recording.drafts = self._drafts
        self._steps.close(self._totals)
        drafts, start = [], 0
        waiting = dict(self._children)
        for place, identity in self._steps.spots:
            if identity in waiting:
                drafts += self._drafts[start:place]
                drafts += waiting.pop(identity)
                start = place
        drafts += self._drafts[start:]
        for left in waiting.values():
            drafts += left
        return drafts

    def note_lost(self) -> None:
        """Say which steps of sub-agents stand in files that are not here."""
        if self._steps.files:
            self.recording.info.lost["steps of sub-agents"] = f"they stand in {', '.join(self._steps.files[:5])}"

    def end(self) -> tuple[str, str]:
        """Return how it ended, and what there is to say about it."""
        reason, text = self._steps.end()
        return ("unknown", f"the run goes on in {self.goes_on}") if self.goes_on else (reason, text)

    def _child(self, number: int, value: Json) -> None:
        recording, source = self.recording, self.recording.source
        if self._depth >= _DEEPEST:
            recording.not_understood("sub-agents nested too deep", compact(value)[:_SHOWN])
            return
        identity = (
            some_text(value.get("trajectory_id")) or some_text(value.get("session_id")) or f"subagent-{number + 1}"
        )
        while identity == self.agent or identity in self._children:
            identity = f"{identity}#{number + 1}"
        recording.launched_by.setdefault(identity, self.agent)
        at, recording.time = recording.time, None
        child = Trajectory(recording, identity, self._depth + 1)
        for key in sorted(value, key=_place_of):
            member = value[key]
            for place, entry in enumerate(member if isinstance(member, list) else [member]):
                recording.source = f"{source}.{key}[{place}]" if isinstance(member, list) else f"{source}.{key}"
                child.take(key, place if isinstance(member, list) else None, entry)
        self._children[identity] = child.finished()
        recording.time, recording.source, recording.drafts = at, source, self._drafts


def _place_of(key: str) -> int:
    """Return what of a document is read before what: the agent says what its tools mean."""
    return {"agent": 0, "final_metrics": 2}.get(key, 1)
