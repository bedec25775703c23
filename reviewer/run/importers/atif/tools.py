"""What tools mean in a trajectory: by the name of the agent, whose tools they are.

Data, and one look-up. Tables of agents that have an importer of their own are taken from there; an agent that nobody
knows is read with all tables together.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewer.run.importers.copilot_cli import tools as copilot
from reviewer.run.importers.cursor import tools as cursor
from reviewer.run.importers.gemini_cli import tools as gemini
from reviewer.run.importers.opencode import tools as opencode
from reviewer.run.importers.openhands import tools as openhands
from reviewer.run.importers.values import Json, some_text, table, tables, text, words_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reviewer.run.importers.toolset import Kind

TERMINUS = "terminus"
PATCHES = frozenset(("apply_patch", "patch", "applypatch", "ApplyPatch"))
_CLAUDE: Mapping[str, Kind] = {
    **dict.fromkeys(words_of("Bash PowerShell"), "command"),
    **dict.fromkeys(words_of("Read NotebookRead View"), "read"),
    **dict.fromkeys(words_of("Grep Glob LS"), "search"),
    **dict.fromkeys(words_of("Edit MultiEdit NotebookEdit"), "edit"),
    "Write": "write",
    "TodoWrite": "plan",
    "ExitPlanMode": "plan",
    "AskUserQuestion": "question",
    **dict.fromkeys(words_of("WebFetch WebSearch"), "fetch"),
    **dict.fromkeys(words_of("Task Agent"), "agent"),
}
_CODEX: Mapping[str, Kind] = {
    **dict.fromkeys(words_of("shell shell_command exec_command local_shell container.exec unified_exec"), "command"),
    **dict.fromkeys(words_of("read_file view_image"), "read"),
    **dict.fromkeys(words_of("list_dir grep_files"), "search"),
    "update_plan": "plan",
    **dict.fromkeys(words_of("web_search web__run"), "fetch"),
    "spawn_agent": "agent",
    "request_user_input": "question",
}
_SHELL_ONLY: Mapping[str, Kind] = {
    **dict.fromkeys(words_of("bash_command bash execute_bash run_command execute exec"), "command"),
    "str_replace_editor": "editor",
    "str_replace_based_edit_tool": "editor",
}
_GOOSE: Mapping[str, Kind] = {
    "developer__shell": "command",
    "shell": "command",
    "developer__text_editor": "editor",
    "text_editor": "editor",
    "todo__todo_write": "plan",
}
_KIMI: Mapping[str, Kind] = {
    "Shell": "command",
    "Bash": "command",
    "ReadFile": "read",
    "WriteFile": "write",
    "StrReplaceFile": "edit",
    "SetTodoList": "plan",
    **dict.fromkeys(words_of("SearchWeb FetchURL"), "fetch"),
    **dict.fromkeys(words_of("Grep Glob"), "search"),
}
_OTHERS: Mapping[str, Kind] = {
    **dict.fromkeys(words_of("terminal run_terminal_command execute_command run_commands run_script"), "command"),
    **dict.fromkeys(words_of("read view read_files"), "read"),
    **dict.fromkeys(words_of("write create write_to_file create_file"), "write"),
    **dict.fromkeys(words_of("edit replace_in_file str_replace"), "edit"),
    **dict.fromkeys(words_of("search_files grep glob list_files find ls"), "search"),
    "editor": "editor",
}
_AGENTS: tuple[tuple[str, Mapping[str, Kind]], ...] = (
    ("claude", _CLAUDE),
    ("codex", _CODEX),
    ("cursor", cursor.KINDS),
    ("gemini", gemini.KINDS),
    ("qwen", gemini.KINDS),
    ("opencode", opencode.KINDS),
    ("openhands", openhands.KINDS),
    ("copilot", copilot.KINDS),
    ("mini-swe", _SHELL_ONLY),
    ("swe-agent", _SHELL_ONLY),
    (TERMINUS, _SHELL_ONLY),
    ("goose", _GOOSE),
    ("kimi", _KIMI),
)
"""The start of an agent's name, and its tools; in this order."""
_TOGETHER: Mapping[str, Kind] = {
    **_OTHERS,
    **{name: kind for _, kinds in reversed(_AGENTS) for name, kind in kinds.items()},
}
_NO_NAME = re.compile(r"[\s_]+")


def family(agent: str) -> str:
    """Return which known agent a name stands for ("Claude Code 2" is "claude"), "" for none."""
    plain = _NO_NAME.sub("-", agent.strip().lower())
    return next((start for start, _ in _AGENTS if plain.startswith(start)), "")


def kinds_of(agent: str) -> Mapping[str, Kind]:
    """Return the tools of an agent; of an unknown one, and of names that its table lacks, what all agents mean."""
    known = family(agent)
    own = next((kinds for start, kinds in _AGENTS if start == known), {})
    return {**_TOGETHER, **own}


def arguments_of(agent: str, name: str, given: object) -> object:
    """Return the arguments of a call with the names and the counting that every agent has."""
    known = family(agent)
    if not isinstance(given, dict):
        return given
    if "keystrokes" in given and "command" not in given:
        # What is typed is the command; the time beside it is how long to wait, not how long it took.
        return {**given, "command": (text(given.get("keystrokes")) or "").removesuffix("\n")}
    if known == "cursor":
        return cursor.arguments_of(given)
    if known in {"gemini", "qwen"}:
        return gemini.arguments(name, given)
    if "patchText" in given:
        return {**given, "patch": given["patchText"]}
    if name in PATCHES and "input" not in given and "patch" not in given:
        return {**given, "patch": next((value for value in given.values() if isinstance(value, str)), "")}
    return given


def questions(name: str, given: object) -> list[Json]:
    """Return each question of a call that asks several at once."""
    return tables(table(given).get("questions")) if name in _ASKS else []


_ASKS = words_of("AskUserQuestion question ask_user request_user_input")


def is_keys(given: Json) -> bool:
    """Return whether a call types no command: it waits, or presses keys in what runs already."""
    if "keystrokes" not in given:
        return False
    keys = some_text(given.get("keystrokes")) or ""
    return not keys.strip() or _KEYS.fullmatch(keys.strip()) is not None


_KEYS = re.compile(
    r"(?:C-[a-zA-Z\\\]]|M-\w|Escape|Enter|Tab|Up|Down|Left|Right|BSpace|Space|q|:q!?|:wq!?)(?: C-[a-z])*"
)
