"""Whether a command or a tool is among the allowed ones: one reading for checks, contracts and pages.

Pure. Agents and contracts call the same tool differently, and write commands as patterns of their own.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewer.checks.shell_words import split

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_TOOL_FORM = re.compile(r"\w+\((.*)\)", re.DOTALL)
# These change nothing by themselves, and are in front of or behind nearly every command.
_HARMLESS = frozenset({"cd", "pwd", "true", "echo", "head", "tail", "grep", "wc", "sort", "uniq", "cut"})
_PYTHON = re.compile(r"^python[0-9.]+$")
_CALLED = {
    "shell": "bash shell exec exec_command run_command run_commands run_shell_command execute_bash execute_command "
    "powershell shell_command terminal",
    "read": "read view read_file read_files notebookread readfile",
    "edit": "edit write multiedit notebookedit apply_patch write_file str_replace_editor str_replace replace create "
    "editor file_editor str_replace_based_edit_tool delete",
    "search": "grep glob ls search list_directory list_dir grep_search search_file_content find",
}
"""What the run records by kind, and what agents call it in their settings and logs."""
_KINDS = {name: kind for kind, names in _CALLED.items() for name in names.split()}
_SHOWS = frozenset({"str_replace_editor", "str_replace_based_edit_tool", "file_editor", "editor"})
"""Tools that show files as well as edit them; a log may say which of the two each call did."""


def command_allowed(patterns: Sequence[str], line: str) -> bool:
    """Match `pytest`, `git diff:*` or `Bash(git diff:*)`: a pattern stands for the command with any further arguments.

    A chain is allowed only as a whole: `pytest && curl …` is not `pytest`. `python` stands for `python3` as well.
    """
    forms = [_words(_inside(pattern).removesuffix(":*").removesuffix("*").strip()) for pattern in patterns]
    starts = [form[0] for form in forms if len(form) == 1]
    if any(not _inside(pattern).strip("*: ") for pattern in patterns):
        return True
    return all(
        part[0] in _HARMLESS or any(part[: len(start)] == start for start in starts) or part in starts
        for part in _words(line)
    )


def _words(line: str) -> list[list[str]]:
    return [[_PYTHON.sub("python", part[0]), *part[1:]] for part in split(line)]


def tool_allowed(allowed: Iterable[str], tool: str) -> bool:
    """Return whether a tool is among the allowed ones, whatever either side calls it.

    `Bash(git diff:*)` in an agent's settings allows one form of a tool; the form is compared as a command.
    """
    names = {entry.split("(", 1)[0].strip().lower() for entry in allowed}
    own = tool.lower()
    if own in names or _kind(own) in {_kind(name) for name in names} or (_kind(own) == "read" and names & _SHOWS):
        return True
    return any(own.startswith(f"{name}__") for name in names)


def _kind(name: str) -> str:
    return _KINDS.get(name, name)


def _inside(pattern: str) -> str:
    match = _TOOL_FORM.fullmatch(pattern.strip())
    return match.group(1) if match else pattern.strip()
