"""What the text of an observation says of the end of a call: exit code, time, failure, refusal.

Pure: text in, result out. The format has no exit code, so only what an agent writes in a fixed place is read; a screen
of a terminal says nothing. Sources: the tool results of the agents, as converters to the format keep them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reviewer.run.importers.atif import tools
from reviewer.run.importers.gemini_cli import shell as gemini
from reviewer.run.importers.jsonl import lenient
from reviewer.run.importers.toolset import Result
from reviewer.run.importers.values import Json, integer, table, text

if TYPE_CHECKING:
    from reviewer.run.importers.toolset import Ended, Kind

_LONGEST_JSON = 1 << 20
_HEAD = 600
_TAIL = 600
_CODES_FIRST = (
    re.compile(r"\A(?:Error: )?Exit code (-?\d{1,9})(?:\n|\Z)"),
    re.compile(r"\AExit code: (-?\d{1,9})\n(?:Wall time: (\d+(?:\.\d+)?) seconds\n)?"),
    re.compile(
        r"\A(?:Chunk ID: [^\n]{0,80}\n)?(?:Wall time: (?P<seconds>\d+(?:\.\d+)?) seconds\n)?"
        r"Process exited with code (?P<code>-?\d{1,9})\n"
    ),
    re.compile(r"\A<returncode>(-?\d{1,9})</returncode>"),
)
"""Claude Code, both texts of Codex, and mini-SWE-agent say it first."""
_CODES_LAST = (
    re.compile(r"\[(?:The command completed|Command finished) with exit code (-?\d{1,9})\.?\]\s*\Z"),
    re.compile(r"^\[exit_?[cC]ode\]:? (-?\d{1,9})$", re.MULTILINE),
    re.compile(r"^<exited with exit code (-?\d{1,9})>\s*\Z", re.MULTILINE),
)
"""OpenHands, converted Claude Code and Copilot say it last."""
_DENIED = (
    "The user doesn't want to proceed with this tool use",
    "The user doesn't want to take this action",
    "The user rejected permission",
    "[Operation Cancelled] Reason: User denied",
    "exec command rejected by user",
    "The user denied",
    "User rejected",
)
_REFUSED = (
    "<tool_use_error>",
    "[error]",
    "ERROR:",
    "Error:",
    "error:",
    "No replacement was performed",
    "String to replace not found",
    "File has not been read",
    "Failed to edit",
    "Could not find oldString",
    "apply_patch verification failed",
    "Invalid `",
)
_WRONG = re.compile(r"^\[error\] tool reported failure", re.MULTILINE)
_DONE = re.compile(
    r"has been (?:updated|edited|written|created)|[Ss]uccess|File created|Wrote |[Ee]dit applied|Updated the following"
    r"|[Cc]hanges applied|Applied"
)
_CUT = (
    "interior bytes omitted",
    "characters truncated",
    "tokens truncated",
    "[... Observation truncated",
    "<response clipped>",
    "<persisted-output>",
    "Output truncated",
)


@dataclass(frozen=True, slots=True)
class Said:
    """The text of an observation, and what stands beside it.

    Attributes:
        agent: whose tool it is of.
        kind: what the tool is for.
        text: of the observation.
        beside: what a converter put beside it (`extra`).
    """

    agent: str
    kind: Kind
    text: str
    beside: Json


def read(said: Said) -> Result:
    """Return what an observation says."""
    if any(said.text.startswith(mark) for mark in _DENIED):
        return Result("denied", said.text)
    cut = any(mark in said.text for mark in _CUT)
    failed = _beside_error(said.beside) or _WRONG.search(said.text[-_TAIL:]) is not None
    if said.kind == "command":
        return replace(_command(said, failed=failed), cut=cut)
    ended: Ended
    if failed or said.text.lstrip().startswith(_REFUSED):
        ended = "failed"
    elif said.kind in {"edit", "write", "delete", "editor"}:
        ended = "ok" if _DONE.search(said.text[:_HEAD]) else "unknown"
    else:
        ended = "ok" if said.text else "unknown"
    return Result(ended, said.text, created=_is_new(said) or None)


def _is_new(said: Said) -> bool:
    return said.kind == "write" and re.search(r"created|new file", said.text[:_HEAD]) is not None


def _command(said: Said, *, failed: bool) -> Result:
    if said.agent == tools.TERMINUS:
        return Result("unknown", said.text)
    code, seconds, shown = _in_text(said)
    if code is None:
        code = _beside_code(said.beside)
    if code is not None:
        return Result("failed" if code else "ok", shown, exit_code=code, seconds=seconds, reported=seconds is not None)
    if said.agent in {"gemini", "qwen"}:
        told = gemini.read(said.text, failed=failed)
        if told.ended is not None:
            return Result(told.ended, told.output, exit_code=told.exit_code)
    return Result("failed" if failed else "unknown", shown)


def _in_text(said: Said) -> tuple[int | None, float | None, str]:
    """Return the exit code, the time and the output that the text itself tells."""
    for pattern in _CODES_FIRST:
        match = pattern.match(said.text)
        if match is not None:
            named = match.groupdict()
            code = named.get("code") or match.group(1)
            seconds = named.get("seconds") if named else match.group(2) if match.lastindex == 2 else None
            rest = said.text[match.end() :]
            return int(code), float(seconds) if seconds else None, _output(rest)
    for pattern in _CODES_LAST:
        match = pattern.search(said.text, max(0, len(said.text) - _TAIL))
        if match is not None:
            return int(match.group(1)), None, said.text[: match.start()].rstrip("\n")
    if said.text.startswith("{") and len(said.text) < _LONGEST_JSON:
        try:
            whole = table(lenient(said.text.encode("utf-8", "replace"))[0])
        except ValueError:
            return None, None, said.text
        metadata = table(whole.get("metadata"))
        code_ = integer(metadata.get("exit_code"))
        spent = metadata.get("duration_seconds")
        seconds_ = float(spent) if isinstance(spent, (int, float)) and 0 <= spent < 1e7 else None
        output = text(whole.get("output"))
        if code_ is not None and output is not None:
            return code_, seconds_, output
    return None, None, said.text


def _output(rest: str) -> str:
    """Return the output of a command without what stands around it."""
    start, end = rest.find("<output>"), rest.rfind("</output>")
    if 0 <= start < end and not rest[:start].strip():
        inside = rest[start + len("<output>") : end]
        return inside.removeprefix("\n").removesuffix("\n")
    return rest.removeprefix("Output:\n")


def _beside_code(beside: Json) -> int | None:
    for place in (beside, table(beside.get("metadata")), table(beside.get("tool_use_result"))):
        for key in ("exit_code", "exitCode", "returncode", "return_code"):
            code = integer(place.get(key))
            if code is not None:
                return code
    return None


def _beside_error(beside: Json) -> bool:
    keys = ("is_error", "isError", "tool_result_is_error")
    return any(place.get(key) is True for place in (beside, table(beside.get("metadata"))) for key in keys)
