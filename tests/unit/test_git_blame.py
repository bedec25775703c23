from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reviewer.errors import GitError
from reviewer.git.blame import blame, parse_porcelain
from reviewer.git.quarantine import Quarantine
from reviewer.git.quoting import unquote
from tests.support.repositories import ScriptedRepository

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def repository(tmp_path: Path) -> ScriptedRepository:
    return ScriptedRepository(tmp_path / "repository")


def test_each_line_names_the_commit_that_last_wrote_it(repository: ScriptedRepository) -> None:
    first = repository.commit("first", {"a.txt": b"one\ntwo\r\n\tthree\xff"})
    second = repository.commit("second", {"a.txt": b"zero\none\ntwo\r\n\tthree\xff"})
    with Quarantine.of(repository.root) as quarantine:
        lines = blame(quarantine, "HEAD", "a.txt")
        assert blame(quarantine, "HEAD~1", "a.txt")[0].commit == first
    assert [(line.line, line.commit, line.orig_line, line.text) for line in lines] == [
        (1, second, 1, b"zero"),
        (2, first, 1, b"one"),
        (3, first, 2, b"two\r"),
        (4, first, 3, b"\tthree\xff"),
    ]


@pytest.mark.parametrize("name", ['say "hi"\n.txt', "\udcff.txt", "-rf", ":(top)x", "ü/ö.txt"])
def test_lines_are_followed_through_a_rename_to_and_from_odd_names(repository: ScriptedRepository, name: str) -> None:
    text = "".join(f"line {number}\n" for number in range(20))
    first = repository.commit("first", {name: text})
    repository.commit("rename", {name: None, "plain.txt": text})
    last = repository.commit("edit", {"plain.txt": text + "more\n"})
    with Quarantine.of(repository.root) as quarantine:
        lines = blame(quarantine, "HEAD", "plain.txt")
        assert len(blame(quarantine, "HEAD~2", name)) == 20
    assert {(line.commit, line.path) for line in lines} == {(first, name), (last, "plain.txt")}


def test_merges_keep_the_owners_of_both_sides(repository: ScriptedRepository) -> None:
    base = repository.commit("base", {"a.txt": "1\n2\n3\n4\n5\n6\n7\n"})
    repository.switch("side", start="HEAD")
    side = repository.commit("side", {"a.txt": "side\n2\n3\n4\n5\n6\n7\n"})
    repository.switch("main")
    main = repository.commit("main", {"a.txt": "1\n2\n3\n4\n5\n6\nmain\n"})
    repository.merge("side")
    with Quarantine.of(repository.root) as quarantine:
        commits = [line.commit for line in blame(quarantine, "HEAD", "a.txt")]
    assert commits == [side, base, base, base, base, base, main]


def test_a_long_history_is_read_ahead(repository: ScriptedRepository) -> None:
    repository.commit("first", {"a/b.txt": "first\n"})
    stream = "".join(
        f"commit refs/heads/main\ncommitter A <a@b> {1_800_000_000 + n} +0000\ndata 1\nx\n"
        + (f"from {repository.head()}\n" if n == 0 else "")
        + f"M 100644 inline a/c.txt\ndata {len(str(n))}\n{n}\n\n"
        for n in range(3000)
    )
    first = repository.head()
    repository.git("fast-import", "--quiet", stdin=stream.encode())
    with Quarantine.of(repository.root) as quarantine:
        assert len(quarantine.commits(first, "main")) == 3000
        assert quarantine.merge_base(first, "main") == first
        assert blame(quarantine, "main", "a/b.txt")[0].commit == first
        assert quarantine.resolve("main~3000") == first


def test_what_is_no_file_is_one_sentence(repository: ScriptedRepository) -> None:
    repository.commit("first", {"a/b.txt": "", "empty": ""})
    with Quarantine.of(repository.root) as quarantine:
        assert blame(quarantine, "HEAD", "empty") == ()
        for path in ("missing\x1b", "a", "a/b.txt/c", "/etc/passwd", ""):
            with pytest.raises(GitError, match="there is no file") as caught:
                blame(quarantine, "HEAD", path)
            assert "\x1b" not in caught.value.sentence


@pytest.mark.parametrize(
    "data",
    [
        b"nonsense\n",
        b"\tline\n",
        b"0" * 40 + b" 1 1 1\n\tline without a file name\n",
        b"0" * 40 + b" 1 1 1\nauthor x\n",
    ],
)
def test_an_answer_that_cannot_be_read_is_refused(data: bytes) -> None:
    with pytest.raises(GitError):
        parse_porcelain(data)


def test_quoted_names_are_read_as_git_writes_them() -> None:
    assert unquote(b'"a\\tb\\"\\\\\\303\\274\\n"') == b'a\tb"\\\xc3\xbc\n'
    assert unquote(b"plain name") == b"plain name"
    assert unquote(b'"') == b'"'
