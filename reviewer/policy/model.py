"""The policy as frozen values: the checklist, the gates, and which paths belong to which risk class.

Knows no file format and no review. Where a policy comes from is for `load`, what it says of a change for `gates` and
`classify`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reviewer.checks.finding import Mode
    from reviewer.digest import Sha256

Group: TypeAlias = Literal["failure modes", "questions"]
Layer: TypeAlias = Literal["static", "behaviour", "architecture", "semantic"]
GateState: TypeAlias = Literal["passed", "shut", "open", "waived"]
Stage: TypeAlias = Literal["signing", "merging"]
RiskClass: TypeAlias = Literal["A", "B", "C"]
ClearAnswer: TypeAlias = Literal["yes", "no"]

RISK_CLASSES: tuple[RiskClass, ...] = ("A", "B", "C")
"""From least to most risk."""


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """One row of the checklist.

    Attributes:
        id: stable name, the key of an answer in the journal and in the signed record.
        question: what the reviewer answers with yes or no.
        modes: whose findings stand beside it.
        guidance: one or two sentences on how to find the answer.
        clear: the answer that raises no concern; any other needs a note.
    """

    id: str
    title: str
    question: str
    modes: tuple[Mode, ...]
    group: Group
    guidance: str
    clear: ClearAnswer


@dataclass(frozen=True, slots=True)
class Gate:
    """A condition on the way to an approval.

    Attributes:
        layer: which kind of verification it belongs to.
        waivable: whether a reviewer may pass it over with a reason.
        classes: the risk classes that it is asked of.
        stage: "signing" holds back this reviewer's signature, "merging" only what counts as approved in the end.
    """

    id: str
    title: str
    layer: Layer
    waivable: bool
    classes: tuple[RiskClass, ...] = RISK_CLASSES
    stage: Stage = "signing"


@dataclass(frozen=True, slots=True)
class GateResult:
    """How a gate stands.

    Attributes:
        state: "passed"; "shut" when the evidence speaks against it; "open" when it waits for something that is still
            being done (checks that run, hunks not seen yet); "waived" by the reviewer.
        reason: the facts, in numbers.
        opens_by: what would let it pass, in the imperative; empty once it is passed.
    """

    gate: Gate
    state: GateState
    reason: str
    opens_by: str = ""

    @property
    def holds_back(self) -> bool:
        """Whether this reviewer cannot sign an approval yet because of it."""
        return self.state in {"shut", "open"} and self.gate.stage == "signing"


@dataclass(frozen=True, slots=True)
class CheckOff:
    """A check, or one rule of it (`rule`, else ""), that a project does without, and its reason."""

    mode: Mode
    rule: str
    reason: str


@dataclass(frozen=True, slots=True)
class Policy:
    """Everything that is asked of a change.

    Attributes:
        digest: of the bytes that it was read from; part of what is signed.
        class_paths: gitignore patterns by risk class; a path that none matches is class B.
        senior: addresses of those whose review counts as senior, empty when the policy names nobody.
        off: checks and rules that the project does without.
        source: the file and commit that it was read from, or why nobody could look; None for the shipped one.
    """

    id: str
    digest: Sha256
    checklist: tuple[ChecklistItem, ...]
    gates: tuple[Gate, ...]
    class_paths: Mapping[RiskClass, tuple[str, ...]] = field(default_factory=dict)
    senior: tuple[str, ...] = ()
    off: tuple[CheckOff, ...] = ()
    source: str | None = None

    def item(self, item_id: str) -> ChecklistItem | None:
        """Return the checklist item of that id, or None."""
        return next((item for item in self.checklist if item.id == item_id), None)

    def gate(self, gate_id: str) -> Gate | None:
        """Return the gate of that id, or None."""
        return next((gate for gate in self.gates if gate.id == gate_id), None)
