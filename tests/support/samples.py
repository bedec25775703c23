"""The recorded runs beside the project: data only, read from `../shared/samples`, skipped where it is absent."""

from __future__ import annotations

from pathlib import Path

import pytest

_SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "samples"


def samples_dir() -> Path:
    """Return the folder of samples, or skip the test."""
    if not _SAMPLES.is_dir():
        pytest.skip(f"the sample runs are not at {_SAMPLES}")
    return _SAMPLES


def claude_code_samples() -> tuple[Path, ...]:
    """Return the Claude Code logs among the samples, or skip the test."""
    return tuple(sorted((samples_dir() / "transcripts" / "claude-code").glob("*.jsonl")))


def claude_code_sample(start: str) -> Path:
    """Return the Claude Code log whose name starts so, or skip the test."""
    for path in claude_code_samples():
        if path.name.startswith(start):
            return path
    pytest.skip(f"no sample {start}")
