"""What Cline and Roo Code answer a tool call with: a text of fixed sentences, in which the exit code may stand.

Pure: text in, the end of a call out. Most versions name the call first, `[execute_command for 'ls'] Result:`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer.run.importers.cline.tools import KINDS
from reviewer.run.importers.jsonl import lenient
from reviewer.run.importers.toolset import Result
from reviewer.run.importers.values import Json, some_text, table

if TYPE_CHECKING:
    from reviewer.run.importers.toolset import Ended, Kind

_HEAD = re.compile(
    rf"^\[({'|'.join(sorted(KINDS))})(?: for '?(.{{0,8000}}?)'?)?\](?: Result:|(?=\n))", re.MULTILINE | re.DOTALL
)
_ENVIRONMENT = re.compile(r"<environment_details>.*?(?:</environment_details>|\Z)", re.DOTALL)
_FEEDBACK = re.compile(r"<feedback>\n?(.*?)\n?(?:</feedback>|\Z)", re.DOTALL)
_ANSWER = re.compile(r"<answer>\n?(.*?)\n?(?:</answer>|\Z)", re.DOTALL)
_EXIT = re.compile(r"\b[Ee]xit(?:ed with)? [Cc]ode:? (-?\d{1,9})\b", re.ASCII)
_WHERE = re.compile(r"within working directory '([^'\n]{1,2000})'")
_OUTPUT = re.compile(r"(?:^|\n)(?:Output|Here's the output so far):[ ]?\n?")
_NOT_RUN = (
    "Skipping tool",
    "was interrupted and not executed",
    "was not executed because",
    "Missing value for required parameter",
)
_FAILED = ("The tool execution failed", "Error", "<error>", "<file_write_result>\n<error>", "[ERROR]")
_CUT = re.compile(r"\[\.{3}\d+ (?:lines|characters) omitted\.{3}\]|lines truncated|\[Output truncated")


@dataclass(frozen=True, slots=True)
class Told:
    """One result in a text that may hold several.

    Attributes:
        tool: its name; about: what the call was about, None where the text does not say.
        text: the result.
    """

    tool: str
    about: str | None
    text: str


def split(text: str) -> list[Told]:
    """Return the results in a user's message, in their order; the program's own blocks are left out."""
    clean = without_environment(text)
    heads = list(_HEAD.finditer(clean))
    ends = [*(head.start() for head in heads[1:]), len(clean)]
    return [
        Told(head.group(1), head.group(2), clean[head.end() : end].strip("\n"))
        for head, end in zip(heads, ends, strict=False)
    ]


def without_environment(text: str) -> str:
    """Return a text without the blocks that tell the model what the editor shows."""
    return _ENVIRONMENT.sub("", text) if "<environment_details>" in text else text


def answer(text: str) -> str | None:
    """Return what the person answered to a question."""
    match = _ANSWER.search(text)
    return match.group(1) if match else None


def read(text: str, kind: Kind) -> Result:
    """Return how a call ended.

    Args:
        text: its result.
        kind: what the tool is for.
    """
    said = without_environment(text).strip("\n")
    structured = _structured(said)
    ended = _ended(said, structured)
    if ended == "denied":
        feedback = _FEEDBACK.search(said)
        words = feedback.group(1) if feedback else some_text(structured.get("feedback"))
        return Result("denied", said.split("\n", 1)[0], said=words)
    if kind == "command":
        return _command(said, ended)
    if kind == "question":
        return Result(ended or "ok", answer(said) or said)
    return Result(ended or "ok", said)


def _ended(said: str, structured: Json) -> Ended | None:
    status = some_text(structured.get("status"))
    start = said[:600]
    if status == "denied" or start.startswith(("The user denied this operation", "User declined")):
        return "denied"
    if any(sign in start for sign in _NOT_RUN):
        return "not_run"
    if "Task was interrupted before this tool call could be completed" in start:
        return "cancelled"
    if status == "error" or start.startswith(_FAILED):
        return "failed"
    return None


def _command(said: str, ended: Ended | None) -> Result:
    split_at = _OUTPUT.search(said)
    head = said[: split_at.start()] if split_at else said[:1000]
    output = said[split_at.end() :] if split_at else ""
    code = _EXIT.search(head)
    cut = _CUT.search(output[-4000:]) is not None or _CUT.search(output[:4000]) is not None
    if ended in {"not_run", "cancelled"}:
        return Result(ended, said)
    if code is not None:
        return Result("ok", output, exit_code=int(code.group(1)), cut=cut)
    if "still running" in head:
        return Result("running", output, cut=cut)
    if "Process terminated by signal" in head or "timed out" in head:
        return Result("cancelled", output, cut=cut)
    if ended == "failed":
        return Result("failed", said)
    # "Command executed." says that it ran, and nothing of how it ended.
    return Result("unknown", output if split_at or head.startswith("Command executed") else said, cut=cut)


def where(text: str) -> str | None:
    """Return the working directory that a command's result names."""
    match = _WHERE.search(text[:3000])
    return match.group(1) if match else None


def _structured(said: str) -> Json:
    if not said.startswith("{"):
        return {}
    try:
        return table(lenient(said.encode("utf-8", "replace"))[0])
    except ValueError:
        return {}
