from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer.diff.index import DiffIndex, IndexBuilder, Row, RowKind, index_patch

_HEADERS = (
    b"diff --git a/x b/x",
    b'diff --git "a/\\303\\251" "b/\\303\\251"',
    b"diff --cc x",
    b"index 1111..2222 100644",
    b"--- a/x",
    b"+++ b/x",
    b"--- /dev/null",
    b"old mode 100644",
    b"new mode 100755",
    b"rename from x",
    b"rename to y",
    b"GIT binary patch",
    b"literal 5",
    b"delta 5",
    b"McmZQzU}a!o000010C4~S",
    b"Binary files a/x and b/x differ",
    b"@@@ -1 -1 +1 @@@",
    b"-- ",
    b"",
    b"\r",
    b"\\ No newline at end of file",
)
_hunk_header = st.builds(
    lambda a, b, c, d: f"@@ -{a},{b} +{c},{d} @@ f".encode(),
    *(st.integers(0, 9), st.integers(0, 5)) * 2,
)
_content = st.builds(
    lambda sign, text: sign + text.replace(b"\n", b""),
    st.sampled_from((b" ", b"+", b"-", b"\\", b"")),
    st.binary(max_size=6),
)
_lines = st.lists(st.one_of(st.sampled_from(_HEADERS), _hunk_header, _content, _content), max_size=40)
_patches = st.builds(lambda lines, end: b"\n".join(lines) + end, _lines, st.sampled_from((b"", b"\n")))


def _facts(index: DiffIndex) -> tuple[object, ...]:
    return [index.row(row) for row in range(len(index))], list(index.files), [file.hunks for file in index.files]


@settings(max_examples=80, deadline=None)
@given(_patches)
def test_rows_partition_the_bytes(data: bytes) -> None:
    index = index_patch(data)
    extents = [index.extent(row) for row in range(len(index))]
    assert b"".join(data[start:end] for start, end in extents) == data
    assert all(end > start for start, end in extents)
    assert all(b"\n" not in data[start : end - 1] for start, end in extents)
    assert b"\n".join(index.raw(row) for row in range(len(index))) == data.removesuffix(b"\n") or data == b"\n"


@settings(max_examples=80, deadline=None)
@given(_patches, st.integers(1, 60))
def test_any_step_gives_the_same_index(data: bytes, step: int) -> None:
    builder = IndexBuilder(data)
    seen: list[Row] = []
    while not builder.step(step):
        seen = [builder.index.row(row) for row in range(len(builder.index))][: len(seen) + 5]
    whole = index_patch(data)
    assert _facts(builder.index) == _facts(whole)
    assert [whole.row(row) for row in range(len(seen))] == seen


@settings(max_examples=80, deadline=None)
@given(_patches)
def test_hunks_hold_exactly_what_their_header_says(data: bytes) -> None:
    index = index_patch(data)
    content = {RowKind.CONTEXT, RowKind.ADDED, RowKind.REMOVED}
    inside: set[int] = set()
    for file in index.files:
        for hunk in file.hunks:
            kinds = [index.kind(row) for row in range(hunk.first + 1, hunk.last)]
            inside.update(range(hunk.first + 1, hunk.last))
            assert index.kind(hunk.first) is RowKind.HUNK
            old = kinds.count(RowKind.CONTEXT) + kinds.count(RowKind.REMOVED)
            new = kinds.count(RowKind.CONTEXT) + kinds.count(RowKind.ADDED)
            assert (old, new) <= (hunk.old_count, hunk.new_count)
            assert hunk.whole == ((old, new) == (hunk.old_count, hunk.new_count))
            if not hunk.whole:
                assert not file.consistent
    assert all(row in inside for row in range(len(index)) if index.kind(row) in content)


@settings(max_examples=100, deadline=None)
@given(_patches, st.randoms(use_true_random=False))
def test_numbers_do_not_depend_on_the_order_of_asking(data: bytes, random: object) -> None:
    index = index_patch(data)
    expected: dict[int, tuple[int | None, int | None]] = {}
    for file in index.files:
        for hunk in file.hunks:
            old, new = hunk.old_start, hunk.new_start
            for row in range(hunk.first + 1, hunk.last):
                kind = index.kind(row)
                if kind is RowKind.NO_NEWLINE:
                    continue
                expected[row] = (
                    None if kind is RowKind.ADDED else old,
                    None if kind is RowKind.REMOVED else new,
                )
                old += kind is not RowKind.ADDED
                new += kind is not RowKind.REMOVED
    rows = list(range(len(index)))
    random.shuffle(rows)  # type: ignore[attr-defined]
    assert all(index.numbers(row) == expected.get(row, (None, None)) for row in rows)
    for file in index.files:
        if file.consistent:
            for row in range(file.first, file.last):
                old_line, new_line = expected.get(row, (None, None))
                assert old_line is None or index.row_of_line(file, "old", old_line) == row
                assert new_line is None or index.row_of_line(file, "new", new_line) == row
