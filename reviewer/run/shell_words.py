"""Shell command lines cut into parts: words, and what stands between the parts.

Knows POSIX shell quoting, operators and here-documents well enough to tell what is run; it never runs or expands
anything, and any text gives some parts. Written with one regular expression because `shlex` reads character by
character and logs hold thousands of long lines.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_MAX_LINE = 8_192
"""Longer lines are read this far: what they run stands at the start, the rest is text."""
_MAX_HEREDOC, _MAX_HEREDOCS = 65_536, 20
"""Here-documents are left out before that, in lines so long and with so many of them (a hostile line has more)."""
_HEREDOC = re.compile(r"<<-?[ \t]*(['\"]?)([A-Za-z_]\w*)\1([^\n]*)\n(?:.*?\n)??[ \t]*\2[ \t]*(?=\n|\Z|\))", re.DOTALL)
_TOKEN = re.compile(
    r"""
    (?P<space>(?:[ \t\r]|\\\n)+)
  | (?P<comment>\#[^\n]*)
  | (?P<redirect>&>>?|\d*(?:>>|>\||<<<|<>|>|<)(?:&\d*-?)?)
  | (?P<operator>\|\||&&|;;|\|&|[|;&\n()])
  | (?P<word>(?:[^\s|&;()<>"'\\`$]+|\\.|'[^']*'|"(?:[^"\\]|\\.)*"
              |\$\((?:[^()]|\([^()]*\))*\)|\$\{[^}]*\}|`[^`]*`|[$"'`\\])+)
  | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_QUOTED = re.compile(r"'([^']*)'|\"((?:[^\"\\]|\\.)*)\"|\\(.)", re.DOTALL)
_ESCAPED = re.compile(r"\\([\\\"$`\n])")
_RESERVED = frozenset(("if", "then", "elif", "else", "do", "while", "until", "!", "{", "}", "fi", "done", "time"))


@dataclass(frozen=True, slots=True)
class Part:
    """One simple command of a line.

    Attributes:
        words: unquoted, without redirections.
        before: the operator before it ("", "&&", "||", ";", "|", "&", or a line feed).
        redirects: targets of redirections with their operator (">out.txt", "<in.txt", "2>&1").
    """

    words: tuple[str, ...]
    before: str = ""
    redirects: tuple[str, ...] = ()


@lru_cache(maxsize=2048)
def split(line: str) -> tuple[Part, ...]:
    """Return the simple commands of a line in order; here-documents and comments are left out."""
    text = line[:_MAX_HEREDOC]
    if 0 < text.count("<<") <= _MAX_HEREDOCS:
        text = _HEREDOC.sub(r"<<<\2\3", text)
    text = text[:_MAX_LINE]
    splitter = _Splitter()
    for match in _TOKEN.finditer(text):
        take = _TAKE.get(match.lastgroup or "")
        if take is not None:
            take(splitter, match.group())
    splitter.end_part("")
    return tuple(splitter.parts)


class _Splitter:
    """The parts so far, and the one being read."""

    __slots__ = ("before", "parts", "pending", "redirects", "words")

    def __init__(self) -> None:
        self.parts: list[Part] = []
        self.words: list[str] = []
        self.redirects: list[str] = []
        self.before = ""
        self.pending: str | None = None

    def redirect(self, sign: str) -> None:
        """Take `>`, `2>&1` and the like; the next word is the target unless the sign names one."""
        if "&" in sign and sign[-1] in "0123456789-":
            self.redirects.append(sign)
        else:
            self.pending = sign

    def operator(self, sign: str) -> None:
        """Take what stands between two parts."""
        self.pending = None
        if self.words or self.redirects:
            self.end_part(sign)
        elif sign not in "()\n":
            self.before = sign

    def word(self, word: str) -> None:
        """Take a word, which may be a redirection's target or a reserved word."""
        plain = unquote(word)
        if self.pending is not None:
            self.redirects.append(self.pending + plain)
            self.pending = None
        elif self.words or plain not in _RESERVED:
            self.words.append(plain)

    def end_part(self, sign: str) -> None:
        """Close the part being read; `sign` stands before the next."""
        if self.words or self.redirects:
            self.parts.append(Part(tuple(self.words), self.before, tuple(self.redirects)))
        self.words, self.redirects, self.before = [], [], sign


_TAKE = {
    "redirect": _Splitter.redirect,
    "operator": _Splitter.operator,
    "word": _Splitter.word,
    "other": _Splitter.word,
}


def unquote(word: str) -> str:
    """Return a word without its quotes and backslashes; nothing is expanded."""
    if "'" not in word and '"' not in word and "\\" not in word:
        return word
    return _QUOTED.sub(_plain, word)


def _plain(match: re.Match[str]) -> str:
    single, double, escaped = match.groups()
    if single is not None:
        return single
    return escaped if double is None else _ESCAPED.sub(r"\1", double)
