"""New functions that are there already: the same shape, or the same task by its name and parameters.

The search costs as much as the change is large: nothing is read unless the change has a function to look for, and a
file is parsed only if it holds the words that such a function cannot do without.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from reviewer.checks import python_source, roles
from reviewer.checks.ident import Fact, shown
from reviewer.checks.style.shapes import duplicate, same_shape
from reviewer.checks.style.skeleton import Skeleton, functions_of, skeleton
from reviewer.checks.style.standard import STANDARD

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from reviewer.checks.python_source import PythonFile
    from reviewer.checks.style.around import Around

_MOST_SOUGHT = 40
_WHY_NAME = "Two functions for one task drift apart, and callers choose between them by chance."
_WHY_STANDARD = "What the standard library does is tested by everybody, and known to every reader."
_DEFINED = re.compile(rb"^(?:async[ \t]+)?def[ \t]+([A-Za-z_][A-Za-z0-9_]{3,60})[ \t]*\(", re.MULTILINE)
_DECLARED = frozenset({"overload", "abstractmethod", "property", "fixture"})


def duplicates(files: Sequence[PythonFile], around: Around) -> Iterator[Fact]:
    """Yield the new functions that are there already, in the change or in the code around it."""
    fresh = list(_new_functions(files))[: 4 * _MOST_SOUGHT]
    if not fresh:
        return
    shapes = [one for one in fresh if one.is_large][:_MOST_SOUGHT]
    changed = frozenset(path for file in files for path in (file.file.path, file.file.old_path) if path is not None)
    inside = [
        one for file in files if not roles.is_test(file.file.path) for one in _skeletons(file.file.path, file.new)
    ]
    found = same_shape(shapes, inside, around, changed, lambda path: list(_skeletons(path, around.tree(path))))
    for one in shapes:
        if one.key in found:
            yield duplicate(one, found[one.key])
    named = [one for one in fresh if one.key not in found and "." not in one.name]
    for one, place in _same_name(named, files, around):
        yield _namesake(one, place)
    for one in named:
        known = STANDARD.get(one.name.strip("_"))
        if known is not None and len(one.arguments) == known[1]:
            yield _standard(one, known[0])


def _new_functions(files: Sequence[PythonFile]) -> Iterator[Skeleton]:
    wanted = [file for file in files if not roles.is_test(file.file.path) and not roles.is_foreign(file.file.path)]
    fresh = {id(pair.new.node) for pair in python_source.pair(wanted) if pair.old is None and pair.new is not None}
    for file in wanted:
        yield from _skeletons(file.file.path, file.new, fresh)


def _skeletons(path: str, tree: ast.Module | None, only: Collection[int] | None = None) -> Iterator[Skeleton]:
    """Yield the functions that can be a copy or have one; of those with these keys, if any are given."""
    for name, _owner, node in functions_of(tree) if tree is not None else ():
        if only is not None and id(node) not in only:
            continue
        own = node.name
        decorators = {_last(one) for one in node.decorator_list}
        if own.startswith(("test_", "__")) or decorators & _DECLARED:
            continue
        yield skeleton(path, name, node)


def _same_name(
    sought: Sequence[Skeleton], files: Sequence[PythonFile], around: Around
) -> Iterator[tuple[Skeleton, tuple[str, int, str]]]:
    wanted = {_plain(one.name): one for one in sought if _is_telling(one)}
    if not wanted:
        return
    changed = frozenset(path for file in files for path in (file.file.path, file.file.old_path) if path is not None)
    places: dict[str, list[tuple[str, str]]] = {}
    for path in around.nearest(sought[0].path, tests=False, leave_out=changed):
        data = around.content(path)
        for match in _DEFINED.finditer(data or b""):
            name = match.group(1).decode("ascii")
            if _plain(name) in wanted:
                places.setdefault(_plain(name), []).append((path, name))
    for plain, one in wanted.items():
        there = places.get(plain, [])
        # What several modules have by the same name is an interface that they share.
        if len(there) != 1:
            continue
        path, name = there[0]
        for other in _skeletons(path, around.tree(path)):
            if other.name == name and other.arguments == one.arguments and other.kind == one.kind:
                yield one, (path, other.line, name)


def _is_telling(one: Skeleton) -> bool:
    return bool(one.arguments) and "_" in one.name.strip("_") and one.statements > 1


def _plain(name: str) -> str:
    words = name.strip("_").lower().split("_")
    if len(words) > 2 and words[0] in {"get", "do", "to", "make"}:
        words = words[1:]
    return "".join(words).removesuffix("s")


def _namesake(one: Skeleton, place: tuple[str, int, str]) -> Fact:
    path, line, name = place
    return Fact(
        rule="helper-exists",
        severity="low",
        message=f"The new {shown(one.name, 50)} has the parameters and nearly the name of {shown(name, 50)} in "
        f"{shown(path)}:{line}.",
        why=_WHY_NAME,
        quote=one.name,
        file=one.path,
        side="new",
        line=one.line,
        evidence=(f"file:{path}:{line}",),
    )


def _standard(one: Skeleton, known: str) -> Fact:
    return Fact(
        rule="standard-has-it",
        severity="low",
        message=f"The new {shown(one.name, 50)} has a namesake in the standard library: {known}.",
        why=_WHY_STANDARD,
        quote=one.name,
        file=one.path,
        side="new",
        line=one.line,
    )


def _last(node: ast.expr) -> str:
    if isinstance(node, ast.Call):
        node = node.func
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
