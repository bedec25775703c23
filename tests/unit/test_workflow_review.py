from __future__ import annotations

import json
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest

from reviewer.errors import BadPacketError, JournalError
from reviewer.packet import member
from reviewer.review.event import (
    CommentWritten,
    FindingAdopted,
    FindingDismissed,
    GateWaived,
    HunksMarked,
    ItemAnswered,
)
from reviewer.review.journal import journal_name
from reviewer.workflow.open import peek
from reviewer.workflow.review import Review, ReviewSettings
from tests.support.journals import counting, ticking
from tests.support.packets import EVENTS, NEW, OLD, make_packet, unified_diff

if TYPE_CHECKING:
    from pathlib import Path

    from reviewer.checks.finding import CheckResult

ANA, BO = "ana@example.org", "bo@example.org"


def review(packet: Path, root: Path, by: str = ANA, prefix: str = "e", **options: Any) -> Review:  # noqa: ANN401
    return Review.open(packet, ReviewSettings(by, root), ticking(), counting(f"{by}{prefix}"), **options)


@pytest.fixture
def packet(tmp_path: Path) -> Path:
    return make_packet(tmp_path)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "journals"


def gate(of: Review, name: str) -> str:
    return next((result.state for result in of.gates() if result.gate.id == name), "absent")


def test_everything_recorded_is_there_again(packet: Path, root: Path) -> None:
    with review(packet, root) as first:
        first.record(HunksMarked(hunks=(first.units[0].id,), seen=True))
        first.record(ItemAnswered(item="scope", answer="yes"))
        state = first.record(CommentWritten(comment="c", scope="file", text="why", file="README.md"))
        assert first.coverage.seen_units == 1
        assert state is first.state
    with review(packet, root, prefix="again") as second:
        assert second.state == state
        assert second.coverage == first.coverage
        assert second.torn == 0


def test_an_event_is_on_disk_before_it_is_in_the_state(packet: Path, root: Path) -> None:
    with review(packet, root) as mine:
        lines = mine.journal_path.read_bytes().count(b"\n")
        mine.record(ItemAnswered(item="scope", answer="yes"))
        assert mine.journal_path.read_bytes().count(b"\n") == lines + 1
        mine.journal_path.unlink()
        before = mine.state
        with pytest.raises(JournalError):
            mine.record(ItemAnswered(item="scope", answer="no"))
        assert mine.state is before


def test_the_start_is_recorded_once_and_nothing_twice(packet: Path, root: Path) -> None:
    for prefix in ("a", "b", "c"):
        with review(packet, root, prefix=prefix) as mine:
            mine.record(ItemAnswered(item="scope", answer="yes"))
            assert mine.state.entries == 2
            assert mine.state.started is not None
            assert mine.state.started.packet == mine.opened.packet.key


def test_a_dismissal_needs_a_reason(packet: Path, root: Path) -> None:
    with review(packet, root) as mine, pytest.raises(JournalError, match="reason"):
        mine.record(FindingDismissed(finding="f", reason=" "))


def test_a_torn_event_is_reported_and_the_rest_kept(packet: Path, root: Path) -> None:
    with review(packet, root) as mine:
        mine.record(ItemAnswered(item="scope", answer="yes"))
        path = mine.journal_path
    with path.open("ab") as stream:
        stream.write(b'{"v":1,"seq":9')
    with review(packet, root, prefix="b") as mine:
        assert mine.torn == 14
        assert mine.state.answers["scope"].answer == "yes"
        mine.record(ItemAnswered(item="scope", answer="no"))
    assert all(json.loads(line) for line in path.read_bytes().splitlines())


def test_a_journal_of_another_packet_is_refused(packet: Path, root: Path, tmp_path: Path) -> None:
    with review(packet, root) as mine:
        path = mine.journal_path
    other = make_packet(tmp_path, OLD, NEW | {"README.md": b"# Other\n"}, name="other.packet")
    with review(other, root) as mine:
        place = mine.journal_path
    place.write_bytes(path.read_bytes())
    with pytest.raises(JournalError, match="another packet"):
        review(other, root)


def test_two_reviewers_see_each_other_and_stay_apart(packet: Path, root: Path) -> None:
    with review(packet, root) as ana, review(packet, root, BO) as bo:
        ana.record(ItemAnswered(item="scope", answer="yes"))
        assert bo.refresh()
        assert not bo.refresh()
        assert bo.partners[ANA].answers["scope"].answer == "yes"
        assert not bo.state.answers
        bo.record(ItemAnswered(item="scope", answer="no"))
        assert bo.state.seq > ana.state.seq
        ana.refresh()
        assert ana.partners[BO].answers["scope"].answer == "no"
        assert ana.state.answers["scope"].answer == "yes"
        assert {path.name for path in ana.journal_path.parent.iterdir()} == {journal_name(ANA), journal_name(BO)}


def test_a_second_window_of_the_same_person_is_taken_in(packet: Path, root: Path) -> None:
    with review(packet, root) as one, review(packet, root, prefix="w") as two:
        one.record(ItemAnswered(item="scope", answer="yes"))
        two.record(ItemAnswered(item="style", answer="no"))
        assert set(two.state.answers) == {"scope", "style"}
        one.refresh()
        assert one.state == two.state


def test_a_partners_journal_that_is_damaged_forged_or_foreign_is_told(packet: Path, root: Path) -> None:
    with review(packet, root) as ana:
        folder = ana.journal_path.parent
        mine = ana.journal_path.read_bytes()
        (folder / "x.jsonl").write_bytes(b"junk\n")
        (folder / "y.jsonl").write_bytes(mine)
        (folder / "z.jsonl").symlink_to(ana.journal_path)
        (folder / journal_name(BO)).write_bytes(
            mine.replace(ana.opened.packet.key.encode(), b"0" * 64).replace(b"ana@", b"bo@")
        )
        (folder / "notes.txt").write_text("not a journal")
        ana.refresh()
        assert ana.partners == {}
        assert len(ana.partner_problems) == 4
        assert any("another packet" in problem for problem in ana.partner_problems)


def test_checks_proof_and_gates(packet: Path, root: Path) -> None:
    told: list[CheckResult] = []
    with review(packet, root) as mine:
        assert (gate(mine, "packet_intact"), gate(mine, "checks_complete")) == ("open", "open")
        mine.examine(told.append)
        assert tuple(told) == mine.results
        assert mine.examined
        assert (mine.breaks, mine.unread) == ((), ())
        assert gate(mine, "packet_intact") == "passed"
        assert gate(mine, "diff_parsed") == "passed"
        assert gate(mine, "hunks_seen") == "open"
        mine.record(HunksMarked(hunks=tuple(unit.id for unit in mine.units), seen=True))
        assert gate(mine, "hunks_seen") == "passed"
        assert mine.coverage.complete
        assert mine.risk_class in "ABC"
        mine.examine(told.append)
        assert len(told) == len(mine.results)


def test_stopping_the_checks_leaves_them_undone(packet: Path, root: Path) -> None:
    with review(packet, root) as mine:
        mine.examine(cancelled=lambda: len(mine.results) == 1)
        assert len(mine.results) == 1
        assert not mine.examined
        assert gate(mine, "checks_complete") == "open"
        mine.examine()
        assert mine.examined


def test_a_packet_that_does_not_prove_itself_cannot_be_approved(tmp_path: Path, root: Path) -> None:
    lie = unified_diff(OLD, NEW).replace(b"SKEW = 30", b"SKEW = 31")
    with review(make_packet(tmp_path, diff=lie), root) as mine:
        mine.examine()
        assert any("other content" in each for each in mine.breaks)
        assert gate(mine, "packet_intact") == "shut"
        mine.record(GateWaived(gate="packet_intact", reason="please"))
        assert gate(mine, "packet_intact") == "shut"


def test_a_damaged_run_is_refused_at_once(tmp_path: Path, root: Path) -> None:
    events = [*EVENTS[:2], {"kind": "read", "seq": "two"}]
    with pytest.raises(BadPacketError, match=r"timeline\.jsonl"):
        review(make_packet(tmp_path, events=events), root)


def test_findings_are_adopted_and_dismissed(tmp_path: Path, root: Path) -> None:
    new = NEW | {".github/workflows/ci.yml": b"on: push\n"}
    with review(make_packet(tmp_path, OLD, new), root) as mine:
        mine.examine()
        outside = next(finding for finding in mine.findings if finding.file == ".github/workflows/ci.yml")
        mine.record(FindingAdopted(finding=outside.id, note="take it out"))
        assert mine.state.dispositions[outside.id].kind == "adopted"


def test_the_glance_is_taken_over(packet: Path, root: Path) -> None:
    glance = peek(packet)
    with review(packet, root, glance=glance) as mine:
        assert mine.index is glance.index


def test_a_journal_lies_with_the_persons_state_without_a_repository(
    packet: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REVIEWER_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)
    with Review.open(packet, ReviewSettings(ANA), ticking(), counting()) as mine:
        key = mine.opened.packet.key
        assert mine.journal_path == tmp_path / "state" / "journal" / key[:16] / f"{ANA}.jsonl"


def test_threads_may_record_at_the_same_time(packet: Path, root: Path) -> None:
    with review(packet, root) as mine:

        def mark(name: str) -> None:
            for n in range(10):
                mine.record(HunksMarked(hunks=(f"{name}{n}",), seen=True))

        threads = [threading.Thread(target=mark, args=(name,)) for name in "abc"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(mine.state.seen) == 30
        assert mine.state.entries == 31


_WRITER = """
import sys, itertools
from datetime import UTC, datetime
from pathlib import Path
from reviewer.review.event import HunksMarked
from reviewer.workflow.review import Review, ReviewSettings
packet, root, name = sys.argv[1:]
new_id = map((name + "{}").format, itertools.count()).__next__
mine = Review.open(Path(packet), ReviewSettings("ana@example.org", Path(root)), lambda: datetime.now(UTC), new_id)
for n in range(25):
    mine.record(HunksMarked(hunks=(f"{name}{n}",), seen=True))
"""


def test_two_processes_of_one_reviewer_do_not_interleave(packet: Path, root: Path) -> None:
    writers = [subprocess.Popen([sys.executable, "-c", _WRITER, str(packet), str(root), name]) for name in "pq"]
    assert [writer.wait(60) for writer in writers] == [0, 0]
    with review(packet, root) as mine:
        assert len(mine.state.seen) == 50
        # Both may find an empty journal; only the order of the two starts is left to chance.
        assert mine.state.entries in (51, 52)


def test_the_packet_is_checked_byte_by_byte_when_it_is_opened(tmp_path: Path, root: Path) -> None:
    packet = make_packet(tmp_path, folder=True)
    log = packet / member.log_name(1)
    log.write_bytes(log.read_bytes().replace(b"1 passed", b"9 passed"))
    with pytest.raises(BadPacketError, match="logs/1"):
        review(packet, root)
