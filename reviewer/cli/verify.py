"""`reviewer verify`: is a packet, or each commit of a range, approved? Exit 0 yes, 1 no, 2 bad input, 3 not known.

One line for the packet or a commit on stdout, remarks on stderr. Loads neither Textual nor Rich, and GitPython only
where a repository has to be read.
"""

from __future__ import annotations

from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reviewer.cli.output import print_json, progress, put, say
from reviewer.errors import BadInputError, GitError

if TYPE_CHECKING:
    from reviewer.git.quarantine import Quarantine
    from reviewer.workflow.verify import PacketVerdict, RangeVerdict

_WORDS = {"approved": "approved", "not_approved": "not approved", "undetermined": "undetermined"}
_RANGE = ".."


@click.command()
@click.argument("target", metavar="PACKET|BASE..HEAD")
@click.option(
    "--allowed-signers",
    type=click.Path(path_type=Path),
    help="Who may approve (OpenSSH format). By default your settings', else git's gpg.ssh.allowedSignersFile.",
)
@click.option(
    "--approval",
    "approvals",
    multiple=True,
    type=click.Path(path_type=Path),
    help="A further file of records (.intoto.jsonl); may be repeated.",
)
@click.option("--repo", "repository", type=click.Path(path_type=Path), help="The repository, if it is not around here.")
@click.option("--json", "as_json", is_flag=True, help="Print the answer for machines.")
@click.pass_context
def command(
    context: click.Context,
    target: str,
    *,
    allowed_signers: Path | None,
    approvals: tuple[Path, ...],
    repository: Path | None,
    as_json: bool,
) -> None:
    """Say whether PACKET, or each commit of BASE..HEAD, is approved. Works offline.

    Exit codes: 0 approved, 1 not approved, 2 bad input, 3 cannot be determined.
    """
    from reviewer.workflow.verify import EXIT_CODES, load_signers, verify_packet, verify_range

    now = datetime.now(UTC)
    signers = load_signers(allowed_signers)
    path = Path(target)
    verdict: PacketVerdict | RangeVerdict
    with ExitStack() as stack:
        if _exists(path, target):
            quarantine = _around(path, repository, stack)
            with progress("Checking the packet") as report:
                verdict = verify_packet(path, signers, now=now, named=approvals, quarantine=quarantine, progress=report)
        else:
            base, head = _ends(target)
            here = stack.enter_context(_open(repository or Path.cwd()))
            verdict = verify_range(here, base, head, signers, now=now, named=approvals)
    if as_json:
        print_json(verdict.as_json())
    else:
        _print(verdict)
    context.exit(EXIT_CODES[verdict.state])


def _print(verdict: PacketVerdict | RangeVerdict) -> None:
    from reviewer.workflow.verify import RangeVerdict

    if isinstance(verdict, RangeVerdict):
        for commit in verdict.commits:
            put(_line(commit.state, commit.commit[:12], commit.subject, commit.reason))
        say(verdict.reason)
    else:
        put(_line(verdict.state, verdict.packet, "", verdict.reason))
    opinions = (
        [entry for commit in verdict.commits for entry in commit.opinions]
        if isinstance(verdict, RangeVerdict)
        else verdict.opinions
    )
    remarks = [note for entry in opinions for note in entry.notes]
    for note in dict.fromkeys((*verdict.notes, *remarks)):
        say(f"note: {note}")


def _line(state: str, name: str, subject: str, reason: str) -> str:
    about = f"{name} ({subject.replace(chr(10), ' ')[:60]})" if subject else name
    return f"{_WORDS[state]}: {about}: {reason.removeprefix('approved ')}".replace("\n", " ")


def _exists(path: Path, target: str) -> bool:
    """Say whether a packet is meant.

    Raises:
        BadInputError: it could be a range as well; a file of that name, with an approval beside it, must not answer
            for the commits.
    """
    try:
        there = path.exists()
    except ValueError:
        return False
    base, dots, head = target.partition(_RANGE)
    if there and dots and not (target.startswith((".", "/")) or base.endswith("/") or head.startswith("/")):
        raise BadInputError(
            f"'{target}' is a file here and a range of commits too",
            hint=f"name the file ./{target}, or stand elsewhere and give --repo for the range",
        )
    return there


def _ends(target: str) -> tuple[str, str]:
    base, dots, head = target.partition(_RANGE)
    if not dots or not base or head.startswith("."):
        raise BadInputError(
            f"'{target}' is neither a packet that exists nor a range of commits",
            hint="name a .packet file, a packet folder, or BASE..HEAD (two dots)",
        )
    return base, head or "HEAD"


def _around(path: Path, named: Path | None, stack: ExitStack) -> Quarantine | None:
    """Open the repository that a packet lies in (its git folder or work tree), else the one around us, if any."""
    if named is not None:
        return stack.enter_context(_open(named))
    for place in (path.absolute().parent, Path.cwd()):
        try:
            return stack.enter_context(_open(place))
        except GitError:
            continue
    return None


def _open(place: Path) -> Quarantine:
    from reviewer.git.quarantine import Quarantine

    return Quarantine.of(place)
