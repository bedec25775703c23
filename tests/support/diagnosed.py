"""Runs the real tools over a case made by hand, as the workflow does over a packet's."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reviewer.workflow.checking import diagnose

if TYPE_CHECKING:
    from pathlib import Path

    from reviewer.checks.case import Case


def diagnosed(case: Case, python: Path | None = None) -> Case:
    """Return the case with what the tools say of it."""
    return replace(case, diagnostics=diagnose(case, ("hallucinated_api", "style_drift"), python=python))
