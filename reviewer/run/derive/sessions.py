"""What the logs say of their sessions themselves: what the agent was allowed, who it was, what is lost.

Pure. Rule `widest-scope`: where several sessions, or several modes of one, allowed different things, the widest that
held is told, and its grade says that it was worked out.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from reviewer.run.event import Command, Context, Edit, End

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from reviewer.run.derive.facts import Graded, Known, Row, RunFacts
    from reviewer.run.derive.trace import Trace
    from reviewer.run.importers.importer import SessionInfo

_SANDBOXES = ("read-only", "workspace-write", "external-sandbox", "danger-full-access", "disabled", "none")
_APPROVALS = (
    "untrusted",
    "always",
    "unless-trusted",
    "default",
    "on-request",
    "granular",
    "on-failure",
    "auto",
    "never",
    "yolo",
)
_MODES = ("plan", "default", "manual", "ask", "acceptEdits", "auto_edit", "autoEdit", "auto", "dontAsk",
          "bypassPermissions", "yolo")  # fmt: skip
"""The narrowest first; words that stand nowhere here are taken for narrower than all, in their order."""
_ENDED = re.compile(r"ended: (finished|interrupted|error|limit|unanswered|cut|unknown)\b")
"""Where sessions are joined, only the last event is an end; those of the others are told so, in an event of context."""
_LOST = {
    "plan": ("plan", ("text", "steps")),
    "prompt": ("task", ("prompt",)),
    "task": ("task", ("prompt",)),
    "usage": ("cost", ("input_tokens", "output_tokens", "cache_tokens")),
    "cost": ("cost", ("usd",)),
    "end": ("end", ("reason",)),
    "models": ("origin", ("models",)),
}
"""What a log may call lost, and the fields that would have held it."""


def scope(table: Graded, infos: Sequence[SessionInfo]) -> None:
    """What the agent's own settings allowed; they say nothing about paths of the change."""
    _put_widest(table, "sandbox", [info.sandbox for info in infos], _rank(_SANDBOXES))
    _put_widest(table, "approval", [info.approval for info in infos], _rank(_APPROVALS))
    modes: list[str | None] = []
    for info in infos:
        modes += info.permission_modes or [None]
    _put_widest(table, "permission_mode", modes, _rank(_MODES))
    said = [None if info.network is None else "open" if info.network else "deny" for info in infos]
    _put_widest(table, "network", said, _rank(("deny", "open")))
    for name in ("writable", "allowed_tools"):
        lists = [getattr(info, name) for info in infos]
        table.put(_grade(lists), **{name: _union(lists)})
    commands = [info.allowed_commands or None for info in infos]
    table.put(_grade(commands), allowed_commands=_union(commands))


def _put_widest(table: Graded, name: str, values: Sequence[Any], rank: Callable[[Any], int]) -> None:
    known = [value for value in values if value is not None]
    if known:
        table.put(_grade(values), **{name: max(known, key=rank)})


def _rank(order: Sequence[str]) -> Callable[[str], int]:
    places = {_plain(name): place for place, name in enumerate(order)}
    return lambda value: places.get(_plain(value), -1)


def _plain(name: str) -> str:
    return name.replace("-", "").replace("_", "").replace(" ", "").lower()


def _grade(values: Sequence[Any]) -> Known:
    """Return "recorded" where all sessions say the same, "derived" where the widest was taken (`widest-scope`)."""
    return "recorded" if all(value == values[0] for value in values) else "derived"


def _union(lists: Iterable[Sequence[str] | None]) -> list[str] | None:
    known = [entries for entries in lists if entries is not None]
    return list(dict.fromkeys(entry for entries in known for entry in entries)) if known else None


def origin(table: Graded, infos: Sequence[SessionInfo]) -> None:
    """Who the agent was."""
    table.put(
        "recorded",
        agent=", ".join(dict.fromkeys(info.agent for info in infos)) or None,
        agent_version=", ".join(_union(info.versions for info in infos) or ()) or None,
        models=_union(info.models for info in infos) or None,
        session_ids=_union(info.session_ids for info in infos) or None,
    )


def session(trace: Trace, infos: Sequence[SessionInfo]) -> list[Row]:
    """Return one row for each session; the format's name and the link to the commits are added by whoever has them."""
    counts: dict[int, tuple[list[int], list[int], set[str]]] = {}
    ends: dict[int, tuple[int, str]] = {}
    for event in trace.events:
        if isinstance(event, Command):
            counts.setdefault(event.session, ([], [], set()))[0].append(event.seq)
        elif isinstance(event, Edit):
            counts.setdefault(event.session, ([], [], set()))[1].append(event.seq)
        elif isinstance(event, End):
            ends[event.session] = event.seq, event.reason
        elif isinstance(event, Context) and (ended := _ENDED.match(event.text)) and event.what == "session":
            ends[event.session] = event.seq, ended[1]
    for applied in trace.applied:
        if applied.path in trace.changed:
            counts[applied.edit.session][2].add(applied.path or "")
    rows: list[Row] = []
    for number, info in enumerate(infos, start=1):
        commands, edits, changed = counts.get(number, ([], [], set()))
        last, reason = ends.get(number, (None, "unknown"))
        rows.append(
            {
                "n": number,
                "agent": info.agent,
                "versions": list(info.versions),
                "models": list(info.models),
                "ids": list(info.session_ids),
                "transcript": [],
                "started": info.started,
                "ended": info.ended,
                "commands": len(commands),
                "edits": len(edits),
                "changed_files": len(changed),
                "end": reason,
                "link": "unrelated",
                "link_evidence": None,
                "known": "recorded",
                "rule": "session-link",
                "events": [] if last is None else [last],
            }
        )
    return rows


def lost(facts: RunFacts, infos: Sequence[SessionInfo]) -> None:
    """Give the grade "lost" to fields without a value that a log says were there once."""
    tables = {name: getattr(facts, name) for name in ("plan", "task", "cost", "end", "origin", "scope")}
    for info in infos:
        for what in info.lost:
            name, fields = _LOST.get(what, ("", ()))
            if not name and "." in what:
                name, _, field = what.partition(".")
                fields = (field,)
            if name in tables:
                tables[name].lost(*fields)
