from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from reviewer import ledger
from reviewer.digest import Sha256, sha256
from reviewer.errors import GitError
from reviewer.git.quarantine import Quarantine
from tests.support.repositories import ScriptedRepository

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def repository(tmp_path: Path) -> ScriptedRepository:
    scripted = ScriptedRepository(tmp_path / "repository")
    scripted.commit("first", {"a.txt": "a\n"})
    ledger.init(scripted.root)
    return scripted


def envelope(number: int) -> tuple[bytes, Sha256]:
    return json.dumps({"payload": number}).encode(), payload_digest(json.dumps({"payload": number}).encode())


def payload_digest(line: bytes) -> Sha256:
    return sha256(str(json.loads(line)["payload"]).encode())


def add(repository: ScriptedRepository, number: int, note: str = "approved by Ada") -> ledger.LedgerEntry:
    return ledger.append(repository.root, *envelope(number), note=note, commit=repository.head())


def tip(repository: ScriptedRepository) -> str:
    return repository.git("rev-parse", ledger.BRANCH)


def breaks(repository: ScriptedRepository, base: str | None = None) -> tuple[str, ...]:
    return ledger.check_append_only(repository.root, base, tip(repository), digest_of=payload_digest)


def test_a_record_is_stored_read_back_and_noted(repository: ScriptedRepository) -> None:
    line, digest = envelope(1)
    before = (repository.git("status", "--porcelain"), repository.head())
    entry = add(repository, 1)
    assert (entry.digest, entry.added, entry.tip) == (digest, True, tip(repository))
    assert entry.path == f"v1/{digest[:2]}/{digest}.intoto.jsonl"
    assert list(ledger.records(repository.root)) == [(digest, line + b"\n")]
    assert repository.git("show", f"{ledger.BRANCH}:{entry.path}").encode() == line
    assert repository.git("log", "-1", "--notes=reviewer").endswith(f"approved by Ada (record sha256:{digest})")
    assert (repository.git("status", "--porcelain"), repository.head()) == before
    repository.git("fsck", "--strict")
    assert breaks(repository) == ()


def test_init_may_be_called_again_and_append_needs_it(tmp_path: Path) -> None:
    scripted = ScriptedRepository(tmp_path / "repository")
    scripted.commit("first")
    assert not ledger.exists(scripted.root)
    assert list(ledger.records(scripted.root)) == []
    with pytest.raises(GitError, match="has no ledger"):
        add(scripted, 1)
    ledger.init(scripted.root)
    first = tip(scripted)
    ledger.init(scripted.root)
    assert ledger.exists(scripted.root)
    assert tip(scripted) == first
    assert scripted.git("rev-list", "--parents", "-1", ledger.BRANCH) == first


def test_the_same_record_again_changes_nothing_and_another_for_its_payload_is_refused(
    repository: ScriptedRepository,
) -> None:
    first = add(repository, 1)
    again = add(repository, 1)
    assert (again.added, again.tip) == (False, first.tip)
    line, digest = envelope(1)
    with pytest.raises(GitError, match="records never change"):
        ledger.append(repository.root, line + b" ", digest, note="x", commit=repository.head())
    with pytest.raises(GitError, match="one line"):
        ledger.append(repository.root, line + b"\n" + line, digest, note="x", commit=repository.head())


def test_a_ledger_that_is_checked_out_is_not_written(repository: ScriptedRepository, tmp_path: Path) -> None:
    repository.git("worktree", "add", "-q", str(tmp_path / "side"), "reviewer/ledger")
    with pytest.raises(GitError, match="checked out"):
        add(repository, 1)


def test_people_who_append_at_the_same_moment_all_get_in(repository: ScriptedRepository) -> None:
    program = (
        "import sys, json\nfrom pathlib import Path\nfrom reviewer import ledger\nfrom reviewer.digest import sha256\n"
        "root, commit, start, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])\n"
        "for number in range(start, start + count):\n"
        "    line = json.dumps({'payload': number}).encode()\n"
        "    ledger.append(root, line, sha256(str(number).encode()), note=f'note {number}', commit=commit)\n"
    )
    head = repository.head()
    people = [
        subprocess.Popen([sys.executable, "-c", program, str(repository.root), head, str(start), "8"])
        for start in (0, 100)
    ]
    assert [person.wait(60) for person in people] == [0, 0]
    numbers = [*range(8), *range(100, 108)]
    assert dict(ledger.records(repository.root)) == {envelope(n)[1]: envelope(n)[0] + b"\n" for n in numbers}
    notes = repository.git("notes", "--ref=reviewer", "show", head).split("\n")
    assert sorted(notes) == sorted(f"note {n} (record sha256:{envelope(n)[1]})" for n in numbers)
    assert repository.git("rev-list", "--count", ledger.BRANCH) == "17"
    assert breaks(repository) == ()
    repository.git("fsck", "--strict")


def edit_ledger(repository: ScriptedRepository, *commands: tuple[str, ...]) -> None:
    """Change the ledger with plain git, as an attacker or a careless person would."""
    index = {"GIT_INDEX_FILE": str(repository.git_dir / "ledger-index")}
    repository.git("read-tree", ledger.BRANCH, variables=index)
    for command in commands:
        repository.git(*command, variables=index)
    tree = repository.git("write-tree", variables=index)
    commit = repository.git("commit-tree", tree, "-p", tip(repository), "-m", "edit")
    repository.git("update-ref", ledger.BRANCH, commit)


def test_a_record_that_was_dropped_and_put_back_shows(repository: ScriptedRepository) -> None:
    path = add(repository, 1).path
    trusted = tip(repository)
    blob = repository.git("rev-parse", f"{trusted}:{path}")
    edit_ledger(repository, ("update-index", "--remove", path))
    edit_ledger(repository, ("update-index", "--add", "--cacheinfo", f"100644,{blob},{path}"))
    (sentence,) = breaks(repository, trusted)
    assert "removed v1/" in sentence


def test_a_changed_record_a_wrong_name_and_a_wrong_digest_show(repository: ScriptedRepository) -> None:
    path = add(repository, 1).path
    trusted = tip(repository)
    other = repository.git("hash-object", "-w", "--stdin", stdin=envelope(2)[0])
    wrong = f"v1/00/{'0' * 64}.intoto.jsonl"
    edit_ledger(repository, ("update-index", "--cacheinfo", f"100644,{other},{path}"))
    edit_ledger(repository, ("update-index", "--add", "--cacheinfo", f"100644,{other},v1/note.txt"))
    edit_ledger(repository, ("update-index", "--add", "--cacheinfo", f"100644,{other},{wrong}"))
    edit_ledger(repository, ("update-index", "--add", "--cacheinfo", f"120000,{other},README.link"))
    sentences = breaks(repository, trusted)
    assert len(sentences) == 4
    for part in ("changed v1/", "no name of a record", "another digest", "no plain file"):
        assert any(part in sentence for sentence in sentences), part


def test_a_record_dropped_inside_a_merge_shows(repository: ScriptedRepository) -> None:
    start = tip(repository)
    add(repository, 1)
    left = tip(repository)
    repository.git("update-ref", ledger.BRANCH, start)
    add(repository, 2)
    right = tip(repository)
    for tree, expected in ((f"{left}^{{tree}}", 1), (union(repository, left, right), 0)):
        merge = repository.git("commit-tree", tree, "-p", left, "-p", right, "-m", "merge")
        repository.git("update-ref", ledger.BRANCH, merge)
        assert len(breaks(repository)) == expected


def union(repository: ScriptedRepository, left: str, right: str) -> str:
    index = {"GIT_INDEX_FILE": str(repository.git_dir / "union-index")}
    repository.git("read-tree", left, variables=index)
    rows = repository.git("ls-tree", "-r", right)
    repository.git("update-index", "--index-info", stdin=(rows + "\n").encode(), variables=index)
    return repository.git("write-tree", variables=index)


def test_a_ledger_that_was_rewound_does_not_continue_the_trusted_one(repository: ScriptedRepository) -> None:
    start = tip(repository)
    add(repository, 1)
    trusted = tip(repository)
    repository.git("update-ref", ledger.BRANCH, start)
    add(repository, 2)
    assert any("does not continue" in sentence for sentence in breaks(repository, trusted))


def test_records_of_an_older_state_and_strangers_in_the_branch(repository: ScriptedRepository) -> None:
    first = add(repository, 1)
    add(repository, 2)
    assert [digest for digest, _ in ledger.records(repository.root, at=first.tip)] == [first.digest]
    blob = repository.git("rev-parse", f"{first.tip}:{first.path}")
    edit_ledger(repository, ("update-index", "--add", "--cacheinfo", f"100644,{blob},v2/x"))
    with Quarantine.of(repository.root) as quarantine:
        assert len(list(ledger.records(quarantine))) == 2
        assert ledger.read_record(quarantine, first.digest) == envelope(1)[0] + b"\n"
        assert ledger.read_record(quarantine, sha256(b"other")) is None
