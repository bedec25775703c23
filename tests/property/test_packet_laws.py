"""Laws of the packet: what goes in comes out, and no byte of it can change unnoticed."""

from __future__ import annotations

import functools
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer.errors import BadPacketError
from reviewer.packet import change, writer
from reviewer.packet.archive import open_source
from reviewer.packet.loader import load, parse_manifest
from reviewer.packet.manifest import Manifest
from tests.support.packets import packet_members, usual_manifest

QUICK = settings(max_examples=60, deadline=None)
NAMES = st.from_regex(r"[a-z0-9]{1,8}(/[a-z0-9]{1,8}){0,2}", fullmatch=True)
CONTENTS = st.dictionaries(
    st.from_regex(r"[a-z]{1,6}\.py", fullmatch=True), st.text(max_size=200).map(str.encode), min_size=1, max_size=4
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@functools.cache
def sample() -> bytes:
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "p"
        writer.write_archive(path, packet_members())
        return path.read_bytes()


def is_refused(place: Path, data: bytes) -> bool:
    path = place / "p.packet"
    path.write_bytes(data)
    try:
        load(path).close()
    except BadPacketError:
        return True
    return False


@QUICK
@given(old=CONTENTS, new=CONTENTS)
def test_both_forms_come_back_as_they_went_in(old: dict[str, bytes], new: dict[str, bytes]) -> None:
    members = packet_members(old, new)
    with tempfile.TemporaryDirectory() as place:
        digest = writer.write_archive(Path(place) / "p", members)
        writer.write_folder(Path(place) / "f", members)
        with load(Path(place) / "p") as archive, load(Path(place) / "f") as folder:
            assert archive.digest() == folder.digest() == digest
            assert archive.key == folder.key
            assert {name: archive.read(name) for name in archive.names} == members
            assert {name: folder.read(name) for name in folder.names} == members


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_byte_that_changed_is_noticed(data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    whole = bytearray(sample())
    at = data.draw(st.integers(0, len(whole) - 1))
    whole[at] ^= data.draw(st.integers(1, 255))
    assert is_refused(tmp_path_factory.getbasetemp(), bytes(whole)), f"byte {at} may change unnoticed"


def test_a_bit_in_every_header_byte_is_noticed(tmp_path: Path) -> None:
    # Headers are where lenient readers look away: each of their bytes is tried, three ways.
    whole = sample()
    start = whole.index(b"PK\x01\x02")
    first = whole.index(b"PK\x03\x04", 1)
    for at in (*range(80), *range(first, first + 60), *range(start, len(whole))):
        for bits in (1, 0x80, 0xFF):
            changed = bytearray(whole)
            changed[at] ^= bits
            assert is_refused(tmp_path, bytes(changed)), f"byte {at} may change unnoticed"


def test_a_packet_cut_anywhere_is_refused(tmp_path: Path) -> None:
    whole = sample()
    lengths = {*range(0, len(whole), 37), *range(len(whole) - 200, len(whole))}
    assert all(is_refused(tmp_path, whole[:length]) for length in lengths)


@QUICK
@given(data=st.data())
def test_bytes_put_in_or_taken_out_are_noticed(data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    whole = sample()
    at = data.draw(st.integers(0, len(whole)))
    extra = data.draw(st.binary(min_size=1, max_size=20))
    less = data.draw(st.integers(1, 20))
    place = tmp_path_factory.getbasetemp()
    assert is_refused(place, whole[:at] + extra + whole[at:])
    assert at >= len(whole) or is_refused(place, whole[:at] + whole[at + less :])


@QUICK
@given(members=st.dictionaries(NAMES, st.binary(max_size=60), max_size=5))
def test_members_come_back_from_both_forms_or_are_refused_by_both(members: dict[str, bytes]) -> None:
    everything: dict[str, writer.Member] = {"packet.toml": b"", **members}
    with tempfile.TemporaryDirectory() as place:
        writer.write_archive(Path(place) / "p", everything)
        try:
            with open_source(Path(place) / "p") as source:
                assert {name: source.read(name) for name in source.names} == everything
        except BadPacketError:
            # The one thing that the strategy makes and a packet must not hold: a file that is also a folder.
            assert any(f"{name}/" in other for name in members for other in members)


DIGESTS = st.binary(min_size=32, max_size=32).map(bytes.hex)
SIDES = st.one_of(
    st.just(("000000", None)),
    st.tuples(st.sampled_from(["100644", "100755", "120000"]), DIGESTS),
    st.tuples(st.just("160000"), st.binary(min_size=20, max_size=20).map(lambda raw: "gitlink:" + raw.hex())),
)
PATHS = st.lists(
    st.binary(min_size=1, max_size=6).filter(lambda part: not {0, 0x2F} & set(part) and part not in {b".", b".."}),
    min_size=1,
    max_size=3,
).map(b"/".join)


@QUICK
@given(st.dictionaries(PATHS, st.tuples(SIDES, SIDES).filter(lambda pair: pair[0] != pair[1]), max_size=6))
def test_a_change_reads_back_and_has_one_encoding(
    sides: dict[bytes, tuple[tuple[str, str | None], tuple[str, str | None]]],
) -> None:
    entries = [change.ChangeEntry(path, old[0], new[0], old[1], new[1]) for path, (old, new) in sides.items()]
    data = change.render(entries)
    assert change.parse(data) == tuple(sorted(entries, key=lambda entry: entry.path))
    assert change.render(change.parse(data)) == data == change.render(reversed(entries))


@QUICK
@given(st.binary(max_size=80))
def test_any_bytes_are_a_change_or_refused(data: bytes) -> None:
    try:
        entries = change.parse(change.HEADER + data)
    except BadPacketError:
        return
    assert change.render(entries) == change.HEADER + data


@QUICK
@given(PATHS)
def test_any_path_survives_the_manifest(path: bytes) -> None:
    assert change.path_bytes(change.path_text(path)) == path


@QUICK
@given(prompt=TEXTS, line=TEXTS, steps=st.lists(TEXTS, max_size=3), exit_code=st.integers(-(2**31), 2**31))
def test_a_manifest_reads_back(prompt: str, line: str, steps: list[str], exit_code: int) -> None:
    tables = usual_manifest([]) | {
        "task": {"known": {"prompt": "recorded"}, "prompt": prompt},
        "rollback": {"known": {"steps": "declared"}, "steps": steps},
        "command": [{"n": 3, "line": line, "exit_code": exit_code, "events": [1, 2], "rule": "retry"}],
    }
    manifest = Manifest.model_validate(tables)
    assert parse_manifest(writer.manifest_toml(manifest), "p") == manifest


@QUICK
@given(st.text(max_size=60))
def test_any_text_is_refused_in_words(text: str) -> None:
    # No text this short is a whole manifest, so it has to be refused, and never in another way than this.
    with pytest.raises(BadPacketError, match=r"^p: packet\.toml"):
        parse_manifest(text.encode("utf-8", "surrogatepass"), "p")
