"""Changed lines of JavaScript, TypeScript and Go made wrong, one way a line: the most telling that the line has.

Knows syntax trees; which tests run a line is not known for these languages, so each mutant counts as run by all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.checks.ablation.mutants import Wrong
from reviewer.checks.ablation.tree_operators import is_spoken, proposals
from reviewer.syntax.tree import parse

if TYPE_CHECKING:
    from collections.abc import Container

    from reviewer.checks.ablation.tree_operators import TreeProposal

LANGUAGES = frozenset({"javascript", "typescript", "go"})
_LONGEST = 2_000
_MOST = 60
"""Lines of one file; from more, evenly spread ones are taken."""
# What no test is meant to notice, or what nothing runs: types, imports, marks, and what a program says of itself.
_QUIET = frozenset(
    {
        *(
            "import_statement",
            "import_declaration",
            "export_clause",
            "package_clause",
            "decorator",
            "ambient_declaration",
        ),
        *("type_annotation", "type_arguments", "type_parameters", "interface_declaration", "type_alias_declaration"),
        *("type_declaration", "enum_declaration", "regex", "template_string", "jsx_text", "field_declaration"),
    }
)


def wrongs(source: bytes, changed: Container[int], language: str, path: str) -> tuple[Wrong, ...] | None:
    """Return one mutant for each changed line that has one, in order; None if the file cannot be read.

    Args:
        source: the whole file.
        changed: its changed lines, from 1.
        language: one of `LANGUAGES`.
        path: tells the dialect.
    """
    tree = parse(language, source, path)
    if tree is None or tree.has_error:
        return None
    best: dict[int, tuple[tuple[int, int], TreeProposal]] = {}
    for node in tree.root.walk(lambda one: one.type not in _QUIET and not is_spoken(one)):
        if not node.named or node.type in _QUIET:
            continue
        for proposal in proposals(node, language):
            line, rank = proposal.line, (proposal.rank, proposal.start)
            if line in changed and (line not in best or rank < best[line][0]):
                best[line] = (rank, proposal)
    rows = sorted(best.items())
    if len(rows) > _MOST:
        rows = [rows[number * len(rows) // _MOST] for number in range(_MOST)]
    found = (_made(source, line, proposal) for line, (_, proposal) in rows)
    return tuple(one for one in found if one is not None)


def _made(source: bytes, line: int, proposal: TreeProposal) -> Wrong | None:
    new = source[: proposal.start] + proposal.text + source[proposal.end :]
    if b"\n" in source[proposal.start : proposal.end] or b"\n" in proposal.text:
        return None
    begin = source.rfind(b"\n", 0, proposal.start) + 1
    end = source.find(b"\n", proposal.end)
    row = source[begin : len(source) if end < 0 else end]
    after = row[: proposal.start - begin] + proposal.text + row[proposal.end - begin :]
    if max(len(row), len(after)) > _LONGEST or row == after:
        return None
    before, wrong = (each.strip().decode("utf-8", "surrogateescape") for each in (row, after))
    return Wrong(line, line, False, proposal.operator, before, wrong, new)
