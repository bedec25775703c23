"""Events while a log is being read: what a later record tells is added to them, then all are numbered at once.

Knows the event shapes; nothing of any agent's format. A log tells a call first and its outcome later, and logs of
sub-agents lie beside the main one: so order, numbers, agent chains and discarded branches are settled at the end.
"""

from __future__ import annotations

from collections import Counter
from heapq import merge
from itertools import chain
from typing import TYPE_CHECKING, Any, cast

from reviewer.run.event import Edit, Read
from reviewer.run.importers.by_shell import ByShell
from reviewer.run.shell.state import facts

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from reviewer.run.event import Event
    from reviewer.run.importers.spool import OutputSpool
    from reviewer.run.shell.state import CommandFacts

ROOT = "root"
_SPENT: dict[str, Any] = {}
_SHARED = frozenset(("path", "cwd", "model", "tool"))
"""Fields of many events with few values: each text is held once."""
_OUTPUT_TAIL = 16_384
"""Where test runners put their summary, bytes."""


class Draft:
    """One event to be: its class, its own fields, and where it stands.

    Attributes:
        agent: id of the sub-agent, "" for the main one; the chain is settled at the end.
        node: id of the record that it came from, for discarded branches.
        bumps: a new turn starts with it.
        command: number under which the spool has its output, 0 for none.
        dead: another draft took its place.
    """

    __slots__ = ("agent", "bumps", "cls", "command", "dead", "fields", "node", "source", "time")

    def __init__(
        self, cls: type[Event], fields: dict[str, Any], *, time: str | None, agent: str, source: str, node: str | None
    ) -> None:
        self.cls = cls
        self.fields = fields
        self.time = time
        self.agent = agent
        self.source = source
        self.node = node
        self.bumps = False
        self.command = 0
        self.dead = False


def settle(
    streams: Iterable[list[Draft]],
    closing: list[Draft],
    *,
    spool: OutputSpool,
    launched_by: Mapping[str, str],
    is_discarded: Callable[[str], bool],
) -> list[Event]:
    """Return the events of one or more logs in one order, numbered.

    Drafts are taken from their lists and emptied as events are made of them: both together would take twice the memory.

    Args:
        streams: the drafts of each log in its own order; the first is the main one.
        closing: what comes after all of them.
        spool: outputs by provisional number; renumbered here.
        launched_by: sub-agent id to the id of the agent that started it ("" is the main one).
        is_discarded: whether the record of this id lies on a branch that was given up.
    """
    events: list[Event] = []
    chains: dict[str, str] = {"": ROOT}
    numbers: dict[int, int] = {}
    texts: dict[object, object] = {}
    turn = 0
    by_shell = ByShell()
    for draft in chain(_in_order([stream for stream in streams if stream]), closing):
        if draft.dead:
            continue
        if draft.bumps and not draft.agent:
            turn += 1
        fields = draft.fields
        for name in _SHARED & fields.keys():
            fields[name] = texts.setdefault(fields[name], fields[name])
        known: CommandFacts | None = None
        if draft.command:
            fields["n"] = numbers[draft.command] = len(numbers) + 1
            known = _complete(fields, draft.command, spool)
        elif draft.cls is Read or draft.cls is Edit:
            by_shell.note(draft.cls, fields)
        draft.fields = _SPENT
        agent = chains.get(draft.agent) or _chain(draft.agent, launched_by, chains)
        events.append(
            cast("Any", draft.cls)(
                seq=len(events) + 1,
                time=draft.time,
                turn=turn,
                agent=agent,
                source=draft.source,
                discarded=draft.node is not None and is_discarded(draft.node),
                **fields,
            )
        )
        if known is not None:
            command = events[-1]
            for cls, derived in by_shell.after(fields.get("cwd"), known):
                events.append(_derived(cls, derived, command, len(events) + 1))
    spool.renumber(numbers)
    return events


def _complete(fields: dict[str, Any], command: int, spool: OutputSpool) -> CommandFacts:
    """Add what follows from a command's line, end and output; return it."""
    output = spool.tail(command, _OUTPUT_TAIL)
    known = facts(
        fields["line"],
        ended=fields.pop("ended", "unknown"),
        exit_code=fields.get("exit_code"),
        output=output.decode("utf-8", "replace") if output else None,
    )
    fields["log"] = f"logs/{fields['n']}.log" if output else None
    fields["command_kind"], fields["state"] = known.kind, known.state
    fields["not_conclusive"], fields["tests"] = known.not_conclusive, known.tests
    return known


def _derived(cls: type[Event], fields: dict[str, Any], command: Event, seq: int) -> Event:
    """Return an event that a shell command stands for (rules `read-by-shell`, `edit-by-shell`)."""
    event: Event = cast("Any", cls)(
        seq=seq,
        time=command.time,
        turn=command.turn,
        session=command.session,
        agent=command.agent,
        source=command.source,
        discarded=command.discarded,
        **fields,
    )
    return event


def _in_order(streams: list[list[Draft]]) -> Iterable[Draft]:
    """Merge by time; inside one log the order of the file holds, whatever its clock says."""
    if len(streams) <= 1:
        return _taken(streams[0]) if streams else ()
    return (entry[3] for entry in merge(*(_timed(number, stream) for number, stream in enumerate(streams))))


def _taken(stream: list[Draft]) -> Iterator[Draft]:
    """Yield what is in a list and leave it empty."""
    stream.reverse()
    while stream:
        yield stream.pop()


def _timed(number: int, stream: list[Draft]) -> Iterator[tuple[str, int, int, Draft]]:
    latest = next((draft.time for draft in stream if draft.time), "")
    for place, draft in enumerate(_taken(stream)):
        latest = max(latest, draft.time or "")
        yield latest, number, place, draft


def _chain(agent: str, launched_by: Mapping[str, str], chains: dict[str, str]) -> str:
    path: list[str] = []
    seen: set[str] = set()
    current = agent
    while current and current not in seen:
        seen.add(current)
        path.append(current)
        current = launched_by.get(current, "")
    chains[agent] = "/".join([ROOT, *reversed(path)])
    return chains[agent]


def discarded_nodes(
    parents: Mapping[str, str | None], prompts: Collection[str], answers: Collection[str], order: list[str]
) -> frozenset[str]:
    """Return the records on branches that were given up: a person went back and asked anew.

    Several children of one record are normal (parallel tools, hooks). Only a prompt that starts a second branch beside
    one that holds a prompt or an answer is a rewind. The branch that holds the last
    record of the log is the one that was kept.

    Args:
        parents: record id to the id before it, None at a root. Roots of different sessions have different None-likes.
        prompts: ids of a person's prompts.
        answers: ids of the agent's own records.
        order: all ids in the order of the log.
    """
    asked_after = dict.fromkeys(parents.get(node) for node in prompts)
    counts = Counter(parent for node in order if (parent := parents.get(node)) in asked_after)
    forks = [parent for parent in asked_after if counts[parent] > 1]
    if not forks:
        return frozenset()
    children: dict[str | None, list[str]] = {}
    for node in order:
        children.setdefault(parents.get(node), []).append(node)
    kept = _path(order[-1], parents)
    gone: set[str] = set()
    for parent in forks:
        branches = children[parent]
        if not any(branch in prompts for branch in branches[1:]):
            continue
        # Some logs have no parents at all: there, prompts that only share the missing root follow one another.
        linked = parent in parents or any(children.get(branch) for branch in branches)
        weighty = [branch for branch in branches if linked and _holds(branch, children, prompts, answers)]
        if len(weighty) < 2:
            continue
        stays = next((branch for branch in weighty if branch in kept), weighty[-1])
        for branch in weighty:
            if branch != stays:
                gone.update(_below(branch, children))
    return frozenset(gone)


def _path(node: str, parents: Mapping[str, str | None]) -> set[str]:
    path: set[str] = set()
    current: str | None = node
    while current is not None and current not in path:
        path.add(current)
        current = parents.get(current)
    return path


def _holds(
    branch: str, children: Mapping[str | None, list[str]], prompts: Collection[str], answers: Collection[str]
) -> bool:
    return any(node in prompts or node in answers for node in _below(branch, children))


def _below(branch: str, children: Mapping[str | None, list[str]]) -> Iterable[str]:
    seen: set[str] = set()
    todo = [branch]
    while todo:
        node = todo.pop()
        if node in seen:
            continue
        seen.add(node)
        yield node
        todo.extend(children.get(node, ()))
