"""All that is said of the Python tests that a change adds, whatever was there before.

Measured on 620 whole commits of people over twelve Python projects (28,735 added lines of code): one finding, of
`oracle-feeble`. What takes one thing or the other, and copied expressions as parts, on 120 of these: none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.checks.theater.broad import broad
from reviewer.checks.theater.copied import copied
from reviewer.checks.theater.escaping import escaping
from reviewer.checks.theater.feeble import feeble
from reviewer.checks.theater.loose import loose
from reviewer.checks.theater.never_run import never_run
from reviewer.checks.theater.own_calls import own_calls
from reviewer.checks.theater.subjects import subjects

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewer.checks.case import Case
    from reviewer.checks.ident import Fact
    from reviewer.checks.python_source import Function, Pair
    from reviewer.checks.theater.python_tests import Scope


def new_tests(tests: Sequence[Function], pairs: Sequence[Pair], scope: Scope, case: Case) -> Iterator[Fact]:
    """Yield facts about new tests, one rule after the other.

    Args:
        tests: the new tests.
        pairs: all functions of test files whose code differs.
        scope: the new side.
        case: the change.
    """
    touched = subjects(case) if tests else {}
    yield from escaping(tests, scope)
    if touched:
        yield from feeble(tests, scope, case, touched)
        yield from copied(tests, touched)
    yield from own_calls(tests, scope, touched)
    yield from loose(tests, scope)
    yield from broad(pairs, scope, case)
    yield from never_run(pairs, scope, case)
