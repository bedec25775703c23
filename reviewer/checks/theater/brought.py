"""The tests that a change brings or edits, in every language that is read as a tree, and what the change is about."""

from __future__ import annotations

import ast
import keyword
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer.checks import python_source, roles, tree_source
from reviewer.checks.account import Account
from reviewer.checks.python_source import MODULE
from reviewer.checks.theater.moved import words
from reviewer.checks.theater.python_tests import TestFile
from reviewer.checks.theater.tree_tests import calls, is_test
from reviewer.syntax.function import functions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.checks.case import Case

_SHORTEST = 3
_NAME = re.compile(r"[A-Za-z_]\w*")
_LONGEST = 400
_KEYWORDS = frozenset(
    [
        *keyword.kwlist,
        *("var", "let", "const", "function", "func", "this", "self", "new", "null", "true", "false", "undefined"),
        *("public", "private", "static", "void", "int", "string", "bool", "str", "nil", "end", "the", "that", "with"),
        *("use", "mut", "pub", "impl", "struct", "range", "require", "module", "exports", "type", "case", "switch"),
        *("err", "error", "result", "value", "name", "data", "key", "get", "set", "test", "expect", "assert"),
    ]
)
_FEW_BYTES = 60


@dataclass(frozen=True, slots=True)
class Test:
    """A test on the new side.

    Attributes:
        words: every name and word that it uses.
        body: what it does, without its name; "" if it is too short to be told from others.
        fresh: the change adds it.
    """

    __test__ = False

    file: str
    name: str
    line: int
    words: frozenset[str]
    body: str
    fresh: bool


@dataclass(frozen=True, slots=True)
class Brought:
    """Tests of the change, the bodies of all tests of its files, and the names that it defines or edits."""

    tests: tuple[Test, ...]
    known: tuple[tuple[str, str, str], ...]
    symbols: frozenset[str]

    @classmethod
    def of(cls, case: Case, account: Account) -> Brought:
        """Return what a change brings; `account` learns of test files that cannot be read."""
        tests: list[Test] = []
        known: list[tuple[str, str, str]] = []
        for path, every, fresh in _python(case, account):
            known.extend((path, one.name, one.body) for one in every)
            tests.extend(one for one in every if one.name in fresh)
        for path, every, fresh in _trees(case, account):
            known.extend((path, one.name, one.body) for one in every)
            tests.extend(one for one in every if one.name in fresh)
        return cls(tuple(tests), tuple(known), _symbols(case))

    def copies(self) -> Iterator[tuple[Test, str]]:
        """Yield new tests with the name of another test of the change's files that has the same body."""
        first: dict[tuple[str, str, str], str] = {}
        fresh = {(test.file, test.name) for test in self.tests if test.fresh}
        # What was there is the original. Under another roof the same lines may mean something else.
        for path, name, body in sorted(self.known, key=lambda one: (one[0], one[1]) in fresh):
            if body:
                first.setdefault((path, _roof(name), body), name)
        for test in self.tests:
            name = first.get((test.file, _roof(test.name), test.body), test.name)
            if test.fresh and name != test.name:
                yield test, name


def _is_test_file(path: str) -> bool:
    return roles.is_test(path) and not roles.is_foreign(path)


def _is_code_file(path: str) -> bool:
    return not roles.is_test(path) and not roles.is_foreign(path)


def _python(case: Case, account: Account) -> Iterator[tuple[str, list[Test], set[str]]]:
    for file in python_source.read(case, account, wanted=_is_test_file):
        if file.new is None or file.new_source is None:
            continue
        lines = file.new_source.decode("utf-8", "surrogateescape").split("\n")
        added = {line.number for line in file.file.added}
        side = TestFile.of(file.new, file.file.path)
        had = {one.name for one in TestFile.of(file.old, file.file.path).all} if file.old else set()
        every: list[Test] = []
        touched: set[str] = set()
        for one in side.all:
            node = one.node
            if not side.is_test(one) or isinstance(node, ast.Module):
                continue
            first = min([node.lineno, *(mark.lineno for mark in node.decorator_list)])
            last = node.end_lineno or node.lineno
            source = "\n".join(lines[first - 1 : last])
            start = (python_source.statements(node) or node.body)[0].lineno
            body = " ".join("\n".join([*lines[first - 1 : node.lineno - 1], *lines[start - 1 : last]]).split())
            used = frozenset(words(source))
            every.append(Test(one.file, one.name, one.line, used, _long(body), one.name not in had))
            if not added.isdisjoint(range(first, last + 1)):
                touched.add(one.name)
        yield file.file.path, every, touched


def _trees(case: Case, account: Account) -> Iterator[tuple[str, list[Test], set[str]]]:
    files, _ = tree_source.read(case, account, wanted=_is_test_file)
    for file in files:
        if file.new is None:
            continue
        added = {line.number for line in file.file.added}
        had = {one.name for one in functions(file.old)} if file.old else set()
        every: list[Test] = []
        touched: set[str] = set()
        all_ = functions(file.new)
        handed = calls(all_)
        for one in all_:
            if not is_test(one, file.language, handed.get(one, "")):
                continue
            body = " ".join((one.body or one.node).text.split())
            used = frozenset(words(one.node.text))
            every.append(Test(file.file.path, one.name, one.first, used, _long(body), one.name not in had))
            if not added.isdisjoint(range(one.first, one.last + 1)):
                touched.add(one.name)
        yield file.file.path, every, touched


def _roof(name: str) -> str:
    """Return the class or the group that a test stands in."""
    cut = max(name.rfind("'."), name.rfind('".'), name.rfind("`."))
    if cut >= 0:
        return name[: cut + 1]
    return name.rpartition(".")[0] if " " not in name else ""


def _long(body: str) -> str:
    return body if len(body) >= _FEW_BYTES else ""


def _symbols(case: Case) -> frozenset[str]:
    """Return the names of what a change adds or edits, and the words of its lines of code."""
    found: set[str] = set()
    silent = Account()
    for both in python_source.pair(python_source.read(case, silent, wanted=_is_code_file)):
        for side in (both.old, both.new):
            if side is not None and side.name != MODULE:
                found.update(side.name.split("#")[0].split("."))
    trees, _ = tree_source.read(case, silent, wanted=_is_code_file)
    for pair in tree_source.pairs(trees):
        for sided in (pair.old, pair.new):
            if sided is not None and sided.function.name != MODULE:
                found.update(_NAME.findall(sided.function.name))
    for file in case.files:
        if _is_code_file(file.path) and roles.is_program(file.path):
            for line in (*file.added, *file.removed):
                found.update(_NAME.findall(line.text[:_LONGEST]))
            found.add(file.path.rsplit("/", 1)[-1].partition(".")[0])
    return frozenset(name for name in found if len(name) >= _SHORTEST and name not in _KEYWORDS)
