from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from reviewer.errors import GitError, UndeterminedError
from reviewer.git.blame import blame
from reviewer.git.quarantine import Quarantine
from reviewer.git.repository import find_repository
from tests.support.repositories import ScriptedRepository, hermetic_environment

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def repository(tmp_path: Path) -> ScriptedRepository:
    scripted = ScriptedRepository(tmp_path / "repository")
    scripted.commit("one", {"folder/a.txt": "1\n"})
    scripted.commit("two", {"folder/a.txt": "2\n"})
    return scripted


@pytest.fixture(autouse=True)
def no_settings_of_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in hermetic_environment(tmp_path / "home").items():
        monkeypatch.setenv(name, value)


class TestFinding:
    def test_from_a_folder_inside_and_from_the_git_folder(self, repository: ScriptedRepository) -> None:
        for start in (repository.root, repository.root / "folder", repository.git_dir, repository.git_dir / "objects"):
            found = find_repository(start)
            assert (found.git_dir, found.common_dir, found.work_tree) == (
                repository.git_dir,
                repository.git_dir,
                repository.root,
            )

    def test_none_is_one_sentence(self, tmp_path: Path) -> None:
        with pytest.raises(GitError, match="there is no git repository at"):
            find_repository(tmp_path)
        with pytest.raises(GitError, match="does not exist"):
            find_repository(tmp_path / "nowhere")

    def test_a_linked_worktree_has_its_own_head(self, repository: ScriptedRepository, tmp_path: Path) -> None:
        repository.git("worktree", "add", "-q", "-b", "side", str(tmp_path / "side"), "HEAD~1")
        found = find_repository(tmp_path / "side" / "folder")
        assert found.common_dir == repository.git_dir
        assert found.work_tree == tmp_path / "side"
        with Quarantine(found) as quarantine:
            assert quarantine.resolve("HEAD") == repository.git("rev-parse", "side")
            assert quarantine.resolve("main") == repository.head()

    def test_a_bare_repository_is_taken_when_it_is_named(self, repository: ScriptedRepository, tmp_path: Path) -> None:
        repository.git("clone", "-q", "--bare", ".", str(tmp_path / "bare.git"))
        found = find_repository(tmp_path / "bare.git")
        assert found.work_tree is None
        with Quarantine(found) as quarantine:
            assert quarantine.resolve("main~1") == repository.git("rev-parse", "HEAD~1")

    def test_a_bare_repository_in_the_tree_does_not_hide_the_real_one(self, repository: ScriptedRepository) -> None:
        repository.git("clone", "-q", "--bare", ".", "folder/innocent")
        (repository.root / "folder/innocent/deep").mkdir()
        assert find_repository(repository.root / "folder/innocent/deep").git_dir == repository.git_dir

    def test_a_folder_called_dot_git_that_is_none_is_passed_over(self, repository: ScriptedRepository) -> None:
        (repository.root / "folder/.git").mkdir()
        (repository.root / "folder/deeper").mkdir()
        assert find_repository(repository.root / "folder/deeper").git_dir == repository.git_dir

    @pytest.mark.parametrize("content", [b"", b"nonsense", b"gitdir: /nowhere\n", b"gitdir: a\0b\n"])
    def test_a_dot_git_file_that_leads_nowhere(self, tmp_path: Path, content: bytes) -> None:
        (tmp_path / ".git").write_bytes(content)
        with pytest.raises(GitError):
            find_repository(tmp_path)

    def test_objects_in_a_folder_with_an_odd_name(self, tmp_path: Path) -> None:
        scripted = ScriptedRepository(tmp_path / 'a "b"\nc\\d # e')
        head = scripted.commit("one", {"a": "a"})
        with Quarantine.of(scripted.root) as quarantine:
            assert quarantine.tree(head).read("a") == b"a"

    @pytest.mark.parametrize("relative", [False, True])
    def test_borrowed_objects_are_found(
        self, repository: ScriptedRepository, tmp_path: Path, *, relative: bool
    ) -> None:
        repository.git("clone", "-q", "--shared", ".", str(tmp_path / "shared"))
        if relative:
            alternates = tmp_path / "shared/.git/objects/info/alternates"
            alternates.write_text("../../../repository/.git/objects\n")
        with Quarantine.of(tmp_path / "shared") as quarantine:
            assert quarantine.tree("HEAD").read("folder/a.txt") == b"2\n"


class TestRevisions:
    def test_names_ids_and_steps(self, repository: ScriptedRepository) -> None:
        repository.git("tag", "-a", "-m", "tag", "v1", "HEAD~1")
        repository.git("update-ref", "refs/remotes/origin/topic", "HEAD")
        head, parent = repository.head(), repository.git("rev-parse", "HEAD~1")
        with Quarantine.of(repository.root) as quarantine:
            for revision in ("HEAD", "@", "main", "heads/main", "refs/heads/main", head, head[:7], head[:7].upper(),
                             "origin/topic", "HEAD^0", "HEAD~0", "HEAD^{commit}"):  # fmt: skip
                assert quarantine.resolve(revision) == head, revision
            for revision in ("HEAD~1", "HEAD^", "@~", "main^1", "v1", "v1^{commit}", "v1^{}", "tags/v1", parent[:10]):
                assert quarantine.resolve(revision) == parent, revision

    @pytest.mark.parametrize(
        "revision",
        ["", "nothing", "HEAD~9", "HEAD^2", "HEAD:folder", ":/two", "@{-1}", "HEAD@{0}", "--all", "HEAD^{/x}", "..",
         "\x1b[2J", "main..HEAD", "HEAD~99999999999", "../HEAD", "0" * 64, "deadbeef"],
    )  # fmt: skip
    def test_what_names_no_commit_is_one_sentence(self, repository: ScriptedRepository, revision: str) -> None:
        with Quarantine.of(repository.root) as quarantine, pytest.raises(GitError) as caught:
            quarantine.resolve(revision)
        assert "\x1b" not in caught.value.sentence

    def test_a_full_id_that_is_not_here_cannot_be_determined(self, repository: ScriptedRepository) -> None:
        with Quarantine.of(repository.root) as quarantine:
            with pytest.raises(UndeterminedError):
                quarantine.resolve("0" * 40)
            with pytest.raises(GitError, match="is not a commit"):
                quarantine.resolve(repository.git("rev-parse", "HEAD:folder/a.txt"))

    def test_a_tag_that_shadows_a_branch_is_ambiguous(self, repository: ScriptedRepository) -> None:
        repository.git("tag", "main", "HEAD~1")
        with Quarantine.of(repository.root) as quarantine:
            with pytest.raises(GitError, match=r"ambiguous here: refs/tags/main and refs/heads/main"):
                quarantine.resolve("main")
            assert quarantine.resolve("refs/heads/main") == repository.head()

    def test_packed_and_loose_references_with_loose_winning(self, repository: ScriptedRepository) -> None:
        repository.git("branch", "old", "HEAD~1")
        repository.git("pack-refs", "--all")
        repository.git("update-ref", "refs/heads/old", "HEAD")
        repository.git("checkout", "-q", "--detach", "HEAD~1")
        with Quarantine.of(repository.root) as quarantine:
            assert quarantine.resolve("old") == quarantine.resolve("main")
            assert quarantine.resolve("HEAD") == quarantine.resolve("main~1")

    def test_references_with_hostile_names_and_loops_are_left_out(self, repository: ScriptedRepository) -> None:
        head = repository.head()
        (repository.git_dir / "packed-refs").write_bytes(
            f"{head} refs/heads/a\x07b\n{head} refs/../x\n{head} HEAD\n{head} refs/heads/good\nnonsense\n".encode()
        )
        (repository.git_dir / "refs/heads/loop").write_text("ref: refs/heads/loop\n")
        (repository.git_dir / "refs/heads/out").symlink_to("/etc/passwd")
        os.mkfifo(repository.git_dir / "refs/heads/pipe")
        with Quarantine.of(repository.root) as quarantine:
            assert set(quarantine.refs.ids) == {"refs/heads/good", "refs/heads/main"}
            with pytest.raises(GitError):
                quarantine.resolve("loop")

    def test_reftable_is_refused_in_words_but_ids_work(self, repository: ScriptedRepository) -> None:
        (repository.git_dir / "reftable").mkdir()
        with Quarantine.of(repository.root) as quarantine:
            with pytest.raises(GitError, match="reftable"):
                quarantine.resolve("main")
            assert quarantine.resolve(repository.head()) == repository.head()

    def test_commits_are_told_in_full(self, repository: ScriptedRepository) -> None:
        message = "Subject\n\nBody.\n\nCo-authored-by: Bot <bot@example.org>\nReviewed-by: Ada\n"
        head = repository.commit(message, {"folder/a.txt": "3\n"})
        with Quarantine.of(repository.root) as quarantine:
            commit = quarantine.commit("HEAD")
        assert (commit.oid, commit.parents) == (head, (repository.git("rev-parse", "HEAD~1"),))
        assert (commit.author_name, commit.author_email) == ("Ada Author", "ada@example.org")
        assert commit.committer_name == "Cy Committer"
        assert commit.author_time == int(repository.git("log", "-1", "--format=%at"))
        assert commit.subject == "Subject"
        assert commit.message.decode() == message
        assert commit.trailers == (("Co-authored-by", "Bot <bot@example.org>"), ("Reviewed-by", "Ada"))


class TestDefaultBranch:
    def test_local_names_in_turn(self, repository: ScriptedRepository) -> None:
        repository.switch("feature", start="HEAD")
        with Quarantine.of(repository.root) as quarantine:
            assert quarantine.default_branch() == "refs/heads/main"
        repository.git("branch", "-m", "main", "odd")
        with Quarantine.of(repository.root) as quarantine:
            assert quarantine.default_branch() is None

    def test_the_remote_names_it_and_counts_when_the_local_one_is_behind_or_current(
        self, repository: ScriptedRepository
    ) -> None:
        repository.git("branch", "stable", "HEAD~1")
        repository.git("update-ref", "refs/remotes/origin/stable", "HEAD")
        repository.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/stable")
        with Quarantine.of(repository.root) as quarantine:
            assert quarantine.default_branch() == "refs/remotes/origin/stable"
        repository.git("update-ref", "refs/heads/stable", "HEAD")
        repository.git("update-ref", "refs/remotes/origin/stable", "HEAD~1")
        with Quarantine.of(repository.root) as quarantine:
            assert quarantine.default_branch() == "refs/remotes/origin/stable", "the local one is where we are"
        repository.commit("three", {"folder/a.txt": "3\n"})
        with Quarantine.of(repository.root) as quarantine:
            assert quarantine.default_branch() == "refs/heads/stable", "the local one is ahead"

    def test_the_persons_setting_counts_and_the_repositorys_does_not(
        self, repository: ScriptedRepository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        repository.git("branch", "-m", "main", "line")
        repository.git("branch", "evil", "HEAD~1")
        repository.git("config", "init.defaultBranch", "evil")
        (tmp_path / "settings").write_text("[init]\n\tdefaultBranch = line\n")
        monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "settings"))
        monkeypatch.chdir(repository.root)
        with Quarantine.of(repository.root) as quarantine:
            assert quarantine.default_branch() == "refs/heads/line"


class TestIncomplete:
    def test_a_shallow_clone_answers_what_it_can(self, repository: ScriptedRepository, tmp_path: Path) -> None:
        for number in range(3, 9):
            repository.commit(f"more {number}", {"folder/a.txt": f"{number}\n"})
        repository.git("clone", "-q", "--depth=3", f"file://{repository.root}", str(tmp_path / "shallow"))
        with Quarantine.of(tmp_path / "shallow") as quarantine:
            assert len(quarantine.commits("HEAD~2", "HEAD")) == 2
            assert quarantine.merge_base("HEAD~2", "HEAD") == quarantine.resolve("HEAD~2")
            assert quarantine.is_ancestor("HEAD~2", "HEAD")
            assert len(quarantine.change("HEAD~1", "HEAD")) == 1
            for question in (
                lambda: quarantine.resolve("HEAD~5"),
                lambda: quarantine.commits(None, "HEAD"),
                lambda: blame(quarantine, "HEAD~2", "folder/a.txt"),
            ):
                with pytest.raises(UndeterminedError) as caught:
                    question()
                assert "--unshallow" in (caught.value.hint or "")

    def test_a_partial_clone_never_fetches(self, repository: ScriptedRepository, tmp_path: Path) -> None:
        repository.git("config", "uploadpack.allowFilter", "true")
        repository.git(
            "clone", "-q", "--no-checkout", "--filter=blob:none", f"file://{repository.root}", str(tmp_path / "partial")
        )
        with Quarantine.of(tmp_path / "partial") as quarantine:
            assert len(quarantine.compare("HEAD~1", "HEAD").differences) == 1
            with pytest.raises(UndeterminedError):
                quarantine.change("HEAD~1", "HEAD")


def test_closing_removes_the_temporary_folder_and_ends_the_process(repository: ScriptedRepository) -> None:
    quarantine = Quarantine.of(repository.root)
    quarantine.resolve("HEAD")
    assert quarantine.git_dir.exists()
    quarantine.close()
    quarantine.close()
    assert not quarantine.git_dir.parent.exists()
