"""Names inside a packet, and the list that pins them."""

from __future__ import annotations

import hashlib

import pytest

from reviewer.errors import BadPacketError
from reviewer.packet.limits import Limits
from reviewer.packet.member import check_names, parse_list, render_list

A, B = "a" * 64, "b" * 64


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("/etc/passwd", "absolute"),
        ("C:/x", "absolute"),
        ("C:x", "absolute"),
        ("../x", "'..'"),
        ("blobs/../../x", "'..'"),
        ("./x", "'.'"),
        ("blobs//x", "empty"),
        ("", "empty"),
        ("blobs\\x", "backslash"),
        ("a\0b", "NUL"),
        ("blobs/", "folder"),
        ("a b", "character other"),
        ("a\nb", "character other"),
        ("\u202egnp.x", "character other"),
        ("é", "character other"),
        (".hidden", "starts with"),
        ("-o", "starts with"),
        ("a/b/c/d", "deep"),
        ("x" * 201, "longer"),
    ],
)
def test_a_name_that_could_reach_outside_or_hide_is_refused(name: str, reason: str) -> None:
    with pytest.raises(BadPacketError, match=reason):
        check_names([name], Limits(), "p.packet")


@pytest.mark.parametrize(
    ("names", "reason"),
    [
        (["logs/1.log", "logs/1.log"], "twice"),
        (["logs/1.log", "Logs/1.LOG"], "differs only in case"),
        (["logs", "logs/1.log"], "also the folder"),
        (["LOGS", "logs/1.log"], "also the folder"),
        (["a/b", "a/b/c"], "also the folder"),
    ],
)
def test_two_names_for_one_place_are_refused(names: list[str], reason: str) -> None:
    with pytest.raises(BadPacketError, match=reason):
        check_names(names, Limits(), "p.packet")


def test_more_names_than_the_limit_are_refused() -> None:
    assert len(check_names(["a", "b"], Limits(max_members=2), "p")) == 2
    with pytest.raises(BadPacketError, match="more than 2 members"):
        check_names(["a", "b", "c"], Limits(max_members=2), "p")


def test_the_list_reads_back_and_has_the_form_of_sha256sum() -> None:
    digests = {"logs/1.log": A, "change.diff": B, f"blobs/{A}": A}
    data = render_list(digests)
    assert data == f"{A}  blobs/{A}\n{B}  change.diff\n{A}  logs/1.log\n".encode()
    assert parse_list(data, "p") == digests


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (f"{A}  a".encode(), "line feed"),
        (f"{A} a\n".encode(), "line 1: expected 64 hex digits"),
        (f"{A}  a\n{'A' * 64}  b\n".encode(), "line 2: expected 64 hex digits"),
        (f"{A}  b\n{A}  a\n".encode(), "line 2: 'a' is out of order"),
        (f"{A}  a\n{B}  a\n".encode(), "line 2: 'a' is out of order or listed twice"),
        (f"{A}  a\n\n".encode(), "line 2"),
        (f"{A}  blobs/{B}\n".encode(), "not named after its own digest"),
        (f"{A}  blobs/x\n".encode(), "not named after its own digest"),
    ],
)
def test_a_list_that_is_not_ours_is_refused_with_its_line(data: bytes, reason: str) -> None:
    with pytest.raises(BadPacketError, match=reason):
        parse_list(data, "p")


def test_an_empty_list_lists_nothing() -> None:
    assert parse_list(b"", "p") == {}
    assert hashlib.sha256(render_list({})).hexdigest() == hashlib.sha256(b"").hexdigest()
