"""The catalogue of rules: its form, its figures, and that every finding of every twin is as it says."""

from __future__ import annotations

import math

import pytest

from reviewer.checks import catalogue
from reviewer.checks.finding import MODES, SEVERITIES
from reviewer.text import display_block

RULE = """
[{name}]
title = "A title"
why = "Because."
explanation = "Explained."
bad = "-a"
good = "+a"
severities = {{ high = "always", info = "in tests" }}
"""
MODE = '[mode]\ntitle = "T"\nmethod = "by looking"\nlanguages = ["Python"]\n'
FIGURES = '[on]\nadded_lines = 2000\ncommits = 30\nrepositories = ["a", "b"]\n[per_100]\n"scope/one" = 0.05\n'


def test_every_rule_can_be_read_and_shown() -> None:
    found = catalogue.everything()
    assert len({rule.key for rule in found}) == len(found) > 150
    for rule in found:
        for text in (rule.title, rule.why, rule.method, rule.explanation, rule.bad, rule.good):
            assert display_block(text) == text, rule.key
        assert not rule.title.endswith("."), rule.key
        assert rule.explanation.endswith("."), rule.key
        assert rule.why.endswith("."), rule.key
        assert rule.bad != rule.good, rule.key
        order = [SEVERITIES.index(severity) for severity, _ in rule.severities]
        assert order == sorted(order, reverse=True), rule.key


def test_figures_are_of_rules_that_there_are() -> None:
    assert catalogue.measured().keys() <= {rule.key for rule in catalogue.everything()}
    assert all(0 <= one.per_100 < math.inf for one in catalogue.measured().values())


def test_a_mode_without_a_file_has_no_rules() -> None:
    assert all(isinstance(catalogue.rules(mode), dict) for mode in MODES)


def test_a_rule_takes_method_and_languages_of_its_mode_and_its_figure() -> None:
    figures = catalogue.parse_measured(FIGURES.encode())
    both = MODE + RULE.format(name="one") + RULE.format(name="two") + 'method = "otherwise"\nlanguages = []\n'
    one, two = catalogue.parse("scope", both.encode(), figures).values()
    assert (one.method, one.languages, two.method, two.languages) == ("by looking", ("Python",), "otherwise", ())
    assert one.severities == (("high", "always"), ("info", "in tests"))
    assert one.measured == catalogue.Measured(0.05, 2000, "30 commits of a, b")
    assert two.measured is None
    assert (one.key, two.name) == ("scope/one", "two")


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"\xff", "scope"),
        (b"a = ", "scope"),
        (RULE.format(name="one").encode(), "'mode' has to hold"),
        ((MODE + '[one]\ntitle = "t"\n').encode(), "scope/one: has to hold"),
        ((MODE + RULE.format(name="one") + "more = 1\n").encode(), "unknown key 'more'"),
        ((MODE + RULE.format(name="one")).replace("Because.", " ").encode(), "a text is empty"),
        ((MODE + RULE.format(name="one")).replace("high", "severe").encode(), "severities are"),
        ((MODE + RULE.format(name="one") + "languages = 1\n").encode(), "a text is empty"),
    ],
)
def test_anything_else_is_refused(data: bytes, told: str) -> None:
    with pytest.raises(catalogue.CatalogueError, match=told):
        catalogue.parse("scope", data, {})


@pytest.mark.parametrize(
    "data",
    [
        "",
        FIGURES.replace("2000", '"x"'),
        FIGURES.replace("0.05", "true"),
        FIGURES + "[more]\n",
        FIGURES.replace('["a", "b"]', "1"),
    ],
)
def test_figures_of_another_form_are_refused(data: str) -> None:
    with pytest.raises(catalogue.CatalogueError, match="measured"):
        catalogue.parse_measured(data.encode())


def test_a_rule_is_found_by_its_name_or_one_like_it() -> None:
    assert [rule.key for rule in catalogue.named("path-outside")] == ["scope/path-outside"]
    assert [rule.key for rule in catalogue.named("scope/path-outside")] == ["scope/path-outside"]
    assert catalogue.named("rollback/path-outside") == catalogue.named("luck") == ()
    assert catalogue.near("path-outsid")[0] == "path-outside"
    assert catalogue.near("x" * 100_000) == []
    assert catalogue.entry("scope", "luck") is None
