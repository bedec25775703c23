"""A review without its engine, packets of real commits, and one call that approves."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from reviewer.diff.index import index_patch
from reviewer.packet import change, member, writer
from reviewer.packet.loader import Packet, load
from reviewer.packet.manifest import Manifest
from reviewer.policy.load import default_policy
from reviewer.policy.model import Gate, GateResult, Policy
from reviewer.review.coverage import Coverage
from reviewer.review.state import ReviewState
from reviewer.review.state import change as changed_by
from reviewer.signing.keys import SigningKey
from reviewer.workflow import approve
from tests.support.keys import FakeSigner
from tests.support.packets import usual_manifest
from tests.support.records import ANA, NOW

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from reviewer.checks.finding import CheckResult, Finding
    from reviewer.checks.probed import Probed
    from reviewer.diff.model import DiffIndex
    from reviewer.git.quarantine import Quarantine
    from reviewer.git.repository import Repository
    from reviewer.review.event import ReviewEvent


@dataclass
class FakeOpened:
    """An open packet."""

    packet: Packet
    index: DiffIndex
    repository: Repository | None = None


@dataclass
class FakeReview:
    """A review whose gates and findings a test chooses; events are kept in memory."""

    opened: FakeOpened
    state: ReviewState = field(default_factory=ReviewState)
    coverage: Coverage = field(default_factory=lambda: Coverage(2, 2, 9, 9, 2, 2))
    results: Sequence[CheckResult] = ()
    findings: Sequence[Finding] = ()
    policy: Policy = field(default_factory=default_policy)
    gate_results: tuple[GateResult, ...] = ()
    recorded: list[ReviewEvent] = field(default_factory=list)
    probed: Probed | None = None

    def gates(self) -> tuple[GateResult, ...]:
        return self.gate_results

    def record(self, event: ReviewEvent) -> ReviewState:
        self.recorded.append(event)
        self.state = changed_by(self.state, event, "2026-11-20T11:00:00Z", ANA)
        return self.state


def open_review(path: Path, repository: Repository | None = None, **fields: Any) -> FakeReview:  # noqa: ANN401 - any field
    """Open a packet for a review that is done."""
    packet = load(path)
    return FakeReview(FakeOpened(packet, index_patch(packet.diff()), repository), **fields)


def gate(state: str, *, gate_id: str = "hunks_seen", stage: str = "signing") -> GateResult:
    """Make the result of a gate."""
    made = Gate(gate_id, gate_id.replace("_", " "), "semantic", waivable=True)
    made = dataclasses.replace(made, stage=stage)  # type: ignore[arg-type]
    return GateResult(made, state, "3 of 5 seen", "look at the rest")  # type: ignore[arg-type]


def reviewer(signer: FakeSigner | None = None, email: str = ANA, name: str = "Ana Example") -> approve.Reviewer:
    """Make the person who signs."""
    return approve.Reviewer(name, email, SigningKey((signer or FakeSigner()).public, None, "a test"))


def decide(
    path: Path,
    verdict: str = "approved",
    *,
    signer: FakeSigner | None = None,
    email: str = ANA,
    now: datetime = NOW,
    **review: Any,  # noqa: ANN401 - any field
) -> approve.Receipt:
    """Draft, sign and store in one go."""
    opened = open_review(path, **review)
    try:
        made = approve.draft(opened, verdict, reviewer(signer, email), now)  # type: ignore[arg-type]
        return approve.store(opened, made, approve.sign(made, signer or FakeSigner()))
    finally:
        opened.opened.packet.close()


def packet_of(quarantine: Quarantine, base: str, head: str, path: Path) -> Path:
    """Write a packet of real commits, without a run."""
    entries = quarantine.change(base, head)
    commits = list(quarantine.commits(base, head))
    members: dict[str, writer.Member] = {
        member.DIFF: quarantine.diff(base, head),
        member.CHANGE: change.render(entries),
        member.TIMELINE: b"",
    }
    tables = usual_manifest([], {})
    said = tables["change"] | {
        "base": base,
        "head": head,
        "base_tree": quarantine.tree_id(base),
        "head_tree": quarantine.tree_id(head),
        "commits": commits,
        "files": len(entries),
    }
    tables |= {"change": said}
    path.parent.mkdir(parents=True, exist_ok=True)
    writer.write_archive(path, writer.seal(Manifest.model_validate(tables), members))
    return path
