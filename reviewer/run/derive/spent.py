"""What a run took, and how it ended.

Pure. Rules: `rereads` (a file read again in whole by the same agent, not edited since), `loops` (the same command or
refused edit three times with the same outcome and nothing edited between), `end` (the last session decides).
A count of 0 is given only where the log could have shown one.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from reviewer.run.derive.trace import DID_NOT_RUN, doer
from reviewer.run.event import Command, Context, Edit, End, Error, Read, Tool, Usage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviewer.run.derive.facts import Graded
    from reviewer.run.derive.trace import Trace
    from reviewer.run.event import Event
    from reviewer.run.importers.importer import SessionInfo

_AGENT_TOOLS = frozenset(("Task", "Agent", "task", "invoke_agent", "spawn_agent", "delegate", "new_task", "subagent"))
_LOOP = 3
_TELLS_RETRIES = frozenset(("Claude Code", "opencode", "Cline", "Roo Code"))
_TELLS_COMPACTION = frozenset(
    (
        "Claude Code",
        "Codex",
        "Codex CLI",
        "opencode",
        "OpenHands",
        "GitHub Copilot CLI",
        "Copilot CLI",
        "Cline",
        "Roo Code",
    )
)
"""Agents whose logs say so when it happens, by the names that their importers give them."""


def cost(table: Graded, trace: Trace, infos: Sequence[SessionInfo]) -> None:
    """Tokens and money as recorded; time, turns, sub-agents and repetitions as they follow."""
    events = trace.events
    used = [event for event in events if isinstance(event, Usage)]
    reads, writes = _sum([use.cache_read_tokens for use in used]), _sum([use.cache_write_tokens for use in used])
    table.put(
        "recorded",
        input_tokens=_sum([use.input_tokens for use in used]),
        output_tokens=_sum([use.output_tokens for use in used]),
        cache_tokens=None if reads is None and writes is None else (reads or 0) + (writes or 0),
    )
    prices = [use.usd for use in used if use.usd is not None]
    table.put("recorded", usd=sum(prices) if prices else None)
    agents = {doer(event) for event in events if event.agent != "root"}
    calls = sum(1 for event in events if isinstance(event, Tool) and event.tool in _AGENT_TOOLS and not event.denied)
    table.put(
        "derived",
        seconds=_seconds(events),
        turns=max((event.turn for event in events), default=None),
        subagents=max(len(agents), calls) if events else None,
        rereads=_rereads(trace),
        loops=_loops(trace),
        provider_retries=_told(
            sum(isinstance(event, Error) and event.where == "provider" for event in events), infos, _TELLS_RETRIES
        ),
        compactions=_told(
            sum(isinstance(event, Context) and event.what == "compaction" for event in events), infos, _TELLS_COMPACTION
        ),
    )


def _told(count: int, infos: Sequence[SessionInfo], agents: frozenset[str]) -> int | None:
    """Return a count; none is 0 only where all the agents' logs would have shown one."""
    return count if count or (infos and all(info.agent in agents for info in infos)) else None


def _sum(values: Sequence[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def _seconds(events: Sequence[Event]) -> float | None:
    """Return the time from the first to the last record of each session, and of each chat in one, added up.

    None where no two records of any have a time: a log that dates only where a chat began does not say how long it was.
    """
    spans: dict[tuple[int, int], tuple[str, str, int]] = {}
    chat = 0
    for event in events:
        chat += isinstance(event, Context) and event.what == "session"
        if event.time:
            first, last, count = spans.get((event.session, chat), (event.time, event.time, 0))
            spans[event.session, chat] = min(first, event.time), max(last, event.time), count + 1
    known = [
        seconds for first, last, count in spans.values() if count > 1 and (seconds := _between(first, last)) is not None
    ]
    return sum(known) if known else None


def _between(first: str, last: str) -> float | None:
    try:
        return (datetime.fromisoformat(last) - datetime.fromisoformat(first)).total_seconds()
    except (ValueError, TypeError, OverflowError):
        return None


def _rereads(trace: Trace) -> int | None:
    """Rule `rereads`; None where the log has no reads at all."""
    seen: dict[object, set[object]] = {}
    count: int | None = None
    for event in trace.events:
        if isinstance(event, Edit) and event.applied is not False:
            seen.pop(trace.paths.repo_path(event.path, event.session) or event.path, None)
        elif isinstance(event, Read) and event.ok is not False:
            count = count or 0
            if event.whole is False or event.first is not None or event.last is not None:
                continue
            readers = seen.setdefault(trace.paths.repo_path(event.path, event.session) or event.path, set())
            if doer(event) in readers:
                count += 1
            readers.add(doer(event))
    return count


def _loops(trace: Trace) -> int | None:
    """Rule `loops`; None where the log has neither commands nor edits."""
    runs: dict[object, tuple[object, int]] = {}
    count: int | None = None
    edited = {edit.seq for edit in trace.applied if edit.path is not None}
    for event in trace.events:
        if event.seq in edited:
            count = count or 0
            runs.clear()
            continue
        if isinstance(event, Command):
            said = trace.said(event)
            key: object = said.key
            outcome: object = (event.state, event.exit_code)
            counts = bool(key) and event.state not in DID_NOT_RUN and not said.only_looks
        elif isinstance(event, Edit) and event.applied is False:
            key, outcome, counts = (event.path, event.patch), event.refused, True
        else:
            continue
        count = count or 0
        if counts:
            before, times = runs.get((doer(event), key), (None, 0))
            times = times + 1 if times and before == outcome else 1
            runs[doer(event), key] = outcome, times
            count += times == _LOOP
    return count


def end(table: Graded, trace: Trace) -> None:
    """How the run ended: the last session's end, since what came before was taken up again."""
    last = next((event for event in reversed(trace.events) if isinstance(event, End)), None)
    if last is not None:
        table.put("derived", reason=last.reason, text=last.text or None)
