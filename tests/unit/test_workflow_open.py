from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from reviewer.checks import runner
from reviewer.errors import BadPacketError
from reviewer.git.repository import find_repository
from reviewer.packet import member
from reviewer.workflow.changed import ChangedLines
from reviewer.workflow.locate import journal_folder, packet_folder, packet_path, packets, repository_of
from reviewer.workflow.open import build_case, integrity, open_packet, peek, prove
from tests.support.git_packets import git_members, git_packet, sealed
from tests.support.packets import NEW, OLD, make_packet, unified_diff
from tests.support.repositories import ScriptedRepository

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ODD = 'odd \udcff\t"name'
PNG = b"\x89PNG\0" + bytes(range(256)) * 30


@pytest.fixture(scope="module")
def range_(tmp_path_factory: pytest.TempPathFactory) -> tuple[ScriptedRepository, str, str]:
    """A change of every kind."""
    repository = ScriptedRepository(tmp_path_factory.mktemp("range") / "repo")
    text = "".join(f"line {n}\n" for n in range(60))
    repository.submodules["sub"] = "1" * 40
    (repository.root / "link").symlink_to("target")
    (repository.root / "turn").symlink_to("target")
    base = repository.commit(
        "Base",
        {
            "a.py": "one\ntwo\nthree",
            "gone.txt": "bye\n",
            "empty": "",
            "moved.txt": text,
            "same.txt": text + "x\n",
            "image.png": PNG,
            "old.bin": PNG[:400],
            ODD: "1\n",
            "run.sh": "echo\n",
        },
    )
    repository.submodules["sub"] = "2" * 40
    (repository.root / "link").unlink()
    (repository.root / "link").symlink_to("elsewhere")
    (repository.root / "turn").unlink()
    (repository.root / "run.sh").chmod(0o755)
    head = repository.commit(
        "Head",
        {
            "a.py": "one\nTWO\nthree\n",
            "gone.txt": None,
            "empty": None,
            "new empty": "",
            "new.py": "import os\n",
            "moved.txt": None,
            "dir/moved.txt": text.replace("line 30\n", "LINE 30\n"),
            "same.txt": None,
            "dir/same.txt": text + "x\n",
            "image.png": PNG + b"\0more",
            "old.bin": None,
            "new.bin": PNG[100:900],
            ODD: "2\n",
            "turn": "a file now\n",
        },
    )
    return repository, base, head


def test_a_change_of_every_kind_proves_itself(range_: tuple[ScriptedRepository, str, str], tmp_path: Path) -> None:
    repository, base, head = range_
    packet = git_packet(tmp_path / "p.packet", repository.root, base, head)
    with open_packet(packet, repository=repository.root) as opened:
        assert integrity(opened) == ()
        proof = prove(opened)
        assert (proof.breaks, proof.unread, proof.notes) == ([], [], [])
        assert proof.proven == len(opened.changes) == opened.manifest.change.files
        kinds = {change.path: change.status for change in opened.changes}
        assert kinds["turn"] == "T"
        assert kinds["dir/same.txt"] == kinds["dir/moved.txt"] == "R"
        assert kinds[ODD] == "M"
    with open_packet(packet) as opened:
        assert opened.repository is None
        assert opened.tree("old") is None
        proof = prove(opened)
        assert (proof.breaks, proof.unread) == ([], [])
        assert len(proof.notes) == 1


def test_a_change_of_type_may_be_listed_as_two_rows(
    range_: tuple[ScriptedRepository, str, str], tmp_path: Path
) -> None:
    repository, base, head = range_
    tables, members = git_members(repository.root, base, head)
    rows = [row for row in tables["file_changed"] if row["path"] != "turn"]
    gone = {"path": "turn", "status": "D", "added": 0, "removed": 1}
    tables["file_changed"] = [*rows, gone, {"path": "turn", "status": "A", "added": 1, "removed": 0}]
    tables["change"]["files"] += 1
    with open_packet(sealed(tmp_path / "p.packet", tables, members)) as opened:
        assert integrity(opened) == ()


def test_without_blobs_only_what_the_patch_carries_is_proven(
    range_: tuple[ScriptedRepository, str, str], tmp_path: Path
) -> None:
    repository, base, head = range_
    packet = git_packet(tmp_path / "p.packet", repository.root, base, head, blobs=False)
    with open_packet(packet, repository=repository.root) as opened:
        assert integrity(opened) == ()
    with open_packet(packet) as opened:
        proof = prove(opened)
        unproven = {sentence.split("'")[1] for sentence in proof.breaks}
        assert {"a.py", "dir/moved.txt", "link"} <= unproven
        assert not {"gone.txt", "new.py", "empty", "dir/same.txt", "sub", "run.sh", "new.bin"} & unproven
        assert all("cannot be proven here" in sentence for sentence in proof.breaks)
        assert opened.blob(opened.index.files[0], "old") is None
        files = {file.path: file for file in build_case(opened).files}
        assert files["a.py"].content_missing
        assert not files["sub"].content_missing


def _swap(old: bytes, new: bytes) -> Callable[[dict[str, Any], dict[str, Any]], None]:
    def change(tables: dict[str, Any], members: dict[str, Any]) -> None:
        assert old in members[member.DIFF]
        members[member.DIFF] = members[member.DIFF].replace(old, new, 1)

    return change


def _say(**values: object) -> Callable[[dict[str, Any], dict[str, Any]], None]:
    def change(tables: dict[str, Any], members: dict[str, Any]) -> None:
        tables["change"] |= values

    return change


def _forget_row(tables: dict[str, Any], members: dict[str, Any]) -> None:
    tables["file_changed"] = [row for row in tables["file_changed"] if row["path"] != "new.py"]


def _double_row(tables: dict[str, Any], members: dict[str, Any]) -> None:
    tables["file_changed"].append(tables["file_changed"][0])


def _other_rename(tables: dict[str, Any], members: dict[str, Any]) -> None:
    row = next(row for row in tables["file_changed"] if row["path"] == "dir/same.txt")
    row |= {"old_path": None}


def _other_status(tables: dict[str, Any], members: dict[str, Any]) -> None:
    row = next(row for row in tables["file_changed"] if row["path"] == "a.py")
    row |= {"status": "A", "added": 7}


def _drop_entry(tables: dict[str, Any], members: dict[str, Any]) -> None:
    data: bytes = members[member.CHANGE]
    entry = next(each for each in data.split(b"\n", 1)[1].split(b"\0") if each.endswith(b" a.py"))
    members[member.CHANGE] = data.replace(entry + b"\0", b"")


def _other_mode(tables: dict[str, Any], members: dict[str, Any]) -> None:
    data: bytes = members[member.CHANGE]
    entry = next(each for each in data.split(b"\n", 1)[1].split(b"\0") if each.endswith(b" a.py"))
    members[member.CHANGE] = data.replace(entry, b"100644 100755" + entry[13:])


def _hide_file(tables: dict[str, Any], members: dict[str, Any]) -> None:
    head, mark, rest = members[member.DIFF].partition(b"diff --git a/new.py")
    _, mark2, tail = rest.partition(b"diff --git ")
    assert mark
    assert mark2
    members[member.DIFF] = head + mark2 + tail


@pytest.mark.parametrize(
    ("alter", "words"),
    [
        (_swap(b"+TWO", b"+T\xd0\x92O"), ("'a.py'", "other content")),
        (_swap(b"-two", b"-twO"), ("signed content", "a.py")),
        (_swap(b" one\n", b" one\n+smuggled\n"), ("'a.py'", "not whole")),
        (_swap(b"+import os\n", b"+import os\n+smuggled\n"), ("'new.py'", "not whole")),
        (_swap(b"diff --git a/a.py", b"Note: all is well\ndiff --git a/a.py"), ("belong to no file",)),
        (_swap(b"@@ line 26\n", b"@@ def safe():\n"), ("dir/moved.txt", "heading")),
        (_swap(b"old mode 100644\nnew mode 100755", b"old mode 100644\nnew mode 100644"), ("run.sh", "mode")),
        (_swap(b"rename to dir/same.txt", b"rename to dir/sane.txt"), ("dir/same.txt", "does not show")),
        (_hide_file, ("'new.py'", "does not show")),
        (_forget_row, ("leaves out 'new.py'",)),
        (_double_row, ("says of 'a.py' M +2 -2 and M +2 -2",)),
        (_other_status, ("says of 'a.py' A +7 -2, the diff M +2 -2",)),
        (_other_rename, ("'dir/same.txt'",)),
        (_drop_entry, ("does not have", "left out")),
        (_other_mode, ("mode",)),
        (_say(added=1), ("change.added says 1",)),
        (_say(files=2), ("change.files says 2",)),
        (_say(base_tree="9" * 40), ("base_tree",)),
    ],
)
def test_every_broken_link_is_a_sentence(
    range_: tuple[ScriptedRepository, str, str],
    tmp_path: Path,
    alter: Callable[[dict[str, Any], dict[str, Any]], None],
    words: tuple[str, ...],
) -> None:
    repository, base, head = range_
    tables, members = git_members(repository.root, base, head)
    alter(tables, members)
    with open_packet(sealed(tmp_path / "p.packet", tables, members), repository=repository.root) as opened:
        breaks = integrity(opened)
        text = "\n".join(breaks)
        assert all(word in text for word in words), text
        assert "\x1b" not in text
        list(runner.run(build_case(opened)))


def test_no_byte_of_the_diff_can_be_changed_unnoticed(tmp_path: Path) -> None:
    """But for ids and percentages, which are not content, and the letter that git puts before a name."""
    repository = ScriptedRepository(tmp_path / "repo")
    lines = [f"line {n}" for n in range(12)]
    base = repository.commit(
        "Base", {"a.py": "def f():\n" + "\n".join(lines), "b": "1\n", "old": "x\n" * 9, "d": "gone\n"}
    )
    (repository.root / "b").chmod(0o755)
    lines[8] = "LINE"
    files = {"a.py": "def f():\n" + "\n".join(lines) + "\n", "old": None, "new": "x\n" * 8 + "y\n", "d": None}
    head = repository.commit("Head", files | {"i.png": PNG[:90]})
    tables, members = git_members(repository.root, base, head)
    diff = members[member.DIFF]
    assert isinstance(diff, bytes)
    unnoticed = []
    for at in range(0, len(diff), 13):
        altered = diff[:at] + bytes((diff[at] ^ 2,)) + diff[at + 1 :]
        packet = sealed(tmp_path / "p.packet", tables, members | {member.DIFF: altered})
        with open_packet(packet, verify=False) as opened:
            if not integrity(opened):
                start = diff.rfind(b"\n", 0, at) + 1
                unnoticed.append((diff[start:].partition(b"\n")[0], diff[at : at + 2]))
    repeated = (b"index ", b"similarity index ")
    odd = [each for each in unnoticed if not each[0].startswith(repeated) and each[1] not in (b"a/", b"b/")]
    assert odd == []


def test_the_story_must_be_of_these_commits(range_: tuple[ScriptedRepository, str, str], tmp_path: Path) -> None:
    repository, base, head = range_
    tables, members = git_members(repository.root, base, head)
    tables["change"] |= {"base": head, "base_tree": tables["change"]["head_tree"]}
    with open_packet(sealed(tmp_path / "p.packet", tables, members), repository=repository.root) as opened:
        assert any("listed as changed, and the repository has it unchanged" in each for each in integrity(opened))


def test_a_case_has_lines_modes_and_contents(range_: tuple[ScriptedRepository, str, str], tmp_path: Path) -> None:
    repository, base, head = range_
    packet = git_packet(tmp_path / "p.packet", repository.root, base, head)
    with open_packet(packet, repository=repository.root) as opened:
        case = build_case(opened)
        files = {file.path: file for file in case.files}
        edited = files["a.py"]
        assert [(line.number, line.raw) for line in edited.removed] == [(2, b"two"), (3, b"three")]
        assert [(line.number, line.text) for line in edited.added] == [(2, "TWO"), (3, "three")]
        assert edited.added[-1].text == "three"
        assert [line.number for line in edited.added[:1]] == [2]
        assert (edited.old, edited.new) == (b"one\ntwo\nthree", b"one\nTWO\nthree\n")
        assert (files["run.sh"].old_mode, files["run.sh"].new_mode) == ("100644", "100755")
        assert (files["new.py"].old, files["new.py"].old_mode, files["new.py"].status) == (None, None, "A")
        assert files["dir/moved.txt"].old_path == "moved.txt"
        assert files["image.png"].binary
        assert (files["turn"].old_mode, files["turn"].new_mode) == ("120000", "100644")
        assert isinstance(edited.added, ChangedLines)
        with pytest.raises(IndexError):
            edited.added[2]
        assert case.before is not None
        assert case.before.read("gone.txt") == b"bye\n"
        assert case.after is not None
        assert case.after.read("gone.txt") is None
        assert len(list(runner.run(case))) >= 4


def test_peek_shows_rows_at_once_and_is_taken_over(tmp_path: Path) -> None:
    new = {f"f{n}.py": b"x\n" * 200 for n in range(400)}
    packet = make_packet(tmp_path, {}, new)
    glance = peek(packet)
    assert not glance.index.complete
    assert len(glance.index) > 200
    assert glance.name == "sample"
    with open_packet(packet, glance=glance) as opened:
        assert opened.index is glance.index
        assert opened.index.complete
        assert glance.step()
        assert integrity(opened) == ()


def test_a_glance_at_other_bytes_is_refused(tmp_path: Path) -> None:
    packet = make_packet(tmp_path, folder=True)
    diff = packet / member.DIFF
    good = diff.read_bytes()
    diff.write_bytes(good.replace(b"SKEW", b"SKEV"))
    with peek(packet) as glance:
        with pytest.raises(BadPacketError, match=r"change\.diff"):
            open_packet(packet)
        diff.write_bytes(good)
        with pytest.raises(BadPacketError, match="changed after"):
            open_packet(packet, glance=glance)


def test_a_packet_changed_on_disk_breaks_its_proof(tmp_path: Path) -> None:
    packet = make_packet(tmp_path, folder=True)
    (packet / member.DIFF).write_bytes(unified_diff(OLD, NEW).replace(b"SKEW = 30", b"SKEW = 90"))
    with open_packet(packet, verify=False) as opened:
        assert any("is not what the packet says" in each for each in integrity(opened))


def test_first_rows_need_no_heavy_import(tmp_path: Path) -> None:
    packet = make_packet(tmp_path)
    code = (
        "import sys; from pathlib import Path; from reviewer.workflow.peek import peek\n"
        f"print(len(peek(Path({str(packet)!r})).index))\n"
        "print(sorted({'pydantic', 'tomllib', 'git', 'orjson', 'subprocess', 'unidiff', 'textual'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    rows, heavy = done.stdout.splitlines()
    assert int(rows) > 20
    assert heavy == "[]"


def test_where_things_are_kept(
    range_: tuple[ScriptedRepository, str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scripted, base, head = range_
    repository = find_repository(scripted.root)
    outside = git_packet(tmp_path / "x.packet", scripted.root, base, head)
    inside = git_packet(packet_path(repository, "x"), scripted.root, base, head)
    assert packets(repository) == (inside,)
    assert inside.parent == packet_folder(repository) == scripted.git_dir / "reviewer" / "packets"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("REVIEWER_STATE_DIR", str(tmp_path / "state"))
    with open_packet(inside) as opened:
        assert opened.repository == repository
        assert journal_folder("k" * 64, repository) == scripted.git_dir / "reviewer" / "journal" / ("k" * 16)
    with open_packet(outside) as opened:
        assert opened.repository is None
        assert repository_of(outside, opened.manifest, scripted.root) == repository
        assert journal_folder("k" * 64, None) == tmp_path / "state" / "journal" / ("k" * 16)
    monkeypatch.chdir(scripted.root)
    with open_packet(outside) as opened:
        assert opened.repository == repository
    stranger = ScriptedRepository(tmp_path / "stranger")
    stranger.commit("Other", {"x": "y\n"})
    monkeypatch.chdir(stranger.root)
    with open_packet(outside) as opened:
        assert opened.repository is None
    with open_packet(outside, repository=stranger.root) as opened:
        assert opened.repository is not None
        assert opened.quarantine is None
        assert prove(opened).breaks == []
