"""The modules of one side, and what the names at their top stand for: functions, classes, constants, imports."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from reviewer.checks import roles
from reviewer.checks.oracles.places import name_of
from reviewer.checks.oracles.python import text
from reviewer.checks.parent.values import ERRORS, MODULES, Kind, Module, Quiet, Routine, Unclear
from reviewer.checks.python_source import parse

if TYPE_CHECKING:
    from collections.abc import Callable

    from reviewer.checks.parent.values import Value

_DECLARES = frozenset({"dataclass", "define", "frozen", "mutable", "s", "attrs", "attrs.s"})
_FIELD = frozenset({"field", "ib", "attrib"})
_MOST_PATHS = 5_000
_MOST_BYTES = 400_000
_LIBRARY = frozenset({"logging", "typing", "collections.abc", "__future__", "dataclasses", "attrs", "attr"})


class Code:
    """Finds modules by their dotted names, as an import in one of them would."""

    def __init__(self, read: Callable[[str], bytes | None], paths: tuple[str, ...]) -> None:
        self._read = read
        self._paths = [path for path in paths[:_MOST_PATHS] if path.endswith(".py") and not roles.is_foreign(path)]
        self._modules: dict[str, Module] = {}

    def at(self, path: str) -> Module:
        """Return the module of a path."""
        if path not in self._modules:
            source = self._read(path)
            tree = parse(source) if source is not None and len(source) <= _MOST_BYTES else None
            if tree is None:
                raise Unclear
            self._modules[path] = Module(path, tree)
        return self._modules[path]

    def find(self, dotted: str) -> Module:
        """Return the module of a dotted name, if just one path can be meant."""
        tail = dotted.replace(".", "/")
        ends = (f"{tail}.py", f"{tail}/__init__.py")
        found = [path for path in self._paths if path in ends or path.endswith(tuple(f"/{end}" for end in ends))]
        plain = [path for path in found if path in ends or path in {f"src/{end}" for end in ends}]
        chosen = plain if len(plain) == 1 else found
        if len(chosen) != 1:
            raise Unclear
        return self.at(chosen[0])


def binding(module: Module, name: str) -> ast.stmt:
    """Return the one statement at the top of a module that gives a name its meaning."""
    found = [one for one in module.tree.body if name in _bound(one)]
    inner = any(
        isinstance(part, ast.Name | ast.Global) and _stores(part, name)
        for one in module.tree.body
        if one not in found and not isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        for part in ast.walk(one)
    )
    if len(found) != 1 or inner:
        raise Unclear
    return found[0]


def _stores(part: ast.Name | ast.Global, name: str) -> bool:
    if isinstance(part, ast.Global):
        return name in part.names
    return part.id == name and not isinstance(part.ctx, ast.Load)


def _bound(statement: ast.stmt) -> set[str]:
    match statement:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return {statement.name}
        case ast.Import() | ast.ImportFrom():
            return {alias.asname or alias.name.partition(".")[0] for alias in statement.names}
        case ast.Assign():
            return {part.id for target in statement.targets for part in ast.walk(target) if isinstance(part, ast.Name)}
        case ast.AnnAssign(target=ast.Name() as target):
            return {target.id}
    return set()


def imported(code: Code, module: Module, statement: ast.Import | ast.ImportFrom, name: str) -> Value:
    """Return what an import makes of a name: a module, or a pair of a module and a name in it."""
    for alias in statement.names:
        if (alias.asname or alias.name.partition(".")[0]) != name:
            continue
        if isinstance(statement, ast.Import):
            if alias.name in MODULES or alias.name in _LIBRARY or alias.name == "pytest":
                return alias.name
            if "." in alias.name and alias.asname is None:
                raise Unclear
            return code.find(alias.name)
        origin = statement.module or ""
        if statement.level:
            folder = module.path.split("/")[: -statement.level]
            origin = ".".join([*folder, *([origin] if origin else [])]).removeprefix("src.")
        elif origin in MODULES:
            return MODULES[origin].get(alias.name, Unclear)
        elif origin in _LIBRARY:
            return Unclear
        try:
            return code.find(origin), alias.name
        except Unclear:
            return code.find(f"{origin}.{alias.name}")
    raise Unclear


def made(module: Module, node: ast.ClassDef, look: Callable[[ast.expr], Value]) -> Kind:
    """Return a class of the code, if all that it does when it is made is plain to see."""
    marks = [name_of(mark) for mark in node.decorator_list]
    if any(mark not in _DECLARES for mark in marks) or node.keywords:
        raise Unclear
    fields: dict[str, ast.expr | None] = {}
    methods: dict[str, ast.FunctionDef] = {}
    for part in node.body:
        match part:
            case ast.AnnAssign(target=ast.Name() as target):
                if part.value is not None and isinstance(part.value, ast.Call) and name_of(part.value) in _FIELD:
                    raise Unclear
                fields[target.id] = part.value
            case ast.FunctionDef():
                methods[part.name] = part
            case ast.Pass() | ast.Expr(value=ast.Constant()):
                pass
            case _:
                raise Unclear
    above = tuple(look(base) for base in node.bases)
    errors = (Kind, type)
    if any(not isinstance(base, errors) for base in above) or (above and (fields or methods)):
        raise Unclear
    if any(isinstance(base, type) and base not in ERRORS.values() for base in above):
        raise Unclear
    if fields and not marks:
        raise Unclear
    return Kind(node.name, module, fields, methods, above, bool(marks))


def quiet(value: ast.expr) -> Quiet | None:
    """Return a log for what makes one."""
    return Quiet() if isinstance(value, ast.Call) and text(value.func) == "logging.getLogger" else None


def routine(module: Module, node: ast.FunctionDef) -> Routine:
    """Return a function at the top of a module, if nothing stands around it."""
    if node.decorator_list:
        raise Unclear
    return Routine(node, module, {})
