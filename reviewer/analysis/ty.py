"""ty over a folder: its GitLab JSON, and which of its rules say that something does not exist.

Rule names are those of the pinned version. One that is not in the table makes the answer worthless: it may be the one
that says what is looked for.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from reviewer.analysis.process import Tool, ToolError
from reviewer.analysis.question import UnknownRuleError
from reviewer.analysis.rules import rules_of
from reviewer.checks.diagnostics import Diagnostic

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from reviewer.analysis.question import Question
    from reviewer.checks.diagnostics import Kind

TOOL = Tool("ty")

RULES = rules_of(TOOL.name)

_SET = "Unresolved attribute"
"""Said of an assignment, which makes an attribute and misses none."""

_MEMBER = "has no member"


def run(question: Question, cancelled: Callable[[], bool] | None = None) -> tuple[Diagnostic, ...]:
    """Return what it says of the question's files.

    Raises:
        UnknownRuleError: it used a rule that the table does not have.
        ToolError: it failed, or said what cannot be read.
        CancelledError: it was cancelled.
    """
    arguments = [
        *(
            "check",
            "--config-file",
            _settings(question),
            "--project",
            str(question.folder),
            "--output-format",
            "gitlab",
        ),
        *("--no-progress", "--color", "never", "--exit-zero", "--no-respect-ignore-files", "--", *question.files),
    ]
    outcome = TOOL.run(arguments, room=question.room, folder=question.folder, cancelled=cancelled, log=question.log)
    if outcome.code != 0:
        raise ToolError(f"{TOOL.title} failed: {outcome.complaint}")
    try:
        return tuple(sorted(_read(json.loads(outcome.stdout)), key=lambda each: (each.path, each.line, each.message)))
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ToolError(f"{TOOL.title} said what cannot be read: {outcome.complaint or 'not its JSON'}") from error


def _read(rows: list[dict[str, Any]]) -> Iterator[Diagnostic]:
    for row in rows:
        rule, place = str(row["check_name"]), row["location"]
        if rule in RULES.other:
            continue
        if rule not in RULES.kinds:
            raise UnknownRuleError(TOOL.title, rule)
        message = str(row["description"]).removeprefix(f"{rule}: ")
        if message.startswith(_SET):
            continue
        kind: Kind = "attribute" if _MEMBER in message else RULES.kinds[rule]
        yield Diagnostic(TOOL.name, rule, kind, str(place["path"]), int(place["positions"]["begin"]["line"]), message)


def _settings(question: Question) -> str:
    """Write the settings, all of them ours, and return their path."""
    roots = [str(question.folder / root) for root in question.roots]
    lines = [
        "[environment]",
        f"python = {json.dumps(str(question.environment))}",
        f"python-version = {json.dumps(question.python)}",
        'python-platform = "all"',
        f"root = [{', '.join(map(json.dumps, roots))}]",
    ]
    place = question.room / "ty.toml"
    place.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(place)
