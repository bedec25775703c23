"""How a tool call of Codex ended: what the text of its output says, in the forms of all versions.

Knows Codex's outputs and fixed sentences (`codex-rs/core`: `tools/mod.rs`, `unified_exec`, `apply_patch`); nothing of
events. Unknown stays unknown: a text that states no exit code gives none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, TypeAlias

import orjson

from reviewer.run.importers.toolset import Result
from reviewer.run.importers.values import integer, joined, some_text, table, text

if TYPE_CHECKING:
    from reviewer.run.importers.toolset import Ended
    from reviewer.run.importers.values import Json

_HEADER = 600
"""What stands before `Output:` is shorter, characters."""
_LINES = (
    (re.compile(r"^(?:Process exited with code|Exit code:) (-?\d{1,9})\b", re.MULTILINE), "exit"),
    (re.compile(r"^Process running with session ID (\S{1,80})", re.MULTILINE), "session"),
    (re.compile(r"^Wall time:? (\d{1,9}(?:\.\d{1,9})?) seconds", re.MULTILINE), "seconds"),
)
_STARTS = ("Chunk ID:", "Wall time", "Exit code:", "Process ", "Original token count:", "Total output lines:")
_OUTPUT = re.compile(r"^(?:Final output|Output):[ ]?\n?", re.MULTILINE)
_DENIED = (
    "exec command rejected by user",
    "command rejected by user",
    "patch rejected by user",
    "rejected by user",
    "user rejected",
    "This action was rejected",
    "approval policy is ",
    "rejected: ",
    "patch rejected: ",
    "exec command rejected: ",
    "writing is blocked by read-only sandbox",
)
_SAID = re.compile(r"^[a-z ]{0,30}rejected by user:\s*(.{1,8000})", re.DOTALL)
_NOT_RUN = ("failed to parse function arguments", "unsupported call:", "unsupported custom tool call:")
_ABORTED = re.compile(r"aborted(?: by user)?(?: after (\d{1,9}(?:\.\d{1,9})?)\s?s)?(?![a-z])")
_TIMED_OUT = ("command timed out after", "exec command timed out")
_SANDBOXED = re.compile(r"(?:exec_command )?failed in sandbox\b.{0,400}?\bexit code: (-?\d{1,9})\b", re.DOTALL)
_FAILED = (
    "failed in sandbox",
    "execution error:",
    "exec_command failed",
    "write_stdin failed",
    "apply_patch verification failed",
    "apply_patch handler received",
    "unable to locate",
    "Failed to ",
    "failed to ",
    "error: ",
    "Error: ",
)
_CUT = re.compile(r"\u2026\d{1,12} (?:tokens|chars|lines|bytes) truncated\u2026")
_CUT_LINES = re.compile(r"\[\.\.\. omitted \d{1,12} ")
_MAX_JSON = 64 << 20
_TIMEOUT_EXIT = 124
Status: TypeAlias = Literal["completed", "failed", "declined", "in_progress"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an output says.

    Attributes:
        ended: "unknown" where it does not tell.
        text: the output without what the program put before it.
        exit_code, seconds: None if not stated.
        session: id under which the process runs on.
        said: the person's words in a refusal.
        cut: the program shortened the output.
        headed: the program's own lines stood before the output.
    """

    ended: Ended
    text: str = ""
    exit_code: int | None = None
    seconds: float | None = None
    session: str | None = None
    said: str | None = None
    cut: bool = False
    headed: bool = False

    def result(self) -> Result:
        """Return it in the form that all agents' tools take."""
        return Result(
            ended=self.ended,
            text=self.text,
            exit_code=self.exit_code,
            seconds=self.seconds,
            reported=True,
            cut=self.cut,
            said=self.said,
        )


def read(output: object) -> Outcome:
    """Return what an output says: text, a list of parts, or an object with `content` (and `success`)."""
    if isinstance(output, dict):
        success = output.get("success")
        inner = read(output.get("content") if "content" in output else output.get("output"))
        return replace(inner, ended="failed") if success is False and inner.ended in {"ok", "unknown"} else inner
    said = joined(output).replace("\0", "")
    if said.startswith("{") and len(said) < _MAX_JSON:
        found = _structured(said)
        if found is not None:
            return found
    return _text(said)


def _structured(said: str) -> Outcome | None:
    """Read `{"output": …, "metadata": {"exit_code": …, "duration_seconds": …}}`, written as text; None if it is not."""
    try:
        value = orjson.loads(said)
    except orjson.JSONDecodeError:
        return None
    shown = text(table(value).get("output"))
    if shown is None or not ({"metadata", "exit_code", "session_id"} & set(value)):
        return None
    facts = table(value.get("metadata")) or value
    code = integer(facts.get("exit_code"))
    seconds = number(facts.get("duration_seconds"))
    session = value.get("session_id")
    if isinstance(session, (str, int)) and code is None and not isinstance(session, bool):
        return Outcome(
            "running", shown, seconds=seconds, session=str(session), cut=_is_cut_by_lines(shown), headed=True
        )
    inner = _text(shown)
    if inner.ended in {"denied", "not_run"} or (inner.ended == "cancelled" and code in {None, _TIMEOUT_EXIT}):
        return replace(inner, exit_code=code, seconds=seconds if seconds is not None else inner.seconds, headed=True)
    return Outcome(_by_code(code), shown, exit_code=code, seconds=seconds, cut=_is_cut_by_lines(shown), headed=True)


def _text(said: str) -> Outcome:
    if said.startswith(_STARTS):
        return _headed(said)
    if said.startswith(_DENIED) or (said.startswith("`") and "` rejected: " in said[:_HEADER]):
        match = _SAID.match(said)
        return Outcome("denied", said, said=match.group(1).strip() if match else None)
    aborted = _ABORTED.match(said)
    if aborted is not None:
        return Outcome("cancelled", said, seconds=float(aborted.group(1)) if aborted.group(1) else None)
    if said.startswith(_NOT_RUN):
        return Outcome("not_run", said)
    if said.startswith(_TIMED_OUT):
        return Outcome("cancelled", said, cut=is_cut(said))
    sandboxed = _SANDBOXED.match(said[: 2 * _HEADER]) if "failed in sandbox" in said[:_HEADER] else None
    if sandboxed is not None:
        return Outcome("failed", said, exit_code=int(sandboxed.group(1)), cut=is_cut(said))
    if said.startswith(_FAILED):
        return Outcome("failed", said)
    return Outcome("unknown", said, cut=is_cut(said))


def _headed(said: str) -> Outcome:
    """Read the program's lines before `Output:`, of which there are more and fewer in different versions."""
    mark = _OUTPUT.search(said[:_HEADER])
    head = said[: mark.start()] if mark is not None else said[:_HEADER]
    found: dict[str, str] = {}
    for pattern, name in _LINES:
        match = pattern.search(head)
        if match is not None:
            found[name] = match.group(1)
    if mark is None and not found:
        return Outcome("unknown", said, cut=is_cut(said))
    shown = said[mark.end() :] if mark is not None else ""
    code = int(found["exit"]) if "exit" in found else None
    session = found.get("session")
    ended: Ended = "running" if session is not None and code is None else _by_code(code)
    if code == _TIMEOUT_EXIT and shown.startswith(_TIMED_OUT):
        ended = "cancelled"
    return Outcome(
        ended=ended,
        text=shown,
        exit_code=code,
        seconds=float(found["seconds"]) if "seconds" in found else None,
        session=session,
        cut="Total output lines:" in head or is_cut(shown),
        headed=True,
    )


def _by_code(code: int | None) -> Ended:
    return "unknown" if code is None else "failed" if code else "ok"


def is_cut(said: str) -> bool:
    """Return whether the program left out a part in the middle."""
    # A search for one sign is many times faster than for a word, and outputs are most of a log.
    return "\u2026" in said and "truncated" in said and _CUT.search(said) is not None


def _is_cut_by_lines(said: str) -> bool:
    """Return whether it left out a part in the way of the first versions."""
    return is_cut(said) or ("omitted" in said and _CUT_LINES.search(said) is not None)


def number(value: object) -> float | None:
    """Return a number of seconds: itself, or `{secs, nanos}` as Rust writes a duration, or text like `1.5s`."""
    if isinstance(value, dict):
        secs, nanos = value.get("secs"), value.get("nanos")
        if type(secs) is not int or secs < 0:
            return None
        return round(secs + (nanos if type(nanos) is int and 0 <= nanos < 10**9 else 0) / 1e9, 3)
    if isinstance(value, str):
        match = re.fullmatch(r"(\d{1,9}(?:\.\d{1,9})?)(ms|s)?", value)
        return None if match is None else float(match.group(1)) / (1000 if match.group(2) == "ms" else 1)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < 1e9:
        return None
    return float(value)


def by_status(status: object, code: int | None) -> Ended:
    """Return how a command ended by the status that an event states, else by its exit code."""
    if status == "declined":
        return "denied"
    if code is not None:
        return _by_code(code)
    match status:
        case "failed":
            return "failed"
        case "in_progress" | "inProgress":
            return "running"
        case _:
            return "unknown"


def scripted(output: object) -> tuple[str, Outcome, list[str]]:
    """Return what the output of a script says: its state, the outcome, and each text that it printed.

    The state is "completed", "failed", "running" (the session is the cell) or "" where the text says none of these.
    """
    printed = (
        [part["text"] for part in output if isinstance(part, dict) and isinstance(part.get("text"), str)]
        if isinstance(output, list)
        else [joined(output)]
    )
    first = printed[0].replace("\0", "") if printed else ""
    match = _SCRIPT.match(first)
    if match is None:
        found = read(output)
        return "", found, [found.text]
    mark = _OUTPUT.search(first[:_HEADER])
    rest = first[mark.end() :] if mark is not None else ""
    seconds = _LINES[2][0].search(first[:_HEADER])
    texts = [part.replace("\0", "") for part in ([rest] if rest.strip() else []) + printed[1:]]
    state, cell = match.group(1), match.group(2)
    return (
        state,
        Outcome(
            {"completed": "ok", "failed": "failed"}.get(state, "running"),  # type: ignore[arg-type]
            "\n".join(texts),
            seconds=float(seconds.group(1)) if seconds is not None else None,
            session=cell,
            headed=True,
        ),
        texts,
    )


_SCRIPT = re.compile(r"Script (completed|failed|running|terminated)(?: with cell ID (\S{1,80}))?")


def printed_results(texts: list[str]) -> list[Json]:
    """Return the results of commands that a script printed whole, as JSON with their exit code."""
    found: list[Json] = []
    for said in texts:
        if not said.lstrip().startswith("{"):
            continue
        try:
            value = orjson.loads(said)
        except orjson.JSONDecodeError:
            continue
        if (
            isinstance(value, dict)
            and integer(value.get("exit_code")) is not None
            and some_text(value.get("output", " "))
        ):
            found.append(value)
    return found
