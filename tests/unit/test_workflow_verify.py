"""Is it approved? Packets and ranges, and every way in which the answer is no."""

from __future__ import annotations

import dataclasses
import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from reviewer import ledger
from reviewer.approval import allowed_signers
from reviewer.errors import BadInputError, BadPacketError, UndeterminedError
from reviewer.git.quarantine import Quarantine
from reviewer.packet.limits import DEFAULT_LIMITS, Limits
from reviewer.workflow.verify import EXIT_CODES, approvers, load_signers, verify_packet, verify_range
from reviewer.workflow.verify.ledger_log import read_log
from reviewer.workflow.verify.stored import beside
from tests.support.approvals import decide, gate, packet_of
from tests.support.keys import FakeSigner, signers_line
from tests.support.packets import NEW, make_packet
from tests.support.records import ANA, NOW, make_record, signers_for
from tests.support.repositories import ScriptedRepository

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BOB, BOB_KEY = "bob@example.org", FakeSigner(b"bob")
BOTH = allowed_signers.parse(
    (signers_line(ANA, FakeSigner().public) + signers_line(BOB, BOB_KEY.public)).encode(), "signers"
)
LATER = NOW + timedelta(hours=1)


def _state(path: Path, signers: allowed_signers.AllowedSigners | None = BOTH) -> tuple[str, str]:
    verdict = verify_packet(path, signers, now=LATER)
    return verdict.state, verdict.reason


@pytest.mark.parametrize("folder", [False, True])
def test_an_approved_packet_is_approved_and_says_by_whom(tmp_path: Path, *, folder: bool) -> None:
    path = make_packet(tmp_path, name="x.packet", folder=folder)
    receipt = decide(path)
    verdict = verify_packet(path, BOTH, now=LATER)
    assert (verdict.state, verdict.reason) == ("approved", f"approved by {ANA} on 2026-11-20")
    assert verdict.opinions[0].digest == receipt.digest
    # The packet says that Ana ran the agent.
    assert any("not an independent one" in note for note in verdict.opinions[0].notes)
    assert json.loads(json.dumps(verdict.as_json()))["records"][0]["person"] == ANA
    assert EXIT_CODES[verdict.state] == 0


def test_the_file_and_the_folder_of_one_packet_share_an_approval(tmp_path: Path) -> None:
    archive = make_packet(tmp_path, name="a.packet")
    folder = make_packet(tmp_path, name="b", folder=True)
    decide(archive)
    beside(folder).write_bytes(beside(archive).read_bytes())
    assert _state(folder)[0] == "approved"


def test_no_record_no_signers_and_unknown_signers(tmp_path: Path) -> None:
    path = make_packet(tmp_path)
    assert _state(path) == ("not_approved", f"there is no record of an approval (looked in {path.name}.intoto.jsonl)")
    assert _state(path, None)[0] == "not_approved"
    decide(path)
    assert _state(path, None) == ("undetermined", "no list of allowed signers is set, so nobody can be believed")
    assert _state(path, signers_for(BOB_KEY, who=BOB))[0] == "not_approved"


@pytest.mark.parametrize(
    ("options", "why"),
    [('namespaces="git"', "namespaces 'git' only"), ('valid-before="20261120123000Z"', "expired")],
)
def test_another_namespace_and_an_expired_key_are_a_no(tmp_path: Path, options: str, why: str) -> None:
    path = make_packet(tmp_path)
    decide(path)
    state, reason = _state(path, signers_for(options=options))
    assert state == "not_approved"
    assert why in reason


def test_the_approval_of_another_packet_is_a_no(tmp_path: Path) -> None:
    path = make_packet(tmp_path)
    decide(path)
    # The same change, packed again with another title: what was read is not what is here.
    other = make_packet(tmp_path, name="other.packet", manifest={"title": "Another"})
    beside(other).write_bytes(beside(path).read_bytes())
    state, reason = _state(other)
    assert state == "not_approved"
    assert "another packet" in reason


def test_a_changed_packet_is_a_no_with_the_reason(tmp_path: Path) -> None:
    path = make_packet(tmp_path)
    decide(path)
    data = bytearray(path.read_bytes())
    at = bytes(data).index(b"SKEW = 30")
    data[at + 7] ^= 1
    path.write_bytes(data)
    state, reason = _state(path)
    assert state == "not_approved"
    assert "not what anybody approved" in reason
    path.unlink()
    make_packet(tmp_path, new=NEW | {"README.md": b"# Other\n"})
    assert _state(path)[0] == "not_approved"


def test_a_broken_packet_without_records_is_bad_input(tmp_path: Path) -> None:
    path = make_packet(tmp_path)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(BadPacketError):
        _state(path)


def test_one_changed_byte_of_packet_or_record_is_never_an_approval(tmp_path: Path) -> None:
    path = make_packet(tmp_path)
    decide(path)
    for file in (path, beside(path)):
        whole = file.read_bytes()
        for offset in range(0, len(whole), max(1, len(whole) // 60)):
            changed = bytearray(whole)
            changed[offset] ^= 1 << (offset % 8)
            file.write_bytes(changed)
            assert _state(path)[0] == "not_approved", (file.name, offset)
        file.write_bytes(whole)
    assert _state(path)[0] == "approved"


def test_one_changed_byte_of_any_file_of_a_folder_is_never_an_approval(tmp_path: Path) -> None:
    folder = make_packet(tmp_path, name="x", folder=True)
    decide(folder)
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        whole = file.read_bytes()
        for offset in {0, len(whole) // 2, len(whole) - 1}:
            changed = bytearray(whole)
            changed[offset] ^= 4
            file.write_bytes(changed)
            assert _state(folder)[0] == "not_approved", (file.name, offset)
        file.write_bytes(whole)
    assert _state(folder)[0] == "approved"


def test_an_approved_packet_that_is_too_large_here_says_so(tmp_path: Path) -> None:
    path = make_packet(tmp_path)
    decide(path)
    with pytest.raises(BadPacketError, match="members"):
        verify_packet(path, BOTH, now=LATER, limits=Limits(max_members=2))


def test_a_rejection_afterwards_is_a_no_and_its_damage_is_no_way_round_it(tmp_path: Path) -> None:
    path = make_packet(tmp_path)
    decide(path)
    decide(path, "rejected", now=NOW + timedelta(minutes=1))
    state, reason = _state(path)
    assert state == "not_approved"
    assert "asked for changes" in reason
    file = beside(path)
    file.write_bytes(file.read_bytes()[:-2] + b"]\n")
    state, reason = _state(path)
    assert state == "not_approved"
    assert "damaged" in reason
    file.write_bytes(file.read_bytes()[:-1])
    assert "cut" in _state(path)[1]


def test_another_person_s_rejection_is_shown_beside_an_approval(tmp_path: Path) -> None:
    path = make_packet(tmp_path)
    decide(path)
    decide(path, "rejected", signer=BOB_KEY, email=BOB)
    verdict = verify_packet(path, BOTH, now=LATER)
    assert verdict.state == "approved"
    assert verdict.notes == (f"{BOB} asked for changes on 2026-11-20",)


def test_a_change_that_waits_for_a_second_person_needs_one(tmp_path: Path) -> None:
    path = make_packet(tmp_path)
    waiting = (gate("open", gate_id="two_persons", stage="merging"),)
    decide(path, gate_results=waiting)
    assert _state(path) == ("not_approved", f"two persons have to approve it; so far {ANA} did")
    decide(path, now=NOW + timedelta(minutes=1), gate_results=waiting)
    assert _state(path)[0] == "not_approved"
    decide(path, signer=BOB_KEY, email=BOB, gate_results=(gate("passed", gate_id="two_persons", stage="merging"),))
    assert _state(path) == ("approved", f"approved by {ANA} and {BOB}")


def test_the_next_person_is_told_who_has_approved_and_only_if_it_verifies(tmp_path: Path) -> None:
    path = make_packet(tmp_path)
    signers = tmp_path / "signers"
    signers.write_text(signers_line(ANA, FakeSigner().public))
    assert approvers(path, signers, now=LATER, limits=DEFAULT_LIMITS) == ()
    decide(path)
    decide(path, signer=BOB_KEY, email=BOB)
    assert approvers(path, signers, now=LATER, limits=DEFAULT_LIMITS) == (ANA,)
    signers.write_text("not a list\n")
    assert approvers(path, signers, now=LATER, limits=DEFAULT_LIMITS) == ()


def test_a_record_that_lies_about_the_packet_does_not_count(tmp_path: Path) -> None:
    path = make_packet(tmp_path)
    decide(path)
    record = json.loads(beside(path).read_bytes())
    assert record
    beside(path).write_bytes(make_record() + b"\n")
    assert "another packet" in _state(path)[1]


def test_named_files_have_to_exist_and_are_read(tmp_path: Path) -> None:
    path = make_packet(tmp_path)
    decide(path)
    moved = tmp_path / "elsewhere.jsonl"
    beside(path).rename(moved)
    assert verify_packet(path, BOTH, now=LATER, named=(moved,)).state == "approved"
    with pytest.raises(BadInputError, match="does not exist"):
        verify_packet(path, BOTH, now=LATER, named=(tmp_path / "nothing",))


def test_signers_are_named_else_configured_else_git_s(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {name: tmp_path / name for name in ("named", "configured", "git")}
    for name, file in files.items():
        file.write_text(signers_line(f"{name}@x", FakeSigner().public))
    config = tmp_path / "config"
    config.mkdir()
    monkeypatch.setenv("REVIEWER_CONFIG_DIR", str(config))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    assert load_signers() is None
    (tmp_path / "gitconfig").write_text(f'[gpg "ssh"]\n\tallowedSignersFile = {files["git"]}\n')
    listed = load_signers()
    assert listed is not None
    assert listed.name == "git"
    (config / "config.toml").write_text(f'[signing]\nallowed_signers = "{files["configured"]}"\n')
    listed = load_signers()
    assert listed is not None
    assert listed.name == "configured"
    listed = load_signers(files["named"])
    assert listed is not None
    assert listed.name == "named"
    with pytest.raises(BadInputError, match="cannot be read"):
        load_signers(tmp_path / "nothing")


def test_a_relative_setting_for_signers_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "signers").write_text(signers_line("eve@x", FakeSigner().public))
    monkeypatch.setenv("REVIEWER_CONFIG_DIR", str(tmp_path / "config"))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    (tmp_path / "gitconfig").write_text('[gpg "ssh"]\n\tallowedSignersFile = signers\n')
    with pytest.raises(BadInputError, match="relative path"):
        load_signers()


@dataclasses.dataclass
class _Line:
    """A repository with a base and three commits, and its quarantine."""

    repository: ScriptedRepository
    quarantine: Quarantine
    commits: list[str]
    folder: Path

    def approve(self, base: str, head: str, **options: object) -> Path:
        name = f"{base[:8]}-{head[:8]}.packet"
        path = packet_of(self.quarantine, base, head, self.repository.git_dir / "reviewer" / "packets" / name)
        decide(path, **options)  # type: ignore[arg-type]
        return path

    def states(self, base: str, head: str = "HEAD") -> list[str]:
        self.quarantine.refresh()
        verdict = verify_range(self.quarantine, base, head, BOTH, now=LATER)
        assert (verdict.state == "approved") is all(entry.state == "approved" for entry in verdict.commits)
        return [entry.state for entry in verdict.commits]


@pytest.fixture
def line(tmp_path: Path) -> Iterator[_Line]:
    repository = ScriptedRepository(tmp_path / "repo")
    commits = [repository.commit(f"c{n}", {"a": f"{n}\n"}) for n in range(4)]
    with Quarantine.of(repository.root) as quarantine:
        yield _Line(repository, quarantine, commits, tmp_path)


YES, NO = "approved", "not_approved"


def test_a_range_is_covered_piece_by_piece(line: _Line) -> None:
    c = line.commits
    assert line.states(c[0]) == [NO, NO, NO]
    line.approve(c[0], c[2])
    assert line.states(c[0]) == [YES, YES, NO]
    line.approve(c[2], c[3])
    assert line.states(c[0]) == [YES, YES, YES]
    assert line.states(c[1]) == [YES, YES]


def test_a_commit_added_or_amended_after_the_approval_is_a_no(line: _Line) -> None:
    c = line.commits
    line.approve(c[0], c[3])
    assert line.states(c[0]) == [YES, YES, YES]
    line.repository.commit("one more", {"a": "9\n"})
    assert line.states(c[0]) == [YES, YES, YES, NO]
    line.repository.git("reset", "-q", "--hard", c[3])
    line.repository.git("commit", "-q", "--amend", "-m", "same tree, other words")
    assert line.states(c[0]) == [NO, NO, NO]


def test_an_approval_of_more_than_the_tip_does_not_cover_a_shorter_range(line: _Line) -> None:
    c = line.commits
    line.approve(c[0], c[3])
    assert line.states(c[0], c[2]) == [NO, NO]


def test_a_merge_is_covered_by_the_approval_of_its_branch_if_it_brings_only_that(line: _Line) -> None:
    repository, c = line.repository, line.commits
    repository.switch("topic", start=c[3])
    topic = repository.commit("topic", {"b": "1\n"})
    repository.switch("main")
    repository.merge("topic")
    line.quarantine.refresh()
    line.approve(c[3], topic)
    assert line.states(c[3]) == [YES]
    # An evil merge: same parents, and one more file.
    repository.git("reset", "-q", "--hard", c[3])
    repository.git("merge", "-q", "--no-ff", "--no-commit", "topic")
    repository.commit("evil merge", {"evil": "x\n"})
    assert repository.git("rev-parse", "HEAD^2") == topic
    assert line.states(c[3]) == [NO]


def test_a_base_that_moved_on_does_not_matter_to_the_branch(line: _Line) -> None:
    repository, c = line.repository, line.commits
    repository.switch("topic", start=c[1])
    topic = repository.commit("topic", {"b": "1\n"})
    line.quarantine.refresh()
    line.approve(c[1], topic)
    assert line.states("main", "topic") == [YES]


def test_a_rejection_of_the_same_range_is_a_no(line: _Line) -> None:
    c = line.commits
    path = line.approve(c[0], c[3])
    decide(path, "rejected", now=NOW + timedelta(minutes=5))
    assert line.states(c[0]) == [NO, NO, NO]


def test_ranges_read_the_ledger_and_say_when_nobody_can_be_believed(line: _Line) -> None:
    c = line.commits
    ledger.init(line.quarantine)
    path = packet_of(line.quarantine, c[0], c[3], line.folder / "elsewhere" / "x.packet")
    decide(path, repository=line.quarantine.repository)
    assert line.states(c[0]) == [YES, YES, YES]
    verdict = verify_range(line.quarantine, c[0], "HEAD", None, now=LATER)
    assert verdict.state == "undetermined"
    assert "no list" in verdict.reason
    log = read_log(line.repository.root)
    assert [entry.commit for entry in log.entries] == [c[3]]
    assert log.problems == ()


def test_a_damaged_file_of_the_repository_gives_no_approval(line: _Line) -> None:
    c = line.commits
    path = line.approve(c[0], c[3])
    decide(path, "rejected", now=NOW + timedelta(minutes=5))
    lines = beside(path).read_bytes().split(b"\n")
    beside(path).write_bytes(b"\n".join([lines[0], lines[1][:-1] + b"]", b""]))
    assert line.states(c[0]) == [NO, NO, NO]


def test_a_rewritten_ledger_makes_it_undetermined(line: _Line) -> None:
    c, repository = line.commits, line.repository
    ledger.init(line.quarantine)
    path = packet_of(line.quarantine, c[0], c[3], line.folder / "elsewhere" / "x.packet")
    decide(path, repository=line.quarantine.repository)
    rejected = decide(path, "rejected", repository=line.quarantine.repository, now=NOW + timedelta(minutes=5))
    assert line.states(c[0]) == [NO, NO, NO]
    repository.git("checkout", "-q", "reviewer/ledger")
    repository.git("rm", "-q", ledger.record_path(rejected.digest))
    repository.git("commit", "-q", "-m", "tidy up")
    repository.git("checkout", "-q", "main")
    line.quarantine.refresh()
    verdict = verify_range(line.quarantine, c[0], "HEAD", BOTH, now=LATER)
    assert verdict.state == "undetermined"
    assert "removed" in verdict.reason
    assert read_log(repository.root).problems
    beside(path).unlink()
    assert verify_packet(path, BOTH, now=LATER, quarantine=line.quarantine).state == "undetermined"


def test_an_empty_range_and_a_missing_commit_are_bad_input(line: _Line) -> None:
    with pytest.raises(BadInputError, match="no commits"):
        line.states("HEAD", "HEAD")
    with pytest.raises(BadInputError):
        line.states("HEAD", "no-such-branch")


def test_missing_objects_are_undetermined(line: _Line) -> None:
    c = line.commits
    line.approve(c[0], c[3])
    blob = line.repository.git("rev-parse", f"{c[3]}:a")
    line.repository.path_of(blob).unlink()
    with Quarantine.of(line.repository.root) as fresh, pytest.raises(UndeterminedError):
        verify_range(fresh, c[0], c[3], BOTH, now=LATER)


def test_a_packet_is_compared_with_the_repository_at_hand(line: _Line) -> None:
    c = line.commits
    path = line.approve(c[0], c[3])
    assert verify_packet(path, BOTH, now=LATER, quarantine=line.quarantine).state == "approved"
    other = ScriptedRepository(line.folder / "other")
    other.commit("unrelated", {"z": "1\n"})
    with Quarantine.of(other.root) as quarantine:
        verdict = verify_packet(path, BOTH, now=LATER, quarantine=quarantine)
    assert verdict.state == "approved"
    assert "does not have the commits" in verdict.notes[0]
