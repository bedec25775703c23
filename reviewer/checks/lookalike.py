"""Characters that a person takes for others: a subset of Unicode's confusables (UTS 39) for Latin, Cyrillic and Greek.

Only letters that are drawn the same in common fonts are here. Mathematical letters that nobody mistakes (Δ, λ, π) are
not, so that scientific code stays quiet.
"""

from __future__ import annotations

import re
import unicodedata

_CYRILLIC = dict(zip("аеорсухіјѕԁһԛԝӏвнкмтАВЕКМНОРСТУХІЈЅԌԚԜ", "aeopcyxijsdhqwlBHKMTABEKMHOPCTYXIJSGQW", strict=True))
_GREEK = dict(zip("οϲϳνΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ocjvABEZHIKMNOPTYX", strict=True))
_OTHER = {"ı": "i", "ɡ": "g", "ɑ": "a", "ո": "n", "ս": "u", "օ": "o"}
LOOKS_LIKE: dict[str, str] = {**_CYRILLIC, **_GREEK, **_OTHER}
"""By character, the ASCII letter that it is drawn like."""

PUNCTUATION: dict[str, str] = {
    "\u037e": ";",
    "\uff1b": ";",
    "\u01c3": "!",
    "\uff01": "!",
    "\ua78c": "'",
    "\u02bc": "'",
    "\uff08": "(",
    "\uff09": ")",
    "\uff0c": ",",
    "\uff1d": "=",
    "\ua789": ":",
    "\uff1a": ":",
    "\u2215": "/",
    "\u2044": "/",
    "\u2216": "\\",
    "\u2217": "*",
    "\u2223": "|",
    "\u01c0": "|",
    "\u02d0": ":",
    "\u2024": ".",
}
"""Signs that are drawn like a sign of program code and are not it."""

_WORD = re.compile(r"[^\W\d]\w*")


def words(text: str) -> list[tuple[int, str]]:
    """Return the identifiers and words of `text` that are not plain ASCII, each with its offset."""
    return [(match.start(), match.group()) for match in _WORD.finditer(text) if not match.group().isascii()]


def mixes_scripts(word: str) -> bool:
    """Return whether a word has ASCII letters and letters of another script that look like ASCII ones."""
    return any(letter in LOOKS_LIKE for letter in word) and any(
        letter.isascii() and letter.isalpha() for letter in word
    )


def looks_ascii(word: str) -> bool:
    """Return whether every letter of a word that is not ASCII looks like ASCII: the whole word reads as another one."""
    foreign = [letter for letter in word if not letter.isascii()]
    return len(word) > 1 and bool(foreign) and all(letter in LOOKS_LIKE for letter in foreign)


def normalises_to_ascii(word: str) -> str | None:
    """Return the ASCII identifier that a compiler with NFKC reads (Python does), or None if there is no such."""
    normal = unicodedata.normalize("NFKC", word)
    return normal if normal != word and normal.isascii() else None


def ascii_form(word: str) -> str:
    """Return what a person reads."""
    return "".join(LOOKS_LIKE.get(letter, letter) for letter in word)
