"""No character that a terminal acts on or shows as nothing gets through, by Unicode's own categories."""

from __future__ import annotations

import unicodedata

from reviewer.text import display_block, display_safe


def test_every_control_format_and_separator_character_is_written_out() -> None:
    hidden = [
        chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) in {"Cc", "Cf", "Cs", "Zl", "Zp"}
    ]
    free = [*range(0xE0000, 0xE1000), 0x2065, *range(0xFFF0, 0xFFF9)]
    for character in (*hidden, *map(chr, free)):
        if character not in "\t\n":
            assert character not in display_block(f"a{character}b"), hex(ord(character))
            assert character not in display_safe(f"a{character}b"), hex(ord(character))
