"""Freeze what is going to be signed: the packet's bytes are hashed once more, the review's state becomes a statement.

The words on the screen are rendered from the statement's bytes, so what is read is what is signed. Texts that came from
the packet or were typed are put in their shown form first: the signed bytes hold nothing that cannot be seen.
"""

from __future__ import annotations

import secrets
from collections import Counter
from dataclasses import dataclass
from datetime import UTC
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from reviewer.approval import predicate as p
from reviewer.approval import statement, words
from reviewer.checks.inputs import digest_of
from reviewer.checks.probed import PARTS
from reviewer.digest import Sha256, sha256
from reviewer.errors import SigningError, UndeterminedError
from reviewer.git.quarantine import Quarantine
from reviewer.text import clip, display_block, display_safe
from reviewer.workflow.verify import stored

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from reviewer.approval.verify import Record
    from reviewer.checks.finding import CheckResult, Finding
    from reviewer.git.repository import Repository
    from reviewer.packet.manifest import Manifest
    from reviewer.workflow.approve.identity import Reviewer
    from reviewer.workflow.approve.port import ReviewUnderWay

MEDIA_TYPE = "application/vnd.review-packet"
_MAX_TEXT = 4_000
_MAX_LINE = 300
_MAX_AUTHORS = 50
_CO_AUTHOR = "co-authored-by"


@dataclass(frozen=True, slots=True)
class Draft:
    """A statement that waits for its signature.

    Attributes:
        code: what the person types to sign exactly this.
        branches: full names of the branches that were at the head commit when this was made.
    """

    verdict: p.VerdictKind
    statement_bytes: bytes
    payload_digest: Sha256
    words: tuple[words.Section, ...]
    code: str
    reviewer: Reviewer
    branches: tuple[str, ...] = ()


def draft(review: ReviewUnderWay, kind: p.VerdictKind, reviewer: Reviewer, now: datetime) -> Draft:
    """Return the statement for a verdict, as it would be signed now.

    Args:
        review: open, with its checks run.
        kind: "approved" or "rejected".
        reviewer: who signs.
        now: an aware time.

    Raises:
        SigningError: a gate holds an approval back, or the record would be too large.
        BadPacketError: the packet's bytes changed since it was opened.
    """
    if kind == "approved":
        _refuse_shut_gates(review)
    packet = review.opened.packet
    packet.verify()
    authors, branches = _authors(review)
    text_id = p.OWNERSHIP_OF[kind]
    text = p.OWNERSHIP_TEXTS[text_id]
    state = review.state
    made = p.Predicate(
        context=_context(packet.manifest),
        revision=_revision(packet.manifest),
        change=p.ChangeRef(
            version=1, entries=len(packet.change_entries()), digest=packet.manifest.change.manifest_sha256
        ),
        packet=p.PacketRef(
            id=packet.manifest.id,
            title=_line(packet.manifest.title),
            media_type=MEDIA_TYPE,
            size=packet.size,
            digest=packet.digest(),
            key=packet.key,
        ),
        reviewer=p.Reviewer(
            name=_line(reviewer.name),
            email=reviewer.email,
            key_fingerprint=reviewer.fingerprint,
            key_type=reviewer.key.public.type,
            claimed_assurance=reviewer.key.claimed_assurance,
        ),
        independence=_independence(packet.manifest, authors),
        checklist=_checklist(review),
        findings=_findings(review),
        comments=tuple(
            p.OpenComment(id=entry.id, file=_path(entry.file), line=entry.line, text=_text(entry.text))
            for entry in state.open_comments
        ),
        coverage=_seen(review),
        gates=_gates(review),
        view=p.View(renderer="reviewer", version=_version(), journal_head=state.head, journal_entries=state.entries),
        ownership=p.Ownership(id=text_id, text=text, digest=statement.ownership_digest(text)),
        decided_at=now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        nonce=secrets.token_hex(16),
        supersedes=_earlier(review, reviewer),
    )
    payload = statement.build(kind, made)
    return Draft(kind, payload, sha256(payload), words.words(payload), words.code(payload), reviewer, branches)


def _refuse_shut_gates(review: ReviewUnderWay) -> None:
    held = [result for result in review.gates() if result.holds_back]
    if held:
        first = held[0]
        more = f" (and {len(held) - 1} more)" if len(held) > 1 else ""
        raise SigningError(
            f"the gate '{first.gate.title}' is {first.state}{more}: {first.reason}", hint=first.opens_by or None
        )


def _context(manifest: Manifest) -> p.Context:
    change = manifest.change
    object_format = "sha1" if len(change.head) == 40 else "sha256"
    return p.Context(repository=change.repository, target_ref=change.target_ref, object_format=object_format)


def _revision(manifest: Manifest) -> p.Revision:
    change = manifest.change
    return p.Revision(
        base_commit=change.base,
        base_tree=change.base_tree,
        head_commit=change.head,
        head_tree=change.head_tree,
        commits=tuple(change.commits),
    )


def _independence(manifest: Manifest, authors: tuple[str, ...]) -> p.Independence:
    origin = manifest.origin
    operator = None
    if origin.operator is not None:
        address = f" <{origin.operator.email}>" if origin.operator.email else ""
        operator = _line(origin.operator.name + address)
    agent = " ".join(filter(None, (origin.agent, origin.agent_version, *origin.models)))
    return p.Independence(operator=operator, agent=_line(agent) or None, authors=authors)


def _authors(review: ReviewUnderWay) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return who git says made the commits, and the branches at the head; nothing where there is no repository."""
    repository = review.opened.repository
    if repository is None:
        return (), ()
    change = review.opened.packet.manifest.change
    people: dict[str, None] = {}
    with Quarantine(repository) as quarantine:
        try:
            for oid in change.commits:
                people |= dict.fromkeys(_people(quarantine, oid))
            return tuple(people)[:_MAX_AUTHORS], branches_at(quarantine, change.head)
        except UndeterminedError:
            # A packet may lie in a clone that lacks its commits; whether that matters is for the gates to say.
            return (), ()


def _people(quarantine: Quarantine, oid: str) -> Iterator[str]:
    commit = quarantine.commit(oid)
    yield _line(f"{commit.author_name} <{commit.author_email}>")
    yield _line(f"{commit.committer_name} <{commit.committer_email}>")
    yield from (_line(value) for key, value in commit.trailers if key.lower() == _CO_AUTHOR)


def branches_at(quarantine: Quarantine, commit: str) -> tuple[str, ...]:
    """Return the full names of the branches that are at a commit."""
    return tuple(sorted(name for name, oid in quarantine.refs.ids.items() if oid == commit and "/heads/" in name))


def _checklist(review: ReviewUnderWay) -> p.Checklist:
    items = []
    for item in review.policy.checklist:
        given = review.state.answers.get(item.id)
        items.append(
            p.ChecklistAnswer(
                id=item.id,
                title=_line(item.title),
                question_digest=sha256(item.question.encode()),
                answer=given.answer if given else None,
                note=_text(given.note) if given else "",
            )
        )
    policy = review.policy
    return p.Checklist(
        policy=policy.id,
        policy_digest=policy.digest,
        items=tuple(items),
        policy_source=_line(policy.source or "") or None,
    )


def _findings(review: ReviewUnderWay) -> p.Findings:
    decisions = []
    for finding in review.findings:
        decided = review.state.dispositions.get(finding.id)
        if decided is None:
            continue
        decisions.append(
            p.FindingDecision(
                id=finding.id,
                mode=finding.mode,
                rule=finding.rule,
                severity=finding.severity,
                file=_path(finding.file),
                line=finding.line,
                message=_line(finding.message),
                decision=decided.kind,
                reason=_text(decided.reason),
                also=finding.also,
                by=_line(finding.by) or None,
            )
        )
    return p.Findings(
        counts=_counts(review.findings),
        undecided=len(review.findings) - len(decisions),
        decisions=tuple(decisions),
        checks=tuple(_ran(run) for run in review.results),
        probe=_probe(review),
    )


def _ran(run: CheckResult) -> p.CheckRun:
    return p.CheckRun(
        mode=run.mode,
        version=run.version,
        status=run.status,
        not_examined=clip(display_safe(run.reason), _MAX_TEXT),
        examined=_line(run.examined) or None,
        counts=_counts(run.findings),
        tools=tuple(dict.fromkeys(_line(tool.tool) for tool in run.tools)),
        inputs=run.inputs or None,
        switched_off=tuple(
            p.SwitchedOff(rule=_line(one.rule) or None, reason=_text(one.reason), source=_line(one.source))
            for one in run.off
        ),
        by=_line(run.by) or None,
    )


def _counts(findings: Iterable[Finding]) -> p.SeverityCounts:
    counts = Counter(finding.severity for finding in findings)
    return p.SeverityCounts(high=counts["high"], medium=counts["medium"], low=counts["low"], info=counts["info"])


def _probe(review: ReviewUnderWay) -> p.ProbeRun | None:
    """Return what was run, None if nothing was or if it was run over other trees than those that are signed."""
    probed, change = review.probed, review.opened.packet.manifest.change
    if probed is None or (probed.base_tree, probed.head_tree) != (change.base_tree, change.head_tree):
        return None
    return p.ProbeRun(
        base_tree=probed.base_tree,
        head_tree=probed.head_tree,
        environment=_line(probed.environment),
        containment=_line(probed.containment),
        not_contained=tuple(_line(gap) for gap in probed.not_contained),
        parts=tuple(part for part in PARTS if getattr(probed, part) is not None),
        digest=digest_of(probed),
    )


def _seen(review: ReviewUnderWay) -> p.Seen:
    seen = review.coverage
    return p.Seen(
        units=seen.seen_units,
        units_total=seen.units,
        lines=seen.seen_lines,
        lines_total=seen.lines,
        files=seen.files_seen,
        files_total=seen.files,
    )


def _gates(review: ReviewUnderWay) -> tuple[p.GateDecision, ...]:
    decisions = []
    for result in review.gates():
        reason = review.state.waivers.get(result.gate.id, "") if result.state == "waived" else result.reason
        decisions.append(
            p.GateDecision(
                id=result.gate.id,
                title=_line(result.gate.title),
                stage=result.gate.stage,
                state=result.state,
                reason=_text(reason or result.reason),
            )
        )
    return tuple(decisions)


def _earlier(review: ReviewUnderWay, reviewer: Reviewer) -> tuple[str, ...]:
    """Return this key's earlier records of the same change, which the new one takes the place of."""
    change = review.opened.packet.manifest.change.manifest_sha256
    return tuple(
        sorted(
            record.digest
            for record in _stored(review)
            if record.statement.subjects.change == change
            and record.statement.predicate.reviewer.key_fingerprint == reviewer.fingerprint
        )
    )


def _stored(review: ReviewUnderWay) -> Iterable[Record]:
    repository: Repository | None = review.opened.repository
    if repository is None:
        return stored.gather(review.opened.packet.path, (), None).records
    with Quarantine(repository) as quarantine:
        return stored.gather(review.opened.packet.path, (), quarantine).records


def _line(text: str) -> str:
    return clip(display_safe(text), _MAX_LINE)


def _path(path: str | None) -> str | None:
    return None if path is None else display_safe(path)


def _text(text: str) -> str:
    return clip(display_block(text), _MAX_TEXT)


def _version() -> str:
    try:
        return version("review-packet")
    except PackageNotFoundError:
        return "unknown"
