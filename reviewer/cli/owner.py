"""`reviewer owner`: who approved the lines of a file. Exit 0 if anybody owns what was asked, 1 if nobody does."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reviewer.cli.output import print_json, say, table
from reviewer.errors import BadInputError
from reviewer.text import decode, plural

if TYPE_CHECKING:
    from reviewer.git.repository import Repository
    from reviewer.ownership import OwnedSpan
    from reviewer.workflow.owner import Ownership

_LINE = re.compile(r"(.+):(\d{1,9})", re.DOTALL)


@click.command()
@click.argument("target", metavar="PATH[:LINE]")
@click.option("--at", "revision", default="HEAD", show_default=True, help="The commit to look at.")
@click.option("--allowed-signers", type=click.Path(path_type=Path), help="Who may approve (OpenSSH format).")
@click.option(
    "--approval", "approvals", multiple=True, type=click.Path(path_type=Path), help="A further file of records."
)
@click.option("--json", "as_json", is_flag=True, help="Print the answer for machines.")
@click.pass_context
def command(
    context: click.Context,
    target: str,
    *,
    revision: str,
    allowed_signers: Path | None,
    approvals: tuple[Path, ...],
    as_json: bool,
) -> None:
    """Say who owns PATH, or one LINE of it: who approved the commits that wrote it.

    Looks at a commit, not at the files on disk.
    """
    from reviewer.git.quarantine import Quarantine
    from reviewer.workflow.owner import find_owners
    from reviewer.workflow.verify import load_signers

    path, line = _target(target)
    place = Path(path).absolute()
    signers = load_signers(allowed_signers)
    with Quarantine.of(_existing(place.parent)) as quarantine:
        ownership = find_owners(
            quarantine,
            _inside(place, quarantine.repository),
            signers,
            now=datetime.now(UTC),
            line=line,
            revision=revision,
            named=approvals,
        )
    if as_json:
        print_json(_as_json(ownership))
    else:
        _print(ownership)
    context.exit(0 if ownership.owned else 1)


def _target(target: str) -> tuple[str, int | None]:
    match = _LINE.fullmatch(target)
    # A file whose own name ends in a colon and digits is meant when it is there.
    if match is None or Path(target).exists():
        return target, None
    return match[1], int(match[2])


def _existing(folder: Path) -> Path:
    return next(each for each in (folder, *folder.parents) if each.is_dir())


def _inside(place: Path, repository: Repository) -> str:
    tree = repository.work_tree
    if tree is None:
        raise BadInputError("a bare repository has no paths of its own", hint="run this in a work tree")
    path, root = _existing(place.parent).resolve() / place.relative_to(_existing(place.parent)), tree.resolve()
    if path.is_relative_to(root):
        return path.relative_to(root).as_posix()
    raise BadInputError(f"{place} is not in the repository at {tree}")


def _print(ownership: Ownership) -> None:
    rows = []
    for span in ownership.spans:
        where = str(span.first) if span.first == span.last else f"{span.first}-{span.last}"
        for grant in span.grants:
            packet = f"packet {grant.packet.short}" if grant.packet else ""
            approval = f"approval {grant.approval.short}"
            rows.append((where, grant.owner, grant.approved_at[:10], approval, packet, f"commit {span.commit[:12]}"))
        if not span.grants:
            rows.append((where, "nobody", "", "", "", f"commit {span.commit[:12]}"))
    table(rows, right=frozenset({0}))
    say(f"{ownership.owned} of {plural(ownership.lines, 'line')} owned at {ownership.commit[:12]}")
    for note in ownership.notes:
        say(f"note: {note}")


def _as_json(ownership: Ownership) -> dict[str, Any]:
    return {
        "path": ownership.path,
        "commit": ownership.commit,
        "lines": ownership.lines,
        "owned": ownership.owned,
        "spans": [_span(span) for span in ownership.spans],
        "notes": list(ownership.notes),
    }


def _span(span: OwnedSpan) -> dict[str, Any]:
    return {
        "first": span.first,
        "last": span.last,
        "commit": span.commit,
        "text": [decode(line.text) for line in span.lines],
        "owners": [
            {
                "owner": grant.owner,
                "approved_at": grant.approved_at,
                "approval": grant.approval,
                "packet_sha256": grant.packet,
            }
            for grant in span.grants
        ],
    }
