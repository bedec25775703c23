"""Functions of a change that its new tests call, and whose answers no test compares with anything from elsewhere."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from typing import TYPE_CHECKING

from reviewer.checks import roles
from reviewer.checks.ident import shown
from reviewer.checks.oracles.model import RAISES, Relation
from reviewer.checks.oracles.places import name_of
from reviewer.checks.oracles.python import compared, once, resolve, text
from reviewer.checks.theater.facts import NOTHING, fact
from reviewer.checks.theater.subjects import asked

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from reviewer.checks.case import Case
    from reviewer.checks.ident import Fact
    from reviewer.checks.python_source import Function
    from reviewer.checks.theater.python_tests import Scope
    from reviewer.checks.theater.subjects import Asked, Subject

_MOST = 2_000
_MOST_FILES = 400
_MOST_BYTES = 8_000_000
_RECORDED = re.compile(
    r"\bcaplog\b|\brecords\b|\bassert_(?:any_)?(?:called|awaited)|\.called\b|\bcall_count\b|\bcall_args"
)
_ABOUT_IT = re.compile(r"(?i)log|warn|record|call|report|notif|emit|event|hook|retr|print|debug|send|sent|trace")
_ABOUT_KEEPING = re.compile(r"(?i)cache|memo|kept|keep|once|reuse|again")
_WHY_REPEATED = "What is worked out anew each time answers the same as well."
_WHY_DROPPED = "What is said on the way is no sign that what comes out is right."


def feeble(tests: Sequence[Function], scope: Scope, case: Case, found: Mapping[str, Subject]) -> Iterator[Fact]:
    """Yield facts about the answers of changed functions that tests let be.

    Args:
        tests: new tests.
        scope: the new side.
        case: the change.
        found: its functions.
    """
    answered = {name for name, one in found.items() if one.answer == "value"}
    fresh = {id(test.node) for test in tests}
    about: dict[str, list[tuple[Function, Asked]]] = defaultdict(list)
    for path in {test.file for test in tests}:
        file = scope.file(path)
        for function in file.all[:_MOST] if file else ():
            for one in asked(function, scope.own(function), file.defined if file else ()):
                for name in one.calls & answered:
                    about[name].append((function, one))
    for name, every in sorted(about.items()):
        yield from _unheld(name, every, fresh, case)
    for test in tests:
        yield from _dropped(test, scope, found)
        yield from _repeated(test, scope)


def _unheld(name: str, every: Sequence[tuple[Function, Asked]], fresh: set[int], case: Case) -> Iterator[Fact]:
    telling = [(test, one) for test, one in every if one.oracle.subject != RAISES]
    if not all(one.only_itself(name) or one.feeble() for _, one in telling):
        return
    mine = [(test, one) for test, one in telling if id(test.node) in fresh]
    itself = [
        (test, one) for test, one in mine if one.only_itself(name) and one.oracle.relation >= Relation.APPROXIMATE
    ]
    if not mine or _elsewhere(name, {test.file for test, _ in every}, case):
        return
    test, one = (itself or mine)[0]
    said = shown(one.oracle.text)
    if itself:
        message = f"Tests compare what {shown(name)} returns with itself alone: {said} in {shown(test.name)}."
        rule = "self-compared"
    else:
        message = f"Tests ask of what {shown(name)} returns only that there is something: {said} in {shown(test.name)}."
        rule = "oracle-feeble"
    yield fact(test.name, test.file, "low", message, NOTHING, name, one.oracle.first, rule=rule)


def _repeated(test: Function, scope: Scope) -> Iterator[Fact]:
    """Yield a test that is about what is kept and asks only whether the same call answers the same twice."""
    if not _ABOUT_KEEPING.search(test.name):
        return
    known = once(test)
    same = [
        (said, line)
        for said, line, left, right in compared(test)
        if (one := resolve(text(left), known)) == resolve(text(right), known) and "(" in one and " is " not in said
    ]
    if same and len(same) == len(scope.demands(test)):
        said, line = same[0]
        message = f"{shown(test.name)} asks only whether the same call answers the same twice: {shown(said)}"
        yield fact(test.name, test.file, "low", message, _WHY_REPEATED, said, line, rule="self-compared")


def _elsewhere(name: str, read: set[str], case: Case) -> bool:
    """Return whether a test file that was not read names a function."""
    if case.after is None:
        return False
    form = re.compile(rb"\b" + re.escape(name.encode("utf-8", "replace")) + rb"\b")
    left = _MOST_BYTES
    others = [path for path in case.after.paths() if path.endswith(".py") and roles.is_test(path) and path not in read]
    for path in others[:_MOST_FILES]:
        source = case.after.read(path) or b""
        left -= len(source)
        if left < 0 or form.search(source):
            return True
    return len(others) > _MOST_FILES


def _dropped(test: Function, scope: Scope, found: Mapping[str, Subject]) -> Iterator[Fact]:
    """Yield a test that throws an answer away and looks at what was said or called on the way alone."""
    demands = scope.demands(test)
    if not demands or _ABOUT_IT.search(test.name) or not all(_RECORDED.search(one.text) for one in demands):
        return
    for node in ast.walk(test.node):
        value = node.value if isinstance(node, ast.Expr) else None
        call = value.value if isinstance(value, ast.Await) else value
        if isinstance(call, ast.Call) and (one := found.get(name_of(call))) and one.answer == "value":
            message = (
                f"The new test {shown(test.name)} drops what {shown(name_of(call))} returns and asks only "
                f"{shown(demands[0].text)}."
            )
            yield fact(
                test.name,
                test.file,
                "low",
                message,
                _WHY_DROPPED,
                name_of(call),
                demands[0].first,
                rule="answer-dropped",
            )
            return
