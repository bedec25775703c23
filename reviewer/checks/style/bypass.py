"""Functions that the project has for something, and new code that does it by itself: called round, or written again.

A function is the project's way to something if it alone calls what does it, and others call it.
"""

from __future__ import annotations

import ast
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reviewer.checks import roles
from reviewer.checks.failures.added import Added, imported
from reviewer.checks.ident import Fact, shown
from reviewer.checks.style.skeleton import functions_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewer.checks.python_source import Definition, PythonFile
    from reviewer.checks.style.around import Around

_WHY = "Two ways of doing one thing are two to learn, to configure and to keep right."
_WHY_AGAIN = "A fault that is mended in one of two copies stays in the other."
_FILES = 40
_LARGEST = 12
"""Statements of a function beyond which it is more than a way to something."""
_FEW_CALLS = 2
_COMMON = re.compile(
    r"(?:re|typing|logging|itertools|functools|dataclasses|collections|math|sys|argparse|string|enum|abc|contextlib|operator|copy"
    r"|warnings|inspect|types|traceback|textwrap|io|struct|time\.(?:sleep|monotonic|perf_counter)|os\.path|os\.(?:getcwd|listdir|makedirs|fspath)"
    r"|pathlib|pytest|unittest|click|flask|decimal|asyncio|threading|datetime\.(?:timedelta|date|datetime|time))(?:\..*)?"
)
_TELLING = frozenset(
    {"datetime.datetime.now", "datetime.datetime.utcnow", "datetime.date.today", "datetime.datetime.today"}
)
_COMMON_WORDS = (
    "get set make format parse read write load save to from is has check new old of for test with by in "
    "on all the name file path text line value data list str key item add remove run do build create init "
    "main next validate convert handle process update find print show render dump one as"
)
_VERBS = frozenset(_COMMON_WORDS.split())
_PLAIN = frozenset(
    {"", "str", "int", "bool", "float", "bytes", "Any", "object", "None", "dict", "list", "list[str]", "str | None"}
)


@dataclass(slots=True)
class _Project:
    """What the old side calls where, and what its functions look like."""

    callers: dict[str, set[tuple[str, str]]] = field(default_factory=lambda: defaultdict(set))
    named: Counter[str] = field(default_factory=Counter)
    functions: dict[tuple[str, str], Definition] = field(default_factory=dict)
    calls: dict[tuple[str, str], frozenset[str]] = field(default_factory=dict)


def bypassed(files: Sequence[PythonFile], around: Around) -> Iterator[Fact]:
    """Yield new code that goes round a function of the project, or writes it again."""
    wanted = [one for one in files if not roles.is_test(one.file.path) and not roles.is_example(one.file.path)]
    added = [one for one in map(Added.of, wanted) if one is not None]
    if not added:
        return
    project = _read(wanted, around)
    # What a function gives away to a new one is no second way.
    kept = {one.path: dict(_kept(one)) for one in added}
    for one in added:
        told: set[str] = set()
        for scope, nodes in one.scopes:
            name = getattr(scope, "name", "")
            had = {
                each
                for (path, other), calls in project.calls.items()
                if (path, other.rsplit(".", 1)[-1]) == (one.path, name)
                for each in calls
            }
            for node in nodes:
                if not isinstance(node, ast.Call) or node.lineno not in one.lines or one.dotted(node.func) in had:
                    continue
                called = one.dotted(node.func)
                way = _way(project, called)
                if way is None or way[1].rsplit(".", 1)[-1] == name or called in told or _is_moved(kept, way, called):
                    continue
                told.add(called)
                message = (
                    f"{shown(called)} is called here; the project does so in {shown(way[1])} of {shown(way[0])} alone."
                )
                yield one.fact("helper-bypassed", "low", message, node, why=_WHY, quote=called)
        yield from _again(one, project, kept)


def _kept(one: Added) -> Iterator[tuple[str, frozenset[str]]]:
    for name, _, node in functions_of(one.new):
        yield name, frozenset(one.dotted(part.func) for part in ast.walk(node) if isinstance(part, ast.Call))


def _is_moved(kept: dict[str, dict[str, frozenset[str]]], place: tuple[str, str], called: str) -> bool:
    """Return whether a function of the change no longer calls what it called."""
    path, name = place
    return path in kept and called not in kept[path].get(name, frozenset())


def _read(files: Sequence[PythonFile], around: Around) -> _Project:
    project = _Project()
    trees = [(one.file.old_path or one.file.path, one.old) for one in files if one.old is not None]
    known = frozenset(path for path, _ in trees)
    near = around.nearest(files[0].file.path, tests=False, leave_out=known)
    for path, tree in [*trees, *around.trees(near[:_FILES], _FILES)]:
        names = imported(tree)
        inside: set[int] = set()
        for name, _, node in functions_of(tree):
            calls = set()
            for part in ast.walk(node):
                if isinstance(part, ast.Call):
                    inside.add(id(part))
                    called = _dotted(part.func, names)
                    project.named[called.rsplit(".", 1)[-1]] += 1
                    calls.add(called)
                    project.callers[called].add((path, name))
            project.functions[path, name] = node
            project.calls[path, name] = frozenset(calls)
        for part in ast.walk(tree):
            if isinstance(part, ast.Call) and id(part) not in inside:
                called = _dotted(part.func, names)
                project.named[called.rsplit(".", 1)[-1]] += 1
                project.callers[called].add((path, ""))
    return project


def _dotted(node: ast.AST, names: dict[str, str]) -> str:
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return f"().{parts[0]}" if parts else ""
    parts.append(names.get(node.id, node.id))
    return ".".join(reversed(parts))


def _is_library(called: str) -> bool:
    return (
        "." in called
        and not called.startswith(("self.", "cls.", "()."))
        and (called in _TELLING or not _COMMON.fullmatch(called))
    )


def _way(project: _Project, called: str) -> tuple[str, str] | None:
    """Return the function of the project that alone calls this, None if there is none or more."""
    places = project.callers.get(called, set())
    if not _is_library(called) or len(places) != 1:
        return None
    (place,) = places
    node = project.functions.get(place)
    if node is None or sum(1 for part in ast.walk(node) if isinstance(part, ast.stmt)) > _LARGEST:
        return None
    return place if project.named[place[1].rsplit(".", 1)[-1]] >= _FEW_CALLS and not place[1].endswith("__") else None


def _is_rare(project: _Project, called: str) -> bool:
    return _is_library(called) and len(project.callers[called]) == 1


def _again(one: Added, project: _Project, kept: dict[str, dict[str, frozenset[str]]]) -> Iterator[Fact]:
    """Yield new functions of the types of one that is there, with a call or a word of the name that is rare."""
    had = {name for path, name in project.functions if path == one.path}
    for name, owner, node in functions_of(one.new):
        if node.lineno not in one.lines or name in had or owner is not None or node.name.startswith(("test", "__")):
            continue
        types = _types(node)
        if types is None:
            continue
        calls = {one.dotted(part.func) for part in ast.walk(node) if isinstance(part, ast.Call)}
        for (path, other), there in project.functions.items():
            if "." in other or _types(there) != types or other == name:
                continue
            if name in kept.get(path, {}).get(other, frozenset()):
                continue
            rare = {each for each in calls & project.calls[path, other] if _is_rare(project, each)}
            shared = {each for each in rare if not _is_moved(kept, (path, other), each)}
            words = (_words(name) & _words(other)) if path != one.path and set(types) - _PLAIN else set()
            if shared or words:
                what = f"calls {min(shared)} too" if shared else f"has the word “{min(words)}” in its name too"
                place = f"{shown(path)}:{there.lineno}"
                message = f"The new {shown(name)} has the types of {shown(other)} in {place}, which {what}."
                yield one.fact("helper-exists", "low" if shared else "info", message, node, why=_WHY_AGAIN, quote=name)
                break


def _types(node: Definition) -> tuple[str, ...] | None:
    """Return the types of the parameters and of the result, None where one is not noted."""
    given = (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
    notes = [one.annotation for one in given]
    if not notes or node.returns is None or any(one is None for one in notes):
        return None
    return (*(ast.unparse(one) for one in notes if one is not None), ast.unparse(node.returns))


def _words(name: str) -> set[str]:
    return {word for word in name.strip("_").lower().split("_") if len(word) > 2} - _VERBS
