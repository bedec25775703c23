"""Sentences of an agent's text, without its code.

Pure: a text in, sentences out; linear in its length.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_MAX_SENTENCE = 400
_SENTENCE = re.compile(r"[^\n.!?]*(?:[.!?](?=\S)[^\n.!?]*)*[.!?]?")
_FENCE = re.compile(r"[ \t]*(?:```|~~~)")
_BULLET = re.compile(r"\A(?:[#*>•✅✓✔☑\-–—| \t]|\d{1,3}[.)] |\[[ xX]\] )+")


def sentences(text: str) -> Iterator[str]:
    """Yield the sentences of a text in order; what stands in a fenced block of code is none."""
    fenced = False
    for line in text.split("\n"):
        if _FENCE.match(line):
            fenced = not fenced
            continue
        if fenced or not line.strip():
            continue
        for match in _SENTENCE.finditer(line):
            sentence = _BULLET.sub("", match.group().strip()).strip()
            if len(sentence) >= 8:
                yield sentence if len(sentence) <= _MAX_SENTENCE else f"{sentence[:_MAX_SENTENCE]}…"


def holds(text: str, stems: Sequence[str]) -> bool:
    """Return whether one of some lower-case stems stands in a text; far faster than looking for a pattern."""
    low = text.lower()
    return any(stem in low for stem in stems)
