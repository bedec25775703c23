"""A plan in words: each command as it will be started and over which trees, and how runs are shut in."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from reviewer.workflow.probing.commands import commands

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.workflow.probing.commands import Command
    from reviewer.workflow.probing.plan import Plan

_SHUT = (
    "in throw-away copies: no network, no home, no keys, none of your other processes; nothing of it stays. It can"
    " read the system's programs and the environment"
)


def command_words(plan: Plan) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each command line, and the parts and trees that it is run for."""
    alike: dict[tuple[str, ...], list[Command]] = {}
    for one in commands(plan):
        alike.setdefault(one.argv, []).append(one)
    for argv, found in alike.items():
        yield shlex.join(argv), tuple(f"{one.part}: over {one.tree}{_times(one.times)}" for one in found)


def containment_words(plan: Plan) -> list[str]:
    """Return how runs are shut in, then what is not prevented."""
    shut = plan.containment
    if shut.kind == "none":
        why = [f"({each})" for each in shut.why]
        return ["Nothing on this machine can shut it in. While it runs:", *shut.not_contained, *why]
    head = f"With {plan.tools.title}, by {shut.kind}, {_SHUT}."
    return [head, *(f"not prevented: {each}" for each in shut.not_contained)]


def missing_words(plan: Plan) -> list[str]:
    """Return what is not run and why, each reason once."""
    by_reason: dict[str, list[str]] = {}
    for part, why in plan.missing:
        by_reason.setdefault(why, []).append(part)
    return [f"{', '.join(parts)}: not run: {why}" for why, parts in by_reason.items()]


def _times(times: int) -> str:
    return f" (up to {times} times)" if times > 1 else ""
