"""The packet's proof of itself, link by link: what is shown is what is signed (packet format, "Self-proving").

Diff applied to the old contents gives the new contents; the contents hash to the change manifest; its digest and the
diff's stand in the packet; its numbers and paths are the diff's; where the repository is at hand, the two commits give
the same manifest again. Every break is a sentence, and none stops the others from being looked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from reviewer.errors import ReviewerError
from reviewer.packet.change import path_text
from reviewer.text import plural
from reviewer.workflow.changed import FileChange, path_bytes
from reviewer.workflow.proof import Proof, prove_file, shown

if TYPE_CHECKING:
    from collections.abc import Callable

    from reviewer.packet.change import ChangeEntry
    from reviewer.workflow.open import OpenedPacket

    Progress = Callable[[int, int], None]

__all__ = ["Proof", "integrity", "prove"]


def integrity(opened: OpenedPacket, progress: Progress | None = None) -> tuple[str, ...]:
    """Return every break of the chain as a sentence; none means that the packet proves itself.

    Args:
        opened: the packet, with its repository where that is at hand.
        progress: called with files done and files in all; whatever it raises ends the work.
    """
    proof = prove(opened, progress)
    return (*proof.breaks, *proof.unread)


def prove(opened: OpenedPacket, progress: Progress | None = None) -> Proof:
    """Return what the chain says, link by link; arguments as for `integrity`."""
    proof = Proof()
    for link in (_digests, _rows, _numbers, _listed_paths, _repository):
        _try(proof, link, opened)
    changes = opened.changes
    _try(proof, _covered, opened)
    for done, change in enumerate(changes, 1):
        prove_file(proof, opened, change)
        if progress is not None:
            progress(done, len(changes))
    opened.let_go()
    return proof


def _try(proof: Proof, link: Callable[[Proof, OpenedPacket], None], opened: OpenedPacket) -> None:
    try:
        link(proof, opened)
    except ReviewerError as error:
        proof.breaks.append(error.sentence)


def _digests(proof: Proof, opened: OpenedPacket) -> None:
    del proof
    opened.packet.verify()


def _rows(proof: Proof, opened: OpenedPacket) -> None:
    index = opened.index
    first = index.files[0].first if len(index.files) else len(index)
    if first:
        proof.breaks.append(f"change.diff: {plural(first, 'line')} at its start belong to no file")


def _numbers(proof: Proof, opened: OpenedPacket) -> None:
    said = opened.manifest.change
    files = opened.index.files
    for key in ("added", "removed"):
        found = sum(getattr(file, key) for file in files)
        if getattr(said, key) != found:
            proof.breaks.append(f"packet.toml: change.{key} says {getattr(said, key):,}, change.diff has {found:,}")
    # A change of type is one path and two entries of the diff.
    if said.files not in {len(files), len(opened.changes)}:
        proof.breaks.append(f"packet.toml: change.files says {said.files:,}, change.diff has {len(files):,}")


def _listed_paths(proof: Proof, opened: OpenedPacket) -> None:
    """The rows of `[[file_changed]]` are what the scope is judged by: they have to be the diff's files."""
    rows: dict[str, list[_Listed]] = {}
    for row in opened.manifest.file_changed:
        rows.setdefault(row.path, []).append((row.old_path, row.status, row.added, row.removed))
    for change in opened.changes:
        name = path_text(path_bytes(change.path))
        said = rows.pop(name, [])
        if not said:
            proof.breaks.append(f"packet.toml: [[file_changed]] leaves out {shown(name)}, which the diff changes")
        elif not any(_same_rows(said, found) for found in _expected(change)):
            proof.breaks.append(
                f"packet.toml: [[file_changed]] says of {shown(name)} {_told(said)}, "
                f"the diff {_told(_expected(change)[0])}"
            )
    for name in sorted(rows):
        proof.breaks.append(f"packet.toml: [[file_changed]] lists {shown(name)}, which the diff does not change")


_Listed: TypeAlias = "tuple[str | None, str, int | None, int | None]"


def _expected(change: FileChange) -> list[list[_Listed]]:
    """Return what the rows of a path may be: one for each entry of the diff, or a single one for a change of type."""
    each: list[_Listed] = [(_text(span.old_path), span.status, span.added, span.removed) for span in change.spans]
    if len(each) == 1:
        return [each]
    added, removed = sum(span.added for span in change.spans), sum(span.removed for span in change.spans)
    return [each, [(None, "T", added, removed)]]


def _same_rows(said: list[_Listed], found: list[_Listed]) -> bool:
    """Compare row by row; lines that are not counted (binary content) fit any number."""
    return len(said) == len(found) and all(
        row[:2] == other[:2] and row[2] in {None, other[2]} and row[3] in {None, other[3]}
        for row, other in zip(said, found, strict=True)
    )


def _told(rows: list[_Listed]) -> str:
    return " and ".join(f"{status} +{added or 0:,} -{removed or 0:,}" for _, status, added, removed in rows)


def _text(path: str | None) -> str | None:
    return None if path is None else path_text(path_bytes(path))


def _covered(proof: Proof, opened: OpenedPacket) -> None:
    """Each entry of the change manifest has to be in the diff, and the other way round."""
    in_diff: set[bytes] = set()
    for change in opened.changes:
        in_diff.add(path_bytes(change.path))
        if change.status == "R" and change.old_path is not None:
            in_diff.add(path_bytes(change.old_path))
    entries = {entry.path for entry in opened.entries}
    for path in sorted(entries - in_diff):
        proof.breaks.append(f"change.manifest changes {shown(path)}, which change.diff does not show")
    for path in sorted(in_diff - entries):
        proof.breaks.append(f"change.diff changes {shown(path)}, which change.manifest does not have")


def _repository(proof: Proof, opened: OpenedPacket) -> None:
    quarantine = opened.quarantine
    if quarantine is None:
        proof.notes.append("the repository is not at hand, so the two commits were not compared with the packet")
        return
    said = opened.manifest.change
    for name, commit, tree in (("base", said.base, said.base_tree), ("head", said.head, said.head_tree)):
        if quarantine.commit(commit).tree != tree:
            proof.breaks.append(f"packet.toml: change.{name}_tree is not the tree of commit {commit[:12]}")
    real = {entry.path: entry for entry in quarantine.change(said.base, said.head)}
    claimed = {entry.path: entry for entry in opened.entries}
    for path in sorted(real.keys() | claimed.keys()):
        if real.get(path) != claimed.get(path):
            what = _difference(real.get(path), claimed.get(path))
            proof.breaks.append(
                f"change.manifest, {shown(path)}: {what} between commits {said.base[:12]} and {said.head[:12]}"
            )


def _difference(real: ChangeEntry | None, claimed: ChangeEntry | None) -> str:
    if claimed is None:
        return "left out, and the repository has it changed"
    if real is None:
        return "listed as changed, and the repository has it unchanged"
    return "other modes or contents than the repository has"
