"""`reviewer demo`: a made-up change to walk, answer, sign and verify, in one temporary folder."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reviewer.cli.output import put, say

if TYPE_CHECKING:
    from reviewer.workflow.demo import Demo


@click.command()
@click.option("--folder", type=click.Path(path_type=Path), help="Where to make it; a new temporary folder by default.")
@click.option("--scenario", default="refresh-skew", show_default=True, help="refresh-skew, slug-length, every-finding.")
@click.option("--no-open", is_flag=True, help="Make it, and only say how to open it.")
def command(*, folder: Path | None, scenario: str, no_open: bool) -> None:
    """Make a scratch repository, a throw-away key and a packet, and open it.

    Everything is made in one folder. Your own git, keys and settings are neither read nor written.
    """
    from reviewer.workflow.demo import make_demo

    say("reviewer demo: made for you, and nothing else touched")
    made = make_demo(scenario, folder=folder, say=lambda line: say(f"  {line}"))
    # The demo's own settings stand in for the person's from here on, in this process and nowhere else.
    os.environ["REVIEWER_CONFIG_DIR"] = str(made.settings)
    os.environ["REVIEWER_STATE_DIR"] = str(made.state)
    for name in ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"):
        os.environ[name] = os.devnull
    if not no_open and sys.stdin.isatty() and sys.stdout.isatty():
        from reviewer.cli.open import open_packet

        open_packet(made.packet, repository=made.repository)
    _say_what_next(made)


def _say_what_next(demo: Demo) -> None:
    # Absolute, since one of the commands begins by going elsewhere.
    program = shlex.quote(os.path.abspath(sys.argv[0])) if Path(sys.argv[0]).name == "reviewer" else "reviewer"  # noqa: PTH100
    packet, signers = shlex.quote(str(demo.packet)), shlex.quote(str(demo.allowed_signers))
    settings = f"REVIEWER_CONFIG_DIR={shlex.quote(str(demo.settings))}"
    put("Open it (again):")
    put(f"  {settings} {program} open {packet}")
    put("Check what was signed, offline:")
    put(f"  {program} verify {packet} --allowed-signers {signers}")
    put("Who owns a line of it:")
    place = f"cd {shlex.quote(str(demo.repository))}"
    put(f"  {place} && {program} owner src/parcel/carrier/client.py:40 --allowed-signers {signers}")
    put("Throw it all away:")
    put(f"  rm -r {shlex.quote(str(demo.folder))}")
