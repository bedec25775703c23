"""Style drift: what added lines do otherwise than the code around them, and what they do a second time.

Three sources: the project's own linter with the settings of the base (Python with ruff), the habits counted in the old
side's code near the change (of other languages than Python the case of names), and functions that are there already.
Style is never urgent: a few findings are shown, the rest is counted.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from reviewer.checks import python_source, roles
from reviewer.checks.account import Account
from reviewer.checks.ident import Fact, shown
from reviewer.checks.newly import gained
from reviewer.checks.style.around import Around
from reviewer.checks.style.bypass import bypassed
from reviewer.checks.style.conventions import drift
from reviewer.checks.style.duplicates import duplicates
from reviewer.checks.style.foreign import foreign
from reviewer.checks.style.leftovers import leftovers
from reviewer.checks.style.second_way import second_ways
from reviewer.text import plural

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewer.checks.case import Case
    from reviewer.checks.diagnostics import Lint
    from reviewer.checks.finding import CheckResult, Mode

SHOWN = 5
"""Findings that are told one by one."""

_LAYOUT = re.compile(r"(?:E[1235]|W[1235]|D[24]|COM|Q|ISC|I0|CPY)\d*|E501")
"""Rules of layout, which a formatter settles."""
_WHY = "The project holds its code to this rule, and held the lines around it to it before."
_WHY_MORE = "Style is seldom urgent; the rest is counted here, and named where it stands by the tools themselves."
_NO_SETTINGS = "the base has no settings for a linter that this check knows (ruff)"


class StyleDriftCheck:
    """Finds breaches of the project's lint rules, of the habits of the code around, and code that is there twice.

    Measured on whole human commits: 0.02 findings above "info" for 100 added lines of habits, copies and second ways
    (280 commits of click, werkzeug, attrs and httpx, 20,775 lines; names and copies in JavaScript, Go, Ruby, Rust and
    Java 0.03, 300 commits, 7,998 lines); of the linter 0.19 before layout was told as "info" (180 commits, 13,976
    lines).
    """

    mode: Mode = "style_drift"
    version = 3

    def run(self, case: Case) -> CheckResult:
        """Return the first findings, copies before habits before the linter's, then one that counts the rest."""
        account = Account()
        python = [file for file in case.files if roles.language(file.path) == "python" and file.status != "D"]
        facts = [*foreign(case, account), *(fact for file in case.files for fact in leftovers(file))]
        if python:
            facts = [*_own(case, account), *_linted(case, account), *facts]
        nothing = "no file in a language that is examined changes"
        return account.result(self.mode, self.version, _first(facts), nothing=nothing)


def _own(case: Case, account: Account) -> Iterator[Fact]:
    files = python_source.read(case, account)
    if case.before is None:
        account.note("no repository is at hand: habits were counted in the changed files alone")
    around = Around.of(case)
    yield from duplicates(files, around)
    yield from second_ways(files, around)
    yield from bypassed(files, around)
    yield from drift(files, around)
    if around.cut:
        account.note("the repository is large: what lies farthest from the change was not compared with it")


def _linted(case: Case, account: Account) -> Iterator[Fact]:
    known = case.diagnostics.lint if case.diagnostics else None
    if known is None:
        repository = case.diagnostics is not None and case.before is None
        account.lacking(
            "no repository: the linter's settings of the base are not at hand" if repository else "no linter was run"
        )
        return
    if known.settings is None and not known.gaps:
        account.note(_NO_SETTINGS)
        return
    for gap in known.gaps:
        account.lacking(gap)
    for reason, path in known.unexamined:
        account.missing(reason, path)
    for note in known.notes:
        account.note(note)
    missed = {path for _, path in known.unexamined}
    for file in case.files:
        if roles.language(file.path) == "python" and file.status != "D" and file.path not in missed and known.tools:
            account.looked("Python file", f"by {' and '.join(known.tools)} with {known.settings} of the base")
    yield from _diagnosed(case, known)


def _diagnosed(case: Case, known: Lint) -> Iterator[Fact]:
    new = gained(case, known.before, known.after)
    texts = {(file.path, line.number): line.text for file in case.files if new.of(file.path) for line in file.added}
    for file in case.files:
        for one in new.of(file.path):
            yield Fact(
                rule="lint-new",
                severity="info" if _LAYOUT.fullmatch(one.rule) else "low",
                message=f"{one.tool} {shown(one.rule, 20)}: {shown(one.message, 160)}.".replace("..", "."),
                why=_WHY,
                quote=f"{one.rule} {texts.get((one.path, one.line), '')}",
                file=one.path,
                side="new",
                line=one.line,
            )


def _first(facts: Sequence[Fact]) -> Iterator[Fact]:
    """Yield the first facts, those that count for more before those that count for less, and one for the rest."""
    ordered = [*(one for one in facts if one.severity != "info"), *(one for one in facts if one.severity == "info")]
    yield from ordered[:SHOWN]
    rest = ordered[SHOWN:]
    if rest:
        yield Fact(rule="style-more", severity="info", message=_more(rest), why=_WHY_MORE, quote="")


def _more(rest: Sequence[Fact]) -> str:
    rules = Counter(one.quote.split(" ", 1)[0] if one.rule == "lint-new" else one.rule for one in rest)
    named = ", ".join(f"{shown(rule, 20)} {times:,}" for rule, times in rules.most_common(6))
    more = f" and {len(rules) - 6:,} other rules" if len(rules) > 6 else ""
    files = plural(len({one.file for one in rest}), "file")
    return f"{plural(len(rest), 'more thing')} of this kind in added lines of {files}: {named}{more}."
