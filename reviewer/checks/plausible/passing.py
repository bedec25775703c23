"""What is taken and not handed on: a new parameter that a callee knows too, an option that nobody reads."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from reviewer.checks.ident import shown
from reviewer.checks.plausible.outline import defaults, name_of, parameters, text_of
from reviewer.checks.plausible.sign import Sign
from reviewer.checks.python_nodes import walk
from reviewer.checks.python_source import own

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.checks.plausible.project import Project
    from reviewer.checks.python_source import Definition, PythonFile

_WHY_PASSED = "The callee takes its default instead of what the caller was given."
_WHY_READ = "Who gives the option gets nothing for it."
_MOST_CALLS = 400
_PLAIN = frozenset({"self", "cls", "args", "kwargs", "name", "value", "key", "data", "default", "path", "text"})


def signs(file: PythonFile, project: Project) -> Iterator[Sign]:
    """Yield what is taken in and left there."""
    if file.new is None:
        return
    lines = {line.number: line.text for line in file.file.added}
    yield from _options(file.new, lines, project)
    if file.old is None:
        return
    old = _functions(file.old)
    asked = 0
    for name, node in _functions(file.new).items():
        if name not in old:
            continue
        fresh = {one.arg for one in parameters(node)} - {one.arg for one in parameters(old[name])} - _PLAIN
        for call in own(node) if fresh else ():
            if not isinstance(call, ast.Call) or asked > _MOST_CALLS:
                continue
            asked += 1
            left = _left(call, fresh, project)
            if left:
                line = call.lineno
                own_name = name_of(call.func) == node.name
                callee = "itself" if own_name else shown(name_of(call.func))
                yield Sign(
                    rule="not-handed-on",
                    severity="medium" if own_name else "low",
                    message=f"{shown(name)} takes {shown(left)} now and calls {callee}, which takes it, without it.",
                    why=_WHY_PASSED,
                    quote=f"{text_of(call)} {left}",
                    line=line,
                    last=line,
                    scope=name,
                )


def _functions(tree: ast.Module) -> dict[str, Definition]:
    found: dict[str, Definition] = {}
    waiting: list[tuple[str, ast.Module | ast.ClassDef]] = [("", tree)]
    while waiting:
        scope, node = waiting.pop()
        for inner in node.body:
            if isinstance(inner, ast.ClassDef):
                waiting.append((f"{scope}{inner.name}.", inner))
            elif isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef):
                found[scope + inner.name] = inner
    return found


def _left(call: ast.Call, fresh: set[str], project: Project) -> str:
    """Return the new parameter that a call leaves to the default of its callee, "" if it leaves none."""
    given = {one.arg for one in call.keywords}
    if None in given or any(isinstance(one, ast.Starred) for one in call.args):
        return ""
    name = name_of(call.func)
    if isinstance(call.func, ast.Attribute) and name_of(call.func.value) not in {"self", "cls"}:
        return ""
    found = project.functions(name) if len(name) > 2 else []
    if len(found) != 1:
        return ""
    callee = found[0][1]
    optional = {one.arg for one, _ in defaults(callee)}
    positional = [one.arg for one in (*callee.args.posonlyargs, *callee.args.args) if one.arg not in {"self", "cls"}]
    taken = given | set(positional[: len(call.args)])
    handed = {part.id for part in walk(call) if isinstance(part, ast.Name)}
    left = sorted((fresh & optional) - taken - handed)
    return left[0] if left else ""


def _options(tree: ast.Module, lines: dict[int, str], project: Project) -> Iterator[Sign]:
    """Yield new options of a command line that no code reads."""
    for call in walk(tree):
        if not isinstance(call, ast.Call) or name_of(call.func) != "add_argument" or call.lineno not in lines:
            continue
        words = [one.value for one in call.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
        said = {one.arg: one.value for one in call.keywords}
        action = said.get("action")
        if not words or (isinstance(action, ast.Constant) and action.value in {"version", "help"}) or None in said:
            continue
        held = said.get("dest")
        name = held.value if isinstance(held, ast.Constant) else _held(words)
        if (
            not isinstance(name, str)
            or not name
            or "const" in said
            or (action is not None and not isinstance(action, ast.Constant))
        ):
            continue
        if not _is_read(name, project):
            yield Sign(
                rule="option-unread",
                severity="medium",
                message=f"Nothing reads {shown(name)}, which the option {shown(words[-1])} sets.",
                why=_WHY_READ,
                quote=lines[call.lineno],
                line=call.lineno,
                last=call.lineno,
            )


def _held(words: list[str]) -> str:
    long = next((one for one in words if one.startswith("--")), words[0])
    return long.lstrip("-").replace("-", "_")


def _is_read(name: str, project: Project) -> bool:
    """Return whether code reads an attribute or a text of that name, or takes all options at once."""
    if not project.paths():
        return True
    word = re.compile(
        rf"\.{re.escape(name)}\b|['\"]{re.escape(name)}['\"]|\b{re.escape(name)}\s*=|\(\s*{re.escape(name)}\b|,\s*{re.escape(name)}\b".encode()
    )
    for path in project.paths():
        data = project.data(path)
        if word.search(data) or re.search(rb"vars\(|\*\*args|__dict__|_get_kwargs|asdict", data):
            return True
    return False
