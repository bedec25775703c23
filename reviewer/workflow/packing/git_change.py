"""The change itself, from git: diff, manifest, contents of both sides, and a row for each file.

Knows the quarantine and the packet's members; nothing of the run. Everything here is recorded in git.
"""

from __future__ import annotations

import mmap
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reviewer.diff.index import IndexBuilder
from reviewer.errors import BadInputError, GitError, UndeterminedError
from reviewer.packet import change, member
from reviewer.packet.content import size_of
from reviewer.packet.manifest import Change, Omission
from reviewer.text import plural
from reviewer.workflow.packing.generated import is_generated

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from reviewer.git.quarantine import Quarantine
    from reviewer.git.tree import TreeEntry
    from reviewer.packet.change import ChangeEntry
    from reviewer.packet.limits import Limits
    from reviewer.packet.writer import Member
    from reviewer.workflow.packing.budget import Budget
    from reviewer.workflow.packing.commit_range import CommitRange

MAX_BLOB = 1 << 20
"""Contents beyond this are left out by default."""

_BINARY_HEAD = 8_000  # as far as git looks for a NUL
_MAX_WALK = 50_000
_SHOWN_OMISSIONS = 50
_PLACEHOLDER = "0" * 64


@dataclass(frozen=True, slots=True)
class FileRow:
    """One path of the change as git has it; paths are bytes as text (PEP 383), lines None for binary content."""

    path: str
    old_path: str | None
    status: str
    added: int | None
    removed: int | None
    generated: bool


@dataclass(slots=True)
class GitChange:
    """The change and its members.

    Attributes:
        entries: of `change.manifest`.
        files: rows in the order of the diff.
        table: `[change]`, its two digests still to be set by `writer.seal`.
        members: diff, manifest, and after `add_blobs` the contents.
        omissions: contents that were left out.
    """

    entries: tuple[ChangeEntry, ...]
    files: tuple[FileRow, ...]
    table: Change
    members: dict[str, Member]
    omissions: list[Omission] = field(default_factory=list)


def read_change(quarantine: Quarantine, span: CommitRange, staging: Path) -> GitChange:
    """Return the change of a range, without contents.

    Args:
        quarantine: the repository.
        span: which commits.
        staging: a folder of our own; the diff is written there.

    Raises:
        GitError: an object is missing or altered, the two trees are equal, or diff and listing do not agree.
    """
    try:
        entries = quarantine.change(span.base, span.head)
    except ValueError as error:
        raise GitError(f"the change cannot be listed: {error}") from None
    if not entries:
        raise GitError(
            f"no file differs between {span.base[:12]} and {span.head[:12]}, so there is nothing to review",
            hint="give another range: reviewer pack BASE..HEAD",
        )
    diff = staging / member.DIFF
    quarantine.diff_to(diff, span.base, span.head)
    files = tuple(_files(diff, quarantine, span.head))
    _check_agreement(entries, files)
    table = Change(
        repository=_repository_id(quarantine, span.base),
        base=span.base,
        head=span.head,
        target_ref=span.target_ref,
        base_tree=quarantine.tree_id(span.base),
        head_tree=quarantine.tree_id(span.head),
        commits=list(span.commits),
        files=len(files),
        added=sum(row.added or 0 for row in files),
        removed=sum(row.removed or 0 for row in files),
        diff_sha256=_PLACEHOLDER,
        manifest_sha256=_PLACEHOLDER,
    )
    return GitChange(entries, files, table, {member.DIFF: diff, member.CHANGE: change.render(entries)})


def spend_change(found: GitChange, budget: Budget, limits: Limits) -> None:
    """Count what cannot be left out: the diff and the manifest of the change.

    Raises:
        BadInputError: they alone are more than a packet may hold.
    """
    size = sum(size_of(content) for content in found.members.values())
    budget.spend(size)
    if budget.left < 0:
        raise BadInputError(
            f"the change itself takes {size:,} bytes, and a packet may hold {limits.max_unpacked:,}",
            hint="give a smaller range, or raise [limits] max_unpacked_mib in the settings of all who open it",
        )


def add_blobs(quarantine: Quarantine, span: CommitRange, found: GitChange, staging: Path, budget: Budget) -> None:
    """Put the contents of both sides into the change, as far as they are text, small enough and within the budget.

    Args:
        quarantine: the repository.
        span: which commits.
        found: where they go; what is left out is noted in its `omissions`.
        staging: a folder of our own, so that contents do not pile up in memory.
        budget: what the packet has room for.
    """
    folder = staging / "blobs"
    folder.mkdir()
    left_out: list[Omission] = []
    digests = {entry.path: (entry.old, entry.new) for entry in found.entries}
    for difference in quarantine.compare(span.base, span.head).differences:
        for side, entry, digest in zip(
            ("old", "new"), (difference.old, difference.new), digests[difference.path], strict=True
        ):
            if entry is None or digest is None or digest.startswith(change.GITLINK):
                continue
            reason = _add_blob(quarantine, entry, found, digest=digest, folder=folder, budget=budget)
            if reason:
                what = f"{side} content of {change.path_text(difference.path)}"
                left_out.append(Omission(what=what, reason=reason))
    found.omissions += _summed(left_out)


def _add_blob(
    quarantine: Quarantine, entry: TreeEntry, found: GitChange, *, digest: str, folder: Path, budget: Budget
) -> str | None:
    name = member.blob_name(digest)
    if name in found.members:
        return None
    size = quarantine.objects.size(entry.oid)
    if size > MAX_BLOB:
        return f"over {MAX_BLOB >> 20} MiB"
    data = quarantine.read_blob(entry.oid)
    if b"\0" in data[:_BINARY_HEAD]:
        return "binary"
    if not budget.take(len(data)):
        return "packet budget"
    (folder / digest).write_bytes(data)
    found.members[name] = folder / digest
    return None


def _summed(left_out: list[Omission]) -> list[Omission]:
    if len(left_out) <= _SHOWN_OMISSIONS:
        return left_out
    rest: dict[str, int] = {}
    for omission in left_out[_SHOWN_OMISSIONS:]:
        rest[omission.reason] = rest.get(omission.reason, 0) + 1
    more = [Omission(what=plural(count, "more content"), reason=reason) for reason, count in sorted(rest.items())]
    return left_out[:_SHOWN_OMISSIONS] + more


def _files(diff: Path, quarantine: Quarantine, head: str) -> Iterator[FileRow]:
    if not diff.stat().st_size:
        return
    tree = quarantine.tree(head)
    with diff.open("rb") as file:
        data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    builder = IndexBuilder(data)
    while not builder.step():
        pass
    for span in builder.index.files:
        yield FileRow(
            path=span.path,
            old_path=span.old_path,
            status=span.status,
            added=None if span.binary else span.added,
            removed=None if span.binary else span.removed,
            generated=is_generated(span.path, None if span.status == "D" or span.binary else tree.read(span.path)),
        )


def _check_agreement(entries: tuple[ChangeEntry, ...], files: tuple[FileRow, ...]) -> None:
    listed = {entry.path.decode("utf-8", "surrogateescape") for entry in entries}
    shown = {row.path for row in files} | {row.old_path for row in files if row.old_path and row.status == "R"}
    if listed != shown:
        path = min(listed ^ shown)
        raise BadInputError(f"git's diff and the listing of both trees do not agree about '{path}'; nothing was packed")


def _repository_id(quarantine: Quarantine, commit: str) -> str:
    # The first commit of the first-parent line: the same for every clone, and not for another project.
    current = commit
    try:
        for _ in range(_MAX_WALK):
            parents = quarantine.commit(current).parents
            if not parents:
                return f"git:{current}"
            current = parents[0]
    except UndeterminedError:
        return "git:shallow"
    return "git:long-history"
