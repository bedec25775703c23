"""Python tests that put a stand-in where the code under test should be, and read back what they put there."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer.checks import roles
from reviewer.checks.account import Account
from reviewer.checks.ident import shown
from reviewer.checks.oracles.mocks import called, echoes, is_trivial, patched
from reviewer.checks.python_source import MODULE, pair, read
from reviewer.checks.theater.facts import MOCKED, fact

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewer.checks.case import Case
    from reviewer.checks.ident import Fact
    from reviewer.checks.oracles.mocks import Patched
    from reviewer.checks.python_source import Function, Pair
    from reviewer.checks.theater.python_tests import Scope

_SHORTEST = 3


@dataclass(frozen=True, slots=True)
class Code:
    """The Python code outside tests that a change touches.

    Attributes:
        functions: own name of each changed or added function to the places that it can be replaced at: the last part
            of its module, its package, its class.
        modules: dotted paths of the changed files.
    """

    functions: dict[str, frozenset[str]]
    modules: frozenset[str]

    @classmethod
    def of(cls, case: Case) -> Code:
        """Return what a change touches; files that cannot be read are somebody else's to report."""
        files = read(case, Account(), wanted=lambda path: not roles.is_test(path) and not roles.is_foreign(path))
        places: dict[str, set[str]] = defaultdict(set)
        for one in pair(files):
            if one.new is None or one.new.name == MODULE:
                continue
            *owners, name = one.new.name.split("#")[0].split(".")
            if len(name) >= _SHORTEST and not name.startswith("__"):
                places[name].update([*owners, *_module(one.new.file).split(".")[-2:]])
        modules = frozenset(_module(file.file.path) for file in files if file.new is not None)
        return cls({name: frozenset(where) for name, where in places.items()}, modules)

    def replaced(self, one: Patched) -> bool:
        """Return whether what a test replaces is a function that the change touches."""
        return not one.item and one.owner.rsplit(".", 1)[-1] in self.functions.get(one.name, frozenset())

    def module(self, one: Patched) -> bool:
        """Return whether what a test replaces is a whole module that the change touches."""
        return any(path == one.full or path.endswith(f".{one.full}") for path in self.modules) and "." in one.full


def _module(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def doubles(pairs: Sequence[Pair], new: Scope, old: Scope, case: Case) -> Iterator[Fact]:
    """Yield facts about stand-ins in tests that the change adds or edits."""
    replacing = any(one.new is not None and patched(one.new) for one in pairs)
    code = Code.of(case) if replacing else Code({}, frozenset())
    for one in pairs:
        function = one.new
        file = new.file(function.file) if function else None
        if function is None or file is None or not file.is_test(function):
            continue
        was_file = old.file(one.old.file) if one.old else None
        was = (
            {each.full for each in patched(one.old, was_file.owner(one.old) if was_file else None)}
            if one.old
            else set()
        )
        fresh = [each for each in patched(function, file.owner(function)) if each.full not in was]
        calls = called(function) if fresh else set()
        for each in fresh:
            yield from _replaced(function, each, calls, code)
        had = {said for said, _ in echoes(one.old)} if one.old else set()
        for said, line in echoes(function):
            if said not in had and not is_trivial(said.rsplit("==", 1)[-1].strip()):
                message = f"{shown(function.name)} asks a mock for what it told it to return: {shown(said)}"
                yield fact(function.name, function.file, "medium", message, MOCKED, said, line, rule="mock-echoed")
    yield from _never_real(pairs, new, code)


def _replaced(function: Function, each: Patched, calls: set[str], code: Code) -> Iterator[Fact]:
    name = shown(function.name)
    if code.replaced(each) and each.name in calls:
        message = f"{name} replaces {shown(each.full)}, which the change touches, and calls what stands for it."
        yield fact(function.name, function.file, "medium", message, MOCKED, each.full, each.line, rule="subject-mocked")
    elif code.module(each):
        message = f"{name} replaces the whole module {shown(each.full)}, which the change touches."
        yield fact(function.name, function.file, "medium", message, MOCKED, each.full, each.line, rule="module-mocked")


def _never_real(pairs: Sequence[Pair], new: Scope, code: Code) -> Iterator[Fact]:
    """Yield functions of the change that every changed test naming them replaces."""
    real: set[str] = set()
    faked: dict[str, list[tuple[Function, Patched]]] = defaultdict(list)
    for one in pairs:
        function = one.new
        if function is None or function.name == MODULE:
            continue
        file = new.file(function.file)
        patches = [each for each in patched(function, file.owner(function) if file else None) if code.replaced(each)]
        for each in patches:
            faked[each.name].append((function, each))
        real |= called(function) - {each.name for each in patches}
    for name, where in faked.items():
        if name not in real and name not in {each for f, p in where for each in called(f) if each == p.name}:
            function, each = where[0]
            message = (
                f"{shown(each.full)} is changed, and every changed test that names it puts something else in its place."
            )
            yield fact(
                function.name, function.file, "low", message, MOCKED, each.full, each.line, rule="subject-mocked"
            )
