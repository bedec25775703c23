"""Rows that all other places leave out, by a condition that the new place does not have: deleted, hidden, of others."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from typing import TYPE_CHECKING

from reviewer.checks.ident import shown
from reviewer.checks.plausible.outline import dotted, name_of, text_of
from reviewer.checks.plausible.sign import Sign
from reviewer.checks.plausible.statements import written
from reviewer.checks.python_source import own

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.checks.plausible.project import Project
    from reviewer.checks.python_source import PythonFile

_WHY = "What all other places leave out is often what nobody is to see."
_FEW = 2
_MOST_FILES = 30
_TABLE = re.compile(r"\b(?:FROM|UPDATE|JOIN)\s+([A-Za-z_]\w{1,60})", re.IGNORECASE)
_WHERE = re.compile(r"\bWHERE\b(.{1,1000})", re.IGNORECASE | re.DOTALL)
_FLAG = re.compile(
    r"\b((?:is_)?(?:deleted|archived|hidden|draft|private|active|enabled|published|visible|revoked|cancell?ed|removed|disabled)"
    r"(?:_at|_on)?|owner(?:_id)?|user_id|tenant(?:_id)?|account_id)\b",
    re.IGNORECASE,
)


def signs(file: PythonFile, project: Project) -> Iterator[Sign]:
    """Yield new statements and loops that lack the condition which all others over the same rows have."""
    if file.new is None:
        return
    lines = {line.number: line.text for line in file.file.added}
    fresh = [one for one in _uses(file.new) if one[0] in lines]
    if not fresh:
        return
    others: dict[str, list[set[str]]] = defaultdict(list)
    for name in {one[1] for one in fresh}:
        for path in project.paths(name)[:_MOST_FILES]:
            tree = project.tree(path)
            skipped = lines if path == file.file.path else {}
            for line, subject, flags in _uses(tree) if tree is not None else ():
                if subject == name and line not in skipped:
                    others[name].append(flags)
    for line, name, flags in fresh:
        known = others[name]
        shared = set.intersection(*known) if len(known) >= _FEW else set()
        lacking = sorted(shared - flags)
        if lacking:
            yield Sign(
                rule="filter-left-out",
                severity="low",
                message=f"All {len(known)} others that read {shown(name)} ask for {shown(lacking[0])}, not this one.",
                why=_WHY,
                quote=lines[line],
                line=line,
                last=line,
            )


def _uses(tree: ast.Module) -> list[tuple[int, str, set[str]]]:
    """Return where rows are read: the line, what they are rows of, and the flags that are asked for."""
    found: list[tuple[int, str, set[str]]] = []
    inside = {id(one) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for one in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant | ast.JoinedStr) and id(node) not in inside:
            text = written(node)
            if re.match(r"\s*(?:SELECT|UPDATE)\b", text[:40], re.IGNORECASE) and len(text) < 4_000:
                match = _WHERE.search(text)
                flags = {one.lower() for one in _FLAG.findall(match[1])} if match else set()
                found += [(node.lineno, table.lower(), flags) for table in _TABLE.findall(text)[:1] if "{}" not in text]
        elif isinstance(node, ast.ListComp | ast.GeneratorExp | ast.SetComp):
            subject = node.generators[0].iter
            name = name_of(subject) if isinstance(subject, ast.Attribute) else ""
            if name:
                asked = " ".join(text_of(one) for each in node.generators for one in each.ifs)
                found.append((node.lineno, name, {one.lower() for one in _FLAG.findall(asked)}))
        elif isinstance(node, ast.For) and isinstance(node.iter, ast.Attribute) and dotted(node.iter):
            asked = " ".join(text_of(one.test) for one in own(node) if isinstance(one, ast.If))
            found.append((node.lineno, node.iter.attr, {one.lower() for one in _FLAG.findall(asked)}))
    return found
