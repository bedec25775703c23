"""Texts of mini-SWE-agent: what an observation says of a command, and what the program says to the model.

Knows the program's default templates and fixed sentences (`src/minisweagent/agents`, `config`), of both versions; a
run's own templates can be others. Nothing of events.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_BLOCK = re.compile(r"```(?:mswea_bash_command|bash|sh|shell)[ \t]*\n(.*?)\n?```", re.DOTALL)
_CODE = re.compile(r"<returncode>\s*(-?\d{1,9})\s*</returncode>")
_OUTPUT = re.compile(r"<output>\n?(.*)</output>", re.DOTALL)
_HEAD = re.compile(r"<output_head>\n?(.*?)</output_head>", re.DOTALL)
_TAIL = re.compile(r"<output_tail>\n?(.*?)</output_tail>", re.DOTALL)
_EXCEPTION = re.compile(r"\A\s*<exception>(.{0,4000}?)</exception>", re.DOTALL)
_TIMED_OUT = re.compile(r"(?:The last command|Command) .{0,20000}?timed out", re.DOTALL)
_MARKS = ("COMPLETE_TASK_AND_SUBMIT_FINAL_OUTPUT", "MINI_SWE_AGENT_FINAL_OUTPUT")
_REJECTED = re.compile(
    r"Commands? not executed\. (?:The user rejected your commands? with the following message: (.*)|(.*))", re.DOTALL
)
_INTERRUPTED = re.compile(r"Interrupted by user:?(.*)", re.DOTALL)
_NEW_TASK = re.compile(r"The user added a new task: (.*)", re.DOTALL)
_NO_COMMENT = "Temporary interruption caught."
_MAX_HEAD = 2_000


class Observation(NamedTuple):
    """What a text says of a command.

    Attributes:
        headed: it is in the form of an observation at all.
        code: None if it does not say.
        output: without the tags.
        cut: the middle was left out.
        trouble: why the command did not end by itself, "" if it did.
    """

    headed: bool
    code: int | None
    output: str
    cut: bool
    trouble: str = ""


def observation(said: str) -> Observation:
    """Read an observation; text without the usual tags is all output."""
    match = _CODE.search(said[:_MAX_HEAD])
    exception = _EXCEPTION.match(said)
    trouble = exception.group(1).strip() if exception is not None else ""
    timed_out = _TIMED_OUT.match(said.lstrip()[:40_000]) if "timed out" in said else None
    if match is None and exception is None and timed_out is None:
        if said.startswith("Observation:"):
            return Observation(headed=True, code=None, output=said[len("Observation:") :].lstrip(" \n"), cut=False)
        return Observation(headed=False, code=None, output=said, cut=False)
    output, cut = _shown(said)
    return Observation(
        headed=True,
        code=int(match.group(1)) if match is not None else None,
        output=output,
        cut=cut,
        trouble=trouble or ("timed out" if timed_out is not None else ""),
    )


def _shown(said: str) -> tuple[str, bool]:
    # What is never closed is not looked for, or each of many openings would be held against the whole rest.
    head = _HEAD.search(said) if "</output_head>" in said else None
    tail = _TAIL.search(said) if "</output_tail>" in said else None
    if head is not None or tail is not None:
        ends = [found.group(1) for found in (head, tail) if found is not None]
        return "\n… the middle was left out by the program …\n".join(ends), True
    found = _OUTPUT.search(said) if "</output>" in said else None
    if found is not None:
        return found.group(1), "<elided_chars>" in said
    code = _CODE.search(said[:_MAX_HEAD])
    return (said[code.end() :].lstrip("\n") if code is not None else said), False


def commands(said: str) -> list[str]:
    """Return the commands in a text of the model: one fenced block is a command, any other number of them is none."""
    found = _BLOCK.findall(said)
    return [found[0].strip()] if len(found) == 1 else []


def without_command(said: str) -> str:
    """Return the model's words without the block that holds the command."""
    return _BLOCK.sub("", said).strip() if "```" in said else said.strip()


def submits(line: str) -> bool:
    """Return whether a command hands in the work."""
    return any(mark in line for mark in _MARKS)


class Said(NamedTuple):
    """What the program passes on of the person: "rejected", "interrupted" or "asked", and their words."""

    what: str
    words: str


def person(said: str) -> Said | None:
    """Return what a text passes on of the person; None if it is no such text."""
    start = said.lstrip()
    rejected = _REJECTED.match(start)
    if rejected is not None:
        return Said("rejected", (rejected.group(1) or "").strip())
    interrupted = _INTERRUPTED.match(start)
    if interrupted is not None:
        words = interrupted.group(1).strip()
        return Said("interrupted", "" if words == _NO_COMMENT else words)
    asked = _NEW_TASK.match(start)
    return Said("asked", asked.group(1).strip()) if asked is not None else None
