"""What a packet takes from git: the range that a person means, the change, its contents, what was left behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reviewer.digest import sha256
from reviewer.errors import GitError
from reviewer.git.quarantine import Quarantine
from reviewer.packet.limits import Limits
from reviewer.workflow.packing.budget import Budget
from reviewer.workflow.packing.commit_range import CommitRange, find_range
from reviewer.workflow.packing.generated import is_generated
from reviewer.workflow.packing.git_change import GitChange, add_blobs, read_change
from reviewer.workflow.packing.uncommitted import find_uncommitted
from tests.support.repositories import ScriptedRepository

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def repository(tmp_path: Path) -> ScriptedRepository:
    made = ScriptedRepository(tmp_path / "repository")
    made.commit("Start", {"a.txt": "one\n", "b.txt": "two\n"})
    return made


@pytest.fixture
def quarantine(repository: ScriptedRepository) -> Iterator[Quarantine]:
    with Quarantine.of(repository.root) as opened:
        yield opened


def changed(quarantine: Quarantine, place: Path, text: str | None, budget: Budget | None = None) -> GitChange:
    span = find_range(quarantine, text)
    staging = place / "staging"
    staging.mkdir()
    found = read_change(quarantine, span, staging)
    add_blobs(quarantine, span, found, staging, budget or Budget(Limits()))
    return found


class TestRange:
    def test_without_words_it_starts_where_the_branch_left_the_default_one(
        self, repository: ScriptedRepository, quarantine: Quarantine
    ) -> None:
        base = repository.head()
        repository.switch("work", start="main")
        first = repository.commit("One", {"a.txt": "1\n"})
        head = repository.commit("Two", {"a.txt": "2\n"})
        repository.switch("main")
        repository.commit("Elsewhere", {"c.txt": "\n"})
        repository.switch("work")
        assert find_range(quarantine, None) == CommitRange(base, head, (first, head), "refs/heads/main")

    def test_two_dots_are_two_trees_and_three_start_at_the_merge_base(
        self, repository: ScriptedRepository, quarantine: Quarantine
    ) -> None:
        base = repository.head()
        repository.switch("work", start="main")
        head = repository.commit("Work", {"a.txt": "1\n"})
        repository.switch("main")
        ahead = repository.commit("Elsewhere", {"c.txt": "\n"})
        three = find_range(quarantine, "main...work")
        assert (three.base, three.head, three.commits, three.notes) == (base, head, (head,), ())
        two = find_range(quarantine, "main..work")
        assert (two.base, two.head) == (ahead, head)
        assert two.notes
        assert "is not an ancestor" in two.notes[0]

    @pytest.mark.parametrize("text", ["HEAD~1", "HEAD~1..", "HEAD~1..HEAD", "main~1", "HEAD~1...HEAD"])
    def test_a_missing_side_is_head(self, repository: ScriptedRepository, quarantine: Quarantine, text: str) -> None:
        base = repository.head()
        head = repository.commit("More", {"a.txt": "1\n"})
        found = find_range(quarantine, text)
        assert (found.base, found.head) == (base, head)

    def test_nothing_between_is_said(self, quarantine: Quarantine) -> None:
        for text in (None, "HEAD..HEAD", "HEAD"):
            with pytest.raises(GitError, match="there is nothing between") as caught:
                find_range(quarantine, text)
            assert "BASE..HEAD" in (caught.value.hint or "")

    def test_a_revision_that_does_not_exist_is_said(self, quarantine: Quarantine) -> None:
        with pytest.raises(GitError, match="nowhere"):
            find_range(quarantine, "nowhere..HEAD")

    def test_no_common_history_is_said(self, repository: ScriptedRepository, quarantine: Quarantine) -> None:
        repository.git("checkout", "-q", "--orphan", "other")
        repository.commit("Alone", {"a.txt": "1\n"})
        with pytest.raises(GitError, match="no commit in common"):
            find_range(quarantine, None)

    def test_no_default_branch_is_said(self, tmp_path: Path) -> None:
        repository = ScriptedRepository(tmp_path / "odd", branch="odd-name")
        repository.commit("Start", {"a": "1"})
        with Quarantine.of(repository.root) as quarantine, pytest.raises(GitError, match="no default branch"):
            find_range(quarantine, None)


class TestChange:
    def test_each_kind_of_change_has_its_row(
        self, repository: ScriptedRepository, quarantine: Quarantine, tmp_path: Path
    ) -> None:
        repository.commit("Before", {"moved.txt": "a\nb\nc\nd\n", "gone.txt": "x\n", "mode.sh": "#!\n", "bin": b"\0\1"})
        (repository.root / "moved.txt").rename(repository.root / "to.txt")
        (repository.root / "mode.sh").chmod(0o755)
        repository.commit(
            "After",
            {"gone.txt": None, "new.txt": "1\n2\n", "a.txt": "uno\n", "bin": b"\0\2", "pnpm-lock.yaml": "lock\n"},
        )
        found = changed(quarantine, tmp_path, "HEAD~1..HEAD")
        rows = {row.path: (row.status, row.old_path, row.added, row.removed, row.generated) for row in found.files}
        assert rows == {
            "a.txt": ("M", None, 1, 1, False),
            "bin": ("M", None, None, None, False),
            "gone.txt": ("D", None, 0, 1, False),
            "mode.sh": ("M", None, 0, 0, False),
            "new.txt": ("A", None, 2, 0, False),
            "pnpm-lock.yaml": ("A", None, 1, 0, True),
            "to.txt": ("R", "moved.txt", 0, 0, False),
        }
        assert (found.table.files, found.table.added, found.table.removed) == (7, 4, 2)
        assert {entry.path for entry in found.entries} == {
            *(row.path.encode() for row in found.files),
            b"moved.txt",
        }

    def test_the_repository_is_named_by_its_first_commit(
        self, repository: ScriptedRepository, quarantine: Quarantine, tmp_path: Path
    ) -> None:
        root = repository.head()
        repository.commit("More", {"a.txt": "1\n"})
        assert changed(quarantine, tmp_path, "HEAD~1..HEAD").table.repository == f"git:{root}"

    def test_contents_of_both_sides_are_members_by_digest(
        self, repository: ScriptedRepository, quarantine: Quarantine, tmp_path: Path
    ) -> None:
        repository.commit("More", {"a.txt": "1\n"})
        found = changed(quarantine, tmp_path, "HEAD~1..HEAD")
        blobs = {name for name in found.members if name.startswith("blobs/")}
        assert blobs == {f"blobs/{sha256(data)}" for data in (b"one\n", b"1\n")}
        assert found.omissions == []

    def test_what_is_left_out_says_why(
        self, repository: ScriptedRepository, quarantine: Quarantine, tmp_path: Path
    ) -> None:
        repository.commit("More", {"big.txt": "x" * (1 << 20) + "\n", "bin": b"a\0b", "fits.txt": "1\n"})
        found = changed(quarantine, tmp_path, "HEAD~1..HEAD")
        assert [(row.what, row.reason) for row in found.omissions] == [
            ("new content of big.txt", "over 1 MiB"),
            ("new content of bin", "binary"),
        ]
        assert f"blobs/{sha256(b'1' + bytes([10]))}" in found.members

    def test_a_packet_stays_within_its_budget(
        self, repository: ScriptedRepository, quarantine: Quarantine, tmp_path: Path
    ) -> None:
        repository.commit("More", {f"{number}.txt": f"{number}" * 400_000 for number in range(4)})
        budget = Budget(Limits(max_unpacked=1_000_000, max_manifest=100))
        found = changed(quarantine, tmp_path, "HEAD~1..HEAD", budget)
        assert [row.reason for row in found.omissions] == ["packet budget"] * 2

    def test_members_are_budgeted_too(
        self, repository: ScriptedRepository, quarantine: Quarantine, tmp_path: Path
    ) -> None:
        repository.commit("More", {f"{number}.txt": f"{number}\n" for number in range(100)})
        found = changed(quarantine, tmp_path, "HEAD~1..HEAD", Budget(Limits(max_members=15)))
        assert sum(name.startswith("blobs/") for name in found.members) == 10
        assert len(found.omissions) == 51
        assert found.omissions[-1].what == "40 more contents"

    def test_a_submodule_has_no_content_here(
        self, repository: ScriptedRepository, quarantine: Quarantine, tmp_path: Path
    ) -> None:
        repository.submodules["sub"] = "c" * 40
        repository.commit("More")
        found = changed(quarantine, tmp_path, "HEAD~1..HEAD")
        assert [(entry.path, entry.new) for entry in found.entries] == [(b"sub", "gitlink:" + "c" * 40)]
        assert not any(name.startswith("blobs/") for name in found.members)

    def test_names_that_are_not_utf8_are_kept(
        self, repository: ScriptedRepository, quarantine: Quarantine, tmp_path: Path
    ) -> None:
        repository.write(b'caf\xe9 "x"', "1\n")
        repository.commit("More")
        found = changed(quarantine, tmp_path, "HEAD~1..HEAD")
        assert [row.path for row in found.files] == ['caf\udce9 "x"']

    def test_commits_without_a_difference_are_nothing_to_review(
        self, repository: ScriptedRepository, quarantine: Quarantine, tmp_path: Path
    ) -> None:
        repository.commit("Empty")
        with pytest.raises(GitError, match="no file differs between"):
            changed(quarantine, tmp_path, "HEAD~1..HEAD")


class TestUncommitted:
    def test_a_clean_tree_has_nothing(self, quarantine: Quarantine) -> None:
        found = find_uncommitted(quarantine)
        assert found is not None
        assert (found.changed, found.untracked) == ((), ())

    def test_changed_staged_and_new_files_are_named(
        self, repository: ScriptedRepository, quarantine: Quarantine
    ) -> None:
        repository.write(".gitignore", "*.log\n")
        repository.commit("Ignore logs")
        repository.write("a.txt", "changed\n")
        repository.write("staged.txt", "new\n")
        repository.git("add", "staged.txt")
        repository.write("untracked/x.txt", "new\n")
        repository.write("build.log", "ignored\n")
        before = (repository.git_dir / "index").read_bytes()
        quarantine.refresh()
        found = find_uncommitted(quarantine)
        assert found is not None
        assert (found.changed, found.untracked) == (("a.txt", "staged.txt"), ("untracked/",))
        assert (repository.git_dir / "index").read_bytes() == before

    def test_a_touched_file_is_not_a_changed_one(self, repository: ScriptedRepository, quarantine: Quarantine) -> None:
        repository.write("a.txt", "one\n")
        found = find_uncommitted(quarantine)
        assert found is not None
        assert found.changed == ()

    def test_nothing_that_the_repository_names_is_run(
        self, repository: ScriptedRepository, quarantine: Quarantine, tmp_path: Path
    ) -> None:
        trap = tmp_path / "trap.sh"
        trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\ncat\n")
        trap.chmod(0o755)
        for key in ("core.fsmonitor", "filter.x.clean", "filter.x.smudge", "diff.x.textconv", "diff.external"):
            repository.git("config", key, str(trap))
        repository.write(".gitattributes", "* filter=x diff=x\n")
        repository.write("a.txt", "changed\n")
        assert find_uncommitted(quarantine) is not None
        assert not (tmp_path / "sprung").exists()

    def test_a_bare_repository_has_no_work_tree(self, repository: ScriptedRepository, tmp_path: Path) -> None:
        repository.git("clone", "-q", "--bare", str(repository.root), str(tmp_path / "bare.git"))
        with Quarantine.of(tmp_path / "bare.git") as quarantine:
            assert find_uncommitted(quarantine) is None


@pytest.mark.parametrize(
    ("path", "content", "expected"),
    [
        ("uv.lock", b"", True),
        ("web/dist/app.min.js", b"", True),
        ("api/user_pb2.py", None, True),
        ("a.go", b"// Code generated by protoc. DO NOT EDIT.\n", True),
        ("a.ts", b"/* @generated */\n", True),
        ("a.py", b"def generated(): ...\n", False),
        ("lock.py", b"", False),
        ("a.py", b"x\n" * 5000 + b"# @generated\n", False),
    ],
)
def test_generated_files_are_known_by_name_or_by_their_own_word(
    path: str, content: bytes | None, *, expected: bool
) -> None:
    assert is_generated(path, content) is expected
