"""Read git objects through GitPython, and hash every one of them again before it is believed.

A loose object, a pack index or an alternate with wrong bytes is shown by git without complaint; here it is an error.
Knows the object store and nothing of its meaning; parsing is `commit` and `tree`. GitPython is imported on first use.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import threading
from typing import TYPE_CHECKING, TypeVar

from reviewer.digest import Sha256
from reviewer.errors import GitError, UndeterminedError
from reviewer.git.bulk import read_many
from reviewer.git.cache import Cache
from reviewer.git.command import attempt, executable
from reviewer.git.commit import CommitInfo, parse_commit, tag_target
from reviewer.git.store import refuse_irregular_object
from reviewer.git.tree import TreeEntry, parse_tree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from git.db import GitCmdObjectDB
    from gitdb.base import OStream  # type: ignore[import-untyped]

    from reviewer.git.repository import ObjectFormat

_Answer = TypeVar("_Answer")

MAX_IN_MEMORY = 256 << 20
"""Bytes of one object that is read whole. Larger blobs are still hashed and copied, in pieces."""
_CHUNK = 1 << 20
_KEPT_ENTRIES = 250_000  # About 200 bytes each.
_KEPT_COMMITS = 65_536
_READ_AHEAD_AFTER = 32
_READ_AHEAD = 2000
_WORTH_A_PROCESS = 32
_AHEAD_AT_MOST = 4000
EMPTY_TREE: dict[ObjectFormat, str] = {
    "sha1": "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
    "sha256": "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321",
}


class ObjectReader:
    """Verified objects of one git directory. Safe to use from several threads, which take turns."""

    def __init__(
        self, git_dir: Path, environment: Mapping[str, str], object_format: ObjectFormat, folders: Sequence[Path]
    ) -> None:
        """Read from `git_dir` with this environment; no process starts before the first object is wanted.

        Args:
            git_dir: a bare repository of our own.
            environment: the environment to run git in it with.
            object_format: which hash names the objects.
            folders: where the objects lie that it borrows.
        """
        self._git_dir = git_dir
        self._folders = folders
        self._environment = environment
        self.object_format = object_format
        self._missed = 0
        self._database: GitCmdObjectDB | None = None
        self._lock = threading.RLock()
        self._trees: Cache[tuple[TreeEntry, ...]] = Cache(_KEPT_ENTRIES)
        self._commits: Cache[CommitInfo] = Cache(_KEPT_COMMITS)

    def close(self) -> None:
        """End the process that serves the objects."""
        with self._lock:
            if self._database is not None:
                self._database._git.clear_cache()  # noqa: SLF001 - the only handle on the process it started
                self._database = None

    def kind(self, oid: str) -> str:
        """Return "commit", "tree", "blob" or "tag"; a claim of the store until the object itself is read.

        Raises:
            UndeterminedError: the object is not here.
        """
        return self._info(oid)[0]

    def size(self, oid: str) -> int:
        """Return the size of an object in bytes, as the store claims it.

        Raises:
            UndeterminedError: the object is not here.
        """
        return self._info(oid)[1]

    def feed(self, oid: str, kind: str, sink: Callable[[bytes], object]) -> int:
        """Give the content of an object to `sink` in pieces, and return its size in bytes.

        What the sink was given is only to be believed when this returns.

        Raises:
            UndeterminedError: the object is not here.
            GitError: it is of another kind, or its bytes do not hash to its id.
        """
        with self._lock:
            stream = self._stream(oid)
            found, size = _text(stream.type), int(stream.size)
            state = hashlib.new(self.object_format, f"{found} {size}\0".encode(), usedforsecurity=False)
            while chunk := stream.read(_CHUNK):
                state.update(chunk)
                sink(chunk)
            del stream
        if state.hexdigest() != oid:
            self.close()
            raise GitError(
                f"object {oid} does not hash to its id: the repository's object store is damaged or was altered",
                hint="run 'git fsck', or clone the repository again",
            )
        if found != kind:
            raise GitError(f"object {oid} is a {found}; a {kind} was expected")
        return size

    def read(self, oid: str, kind: str) -> bytes:
        """Return the whole content of an object (errors as for `feed`; also GitError beyond `MAX_IN_MEMORY`)."""
        content = bytearray()

        def keep(chunk: bytes) -> None:
            if len(content) <= MAX_IN_MEMORY:
                content.extend(chunk)

        size = self.feed(oid, kind, keep)
        if size > MAX_IN_MEMORY:
            raise GitError(f"object {oid} has {size:,} bytes, more than the {MAX_IN_MEMORY:,} that are read at once")
        return bytes(content)

    def read_blob(self, oid: str) -> bytes:
        """Return the content of a blob (errors as for `read`)."""
        return self.read(oid, "blob")

    def digest(self, oid: str) -> Sha256:
        """Return the SHA-256 of a blob's content, in constant memory (errors as for `feed`)."""
        state = hashlib.sha256()
        self.feed(oid, "blob", state.update)
        return Sha256(state.hexdigest())

    def commit(self, oid: str) -> CommitInfo:
        """Return a commit (errors as for `read`; also GitError when it is malformed)."""
        with self._lock:
            if oid not in self._commits:
                self._missed += 1
                if self._missed % _READ_AHEAD_AFTER == 0:
                    self._read_ahead(oid)
            return self._commits.get(oid) or self._commits.put(oid, parse_commit(oid, self.read(oid, "commit")))

    def entries(self, tree: str) -> tuple[TreeEntry, ...]:
        """Return the entries of a tree (errors as for `read`; also GitError when it is malformed)."""
        if tree == EMPTY_TREE[self.object_format]:
            return ()
        with self._lock:
            if (kept := self._trees.get(tree)) is not None:
                return kept
            entries = parse_tree(tree, self.read(tree, "tree"))
            return self._trees.put(tree, entries, 1 + len(entries))

    def prefetch_trees(self, trees: Iterable[str]) -> None:
        """Read trees that will be asked for soon, all at once; what cannot be read is left for the asking."""
        with self._lock:
            wanted = [tree for tree in dict.fromkeys(trees) if tree not in self._trees]
            if len(wanted) >= _WORTH_A_PROCESS:
                for oid, kind, data in read_many(self._environment, self.object_format, wanted):
                    if kind == "tree":
                        entries = parse_tree(oid, data)
                        self._trees.put(oid, entries, 1 + len(entries))

    def prefetch_below(self, trees: Iterable[str], depth: int) -> None:
        """Read trees and the folders in them down to a depth, ahead of a comparison of many commits."""
        level = set(trees)
        for _ in range(depth):
            if len(level) > _AHEAD_AT_MOST:
                return
            self.prefetch_trees(level)
            level = {entry.oid for tree in level for entry in self.entries(tree) if entry.is_folder}

    def peel(self, oid: str) -> str:
        """Return the commit that an id names, through annotated tags.

        Raises:
            UndeterminedError: an object is not here.
            GitError: it names no commit.
        """
        for _ in range(5):
            kind = self.kind(oid)
            if kind == "commit":
                return self.commit(oid).oid
            if kind != "tag":
                break
            oid = tag_target(oid, self.read(oid, "tag"))
        raise GitError(f"{oid} is not a commit")

    def _read_ahead(self, oid: str) -> None:
        # Which commits come next is git's unchecked word, only a guess at what to read; each is hashed all the same.
        arguments = ["rev-list", f"--max-count={_READ_AHEAD}", oid, "--"]
        outcome = attempt(arguments, self._environment)
        guesses = [guess for guess in outcome.stdout.decode("ascii", "replace").split() if guess not in self._commits]
        for found, kind, data in read_many(self._environment, self.object_format, guesses):
            if kind == "commit":
                self._commits.put(found, parse_commit(found, data))

    def _info(self, oid: str) -> tuple[str, int]:
        with self._lock:
            info = self._ask(oid, lambda database, binary: database.info(binary))
            return _text(info.type), int(info.size)

    def _stream(self, oid: str) -> OStream:
        return self._ask(oid, lambda database, binary: database.stream(binary))

    def _ask(self, oid: str, question: Callable[[GitCmdObjectDB, bytes], _Answer]) -> _Answer:
        refuse_irregular_object(self._folders, oid)
        try:
            return question(self._open(), bytes.fromhex(oid))
        except (OSError, ValueError) as error:
            self.close()
            raise UndeterminedError(
                f"object {oid} is not in the repository: the clone is shallow, partial or damaged",
                hint="get the whole history: git fetch --unshallow, or --refetch in a partial clone",
            ) from error

    def _open(self) -> GitCmdObjectDB:
        if self._database is None:
            self._database = _database(self._git_dir, self._environment)
        return self._database


def _text(kind: object) -> str:
    # GitPython says that it gives text, and gives bytes.
    return kind.decode("ascii", "replace") if isinstance(kind, bytes) else str(kind)


def _database(git_dir: Path, environment: Mapping[str, str]) -> GitCmdObjectDB:
    # GitPython asks git for its version when it is imported; it must be the same git that runs later.
    os.environ.setdefault("GIT_PYTHON_GIT_EXECUTABLE", executable())
    try:
        from git import Git
        from git.db import GitCmdObjectDB
    except ImportError as error:
        raise GitError("git is not installed, or not on PATH", hint="install git 2.34 or newer") from error

    class CleanGit(Git):
        """GitPython's command with our environment, and with ids of either length."""

        def _parse_object_header(self, header_line: str | bytes) -> tuple[str, str, int]:
            # GitPython takes SHA-1 ids only; a 64-digit answer is as good here, as the caller hashes the content.
            words = header_line.split()
            if len(words) == 3 and len(words[0]) == 64:
                return words[0], words[1], int(words[2])  # type: ignore[return-value]  # GitPython passes bytes on too
            return super()._parse_object_header(header_line)  # type: ignore[arg-type]

    command = CleanGit(str(git_dir))
    # GitPython adds to the inherited environment; ours has to replace it. So its two processes are started here.
    for slot, question in (("cat_file_all", "--batch"), ("cat_file_header", "--batch-check")):
        arguments = [executable(), "cat-file", question]
        process = subprocess.Popen(  # noqa: S603 - absolute program, no shell, own environment
            arguments,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=dict(environment),
            cwd=git_dir,
        )
        setattr(command, slot, Git.AutoInterrupt(process, arguments))
    return GitCmdObjectDB(str(git_dir / "objects"), command)
