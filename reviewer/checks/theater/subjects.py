"""The functions of a change that its tests call, what these answer, and what tests compare that with.

A function counts by its own name, so that a method of one class and that of another are one; who uses this says
nothing where any of them is compared with something.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from reviewer.checks import roles
from reviewer.checks.account import Account
from reviewer.checks.oracles.given import Given
from reviewer.checks.oracles.model import RAISES, Relation
from reviewer.checks.oracles.places import name_of
from reviewer.checks.oracles.python import text
from reviewer.checks.python_source import MODULE, Definition, own, pair, read

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reviewer.checks.case import Case
    from reviewer.checks.oracles.model import Oracle
    from reviewer.checks.python_source import Function

Answer: TypeAlias = Literal["value", "truth", "nothing", "unknown"]
_SHORTEST = 3
_LITTLE = frozenset({"0", "1", "None", "[]", "{}", "''", "()", "set()"})
_TRUTHS = frozenset({"any", "all", "isinstance", "issubclass", "hasattr", "callable", "bool", "startswith", "endswith"})


def answers(node: Definition) -> Answer:
    """Return what kind of answer a function gives, as far as its code says."""
    if node.returns is not None and text(node.returns) in {"bool", "'bool'", "None"}:
        return "nothing" if text(node.returns) == "None" else "truth"
    if any(name_of(one) in {"fixture", "contextmanager", "asynccontextmanager"} for one in node.decorator_list):
        return "unknown"
    inside = [part for part in own(node) if isinstance(part, ast.Return | ast.Yield | ast.YieldFrom)]
    if any(isinstance(part, ast.Yield | ast.YieldFrom) for part in inside):
        return "value"
    returned = [part.value for part in inside if isinstance(part, ast.Return) and part.value is not None]
    if not returned or all(isinstance(one, ast.Constant) and one.value is None for one in returned):
        return "nothing"
    if any(isinstance(one, ast.Name) and one.id in {"self", "cls"} for one in returned):
        return "unknown"
    return "truth" if all(_is_truth(one) for one in returned) else "value"


def _is_truth(node: ast.expr) -> bool:
    if isinstance(node, ast.Constant):
        return isinstance(node.value, bool) or node.value is None
    if isinstance(node, ast.BoolOp):
        return all(_is_truth(one) for one in node.values)
    if isinstance(node, ast.Call):
        return name_of(node) in _TRUTHS
    return isinstance(node, ast.Compare) or (isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not))


@dataclass(frozen=True, slots=True)
class Subject:
    """The changed and added functions of one name, and what they answer."""

    answer: Answer
    nodes: tuple[Definition, ...]


def subjects(case: Case) -> dict[str, Subject]:
    """Return the changed and added Python functions outside tests by own name."""
    files = read(case, Account(), wanted=lambda path: not roles.is_test(path) and not roles.is_foreign(path))
    found: dict[str, Subject] = {}
    for one in pair(files):
        if one.new is None or one.new.name == MODULE or isinstance(one.new.node, ast.Module):
            continue
        name = one.new.name.split("#")[0].rsplit(".", 1)[-1]
        if len(name) >= _SHORTEST and not name.startswith("__"):
            answer = answers(one.new.node)
            was = found.get(name, Subject(answer, ()))
            found[name] = Subject(answer if was.answer == answer else "unknown", (*was.nodes, one.new.node))
    return found


@dataclass(frozen=True, slots=True)
class Asked:
    """One assertion, with the functions that each of its sides comes from."""

    oracle: Oracle
    subject: frozenset[str]
    expected: frozenset[str]

    @property
    def calls(self) -> frozenset[str]:
        """All of them."""
        return self.subject | self.expected

    def only_itself(self, name: str) -> bool:
        """Return whether both sides come from one function."""
        return name in self.subject and name in self.expected

    def feeble(self) -> bool:
        """Return whether it asks for no more than that there is something, or of which type."""
        one = self.oracle
        if one.subject == RAISES or one.helper:
            return False
        return one.relation <= Relation.TYPE or (one.relation is Relation.BOUND and one.expected in _LITTLE)


def asked(test: Function, oracles: Iterable[Oracle], defined: Iterable[str]) -> list[Asked]:
    """Return what a test asserts with where each side comes from.

    Args:
        test: the function.
        oracles: its own.
        defined: what its file defines.
    """
    given = Given(test, defined)
    return [Asked(one, _from(one.subject, given), _from(one.expected, given)) for one in oracles]


def _from(expression: str, given: Given) -> frozenset[str]:
    try:
        return given.calls(ast.parse(expression, mode="eval").body)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return frozenset()
