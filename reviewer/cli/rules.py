"""The catalogue of rules in words: one rule explained, or all of them in a list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.checks import catalogue
from reviewer.cli.output import put, table, wrap
from reviewer.errors import BadInputError

if TYPE_CHECKING:
    from reviewer.checks.catalogue import Rule


def explain(name: str) -> None:
    """Print what a rule means; two modes may have a rule of one name.

    Raises:
        BadInputError: there is no such rule; the hint has names like it.
    """
    found = catalogue.named(name)
    if not found:
        close = catalogue.near(name)
        hint = f"did you mean {' or '.join(close)}?" if close else "reviewer check --list names them all"
        raise BadInputError(f"there is no rule '{name[:80]}'", hint=hint)
    for number, rule in enumerate(found):
        if number:
            put()
        _print(rule)


def print_list() -> None:
    """Print every rule: its name, what it may weigh, its measured figure, its title."""
    table(
        [
            [rule.key, "/".join(severity for severity, _ in rule.severities), figure(rule), rule.title]
            for rule in catalogue.everything()
        ]
    )
    put()
    measured = next((rule.measured for rule in catalogue.everything() if rule.measured is not None), None)
    if measured is not None:
        put(wrap(f"The numbers are findings for each 100 added lines, measured on {_measured_on(measured)}."))


def figure(rule: Rule) -> str:
    """Return the measured rate of a rule in few characters."""
    return "-" if rule.measured is None else f"{rule.measured.per_100:.3g}"


def _print(rule: Rule) -> None:
    put(f"{rule.key}: {rule.title}")
    put()
    put(wrap(f"{rule.explanation} {rule.why}"))
    put()
    for severity, condition in rule.severities:
        put(wrap(condition, " " * 10, first=f"  {severity:<8}"))
    put()
    put(wrap(rule.method, " " * 12, first="how found:  "))
    languages = ", ".join(rule.languages) if rule.languages else "looks at the run, not at code"
    put(wrap(languages, " " * 12, first="languages:  "))
    put(wrap(_figure_in_words(rule), " " * 12, first="measured:   "))
    for title, example in (("it is told of", rule.bad), ("it is not told of", rule.good)):
        put()
        put(f"{title}:")
        put("\n".join(f"    {line}".rstrip() for line in example.rstrip("\n").split("\n")))


def _figure_in_words(rule: Rule) -> str:
    if rule.measured is None:
        return "not once among the findings on changes that people made, or not measured yet"
    rate = f"{rule.measured.per_100:.3g}" if rule.measured.per_100 else "none"
    return f"{rate} for each 100 added lines that people wrote, of {_measured_on(rule.measured)}"


def _measured_on(measured: catalogue.Measured) -> str:
    return f"{measured.added_lines:,} added lines in {measured.on}"
