"""All that is said of tests in languages that are read as syntax trees, by place.

Modelled on what linters of tests look for (expect-expect, valid-expect, no-disabled-tests, no-focused-tests), told for
what the change did. Tests are matched before and after by name, by body and by likeness.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reviewer.checks import roles, tree_source
from reviewer.checks.ident import shown
from reviewer.checks.oracles import compare
from reviewer.checks.oracles.model import Oracle, Relation
from reviewer.checks.oracles.trees import oracles
from reviewer.checks.oracles.trees.calls import standing
from reviewer.checks.oracles.trees.script import void
from reviewer.checks.theater.facts import GONE, LITERAL, NOTHING, OFF, WEAK, fact, is_about_equality
from reviewer.checks.theater.moved import Gained, words
from reviewer.checks.theater.removed import Gone, Vanished, removed
from reviewer.checks.theater.tree_skips import cases, modifiers, plain_name, skipped
from reviewer.checks.theater.tree_tests import calls, is_test
from reviewer.syntax.function import functions
from reviewer.syntax.pairing import FilePair, pair
from reviewer.text import plural

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewer.checks.account import Account
    from reviewer.checks.case import Case, ChangedFile
    from reviewer.checks.finding import Severity, Side
    from reviewer.checks.ident import Fact
    from reviewer.checks.roles import Language
    from reviewer.checks.theater.probing import Replays
    from reviewer.checks.tree_source import TreeFile
    from reviewer.syntax.function import Function
    from reviewer.syntax.pairing import Pair, Sided
    from reviewer.syntax.tree import Tree

_MOST_OTHERS = 200
_NAMED = 4
_LONGEST = 40_000
_CALLED = re.compile(r"([A-Za-z_]\w*)\s*[(!]")


@dataclass(frozen=True, slots=True)
class Tests:
    """One side of a test file.

    Attributes:
        tests: its tests under their plain names, each with all that is inside it.
        called: what each test and group is handed to, by plain name.
        helpers: own names of other functions that assert something.
    """

    __test__ = False

    tests: tuple[Function, ...]
    called: dict[str, tuple[str, int]]
    helpers: frozenset[str]

    @classmethod
    def of(cls, tree: Tree | None, language: Language) -> Tests:
        """Return the tests of a tree."""
        if tree is None:
            return cls((), {}, frozenset())
        every = functions(tree)
        handed = calls(every)
        tests: list[Function] = []
        called: dict[str, tuple[str, int]] = {}
        helpers: set[str] = set()
        end = -1
        for one in every:
            name = plain_name(one.name)
            if one in handed:
                called.setdefault(name, (handed[one], one.first))
            if is_test(one, language, handed.get(one, "")):
                if one.node.start >= end:
                    tests.append(replace(one, name=name, inner=frozenset(), _cache={}))
                    end = one.node.end
            elif one.kind in {"function", "method"} and oracles(one, language):
                helpers.add(name.rsplit(".", 1)[-1].split("#")[0])
        return cls(tuple(tests), called, frozenset(helpers))


def tree_facts(case: Case, account: Account, replays: Replays) -> tuple[list[Fact], tuple[ChangedFile, ...]]:
    """Return facts about tests, and the test files that could not be read as trees.

    Args:
        case: the change.
        account: is told what was and was not read.
        replays: what became of the old tests on the new code.
    """
    files, unread = tree_source.read(
        case, account, wanted=lambda path: roles.is_test(path) and not roles.is_foreign(path)
    )
    return list(_facts(case, files, replays)) if files else [], unread


def _facts(case: Case, files: Sequence[TreeFile], replays: Replays) -> Iterator[Fact]:
    old = {one.file.path: Tests.of(one.old, one.language) for one in files}
    new = {one.file.path: Tests.of(one.new, one.language) for one in files}
    languages = {one.file.path: one.language for one in files}
    pairs = pair([FilePair(one.file.path, old[one.file.path].tests, new[one.file.path].tests) for one in files])
    helpers = frozenset(name for side in (old, new) for each in side.values() for name in each.helpers)
    read = _Reader(languages, helpers)
    vanished = Vanished.of(case)
    gained = Gained(gone=vanished.all)
    for one in pairs:
        if one.new is not None:
            before = one.old.function if one.old else None
            gained.add(
                before.node.text if before else "",
                one.new.function.node.text,
                read.of(one.old) if one.old else (),
                read.of(one.new),
            )
    deleted = {one.file.path: one.new is None for one in files}
    for said, tests in removed(_gone(pairs, old), deleted, vanished, gained, one="low"):
        yield replays.judge(said, tuple((test.file, test.name) for test in tests))
    for path, side in new.items():
        yield from _modified(path, old[path], side)
    for one in pairs:
        if one.old is not None and one.new is not None:
            key = ((one.old.file, one.old.function.name),)
            for said in _edited(one, languages[one.new.file], gained, read):
                yield replays.judge(said, key)
        elif one.new is not None:
            yield from _fresh(one.new, languages[one.new.file], read)
    yield from _silent(pairs, read)


class _Reader:
    """The oracles of tests, read once, with the helpers that assert for them as calls."""

    def __init__(self, languages: dict[str, Language], helpers: frozenset[str]) -> None:
        self._languages = languages
        self._helpers = helpers
        self._read: dict[Function, list[Oracle]] = {}

    def of(self, test: Sided) -> list[Oracle]:
        """Return what a test asserts."""
        function = test.function
        if function not in self._read:
            found = oracles(function, self._languages[test.file])
            said = {oracle.subject for oracle in found if oracle.helper}
            for name in sorted(self._helpers & set(_CALLED.findall(function.node.text[:_LONGEST])) - said):
                first, last = function.first, function.last
                found.append(Oracle(Relation.MEMBER, name, "", f"{name}(…)", first, last, helper=True))
            self._read[function] = found
        return self._read[function]


def _gone(pairs: Sequence[Pair], old: dict[str, Tests]) -> list[Gone]:
    gone = [one.old for one in pairs if one.new is None and one.old is not None]
    leaving = {(one.file, one.function.name) for one in gone}
    others: dict[str, list[set[str]]] = {}
    for path in {one.file for one in gone}:
        staying = [test for test in old[path].tests if (path, test.name) not in leaving]
        others[path] = [words(test.node.text) for test in staying[:_MOST_OTHERS]]
    return [
        Gone(one.file, one.function.name, one.function.first, one.function.node.text, others[one.file]) for one in gone
    ]


def _modified(path: str, old: Tests, new: Tests) -> Iterator[Fact]:
    """Yield tests and groups that are handed to something that skips or singles out, and were not before."""
    for name, (called, line) in new.called.items():
        was = old.called.get(name)
        had = modifiers(was[0]) if was else frozenset[str]()
        for kind in sorted(modifiers(called) - had):
            if kind == "only":
                message = f"{shown(name)} is set to run alone: {shown(called)}"
                yield fact(name, path, "medium", message, OFF, called, line, rule="test-only")
            else:
                severity: Severity = "high" if was else "low"
                message = f"{shown(name)} is switched off: {shown(called)}"
                yield fact(name, path, severity, message, OFF, called, line, rule="test-skipped")


def _edited(one: Pair, language: Language, gained: Gained, read: _Reader) -> Iterator[Fact]:
    if one.old is None or one.new is None:
        return
    before, after, path = one.old.function, one.new.function, one.new.file
    name = shown(after.name)
    had, has = read.of(one.old), read.of(one.new)
    told = {oracle.text for oracle in had}
    for loss in compare.losses(name, had, has, gained.without(oracle.text for oracle in has)):
        place = loss.new or loss.old
        if loss.new is not None:
            told.add(loss.new.text)
        side: Side = "old" if loss.new is None else "new"
        why = LITERAL if loss.rule == "expected-changed" else WEAK
        where = one.old.file if loss.new is None else path
        yield fact(
            after.name, where, loss.severity, loss.message, why, loss.old.text, place.first, rule=loss.rule, side=side
        )
    was = dict(skipped(before, language))
    for text, line in skipped(after, language):
        if text not in was:
            conditional = text.startswith("if ")
            severity: Severity = "low" if conditional else "high"
            what = "is switched off at times" if conditional else "is switched off"
            message = f"{name} {what}: {shown(text)}"
            yield fact(after.name, path, severity, message, OFF, text, line, rule="test-skipped")
    known = {text for text, _, _ in _void(before, language)}
    yield from _unasserted(path, after, [one for one in _void(after, language) if one[0] not in known])
    yield from _tautologies(one.new, read, told)
    lists = cases(before, language), cases(after, language)
    for was_list, now_list in zip(*lists, strict=False) if len(lists[0]) == len(lists[1]) else ():
        if now_list[0] < was_list[0]:
            message = f"{name} runs {plural(now_list[0], 'case')} and ran {was_list[0]:,}."
            weight: Severity = "medium" if 2 * now_list[0] <= was_list[0] else "low"
            yield fact(after.name, path, weight, message, GONE, "cases", now_list[1], rule="cases-dropped")


def _fresh(new: Sided, language: Language, read: _Reader) -> Iterator[Fact]:
    path, test = new.file, new.function
    for text, line in skipped(test, language):
        if not text.startswith("if "):
            message = f"The new test {shown(test.name)} is switched off: {shown(text)}"
            yield fact(test.name, path, "low", message, OFF, text, line, rule="test-skipped")
    yield from _unasserted(path, test, list(_void(test, language)))
    yield from _tautologies(new, read, set())


def _void(test: Function, language: Language) -> Iterator[tuple[str, int, str]]:
    if language not in {"javascript", "typescript"}:
        return
    for place in standing(test):
        why = void(place)
        if why is not None:
            yield " ".join(place.node.text[:200].split()), place.node.first, why


def _unasserted(path: str, test: Function, found: Sequence[tuple[str, int, str]]) -> Iterator[Fact]:
    for text, line, why in found:
        message = f"{shown(test.name)} does not assert {shown(text)}: {shown(why)}."
        yield fact(test.name, path, "medium", message, OFF, text, line, rule="assertion-void")


def _tautologies(new: Sided, read: _Reader, known: set[str]) -> Iterator[Fact]:
    path, test = new.file, new.function
    for oracle in read.of(new):
        if oracle.relation is Relation.TAUTOLOGY and oracle.text not in known and not is_about_equality(test.name):
            message = f"{shown(test.name)} asserts what is always true: {shown(oracle.text)}"
            yield fact(test.name, path, "medium", message, NOTHING, oracle.text, oracle.first, rule="oracle-tautology")


def _silent(pairs: Sequence[Pair], read: _Reader) -> Iterator[Fact]:
    """Yield, for each file, the new tests that compare nothing and call nothing that does."""
    by_file: dict[str, list[Function]] = {}
    for one in pairs:
        if one.old is None and one.new is not None and not read.of(one.new):
            by_file.setdefault(one.new.file, []).append(one.new.function)
    for path, tests in by_file.items():
        names = ", ".join(shown(test.name, 60) for test in tests[:_NAMED]) + (" …" if len(tests) > _NAMED else "")
        message = f"The new test {names} compares nothing that is seen here."
        if len(tests) > 1:
            message = f"{len(tests):,} new tests compare nothing that is seen here: {names}."
        quote = " ".join(test.name for test in tests)
        yield fact(tests[0].name, path, "info", message, NOTHING, quote, tests[0].first, rule="no-oracle")
