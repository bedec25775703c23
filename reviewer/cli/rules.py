"""The catalogue of rules in words: one rule explained, or all of them in a list, those of installed checks too."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from reviewer.checks import catalogue
from reviewer.cli.output import put, say, table, wrap
from reviewer.errors import BadInputError

if TYPE_CHECKING:
    from reviewer.checks.catalogue import Rule
    from reviewer.workflow.own_rules import OwnRule, OwnRules

_SHORT = {
    "Python": "py",
    "JavaScript": "js",
    "TypeScript": "ts",
    "Go": "go",
    "Rust": "rs",
    "Ruby": "rb",
    "Java": "java",
}
_RUN = "run and paths"
_ANY = "any file"


def explain(name: str, repository: Path | None = None) -> None:
    """Print what a rule means; two modes, or an installed check, may have a rule of one name.

    Args:
        name: of the rule, also with its mode before it.
        repository: whose code no installed check is loaded from; that around here by default.

    Raises:
        BadInputError: there is no such rule; the hint has names like it.
    """
    found, own = catalogue.named(name), _own(repository)
    others = own.named(name)
    if not found and not others:
        close = catalogue.near(name, [rule.name for rule in own.rules])
        hint = f"did you mean {' or '.join(close)}?" if close else "reviewer check --list names them all"
        if own.silent:
            hint += f"; it may be a rule of a check that was installed: {'; '.join(own.silent)}"
        raise BadInputError(f"there is no rule '{name[:80]}'", hint=hint)
    for number, rule in enumerate(found):
        if number:
            put()
        _print(rule)
    for number, other in enumerate(others):
        if found or number:
            put()
        _print_own(other)


def print_list(repository: Path | None = None) -> None:
    """Print every rule: its name, what it may weigh, where it looks, its measured figure, its title.

    Args:
        repository: whose code no installed check is loaded from; that around here by default.
    """
    own = _own(repository)
    table(
        [
            *(
                [rule.key, _weights(rule.severities), looks_at(rule), figure(rule), rule.title]
                for rule in catalogue.everything()
            ),
            *(
                [rule.key, _weights(rule.severities) or "-", _own_languages(rule), "-", f"{rule.title} ({rule.from_})"]
                for rule in own.rules
            ),
        ]
    )
    put()
    measured = next((rule.measured for rule in catalogue.everything() if rule.measured is not None), None)
    if measured is not None:
        put(wrap(f"The numbers are findings for each 100 added lines, measured on {_measured_on(measured)}."))
    put(wrap(f"Where a rule looks: {', '.join(f'{short} {name}' for name, short in _SHORT.items())}."))
    for sentence in own.silent:
        say(sentence)


def figure(rule: Rule) -> str:
    """Return the measured rate of a rule in few characters."""
    return "-" if rule.measured is None else f"{rule.measured.per_100:.3g}"


def looks_at(rule: Rule) -> str:
    """Return the languages of a rule in few characters."""
    if not rule.languages:
        return _RUN
    if rule.languages == ("any",):
        return _ANY
    return " ".join(_SHORT.get(name, name) for name in rule.languages)


def _own(repository: Path | None) -> OwnRules:
    from reviewer.errors import GitError
    from reviewer.git.repository import find_repository
    from reviewer.workflow.elsewhere import installed
    from reviewer.workflow.own_rules import rules_of

    try:
        place = find_repository(repository or Path()).work_tree
    except GitError:
        place = None
    return rules_of(installed(place))


def _weights(severities: tuple[tuple[str, str], ...]) -> str:
    return "/".join(severity for severity, _ in severities)


def _own_languages(rule: OwnRule) -> str:
    return " ".join(_SHORT.get(name, name) for name in rule.languages) or "-"


def _print(rule: Rule) -> None:
    put(f"{rule.key}: {rule.title}")
    put()
    put(wrap(f"{rule.explanation} {rule.why}"))
    put()
    for severity, condition in rule.severities:
        put(wrap(condition, " " * 10, first=f"  {severity:<8}"))
    put()
    put(wrap(rule.method, " " * 12, first="how found:  "))
    put(wrap(_languages_in_words(rule), " " * 12, first="languages:  "))
    put(wrap(_figure_in_words(rule), " " * 12, first="measured:   "))
    _print_examples(rule.bad, rule.good)


def _print_own(rule: OwnRule) -> None:
    put(f"{rule.key}: {rule.title}")
    put()
    if words := " ".join(part for part in (rule.explanation, rule.why) if part):
        put(wrap(words))
        put()
    for severity, condition in rule.severities:
        put(wrap(condition, " " * 10, first=f"  {severity:<8}"))
    if rule.severities:
        put()
    put(wrap(f"a check that was installed, {rule.from_}; the words are its own", " " * 12, first="comes from: "))
    if rule.method:
        put(wrap(rule.method, " " * 12, first="how found:  "))
    if rule.languages:
        put(wrap(", ".join(rule.languages), " " * 12, first="languages:  "))
    put(wrap("nobody measured it here", " " * 12, first="measured:   "))
    _print_examples(rule.bad, rule.good)


def _print_examples(bad: str, good: str) -> None:
    for title, example in (("it is told of", bad), ("it is not told of", good)):
        if example:
            put()
            put(f"{title}:")
            put("\n".join(f"    {line}".rstrip() for line in example.rstrip("\n").split("\n")))


def _languages_in_words(rule: Rule) -> str:
    if not rule.languages:
        return "looks at the run, or at paths, and not at code"
    return "looks at any file, whatever its language" if rule.languages == ("any",) else ", ".join(rule.languages)


def _figure_in_words(rule: Rule) -> str:
    if rule.measured is None:
        return "not once among the findings on changes that people made, or not measured yet"
    rate = f"{rule.measured.per_100:.3g}" if rule.measured.per_100 else "none"
    return f"{rate} for each 100 added lines that people wrote, of {_measured_on(rule.measured)}"


def _measured_on(measured: catalogue.Measured) -> str:
    return f"{measured.added_lines:,} added lines in {measured.on}"
