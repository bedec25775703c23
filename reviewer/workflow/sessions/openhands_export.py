"""A conversation of OpenHands, kept as a file an event, written out as one log: an event a line, in their order.

Knows the two layouts of folders; nothing of what events mean. In the SDK's layout the state comes first, as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from reviewer.workflow.sessions.reading import NotReadableError, small
from reviewer.workflow.sessions.stores.openhands import MAX_EVENTS, STATE, event_files, subagents

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_MAX_FILE = 64 << 20


def export(folder: Path, room: Path) -> Iterator[tuple[Path, str, str | None]]:
    """Write a conversation and those that it handed work to; yield each log, its name, and the sub-agent's id.

    Raises:
        NotReadableError: it holds no event.
        OSError: it cannot be written.
    """
    yield _one(folder, room / "0.jsonl"), folder.name, None
    for number, child in enumerate(subagents(folder), start=1):
        yield _one(child, room / f"{number}.jsonl"), child.name, child.name


def _one(folder: Path, target: Path) -> Path:
    files, more = event_files(folder)
    if not files:
        raise NotReadableError("holds no event")
    state = folder / STATE
    with target.open("xb") as output:
        if state.exists():
            output.write(_line(state))
        for path in files:
            output.write(_line(path))
        if more:
            output.write(_lost(f"events after {MAX_EVENTS:,}", "there are too many"))
    return target


def _line(path: Path) -> bytes:
    """Return a file as one line; where it cannot be read, a record that says so."""
    try:
        if path.is_symlink():
            return _lost(path.name, "is a link")
        data = small(path, _MAX_FILE)
    except NotReadableError as error:
        return _lost(path.name, error.why)
    # Between the values of JSON line feeds mean nothing, and inside of them there are none.
    return data.replace(b"\r", b" ").replace(b"\n", b" ") + b"\n"


def _lost(what: str, why: str) -> bytes:
    return (
        orjson.dumps({"kind": "UnreadableEvent", "file": what.encode("utf-8", "replace").decode(), "why": why}) + b"\n"
    )
