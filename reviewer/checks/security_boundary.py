"""The security boundary, as two facts kept apart: it was touched, and it was weakened.

Touched is information that asks for a senior reviewer. Weakened (a control gone, a dangerous call added, a secret in
the open) is a finding with a severity. A secret is never quoted.
"""

from __future__ import annotations

import itertools
from collections import Counter
from typing import TYPE_CHECKING, TypeVar

from reviewer.checks import python_source, roles, tree_source
from reviewer.checks.account import Account
from reviewer.checks.boundary import (
    flow,
    levels,
    limits,
    lost,
    markup,
    openings,
    paths,
    python,
    rows,
    secrets,
    told,
    trees,
)
from reviewer.checks.boundary import lines as by_lines
from reviewer.checks.boundary.routes import unguarded_routes
from reviewer.checks.boundary.touched import CONSTRUCT, boundary_of
from reviewer.checks.boundary.unguarded import unguarded
from reviewer.checks.failures.added import Added
from reviewer.checks.failures.folding import folded
from reviewer.checks.ident import Fact, shown
from reviewer.checks.line_place import without_comment
from reviewer.checks.plausible.wanted import said

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from reviewer.checks.boundary.model import Sink
    from reviewer.checks.case import Case, ChangedFile
    from reviewer.checks.finding import CheckResult, Mode, Severity
    from reviewer.checks.python_source import PythonFile

_Tree = TypeVar("_Tree")

_WHY_TOUCHED = (
    "What guards access, secrets and outside input is read by a senior reviewer, whatever the change looks like."
)
_WHY_SINK = "Whoever controls the input can go further than the program meant to let them."
_WHY_CONTROL = "What was checked before may now pass unchecked; look for what takes its place."
_WHY_EXPOSED = "A secret in the history is known to everyone who can read it, for as long as it is valid."
_LONGEST = 2_000


class SecurityBoundaryCheck:
    """Finds what touches the security boundary, what weakens it, and secrets.

    Measured on 460 whole human commits of click, attrs, express, gson, sinatra and cobra, 24,435 added lines: no
    finding above information; on 100 of devise and express-session, 1,917 lines, one (weak-hash).
    """

    mode: Mode = "security_boundary"
    version = 3

    def run(self, case: Case) -> CheckResult:
        """Return weakenings first, then secrets, then what is merely touched, one a file."""
        account = Account()
        files = python_source.read(case, account, wanted=_is_ours)
        parsed, _ = tree_source.read(case, account, wanted=_is_ours)
        facts: list[Fact] = []
        for file in files:
            facts.extend(_new_sinks(file.file, lambda tree, _: python.sinks(tree), file.old, file.new))
        for one in parsed:
            facts.extend(_new_sinks(one.file, trees.sinks, one.old, one.new))
        facts.extend(_newer(case, files, facts))
        facts = folded(facts)
        facts.extend(lost.in_python([file for file in files if not roles.is_test(file.file.path)]))
        facts.extend(fact for file in files if not roles.is_test(file.file.path) for fact in unguarded(file))
        facts.extend(fact for one in parsed if not roles.is_test(one.file.path) for fact in unguarded_routes(one))
        facts.extend(lost.in_trees([one for one in parsed if not roles.is_test(one.file.path)]))
        read = {one.file.path for one in parsed}
        for changed in case.files:
            facts.extend(_by_lines(changed, account, has_tree=changed.path in read))
            facts.extend(_secrets(changed))
        for changed in case.files:
            facts.extend(_touched(changed))
        return account.result(self.mode, self.version, facts)


def _newer(case: Case, files: Sequence[PythonFile], known: Sequence[Fact]) -> Iterator[Fact]:
    """Yield what new Python code asks, tells and lets decide, where nothing was said of the same line before."""
    told_of = {(fact.rule, fact.file, fact.line) for fact in known}
    wanted = [one for one in files if not roles.is_test(one.file.path) and not roles.is_example(one.file.path)]
    added = [one for one in map(Added.of, wanted) if one is not None]
    for one in added:
        found = (
            told.told(one),
            levels.levels(one),
            paths.paths(one),
            limits.limits(one),
            flow.flow(one),
            markup.markup(one),
            openings.openings(one),
        )
        for fact in itertools.chain(*found):
            if (fact.rule, fact.file, fact.line) not in told_of:
                told_of.add((fact.rule, fact.file, fact.line))
                yield fact
    yield from rows.rows(added)
    yield from levels.unasked(said(case), added)
    for changed in case.files:
        yield from markup.headers(changed)


def _is_ours(path: str) -> bool:
    return not roles.is_foreign(path)


def _new_sinks(
    file: ChangedFile, find: Callable[[_Tree, list[int] | None], list[Sink]], old_tree: _Tree | None, tree: _Tree | None
) -> Iterator[Fact]:
    if tree is None or not file.added:
        return
    added = {line.number for line in file.added}
    new = find(tree, sorted(added))
    if all(added.isdisjoint(range(sink.first, sink.last + 1)) for sink in new):
        return
    old = find(old_tree, None) if old_tree is not None else []
    before = Counter((sink.rule, sink.code) for sink in old)
    kept = before & Counter((sink.rule, sink.code) for sink in new)
    # What was there in other words is a change of a weakness, not a new one.
    reworded = Counter(sink.rule for sink in old) - Counter(rule for rule, _ in kept.elements())
    for sink in new:
        key = (sink.rule, sink.code)
        before[key] -= 1
        if before[key] >= 0 or added.isdisjoint(range(sink.first, sink.last + 1)):
            continue
        severity: Severity = "medium" if sink.severity == "high" and reworded[sink.rule] > 0 else sink.severity
        reworded[sink.rule] -= 1
        yield Fact(
            rule=sink.rule,
            severity=_in_tests(file.path, severity),
            message=f"{sink.fact} {_quoted(sink.code)}".strip(),
            why=_WHY_SINK,
            quote=sink.code,
            file=file.path,
            side="new",
            line=sink.first,
            end_line=sink.last if sink.last != sink.first else None,
        )


def _in_tests(path: str, severity: Severity) -> Severity:
    """Return the severity where nobody from outside reaches: a test may well ask for trouble."""
    return "info" if roles.is_test(path) or roles.is_example(path) else severity


def _quoted(code: str) -> str:
    # The call may hold a secret of its own.
    return "" if secrets.find(code) else shown(code)


def _by_lines(file: ChangedFile, account: Account, *, has_tree: bool) -> Iterator[Fact]:
    if (
        roles.language(file.path) == "python"
        or file.binary
        or roles.is_document(file.path)
        or roles.is_foreign(file.path)
    ):
        return
    if not roles.is_code(file.path):
        return
    known = roles.language(file.path)
    # Where there is a tree it says more, and says it once.
    rules = [rule for rule in by_lines.RULES if rule.paths.search(file.path) and not has_tree]
    if not has_tree:
        account.looked("other file", "by the form of lines")
    before = Counter(" ".join(line.text.split()) for line in file.removed)
    after = Counter(" ".join(line.text.split()) for line in file.added)
    for rule in rules:
        lines, others = (file.removed, after) if rule.removed else (file.added, before)
        remaining = sum(1 for text in others.elements() if rule.pattern.search(text[:_LONGEST]))
        for line in lines:
            text = without_comment(line.text[:_LONGEST], known)
            if not rule.pattern.search(text):
                continue
            remaining -= 1
            if remaining >= 0:
                continue
            yield Fact(
                rule=rule.rule,
                severity=_in_tests(file.path, rule.severity),
                message=f"{rule.fact} {_quoted(text)}".strip(),
                why=_WHY_CONTROL if rule.removed else _WHY_SINK,
                quote=line.text,
                file=file.path,
                side="old" if rule.removed else "new",
                line=line.number,
            )


def _secrets(file: ChangedFile) -> Iterator[Fact]:
    if file.binary or roles.is_foreign(file.path) or file.path.endswith((".lock", "-lock.json", "-lock.yaml", ".sum")):
        return
    lenient = roles.is_test(file.path) or roles.is_example(file.path) or roles.is_document(file.path)
    for line in file.added:
        for secret in secrets.find(line.text[:_LONGEST]):
            # Where examples live, a name beside a value is an example; a real token's form is not made up by accident.
            if lenient and not secret.by_form:
                continue
            beside = f" beside “{shown(secret.name)}”" if secret.name else ""
            yield Fact(
                rule="secret",
                severity="medium" if lenient else "high",
                message=f"An added line holds what looks like a secret ({secret.kind}){beside}; it is not quoted here.",
                why=_WHY_EXPOSED,
                quote=f"{secret.kind} {secret.name}",
                file=file.path,
                side="new",
                line=line.number,
            )


def _touched(file: ChangedFile) -> Iterator[Fact]:
    if (
        roles.is_document(file.path)
        or roles.is_foreign(file.path)
        or roles.is_test(file.path)
        or roles.is_example(file.path)
    ):
        return
    guarded = boundary_of(file.path)
    first = (file.added or file.removed or (None,))[0]
    if guarded is not None:
        yield Fact(
            rule="boundary-path",
            severity="info",
            message=f"{shown(file.path)} changes, which by its name is about {guarded}.",
            why=_WHY_TOUCHED,
            quote=file.path,
            file=file.path,
            side="new" if file.added else "old",
            line=first.number if first else None,
        )
        return
    if not roles.is_code(file.path):
        return
    known = roles.language(file.path)
    for side, lines in (("new", file.added), ("old", file.removed)):
        for line in lines:
            match = CONSTRUCT.search(without_comment(line.text[:_LONGEST], known))
            if match:
                yield Fact(
                    rule="boundary-construct",
                    severity="info",
                    message=f"A changed line uses {shown(match.group())}: {_quoted(line.text)}",
                    why=_WHY_TOUCHED,
                    quote=match.group(),
                    file=file.path,
                    side="new" if side == "new" else "old",
                    line=line.number,
                )
                return
