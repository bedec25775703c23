"""What running the tests on both sides showed: what broke, what is unsteady, what does not fail without the change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.checks.ident import Fact, shown
from reviewer.checks.theater.test_places import own_name
from reviewer.text import plural

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewer.checks.finding import Severity
    from reviewer.checks.probed import Matrix, TestRow
    from reviewer.checks.theater.test_places import TestPlaces

_WHY_GREEN = "Tests that pass without the change do not show that it works."
_WHY_BROKEN = "What worked before the change does not work now."
_WHY_UNSTEADY = "What passes at times proves nothing when it passes."
_FEW_TESTS = 2
_NAMED = 4
_MOST = 20


def matrix_facts(
    matrix: Matrix, kind: str, places: TestPlaces, fresh: frozenset[tuple[str, str]], *, weight: Severity
) -> Iterator[Fact]:
    """Yield what running the tests on both sides showed, the worst first.

    Args:
        matrix: what was run.
        kind: of the task.
        places: where tests are.
        fresh: path and name of the tests that the change adds.
        weight: how much it weighs that no test fails without the change.
    """
    rows = matrix.rows
    broken = [row for row in rows if row.kind == "P2F"]
    yield from _rows(
        broken, places, "test-regressed", "high", what="passes on the parent and fails with the change", why=_WHY_BROKEN
    )
    flaky = [row for row in rows if row.kind == "flaky"]
    yield from _rows(flaky, places, "test-flaky", "medium", what="does not end the same way twice", why=_WHY_UNSTEADY)
    failing = [row for row in rows if row.kind == "F2F"]
    said = "fails with the change and without it"
    yield from _rows(
        [row for row in failing if row.changed],
        places,
        "test-fails-on-both",
        "medium",
        what=said,
        why=_WHY_BROKEN,
        fold=True,
    )
    yield from _rows(
        [row for row in failing if not row.changed],
        places,
        "test-fails-on-both",
        "info",
        what=said,
        why=_WHY_BROKEN,
        fold=True,
    )
    changed = [row for row in rows if row.changed]
    decided = [row for row in changed if row.kind not in {"undecided", "flaky"}]
    if kind == "steady" or not decided:
        return
    names, place = list_names([row.id for row in decided]), places.of(decided[0])
    if not any(row.kind in {"F2P", "E2P"} for row in decided):
        yield Fact(
            rule="no-test-fails-on-parent",
            severity=weight,
            message=f"{_none(len(decided))} without the change: {names}.",
            why=_WHY_GREEN,
            quote="",
            known="recorded",
            file=place.file,
            side=place.side,
            line=place.line,
            evidence=tuple(f"test:{row.id}" for row in decided[:_MOST]),
        )
        decided = [row for row in decided if row.id.partition("[")[0] != decided[0].id.partition("[")[0]]
    elif kind == "repair" and not any(row.kind == "F2P" for row in decided):
        yield Fact(
            rule="fails-by-absence",
            severity="info",
            message=f"On the parent the changed tests fail only because something is not there yet: {names}.",
            why="A test that cannot be set up on the parent does not show what was wrong there.",
            quote="",
            known="recorded",
            file=place.file,
            side=place.side,
            line=place.line,
            evidence=tuple(f"test:{row.id}" for row in decided[:_MOST]),
        )

    idle = [row for row in decided if row.kind == "P2P" and (row.path, own_name(row.id)) in fresh]
    failing_too = {row.id.partition("[")[0] for row in decided if row.kind != "P2P"}
    yield from _rows(
        [row for row in idle if row.id.partition("[")[0] not in failing_too],
        places,
        "test-passes-on-parent",
        "info",
        what="is new and passes without the change too",
        why=_WHY_GREEN,
    )


def _none(count: int) -> str:
    return "The one changed test does not fail" if count == 1 else f"None of {count:,} changed tests fails"


def _rows(
    rows: Sequence[TestRow],
    places: TestPlaces,
    rule: str,
    severity: Severity,
    *,
    what: str,
    why: str,
    fold: bool = False,
) -> Iterator[Fact]:
    by_test: dict[str, list[TestRow]] = {}
    for row in rows:
        by_test.setdefault(row.id.partition("[")[0], []).append(row)
    if fold:
        by_test = _folded(by_test)
    told = list(by_test.items())
    for name, cases in told[:_MOST]:
        first = next((row for row in cases if row.message), cases[0])
        said = f": {shown(first.message, 160)}" if first.message else "."
        named = shown(first.id) if len(cases) == 1 else f"{shown(name)} ({len(cases)} cases)"
        place = places.of(first)
        yield Fact(
            rule=rule,
            severity=severity,
            message=f"{named} {what}{said}",
            why=why,
            quote=name,
            known="recorded",
            file=place.file,
            side=place.side,
            line=place.line,
            evidence=tuple(f"test:{row.id}" for row in cases[:_MOST]),
        )
    rest = [name for name, _ in told[_MOST:]]
    if rest:
        yield Fact(
            rule=rule,
            severity=severity,
            message=f"The same of {plural(len(rest), 'more test')} ({what}): {list_names(rest)}.",
            why=why,
            quote="more",
            known="recorded",
        )


def _folded(by_test: dict[str, list[TestRow]]) -> dict[str, list[TestRow]]:
    """Return the tests of a file as one where they are many: what fails on both sides has mostly one cause."""
    by_path: dict[str, list[str]] = {}
    for name, rows in by_test.items():
        by_path.setdefault(rows[0].path, []).append(name)
    found: dict[str, list[TestRow]] = {}
    for path, names in by_path.items():
        if len(names) > _FEW_TESTS:
            found[path] = [row for name in names for row in by_test[name]]
        else:
            found |= {name: by_test[name] for name in names}
    return found


def list_names(names: Sequence[str]) -> str:
    """Return the first few names, safe to show."""
    return ", ".join(shown(name, 60) for name in names[:_NAMED]) + (" …" if len(names) > _NAMED else "")
