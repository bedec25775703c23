"""Which functions of a Python file are tests, what they stand in, and what helpers of theirs demand for them."""

from __future__ import annotations

import ast
import re
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeAlias

from reviewer.checks.oracles.model import Relation
from reviewer.checks.oracles.places import name_of
from reviewer.checks.oracles.python import oracles, text
from reviewer.checks.python_source import MODULE, Function

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reviewer.checks.oracles.model import Oracle

_NAME = re.compile(r"test\w*")
_CLASS = re.compile(r"_*Test\w*|\w*Tests?|\w*TestCase|\w*Test\w*")
_EITHER = frozenset({"tests.py", "test.py"})
_FOLDERS = frozenset({"test", "tests", "testing"})
_RUNNERS = frozenset(
    {"pytest", "unittest", "nose", "testtools", "TestCase", "TransactionTestCase", "LiveServerTestCase"}
)
_DEPTH = 3
_STATEMENTS = (ast.stmt, ast.excepthandler, ast.match_case)
_Open: TypeAlias = tuple[ast.AST, str, ast.ClassDef | None, bool]
_MOST_INLINED = 60
_WORD = re.compile(r"(?<![\w.'\"])[A-Za-z_]\w*")


@dataclass(slots=True)
class TestFile:
    """One side of a test file.

    Attributes:
        classes: the class of each method, by the identity of its node.
        nested: identities of the functions that stand in another function.
        defined: functions by their own name, for calls of helpers.
        all: its functions in source order.
    """

    __test__ = False

    tree: ast.Module
    path: str
    classes: dict[int, ast.ClassDef] = field(default_factory=dict)
    nested: set[int] = field(default_factory=set)
    defined: dict[str, Function] = field(default_factory=dict)
    all: list[Function] = field(default_factory=list)
    _library: bool | None = None

    @classmethod
    def of(cls, tree: ast.Module, path: str) -> TestFile:
        """Return what is known of a file's functions."""
        found = cls(tree, path)
        taken: Counter[str] = Counter()
        pending: list[_Open] = [(one, "", None, False) for one in reversed(tree.body)]
        while pending:
            node, prefix, owner, inside = pending.pop()
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                name = prefix + node.name
                taken[name] += 1
                function = Function(path, name if taken[name] == 1 else f"{name}#{taken[name]}", node, "")
                found.all.append(function)
                found.defined.setdefault(node.name, function)
                if owner is not None:
                    found.classes[id(node)] = owner
                if inside:
                    found.nested.add(id(node))
                owner, inside = None, True
            elif isinstance(node, ast.ClassDef):
                owner = node
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                prefix = f"{prefix}{node.name}."
            inner = [one for one in ast.iter_child_nodes(node) if isinstance(one, _STATEMENTS)]
            pending.extend((one, prefix, owner, inside) for one in reversed(inner))
        return found

    @property
    def used(self) -> set[str]:
        """Own names of all that is called in the file."""
        return {name_of(node) for node in ast.walk(self.tree) if isinstance(node, ast.Call)}

    @property
    def is_library(self) -> bool:
        """Whether the file is of tests of another kind: nothing in it asserts, nor is a runner's."""
        *folders, name = self.path.split("/")
        if name not in _EITHER or any(folder in _FOLDERS for folder in folders):
            return False
        if self._library is None:
            self._library = not any(_is_of_runner(node) for node in ast.walk(self.tree))
        return self._library

    def owner(self, function: Function) -> ast.ClassDef | None:
        """Return the class that a method stands in."""
        return self.classes.get(id(function.node))

    def is_test(self, function: Function) -> bool:
        """Return whether a function looks like a test that a runner could find."""
        own = function.name.rsplit(".", 1)[-1].split("#")[0]
        if function.name == MODULE or id(function.node) in self.nested or _NAME.fullmatch(own) is None:
            return False
        if self.is_library:
            return False
        if any(name_of(one) == "fixture" for one in getattr(function.node, "decorator_list", [])):
            return False
        owner = self.owner(function)
        return owner is None or bool(owner.bases) or _CLASS.fullmatch(owner.name) is not None

    @property
    def has_tests(self) -> bool:
        """Whether any function of it is a test."""
        return any(self.is_test(one) for one in self.all)

    def lost_to_runner(self, function: Function) -> str | None:
        """Return why no usual runner finds a function that was a test, None if one would."""
        own = function.name.rsplit(".", 1)[-1].split("#")[0]
        if id(function.node) in self.nested:
            return None if own in self.used else "it stands inside another function now"
        if _NAME.fullmatch(own) is None:
            return None if own in self.used else f"it is called {own} now"
        owner = self.owner(function)
        if owner is not None and not owner.bases:
            if not owner.name.startswith("Test"):
                return f"its class is called {owner.name} now"
            if any(isinstance(part, ast.FunctionDef) and part.name == "__init__" for part in owner.body):
                return f"its class {owner.name} has a constructor now"
        return None


class Scope:
    """The helpers of one side that tests can call, by own name: those of their file, else of any file of the change."""

    def __init__(self, files: Iterable[TestFile], others: Iterable[TestFile] = ()) -> None:
        self._files = {file.path: file for file in files}
        self._shared: dict[str, Function] = {}
        for file in (*self._files.values(), *others):
            for name, function in file.defined.items():
                self._shared.setdefault(name, function)
        self._cache: dict[int, list[Oracle]] = {}

    def file(self, path: str) -> TestFile | None:
        """Return the file at a path."""
        return self._files.get(path)

    def own(self, function: Function) -> list[Oracle]:
        """Return what a function asserts itself."""
        if id(function.node) not in self._cache:
            self._cache[id(function.node)] = oracles(function)
        return self._cache[id(function.node)]

    def helpers(self, function: Function) -> dict[str, tuple[Function, ast.Call]]:
        """Return the functions that a test calls and that are defined beside it, with their first call."""
        found: dict[str, tuple[Function, ast.Call]] = {}
        file = self._files.get(function.file)
        for node in ast.walk(function.node):
            if not isinstance(node, ast.Call) or not _is_local(node):
                continue
            name = name_of(node)
            helper = (file.defined.get(name) if file else None) or self._shared.get(name)
            if helper is not None and helper.node is not function.node and name not in found:
                found[name] = (helper, node)
        return found

    def demands(self, function: Function, without: Iterable[str] = ()) -> list[Oracle]:
        """Return what a function asserts with what its helpers assert for it.

        Args:
            function: the test.
            without: helpers that are left as calls.
        """
        kept = frozenset(without)
        return list(self._demands(function, kept, _DEPTH))[: _MOST_INLINED + len(self.own(function))]

    def _demands(self, function: Function, kept: frozenset[str], depth: int) -> Iterator[Oracle]:
        helpers = {name: one for name, one in self.helpers(function).items() if name not in kept} if depth else {}
        inlined: dict[str, list[Oracle]] = {}
        for name, (helper, call) in helpers.items():
            inner = list(self._demands(helper, kept | {name}, depth - 1))[:_MOST_INLINED]
            if inner:
                inlined[name] = [_placed(oracle, _arguments(helper, call), call) for oracle in inner]
        for oracle in self.own(function):
            if not (oracle.helper and _called_name(oracle) in inlined):
                yield oracle
        for listed in inlined.values():
            yield from listed

    def strength(self, function: Function) -> Relation:
        """Return the most that a function demands of anything."""
        return max((one.relation for one in self.demands(function)), default=Relation.TAUTOLOGY)


def _is_of_runner(node: ast.AST) -> bool:
    if isinstance(node, ast.Assert):
        return True
    name = node.module or "" if isinstance(node, ast.ImportFrom) else node.id if isinstance(node, ast.Name) else ""
    name = node.name if isinstance(node, ast.alias) else node.attr if isinstance(node, ast.Attribute) else name
    return name.split(".")[0] in _RUNNERS or name.startswith("assert")


def _called_name(oracle: Oracle) -> str:
    return oracle.text.split("(", 1)[0].rsplit(".", 1)[-1]


def _is_local(call: ast.Call) -> bool:
    held = call.func.value if isinstance(call.func, ast.Attribute) else None
    return isinstance(call.func, ast.Name) or (isinstance(held, ast.Name) and held.id in {"self", "cls"})


def _arguments(helper: Function, call: ast.Call) -> dict[str, str]:
    if not isinstance(helper.node, ast.FunctionDef | ast.AsyncFunctionDef):
        return {}
    names = [one.arg for one in helper.node.args.args]
    if isinstance(call.func, ast.Attribute) and names[:1] in (["self"], ["cls"]):
        names = names[1:]
    given = dict(zip(names, map(text, call.args), strict=False))
    given.update({one.arg: text(one.value) for one in call.keywords if one.arg})
    return given


def _placed(oracle: Oracle, given: dict[str, str], call: ast.Call) -> Oracle:
    """Return a helper's oracle as it stands at a call, with the arguments in the place of its parameters."""

    def put(expression: str) -> str:
        return _WORD.sub(lambda match: given.get(match.group(), match.group()), expression)[:400]

    return replace(
        oracle,
        subject=put(oracle.subject),
        expected=put(oracle.expected),
        text=put(oracle.text),
        key=put(oracle.key),
        first=call.lineno,
        last=call.end_lineno or call.lineno,
    )
