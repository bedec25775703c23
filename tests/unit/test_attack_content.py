"""Changed files made to keep a check busy: each is examined, or said to be unreadable, in bounded time."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from reviewer.checks.runner import run
from reviewer.workflow.open import build_case, open_packet
from tests.support.packets import make_packet

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("pyproject.toml", b"a." * 200_000 + b"b=1\n"),
        ("Cargo.lock", b"a." * 200_000 + b"b=1\n"),
        ("yarn.lock", b'"a@' * 100_000),
        ("a.txt", "\u202e".encode() * 100_000),
        ("a.py", b"\n" * 300_000),
    ],
)
def test_no_file_keeps_the_checks_busy(tmp_path: Path, name: str, data: bytes) -> None:
    packet = make_packet(tmp_path, {name: b"x = 1\n"}, {name: data})
    with open_packet(packet) as opened:
        case = build_case(opened)
        started = time.monotonic()
        results = list(run(case))
    assert time.monotonic() - started < 8
    assert not [result.reason for result in results if "itself failed" in (result.reason or "")]
