"""A new field of a dataclass that the code which writes all its other fields out does not write."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from reviewer.checks import roles
from reviewer.checks.ident import shown
from reviewer.checks.plausible.outline import name_of, text_of
from reviewer.checks.plausible.sign import Sign
from reviewer.checks.python_nodes import walk
from reviewer.checks.python_source import parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.checks.case import Case
    from reviewer.checks.plausible.orphans import Names
    from reviewer.checks.python_source import PythonFile

_WHY = "What is not written out with the rest is lost when it is read back."
_FEW = 2
_MOST_CLASSES = 20
_MOST_FILES = 20


def signs(case: Case, file: PythonFile, names: Names) -> Iterator[Sign]:
    """Yield new fields that a table of all fields before them leaves out."""
    if file.old is None or file.new is None or case.after is None:
        return
    old = _classes(file.old)
    lines = {line.number: line.text for line in file.file.added}
    for name, fields in list(_classes(file.new).items())[:_MOST_CLASSES]:
        had = old.get(name, {})
        fresh = [one for one in fields if one not in had and fields[one].lineno in lines]
        if len(had) < _FEW or len(fresh) != 1 or not set(had) <= set(fields) or fresh[0].startswith("_"):
            continue
        place = _left_out(set(had), fresh[0], names)
        if place is not None:
            path, number = place
            line = fields[fresh[0]].lineno
            yield Sign(
                rule="field-left-out",
                severity="medium",
                message=f"{shown(fresh[0])} of {shown(name)} is not in {shown(path)}:{number}, with all others.",
                why=_WHY,
                quote=lines[line],
                line=line,
                last=line,
                scope=name,
                evidence=(f"file:{path}:{number}",),
            )


def _classes(tree: ast.Module) -> dict[str, dict[str, ast.AnnAssign]]:
    """Return the annotated fields of the module's classes that a decorator makes data of."""
    found = {}
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and any(_is_data(mark) for mark in node.decorator_list):
            rows = [one for one in node.body if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name)]
            found[node.name] = {name_of(one.target): one for one in rows if "ClassVar" not in text_of(one.annotation)}
    return found


def _is_data(mark: ast.expr) -> bool:
    return name_of(mark.func if isinstance(mark, ast.Call) else mark) in {"dataclass", "define", "frozen", "attrs"}


def _left_out(had: set[str], fresh: str, names: Names) -> tuple[str, int] | None:
    """Return where a table holds all fields that were there, each under its name, and not the new one."""
    words = [name.encode("utf-8", "surrogateescape") for name in had]
    looked = 0
    for path, data in names.files.items():
        if roles.language(path) != "python" or roles.is_test(path) or not all(word in data for word in words):
            continue
        looked += 1
        tree = parse(data) if looked <= _MOST_FILES else None
        for node in walk(tree) if tree is not None else ():
            if isinstance(node, ast.Dict) and _holds(node, had, fresh):
                return path, node.lineno
    return None


def _holds(node: ast.Dict, had: set[str], fresh: str) -> bool:
    if None in node.keys or len(node.keys) > 200:
        return False
    rows = {
        key.value: value
        for key, value in zip(node.keys, node.values, strict=True)
        if isinstance(key, ast.Constant) and isinstance(key.value, str)
    }
    if fresh in rows or not had <= rows.keys():
        return False
    return all(any(isinstance(part, ast.Attribute) and part.attr == name for part in walk(rows[name])) for name in had)
