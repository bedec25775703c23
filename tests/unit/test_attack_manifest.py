"""A `packet.toml` made to hang, to crash or to flood: one short sentence with the line, at once."""

from __future__ import annotations

import time

import pytest

from reviewer.errors import BadPacketError
from reviewer.packet.loader import parse_manifest
from tests.support.packets import packet_members

_MANIFEST = packet_members()["packet.toml"]
assert isinstance(_MANIFEST, bytes)
GOOD = _MANIFEST


def _refusal(data: bytes) -> str:
    started = time.monotonic()
    with pytest.raises(BadPacketError) as caught:
        parse_manifest(data, "x.packet")
    assert time.monotonic() - started < 3
    assert len(caught.value.sentence) < 500
    return caught.value.sentence


@pytest.mark.parametrize("part", [b"a.", b'"a".', b"'a' . "])
def test_a_key_of_very_many_parts_is_refused_before_it_is_parsed(part: bytes) -> None:
    assert "line 2: a key has more than 8 parts" in _refusal(b"\n" + part * 500_000 + b"b = 1\n")


def test_dots_inside_strings_and_comments_are_text() -> None:
    dotted = b"a." * 50
    text = GOOD.replace(b"Allow for clock skew", dotted).replace(b"\n", b"  # " + dotted + b"\n", 1)
    assert parse_manifest(text, "x.packet").title == dotted.decode()


@pytest.mark.parametrize("number", [b"0x" + b"f" * 10_000, b"9" * 4_000, b"9223372036854775808", b"inf"])
def test_a_number_that_nobody_can_print_is_refused_with_its_line(number: bytes) -> None:
    old = b"seconds = 300.0" if number == b"inf" else b"times = 1"
    line = GOOD[: GOOD.index(old)].count(b"\n") + 1
    sentence = _refusal(GOOD.replace(old, old.split(b"=")[0] + b"= " + number))
    assert f"line {line}: " in sentence
    assert "not a finite number that 64 bits hold" in sentence


@pytest.mark.parametrize("key", [b'"a(b)"', b'"[x]"', b'","'])
def test_an_unknown_key_that_looks_like_a_model_is_named(key: bytes) -> None:
    assert f"{key.decode()[1:-1]} is not a key here" in _refusal(key + b" = 1\n" + GOOD)


def test_a_key_of_a_million_letters_is_cut_in_the_sentence() -> None:
    assert "more is not a key here" in _refusal(b"k" * 1_000_000 + b" = 1\n" + GOOD)


def test_a_long_string_in_an_array_does_not_slow_the_search_for_the_line() -> None:
    assert "x is not a key here" in _refusal(b'x = [\n["' + b" " * 1_000_000 + b'"\n]]\n' + GOOD)
