"""Suppressions that added lines have and removed lines did not: tools that are told to be silent.

By the form of lines, counted over the whole change, so that a line that moves or is reformatted takes its suppression
along. What stands in a string is none.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reviewer.checks import roles
from reviewer.checks.gates import wording
from reviewer.checks.gates.suppression_forms import ERASED, EXPECTED, FORMS, HINTS, IMPORTS, Form
from reviewer.checks.gates.wording import weakening
from reviewer.checks.ident import shown
from reviewer.checks.line_place import inside, scan, string_spans
from reviewer.checks.python_source import parse
from reviewer.checks.sides import contents

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reviewer.checks.account import Account
    from reviewer.checks.case import Case, ChangedFile, ChangedLine
    from reviewer.checks.finding import Severity
    from reviewer.checks.ident import Fact

_LONGEST = 1_000
_MANY_FILES = 2
_NAMED = 6
_WORD = re.compile(r"[\w-]+")


@dataclass(frozen=True, slots=True)
class Suppression:
    """One suppression: where (column in bytes), in which form, of which rules ("" for all)."""

    file: ChangedFile
    line: ChangedLine
    form: Form
    codes: str
    said: str
    column: int = 0


def suppression_facts(case: Case, account: Account) -> Iterator[Fact]:
    """Yield the suppressions that the change adds."""
    added: list[Suppression] = []
    removed: list[Suppression] = []
    for file in case.files:
        forms = _forms(file.path)
        if forms is None or file.binary or roles.is_foreign(file.path) or roles.is_built(file.path):
            continue
        account.looked("added line", "for suppressions", len(file.added))
        found = list(_found(file, file.added, forms))
        removed.extend(_found(file, file.removed, forms))
        if found and roles.language(file.path) == "python":
            found = _outside_strings(case, file, found)
        added.extend(found)
    told = [(one, _fact(one, usual=_is_usual(case, one))) for one in _new(added, removed)]
    yield from _together(told)


def _together(told: list[tuple[Suppression, Fact]]) -> Iterator[Fact]:
    """Yield the facts with the light ones of one form in one file told once, and once for all if many files have it."""
    groups: dict[tuple[str, str], list[Fact]] = {}
    for one, fact in told:
        if fact.severity == "low":
            groups.setdefault((fact.rule, one.form.name), []).append(fact)
    for one, fact in told:
        group = groups.get((fact.rule, one.form.name), []) if fact.severity == "low" else []
        paths = {other.file for other in group}
        alike = group if len(paths) > _MANY_FILES else [other for other in group if other.file == fact.file]
        if len(alike) < 2:
            yield fact
        elif fact is alike[0]:
            rest = [f"line {other.line}" if other.file == fact.file else _place(other) for other in alike[1:]]
            more = f" and {len(rest) - _NAMED:,} more" if len(rest) > _NAMED else ""
            yield replace(fact, message=f"{fact.message} The same form at {', '.join(rest[:_NAMED])}{more}.")


def _place(fact: Fact) -> str:
    return f"{shown(fact.file or '', 60)}:{fact.line}"


def _forms(path: str) -> tuple[Form, ...] | None:
    name = path.rsplit("/", 1)[-1]
    return FORMS.get("dockerfile" if name.startswith("Dockerfile") else name.rsplit(".", 1)[-1].lower())


def _found(file: ChangedFile, lines: Iterable[ChangedLine], forms: tuple[Form, ...]) -> Iterator[Suppression]:
    language = roles.language(file.path)
    for line in lines:
        text = line.text[:_LONGEST]
        if not HINTS.search(text):
            continue
        places = None
        taken: set[int] = set()
        for form in forms:
            match = form.pattern.search(text)
            if match is None or match.start() in taken:
                continue
            places = places or scan(text, language)
            if language is not None and places[match.start()] == "string":
                continue
            if language is not None and form.where == "comment" and places[match.start()] != "comment":
                continue
            taken.add(match.start())
            codes = ",".join(sorted((match["codes"] or "").replace(",", " ").split()))
            column = len(text[: match.start()].encode("utf-8", "surrogatepass"))
            yield Suppression(file, line, form, codes, match[0].strip(), column)


def _outside_strings(case: Case, file: ChangedFile, found: list[Suppression]) -> list[Suppression]:
    """Return those that do not stand in a string of several lines, such as documentation."""
    new = contents(case, file).new
    tree = None if new is None else parse(new)
    if tree is None:
        return found
    spans = string_spans(tree)
    return [one for one in found if not inside(spans, one.line.number, one.column)]


def _new(added: list[Suppression], removed: list[Suppression]) -> list[Suppression]:
    """Return the added ones that take the place of no removed one: of the same file, then of any."""
    here = Counter((one.file.path, one.form.name, one.codes) for one in removed)
    rest = []
    for one in added:
        key = (one.file.path, one.form.name, one.codes)
        if here[key] > 0:
            here[key] -= 1
        else:
            rest.append(one)
    anywhere = Counter[tuple[str, str]]()
    bare = Counter[tuple[str, str]]()
    for (path, form, codes), count in here.items():
        anywhere[form, codes] += count
        if not codes:
            bare[path, form] += count
    fresh = []
    for one in rest:
        if anywhere[one.form.name, one.codes] > 0:
            anywhere[one.form.name, one.codes] -= 1
        elif bare[one.file.path, one.form.name] > 0:
            # What was silent altogether is silent about some rules only.
            bare[one.file.path, one.form.name] -= 1
        else:
            fresh.append(one)
    return fresh


def _is_usual(case: Case, one: Suppression) -> bool:
    """Return whether it stands where people put it as a matter of course, or the file already had its like."""
    if one.form.file or one.form.security:
        return False
    text = one.line.text[:_LONGEST]
    if one.form.name == "no cover" and EXPECTED.search(text):
        return True
    if one.form.name in {"noqa", "type: ignore"} and IMPORTS.match(text):
        return True
    if one.form.name == "@SuppressWarnings" and ERASED.issuperset(_WORD.findall(one.codes)):
        return True
    old = contents(case, one.file).old
    # The file had it with the same rules named: no new kind of fault goes unheard there.
    return bool(one.codes) and old is not None and one.said.encode("utf-8", "replace") in old


def _fact(one: Suppression, *, usual: bool) -> Fact:
    path = one.file.path
    severity: Severity = "medium" if one.form.file or one.form.security else "low"
    if usual:
        severity = "info"
    if roles.is_test(path) or roles.is_example(path) or roles.is_document(path):
        severity = "low" if one.form.file and roles.is_test(path) else "info"
    what = "for this file" if one.form.file else "on this line"
    return weakening(
        rule="suppression-file" if one.form.file else "suppression-added",
        severity=severity,
        message=f"A tool is told to be silent {what}: {shown(one.said, 100)}",
        why=wording.WHY_SILENCED,
        quote=one.line.text,
        path=path,
        line=one.line.number,
    )
