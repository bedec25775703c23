"""One changed byte anywhere in a record is never an approval, and no bytes make the readers fail in another way."""

from __future__ import annotations

from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer.approval import allowed_signers, dsse, sshsig, strict_json, verify
from reviewer.approval.refusal import RefusedError
from reviewer.digest import canonical_json
from reviewer.errors import BadInputError
from tests.support.records import NOW, make_record, signers_for

LINE = make_record()
SIGNERS = signers_for()
ARMORED = dsse.parse(LINE).armored[0]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text('ab\n"\\é', max_size=3), inner, max_size=3),
    max_leaves=10,
)


def _approves(line: bytes) -> bool:
    try:
        return verify.judge(verify.read(line), SIGNERS, NOW).counts
    except RefusedError:
        return False


def test_the_record_itself_counts() -> None:
    assert _approves(LINE)


@settings(max_examples=400, deadline=None)
@given(st.integers(0, len(LINE) - 1), st.integers(1, 255))
def test_a_changed_byte_is_never_an_approval(offset: int, difference: int) -> None:
    changed = bytearray(LINE)
    changed[offset] ^= difference
    assert not _approves(bytes(changed))


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(LINE)), st.binary(max_size=3), st.integers(0, 3))
def test_an_insertion_or_a_cut_is_never_an_approval(offset: int, extra: bytes, cut: int) -> None:
    changed = LINE[:offset] + extra + LINE[offset + cut :]
    assert _approves(changed) is (changed == LINE)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(ARMORED) - 1), st.integers(1, 255))
def test_a_changed_byte_of_the_armour_is_refused(offset: int, difference: int) -> None:
    changed = bytearray(ARMORED)
    changed[offset] ^= difference
    payload = dsse.parse(LINE).payload
    try:
        sshsig.verify(sshsig.parse(bytes(changed)), dsse.pae(payload), "change-approval@review-packet")
    except RefusedError:
        return
    raise AssertionError(offset)


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.text("abc", max_size=2), JSON, max_size=4))
def test_canonical_json_reads_back(value: dict[str, object]) -> None:
    assert strict_json.parse(canonical_json(value), "it") == value


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200) | st.text('ab *,"=\\ssh-ed25519 AAAA\n', max_size=80).map(str.encode))
def test_no_bytes_break_the_readers(data: bytes) -> None:
    for read in (verify.read, sshsig.parse):
        try:
            read(data)
        except RefusedError:
            continue
        raise AssertionError(data)
    with suppress(BadInputError):
        allowed_signers.parse(data, "signers")
