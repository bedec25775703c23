"""What a tool is asked: which files, in which folder, with which packages and which version of the language.

Knows no tool. Everything in it was chosen by this program or by the person, nothing by the reviewed repository but the
names of its files and the oldest version of the language that it says it supports.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer.analysis.process import ToolError

if TYPE_CHECKING:
    from pathlib import Path

    from reviewer.checks.finding import ToolRun


class UnknownRuleError(ToolError):
    """A tool used a rule that our table of its version does not have."""

    def __init__(self, tool: str, rule: str) -> None:
        """Name the tool with its version, and the rule."""
        super().__init__(f"{tool} reports a rule that is not in the table of its rules: {rule}")


@dataclass(frozen=True, slots=True)
class Question:
    """One run of one tool.

    Attributes:
        folder: the files, as `Folder` writes them.
        room: a private folder for settings and output.
        files: paths in `folder` to report on.
        roots: folders in `folder` that imports start from, the first one first.
        python: version of the language, two numbers.
        environment: a folder made by `Environment.link`.
        packages: folders of packages in it and beside it.
        log: takes what was run.
    """

    folder: Path
    room: Path
    files: tuple[str, ...]
    roots: tuple[str, ...]
    python: str
    environment: Path
    packages: tuple[Path, ...]
    log: list[ToolRun] | None = None
