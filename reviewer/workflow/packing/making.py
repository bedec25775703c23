"""The steps of making a packet, in their order, from a request to a file.

Knows the order; each step is a module beside this one. Loaded by `reviewer.workflow.pack` once the masking of a large
log is under way, since models, git and policies take a while to load.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.git.quarantine import Quarantine
from reviewer.packet import member
from reviewer.run.redact import Redactor
from reviewer.text import plural
from reviewer.workflow.packing.agent_notes import find_notes
from reviewer.workflow.packing.assembly import Parts, assemble
from reviewer.workflow.packing.brief import build_brief
from reviewer.workflow.packing.budget import Budget
from reviewer.workflow.packing.commit_range import find_range
from reviewer.workflow.packing.destination import store
from reviewer.workflow.packing.git_change import add_blobs, read_change, spend_change
from reviewer.workflow.packing.line_evidence import find_evidence
from reviewer.workflow.packing.request import Packed
from reviewer.workflow.packing.run_log import LoggedPlace, add_transcripts, read_run
from reviewer.workflow.packing.session_choice import choose_logs
from reviewer.workflow.packing.session_links import commits_of
from reviewer.workflow.packing.uncommitted import find_uncommitted

if TYPE_CHECKING:
    from pathlib import Path

    from reviewer.workflow.contract import Contract
    from reviewer.workflow.packing.apart import MaskingProcess
    from reviewer.workflow.packing.commit_range import CommitRange
    from reviewer.workflow.packing.git_change import GitChange
    from reviewer.workflow.packing.request import PackRequest, Progress


def make(request: PackRequest, staging: Path, ahead: MaskingProcess | None, tell: Progress) -> Packed:
    """Make a packet and return what was made.

    Args:
        request: what to pack and where to.
        staging: an empty folder of ours, but for what `ahead` writes.
        ahead: a process that masks the first of the named logs already.
        tell: told what is being done.

    Raises:
        GitError, BadTranscriptError, BadInputError: as `reviewer.workflow.pack.pack` says.
    """
    contract = None if request.task is None else _contract(request.task)
    with Quarantine.of(request.repository) as quarantine:
        tell("reading the change", 0, 0)
        span = find_range(quarantine, request.revision)
        change = read_change(quarantine, span, staging)
        head = quarantine.commit(span.head)
        commits = tuple(quarantine.commit(oid) for oid in span.commits)
        budget = Budget(request.limits)
        spend_change(change, budget, request.limits)
        redactor = Redactor()
        paths, diff = _paths(change), staging / member.DIFF
        notes = find_notes(request.notes, quarantine, span)
        evidence = find_evidence(quarantine, span, commits, paths, diff=diff, staging=staging)
        tell("looking for the session", 0, 0)
        choice = choose_logs(request.sessions, quarantine, span, commits, paths, evidence=evidence, staging=staging)
        logged = LoggedPlace(paths, _root(quarantine), commits_of(commits, paths, diff, evidence))
        run = read_run(choice.logs, logged, staging, redactor, budget, progress=tell, ahead=ahead)
        tell("reading the contents", 0, 0)
        add_blobs(quarantine, span, change, staging, budget)
        add_transcripts(run, redactor, budget, wanted=request.keep_transcript)
        tell("putting it together", 0, 0)
        brief = build_brief(
            quarantine,
            change,
            commits,
            head,
            run=run,
            contract=contract,
            operator=request.operator,
            notes=notes,
            evidence=evidence,
        )
        parts = Parts(change, run, brief, head, commits, contract)
        sealed = assemble(parts, redactor, title=request.title, limits=request.limits)
        stored = store(sealed, request.output, quarantine.repository)
        told = (*span.notes, *run.notes, *choice.notes, *evidence.notes, *notes.told, *notes.overruled(contract))
        told += _left_behind(quarantine, span)
    manifest = sealed.manifest
    return Packed(
        path=stored.path,
        id=manifest.id,
        title=manifest.title,
        key=sealed.key,
        digest=stored.digest,
        base=span.base,
        head=span.head,
        commits=len(span.commits),
        files=manifest.change.files,
        added=manifest.change.added,
        removed=manifest.change.removed,
        transcripts=tuple(manifest.origin.transcript),
        sessions=tuple(manifest.session),
        considered=choice.considered,
        redactions=tuple(manifest.redaction),
        omissions=tuple(manifest.omission),
        was_there=stored.was_there,
        notes=told,
    )


def _contract(path: Path) -> Contract:
    # Its models are loaded only for whoever has one.
    from reviewer.workflow.contract import load_contract

    return load_contract(path)


def _paths(change: GitChange) -> frozenset[str]:
    """Return the changed paths, old names too."""
    return frozenset(name for row in change.files for name in (row.path, row.old_path) if name is not None)


def _root(quarantine: Quarantine) -> str | None:
    root = quarantine.repository.work_tree
    return None if root is None else str(root)


def _left_behind(quarantine: Quarantine, span: CommitRange) -> tuple[str, ...]:
    """Say what the work tree has and the packet has not, where the packet ends at what is checked out."""
    if quarantine.resolve("HEAD") != span.head:
        return ()
    found = find_uncommitted(quarantine)
    if found is None or not (found.changed or found.untracked):
        return ()
    counts = []
    if found.changed:
        counts.append(f"{plural(len(found.changed), 'file')} with changes (first: {found.changed[0]})")
    if found.untracked:
        counts.append(f"{plural(len(found.untracked), 'path')} that git does not know (first: {found.untracked[0]})")
    return (f"not committed, so not in the packet: {' and '.join(counts)}",)
