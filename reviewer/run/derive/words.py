"""Rows of what the agent took for granted and of what it said it did: its own sentences, with the place.

Pure. Words of a model are no evidence; a claim gets the command that bears it out, or none. Rules: `assumption-words`,
and those of `reviewer.run.derive.claims`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.run.derive import phrases
from reviewer.run.derive.facts import bounded
from reviewer.run.derive.prose import holds, sentences
from reviewer.run.event import Message, Plan, Thought

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviewer.run.derive.claims import Claim
    from reviewer.run.derive.facts import Row
    from reviewer.run.derive.trace import Trace
    from reviewer.run.event import Event

_MOST = 100


def assumption(trace: Trace) -> list[Row]:
    """Return the sentences in which the agent says that it takes something for granted or did not check it.

    What it told the person or planned goes before what it thought, where there are too many.
    """
    found: dict[str, Event] = {}
    for event in trace.kept:
        said = event.text if isinstance(event, (Message, Thought, Plan)) else None
        if not said or not holds(said, phrases.ASSUMES_STEMS):
            continue
        for sentence in sentences(said):
            if not holds(sentence, phrases.ASSUMES_STEMS):
                continue
            if not phrases.ASSUMES.search(sentence) and (
                isinstance(event, Thought) or not phrases.ASSUMES_TOLD.search(sentence)
            ):
                continue
            # Said to the person counts for more than the same words thought before.
            if isinstance(found.setdefault(sentence, event), Thought):
                found[sentence] = event
    kept = sorted(found.items(), key=lambda entry: isinstance(entry[1], Thought))[:_MOST]
    return [
        {
            "text": sentence,
            "where": f"timeline.jsonl:{event.seq}",
            "known": "derived",
            "rule": "assumption-words",
            "events": [event.seq],
        }
        for sentence, event in sorted(kept, key=lambda entry: entry[1].seq)
    ]


def claim(claims: Sequence[Claim]) -> list[Row]:
    """Return what the agent says it did, quoted, with the command that bears it out where there is one.

    Where there are too many, those that hold and were said in passing are left out first.
    """
    ordered = sorted(claims, key=lambda one: (not one.is_last_word, one.rule == "claim-borne-out", -one.event.seq))
    return [
        {
            "text": one.text,
            "at": one.event.time,
            "evidence": one.evidence.n if one.evidence is not None else None,
            "known": "derived",
            "rule": one.rule,
            "events": bounded([one.event.seq, *one.events]),
        }
        for one in sorted(ordered[:_MOST], key=lambda one: one.event.seq)
    ]
