"""Which session logs a packet is made from: those that were named, none, or those that fit the change.

Looking for sessions is `reviewer.workflow.sessions`; here its answer becomes logs in order, and notes for the person.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer.errors import BadTranscriptError
from reviewer.text import plural
from reviewer.workflow.packing.chosen import NAMED, ChosenLog, Considered

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

    from reviewer.git.commit import CommitInfo
    from reviewer.git.quarantine import Quarantine
    from reviewer.workflow.packing.commit_range import CommitRange
    from reviewer.workflow.packing.line_evidence import LineEvidence
    from reviewer.workflow.sessions import GatheredLog

_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Choice:
    """The logs to read, each session's main one first; what was looked at; what the person should know."""

    logs: tuple[ChosenLog, ...]
    considered: tuple[Considered, ...] = ()
    notes: tuple[str, ...] = ()


def choose_logs(
    named: Sequence[Path] | None,
    quarantine: Quarantine,
    span: CommitRange,
    commits: Sequence[CommitInfo],
    paths: Collection[str],
    *,
    evidence: LineEvidence,
    staging: Path,
) -> Choice:
    """Return the logs to read.

    Args:
        named: what the person named: logs, folders, `database#session`; () for none, None to look for those that fit.
        quarantine: the repository.
        span: which commits; `commits` are the same.
        commits: in their order.
        paths: of the change, old names of renames included.
        evidence: session ids that notes and trailers name, and logs that are kept in git.
        staging: a folder of ours, for what has to be written out.

    Raises:
        BadTranscriptError: one that was named is not there, or is not of one session.
    """
    if named == ():
        return Choice(())
    from reviewer.workflow.sessions import find, gather  # knows the stores of all agents
    from reviewer.workflow.sessions.work_trees import span_of, work_trees

    if named is not None:
        logs = [log for path in named for log in _chosen(gather(path, staging), NAMED, must=True)]
        return Choice(tuple(logs), tuple(Considered(str(path), None, taken=True, why=NAMED) for path in named))
    found = find(
        work_trees(quarantine.repository),
        span_of(quarantine.commit(span.base), commits),
        paths,
        named=evidence.named,
        commits=span.commits,
    )
    logs, considered, notes = [], [], []
    for each in found.taken:
        reference = each.candidate.reference
        try:
            logs += _chosen(gather(reference, staging), each.why, must=False)
        except BadTranscriptError as error:
            considered.append(Considered(reference, each.candidate.agent, taken=False, why=error.sentence))
            notes.append(f"session not taken: {error.sentence}")
            continue
        considered.append(Considered(reference, each.candidate.agent, taken=True, why=each.why))
        notes.append(f"session taken: {reference}")
    for kept in evidence.logs:
        logs.append(ChosenLog(kept.path, kept.because, name=kept.name, must=False))
        considered.append(Considered(kept.name, kept.agent, taken=True, why=kept.because))
        notes.append(f"session taken: {kept.name}")
    considered += [
        Considered(entry.candidate.reference, entry.candidate.agent, taken=False, why=entry.why) for entry in found.left
    ]
    notes += [f"session not taken: {entry.candidate.reference} ({entry.why})" for entry in found.left[:_SHOWN]]
    if (more := len(found.left) - _SHOWN) > 0:
        notes.append(f"{plural(more, 'more session')} not taken (--json has all; reviewer sessions lists them)")
    told = () if found.taken else (found.why,)
    return Choice(tuple(logs), tuple(considered), (*told, *notes, *found.notes))


def _chosen(logs: Sequence[GatheredLog], because: str, *, must: bool) -> list[ChosenLog]:
    return [
        ChosenLog(log.path, because if log.main else log.because, log.agent, main=log.main, name=log.name, must=must)
        for log in logs
    ]
