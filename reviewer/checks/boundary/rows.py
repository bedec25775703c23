"""Statements in SQL whose condition lacks what all others on the same table ask for: the owner, or that it still holds.

Knows the texts of one file and of those that change with it; a statement put together elsewhere is not seen.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from typing import TYPE_CHECKING

from reviewer.checks.ident import shown
from reviewer.checks.python_nodes import walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewer.checks.failures.added import Added
    from reviewer.checks.ident import Fact

_WHY = "One who knows or guesses the number of a row reaches what belongs to somebody else, or what no longer holds."
_STATEMENT = re.compile(r"\s{0,9}(select|update|delete)\b(.{0,600}?)\bwhere\b(.{1,800})", re.IGNORECASE | re.DOTALL)
_TABLE = re.compile(r"\b(?:from|update|join)\s+[\"`]?([a-z_]\w{0,60})", re.IGNORECASE)
_COLUMN = re.compile(
    r"\b(?:[a-z_]\w{0,60}\.)?[\"`]?([a-z_]\w{0,60})[\"`]?\s*(?:=|<|>|!=|<>|\bin\b|\bis\b|\blike\b)", re.IGNORECASE
)
_WHOSE = re.compile(
    r"(?:.*_)?(?:user|owner|account|tenant|org|organi[sz]ation|customer|author|creator|member|team|project|workspace|company"
    r"|household|family|shop|site)(?:_?(?:id|name|key))?"
    r"|(?:.*_)?(?:until|expires?(?:_at|_on)?|expiry|valid(?:_until)?|revoked(?:_at)?|deleted(?:_at)?|removed|active|used(?:_at)?|enabled)",
    re.IGNORECASE,
)
_FEW = 2
_ORM = frozenset(
    {"filter", "filter_by", "get", "get_object_or_404", "get_or_404", "find_one", "find", "delete_one", "update_one"}
)


def rows(files: Sequence[Added]) -> Iterator[Fact]:
    """Yield the new statements of a change that lack what all others of their table have."""
    known: dict[str, list[frozenset[str]]] = defaultdict(list)
    texts: set[str] = set()
    for one in files:
        for text, _ in _texts(one.old) if one.old is not None else ():
            texts.add(" ".join(text.split()))
            for table, columns in _read(text):
                known[table].append(columns)
    for one in files:
        for text, node in _texts(one.new):
            if node.lineno not in one.lines or " ".join(text.split()) in texts:
                continue
            for table, columns in _read(text):
                others = known[table]
                shared = frozenset.intersection(*others) if len(others) >= _FEW else frozenset()
                lost = sorted(name for name in shared - columns if _WHOSE.fullmatch(name))
                if lost:
                    message = f"No condition on {shown(lost[0])} of {shown(table)}; all {len(others)} others have one."
                    yield one.fact(
                        "row-unscoped", "medium", message, node, why=_WHY, quote=" ".join(text.split())[:120]
                    )
        yield from _asked(one)


def _texts(tree: ast.Module) -> Iterator[tuple[str, ast.Constant | ast.JoinedStr]]:
    inside = {id(part) for node in walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(str(one.value) if isinstance(one, ast.Constant) else "?" for one in node.values)[:2_000], node
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inside:
            yield node.value[:2_000], node


def _read(text: str) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield the table of a statement and the columns of its condition."""
    match = _STATEMENT.match(text)
    if match is None:
        return
    table = _TABLE.search(f"{match[1]} {match[2]}")
    if table is not None:
        yield table[1].lower(), frozenset(name.lower() for name in _COLUMN.findall(f"{match[2]} {match[3]}"))


def _asked(one: Added) -> Iterator[Fact]:
    """Yield questions to an object mapper without the keyword on whose it is that all others of the model give."""
    if one.old is None:
        return
    known: dict[tuple[str, str], list[frozenset[str]]] = defaultdict(list)
    for node in walk(one.old):
        if isinstance(node, ast.Call) and (key := _model(node)) is not None:
            known[key].append(frozenset(each.arg for each in node.keywords if each.arg))
    for node in walk(one.new):
        if not isinstance(node, ast.Call) or (key := _model(node)) is None or not one.is_fresh(node):
            continue
        others = known[key]
        if len(others) < _FEW or any(each.arg is None for each in node.keywords):
            continue
        given = {each.arg for each in node.keywords}
        shared = frozenset.intersection(*others)
        lost = sorted(name for name in shared - given if _WHOSE.fullmatch(name.split("__", 1)[0]))
        if lost:
            message = (
                f"{shown(key[0])} is asked without {shown(lost[0])}; all {len(others)} others of the file give it."
            )
            yield one.fact("row-unscoped", "medium", message, node, why=_WHY)


def _model(node: ast.Call) -> tuple[str, str] | None:
    """Return the model that a call asks and how, None if it asks none."""
    name = (
        node.func.attr
        if isinstance(node.func, ast.Attribute)
        else node.func.id
        if isinstance(node.func, ast.Name)
        else ""
    )
    if name not in _ORM or not node.keywords:
        return None
    if name.startswith("get_") and node.args:
        return ast.unparse(node.args[0])[:80], name
    return (ast.unparse(node.func.value)[:80], name) if isinstance(node.func, ast.Attribute) else None
