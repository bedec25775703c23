"""`reviewer approve`: the review as plain questions, then the statement in words, then the signature."""

from __future__ import annotations

from pathlib import Path

import click

from reviewer.cli.ceremony import Ceremony
from reviewer.cli.newest import packet_or_newest


@click.command()
@click.argument("packet", type=click.Path(path_type=Path), required=False)
@click.option("--key", help="The key to sign with: a private key file, or a .pub file whose key is in your agent.")
@click.option("--allowed-signers", type=click.Path(path_type=Path), help="Who may approve, over your settings.")
@click.option("--repo", "repository", type=click.Path(path_type=Path), help="The repository, if it is not around here.")
@click.pass_context
def command(
    context: click.Context,
    packet: Path | None,
    *,
    key: str | None,
    allowed_signers: Path | None,
    repository: Path | None,
) -> None:
    """Approve PACKET: walk findings, hunks and checklist, read the statement, sign it.

    Without PACKET, the newest of the repository. Needs a terminal; nothing answers in your place. Leave at any time:
    what you answered is kept.
    """
    packet = packet_or_newest(packet, repository)
    ceremony = Ceremony("approved", packet, key=key, allowed_signers=allowed_signers, repository=repository)
    from reviewer.cli.walk import walk

    with ceremony.open() as review:
        walk(review, for_approval=True)
        receipt = ceremony.sign(review)
        if receipt is None:
            context.exit(1)
        ceremony.print_receipt(receipt)
