from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

import pytest

from reviewer.checks.finding import CheckResult, Finding, SwitchedOff, ToolRun
from reviewer.workflow import apart
from reviewer.workflow.crossing import result_of
from reviewer.workflow.examination import Examination
from reviewer.workflow.open import open_packet
from tests.support.packets import make_packet

if TYPE_CHECKING:
    from pathlib import Path


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


def test_every_field_of_a_result_crosses() -> None:
    finding = Finding(
        id="1" * 16,
        mode="scope",
        rule="path-outside",
        severity="high",
        message="a \udcff",
        why="b",
        known="recorded",
        file="c",
        side="new",
        line=1,
        end_line=2,
        evidence=("command:1",),
        numbers=(("lines", 3), ("share", 0.5)),
        also=("stop_rule/read-outside",),
        by="acme-checks",
    )
    result = CheckResult(
        mode="scope",
        status="incomplete",
        findings=(finding,),
        reason="r",
        examined="e",
        version=2,
        seconds=0.5,
        tools=(ToolRun(tool="ty 1", argv=("ty", "check"), seconds=1.5, code=1),),
        inputs="a" * 64,
        off=(SwitchedOff(mode="scope", rule="symlink", reason="we link", source="policy own"),),
        by="acme-checks",
    )
    told = result_of(json.loads(json.dumps(asdict(result))))
    assert told == result
    assert asdict(told) == asdict(result)
