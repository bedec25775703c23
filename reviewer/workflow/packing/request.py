"""What a person asks `pack` for, and what they get: plain values, nothing is read here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from reviewer.packet.limits import DEFAULT_LIMITS, Limits

if TYPE_CHECKING:
    from pathlib import Path

    from reviewer.digest import Sha256
    from reviewer.packet.manifest import Omission, Operator, Redaction, Session, Transcript
    from reviewer.workflow.packing.chosen import Considered

Progress: TypeAlias = Callable[[str, int, int], None]
"""Called with what is being done, bytes done and bytes in all, now and then; whatever it raises ends the work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackRequest:
    """One packet to make.

    Attributes:
        repository: any place in the repository.
        revision: the range as typed (`find_range` says how it is read), or None for the default one.
        sessions: the agents' logs, folders of sessions, or `database#session`; () for none; None to look for those
            that fit.
        task: the task contract, or None.
        notes: what the agent wrote down about its work, or None to look where it was asked to put it.
        output: a `.packet` file, or a new folder to be; an existing folder gets the file. None for the repository's
            git directory.
        title: in place of the one that commits and contract give.
        operator: who ran the agent, in place of the committer.
        keep_transcript: put the redacted logs in.
        limits: what the packet will be opened with.
    """

    repository: Path
    revision: str | None = None
    sessions: tuple[Path, ...] | None = None
    task: Path | None = None
    notes: Path | None = None
    output: Path | None = None
    title: str | None = None
    operator: Operator | None = None
    keep_transcript: bool = True
    limits: Limits = DEFAULT_LIMITS


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """A packet that was made.

    Attributes:
        path: where it is.
        id, title: as in its manifest.
        key, digest: of the manifest's bytes, and of the packet.
        base, head: full commit ids; `commits` between them.
        files, added, removed: of the change.
        transcripts: the logs that were read, with why each was taken.
        sessions: the sessions that they are of, in the order of start.
        considered: sessions that were looked at, taken or left, each with the reason.
        redactions, omissions: what was masked and what was left out.
        was_there: the same packet was there already, and was left as it is.
        notes: what the person should know, one sentence each.
    """

    path: Path
    id: str
    title: str
    key: Sha256
    digest: Sha256
    base: str
    head: str
    commits: int
    files: int
    added: int
    removed: int
    transcripts: tuple[Transcript, ...] = ()
    sessions: tuple[Session, ...] = ()
    considered: tuple[Considered, ...] = ()
    redactions: tuple[Redaction, ...] = ()
    omissions: tuple[Omission, ...] = ()
    was_there: bool = False
    notes: tuple[str, ...] = field(default=())
