"""The risk class of a change: A documents, tests and formatting; B code; C security-critical and infrastructure.

Computed from paths and findings. What the packet declares can raise the class and never lower it, because the packet is
written by the side under review.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from pathspec import GitIgnoreSpec

from reviewer.checks.ident import shown
from reviewer.policy.load import default_policy
from reviewer.policy.model import RISK_CLASSES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reviewer.checks.finding import Finding
    from reviewer.packet.manifest import Manifest
    from reviewer.policy.model import Policy, RiskClass


@dataclass(frozen=True, slots=True)
class Classification:
    """A risk class and the fact that decided it, one sentence."""

    risk_class: RiskClass
    reason: str


def classify(manifest: Manifest, findings: Iterable[Finding], policy: Policy | None = None) -> Classification:
    """Return the highest class that a path, a finding or the packet's own declaration asks for.

    Args:
        manifest: for the changed paths (both ends of a rename) and the declared class.
        findings: a high one on the security boundary makes the change class C.
        policy: whose path patterns to use; the shipped one if None.
    """
    candidates = [_by_paths(manifest, policy or default_policy())]
    crossing = next((f for f in findings if "security_boundary" in f.modes and f.severity == "high"), None)
    if crossing is not None:
        candidates.append(Classification("C", f"a high finding on the security boundary: {crossing.message}"))
    declared = manifest.scope.risk_class
    if declared is not None:
        candidates.append(Classification(declared, f"the packet declares class {declared}"))
    return max(candidates, key=lambda one: RISK_CLASSES.index(one.risk_class))


def _by_paths(manifest: Manifest, policy: Policy) -> Classification:
    paths = tuple(path for row in manifest.file_changed for path in (row.path, row.old_path) if path is not None)
    classes = policy.class_paths
    return _by_patterns(paths, tuple(classes.get("A", ())), tuple(classes.get("C", ())))


# The gates ask at each key, and thousands of paths against dozens of patterns take a tenth of a second.
@lru_cache(maxsize=4)
def _by_patterns(paths: tuple[str, ...], for_a: tuple[str, ...], for_c: tuple[str, ...]) -> Classification:
    if not paths:
        return Classification("B", "the packet lists no changed path, so nothing shows that the risk is low")
    harmless, critical = GitIgnoreSpec.from_lines(for_a), GitIgnoreSpec.from_lines(for_c)
    worst = Classification("A", "every changed path is a document or a test")
    for path in paths:
        if harmless.match_file(path):
            continue
        if critical.match_file(path):
            return Classification("C", f"{shown(path)} is a path of class C")
        if worst.risk_class == "A":
            worst = Classification("B", f"{shown(path)} is code")
    return worst
