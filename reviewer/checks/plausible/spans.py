"""Whether two conditions ask for the ends of one span only, in the text of any language; knows no syntax tree."""

from __future__ import annotations

import re

WHY_SPANS = "A span that begins before the other and ends after it has neither end inside it."
_LONGEST = 400
_TERM = r"[\w.\[\]'\"]{1,80}(?:\(\))?"
_FORMS = tuple(
    re.compile(form.replace("<", "<=?").replace(">", ">=?").replace("T", _TERM).replace("AND", r"(?:and|&&)"))
    for form in (
        r"(T) < (T) < (T)",
        r"(T) < (T) AND (T) < (T)",
        r"(T) > (T) AND (T) < (T)",
        r"(T) < (T) AND (T) > (T)",
        r"(T) > (T) AND (T) > (T)",
        r"(?:\w{1,30}\()?(T)\)?\.isBetween\((T), (T)(?:,[^,]{0,60}){0,2}\)",
    )
)
_STARTS = re.compile(r"start|begin|from|first|left|lo\b|low|check_?in|arriv|since", re.IGNORECASE)


def is_half_overlap(left: str, right: str) -> bool:
    """Return whether one asks for the start, and one for the end of a span inside another, and no more."""
    found = [_inside(text) for text in (left, right)]
    if found[0] is None or found[1] is None:
        return False
    (low, one, high), (other_low, other, other_high) = found[0], found[1]
    if (low, high) != (other_low, other_high) or one == other:
        return False
    return bool(_STARTS.search(one)) != bool(_STARTS.search(other)) and bool(_STARTS.search(low))


def _inside(text: str) -> tuple[str, str, str] | None:
    """Return the lower end, what is to lie inside and the upper end of a condition, None if it is no such one."""
    plain = " ".join(text.split())
    while plain.startswith("(") and plain.endswith(")"):
        plain = plain[1:-1].strip()
    if len(plain) > _LONGEST:
        return None
    for number, form in enumerate(_FORMS):
        match = form.fullmatch(plain)
        if match is None:
            continue
        parts = match.groups()
        if len(parts) == 3:
            return (parts[0], parts[1], parts[2]) if number == 0 else (parts[1], parts[0], parts[2])
        # Both halves turned so that the smaller stands first.
        first = (parts[0], parts[1]) if number in {1, 3} else (parts[1], parts[0])
        second = (parts[2], parts[3]) if number in {1, 2} else (parts[3], parts[2])
        if first[1] == second[0]:
            return first[0], first[1], second[1]
        return (second[0], second[1], first[1]) if second[1] == first[0] else None
    return None
