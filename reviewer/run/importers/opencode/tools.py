"""The tools of opencode by name.

Data. Source: `packages/opencode/src/tool` of the project, versions 0.3 to 1.x.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reviewer.run.importers.toolset import Kind

SHELLS = frozenset(("bash", "shell"))
PATCHES = frozenset(("apply_patch", "patch"))
AGENTS = frozenset(("task", "agent"))
QUESTIONS = frozenset(("question",))
READS = frozenset(("read",))
KINDS: Mapping[str, Kind] = {
    **dict.fromkeys(SHELLS, "command"),
    **dict.fromkeys(READS, "read"),
    **dict.fromkeys(QUESTIONS, "question"),
    **dict.fromkeys(AGENTS, "agent"),
    "edit": "edit",
    "multiedit": "edit",
    "write": "write",
    "list": "search",
    "ls": "search",
    "glob": "search",
    "grep": "search",
    "codesearch": "fetch",
    "websearch": "fetch",
    "webfetch": "fetch",
    "todowrite": "plan",
}
"""What each tool is for; any other is kept as it is called."""
