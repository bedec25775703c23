"""What the task sets as a bound, against the change: a floor that nothing holds, a limit that is compared one off."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from reviewer.checks import roles
from reviewer.checks.ident import shown
from reviewer.checks.plausible.outline import Outline, text_of
from reviewer.checks.plausible.sign import Sign, at

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewer.checks.case import Case, ChangedFile
    from reviewer.checks.python_source import PythonFile

_WHY = "The task says where it ends, and nothing in the change stops it there."
_WHY_LIMIT = "With as many as the limit already there, one more goes in."
_LONG = 20_000
_LINE = 200
_MOST_LINES = 5_000
_FLOOR = re.compile(
    r"\b(?:never|not|cannot|can't|must not|no)\b[^.;\n]{0,30}\b(?:below (?:zero|0)|negative|less than (?:zero|0))\b",
    re.IGNORECASE,
)
_HELD = re.compile(r"\bmax\(|\bmin\(|\babs\(|clamp|[<>]=?\s*(?:0\b|Decimal\()|[<>]=?\s*ZERO|[<>]=?\s*self\.")
_MOST = re.compile(
    r"\b(?:at most|up to|no more than|not more than|(?:a )?(?:limit|maximum) of|maximum is)\s+(\w{1,20})", re.IGNORECASE
)
_DIGITS = {
    word: str(number)
    for number, word in enumerate(
        ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"), 1
    )
}
_CONSTANT = re.compile(r"\b([A-Z][A-Z0-9_]{2,60})\b(?:\s*:\s*\w{1,20})?\s*=\s*(\d{1,9})\b")
_REFUSED = re.compile(
    r"\bif\b[^\n]{0,200}?\b([a-zA-Z_]\w{0,60})\.(?:length|size|size\(\)|len\(\))\s*>\s*([A-Z][A-Z0-9_]{2,60}|\d{1,9})\b(?!\s*[-+*/])"
)
_OTHERS = re.compile(r"\b([a-zA-Z_]\w{0,60})\s*(?::[^=\n]{0,80})?=(?!=)[^\n]{0,120}\.filter\([^\n]{0,200}!==?\s*\w")
_THROWS = re.compile(r"\b(?:throw|return|raise)\b")


def said(case: Case) -> str:
    """Return what the task says, bounded."""
    task = case.manifest.task
    return "\n".join(part for part in (task.objective, task.prompt, *task.follow_ups) if part)[:_LONG]


def floors(task: str, files: Sequence[PythonFile]) -> Iterator[tuple[str, Sign]]:
    """Yield the first new subtraction that is returned, where the task names a floor and the change holds none."""
    if not _FLOOR.search(task):
        return
    if any(_HELD.search(line.text[:500]) for one in files for line in one.file.added):
        return
    for one in files:
        outline = Outline(one.new, b"", (line.number for line in one.file.added)) if one.new is not None else None
        for node in outline.of(ast.Return) if outline is not None else ():
            value = node.value
            if outline is None or not isinstance(value, ast.BinOp) or not isinstance(value.op, ast.Sub):
                continue
            if outline.touches(node.lineno, node.end_lineno) and not isinstance(value.left, ast.Constant):
                text = text_of(node)
                message = f"The task rules out what is below zero, and “{shown(text)}” has no floor."
                sign = at(outline, node, rule="floor-missing", severity="medium", message=message, why=_WHY, quote=text)
                yield one.file.path, sign
                return


def limits(task: str, file: ChangedFile) -> Iterator[Sign]:
    """Yield a refusal of more than the limit of the task, asked of the others before one more joins them."""
    wanted = {_DIGITS.get(word.lower(), word) for word in _MOST.findall(task)}
    if not wanted or roles.is_test(file.path) or not roles.is_program(file.path):
        return
    lines = [(line.number, line.text[:_LINE]) for line in file.added[:_MOST_LINES]]
    others = {name for _, text in lines if "filter(" in text for name in _OTHERS.findall(text)}
    if not others:
        return
    named = {name: value for _, text in lines for name, value in _CONSTANT.findall(text)}
    texts = dict(lines)
    for number, text in lines:
        found = _REFUSED.search(text)
        if found is None or found[1] not in others or named.get(found[2], found[2]) not in wanted:
            continue
        if _THROWS.search(text) or _THROWS.search(texts.get(number + 1, "")):
            yield Sign(
                rule="limit-passed",
                severity="medium",
                message=f"“{shown(found[0])}” counts the others without the one that joins, and refuses one too late.",
                why=_WHY_LIMIT,
                quote=text.strip(),
                line=number,
                last=number,
            )
