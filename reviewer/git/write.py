"""Write objects and references into the reviewed repository without running anything that it configures.

Objects are written by git running in the quarantine with the repository's object folder as its own, so none of the
repository's settings is read. References are moved by `git update-ref` with hooks switched off, compared and swapped.
The work tree and the index are never touched.
"""

from __future__ import annotations

import os
import random
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer.errors import GitError
from reviewer.git.command import Outcome, attempt, run
from reviewer.git.notes import note_tree
from reviewer.git.refs import is_ref_name
from reviewer.git.repository import read_small
from reviewer.git.tree import render_tree
from reviewer.text import clip, display_safe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviewer.git.quarantine import Quarantine
    from reviewer.git.tree import TreeEntry

_HARMLESS = (
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.fsync=reference",
    "core.logAllRefUpdates=true",
    "gc.auto=0",
    "maintenance.auto=false",
    "user.useConfigOnly=false",
)
"""Settings that beat the repository's own; the first keeps its reference-transaction hook from running."""
_ATTEMPTS = 60
_PATIENCE = 20.0
"""Seconds to wait for another process's lock, and for git to move a reference."""


class RefMovedError(GitError):
    """A reference is not what it was when the new value was made: somebody else wrote it first (exit code 2)."""


@dataclass(frozen=True, slots=True)
class Person:
    """Whom a commit names: name, address, and the time in seconds since 1970 (None: now)."""

    name: str
    email: str
    at: int | None = None


@dataclass(frozen=True, slots=True)
class RefUpdate:
    """One reference to move from `old` (None: it must not exist) to `new`; full name and full ids."""

    ref: str
    new: str
    old: str | None


def write_blob(quarantine: Quarantine, data: bytes) -> str:
    """Store a file's content in the repository and return its id.

    Raises:
        GitError: it cannot be written, or what is stored under its id is something else.
    """
    return _write(quarantine, "blob", data)


def write_tree(quarantine: Quarantine, entries: Sequence[TreeEntry]) -> str:
    """Store a folder's listing in the repository and return its id (errors as for `write_blob`)."""
    return _write(quarantine, "tree", render_tree(entries))


def commit_tree(quarantine: Quarantine, tree: str, parents: Sequence[str], message: str, person: Person) -> str:
    """Store an unsigned commit in the repository and return its id (errors as for `write_blob`)."""
    when = int(time.time()) if person.at is None else person.at
    who = f"{_one_line(person.name) or 'unknown'} <{_one_line(person.email)}> {when} +0000"
    lines = [f"tree {tree}", *(f"parent {parent}" for parent in parents), f"author {who}", f"committer {who}"]
    text = "\n".join(lines) + "\n\n" + message.strip("\n") + "\n"
    return _write(quarantine, "commit", text.encode("utf-8", "replace"))


def update_ref(quarantine: Quarantine, ref: str, new: str, old: str | None, *, reason: str = "reviewer") -> None:
    """Move one reference (see `update_refs`)."""
    update_refs(quarantine, [RefUpdate(ref, new, old)], reason=reason)


def update_refs(quarantine: Quarantine, updates: Sequence[RefUpdate], *, reason: str = "reviewer") -> None:
    """Move references all together or not at all, each only if it still has the value it is said to have.

    A lock that another process holds is waited for.

    Raises:
        RefMovedError: a reference has another value by now.
        GitError: a reference cannot be written.
    """
    for update in updates:
        if not is_ref_name(update.ref):
            raise GitError(f"'{display_safe(update.ref)}' is not the full name of a reference")
        _refuse_links(quarantine, update.ref)
    deadline = time.monotonic() + _PATIENCE
    while True:
        outcome = _transaction(quarantine, updates, reason)
        quarantine.refresh()
        if outcome.code == 0:
            return
        moved = [update.ref for update in updates if quarantine.refs.get(update.ref) != update.old]
        if moved:
            raise RefMovedError(f"{moved[0]} was moved by somebody else meanwhile")
        locks = [update.ref for update in updates if _lock(quarantine, update.ref)]
        if time.monotonic() > deadline or (not locks and b"File exists" not in outcome.stderr):
            hint = f"if no git process is running, remove {locks[0]}.lock in the git folder" if locks else None
            raise GitError(f"{updates[0].ref} cannot be written: {outcome.complaint}", hint=hint)
        time.sleep(random.uniform(0.005, 0.05))  # noqa: S311 - only spreads retries


def append_note(quarantine: Quarantine, ref: str, commit: str, line: str, person: Person) -> str:
    """Add one line to a commit's note, whoever else writes notes at the same time; return the notes' new commit.

    Raises:
        GitError: the note cannot be read or written.
    """
    for _ in range(_ATTEMPTS):
        quarantine.refresh()
        update = prepare_note(quarantine, ref, commit, line, person)
        try:
            update_refs(quarantine, [update], reason="reviewer: note")
        except RefMovedError:
            continue
        return update.new
    raise GitError(f"{ref} is being written by others all the time: gave up after {_ATTEMPTS} attempts")


def prepare_note(quarantine: Quarantine, ref: str, commit: str, line: str, person: Person) -> RefUpdate:
    """Store what `ref` holds plus one line for `commit`, and return the update that would publish it.

    Args:
        quarantine: the repository.
        ref: full name, `refs/notes/…`.
        commit: full id of the commit that the note hangs on.
        line: text; control characters and line feeds are written out.
        person: author of the notes commit.
    """
    old = quarantine.refs.get(ref)
    root = quarantine.objects.commit(old).tree if old else None
    added = clip(display_safe(line), 1000).encode("utf-8", "replace") + b"\n"
    tree = note_tree(_Store(quarantine), root, commit, added)
    parents = [old] if old else []
    return RefUpdate(ref, commit_tree(quarantine, tree, parents, f"Note {commit[:12]}", person), old)


class _Store:
    """A repository's objects, given checked and taken."""

    def __init__(self, quarantine: Quarantine) -> None:
        self._quarantine = quarantine

    def entries(self, tree: str) -> Sequence[TreeEntry]:
        return self._quarantine.objects.entries(tree)

    def read_blob(self, oid: str) -> bytes:
        return self._quarantine.read_blob(oid)

    def store_blob(self, data: bytes) -> str:
        return write_blob(self._quarantine, data)

    def store_tree(self, entries: Sequence[TreeEntry]) -> str:
        return write_tree(self._quarantine, entries)


def _write(quarantine: Quarantine, kind: str, data: bytes) -> str:
    environment = quarantine.environment | {"GIT_OBJECT_DIRECTORY": str(quarantine.repository.objects)}
    answer = run(["hash-object", "-t", kind, "-w", "--stdin", "--no-filters"], environment, stdin=data)
    oid = answer.decode("ascii", "replace").strip()
    # Git keeps what is already stored under an id, so what is there is read back before anything points to it.
    if quarantine.objects.read(oid, kind) != data:
        raise GitError(f"object {oid} was not stored as it was written")
    return oid


def _transaction(quarantine: Quarantine, updates: Sequence[RefUpdate], reason: str) -> Outcome:
    zeros = "0" * (40 if quarantine.object_format == "sha1" else 64)
    commands = "".join(f"update {update.ref} {update.new} {update.old or zeros}\n" for update in updates)
    environment = quarantine.environment | {
        "GIT_DIR": str(quarantine.repository.common_dir),
        "GIT_COMMITTER_NAME": "reviewer",
        "GIT_COMMITTER_EMAIL": "",
    }
    settings = [word for setting in _HARMLESS for word in ("-c", setting)]
    arguments = [*settings, "update-ref", "-m", _one_line(reason), "--stdin"]
    return attempt(arguments, environment, stdin=f"start\n{commands}prepare\ncommit\n".encode(), timeout=_PATIENCE)


def _refuse_links(quarantine: Quarantine, ref: str) -> None:
    # A link below refs/ or logs/ would make git write a file wherever it leads.
    first, *names = ref.split("/")
    for top in (first, f"logs/{first}"):
        path = quarantine.repository.common_dir / top
        for name in names:
            path /= name
            if path.is_symlink():
                raise GitError(f"{display_safe(str(path))} is a symbolic link, so nothing is written there")


def _lock(quarantine: Quarantine, ref: str) -> bool:
    path = os.path.join(quarantine.repository.common_dir, ref + ".lock")  # noqa: PTH118 - the name ends with a suffix
    return os.path.lexists(path) or read_small(quarantine.repository.common_dir / "packed-refs.lock") is not None


def _one_line(text: str) -> str:
    return display_safe(text).translate({ord(character): None for character in "<>\n\t"}).strip()
