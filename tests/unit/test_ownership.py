from __future__ import annotations

from reviewer.digest import Sha256, sha256
from reviewer.ownership import BlameLine, Grant, owners

AGENT, HUMAN, OLD = "a" * 40, "b" * 40, "c" * 40


def line(number: int, commit: str) -> BlameLine:
    return BlameLine(number, commit, number, "src/a.py", b"x")


def grant(name: str, commits: set[str], at: str = "2026-01-02T00:00:00Z", *, owner: str = "Ada") -> Grant:
    return Grant(sha256(name.encode()), owner, at, Sha256("0" * 64), frozenset(commits))


def test_only_approved_commits_have_owners() -> None:
    spans = owners([line(1, AGENT), line(2, AGENT), line(3, OLD), line(4, AGENT)], [grant("one", {AGENT})])
    assert [(span.first, span.last, span.is_owned) for span in spans] == [(1, 2, True), (3, 3, False), (4, 4, True)]
    assert [line.line for line in spans[0].lines] == [1, 2]


def test_two_people_own_together_oldest_first_and_one_approval_counts_once() -> None:
    late = grant("late", {AGENT, HUMAN}, "2026-03-01T00:00:00Z", owner="Bob")
    early = grant("early", {AGENT}, "2026-02-01T00:00:00Z")
    (span,) = owners([line(1, AGENT)], [late, early, late])
    assert [found.owner for found in span.grants] == ["Ada", "Bob"]


def test_lines_that_are_not_neighbours_are_not_joined() -> None:
    spans = owners([line(1, AGENT), line(5, AGENT)], [])
    assert [(span.first, span.last) for span in spans] == [(1, 1), (5, 5)]
    assert owners([], [grant("one", {AGENT})]) == ()
