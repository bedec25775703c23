"""Shell command lines cut into parts: words, what stands between the parts, and the here-documents they are fed.

Knows POSIX shell quoting, operators and here-documents, and PowerShell's here-strings, well enough to tell what is run;
it never runs or expands anything, and any text gives some parts. Written with one regular expression because `shlex`
reads character by character and logs hold thousands of long lines; every repetition in it is possessive or bounded, so
that no text takes more than linear time.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

_MAX_LINE = 1 << 20
"""Longer lines are read this far, characters."""
_SHORT = 2_048
"""Longer lines are not kept in the cache."""
_MAX_TOKENS = 8_192
"""Words and signs of a line outside of here-documents: what it runs stands at its start, the rest is text."""
_TOKEN = re.compile(
    r"""
    (?:[ \t\r]|\\\r?\n)*+
    (?:
        (?!\d{1,3}[<>]|\#)
        (?:([^ \t\r\n|&;()<>"'\\`$]++)(?=[ \t\r\n|&;()<>]|\Z)
          |((?:[^ \t\r\n|&;()<>"'\\`$]++|\\.|'[^']*+'|"(?:[^"\\]++|\\.)*+"|\$'(?:[^'\\]++|\\.)*+'
              |\$\((?:[^()]|\([^()]{0,2000}+\)){0,2000}+\)|\$\{[^}]{0,400}+\}|`[^`]*+`|[$"'`\\])++))
      | (&>>?|\d{0,3}(?:<<<|<<-?|>>|>\||<>|>|<)(?:&\d{0,9}-?)?)
      | (\|\||&&|;;|\|&|[|;&\n()])
      | \#[^\n]*+
    )?
    """,
    re.VERBOSE | re.DOTALL,
)
_PLAIN, _WORD, _REDIRECT, _OPERATOR = 1, 2, 3, 4
"""Groups of it: a word without any quote, another word, and signs; a comment is in none."""
_QUOTED = re.compile(r"\$?'([^']*)'|\"((?:[^\"\\]|\\.)*)\"|\\(.)", re.DOTALL)
_ESCAPED = re.compile(r"\\([\\\"$`]|\r?\n)")
_RESERVED = frozenset(("if", "then", "elif", "else", "do", "while", "until", "!", "{", "}", "fi", "done", "time"))
_BRACES = frozenset(("{", "}"))
_DELIMITER = re.compile(r"[A-Za-z_!][\w!.-]*")
_SUBSTITUTED = re.compile(r"\$\([ \t]{0,80}cat[ \t]{0,80}<<-?[ \t]{0,80}\\?(['\"]?)(\w{1,80})\1[ \t\r]{0,80}\n")
_WINDOWS = re.compile(r"(?:[A-Za-z]:|['\"]?[\w.-]+)\\[\w.\[(@]")
_QUOTES = re.compile(r"'([^']*)'|\"([^\"]*)\"")
_SPECIAL = re.compile(r'(["\\`$])')


def names(text: str) -> frozenset[str]:
    """Return the words of a text as a set; for tables of names."""
    return frozenset(text.split())


class Part(NamedTuple):
    """One simple command of a line.

    Attributes:
        words: unquoted, without redirections.
        before: the operator before it ("", "&&", "||", ";", "|", "&", or a line feed).
        redirects: targets of redirections with their operator (">out.txt", "<in.txt", "2>&1"); that of a here-document
            is only its sign and name ("<<EOF").
        after: the operator behind it, "" at the end.
        depth: how many parentheses stand around it; `joint`: around the operator before it.
        document: the here-document (or here-string) that it is fed, None without one.
        literal: nothing in the here-document is expanded, since its name is quoted.
    """

    words: tuple[str, ...]
    before: str = ""
    redirects: tuple[str, ...] = ()
    after: str = ""
    depth: int = 0
    joint: int = 0
    document: str | None = None
    literal: bool = True


def split(line: str) -> tuple[Part, ...]:
    """Return the simple commands of a line in order; comments are left out."""
    return _kept(line) if len(line) <= _SHORT else read(line)


def read(line: str) -> tuple[Part, ...]:
    """Return the same as `split`, and keep nothing of it."""
    text = line[:_MAX_LINE]
    if "<<" in text and "$(" in text:
        text = _with_quoted_documents(text)
    if "@'" in text or '@"' in text:
        text = _with_quoted_here_strings(text)
    splitter = _Splitter()
    at = tokens = 0
    while at < len(text) and tokens < _MAX_TOKENS:
        for match in _TOKEN.finditer(text, at):
            tokens += 1
            if match.lastindex == _PLAIN:
                word = match[1]
                if splitter.pending is None and word not in _RESERVED:
                    splitter.words.append(word)
                else:
                    splitter.word(word)
            elif match.lastindex is not None and splitter.take(match.lastindex, match):
                at = splitter.take_documents(text, match.end())
                break
            if tokens >= _MAX_TOKENS:
                break
        else:
            break
    splitter.end_part("")
    return tuple(splitter.parts)


_kept = lru_cache(maxsize=2_048)(read)


class _Splitter:
    """The parts so far, and the one being read."""

    __slots__ = ("before", "depth", "documents", "joint", "parts", "pending", "redirects", "words")

    def __init__(self) -> None:
        self.parts: list[Part] = []
        self.words: list[str] = []
        self.redirects: list[str] = []
        self.before = ""
        self.depth = 0
        self.joint = 0
        self.pending: str | None = None
        self.documents: list[tuple[int, str, bool, bool]] = []

    def take(self, kind: int, match: re.Match[str]) -> bool:
        """Take anything but a plain word; return whether here-documents start behind it."""
        if kind == _WORD:
            self.word(match[_WORD])
        elif kind == _REDIRECT:
            self.redirect(match[_REDIRECT])
        else:
            self.operator(match[_OPERATOR])
            return bool(self.documents) and match[_OPERATOR] == "\n"
        return False

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
        elif sign == "&":
            pass  # PowerShell's call operator: `& "C:\\x.exe"`
        elif self.parts and (sign not in "()\n" or (sign == "\n" and self.before in {"(", ")"})):
            self.before, self.joint = sign, self.depth
            # `(a; b) | c`: the operator stands behind the parenthesis, and behind the part in it.
            last = self.parts[-1]
            if last.after == ")":
                self.parts[-1] = last._replace(after=sign)
        if sign == "(":
            self.depth += 1
        elif sign == ")" and self.depth:
            self.depth -= 1

    def word(self, word: str) -> None:
        """Take a word, which may be a redirection's target or a reserved word."""
        plain = unquote(word)
        if self.pending is not None:
            self._target(self.pending, word, plain)
            self.pending = None
        elif word in _BRACES:
            self.end_part(";")
        elif self.words or plain not in _RESERVED:
            self.words.append(plain)

    def _target(self, sign: str, word: str, plain: str) -> None:
        self.redirects.append(sign + plain)
        kept = sign.lstrip("0123456789")
        if kept in {"<<", "<<-"} and _DELIMITER.fullmatch(plain):
            self.documents.append((len(self.parts), plain, kept == "<<-", plain != word))

    def end_part(self, sign: str) -> None:
        """Close the part being read; `sign` stands before the next."""
        if self.words or self.redirects:
            self.parts.append(Part(tuple(self.words), self.before, tuple(self.redirects), sign, self.depth, self.joint))
            self.words, self.redirects = [], []
        self.before, self.joint = sign, self.depth

    def take_documents(self, text: str, at: int) -> int:
        """Give the here-documents that start here to their parts; return where they end."""
        for left, (place, name, tabs, literal) in enumerate(self.documents, start=1 - len(self.documents)):
            end, after = _document_end(text, at, name, tabs=tabs)
            body = text[at:end]
            if tabs:
                body = re.sub(r"(?m)^\t+", "", body)
            if place < len(self.parts):
                self.parts[place] = self.parts[place]._replace(document=body, literal=literal)
            # The line feed behind the last one is the operator that stands before the next part.
            at = after + (1 if left and text.startswith("\n", after) else 0)
        self.documents = []
        return at


def _document_end(text: str, at: int, name: str, *, tabs: bool) -> tuple[int, int]:
    """Return where a here-document's body ends and where the line after its name starts; without one, at the end."""
    found = text.find(name, at)
    while found >= 0:
        start = found
        while tabs and start > at and text[start - 1] == "\t":
            start -= 1
        if start == at or text[start - 1] == "\n":
            stop = found + len(name)
            while stop < len(text) and text[stop] in " \t\r":
                stop += 1
            if stop == len(text) or text[stop] in "\n)":
                return start, stop
        found = text.find(name, found + len(name))
    return len(text), len(text)


def _with_quoted_documents(text: str) -> str:
    """Return a line with `$(cat <<EOF ...)` as the quoted text that it stands for: it may hold any quote."""
    pieces: list[str] = []
    at = 0
    while (match := _SUBSTITUTED.search(text, at)) is not None:
        end, after = _document_end(text, match.end(), match.group(2), tabs=True)
        close = text.find(")", after, after + 200)
        if close < 0 or text[after:close].strip():
            break
        body = text[match.end() : end].removesuffix("\n")
        body = _SPECIAL.sub(r"\\\1", body) if match.group(1) else body.replace('"', '\\"')
        quote = "" if match.start() and text[match.start() - 1] == '"' else '"'
        pieces += [text[at : match.start()], quote, body, quote]
        at = close + 1
    pieces.append(text[at:])
    return "".join(pieces)


def _with_quoted_here_strings(text: str) -> str:
    """Return a line with PowerShell's here-strings as plain quoted texts."""
    pieces: list[str] = []
    at = 0
    while True:
        starts = [place for sign in ("@'", '@"') if (place := _line_end(text, sign, at)) >= 0]
        if not starts:
            break
        start = min(starts)
        sign = text[start + 1]
        body = text.find("\n", start) + 1
        end = text.find(f"\n{sign}@", body - 1)
        if end < 0:
            break
        inner = text[body : max(body, end)].replace("\r", "").replace("'", "'\\''")
        pieces += [text[at:start], "'", inner, "'"]
        at = end + 3
    pieces.append(text[at:])
    return "".join(pieces)


def _line_end(text: str, sign: str, at: int) -> int:
    """Return where a sign stands at the end of a line, -1 if it does not."""
    places = [place for end in ("\n", "\r\n") if (place := text.find(sign + end, at)) >= 0]
    return min(places, default=-1)


def unquote(word: str) -> str:
    """Return a word without its quotes and backslashes; nothing is expanded."""
    if "'" not in word and '"' not in word and "\\" not in word:
        return word
    if "\\" in word and _WINDOWS.match(word):
        return _QUOTES.sub(r"\1\2", word)
    return _QUOTED.sub(_plain, word)


def _plain(match: re.Match[str]) -> str:
    single, double, escaped = match.groups()
    if single is not None:
        return single if match.group()[0] != "$" else escapes(single)
    if double is not None:
        return _ESCAPED.sub(_kept_escape, double) if "\\" in double else double
    if escaped in "\r\n":
        return ""
    # In a path of Windows the backslash parts names; a shell's user hardly ever escapes a letter.
    return f"\\{escaped}" if escaped.isalnum() or escaped == "_" else escaped


def _kept_escape(match: re.Match[str]) -> str:
    return "" if match.group(1).endswith("\n") else match.group(1)


_ESCAPES = re.compile(r"\\(?:([abfnrtve\\'\"])|0?([0-7]{1,3})|x([0-9A-Fa-f]{1,2})|(c))")
_SIGNS = dict(zip("abfnrtve\\'\"", "\a\b\f\n\r\t\v\x1b\\'\"", strict=True))


def escapes(text: str) -> str:
    r"""Return a text with `\n`, `\t`, `\x41` and the like as `printf` and `echo -e` write them."""
    if "\\" not in text:
        return text
    text, _, _ = text.partition("\\c") if "\\c" in text and "\\\\" not in text else (text, "", "")
    return _ESCAPES.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    sign, octal, hexadecimal, _ = match.groups()
    if sign:
        return _SIGNS[sign]
    if octal or hexadecimal:
        return chr(int(octal, 8) & 0xFF if octal else int(hexadecimal, 16))
    return ""
