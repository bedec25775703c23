"""What belongs together and is changed apart: a kept result that a change does not drop, a table beside a table."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reviewer.checks.ident import shown
from reviewer.checks.plausible.outline import dotted, name_of, text_of
from reviewer.checks.plausible.sign import Sign
from reviewer.checks.python_nodes import walk
from reviewer.checks.python_source import own

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.checks.python_source import Definition, PythonFile

_WHY_KEPT = "What was kept before the change is given out after it."
_WHY_TABLE = "What the one table holds of a key outlives what the other holds of it."
_CHANGES = frozenset(
    {"append", "extend", "update", "add", "insert", "pop", "remove", "clear", "setdefault", "discard", "popitem"}
)
_KEEPS = frozenset({"cached_property", "lru_cache", "cache"})
_STARTS = frozenset({"__init__", "__post_init__"})
_DEEP = 4


@dataclass(slots=True)
class _Method:
    """What one function does with the names of its class, or of its module.

    Attributes:
        node: the function.
        reads, binds, changes, calls: names; those of a class are without self.
        keys: the keys that a table is asked or set with.
        places: where a table is changed.
    """

    node: Definition
    reads: set[str] = field(default_factory=set)
    binds: set[str] = field(default_factory=set)
    changes: set[str] = field(default_factory=set)
    calls: set[str] = field(default_factory=set)
    keys: set[tuple[str, str]] = field(default_factory=set)
    places: dict[str, ast.expr | ast.stmt] = field(default_factory=dict)

    @property
    def touches(self) -> set[str]:
        """All names that it has to do with."""
        return self.reads | self.binds | self.changes


def signs(file: PythonFile) -> Iterator[Sign]:
    """Yield changes that leave behind what was made of the thing changed, where the latter is new."""
    if file.new is None:
        return
    lines = {line.number for line in file.file.added}
    old = {node.name: node for node in walk(file.old or ast.Module([], [])) if isinstance(node, ast.ClassDef)}
    for node in walk(file.new):
        if isinstance(node, ast.ClassDef):
            methods = {
                one.name: _of_class(one) for one in node.body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)
            }
            yield from _kept(methods, lines, f"{node.name}.")
            if node.name in old:
                yield from _beside(old[node.name], node, methods)
    held = {
        name_of(one.targets[0] if isinstance(one, ast.Assign) else one.target)
        for one in file.new.body
        if isinstance(one, ast.Assign | ast.AnnAssign) and one.value is not None
    } - {""}
    functions = {
        one.name: _of_module(one, held)
        for one in file.new.body
        if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    yield from _kept(functions, lines, "")


def _of_class(node: Definition) -> _Method:
    found = _Method(node)
    for part in walk(node):
        if isinstance(part, ast.Attribute) and name_of(part.value) == "self" and isinstance(part.value, ast.Name):
            (found.binds if isinstance(part.ctx, ast.Store) else found.reads).add(part.attr)
        _note(found, part, "self.")
    return found


def _of_module(node: Definition, held: set[str]) -> _Method:
    found = _Method(node)
    for part in walk(node):
        if isinstance(part, ast.Name):
            found.reads.add(part.id)
        if isinstance(part, ast.Global):
            found.changes.update(part.names)
            found.places.update(dict.fromkeys(part.names, part))
        _note(found, part, "")
    found.changes &= held
    return found


def _note(found: _Method, part: ast.AST, prefix: str) -> None:
    """Note what a node changes, calls, or asks a table for."""
    if isinstance(part, ast.Call):
        called = dotted(part.func)
        if called.startswith(prefix):
            found.calls.add(called.removeprefix(prefix))
        if isinstance(part.func, ast.Attribute) and dotted(part.func.value).startswith(prefix):
            subject = dotted(part.func.value).removeprefix(prefix)
            if part.func.attr in _CHANGES:
                found.changes.add(subject)
                found.places.setdefault(subject, part)
            if part.args and part.func.attr in {"get", "pop"}:
                found.keys.add((subject, text_of(part.args[0])))
    elif isinstance(part, ast.Subscript) and dotted(part.value).startswith(prefix):
        subject = dotted(part.value).removeprefix(prefix)
        found.keys.add((subject, text_of(part.slice)))
        if isinstance(part.ctx, ast.Store | ast.Del):
            found.changes.add(subject)
            found.places.setdefault(subject, part)
    elif isinstance(part, ast.Compare) and len(part.ops) == 1 and isinstance(part.ops[0], ast.In | ast.NotIn):
        subject = dotted(part.comparators[0])
        if subject.startswith(prefix):
            found.keys.add((subject.removeprefix(prefix), text_of(part.left)))


def _reach(methods: dict[str, _Method], name: str) -> list[_Method]:
    """Return a function and those of the same class or module that it calls, a few steps deep."""
    found: dict[str, _Method] = {}
    waiting = [name]
    for _ in range(_DEEP):
        fresh = [one for one in waiting if one in methods and one not in found]
        found.update({one: methods[one] for one in fresh})
        waiting = [called for one in fresh for called in methods[one].calls | methods[one].reads]
    return list(found.values())


def _kept(methods: dict[str, _Method], lines: set[int], scope: str) -> Iterator[Sign]:
    """Yield new functions whose result is kept, and that read what another function changes without dropping it."""
    for name, method in methods.items():
        marks = [
            text_of(one.func if isinstance(one, ast.Call) else one).split(".")[-1] for one in method.node.decorator_list
        ]
        memo = _memo(method) if scope else ""
        kept = name if _KEEPS & set(marks) else memo
        if not kept:
            continue
        read = {one for each in _reach(methods, name) for one in each.reads} - {kept, name}
        for other, changing in methods.items():
            hit = sorted((changing.changes | (changing.binds if scope else set())) & read)
            new = _is_touched(method.node, lines)
            if not hit or other in _STARTS | {name} or not (new or _is_touched(changing.node, lines)):
                continue
            if any(_drops(each, kept) for each in _reach(methods, other)):
                continue
            what = f"{shown(hit[0])}, which {shown(name)} reads, and leaves what {shown(kept)} keeps"
            place = method.node if new else changing.places.get(hit[0], changing.node)
            yield _sign("kept-after-change", f"{shown(other)} changes {what}.", _WHY_KEPT, place, f"{scope}{name}")
            break


def _is_touched(node: Definition, lines: set[int]) -> bool:
    first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
    return any(line in lines for line in range(first, (node.end_lineno or first) + 1))


def _drops(method: _Method, kept: str) -> bool:
    said = ast.unparse(method.node)
    return kept in method.touches or "cache_clear" in said or "__dict__" in said


def _memo(method: _Method) -> str:
    """Return the attribute that a method works out once: it asks whether that is None, and then binds it."""
    for part in own(method.node):
        if isinstance(part, ast.If) and isinstance(part.test, ast.Compare) and isinstance(part.test.ops[0], ast.Is):
            subject = dotted(part.test.left)
            none = isinstance(part.test.comparators[0], ast.Constant) and part.test.comparators[0].value is None
            bound = any(isinstance(one, ast.Assign) and dotted(one.targets[0]) == subject for one in part.body)
            given = any(isinstance(one, ast.Return) and dotted(one.value) == subject for one in own(method.node))
            if none and bound and given and subject.startswith("self."):
                return subject.removeprefix("self.")
    return ""


def _beside(old: ast.ClassDef, new: ast.ClassDef, methods: dict[str, _Method]) -> Iterator[Sign]:
    """Yield methods that change a table by key and leave a new table, asked with the same key elsewhere, as it was."""
    had = {one.attr for one in walk(old) if isinstance(one, ast.Attribute) and name_of(one.value) == "self"}
    start = methods.get("__init__")
    made = {
        name_of(one.targets[0] if isinstance(one, ast.Assign) else one.target)
        for one in (own(start.node) if start is not None else new.body)
        if isinstance(one, ast.Assign | ast.AnnAssign) and one.value is not None and _is_table(one.value)
    }
    for fresh in sorted(made - had):
        partners = {
            subject
            for method in methods.values()
            for name, key in method.keys
            if name == fresh
            for subject, same in method.keys
            if same == key and subject != fresh and subject in had
        }
        both = [name for name, method in methods.items() if fresh in method.changes and partners & method.changes]
        for name, method in methods.items():
            changed = sorted(partners & method.changes)
            reached = any(fresh in each.touches for each in _reach(methods, name))
            if changed and not reached and name != "__init__" and both:
                place = method.places[changed[0]]
                rest = f"and leaves the new {shown(fresh)}, asked with the same keys"
                message = f"{shown(name)} changes {shown(changed[0])} {rest}."
                yield _sign("table-left", message, _WHY_TABLE, place, f"{new.name}.{name}")


def _is_table(node: ast.expr) -> bool:
    if isinstance(node, ast.Call):
        return name_of(node.func) in {"dict", "defaultdict", "OrderedDict", "set", "Counter", "WeakKeyDictionary"}
    return isinstance(node, ast.Dict)


def _sign(rule: str, message: str, why: str, place: ast.expr | ast.stmt, scope: str) -> Sign:
    line = place.lineno
    return Sign(
        rule=rule, severity="medium", message=message, why=why, quote=message, line=line, last=line, scope=scope
    )
