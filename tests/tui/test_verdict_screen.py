"""Approving: nothing is signed by one key, by a wrong code, or past a gate that holds it back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from textual.widgets import Static

from reviewer.errors import SigningError
from reviewer.tui.app import ReviewApp
from reviewer.tui.screens.receipt import ReceiptScreen
from reviewer.tui.screens.review import ReviewScreen
from reviewer.tui.screens.verdict import VerdictScreen
from reviewer.tui.widgets.lines import OneLine
from reviewer.tui.widgets.row_list import RowList
from tests.support.fake_review import FakeReview, FakeSource

if TYPE_CHECKING:
    from pathlib import Path

    from textual.pilot import Pilot

    from reviewer.policy.model import GateResult
    from reviewer.tui.screens.source import DraftView, ReceiptView


class Open(FakeReview):
    """Every gate is passed."""

    def gates(self) -> tuple[GateResult, ...]:
        return tuple(replace(result, state="passed", opens_by="") for result in super().gates())


@dataclass
class Refusing(FakeSource):
    """The signer refuses."""

    def sign(self, review: FakeReview, view: DraftView, *, terminal: bool = False) -> ReceiptView:
        raise SigningError("ssh-keygen: incorrect passphrase")


async def _verdict(pilot: Pilot[str], key: str) -> VerdictScreen:
    screen = pilot.app.screen
    assert isinstance(screen, ReviewScreen)
    for _ in range(200):
        if screen.examined:
            break
        await pilot.pause(0.01)
    await pilot.press(key)
    await pilot.pause(0.1)
    verdict = pilot.app.screen
    assert isinstance(verdict, VerdictScreen)
    return verdict


def _text(screen: VerdictScreen | ReceiptScreen) -> str:
    return "\n".join(row.text for row in screen.query_one(RowList).rows)


async def test_shut_gates_are_named_with_what_opens_them_and_nothing_can_be_typed(tmp_path: Path) -> None:
    source = FakeSource(tmp_path)
    async with ReviewApp(source).run_test(size=(120, 40)) as pilot:
        screen = await _verdict(pilot, "ctrl+a")
        text = _text(screen)
        assert "High findings decided" in text
        assert "opens by  adopt or dismiss each of them" in text
        await pilot.press(*"3f2a", "enter")
        assert not source.signed
        await pilot.press("escape")
        assert isinstance(pilot.app.screen, ReviewScreen)


async def test_the_statement_is_read_and_the_code_arms_the_signature(tmp_path: Path) -> None:
    source = FakeSource(tmp_path, make=Open)
    async with ReviewApp(source).run_test(size=(120, 40)) as pilot:
        screen = await _verdict(pilot, "ctrl+a")
        assert "from now on I own it" in str(screen.query_one("#arm-sentence", Static).render())
        await pilot.press("enter")
        await pilot.press(*"3f2b", "enter")
        assert not source.signed
        assert "Nothing was signed" in screen.query_one("#footer", OneLine).text
        await pilot.press("backspace", "a")
        assert "Armed" in screen.query_one("#footer", OneLine).text
        await pilot.press("enter")
        await pilot.pause()
        assert len(source.signed) == 1
        receipt = pilot.app.screen
        assert isinstance(receipt, ReceiptScreen)
        text = _text(receipt)
        assert "retry-refresh.packet.intoto.jsonl" in text
        assert "reviewer verify retry-refresh.packet" in text
        await pilot.press("escape")
        assert isinstance(pilot.app.screen, ReviewScreen)


async def test_requesting_changes_needs_no_open_gate(tmp_path: Path) -> None:
    source = FakeSource(tmp_path)
    async with ReviewApp(source).run_test(size=(80, 24)) as pilot:
        screen = await _verdict(pilot, "ctrl+r")
        assert "Gates that are not passed" in _text(screen)
        await pilot.press(*"3F2A", "enter")
        await pilot.pause()
        assert [view.draft for view in source.signed] == ["rejected"]


async def test_a_refused_signature_is_said_and_leads_nowhere(tmp_path: Path) -> None:
    source = Refusing(tmp_path, make=Open)
    async with ReviewApp(source).run_test(size=(120, 40)) as pilot:
        screen = await _verdict(pilot, "ctrl+a")
        await pilot.press(*"3f2a", "enter")
        await pilot.pause()
        assert pilot.app.screen is screen
        assert "Nothing was signed: ssh-keygen: incorrect passphrase" in screen.query_one("#footer", OneLine).text


async def test_a_verdict_waits_until_the_packet_is_examined(tmp_path: Path) -> None:
    source = FakeSource(tmp_path)
    async with ReviewApp(source).run_test(size=(120, 40)) as pilot:
        screen = pilot.app.screen
        assert isinstance(screen, ReviewScreen)
        screen.examined = False
        await pilot.press("ctrl+a")
        assert pilot.app.screen is screen or not screen.examined
