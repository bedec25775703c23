"""The only sanitiser: every string from a packet, log, diff or repository passes here before it reaches a terminal.

Terminals obey control codes wherever they come from, and people believe what they see. So what a terminal would act on,
or a person could not see, is written out as `⟨U+202E⟩`. What is shown is the same for the TUI and for plain output.
Ranges follow Unicode 15 general categories Cc, Cf, Zl, Zp and the default-ignorable code points (UAX 44).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

MAX_COLUMNS = 2_000
"""A shown line is cut here, with a mark that says how much is behind it (design: 2,000 columns a shown line)."""

_BIDI = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_ZERO_WIDTH = "\u200b-\u200d\u2060-\u2064\u206a-\u206f\ufeff\u180e\u00ad\u034f"
_FILLERS = "\u115f\u1160\u17b4\u17b5\u3164\uffa0\u2800"
_SEPARATORS = "\u0085\u2028\u2029"
_SELECTORS = "\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef"
_TAGS = "\U000e0000-\U000e00ff\U000e01f0-\U000e0fff"
# The ranges hold what Unicode keeps free for more of the kind: a terminal shows those as nothing, too.
_OTHER_FORMAT = (
    "\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\ufff9-\ufffb"
    "\U0001d173-\U0001d17a\U0001bca0-\U0001bca3\U000110bd\U000110cd\U00013430-\U0001343f\u2065\ufff0-\ufff8"
)
_CONTROL = "\x00-\x08\x0b-\x1f\x7f-\x9f"
_SURROGATES = "\ud800-\udfff"
_UNSAFE = re.compile(
    f"[{_CONTROL}{_BIDI}{_ZERO_WIDTH}{_FILLERS}{_SEPARATORS}{_SELECTORS}{_TAGS}{_OTHER_FORMAT}{_SURROGATES}]"
)
_UNSAFE_LINE = re.compile(_UNSAFE.pattern[:-1] + "\n]")
_EMOJI_SELECTOR = "\ufe0f"


class HazardKind(StrEnum):
    """Why a character is written out instead of being shown."""

    CONTROL = "control"
    BIDI = "bidirectional"
    ZERO_WIDTH = "zero-width"
    FILLER = "invisible filler"
    SEPARATOR = "line separator"
    SELECTOR = "variation selector"
    TAG = "tag character"
    FORMAT = "format character"
    NOT_UTF8 = "not UTF-8"


_KINDS = tuple(
    (re.compile(f"[{ranges}]"), kind)
    for ranges, kind in (
        (_SEPARATORS, HazardKind.SEPARATOR),
        (_CONTROL, HazardKind.CONTROL),
        (_BIDI, HazardKind.BIDI),
        (_ZERO_WIDTH, HazardKind.ZERO_WIDTH),
        (_FILLERS, HazardKind.FILLER),
        (_SELECTORS, HazardKind.SELECTOR),
        (_TAGS, HazardKind.TAG),
        (_OTHER_FORMAT, HazardKind.FORMAT),
        (_SURROGATES, HazardKind.NOT_UTF8),
    )
)


@dataclass(frozen=True, slots=True)
class Hazard:
    """One character that must not be shown as it is: its place in the text (code points from 0) and why."""

    offset: int
    character: str
    kind: HazardKind

    @property
    def shown(self) -> str:
        """How the character is written out."""
        return _reveal(self.character)


def decode(data: bytes) -> str:
    """Return bytes as text without losing any: bytes that are not UTF-8 become lone surrogates (PEP 383)."""
    return data.decode("utf-8", "surrogateescape")


def display_safe(text: str | bytes) -> str:
    """Return one line of text that a terminal can show without acting on it.

    Line feeds are written out too. Tabs stay: whoever draws expands them.
    """
    return _replace(_UNSAFE_LINE, decode(text) if isinstance(text, bytes) else text)


def display_block(text: str | bytes) -> str:
    """Return text of several lines that a terminal can show without acting on it; line feeds and tabs stay.

    A carriage return just before a line feed is dropped: it is a line ending there, and an overwrite elsewhere.
    """
    whole = decode(text) if isinstance(text, bytes) else text
    return _replace(_UNSAFE, whole.replace("\r\n", "\n"))


def hazards(text: str) -> tuple[Hazard, ...]:
    """Return every character of `text` that `display_block` would write out, in order."""
    if text.isascii() and text.isprintable():
        return ()
    return tuple(
        Hazard(match.start(), match.group(), _kind(match.group()))
        for match in _UNSAFE.finditer(text)
        if not _is_emoji_selector(match)
    )


def clip(text: str, columns: int = MAX_COLUMNS) -> str:
    """Return at most `columns` characters of safe text, with a mark that counts what is behind the cut."""
    if len(text) <= columns:
        return text
    mark = f" ⋯ {len(text) - columns:,} more"
    return text[: max(0, columns - len(mark))] + mark


def plural(count: int, noun: str, many: str | None = None) -> str:
    """Return the count with its noun: `1 file`, `2 files`, `1,200 entries`."""
    return f"{count:,} {noun if count == 1 else many or noun + 's'}"


def _replace(pattern: re.Pattern[str], text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    return pattern.sub(lambda match: match.group() if _is_emoji_selector(match) else _reveal(match.group()), text)


def _is_emoji_selector(match: re.Match[str]) -> bool:
    # U+FE0F after a symbol only asks for its colour form; anywhere else it is a hidden bit.
    if match.group() != _EMOJI_SELECTOR or match.start() == 0:
        return False
    return unicodedata.category(match.string[match.start() - 1]) == "So"


def _reveal(character: str) -> str:
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:
        return f"⟨0x{code - 0xDC00:02X}⟩"
    return f"⟨U+{code:04X}⟩"


def _kind(character: str) -> HazardKind:
    return next(kind for pattern, kind in _KINDS if pattern.match(character))
