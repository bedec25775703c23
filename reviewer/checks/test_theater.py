"""Test theater: tests that went, that no longer run, or that demand less than they did.

Python by syntax tree, with the tests of both sides matched by name and then by body, so that moves and renames are no
losses; other languages by the form of lines. Whether an edit was needed to be green takes a run, and is not known here.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from reviewer.checks import roles
from reviewer.checks.account import Account
from reviewer.checks.ident import Fact, shown
from reviewer.checks.oracles import compare
from reviewer.checks.oracles.python import Relation, cases, caught_assertions, module_skip, oracles, skips
from reviewer.checks.python_source import MODULE, functions, pair, read
from reviewer.checks.theater_lines import line_facts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewer.checks.case import Case
    from reviewer.checks.finding import CheckResult, Mode, Severity, Side
    from reviewer.checks.oracles.python import Oracle
    from reviewer.checks.python_source import Function, Pair, PythonFile

_WHY_GONE = "What this test held in place can now change unnoticed."
_WHY_SKIP = "A test that does not run or cannot fail looks like one that passes."
_WHY_WEAK = "It would still pass if the behaviour were wrong in ways that it used to catch."
_WHY_LITERAL = "An expectation that changes with the code shows what the code does, not what it should do."
_WHY_NONE = "Without a comparison it fails only when the code raises."
_NAME = re.compile(r"(?:.*\.)?test\w*(?:#\d+)?")
_MANY = 4


class TestTheaterCheck:
    """Finds tests that were deleted, switched off or weakened, and new ones that compare nothing."""

    __test__ = False
    mode: Mode = "test_theater"
    version = 1

    def run(self, case: Case) -> CheckResult:
        """Return findings on Python tests by place, then on lines of other languages."""
        account = Account()
        files = read(case, account, wanted=roles.is_test)
        pairs = pair(files)
        gained = _gained(pairs)
        gone_names = _names_gone(case)
        facts: list[Fact] = list(_removed(pairs, files, gone_names))
        for one in pairs:
            facts.extend(_pair_facts(one, gained))
        facts.extend(_shadowed(files))
        facts.extend(line_facts(case, account))
        return account.result(self.mode, self.version, facts, nothing="no test file changes")


def _is_test(function: Function | None) -> bool:
    return function is not None and _NAME.fullmatch(function.name) is not None and "<" not in function.name


def _gained(pairs: Sequence[Pair]) -> Counter[str]:
    """Count the oracles that some function has now and did not have before."""
    gained: Counter[str] = Counter()
    for one in pairs:
        new = Counter(o.text for o in oracles(one.new)) if one.new and one.new.name != MODULE else Counter[str]()
        old = Counter(o.text for o in oracles(one.old)) if one.old and one.old.name != MODULE else Counter[str]()
        gained.update(new - old)
    return gained


def _names_gone(case: Case) -> set[str]:
    """Return the names of functions and classes that removed lines outside tests defined and added lines do not."""
    definition = re.compile(
        r"(?:\b(?:def|class|function|func|fn)\s+(?:\([^)]*\)\s*)?|^(?=\w+\s*(?::[^=]*)?=[^=]))(\w+)"
    )
    gone: set[str] = set()
    back: set[str] = set()
    for file in case.files:
        if not roles.is_test(file.path):
            gone.update(name for line in file.removed for name in definition.findall(line.text[:300]))
        back.update(name for line in file.added for name in definition.findall(line.text[:300]))
    return {name for name in gone - back if len(name) > 2}


def _removed(pairs: Sequence[Pair], files: Sequence[PythonFile], gone_names: set[str]) -> Iterator[Fact]:
    """Yield removed tests: singly, or one finding for a file that lost many or went as a whole."""
    by_file: dict[str, list[Function]] = {}
    for one in pairs:
        if one.old is not None and one.new is None and _is_test(one.old):
            by_file.setdefault(one.old.file, []).append(one.old)
    deleted = {file.file.path for file in files if file.new is None}
    for path, tests in by_file.items():
        living = [test for test in tests if not _names_in(test) & gone_names]
        severity: Severity = "medium" if living else "info"
        if path in deleted or len(tests) > _MANY:
            rule = "test-file-deleted" if path in deleted else "tests-removed"
            what = f"{shown(path)} is deleted with" if path in deleted else f"{shown(path)} loses"
            names = ", ".join(shown(test.name, 50) for test in tests[:_MANY])
            message = (
                f"{what} {len(tests)} tests whose code reappears nowhere: {names}{' …' if len(tests) > _MANY else ''}."
            )
            quote = " ".join(test.name for test in tests)
            yield _fact(tests[0], rule, severity, message, _WHY_GONE, quote, side="old")
            continue
        for test in tests:
            subject = _names_in(test) & gone_names
            message = f"The test {shown(test.name)} is removed, and its code reappears nowhere."
            if subject:
                message = f"The test {shown(test.name)} is removed together with {shown(min(subject))}, which it names."
            yield _fact(
                test, "test-removed", "info" if subject else "medium", message, _WHY_GONE, test.name, side="old"
            )


def _names_in(test: Function) -> set[str]:
    return set(re.findall(r"'(\w+)'", test.shape))


def _pair_facts(one: Pair, gained: Counter[str]) -> Iterator[Fact]:
    new = one.new
    if new is None:
        return
    if new.name == MODULE:
        mark, was = module_skip(new), module_skip(one.old) if one.old else None
        if mark is not None and was is None:
            message = f"All tests of {shown(new.file)} are marked: {shown(mark[0])}"
            yield _fact(new, "test-skipped", "high", message, _WHY_SKIP, mark[0], line=mark[1])
        return
    if not _is_test(new):
        return
    name = shown(new.name)
    yield from _switched_off(one, new, name)
    now = oracles(new)
    if one.old is None:
        yield from _new_test(new, now, name)
        return
    before = oracles(one.old)
    moved = gained - Counter(oracle.text for oracle in now)
    for loss in compare.losses(name, before, now, moved):
        place = loss.new or loss.old
        why = _WHY_LITERAL if loss.rule == "expected-changed" else _WHY_WEAK
        side: Side = "old" if loss.new is None else "new"
        function = one.old if loss.new is None else new
        yield _fact(function, loss.rule, loss.severity, loss.message, why, loss.old.text, line=place.first, side=side)
    yield from _tautologies(new, now, before, name)
    had, has = cases(one.old), cases(new)
    if had and has is not None and len(has) < len(had):
        missing = [text for text in had if text not in has]
        if missing:
            message = f"{name} runs {len(has)} cases and ran {len(had)}; gone: {shown(missing[0])}"
            yield _fact(new, "cases-dropped", "medium", message, _WHY_GONE, missing[0])


def _switched_off(one: Pair, new: Function, name: str) -> Iterator[Fact]:
    was = skips(one.old) if one.old else {}
    for kind, (text, line) in skips(new).items():
        if kind in was:
            continue
        # A new test that is skipped has taken nothing away.
        severity: Severity = "low" if one.old is None or kind == "skipif" else "high"
        rule = "test-xfail" if kind == "xfail" else "test-skipped"
        yield _fact(new, rule, severity, f"{name} is switched off: {shown(text)}", _WHY_SKIP, text, line=line)
    caught = caught_assertions(new)
    if len(caught) > len(caught_assertions(one.old) if one.old else ()):
        text, line = caught[-1]
        message = f"{name} catches the failure of its own assertion: {shown(text)}"
        yield _fact(new, "assertion-caught", "high", message, _WHY_SKIP, text, line=line)


def _new_test(new: Function, now: Sequence[Oracle], name: str) -> Iterator[Fact]:
    telling = [oracle for oracle in now if oracle.relation is not Relation.TAUTOLOGY]
    if not telling and not now:
        yield _fact(new, "no-oracle", "low", f"The new test {name} compares nothing.", _WHY_NONE, new.name)
    yield from _tautologies(new, now, (), name)


def _tautologies(new: Function, now: Sequence[Oracle], before: Sequence[Oracle], name: str) -> Iterator[Fact]:
    old = {oracle.text for oracle in before}
    for oracle in now:
        if oracle.relation is Relation.TAUTOLOGY and oracle.text not in old:
            message = f"{name} asserts what is always true: {shown(oracle.text)}"
            yield _fact(new, "oracle-tautology", "medium", message, _WHY_NONE, oracle.text, line=oracle.first)


def _shadowed(files: Sequence[PythonFile]) -> Iterator[Fact]:
    for file in files:
        if file.new is None:
            continue
        added = {line.number for line in file.file.added}
        for function in functions(file.new, file.file.path):
            decorated = getattr(function.node, "decorator_list", [])
            if "#" in function.name and _is_test(function) and not decorated and function.line in added:
                name = shown(function.name.split("#")[0])
                message = f"A second test named {name} replaces the first, which never runs."
                yield _fact(function, "test-shadowed", "medium", message, _WHY_SKIP, function.name)


def _fact(  # noqa: PLR0917 - a place in a function, in the order of a sentence
    function: Function,
    rule: str,
    severity: Severity,
    message: str,
    why: str,
    quote: str,
    *,
    line: int | None = None,
    side: Side = "new",
) -> Fact:
    return Fact(
        rule=rule,
        severity=severity,
        message=message,
        why=why,
        quote=f"{function.name} {quote}",
        file=function.file,
        side=side,
        line=line or function.line,
    )
