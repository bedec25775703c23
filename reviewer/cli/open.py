"""`reviewer open`: the workstation on one packet. Needs a terminal; without one it says what to use instead."""

from __future__ import annotations

import gc
import sys
from pathlib import Path

import click

from reviewer.cli.newest import newest_packet
from reviewer.errors import BadInputError


@click.command()
@click.argument("packet", type=click.Path(path_type=Path), required=False)
@click.option("--repo", "repository", type=click.Path(path_type=Path), help="The repository, if it is not around here.")
@click.option("--theme", help="A theme by name, over your settings.")
@click.option("--key", help="The key to sign with, over your settings.")
@click.option("--allowed-signers", type=click.Path(path_type=Path), help="Who may approve, over your settings.")
@click.option("--python", metavar="PATH", help="The environment that calls are looked up in, over your settings.")
@click.option("--blind", is_flag=True, help="Read the diff before the agent's words; the record says so.")
def command(
    packet: Path | None,
    *,
    repository: Path | None,
    theme: str | None,
    key: str | None,
    allowed_signers: Path | None,
    python: str | None,
    blind: bool,
) -> None:
    """Review PACKET: the brief, the diff and the checklist on one screen, then approve or request changes.

    Without PACKET, the newest packet of the repository around here.
    """
    _needs_terminal(packet)
    if packet is None:
        packet = newest_packet(repository or Path())
    open_packet(
        packet,
        repository=repository,
        theme=theme,
        key=key,
        allowed_signers=allowed_signers,
        blind=blind,
        python=None if python is None else str(Path(python).expanduser().absolute()),
    )


def open_packet(
    packet: Path,
    *,
    repository: Path | None = None,
    theme: str | None = None,
    key: str | None = None,
    allowed_signers: Path | None = None,
    blind: bool = False,
    python: str | None = None,
) -> None:
    """Run the workstation until the person leaves; what is unfinished is said on stderr.

    Raises:
        BadInputError: there is no terminal, no such packet, or the settings are not as they have to be.
    """
    _needs_terminal(packet)
    if not packet.exists():
        raise BadInputError(f"{packet}: there is no such packet")
    # Collecting while modules load finds nothing and costs a tenth of the time to the first paint; the screen turns it
    # on again as soon as it is drawn.
    gc.disable()
    from reviewer.tui.app import ReviewApp
    from reviewer.tui.keymap import Keymap
    from reviewer.tui.screens.packet_file import PacketFile
    from reviewer.workflow.settings import look

    wanted = look(theme=theme)
    source = PacketFile(packet, repository, key, allowed_signers, blind=blind, python=python)
    app = ReviewApp(source, keymap=Keymap.of(wanted.keymap, wanted.source), look=wanted)
    said = app.run(mouse=wanted.mouse)
    if said:
        click.echo(said, err=True)


def _needs_terminal(packet: Path | None) -> None:
    if not (sys.stdout.isatty() and sys.stdin.isatty()):
        raise BadInputError(
            "the workstation needs a terminal, and this is not one",
            hint=f"print the packet: reviewer show {packet or 'PACKET'}",
        )
