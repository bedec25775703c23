from __future__ import annotations

import itertools
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, get_args, get_type_hints

from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer.review.codec import from_fields, to_fields
from reviewer.review.entry import JournalEntry, merge, parse, parse_line, render
from reviewer.review.event import ReviewEvent, UnknownRecorded
from reviewer.review.state import ReviewState, apply, change, changes, fold

if TYPE_CHECKING:
    from collections.abc import Sequence

_ID = st.sampled_from(("a", "b", "c"))
_TEXT = st.one_of(_ID, st.text(max_size=5))


def _events(kind: Any) -> st.SearchStrategy[Any]:  # noqa: ANN401 - one of the event classes
    hints = {name: hint for name, hint in get_type_hints(kind).items() if name != "type"}
    values = {name: _values(name, hint) for name, hint in hints.items()}
    return st.builds(kind, **values)


def _values(name: str, hint: Any) -> st.SearchStrategy[Any]:  # noqa: ANN401 - a type hint
    if name in ("item", "finding", "comment", "gate", "statement"):
        return _ID
    known: dict[str, st.SearchStrategy[Any]] = {
        "raw": st.just('{"x":1}'),
        "name": st.just("later"),
        "hunks": st.tuples(_ID, _ID),
        "line": st.none() | st.integers(1, 9),
        "end_line": st.none() | st.integers(1, 9),
    }
    return known[name] if name in known else _TEXT if hint is str else st.from_type(hint)


_EVENT: st.SearchStrategy[ReviewEvent] = st.one_of(*(_events(kind) for kind in get_args(ReviewEvent)))


def _stream(by: str, events: Sequence[tuple[int, ReviewEvent]]) -> tuple[JournalEntry, ...]:
    entries: list[JournalEntry] = []
    seq = 0
    for number, (step, event) in enumerate(events):
        seq += step
        at = datetime(2026, 1, 1, tzinfo=UTC).isoformat().replace("+00:00", "Z")
        prev = entries[-1].digest if entries else ""
        entries.append(parse_line(render(JournalEntry(1, seq, at, by, f"{by}{number}", prev, event))))
    return tuple(entries)


_STREAM = st.lists(st.tuples(st.integers(1, 3), _EVENT), max_size=6)
_THREE = st.tuples(*(st.builds(_stream, st.just(by), _STREAM) for by in ("ana", "bo", "cy")))


@settings(max_examples=150, deadline=None)
@given(_EVENT)
def test_an_event_survives_its_line(event: ReviewEvent) -> None:
    assert from_fields(to_fields(event)) == event


@settings(max_examples=60, deadline=None)
@given(_THREE)
def test_merging_is_a_union(streams: tuple[tuple[JournalEntry, ...], ...]) -> None:
    a, b, c = streams
    everything = merge(a, b, c)
    for order in itertools.permutations(streams):
        assert merge(*order) == everything
    assert merge(merge(a, b), c) == merge(a, merge(b, c)) == everything
    assert merge(everything, everything) == everything
    assert merge(a) == a
    assert fold(everything) == fold(merge(c, a, b))


@settings(max_examples=60, deadline=None)
@given(_THREE)
def test_the_fold_is_total_and_steps_add_up(streams: tuple[tuple[JournalEntry, ...], ...]) -> None:
    entries = merge(*streams)
    state = ReviewState()
    for entry in entries:
        before = state
        state = apply(state, entry)
        assert changes(before, entry.event) == (change(before, entry.event, entry.at, entry.by) is not before)
        if not changes(before, entry.event):
            assert (state.seen, state.answers, state.comments) == (before.seen, before.answers, before.comments)
        if not isinstance(entry.event, UnknownRecorded):
            assert not changes(state, entry.event)
        assert apply(state, entry) is state
    assert state == fold(entries)
    assert state.entries == len(entries)


@settings(max_examples=60, deadline=None)
@given(_STREAM, st.data())
def test_a_cut_journal_gives_a_prefix(events: list[tuple[int, ReviewEvent]], data: st.DataObject) -> None:
    entries = _stream("ana", events)
    raw = b"".join(render(entry) + b"\n" for entry in entries)
    cut = data.draw(st.integers(0, len(raw)))
    reading = parse(raw[:cut], "j")
    assert reading.entries == entries[: raw[:cut].count(b"\n")]
    assert reading.torn == len(raw[:cut].rpartition(b"\n")[2])
