from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from reviewer.workflow import apart
from reviewer.workflow.examination import Examination
from reviewer.workflow.open import open_packet
from tests.support.packets import make_packet

if TYPE_CHECKING:
    from pathlib import Path

    from reviewer.checks.finding import CheckResult


def test_a_child_says_what_we_would_have_said(tmp_path: Path) -> None:
    with open_packet(make_packet(tmp_path)) as opened:
        here, there = Examination(opened), Examination(opened, in_child=True)
        here.run()
        seen: list[CheckResult] = []
        there.run(on_result=seen.append)
        assert there.said.done
        assert there.said == here.said
        assert tuple(seen) == there.said.results
        assert any(result.findings for result in there.said.results)


def test_a_packet_that_changed_meanwhile_is_refused(tmp_path: Path) -> None:
    path = make_packet(tmp_path)
    with open_packet(path) as opened:
        path.unlink()
        make_packet(tmp_path, manifest={"title": "Another"})
        with pytest.raises(apart.ApartError, match="changed while it was open"):
            list(apart.steps(opened))


def test_a_child_that_dies_is_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with open_packet(make_packet(tmp_path)) as opened:
        with pytest.raises(apart.ApartError, match="ended before"):
            list(apart.steps(opened))
        examination = Examination(opened, in_child=True)
        examination.run()
        assert examination.said.done
        assert examination.said.proven


def test_cancelling_ends_the_child_and_claims_nothing(tmp_path: Path) -> None:
    with open_packet(make_packet(tmp_path)) as opened:
        examination = Examination(opened, in_child=True)
        examination.run(cancelled=lambda: True)
        assert not examination.said.done
        assert examination.said.results == ()
