"""Lines of Python made wrong on purpose, one way a line, the same way each time.

One mutant a line says nearly all: most mutants of a line share one fate (Petrovic and Ivankovic, State of mutation
testing at Google, ICSE-SEIP 2018). What no test is meant to notice (documentation, logging, messages, annotations) is
left alone, as a survivor there would be noise.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer.checks.ablation.operators import proposals
from reviewer.checks.ablation.python_pieces import extent
from reviewer.checks.ablation.quiet import equal_at_bound, quiet
from reviewer.checks.ablation.spans import lines as lines_of
from reviewer.checks.python_source import parse

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from reviewer.checks.ablation.operators import Proposal

_LONGEST = 2_000
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Wrong:
    """A line made wrong.

    Attributes:
        line: from 1; statement: first line of the statement that it is part of, which is what coverage records.
        called: it runs when a function is called, and not when the file is imported.
        operator: what was done ("boundary", "and/or").
        before, after: the line without its indentation.
        source: the whole file with it.
    """

    line: int
    statement: int
    called: bool
    operator: str
    before: str
    after: str
    source: bytes


def wrongs(source: bytes, changed: Container[int]) -> tuple[Wrong, ...] | None:
    """Return one mutant for each changed line that has one, in order; None if the file cannot be read.

    Args:
        source: the whole file.
        changed: its changed lines, from 1.
    """
    tree = parse(source)
    if tree is None or source.startswith(_BOM) or b"\r" in source.replace(b"\r\n", b""):
        return None
    rows = lines_of(source)
    try:
        left_alone, unbounded = quiet(tree), equal_at_bound(tree)
    except RecursionError:
        return None
    best: dict[int, tuple[tuple[int, int, int], Proposal, int, bool]] = {}
    pending: list[tuple[ast.AST, int, bool]] = [(tree, 0, False)]
    while pending:
        node, statement, called = pending.pop()
        if id(node) in left_alone:
            continue
        if isinstance(node, ast.stmt):
            statement = extent(node)[0] + 1
        inner = _body(node)
        pending.extend((child, statement, called or id(child) in inner) for child in ast.iter_child_nodes(node))
        line = getattr(node, "lineno", None)
        if not isinstance(line, int) or line not in changed:
            continue
        for proposal in proposals(node):
            if proposal.operator == "boundary" and id(node) in unbounded:
                continue
            rank = (proposal.rank, *proposal.place)
            if line not in best or rank < best[line][0]:
                best[line] = (rank, proposal, statement, called)
    found = (
        _made(rows, line, proposal, statement, called=called)
        for line, (_, proposal, statement, called) in sorted(best.items())
    )
    return tuple(one for one in found if one is not None)


def _body(node: ast.AST) -> frozenset[int]:
    """Return the ids of what runs when a function is called."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            return frozenset(map(id, node.body))
        case ast.Lambda():
            return frozenset({id(node.body)})
        case _:
            return frozenset()


def _made(rows: Sequence[bytes], line: int, proposal: Proposal, statement: int, *, called: bool) -> Wrong | None:
    node = proposal.node
    end = node.end_lineno or node.lineno
    try:
        text = proposal.text()
    except (RecursionError, ValueError):
        return None
    new = text.encode("utf-8", "surrogateescape")
    if b"\n" in new or max(len(new), len(rows[line - 1])) > _LONGEST:
        return None
    head, tail = rows[line - 1][: node.col_offset], rows[end - 1][node.end_col_offset or 0 :]
    source = b"".join((*rows[: line - 1], head, new, tail, *rows[end:]))
    if parse(source) is None:
        return None
    before = rows[line - 1].strip().decode("utf-8", "surrogateescape")
    after = (head + new + tail).strip().decode("utf-8", "surrogateescape")
    return None if before == after else Wrong(line, statement, called, proposal.operator, before, after, source)
