"""Turns that a person took back: they leave the conversation, what they did to the disk stays.

Pure: drafts in, node names out. A turn is a prompt and all up to the next one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.run.event import Prompt

if TYPE_CHECKING:
    from reviewer.run.importers.draft import Draft


def mark(drafts: list[Draft], taken_back: dict[int, int], log: str) -> set[str]:
    """Give each draft the turn that it is of as node; return the nodes that were taken back.

    Args:
        drafts: of one log, in order.
        taken_back: how many turns the draft with this `id` takes back.
        log: name of the log, for nodes of several logs to stay apart.
    """
    if not taken_back:
        return set()
    standing: list[str] = []
    gone: set[str] = set()
    node = f"{log}#0"
    for place, draft in enumerate(drafts):
        count = taken_back.get(id(draft))
        if count is not None:
            for _ in range(min(count, len(standing))):
                gone.add(standing.pop())
            node = f"{log}#{place}"
        elif draft.cls is Prompt and draft.bumps and not draft.dead:
            node = f"{log}#{place}"
            standing.append(node)
        draft.node = node
    return gone
