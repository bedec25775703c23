"""The calls that the interface of Cline or Roo Code showed, and the results that stand elsewhere.

An item says what was asked for: one shown as `ask` was put to the person, one shown as `say` was not. How it ended
stands in the text of the next request, or in the model's conversation.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reviewer.run.event import Edit, Tool
from reviewer.run.importers.checklist import steps_of
from reviewer.run.importers.cline import results, tools
from reviewer.run.importers.jsonl import lenient
from reviewer.run.importers.open_calls import OpenCalls
from reviewer.run.importers.toolset import Result, set_patch
from reviewer.run.importers.values import MAX_INPUT, Json, some_text, table, tables, text, whole

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reviewer.run.importers.draft import Draft
    from reviewer.run.importers.open_calls import Call
    from reviewer.run.importers.recording import Recording

_NEEDS_YES = "REQ_APP"
_NO_MATCH = "the search block does not match the file"
_AHEAD = 60
"""How far results are looked through for a call, before it counts as one that has none."""
_WORDS = 20
"""How many of the person's words are looked at for those of a refusal."""
_NAMES = {"command": "execute_command", "browser_action_launch": "browser", "new_task": "newTask"}


@dataclass(slots=True)
class _Shown:
    call: Call
    about: str
    asked: bool
    source: str
    time: str | None
    outputs: list[str] = field(default_factory=list)
    open: bool = True


class Calls:
    """The calls of one task."""

    def __init__(self, state: Recording) -> None:
        self._state = state
        self._calls = OpenCalls(state, tools.SHOWN)
        self._all: list[_Shown] = []
        self._since: list[_Shown] = []
        self._command: _Shown | None = None
        self._words: list[Draft] = []
        self._asks: dict[str, set[str]] = {"asked": set(), "auto-approved": set()}

    def shown(self, kind: str, said: str, *, asked: bool) -> bool:
        """Take an item that shows a call; return whether it is one."""
        given = _given(kind, said)
        name = text(given.pop("tool", None)) or _NAMES.get(kind, kind)
        if name == "summarizeTask":
            self._state.note("compaction", some_text(given.get("content")) or "")
            return False
        if name == "switchMode":
            mode = some_text(given.get("mode"))
            self._state.note("mode", f"mode: {mode}")
            return False
        self._asks["asked" if asked else "auto-approved"].add(name)
        for each in tables(given.get("batchFiles")) or tables(given.get("files")) or [given]:
            self._open(name, {**given, **each} if each is not given else given, asked=asked)
        return True

    def _open(self, name: str, given: Json, *, asked: bool) -> None:
        state = self._state
        kind = tools.SHOWN.get(name, "other")
        shown = some_text(given.get("diff")) or some_text(given.get("content")) or ""
        if kind in {"edit", "write"}:
            arguments: Json = {"path": given.get("path")}
        elif kind == "read":
            arguments = {
                "path": given.get("path"),
                "start_line": whole(given.get("readLineStart")) or whole(given.get("lineNumber")),
                "end_line": whole(given.get("readLineEnd")),
            }
        else:
            arguments = {key: value for key, value in given.items() if key != "content"}
        call = self._calls.opened(None, name, arguments)
        draft = call.drafts[0]
        if kind in {"edit", "write"}:
            set_patch(draft, tools.hunks(shown, new=kind == "write"))
            draft.fields["op"] = "add" if kind == "write" else "update"
        elif name in {"use_mcp_tool", "access_mcp_resource", "use_mcp_server"} and draft.cls is Tool:
            draft.fields["boundary"] = "mcp"
        elif kind == "plan" and not draft.fields["steps"]:
            draft.fields["steps"] = steps_of(text(given.get("todos")) or "")
        about = some_text(given.get("command")) or some_text(given.get("path")) or some_text(given.get("regex")) or ""
        entry = _Shown(call, about, asked, state.source, state.time)
        self._all.append(entry)
        self._since.append(entry)
        if kind == "command":
            self._command = entry

    def never_ran(self, kind: str, item: Json) -> None:
        """Take a call that was still being written when the model stopped."""
        said = text(item.get("text")) or ""
        given = _given(kind, said)
        name = text(given.pop("tool", None)) or _NAMES.get(kind, kind)
        call = self._calls.opened(None, name, {key: value for key, value in given.items() if key != "content"})
        self._calls.end(call, Result("not_run", "the model stopped before the call was whole"))

    def output(self, shown: str) -> None:
        """Take a piece of the running command's output; some versions show the whole of it again and again."""
        entry = self._command
        if entry is None or not shown:
            return
        if entry.outputs and shown.startswith(entry.outputs[-1]):
            entry.outputs[-1] = shown
        else:
            entry.outputs.append(shown)

    def fed_back(self, prompt: Draft) -> None:
        """Take the person's words that may turn out to have come with a refusal."""
        self._words = [*self._words[-_WORDS:], prompt]

    def diff_error(self, path: str) -> None:
        """Take that an edit did not fit the file."""
        edits = (each for each in reversed(self._since[-_AHEAD:]) if each.call.drafts[0].cls is Edit and each.open)
        entry = next((each for each in edits if not path or each.about == path), None)
        if entry is not None:
            self._end(entry, Result("failed", "the search block does not match the file"))
        else:
            self._state.add(
                Edit, path=path, tool="replace_in_file", applied=False, refused="the search block does not match"
            )

    def answered(self, request: str) -> None:
        """Take the results in the text of a request: they are of the calls since the one before."""
        since, self._since = [each for each in self._since if each.open], []
        for told in results.split(request):
            place = next((n for n, each in enumerate(since[:_AHEAD]) if _fits(each, told)), None)
            if place is not None:
                self._close(since.pop(place), told)
        self._words.clear()

    def late(self, told: Iterable[results.Told]) -> None:
        """Take results in the order of the conversation, for calls that have none yet."""
        rest = list(told)
        at = 0
        for entry in self._all:
            found = next((n for n in range(at, min(at + _AHEAD, len(rest))) if _fits(entry, rest[n])), None)
            if found is None:
                continue
            at = found + 1
            if entry.open:
                self._state.source, self._state.time = entry.source, entry.time
                self._close(entry, rest[found])

    def close(self) -> str:
        """Close what ran without a result; return the names of the tools that nothing answered."""
        waiting = []
        for entry in self._all:
            if entry.open and (entry.outputs or (not entry.asked and entry.call.kind == "command")):
                self._end(entry, Result("unknown"))
            elif entry.open:
                waiting.append(entry.call.name)
        granted = [f"{way}: {', '.join(sorted(names))}" for way, names in self._asks.items() if names]
        self._state.info.approval = "; ".join(granted) or None
        return ", ".join(dict.fromkeys(waiting[-5:]))

    def _close(self, entry: _Shown, told: results.Told) -> None:
        kind = entry.call.kind
        result = results.read(told.text, kind)
        if kind == "command" and (place := results.where(told.text)) is not None:
            entry.call.drafts[0].fields["cwd"] = place
        self._end(entry, result)

    def _end(self, entry: _Shown, result: Result) -> None:
        """Give a call its result; a refusal takes the person's words that were shown before it."""
        entry.open = False
        draft = entry.call.drafts[0]
        kind = entry.call.kind
        said = result.said
        prompt = next(
            (each for each in self._words if said is not None and each.fields["text"].strip() == said.strip()), None
        )
        if prompt is not None:
            prompt.fields["via"], prompt.bumps = "denial", False
            said = None
        shown_text = "\n".join(entry.outputs) if entry.outputs and kind == "command" else result.text
        patch = draft.fields.get("patch") if draft.cls is Edit else None
        ended = Result(
            result.ended, shown_text, exit_code=result.exit_code, cut=result.cut, said=said, patch=patch,
            created=True if kind == "write" else None,
        )  # fmt: skip
        if draft.cls is Edit and ended.ended in {"denied", "failed", "not_run"}:
            draft.fields["patch"] = None
            draft.fields["added"] = draft.fields["removed"] = None
        self._calls.end(entry.call, ended)
        # It lies in the spool now.
        entry.outputs.clear()


def _given(kind: str, said: str) -> Json:
    if kind == "command":
        return {"command": said.removesuffix(_NEEDS_YES)}
    if kind == "browser_action_launch":
        return {"url": said}
    try:
        given = table(lenient(said.encode("utf-8", "replace"))[0])
    except ValueError:
        given = {}
    if kind == "use_mcp_server":
        return {"tool": text(given.pop("type", None)) or kind, **given}
    return dict(given) if given else {"text": said[:MAX_INPUT]}


def _fits(entry: _Shown, told: results.Told) -> bool:
    kind = tools.KINDS.get(told.tool, "other")
    if tools.family(kind) != tools.family(entry.call.kind):
        return False
    if told.about is None or not entry.about:
        return True
    if entry.call.kind == "command":
        return told.about.strip() == entry.about.strip()
    return _last(told.about) == _last(entry.about)


def _last(path: str) -> str:
    return path.replace("\\", "/").rstrip("/'").rsplit("/", 1)[-1]
