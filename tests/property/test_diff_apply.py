from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reviewer.diff.anchor import review_units
from reviewer.diff.apply import DiffError, apply
from reviewer.diff.index import index_patch
from reviewer.diff.parse import round_trips
from tests.support.git_diff import Entry, diff, init, write_tree

if TYPE_CHECKING:
    from pathlib import Path

_LINE = st.sampled_from(
    [
        *(b"a", b"b", b"", b" ", b"\t", b"c\r", b"\r", b"x\ry", b"\xff\xfe", "é".encode(), b"\x0c", b"\xe2\x80\xa8"),
        *(b"--- a/x", b"+++ b/x", b"@@ -1 +1 @@", b"diff --git a/x b/x", b"\\ No newline at end of file", b"-- "),
        b"GIT binary patch",
    ]
)
_TEXT = st.builds(
    lambda lines, end: b"\n".join(lines) + end, st.lists(_LINE, max_size=14), st.sampled_from((b"", b"\n"))
)
_BINARY = st.builds(lambda head, tail: head + b"\0" + tail, st.binary(max_size=90), st.binary(max_size=300))
_FILE = st.one_of(
    st.builds(Entry, st.one_of(_TEXT, _TEXT, _BINARY), st.sampled_from(("100644", "100644", "100755"))),
    st.builds(Entry, st.sampled_from((b"target", b"../up", b"t\xff")), st.just("120000")),
    st.builds(Entry, st.sampled_from((b"1" * 40, b"2" * 40)), st.just("160000")),
)
_PATH = st.sampled_from(
    (
        b"a",
        b"b c",
        b"d/e.py",
        "é".encode(),
        b"t\tab",
        b'q"uote',
        b"b\\s",
        b"n\nl",
        b"\xff",
        b"a b/x b/c",
        b" lead",
        b's p\t"\xff',
        b"trail ",
    )
)
_TREE = st.dictionaries(_PATH, _FILE, max_size=5)


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("diff") / "r"
    init(folder)
    return folder


def _content(entry: Entry | None) -> bytes | None:
    if entry is None:
        return None
    return b"Subproject commit " + entry.content + b"\n" if entry.mode == "160000" else entry.content


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_TREE, _TREE)
def test_old_and_patch_give_new(repository: Path, old: dict[bytes, Entry], new: dict[bytes, Entry]) -> None:
    trees = write_tree(repository, old), write_tree(repository, new)
    data = diff(repository, *trees)
    index = index_patch(data)
    result = dict(old)
    renamed = []
    for file in index.files:
        path = file.path.encode("utf-8", "surrogateescape")
        source = path if file.old_path is None else file.old_path.encode("utf-8", "surrogateescape")
        assert file.consistent, (file, data)
        before = None if file.status == "A" else old[source]
        after = apply(_content(before), index, file)
        assert round_trips(index, file), data
        if file.status == "R":
            renamed.append(source)
        if after is None:
            result.pop(path, None)
            continue
        mode = file.new_mode or (before.mode if before else "100644")
        if mode == "160000":
            after = after.removeprefix(b"Subproject commit ").removesuffix(b"\n")
        result[path] = Entry(after, mode)
    for source in renamed:
        if source not in new:
            result.pop(source, None)
    assert result == new
    units = review_units(index)
    assert len({unit.id for unit in units}) == len(units)
    assert {unit.file.number for unit in units} == set(range(len(index.files)))
    covered = [row for unit in units for row in range(unit.first, unit.last)]
    assert len(covered) == len(set(covered))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_TEXT, _TEXT, st.integers(0, 400), st.integers(0, 255))
def test_an_altered_patch_never_gives_another_content_in_silence(
    repository: Path, old: bytes, new: bytes, at: int, byte: int
) -> None:
    """An alteration may be refused, or change the result as the altered patch says; git has to agree in each case."""
    trees = (write_tree(repository, {b"f": Entry(old)}), write_tree(repository, {b"f": Entry(new)}))
    data = bytearray(diff(repository, *trees))
    if not data:
        return
    data[at % len(data)] = byte
    index = index_patch(bytes(data))
    if len(index.files) != 1 or index.files[0].path != "f":
        return
    try:
        ours = apply(old, index, index.files[0])
    except DiffError:
        return
    (repository / "f").write_bytes(old)
    done = subprocess.run(
        ["git", "apply", "--unidiff-zero", "--whitespace=nowarn", "-"],
        cwd=repository,
        input=bytes(data),
        capture_output=True,
        check=False,
    )
    if done.returncode == 0 and (repository / "f").exists():
        assert ours == (repository / "f").read_bytes(), (old, bytes(data))
