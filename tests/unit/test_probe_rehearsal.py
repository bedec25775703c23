"""The way back: what taking a change back leaves, held against `git revert`, and where it clashes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reviewer.checks.probed import Ran
from reviewer.errors import GitError, UndeterminedError
from reviewer.git.quarantine import Quarantine
from reviewer.probe.files import Files
from reviewer.probe.rehearsal import PARENT, TREE, TakenBack, rehearse
from reviewer.probe.suite import SuiteRun, TestResult, Watch
from reviewer.workflow.probing.takeback import CLASHES, NOT_THERE, Target, take_back, target_of
from tests.support.cases import DictTree
from tests.support.repositories import ScriptedRepository

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from reviewer.probe.workshop import Job

LINES = "".join(f"line {number}\n" for number in range(12))
CHANGED = LINES.replace("line 5\n", "line five\nline 5b\n")


class Fake:
    """Runs nothing and says that all is well."""

    size = 1
    watch = Watch()

    def __init__(self, code: int = 0, failing: Mapping[str, tuple[str, ...]] | None = None) -> None:
        self.jobs: list[Job] = []
        self._code = code
        self._failing = failing or {}

    def run(self, job: Job) -> SuiteRun:
        self.jobs.append(job)
        ran = Ran(argv=("pytest",), tree=job.words, code=self._code, ended="exit", seconds=1.0)
        names = self._failing.get(job.words, ())
        tests = {name: TestResult(id=name, path="t.py", outcome="failed") for name in names}
        return SuiteRun(ran=ran, complete=True, tests=tests)


@pytest.fixture
def repository(tmp_path: Path) -> ScriptedRepository:
    found = ScriptedRepository(tmp_path / "repo")
    found.commit("base", {"a.txt": LINES, "gone.txt": "gone\n", "keep.txt": "keep\n", "run.sh": "#!/bin/sh\n"})
    return found


def change(repository: ScriptedRepository) -> tuple[str, str]:
    """A change that edits, adds and removes, on the branch we are on."""
    base = repository.head()
    files: dict[str, str | bytes | None] = {"a.txt": CHANGED, "gone.txt": None, "new/b.txt": "new\n"}
    return base, repository.commit("change", files)


def taken(repository: ScriptedRepository, base: str, head: str, target: str) -> TakenBack:
    with Quarantine.of(repository.root) as quarantine:
        found = take_back(quarantine, base, head, Target(quarantine.resolve(target), target))
        if found.files is not None:
            # Read while the quarantine is open.
            contents = {path: found.files.read(path) for path in found.files.rows}
            return TakenBack(
                found.target,
                found.target_name,
                Files.of(DictTree({path: data for path, data in contents.items() if data is not None})),
                found.conflicts,
                found.notes,
            )
        return found


def by_git(repository: ScriptedRepository, head: str) -> dict[str, bytes]:
    """What `git revert` leaves of the commit that is checked out."""
    repository.git("revert", "--no-commit", head)
    names = repository.git("ls-files").split("\n")
    return {name: (repository.root / name).read_bytes() for name in names}


def contents(found: TakenBack) -> dict[str, bytes | None]:
    assert found.files is not None
    return {path: found.files.read(path) for path in found.files.rows}


def test_a_change_that_was_just_made_leaves_its_parent(repository: ScriptedRepository) -> None:
    base, head = change(repository)
    found = taken(repository, base, head, head)
    assert (found.conflicts, found.notes) == ((), ())
    assert contents(found) == by_git(repository, head)


def test_what_others_did_since_stays(repository: ScriptedRepository) -> None:
    base, head = change(repository)
    repository.commit("later", {"a.txt": CHANGED.replace("line 11\n", "line eleven\n"), "keep.txt": "kept\n"})
    found = taken(repository, base, head, "main")
    assert contents(found) == by_git(repository, head)
    assert b"line eleven" in (contents(found)["a.txt"] or b"")


def test_a_file_that_moved_since_is_followed(repository: ScriptedRepository) -> None:
    base, head = change(repository)
    repository.git("mv", "a.txt", "moved.txt")
    repository.commit("move")
    found = taken(repository, base, head, "main")
    assert contents(found) == by_git(repository, head)


@pytest.mark.parametrize(
    ("later", "path"),
    [
        ({"a.txt": CHANGED.replace("line five", "line FIVE")}, "a.txt"),
        ({"new/b.txt": "new and more\n"}, "new/b.txt"),
        ({"gone.txt": "here again\n"}, "gone.txt"),
        ({"a.txt": "\0binary\n"}, "a.txt"),
    ],
)
def test_what_clashes_is_named(repository: ScriptedRepository, later: dict[str, str | bytes | None], path: str) -> None:
    base, head = change(repository)
    repository.commit("later", later)
    found = taken(repository, base, head, "main")
    assert (found.files, found.conflicts) == (None, (path,))
    told = rehearse(found, Fake())
    assert (told.applied, told.conflicts, told.suite) == (False, (path,), None)


def test_a_target_without_the_change_gets_it_first(repository: ScriptedRepository) -> None:
    repository.switch("topic", start="main")
    base, head = change(repository)
    repository.switch("main")
    repository.commit("other", {"keep.txt": "kept\n"})
    found = taken(repository, base, head, "main")
    assert found.notes == (NOT_THERE,)
    assert contents(found)["keep.txt"] == b"kept\n"
    assert contents(found)["a.txt"] == LINES.encode()
    repository.commit("clash", {"a.txt": LINES.replace("line 5", "line V")})
    found = taken(repository, base, head, "main")
    assert (found.files, found.conflicts, found.notes) == (None, ("a.txt",), (NOT_THERE, CLASHES))


def test_a_squashed_change_is_known_by_what_it_leaves(repository: ScriptedRepository) -> None:
    repository.switch("topic", start="main")
    base, head = change(repository)
    repository.switch("main")
    repository.git("merge", "-q", "--squash", "topic")
    repository.commit("squashed")
    found = taken(repository, base, head, "main")
    assert found.notes == ()
    assert contents(found)["a.txt"] == LINES.encode()


def test_a_change_of_mode_and_a_link_are_taken_back(repository: ScriptedRepository) -> None:
    base = repository.head()
    (repository.root / "run.sh").chmod(0o755)
    (repository.root / "link").symlink_to("a.txt")
    head = repository.commit("modes")
    with Quarantine.of(repository.root) as quarantine:
        found = take_back(quarantine, base, head, Target(head, "HEAD"))
    assert found.files is not None
    assert found.files.rows["run.sh"].mode == "100644"
    assert "link" not in found.files.rows


def test_where_it_would_be_taken_back(repository: ScriptedRepository) -> None:
    with Quarantine.of(repository.root) as quarantine:
        assert target_of(quarantine, None) == Target(repository.head(), "refs/heads/main")
        assert target_of(quarantine, "HEAD").commit == repository.head()
        with pytest.raises(GitError):
            target_of(quarantine, "nowhere")


def test_without_a_branch_it_is_not_known(tmp_path: Path) -> None:
    repository = ScriptedRepository(tmp_path / "repo", branch="odd")
    repository.commit("base", {"a": "a\n"})
    with Quarantine.of(repository.root) as quarantine, pytest.raises(UndeterminedError):
        target_of(quarantine, None)


def test_the_tests_of_the_parent_run_over_what_is_left() -> None:
    files = Files.of(DictTree({"a.py": "x = 1\n"}))
    runs = Fake(code=1)
    told = rehearse(TakenBack("1" * 40, "main", files), runs, files)
    assert [job.files for job in runs.jobs] == [files]
    assert (told.applied, told.suite_passed) == (True, False)
    assert told.gaps == ("what is left is exactly the tree before the change",)
    assert rehearse(TakenBack("1" * 40, "main", files), None).suite is None


@pytest.mark.parametrize(
    ("before", "passed", "said"),
    [
        (("a", "b"), None, "2 tests that fail over what is left fail before the change too"),
        (("a",), False, "1 of 2 failing tests fail before the change too"),
        ((), False, "0 of 2 failing tests fail before the change too"),
    ],
)
def test_what_failed_before_the_change_is_not_the_way_back(
    before: tuple[str, ...],
    passed: bool | None,  # noqa: FBT001 - a column of the table
    said: str,
) -> None:
    left, parent = (Files.of(DictTree({"a.py": text})) for text in ("x = 1\n", "x = 2\n"))
    runs = Fake(code=1, failing={TREE: ("a", "b"), PARENT: before})
    told = rehearse(TakenBack("1" * 40, "main", left), runs, parent)
    assert (told.suite_passed, told.gaps) == (passed, (said,))
    assert [job.words for job in runs.jobs] == [TREE, PARENT]
