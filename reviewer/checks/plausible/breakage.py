"""Public functions and classes that changed so that old calls no longer fit, and the callers that still make them.

What breaks is said by griffe, which reads both sides as text and imports nothing; who still calls the old way is
looked up here, by name and by how many arguments are given. Without a caller in the repository it is information.
"""

from __future__ import annotations

import ast
import logging
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from reviewer.checks import roles
from reviewer.checks.ident import shown
from reviewer.checks.plausible.outline import name_of
from reviewer.checks.plausible.sign import Sign
from reviewer.checks.python_nodes import dump, nodes, walk
from reviewer.checks.python_source import parse
from reviewer.text import plural

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewer.checks.case import Case
    from reviewer.checks.finding import Severity
    from reviewer.checks.plausible.orphans import Names
    from reviewer.checks.python_source import Definition, PythonFile

_WHY = "A call that fitted before raises when it is made, in code that this change does not show."
_MAX_SOURCE = 400_000
_MAX_BREAKS = 20
_MAX_BYTES = 32 << 20
_MAX_PARSED = 80
_NAMED = 3
_SAID = {
    "ParameterRemovedBreakage": "no longer takes {}",
    "ParameterMovedBreakage": "takes {} at another position",
    "ParameterChangedKindBreakage": "takes {} in another way (by name or by position only)",
    "ParameterChangedRequiredBreakage": "now requires {}",
    "ParameterAddedRequiredBreakage": "now requires the new {}",
    "ObjectRemovedBreakage": "is gone",
}


@dataclass(frozen=True, slots=True)
class Break:
    """One public name that old code may no longer use as it did.

    Attributes:
        name: qualified in its module ("Client.send").
        kind: what griffe calls it.
        parameter: whose, "" if it is about the whole.
        line: on the new side, or on the old one for what is gone.
        what: in words.
    """

    name: str
    kind: str
    parameter: str
    line: int
    what: str


def breaks(file: PythonFile) -> list[Break]:
    """Return what breaks in one file, nothing if griffe cannot make sense of it."""
    if file.old is None or file.new is None or not file.old_source or not file.new_source:
        return []
    if max(len(file.old_source), len(file.new_source)) > _MAX_SOURCE or not _may_break(file.old, file.new):
        return []
    try:
        return list(_asked(file.file.path, file.old_source, file.new_source))
    except (RecursionError, ValueError, KeyError, AttributeError, SyntaxError, TypeError):
        # It is another's reader over hostile source: what it cannot read it says nothing of.
        return []


def _may_break(old: ast.Module, new: ast.Module) -> bool:
    """Return whether any function or class of the old side is gone, or takes other parameters."""
    before, after = _taken(old), _taken(new)
    return not before <= after


def _taken(tree: ast.Module) -> set[tuple[str, str]]:
    kinds: tuple[type[Definition], ...] = (ast.FunctionDef, ast.AsyncFunctionDef)
    found = {(one.name, dump(one.args)) for kind in kinds for one in nodes(tree, kind)}
    return found | {(one.name, "") for one in nodes(tree, ast.ClassDef)}


def _asked(path: str, old: bytes, new: bytes) -> Iterator[Break]:
    import griffe

    logging.getLogger("griffe").setLevel(logging.CRITICAL)
    place: Any = PurePosixPath("/nowhere") / PurePosixPath(path).name
    modules = [
        griffe.visit(
            "module",
            filepath=place,
            code=source.decode("utf-8", "replace"),
            modules_collection=griffe.ModulesCollection(),
            lines_collection=griffe.LinesCollection(),
        )
        for source in (old, new)
    ]
    for number, one in enumerate(griffe.find_breaking_changes(*modules)):
        if number >= _MAX_BREAKS * 5:
            return
        kind = type(one).__name__
        if kind not in _SAID or one.obj.is_alias or not (one.obj.is_function or one.obj.is_class):
            continue
        value = one.old_value or one.new_value
        parameter = "" if kind == "ObjectRemovedBreakage" else str(getattr(value, "name", "")).lstrip("*")
        name = str(one.obj.path).removeprefix("module.")
        yield Break(name, kind, parameter, int(one.obj.lineno or 1), _SAID[kind].format(shown(parameter)))


def signs(case: Case, file: PythonFile, names: Names) -> Iterator[Sign]:
    """Yield what breaks in one file, with the callers that still use it as it was."""
    found = breaks(file)[:_MAX_BREAKS]
    by_name: dict[str, list[Break]] = {}
    for one in found:
        by_name.setdefault(one.name, []).append(one)
    for name, several in by_name.items():
        if file.new is None or _is_moved(case, file, several[0]):
            continue
        callers = list(_callers(names, (file.file.path, name), several, _definition(file.new, name)))
        severity: Severity = "medium" if callers else "info"
        what = " and ".join(dict.fromkeys(one.what for one in several[:_NAMED]))
        gone = several[0].kind == "ObjectRemovedBreakage"
        verb = "uses it" if len(callers) == 1 else "use it"
        still = f"; {plural(len(callers), 'call')} in the repository still {verb} as it was"
        places = ", ".join(f"{shown(path)}:{line}" for path, line in callers[:_NAMED])
        yield Sign(
            rule="callers-broken" if callers else "interface-changed",
            severity=severity,
            message=f"{shown(name)} {what}{f'{still} ({places})' if callers else ''}.",
            why=_WHY,
            quote=f"{name} {what}",
            line=several[0].line,
            side="old" if gone else "new",
            evidence=tuple(f"file:{path}:{line}" for path, line in callers[:_NAMED]),
        )


def _definition(tree: ast.Module, name: str) -> Definition | None:
    body: list[ast.stmt] = tree.body
    found: ast.AST | None = None
    for part in name.split("."):
        kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
        found = next((one for one in body if isinstance(one, kinds) and one.name == part), None)
        body = getattr(found, "body", [])
    return found if isinstance(found, ast.FunctionDef | ast.AsyncFunctionDef) else None


def _is_moved(case: Case, file: PythonFile, one: Break) -> bool:
    """Return whether what is gone here is defined by an added line of the change, or still bound in its module."""
    if one.kind != "ObjectRemovedBreakage":
        return False
    last = one.name.rpartition(".")[2]
    added = (line.text for each in case.files for line in each.added)
    if any(text.lstrip().startswith((f"def {last}", f"class {last}", f"async def {last}")) for text in added):
        return True
    return file.new is not None and any(
        (isinstance(part, ast.Name) and part.id == last and isinstance(part.ctx, ast.Store))
        or (isinstance(part, ast.alias) and (part.asname or part.name) == last)
        for part in walk(file.new)
    )


def _callers(
    names: Names, what: tuple[str, str], several: Sequence[Break], new: Definition | None
) -> Iterator[tuple[str, int]]:
    owner, _, last = what[1].rpartition(".")
    if last.startswith("__") and last != "__init__":
        return
    wanted = owner if last == "__init__" else last
    needle = wanted.encode("utf-8", "surrogateescape")
    parsed: list[tuple[str, ast.Module]] = []
    size = defined = 0
    for path, data in names.files.items():
        if roles.language(path) != "python" or len(parsed) >= _MAX_PARSED or size > _MAX_BYTES or needle not in data:
            continue
        size += len(data)
        defined += data.count(b"def " + needle + b"(") + data.count(b"class " + needle)
        tree = parse(data)
        if tree is not None and not _is_of_another(tree, wanted, what[0]):
            parsed.append((path, tree))
    gone = several[0].kind == "ObjectRemovedBreakage"
    if defined > (0 if gone else 1):
        # Several have this name: which one is called only types would tell.
        return
    for path, tree in parsed:
        for part in walk(tree):
            if isinstance(part, ast.Call) and name_of(part.func) == wanted and _is_broken(part, several, new, owner):
                yield path, part.lineno


def _is_of_another(tree: ast.Module, wanted: str, path: str) -> bool:
    """Return whether a file has a name from a module that is none of those on the path to its definition."""
    parts = set(path.removesuffix(".py").split("/"))
    origins = [
        node
        for node in walk(tree)
        if isinstance(node, ast.ImportFrom) and any((one.asname or one.name) == wanted for one in node.names)
    ]
    return bool(origins) and not any(node.level or parts & set((node.module or "").split(".")) for node in origins)


def _is_broken(call: ast.Call, several: Sequence[Break], new: Definition | None, owner: str) -> bool:
    if any(isinstance(one, ast.Starred) for one in call.args) or any(one.arg is None for one in call.keywords):
        return False
    if several[0].kind == "ObjectRemovedBreakage":
        # A method of that name may be anybody's.
        return not owner and isinstance(call.func, ast.Name)
    if new is None or new.decorator_list:
        return False
    said = new.args
    positional = [one.arg for one in (*said.posonlyargs, *said.args)][1 if owner else 0 :]
    optional = len(said.defaults)
    required = [*positional[: max(0, len(positional) - optional)]]
    required += [one.arg for one, value in zip(said.kwonlyargs, said.kw_defaults, strict=True) if value is None]
    given = {one.arg for one in call.keywords}
    known = {*positional, *(one.arg for one in said.kwonlyargs)}
    if said.vararg is None and len(call.args) > len(positional):
        return True
    if said.kwarg is None and given - known:
        return True
    return bool(set(required) - set(positional[: len(call.args)]) - given)
