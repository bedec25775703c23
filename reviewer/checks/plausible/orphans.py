"""New functions, classes and constants that nothing in the repository names, and locals that nothing reads."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from reviewer.checks import roles
from reviewer.checks.ident import shown
from reviewer.checks.plausible.outline import name_of, text_of
from reviewer.checks.plausible.sign import at
from reviewer.checks.python_nodes import walk
from reviewer.checks.python_source import own

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reviewer.checks.case import Case
    from reviewer.checks.finding import Severity
    from reviewer.checks.plausible.outline import Outline
    from reviewer.checks.plausible.sign import Sign
    from reviewer.checks.python_source import Definition, PythonFile

_WHY = "What nothing calls is not part of what the program does, or was meant to be called and is not."
_WHY_LOCAL = "A result that nobody reads was worked out for nothing, or meant to be used."
_MAX_BYTES = 64 << 20
_MAX_FILE = 1 << 20
_MAX_NAMES = 150
_MAX_TASK = 20_000
_WORD = re.compile(r"[A-Za-z]\w{2,80}")
_FRAMEWORK = re.compile(
    r"(?:test|visit|leave|handle|do|on|pytest|setup|teardown|upgrade|downgrade|main|run|create_app|application|app|lifespan"
    r"|ready|forwards|backwards|get|post|put|patch|delete|clean|validate|dispatch|Meta|Config|handler|lambda_handler|cmd"
    r"|up|down|register|load_ipython_extension|depart|process|serialize|receive|resolve|render|perform|execute)(?:_.*)?"
)
_TEXTS = frozenset(
    {"py", "pyi", "toml", "cfg", "ini", "md", "rst", "txt", "html", "yml", "yaml", "json", "js", "ts", "sh"}
)


def locals_unread(outline: Outline) -> Iterator[Sign]:
    """Yield locals that are bound to what a call or an operation gives, and never read."""
    for function in outline.functions():
        bound: dict[str, list[ast.Assign]] = {}
        inner = list(walk(function))
        if any(isinstance(part, ast.Name) and part.id in {"locals", "vars", "eval", "exec"} for part in inner):
            continue
        for part in own(function):
            if isinstance(part, ast.Assign) and len(part.targets) == 1 and isinstance(part.targets[0], ast.Name):
                bound.setdefault(part.targets[0].id, []).append(part)
        read = {one.id for one in inner if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Load | ast.Del)}
        shared = {name for part in inner if isinstance(part, ast.Global | ast.Nonlocal) for name in part.names}
        grown = {name_of(part.target) for part in inner if isinstance(part, ast.AugAssign)}
        for name, places in bound.items():
            if name not in read | shared | grown and not name.startswith("_") and not _in_class(outline, places[0]):
                text = text_of(places[0])
                message = f"“{shown(text)}” is never read in {shown(function.name)}."
                yield at(
                    outline, places[0], rule="local-unread", severity="low", message=message, why=_WHY_LOCAL, quote=text
                )


def _in_class(outline: Outline, node: ast.AST) -> bool:
    return isinstance(outline.parent(node), ast.ClassDef)


class Names:
    """How often words occur in the files of the new side; read when they are first asked for.

    Attributes:
        asked: the words of the task; what it asks for by name need not be called by anything here.
    """

    def __init__(self, case: Case) -> None:
        self._case = case
        self._known: Mapping[str, bytes] | None = None
        self._left = _MAX_NAMES
        task = case.manifest.task
        said = (case.manifest.title, task.objective, task.prompt, *task.follow_ups, *task.done_when)
        self.asked = frozenset(_WORD.findall("\n".join(part for part in said if part)[:_MAX_TASK]))

    @property
    def files(self) -> Mapping[str, bytes]:
        """The files that may name something, none if there are too many to be sure."""
        if self._known is None:
            self._known = _read(self._case)
        return self._known

    def elsewhere(self, name: str, path: str) -> int | None:
        """Return how often a word occurs, all its definitions included; None if that cannot be said."""
        self._left -= 1
        if self._left < 0 or path not in self.files:
            return None
        word = re.compile(rb"(?<![\w])" + re.escape(name.encode("utf-8", "surrogateescape")) + rb"(?![\w])")
        times = 0
        for data in self.files.values():
            if name.encode("utf-8", "surrogateescape") in data:
                times += len(word.findall(data))
        return times


def _read(case: Case) -> dict[str, bytes]:
    """Return the files that may name something, none if there are too many to be sure."""
    found: dict[str, bytes] = {}
    size = 0
    for path in case.after.paths() if case.after is not None else ():
        suffix = path.rsplit(".", 1)[-1].lower()
        if suffix not in _TEXTS or roles.is_foreign(path):
            continue
        data = case.after.read(path) if case.after is not None else None
        if data is None or len(data) > _MAX_FILE:
            continue
        size += len(data)
        if size > _MAX_BYTES:
            return {}
        found[path] = data
    return found


def unnamed(file: PythonFile, outline: Outline, names: Names) -> Iterator[Sign]:
    """Yield new definitions of one file that nothing else names."""
    had = _defined(file.old) if file.old is not None else set()
    for node in _candidates(outline):
        name = node.name if not isinstance(node, ast.Assign) else name_of(node.targets[0])
        if name in had or name.startswith("__") or _FRAMEWORK.fullmatch(name):
            continue
        if name in names.asked and not name.startswith("_"):
            continue
        times = names.elsewhere(name, file.file.path)
        if times is None or times > 1:
            continue
        kind = "class" if isinstance(node, ast.ClassDef) else "constant" if isinstance(node, ast.Assign) else "function"
        severity: Severity = "info" if file.file.path.endswith("__init__.py") and not name.startswith("_") else "low"
        message = f"The new {kind} {shown(name)} is named nowhere else in the repository."
        yield at(
            outline,
            node,
            rule="orphan",
            severity=severity,
            message=message,
            why=_WHY,
            quote=name,
            last=node.lineno,
        )


def _candidates(outline: Outline) -> Iterator[Definition | ast.ClassDef | ast.Assign]:
    for function in outline.functions():
        owner = outline.parent(function)
        method = isinstance(owner, ast.ClassDef)
        if function.decorator_list or not outline.touches(function.lineno, function.lineno):
            continue
        if isinstance(owner, ast.ClassDef) and (owner.bases or owner.keywords) and not function.name.startswith("_"):
            continue
        if method or isinstance(owner, ast.Module):
            yield function
    for one in outline.of(ast.ClassDef):
        plain = isinstance(outline.parent(one), ast.Module) and not one.decorator_list and not one.bases
        if plain and outline.touches(one.lineno, one.lineno):
            yield one
    for assigned in outline.of(ast.Assign):
        outside = isinstance(outline.parent(assigned), ast.Module)
        constant = len(assigned.targets) == 1 and name_of(assigned.targets[0]).isupper()
        if outside and constant and outline.touches(assigned.lineno, assigned.lineno):
            yield assigned


def _defined(tree: ast.Module) -> set[str]:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    names = {one.name for one in walk(tree) if isinstance(one, kinds)}
    return names | {one.id for one in walk(tree) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)}
