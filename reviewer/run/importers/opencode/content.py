"""The parts that messages of opencode are made of, each with its type.

Knows what a part means; nothing of the message around it but what the session says. The start of a step says nothing
that its end does not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from reviewer.run.event import Error, Message, Read, Thought
from reviewer.run.importers.values import Json, some_text, table, text, texts, whole

if TYPE_CHECKING:
    from collections.abc import Callable

    from reviewer.run.importers.opencode.session import Session

_SHOWN_FILES = 50


def is_injected(part: Json) -> bool:
    """Return whether a text was put there by the program."""
    return part.get("synthetic") is True or part.get("ignored") is True


def task_text(part: Json) -> str:
    """Return what a part asks a sub-agent for."""
    told = (some_text(part.get(key)) for key in ("command", "agent", "description", "prompt"))
    return ": ".join(word for word in told if word)


def _words(session: Session, part: Json) -> None:
    said = text(part.get("text")) or ""
    if is_injected(part):
        session.recording.note("note", said)
    elif session.is_summary:
        session.recording.note("compaction", said)
    elif said.strip():
        session.recording.add(Message, text=said)
        session.last = "said" if session.last == "open" else session.last


def _thought(session: Session, part: Json) -> None:
    session.recording.add(Thought, text=some_text(part.get("text")))


def _tool(session: Session, part: Json) -> None:
    ended = session.calls.take(part)
    session.last = "open" if ended else "call"


def _step(session: Session, part: Json) -> None:
    session.steps += 1
    session.use(part)


def _changed(session: Session, part: Json) -> None:
    files = texts(part.get("files"))
    more = f" and {len(files) - _SHOWN_FILES} more" if len(files) > _SHOWN_FILES else ""
    session.recording.note("snapshot", f"changed on disk in this step: {', '.join(files[:_SHOWN_FILES])}{more}")


def _snapshot(session: Session, part: Json) -> None:
    session.recording.note("snapshot", f"snapshot {some_text(part.get('snapshot')) or ''}")


def _compacted(session: Session, part: Json) -> None:
    how = "by itself" if part.get("auto") is True else "asked for by the person"
    session.recording.note("compaction", f"the conversation is summarised, {how}")


def _retried(session: Session, part: Json) -> None:
    error = table(part.get("error"))
    said = some_text(table(error.get("data")).get("message")) or some_text(error.get("name")) or "provider error"
    attempt = whole(part.get("attempt"))
    session.recording.add(Error, where="provider", text=said if attempt is None else f"{said} (attempt {attempt})")


def _named(session: Session, part: Json) -> None:
    session.recording.note("subagent", f"agent asked for: {some_text(part.get('name')) or ''}")


def _delegated(session: Session, part: Json) -> None:
    session.recording.note("subagent", task_text(part))


def _file(session: Session, part: Json) -> None:
    """Add a file that the person put beside the words, where it has a path: the agent sees it whole or in part."""
    path = some_text(table(part.get("source")).get("path"))
    url = some_text(part.get("url")) or ""
    if path is None and url.startswith("file://"):
        try:
            path = unquote(urlsplit(url).path)
        except ValueError:
            path = None
    if path and part.get("mime") != "application/x-directory":
        session.recording.add(Read, path=path, ok=True)


QUIET = frozenset(("step-start",))
PARTS: dict[str, Callable[[Session, Json], None]] = {
    "text": _words,
    "reasoning": _thought,
    "tool": _tool,
    "step-finish": _step,
    "file": _file,
    "patch": _changed,
    "snapshot": _snapshot,
    "compaction": _compacted,
    "retry": _retried,
    "agent": _named,
    "subtask": _delegated,
}
