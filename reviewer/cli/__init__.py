"""The command line: one verb a module, each loaded when it is called.

Knows the verbs' names, one line about each, and how a failure is told. Loads no verb before it is called, so that
`reviewer --version` and `reviewer verify` pay for nothing that they do not use.
"""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING, NoReturn

import click

if TYPE_CHECKING:
    from collections.abc import Sequence

VERBS: dict[str, str] = {
    "pack": "Make a packet from commits and the agent's own log.",
    "sessions": "List the recorded sessions of agents in a repository.",
    "open": "Review a packet in the terminal.",
    "task": "Write a task contract, and hold a run against it.",
    "show": "Print a packet, or one section of it, as plain text.",
    "check": "Print what the checks found in a packet.",
    "probe": "Run a change's own tests, shut in, and say what they show.",
    "approve": "Approve a packet: answer in plain prompts, then sign.",
    "reject": "Request changes: sign, and write feedback for the agent.",
    "verify": "Say whether a packet or a range of commits is approved.",
    "owner": "Say who owns a line, by blame and signed approvals.",
    "demo": "Make a scratch repository, a key and a packet, and open it.",
    "ledger": "Keep approvals in the repository, append-only.",
    "schema": "Print the JSON Schema of a file that goes in or out.",
}
"""Each verb `name` is `command` in the module `reviewer.cli.<name>`; the text is its line in the help."""


class _Verbs(click.Group):
    """A group that imports a verb's module when the verb is called, and not for the list of verbs."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        if cmd_name not in VERBS:
            return None
        command = importlib.import_module(f"{__name__}.{cmd_name}").command
        if not isinstance(command, click.Command):
            msg = f"reviewer.cli.{cmd_name}.command is not a click command"
            raise TypeError(msg)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in VERBS and not args[0].startswith("-"):
            raise click.UsageError(f"there is no verb '{args[0]}'{_close(args[0])}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        with formatter.section("Verbs"):
            formatter.write_dl(list(VERBS.items()))


def _print_version(context: click.Context, _parameter: click.Parameter, wanted: bool) -> None:  # noqa: FBT001 - click's signature
    if not wanted or context.resilient_parsing:
        return
    click.echo(f"reviewer {version()}")
    context.exit()


def version() -> str:
    """Return the version of the installed distribution."""
    from importlib.metadata import version as installed

    return installed("review-packet")


@click.group(
    cls=_Verbs,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 yes or done, 1 no, 2 bad input or usage, 3 cannot be determined.",
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Print the version and exit.",
)
@click.pass_context
def group(context: click.Context) -> None:
    """The last screen before a person owns an agent's change."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and exit.

    Args:
        arguments: without the program's name; those of this process by default.

    Every expected failure is one sentence on stderr and its documented exit code; an unexpected one is a sentence too,
    and a traceback only with REVIEWER_DEBUG=1.
    """
    from reviewer.cli.failure import end_in_order, guarded

    end_in_order()
    sys.exit(guarded(lambda: _run(list(sys.argv[1:] if arguments is None else arguments))))


def _run(arguments: list[str]) -> int:
    # Not `group.main`: it turns a closed pipe into exit code 1, which means "no" here.
    try:
        with group.make_context("reviewer", arguments) as context:
            code = group.invoke(context)
    except click.exceptions.Exit as done:
        code = done.exit_code
    return code if isinstance(code, int) else 0


def _close(name: str) -> str:
    import difflib

    close = difflib.get_close_matches(name[:80], VERBS, n=1)
    return f"; did you mean '{close[0]}'?" if close else f"; there are: {', '.join(VERBS)}"
