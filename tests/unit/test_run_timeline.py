"""`timeline.jsonl`: what is written is read again, and a line that is no event is named by its number."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from reviewer.errors import BadPacketError
from reviewer.run import timeline
from reviewer.run.event import Command, Edit, End, Plan, PlanStep, Prompt, Thought, Unknown

if TYPE_CHECKING:
    from reviewer.run.event import Event

EVENTS: tuple[Event, ...] = (
    Prompt(seq=1, time="2026-03-02T09:00:00.000Z", turn=1, text="Fix\nit ⟨é⟩", via="queued", attachments=2),
    Thought(seq=2, text=None),
    Plan(seq=3, steps=(PlanStep("a", "completed"), PlanStep("b"))),
    Edit(seq=5, path="/x/a.py", repo_path="a.py", applied=False, refused="no match"),
    Command(seq=8, n=1, line="pytest", exit_code=0, seconds=1.5, state="passed", tests={"passed": 3}),
    End(seq=9, reason="finished", discarded=False),
)


def test_events_survive_the_round_trip() -> None:
    assert timeline.parse(timeline.dump(EVENTS)) == EVENTS


def test_a_line_has_its_kind_first_and_no_empty_fields() -> None:
    (line,) = timeline.dump(EVENTS[1:2]).split(b"\n")[:-1]
    assert line.startswith(b'{"kind":"thought","seq":2')
    assert b"null" not in line


def test_equal_events_give_equal_bytes() -> None:
    assert timeline.dump(EVENTS) == timeline.dump(list(EVENTS))


def test_a_kind_of_a_later_version_is_kept() -> None:
    (event,) = timeline.parse(b'{"kind":"telepathy","seq":4,"text":"hm"}\n')
    assert isinstance(event, Unknown)
    assert (event.seq, event.record) == (4, "telepathy")
    assert "hm" in event.text


def test_lone_surrogates_do_not_stop_the_writing() -> None:
    (event,) = timeline.parse(timeline.dump([Prompt(seq=1, text="a\ud800b")]))
    assert event == Prompt(seq=1, text="a?b")


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("{", "not JSON"),
        ("[]", "expected a JSON object"),
        ('{"seq":3}', "'kind' is missing"),
        ('{"kind":"end","seq":3}', "needs 'reason'"),
        ('{"kind":"end","seq":3,"reason":"bored"}', "'reason' has to be one of finished"),
        ('{"kind":"end","seq":"3","reason":"cut"}', "'seq' has to be a whole number"),
        ('{"kind":"end","seq":true,"reason":"cut"}', "'seq' has to be a whole number"),
        ('{"kind":"end","seq":3,"reason":"cut","mood":1}', "has no 'mood'"),
        ('{"kind":"end","seq":2,"reason":"cut"}', "'seq' is 2 after 2"),
        ('{"kind":"plan","seq":3,"steps":[{"text":1}]}', "'steps' has to be text"),
        ('{"kind":"plan","seq":3,"steps":[{"text":"a","status":"odd"}]}', "'steps' has to be one of"),
        ('{"kind":"command","seq":3,"n":1,"line":"a","tests":{"passed":"3"}}', "'tests' has to be an object"),
        ('{"kind":"command","seq":3,"n":1,"line":"a","seconds":"3"}', "'seconds' has to be a number"),
        ('{"kind":"edit","seq":3,"path":"a","patch_cut":1}', "'patch_cut' has to be true or false"),
    ],
)
def test_a_bad_line_is_refused_with_its_number(row: str, said: str) -> None:
    data = timeline.dump(EVENTS[:2]) + row.encode() + b"\n"
    with pytest.raises(BadPacketError) as caught:
        timeline.parse(data, "packet/timeline.jsonl")
    assert caught.value.sentence.startswith("packet/timeline.jsonl, line 3: ")
    assert said in caught.value.sentence


def test_the_shapes_are_those_of_the_events() -> None:
    for event in EVENTS:
        row = json.loads(timeline.dump_event(event))
        assert set(row) <= set(event.__dataclass_fields__)
