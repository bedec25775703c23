"""Statements of SQL in texts: OR beside AND, changes of every row, values that do not fit their columns.

Reads texts, not a grammar: what is in quotes is put aside, and only what stands on one level of brackets is compared.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from reviewer.checks.ident import shown
from reviewer.checks.plausible.outline import dotted, name_of, text_of
from reviewer.checks.plausible.sign import at
from reviewer.checks.python_nodes import walk
from reviewer.text import plural

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.checks.plausible.outline import Outline
    from reviewer.checks.plausible.sign import Sign
    from reviewer.checks.python_source import Definition

_WHY_MIXED = "AND binds tighter than OR, so the last condition does not hold for what stands before the OR."
_WHY_ALL = "Without WHERE it changes every row of the table."
_WHY_COUNT = "The database refuses it, or puts a value into another column."
_LONGEST = 4_000
_QUOTED = re.compile(r"'[^'\n]{0,400}'|\"[^\"\n]{0,200}\"|`[^`\n]{0,200}`")
_TOKEN = re.compile(r"\(|\)|;|\b(?:AND|OR|WHERE|ON|HAVING|BETWEEN|CASE|END|SELECT|FROM|ORDER|GROUP|LIMIT|UNION|SET)\b")
_CONDITION = re.compile(r"[=<>]|\b(?:LIKE|IN|IS|BETWEEN|EXISTS|MATCH)\b")
_BREAKS = frozenset({"WHERE", "ON", "HAVING", "SELECT", "FROM", "ORDER", "GROUP", "LIMIT", "UNION", "SET", ";"})
_STATEMENT = re.compile(r"\s*(?:SELECT|INSERT|UPDATE|DELETE|WITH|REPLACE)\b", re.IGNORECASE)
_EVERY = re.compile(r"\s*(?:UPDATE\s+[\w.]{1,80}\s+SET\s|DELETE\s+FROM\s+[\w.]{1,80})", re.IGNORECASE)
_INSERT = re.compile(
    r"\s*(?:INSERT|REPLACE)\s+(?:OR\s+\w{1,10}\s+)?INTO\s+[\w.]{1,80}\s*\(([^()]{1,2000})\)\s*VALUES\s*\((.{1,2000}?)\)\s*"
    r"(?:;|$|ON\s|RETURNING\s)",
    re.IGNORECASE | re.DOTALL,
)
_MEANT = re.compile(
    r"all|clear|reset|purge|truncate|wipe|empty|flush|migrat|upgrade|downgrade|drop|every|clean|delete_table"
)
_LEADS = re.compile(r"\s*(AND|OR)\b")
_READ = ast.Assign | ast.AnnAssign | ast.AugAssign | ast.Call | ast.JoinedStr
_RUNS = frozenset({"execute", "executemany", "fetchone", "fetchall", "fetch", "fetchrow", "fetchval"})


def signs(outline: Outline) -> Iterator[Sign]:
    """Yield statements that say something else than they seem to."""
    texts = [(node, text) for node, text in _texts(outline) if any(word in text for word in (" ", "("))]
    for node, text in texts:
        yield from _mixed(outline, node, text)
        yield from _every(outline, node, text)
        yield from _inserted(outline, node, text)
    for call in outline.of(ast.Call):
        if isinstance(call.func, ast.Attribute) and call.func.attr in _RUNS and len(call.args) == 2:
            yield from _filled(outline, call)
    for function in outline.functions():
        yield from _joined(outline, function)


def kinds(text: str) -> list[set[str]]:
    """Return the words, AND and OR, that join conditions on each level of brackets; that of BETWEEN is none."""
    plain = _QUOTED.sub("''", text[:_LONGEST])
    stack: list[set[str]] = [set()]
    found: list[set[str]] = []
    between = cases = 0
    for match in _TOKEN.finditer(plain):
        word = match[0]
        if word == "(":
            stack.append(set())
        elif word == ")":
            found.append(stack.pop())
            stack = stack or [set()]
        elif word == "BETWEEN":
            between += 1
        elif word in {"CASE", "END"}:
            cases += 1 if word == "CASE" else -1
        elif word == "AND" and between:
            between -= 1
        elif word in {"AND", "OR"} and cases <= 0:
            stack[-1].add(word)
        elif word in _BREAKS:
            found.append(stack[-1])
            stack[-1] = set()
    return [one for one in (*found, *stack) if one]


def top(text: str) -> set[str]:
    """Return the words that join the last conditions of a text outside all brackets."""
    plain, before = _QUOTED.sub("''", text[:_LONGEST]), ""
    while plain != before:
        before, plain = plain, re.sub(r"\([^()]{0,1000}\)", "x", plain)
    last = re.split(r"\b(?:WHERE|HAVING|ON)\b", plain)[-1]
    joined = kinds(last)
    return joined[-1] if joined and not re.search(r"\b(?:ORDER|GROUP|LIMIT|UNION)\b", last) else set()


def is_mixed(text: str) -> bool:
    """Return whether a statement, or a part of one, has OR beside AND with no brackets between them."""
    return "|" not in text and bool(_CONDITION.search(text)) and any(len(one) > 1 for one in kinds(text))


def _texts(outline: Outline) -> Iterator[tuple[ast.expr, str]]:
    for node in outline.of(ast.Constant):
        parent = outline.parent(node)
        if isinstance(node.value, str) and len(node.value) > 4 and not isinstance(parent, ast.JoinedStr | ast.Expr):
            yield node, node.value
    for joined in outline.of(ast.JoinedStr):
        yield joined, written(joined)


def written(node: ast.expr | None) -> str:
    """Return the text of a string, "{}" for what is put into it; "" for what is none."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    if not isinstance(node, ast.JoinedStr):
        return ""
    return "".join(str(one.value) if isinstance(one, ast.Constant) else "{}" for one in node.values)


def _mixed(outline: Outline, node: ast.expr, text: str) -> Iterator[Sign]:
    if (_STATEMENT.match(text) or re.search(r"\bWHERE\b|[?]|%s|:\w", text)) and is_mixed(text):
        message = f"“{shown(_short(text))}” has OR beside AND without brackets."
        yield at(
            outline, node, rule="sql-conditions", severity="medium", message=message, why=_WHY_MIXED, quote=_short(text)
        )


def _joined(outline: Outline, function: Definition) -> Iterator[Sign]:
    """Yield what is put behind conditions with another word than theirs."""
    held: dict[str, set[str]] = {}
    listed: dict[str, set[str]] = {}
    parts = [one for one in walk(function) if isinstance(one, _READ)]
    # What is assigned is read before it is bound.
    for part in sorted(parts, key=lambda one: (one.lineno, isinstance(one, ast.Assign), one.col_offset)):
        if isinstance(part, ast.JoinedStr):
            word = _put(part, held)
        elif isinstance(part, ast.Call):
            word = _of_list(part, listed)
        else:
            word = _bind(part, held, listed)
        if word:
            yield _behind(outline, part, word)


def _put(node: ast.JoinedStr, held: dict[str, set[str]]) -> str:
    for put, after in zip(node.values, node.values[1:], strict=False):
        name = dotted(put.value) if isinstance(put, ast.FormattedValue) else ""
        word = _LEADS.match(written(after))
        if word and held.get(name, set()) - {word[1]}:
            return word[1]
    return ""


def _of_list(node: ast.Call, listed: dict[str, set[str]]) -> str:
    subject = node.func.value if isinstance(node.func, ast.Attribute) else None
    if subject is None or not node.args:
        return ""
    if name_of(node.func) == "append":
        listed.setdefault(dotted(subject), set()).update(_joins(node.args[0]))
    word = written(subject).strip() if name_of(node.func) == "join" else ""
    return word if word in {"AND", "OR"} and listed.get(dotted(node.args[0]), set()) - {word} else ""


def _bind(
    node: ast.Assign | ast.AnnAssign | ast.AugAssign, held: dict[str, set[str]], listed: dict[str, set[str]]
) -> str:
    name = dotted(node.targets[0] if isinstance(node, ast.Assign) else node.target)
    if not name or node.value is None:
        return ""
    if isinstance(node, ast.AugAssign):
        word = _LEADS.match(written(node.value))
        return word[1] if word and held.get(name, set()) - {word[1]} else ""
    if isinstance(node.value, ast.List):
        listed[name] = {word for one in node.value.elts for word in _joins(one)}
    held[name] = _joins(node.value)
    return ""


def _joins(node: ast.expr) -> set[str]:
    text = written(node)
    return top(text) if _CONDITION.search(text) else set()


def _behind(outline: Outline, node: ast.expr | ast.stmt, word: str) -> Sign:
    other = "OR" if word == "AND" else "AND"
    text = text_of(node)
    message = f"“{shown(text)}” puts {word} behind conditions that {other} joins, without brackets."
    return at(outline, node, rule="sql-conditions", severity="medium", message=message, why=_WHY_MIXED, quote=text)


def _every(outline: Outline, node: ast.expr, text: str) -> Iterator[Sign]:
    if not _EVERY.match(text) or re.search(r"\bWHERE\b", text, re.IGNORECASE) or text.rstrip().endswith("{}"):
        return
    function, parent = outline.function(node), outline.parent(node)
    if isinstance(parent, ast.BinOp | ast.AugAssign) or (function is not None and _MEANT.search(function.name.lower())):
        return
    if isinstance(parent, ast.Assign) and _is_grown(outline, name_of(parent.targets[0])):
        return
    message = f"“{shown(_short(text))}” has no WHERE."
    yield at(outline, node, rule="sql-every-row", severity="low", message=message, why=_WHY_ALL, quote=_short(text))


def _is_grown(outline: Outline, name: str) -> bool:
    """Return whether more is put behind what is bound to a name."""
    joined = any(name_of(one.target) == name for one in outline.of(ast.AugAssign))
    return joined or any(name_of(one.left) == name for one in outline.of(ast.BinOp))


def _inserted(outline: Outline, node: ast.expr, text: str) -> Iterator[Sign]:
    match = _INSERT.match(text)
    if match is None or "{}" in match[0]:
        return
    columns, values = _count(match[1]), _count(match[2])
    if columns != values and match[2].count("(") == match[2].count(")"):
        message = f"“{shown(_short(text))}” names {plural(columns, 'column')} and gives {plural(values, 'value')}."
        yield at(
            outline, node, rule="sql-counts", severity="medium", message=message, why=_WHY_COUNT, quote=_short(text)
        )


def _filled(outline: Outline, call: ast.Call) -> Iterator[Sign]:
    text, given = written(call.args[0]), call.args[1]
    if not _STATEMENT.match(text) or "{}" in text or not isinstance(given, ast.Tuple | ast.List):
        return
    if name_of(call.func) == "executemany" or any(isinstance(one, ast.Starred) for one in given.elts):
        return
    plain = _QUOTED.sub("''", text)
    marks = plain.count("?") or len(re.findall(r"%s", plain))
    numbered = re.search(r"\?\d|[:$]\w|@\w|%\(", plain)
    if marks and not numbered and marks != len(given.elts):
        message = f"“{shown(_short(text))}” has {plural(marks, 'place')} for values and is given {len(given.elts)}."
        yield at(
            outline, call, rule="sql-counts", severity="medium", message=message, why=_WHY_COUNT, quote=_short(text)
        )


def _count(listed: str) -> int:
    plain, before = _QUOTED.sub("x", listed), ""
    while plain != before:
        before, plain = plain, re.sub(r"\([^()]{0,500}\)", "x", plain)
    return plain.count(",") + 1


def _short(text: str) -> str:
    return " ".join(text[:_LONGEST].split())[:160]
