"""All that is said of the Python tests of a change, by place; the parts come from the modules beside this one."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from reviewer.checks import roles
from reviewer.checks.ident import shown
from reviewer.checks.python_source import MODULE, Pair, pair, read
from reviewer.checks.theater.doubles import doubles
from reviewer.checks.theater.edited import edited, fresh, module, switched
from reviewer.checks.theater.facts import OFF, fact
from reviewer.checks.theater.kinds import bases
from reviewer.checks.theater.many_cases import gained_cases
from reviewer.checks.theater.moved import Gained, rewritten, words
from reviewer.checks.theater.new_tests import new_tests
from reviewer.checks.theater.python_tests import Scope, TestFile
from reviewer.checks.theater.python_untouched import untouched
from reviewer.checks.theater.removed import Gone, Vanished, removed
from reviewer.checks.theater.silent import silent

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewer.checks.account import Account
    from reviewer.checks.case import Case
    from reviewer.checks.ident import Fact
    from reviewer.checks.python_source import Function, PythonFile
    from reviewer.checks.theater.probing import Replays

_MOST_TESTS = 2_000


def python_facts(case: Case, account: Account, replays: Replays) -> Iterator[Fact]:
    """Yield facts about removed tests, then about each test by place.

    Args:
        case: the change.
        account: is told what was and was not read.
        replays: what became of the old tests on the new code.
    """
    files = read(case, account, wanted=lambda path: roles.is_test(path) and not roles.is_foreign(path))
    if not files:
        return
    old_files = [TestFile.of(file.old, file.file.path) for file in files if file.old]
    new_files = [TestFile.of(file.new, file.file.path) for file in files if file.new]
    sources = _Sources(files)
    old, new = Scope(old_files), Scope(new_files)
    pairs = _rewritten(pair(files), old, new, sources)
    vanished = Vanished.of(case)
    gained = _gained(pairs, old, new, sources, vanished.all)
    gained.kinds = bases(case)
    judged: set[tuple[str, str]] = set()
    said: set[tuple[str, str | None, int | None]] = set()
    gone = _gone(pairs, old, old_files, sources)
    deleted = {file.file.path: file.new is None for file in files}
    for one, tests in removed(gone, deleted, vanished, gained):
        yield replays.judge(one, tuple((test.file, test.name) for test in tests))
    for both in pairs:
        before = ((both.old.file, both.old.name),) if both.old else ()
        try:
            found = list(_pair_facts(both, old, new, gained, _went(both, sources, vanished)))
        except RecursionError:
            account.missing("nested too deeply", both.new.file if both.new else "")
            continue
        judged.update(before if found else ())
        for each in found:
            said.add((each.rule, each.file, each.line))
            yield replays.judge(each, before) if before else each
    for both in untouched(pairs, old_files, new_files):
        key = ((both.old.file, both.old.name),) if both.old else ()
        for each in switched(both, old, new):
            place = (each.rule, each.file, each.line)
            if place not in said:
                said.add(place)
                yield replays.judge(each, key)
    yield from silent(_unasked(pairs, new), new, lambda test: sources.of(test, "new"))
    yield from new_tests(_come(pairs, new), pairs, new, case)
    yield from doubles(pairs, new, old, case)
    yield from _shadowed(files, new)
    yield from replays.needed(judged)


class _Sources:
    """The text of functions, with their decorators."""

    def __init__(self, files: Sequence[PythonFile]) -> None:
        self._lines = {
            side: {
                file.file.path: source.decode("utf-8", "surrogateescape").split("\n")
                for file in files
                if (source := file.old_source if side == "old" else file.new_source) is not None
            }
            for side in ("old", "new")
        }

    def of(self, function: Function, side: str) -> str:
        node = function.node
        lines = self._lines[side].get(function.file, [])
        if isinstance(node, ast.Module):
            return ""
        first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
        return "\n".join(lines[first - 1 : node.end_lineno or node.lineno])


def _rewritten(pairs: Sequence[Pair], old: Scope, new: Scope, sources: _Sources) -> list[Pair]:
    """Return the pairs with those tests matched too that stand in other words in the same change."""
    gone = [one for one in pairs if one.new is None and one.old and _tests(old, one.old)]
    come = [one for one in pairs if one.old is None and one.new and _tests(new, one.new)]
    before = [sources.of(one.old, "old") for one in gone if one.old]
    after = [sources.of(one.new, "new") for one in come if one.new]
    matched = {id(come[other]): gone[number] for number, other in rewritten(before, after)}
    dropped = {id(one) for one in matched.values()}
    return [
        Pair(matched[id(one)].old, one.new) if id(one) in matched else one for one in pairs if id(one) not in dropped
    ]


def _tests(scope: Scope, function: Function) -> bool:
    file = scope.file(function.file)
    return file is not None and file.is_test(function)


def _gained(pairs: Sequence[Pair], old: Scope, new: Scope, sources: _Sources, gone: frozenset[str]) -> Gained:
    gained = Gained(gone=gone)
    for one in pairs:
        if one.new is None or one.new.name == MODULE:
            continue
        if gained_cases(one.old, one.new):
            gained.cased.append(frozenset(oracle.text for oracle in new.demands(one.new)))
        gained.add(
            sources.of(one.old, "old") if one.old else "",
            sources.of(one.new, "new"),
            old.demands(one.old) if one.old else (),
            new.demands(one.new),
        )
    return gained


def _gone(pairs: Sequence[Pair], old: Scope, files: Sequence[TestFile], sources: _Sources) -> list[Gone]:
    tests = [one.old for one in pairs if one.new is None and one.old and _tests(old, one.old)]
    neighbours: dict[str, list[tuple[int, set[str]]]] = {}
    for file in files:
        if any(test.file == file.path for test in tests):
            neighbours[file.path] = [
                (id(one.node), words(sources.of(one, "old"))) for one in file.all[:_MOST_TESTS] if file.is_test(one)
            ]
    leaving = {id(test.node) for test in tests}
    return [
        Gone(
            test.file,
            test.name,
            test.line,
            sources.of(test, "old"),
            [said for node, said in neighbours[test.file] if node not in leaving][:200],
            frozenset(oracle.text for oracle in old.demands(test)),
        )
        for test in tests
    ]


def _went(one: Pair, sources: _Sources, vanished: Vanished) -> str:
    """Return a name that a test has no more and that the code outside tests lost with its definition, "" if none."""
    if one.old is None or one.new is None or not vanished.names:
        return ""
    lost = words(sources.of(one.old, "old")) - words(sources.of(one.new, "new"))
    return min(lost & vanished.names, default="")


def _pair_facts(one: Pair, old: Scope, new: Scope, gained: Gained, went: str) -> Iterator[Fact]:
    function = one.new
    if function is None:
        return
    if function.name == MODULE:
        yield from module(one)
        return
    was_test = one.old is not None and _tests(old, one.old)
    is_test = _tests(new, function)
    if is_test or was_test:
        yield from switched(one, old, new)
    if one.old is None:
        if is_test:
            yield from fresh(function, new)
    elif is_test or was_test or _helps(one.old, old):
        yield from edited(one, old, new, gained, went)


def _helps(function: Function, scope: Scope) -> bool:
    """Return whether a function asserts something for the tests of its file."""
    file = scope.file(function.file)
    # What stands inside another function is told of with it.
    beside = file is not None and id(function.node) not in file.nested
    beside = beside and file is not None and (file.has_tests or file.path.endswith("conftest.py"))
    return beside and any(not oracle.helper for oracle in scope.own(function))


def _unasked(pairs: Sequence[Pair], scope: Scope) -> list[Function]:
    """Return the new tests that demand nothing."""
    return [test for test in _come(pairs, scope) if not scope.demands(test)]


def _come(pairs: Sequence[Pair], scope: Scope) -> list[Function]:
    """Return the new tests."""
    return [one.new for one in pairs if one.old is None and one.new is not None and _tests(scope, one.new)]


def _shadowed(files: Sequence[PythonFile], scope: Scope) -> Iterator[Fact]:
    for file in files:
        known = scope.file(file.file.path) if file.new is not None else None
        added = {line.number for line in file.file.added} if known else set()
        for function in known.all if known else ():
            decorated = getattr(function.node, "decorator_list", [])
            if "#" in function.name and _tests(scope, function) and not decorated and function.line in added:
                name = shown(function.name.split("#")[0])
                message = f"A second test named {name} replaces the first, which never runs."
                yield fact(
                    function.name,
                    function.file,
                    "medium",
                    message,
                    OFF,
                    function.name,
                    function.line,
                    rule="test-shadowed",
                )
