"""How much a line of code says by itself, and what is left of it when a formatter's freedom is taken away.

Pure texts. A blank line or a lone brace is everywhere and proves nothing; a line that only differs in blanks, quotes or
commas is the same code to a formatter.
"""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_MAX_COMPARED = 250_000
"""Lines of one side times lines of the other, up to which two texts are compared in full."""
_COMMON = frozenset(
    (
        "else", "else:", "else {", "} else {", "try", "try:", "try {", "finally:", "} finally {", "return", "return;",
        "return nil", "return nil, err", "return err", "return null;", "return None", "return True", "return False",
        "return true;", "return false;", "return true", "return false", "pass", "break", "break;", "continue",
        "continue;", "begin", "done", "then", "default:", "if err != nil {", "import os", "import re", "import sys",
        "<div>", "</div>", "<span>", "</span>", "</p>", "<ul>", "</ul>", "</li>", "</button>", '"""', "'''",
    )
)  # fmt: skip
_SHORT = 12
_LINE = str.maketrans({" ": None, "\t": None, "\r": None, "\f": None, "\xa0": None, "'": '"', "`": '"'})
_RUN = str.maketrans(
    {" ": None, "\t": None, "\r": None, "\f": None, "\xa0": None, "'": '"', "`": '"'}
    | dict.fromkeys(",;()", None)
)  # fmt: skip


def plain(text: str) -> str:
    """Return a line as logs write it down: some show a tab as two blanks, and a carriage return not at all."""
    return text.removesuffix("\r").replace("\t", "  ")


def weight(text: str) -> int:
    """Return how much a line says: 0 for blanks and punctuation, 1 for what stands in every file, 2 for the rest."""
    bare = text.strip()
    if not any(map(str.isalnum, bare)):
        return 0
    return 1 if len(bare) < _SHORT or bare in _COMMON else 2


def line_key(text: str) -> str:
    """Return a line without what a formatter may change inside it."""
    return text.translate(_LINE).rstrip(",;")


def run_key(text: str) -> str:
    """Return a line without what a formatter may change when it joins or breaks lines."""
    return text.translate(_RUN)


def common(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int, int]]:
    """Return (place in the old, place in the new, length) of the runs of lines that both texts have, in order.

    Long texts are compared at their beginning and end, and in between only by lines that each has once.
    """
    most = min(len(old), len(new))
    head = next((n for n in range(most) if old[n] != new[n]), most)
    tail = next((n for n in range(most - head) if old[-1 - n] != new[-1 - n]), most - head)
    found = [(0, 0, head)] if head else []
    found += _between(old, new, (head, len(old) - tail), (head, len(new) - tail))
    if tail:
        found.append((len(old) - tail, len(new) - tail, tail))
    return found


def _between(
    old: Sequence[str], new: Sequence[str], here: tuple[int, int], there: tuple[int, int]
) -> list[tuple[int, int, int]]:
    if here[0] == here[1] or there[0] == there[1]:
        return []
    if (here[1] - here[0]) * (there[1] - there[0]) <= _MAX_COMPARED:
        matcher = SequenceMatcher(None, old[here[0] : here[1]], new[there[0] : there[1]], autojunk=False)
        return [(m.a + here[0], m.b + there[0], m.size) for m in matcher.get_matching_blocks() if m.size]
    found: list[tuple[int, int, int]] = []
    last = there[0] - 1
    places = _single(new, *there)
    for text, place in _single(old, *here).items():
        other = places.get(text)
        if other is not None and other > last:
            found.append((place, other, 1))
            last = other
    return found


def _single(lines: Sequence[str], first: int, last: int) -> dict[str, int]:
    """Return the places of lines that say something and stand only once, in order."""
    places: dict[str, int] = {}
    twice: set[str] = set()
    for place in range(first, last):
        text = lines[place]
        if text in places:
            twice.add(text)
        elif weight(text) > 1:
            places[text] = place
    return {text: place for text, place in places.items() if text not in twice}
