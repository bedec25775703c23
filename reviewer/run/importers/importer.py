"""What an importer of session logs is: what goes in, what comes out, how it is found by content.

Knows no agent's format. An importer never fails on one bad record: what it cannot read it counts, by name, and keeps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO, Protocol, TypeAlias

from reviewer.errors import ReviewerError

if TYPE_CHECKING:
    from reviewer.run.event import Event
    from reviewer.run.importers.spool import OutputSpool

Progress: TypeAlias = Callable[[int, int], None]
"""Called with bytes done and bytes in all, now and then."""
Cancelled: TypeAlias = Callable[[], bool]
"""Asked now and then; True stops the import."""


class ImportCancelledError(ReviewerError):
    """The person stopped the import; nothing was written."""


@dataclass(frozen=True, slots=True)
class LogSource:
    """One session log, as bytes that can be read more than once.

    Attributes:
        name: what events call it ("sessions/1.jsonl"); it stands in `Event.source` with the line.
        size: bytes, for progress; 0 if unknown.
        open: gives a fresh stream at the start.
        companions: logs that belong to the same run: of sub-agents, or of the same session resumed elsewhere.
        agent: the sub-agent's id when the file name tells it, else None.
        through: applied to each stretch of whole lines (UTF-8) before they are decoded, so that secrets can be masked
            at the door and never reach an event or the spool; it has to keep the line feeds.
        blocks: in place of `open` and `through` where another reads and masks the log: gives stretches of whole lines
            (UTF-8, masked), each with how many bytes it took before masking.
    """

    name: str
    size: int
    open: Callable[[], BinaryIO]
    companions: tuple[LogSource, ...] = ()
    agent: str | None = None
    through: Callable[[bytes], bytes] | None = None
    blocks: Callable[[], Iterator[tuple[int, bytes]]] | None = None


@dataclass(slots=True)
class SessionInfo:
    """What the log says about the session itself; lists are in order of appearance, None is not recorded.

    Attributes:
        agent: what people call the agent program; versions of it, models that answered.
        session_ids: the program's own ids; several where a session was resumed or forked.
        cwds, branches: as seen.
        started, ended: of the first and last record, RFC 3339; without a zone where the log has none.
        permission_modes: the program's words, in order; allowed_tools, allowed_commands: granted ahead.
        sandbox: the sandbox policy in the program's words ("workspace-write"); approval: when it asks ("on-request").
        network: whether commands could reach it; writable: folders beyond the working one; None is not recorded.
        base_commit: commit at the start; commits: ids that the run itself printed or recorded as made by it.
        repository: its URL.
        patch: the change as the agent handed it in, a unified diff; held against the commits.
        lost: what was there once and is no more, by what it is, with the reason ("plan": "side file is missing").
        links: URLs of pull requests.
    """

    agent: str
    versions: list[str] = field(default_factory=list)
    models: list[str] = field(default_factory=list)
    session_ids: list[str] = field(default_factory=list)
    cwds: list[str] = field(default_factory=list)
    branches: list[str] = field(default_factory=list)
    started: str | None = None
    ended: str | None = None
    permission_modes: list[str] = field(default_factory=list)
    allowed_tools: list[str] | None = None
    allowed_commands: list[str] = field(default_factory=list)
    title: str | None = None
    sandbox: str | None = None
    approval: str | None = None
    network: bool | None = None
    writable: list[str] | None = None
    base_commit: str | None = None
    commits: list[str] = field(default_factory=list)
    repository: str | None = None
    patch: str | None = None
    lost: dict[str, str] = field(default_factory=dict)
    links: list[str] = field(default_factory=list)

    @property
    def permission_mode(self) -> str | None:
        """The last permission mode, or None if the log has none."""
        return self.permission_modes[-1] if self.permission_modes else None


@dataclass(slots=True)
class ImportedRun:
    """A run as read from its log.

    Attributes:
        events: in order, the last one an `End`.
        records: whole records read, of any kind.
        unknown: records and parts of records that were not understood, by name; each is in `events` as `Unknown`, until
            there are too many: then a note says how many more were counted.
        torn: bytes at the end that are not a whole record.
        repeated: records left out because an earlier one has the same id (copies made by resuming or forking).
    """

    events: list[Event]
    info: SessionInfo
    records: int
    unknown: dict[str, int] = field(default_factory=dict)
    torn: int = 0
    repeated: int = 0


class Importer(Protocol):
    """Reads one agent's logs."""

    name: str
    """Short name of the format ("claude-code")."""
    title: str
    """What people call the agent ("Claude Code")."""

    def sniff(self, head: bytes, path_hint: str) -> bool:
        """Return whether a log that starts with these bytes (64 KiB are enough) is of this format."""

    def read(
        self,
        source: LogSource,
        spool: OutputSpool,
        progress: Progress | None = None,
        cancelled: Cancelled | None = None,
    ) -> ImportedRun:
        """Return the run of a log; command outputs go to the spool under the command's number.

        Raises:
            BadTranscriptError: the log cannot be read at all.
            ImportCancelledError: `cancelled` said so.
        """
