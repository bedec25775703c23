"""One file's part of the packet's proof: the patch makes the signed content of the old one, and shows all of it.

Adds sentences to a `Proof`; never raises for what a packet says.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reviewer.diff.apply import DiffError, apply, old_content
from reviewer.digest import sha256
from reviewer.errors import ReviewerError
from reviewer.packet.change import GITLINK
from reviewer.text import display_safe

if TYPE_CHECKING:
    from reviewer.workflow.changed import FileChange
    from reviewer.workflow.open import OpenedPacket

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


def prove_file(proof: Proof, opened: OpenedPacket, change: FileChange) -> None:
    """Prove one file of the change, and say in `proof` what does not hold."""
    from reviewer.diff.parse import round_trips

    index = opened.index
    whole = all(round_trips(index, span) for span in change.spans)
    if not whole or (len(change.spans) > 1 and [span.status for span in change.spans] != ["D", "A"]):
        proof.unread.append(f"change.diff, {shown(change.path)}: the patch is not whole, or two readings of it differ")
    if change.new_entry is None or (change.status not in {"A", "C"} and change.old_entry is None):
        return  # `_covered` has said it.
    _modes(proof, change)
    try:
        _contents(proof, opened, change)
    except ReviewerError as error:
        proof.breaks.append(f"change.diff does not give the signed content: {display_safe(error.sentence)}")


def _modes(proof: Proof, change: FileChange) -> None:
    assert change.new_entry is not None  # noqa: S101 - `prove_file` has looked
    source = change.old_entry
    claimed = (None if change.status == "A" or source is None else source.old_mode, change.new_entry.new_mode)
    for side, span, mode in (("old", change.spans[0], claimed[0]), ("new", change.spans[-1], claimed[1])):
        said = span.old_mode if side == "old" else span.new_mode
        there = mode is not None and mode != _ABSENT
        unknown = side == "old" and source is None and change.status == "C"
        if not unknown and said is not None and said != (mode if there else None):
            proof.breaks.append(f"{shown(change.path)}: change.diff says mode {said}, change.manifest {mode or 'none'}")
    # A patch without mode lines keeps the mode.
    silent = all(span.old_mode is None and span.new_mode is None for span in change.spans)
    if silent and change.status in {"M", "R", "C"} and claimed[0] != claimed[1]:
        proof.breaks.append(f"{shown(change.path)}: change.manifest changes its mode, change.diff does not show it")


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
        proof.breaks.append(f"{shown(change.path)}: change.diff gives other content than change.manifest says")
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
            proof.breaks.append(f"{shown(change.path)}: a hunk's heading, {shown(hunk.section)}, is no line above it")


def _unchanged(proof: Proof, change: FileChange) -> None:
    if change.old_digest != change.new_digest:
        proof.breaks.append(f"{shown(change.path)}: change.manifest changes its content, change.diff does not show it")
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
        proof.notes.append(f"{shown(change.path)}: not proven, because {reason}")
        return
    proof.breaks.append(f"{shown(change.path)}: cannot be proven here, because {reason}")


def _digest(content: bytes | None, expected: str | None) -> str | None:
    if content is None:
        return None
    if expected is not None and expected.startswith(GITLINK):
        return expected if content == _submodule(expected) else sha256(content)
    return sha256(content)


def _submodule(digest: str) -> bytes:
    return b"Subproject commit " + digest.removeprefix(GITLINK).encode() + b"\n"


def shown(path: str | bytes) -> str:
    """Return a name in quotation marks, safe for a terminal."""
    return f"'{display_safe(path)}'"
