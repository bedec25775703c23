"""Our SSHSIG verifier against real signatures, ssh-keygen's opinion, and the ways a signature can be bent."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, utils

from reviewer.approval import base64s, sshkey, sshsig, wire
from reviewer.approval.refusal import RefusedError
from reviewer.approval.statement import NAMESPACE
from tests.support.keys import FakeSigner, armored, make_key, needs_ssh_keygen, signers_line, ssh_keygen_accepts

if TYPE_CHECKING:
    from pathlib import Path

MESSAGE = b"DSSEv1 what is signed\n\x00\xff"
L = 2**252 + 27742317777372353535851937790883648493


def _value(block: bytes) -> bytes:
    return wire.WireReader(sshsig.parse(block).body, "test").string()


@needs_ssh_keygen
@pytest.mark.parametrize(
    ("kind", "bits"),
    [("ed25519", None), ("ecdsa", 256), ("ecdsa", 384), ("ecdsa", 521), ("rsa", 3072)],
    ids=["ed25519", "p256", "p384", "p521", "rsa"],
)
def test_agrees_with_ssh_keygen(tmp_path: Path, kind: str, bits: int | None) -> None:
    key, other = make_key(tmp_path, kind=kind, bits=bits), make_key(tmp_path, "other")
    block = key.sign(MESSAGE)
    signature = sshsig.parse(block)
    assert signature.key == key.public
    assert sshsig.verify(signature, MESSAGE, NAMESPACE) is None
    mine, theirs = signers_line("ana", key.public), signers_line("ana", other.public)
    assert ssh_keygen_accepts(tmp_path, mine, "ana", armored=block, message=MESSAGE)

    changed = MESSAGE + b"!"
    with pytest.raises(RefusedError, match="does not match"):
        sshsig.verify(signature, changed, NAMESPACE)
    assert not ssh_keygen_accepts(tmp_path, mine, "ana", armored=block, message=changed)
    with pytest.raises(RefusedError, match="made for"):
        sshsig.verify(signature, MESSAGE, "git")
    assert not ssh_keygen_accepts(tmp_path, mine, "ana", armored=block, message=MESSAGE, namespace="git")
    assert not ssh_keygen_accepts(tmp_path, theirs, "ana", armored=block, message=MESSAGE)


@needs_ssh_keygen
def test_a_weak_rsa_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="2048 bits"):
        sshsig.parse(make_key(tmp_path, kind="rsa", bits=2048).sign(MESSAGE))


def test_sha256_inside_is_taken_and_other_hashes_are_not() -> None:
    signer = FakeSigner()
    private = signer._private
    for name in ("sha256", "sha512"):
        data = sshsig.signed_data(MESSAGE, NAMESPACE, name)
        inner = wire.string(b"ssh-ed25519") + wire.string(private.sign(data))
        block = armored(signer.public.blob, NAMESPACE, inner, hash_name=name)
        assert sshsig.verify(sshsig.parse(block), MESSAGE, NAMESPACE) is None
    block = armored(signer.public.blob, NAMESPACE, inner, hash_name="sha384")
    with pytest.raises(RefusedError, match="hash 'sha384'"):
        sshsig.parse(block)


def _bent() -> list[tuple[str, bytes]]:
    signer = FakeSigner()
    good = signer.sign(MESSAGE)
    value = _value(good)
    blob = signer.public.blob
    inner = wire.string(b"ssh-ed25519") + wire.string(value)
    raised = value[:32] + (int.from_bytes(value[32:], "little") + L).to_bytes(32, "little")
    lines = good.split(b"\n")
    return [
        ("reserved", armored(blob, NAMESPACE, inner, reserved=b"x")),
        ("version", armored(blob, NAMESPACE, inner, version=2)),
        ("trailing", armored(blob, NAMESPACE, inner, after=b"\0")),
        ("trailing inside", armored(blob, NAMESPACE, inner + b"\0")),
        ("s plus order", armored(blob, NAMESPACE, wire.string(b"ssh-ed25519") + wire.string(raised))),
        ("short", armored(blob, NAMESPACE, wire.string(b"ssh-ed25519") + wire.string(value[:-1]))),
        ("other type", armored(blob, NAMESPACE, wire.string(b"ssh-rsa") + wire.string(value))),
        ("text after", good + b"hello\n"),
        ("text before", b"hello\n" + good),
        ("two blocks", good + good),
        ("no last line feed", good[:-1]),
        ("carriage returns", good.replace(b"\n", b"\r\n")),
        ("space inside", good.replace(lines[1], lines[1][:10] + b" " + lines[1][10:])),
        ("uneven lines", good.replace(lines[1] + b"\n", lines[1][:30] + b"\n" + lines[1][30:] + b"\n")),
        ("empty", b""),
        ("huge", b"-" * 20_000),
    ]


@pytest.mark.parametrize(("name", "block"), _bent(), ids=[name for name, _ in _bent()])
def test_a_bent_signature_is_refused(name: str, block: bytes) -> None:
    with pytest.raises(RefusedError):
        sshsig.verify(sshsig.parse(block), MESSAGE, NAMESPACE)


def test_the_ecdsa_twin_is_tolerated_because_identity_is_the_payload() -> None:
    private = ec.derive_private_key(7, ec.SECP256R1())
    point = private.public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    blob = wire.string(b"ecdsa-sha2-nistp256") + wire.string(b"nistp256") + wire.string(point)
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    data = sshsig.signed_data(MESSAGE, NAMESPACE, "sha512")
    r, s = utils.decode_dss_signature(private.sign(data, ec.ECDSA(hashes.SHA256())))
    for twin in (s, order - s):
        body = wire.string(_mpint(r) + _mpint(twin))
        block = armored(blob, NAMESPACE, wire.string(b"ecdsa-sha2-nistp256") + body)
        assert sshsig.verify(sshsig.parse(block), MESSAGE, NAMESPACE) is None
    padded = wire.string(wire.string(b"\0" + r.to_bytes(32)) + wire.string(b"\0\0" + s.to_bytes(32)))
    block = armored(blob, NAMESPACE, wire.string(b"ecdsa-sha2-nistp256") + padded)
    with pytest.raises(RefusedError, match="shortest form"):
        sshsig.verify(sshsig.parse(block), MESSAGE, NAMESPACE)


def _mpint(number: int) -> bytes:
    return wire.string(number.to_bytes(number.bit_length() // 8 + 1))


def _sk_block(flags: int, counter: int = 5, application: bytes = b"ssh:", flip: int = 0) -> bytes:
    signer = FakeSigner()
    raw = signer.public.blob[-32:]
    blob = wire.string(b"sk-ssh-ed25519@openssh.com") + wire.string(raw) + wire.string(application)
    data = hashlib.sha256(sshsig.signed_data(MESSAGE, NAMESPACE, "sha512")).digest()
    tail = bytes([flags]) + counter.to_bytes(4)
    value = signer._private.sign(hashlib.sha256(application).digest() + tail + data)
    shown = bytes([flags ^ flip]) + counter.to_bytes(4)
    return armored(blob, NAMESPACE, wire.string(b"sk-ssh-ed25519@openssh.com") + wire.string(value) + shown)


def test_a_security_key_reports_its_flags_and_counter() -> None:
    touch = sshsig.verify(sshsig.parse(_sk_block(0x05, 77)), MESSAGE, NAMESPACE)
    assert touch == sshsig.Touch(present=True, verified=True, counter=77)
    plain = sshsig.verify(sshsig.parse(_sk_block(0x01)), MESSAGE, NAMESPACE)
    assert plain is not None
    assert not plain.verified


@needs_ssh_keygen
def test_no_touch_is_refused_where_ssh_keygen_accepts_it(tmp_path: Path) -> None:
    block = _sk_block(0x00)
    with pytest.raises(RefusedError, match="without a touch"):
        sshsig.verify(sshsig.parse(block), MESSAGE, NAMESPACE)
    listed = signers_line("ana", sshsig.parse(block).key)
    assert ssh_keygen_accepts(tmp_path, listed, "ana", armored=block, message=MESSAGE)


def test_a_flag_changed_after_signing_and_a_foreign_application_are_refused() -> None:
    with pytest.raises(RefusedError, match="does not match"):
        sshsig.verify(sshsig.parse(_sk_block(0x01, flip=0x04)), MESSAGE, NAMESPACE)
    with pytest.raises(RefusedError, match="application"):
        sshsig.parse(_sk_block(0x01, application=b"webauthn:"))


def test_a_software_made_ecdsa_security_key_verifies_with_its_flags() -> None:
    private = ec.derive_private_key(11, ec.SECP256R1())
    point = private.public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    name = b"sk-ecdsa-sha2-nistp256@openssh.com"
    blob = wire.string(name) + wire.string(b"nistp256") + wire.string(point) + wire.string(b"ssh:")
    digest = hashlib.sha256(sshsig.signed_data(MESSAGE, NAMESPACE, "sha512")).digest()
    tail = b"\x01" + (9).to_bytes(4)
    signed = private.sign(hashlib.sha256(b"ssh:").digest() + tail + digest, ec.ECDSA(hashes.SHA256()))
    r, s = utils.decode_dss_signature(signed)
    block = armored(blob, NAMESPACE, wire.string(name) + wire.string(_mpint(r) + _mpint(s)) + tail)
    touch = sshsig.verify(sshsig.parse(block), MESSAGE, NAMESPACE)
    assert touch is not None
    assert (touch.present, touch.counter) == (True, 9)


def test_keys_of_small_order_are_refused_and_are_really_of_small_order() -> None:
    prime, d = 2**255 - 19, -121665 * pow(121666, -1, 2**255 - 19) % (2**255 - 19)
    for y in sshkey._SMALL_ORDER_Y:
        # On the curve -x²+y² = 1+dx²y², so x² is known; three doublings of the point have to reach the identity.
        x2 = (y * y - 1) * pow(d * y * y + 1, -1, prime) % prime
        point = (x2, y)
        for _ in range(3):
            point = _double(*point, d, prime)
        assert point == (0, 1)
    for y in (*sshkey._SMALL_ORDER_Y, prime, prime + 1, 2**255 - 1):
        for sign in (0, 1 << 255):
            blob = wire.string(b"ssh-ed25519") + wire.string((y | sign).to_bytes(32, "little"))
            with pytest.raises(RefusedError, match=r"small order|exact encoding"):
                sshkey.parse_blob(blob)


def _double(x2: int, y: int, d: int, prime: int) -> tuple[int, int]:
    # Doubling in terms of x² and y: x' = 2xy/(1+dx²y²), y' = (y²+x²)/(1-dx²y²).
    mixed = d * x2 * y * y % prime
    y_next = (y * y + x2) * pow(1 - mixed, -1, prime) % prime
    x2_next = 4 * x2 * y * y * pow(pow(1 + mixed, -1, prime), 2, prime) % prime
    return x2_next, y_next


def test_the_identity_key_would_verify_anything_in_the_library() -> None:
    identity = (1).to_bytes(32, "little")
    ed25519.Ed25519PublicKey.from_public_bytes(identity).verify(identity + b"\0" * 32, b"any message")
    with pytest.raises(RefusedError, match="small order"):
        sshkey.parse_blob(wire.string(b"ssh-ed25519") + wire.string(identity))


@needs_ssh_keygen
def test_certificates_are_refused() -> None:
    blob = wire.string(b"ssh-ed25519-cert-v01@openssh.com") + wire.string(b"x")
    with pytest.raises(RefusedError, match="certificate"):
        sshkey.parse_blob(blob)


@pytest.mark.parametrize(
    "text",
    ["AAAA", "AAB=", "AB==", "AA=", "AA==\n", "A A=", "AA==AA==", "-_8=", "AAAA====", "é"],
)
def test_base64_has_one_form(text: str) -> None:
    if text == "AAAA":
        assert base64s.decode(text, "it") == b"\0\0\0"
    else:
        with pytest.raises(RefusedError):
            base64s.decode(text, "it")
