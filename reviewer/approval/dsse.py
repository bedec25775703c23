"""DSSE envelopes (github.com/secure-systems-lab/dsse, v1), one a line, read strictly.

Stricter than the specification: canonical JSON, standard base64 only, no unknown fields, and `keyid`, which proves
nothing, has to be the fingerprint of the key inside the signature. So no byte of a stored record can change unnoticed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from reviewer.approval import base64s, sshsig, strict_json
from reviewer.approval.refusal import RefusedError
from reviewer.digest import Sha256, canonical_json, sha256

PAYLOAD_TYPE = "application/vnd.in-toto+json"
MAX_SIGNATURES = 16
MAX_BYTES = 2 * strict_json.MAX_BYTES
"""Of one line: the largest statement in base64, and its signatures."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """A payload and the armored signatures over it. `line` is the stored form, without a line feed."""

    payload: bytes
    signatures: tuple[sshsig.Signature, ...]
    armored: tuple[bytes, ...]
    line: bytes

    @property
    def payload_digest(self) -> Sha256:
        """The record's identity: signatures can be rewritten by anyone, the payload cannot."""
        return sha256(self.payload)


def pae(payload: bytes, payload_type: str = PAYLOAD_TYPE) -> bytes:
    """Return the pre-authentication encoding: what a key really signs."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)


def write(payload: bytes, armored: bytes) -> bytes:
    """Return the stored line (no line feed) of one payload with one armored signature.

    Raises:
        RefusedError: the signature is not one exact armored block.
    """
    key = sshsig.parse(armored).key
    return canonical_json(
        {
            "payload": base64s.encode(payload),
            "payloadType": PAYLOAD_TYPE,
            "signatures": [{"keyid": key.fingerprint, "sig": base64s.encode(armored)}],
        }
    )


def parse(line: bytes) -> Envelope:
    """Return the envelope of one stored line (no line feed). No signature has been checked yet.

    Raises:
        RefusedError: any departure from the form that `write` makes, or another payload type.
    """
    value = strict_json.parse(line, "the envelope", max_bytes=MAX_BYTES)
    if set(value) != {"payload", "payloadType", "signatures"}:
        raise RefusedError("the envelope has to hold payload, payloadType and signatures, and nothing else")
    if value["payloadType"] != PAYLOAD_TYPE:
        raise RefusedError(f"the envelope's payloadType is not {PAYLOAD_TYPE}")
    payload = base64s.decode(_text(value["payload"], "the payload"), "the payload")
    entries = value["signatures"]
    if not isinstance(entries, list) or not 1 <= len(entries) <= MAX_SIGNATURES:
        raise RefusedError(f"the envelope needs one to {MAX_SIGNATURES} signatures")
    armored = tuple(_armored(entry) for entry in entries)
    signatures = tuple(sshsig.parse(block) for block in armored)
    for entry, signature in zip(entries, signatures, strict=True):
        if entry["keyid"] != signature.key.fingerprint:
            raise RefusedError("the envelope's keyid is not the fingerprint of the key that signed")
    if len({signature.key.blob for signature in signatures}) != len(signatures):
        raise RefusedError("the envelope holds two signatures by one key")
    return Envelope(payload, signatures, armored, line)


def _armored(entry: Any) -> bytes:  # noqa: ANN401 - parsed JSON
    if not isinstance(entry, dict) or set(entry) != {"keyid", "sig"}:
        raise RefusedError("a signature of the envelope has to hold keyid and sig, and nothing else")
    return base64s.decode(_text(entry["sig"], "the signature"), "the signature")


def _text(value: Any, what: str) -> str:  # noqa: ANN401 - parsed JSON
    if not isinstance(value, str):
        raise RefusedError(f"{what} of the envelope is not text")
    return value
