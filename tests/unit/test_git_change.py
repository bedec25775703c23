from __future__ import annotations

import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from reviewer.errors import GitError, UndeterminedError
from reviewer.git.quarantine import Quarantine
from reviewer.packet.change import ChangeEntry
from tests.support.repositories import ScriptedRepository

if TYPE_CHECKING:
    from pathlib import Path

ODD_NAMES = (
    b'say "hi".txt',
    b"two\nlines.txt",
    b"tab\there.txt",
    b"\xff\xfe.bin",
    b"back\\slash",
    b"-rf",
    "ü.txt".encode(),
)


def listing(repository: ScriptedRepository, tree: str) -> dict[bytes, tuple[str, str]]:
    """The independent answer: git's own recursive listing, and SHA-256 of what git gives for each blob."""
    found = {}
    output = repository.git("ls-tree", "-r", "-z", "--full-tree", tree).encode("utf-8", "surrogateescape")
    for row in output.split(b"\0")[:-1]:
        head, _, path = row.partition(b"\t")
        mode, kind, oid = head.decode().split()
        content = repository.git("cat-file", "blob", oid) if kind == "blob" else ""
        # `git` drops one last line feed; the size says whether there was one.
        raw = content.encode("utf-8", "surrogateescape")
        if kind == "blob" and int(repository.git("cat-file", "-s", oid)) == len(raw) + 1:
            raw += b"\n"
        found[path] = (mode, f"gitlink:{oid}" if kind == "commit" else hashlib.sha256(raw).hexdigest())
    return found


def expected_change(repository: ScriptedRepository, base: str, head: str) -> tuple[ChangeEntry, ...]:
    old, new = listing(repository, base), listing(repository, head)
    absent = ("000000", None)
    return tuple(
        ChangeEntry(
            path, old.get(path, absent)[0], new.get(path, absent)[0], old.get(path, absent)[1], new.get(path, absent)[1]
        )
        for path in sorted(old.keys() | new.keys())
        if old.get(path) != new.get(path)
    )


def every_kind_of_change(root: Path, object_format: str = "sha1") -> tuple[ScriptedRepository, str, str]:
    width = 64 if object_format == "sha256" else 40
    repository = ScriptedRepository(root, object_format=object_format)
    repository.write("kept/deep/er/same.txt", "same\n")
    repository.write("edited.py", "".join(f"line {n}\n" for n in range(50)))
    repository.write("gone.py", "bye\n")
    repository.write("moved/from.py", "".join(f"moved {n}\n" for n in range(30)))
    repository.write("script.sh", "#!/bin/sh\n")
    repository.write("image.bin", bytes(range(256)))
    repository.write("no_newline.txt", "end")
    repository.write("becomes_folder", "file\n")
    repository.write("becomes_file/inner.txt", "inner\n")
    repository.write("crlf.txt", b"a\r\nb\r\n")
    (repository.root / "link").symlink_to("edited.py")
    repository.submodules["vendor/lib"] = "1" * width
    for name in ODD_NAMES:
        repository.write(name, b"old\n")
    base = repository.commit("base")
    repository.submodules["vendor/lib"] = "2" * width
    repository.write("edited.py", "".join(f"line {n}{'!' if n == 25 else ''}\n" for n in range(50)))
    (repository.root / "gone.py").unlink()
    (repository.root / "moved/from.py").rename(repository.root / "moved/to.py")
    (repository.root / "script.sh").chmod(0o755)
    repository.write("image.bin", bytes(range(255, -1, -1)))
    repository.write("empty.txt", b"")
    repository.write("no_newline.txt", "end\n")
    (repository.root / "becomes_folder").unlink()
    repository.write("becomes_folder/inner.txt", "file\n")
    (repository.root / "becomes_file/inner.txt").unlink()
    (repository.root / "becomes_file").rmdir()
    repository.write("becomes_file", "inner\n")
    repository.write("crlf.txt", b"a\r\nb\n")
    (repository.root / "link").unlink()
    (repository.root / "link").symlink_to("/etc/passwd")
    for name in ODD_NAMES:
        repository.write(name, b"new\n")
    return repository, base, repository.commit("head")


@pytest.fixture(scope="module", params=["sha1", "sha256"])
def changed(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[ScriptedRepository, str, str]:
    return every_kind_of_change(tmp_path_factory.mktemp("change") / "repository", request.param)


def test_change_lists_every_path_as_two_independent_listings_do(changed: tuple[ScriptedRepository, str, str]) -> None:
    repository, base, head = changed
    with Quarantine.of(repository.root) as quarantine:
        entries = quarantine.change(base, head)
    assert entries == expected_change(repository, base, head)
    assert {entry.path for entry in entries} >= set(ODD_NAMES)
    assert [entry.path for entry in entries] == sorted(entry.path for entry in entries)
    link = next(entry for entry in entries if entry.path == b"vendor/lib")
    assert link.new is not None
    assert link.new.startswith("gitlink:2222")


def test_diff_is_what_plain_git_writes_and_leads_from_base_to_head(
    changed: tuple[ScriptedRepository, str, str],
) -> None:
    repository, base, head = changed
    with Quarantine.of(repository.root) as quarantine:
        diff = quarantine.diff(base, head)
        assert quarantine.diff(base, head) == diff
        everything = quarantine.diff(None, head)
    plain = repository.git("diff", "--binary", "--full-index", base, head) + "\n"
    assert diff == plain.encode("utf-8", "surrogateescape")
    assert b"similarity index 100%\nrename from moved/from.py\nrename to moved/to.py\n" in diff
    for start, patch in ((base, diff), (None, everything)):
        index = {"GIT_INDEX_FILE": str(repository.git_dir / f"index-{start}")}
        repository.git("read-tree", *([start] if start else ["--empty"]), variables=index)
        repository.git("apply", "--cached", "--whitespace=nowarn", stdin=patch, variables=index)
        assert repository.git("write-tree", variables=index) == repository.git("rev-parse", f"{head}^{{tree}}")


def test_diff_bytes_do_not_depend_on_the_persons_settings(
    changed: tuple[ScriptedRepository, str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    repository, base, head = changed
    with Quarantine.of(repository.root) as quarantine:
        expected = quarantine.diff(base, head)
    settings = tmp_path / "gitconfig"
    settings.write_text(
        "[diff]\n\tnoprefix = true\n\tcontext = 0\n\trenames = false\n\talgorithm = patience\n\tmnemonicPrefix = true\n"
        "[core]\n\tquotePath = false\n\tabbrev = 4\n[color]\n\tui = always\n"
    )
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))
    monkeypatch.setenv("GIT_DIFF_OPTS", "-u1")
    monkeypatch.setenv("GIT_EXTERNAL_DIFF", "false")
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "diff.context")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "9")
    with Quarantine.of(repository.root) as quarantine:
        assert quarantine.diff(base, head) == expected


def test_trees_give_files_links_and_bytes_in_names(changed: tuple[ScriptedRepository, str, str]) -> None:
    repository, _, head = changed
    with Quarantine.of(repository.root) as quarantine:
        tree = quarantine.tree(head)
        paths = set(tree.paths())
        assert {os.fsdecode(name) for name in ODD_NAMES} <= paths
        assert "vendor/lib" not in paths
        assert tree.read("link") == b"/etc/passwd"
        assert tree.read("empty.txt") == b""
        assert tree.read("\udcff\udcfe.bin") == b"new\n"
        assert tree.read("image.bin") == bytes(range(255, -1, -1))
        assert [tree.read(path) for path in ("kept", "vendor/lib", "missing", "edited.py/x", "", "/edited.py")] == [
            None
        ] * 6
        assert {path.decode("utf-8", "surrogateescape") for path, _ in tree.entries()} == paths | {"vendor/lib"}


def test_nothing_changed_is_an_empty_change_and_an_empty_diff(tmp_path: Path) -> None:
    repository = ScriptedRepository(tmp_path / "repository")
    first = repository.commit("first", {"a": "a"})
    second = repository.commit("second")
    with Quarantine.of(repository.root) as quarantine:
        assert quarantine.change(first, second) == ()
        assert quarantine.diff(first, second) == b""


def test_missing_objects_cannot_be_determined(tmp_path: Path) -> None:
    repository = ScriptedRepository(tmp_path / "repository")
    first = repository.commit("first", {"a": "a\n", "b": "b\n"})
    second = repository.commit("second", {"a": "new\n"})
    repository.path_of(repository.git("rev-parse", f"{second}:a")).unlink()
    with Quarantine.of(repository.root) as quarantine:
        assert len(quarantine.compare(first, second).differences) == 1
        with pytest.raises(UndeterminedError, match="is not in the repository"):
            quarantine.change(first, second)
        with pytest.raises(UndeterminedError, match="shallow, partial or damaged"):
            quarantine.diff(first, second)
        assert quarantine.tree(second).read("b") == b"b\n", "one missing object must not end the reading of others"


def test_a_tree_that_git_would_read_in_two_ways_is_refused(tmp_path: Path) -> None:
    repository = ScriptedRepository(tmp_path / "repository")
    base = repository.commit("base", {"a": "a\n"})
    blob = bytes.fromhex(repository.git("rev-parse", "HEAD:a"))
    bad_trees = {
        "out of order": b"100644 b\0" + blob + b"100644 a\0" + blob,
        "twice": b"100644 a\0" + blob + b"100644 a\0" + blob,
        "as file and folder": b"100644 a\0" + blob + b"100644 a.b\0" + blob + b"40000 a\0" + bytes(20),
        "a slash": b"100644 a/b\0" + blob,
        "the parent": b"100644 ..\0" + blob,
        "no mode": b"1006_44 a\0" + blob,
        "cut": b"100644 a\0" + blob[:-1],
    }
    for name, data in bad_trees.items():
        tree = repository.git("hash-object", "-t", "tree", "--literally", "-w", "--stdin", stdin=data)
        head = repository.git("commit-tree", tree, "-p", base, "-m", name)
        with Quarantine.of(repository.root) as quarantine, pytest.raises(GitError, match="malformed"):
            quarantine.change(base, head)


def test_a_few_trees_that_stand_for_billions_of_files_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reviewer.git.comparison.MAX_FILES", 2000)
    monkeypatch.setattr("reviewer.git.tree.MAX_FILES", 2000)
    repository = ScriptedRepository(tmp_path / "repository")
    base = repository.commit("base", {"a": "a\n"})
    row = f"100644 blob {repository.git('rev-parse', 'HEAD:a')}"
    for _ in range(9):
        rows = "".join(f"{row}\t{name}\n" for name in "abcdefghij")
        row = f"040000 tree {repository.git('mktree', stdin=rows.encode())}"
    head = repository.git("commit-tree", row.split()[-1], "-p", base, "-m", "bomb")
    with Quarantine.of(repository.root) as quarantine:
        with pytest.raises(GitError, match="too large"):
            quarantine.change(base, head)
        with pytest.raises(GitError, match="too large"):
            list(quarantine.tree(head).paths())


def test_several_threads_may_read_at_once(changed: tuple[ScriptedRepository, str, str]) -> None:
    repository, base, head = changed
    with Quarantine.of(repository.root) as quarantine, ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: (quarantine.change(base, head), quarantine.diff(base, head)), range(8)))
    assert all(answer == answers[0] for answer in answers)
    assert answers[0][0] == expected_change(repository, base, head)
