"""Whatever our reader of signatures and signers allows, ssh-keygen allows too: ours may only be the stricter one."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer.approval import allowed_signers, sshsig
from reviewer.approval.refusal import RefusedError
from reviewer.approval.statement import NAMESPACE
from reviewer.errors import BadInputError
from tests.support.keys import FakeSigner, needs_ssh_keygen, ssh_keygen_accepts, stamp
from tests.support.records import ANA

pytestmark = needs_ssh_keygen
SIGNER = FakeSigner()
MESSAGE = b"what is signed"
ARMORED = SIGNER.sign(MESSAGE)
NOW = datetime.now(UTC)
TIMES = [stamp(NOW + timedelta(days=days)) for days in (-400, -1, 1, 400)] + [
    "20200101",
    "20990101Z",
    "209901011200",
    "x",
]
OPTION = st.one_of(
    st.sampled_from([NAMESPACE, "git", "*", "change-*", "!git,*", f"*,!{NAMESPACE}", ""]).map('namespaces="{}"'.format),
    st.tuples(st.sampled_from(["valid-after", "Valid-Before", "valid-before"]), st.sampled_from(TIMES)).map(
        lambda pair: f'{pair[0]}="{pair[1]}"'
    ),
    st.sampled_from(["cert-authority", 'sparkle="x"', "namespaces=git", 'namespaces="git']),
)
PRINCIPAL = st.sampled_from(
    [ANA, f"bob,{ANA}", f'"{ANA}"', "*@example.org", "bob", f"!{ANA},*", ANA.upper(), f"{ANA},"]
)
KEY = st.sampled_from([*[SIGNER.public.line] * 6, FakeSigner(b"other").public.line, SIGNER.public.line[:-4], ""])
LINE = st.builds(
    lambda who, options, key: " ".join(part for part in (who, ",".join(options), key) if part),
    PRINCIPAL,
    st.just([]) | st.lists(OPTION, max_size=2),
    KEY,
)


def _allows(text: str) -> bool:
    try:
        listed = allowed_signers.parse(text.encode(), "signers")
        listed.signer(sshsig.parse(ARMORED).key, ANA, NAMESPACE, datetime.now(UTC))
    except BadInputError:
        return False
    return True


@settings(max_examples=150, deadline=None)
@given(st.lists(LINE, min_size=1, max_size=2))
def test_what_we_allow_ssh_keygen_allows(lines: list[str]) -> None:
    text = "\n".join(lines) + "\n"
    if _allows(text):
        with tempfile.TemporaryDirectory() as folder:
            assert ssh_keygen_accepts(Path(folder), text, ANA, armored=ARMORED, message=MESSAGE), text


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(ARMORED) - 1), st.integers(1, 127), st.sampled_from(["flip", "cut"]))
def test_a_signature_that_we_take_ssh_keygen_takes(offset: int, difference: int, how: str) -> None:
    changed = bytearray(ARMORED)
    changed[offset] ^= difference
    block = bytes(changed[:offset]) if how == "cut" else bytes(changed)
    try:
        sshsig.verify(sshsig.parse(block), MESSAGE, NAMESPACE)
    except RefusedError:
        return
    with tempfile.TemporaryDirectory() as folder:
        listed = f"{ANA} {SIGNER.public.line}\n"
        assert ssh_keygen_accepts(Path(folder), listed, ANA, armored=block, message=MESSAGE)
