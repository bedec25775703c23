"""`reviewer probe`: run what the change brings, after the person said yes to the exact commands.

Asks, shows progress and prints tables; what is run, and how it is shut in, is decided below.
"""

from __future__ import annotations

import signal
import sys
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from reviewer.checks.probed import PARTS, Part
from reviewer.cli.failure import INTERRUPTED
from reviewer.cli.output import phases, print_json, say
from reviewer.errors import BadInputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from types import FrameType

    from reviewer.checks.probed import Probed
    from reviewer.workflow.open import OpenedPacket
    from reviewer.workflow.probing.plan import Plan
    from reviewer.workflow.probing.speaks import Speaks


@click.command(short_help="Run a change's own tests, shut in, and say what they show.")
@click.argument("words", nargs=-1, metavar="[PACKET] [PART]...")
@click.option("--python", metavar="PATH", help="The environment to run with: its folder or its interpreter.")
@click.option("--yes", is_flag=True, help="Run without asking.")
@click.option("--uncontained", is_flag=True, help="With --yes: run even where nothing here can shut it in.")
@click.option("--plan", "only_plan", is_flag=True, help="Print what would be run, and run nothing.")
@click.option("--whole", is_flag=True, help="Also run the whole suite on both sides.")
@click.option("--again", is_flag=True, help="Run once more what was run already.")
@click.option("--timeout", type=click.FloatRange(1, 86_400), metavar="SECONDS", help="Of each run; 600 by default.")
@click.option("--target", metavar="REF", help="Where the change would be taken back, if not on the default branch.")
@click.option(
    "--command", "commands", multiple=True, metavar="LINE", help="Also run this shell line on the head; repeatable."
)
@click.option("--suite", metavar="LINE", help="The shell line that runs the tests, where no framework is known.")
@click.option("--json", "as_json", is_flag=True, help="The results as JSON.")
@click.option("--repo", "repository", type=click.Path(path_type=Path), help="The repository, if it is not around here.")
def command(
    *,
    words: tuple[str, ...],
    python: str | None,
    yes: bool,
    uncontained: bool,
    only_plan: bool,
    whole: bool,
    again: bool,
    timeout: float | None,
    target: str | None,
    commands: tuple[str, ...],
    suite: str | None,
    as_json: bool,
    repository: Path | None,
) -> None:
    """Run the change's own tests in throw-away copies of both commits, and say what they show.

    PART is any of: tests (do they fail without the change?), replay (do the old tests pass with it?), hunks (does a
    test notice when one is taken back?), mutants (or when a changed line is wrong?), rotten (assertions that never
    run), rollback (the change taken back), required (the commands of the task), vet (what go, cargo or tsc newly say of
    added lines). All by default. Without PACKET, the newest packet of the repository around here.

    Nothing runs before you said yes to the commands; they run without network, home or keys where this machine can
    shut them in. Exit codes: 0 nothing speaks against the change, 1 something does, 2 bad input, 3 it could not be
    found out.
    """
    packet, parts = _split(words, repository)
    from reviewer.cli.limits import settings
    from reviewer.workflow.open import open_packet
    from reviewer.workflow.probing.plan import plan as planned
    from reviewer.workflow.probing.speaks import speaks

    own = settings()
    with open_packet(packet, limits=own.limits, repository=repository) as opened:
        plan = planned(
            opened,
            parts or PARTS,
            python=own.python if python is None else str(Path(python).expanduser().absolute()),
            seconds=timeout,
            whole=whole,
            target=target,
            commands=commands,
            suite=suite,
        )
        if only_plan:
            from reviewer.cli.probe_text import plan_text

            sys.stdout.write(plan_text(plan))
            return
        if plan.parts:
            _consent(plan, yes=yes, uncontained=uncontained)
        probed, interrupted = _run(plan, opened, again=again)
    said = speaks(plan, probed)
    _print(plan, probed, said, as_json=as_json)
    if interrupted:
        say("interrupted; what is done is kept: run the same command again to go on")
        raise SystemExit(INTERRUPTED)
    raise SystemExit(said.code)


def _split(words: Sequence[str], repository: Path | None) -> tuple[Path, tuple[Part, ...]]:
    """Return the packet and the parts that the words name.

    Raises:
        BadInputError: a word is neither.
    """
    from reviewer.cli.newest import newest_packet

    rest = list(words)
    packet: Path | None = None
    # Nearly every repository has a folder called tests.
    if rest and (rest[0] not in PARTS or Path(rest[0], "packet.toml").exists()):
        packet = Path(rest.pop(0))
        if not packet.exists() and not rest:
            raise BadInputError(f"{packet}: there is no such packet", hint=f"the parts are: {', '.join(PARTS)}")
    for word in rest:
        if word not in PARTS:
            raise BadInputError(f"there is no part '{word}'", hint=f"there are: {', '.join(PARTS)}")
    chosen = tuple(part for part in PARTS if part in rest)
    return packet or newest_packet(repository or Path()), chosen


def _consent(plan: Plan, *, yes: bool, uncontained: bool) -> None:
    """Return once the person agreed to exactly this.

    Raises:
        BadInputError: they did not, or nobody can be asked.
    """
    from reviewer.cli.probe_text import containment_text, plan_text

    open_to_all = plan.containment.kind == "none"
    if yes:
        if open_to_all and not uncontained:
            raise BadInputError(
                "nothing on this machine can shut the runs in", hint="to run them all the same: --yes --uncontained"
            )
        say(containment_text(plan))
        return
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise BadInputError(
            "running a change's tests runs its code, and nobody can be asked here",
            hint="look at what would be run with --plan, then say --yes",
        )
    say(plan_text(plan).rstrip("\n"))
    _ask("Run this?")
    if open_to_all:
        _ask("Nothing shuts it in: it can do whatever you can do. Run it all the same?")


def _ask(question: str) -> None:
    from reviewer.cli.ask import ask

    if ask(f"{question} [y/N]").lower() not in {"y", "yes"}:
        raise BadInputError("nothing was run")


def _run(plan: Plan, opened: OpenedPacket, *, again: bool) -> tuple[Probed, bool]:
    from reviewer.workflow.probing.running import kept, run

    if not again and (there := kept(plan)):
        say(f"kept from before, and not run again without --again: {', '.join(there)}")
    with _stoppable() as cancelled, phases() as report:

        def progress(part: Part, done: int, total: int, words: str) -> None:
            report(f"{part}: {words} {f'{done} of {total}' if total else done or ''}".rstrip(), 0, 0)

        probed = run(plan, opened, progress=progress, cancelled=cancelled, again=again)
        return probed, cancelled()


@contextmanager
def _stoppable() -> Iterator[Callable[[], bool]]:
    """Give a question that is true once the person pressed Ctrl+C; the second time ends the program."""
    pressed: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        if pressed:
            raise KeyboardInterrupt
        pressed.append(number)

    try:
        before = signal.signal(signal.SIGINT, stop)
    except ValueError:
        # Not the main thread: nobody can press anything.
        yield lambda: False
        return
    try:
        yield lambda: bool(pressed)
    finally:
        signal.signal(signal.SIGINT, before)


def _print(plan: Plan, probed: Probed, said: Speaks, *, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                **cast("dict[str, object]", asdict(probed)),
                "missing": dict(plan.missing),
                "against": list(said.against),
                "open": list(said.open),
                "look": list(said.look),
            }
        )
        return
    from reviewer.cli.probe_text import result_text

    sys.stdout.write(result_text(plan, probed, said))
