"""Lines that were made wrong without a test noticing: one fact a function, and few that alarm.

A bound that no test stands at is what is told above "info", twice a change at most; the rest is there to be read, as
good changes have such lines too. Measured by running: 48 commits that people made of click, attrs and werkzeug from
2021 to 2024 (2,532 added lines of Python with their tests) had 289 mutants that could be decided, and 48 survived.
Told once a file at "low" that was 29 findings, 1.15 for each 100 added lines; as it is here, it is one, 0.04.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.checks import roles
from reviewer.checks.ident import Fact, shown
from reviewer.checks.python_source import MODULE, functions, parse
from reviewer.syntax import function as trees
from reviewer.syntax.tree import parse as parse_tree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from reviewer.checks.case import Case
    from reviewer.checks.finding import Severity
    from reviewer.checks.probed import Mutant, Mutation

_WHY = "A line that can be wrong without a test noticing may be wrong now."
_TELLING = ("boundary", "comparison", "condition", "not", "and/or", "raise", "arithmetic")
"""Operators, the most telling first; those that are not here come after them."""
_LOUD = frozenset({"boundary"})
_MOST_LOUD = 2
_MOST = 20
_NAMED = 4


def survivors(case: Case, mutation: Mutation) -> Iterator[Fact]:
    """Yield what survived, the most telling first: a function each, and beyond some a file each."""
    alive = [row for row in mutation.rows if row.state == "survived"]
    place_of = _places(case, {row.path for row in alive})
    groups: dict[tuple[str, str], list[Mutant]] = {}
    for row in alive:
        groups.setdefault((row.path, place_of(row.path, row.line)), []).append(row)
    ranked = sorted(groups.items(), key=lambda group: min(map(_rank, group[1])))
    loud = 0
    for (path, name), rows in ranked[:_MOST]:
        first = min(rows, key=_rank)
        severity: Severity = "low" if first.operator in _LOUD and loud < _MOST_LOUD else "info"
        loud += severity == "low"
        yield _fact(path, name, rows, severity)
    rest: dict[str, list[Mutant]] = {}
    for (path, _), rows in ranked[_MOST:]:
        rest.setdefault(path, []).extend(rows)
    for path, rows in list(rest.items())[:_MOST]:
        yield _fact(path, MODULE, rows, "info")


def _rank(row: Mutant) -> tuple[int, str, int]:
    place = _TELLING.index(row.operator) if row.operator in _TELLING else len(_TELLING)
    return place, row.path, row.line


def _fact(path: str, name: str, rows: Sequence[Mutant], severity: Severity) -> Fact:
    first = min(rows, key=_rank)
    where = "" if name == MODULE else f" in {shown(name, 60)}"
    return Fact(
        rule="mutant-survived",
        severity=severity,
        message=f"“{shown(first.before)}”{where} was made “{shown(first.after)}”, and no test noticed"
        f"{_others(rows, first)}.",
        why=_WHY,
        quote=f"{first.before} {first.after}",
        file=path,
        side="new",
        line=max(1, first.line),
    )


def _others(rows: Sequence[Mutant], first: Mutant) -> str:
    lines = sorted({row.line for row in rows} - {first.line})
    if not lines:
        return ""
    named = ", ".join(str(line) for line in lines[:_NAMED])
    return f"; nor on lines {named}{f' and {len(lines) - _NAMED:,} more' if len(lines) > _NAMED else ''}"


def _places(case: Case, paths: set[str]) -> Callable[[str, int], str]:
    """Return what names the function that a line of a changed file is in."""
    spans: dict[str, list[tuple[int, int, str]]] = {
        file.path: _spans(file.path, file.new) for file in case.files if file.path in paths and file.new is not None
    }

    def name(path: str, line: int) -> str:
        around = [(last - first, name) for first, last, name in spans.get(path, ()) if first <= line <= last]
        return min(around)[1] if around else MODULE

    return name


def _spans(path: str, source: bytes) -> list[tuple[int, int, str]]:
    language = roles.language(path)
    if language == "python":
        module = parse(source)
        found = () if module is None else functions(module, path)
        return [
            (each.line, getattr(each.node, "end_lineno", 0) or 0, each.name) for each in found if each.name != MODULE
        ]
    tree = None if language is None else parse_tree(language, source, path)
    known = () if tree is None else trees.functions(tree)
    return [(each.first, each.last, each.name) for each in known if each.name != trees.MODULE]
