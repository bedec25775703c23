"""Approvals on an append-only branch, one record a file, with a readable line in git notes.

Knows paths, commits and digests; the records are bytes whose meaning is for `reviewer.approval`. Trust comes from the
records' own signatures, never from this branch's commits or messages.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer.digest import Sha256
from reviewer.errors import GitError
from reviewer.git.comparison import compare
from reviewer.git.quarantine import Quarantine
from reviewer.git.repository import Repository, read_small
from reviewer.git.tree import FOLDER, GitTree, TreeEntry
from reviewer.git.write import (
    Person,
    RefMovedError,
    RefUpdate,
    commit_tree,
    prepare_note,
    update_refs,
    write_blob,
    write_tree,
)
from reviewer.text import display_safe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

BRANCH = "refs/heads/reviewer/ledger"
NOTES = "refs/notes/reviewer"
_RECORD = re.compile(rb"v1/([0-9a-f]{2})/(\1[0-9a-f]{62})\.intoto\.jsonl", re.ASCII)
_FILE = "100644"
_ATTEMPTS = 100
_AT_ONCE = 250
_DEPTH = 3  # The root, v1, and the folder of two digits.
_README = b"""\
This branch is an append-only ledger of review decisions, written by reviewer (https://pypi.org/project/review-packet/).

Each file below v1/ is one signed record: a DSSE envelope on one line, named by the SHA-256 of its payload. Records are
only ever added. Protect this branch against force pushes and deletion.
"""


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """Where a record was stored.

    Attributes:
        digest: of the signed payload; the record's identity.
        path: in the ledger branch.
        tip: the ledger's commit that holds it.
        added: False when the very same record was there already.
    """

    digest: Sha256
    path: str
    tip: str
    added: bool


def record_path(digest: Sha256) -> str:
    """Return where the record with this payload digest lies in the branch."""
    return f"v1/{digest[:2]}/{digest}.intoto.jsonl"


def exists(source: Path | Repository | Quarantine) -> bool:
    """Say whether the repository has a ledger.

    Raises:
        GitError: there is no repository, or its references cannot be read.
    """
    with _opened(source) as quarantine:
        return tip(quarantine) is not None


def tip(quarantine: Quarantine) -> str | None:
    """Return the newest commit of the ledger, or None when there is no ledger."""
    return quarantine.refs.get(BRANCH)


def init(source: Path | Repository | Quarantine, *, person: Person | None = None) -> None:
    """Make the ledger: a branch without parents that holds a readme. One that exists is left alone.

    Raises:
        GitError: the branch cannot be made (for example because one called `reviewer` is in the way).
    """
    with _opened(source) as quarantine:
        if tip(quarantine) is not None:
            return
        tree = write_tree(quarantine, [TreeEntry(_FILE, b"README.md", write_blob(quarantine, _README))])
        commit = commit_tree(quarantine, tree, [], "Start the ledger of review decisions", person or _nobody())
        try:
            update_refs(quarantine, [RefUpdate(BRANCH, commit, None)], reason="reviewer: start the ledger")
        except RefMovedError:
            # Somebody else made it at the same moment, which is just as good.
            return


def append(
    source: Path | Repository | Quarantine,
    envelope_line: bytes,
    payload_digest: Sha256,
    *,
    note: str,
    commit: str,
    person: Person | None = None,
) -> LedgerEntry:
    """Add one record and its line in the notes of the reviewed commit, together; others may write at the same time.

    Args:
        source: the repository.
        envelope_line: the signed envelope on one line; its line feed is added when missing.
        payload_digest: SHA-256 of the payload inside the envelope.
        note: one readable line for `git log --notes=reviewer`; the digest is added to it.
        commit: full id of the commit that was decided on.
        person: whom the ledger's commit names; proves nothing.

    Raises:
        GitError: there is no ledger, another record has the same payload, the branch is checked out, or the repository
            cannot be written.
    """
    line = envelope_line.removesuffix(b"\n") + b"\n"
    if line.count(b"\n") != 1:
        raise GitError("a ledger record is one line; this envelope has several")
    who = person or _nobody()
    with _opened(source) as quarantine:
        _refuse_if_checked_out(quarantine.repository)
        for _ in range(_ATTEMPTS):
            quarantine.refresh()
            prepared = _prepare(quarantine, line, payload_digest, who)
            if isinstance(prepared, LedgerEntry):
                return prepared
            text = f"{note} (record sha256:{payload_digest})"
            updates = [prepared, prepare_note(quarantine, NOTES, commit, text, who)]
            try:
                update_refs(quarantine, updates, reason="reviewer: add a record")
            except RefMovedError:
                continue
            if read_record(quarantine, payload_digest) != line:
                raise GitError("the record was written to the ledger but does not read back as it was")
            return LedgerEntry(payload_digest, record_path(payload_digest), prepared.new, added=True)
    raise GitError(f"{BRANCH} is being written by others all the time: gave up after {_ATTEMPTS} attempts")


def read_record(quarantine: Quarantine, digest: Sha256) -> bytes | None:
    """Return the envelope line with this payload digest, or None."""
    newest = tip(quarantine)
    return None if newest is None else quarantine.tree(newest).read(record_path(digest))


def records(source: Path | Repository | Quarantine, *, at: str | None = None) -> Iterator[tuple[Sha256, bytes]]:
    """Yield (payload digest as the path claims it, envelope line) for every record, sorted by digest.

    The digest has to be compared with the payload's by the caller, who parses envelopes.

    Args:
        source: the repository.
        at: a commit of the ledger in place of the newest.

    Raises:
        GitError: an object was altered.
        UndeterminedError: an object is missing.
    """
    with _opened(source) as quarantine:
        newest = at or tip(quarantine)
        if newest is None:
            return
        for path, entry in quarantine.tree(newest).entries():
            match = _RECORD.fullmatch(path)
            if match is not None and entry.mode == _FILE:
                yield Sha256(match[2].decode()), quarantine.read_blob(entry.oid)


def check_append_only(
    source: Path | Repository | Quarantine,
    base_tip: str | None,
    newest: str,
    *,
    digest_of: Callable[[bytes], Sha256] | None = None,
) -> tuple[str, ...]:
    """Return a sentence for every way in which the ledger was not only added to; nothing means that all is well.

    Each commit is compared with each of its parents, so a record dropped inside a merge is seen.

    Args:
        source: the repository.
        base_tip: the ledger's commit that was trusted last; None checks from the beginning.
        newest: the ledger's commit to check.
        digest_of: gives the payload digest of an envelope line, which has to be the one in its path; None skips this.

    Raises:
        GitError, UndeterminedError: history is altered or missing.
    """
    with _opened(source) as quarantine:
        breaks: list[str] = []
        if base_tip is not None and not quarantine.history.is_ancestor(base_tip, newest):
            breaks.append(f"the ledger at {newest[:12]} does not continue {base_tip[:12]}, which was trusted before")
        added = quarantine.history.between(base_tip, newest)[::-1]
        for start in range(0, len(added), _AT_ONCE):
            commits = added[start : start + _AT_ONCE]
            quarantine.objects.prefetch_below((quarantine.objects.commit(oid).tree for oid in commits), _DEPTH)
            for oid in commits:
                breaks.extend(_breaks_of(quarantine, oid, digest_of))
        return tuple(breaks)


def _breaks_of(quarantine: Quarantine, oid: str, digest_of: Callable[[bytes], Sha256] | None) -> Iterator[str]:
    commit = quarantine.objects.commit(oid)
    added: dict[bytes, str] = {}
    for parent in commit.parents or (None,):
        for difference in compare(quarantine.objects, quarantine.tree_id(parent), commit.tree).differences:
            shown = display_safe(difference.path)
            if difference.old is not None:
                verb = "removed" if difference.new is None else "changed"
                yield f"ledger commit {oid[:12]} {verb} {shown}; records may only be added"
            elif difference.new is not None:
                added[difference.path] = difference.new.oid
                if difference.new.mode != _FILE:
                    yield f"ledger commit {oid[:12]} added {shown}, which is no plain file"
    for path, blob in added.items():
        match = _RECORD.fullmatch(path)
        if match is None:
            if path.startswith(b"v1/"):
                yield f"ledger commit {oid[:12]} added {display_safe(path)}, which is no name of a record"
        elif digest_of is not None and digest_of(quarantine.read_blob(blob)) != match[2].decode():
            yield f"ledger commit {oid[:12]} added {display_safe(path)}, whose payload has another digest"


def _prepare(quarantine: Quarantine, line: bytes, digest: Sha256, person: Person) -> RefUpdate | LedgerEntry:
    old = tip(quarantine)
    if old is None:
        raise GitError("this repository has no ledger", hint="make one with 'reviewer ledger init'")
    path = record_path(digest)
    root = quarantine.tree_id(old)
    known = GitTree(quarantine.objects, root).read(path)
    if known == line:
        return LedgerEntry(digest, path, old, added=False)
    if known is not None:
        raise GitError(f"the ledger already has another envelope for the payload {digest.short}; records never change")
    tree = _with_file(quarantine, root, path.encode().split(b"/"), write_blob(quarantine, line))
    message = f"Add a record\n\nPayload: sha256:{digest}"
    return RefUpdate(BRANCH, commit_tree(quarantine, tree, [old], message, person), old)


def _with_file(quarantine: Quarantine, tree: str | None, names: list[bytes], blob: str) -> str:
    entries = {entry.name: entry for entry in quarantine.objects.entries(tree)} if tree else {}
    name, *below = names
    if below:
        folder = entries.get(name)
        inner = folder.oid if folder is not None and folder.is_folder else None
        entries[name] = TreeEntry(FOLDER, name, _with_file(quarantine, inner, below, blob))
    else:
        entries[name] = TreeEntry(_FILE, name, blob)
    return write_tree(quarantine, list(entries.values()))


def _refuse_if_checked_out(repository: Repository) -> None:
    heads = [repository.common_dir / "HEAD", *repository.common_dir.glob("worktrees/*/HEAD")]
    if any((read_small(head) or b"").strip() == b"ref: " + BRANCH.encode() for head in heads):
        raise GitError(
            "the ledger branch is checked out, so adding to it would leave that work tree behind",
            hint="check out another branch there",
        )


def _nobody() -> Person:
    return Person("reviewer", "")


@contextmanager
def _opened(source: Path | Repository | Quarantine) -> Iterator[Quarantine]:
    if isinstance(source, Quarantine):
        yield source
        return
    with Quarantine(source) if isinstance(source, Repository) else Quarantine.of(source) as quarantine:
        yield quarantine
