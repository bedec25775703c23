"""What is the same for every finding of a rule: title, reason, method, possible severities, examples, measured figures.

Data beside this module, one table a rule in `<mode>.toml`, read when it is asked for; figures stand apart in
`measured.toml`, which a measurement rewrites as a whole. Knows no case and no finding.
"""

from __future__ import annotations

import difflib
import functools
import importlib.resources
import tomllib
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from reviewer.checks.finding import MODES, SEVERITIES, Mode, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

_Table: TypeAlias = dict[str, Any]

_MODE_TABLE = "mode"
_TEXTS = ("title", "why", "explanation", "bad", "good")
_OPTIONAL = frozenset({"method", "languages"})


class CatalogueError(ValueError):
    """The data is not as it has to be: a fault of this package, which its tests find."""


@dataclass(frozen=True, slots=True)
class Measured:
    """How often a rule fires on changes that people made and merged, presumed to be fine.

    Attributes:
        per_100: findings above "info" for each 100 added lines.
        added_lines: of how many lines in all.
        on: what it was measured on, in words.
    """

    per_100: float
    added_lines: int
    on: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule.

    Attributes:
        why: why such a fact matters, in general.
        method: how it is found.
        languages: of programs that it looks at; empty when it looks at the run or at paths, and "any" for all.
        severities: each that a finding of it may have, with the condition in words, most severe first.
        explanation: a few sentences for somebody who has never seen it.
        bad, good: the least change that it fires on, and one like it that it does not fire on.
        measured: None when nobody has measured it, or it was not once told of there.
    """

    mode: Mode
    name: str
    title: str
    why: str
    method: str
    languages: tuple[str, ...]
    severities: tuple[tuple[Severity, str], ...]
    explanation: str
    bad: str
    good: str
    measured: Measured | None = None

    @property
    def key(self) -> str:
        """Mode and name, as figures and references have it."""
        return f"{self.mode}/{self.name}"


def entry(mode: Mode, name: str) -> Rule | None:
    """Return a rule of a mode, None if the catalogue does not have it."""
    return rules(mode).get(name)


@functools.cache
def rules(mode: Mode) -> dict[str, Rule]:
    """Return the rules of a mode by name, in the order of the file; empty for a mode without a file.

    Raises:
        CatalogueError: the file is not as it has to be.
    """
    place = importlib.resources.files(__name__).joinpath(f"{mode}.toml")
    if not place.is_file():
        return {}
    return parse(mode, place.read_bytes(), measured())


@functools.cache
def languages(mode: Mode) -> tuple[tuple[str, int], ...]:
    """Return for how many rules of a mode each language is looked at, most first; "any" for those that ask for none."""
    counts = Counter(name for rule in rules(mode).values() for name in rule.languages)
    return tuple(sorted(counts.items(), key=lambda one: (-one[1], one[0])))


def everything() -> tuple[Rule, ...]:
    """Return all rules, by mode."""
    return tuple(rule for mode in MODES for rule in rules(mode).values())


def named(name: str) -> tuple[Rule, ...]:
    """Return the rules of this name ("path-outside", "scope/path-outside"); two modes may have one name."""
    mode, _, short = name.rpartition("/")
    return tuple(rule for rule in everything() if rule.name == short and mode in {"", rule.mode})


def near(name: str, others: Iterable[str] = ()) -> list[str]:
    """Return names of rules that are like this one, the nearest first; `others` are names that are not of here."""
    short = name.rpartition("/")[2][:80]
    names = dict.fromkeys([*(rule.name for rule in everything()), *others])
    return difflib.get_close_matches(short, names, n=3, cutoff=0.5)


@functools.cache
def measured() -> dict[str, Measured]:
    """Return the measured figures by `Rule.key`.

    Raises:
        CatalogueError: the file is not as it has to be.
    """
    return parse_measured(importlib.resources.files(__name__).joinpath("measured.toml").read_bytes())


def parse(mode: Mode, data: bytes, figures: dict[str, Measured]) -> dict[str, Rule]:
    """Return the rules that a file holds.

    Args:
        mode: whose rules they are.
        data: TOML in UTF-8.
        figures: by `Rule.key`.

    Raises:
        CatalogueError: it is not TOML, or a key is missing, unknown or of the wrong kind.
    """
    tables = _tables(data, mode)
    common = tables.pop(_MODE_TABLE, None)
    if not isinstance(common, dict) or common.keys() != {"title", "method", "languages"}:
        raise CatalogueError(f"{mode}: the table 'mode' has to hold title, method and languages")
    return {name: _rule(mode, name, table, common, figures) for name, table in tables.items()}


def parse_measured(data: bytes) -> dict[str, Measured]:
    """Return the figures that a file holds, by `Rule.key`.

    Raises:
        CatalogueError: it is not TOML, or not as it has to be.
    """
    tables = _tables(data, "measured")
    head, figures = tables.get("on"), tables.get("per_100")
    if tables.keys() != {"on", "per_100"} or not isinstance(head, dict) or not isinstance(figures, dict):
        raise CatalogueError("measured: the tables are 'on' and 'per_100'")
    lines, commits = head.get("added_lines"), head.get("commits")
    repositories: Any = head.get("repositories")
    if type(lines) is not int or type(commits) is not int or not _is_texts(repositories):
        raise CatalogueError("measured: 'on' has to hold added_lines, commits and repositories")
    if any(type(value) not in {int, float} for value in figures.values()):
        raise CatalogueError("measured: a figure is not a number")
    words = f"{commits:,} commits of {', '.join(repositories)}"
    return {key: Measured(float(value), lines, words) for key, value in figures.items()}


def _rule(mode: Mode, name: str, table: object, common: _Table, figures: dict[str, Measured]) -> Rule:
    where = f"{mode}/{name}"
    if not isinstance(table, dict) or not {*_TEXTS, "severities"} <= table.keys():
        raise CatalogueError(f"{where}: has to hold {', '.join(_TEXTS)} and severities")
    if unknown := table.keys() - {*_TEXTS, "severities"} - _OPTIONAL:
        raise CatalogueError(f"{where}: has the unknown key '{min(unknown)}'")
    texts = {key: table[key] for key in _TEXTS}
    own: _Table = {**common, **table}
    method, languages = own["method"], own["languages"]
    if not _is_texts(list(texts.values())) or not _is_texts([method]) or not _is_texts(languages):
        raise CatalogueError(f"{where}: a text is empty, or is none")
    said = table["severities"]
    if not isinstance(said, dict) or not said or not said.keys() <= set(SEVERITIES) or not _is_texts([*said.values()]):
        raise CatalogueError(f"{where}: severities are {', '.join(SEVERITIES)}, each with its condition")
    return Rule(
        mode=mode,
        name=name,
        title=texts["title"],
        why=texts["why"],
        method=method,
        languages=tuple(languages),
        severities=tuple((severity, said[severity]) for severity in reversed(SEVERITIES) if severity in said),
        explanation=texts["explanation"],
        bad=texts["bad"],
        good=texts["good"],
        measured=figures.get(where),
    )


def _tables(data: bytes, what: str) -> _Table:
    try:
        return tomllib.loads(data.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CatalogueError(f"{what}: {error}") from error


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) and one.strip() for one in value)
