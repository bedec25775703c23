"""The normalised run: one frozen record for each thing that happened, whatever agent wrote the log.

Three states stay apart everywhere: *value 0* (a field that is 0), *not recorded* (a field that is None) and *lost*
(`*_cut` says so). Texts here are already redacted; they are hostile and go through `reviewer.text` when shown.
The shapes follow the packet format, `timeline.jsonl`: one JSON object a line.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

EditOperation: TypeAlias = Literal["add", "update", "delete", "rename"]
StepStatus: TypeAlias = Literal["pending", "in_progress", "completed", "cancelled", "unknown"]
CommandState: TypeAlias = Literal[
    "passed", "failed", "denied", "not_run", "cancelled", "running", "not_conclusive", "unknown"
]
CommandKind: TypeAlias = Literal["test", "lint", "type", "build", "security", "vcs", "network", "install", "other"]
ContextKind: TypeAlias = Literal[
    "compaction",
    "resume",
    "fork",
    "rewind",
    "interrupt",
    "model",
    "mode",
    "branch",
    "subagent",
    "snapshot",
    "hook",
    "link",
    "note",
    "session",
    "scope",
    "truncation",
]
Boundary: TypeAlias = Literal["repo", "host", "network", "mcp"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Head:
    """What every event has.

    Attributes:
        seq: place in the run, from 1, in the order of the log.
        time: RFC 3339 in UTC as recorded, or None. Without a zone where the log has a local time and no zone: such
            a time can be compared with others of the same session only.
        turn: which prompt of a person this belongs to, from 1; 0 before the first.
        session: which of the joined sessions it is of, from 1.
        agent: "root", or the chain of sub-agents ("root/a1b2").
        source: where it stands in the log ("sessions/1.jsonl:37"), for whoever wants to look.
        discarded: the agent rewound past it; its effects on disk remain.
    """

    seq: int
    time: str | None = None
    turn: int = 0
    session: int = 1
    agent: str = "root"
    source: str = ""
    discarded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt(_Head):
    """Something that a person (or the outer harness) asked, wherever the log hides it."""

    kind: Literal["prompt"] = "prompt"
    text: str
    via: Literal["prompt", "queued", "denial", "plan", "command", "answer"] = "prompt"
    attachments: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Message(_Head):
    """The agent's words to the person."""

    kind: Literal["message"] = "message"
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Thought(_Head):
    """The agent's words to itself, where the log has them in the clear; None where they are encrypted or empty."""

    kind: Literal["thought"] = "thought"
    text: str | None


@dataclass(frozen=True, slots=True)
class PlanStep:
    """One step of a plan, as the agent wrote it."""

    text: str
    status: StepStatus = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan(_Head):
    """A whole snapshot of the plan at this moment: free text, or steps, or both."""

    kind: Literal["plan"] = "plan"
    text: str | None = None
    steps: tuple[PlanStep, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Read(_Head):
    """A file that the agent read: `first` and `last` are lines from 1, None for the whole file or unknown.

    `path` is as the log has it; `repo_path` the same below the repository's root, or None if outside.
    """

    kind: Literal["read"] = "read"
    path: str
    repo_path: str | None = None
    first: int | None = None
    last: int | None = None
    whole: bool | None = None
    ok: bool | None = None
    derived: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Search(_Head):
    """A search by name or content; `derived` from the line of a shell command."""

    kind: Literal["search"] = "search"
    pattern: str
    path: str | None = None
    tool: str = ""
    derived: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit(_Head):
    """An edit that the agent asked for.

    Attributes:
        path: as the log has it; `repo_path` is the same below the repository's root with `/`, or None if outside.
        applied: whether the log says that it took effect; None where it does not say.
        refused: why the tool refused, in its words.
        patch: unified hunks where the log has them, at most 64 KiB, `patch_cut` beyond.
        added, removed: lines, None if not recorded.
        derived: told from the line of a shell command (rule `edit-by-shell`), by no edit tool.
    """

    kind: Literal["edit"] = "edit"
    path: str
    repo_path: str | None = None
    op: EditOperation = "update"
    tool: str = ""
    applied: bool | None = None
    refused: str | None = None
    patch: str | None = None
    patch_cut: bool = False
    added: int | None = None
    removed: int | None = None
    derived: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Command(_Head):
    """A shell command.

    Attributes:
        n: number of the command in this run, from 1; `[[command]]` of the manifest and `logs/<n>.log` use it.
        line: the command line, whole.
        exit_code: None if the log does not tell; never guessed.
        seconds: wall time, with `seconds_from` saying how it is known ("reported", or "timestamps": an upper bound that
            includes waiting for approval).
        state: rule `command-state`.
        not_conclusive: why the exit code says nothing about the tool of interest ("pipe", "|| true", ...), or None.
        log: path of the output in the packet, None if the log has no output; `log_cut` when the agent or we cut it.
        tests: counts found in the output, by name ("passed", "failed", "skipped"), empty if none were found.
    """

    kind: Literal["command"] = "command"
    n: int
    line: str
    cwd: str | None = None
    description: str | None = None
    exit_code: int | None = None
    seconds: float | None = None
    seconds_from: Literal["reported", "timestamps"] | None = None
    background: bool = False
    command_kind: CommandKind = "other"
    state: CommandState = "unknown"
    not_conclusive: str | None = None
    log: str | None = None
    log_cut: bool = False
    tests: dict[str, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool(_Head):
    """A call of any other tool: its name, what it reaches, and its input as compact JSON (at most 4 KiB)."""

    kind: Literal["tool"] = "tool"
    tool: str
    boundary: Boundary = "host"
    input: str = ""
    ok: bool | None = None
    denied: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Question(_Head):
    """The agent asked the person something; `answer` is None while open or not recorded."""

    kind: Literal["question"] = "question"
    text: str
    answer: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Denial(_Head):
    """A person, or a rule of theirs, refused a tool call; what they said with it is a `Prompt` via "denial"."""

    kind: Literal["denial"] = "denial"
    tool: str
    what: str
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage(_Head):
    """Tokens of one answer of the model; None where the log does not say."""

    kind: Literal["usage"] = "usage"
    model: str | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    cache_read_tokens: int | None = None
    cache_write_tokens: int | None = None
    usd: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Context(_Head):
    """Something happened to the conversation itself: compaction, resume, interrupt, another model or mode."""

    kind: Literal["context"] = "context"
    what: ContextKind
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Error(_Head):
    """The provider, the agent program or a tool failed, in its words."""

    kind: Literal["error"] = "error"
    text: str
    where: Literal["provider", "tool", "agent"] = "agent"


@dataclass(frozen=True, slots=True, kw_only=True)
class End(_Head):
    """How the run ended, as far as the log shows; always the last event."""

    kind: Literal["end"] = "end"
    reason: Literal["finished", "interrupted", "error", "limit", "unanswered", "cut", "unknown"]
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown(_Head):
    """A record that the importer does not understand: kept by type name, with the start of its text (1 KiB)."""

    kind: Literal["unknown"] = "unknown"
    record: str
    text: str = ""


Event: TypeAlias = (
    Prompt
    | Message
    | Thought
    | Plan
    | Read
    | Search
    | Edit
    | Command
    | Tool
    | Question
    | Denial
    | Usage
    | Context
    | Error
    | End
    | Unknown
)
