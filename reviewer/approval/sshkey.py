"""OpenSSH public keys that may sign an approval, parsed strictly (RFC 4253 6.6, RFC 5656, RFC 8709, PROTOCOL.u2f).

Refused: certificates, DSA, RSA under 3072 bits, Ed25519 points of small order or in a second encoding. Never sees a
private key.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from typing import TypeAlias

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from reviewer.approval import base64s
from reviewer.approval.refusal import RefusedError
from reviewer.approval.wire import WireReader

Material: TypeAlias = ed25519.Ed25519PublicKey | ec.EllipticCurvePublicKey | rsa.RSAPublicKey

MIN_RSA_BITS = 3072
MAX_RSA_BITS = 16_384
SK_APPLICATION = "ssh:"
ED25519 = "ssh-ed25519"
RSA = "ssh-rsa"
SK_ED25519 = "sk-ssh-ed25519@openssh.com"
SK_ECDSA = "sk-ecdsa-sha2-nistp256@openssh.com"
_ECDSA: dict[str, tuple[str, ec.EllipticCurve]] = {
    "ecdsa-sha2-nistp256": ("nistp256", ec.SECP256R1()),
    "ecdsa-sha2-nistp384": ("nistp384", ec.SECP384R1()),
    "ecdsa-sha2-nistp521": ("nistp521", ec.SECP521R1()),
}
KEY_TYPES = frozenset({ED25519, RSA, SK_ED25519, SK_ECDSA, *_ECDSA})

_P = 2**255 - 19
_Y8 = 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826
_SMALL_ORDER_Y = frozenset({0, 1, _P - 1, _Y8, _P - _Y8})
"""The y coordinates of the eight points whose order divides 8: with such a key one signature fits every message."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """One public key. Equal blobs are equal keys.

    Attributes:
        type: OpenSSH's name ("ssh-ed25519").
        blob: the wire encoding; its SHA-256 is the fingerprint.
        application: of a security key ("ssh:"), else None.
    """

    type: str
    blob: bytes
    material: Material = field(compare=False, repr=False)
    application: str | None = None

    @property
    def fingerprint(self) -> str:
        """The fingerprint as OpenSSH prints it ("SHA256:" and base64 without padding)."""
        return fingerprint(self.blob)

    @property
    def is_security_key(self) -> bool:
        """Whether the signature carries the flags of a hardware token."""
        return self.application is not None

    @property
    def line(self) -> str:
        """Type and base64, as in a `.pub` file."""
        return f"{self.type} {base64s.encode(self.blob)}"


def fingerprint(blob: bytes) -> str:
    """Return the fingerprint of a key's wire encoding, as OpenSSH prints it."""
    return "SHA256:" + base64.b64encode(hashlib.sha256(blob).digest()).decode("ascii").rstrip("=")


def parse_blob(blob: bytes) -> PublicKey:
    """Return the key of a wire encoding.

    Raises:
        RefusedError: a type that may not sign approvals, a weak or malformed key, or bytes left over.
    """
    reader = WireReader(blob, "the public key")
    kind = reader.name()
    if kind not in KEY_TYPES:
        raise RefusedError(_refused_type(kind))
    application: str | None = None
    if kind == RSA:
        material: Material = _rsa(reader)
    elif kind in {ED25519, SK_ED25519}:
        material = _ed25519(reader.string())
    else:
        name, curve = _ECDSA[kind] if kind in _ECDSA else _ECDSA["ecdsa-sha2-nistp256"]
        material = _ecdsa(reader, name, curve)
    if kind in {SK_ED25519, SK_ECDSA}:
        application = reader.name()
        if application != SK_APPLICATION:
            raise RefusedError(f"the security key is for the application '{application}', not '{SK_APPLICATION}'")
    reader.end()
    return PublicKey(kind, blob, material, application)


def parse_line(text: str) -> tuple[PublicKey, str]:
    """Return the key and the comment of one `.pub` line (`type base64 comment`).

    Raises:
        RefusedError: as `parse_blob`, or the line's type is not the blob's.
    """
    fields = text.strip(" \t\r\n").split(None, 2)
    if len(fields) < 2:
        raise RefusedError("a public key is written as a type and base64, with a space between")
    kind, encoded = fields[0], fields[1]
    if kind not in KEY_TYPES:
        raise RefusedError(_refused_type(kind))
    key = parse_blob(base64s.decode(encoded, "the public key"))
    if key.type != kind:
        raise RefusedError(f"the public key says {kind} but holds {key.type}")
    return key, fields[2] if len(fields) == 3 else ""


def _refused_type(kind: str) -> str:
    if "-cert-" in kind:
        return f"{kind} is a certificate: approvals take plain keys only"
    return f"{kind} keys may not sign approvals (ed25519, ecdsa, rsa of {MIN_RSA_BITS} bits, or a security key)"


def _ed25519(raw: bytes) -> ed25519.Ed25519PublicKey:
    if len(raw) != 32:
        raise RefusedError(f"an Ed25519 key has 32 bytes, not {len(raw)}")
    y = int.from_bytes(raw, "little") & ((1 << 255) - 1)
    if y >= _P:
        raise RefusedError("the Ed25519 key is not in its one exact encoding")
    if y in _SMALL_ORDER_Y:
        raise RefusedError("the Ed25519 key is a point of small order, for which a signature proves nothing")
    try:
        return ed25519.Ed25519PublicKey.from_public_bytes(raw)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise RefusedError("the Ed25519 key is not a point of the curve") from error


def _ecdsa(reader: WireReader, name: str, curve: ec.EllipticCurve) -> ec.EllipticCurvePublicKey:
    if (said := reader.name()) != name:
        raise RefusedError(f"the ECDSA key is on '{said}' where its type says {name}")
    point = reader.string()
    if not point.startswith(b"\x04"):
        raise RefusedError("the ECDSA key is not an uncompressed point")
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(curve, point)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise RefusedError(f"the ECDSA key is not a point of {name}") from error


def _rsa(reader: WireReader) -> rsa.RSAPublicKey:
    exponent, modulus = reader.number(), reader.number()
    bits = modulus.bit_length()
    if not MIN_RSA_BITS <= bits <= MAX_RSA_BITS:
        raise RefusedError(f"the RSA key has {bits} bits; approvals need {MIN_RSA_BITS} to {MAX_RSA_BITS}")
    if not 3 <= exponent < 2**64:
        raise RefusedError("the RSA key has an exponent out of range")
    try:
        return rsa.RSAPublicNumbers(exponent, modulus).public_key()
    except (ValueError, UnsupportedAlgorithm) as error:
        raise RefusedError("the RSA key is malformed") from error
