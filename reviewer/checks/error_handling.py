"""Error handling: every failure path that the change touches, and those that it silences, widens or takes away.

All languages by syntax tree with the functions of both sides matched; where no tree can be had, by the form of lines.
What is merely touched is information: the question on the checklist is the reviewer's.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from reviewer.checks import python_source, roles, tree_source
from reviewer.checks.account import Account
from reviewer.checks.failures import (
    beside,
    compare,
    contracts,
    go,
    held,
    impossible,
    java,
    muted,
    promised,
    ruby,
    rust,
    script,
)
from reviewer.checks.failures import lines as by_lines
from reviewer.checks.failures.added import Added
from reviewer.checks.failures.folding import folded
from reviewer.checks.failures.model import Located
from reviewer.checks.failures.python import failure_paths
from reviewer.checks.ident import Fact, shown
from reviewer.checks.plausible.wanted import said
from reviewer.syntax.function import MODULE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewer.checks.case import Case, ChangedFile, ChangedLine
    from reviewer.checks.finding import CheckResult, Mode, Severity, Side
    from reviewer.checks.python_source import PythonFile
    from reviewer.syntax.pairing import Sided

_WHY_SILENT = "A failure that nobody hears of is found later, somewhere else, by somebody else."
_WHY_TOUCHED = "Failure paths are seldom run; reading them is often the only test that they get."
_READERS = {
    "javascript": script.failure_paths,
    "typescript": script.failure_paths,
    "go": go.failure_paths,
    "rust": rust.failure_paths,
    "java": java.failure_paths,
    "ruby": ruby.failure_paths,
}


class ErrorHandlingCheck:
    """Finds failure paths that were added, widened, silenced, removed or touched.

    Measured on 420 whole human commits of seven Python projects with 14,590 added lines: 8 findings above information,
    0.05 for 100 lines; no rule has more than two, and one is high. On 40 commits of cobra, 3,874 lines, it had 7, six
    of them handlers that went; on 120 of express and axios, 7,429 lines, 3.
    """

    mode: Mode = "error_handling"
    version = 3

    def run(self, case: Case) -> CheckResult:
        """Return findings on functions by place, then on the lines of files that have no tree."""
        account = Account()
        python = python_source.read(case, account, wanted=_is_covered)
        pairs = [(_python(one.old), _python(one.new)) for one in python_source.pair(python)]
        trees, unread = tree_source.read(case, account, wanted=_is_covered)
        pairs += [(_tree(one.old), _tree(one.new)) for one in tree_source.pairs(trees)]
        moved = compare.lost(pairs)
        pairs = [(old, new) for old, new in pairs if new is not None]
        elsewhere = compare.gained(pairs)
        facts = [_where_it_matters(fact) for old, new in pairs for fact in compare.facts(old, new, elsewhere, moved)]
        facts += [_where_it_matters(fact) for fact in _written(case, python)]
        facts = folded(facts)
        for file in unread:
            facts.extend(_line_facts(file))
        for file in case.files:
            if roles.language(file.path) is None and roles.is_program(file.path) and file.added and not file.binary:
                account.beyond("this language is not examined", file.path)
        nothing = "no code outside tests changes in a language that this check knows"
        return account.result(self.mode, self.version, facts, nothing=nothing)


def _written(case: Case, python: Sequence[PythonFile]) -> Iterator[Fact]:
    """Yield what added lines of Python do with failures, whatever the functions were before."""
    files = [one for one in map(Added.of, python) if one is not None]
    for file in files:
        yield from muted.muted(file)
        yield from impossible.impossible(file)
        yield from contracts.contracts(file, files)
        yield from held.held(file)
        yield from beside.beside(file)
        yield from promised.promised(file)
    yield from contracts.asked(said(case), files)
    yield from promised.uncaught(files, case.before)


def _is_covered(path: str) -> bool:
    return not (roles.is_test(path) or roles.is_foreign(path) or roles.is_built(path))


def _where_it_matters(fact: Fact) -> Fact:
    """Return a fact of an example as information: nobody runs it in earnest."""
    return replace(fact, severity="info") if fact.file is not None and roles.is_example(fact.file) else fact


def _python(function: python_source.Function | None) -> Located | None:
    if function is None:
        return None
    return Located(function.file, _name(function.name), failure_paths(function), function.line)


def _tree(sided: Sided | None) -> Located | None:
    if sided is None or _is_inner_test(sided):
        return None
    read = _READERS[sided.function.node.tree.language]
    return Located(sided.file, _name(sided.function.name), read(sided.function), sided.function.first)


def _is_inner_test(sided: Sided) -> bool:
    """Return whether a function is a test that stands beside the code, as is the custom in Rust."""
    name, rust_ = sided.function.name, sided.function.node.tree.language == "rust"
    marked = any(mark.text.startswith(("#[test", "#[tokio::test")) for mark in sided.function.marks)
    return rust_ and (marked or name.startswith("tests.") or ".tests." in name)


def _name(name: str) -> str:
    return "The module" if name == MODULE else shown(name)


def _line_facts(file: ChangedFile) -> Iterator[Fact]:
    known = roles.language(file.path)
    if known is None:
        return
    before = Counter(" ".join(line.text.split()) for line in file.removed)
    silent = list(by_lines.silent(file.added, known))
    for rule, line in silent:
        if before[" ".join(line.text.split())]:
            continue
        yield _line_fact(file, rule.rule, "low", rule.fact, line)
    if silent:
        return
    for side, lines in (("new", file.added), ("old", file.removed)):
        touched = next((line for line in lines if by_lines.touches(line.text[:500], known)), None)
        if touched is not None:
            fact = f"A failure path is touched: {shown(touched.text)}"
            yield _line_fact(file, "touched", "info", fact, touched, side="new" if side == "new" else "old")
            return


def _line_fact(
    file: ChangedFile, rule: str, severity: Severity, fact: str, line: ChangedLine, *, side: Side = "new"
) -> Fact:
    return Fact(
        rule=rule,
        severity=severity,
        message=fact,
        why=_WHY_TOUCHED if rule == "touched" else _WHY_SILENT,
        quote=line.text,
        file=file.path,
        side=side,
        line=line.number,
    )
