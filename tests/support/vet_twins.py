"""A fault and its twin for what compilers newly say of a change."""

from __future__ import annotations

from reviewer.checks.probed import Probed, Vet, VetKind, Vetted
from tests.support.theater_twins import Run

_OLD = "pub fn fee() -> u32 {\n    1\n}\n"
_NEW = "pub fn fee() -> u32 {\n    tax(1)\n}\n"


def said(kind: VetKind) -> Run:
    """Return a change to Rust of whose added line a compiler says something."""
    row = Vetted(tool="cargo check", path="src/a.rs", line=2, kind=kind, message="error[E0425]: cannot find `tax`")
    found = Probed(base_tree="1" * 40, head_tree="2" * 40, environment="", containment="none", vet=Vet(rows=(row,)))
    return Run({"src/a.rs": _OLD}, {"src/a.rs": _NEW}, probed=found)


VET_TWINS = {"compiler-misses": (said("name"), said("other"))}
