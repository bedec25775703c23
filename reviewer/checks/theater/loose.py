"""New Python tests that allow nearly everything, run one case twice, or leave out what those beside them look at."""

from __future__ import annotations

import ast
import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from reviewer.checks.ident import shown
from reviewer.checks.oracles.model import RAISES, Relation, exceptions
from reviewer.checks.oracles.parametrized import cases
from reviewer.checks.oracles.places import condition, name_of
from reviewer.checks.oracles.python import text
from reviewer.checks.theater.facts import OFF, WEAK, fact

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewer.checks.ident import Fact
    from reviewer.checks.oracles.model import Oracle
    from reviewer.checks.python_source import Function
    from reviewer.checks.theater.python_tests import Scope

_WHY_WIDE = "It would still pass if the result were wrong by that much."
_NUMBER = re.compile(r"(?:^|approx\()\s*(-?\d{1,30}(?:\.\d{0,30})?(?:e-?\d{1,3})?)\s*(?:$|[,)])")
_STATUS = re.compile(r"[1-5]\d\d")
_WIDE = 0.1
_FEW = 2
_MOST = 2_000
_LONGEST = 200


def loose(tests: Sequence[Function], scope: Scope) -> Iterator[Fact]:
    """Yield facts about how much new tests allow.

    Args:
        tests: new tests.
        scope: their side.
    """
    fresh = {id(test.node) for test in tests}
    matched: dict[str, dict[str, tuple[int, int]]] = {}
    for test in tests:
        name = shown(test.name)
        for one in scope.own(test):
            allowed = _wide(one)
            if allowed:
                message = f"{name} allows {allowed} in {shown(one.text)}."
                yield fact(test.name, test.file, "low", message, _WHY_WIDE, one.text, one.first, rule="tolerance-wide")
        yield from _equal_cases(test, scope)
        yield from _either(test)
        if test.file not in matched:
            matched[test.file] = _matched(test.file, scope, fresh)
        yield from _unmatched(test, scope, matched[test.file])


def _wide(one: Oracle) -> str:
    if one.relation is not Relation.APPROXIMATE:
        return ""
    slack = dict(one.slack)
    if slack.get("rel", 0) >= _WIDE:
        return f"a tolerance of {slack['rel']:.0%}"
    number = _NUMBER.search(one.expected[:_LONGEST])
    about = abs(float(number[1])) if number is not None else 0.0
    if about and slack.get("abs", 0) >= _WIDE * about:
        return f"a tolerance of {slack['abs']:g} around {about:g}"
    return ""


def _equal_cases(test: Function, scope: Scope) -> Iterator[Fact]:
    file = scope.file(test.file)
    marks = {mark.lineno for mark in getattr(test.node, "decorator_list", [])}
    for listed in cases(test, file.tree if file else None, file.owner(test) if file else None):
        if listed.line not in marks:
            continue
        # What a call answers may differ each time.
        written = [one for one in listed.values if "(" not in one and "\N{HORIZONTAL ELLIPSIS}" not in one]
        twice = [one for one, times in Counter(written).items() if times > 1]
        if twice:
            message = f"{shown(test.name)} runs the case {shown(twice[0])} more than once."
            yield fact(test.name, test.file, "low", message, OFF, twice[0], listed.line, rule="cases-equal")


def _either(test: Function) -> Iterator[Fact]:
    """Yield assertions that take one thing or the other."""
    for node in ast.walk(test.node):
        asked = node.test if isinstance(node, ast.Assert) else None
        if isinstance(node, ast.Call) and name_of(node) == "assertTrue" and node.args:
            asked = node.args[0]
        listed = asked.comparators[0] if isinstance(asked, ast.Compare) and isinstance(asked.ops[0], ast.In) else None
        if isinstance(node, ast.Call) and name_of(node) == "assertIn" and len(node.args) > 1:
            listed = node.args[1]
        what = ""
        if isinstance(listed, ast.Tuple | ast.List | ast.Set) and _mixed(listed.elts):
            what = "takes success and failure alike"
        elif isinstance(asked, ast.BoolOp) and isinstance(asked.op, ast.Or) and _alternatives(asked):
            what = "takes one or the other"
        if what and isinstance(node, ast.Assert | ast.Call):
            said = text(asked) if asked is not None else text(node)
            message = f"{shown(test.name)} {what}: {shown(said)}"
            yield fact(test.name, test.file, "low", message, WEAK, said, node.lineno, rule="oracle-either")


def _mixed(values: Sequence[ast.expr]) -> bool:
    """Return whether a list has statuses of HTTP for what went well and for what did not."""
    codes = {str(one.value)[:3] for one in values if isinstance(one, ast.Constant)}
    known = {one[0] for one in codes if _STATUS.fullmatch(one)}
    return len(values) == len(codes) > 1 and bool(known & {"2"}) and bool(known & {"4", "5"})


def _alternatives(asked: ast.BoolOp) -> bool:
    parts = [one for one in asked.values if isinstance(one, ast.Compare)]
    return len(parts) == len(asked.values) and condition(asked) != "machine"


def _matched(path: str, scope: Scope, fresh: set[int]) -> dict[str, tuple[int, int]]:
    """Return how often tests that were there look at the message of an exception, and how often they do not."""
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    file = scope.file(path)
    for one in file.all[:_MOST] if file else ():
        for oracle in scope.own(one) if id(one.node) not in fresh else ():
            if oracle.subject == RAISES and "raises" in oracle.text.lower():
                for kind in exceptions(oracle):
                    found[kind][not oracle.message] += 1
    return {kind: (counts[0], counts[1]) for kind, counts in found.items()}


def _unmatched(test: Function, scope: Scope, matched: dict[str, tuple[int, int]]) -> Iterator[Fact]:
    for one in scope.own(test):
        if one.subject != RAISES or one.message or "raises" not in one.text.lower():
            continue
        for kind in exceptions(one):
            looked, not_looked = matched.get(kind, (0, 0))
            if looked >= _FEW and not not_looked:
                message = (
                    f"{shown(test.name)} does not look at the message of {shown(kind)}, as the {looked} others of "
                    "its file do."
                )
                yield fact(test.name, test.file, "low", message, WEAK, one.text, one.first, rule="message-unchecked")
