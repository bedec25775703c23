"""Steps of a SWE-agent trajectory: the agent's words, one action, what was observed, and the state of its tools.

The state is that before the action in 0.x, where it is JSON written as text, and that after it in 1.x.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from reviewer.run.event import Edit, Error, Message, Read, Search, Thought, Tool
from reviewer.run.importers.recording import remember
from reviewer.run.importers.swe_agent import actions, outcome
from reviewer.run.importers.toolset import lines_of, set_patch
from reviewer.run.importers.values import Json, joined, some_text, table, tables, text

if TYPE_CHECKING:
    from reviewer.run.importers.draft import Draft
    from reviewer.run.importers.recording import Recording
    from reviewer.run.importers.swe_agent.actions import Action

_NONE = frozenset(("n/a", "", "N/A"))


class Steps:
    """Takes the steps of one attempt in their order.

    Attributes:
        count: how many were taken.
        last: what the last one was: "action", "submit" or "".
    """

    def __init__(self, state: Recording) -> None:
        self._state = state
        self._folder: str | None = None
        self._file: str | None = None
        self.count = 0
        self.last = ""

    def take(self, step: Json) -> None:
        """Take one step."""
        self.count += 1
        given = step.get("state")
        before = isinstance(given, str)
        known = _state(given)
        if before:
            self._moved(known)
        self._words(step)
        asked = actions.parse(text(step.get("action")) or "")
        said = text(step.get("observation")) or joined(step.get("observation"))
        seconds = _seconds(step.get("execution_time"))
        # A blocked or broken action is asked for again, and never ran: it took no time, and there is no state after it.
        never = seconds == 0 and not said and not known and "execution_time" in step
        if asked.meaning == "none":
            self._state.add(Error, where="agent", text=said or "the answer held no single action")
        elif asked.meaning == "shell":
            self._command(str(step.get("action")).strip("\n"), said, seconds, never=never)
        else:
            self._own(asked, known, said, never=never)
        self.last = "submit" if asked.meaning == "submit" else "action" if asked.meaning != "none" else self.last
        if not before:
            self._moved(known)

    def _moved(self, known: Json) -> None:
        folder, file = some_text(known.get("working_dir")), some_text(known.get("open_file"))
        if folder is not None and folder not in _NONE:
            self._folder = folder
            remember(self._state.info.cwds, folder)
        if file is not None:
            self._file = None if file in _NONE else file

    def _words(self, step: Json) -> None:
        for block in tables(step.get("thinking_blocks")):
            if some_text(block.get("thinking")):
                self._state.add(Thought, text=block["thinking"])
        said = text(step.get("thought"))
        if said is None or (not said.strip() and not text(step.get("action"))):
            said = text(step.get("response")) or ""
        if said.strip():
            self._state.add(Message, text=said.strip())

    def _command(self, line: str, said: str, seconds: float | None, *, never: bool) -> None:
        if never:
            self._state.command(line, cwd=self._folder)
            return
        ended = "cancelled" if outcome.timed_out(said) else "failed" if outcome.shows_failure(said) else "unknown"
        draft = self._state.command(line, cwd=self._folder, ended=ended)
        if seconds is not None:
            draft.fields["seconds"], draft.fields["seconds_from"] = seconds, "reported"
        self._state.output(draft, said)

    def _own(self, asked: Action, known: Json, said: str, *, never: bool) -> None:
        state = self._state
        match asked.meaning:
            case "search":
                path = asked.path or (self._file if asked.name == "search_file" else None)
                state.add(Search, pattern=asked.pattern, path=path, tool=asked.name)
            case "read":
                self._read(asked, known, said)
            case "edit":
                self._edit(asked, known, said, never=never)
            case _:
                state.add(Tool, tool=asked.name, boundary="host", ok=None)

    def _read(self, asked: Action, known: Json, said: str) -> None:
        shown = outcome.window(said)
        path = self._path(asked, known, shown.path)
        missing = outcome.is_missing(said)
        first, last = (asked.first, asked.last) if asked.first is not None else (shown.first, shown.last)
        whole: bool | None = None
        if shown.total is not None and first is not None and last is not None:
            whole = first <= 1 and last >= shown.total
        elif asked.first is not None:
            whole = False
        self._state.add(
            Read,
            path=path,
            first=None if missing else first,
            last=None if missing else last,
            whole=whole,
            ok=not missing,
        )

    def _edit(self, asked: Action, known: Json, said: str, *, never: bool) -> None:
        path = self._path(asked, known, outcome.window(said).path)
        draft = self._state.add(Edit, path=path, tool=asked.name, op="add" if asked.new else "update")
        if asked.name.endswith("undo_edit"):
            self._state.note("rewind", f"the last edit of {path} was taken back")
        _hunk(draft, asked)
        draft.fields["applied"] = False if never else outcome.applied(said)
        if draft.fields["applied"] is False:
            draft.fields["refused"] = said.strip()[:4096] or "the action was not run"

    def _path(self, asked: Action, known: Json, shown: str | None) -> str:
        """Return the file of an action: as it is shown, else as the action names it; else the one that is open."""
        named = shown or asked.path
        if named is not None:
            whole = named.startswith("/") or self._folder is None
            path = named if whole else f"{self._folder}/{named.removeprefix('./')}"
            if shown is not None:
                self._file = path  # what is shown in the window is open, whether or not the file tells its state
            return path
        after = some_text(known.get("open_file"))
        return self._file or (after if after is not None and after not in _NONE else "") or ""


def _hunk(draft: Draft, asked: Action) -> None:
    if asked.text is None and asked.old is None:
        return
    old, new = lines_of(asked.old or ""), lines_of(asked.text or "")
    head = f"@@ -0,0 +1,{len(new)} @@" if asked.new else "@@ @@"
    set_patch(draft, "\n".join([head, *(f"-{line}" for line in old), *(f"+{line}" for line in new)]))
    if asked.old is None and not asked.new and "insert" not in asked.name:
        # Lines were replaced by number: how many there were is not in the file.
        draft.fields["removed"] = None


def _state(given: object) -> Json:
    if isinstance(given, str):
        try:
            return table(orjson.loads(given))
        except orjson.JSONDecodeError:
            return {}
    return table(given)


def _seconds(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < 1e9:
        return None
    return round(float(value), 3)
