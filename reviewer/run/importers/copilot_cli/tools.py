"""The tools of Copilot: what each is for, and what the log says of the end of a call.

Knows the results of Copilot CLI (`ToolExecutionComplete` of the official SDK's session events) and the fixed marks that
its shell puts behind an output; nothing of events.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer.run import patch_text
from reviewer.run.importers.jsonl import lenient
from reviewer.run.importers.toolset import Result
from reviewer.run.importers.values import Json, integer, some_text, table, tables, text, words_of

if TYPE_CHECKING:
    from reviewer.run.importers.toolset import Ended, Kind

KINDS: dict[str, Kind] = {
    **dict.fromkeys(words_of("bash shell powershell local_shell run_in_terminal runInTerminal"), "command"),
    **dict.fromkeys(words_of("view read_file copilot_readFile readFile show_file"), "read"),
    **dict.fromkeys(words_of("create create_file write write_file copilot_createFile createFile"), "write"),
    **dict.fromkeys(
        words_of(
            "edit str_replace insert edit_file insert_edit_into_file replace_string_in_file "
            "multi_replace_string_in_file copilot_replaceString copilot_multiReplaceString copilot_insertEdit "
            "copilot_editFile edit_notebook_file copilot_editNotebook"
        ),
        "edit",
    ),
    **dict.fromkeys(words_of("delete delete_file"), "delete"),
    "str_replace_editor": "editor",
    **dict.fromkeys(
        words_of(
            "grep rg glob grep_search file_search semantic_search list_dir search_code list_code_usages "
            "copilot_findTextInFiles copilot_findFiles copilot_searchCodebase copilot_listDirectory"
        ),
        "search",
    ),
    **dict.fromkeys(words_of("update_todo manage_todo_list exit_plan_mode"), "plan"),
    **dict.fromkeys(words_of("ask_user vscode_askQuestions ask_questions"), "question"),
    **dict.fromkeys(
        words_of("web_fetch web_search fetch_webpage copilot_fetchWebPage vscode_fetchWebPage_internal"), "fetch"
    ),
    **dict.fromkeys(words_of("task runSubagent search_subagent"), "agent"),
}
PATCHES = words_of("apply_patch copilot_applyPatch")
POLLS = words_of(
    "read_bash write_bash stop_bash read_powershell write_powershell stop_powershell read_shell stop_shell"
)
"""Tools that look at, or act on, a shell that was started before."""

_EXIT = re.compile(r"\n?<(?:[^<>\n]{0,200} )?(?:exited|completed) with exit code (-?\d{1,9})>\s*\Z", re.ASCII)
_RUNNING = re.compile(
    r"\n?<[^<>]{0,400}\b(?:still (?:running|processing)|read_(?:bash|powershell|shell))\b[^<>]{0,400}>\s*\Z"
)
_STOPPED = re.compile(r"\n?<(?:command with (?:shellId|id)|shellId):[^<>\n]{0,200} stopped>\s*\Z")
_SHELL = re.compile(r"<[^<>\n]{0,40}(?:shellId|id): ?([\w.-]{1,80})")
_DENIED = words_of("denied rejected permission_denied")


@dataclass(frozen=True, slots=True)
class Shell:
    """What the text of a shell's result says besides the output.

    Attributes:
        output: without the mark.
        ended: "ok" where the mark has an exit code, None without a mark.
        exit_code: from the mark.
        shell: id of a shell that goes on.
    """

    output: str
    ended: Ended | None = None
    exit_code: int | None = None
    shell: str | None = None


def shell(said: str) -> Shell:
    """Return what the text of a shell's result says: its marks stand at the very end."""
    tail = said[-1200:]
    if not tail.rstrip().endswith(">"):
        return Shell(said)
    before = len(said) - len(tail)
    for pattern in (_EXIT, _STOPPED, _RUNNING):
        match = pattern.search(tail)
        if match is None:
            continue
        named = _SHELL.search(match.group())
        output = said[: before + match.start()]
        which = named.group(1) if named else None
        if pattern is _EXIT:
            return Shell(output, "ok", int(match.group(1)), which)
        return Shell(output, "cancelled" if pattern is _STOPPED else "running", None, which)
    return Shell(said)


def arguments_of(value: object) -> object:
    """Return the arguments of a call: an object, or what the JSON in a text holds, or the text."""
    if not isinstance(value, str) or not value.lstrip().startswith(("{", "[")):
        return value
    try:
        return lenient(value.encode("utf-8", "replace"))[0]
    except ValueError:
        return value


def outcome(data: Json, *, seconds: float | None, kind: Kind) -> tuple[Result, str | None]:
    """Return what a `tool.execution_complete` says, and the id of the shell that still runs.

    Args:
        data: of the event.
        seconds: since the call began.
        kind: what the tool is for.
    """
    result, error = data.get("result"), table(data.get("error"))
    shown, codes, cut = _shown(result)
    said = some_text(error.get("message")) or shown
    if error and shown and shown != said:
        said = f"{said}\n{shown}"
    ended = _ended(data, error, table(result))
    if kind != "command":
        return Result(ended, said, seconds=seconds, patch=_patch(table(result)), created=_created(kind, ended)), None
    told = shell(said)
    beside = integer(table(data.get("shellExecution")).get("exitCode"))
    code = next((code for code in (*codes, beside, told.exit_code) if code is not None), None)
    if ended in {"ok", "unknown"} and told.ended is not None and code is None:
        ended = told.ended
    if ended == "unknown" and code is not None:
        ended = "ok"
    running = told.shell if ended == "running" else None
    return Result(ended, told.output, exit_code=code, seconds=seconds, cut=cut), running


def _shown(result: object) -> tuple[str, tuple[int | None, ...], bool]:
    """Return a result's text, the exit codes in its parts, and whether a part was cut."""
    if isinstance(result, str):
        return result, (), False
    found = table(result)
    parts = tables(found.get("contents"))
    shown = some_text(found.get("content"))
    if shown is None:
        shown = some_text(found.get("text_result_for_llm")) or some_text(found.get("textResultForLlm"))
    codes = [integer(part.get("exitCode")) for part in parts if text(part.get("type")) in {"shell_exit", "terminal"}]
    if shown is None:
        texts = [text(part.get("text")) or text(part.get("outputPreview")) for part in parts]
        shown = "\n".join(each for each in texts if each) or some_text(found.get("detailedContent")) or ""
        return shown, tuple(codes), any(part.get("outputTruncated") is True for part in parts)
    return shown, tuple(codes), False


def _ended(data: Json, error: Json, result: Json) -> Ended:
    code = some_text(error.get("code"))
    word = some_text(result.get("result_type")) or some_text(result.get("resultType"))
    if code in _DENIED or word in _DENIED:
        return "denied"
    if code in {"timeout", "cancelled", "aborted"}:
        return "cancelled"
    success = data.get("success")
    if success is False or error or word == "failure":
        return "failed"
    if success is True or word == "success":
        return "ok"
    return "unknown"


def _patch(result: Json) -> str | None:
    """Return the hunks of the diff that an edit's result shows, None if it shows none."""
    shown = some_text(result.get("detailedContent"))
    if shown is None or "@@" not in shown:
        return None
    files = patch_text.unified(shown)
    return files[0].patch if len(files) == 1 and files[0].patch else None


def _created(kind: Kind, ended: Ended) -> bool | None:
    return True if kind == "write" and ended == "ok" else None
