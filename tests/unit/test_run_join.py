"""Several sessions as one run: in the order of time, numbered anew, and nothing that was told twice counted twice."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.run.event import Command, Context, Edit, End, Event, Message, Prompt, Unknown, Usage
from reviewer.run.importers.importer import ImportedRun, SessionInfo
from reviewer.run.join import JoinedRun, join

if TYPE_CHECKING:
    from collections.abc import Sequence


def run(*events: Event, agent: str = "Codex", ids: Sequence[str] = (), **more: Any) -> ImportedRun:  # noqa: ANN401 - any field
    """A run of events, numbered, with turns by its prompts, commands by their order, and an end if it has none."""
    numbered: list[Event] = []
    turn = commands = 0
    ended = events if events and isinstance(events[-1], End) else (*events, End(seq=1, reason="finished"))
    for event in ended:
        turn += isinstance(event, Prompt)
        shared: dict[str, Any] = {"seq": len(numbered) + 1, "turn": turn}
        if isinstance(event, Command):
            commands += 1
            shared |= {"n": commands, "log": f"logs/{commands}.log"}
        numbered.append(replace(event, **shared))
    return ImportedRun(numbered, SessionInfo(agent, session_ids=list(ids)), records=len(events), **more)


def at(second: int, zone: str = "Z") -> str:
    return f"2026-01-01T00:{second // 60:02}:{second % 60:02}{zone}"


def asked(text: str, time: str | None = None) -> Prompt:
    return Prompt(seq=1, text=text, time=time)


def said(text: str, time: str | None = None) -> Message:
    return Message(seq=1, text=text, time=time)


def ran(line: str, time: str | None = None) -> Command:
    return Command(seq=1, n=1, line=line, time=time, state="passed")


def texts(joined: JoinedRun) -> list[str]:
    shown = []
    for event in joined.events:
        match event:
            case Command():
                shown.append(f"{event.n}: {event.line}")
            case Prompt() | Message() | Context():
                shown.append(event.text)
            case End():
                shown.append(f"end {event.reason}")
    return shown


def check(joined: JoinedRun) -> None:
    """What holds of every joined run."""
    assert [event.seq for event in joined.events] == list(range(1, len(joined.events) + 1))
    assert [isinstance(event, End) for event in joined.events].count(True) == 1
    assert isinstance(joined.events[-1], End)
    numbers = [event.n for event in joined.events if isinstance(event, Command)]
    assert numbers == list(range(1, len(joined.commands) + 1))
    assert all(event.log in {None, f"logs/{event.n}.log"} for event in joined.events if isinstance(event, Command))
    assert {event.session for event in joined.events} <= {session.n for session in joined.sessions}
    asked_at = [event.turn for event in joined.events if isinstance(event, Prompt)]
    assert asked_at == sorted(asked_at)


def test_one_run_stays_as_it_is() -> None:
    alone = run(asked("a", at(1)), ran("ls", at(2)), unknown={"x": 1}, torn=3)
    joined = join([alone])
    assert joined.events is alone.events
    assert joined.commands == [(0, 1)]
    assert (joined.records, joined.unknown, joined.torn) == (2, {"x": 1}, 3)
    assert [(session.n, session.place, session.end.reason) for session in joined.sessions] == [(1, 0, "finished")]


def test_sessions_go_in_the_order_of_their_start() -> None:
    later = run(asked("second", at(60)), ran("b", at(61)), agent="Gemini CLI", ids=["g1"])
    earlier = run(asked("first", at(1)), ran("a", at(2)), End(seq=1, reason="interrupted", time=at(3)))
    joined = join([later, earlier])
    check(joined)
    assert texts(joined) == [
        "first",
        "1: a",
        "ended: interrupted",
        "Gemini CLI, session g1",
        "second",
        "2: b",
        "end finished",
    ]
    assert [event.session for event in joined.events] == [1, 1, 1, 2, 2, 2, 2]
    assert [event.turn for event in joined.events] == [1, 1, 1, 0, 2, 2, 2]
    assert joined.commands == [(1, 1), (0, 1)]
    assert [info.agent for info in joined.infos] == ["Codex", "Gemini CLI"]


def test_sessions_at_the_same_time_are_told_together() -> None:
    one = run(asked("one", at(1)), ran("a", at(3)), said("done", at(9)))
    two = run(asked("two", at(2)), ran("b", at(4)), said("ready", at(5)))
    joined = join([one, two])
    check(joined)
    assert texts(joined) == ["one", "Codex", "two", "1: a", "2: b", "ready", "ended: finished", "done", "end finished"]
    # What belongs to which request is not mixed up.
    assert [event.turn for event in joined.events] == [1, 0, 2, 1, 2, 2, 2, 1, 1]


def test_inside_a_session_the_order_of_its_log_holds() -> None:
    odd = run(asked("a", at(5)), said("clock went back", at(1)), said("b", at(6)))
    other = run(asked("c", at(4)))
    joined = join([odd, other])
    check(joined)
    assert [text for text in texts(joined) if text in {"a", "clock went back", "b"}] == ["a", "clock went back", "b"]


@pytest.mark.parametrize("zone", [None, ""])
def test_what_cannot_be_compared_follows_what_was_given_before(zone: str | None) -> None:
    def local(second: int) -> str | None:
        return None if zone is None else at(second, zone)

    blind = run(asked("blind", local(1)), said("and dumb", local(2)))
    early, late = run(asked("early", at(1)), said("x", at(2))), run(asked("late", at(50)))
    assert [text for text in texts(join([late, blind, early])) if not text.startswith(("Codex", "end"))] == [
        "early",
        "x",
        "late",
        "blind",
        "and dumb",
    ]
    assert texts(join([blind, early, late]))[:2] == ["blind", "and dumb"]
    both = join([blind, run(asked("other", local(0)))])
    check(both)
    assert [text for text in texts(both) if not text.startswith(("Codex", "end"))] == ["blind", "and dumb", "other"]


def test_times_with_another_zone_are_compared_in_utc() -> None:
    east = run(asked("first", "2026-01-01T02:00:00.5+02:00"))
    joined = join([run(asked("second", "2026-01-01T00:00:01Z")), east])
    assert [text for text in texts(joined) if text in {"first", "second"}] == ["first", "second"]


class TestCopies:
    BASE = (asked("a", at(1)), ran("ls", at(2)), said("done", at(3)))

    def test_a_later_state_of_a_log_stands_for_both(self) -> None:
        early = run(*self.BASE[:2], ids=["s"])
        late = run(*self.BASE, said("more", at(4)), ids=["s"])
        for given_first, given_last in ((early, late), (late, early)):
            joined = join([given_first, given_last])
            check(joined)
            assert texts(joined) == ["a", "1: ls", "done", "more", "end finished"]
            assert len(joined.sessions) == 1
            place = [given_first, given_last].index(early)
            assert joined.contained == {place: 1 - place}

    def test_a_call_that_was_open_in_the_earlier_state_is_told_once(self) -> None:
        waiting = run(
            self.BASE[0], replace(ran("ls", at(2)), state="not_run"), Unknown(seq=1, record="torn line"), ids=["s"]
        )
        joined = join([waiting, run(*self.BASE, ids=["s"])])
        assert [event.state for event in joined.events if isinstance(event, Command)] == ["passed"]
        assert joined.contained == {0: 1}

    def test_the_same_log_twice_is_one_session(self) -> None:
        joined = join([run(*self.BASE, ids=["s"]), run(*self.BASE, ids=["s"])])
        check(joined)
        assert joined.contained == {1: 0}
        assert len(joined.events) == 4

    def test_a_fork_tells_only_what_is_its_own(self) -> None:
        one = run(*self.BASE, said("one way", at(10)), ids=["s"])
        other = run(*self.BASE, ran("pwd", at(20)), said("another way", at(21)), ids=["s", "t"])
        joined = join([one, other])
        check(joined)
        assert texts(joined) == [
            "a",
            "1: ls",
            "done",
            "one way",
            "ended: finished",
            "Codex, session s, t",
            "2: pwd",
            "another way",
            "end finished",
        ]
        assert joined.commands == [(0, 1), (1, 2)]
        assert (joined.repeated, [session.copied for session in joined.sessions]) == (3, [0, 3])

    def test_without_times_what_both_begin_with_is_told_once(self) -> None:
        one = run(asked("a"), said("b"), said("b"), said("c"), ids=["s"])
        other = run(asked("a"), said("b"), said("b"), said("d"), said("b"), ids=["s"])
        joined = join([one, other])
        assert [text for text in texts(joined) if len(text) == 1] == ["a", "b", "b", "c", "d", "b"]

    def test_sessions_of_their_own_keep_what_is_alike(self) -> None:
        joined = join([run(*self.BASE, ids=["s"]), run(*self.BASE, ids=["t"]), run(*self.BASE)])
        check(joined)
        assert len(joined.commands) == 3
        assert joined.contained == {}

    def test_the_same_tokens_at_another_time_are_counted(self) -> None:
        used = [Usage(seq=1, time=at(n), input_tokens=5) for n in (1, 2, 3)]
        joined = join([run(*used[:2], said("x", at(4)), ids=["s"]), run(used[1], used[2], ids=["s"])])
        assert sum(isinstance(event, Usage) for event in joined.events) == 3


_TIMES = st.one_of(st.none(), st.integers(0, 90).map(at), st.integers(0, 90).map(lambda second: at(second, "")))
_EVENTS = st.one_of(
    st.builds(asked, st.sampled_from("ab"), _TIMES),
    st.builds(said, st.sampled_from("cd"), _TIMES),
    st.builds(ran, st.sampled_from(["ls", "pwd"]), _TIMES),
    st.builds(lambda time: Edit(seq=1, path="x", time=time), _TIMES),
)
_RUNS = st.builds(
    lambda events, ids: run(*events, ids=ids),
    st.lists(_EVENTS, max_size=6),
    st.lists(st.sampled_from("st"), max_size=1),
)


@given(st.lists(_RUNS, min_size=1, max_size=4))
def test_nothing_is_lost_and_all_is_in_order(runs: list[ImportedRun]) -> None:
    joined = join(runs)
    check(joined)
    if len(runs) == 1:
        return
    told = sum(len(given.events) for place, given in enumerate(runs) if place not in joined.contained)
    left_out = sum(session.copied for session in joined.sessions)
    begun = len(joined.sessions) - 1
    assert len(joined.events) <= told - left_out + begun
    assert len(joined.events) >= told - left_out
    for session in joined.sessions:
        own = [event for event in joined.events if event.session == session.n and isinstance(event, Command)]
        given = [event.n for event in runs[session.place].events if isinstance(event, Command)]
        numbers = [n for place, n in joined.commands if place == session.place]
        assert numbers == sorted(numbers)
        assert set(numbers) <= set(given)
        assert len(own) == len(numbers)
