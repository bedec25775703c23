"""Read branches, tags and HEAD as data: names and object ids from files, checked, never followed outside `refs/`.

Follows the files backend of gitrepository-layout(5). Replace references are left out, so that nothing read later can
be replaced. Knows no objects: that an id exists and is a commit is for the reader of objects to say.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from reviewer.errors import GitError
from reviewer.git.repository import read_small
from reviewer.text import display_safe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.git.repository import Repository

_OID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}", re.ASCII)
_BAD_NAME = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//|/\.|\.lock(/|$)|\.$|/$")
_RULES = ("{}", "refs/{}", "refs/tags/{}", "refs/heads/{}", "refs/remotes/{}", "refs/remotes/{}/HEAD")
"""Where a short name is looked up, in the order of gitrevisions(7)."""
_MAX_PACKED = 256 << 20
_MAX_DEPTH = 5


@dataclass(frozen=True, slots=True)
class Refs:
    """References by full name. `symbolic` holds those that name another one (HEAD, refs/remotes/origin/HEAD)."""

    ids: dict[str, str] = field(default_factory=dict)
    symbolic: dict[str, str] = field(default_factory=dict)

    def get(self, name: str) -> str | None:
        """Return the object id that a full name leads to, or None."""
        for _ in range(_MAX_DEPTH):
            if name in self.ids:
                return self.ids[name]
            if name not in self.symbolic:
                return None
            name = self.symbolic[name]
        return None

    def target(self, name: str) -> str | None:
        """Return the full name that a symbolic reference names directly, or None when it is not symbolic."""
        return self.symbolic.get(name)

    def lookup(self, name: str) -> str | None:
        """Return the object id that a short or full name means, or None.

        Raises:
            GitError: the name means different objects as a tag, a branch or a remote branch.
        """
        found = {full: oid for rule in _RULES if (oid := self.get(full := rule.format(name))) is not None}
        if len(set(found.values())) > 1:
            names = " and ".join(display_safe(full) for full in found)
            raise GitError(
                f"'{display_safe(name)}' is ambiguous here: {names} are different commits",
                hint="name it in full",
            )
        return next(iter(found.values()), None)


def read_refs(repository: Repository) -> Refs:
    """Return every reference of the repository and of this worktree, as they are on disk now.

    Raises:
        GitError: the repository keeps its references in the reftable format.
    """
    if repository.uses_reftable:
        raise GitError(
            "the repository keeps its references in the reftable format, which is not read here",
            hint="name commits by their full ids, or run 'git refs migrate --ref-format=files'",
        )
    refs = Refs()
    for name, value in _packed(repository.common_dir):
        _keep(refs, name, value)
    for folder in dict.fromkeys((repository.common_dir, repository.git_dir)):
        for name, value in _loose(folder):
            _keep(refs, name, value)
    head = _head(repository.git_dir)
    if head is not None:
        _keep(refs, "HEAD", head)
    return refs


def is_ref_name(name: str) -> bool:
    """Say whether git would accept this full reference name (git-check-ref-format(1))."""
    return name.startswith("refs/") and _BAD_NAME.search(name) is None


def _keep(refs: Refs, name: str, value: str) -> None:
    if name != "HEAD" and (not is_ref_name(name) or name.startswith("refs/replace/")):
        return
    refs.ids.pop(name, None)
    refs.symbolic.pop(name, None)
    if value.startswith("ref:"):
        target = value[len("ref:") :].strip()
        if is_ref_name(target):
            refs.symbolic[name] = target
    elif _OID.fullmatch(value):
        refs.ids[name] = value


def _head(git_dir: Path) -> str | None:
    path = git_dir / "HEAD"
    if path.is_symlink():
        # Old repositories have HEAD as a link to the branch's file.
        return f"ref: {path.readlink()}"
    content = read_small(path)
    return None if content is None else _text(content)


def _packed(common_dir: Path) -> Iterator[tuple[str, str]]:
    content = read_small(common_dir / "packed-refs", _MAX_PACKED) or b""
    for line in content.split(b"\n"):
        if line[:1] in {b"#", b"^", b""}:
            continue
        oid, _, name = line.partition(b" ")
        yield _text(name), _text(oid)


def _loose(folder: Path) -> Iterator[tuple[str, str]]:
    top = folder / "refs"
    for place, folders, files in os.walk(top, followlinks=False):
        if Path(place) == top and "replace" in folders:
            folders.remove("replace")
        for file in files:
            path = Path(place, file)
            content = read_small(path)
            if content is not None:
                yield path.relative_to(folder).as_posix(), _text(content)


def _text(content: bytes) -> str:
    return content.strip(b" \t\r\n").decode("utf-8", "surrogateescape")
