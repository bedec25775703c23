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
from reviewer.checks.style.skeleton import Skeleton, functions_of, skeleton
from reviewer.checks.style.standard import STANDARD

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from reviewer.checks.python_source import PythonFile
    from reviewer.checks.style.around import Around

_MOST_SOUGHT = 40
_ALIKE = 0.85
_SAME_WORDS = 0.6
_NEAR_TOKENS = 60
_LENGTHS = 0.8
_SHARE_OF_WORDS = 0.6
_FEW_WORDS = 3
_NEAREST = 40
_WHY = "A fault that is mended in one of two copies stays in the other."
_WHY_NAME = "Two functions for one task drift apart, and callers choose between them by chance."
_WHY_STANDARD = "What the standard library does is tested by everybody, and known to every reader."
_CONSTRUCTORS = frozenset({"__init__", "__new__", "__post_init__", "__repr__", "__eq__", "__hash__"})
_DEFINED = re.compile(rb"^(?:async[ \t]+)?def[ \t]+([A-Za-z_][A-Za-z0-9_]{3,60})[ \t]*\(", re.MULTILINE)
_DECLARED = frozenset({"overload", "abstractmethod", "property", "fixture"})


def duplicates(files: Sequence[PythonFile], around: Around) -> Iterator[Fact]:
    """Yield the new functions that are there already, in the change or in the code around it."""
    fresh = list(_new_functions(files))[: 4 * _MOST_SOUGHT]
    if not fresh:
        return
    shapes = [one for one in fresh if one.is_large][:_MOST_SOUGHT]
    found = _same_shape(shapes, files, around)
    for one in shapes:
        if id(one.node) in found:
            yield _duplicate(one, found[id(one.node)])
    named = [one for one in fresh if id(one.node) not in found and "." not in one.name]
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
        for one in _skeletons(file.file.path, file.new):
            if id(one.node) in fresh:
                yield one


def _skeletons(path: str, tree: ast.Module | None) -> Iterator[Skeleton]:
    """Yield the functions that can be a copy or have one."""
    for name, _owner, node in functions_of(tree) if tree is not None else ():
        own = node.name
        decorators = {_last(one) for one in node.decorator_list}
        if own in _CONSTRUCTORS or own.startswith("test_") or decorators & _DECLARED:
            continue
        yield skeleton(path, name, node)


def _same_shape(
    sought: Sequence[Skeleton], files: Sequence[PythonFile], around: Around
) -> dict[int, tuple[Skeleton, float]]:
    """Return, by the definition that is sought, the nearest function of its shape."""
    found: dict[int, tuple[Skeleton, float]] = {}
    if not sought:
        return found
    changed = frozenset(path for file in files for path in (file.file.path, file.file.old_path) if path is not None)
    inside = [
        one for file in files if not roles.is_test(file.file.path) for one in _skeletons(file.file.path, file.new)
    ]
    _match(sought, inside, found)
    words = {id(one.node): _bytes(one.words) for one in sought}
    near = around.nearest(sought[0].path, tests=False, leave_out=changed)
    for number, path in enumerate(near):
        left = [one for one in sought if id(one.node) not in found]
        if not left:
            break
        wordy = [one for one in left if len(words[id(one.node)]) >= _FEW_WORDS]
        if not wordy and number >= _NEAREST:
            break
        data = around.content(path)
        if data is None:
            continue
        likely = [one for one in wordy if _holds(data, words[id(one.node)])]
        if number < _NEAREST:
            likely += [one for one in left if len(words[id(one.node)]) < _FEW_WORDS]
        if likely and (tree := around.tree(path)) is not None:
            _match(likely, list(_skeletons(path, tree)), found)
    return found


def _match(sought: Sequence[Skeleton], there: Sequence[Skeleton], found: dict[int, tuple[Skeleton, float]]) -> None:
    large = [one for one in there if one.is_large]
    fresh = {id(one.node) for one in sought}
    for one in sought:
        if id(one.node) in found:
            continue
        for other in large:
            # Of two new ones that are alike, the later one is the copy.
            if id(other.node) in fresh and (other.path, other.line) >= (one.path, one.line):
                continue
            share = _share(one, other)
            if share >= _ALIKE:
                found[id(one.node)] = (other, share)
                break


def _share(one: Skeleton, other: Skeleton) -> float:
    """Return how alike two functions are, 0.0 where it is not worth to compare them."""
    if one.node is other.node or type(one.node) is not type(other.node):
        return 0.0
    own, others = one.name.rsplit(".", 1), other.name.rsplit(".", 1)
    if len(own) == 2 and len(others) == 2 and own[1] == others[1]:
        # Classes of one interface have methods of one name.
        return 0.0
    shorter, longer = sorted((len(one.tokens), len(other.tokens)))
    if shorter < _LENGTHS * longer or _jaccard(one.words, other.words) < _SAME_WORDS:
        return 0.0
    if one.tokens == other.tokens:
        return 1.0
    if shorter < _NEAR_TOKENS:
        return 0.0
    return _jaccard(one.shingles(), other.shingles())


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
            if other.name == name and other.arguments == one.arguments and type(other.node) is type(one.node):
                yield one, (path, other.line, name)


def _is_telling(one: Skeleton) -> bool:
    return bool(one.arguments) and "_" in one.name.strip("_") and one.statements > 1


def _plain(name: str) -> str:
    words = name.strip("_").lower().split("_")
    if len(words) > 2 and words[0] in {"get", "do", "to", "make"}:
        words = words[1:]
    return "".join(words).removesuffix("s")


def _duplicate(one: Skeleton, place: tuple[Skeleton, float]) -> Fact:
    other, share = place
    alike = "has the shape of" if share == 1.0 else f"is {share:.0%} alike to"
    return Fact(
        rule="duplicate-code",
        severity="low",
        message=f"The new {shown(one.name, 50)} {alike} {shown(other.name, 50)} in {shown(other.path)}:{other.line}: "
        f"{one.statements} statements, names and literals aside.",
        why=_WHY,
        quote=one.name,
        file=one.path,
        side="new",
        line=one.line,
        end_line=one.node.end_lineno,
        evidence=(f"file:{other.path}:{other.line}",),
        numbers=(("statements", one.statements), ("alike", round(share, 3))),
    )


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


def _bytes(words: Iterable[str]) -> tuple[bytes, ...]:
    return tuple(sorted(word.strip(".=").encode("utf-8", "surrogatepass") for word in words))


def _holds(data: bytes, words: tuple[bytes, ...]) -> bool:
    missing = 0
    allowed = (1 - _SHARE_OF_WORDS) * len(words)
    for word in words:
        if word not in data:
            missing += 1
            if missing > allowed:
                return False
    return True


def _jaccard(one: frozenset[str] | frozenset[int], other: frozenset[str] | frozenset[int]) -> float:
    if not one and not other:
        return 1.0
    return len(one & other) / len(one | other)


def _last(node: ast.expr) -> str:
    if isinstance(node, ast.Call):
        node = node.func
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
