"""How a tool call ended: what a tool_result block and its structured twin say.

Knows Claude Code's results and fixed sentences; nothing of events. Unknown stays unknown: no exit code is guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, TypeAlias

from reviewer.run.importers.claude_code.words import said_in_denial
from reviewer.run.importers.values import Json, integer, joined, some_text, table, text

End: TypeAlias = Literal["ok", "failed", "denied", "not_run", "cancelled", "running"]

_DENIED = (
    "The user doesn't want to proceed with this tool use",
    "The user doesn't want to take this action right now",
    "User rejected tool use",
    "Permission to use ",
    "Permission for this action has been denied",
    "Permission for this tool use was denied",
    "Claude requested permissions to ",
    "This command requires approval",
)
_NOT_RUN = (
    "<tool_use_error>Sibling tool call errored",
    "<tool_use_error>Cancelled: parallel tool call",
    "<tool_use_error>InputValidationError",
    "<tool_use_error>Error: No such tool available",
)
_INTERRUPTED = ("[Request interrupted by user", "<tool_use_error>[Request interrupted by user")
_EXIT = re.compile(r"(?:Error: )?Exit code (-?\d{1,9})(?:\n|\Z)")
_BACKGROUND = re.compile(
    r"Command (?:running in background with ID|was (?:manually )?backgrounded by user with ID): ?([\w-]+)"
)
_TIMEOUT = re.compile(r"^(?:Error: )?Command timed out after", re.MULTILINE)
_CUT = re.compile(r"<persisted-output>|\.\.\. \[\d+ (?:characters|lines) truncated\] \.\.\.")
_SEARCHED_NOTHING = 1
"""Claude Code words this exit code for grep, find, diff and test ("No matches found") and reports no error."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a result says.

    Attributes:
        end: how it ended; "failed" also where the tool refused.
        text: the result's own text.
        twin: the structured result (`toolUseResult`), empty if it has none.
        said: the person's words in a denial.
        exit_code: of a shell command, where recorded.
        task: id of the background task that it became.
        cut: the program shortened the output.
        images: pictures in the result.
    """

    end: End
    text: str
    twin: Json
    said: str | None = None
    exit_code: int | None = None
    task: str | None = None
    cut: bool = False
    images: int = 0

    @property
    def refusal(self) -> str:
        """Why it did not work, without the program's tags."""
        return self.text.strip().removeprefix("<tool_use_error>").removesuffix("</tool_use_error>").strip()


def read(block: Json, twin: object) -> Outcome:
    """Return the outcome that a tool_result block and the record's `toolUseResult` tell."""
    content = block.get("content")
    said = joined(content)
    structure = table(twin)
    images = sum(1 for part in content if table(part).get("type") == "image") if isinstance(content, list) else 0
    # A search for fixed text is many times faster than the pattern, and results are most of a log.
    is_cut = ("<persisted-output>" in said or "truncated]" in said) and _CUT.search(said) is not None
    end = _end(said, structure, error=block.get("is_error") is True, twin=text(twin))
    return Outcome(
        end=end,
        text=said,
        twin=structure,
        said=said_in_denial(said) if end == "denied" else None,
        exit_code=_exit_code(said, structure, end),
        task=_task(said, structure),
        cut=is_cut or some_text(structure.get("persistedOutputPath")) is not None,
        images=images,
    )


def _end(said: str, structure: Json, *, error: bool, twin: str | None) -> End:
    if error:
        if said.startswith(_DENIED) or (twin or "").startswith("User rejected tool use"):
            return "denied"
        if said.startswith(_INTERRUPTED):
            return "cancelled"
        if said.startswith(_NOT_RUN):
            return "not_run"
        return "cancelled" if _TIMEOUT.search(said[:400]) else "failed"
    if structure.get("interrupted") is True or said.startswith(_INTERRUPTED):
        return "cancelled"
    return "running" if _task(said, structure) else "ok"


def _exit_code(said: str, structure: Json, end: End) -> int | None:
    if end in {"failed", "cancelled"}:
        match = _EXIT.match(said)
        return int(match.group(1)) if match else None
    if end != "ok":
        return None
    recorded = integer(structure.get("exitCode"))
    if recorded is not None:
        return recorded
    return _SEARCHED_NOTHING if some_text(structure.get("returnCodeInterpretation")) else 0


def _task(said: str, structure: Json) -> str | None:
    task = some_text(structure.get("backgroundTaskId"))
    if task:
        return task
    match = _BACKGROUND.search(said[:400]) if said.startswith("Command ") else None
    return match.group(1) if match else None


def output(outcome: Outcome) -> str | None:
    """Return the output of a shell command: its streams where they are apart, else the text without the exit line."""
    out, err = text(outcome.twin.get("stdout")), text(outcome.twin.get("stderr"))
    if out is None and err is None:
        if outcome.end in {"denied", "not_run", "running"}:
            return None
        match = _EXIT.match(outcome.text)
        return outcome.text[match.end() :] if match else outcome.text
    # What the program shortened stands in the text only as far as it was shown to the agent: the longer one is kept.
    return "\n".join(part for part in (out, err) if part)
