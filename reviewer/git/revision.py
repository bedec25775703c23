"""Turn what a person writes for a commit into a full id, through checked objects only.

Names come from references read as data, and `~` and `^` follow parents of hashed commits, so a forged object cannot
make `HEAD~1` mean another base. Only abbreviated ids ask git which objects there are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer.errors import GitError
from reviewer.git.command import attempt
from reviewer.git.identity import read_identity
from reviewer.text import clip, display_safe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from reviewer.git.history import History
    from reviewer.git.objects import ObjectReader
    from reviewer.git.refs import Refs
    from reviewer.git.repository import ObjectFormat

_FULL = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}", re.ASCII)
_SHORT = re.compile(r"[0-9a-fA-F]{4,64}", re.ASCII)
_STEPS = re.compile(r"(?:[~^][0-9]{0,9}|\^\{(?:commit)?\})*", re.ASCII)
_STEP = re.compile(r"([~^])([0-9]*)(?!\{)", re.ASCII)
"""One step to a parent; `^{commit}` is none, as what the name means is peeled anyway."""
_ORIGIN_HEAD = "refs/remotes/origin/HEAD"
_REMOTE = "refs/remotes/origin/"
_LOCAL = "refs/heads/"


@dataclass(frozen=True, slots=True)
class Names:
    """What a name can mean: the references, and the objects behind them.

    Attributes:
        refs: asked only for a name, so that a full id can be used where the references cannot be read.
        environment: of the git that is asked which ids start with the digits given.
    """

    refs: Callable[[], Refs]
    objects: ObjectReader
    object_format: ObjectFormat
    environment: Mapping[str, str]


def resolve(names: Names, revision: str) -> str:
    """Return the full id of the commit that `revision` names (see `Quarantine.resolve`)."""
    cut = min((at for mark in "~^" if (at := revision.find(mark)) >= 0), default=len(revision))
    name, steps = revision[:cut], revision[cut:]
    shown = clip(display_safe(revision), 100)
    if not _STEPS.fullmatch(steps):
        raise GitError(f"'{shown}' is not a form of revision that is understood here", hint="give a commit id")
    oid = names.objects.peel(_named(names, "HEAD" if name == "@" else name, shown))
    for mark, digits in _STEP.findall(steps):
        oid = _step(names, oid, mark, digits, shown)
    return oid


def default_branch(refs: Refs, history: History) -> str | None:
    """Return the full name of the branch that changes are made against, or None.

    The name is that of `origin/HEAD`, else `main`, `master`, `trunk`, `develop`, or the person's `init.defaultBranch`.
    Of the local and the remote branch of that name the local one is taken, unless it is behind the remote one or is
    itself at HEAD.
    """
    target = refs.target(_ORIGIN_HEAD) or ""
    named = [target.removeprefix(_REMOTE)] if target.startswith(_REMOTE) else []
    for name in _branch_names(named):
        local, remote = refs.get(_LOCAL + name), refs.get(_REMOTE + name)
        if local is None and remote is None:
            continue
        if local is None or remote is None:
            return (_LOCAL if remote is None else _REMOTE) + name
        if local == remote:
            return _LOCAL + name
        stale = local == refs.get("HEAD") or history.is_ancestor(local, remote)
        return (_REMOTE if stale else _LOCAL) + name
    return None


def _branch_names(named: list[str]) -> Iterator[str]:
    yield from named
    yield from ("main", "master", "trunk", "develop")
    if own := read_identity().default_branch:
        yield own


def _named(names: Names, name: str, shown: str) -> str:
    if _FULL.fullmatch(name):
        if len(name) != (40 if names.object_format == "sha1" else 64):
            raise GitError(f"'{shown}' is not an id of this repository, whose objects are named by another hash")
        return name
    found = names.refs().lookup(name) if name else None
    if found is None and _SHORT.fullmatch(name):
        outcome = attempt(["rev-parse", f"--disambiguate={name.lower()}"], names.environment)
        candidates = [oid for oid in outcome.stdout.decode("ascii", "replace").split() if _FULL.fullmatch(oid)]
        commits = [oid for oid in candidates if names.objects.kind(oid) in {"commit", "tag"}]
        if len(commits) > 1:
            raise GitError(f"'{shown}' is the start of {len(commits)} commits", hint="give more digits")
        found = next(iter(commits), None)
    if found is None:
        raise GitError(f"there is no commit called '{shown}' in this repository", hint="see 'git branch --all'")
    return found


def _step(names: Names, oid: str, mark: str, digits: str, shown: str) -> str:
    number = int(digits or 1)
    if mark == "^":
        parents = names.objects.commit(oid).parents
        if number == 0:
            return oid
        if number > len(parents):
            raise GitError(f"'{shown}' does not exist: {oid[:12]} has {len(parents)} parents")
        return parents[number - 1]
    for _ in range(number):
        parents = names.objects.commit(oid).parents
        if not parents:
            raise GitError(f"'{shown}' goes back before the first commit")
        oid = parents[0]
    return oid
