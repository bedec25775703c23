"""The tools of Cursor: what each is for, and its arguments by the names that other agents use.

Knows names only. Plans are told in changes: the whole is put together here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.run.event import PlanStep
from reviewer.run.importers.toolset import step_status
from reviewer.run.importers.values import Json, some_text, table, tables, words_of

if TYPE_CHECKING:
    from reviewer.run.importers.toolset import Kind

KINDS: dict[str, Kind] = {
    **dict.fromkeys(words_of("Read read_file ReadFile"), "read"),
    **dict.fromkeys(
        words_of(
            "Grep Glob LS SemanticSearch codebase_search grep_search file_search glob_file_search list_dir grep rg"
        ),
        "search",
    ),
    **dict.fromkeys(words_of("Write write write_file"), "write"),
    **dict.fromkeys(
        words_of("StrReplace MultiStrReplace EditNotebook search_replace edit_file edit_notebook Edit EditFile"), "edit"
    ),
    **dict.fromkeys(words_of("Delete delete_file"), "delete"),
    **dict.fromkeys(words_of("Shell run_terminal_cmd run_terminal_command Bash"), "command"),
    **dict.fromkeys(words_of("TodoWrite todo_write CreatePlan create_plan"), "plan"),
    **dict.fromkeys(words_of("AskQuestion ask_question"), "question"),
    **dict.fromkeys(words_of("WebSearch WebFetch web_search fetch_url"), "fetch"),
    **dict.fromkeys(words_of("Task"), "agent"),
}
PATCHES = words_of("ApplyPatch apply_patch")
MCP = words_of("CallMcpTool CallDynamicTool FetchMcpResource ListMcpResources")
_SAME = {
    "working_directory": "cwd",
    "target_directory": "path",
    "target_directories": "path",
    "target_notebook": "path",
    "target_notebook_path": "path",
    "relative_workspace_path": "path",
    "code_edit": "content",
}


def arguments_of(value: object) -> object:
    """Return the arguments of a call with the names that the table of tools knows; nothing is left out."""
    if not isinstance(value, dict):
        return value
    named = dict(value)
    for other, name in _SAME.items():
        given = value.get(other)
        first = given[0] if isinstance(given, list) and given else given
        if name not in value and isinstance(first, str):
            named[name] = first
    return named


def asked(arguments: Json) -> str | None:
    """Return the text of the questions in a call that asks several at once."""
    questions = [some_text(each.get("prompt")) or some_text(each.get("question")) for each in _questions(arguments)]
    return "\n".join(question for question in questions if question) or None


def _questions(arguments: Json) -> list[Json]:
    return tables(arguments.get("questions"))


class Todos:
    """The plan as far as it was told: a call may give only what changed."""

    def __init__(self) -> None:
        self._steps: dict[str, Json] = {}

    def told(self, arguments: Json) -> tuple[PlanStep, ...]:
        """Return the whole plan after a call."""
        if arguments.get("merge") is not True:
            self._steps.clear()
        for place, step in enumerate(tables(arguments.get("todos"))):
            identity = some_text(step.get("id")) or f"#{place}"
            self._steps[identity] = {**table(self._steps.get(identity)), **step}
        return tuple(
            PlanStep(some_text(step.get("content")) or "", step_status(step.get("status")))
            for step in self._steps.values()
        )
