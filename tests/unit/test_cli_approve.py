"""`reviewer approve` and `reject` in a real terminal, with a real key, checked by `reviewer verify`."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from reviewer.workflow.verify.stored import beside, from_file
from tests.support.keys import make_key, needs_ssh_keygen, signers_line
from tests.support.packets import NEW, OLD, make_packet
from tests.support.records import ANA
from tests.support.terminal import Conversation, converse

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = needs_ssh_keygen
PROGRAM = (sys.executable, "-m", "reviewer")
CODE = (r"Type ([0-9a-f]{6}) to sign exactly this, or press Enter to leave:", r"\1")
WALK = (
    (r"decide \[[^]]*\]:", "d"),
    (r"the reason, which is signed:", "agreed with the team"),
    (r"a note for the author \(Enter for none\):", "please"),
    (r"seen \[[^]]*\]:", "y"),
    (r"⋯ \[[^]]*\]:", ""),
    (r"answer \[[^]]*\]:", "y"),
    (r"a note, which is signed:", "looked at it"),
    (r"a note \(Enter for none\):", ""),
    (r"Enter for no more\):", ""),
    (r"leave it shut\):", "for a test"),
)


def _plain(files: dict[str, bytes]) -> dict[str, bytes]:
    """Move the code out of a folder for which two persons are needed."""
    return {
        path.replace("auth/session", "clock").replace("session", "clock"): content for path, content in files.items()
    }


class Desk:
    """A person's own settings, key and packet."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.key = make_key(folder)
        self.signers = folder / "signers"
        self.signers.write_text(signers_line(ANA, self.key.public))
        (folder / "gitconfig").write_text(
            f"[user]\n\tname = Ana Example\n\temail = {ANA}\n\tsigningkey = {self.key.path}\n"
            f'[gpg]\n\tformat = ssh\n[gpg "ssh"]\n\tallowedSignersFile = {self.signers}\n'
        )
        self.packet = make_packet(folder, _plain(OLD), _plain(NEW))
        self.environment = {
            "PATH": "/usr/bin:/bin",
            "HOME": str(folder),
            "GIT_CONFIG_GLOBAL": str(folder / "gitconfig"),
            "GIT_CONFIG_NOSYSTEM": "1",
            "REVIEWER_CONFIG_DIR": str(folder / "config"),
            "REVIEWER_STATE_DIR": str(folder / "state"),
            "LANG": "C.UTF-8",
            "TERM": "xterm",
        }

    def talk(self, verb: str, *replies: tuple[str, str], arguments: tuple[str, ...] = ()) -> Conversation:
        return converse(
            (*PROGRAM, verb, str(self.packet), *arguments), replies, environment=self.environment, cwd=self.folder
        )

    def run(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            (*PROGRAM, *arguments),
            capture_output=True,
            text=True,
            check=False,
            cwd=self.folder,
            env=self.environment | more,
        )


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_a_person_walks_signs_and_anyone_can_check(desk: Desk) -> None:
    assert desk.run("verify", str(desk.packet)).returncode == 1
    talk = desk.talk("approve", *WALK, CODE)
    assert talk.code == 0, talk.shown
    assert "WHAT YOU SIGN" in talk.shown
    assert "From now on I own it" in " ".join(talk.shown.split())
    wide = [line for line in talk.shown.split("\n") if len(line) > 80 and str(desk.folder) not in line]
    assert [line for line in wide if "sha256:" not in line] == []
    checked = desk.run("verify", str(desk.packet), "--json")
    assert checked.returncode == 0, checked.stdout
    answer = json.loads(checked.stdout)
    assert answer["records"][0]["person"] == ANA
    assert answer["records"][0]["statement"] in talk.shown
    said = from_file(beside(desk.packet), required=True).records[0].statement.predicate
    assert said.coverage.units == said.coverage.units_total > 0
    assert all(item.answer == "yes" for item in said.checklist.items)


def test_an_interrupt_and_a_wrong_code_sign_nothing_and_keep_the_answers(desk: Desk) -> None:
    talk = desk.talk("approve", (r"answer \[[^]]*\]:", "^C"), *WALK)
    assert talk.code == 130
    assert "kept" in talk.shown
    assert not beside(desk.packet).exists()
    again = desk.talk("approve", *WALK, (r"that is not the code\s+Type [0-9a-f]{6} [^:]*:", ""), (CODE[0], "nonsense"))
    assert again.code == 1
    assert "Hunks: 0 unseen of 2" in again.shown
    assert "Nothing was signed" in again.shown
    assert not beside(desk.packet).exists()


def test_changes_are_requested_with_feedback(desk: Desk) -> None:
    replies = (
        (r"Comments: 0 open\s+where [^:]*:[^:]*:", "src/clock.py:3"),
        (r"comment:", "why 30?"),
        *WALK,
        CODE,
    )
    talk = desk.talk("reject", *replies)
    assert talk.code == 0, talk.shown
    feedback = json.loads((desk.folder / "sample.packet.feedback.json").read_text())
    assert [point["text"] for point in feedback["points"] if point["kind"] == "comment"] == ["why 30?"]
    checked = desk.run("verify", str(desk.packet))
    assert checked.returncode == 1
    assert "asked for changes" in checked.stdout


def test_a_passphrase_is_asked_for_by_ssh_keygen_and_a_wrong_one_signs_nothing(desk: Desk) -> None:
    subprocess.run(["ssh-keygen", "-q", "-p", "-P", "", "-N", "open sesame", "-f", str(desk.key.path)], check=True)
    wrong = desk.talk("approve", *WALK, CODE, (r"Enter passphrase[^:]*:", "sesame"))
    assert wrong.code == 2
    assert "ssh-keygen did not sign" in wrong.shown
    assert not beside(desk.packet).exists()
    right = desk.talk("approve", *WALK, CODE, (r"Enter passphrase[^:]*:", "open sesame"))
    assert right.code == 0, right.shown
    assert "open sesame" not in right.shown
    assert desk.run("verify", str(desk.packet)).returncode == 0


@pytest.mark.parametrize("verb", ["approve", "reject"])
def test_without_a_terminal_nothing_answers(desk: Desk, verb: str) -> None:
    done = desk.run(verb, str(desk.packet))
    assert done.returncode == 2
    assert "not a terminal" in done.stderr


def test_agents_and_people_without_a_key_are_told_so(desk: Desk) -> None:
    desk.environment["CLAUDECODE"] = "1"
    talk = desk.talk("approve")
    assert talk.code == 2
    assert "only a person signs" in talk.shown
    del desk.environment["CLAUDECODE"]
    (desk.folder / "gitconfig").write_text(f"[user]\n\tname = Ana\n\temail = {ANA}\n")
    talk = desk.talk("approve")
    assert talk.code == 2
    assert "no key to sign with" in talk.shown


def test_shut_gates_refuse_an_approval(desk: Desk) -> None:
    replies = [pair for pair in WALK if "seen" not in pair[0] and "shut" not in pair[0]]
    talk = desk.talk("approve", (r"seen \[[^]]*\]:", "q"), (r"leave it shut\):", ""), *replies, CODE)
    assert talk.code == 2
    assert "the gate" in talk.shown
    assert not beside(desk.packet).exists()
