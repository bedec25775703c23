"""A new member of a group, and the places that name all its siblings and not it: tables, sets, chains, cases."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, TypeAlias

from reviewer.checks.ident import shown
from reviewer.checks.plausible.outline import dotted, name_of, text_of
from reviewer.checks.plausible.sign import Sign
from reviewer.checks.python_nodes import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.checks.plausible.project import Project
    from reviewer.checks.python_source import PythonFile

_WHY = "Where all others of its kind are named it is often meant to be named too; there it is unknown."
_FEW_TEXTS = 3
_FEW_MEMBERS = 2
_MOST_GROUPS = 60
_MOST_FILES = 25
_MOST_MEMBERS = 200
_ENUMS = frozenset({"Enum", "IntEnum", "StrEnum", "Flag", "IntFlag"})

Groups: TypeAlias = "dict[str, dict[str, int]]"
"""Members with the line of each, by the name of the group."""


def signs(file: PythonFile, project: Project) -> Iterator[Sign]:
    """Yield new members that a place which names all others leaves out."""
    if file.old is None or file.new is None:
        return
    old, lines = _groups(file.old), {line.number: line.text for line in file.file.added}
    for group, members in list(_groups(file.new).items())[:_MOST_GROUPS]:
        had = old.get(group, {})
        fresh = [one for one in members if one not in had and members[one] in lines]
        least = _FEW_MEMBERS if not group.startswith("=") else _FEW_TEXTS
        if not least <= len(had) <= _MOST_MEMBERS or len(fresh) != 1 or not set(had) <= set(members):
            continue
        place = _left_out(group.lstrip("="), set(had), fresh[0], project, file.file.path)
        if place is not None:
            path, number, what = place
            line, name = members[fresh[0]], shown(group.lstrip("="))
            yield Sign(
                rule="member-left-out",
                severity="medium",
                message=f"{shown(fresh[0])} is not in the {what} at {shown(path)}:{number}, with all others of {name}.",
                why=_WHY,
                quote=lines[line],
                line=line,
                last=line,
                scope=group.lstrip("="),
                evidence=(f"file:{path}:{number}",),
            )


def _groups(tree: ast.Module) -> Groups:
    """Return the enumerations of a module, and what its constants list as texts; the latter begin with "="."""
    found: Groups = {}
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and any(name_of(base) in _ENUMS for base in node.bases):
            rows = [(name_of(one.targets[0]), one.lineno) for one in node.body if isinstance(one, ast.Assign)]
            found[node.name] = {name: line for name, line in rows if name and not name.startswith("_")}
        elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            texts = _listed(node.value)
            if isinstance(target, ast.Name) and len(texts) >= _FEW_TEXTS:
                found[f"={target.id}"] = texts
    return found


def _listed(node: ast.expr) -> dict[str, int]:
    """Return the texts that a list, a set, a table's keys or a Literal hold, {} if it holds anything else."""
    if (
        isinstance(node, ast.Call)
        and len(node.args) == 1
        and name_of(node.func) in {"frozenset", "set", "tuple", "list"}
    ):
        node = node.args[0]
    if isinstance(node, ast.Subscript) and name_of(node.value) == "Literal":
        node = node.slice
    parts: list[ast.expr | None] = []
    if isinstance(node, ast.Dict):
        parts = list(node.keys)
    elif isinstance(node, ast.Tuple | ast.List | ast.Set):
        parts = list(node.elts)
    texts = {one.value: one.lineno for one in parts if isinstance(one, ast.Constant) and isinstance(one.value, str)}
    return texts if len(texts) == len(parts) else {}


def _left_out(group: str, had: set[str], fresh: str, project: Project, own: str) -> tuple[str, int, str] | None:
    paths = project.paths(*had)
    for path in sorted(paths[:_MOST_FILES], key=lambda one: (one != own, one)):
        tree = project.tree(path)
        for node in walk(tree) if tree is not None else ():
            named = _named(node, group)
            if named is not None and had <= named[0] and fresh not in named[0] and len(named[0]) <= len(had) + 1:
                return path, named[1], named[2]
    return None


def _named(node: ast.AST, group: str) -> tuple[set[str], int, str] | None:
    """Return the members that a place names, with its line and what it is."""
    if isinstance(node, ast.Dict) and None not in node.keys and node.keys:
        return {_member(one, group) for one in node.keys}, node.lineno, "table"
    if isinstance(node, ast.Set | ast.Tuple | ast.List) and len(node.elts) > 1:
        return {_member(one, group) for one in node.elts}, node.lineno, "list"
    if isinstance(node, ast.Match):
        cases: set[str] = set()
        for case in node.cases:
            if isinstance(case.pattern, ast.MatchAs) and case.pattern.pattern is None:
                return None
            values = [one.value for one in walk(case.pattern) if isinstance(one, ast.MatchValue)]
            cases |= {_member(one, group) for one in values}
        return cases, node.lineno, "match"
    if isinstance(node, ast.If):
        return _chain(node, group)
    return None


def _chain(node: ast.If, group: str) -> tuple[set[str], int, str] | None:
    """Return what a chain of `if` and `elif` compares one thing with; None where its else does something."""
    found: set[str] = set()
    subject = ""
    current: ast.If | None = node
    for _ in range(_MOST_MEMBERS):
        if current is None:
            break
        test = current.test
        if not isinstance(test, ast.Compare) or len(test.ops) != 1 or not isinstance(test.ops[0], ast.Eq | ast.Is):
            return None
        subject = subject or text_of(test.left)
        if text_of(test.left) != subject:
            return None
        found.add(_member(test.comparators[0], group))
        rest = current.orelse
        current = rest[0] if len(rest) == 1 and isinstance(rest[0], ast.If) else None
        if current is None and rest and not isinstance(rest[0], ast.Raise):
            return None
    return found, node.lineno, "chain"


def _member(node: ast.expr | None, group: str) -> str:
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    parts = dotted(node).rsplit(".", 2)
    if parts[-1] == "value":
        parts = parts[:-1]
    return parts[-1] if len(parts) > 1 and parts[-2] in {group, "self", "cls"} else ""
