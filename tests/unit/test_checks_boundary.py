"""The security boundary in every language: each spelling of a fault is found and its twin is not."""

from __future__ import annotations

import pytest

from reviewer.checks.security_boundary import SecurityBoundaryCheck
from tests.support.boundary_twins import BOUNDARY_SPELLINGS
from tests.support.twins import Side, new, py


def found(side: Side) -> list[tuple[str, str]]:
    return [(one.rule, one.severity) for one in SecurityBoundaryCheck().run(side.case()).findings]


@pytest.mark.parametrize("spelling", BOUNDARY_SPELLINGS)
def test_a_rule_means_the_same_in_every_spelling(spelling: str) -> None:
    rule, fault, twin = BOUNDARY_SPELLINGS[spelling]
    assert rule in {one for one, _ in found(fault)}
    assert rule not in {one for one, _ in found(twin)}


def test_a_route_that_goes_takes_its_guard_with_it() -> None:
    routes = "app.get('/a', requireAuth, f)\napp.get('/b', requireAuth, g)\n"
    assert found(py(routes, "app.get('/a', requireAuth, f)\n", "src/a.js")) == []


def test_a_weakness_in_a_test_is_information() -> None:
    agent = "new https.Agent({ rejectUnauthorized: false })\n"
    assert found(new("src/a.js", agent)) == [("tls-check-off", "high")]
    assert found(new("test/a.test.js", agent)) == [("tls-check-off", "info")]


def test_a_weakness_that_was_there_in_other_words_weighs_less() -> None:
    old = "db.query(`SELECT a FROM t WHERE b = ${b}`)\n"
    assert found(py(old, old.replace("SELECT a", "SELECT a, c"), "src/a.js")) == [("sql-built", "medium")]


def test_a_fixed_text_is_not_put_together() -> None:
    fixed = "db.query(`SELECT a FROM ${TABLE} LIMIT ${rows.length}`)\ndb.query('SELECT a ' + 'FROM t')\n"
    assert found(new("src/a.js", fixed)) == []


def test_no_secret_is_quoted() -> None:
    side = new("src/a.js", "const agent = f({ apiKey: 'sk8Jw-92hQ7zLmPq4', rejectUnauthorized: false })\n")
    result = SecurityBoundaryCheck().run(side.case())
    assert {one.rule for one in result.findings} == {"secret", "tls-check-off"}
    assert not [one for one in result.findings if "sk8Jw" in one.message]
