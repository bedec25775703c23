"""What tools outside this package said of both sides of a change, as plain values that checks can read.

Knows no tool: whoever runs them maps their rule names to the kinds here. A check decides what is new and what it means.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from reviewer.checks.finding import ToolRun

Kind: TypeAlias = Literal["attribute", "import", "argument", "arguments", "name", "callable", "undecided"]
"""What does not exist: an attribute or member of a module, a module, a keyword, a way to call with these arguments, a
name, something to call. "undecided": an attribute of a value whose type the tool does not know."""


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One thing that one tool said of one place.

    Attributes:
        tool: its name without version.
        rule: the tool's own name of the rule.
        kind: ours; None for a rule of style.
        path: path in the tree with `/`.
        line: from 1, counted by line feeds.
        message: the tool's sentence, hostile text and all.
        hint: what the tool would rather have read there, "" if it has no idea.
    """

    tool: str
    rule: str
    kind: Kind | None
    path: str
    line: int
    message: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Existence:
    """What type checkers say of names that do not exist, in the changed Python files of both sides.

    Attributes:
        before, after: of the old side (by old paths) and of the new one, in order of place.
        tools: name and version of each that ran ("ty 0.0.104").
        runs: each as it was run, on either side.
        python: the language version that was assumed ("3.11").
        environment: whose packages were looked at, in words; None when there was no environment.
        whole: the whole repository was at hand, not only the changed files.
        local: top-level modules that the repository itself has.
        imported: top-level modules that some file of the old side imports.
        gaps: why not everything could be examined; each makes the result incomplete.
        unexamined: (reason, path) of changed files that no tool was given.
        seconds: what it took.
        beside: unchanged files that import what changes, and that the tools were given too.
    """

    before: tuple[Diagnostic, ...] = ()
    after: tuple[Diagnostic, ...] = ()
    tools: tuple[str, ...] = ()
    python: str = ""
    environment: str | None = None
    whole: bool = False
    local: frozenset[str] = frozenset()
    imported: frozenset[str] = frozenset()
    gaps: tuple[str, ...] = ()
    unexamined: tuple[tuple[str, str], ...] = ()
    seconds: float = 0.0
    runs: tuple[ToolRun, ...] = ()
    beside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lint:
    """What the project's own linter says of the changed files of both sides, with the settings of the base.

    Attributes:
        before, after, tools, unexamined, seconds, runs: as in `Existence`.
        settings: the file of the base that the rules come from; None when the base has no settings for the linter.
        gaps: why not everything could be examined; each makes the result incomplete.
        notes: settings that were left out, in words.
    """

    before: tuple[Diagnostic, ...] = ()
    after: tuple[Diagnostic, ...] = ()
    tools: tuple[str, ...] = ()
    settings: str | None = None
    gaps: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    unexamined: tuple[tuple[str, str], ...] = ()
    seconds: float = 0.0
    runs: tuple[ToolRun, ...] = ()


@dataclass(frozen=True, slots=True)
class Diagnostics:
    """All that tools said; None for what was not asked."""

    existence: Existence | None = None
    lint: Lint | None = None
