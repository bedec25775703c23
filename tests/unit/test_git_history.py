from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer.errors import UndeterminedError
from reviewer.git.commit import CommitInfo
from reviewer.git.history import History

Graph = dict[str, tuple[str, ...]]


def history(graph: Graph, times: dict[str, int] | None = None) -> History:
    def commit(oid: str) -> CommitInfo:
        if oid not in graph:
            raise UndeterminedError(f"{oid} is missing")
        when = (times or {}).get(oid, int(oid[1:] or 0))
        return CommitInfo(oid, "tree", graph[oid], "a", "a@b", when, "a", "a@b", when, b"")

    return History(commit)


def ancestors(graph: Graph, oid: str) -> set[str]:
    found, pending = set(), [oid]
    while pending:
        current = pending.pop()
        if current not in found:
            found.add(current)
            pending += graph[current]
    return found


CRISS_CROSS: Graph = {
    "c0": (),
    "c1": ("c0",),
    "c2": ("c0",),
    "c3": ("c1", "c2"),
    "c4": ("c2", "c1"),
    "c5": ("c3",),
    "c6": ("c4",),
}


def test_criss_cross_merges_have_two_bases_newest_first() -> None:
    assert history(CRISS_CROSS).merge_bases("c5", "c6") == ("c2", "c1")


def test_unrelated_histories_have_no_base() -> None:
    assert history({"c1": (), "c2": ()}).merge_bases("c1", "c2") == ()


def test_first_parents_leave_out_what_was_merged() -> None:
    graph: Graph = {"c0": (), "c1": ("c0",), "c2": ("c0",), "c3": ("c1", "c2"), "c4": ("c3",)}
    assert history(graph).first_parents("c0", "c4") == ("c4", "c3", "c1")
    assert history(graph).between("c0", "c4") == ("c4", "c3", "c2", "c1")
    assert history(graph).between("c4", "c4") == ()
    assert history(graph).between("c4", "c0") == ()


def test_a_missing_parent_matters_only_when_it_is_needed() -> None:
    graph: Graph = {"c5": ("c4",), "c4": ("gone",)}
    assert history(graph).between("c4", "c5") == ("c5",)
    assert history(graph).is_ancestor("c4", "c5")


@st.composite
def graphs(draw: st.DrawFn) -> tuple[Graph, dict[str, int]]:
    count = draw(st.integers(2, 9))
    graph: Graph = {}
    for number in range(count):
        earlier = [f"c{n}" for n in range(number)]
        parents = draw(st.lists(st.sampled_from(earlier), max_size=3, unique=True)) if earlier else []
        graph[f"c{number}"] = tuple(parents)
    # Dates lie as they like: a walk by date has to be right all the same.
    times = {oid: draw(st.integers(0, 5)) for oid in graph}
    return graph, times


@settings(max_examples=150, deadline=None)
@given(graphs())
def test_answers_equal_those_of_whole_ancestor_sets(case: tuple[Graph, dict[str, int]]) -> None:
    graph, times = case
    walk = history(graph, times)
    sets = {oid: ancestors(graph, oid) for oid in graph}
    for left in graph:
        assert set(walk.between(None, left)) == sets[left]
        for right in graph:
            assert walk.is_ancestor(left, right) == (left in sets[right])
            common = sets[left] & sets[right]
            best = {oid for oid in common if not any(oid in sets[other] for other in common - {oid})}
            assert set(walk.merge_bases(left, right)) == best
            between = walk.between(left, right)
            assert set(between) >= sets[right] - sets[left], "never too few"
            places = {oid: place for place, oid in enumerate(between)}
            assert all(places[oid] < places[p] for oid in between for p in graph[oid] if p in places)


@settings(max_examples=100, deadline=None)
@given(graphs())
def test_with_honest_dates_a_range_is_exact(case: tuple[Graph, dict[str, int]]) -> None:
    graph, _ = case
    walk = history(graph)
    for left in graph:
        for right in graph:
            assert set(walk.between(left, right)) == ancestors(graph, right) - ancestors(graph, left)
