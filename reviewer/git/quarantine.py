"""The reviewed repository, read from outside: nothing in it can run a program or change what is read.

A bare repository of our own borrows only the objects. The reviewed repository's settings, hooks, attributes, grafts,
replace references and commit-graph are never looked at; references are read as data; every object is hashed again.
Objects are borrowed, not copied, and every one that is read is hashed again.
"""

from __future__ import annotations

import re
import shutil
import tempfile
import weakref
from pathlib import Path
from typing import TYPE_CHECKING, Self

from reviewer.errors import GitError, UndeterminedError
from reviewer.git.comparison import Comparison, compare
from reviewer.git.difference import write_diff
from reviewer.git.history import History
from reviewer.git.objects import EMPTY_TREE, ObjectReader
from reviewer.git.refs import Refs, read_refs
from reviewer.git.repository import Repository, find_repository
from reviewer.git.revision import Names, default_branch, resolve
from reviewer.git.store import object_folders
from reviewer.git.tree import GITLINK, GitTree, TreeEntry
from reviewer.git.workspace import make_bare
from reviewer.packet.change import ABSENT_MODE, ChangeEntry
from reviewer.packet.change import GITLINK as GITLINK_PREFIX

if TYPE_CHECKING:
    from types import TracebackType

    from reviewer.digest import Sha256
    from reviewer.git.commit import CommitInfo
    from reviewer.git.repository import ObjectFormat

_FULL_ID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}", re.ASCII)


class Quarantine:
    """A repository opened for reading. A context manager; closing it removes its temporary folder.

    Safe to use from several threads. Missing objects raise `UndeterminedError`, altered ones `GitError`.
    """

    def __init__(self, repository: Repository) -> None:
        """Open a repository that was found; `Quarantine.of` finds it as well.

        Raises:
            GitError: no temporary folder can be made.
        """
        self.repository = repository
        self.object_format: ObjectFormat = repository.object_format()
        try:
            self._folder = Path(tempfile.mkdtemp(prefix="reviewer-git-")).resolve()
            self._cleanup = weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
            self.git_dir = self._folder / "quarantine.git"
            self.environment = make_bare(self.git_dir, self.object_format, (repository.objects,))
        except OSError as error:
            raise GitError(f"no temporary folder can be made: {error.strerror}") from error
        folders = object_folders(repository.objects)
        self.objects = ObjectReader(self.git_dir, self.environment, self.object_format, folders)
        self.history = History(self.objects.commit)
        self._refs: Refs | None = None
        self._digests: dict[str, Sha256] = {}

    @classmethod
    def of(cls, start: Path) -> Self:
        """Return the repository that `start` lies in, opened.

        Raises:
            GitError: there is no repository.
        """
        return cls(find_repository(start))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the reading process and remove the temporary folder; may be called again."""
        self.objects.close()
        self._cleanup()

    @property
    def refs(self) -> Refs:
        """References as they were on disk when first asked for; `refresh` reads them anew."""
        if self._refs is None:
            self._refs = read_refs(self.repository)
        return self._refs

    def refresh(self) -> None:
        """Forget the references, so that the next question reads them from disk again."""
        self._refs = None

    def resolve(self, revision: str) -> str:
        """Return the full id of the commit that a revision names.

        Understood: full and abbreviated ids, `HEAD`, `@`, branch, tag and remote names, then `~n` and `^n`.

        Raises:
            GitError: there is no such commit, the name is ambiguous, or the form is not understood.
            UndeterminedError: the commit is named but not here.
        """
        return resolve(Names(lambda: self.refs, self.objects, self.object_format, self.environment), revision)

    def default_branch(self) -> str | None:
        """Return the full name of the reference that changes are made against, or None when nothing says."""
        return default_branch(self.refs, self.history)

    def merge_base(self, left: str, right: str) -> str | None:
        """Return the best common ancestor of two commits, the newest if there are several, or None."""
        return next(iter(self.history.merge_bases(self.resolve(left), self.resolve(right))), None)

    def is_ancestor(self, ancestor: str, descendant: str) -> bool:
        """Say whether a commit is another one, or comes before it."""
        return self.history.is_ancestor(self.resolve(ancestor), self.resolve(descendant))

    def commit(self, revision: str) -> CommitInfo:
        """Return a commit."""
        return self.objects.commit(self.resolve(revision))

    def commits(self, base: str | None, head: str, *, first_parent: bool = False) -> tuple[str, ...]:
        """Return the commits of `head` that `base` does not have (None: all), newest first.

        Args:
            base: a revision or None.
            head: a revision.
            first_parent: follow first parents only, as a reader of the branch does.
        """
        start = None if base is None else self.resolve(base)
        walk = self.history.first_parents if first_parent else self.history.between
        return walk(start, self.resolve(head))

    def tree_id(self, revision: str | None) -> str:
        """Return the tree of a commit (None: the empty tree). A full tree id stands for itself."""
        if revision is None or revision == EMPTY_TREE[self.object_format]:
            return EMPTY_TREE[self.object_format]
        if _FULL_ID.fullmatch(revision) and self.objects.kind(revision) == "tree":
            return revision
        return self.commit(revision).tree

    def tree(self, revision: str | None) -> GitTree:
        """Return the files of a commit."""
        return GitTree(self.objects, self.tree_id(revision))

    def read_blob(self, oid: str) -> bytes:
        """Return the content of a blob by its id."""
        return self.objects.read_blob(oid)

    def compare(self, base: str | None, head: str) -> Comparison:
        """Return which paths differ between two commits, with modes and object ids, without reading their content."""
        return compare(self.objects, self.tree_id(base), self.tree_id(head))

    def change(self, base: str | None, head: str) -> tuple[ChangeEntry, ...]:
        """Return the change manifest's entries: every path that differs, sorted, with SHA-256 of both contents."""
        entries = []
        for difference in self.compare(base, head).differences:
            old_mode, old = self._side(difference.old)
            new_mode, new = self._side(difference.new)
            entries.append(ChangeEntry(difference.path, old_mode, new_mode, old, new))
        return tuple(entries)

    def diff(self, base: str | None, head: str) -> bytes:
        """Return the change as `git diff --binary --full-index` writes it, renames shown."""
        with tempfile.TemporaryDirectory(prefix="diff-", dir=self._folder) as folder:
            target = Path(folder, "change.diff")
            self.diff_to(target, base, head)
            return target.read_bytes()

    def diff_to(self, path: Path, base: str | None, head: str) -> None:
        """Write the change, as `diff` returns it, to a file in constant memory."""
        trees = (self.tree_id(base), self.tree_id(head))
        comparison = compare(self.objects, *trees)
        with tempfile.TemporaryDirectory(prefix="room-", dir=self._folder) as room, path.open("wb") as output:
            write_diff(self.objects, comparison, trees, Path(room, "room.git"), output)

    def incomplete(self, what: str) -> UndeterminedError:
        """Return the error for a question whose answer needs objects that a shallow or partial clone lacks."""
        return UndeterminedError(
            f"{what}: the clone is shallow or partial, so history is missing",
            hint="get the whole history: git fetch --unshallow, or --refetch in a partial clone",
        )

    def _side(self, entry: TreeEntry | None) -> tuple[str, str | None]:
        if entry is None:
            return ABSENT_MODE, None
        if entry.mode == GITLINK:
            return GITLINK, GITLINK_PREFIX + entry.oid
        if entry.oid not in self._digests:
            self._digests[entry.oid] = self.objects.digest(entry.oid)
        return entry.mode, self._digests[entry.oid]
