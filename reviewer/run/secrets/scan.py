"""Where in a text a secret may stand: a sieve at C speed, so that the rules are tried in few places.

Knows the shapes that every rule of `reviewer.run.secrets.rules` needs (a long run of token characters with a known
start, a name like a password's with something assigned, an `@` after `://`, a private key's first line); it decides
nothing. Works on UTF-8, in plain text and inside JSON strings alike.
"""

from __future__ import annotations

import re
from typing import Literal, TypeAlias

Family: TypeAlias = Literal["token", "keyword", "url", "block"]
Suspect: TypeAlias = tuple[int, Family]

_RUN = 20
"""The shortest token that any rule knows has so many characters of A-Z a-z 0-9 _ - in a row (an AWS key id)."""
_TOKEN_CHARACTERS = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")
_TABLE = bytes(0x61 if code in _TOKEN_CHARACTERS else 0x20 for code in range(256))
_NEEDLE = b"a" * _RUN
_ALNUM = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_STARTS = (
    "AKIA ASIA ABIA ACCA AIza AKCp ghp_ gho_ ghu_ ghs_ ghr_ gith glpa gldt glft glso glrt glcb glim glpt glag "
    "gloa glsa glc_ GR13 sk_l sk_t rk_l rk_t whse xoxa xoxb xoxc xoxd xoxe xoxo xoxp xoxr xoxs xapp npm_ pypi "
    "dop_ doo_ dor_ dapi shpa shpc shps lin_ PMAK dckr pul- figd secr ntn_ NRAK sntr sbp_ AGE- gsk_ xai- pplx "
    "HRKU ruby ATAT GOCS key- sq0c sq0a EAAA fo1_ pscale tfp_"
)
_HEADS = frozenset(
    [start[:4].encode() for start in _STARTS.split()]
    + [f"{start}{sign}".encode() for start in ("eyJ", "A3T", "sk-", "hf_", "r8_", "cio") for sign in _ALNUM]
)
_DOT, _COLON, _SPACE, _EQUALS, _SLASH, _BACKSLASH = b".: =/\\"
_BEFORE = frozenset((_DOT, _COLON, _SPACE, _EQUALS, _SLASH, _BACKSLASH))
_TWILIO = frozenset((b"AC", b"SK"))
_DISCORD = frozenset((b"M", b"N", b"O"))
_DIGITS = frozenset(b"0123456789")
_TAILS = frozenset((b"SG.", b"29.", b"vs.", b"vb.", b"pt.", b"er ", b"ER ", b"ic ", b"ig=", b"1//"))
"""Ends of what stands before a run: `SG.`, `ya29.`, `hvs.`, `dp.pt.`, `Bearer `, `Basic `, `sig=`."""

_P_OR_K = 1
_FOLDED = bytes(_P_OR_K if code in b"pPkK" else code + 32 if 65 <= code <= 90 else code for code in range(256))
"""Lower case, and p and k as one sign that is nothing else: the engine finds one sign quickly, and nearly all names of
secrets hold `pass`, `pwd`, `key` or `token`."""
_ASSIGNED = rb"(?!s[\"'\\ =:])[\w\x01-]{0,24}+[\\\"'`\])]{0,4}+[ \t]{0,4}+"
"""What may stand between a name and its sign. No part can end where another could go on, so nothing is tried twice."""
_SIGN = rb"(?:[=:>]|(?<=\"),)"
"""What is between a name and its value: in a list of words (`"--password", "x"`) a comma."""
_NAMED = re.compile(
    rb"\x01(?:ass(?:"
    + _ASSIGNED
    + _SIGN
    + rb"|[\w\x01-]{0,12}+[ \t]++[^\s\\])|wd"
    + _ASSIGNED
    + _SIGN
    + rb"|ey(?: bloc\x01)?-----|ey(?<=[\w\x01-]\x01ey)"
    + _ASSIGNED
    + _SIGN
    + rb"|en(?<=to\x01en)"
    + _ASSIGNED
    + _SIGN
    + rb")"
)
_GIVEN: tuple[tuple[bytes, Family], ...] = (
    (b" basic ", "token"),
    (b" bearer ", "token"),
    (b"-u ", "url"),
    (b'-u"', "url"),
    (b'-u\\"', "url"),
    (b"-user ", "url"),
    (b'-user"', "url"),
    (b'-user\\"', "url"),
)
"""What a secret is given after, whatever signs it is of: Base64 is no run, since `+` and `/` cut it."""
_AFTER_SECRET = re.compile(_ASSIGNED + _SIGN)


def suspects(data: bytes) -> list[Suspect]:
    """Return the places (byte offsets, rising) where a secret may stand, with the family of rules to try."""
    if len(data) < 8:
        return []
    found = _runs(data) if len(data) >= _RUN else []
    folded = data.translate(_FOLDED)
    found += [
        (match.start(), "block" if match.group().endswith(b"-----") else "keyword") for match in _NAMED.finditer(folded)
    ]
    place = folded.find(b"secret")
    while place >= 0:
        if _AFTER_SECRET.match(folded, place + 6):
            found.append((place, "keyword"))
        place = folded.find(b"secret", place + 6)
    for given, family in _GIVEN:
        place = folded.find(given)
        while place >= 0:
            found.append((place, family))
            place = folded.find(given, place + len(given))
    if b"@" in data:
        found += _addresses(data)
    found.sort()
    return found


def _runs(data: bytes) -> list[Suspect]:
    marks = data.translate(_TABLE)
    find = marks.find
    found: list[Suspect] = []
    start = find(_NEEDLE)
    while start >= 0:
        end = find(b" ", start + _RUN)
        if end < 0:
            end = len(data)
        # Most runs are ids and names: this is the loop that a whole log goes through, so nothing is called for them.
        if (
            data[start : start + 4] in _HEADS
            or (data[start - 1] in _BEFORE and _told_by_before(data, start, end))
            or (end - start <= 37 and _is_odd(data, start, end))
        ):
            found.append((start, "token"))
        start = find(_NEEDLE, end)
    return found


def _told_by_before(data: bytes, start: int, end: int) -> bool:
    """Return whether a run is told by what stands before it."""
    if data[start - 3 : start] in _TAILS:
        return True
    if data[start - 1] == _BACKSLASH:
        # A JSON escape (a line feed, an accented letter) runs into the token.
        return data[start + 1 : start + 5] in _HEADS or data[start + 5 : start + 9] in _HEADS
    if data[start - 1] == _SLASH and b"hooks.slack.com/" in data[max(0, start - 60) : start]:
        return True
    # After `12345678:` (Telegram) or `/webhooks/12345/` (Discord).
    return end - start >= 35 and data[start - 2] in _DIGITS


def _is_odd(data: bytes, start: int, end: int) -> bool:
    """Return whether a run is told by its length and what follows (Discord, Twilio, Mailchimp)."""
    if data[end : end + 1] == b".":
        return end - start <= 28 and data[start : start + 1] in _DISCORD
    if end - start == 34:
        return data[start : start + 2] in _TWILIO
    return end - start >= 36 and data[start + 32 : start + 35] == b"-us"


def _addresses(data: bytes) -> list[Suspect]:
    found: list[Suspect] = []
    place = data.find(b"@")
    while place >= 0:
        scheme = data.rfind(b"://", max(0, place - 300), place)
        if scheme >= 0 and data.find(b":", scheme + 3, place) >= 0:
            found.append((scheme, "url"))
        place = data.find(b"@", place + 1)
    return found
