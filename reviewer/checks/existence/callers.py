"""Unchanged files that import what changed, and of which a type checker newly says that something does not exist.

What it says of them was true of no line of the old side: the change broke a caller that it does not show.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from reviewer.checks.existence.guards import Guards, guards_of
from reviewer.checks.existence.words import doubtful
from reviewer.checks.ident import Fact, shown
from reviewer.checks.python_source import parse

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewer.checks.case import Case
    from reviewer.checks.diagnostics import Diagnostic, Existence
    from reviewer.checks.finding import Severity

_WHY = "It worked before this change, and fails when it is run after it, in a file that the diff does not show."
_MOST = 4
_NAMED = 3


def broken(case: Case, known: Existence) -> Iterator[Fact]:
    """Yield one fact for each unchanged file that misses something since the change.

    On 70 whole human commits of click, httpx, rich, attrs and requests with 3,022 added lines, which 605 unchanged
    files import, two such files were told of.
    """
    beside = frozenset(known.beside)
    had = Counter((one.path, one.tool, one.rule, one.message) for one in known.before if one.path in beside)
    places: dict[tuple[str, str], list[Diagnostic]] = defaultdict(list)
    for one in known.after:
        if one.path not in beside or one.kind in {None, "undecided"}:
            continue
        if (one.tool, one.rule) == ("ty", "no-matching-overload"):
            # It does not tell an overload that cannot be called so from one that takes arguments of other types.
            continue
        key = (one.path, one.tool, one.rule, one.message)
        if had[key] > 0:
            had[key] -= 1
        elif not doubtful(one.message) and not _guards(case, one.path).has(one.kind or "name", one.line):
            places[one.path, str(one.line)].append(one)
    by_path: dict[str, list[Diagnostic]] = defaultdict(list)
    for (path, _), said in places.items():
        by_path[path].extend(said)
    for path, said in list(by_path.items())[:_MOST]:
        yield _fact(path, said)


def _guards(case: Case, path: str) -> Guards:
    data = case.after.read(path) if case.after is not None else None
    tree = parse(data) if data is not None else None
    return Guards() if tree is None else guards_of(tree)


def _fact(path: str, said: Sequence[Diagnostic]) -> Fact:
    message = said[0].message
    lines = sorted({one.line for one in said})
    tools = sorted({one.tool for one in said})
    severity: Severity = "low" if tools == ["ty"] else "medium"
    named = ", ".join(str(line) for line in lines[:_NAMED]) + (" …" if len(lines) > _NAMED else "")
    says = f"{' and '.join(tools)} of {shown(path)}, which does not change, line{'s' if len(lines) > 1 else ''} {named}"
    return Fact(
        rule="caller-broken",
        severity=severity,
        message=f"{says}: {shown(message.rstrip('.'), 160)}.",
        why=_WHY,
        quote=f"{path} {message}",
        evidence=tuple(f"file:{path}:{line}" for line in lines[:_NAMED]),
    )
