"""Items of a turn as newer rollouts and the stream of `codex exec --json` hold them, each whole when it is completed.

Knows the kinds of items (`codex-rs/protocol` items, `codex-rs/exec` exec_events), in the three spellings in which they
are written. What is also a response item is taken once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.run.event import Error, Read
from reviewer.run.importers.values import Json, compact, joined, some_text, table, text

if TYPE_CHECKING:
    from collections.abc import Callable

    from reviewer.run.importers.codex.ends import Ends
    from reviewer.run.importers.codex.session import Session
    from reviewer.run.importers.codex.talk import Talk
    from reviewer.run.importers.recording import Recording

_PLACE = "completed"


class Items:
    """Takes items; `began` and `completed` say at which moment."""

    def __init__(self, state: Recording, session: Session, talk: Talk, ends: Ends) -> None:
        self._state = state
        self._session = session
        self._talk = talk
        self._ends = ends
        self._takers: dict[str, Callable[[Json], None]] = {
            "usermessage": talk.user_item,
            "agentmessage": self._said,
            "assistantmessage": self._said,
            "reasoning": self._reasoning,
            "plan": lambda item: ends.plan(item, _PLACE),
            "todolist": lambda item: ends.plan(item, _PLACE),
            "commandexecution": ends.command,
            "filechange": ends.patch,
            "mcptoolcall": ends.mcp,
            "websearch": lambda item: ends.searched(item, _PLACE),
            "dynamictoolcall": lambda item: self._tool(item, "dynamic"),
            "imageview": self._viewed,
            "imagegeneration": lambda item: self._tool(item, "image_generation"),
            "collabtoolcall": ends.agents,
            "collabagenttoolcall": ends.agents,
            "contextcompaction": lambda _: session.compacted("", _PLACE),
            "enteredreviewmode": lambda item: self._mode("review mode", item),
            "exitedreviewmode": lambda item: self._mode("end of review mode", item),
            "error": self._error,
            "subagentactivity": self._noted,
            "sleep": self._noted,
            "hookprompt": self._noted,
            "extension": self._extension,
        }

    def began(self, item: Json) -> None:
        """Take an item that is not done: only a command that may never end tells something by this."""
        if _kind(item) == "commandexecution":
            self._ends.command_begun(item)

    def completed(self, item: Json) -> None:
        """Take an item that is done."""
        taker = self._takers.get(_kind(item))
        if taker is None:
            name = some_text(item.get("type")) or some_text(item.get("item_type")) or "no type"
            self._state.not_understood(f"item/{name}", compact(item))
        else:
            taker(item)

    def _said(self, item: Json) -> None:
        said = text(item.get("text"))
        self._talk.said(said if said is not None else joined(item.get("content")), _PLACE)

    def _reasoning(self, item: Json) -> None:
        if isinstance(item.get("text"), str):
            self._talk.thought(some_text(item["text"]), _PLACE)
            return
        for key, place in (("summary_text", _PLACE), ("raw_content", "raw completed")):
            shown = item.get(key)
            for said in shown if isinstance(shown, list) else []:
                if isinstance(said, str) and said:
                    self._talk.thought(said, place)

    def _viewed(self, item: Json) -> None:
        path = some_text(item.get("path")) or ""
        if self._session.is_new(("viewed", path), _PLACE):
            self._state.add(Read, path=path, whole=True, ok=True)

    def _tool(self, item: Json, fallback: str) -> None:
        name = some_text(item.get("tool")) or some_text(item.get("name")) or fallback
        ok = {"completed": True, "failed": False}.get(str(item.get("status")))
        self._ends.tool(item, name, item.get("arguments", item.get("revised_prompt")), ok=ok, reach="host")

    def _extension(self, item: Json) -> None:
        if table(item.get("action")).get("type") == "search" or "query" in item:
            self._ends.searched(item, _PLACE)
        else:
            self._tool(item, some_text(item.get("kind")) or "extension")

    def _mode(self, what: str, item: Json) -> None:
        self._session.mode(what, joined(item.get("review")) or joined(item.get("user_facing_hint")), _PLACE)

    def _error(self, item: Json) -> None:
        self._state.add(Error, where="agent", text=some_text(item.get("message")) or compact(item))

    def _noted(self, item: Json) -> None:
        self._state.note("note", compact(item))


def _kind(item: Json) -> str:
    kind = item.get("type") or item.get("item_type")
    return kind.replace("_", "").lower() if isinstance(kind, str) else ""
