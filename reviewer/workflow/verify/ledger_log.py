"""What the ledger holds, in the order of the claimed times, and whether it was only ever added to."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from reviewer import ledger
from reviewer.approval import dsse
from reviewer.approval.refusal import RefusedError
from reviewer.digest import Sha256
from reviewer.errors import BadInputError
from reviewer.git.quarantine import Quarantine
from reviewer.workflow.verify import stored

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One record as it claims to be."""

    digest: str
    verdict: str
    decided_at: str
    reviewer: str
    commit: str
    packet: str

    def as_json(self) -> dict[str, Any]:
        """Return the entry for machines."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Log:
    """The entries, and a sentence for each thing that is wrong with the ledger."""

    entries: tuple[LogEntry, ...]
    problems: tuple[str, ...]


def read_log(place: Path) -> Log:
    """Return the log of the ledger of the repository at `place`.

    Raises:
        BadInputError: there is no ledger.
        GitError, UndeterminedError: the repository is damaged or incomplete.
    """
    with Quarantine.of(place) as quarantine:
        tip = ledger.tip(quarantine)
        if tip is None:
            raise BadInputError("this repository has no ledger", hint="make one with: reviewer ledger init")
        found = stored.from_ledger(quarantine)
        broken = ledger.check_append_only(quarantine, None, tip, digest_of=_digest_of)
    entries = []
    for record in found.records:
        said = record.statement.predicate
        reviewer = f"{said.reviewer.name} <{said.reviewer.email}>"
        entries.append(
            LogEntry(
                record.digest,
                record.statement.verdict,
                said.decided_at,
                reviewer,
                said.revision.head_commit,
                said.packet.id,
            )
        )
    ordered = sorted(entries, key=lambda entry: (entry.decided_at, entry.digest))
    return Log(tuple(ordered), (*found.notes, *broken))


def _digest_of(line: bytes) -> Sha256:
    try:
        return dsse.parse(line.removesuffix(b"\n")).payload_digest
    except RefusedError:
        return Sha256("0" * 64)
