"""The tool calls of a log that wait for their results, by id; one call may be several events.

Knows how a call is opened, closed and left open; nothing of any agent's format. A patch for several files is an edit of
each, and a call that names several files or commands is one of each.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from reviewer.run import patch_text
from reviewer.run.event import Command, Edit, Tool
from reviewer.run.importers.toolset import OpenCall, Result, close_call, open_call
from reviewer.run.importers.values import MAX_INPUT, Json, seconds_between, some_text, table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from reviewer.run.importers.draft import Draft
    from reviewer.run.importers.recording import Recording
    from reviewer.run.importers.toolset import Kind

Split: TypeAlias = "Callable[[str, object], list[Json]]"
"""Gives the arguments of each part of a call that is several; none where it is one."""
MOST = 2_000
"""A call of more parts is read this far."""


@dataclass(slots=True)
class _Part:
    call: OpenCall
    patch: str | None = None


@dataclass(slots=True)
class Call:
    """A call that was asked for.

    Attributes:
        name: of the tool; agent: who asked for it; time: when it was asked for, or began to run.
        parts: what it stands for, in its order.
    """

    name: str
    agent: str
    time: str | None
    parts: list[_Part]

    @property
    def drafts(self) -> list[Draft]:
        """The events that stand for it."""
        return [part.call.draft for part in self.parts]

    @property
    def kind(self) -> Kind:
        """What the tool is for."""
        return self.parts[0].call.kind


class OpenCalls:
    """The calls that were asked for and not answered yet.

    Args:
        recording: the run being read.
        kinds: the agent's tools by name.
        patches: the tools that take a patch in the form of `apply_patch`.
        split: for tools that take several things at once.
    """

    def __init__(
        self,
        recording: Recording,
        kinds: Mapping[str, Kind],
        *,
        patches: frozenset[str] = frozenset(),
        split: Split | None = None,
    ) -> None:
        self._recording = recording
        self._kinds = kinds
        self._patches = patches
        self._split = split
        self.open: dict[str, Call] = {}

    def opened(self, identity: str | None, name: str, arguments: object) -> Call:
        """Add the events of a call; without an id nothing can answer it."""
        parts = self._patched(name, arguments) if name in self._patches else []
        if not parts:
            several = (self._split(name, arguments) if self._split is not None else [])[:MOST]
            given: Sequence[object] = several or (arguments,)
            parts = [_Part(open_call(self._recording, self._kinds, name, each)) for each in given]
        call = Call(name, self._recording.agent, self._recording.time, parts)
        if identity is not None:
            self.open[identity] = call
        return call

    def seconds(self, identity: str | None) -> float | None:
        """Return the time since a call began until the record at hand, None if it is not known."""
        call = self.open.get(identity) if identity is not None else None
        return None if call is None else seconds_between(call.time, self._recording.time)

    def closed(self, identity: str | None, *results: Result) -> Call | None:
        """Take the result of a call, or one for each of its parts; return the call.

        A result whose call is not in the log is kept as a tool event of its own.
        """
        call = self.open.pop(identity, None) if identity is not None else None
        if call is None:
            first = results[0]
            ok = None if first.ended == "unknown" else first.ended in {"ok", "running"}
            self._recording.add(
                Tool, tool="result without call", input=first.text[:MAX_INPUT], ok=ok, denied=first.ended == "denied"
            )
        else:
            self.end(call, *results)
        return call

    def end(self, call: Call, *results: Result) -> None:
        """Give a call its result, or one to each of its parts; what is over stays with the last of them."""
        for place, part in enumerate(call.parts):
            result = results[min(place, len(results) - 1)]
            if place >= len(results):
                result = replace(result, text="", seconds=None)
            if result.patch is None and part.patch is not None:
                result = replace(result, patch=part.patch)
            if place and result.ended == "denied":
                # One refusal is one denial, however many things it refused.
                close_call(self._recording, part.call, replace(result, ended="not_run", text=results[0].text))
                if part.call.draft.cls is Command:
                    part.call.draft.fields["ended"] = "denied"
            else:
                close_call(self._recording, part.call, result)

    def unanswered(self) -> str:
        """Return the names of the tools that were asked for and not answered, "" if there are none."""
        return ", ".join(dict.fromkeys(call.name for call in self.open.values()))

    def _patched(self, name: str, arguments: object) -> list[_Part]:
        given = table(arguments)
        text = (
            arguments if isinstance(arguments, str) else some_text(given.get("input")) or some_text(given.get("patch"))
        )
        parts = []
        for file in patch_text.parse(text or ""):
            path = file.move_to or file.path
            draft = self._recording.add(Edit, path=path, tool=name, op=file.op)
            call = OpenCall(name, "edit", {"path": path}, self._recording.time, draft)
            parts.append(_Part(call, file.patch))
        return parts
