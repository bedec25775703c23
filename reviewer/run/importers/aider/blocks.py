"""The edits that an answer of the model proposes, by file: what the program then applies or refuses.

Knows the edit formats (`diff`, `diff-fenced`, `whole`, `udiff`, `patch`); nothing is applied here. The path of a block
is the last line before it that looks like one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from reviewer.run import patch_text

_SEARCH = re.compile(r"<{5,9} ?SEARCH>?[ \t]*")
_DIVIDER = re.compile(r"={5,9}[ \t]*")
_REPLACE = re.compile(r">{5,9} ?REPLACE[ \t]*")
_FENCE = re.compile(r"[ \t]*(?:`{3,}|~{3,}|</?(?:source|code|pre|codeblock|sourcecode)>)(.*)")
_FAILED = re.compile(
    r"^## [A-Za-z]*NoExactMatch: This SEARCH block failed to exactly match lines in (.+)$", re.MULTILINE
)
_MOST = 2_000
"""Blocks of one answer that are read."""


@dataclass(frozen=True, slots=True)
class Block:
    """One proposed edit of a file.

    Attributes:
        path: as the model wrote it.
        hunk: lines with `+`, `-` or blank before them, below a `@@` line.
        search: what was to be found, without blanks at the ends of lines; to tell blocks apart.
        whole: the file's whole new content.
    """

    path: str
    hunk: str
    search: str = ""
    whole: bool = False


def parse(answer: str) -> list[Block]:
    """Return the edits that an answer proposes, in its order."""
    if "*** Begin Patch" in answer:
        files = patch_text.parse(answer[answer.index("*** Begin Patch") :])
        return [Block(file.move_to or file.path, file.patch) for file in files]
    found = _search_replace(answer.split("\n"))
    if found:
        return found
    if "\n+++ " in f"\n{answer}" and "\n@@" in f"\n{answer}":
        return [Block(file.move_to or file.path, file.patch) for file in patch_text.unified(_unfenced(answer))]
    return _whole_files(answer.split("\n"))


def failed(message: str) -> list[tuple[str, str]]:
    """Return path and searched text of each block that the program says did not match."""
    found = []
    heads = list(_FAILED.finditer(message))
    for place, head in enumerate(heads[:_MOST]):
        end = heads[place + 1].start() if place + 1 < len(heads) else len(message)
        blocks = _search_replace(message[head.end() : end].split("\n"))
        found.append((head.group(1).strip(), blocks[0].search if blocks else ""))
    return found


def bare(search: str) -> str:
    """Return a searched text without the blanks around its lines, which a message of the program loses."""
    return "\n".join(line.strip() for line in search.split("\n"))


def reversed_hunk(hunk: str) -> str:
    """Return a hunk that takes back what another does."""
    turned = {"+": "-", "-": "+"}
    return "\n".join(turned.get(line[:1], line[:1]) + line[1:] for line in hunk.split("\n"))


def _search_replace(lines: list[str]) -> list[Block]:
    found: list[Block] = []
    path = ""
    old: list[str] | None = None
    new: list[str] | None = None
    for line in lines:
        if old is None:
            if _SEARCH.fullmatch(line):
                old = []
            elif (named := _named(line)) is not None:
                path = named
        elif new is None:
            if _DIVIDER.fullmatch(line):
                new = []
            else:
                old.append(line)
        elif _REPLACE.fullmatch(line) or _DIVIDER.fullmatch(line):
            hunk = "\n".join(["@@ @@", *(f"-{each}" for each in old), *(f"+{each}" for each in new)])
            found.append(Block(path, hunk, "\n".join(each.rstrip() for each in old).strip("\n")))
            old = new = None
        else:
            new.append(line)
        if len(found) >= _MOST:
            break
    return found


def _named(line: str) -> str | None:
    """Return the path that a line before a block names, None if it names none."""
    fence = _FENCE.fullmatch(line)
    named = fence.group(1) if fence is not None else line
    named = named.strip().strip("`*#: ").removeprefix("filename=").strip("\"' ")
    if not named or len(named) > 300 or " " in named.strip():
        # A path with blanks is taken only where it looks like nothing else.
        is_path = "/" in named and "." in named.rsplit("/", 1)[-1] and not named.endswith((".", ":", "?"))
        return named if named and len(named) <= 300 and is_path else None
    if fence is not None and not ("/" in named or "." in named):
        return None
    return named if "." in named or "/" in named or named[:1].isupper() else None


def _unfenced(answer: str) -> str:
    return "\n".join("" if _FENCE.fullmatch(line) else line for line in answer.split("\n"))


def _whole_files(lines: list[str]) -> list[Block]:
    found: list[Block] = []
    path, close = "", ""
    body: list[str] | None = None
    for line in lines:
        sign = line.strip()
        if body is None:
            if _FENCE.fullmatch(line) is not None:
                body, close = [], _closing(sign)
            elif (named := _named(line)) is not None:
                path = named
        elif sign == close:
            if path:
                found.append(Block(path, "\n".join(["@@ @@", *(f"+{each}" for each in body)]), whole=True))
            path, body = "", None
        else:
            body.append(line)
        if len(found) >= _MOST:
            break
    return found


def _closing(sign: str) -> str:
    """Return what ends a fence: the same signs, or the tag's end."""
    if sign.startswith("<"):
        return f"</{sign[1 : sign.index('>')]}>"
    return sign[: len(sign) - len(sign.lstrip(sign[0]))]
