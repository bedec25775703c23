"""The packet's proof of itself, link by link: what is shown is what is signed (packet.md, "Self-proving").

Diff applied to the old contents gives the new contents; the contents hash to the change manifest; its digest and the
diff's stand in the packet; its numbers and paths are the diff's; where the repository is at hand, the two commits give
the same manifest again. Every break is a sentence, and none stops the others from being looked for.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from reviewer.diff.apply import DiffError, apply, old_content
from reviewer.digest import sha256
from reviewer.errors import ReviewerError
from reviewer.packet.change import GITLINK, path_text
from reviewer.text import display_safe, plural
from reviewer.workflow.changed import FileChange, path_bytes

if TYPE_CHECKING:
    from collections.abc import Callable

    from reviewer.packet.change import ChangeEntry
    from reviewer.workflow.open import OpenedPacket

    Progress = Callable[[int, int], None]

_ABSENT = "000000"
_HEADING = 80
"""Bytes of a line that git puts behind `@@` (xdiff's buffer for function lines)."""
_BLANK = b" \t\n\r"


@dataclass(slots=True)
class Proof:
    """What came of it.

    Attributes:
        breaks: links that do not hold, or cannot be shown to hold for text that is on the screen; each blocks approval.
        unread: files of the diff that two parsers do not read the same way.
        notes: what could not be looked at, without making what is shown doubtful.
        proven: paths whose new content follows from the diff.
    """

    breaks: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    proven: int = 0


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
        _file(proof, opened, change)
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
            proof.breaks.append(f"packet.toml: [[file_changed]] leaves out {_shown(name)}, which the diff changes")
        elif not any(_same_rows(said, found) for found in _expected(change)):
            proof.breaks.append(
                f"packet.toml: [[file_changed]] says of {_shown(name)} {_told(said)}, "
                f"the diff {_told(_expected(change)[0])}"
            )
    for name in sorted(rows):
        proof.breaks.append(f"packet.toml: [[file_changed]] lists {_shown(name)}, which the diff does not change")


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
    shown: set[bytes] = set()
    for change in opened.changes:
        shown.add(path_bytes(change.path))
        if change.status == "R" and change.old_path is not None:
            shown.add(path_bytes(change.old_path))
    entries = {entry.path for entry in opened.entries}
    for path in sorted(entries - shown):
        proof.breaks.append(f"change.manifest changes {_shown(path)}, which change.diff does not show")
    for path in sorted(shown - entries):
        proof.breaks.append(f"change.diff changes {_shown(path)}, which change.manifest does not have")


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
                f"change.manifest, {_shown(path)}: {what} between commits {said.base[:12]} and {said.head[:12]}"
            )


def _difference(real: ChangeEntry | None, claimed: ChangeEntry | None) -> str:
    if claimed is None:
        return "left out, and the repository has it changed"
    if real is None:
        return "listed as changed, and the repository has it unchanged"
    return "other modes or contents than the repository has"


# One file -------------------------------------------------------------------------------------------------------------


def _file(proof: Proof, opened: OpenedPacket, change: FileChange) -> None:
    from reviewer.diff.parse import round_trips

    index = opened.index
    whole = all(round_trips(index, span) for span in change.spans)
    if not whole or (len(change.spans) > 1 and [span.status for span in change.spans] != ["D", "A"]):
        proof.unread.append(f"change.diff, {_shown(change.path)}: the patch is not whole, or two readings of it differ")
    if change.new_entry is None or (change.status not in {"A", "C"} and change.old_entry is None):
        return  # `_covered` has said it.
    _modes(proof, change)
    try:
        _contents(proof, opened, change)
    except ReviewerError as error:
        proof.breaks.append(f"change.diff does not give the signed content: {display_safe(error.sentence)}")


def _modes(proof: Proof, change: FileChange) -> None:
    assert change.new_entry is not None  # noqa: S101 - `_file` has looked
    source = change.old_entry
    claimed = (None if change.status == "A" or source is None else source.old_mode, change.new_entry.new_mode)
    for side, span, mode in (("old", change.spans[0], claimed[0]), ("new", change.spans[-1], claimed[1])):
        said = span.old_mode if side == "old" else span.new_mode
        there = mode is not None and mode != _ABSENT
        unknown = side == "old" and source is None and change.status == "C"
        if not unknown and said is not None and said != (mode if there else None):
            proof.breaks.append(
                f"{_shown(change.path)}: change.diff says mode {said}, change.manifest {mode or 'none'}"
            )
    # A patch without mode lines keeps the mode.
    silent = all(span.old_mode is None and span.new_mode is None for span in change.spans)
    if silent and change.status in {"M", "R", "C"} and claimed[0] != claimed[1]:
        proof.breaks.append(f"{_shown(change.path)}: change.manifest changes its mode, change.diff does not show it")


def _contents(proof: Proof, opened: OpenedPacket, change: FileChange) -> None:
    if change.status in {"M", "R"} and not any(span.hunk_count or span.binary for span in change.spans):
        _unchanged(proof, change)
        return
    old: bytes | None = None
    if change.status != "A":
        old = _old(opened, change)
        if old is None:
            _missing(proof, change)
            return
    _headings(proof, change, old or b"")
    current: bytes | None = old
    for span in change.spans:
        current = apply(current, opened.index, span)
    expected = change.new_digest
    if _digest(current, expected) != expected:
        proof.breaks.append(f"{_shown(change.path)}: change.diff gives other content than change.manifest says")
        return
    proof.proven += 1


def _headings(proof: Proof, change: FileChange, old: bytes) -> None:
    """What stands behind `@@` is shown as the place in the file: it has to be a line above, as git cuts those."""
    hunks = [hunk for span in change.spans for hunk in span.hunks]
    if not any(hunk.section for hunk in hunks):
        return
    lines = old.split(b"\n")
    above: set[bytes] = set()
    at = 0
    for hunk in hunks:
        for line in lines[at : hunk.old_start - 1]:
            above |= {line[:_HEADING].rstrip(_BLANK), line.lstrip(_BLANK)[:_HEADING].rstrip(_BLANK)}
        at = max(at, hunk.old_start - 1)
        if hunk.section and hunk.section not in above:
            proof.breaks.append(f"{_shown(change.path)}: a hunk's heading, {_shown(hunk.section)}, is no line above it")


def _unchanged(proof: Proof, change: FileChange) -> None:
    if change.old_digest != change.new_digest:
        proof.breaks.append(f"{_shown(change.path)}: change.manifest changes its content, change.diff does not show it")
        return
    proof.proven += 1


def _old(opened: OpenedPacket, change: FileChange) -> bytes | None:
    digest = change.old_digest
    if digest is None:
        # A copy's source may stand outside the change.
        tree = opened.tree("old") if change.status == "C" else None
        return None if tree is None else tree.read(change.old_path or change.path)
    if digest.startswith(GITLINK):
        return _submodule(digest)
    found = opened.content(change.old_path or change.path, "old", digest)
    if found is None:
        # A deletion, and binary data that holds the way back, carry the old content with them.
        found = old_content(opened.index, change.spans[0])
        if found is not None and sha256(found) != digest:
            raise DiffError(f"{change.path}: what it removes is not the old content that change.manifest names")
    return found


def _missing(proof: Proof, change: FileChange) -> None:
    reason = "its old content is neither in the packet nor at hand in a repository"
    if change.binary:
        proof.notes.append(f"{_shown(change.path)}: not proven, because {reason}")
        return
    proof.breaks.append(f"{_shown(change.path)}: cannot be proven here, because {reason}")


def _digest(content: bytes | None, expected: str | None) -> str | None:
    if content is None:
        return None
    if expected is not None and expected.startswith(GITLINK):
        return expected if content == _submodule(expected) else sha256(content)
    return sha256(content)


def _submodule(digest: str) -> bytes:
    return b"Subproject commit " + digest.removeprefix(GITLINK).encode() + b"\n"


def _shown(path: str | bytes) -> str:
    return f"'{display_safe(path)}'"
