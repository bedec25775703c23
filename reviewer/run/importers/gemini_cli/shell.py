"""Results of `run_shell_command`: what the text says of the end of a command.

Pure: text in, result out. Source: `packages/core/src/tools/shell.ts`. The older text names everything; the newer one
has the exit code only where it is not 0; a command that was stopped has a sentence of its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reviewer.run.importers.toolset import Ended

_WRAPPED = ("<untrusted_context>\n", "\n</untrusted_context>")
_MASKED = ("<tool_output_masked>", "</tool_output_masked>")
_FIELD = re.compile(r"(Error|Exit Code|Signal|Background PIDs|Process Group PGID|Command|Directory): (.*)", re.DOTALL)
_OUTPUT = re.compile(r"(?:\A|\n)(?:Output|Stdout): ")
_STDERR = "\nStderr: "
_NUMBER = re.compile(r"-?\d{1,9}")
_NOTHING = frozenset(("(empty)", "(none)", ""))
_RUNNING = ("Command moved to background (PID:", "Command is running in background.")
_NOT_RUN = ("Command was cancelled by user before it could start",)
_STOPPED = (
    "Command was cancelled by user before it could complete",
    "Command was automatically cancelled",
    "Command was cancelled",
    "Command timed out",
)
_BEFORE = re.compile(r"Below is the output[^\n]{0,60}:\n")
_REFUSED = re.compile(
    r"not allowed|rejected|must (?:have|be|match)|[Pp]arams?\b|[Ii]nvalid|cannot be empty|not registered|blocked",
    re.ASCII,
)
CUT = (
    "<tool_output_masked>",
    "Output too large. Showing",
    "... [CONTENT TRUNCATED] ...",
    "Output too large. Full output available at",
    " characters omitted] ...",
)
_LAST_LINES = 12


@dataclass(frozen=True, slots=True)
class Shown:
    """What the text of a result says.

    Attributes:
        ended: how the command ended, None where the text does not tell.
        output: of the command itself.
        exit_code: as recorded, or 0 where the format leaves it out because it is.
        folder: where it ran, None for the root or unknown.
    """

    ended: Ended | None
    output: str
    exit_code: int | None = None
    folder: str | None = None


def plain(text: str) -> str:
    """Return a result without the marks that the program puts around it."""
    for start, end in (_WRAPPED, _MASKED):
        if text.startswith(start):
            text = text[len(start) :].strip("\n")
            text = text.removesuffix(end.strip("\n")).removesuffix("\n")
    return text


def read(text: str, *, failed: bool, line: str = "") -> Shown:
    """Return what a result's text says.

    Args:
        text: the result.
        failed: the program noted an error.
        line: of the command, which the older text repeats; it may itself look like a result.
    """
    text = plain(text)
    if text.startswith(_RUNNING):
        return Shown("running", text)
    if text.startswith(_NOT_RUN):
        return Shown("not_run", text)
    if text.startswith(_STOPPED):
        before = _BEFORE.search(text[:600])
        return Shown("cancelled", text[before.end() :] if before else text)
    repeated = f"Command: {line}\n"
    after = len(repeated) - 1 if line and text.startswith(repeated) else 0
    start = _OUTPUT.search(text, after) if text.startswith(("Output: ", "Command: ")) else None
    if start is None:
        return Shown("not_run" if failed and _REFUSED.search(text[:600]) else None, text)
    return _fields(text[after:], start.end() - after, is_old=text.startswith("Command: "), failed=failed)


def _fields(text: str, start: int, *, is_old: bool, failed: bool) -> Shown:
    body, after = _last_fields(text[start:], is_old=is_old)
    output = "" if body.strip() in _NOTHING else body
    if is_old and _STDERR in output:
        out, _, err = output.rpartition(_STDERR)
        output = "\n".join(part for part in (out, err) if part.strip() not in _NOTHING)
    head = {field.group(1): field.group(2) for line in text[:start].split("\n") if (field := _FIELD.match(line))}
    folder = head.get("Directory", "").strip()
    signal = after.get("Signal", "")
    written = after.get("Exit Code", "")
    code = int(written) if _NUMBER.fullmatch(written) else None
    if code is None and not is_old and not failed and "Exit Code" not in after and not after.get("Error"):
        # The newer text leaves an exit code out where it is 0, and names a signal where there is no exit code.
        code = None if signal else 0
    ended: Ended | None
    if code is not None:
        ended = "failed" if code else "ok"
    elif signal not in _NOTHING and signal != "0":
        ended = "cancelled"
    else:
        ended = "failed" if after.get("Error", "(none)") not in _NOTHING else None
    return Shown(ended, output, code, folder if folder not in {"(root)", ""} else None)


def _last_fields(body: str, *, is_old: bool) -> tuple[str, dict[str, str]]:
    """Part the output from the fields after it: from the end, since output can look like a field."""
    lines = body.rsplit("\n", _LAST_LINES)
    fields: dict[str, str] = {}
    cut = len(lines)
    for place in range(len(lines) - 1, 0, -1):
        field = _FIELD.match(lines[place])
        if field is None or field.group(1) in fields:
            if is_old and "Exit Code" in fields:
                continue  # an error can have several lines, and always stands before the exit code
            break
        fields[field.group(1)] = field.group(2).strip()
        cut = place
        if field.group(1) == "Error":
            break
    return "\n".join(lines[:cut]), fields
