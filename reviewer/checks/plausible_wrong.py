"""Plausible but wrong: forms that are seldom meant, behaviour that moved, stubs, and answers that fit one test.

Python by syntax tree. Each rule is a module of `plausible`; this puts them together, weighs them by what the change is
for, and keeps what is said of one function short.
"""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from reviewer.checks import roles, tree_source
from reviewer.checks.account import Account
from reviewer.checks.plausible import (
    answers,
    arguments,
    asked,
    awaits,
    bounds,
    breakage,
    clocks,
    conditions,
    contrast,
    copies,
    edges,
    fields,
    filters,
    flow,
    left_over,
    loops,
    lost,
    members,
    ordering,
    orphans,
    pairs,
    passing,
    prefixes,
    proofs,
    quantities,
    returns,
    rigged,
    said,
    shapes,
    shared,
    slips,
    state,
    statements,
    stubs,
    sums,
    tables,
    texts,
    tree_contrast,
    tree_forms,
    unlike_others,
    values,
    wanted,
    worked,
)
from reviewer.checks.plausible.outline import Outline
from reviewer.checks.plausible.project import Project
from reviewer.checks.plausible.purpose import Purpose
from reviewer.checks.plausible.sign import fact_of, fold, newly
from reviewer.checks.plausible.spoken import Spoken
from reviewer.checks.python_source import pair, read
from reviewer.syntax.function import functions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from reviewer.checks.case import Case
    from reviewer.checks.finding import CheckResult, Mode
    from reviewer.checks.ident import Fact
    from reviewer.checks.plausible.sign import Sign
    from reviewer.checks.python_source import PythonFile
    from reviewer.checks.tree_source import TreeFile
    from reviewer.syntax.tree import Tree

_Rule: TypeAlias = "Callable[[Outline], Iterator[Sign]]"
_MOST_NODES = 250_000
_FORMS: tuple[_Rule, ...] = (
    conditions.signs,
    copies.signs,
    bounds.signs,
    loops.signs,
    flow.signs,
    rigged.signs,
    texts.signs,
    awaits.signs,
    arguments.signs,
    quantities.signs,
    returns.signs,
    stubs.signs,
    orphans.locals_unread,
    values.signs,
    edges.signs,
    statements.signs,
    prefixes.signs,
    sums.signs,
    clocks.signs,
    shared.signs,
    slips.signs,
    pairs.signs,
    left_over.signs,
)


class PlausibleWrongCheck:
    """Finds code that looks right and may not be.

    Measured on 450 whole human commits of nine Python projects with 30,656 added lines: 50 findings above information,
    0.16 for 100 added lines, five of them medium and none high; four of five are edits of functions. On 320 commits
    of one project each in JavaScript, Go, Rust and Ruby, with 17,241 added lines: 0.14.
    """

    mode: Mode = "plausible_wrong"
    version = 2

    def run(self, case: Case) -> CheckResult:
        """Return findings by file in the order of the diff, then by place."""
        account = Account()
        files = read(case, account, wanted=_is_wanted)
        facts: list[Fact] = []
        purpose, task = Purpose.of(case), wanted.said(case)
        moved = _contrasts(files, purpose, account)
        for path, sign in wanted.floors(task, files):
            moved.setdefault(path, []).append(sign)
        names, spoken = orphans.Names(case), Spoken(case)
        project = Project(names)
        rules: tuple[_Rule, ...] = (
            *_FORMS,
            partial(ordering.signs, project=project, task=task),
            partial(said.signs, task=task),
            partial(said.added_after, task=task),
            partial(awaits.from_elsewhere, project=project),
        )
        around = unlike_others.Around(case)
        for file in files:
            try:
                found = [
                    *_forms(case, file, account, spoken, names, around=around, project=project, rules=rules),
                    *moved.get(file.file.path, ()),
                ]
            except RecursionError:
                account.missing("nested too deeply", file.file.path)
                continue
            facts.extend(fact_of(sign, file.file.path) for sign in fold(found))
        facts.extend(_others(case, account, purpose))
        facts.extend(proofs.facts(case, account))
        facts.extend(asked.facts(case))
        return account.result(self.mode, self.version, facts, nothing="no code outside tests changes")


def _others(case: Case, account: Account, purpose: Purpose) -> Iterator[Fact]:
    """Yield what is found in languages other than Python."""
    files, _ = tree_source.read(case, account, wanted=_is_wanted)
    task = wanted.said(case)
    found: dict[str, list[Sign]] = {}
    for pair_ in tree_source.pairs(files):
        if pair_.old is not None and pair_.new is not None:
            edits = purpose.weigh(tree_contrast.signs(pair_.old.function, pair_.new.function))
            found.setdefault(pair_.new.file, []).extend(edits)
        old = pair_.old.function.node.text if pair_.old is not None else ""
        if pair_.new is not None and said.at_once(task) and pair_.new.function.node.text != old:
            signs = found.setdefault(pair_.new.file, [])
            # What stands in a function inside another is read with both.
            signs.extend(one for one in tree_forms.asked_first(pair_.new.function) if one not in signs)
    for file in files:
        if file.new is not None:
            found.setdefault(file.file.path, []).extend(_tree_forms(file, file.new))
            found[file.file.path].extend(wanted.limits(task, file.file))
            found[file.file.path].extend(said.bounds_of_lines(file.file, task))
            found[file.file.path].extend(tables.signs(file.file, functions(file.new)))
        yield from (fact_of(sign, file.file.path) for sign in fold(found.get(file.file.path, ())))


def _tree_forms(file: TreeFile, tree: Tree) -> list[Sign]:
    numbers = {line.number for line in file.file.added}
    new = list(
        tree_forms.signs(tree, lambda first, last: any(n in numbers for n in range(first, min(last, first + 2) + 1)))
    )
    old = list(tree_forms.signs(file.old, lambda _first, _last: True)) if new and file.old is not None else []
    return list(newly(old, new))


def _is_wanted(path: str) -> bool:
    aside = roles.is_example(path) or roles.is_built(path) or _is_aside(path)
    return not (roles.is_test(path) or roles.is_foreign(path) or aside)


def _is_aside(path: str) -> bool:
    return path.endswith(".pyi") or path.split("/", 1)[0] in {"docs", "doc", "benchmarks", "bench"}


def _forms(
    case: Case,
    file: PythonFile,
    account: Account,
    spoken: Spoken,
    names: orphans.Names,
    *,
    around: unlike_others.Around,
    project: Project,
    rules: Sequence[_Rule],
) -> Iterator[Sign]:
    if file.new is None:
        return
    after = Outline(file.new, file.new_source or b"", (line.number for line in file.file.added))
    if after.size > _MOST_NODES:
        account.missing("too large to look for forms", file.file.path)
        return
    yield from answers.signs(spoken, after)
    yield from orphans.unnamed(file, after, names)
    yield from breakage.signs(case, file, names)
    yield from unlike_others.signs(file, around)
    yield from fields.signs(case, file, names)
    yield from members.signs(file, project)
    yield from state.signs(file)
    yield from shapes.signs(file, project)
    yield from passing.signs(file, project)
    yield from filters.signs(file, project)
    yield from worked.signs(spoken, after)
    before: Outline | None = None
    for rule in rules:
        new = [one for one in rule(after) if after.touches(one.line, one.last)]
        if new and before is None and file.old is not None:
            before = Outline(file.old, file.old_source or b"")
        yield from newly(rule(before) if new and before is not None else (), new)


def _contrasts(files: Sequence[PythonFile], purpose: Purpose, account: Account) -> dict[str, list[Sign]]:
    found: dict[str, list[Sign]] = {}
    try:
        pairs = pair(files)
        gained = Counter(lost.gained(pairs))
        for one in pairs:
            if one.old is not None and one.new is not None:
                edits = purpose.weigh([*contrast.signs(one), *lost.signs(one, gained)])
                # What the lists of a setup.py lose is told, and weighed, as dependencies.
                stated = one.new.file.rpartition("/")[2] == "setup.py"
                kept = (sign for sign in edits if not (stated and sign.rule == "case-dropped"))
                found.setdefault(one.new.file, []).extend(kept)
    except RecursionError:
        account.lacking("nested too deeply to compare all functions before and after")
    return found
