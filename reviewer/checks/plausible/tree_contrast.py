"""Changed functions of other languages before and after, word by word: the small edits that `moved` names for Python.

A function is the row of its words. Where one word gave way to one other, or a few came or went, that is judged; what
was written anew is left alone.
"""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING

from reviewer.checks.ident import shown
from reviewer.checks.plausible.align import work
from reviewer.checks.plausible.contrast import WHY
from reviewer.checks.plausible.moved import OPPOSITES
from reviewer.checks.plausible.sign import Sign

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewer.checks.finding import Side
    from reviewer.syntax.function import Function
    from reviewer.syntax.tree import Node

_MAX_WORDS = 1_500
_MOST_WORK = 60_000
_CONTEXT = 8
_MOST_CHANGED = 12
_GUARDS = frozenset({"if_statement", "if_expression", "if_modifier", "unless_modifier", "if", "unless"})
_LEAVES = re.compile(r"\b(?:return|continue|break|next)\b")
_LONGEST_GUARD = 160
_MOSTLY = 0.6
_FIRM = frozenset({"condition-negated", "guard-dropped"})
_NUMBER = re.compile(r"-?\d[\d_]*(?:\.\d+)?")
_BOUNDS = ({"<", "<="}, {">", ">="}, {"..", "..="}, {"...", ".."})
_NEGATED = ({"==", "!="}, {"===", "!=="}, {"<", ">"}, {"<=", ">="}, {"<", ">="}, {">", "<="}, {"if", "unless"})
_JOINED = ({"&&", "||"}, {"and", "or"}, {"&&", "??"})
_OPERATORS = (
    {"+", "-"},
    {"*", "/"},
    {"+=", "-="},
    {"/", "%"},
    {"+", "*"},
    {"*=", "/="},
    {"+=", "="},
    {"++", "--"},
    {"<<", ">>"},
)
_OTHERS = frozenset(
    frozenset(pair)
    for pair in (
        *(("every", "some"), ("push", "unshift"), ("shift", "pop"), ("indexOf", "lastIndexOf"), ("Min", "Max")),
        *(("toLowerCase", "toUpperCase"), ("startsWith", "endsWith"), ("slice", "splice"), ("all?", "any?")),
        *(
            ("HasPrefix", "HasSuffix"),
            ("Floor", "Ceil"),
            ("ToLower", "ToUpper"),
            ("is_some", "is_none"),
            ("Lock", "RLock"),
        ),
        *(
            ("is_ok", "is_err"),
            ("start_with?", "end_with?"),
            ("Before", "After"),
            ("isBefore", "isAfter"),
            ("select", "reject"),
        ),
        *(
            ("starts_with", "ends_with"),
            ("saturating_add", "saturating_sub"),
            ("trimStart", "trimEnd"),
            ("resolve", "reject"),
        ),
    )
)


def signs(old: Function, new: Function) -> Iterator[Sign]:
    """Yield what changed in one function."""
    before, after = list(_words(old)), list(_words(new))
    if not before or not after or max(len(before), len(after)) > _MAX_WORDS:
        return
    shared = _shared_start(before, after)
    before, after = before[shared:], after[shared:]
    texts = [one.text for one in before], [one.text for one in after]
    if not before or not after or work(*texts) > _MOST_WORK:
        return
    matcher = difflib.SequenceMatcher(None, *texts, autojunk=False)
    changes = [code for code in matcher.get_opcodes() if code[0] != "equal"]
    if len(changes) <= _MOST_CHANGED:
        told: set[tuple[str, int]] = set()
        for _, first, last, start, stop in changes:
            judged = _judge([one.text for one in before[first:last]], [one.text for one in after[start:stop]])
            if judged in _FIRM and _texts(before[last : last + 2]) != _texts(after[stop : stop + 2]):
                continue
            line = after[min(start, len(after) - 1)].first
            if judged and (judged, line) not in told:
                told.add((judged, line))
                was = _around(before, first, last)
                what = f"“{was}” became “{_around(after, start, stop)}”"
                yield _sign(new, judged, what, line)
    if matcher.ratio() >= _MOSTLY:
        yield from _guards(old, new)


def _shared_start(one: Sequence[Node], other: Sequence[Node]) -> int:
    """Return how many words both begin with, but for a few that a message shows before what changed."""
    same = 0
    for mine, theirs in zip(one, other, strict=False):
        if mine.text != theirs.text:
            break
        same += 1
    return max(0, same - _CONTEXT)


def _texts(words: Sequence[Node]) -> list[str]:
    return [one.text for one in words]


def _words(function: Function) -> Iterator[Node]:
    for node in function.own():
        if not node.is_comment and not node.children and node.end > node.start:
            yield node


def _around(words: Sequence[Node], first: int, last: int) -> str:
    return shown(" ".join(one.text for one in words[max(0, first - 3) : last + 3]))


def _judge(old: list[str], new: list[str]) -> str:
    if len(old) == len(new) == 1:
        return _replaced(old[0], new[0])
    if not old or not new:
        # Brackets come and go with what they hold.
        old, new = ([word for word in side if word not in {"(", ")"}] for side in (old, new))
    for gone, stays in ((old, new), (new, old)):
        if gone == ["!"] and not stays:
            return "condition-negated"
        if len(gone) == 2 and gone[0] in {"+", "-"} and gone[1] == "1" and not stays:
            return "boundary-moved"
    if old == ["await"] and not new:
        return "await-dropped"
    return "guard-dropped" if not new and old and old[0] in {"??", "||", "&&"} and len(old) <= 8 else ""


def _replaced(old: str, new: str) -> str:
    pair = {old, new}
    for rule, pairs in (
        ("boundary-moved", _BOUNDS),
        ("condition-negated", _NEGATED),
        ("condition-joined-otherwise", _JOINED),
        ("operator-changed", _OPERATORS),
    ):
        if pair in pairs:
            return rule
    if (old, new) == ("?.", "."):
        return "guard-dropped"
    if frozenset(pair) in OPPOSITES | _OTHERS:
        return "opposite-used"
    numbers = _NUMBER.fullmatch(old) and _NUMBER.fullmatch(new)
    return "value-changed" if numbers or pair == {"true", "false"} else ""


def _guards(old: Function, new: Function) -> Iterator[Sign]:
    had, has = list(_early(old)), {" ".join(one.text.split()) for one in _early(new)}
    if len(has) >= len(had):
        return
    whole = " ".join(new.node.head(1 << 16).split())
    for one in had[:20]:
        text = " ".join(one.text.split())
        if text not in has and text[:60] not in whole:
            yield _sign(old, "guard-removed", f"no longer has “{shown(text)}”", one.first, side="old")


def _early(function: Function) -> Iterator[Node]:
    for node in function.own():
        if node.type in _GUARDS and node.named and node.end - node.start <= _LONGEST_GUARD:
            text = node.text
            # An error that is no longer passed on is a failure path, and told as one.
            if _LEAVES.search(text) and "else" not in text and "err" not in text:
                yield node


def _sign(function: Function, rule: str, what: str, line: int, side: Side = "new") -> Sign:
    return Sign(
        rule=rule,
        severity="low",
        message=f"{shown(function.name)}: {what}.",
        why=WHY[rule],
        quote=what,
        line=line,
        side=side,
        scope=function.name,
    )
