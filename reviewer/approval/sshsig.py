"""SSHSIG signatures (OpenSSH PROTOCOL.sshsig), parsed strictly and verified in this process.

Stricter than `ssh-keygen -Y verify`: one armored block and nothing around it, empty reserved field, S below the group
order, and for security keys the touch bit, which ssh-keygen does not look at. Knows nothing of persons or times.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils

from reviewer.approval import base64s, sshkey
from reviewer.approval.refusal import RefusedError
from reviewer.approval.wire import WireReader, string

MAX_ARMOR = 16_384
"""Bytes. An RSA signature of 16,384 bits is a third of this."""
_MAGIC = b"SSHSIG"
_ARMOR = re.compile(
    rb"-----BEGIN SSH SIGNATURE-----\n((?:[A-Za-z0-9+/=]{1,76}\n)+)-----END SSH SIGNATURE-----\n", re.ASCII
)
_HASHES = frozenset({"sha256", "sha512"})
_USER_PRESENT = 0x01
_USER_VERIFIED = 0x04
_L = 2**252 + 27742317777372353535851937790883648493
_CURVE_HASH: dict[str, hashes.HashAlgorithm] = {
    "secp256r1": hashes.SHA256(),
    "secp384r1": hashes.SHA384(),
    "secp521r1": hashes.SHA512(),
}
_RSA_HASH: dict[str, hashes.HashAlgorithm] = {"rsa-sha2-256": hashes.SHA256(), "rsa-sha2-512": hashes.SHA512()}


@dataclass(frozen=True, slots=True)
class Touch:
    """What a security key says: whether a person was there, whether it knew who, and its counter.

    Software can make such a key, so this is a claim until the key's enrolment is checked.
    """

    present: bool
    verified: bool
    counter: int


@dataclass(frozen=True, slots=True)
class Signature:
    """A parsed signature. Nothing is proved before `verify` returns."""

    key: sshkey.PublicKey
    namespace: str
    hash_name: str
    kind: str
    body: bytes


def parse(armored: bytes) -> Signature:
    """Return the signature of one armored block.

    Raises:
        RefusedError: anything but one exact block, a version other than 1, a filled reserved field, a weak hash, a
            signature type that is not the key's, or bytes left over.
    """
    if len(armored) > MAX_ARMOR:
        raise RefusedError(f"the signature is longer than {MAX_ARMOR:,} bytes")
    match = _ARMOR.fullmatch(armored)
    if not match:
        raise RefusedError("the signature is not one armored SSH signature with nothing around it")
    lines = match.group(1).split(b"\n")[:-1]
    width = len(lines[0])
    if any(len(line) != width for line in lines[:-1]) or len(lines[-1]) > width:
        raise RefusedError("the armored signature has lines of different length")
    blob = base64s.decode(b"".join(lines).decode("ascii"), "the armored signature")
    reader = WireReader(blob, "the signature")
    if reader.take(len(_MAGIC)) != _MAGIC:
        raise RefusedError("the signature does not start as an SSH signature does")
    if (version := reader.uint32()) != 1:
        raise RefusedError(f"the signature has version {version}; only version 1 is known")
    key = sshkey.parse_blob(reader.string())
    namespace = reader.name()
    if reader.string():
        raise RefusedError("the signature's reserved field is not empty")
    hash_name = reader.name()
    if hash_name not in _HASHES:
        raise RefusedError(f"the signature uses the hash '{hash_name}'; only sha512 and sha256 are taken")
    inner = reader.string()
    reader.end()
    body = WireReader(inner, "the signature")
    kind = body.name()
    expected = _RSA_HASH.keys() if key.type == sshkey.RSA else {key.type}
    if kind not in expected:
        raise RefusedError(f"a signature of type {kind} does not go with a key of type {key.type}")
    return Signature(key, namespace, hash_name, kind, inner[4 + len(kind) :])


def signed_data(message: bytes, namespace: str, hash_name: str) -> bytes:
    """Return the bytes that the key signs for a message in a namespace."""
    digest = hashlib.new(hash_name, message).digest()
    return _MAGIC + string(namespace.encode()) + string(b"") + string(hash_name.encode()) + string(digest)


def verify(signature: Signature, message: bytes, namespace: str) -> Touch | None:
    """Check that the signature's key signed `message` in `namespace`.

    Returns:
        What the security key says, or None for any other key.

    Raises:
        RefusedError: it did not, or a security key that no person touched.
    """
    if signature.namespace != namespace:
        raise RefusedError(f"the signature was made for '{signature.namespace}', not for '{namespace}'")
    data = signed_data(message, signature.namespace, signature.hash_name)
    reader = WireReader(signature.body, "the signature")
    value = reader.string()
    touch: Touch | None = None
    if signature.key.application is not None:
        flags = reader.take(1)
        counter = reader.take(4)
        touch = Touch(bool(flags[0] & _USER_PRESENT), bool(flags[0] & _USER_VERIFIED), int.from_bytes(counter))
        application = hashlib.sha256(signature.key.application.encode()).digest()
        data = application + flags + counter + hashlib.sha256(data).digest()
    reader.end()
    try:
        _verify_value(signature, value, data)
    except InvalidSignature as error:
        raise RefusedError("the signature does not match what was signed") from error
    if touch is not None and not touch.present:
        raise RefusedError("the security key signed without a touch")
    return touch


def _verify_value(signature: Signature, value: bytes, data: bytes) -> None:
    material = signature.key.material
    if isinstance(material, ed25519.Ed25519PublicKey):
        if len(value) != 64 or int.from_bytes(value[32:], "little") >= _L:
            raise RefusedError("the Ed25519 signature is not in its one exact form")
        material.verify(value, data)
    elif isinstance(material, ec.EllipticCurvePublicKey):
        numbers = WireReader(value, "the ECDSA signature")
        r, s = numbers.number(), numbers.number()
        numbers.end()
        material.verify(utils.encode_dss_signature(r, s), data, ec.ECDSA(_CURVE_HASH[material.curve.name]))
    elif isinstance(material, rsa.RSAPublicKey):
        if len(value) != (material.key_size + 7) // 8:
            raise RefusedError("the RSA signature is not as long as its key")
        material.verify(value, data, padding.PKCS1v15(), _RSA_HASH[signature.kind])
