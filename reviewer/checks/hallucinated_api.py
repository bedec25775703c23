"""Hallucinated API: names, attributes, keywords and modules that do not exist, and were missed at no place before.

Python only. Two type checkers said what they miss on both sides (`diagnostics`); this says what of it is new, stands on
an added line, and is not guarded by the code itself.
"""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reviewer.checks import roles
from reviewer.checks.account import Account
from reviewer.checks.dependencies import python_two
from reviewer.checks.dependencies.declared import Declared, declared_by
from reviewer.checks.existence.callers import broken
from reviewer.checks.existence.elsewhere import Elsewhere
from reviewer.checks.existence.go_names import go_facts
from reviewer.checks.existence.guards import Guards, guards_of
from reviewer.checks.existence.scripts import SCRIPTS, script_facts
from reviewer.checks.existence.vetted import vetted
from reviewer.checks.existence.words import doubtful, module_of, owner_of, quoted, relative, silenced, subject
from reviewer.checks.ident import Fact, shown
from reviewer.checks.newly import Gained, added_lines, gained
from reviewer.checks.python_trees import tree_of
from reviewer.checks.sides import contents
from reviewer.text import plural

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewer.checks.case import Case, ChangedFile
    from reviewer.checks.diagnostics import Diagnostic, Existence, Kind
    from reviewer.checks.finding import CheckResult, Mode, Severity

_WHY = "What does not exist fails when it is first run, however right it reads."
_NOTHING = "no file in a language that is examined changes"
_NAMED = 4
_WHY_IMPORT = (
    "A module that nobody has is an error at import; one that somebody registers under that name is an attack."
)


@dataclass(frozen=True, slots=True)
class _Place:
    """Everything that the tools newly say of one line and one kind; `more` are other lines with the same fault."""

    file: ChangedFile
    line: int
    kind: Kind
    said: tuple[Diagnostic, ...]
    more: tuple[int, ...] = ()

    @property
    def tools(self) -> list[str]:
        return sorted({one.tool for one in self.said})


class HallucinatedApiCheck:
    """Finds calls of what does not exist.

    Measured: of 627 names made up one at a time in twelve installed packages, 91 % were found with their environment
    (modules 98 %, imports 99 %, attributes of self 95 % and of other values 83 %, keywords 73 %), 87 % of 282 without
    one and 59 % of them from the changed files alone. On 420 whole human commits of seven Python projects, with 14,590
    added lines, it had 7 findings above information: 0.05 for 100 added lines, 0.03 of them high. Of 530 human
    commits of six JavaScript and TypeScript projects, with 73,292 added lines, it said nothing false but on one
    minified file, which is left out since.
    """

    mode: Mode = "hallucinated_api"
    version = 2

    def run(self, case: Case) -> CheckResult:
        """Return findings in the order of the diff."""
        account = Account()
        for file in case.files:
            language = roles.language(file.path)
            if language not in {None, "python", "go", *SCRIPTS} or (
                language is None and roles.is_program(file.path) and file.added
            ):
                account.beyond("this language is not examined", file.path)
        others = [*script_facts(case, account), *go_facts(case, account)]
        others += vetted(case, others, account)
        python = [file for file in case.files if roles.language(file.path) == "python" and file.status != "D"]
        known = case.diagnostics.existence if case.diagnostics else None
        if known is None:
            for file in python:
                account.missing("no type checker was run", file.path)
            return account.result(self.mode, self.version, others, nothing=_NOTHING)
        facts = [*_facts(case, python, known, account), *broken(case, known)]
        if known.beside:
            account.looked("unchanged importer", "of what changes, by the same tools", len(known.beside))
        _account(case, python, known, account)
        return account.result(self.mode, self.version, [*facts, *others], nothing=_NOTHING)


def _facts(case: Case, files: Sequence[ChangedFile], known: Existence, account: Account) -> Iterator[Fact]:
    declared = declared_by(case)
    new = gained(case, known.before, [one for one in known.after if one.kind != "undecided"])
    elsewhere = Elsewhere(case, known.before)
    skipped = 0
    for file in files:
        places = _places(file, new)
        source = contents(case, file).new if places else None
        tree = tree_of(source, "new", file.path) if source is not None else None
        guards = guards_of(tree) if tree is not None else Guards()
        for place in places:
            fact = _fact(place, known, declared, elsewhere, guarded=guards.has(place.kind, place.line))
            if fact is None:
                skipped += 1
            else:
                yield fact
    if skipped:
        account.note(f"{plural(skipped, 'name')} of modules that are not at hand could not be looked up")


def _places(file: ChangedFile, new: Gained) -> list[_Place]:
    by_place: dict[tuple[int, Kind], list[Diagnostic]] = {}
    for one in new.of(file.path):
        if one.kind is not None:
            by_place.setdefault((one.line, one.kind), []).append(one)
    # One wrong call is often two facts to a tool: an unknown keyword also makes the call unfit. The plainer one stays.
    plain = {line for line, kind in by_place if kind == "argument"}
    # And one wrong name that is used on many lines is one fact.
    first: dict[tuple[Kind, frozenset[str], str], _Place] = {}
    for (line, kind), said in sorted(by_place.items()):
        if kind == "arguments" and (line in plain or all(_of_types(one) for one in said)):
            continue
        message = subject(said[0].message) if kind == "argument" else said[0].message
        key = (kind, frozenset(one.tool for one in said), message)
        known = first.get(key)
        if known is None:
            first[key] = _Place(file, line, kind, tuple(said))
        else:
            first[key] = replace(known, more=(*known.more, line))
    return list(first.values())


def _of_types(one: Diagnostic) -> bool:
    # ty does not tell an overload that cannot be called so from one that takes arguments of other types.
    return (one.tool, one.rule) == ("ty", "no-matching-overload")


def _fact(place: _Place, known: Existence, declared: Declared, elsewhere: Elsewhere, *, guarded: bool) -> Fact | None:
    if place.kind == "import":
        return _import_fact(place, known, declared, elsewhere, guarded=guarded)
    if not known.whole and any(_is_local(owner_of(one.message), known) for one in place.said):
        return None
    rule, severity = _RULES[place.kind], _severity(place)
    ending = ""
    if guarded:
        severity, ending = "info", ", and the code guards it"
    elif silenced(_text(place)):
        severity, ending = "info", ", and a comment on the line tells type checkers to be silent"
    elif any(doubtful(one.message) and not _is_local(owner_of(one.message), known) for one in place.said):
        severity, ending = "info", ", though it may be there when the program runs"
    elif len(place.tools) == 1 and len(known.tools) > 1 and roles.is_test(place.file.path):
        # A test fails by itself when it calls what is missing, and two tools disagree.
        severity, ending = "info", ", in a test, and the other tool does not"
    elif doubt := elsewhere.doubt(place.said, place.file.path):
        severity, ending = "info", doubt
    first = place.said[0]
    hint = next((f" (near: {shown(one.hint)})" for one in place.said if one.hint), "")
    more = f", also on {_lines(place.more)}" if place.more else ""
    says = f"{' and '.join(place.tools)} with Python {known.python}"
    message = f"{says}: {shown(first.message.rstrip('.'), 160)}{hint}{ending}{more}."
    return _made(place, rule, severity, message, _WHY)


_RULES: dict[Kind, str] = {
    "attribute": "attribute-missing",
    "argument": "argument-unknown",
    "arguments": "arguments-unfit",
    "name": "name-undefined",
    "callable": "not-callable",
}


def _severity(place: _Place) -> Severity:
    if len(place.tools) > 1:
        return "high"
    # Of 627 made-up names 3 were found by ty alone, which is alone in most of what is no fault.
    return "low" if place.tools == ["ty"] else "medium"


def _lines(numbers: Sequence[int]) -> str:
    named = ", ".join(str(number) for number in numbers[:_NAMED])
    more = f" and {len(numbers) - _NAMED:,} more" if len(numbers) > _NAMED else ""
    return f"line{'s' if len(numbers) > 1 else ''} {named}{more}"


def _import_fact(
    place: _Place, known: Existence, declared: Declared, elsewhere: Elsewhere, *, guarded: bool
) -> Fact | None:
    module = next((name for one in place.said if (name := module_of(one.message))), "")
    top = module.split(".", maxsplit=1)[0]
    if any(_is_local(module_of(one.message), known) for one in place.said) or not top:
        # Of a module of its own only the whole repository can say that it is not there.
        if not known.whole:
            return None
        where = "not in this repository"
        severity: Severity = _severity(place)
    elif top in sys.stdlib_module_names:
        where = f"not in the standard library of Python {known.python}"
        severity = _severity(place)
    elif declared.has(top):
        if known.environment is None:
            return None
        where = "declared by the project, but not in this environment"
        severity = "info"
    elif top in known.imported or not known.whole or elsewhere.stands_beside(top, place.file.path):
        # The base has it from somewhere, or could have it in a file that is not at hand.
        return None
    else:
        where = "not in the standard library, not in this repository and not declared by it"
        where += ", not in this environment" if known.environment else ""
        severity = _severity(place) if known.environment else "medium"
    ending = "; existence elsewhere was not checked"
    if top in python_two.MODULES and elsewhere.has_two:
        severity, where = "info", "in the standard library of Python 2, which the project states"
    if guarded or silenced(_text(place)):
        severity = "info"
        ending += ", and the code guards the import" if guarded else ""
    message = f"The module {quoted(module)} is imported and not found: {where}{ending}."
    return _made(place, "import-unresolved", severity, message, _WHY_IMPORT)


def _is_local(module: str, known: Existence) -> bool:
    return relative(module) or (bool(module) and module.split(".", maxsplit=1)[0] in known.local)


def _made(place: _Place, rule: str, severity: Severity, message: str, why: str) -> Fact:
    return Fact(
        rule=rule,
        severity=severity,
        message=message,
        why=why,
        quote=_text(place),
        file=place.file.path,
        side="new",
        line=place.line,
    )


def _text(place: _Place) -> str:
    return next((line.text for line in place.file.added if line.number == place.line), "")


def _account(case: Case, files: Sequence[ChangedFile], known: Existence, account: Account) -> None:
    missed = {path for _, path in known.unexamined}
    for reason, path in known.unexamined:
        account.missing(reason, path)
    by = " and ".join(known.tools)
    with_ = f"with {known.environment}" if known.environment else f"with Python {known.python} and no packages"
    for file in files:
        if file.path not in missed and known.tools:
            account.looked("Python file", f"by {by} {with_}")
    if files:
        for gap in known.gaps:
            account.lacking(gap)
        if not known.whole:
            account.lacking("no repository: imports of the project's own modules outside the change were not examined")
        if known.environment is None:
            account.lacking("no environment: calls of installed packages were not examined; name one with --python")
    unknown = _undecided(case, known)
    if unknown:
        account.note(f"{plural(unknown, 'attribute')} of unknown type on added lines, so not examined")


def _undecided(case: Case, known: Existence) -> int:
    lines = added_lines(case)
    said = Counter((one.path, one.line) for one in known.after if one.kind == "undecided")
    return sum(times for (path, line), times in said.items() if line in lines.get(path, ()))
