"""`reviewer task`: a task contract written from a template, printed as a prompt, and held against a run."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reviewer.cli.newest import packet_or_newest
from reviewer.cli.output import print_json, put, say, table, wrap
from reviewer.errors import BadInputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviewer.workflow.contract import Contract
    from reviewer.workflow.task.compare import Line, Standing

_FILE = click.Path(path_type=Path, dir_okay=False)
_SIGNS: dict[Standing, str] = {
    "kept": "kept",
    "broken": "BROKEN",
    "untold": "not to be told",
    "yours": "for you to judge",
}


@click.group()
def command() -> None:
    """Write a task contract, give it to an agent, and hold the run against it."""


@command.command(short_help="Write a contract from the template of a task type.")
@click.option("--type", "kind", metavar="TYPE", help="The task type; without it the types are listed.")
@click.option("--objective", help="In place of the template's.")
@click.option("-o", "--output", type=_FILE, default=Path("task.toml"), show_default=True, help="A new file.")
def new(kind: str | None, objective: str | None, output: Path) -> None:
    """Write task.toml from the template of a task type: objective, paths, tools, commands, stop rules, rollback."""
    from reviewer.workflow.task.template import types, write

    if kind is None:
        table(types().items())
        return
    write(kind, output, objective)
    put(str(output))
    say(f"fill in what stands in <>, then: reviewer task prompt {output}")


@command.command(short_help="Print a contract as a prompt for the agent.")
@click.argument("contract", type=_FILE, default=Path("task.toml"))
def prompt(contract: Path) -> None:
    """Print a contract as a prompt, with the note that asks the agent to write down what it assumed."""
    from reviewer.workflow.contract import load_contract
    from reviewer.workflow.task.prompt import render

    put(render(load_contract(contract)).removesuffix("\n"))


@command.command(short_help="Hold the run in a packet against the contract.")
@click.argument("packet", type=click.Path(path_type=Path), required=False)
@click.option("--task", "contract", type=_FILE, help="A contract in place of the one in the packet.")
@click.option("--json", "as_json", is_flag=True, help="Print the lines for machines.")
@click.pass_context
def check(context: click.Context, packet: Path | None, contract: Path | None, *, as_json: bool) -> None:
    """Hold the run in a packet against the contract, line by line; without PACKET, in the newest of the repository.

    Exit 0: nothing is broken. 1: a line is broken. 3: none is broken, and the packet cannot tell of some.
    """
    from reviewer.workflow.contract import load_contract
    from reviewer.workflow.task.check import check_packet

    packet = packet_or_newest(packet)
    given: Contract | None = None if contract is None else load_contract(contract)
    lines = check_packet(packet, given)
    if not lines:
        raise BadInputError(
            f"{packet}: holds no task contract",
            hint="give one with --task, or pack with `reviewer pack --task task.toml`",
        )
    if as_json:
        print_json([_as_json(line) for line in lines])
    else:
        _print(lines)
    standings = Counter(line.standing for line in lines)
    context.exit(1 if standings["broken"] else 3 if standings["untold"] else 0)


def _as_json(line: Line) -> dict[str, object]:
    return {
        "key": line.key,
        "said": line.said,
        "standing": line.standing,
        "because": line.because,
        "events": list(line.events),
    }


def _print(lines: Sequence[Line]) -> None:
    key = ""
    counts: Counter[Standing] = Counter()
    for (name, said), same in groupby(lines, key=lambda line: (line.key, line.said)):
        if name != key:
            key = name
            put(key)
        put(wrap(said, "    | ", first="  - | "))
        together = list(same)
        for line in together:
            events = f" (timeline {', '.join(map(str, line.events[:5]))})" if line.events else ""
            put(wrap(f"{_SIGNS[line.standing]}: {line.because}{events}", "      ", first="    "))
        # A line that was broken ten times is one broken line.
        counts.update({line.standing for line in together})
    say(", ".join(f"{counts[name]:,} {words.lower()}" for name, words in _SIGNS.items() if counts[name]))
