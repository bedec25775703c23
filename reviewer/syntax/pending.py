"""How much of a source stands open at once: a bound on the work that a wrong token in it can make for a grammar.

A grammar that meets an error looks back over everything that is begun and not finished. That takes time and memory by
the square of it, so a file made for the purpose could take all there is. Statements written by people end soon.
"""

from __future__ import annotations

import re

MOST = 2_500
"""Tokens that may be begun at once."""
_LONG = 16
_TOKEN = re.compile(
    rb"""
      (?P<space>[ \t\r\f\v]+)
    | (?P<line>\n\s*)
    | (?P<text>"(?:[^"\\\n]|\\.)*+"|'(?:[^'\\\n]|\\.)*+'|`[^`]*+`|//[^\n]*+|/\*(?:[^*]|\*(?!/))*+\*/)
    | (?P<word>[\w$@\x80-\xff]++)
    | (?P<sign>.)
    """,
    re.VERBOSE | re.DOTALL | re.ASCII,
)
_OPEN = frozenset({b"(", b"[", b"{"})
_CLOSED = frozenset({b")", b"]", b"}"})
_BEGINS = _OPEN | {b"}", b";", b"#", b"<"}
"""Signs that a statement can begin with, or that end what is before."""
_ENDS = frozenset({b";", b","})
_GOES_ON = frozenset(
    {b"else", b"catch", b"finally", b"while", b"and", b"or", b"in", b"of", b"instanceof", b"as", b"is"}
)
_WANTS_MORE = frozenset(
    {
        *(b"typeof", b"void", b"delete", b"new", b"await", b"yield", b"throw", b"case", b"else", b"do", b"not", b"go"),
        *(b"defer", b"range", b"chan", b"func", b"in", b"of", b"and", b"or", b"if", b"unless", b"async", b"extends"),
    }
)


def is_bounded(source: bytes) -> bool:
    """Return whether no more than `MOST` tokens are begun at any place."""
    count = _Count()
    return all(count.take(match.lastgroup or "", match.group()) <= MOST for match in _TOKEN.finditer(source))


class _Count:
    """How many tokens are begun: those of the statement at hand, at each level of brackets.

    Attributes:
        around: tokens of the levels around the one at hand.
        here, before, angles: of this level: the statement's tokens, those of the statement before it, open `<`.
        fresh: a statement has just ended; wants: the last token cannot end one; line: a line has ended since it.
    """

    def __init__(self) -> None:
        self.around = self.here = self.before = self.angles = 0
        self.levels: list[tuple[int, int]] = []
        self.fresh = True
        self.wants = self.line = False

    def take(self, kind: str, word: bytes) -> int:
        """Take in a token and return the count after it."""
        if kind == "line":
            self.line = True
        elif kind != "space":
            joins = word in _GOES_ON or (kind == "sign" and word not in _BEGINS)
            if self.line and not (self.wants or joins or self.fresh):
                self._end()
            if self.fresh and joins:
                self.here += self.before
            self.line = self.fresh = False
            self._add(kind, word)
        return self.around + self.here + self.angles

    def _add(self, kind: str, word: bytes) -> None:
        if word in _OPEN:
            self.levels.append((self.here + 1, self.angles))
            self.around += self.here + 1 + self.angles
            self.here = self.before = self.angles = 0
            self.wants = self.fresh = True
        elif word in _CLOSED:
            if self.levels:
                self.here, self.angles = self.levels.pop()
                self.around -= self.here + self.angles
            self.here += 1
            self.wants = False
            if word == b"}":
                self._end()
        elif word in _ENDS and not self.wants:
            self._end()
            if word == b";":
                self.angles = 0
        else:
            self.here += 1 + len(word) // _LONG if kind == "text" else 1
            self.angles = max(0, self.angles + (word == b"<") - (word == b">"))
            self.wants = kind == "sign" or word in _WANTS_MORE

    def _end(self) -> None:
        self.before, self.here, self.fresh = self.here, 0, True
