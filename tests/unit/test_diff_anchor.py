from __future__ import annotations

from reviewer.diff.anchor import file_id, find_line, hunk_id, line_anchor, review_units
from reviewer.diff.index import index_patch

HEAD = b"diff --git a/x b/x\nindex 1111111..2222222 100644\n--- a/x\n+++ b/x\n"


def hunk(start: int, *lines: str) -> bytes:
    old = sum(line[0] != "+" for line in lines)
    new = sum(line[0] != "-" for line in lines)
    return f"@@ -{start},{old} +{start},{new} @@\n".encode() + "".join(line + "\n" for line in lines).encode()


def ids(data: bytes) -> list[str]:
    return [unit.id for unit in review_units(index_patch(data))]


def test_equal_hunks_are_told_apart_by_order() -> None:
    data = HEAD + hunk(1, "-a", "+b") + hunk(9, "-a", "+b") + hunk(20, "-a", "+c")
    found = ids(data)
    assert len(set(found)) == 3
    index = index_patch(data)
    assert [hunk_id(index, index.files[0], each) for each in index.files[0].hunks] == found


def test_a_shift_and_other_context_keep_the_name() -> None:
    assert ids(HEAD + hunk(1, " x", "-a", "+b")) == ids(HEAD + hunk(70, " y", "-a", "+b", " z"))
    assert ids(HEAD + hunk(1, "-a", "+b")) != ids(HEAD.replace(b"/x", b"/y") + hunk(1, "-a", "+b"))


def test_a_missing_line_feed_is_a_change() -> None:
    plain = HEAD + hunk(1, "-a", "+b")
    assert ids(plain) != ids(plain + b"\\ No newline at end of file\n")


def test_headers_that_say_more_are_units_too() -> None:
    mode = HEAD.replace(b"index 1111111..2222222 100644", b"old mode 100644\nnew mode 100755\nindex 1111111..2222222")
    units = review_units(index_patch(mode + hunk(1, "-a", "+b")))
    assert [unit.hunk is None for unit in units] == [True, False]
    other = mode.replace(b"2222222", b"3333333") + hunk(1, "-a", "+c")
    assert ids(other)[0] == units[0].id


def test_content_without_hunks_is_named_by_its_bytes() -> None:
    one = b"diff --git a/x b/x\nindex 1111111..2222222 100644\nBinary files a/x and b/x differ\n"
    index = index_patch(one)
    assert ids(one) == [file_id(index, index.files[0])]
    assert ids(one) != ids(one.replace(b"2222222", b"3333333"))


def test_rows_that_belong_to_no_hunk_must_be_seen() -> None:
    data = HEAD + hunk(1, "-a", "+b") + b"+smuggled\n" + HEAD + hunk(1, "-a", "+b")
    units = review_units(index_patch(data))
    assert len({unit.id for unit in units}) == len(units)
    covered = {row for unit in units for row in range(unit.first, unit.last)}
    assert 7 in covered


def test_a_line_is_found_again_by_text_and_neighbours() -> None:
    before = index_patch(HEAD + hunk(1, " top", "+return", " middle", "+return", " end"))
    after = index_patch(HEAD + hunk(40, " new", " top", "+RETURN", " middle", "+return", " end"))
    anchor = line_anchor(before, before.files[0], "new", 4)
    assert anchor is not None
    assert find_line(before, before.files[0], anchor) == ("new", 4)
    assert find_line(after, after.files[0], anchor) == ("new", 44)
    first = line_anchor(before, before.files[0], "new", 2)
    assert first != anchor
    gone = index_patch(HEAD + hunk(1, "+other"))
    assert find_line(gone, gone.files[0], anchor) is None
    assert line_anchor(before, before.files[0], "new", 99) is None
    for bad in ("", "new", "up-1-2-3", "new-a-b-x", "new-a-b-²"):
        assert find_line(before, before.files[0], bad) is None
