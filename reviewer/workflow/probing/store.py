"""What was found out by running, kept in the state folder: written as it comes, private, read back strictly.

A result counts only for the very trees that were run. Nothing is ever read from a packet or a repository, as whoever
makes these could write what they like into them.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from reviewer.checks.probed import (
    PARTS,
    Ablation,
    Matrix,
    Mutation,
    Part,
    Probed,
    Rehearsal,
    Replay,
    Required,
    Rotten,
    Vet,
)
from reviewer.errors import ReviewerError
from reviewer.paths import read_plain, state_dir
from reviewer.workflow.probing.codec import NotAsWrittenError, decode, encode
from reviewer.workflow.probing.steps import Steps, StoreError, make_folder, unkept

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TypeAlias

    from reviewer.workflow.open import OpenedPacket

__all__ = ["About", "Results", "Steps", "StoreError", "kept_of", "load", "with_parts"]

Outcome: TypeAlias = "Matrix | Replay | Ablation | Mutation | Rotten | Rehearsal | Required | Vet"
R = TypeVar("R")

_KINDS: dict[Part, type[Outcome]] = {
    "tests": Matrix,
    "replay": Replay,
    "hunks": Ablation,
    "mutants": Mutation,
    "rotten": Rotten,
    "rollback": Rehearsal,
    "required": Required,
    "vet": Vet,
}
_ALONE: frozenset[Part] = frozenset({"required", "rollback", "vet"})
"""Parts that mean the same beside results of another environment."""
_FOLDER = "probes"
_LIMIT = 64 << 20
_MAX_SETTINGS = 200
_TAIL = 2_000
_SCHEMA = "reviewer-probe/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What results are about: trees, environment, how the runs were shut in, and how they were asked for.

    Attributes:
        base_tree, head_tree: ids of the trees.
        environment: digest of interpreter and packages.
        containment: how runs were shut in; not_contained: what was not.
        settings: digest of what else the results depend on (command, limits).
    """

    base_tree: str
    head_tree: str
    environment: str
    containment: str
    not_contained: tuple[str, ...] = ()
    settings: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Head:
    """What stands before each kept part."""

    schema: str
    about: About
    part: Part
    finished: str


class Results:
    """The results of one set of trees, environment and settings."""

    def __init__(self, about: About, root: Path | None = None) -> None:
        """Stand for the folder of these results; it is made when something is kept."""
        self.about = about
        self.folder = _of_trees(about.base_tree, about.head_tree, root) / _digest(
            about.environment, about.containment, about.settings
        )

    def keep(self, part: Part, value: Outcome, finished: str) -> None:
        """Keep a part that is done, in the place of what was kept before.

        Raises:
            StoreError: the state folder cannot be written.
        """
        head = _Head(schema=_SCHEMA, about=self.about, part=part, finished=finished)
        data = encode(head) + b"\n" + encode(_shortened(value)) + b"\n"
        try:
            make_folder(self.folder)
            _write(self.folder / f"{part}.json", data)
        except OSError as error:
            raise unkept(error) from error

    def part(self, part: Part) -> Outcome | None:
        """Return a part that is kept, None if there is none that can be believed."""
        found = _read_part(self.folder, part)
        return found[1] if found is not None and found[0].about == self.about else None

    def steps(self, part: Part, kind: type[R]) -> Steps[R]:
        """Return what is kept of the steps of a part that may not be done."""
        return Steps(self.folder / f"{part}.steps", kind)

    def forget(self, parts: Iterable[Part]) -> None:
        """Remove parts and their steps."""
        for part in parts:
            for name in (f"{part}.json", f"{part}.steps"):
                with contextlib.suppress(OSError):
                    (self.folder / name).unlink()


def kept_of(opened: OpenedPacket) -> Probed | None:
    """Return what is kept about an open packet; nothing without the repository, whose commits name the trees."""
    quarantine = opened.quarantine
    if quarantine is None:
        return None
    change = opened.manifest.change
    try:
        return load(quarantine.tree_id(change.base), quarantine.tree_id(change.head))
    except ReviewerError:
        return None


def load(base_tree: str, head_tree: str, root: Path | None = None) -> Probed | None:
    """Return what is kept about a change: the newest results, with those of other settings in the same environment.

    Args:
        base_tree: id of the tree before.
        head_tree: id of the tree after.
        root: in place of the person's state folder.
    """
    place = _of_trees(base_tree, head_tree, root)
    try:
        folders = sorted(entry.path for entry in os.scandir(place) if entry.is_dir(follow_symlinks=False))
    except OSError:
        return None
    found: list[tuple[_Head, Outcome]] = []
    for folder in folders[:_MAX_SETTINGS]:
        kept = (_read_part(Path(folder), part) for part in PARTS)
        found += [
            one
            for one in kept
            if one is not None and (one[0].about.base_tree, one[0].about.head_tree) == (base_tree, head_tree)
        ]
    if not found:
        return None
    found.sort(key=lambda one: one[0].finished)
    # Tests are compared within one environment; a command or a way back that was tried later takes nothing from them.
    newest = next((head.about for head, _ in reversed(found) if head.part not in _ALONE), found[-1][0].about)
    about = Probed(
        base_tree=base_tree,
        head_tree=head_tree,
        environment=newest.environment,
        containment=newest.containment,
        not_contained=newest.not_contained,
        finished=found[-1][0].finished,
    )
    alike = [
        (head, value)
        for head, value in found
        if head.part in _ALONE
        or (head.about.environment, head.about.containment) == (newest.environment, newest.containment)
    ]
    return with_parts(about, {head.part: value for head, value in alike})


def with_parts(probed: Probed, parts: dict[Part, Outcome]) -> Probed:
    """Return it with some parts filled in."""
    for part, value in parts.items():
        match part, value:
            case "tests", Matrix():
                probed = replace(probed, tests=value)
            case "replay", Replay():
                probed = replace(probed, replay=value)
            case "hunks", Ablation():
                probed = replace(probed, hunks=value)
            case "mutants", Mutation():
                probed = replace(probed, mutants=value)
            case "rotten", Rotten():
                probed = replace(probed, rotten=value)
            case "rollback", Rehearsal():
                probed = replace(probed, rollback=value)
            case "required", Required():
                probed = replace(probed, required=value)
            case "vet", Vet():
                probed = replace(probed, vet=value)
            case _:
                pass
    return probed


def _read_part(folder: Path, part: Part) -> tuple[_Head, Outcome] | None:
    try:
        data = read_plain(folder / f"{part}.json", _LIMIT)
        first, _, rest = data.partition(b"\n")
        head = decode(_Head, first)
        if head.schema != _SCHEMA or head.part != part or not rest.endswith(b"\n"):
            return None
        return head, decode(_KINDS[part], rest)
    except (OSError, NotAsWrittenError):
        return None


def _shortened(value: Outcome) -> Outcome:
    """Return it with the ends of outputs cut: a change of a thousand tests has a run each."""
    match value:
        case Matrix() | Replay() | Ablation() | Mutation() | Rotten() | Vet():
            return replace(value, runs=tuple(replace(run, tail=run.tail[-_TAIL:]) for run in value.runs))
        case _:
            return value


def _of_trees(base_tree: str, head_tree: str, root: Path | None) -> Path:
    return (state_dir() if root is None else root) / _FOLDER / _digest(base_tree, head_tree)


def _digest(*parts: str) -> str:
    whole = hashlib.sha256()
    for part in parts:
        whole.update(part.encode("utf-8", "surrogatepass") + b"\0")
    return whole.hexdigest()[:40]


def _write(path: Path, data: bytes) -> None:
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(descriptor)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
