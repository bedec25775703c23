"""`reviewer reject`: request changes, signed like an approval, with feedback that the author can act on."""

from __future__ import annotations

from pathlib import Path

import click

from reviewer.cli.ceremony import Ceremony
from reviewer.cli.newest import packet_or_newest
from reviewer.cli.output import put, say


@click.command()
@click.argument("packet", type=click.Path(path_type=Path), required=False)
@click.option("--key", help="The key to sign with: a private key file, or a .pub file whose key is in your agent.")
@click.option("--allowed-signers", type=click.Path(path_type=Path), help="Who may approve, over your settings.")
@click.option("--repo", "repository", type=click.Path(path_type=Path), help="The repository, if it is not around here.")
@click.option(
    "--feedback",
    "folder",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Where to write the feedback (Markdown and JSON); beside the packet by default.",
)
@click.pass_context
def command(
    context: click.Context,
    packet: Path | None,
    *,
    key: str | None,
    allowed_signers: Path | None,
    repository: Path | None,
    folder: Path | None,
) -> None:
    """Request changes to PACKET: adopt findings, comment, read the statement, sign it.

    Without PACKET, the newest of the repository. Needs a terminal; nothing answers in your place. Leave at any time:
    what you answered is kept.
    """
    packet = packet_or_newest(packet, repository)
    ceremony = Ceremony("rejected", packet, key=key, allowed_signers=allowed_signers, repository=repository)
    from reviewer.cli.walk import walk
    from reviewer.workflow.approve import feedback_of, write_feedback

    with ceremony.open() as review:
        walk(review, for_approval=False)
        feedback = feedback_of(review, ceremony.reviewer)
        if not feedback.points:
            say("note: there is no open comment and no adopted finding, so the author will not know what to change")
        receipt = ceremony.sign(review)
        if receipt is None:
            context.exit(1)
        ceremony.print_receipt(receipt)
        for path in write_feedback(feedback, packet, folder):
            put(f"feedback   {path}")
