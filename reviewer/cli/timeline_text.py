"""One line of plain text for each thing that happened in a run.

Knows the events; prints nothing. The agent's words are quoted, so that nobody takes them for ours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.cli.output import WIDTH
from reviewer.text import clip, display_safe

if TYPE_CHECKING:
    from reviewer.run.event import Event


def event_line(event: Event) -> str:
    """Return one line about an event: number, time of day, kind, and the start of what it says."""
    time = (event.time or "")[11:19] or "        "
    gone = "(taken back) " if event.discarded else ""
    deep = "" if event.agent == "root" else f"[{display_safe(event.agent)}] "
    start = f"  {event.seq:>4} {time} {event.kind:<8} {deep}{gone}"
    return clip(start + display_safe(" ".join(_words(event).split())), WIDTH)


def _words(event: Event) -> str:  # noqa: C901 - a table of the kinds
    match event.kind:
        case "prompt" | "message" | "error" | "context" | "end" | "thought":
            head = {"context": "what", "end": "reason"}.get(event.kind)
            text = getattr(event, "text", None)
            words = "(not in the clear)" if text is None else f'"{text}"' if text else ""
            return f"{getattr(event, head)} {words}" if head else words
        case "plan":
            return f"{len(event.steps)} steps" if event.steps else f'"{event.text or ""}"'
        case "read":
            lines = f":{event.first}-{event.last}" if event.first is not None else ""
            return f"{event.repo_path or event.path}{lines}{'' if event.ok is not False else ' (failed)'}"
        case "search":
            return f"{event.pattern} in {event.path or 'the repository'}"
        case "edit":
            applied = {True: "applied", False: "refused", None: "not known whether applied"}[event.applied]
            return f"{event.op} {event.repo_path or event.path} ({applied})"
        case "command":
            exit_code = "exit not recorded" if event.exit_code is None else f"exit {event.exit_code}"
            return f"{event.n}: {event.state}, {exit_code}: {event.line}"
        case "tool":
            return f"{event.tool} ({event.boundary}){' denied' if event.denied else ''} {event.input}"
        case "question":
            return f'"{event.text}" answer: {event.answer if event.answer is not None else "none recorded"}'
        case "denial":
            return f"{event.tool}: {event.what}"
        case "usage":
            tokens = "not recorded" if event.output_tokens is None else f"{event.output_tokens:,}"
            return f"{event.model or 'model not recorded'}, output tokens {tokens}"
        case "unknown":
            return f"{event.record}: {event.text}"
