"""The tools of Gemini CLI by name, and their arguments as every agent has them.

Data, and one look-up. Source: `packages/core/src/tools` of the project, versions 0.1 to 0.3x.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.run.importers.values import Json, tables, texts, whole

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reviewer.run.importers.toolset import Kind

SHELL = "run_shell_command"
MANY = "read_many_files"
ASK = "ask_user"
EDITS = frozenset(("replace", "write_file", "edit"))
KINDS: Mapping[str, Kind] = {
    "read_file": "read",
    MANY: "search",
    "list_directory": "search",
    "glob": "search",
    "grep_search": "search",
    "search_file_content": "search",
    "replace": "edit",
    "edit": "edit",
    "write_file": "write",
    SHELL: "command",
    "write_todos": "plan",
    ASK: "question",
    "google_web_search": "fetch",
    "web_search": "fetch",
    "web_fetch": "fetch",
    "invoke_agent": "agent",
    "delegate_to_agent": "agent",
    "codebase_investigator": "agent",
    "generalist": "agent",
    "cli_help": "agent",
}
"""What each tool is for; any other is kept as it is called."""


def arguments(name: str, given: Json) -> Json:
    """Return the arguments of a call with the names and the counting that other agents have too."""
    if name == "read_file" and (offset := whole(given.get("offset"))) is not None:
        # Lines are counted from 0 here, and from 1 by everybody else.
        return {**{key: value for key, value in given.items() if key != "offset"}, "start_line": offset + 1}
    if name == MANY:
        named = texts(given.get("include")) or texts(given.get("paths"))
        return {"pattern": ", ".join(named)}
    return given


def questions(name: str, given: object) -> list[Json]:
    """Return each question of a call that asks several."""
    return tables(given.get("questions")) if name == ASK and isinstance(given, dict) else []
