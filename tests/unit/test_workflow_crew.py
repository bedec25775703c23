"""Checks in several processes: the same results in the same order, whatever becomes of the processes."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from reviewer.checks import ALL
from reviewer.checks.runner import FAILED
from reviewer.workflow import crew
from reviewer.workflow.checking import check
from reviewer.workflow.crossing import Request
from reviewer.workflow.open import open_packet
from tests.support.packets import make_packet

if TYPE_CHECKING:
    from pathlib import Path

    from reviewer.checks.finding import CheckResult
    from reviewer.workflow.open import OpenedPacket


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have every change count as a large one, on a machine with two processors."""
    monkeypatch.setattr(crew, "LARGE", 0)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)


def _alone(opened: OpenedPacket, monkeypatch: pytest.MonkeyPatch) -> list[CheckResult]:
    with monkeypatch.context() as patch:
        patch.setattr(os, "cpu_count", lambda: 1)
        return list(check(opened))


@pytest.mark.usefixtures("large")
def test_several_processes_say_what_one_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_packet(make_packet(tmp_path)) as opened:
        together = list(check(opened))
        assert together == _alone(opened, monkeypatch)
        assert [result.mode for result in together] == [one.mode for one in ALL]
        assert any(result.findings for result in together)


@pytest.mark.usefixtures("large")
def test_a_process_that_dies_is_said_and_hides_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_packet(make_packet(tmp_path)) as opened:
        alone = _alone(opened, monkeypatch)
        monkeypatch.setattr(sys, "executable", "/bin/false")
        together = list(check(opened))
    lost = [result for result in together if result.reason.startswith(FAILED)]
    assert [result.mode for result in lost] == ["plausible_wrong", "hallucinated_api", "style_drift"]
    assert all(result.status == "incomplete" and not result.findings for result in lost)
    assert [one for one in together if one not in lost] == [one for one in alone if one.mode not in _modes(lost)]


@pytest.mark.usefixtures("large")
def test_where_no_process_starts_all_is_done_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_packet(make_packet(tmp_path)) as opened:
        alone = _alone(opened, monkeypatch)
        monkeypatch.setattr(crew.Crew, "start", lambda *_: False)
        assert list(check(opened)) == alone


@pytest.mark.usefixtures("large")
def test_a_packet_that_changed_meanwhile_is_examined_by_no_other_process(tmp_path: Path) -> None:
    path = make_packet(tmp_path)
    with open_packet(path) as opened:
        path.unlink()
        make_packet(tmp_path, manifest={"title": "Another"})
        failed = [result.mode for result in check(opened) if result.reason.startswith(FAILED)]
    assert failed == ["plausible_wrong", "hallucinated_api", "style_drift"]


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize("after", [0, 1, 3])
def test_cancelling_and_closing_end_every_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    children = []
    popen = crew.subprocess.Popen  # type: ignore[attr-defined]

    def started(*arguments: object, **named: object) -> object:
        children.append(popen(*arguments, **named))
        return children[-1]

    monkeypatch.setattr(crew.subprocess, "Popen", started)  # type: ignore[attr-defined]
    seen: list[CheckResult] = []
    with open_packet(make_packet(tmp_path)) as opened:
        for result in check(opened, cancelled=lambda: len(seen) >= after):
            seen.insert(len(seen), result)
        assert len(seen) == after
        steps = check(opened)
        assert next(steps).mode == ALL[0].mode
        steps.close()  # type: ignore[attr-defined]
    assert children
    assert all(child.returncode is not None for child in children)


def test_a_process_refuses_another_packet_than_was_meant(tmp_path: Path) -> None:
    with open_packet(make_packet(tmp_path)) as opened, crew.Crew(None, None) as own:
        request = replace(Request.of(opened), key="0" * 64)
        assert own.start(request, ("plausible_wrong",), ("plausible_wrong",))
        assert own.next(("plausible_wrong",)) is None


def test_groups_are_no_more_than_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    modes = [one.mode for one in ALL]
    for processors, expected in ((None, 0), (1, 0), (2, 2), (3, 3), (64, 3)):
        monkeypatch.setattr(os, "cpu_count", lambda processors=processors: processors)
        assert len(crew.groups(modes, judging=True)) == expected
    assert crew.groups(["scope"], judging=False) == []


def test_what_is_cut_in_the_middle_says_nothing() -> None:
    assert crew._fact(b'{"result": {"mo') == {}
    assert crew._fact(b"7\n") == {}
    assert crew._fact(None) == {}


def _modes(results: list[CheckResult]) -> set[str]:
    return {result.mode for result in results}
