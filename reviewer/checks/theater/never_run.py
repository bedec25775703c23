"""New Python tests that a runner does not find, does not await, or whose verdict it throws away."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from reviewer.checks import roles
from reviewer.checks.ident import shown
from reviewer.checks.oracles.python import asserting, text
from reviewer.checks.sides import contents
from reviewer.checks.theater.facts import OFF, fact

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewer.checks.case import Case
    from reviewer.checks.ident import Fact
    from reviewer.checks.python_source import Function, Pair
    from reviewer.checks.theater.python_tests import Scope, TestFile

_NAME = re.compile(r"test_\w+")
_OURS = re.compile(r"\bpython_(?:files|classes|functions)\b")
_AWAITS = re.compile(
    r"asyncio_mode|anyio_mode|trio_mode|anyio_backend|pytest_pyfunc_call|pytest_collection_modifyitems|tornasync"
    r"|asynctest|pytest-aiohttp|aiohttp|pytest_asyncio_auto|twisted|curio"
)
_MARKED = re.compile(r"(?i)async|anyio|trio|gen_test|curio|twisted|inline")
_SETTINGS = frozenset({"pyproject.toml", "pytest.ini", ".pytest.ini", "tox.ini", "setup.cfg", "conftest.py"})
_MOST_SETTINGS = 60
_MOST_BYTES = 400_000
_PLAIN_CASES = frozenset({"TestCase", "unittest.TestCase", "SimpleTestCase"})


def never_run(pairs: Sequence[Pair], scope: Scope, case: Case) -> Iterator[Fact]:
    """Yield a fact for each new test that says nothing when the tests run.

    Args:
        pairs: functions of test files whose code differs.
        scope: the new side.
        case: the change, for the settings of its runner.
    """
    settings: str | None = None
    for one in pairs:
        test = one.new
        if one.old is not None or test is None or isinstance(test.node, ast.Module):
            continue
        file = scope.file(test.file)
        own = test.name.split("#")[0].rsplit(".", 1)[-1]
        if file is None or _NAME.fullmatch(own) is None:
            continue
        why = _unfound(test, own, file, scope)
        if why or _is_bare_coroutine(test, file):
            settings = _settings(case) if settings is None else settings
        if why and not _OURS.search(settings or ""):
            message = f"No usual runner finds the new test {shown(test.name)}: {shown(why)}."
            yield fact(test.name, test.file, "medium", message, OFF, own, test.line, rule="test-uncollected")
        elif not why and file.is_test(test):
            yield from _unawaited(test, file, settings or "")
            if any(scope.own(each) for each in file.all):
                yield from _returned(test, own, file)


def _unfound(test: Function, own: str, file: TestFile, scope: Scope) -> str:
    """Return why no runner finds a function that is called a test and asserts something, "" if one would."""
    node = test.node
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or node.decorator_list or not scope.own(test):
        return ""
    if id(node) in file.nested:
        named = sum(isinstance(part, ast.Name) and part.id == own for part in ast.walk(file.tree))
        exported = any(isinstance(part, ast.Constant) and part.value == own for part in ast.walk(file.tree))
        return "" if named or exported else "it stands inside another function, which does not call it"
    owner = file.owner(test)
    if owner is None or owner.bases or owner.keywords or owner.decorator_list:
        return ""
    if any(isinstance(part, ast.FunctionDef) and part.name == "__init__" for part in owner.body):
        return f"its class {owner.name} has a constructor"
    used = any(isinstance(part, ast.Name) and part.id == owner.name for part in ast.walk(file.tree))
    if used or owner.name.startswith("Test"):
        return ""
    alike = [
        one for one in file.all if file.is_test(one) and one.node is not node and file.owner(one) not in {None, owner}
    ]
    if any(_plain(file.owner(one)) for one in alike):
        return ""
    return f"its class is called {owner.name}, which does not begin with Test"


def _plain(owner: ast.ClassDef | None) -> bool:
    return owner is not None and not owner.bases and not owner.name.startswith("Test")


def _is_bare_coroutine(test: Function, file: TestFile) -> bool:
    node = test.node
    if not isinstance(node, ast.AsyncFunctionDef) or node.decorator_list or not file.is_test(test):
        return False
    owner = file.owner(test)
    if owner is None:
        return True
    marked = owner.decorator_list or any("pytestmark" in text(part)[:200] for part in owner.body)
    return not marked and all(text(base) in _PLAIN_CASES for base in owner.bases)


def _unawaited(test: Function, file: TestFile, settings: str) -> Iterator[Fact]:
    if not _is_bare_coroutine(test, file):
        return
    owner = file.owner(test)
    if owner is not None and owner.bases:
        why = f"{shown(text(owner.bases[0]))} calls it and awaits nothing"
    else:
        module = [part for part in file.tree.body if isinstance(part, ast.Assign) and "pytestmark" in text(part)[:200]]
        others = [
            one.node
            for one in file.all
            if isinstance(one.node, ast.AsyncFunctionDef) and one.node is not test.node and file.is_test(one)
        ]
        marked = [one for one in others if any(_MARKED.search(text(mark)) for mark in one.decorator_list)]
        if module or _AWAITS.search(settings) or len(marked) < len(others) or not marked:
            return
        why = f"it has no mark such as {shown(text(marked[0].decorator_list[0]))} beside it"
    message = f"The new test {shown(test.name)} is a coroutine that nothing awaits: {why}."
    yield fact(test.name, test.file, "medium", message, OFF, test.name, test.line, rule="test-unawaited")


def _returned(test: Function, own: str, file: TestFile) -> Iterator[Fact]:
    """Yield a comparison that a test returns in place of asserting it."""
    node = test.node
    last = node.body[-1] if node.body else None
    value = last.value if isinstance(last, ast.Return) else None
    if not isinstance(value, ast.Compare | ast.BoolOp) or own in file.used or getattr(node, "decorator_list", []):
        return
    if any(isinstance(part, ast.stmt) and asserting(part) for part in ast.walk(node)):
        return
    message = f"{shown(test.name)} does not assert {shown(text(value))}: it returns it, and no runner looks at that."
    yield fact(
        test.name,
        test.file,
        "medium",
        message,
        OFF,
        text(value),
        last.lineno if last else test.line,
        rule="assertion-void",
    )


def _settings(case: Case) -> str:
    """Return the text of what sets the runner of tests."""
    changed = [file for file in case.files if file.path.rsplit("/", 1)[-1] in _SETTINGS]
    found = [contents(case, file).new or b"" for file in changed]
    tree = case.after or case.before
    if tree is not None:
        seen = {file.path for file in case.files}
        rest = [path for path in tree.paths() if path.rsplit("/", 1)[-1] in _SETTINGS and path not in seen]
        found.extend(tree.read(path) or b"" for path in rest[:_MOST_SETTINGS] if not roles.is_foreign(path))
    return "\n".join(one[:_MOST_BYTES].decode("utf-8", "replace") for one in found)
