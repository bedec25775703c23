"""What a timeline may say of its run in a line of its own: the agent, its version, where it ran, what it was allowed.

Knows the fields of that line; nothing of events.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

from reviewer.run.importers.recording import remember
from reviewer.run.importers.values import Json, texts

if TYPE_CHECKING:
    from reviewer.run.importers.recording import Recording


@dataclass(frozen=True, slots=True, kw_only=True)
class RunHead:
    """What a log may say of its run in its first line: `{"kind": "run", "agent": "my-agent", "cwd": "/w"}`.

    Attributes:
        agent: what people call the program.
        version: of the program.
        models: that answered.
        session_id: the program's own id of the session.
        cwd: where it ran; paths of events are below it, or absolute.
        branch: that was checked out.
        base_commit: commit at the start.
        commits: ids of the commits that the run made.
        repository: its URL.
        title: of the session.
        permission_mode: how much it was allowed, in the program's words.
        sandbox: what it ran in, in the program's words.
        approval: when it asks, in the program's words.
        network: whether commands could reach it.
        allowed_tools: granted ahead.
        allowed_commands: granted ahead.
    """

    agent: str | None = None
    version: str | None = None
    models: list[str] = field(default_factory=list)
    session_id: str | None = None
    cwd: str | None = None
    branch: str | None = None
    base_commit: str | None = None
    commits: list[str] = field(default_factory=list)
    repository: str | None = None
    title: str | None = None
    permission_mode: str | None = None
    sandbox: str | None = None
    approval: str | None = None
    network: bool | None = None
    allowed_tools: list[str] = field(default_factory=list)
    allowed_commands: list[str] = field(default_factory=list)


_HEAD = {each.name: str(each.type) for each in fields(RunHead)}


NAMES = tuple(each.name for each in fields(RunHead))
_TYPES = {each.name: str(each.type) for each in fields(RunHead)}


def read(row: Json) -> tuple[RunHead, dict[str, str]]:
    """Return what a line says of the run, and of each field that is wrong what it has to be ("" for no field)."""
    values: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for name, value in row.items():
        wanted = _TYPES.get(name)
        if name == "kind" or value is None:
            continue
        if wanted is None:
            wrong[name] = ""
        elif wanted.startswith("list"):
            values[name] = texts(value)
            if not isinstance(value, list) or len(values[name]) != len(value):
                wrong[name] = "has to be a list of texts"
        elif isinstance(value, bool if wanted.startswith("bool") else str):
            values[name] = value
        else:
            wrong[name] = "has to be true or false" if wanted.startswith("bool") else "has to be text"
    return RunHead(**values), wrong


def take(recording: Recording, given: RunHead) -> None:
    """Add what a line says of the run to what is known of it."""
    info = recording.info
    info.agent = given.agent or info.agent
    info.title, info.base_commit = given.title or info.title, given.base_commit or info.base_commit
    info.repository, info.sandbox = given.repository or info.repository, given.sandbox or info.sandbox
    info.approval = given.approval or info.approval
    info.network = info.network if given.network is None else given.network
    info.allowed_tools = given.allowed_tools or info.allowed_tools
    recording.cwd = given.cwd or recording.cwd
    for known, added in (
        (info.versions, [given.version]),
        (info.models, given.models),
        (info.session_ids, [given.session_id]),
        (info.cwds, [given.cwd]),
        (info.branches, [given.branch]),
        (info.commits, given.commits),
        (info.permission_modes, [given.permission_mode]),
        (info.allowed_commands, given.allowed_commands),
    ):
        for each in added:
            remember(known, each)
