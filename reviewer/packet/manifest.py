"""`packet.toml`: what a reviewer reads, and pointers to the rest (packet format, version 1).

Pydantic models, strict and closed: an unknown key is a refusal, not a guess. An absent field is None here and missing
in the file; which fields are absent, and how the others are known, stands in each table's `known`. Units: seconds,
tokens, US dollars, lines; times are RFC 3339 in UTC. All texts are hostile.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

SCHEMA = "review-packet/1"

Known: TypeAlias = Literal["recorded", "declared", "derived", "absent", "lost"]
HexDigest: TypeAlias = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
ObjectId: TypeAlias = Annotated[str, Field(pattern=r"^([0-9a-f]{40}|[0-9a-f]{64})$")]
Time: TypeAlias = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$")]
Count: TypeAlias = Annotated[int, Field(ge=0)]
RiskClass: TypeAlias = Literal["A", "B", "C"]
CommandState: TypeAlias = Literal[
    "passed", "failed", "denied", "not_run", "cancelled", "running", "not_conclusive", "unknown"
]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class _Graded(_Table):
    """A table whose fields each say how they are known; a field missing from `known` is absent.

    "absent" was never recorded; "lost" was, and is no more (a cut log, a side file that is gone).
    """

    known: dict[str, Known] = Field(default_factory=dict)


class _Row(_Table):
    """A row of an array of tables: how it is known, and the rule and events it was derived by."""

    known: Known = "recorded"
    rule: str | None = None
    events: list[Count] = Field(default_factory=list)


class Producer(_Table):
    """The program that wrote the packet."""

    name: str
    version: str


class Operator(_Table):
    """Who ran the agent, as git or the log says."""

    name: str
    email: str | None = None


class Transcript(_Table):
    """One session log that the run was read from.

    Attributes:
        path: where it is in the packet, or None when it was left out (`left_out` says why).
        sha256, size: of the log as it was found, before redaction.
        records: lines or items read; `unknown`: by record type, kept in the timeline as unknown events.
        torn: bytes at the end that are not a whole record.
        chosen_because: why this session was taken.
    """

    path: str | None = None
    format: str
    sha256: HexDigest
    size: Count
    records: Count
    unknown: dict[str, Count] = Field(default_factory=dict)
    torn: Count = 0
    left_out: str | None = None
    chosen_because: str | None = None


class Session(_Row):
    """One session of the run, in the order of time.

    Attributes:
        n: number, as in the timeline; transcript: places in `origin.transcript`, from 1.
        agent: format name of its importer; versions, models, ids: in order of appearance.
        started, ended: None where the log has no time with a zone.
        commands, edits: how many; changed_files: how many of the changed files its edits name.
        link: how it is tied to the commits, the strongest that was found; "unrelated" when nothing ties it but the
            person's word (rule `session-link`).
        link_evidence: what the link was found by, one sentence.
    """

    n: Annotated[int, Field(ge=1)]
    agent: str
    versions: list[str] = Field(default_factory=list)
    models: list[str] = Field(default_factory=list)
    ids: list[str] = Field(default_factory=list)
    transcript: list[Annotated[int, Field(ge=1)]] = Field(default_factory=list)
    started: Time | None = None
    ended: Time | None = None
    commands: Count = 0
    edits: Count = 0
    changed_files: Count = 0
    end: Literal["finished", "interrupted", "error", "limit", "unanswered", "cut", "unknown"] = "unknown"
    link: Literal["note", "trailer", "patch", "commit", "time_and_files", "files", "unrelated"] = "unrelated"
    link_evidence: str | None = None


class Attribution(_Row):
    """Lines that a recorder says an agent or a person wrote (git-ai note, Agent Trace record, Entire checkpoint).

    Attributes:
        path: in the head commit; first, last: lines from 1, both None for the file as a whole.
        by: who; unknown where the recorder says nothing.
        agent, model, session_id: as recorded.
        commit: which commit the record is about.
        source: where it stands ("refs/notes/ai", ".agent-trace/traces.jsonl:3").
    """

    path: str
    first: Annotated[int, Field(ge=1)] | None = None
    last: Annotated[int, Field(ge=1)] | None = None
    by: Literal["agent", "human", "mixed", "unknown"] = "unknown"
    agent: str | None = None
    model: str | None = None
    session_id: str | None = None
    commit: ObjectId | None = None
    source: str


class Origin(_Graded):
    """Who or what made the change. `kind` is None when nothing says."""

    kind: Literal["agent", "human", "mixed"] | None = None
    agent: str | None = None
    agent_version: str | None = None
    models: list[str] = Field(default_factory=list)
    session_ids: list[str] = Field(default_factory=list)
    operator: Operator | None = None
    transcript: list[Transcript] = Field(default_factory=list)


class Task(_Graded):
    """What was asked. `prompt` is the exact first request, `follow_ups` the later ones in order.

    `required_commands` have to pass after the last edit, for the task to be done.
    """

    prompt: str | None = None
    follow_ups: list[str] = Field(default_factory=list)
    objective: str | None = None
    constraints: list[str] = Field(default_factory=list)
    non_goals: list[str] = Field(default_factory=list)
    done_when: list[str] = Field(default_factory=list)
    required_commands: list[str] = Field(default_factory=list)
    type: str | None = None
    issue: str | None = None


class Scope(_Graded):
    """What was allowed. Path lists are gitignore patterns; None means that nothing says, [] that nothing is allowed."""

    allowed_paths: list[str] | None = None
    forbidden_paths: list[str] | None = None
    allowed_tools: list[str] | None = None
    allowed_commands: list[str] | None = None
    network: Literal["deny", "allowlist", "open"] | None = None
    hosts: list[str] | None = None
    stop_rules: list[str] | None = None
    risk_class: RiskClass | None = None
    lane: str | None = None
    sandbox: str | None = None
    approval: str | None = None
    permission_mode: str | None = None
    writable: list[str] | None = None


class PlanStepRow(_Table):
    """One step of the last plan."""

    text: str
    status: Literal["pending", "in_progress", "completed", "cancelled", "unknown"] = "unknown"


class PlanTable(_Graded):
    """The last plan that the agent showed."""

    text: str | None = None
    steps: list[PlanStepRow] = Field(default_factory=list)
    made_before_first_edit: bool | None = None


class FileRead(_Row):
    """A file that the agent read, `times` over the run."""

    path: str
    times: Count = 1
    first_at: Time | None = None
    outside_repo: bool = False


class FileChanged(_Row):
    """A path that the change touches, as git has it, joined with the run.

    `added` and `removed` are None for binary content. `status` is git's letter.
    """

    path: str
    old_path: str | None = None
    status: Literal["A", "M", "D", "R", "C", "T"]
    added: Count | None = None
    removed: Count | None = None
    by: Literal["agent", "human", "unknown"] = "unknown"
    generated: bool = False
    read_before_edit: bool | None = None


class CommandRow(_Row):
    """A command of the run; `n` is its number, `log` its output in the packet, `retry_of` an earlier `n`."""

    n: Annotated[int, Field(ge=1)]
    line: str
    cwd: str | None = None
    started: Time | None = None
    seconds: Annotated[float, Field(ge=0)] | None = None
    exit_code: int | None = None
    kind: Literal["test", "lint", "type", "build", "security", "vcs", "network", "install", "other"] = "other"
    state: CommandState = "unknown"
    not_conclusive: str | None = None
    selection: str | None = None
    tests: dict[str, Count] | None = None
    log_cut: bool = False
    log: str | None = None
    after_last_edit: bool | None = None
    retry_of: Annotated[int, Field(ge=1)] | None = None


class Retry(_Row):
    """What was tried again after a failure: commands by number, or edits of `path`, and what changed between."""

    command: list[Annotated[int, Field(ge=1)]]
    path: str | None = None
    outcome: Literal["fixed", "gave_up", "changed_test"]
    what_changed_between: list[str] = Field(default_factory=list)


class ToolCall(_Row):
    """Calls of one tool: what it reaches, how often it ran and was denied."""

    tool: str
    boundary: Literal["repo", "host", "network", "mcp"]
    times: Count
    denied: Count = 0


class DenialRow(_Row):
    """A call that a person, or a rule of theirs, refused; `said` is what they told the agent with it."""

    tool: str
    what: str
    reason: str | None = None
    said: str | None = None


class QuestionRow(_Row):
    """What the agent asked the person; `answer` is None while open or not recorded."""

    text: str
    answer: str | None = None


class EditRefused(_Row):
    """An edit that the tool refused; `retried`: a later edit of the same file took effect."""

    path: str
    reason: str
    retried: bool = False


class HostRow(_Row):
    """A host that the run named in a command or a tool call; `ways` says how ("curl", "git push", "WebFetch")."""

    host: str
    times: Count = 1
    ways: list[str] = Field(default_factory=list)


class Effect(_Row):
    """Something that the run did which the diff does not show and reverting it does not undo.

    Attributes:
        what: what kind.
        text: the command or the path.
        reached: it ran; False when it was denied or did not run; None when that is not recorded.
    """

    what: Literal[
        "install", "push", "migration", "container", "file_outside", "network_write", "service", "process", "git"
    ]
    text: str
    reached: bool | None = None


class Course(_Row):
    """One place where what was planned, done and said part ways (rule in `rule`).

    Attributes:
        what: which way they part.
        text: the words or the path that it is about; `detail` what it is held against.
    """

    what: Literal[
        "planned_untouched",
        "touched_unplanned",
        "claimed_not_run",
        "run_before_last_edit",
        "scope_exceeded",
        "claimed_not_changed",
        "changed_not_claimed",
        "edited_unread",
    ]
    text: str
    detail: str | None = None


class Assumption(_Row):
    """Something taken for granted. `where` is file:line; `confidence` 0 to 1."""

    text: str
    risk: Literal["low", "medium", "high"] | None = None
    confidence: Annotated[float, Field(ge=0, le=1)] | None = None
    where: str | None = None


class Claim(_Row):
    """Something the agent said it did, quoted; `evidence` is the command number that bears it out, or None."""

    text: str
    at: Time | None = None
    evidence: Annotated[int, Field(ge=1)] | None = None


class Rollback(_Graded):
    """How to undo the change."""

    strategy: str | None = None
    steps: list[str] = Field(default_factory=list)
    triggers: list[str] = Field(default_factory=list)
    verified: str | None = None


class Cost(_Graded):
    """What the run took; None is not recorded, 0 is 0."""

    input_tokens: Count | None = None
    output_tokens: Count | None = None
    cache_tokens: Count | None = None
    usd: Annotated[float, Field(ge=0)] | None = None
    seconds: Annotated[float, Field(ge=0)] | None = None
    turns: Count | None = None
    subagents: Count | None = None
    rereads: Count | None = None
    loops: Count | None = None
    provider_retries: Count | None = None
    compactions: Count | None = None


class End(_Graded):
    """How the run ended."""

    reason: Literal["finished", "interrupted", "error", "limit", "unanswered", "cut", "unknown"] | None = None
    text: str | None = None


class Change(_Table):
    """The change itself, from git. Digests are of `change.diff` and of `change.manifest`."""

    repository: str
    base: ObjectId
    head: ObjectId
    target_ref: str | None = None
    base_tree: ObjectId
    head_tree: ObjectId
    commits: list[ObjectId] = Field(default_factory=list)
    files: Count
    added: Count
    removed: Count
    diff_sha256: HexDigest
    manifest_sha256: HexDigest


class Redaction(_Table):
    """Secrets masked in one file of the packet by one rule."""

    file: str
    rule: str
    count: Annotated[int, Field(ge=1)]


class Omission(_Table):
    """Something that was left out of the packet, and why ("over 1 MiB", "packet budget")."""

    what: str
    reason: str


class Manifest(_Table):
    """The whole of `packet.toml`. `members_sha256` is the digest of the member list, `members.sha256`."""

    schema_: Literal["review-packet/1"] = Field(alias="schema")
    id: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
    title: str
    created: Time
    producer: Producer
    members_sha256: HexDigest
    change: Change
    origin: Origin = Field(default_factory=Origin)
    task: Task = Field(default_factory=Task)
    scope: Scope = Field(default_factory=Scope)
    plan: PlanTable = Field(default_factory=PlanTable)
    rollback: Rollback = Field(default_factory=Rollback)
    cost: Cost = Field(default_factory=Cost)
    end: End = Field(default_factory=End)
    session: list[Session] = Field(default_factory=list)
    file_read: list[FileRead] = Field(default_factory=list)
    file_changed: list[FileChanged] = Field(default_factory=list)
    command: list[CommandRow] = Field(default_factory=list)
    retry: list[Retry] = Field(default_factory=list)
    tool_call: list[ToolCall] = Field(default_factory=list)
    denial: list[DenialRow] = Field(default_factory=list)
    question: list[QuestionRow] = Field(default_factory=list)
    edit_refused: list[EditRefused] = Field(default_factory=list)
    host: list[HostRow] = Field(default_factory=list)
    effect: list[Effect] = Field(default_factory=list)
    course: list[Course] = Field(default_factory=list)
    attribution: list[Attribution] = Field(default_factory=list)
    assumption: list[Assumption] = Field(default_factory=list)
    claim: list[Claim] = Field(default_factory=list)
    redaction: list[Redaction] = Field(default_factory=list)
    omission: list[Omission] = Field(default_factory=list)


GRADED = ("origin", "task", "scope", "plan", "rollback", "cost", "end")
"""The tables whose fields each say how they are known."""
