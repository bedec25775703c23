"""Failure paths in every language: each spelling of a fault is found, its twin is not, and moves are no losses."""

from __future__ import annotations

import pytest

from reviewer.checks.error_handling import ErrorHandlingCheck
from tests.support.cases import make_case
from tests.support.failure_twins import FAILURE_SPELLINGS
from tests.support.twins import Side, py


def found(side: Side) -> list[tuple[str, str]]:
    return [(one.rule, one.severity) for one in ErrorHandlingCheck().run(side.case()).findings]


@pytest.mark.parametrize("spelling", FAILURE_SPELLINGS)
def test_a_rule_means_the_same_in_every_spelling(spelling: str) -> None:
    rule, fault, twin = FAILURE_SPELLINGS[spelling]
    assert rule in {one for one, _ in found(fault)}
    assert rule not in {one for one, _ in found(twin)}


def test_a_function_that_moves_to_another_file_loses_nothing() -> None:
    body = "function f(u) {\n  try {\n    g(u)\n  } catch (e) {\n    log.error(e)\n    throw e\n  }\n  h(u)\n}\n"
    assert found(Side({"a.js": body + "let x = 1\n", "b.js": ""}, {"a.js": "let x = 1\n", "b.js": body})) == []


def test_a_raise_that_another_function_took_over_is_not_gone() -> None:
    old = "function f(u) {\n  if (!u) {\n    throw new TypeError('u')\n  }\n  return g(u)\n}\n"
    guard = "function check(u) {\n  if (!u) {\n    throw new TypeError('u')\n  }\n}\n"
    new = guard + "function f(u) {\n  check(u)\n  return g(u)\n}\n"
    assert [one for one in found(py(old, new, "a.js")) if one[1] != "info"] == []


def test_one_fault_is_told_once() -> None:
    old = "function f(u) {\n  try {\n    g(u)\n  } catch (e) {\n    log.error(e)\n    throw e\n  }\n}\n"
    assert found(py(old, old.replace("    log.error(e)\n    throw e\n", ""), "a.js")) == [
        ("handler-silenced", "medium")
    ]


def test_tests_beside_the_code_in_rust_are_no_code() -> None:
    old = "fn f() {}\n#[cfg(test)]\nmod tests {\n    #[test]\n    fn a() -> R {\n        g()?\n    }\n}\n"
    assert found(py(old, old.replace("g()?", "let _ = g()"), "src/a.rs")) == []


def test_what_no_grammar_reads_is_judged_by_its_lines_and_said() -> None:
    tangled = "x = " * 5_000 + "\n"
    side = Side({"a.js": tangled}, {"a.js": tangled + "try { a() } catch (e) {}\n"})
    result = ErrorHandlingCheck().run(side.case())
    assert result.status == "incomplete"
    assert "too tangled" in result.reason
    assert [one.rule for one in result.findings] == ["handler-silent"]


def test_blocks_inside_blocks_cost_little() -> None:
    deep = "package a\nfunc f() error {\n" + "if err := g(); err != nil {\n" * 400 + "}\n" * 400 + "return nil\n}\n"
    assert ErrorHandlingCheck().run(make_case({}, {"a.go": deep})).status == "done"


def test_what_one_file_has_many_of_is_told_once_with_the_lines_of_the_others() -> None:
    one = "def f%d(x):\n    if x:\n        raise ValueError(%d)\n    return x\n"
    other = "def f%d(x):\n    return x\n"
    for many in (2, 6):
        old, new = ("".join(form % ((n, n) if form is one else n) for n in range(many)) for form in (one, other))
        result = ErrorHandlingCheck().run(make_case({"a.py": old}, {"a.py": new}))
        assert len(result.findings) == (2 if many == 2 else 1)
    assert result.findings[0].message.endswith("The same in this file: lines 7, 11, 15, 19, 23.")
