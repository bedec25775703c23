"""pyrefly over a folder: its JSON, and which of its rules say that something does not exist.

Rule names are those of the pinned version. One that is not in the table makes the answer worthless: it may be the one
that says what is looked for.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from reviewer.analysis.process import Tool, ToolError
from reviewer.analysis.question import UnknownRuleError
from reviewer.analysis.rules import rules_of
from reviewer.checks.diagnostics import Diagnostic

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from reviewer.analysis.question import Question

TOOL = Tool("pyrefly")

RULES = rules_of(TOOL.name)

_HINT = re.compile(r"Did you mean `([^`\n]{1,100})`\?")
# A value that may be None is another fault than an attribute that nothing has.
_NONE = re.compile(r"class `NoneType` has no attribute")
# Of an overloaded call only what cannot be called at all counts, and not an argument of another type.
_SHAPE = re.compile(r"^\s*(?:Unexpected keyword|Missing|Expected \d|Expected at|Multiple values)", re.MULTILINE)


def run(question: Question, cancelled: Callable[[], bool] | None = None) -> tuple[Diagnostic, ...]:
    """Return what it says of the question's files.

    Raises:
        UnknownRuleError: it used a rule that the table does not have.
        ToolError: it failed, or said what cannot be read.
        CancelledError: it was cancelled.
    """
    arguments = [
        *("check", "--config", str(_settings(question)), "--output-format", "json"),
        *("--relative-to", str(question.folder), "--progress-bar", "no", "--summary", "none"),
        *("--min-severity", "info", "--threads", "2", "--", *question.files),
    ]
    outcome = TOOL.run(arguments, room=question.room, folder=question.folder, cancelled=cancelled, log=question.log)
    if outcome.code not in {0, 1}:
        raise ToolError(f"{TOOL.title} failed: {outcome.complaint}")
    try:
        rows = json.loads(outcome.stdout)["errors"]
        return tuple(sorted(_read(rows), key=lambda each: (each.path, each.line, each.message)))
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ToolError(f"{TOOL.title} said what cannot be read: {outcome.complaint or 'not its JSON'}") from error


def _read(rows: list[dict[str, Any]]) -> Iterator[Diagnostic]:
    for row in rows:
        rule = str(row["name"])
        if rule in RULES.other:
            continue
        if rule not in RULES.kinds:
            raise UnknownRuleError(TOOL.title, rule)
        whole, short = str(row["description"]), str(row["concise_description"])
        if _NONE.search(short) or (rule == "no-matching-overload" and not _SHAPE.search(whole)):
            continue
        hint = _HINT.search(whole)
        yield Diagnostic(
            TOOL.name, rule, RULES.kinds[rule], str(row["path"]), int(row["line"]), short, hint[1] if hint else ""
        )


def _settings(question: Question) -> str:
    """Write the settings, all of them ours, and return their path."""
    roots = [str(question.folder / root) for root in question.roots]
    lines = [
        'preset = "default"',
        f"python-version = {_text(question.python)}",
        'python-platform = "linux"',
        "skip-interpreter-query = true",
        f"search-path = [{', '.join(map(_text, roots))}]",
        "disable-search-path-heuristics = true",
        f"site-package-path = [{', '.join(_text(str(place)) for place in question.packages)}]",
        "project-excludes = []",
        "disable-project-excludes-heuristics = true",
        "use-ignore-files = false",
        "enabled-ignores = []",
        "[errors]",
        'unknown-attribute-access = "info"',
    ]
    place = question.room / "pyrefly.toml"
    place.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(place)


def _text(value: str) -> str:
    # A JSON string of printable characters is a TOML string.
    return json.dumps(value)
