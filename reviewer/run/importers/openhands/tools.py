"""The tools of OpenHands by name, of both generations of the program.

Data. The names are those that the model sees; what the newer generation calls its actions stands beside.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reviewer.run.importers.toolset import Kind

KINDS: Mapping[str, Kind] = {
    "execute_bash": "command",
    "terminal": "command",
    "bash": "command",
    "str_replace_editor": "editor",
    "file_editor": "editor",
    "planning_file_editor": "editor",
    "edit_file": "edit",
    "edit": "edit",
    "write": "write",
    "write_file": "write",
    "read": "read",
    "read_file": "read",
    "list_directory": "search",
    "glob": "search",
    "grep": "search",
    "task_tracker": "plan",
    "browser": "fetch",
    "browse": "fetch",
    "web_read": "fetch",
    "fetch": "fetch",
    "delegate": "agent",
    "task": "agent",
}
"""What each tool is for; any other is kept as it is called."""
PATCHES = frozenset(("apply_patch",))
BY_ACTION: Mapping[str, str] = {
    "TerminalAction": "terminal",
    "ExecuteBashAction": "terminal",
    "FileEditorAction": "file_editor",
    "StrReplaceEditorAction": "file_editor",
    "PlanningFileEditorAction": "planning_file_editor",
    "TaskTrackerAction": "task_tracker",
    "ApplyPatchAction": "apply_patch",
    "GlobAction": "glob",
    "GrepAction": "grep",
    "ReadFileAction": "read_file",
    "WriteFileAction": "write_file",
    "EditAction": "edit",
    "ListDirectoryAction": "list_directory",
    "DelegateAction": "delegate",
    "TaskAction": "task",
    "ThinkAction": "think",
    "FinishAction": "finish",
}
"""Kinds of action of the newer generation, for a log that gives a tool a name of its own."""
