"""What the tools of coding agents mean, whatever agent calls them: a table from names to kinds, and calls by kind.

Knows names of tools and of their arguments; nothing of any log's format. An importer opens a call with the name and the
arguments, and closes it with what the log says of its result; a tool that no table knows is kept whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias, cast, get_args

from reviewer.run.event import Command, Denial, Edit, Plan, PlanStep, Prompt, Question, Read, Search, StepStatus, Tool
from reviewer.run.importers.values import MAX_INPUT, Json, compact, integer, some_text, table, tables, text, whole

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reviewer.run.event import Boundary
    from reviewer.run.importers.draft import Draft
    from reviewer.run.importers.recording import Recording

Kind: TypeAlias = Literal[
    "read", "search", "edit", "write", "delete", "editor", "command", "plan", "question", "fetch", "agent", "other"
]
"""What a tool is for; an "editor" is several tools in one, and its argument `command` says which."""
Ended: TypeAlias = Literal["ok", "failed", "denied", "not_run", "cancelled", "running", "unknown"]

MAX_PATCH = 64 * 1024
"""A longer patch is cut, and says so (characters)."""
_PATHS = (
    "file_path", "filePath", "absolute_path", "notebook_path", "path", "filename", "target_file", "relative_path",
    "dir_path", "directory_path",
)  # fmt: skip
_FIRST = ("offset", "start_line", "startLine", "line", "line_start")
_LAST = ("end_line", "endLine", "line_end")
_COUNT = ("limit", "num_lines")
_LINES = ("command", "cmd", "commandLine", "script")
_FOLDERS = ("workdir", "cwd", "directory", "dir_path", "working_dir", "dir")
_PATTERNS = ("pattern", "query", "regex", "search_term", "glob_pattern")
_OLD = ("old_string", "oldString", "old_str", "oldText", "search", "old_text", "target")
_NEW = ("new_string", "newString", "new_str", "newText", "replace", "new_text", "replacement", "insert_text")
_CONTENT = ("content", "contents", "file_text", "new_source", "text")
_STEPS = ("todos", "plan", "items", "task_list", "steps")
_STEP_TEXT = ("content", "step", "title", "description", "subject", "text")
_STATUSES: dict[str, StepStatus] = {
    **{status: status for status in cast("tuple[StepStatus, ...]", get_args(StepStatus))},
    "todo": "pending",
    "done": "completed",
    "complete": "completed",
    "doing": "in_progress",
    "in-progress": "in_progress",
    "canceled": "cancelled",
    "deleted": "cancelled",
}


@dataclass(frozen=True, slots=True)
class Result:
    """What a log says of the end of a call.

    Attributes:
        ended: how; "unknown" where the log does not tell.
        text: what the tool answered.
        exit_code, seconds: None if not recorded.
        cut: the agent or its log shortened the text.
        said: the person's words, where they refused the call with an instruction.
        patch: the edit as unified hunks, where the log has them.
        created: the file was not there before; None if not recorded.
    """

    ended: Ended
    text: str = ""
    exit_code: int | None = None
    seconds: float | None = None
    reported: bool = False
    cut: bool = False
    said: str | None = None
    patch: str | None = None
    created: bool | None = None


@dataclass(slots=True)
class OpenCall:
    """A call that was asked for: what it means, and the event that stands for it."""

    name: str
    kind: Kind
    arguments: Json
    time: str | None
    draft: Draft


def open_call(recording: Recording, kinds: Mapping[str, Kind], name: str, arguments: object) -> OpenCall:
    """Add the event of a call; nothing is known of its end yet.

    Args:
        recording: the run being read.
        kinds: the agent's tools by name.
        name: of the tool.
        arguments: as the log has them; what is no object is kept as text.
    """
    given = table(arguments)
    kind = _meant(kinds.get(name, "other"), given)
    return OpenCall(name, kind, given, recording.time, _opened(recording, kind, name, given, arguments))


def _meant(kind: Kind, given: Json) -> Kind:
    if kind != "editor":
        return kind
    match given.get("command"):
        case "view":
            return "read"
        case "create":
            return "write"
        case _:
            return "edit"


def _opened(recording: Recording, kind: Kind, name: str, given: Json, arguments: object) -> Draft:
    path = first_text(given, _PATHS)
    match kind:
        case "read":
            first, last = _span(given)
            part = None if first is None and last is None else False
            return recording.add(Read, path=path or "", first=first, last=last, whole=part)
        case "search":
            return recording.add(Search, pattern=first_text(given, _PATTERNS) or "", path=path, tool=name)
        case "edit" | "write" | "delete":
            op = "delete" if kind == "delete" else "update"
            return recording.add(Edit, path=path or "", tool=name, op=op)
        case "command":
            return recording.command(
                command_text(given),
                cwd=first_text(given, _FOLDERS) or recording.cwd,
                description=some_text(given.get("description")),
                background=given.get("run_in_background") is True or given.get("is_background") is True,
            )
        case "plan":
            return recording.add(Plan, text=some_text(given.get("explanation")), steps=plan_steps(given))
        case "question":
            asked = first_text(given, ("question", "prompt", "text", "message")) or compact(given)
            return recording.add(Question, text=asked)
        case _:
            shown = arguments if isinstance(arguments, str) else compact(arguments)
            return recording.add(Tool, tool=name, boundary=boundary(name, kind), input=shown[:MAX_INPUT])


def close_call(recording: Recording, call: OpenCall, result: Result) -> None:
    """Add what the result tells; a refusal by the person becomes a denial, with their words as a prompt."""
    fields = call.draft.fields
    ok = None if result.ended == "unknown" else result.ended in {"ok", "running"}
    match call.kind:
        case "read":
            fields["ok"] = ok
        case "edit" | "write" | "delete":
            _edited(call, result)
        case "command":
            _ran(recording, call, result)
        case "plan":
            if result.ended in {"denied", "failed", "not_run"}:
                call.draft.dead = True
                recording.add(Tool, tool=call.name, ok=False, denied=result.ended == "denied")
        case "question":
            fields["answer"] = result.text or None
        case "search":
            pass
        case _:
            fields["ok"] = ok
            fields["denied"] = result.ended == "denied"
    if result.ended == "denied":
        recording.add(Denial, tool=call.name, what=_what(call)[:MAX_INPUT], reason=result.text or None)
        if result.said:
            recording.add(Prompt, text=result.said, via="denial")


def _ran(recording: Recording, call: OpenCall, result: Result) -> None:
    fields = call.draft.fields
    fields["ended"] = result.ended
    fields["exit_code"] = result.exit_code
    fields["log_cut"] = result.cut
    if result.seconds is not None:
        fields["seconds"] = result.seconds
        fields["seconds_from"] = "reported" if result.reported else "timestamps"
    if result.text and result.ended not in {"denied", "not_run"}:
        recording.output(call.draft, result.text)


def _edited(call: OpenCall, result: Result) -> None:
    fields = call.draft.fields
    fields["applied"] = None if result.ended == "unknown" else result.ended in {"ok", "running"}
    if fields["applied"] is False:
        fields["refused"] = result.text or result.ended
        return
    if result.created:
        fields["op"] = "add"
    patch = (
        result.patch if result.patch is not None else "\n".join(asked_lines(call.arguments, new=bool(result.created)))
    )
    set_patch(call.draft, patch)


def set_patch(edit: Draft, patch: str) -> None:
    """Give an edit its hunks, cut where they are too long, with the lines counted."""
    fields = edit.fields
    if patch:
        # Counting a text is many times faster than looking at each line of it.
        whole = f"\n{patch}"
        fields["added"] = whole.count("\n+") - whole.count("\n+++ ")
        fields["removed"] = whole.count("\n-") - whole.count("\n--- ")
    fields["patch_cut"] = len(patch) > MAX_PATCH
    fields["patch"] = patch[:MAX_PATCH] or None


def asked_lines(arguments: Json, *, new: bool) -> list[str]:
    """Return what an edit call asked for as hunks, without line numbers where the log has none."""
    content = first_text(arguments, _CONTENT, empty=True)
    old, after = first_text(arguments, _OLD, empty=True), first_text(arguments, _NEW, empty=True)
    if content is not None and old is None:
        added = lines_of(content)
        # Without the old content, nobody can say what a rewrite removed.
        return [f"@@ -0,0 +1,{len(added)} @@" if new else "@@ @@", *(f"+{line}" for line in added)]
    edits = tables(arguments.get("edits")) or tables(arguments.get("replacements"))
    if edits and old is None and after is None:
        return [line for edit in edits for line in asked_lines(edit, new=False)]
    if old is None and after is None:
        return []
    return ["@@ @@", *(f"-{line}" for line in lines_of(old or "")), *(f"+{line}" for line in lines_of(after or ""))]


def lines_of(content: str) -> list[str]:
    """Return the lines of a text without their line feeds; none of an empty one."""
    return content.removesuffix("\n").split("\n") if content else []


def plan_steps(arguments: Json) -> tuple[PlanStep, ...]:
    """Return the steps of a plan, whatever the agent calls them."""
    found = next((steps for key in _STEPS if (steps := tables(arguments.get(key)))), [])
    return tuple(PlanStep(first_text(step, _STEP_TEXT) or "", step_status(step.get("status"))) for step in found)


def step_status(value: object) -> StepStatus:
    """Return a step's status by our names."""
    return _STATUSES.get(value.lower(), "unknown") if isinstance(value, str) else "unknown"


def command_text(arguments: Json) -> str:
    """Return the command line of a call: text, or the words of an argument vector, quoted as a shell needs them."""
    for key in _LINES:
        value = arguments.get(key)
        if isinstance(value, str):
            return value
        if isinstance(value, list) and value and all(isinstance(word, str) for word in value):
            return joined_words(value)
    return ""


def joined_words(words: list[str]) -> str:
    """Return an argument vector as a line; what `bash -lc` would run stands for itself."""
    import shlex

    if len(words) == 3 and words[1] in {"-lc", "-c", "-Command", "/c"}:
        return words[2]
    return shlex.join(words)


def first_text(arguments: Json, keys: tuple[str, ...], *, empty: bool = False) -> str | None:
    """Return the first of some arguments that is text, None if none is; an empty text counts only when wanted."""
    read = text if empty else some_text
    return next((value for key in keys if (value := read(arguments.get(key))) is not None), None)


def _span(arguments: Json) -> tuple[int | None, int | None]:
    view = arguments.get("view_range")
    if isinstance(view, list) and len(view) == 2:
        end = integer(view[1])
        return whole(view[0]), end if end is not None and end >= 0 else None
    first = next((value for key in _FIRST if (value := whole(arguments.get(key))) is not None), None)
    last = next((value for key in _LAST if (value := whole(arguments.get(key))) is not None), None)
    count = next((value for key in _COUNT if (value := whole(arguments.get(key)))), None)
    if last is None and count is not None:
        last = (first or 1) + count - 1
    return first, last


def boundary(name: str, kind: Kind) -> Boundary:
    """Return what a tool reaches: by its kind, and "mcp" by the usual form of such names."""
    if kind == "fetch":
        return "network"
    return "mcp" if name.startswith(("mcp__", "mcp_")) or "__" in name else "host"


def _what(call: OpenCall) -> str:
    if call.draft.cls is Command:
        return str(call.draft.fields.get("line", ""))
    return first_text(call.arguments, (*_PATHS, *_LINES, "url")) or compact(call.arguments)
