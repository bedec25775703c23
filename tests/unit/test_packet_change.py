"""The change manifest: one change, one encoding."""

from __future__ import annotations

import pytest

from reviewer.errors import BadPacketError
from reviewer.packet.change import HEADER, ChangeEntry, parse, path_bytes, path_text, render

A, B = "a" * 64, "b" * 64
LINK = "gitlink:" + "c" * 40


def entry(path: str) -> bytes:
    return f"000000 100644 - {A} {path}".encode() + b"\0"


def test_the_encoding_is_the_designs() -> None:
    entries = [
        ChangeEntry(b"z", "100644", "100755", A, A),
        ChangeEntry(b"a b\n", "000000", "120000", None, B),
        ChangeEntry(b"sub", "160000", "000000", LINK, None),
    ]
    expected = (
        b"change-manifest/1\n"
        + f"000000 120000 - {B} a b\n\0".encode()
        + f"160000 000000 {LINK} - sub\0".encode()
        + f"100644 100755 {A} {A} z\0".encode()
    )
    assert render(entries) == expected
    assert parse(expected) == tuple(sorted(entries, key=lambda entry: entry.path))


def test_no_entries_are_the_header_alone() -> None:
    assert render([]) == HEADER
    assert parse(HEADER) == ()


@pytest.mark.parametrize(
    ("old_mode", "new_mode", "old", "new", "path"),
    [
        ("100644", "100644", A, A, b"p"),
        ("100644", "000000", A, B, b"p"),
        ("000000", "100644", None, None, b"p"),
        ("160000", "100644", A, B, b"p"),
        ("100644", "160000", A, A, b"p"),
        ("100600", "100644", A, B, b"p"),
        ("100644", "100644", A, B, b""),
        ("100644", "100644", A, B, b"../p"),
        ("100644", "100644", A, B, b"/p"),
        ("100644", "100644", A, B, b"a\0b"),
        ("100644", "100644", A, "B" * 64, b"p"),
    ],
)
def test_an_entry_without_one_meaning_cannot_be_made(
    old_mode: str, new_mode: str, old: str | None, new: str | None, path: bytes
) -> None:
    with pytest.raises(ValueError, match=r".+"):
        ChangeEntry(path, old_mode, new_mode, old, new)


def test_a_path_is_listed_once() -> None:
    entry = ChangeEntry(b"p", "000000", "100644", None, A)
    with pytest.raises(ValueError, match="twice"):
        render([entry, entry])


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "line 1: expected 'change-manifest/1'"),
        (b"change-manifest/2\n", "line 1"),
        (HEADER + f"000000 100644 - {A} p".encode(), "cut"),
        (HEADER + entry("p") + entry("a"), "entry 2: paths are out of order"),
        (HEADER + entry("p") + entry("p"), "entry 2: paths are out of order"),
        (HEADER + f"000000 100644 - {A[1:]} p\0".encode(), "entry 1: expected two modes"),
        (HEADER + f"000000  100644 - {A} p\0".encode(), "entry 1: expected two modes"),
        (HEADER + f"100644 100644 - {A} p\0".encode(), "entry 1: mode 100644 does not go with no content"),
        (HEADER + b"\0", "entry 1"),
    ],
)
def test_bytes_that_render_would_not_write_are_refused(data: bytes, reason: str) -> None:
    with pytest.raises(BadPacketError, match=reason):
        parse(data)


@pytest.mark.parametrize("path", [b"a", b"caf\xe9.txt", "café".encode(), b'"a"', b'"', b"\xff\\\"'", b"a\nb"])
def test_any_path_survives_the_manifests_text(path: bytes) -> None:
    text = path_text(path)
    text.encode()
    assert path_bytes(text) == path
