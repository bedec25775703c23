"""The ceremony without a person: what is drafted, what refuses, and what is kept."""

from __future__ import annotations

import dataclasses
import errno
import json
import os
from typing import TYPE_CHECKING

import pytest

from reviewer import ledger
from reviewer.approval import allowed_signers, statement, verify
from reviewer.checks.finding import CheckResult, Finding, SwitchedOff, ToolRun
from reviewer.checks.inputs import digest_of
from reviewer.checks.probed import Matrix, Probed
from reviewer.config import Config
from reviewer.errors import BadInputError, BadPacketError, JournalError, SigningError
from reviewer.git.identity import GitIdentity
from reviewer.git.quarantine import Quarantine
from reviewer.review.event import (
    CommentWritten,
    FindingAdopted,
    FindingDismissed,
    GateWaived,
    ItemAnswered,
    VerdictRecorded,
)
from reviewer.workflow import approve
from reviewer.workflow.approve.surroundings import automation
from reviewer.workflow.settings import Settings
from reviewer.workflow.verify import stored
from tests.support.approvals import decide, gate, open_review, packet_of, reviewer
from tests.support.keys import FakeSigner, make_key, needs_ssh_keygen, signers_line
from tests.support.packets import NEW, make_packet
from tests.support.records import ANA, NOW
from tests.support.repositories import ScriptedRepository

if TYPE_CHECKING:
    from pathlib import Path

    from reviewer.approval.predicate import ProbeRun
    from reviewer.review.event import ReviewEvent
    from reviewer.review.state import ReviewState

FINDINGS = tuple(
    Finding(
        id=name * 16,
        mode="scope",
        rule="outside",
        severity="high",
        message="it \x1b[1m",
        why="w",
        file="a\n.py",
        line=3,
    )
    for name in "abc"
)


def test_the_draft_says_what_the_review_says(tmp_path: Path) -> None:
    results = (CheckResult(mode="scope", status="incomplete", findings=FINDINGS, reason="no blobs", version=2),)
    review = open_review(make_packet(tmp_path), findings=FINDINGS, results=results)
    item = review.policy.checklist[0]
    for event in (
        ItemAnswered(item=item.id, answer="no", note="two\nlines"),
        FindingAdopted(finding=FINDINGS[0].id, note="fix"),
        FindingDismissed(finding=FINDINGS[1].id, reason="agreed"),
        CommentWritten(comment="c1", scope="line", text="rename \u202e", file="src/x.py", side="new", line=4),
        GateWaived(gate="hunks_seen", reason="generated"),
    ):
        review.record(event)
    review.gate_results = (gate("waived"), gate("open", gate_id="two_persons", stage="merging"))
    made = approve.draft(review, "approved", reviewer(), NOW)
    said = statement.parse(made.statement_bytes).predicate
    assert said.packet.digest == review.opened.packet.digest()
    assert said.packet.key == review.opened.packet.key
    assert said.change.entries == 2
    answers = {entry.id: entry.answer for entry in said.checklist.items}
    assert answers[item.id] == "no"
    assert set(answers) == {entry.id for entry in review.policy.checklist}
    assert [entry.decision for entry in said.findings.decisions] == ["adopted", "dismissed"]
    assert said.findings.decisions[0].message == "it ⟨U+001B⟩[1m"
    assert said.findings.decisions[0].file == "a⟨U+000A⟩.py"
    assert (said.findings.undecided, said.findings.counts.high) == (1, 3)
    assert said.findings.checks[0].not_examined == "no blobs"
    assert said.comments[0].text == "rename ⟨U+202E⟩"
    assert (said.gates[0].state, said.gates[0].reason) == ("waived", "generated")
    assert said.independence.operator == "Ana Example <ana@example.org>"
    assert said.decided_at == "2026-11-20T12:00:00Z"
    assert made.code == made.payload_digest[:6]
    assert any("not an independent" in line for section in made.words for line in section.lines)


def test_the_draft_says_how_each_check_ran_and_what_was_switched_off(tmp_path: Path) -> None:
    off = SwitchedOff(mode="scope", rule="", reason="a \x1b[1m reason", source="policy own of base 12345678")
    tool = ToolRun(tool="ty 1", argv=("ty",), code=1)
    run = CheckResult(
        mode="scope",
        status="done",
        findings=FINDINGS,
        examined="2 paths",
        tools=(tool, tool),
        inputs="a" * 64,
        off=(off,),
    )
    review = open_review(make_packet(tmp_path), findings=FINDINGS, results=(run,))
    (ran,) = statement.parse(
        approve.draft(review, "approved", reviewer(), NOW).statement_bytes
    ).predicate.findings.checks
    assert (ran.examined, ran.tools, ran.inputs, ran.by) == ("2 paths", ("ty 1",), "a" * 64, None)
    assert ran.counts is not None
    assert ran.counts.high == 3
    assert (ran.switched_off[0].rule, ran.switched_off[0].reason) == (None, "a ⟨U+001B⟩[1m reason")


def test_what_was_run_is_signed_only_for_these_trees(tmp_path: Path) -> None:
    review = open_review(make_packet(tmp_path))
    change = review.opened.packet.manifest.change
    probed = Probed(
        base_tree=change.base_tree,
        head_tree=change.head_tree,
        environment="e",
        containment="namespaces",
        tests=Matrix(framework="pytest"),
    )

    def signed() -> ProbeRun | None:
        payload = approve.draft(review, "approved", reviewer(), NOW).statement_bytes
        return statement.parse(payload).predicate.findings.probe

    assert signed() is None
    review.probed = probed
    said = signed()
    assert said is not None
    assert (said.parts, said.containment, said.digest) == (("tests",), "namespaces", digest_of(probed))
    review.probed = dataclasses.replace(probed, tests=Matrix(framework="unittest"))
    other = signed()
    assert other is not None
    assert other.digest != said.digest
    review.probed = dataclasses.replace(probed, base_tree="9" * 40)
    assert signed() is None


@pytest.mark.parametrize("state", ["shut", "open"])
def test_a_gate_that_holds_back_refuses_an_approval_and_not_a_rejection(tmp_path: Path, state: str) -> None:
    review = open_review(make_packet(tmp_path), gate_results=(gate(state),))
    with pytest.raises(SigningError, match="hunks seen") as caught:
        approve.draft(review, "approved", reviewer(), NOW)
    assert caught.value.hint == "look at the rest"
    assert approve.draft(review, "rejected", reviewer(), NOW).verdict == "rejected"


@pytest.mark.parametrize("folder", [False, True])
def test_a_record_is_kept_beside_the_packet_and_in_the_journal(tmp_path: Path, *, folder: bool) -> None:
    path = make_packet(tmp_path, name="x.packet", folder=folder)
    review = open_review(path)
    made = approve.draft(review, "approved", reviewer(), NOW)
    receipt = approve.store(review, made, approve.sign(made, FakeSigner()))
    file = tmp_path / "x.packet.intoto.jsonl"
    assert receipt.stored_at == (str(file),)
    record = verify.read(file.read_bytes().removesuffix(b"\n"))
    assert record.digest == receipt.digest == made.payload_digest
    assert review.recorded == [VerdictRecorded(verdict="approved", statement=receipt.digest)]
    assert receipt.check_command.startswith("reviewer verify ")


def test_records_are_appended_and_a_later_one_names_the_earlier(tmp_path: Path) -> None:
    path = make_packet(tmp_path)
    first = decide(path)
    file = stored.beside(path)
    with file.open("ab") as stream:
        stream.write(b'{"cut')
    second = decide(path, "rejected")
    lines = file.read_bytes().split(b"\n")
    assert len(lines) == 3
    assert verify.read(lines[1]).statement.predicate.supersedes == (first.digest,)
    assert verify.read(lines[1]).digest == second.digest


class _Other(FakeSigner):
    """A signer that says it has one key and signs with another."""

    @property
    def fingerprint(self) -> str:
        return FakeSigner().fingerprint


def test_only_the_expected_key_and_statement_are_kept(tmp_path: Path) -> None:
    review = open_review(make_packet(tmp_path))
    made = approve.draft(review, "approved", reviewer(), NOW)
    with pytest.raises(SigningError, match="not the one"):
        approve.sign(made, FakeSigner(b"other"))
    with pytest.raises(SigningError, match="reviewer's key alone"):
        approve.sign(made, _Other(b"other"))
    again = approve.draft(review, "approved", reviewer(), NOW)
    with pytest.raises(SigningError, match="another statement"):
        approve.store(review, made, approve.sign(again, FakeSigner()))
    assert not stored.beside(review.opened.packet.path).exists()
    assert review.recorded == []


def test_a_packet_that_changes_before_or_while_signing_is_refused(tmp_path: Path) -> None:
    path = make_packet(tmp_path)
    review = open_review(path)
    made = approve.draft(review, "approved", reviewer(), NOW)
    envelope = approve.sign(made, FakeSigner())
    path.unlink()
    make_packet(tmp_path, new=NEW | {"README.md": b"# Other\n"})
    with pytest.raises(SigningError, match="changed while you signed"):
        approve.store(review, made, envelope)
    path.write_bytes(b"junk")
    with pytest.raises(SigningError, match="changed while you signed"):
        approve.store(review, made, envelope)
    assert not stored.beside(path).exists()


def test_a_member_changed_after_opening_is_refused_at_the_draft(tmp_path: Path) -> None:
    path = make_packet(tmp_path, folder=True)
    review = open_review(path)
    diff = path / "change.diff"
    diff.write_bytes(diff.read_bytes().replace(b"SKEW = 30", b"SKEW = 31"))
    with pytest.raises(BadPacketError, match=r"change\.diff"):
        approve.draft(review, "approved", reviewer(), NOW)


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    path = make_packet(tmp_path)
    stored.beside(path).mkdir()
    with pytest.raises(BadInputError, match=r"cannot be read|not a plain file"):
        decide(path)
    stored.beside(path).rmdir()
    stored.beside(path).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(SigningError, match="cannot be written"):
        decide(path)


def test_the_ledger_and_a_note_keep_it_too(tmp_path: Path) -> None:
    repository = ScriptedRepository(tmp_path / "repo")
    base = repository.commit("base", {"a": "1\n"})
    head = repository.commit("change", {"a": "2\n"})
    with Quarantine.of(repository.root) as quarantine:
        path = packet_of(quarantine, base, head, tmp_path / "a.packet")
        without = decide(path, repository=quarantine.repository)
        assert len(without.stored_at) == 1
        ledger.init(quarantine)
        receipt = decide(path, repository=quarantine.repository)
    assert len(receipt.stored_at) == 3
    note = repository.git("log", "-1", "--notes=reviewer", "--format=%N", head)
    assert "Approved by Ana Example <ana@example.org>" in note
    assert receipt.digest in note
    with Quarantine.of(repository.root) as quarantine:
        assert [digest for digest, _line in ledger.records(quarantine)] == [receipt.digest]
        said = stored.from_ledger(quarantine).records[0].statement.predicate
    assert said.independence.authors == ("Ada Author <ada@example.org>", "Cy Committer <cy@example.org>")


def test_a_branch_that_moves_while_signing_is_told(tmp_path: Path) -> None:
    repository = ScriptedRepository(tmp_path / "repo")
    base = repository.commit("base", {"a": "1\n"})
    head = repository.commit("change", {"a": "2\n"})
    with Quarantine.of(repository.root) as quarantine:
        path = packet_of(quarantine, base, head, tmp_path / "a.packet")
        review = open_review(path, repository=quarantine.repository)
        made = approve.draft(review, "approved", reviewer(), NOW)
        assert made.branches == ("refs/heads/main",)
        repository.commit("one more", {"a": "3\n"})
        receipt = approve.store(review, made, approve.sign(made, FakeSigner()))
    assert receipt.notes == (f"main moved while you signed; the record speaks of {head[:12]} only",)


def test_a_journal_that_cannot_be_written_does_not_undo_the_record(tmp_path: Path) -> None:
    review = open_review(make_packet(tmp_path))
    made = approve.draft(review, "approved", reviewer(), NOW)

    def full(event: ReviewEvent) -> ReviewState:
        raise JournalError("the disk is full")

    review.record = full  # type: ignore[method-assign]
    receipt = approve.store(review, made, approve.sign(made, FakeSigner()))
    assert receipt.notes == ("the journal does not say so: the disk is full",)
    assert stored.from_file(stored.beside(review.opened.packet.path), required=True).records


def test_a_full_disk_leaves_the_earlier_records_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make_packet(tmp_path)
    decide(path)
    before = stored.beside(path).read_bytes()
    real = os.write

    def half(descriptor: int, data: bytes) -> int:
        if len(data) < 1000:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(descriptor, data[: len(data) - 500])

    monkeypatch.setattr(os, "write", half)
    with pytest.raises(SigningError, match="No space left"):
        decide(path)
    monkeypatch.undo()
    assert stored.beside(path).read_bytes() == before


def test_feedback_is_written_for_people_and_machines(tmp_path: Path) -> None:
    path = make_packet(tmp_path)
    review = open_review(path)
    review.record(
        CommentWritten(
            comment="c1", scope="line", text="Why 30?", file="src/auth/session.py", side="new", line=3, end_line=3
        )
    )
    feedback = approve.feedback_of(review, reviewer())
    assert feedback.points[0].quote == ("SKEW = 30",)
    markdown, machine = approve.write_feedback(feedback, path)
    assert "Why 30?" in markdown.read_text()
    assert json.loads(machine.read_text())["points"][0]["line"] == 3
    with pytest.raises(BadInputError, match="cannot be written"):
        approve.write_feedback(feedback, path, tmp_path / "nowhere")
    # A link planted under the name is replaced, not followed.
    mine = tmp_path / "mine"
    mine.write_text("kept")
    markdown.unlink()
    markdown.symlink_to(mine)
    approve.write_feedback(feedback, path)
    assert mine.read_text() == "kept"
    assert not markdown.is_symlink()


@needs_ssh_keygen
def test_the_person_comes_from_settings_then_git_and_is_never_guessed(tmp_path: Path) -> None:
    key = make_key(tmp_path)
    git = GitIdentity(user_name="Ana", user_email=ANA, signing_key=str(key.path), gpg_format="ssh")
    who = approve.identity(Settings(Config(), git))
    assert (who.name, who.email, who.fingerprint) == ("Ana", ANA, key.fingerprint)
    own = Config.model_validate({"reviewer": {"name": "A. E.", "email": "a@e.org"}})
    assert approve.identity(Settings(own, git)).email == "a@e.org"
    with pytest.raises(SigningError, match="your address is not known"):
        approve.identity(Settings(Config(), dataclasses.replace(git, user_email=None)))
    listed = allowed_signers.parse(signers_line("bob", key.public).encode(), "signers")
    assert "says ana@example.org" in (who.warning(listed, NOW) or "")
    assert who.warning(allowed_signers.parse(signers_line(ANA, key.public).encode(), "s"), NOW) is None
    assert who.warning(None, NOW) is None


@pytest.mark.parametrize(
    ("environment", "mark"),
    [
        ({}, None),
        ({"CI": "false", "TMUX": "x", "CODEX_HOME": "/x"}, None),
        ({"CI": "true"}, "CI"),
        ({"CLAUDECODE": "1"}, "CLAUDECODE"),
        ({"GITHUB_ACTIONS": "true"}, "GITHUB_ACTIONS"),
    ],
)
def test_agents_and_ci_are_refused(environment: dict[str, str], mark: str | None) -> None:
    assert automation(environment) == mark
    if mark is None:
        approve.refuse_automation(environment)
    else:
        with pytest.raises(SigningError, match=mark):
            approve.refuse_automation(environment)
