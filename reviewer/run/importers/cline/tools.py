"""The tools of Cline and Roo Code: what each is for, by the names in the interface's messages and in the model's calls.

Knows names and the forms in which edits are written; nothing of results.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewer.run import patch_text
from reviewer.run.importers.toolset import joined_words, lines_of
from reviewer.run.importers.values import Json, some_text, table, texts, words_of

if TYPE_CHECKING:
    from reviewer.run.importers.toolset import Kind

KINDS: dict[str, Kind] = {
    **dict.fromkeys(words_of("execute_command run_commands"), "command"),
    **dict.fromkeys(words_of("read_file read_files"), "read"),
    **dict.fromkeys(
        words_of(
            "search_files list_files list_code_definition_names codebase_search search_codebase list_code_usages glob"
        ),
        "search",
    ),
    **dict.fromkeys(words_of("write_to_file new_rule"), "write"),
    **dict.fromkeys(
        words_of(
            "replace_in_file apply_diff insert_content search_and_replace search_replace edit_file edit editor "
            "apply_edit"
        ),
        "edit",
    ),
    "delete_file": "delete",
    "update_todo_list": "plan",
    **dict.fromkeys(words_of("ask_followup_question ask_question"), "question"),
    **dict.fromkeys(words_of("web_fetch web_search fetch_web_content browser_action browser"), "fetch"),
    **dict.fromkeys(words_of("new_task use_subagents spawn_agent"), "agent"),
    **dict.fromkeys(
        words_of(
            "use_mcp_tool access_mcp_resource load_mcp_documentation switch_mode fetch_instructions run_slash_command "
            "generate_image report_bug condense summarize_task use_skill skills apply_patch attempt_completion "
            "plan_mode_respond act_mode_respond submit_and_exit generate_explanation"
        ),
        "other",
    ),
}
PATCHES = words_of("apply_patch")
MCP = words_of("use_mcp_tool access_mcp_resource")

SHOWN: dict[str, Kind] = {
    "execute_command": "command",
    "readFile": "read",
    **dict.fromkeys(words_of("editedExistingFile appliedDiff insertContent searchAndReplace applyEdit"), "edit"),
    "newFileCreated": "write",
    "fileDeleted": "delete",
    **dict.fromkeys(
        words_of(
            "listFilesTopLevel listFilesRecursive listCodeDefinitionNames searchFiles codebaseSearch "
            "viewSourceCodeDefinitionsTopLevel"
        ),
        "search",
    ),
    **dict.fromkeys(words_of("webFetch webSearch"), "fetch"),
    "updateTodoList": "plan",
    **dict.fromkeys(words_of("newTask finishTask use_subagents"), "agent"),
}
"""The names in the interface's messages (`ClineSayTool`)."""

_SEARCH = re.compile(r"(?:-{5,9}|<{5,9}) ?SEARCH>?[^\n]{0,80}")
_DIVIDER = re.compile(r"={5,9}")
_REPLACE = re.compile(r"(?:\+{5,9}|>{5,9}) ?REPLACE>?[^\n]{0,80}")
_SPAN = re.compile(r"(\d{1,9})-(\d{1,9})", re.ASCII)
_FAMILY: dict[Kind, str] = {"write": "edit", "delete": "edit"}


def several(name: str, arguments: object) -> list[Json]:
    """Return the arguments of each part of a call that reads several files, or runs several commands; else nothing."""
    kind = KINDS.get(name, "other")
    given = table(arguments)
    if kind == "read":
        found = next((given[key] for key in ("files", "file_paths", "paths") if key in given), arguments)
        return [part for each in _listed(found) if (part := _file(each)) is not None]
    if name == "run_commands":
        found = next((given[key] for key in ("commands", "command", "cmd") if key in given), arguments)
        if isinstance(given.get("args"), list) and isinstance(given.get("command"), str):
            found = given
        return [{"command": line} for each in _listed(found) if (line := _line(each)) is not None]
    if name == "search_codebase":
        return [{"pattern": each} for each in _listed(given.get("queries", arguments)) if isinstance(each, str)]
    return []


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _file(value: object) -> Json | None:
    if isinstance(value, str) and value:
        return {"path": value}
    given = table(value)
    if some_text(given.get("path")) is None:
        return None
    ranges = given.get("line_ranges")
    first = ranges[0] if isinstance(ranges, list) and ranges else given.get("lineRange")
    span = _SPAN.fullmatch(first) if isinstance(first, str) else None
    if span is not None:
        return {**given, "start_line": int(span.group(1)), "end_line": int(span.group(2))}
    return given


def _line(value: object) -> str | None:
    if isinstance(value, dict):
        words = [some_text(value.get("command")) or "", *texts(value.get("args"))]
        return joined_words(words) if words[0] else None
    return value if isinstance(value, str) and value else None


def family(kind: Kind) -> str:
    """Return what results are matched to calls by: making, changing and deleting a file are one."""
    return _FAMILY.get(kind, kind)


def hunks(shown: str, *, new: bool) -> str:
    """Return what an edit's text asks for as hunks: search blocks, a unified diff, or the file's whole content."""
    lines = shown.split("\n")
    found = _blocks(lines)
    if found:
        return "\n".join(found)
    if "\n@@" in f"\n{shown}":
        files = patch_text.unified(shown)
        if files:
            return files[0].patch
        start = next(place for place, line in enumerate(lines) if line.startswith("@@"))
        return "\n".join(line for line in lines[start:] if line[:1] in {"@", "+", "-", " "})
    added = lines_of(shown)
    if not added:
        return ""
    return "\n".join([f"@@ -0,0 +1,{len(added)} @@" if new else "@@ @@", *(f"+{line}" for line in added)])


def _blocks(lines: list[str]) -> list[str]:
    found: list[str] = []
    old: list[str] | None = None
    new: list[str] | None = None
    for line in lines:
        if old is None:
            old = [] if _SEARCH.fullmatch(line) else None
        elif _DIVIDER.fullmatch(line) and new is None:
            new = []
        elif _REPLACE.fullmatch(line) and new is not None:
            found += ["@@ @@", *(f"-{each}" for each in _cleaned(old)), *(f"+{each}" for each in new)]
            old = new = None
        elif new is None:
            old.append(line)
        else:
            new.append(line)
    return found


def _cleaned(old: list[str]) -> list[str]:
    """Return the searched lines without the place that Roo writes above them (`:start_line:7`, `-------`)."""
    rule = next((place for place, line in enumerate(old[:4]) if line == "-------"), None)
    return old[rule + 1 :] if rule is not None and any(line.startswith(":") for line in old[:rule]) else old
