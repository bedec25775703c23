"""`reviewer ledger`: make the append-only branch for signed records, and list what it holds."""

from __future__ import annotations

from pathlib import Path

import click

from reviewer.cli.output import print_json, say, table
from reviewer.text import plural


@click.group()
def command() -> None:
    """Keep approvals in the repository, append-only."""


@command.command()
@click.option(
    "--repo", "repository", type=click.Path(path_type=Path), default=Path(), help="The repository, if not here."
)
def init(repository: Path) -> None:
    """Make the ledger branch. Approvals signed from now on are stored there too."""
    from reviewer import ledger

    if ledger.exists(repository):
        say("the repository has a ledger already")
        return
    ledger.init(repository)
    say(f"made {ledger.BRANCH.removeprefix('refs/heads/')}")
    say("protect this branch on the server against force pushes and deletion, and push it like any other")


@command.command("log")
@click.option(
    "--repo", "repository", type=click.Path(path_type=Path), default=Path(), help="The repository, if not here."
)
@click.option("--json", "as_json", is_flag=True, help="Print the records for machines.")
@click.pass_context
def log_(context: click.Context, *, repository: Path, as_json: bool) -> None:
    """List the records of the ledger, oldest first, and check that it was only ever added to.

    Says what the records claim; whether a signer may approve is for reviewer verify. Exit 1 if the ledger was
    rewritten or holds a damaged record.
    """
    from reviewer.workflow.verify.ledger_log import read_log

    log = read_log(repository)
    if as_json:
        print_json({"records": [entry.as_json() for entry in log.entries], "problems": list(log.problems)})
    else:
        table(
            (entry.decided_at, entry.verdict, entry.commit[:12], entry.reviewer, entry.digest[:12])
            for entry in log.entries
        )
        for problem in log.problems:
            say(f"problem: {problem}")
        say(plural(len(log.entries), "record"))
    context.exit(1 if log.problems else 0)
