"""Manifest and lock file against each other: what one of them says and the other does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.checks.dependencies.formats import format_of
from reviewer.checks.dependencies.satisfies import satisfies
from reviewer.checks.dependencies.stated import is_indirect, line_of, manifests_of
from reviewer.checks.ident import Fact, shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewer.checks.case import Case
    from reviewer.checks.dependencies.compare import Delta
    from reviewer.checks.dependencies.model import Dependency
    from reviewer.checks.dependencies.stated import Stated

_WHY = "What is installed is what the lock says, not what the manifest says."
_CHANGES = frozenset(
    {"dependency-added", "dependency-changed", "dependency-removed", "dependency-downgrade", "major-jump"}
)
_NO_LOCK = (".txt", ".in", "setup.py", "setup.cfg", ".npmrc", "pip.conf", "pip.ini")
_PATHS = 200_000
_MOST_LACKING = 300


def lock_facts(one: Stated, same: Sequence[Stated], deltas: Sequence[Delta], case: Case) -> Iterator[Fact]:
    """Yield where the locks beside a changed manifest do not agree with what changed in it."""
    if not any(delta.rule in _CHANGES for delta in deltas) or one.file.path.endswith(_NO_LOCK):
        # A requirements file is installed as it stands; the others are installed through their lock.
        return
    locks = [other for other in same if other.lock and other.folder in {one.folder, ""}]
    if locks:
        yield from _lacking(one, locks, deltas)
        yield from _disagreeing(one, locks)
        return
    unchanged = _lock_in(case, one)
    # A go.sum keeps what it had when something is removed.
    if unchanged is not None and not (
        unchanged.endswith("go.sum") and all(d.rule == "dependency-removed" for d in deltas)
    ):
        yield Fact(
            rule="lock-not-updated",
            severity="medium",
            message=f"{shown(one.file.path)} changes its dependencies, and {shown(unchanged)} is as it was.",
            why=_WHY,
            quote=unchanged,
            file=one.file.path,
            side="new",
            line=one.file.added[0].number if one.file.added else None,
        )


def lock_alone(one: Stated, stated: Sequence[Stated]) -> Iterator[Fact]:
    """Yield a fact if a lock changes what is installed and no manifest of its kind changes."""
    if one.format.kind != "lock" or not one.old or not one.new:
        return
    if any(other.ecosystem == one.ecosystem and not other.lock for other in stated):
        return
    before, after = ({(dep.name, dep.specifier) for dep in side} for side in (one.old, one.new))
    changed = {name for name, _ in before ^ after}
    if changed:
        yield Fact(
            rule="lock-alone",
            severity="info",
            message=f"{shown(one.file.path)} changes what is installed of {len(changed):,} "
            f"{'package' if len(changed) == 1 else 'packages'}, and no manifest changes.",
            why="Nobody asked for these versions in a file that people read.",
            quote=one.file.path,
            file=one.file.path,
            side="new",
            line=one.file.added[0].number if one.file.added else None,
            numbers=(("packages", len(changed)),),
        )


def _lacking(one: Stated, locks: Sequence[Stated], deltas: Sequence[Delta]) -> Iterator[Fact]:
    locked = {dep.name for lock in locks for dep in lock.new}
    for delta in deltas[:_MOST_LACKING]:
        if delta.rule == "dependency-added" and delta.name not in locked and not delta.name.startswith("override of "):
            yield Fact(
                rule="lock-lacks",
                severity="medium",
                message=f"{shown(delta.name)} is added here, and {shown(locks[0].file.path)} does not have it.",
                why=_WHY,
                quote=delta.name,
                file=one.file.path,
                side="new",
                line=line_of(one.file, delta.written, old=False),
            )


def _disagreeing(one: Stated, locks: Sequence[Stated]) -> Iterator[Fact]:
    """Yield what is locked at a version that the manifest does not allow, as far as either changes it."""
    before = {(dep.name, dep.specifier) for dep in one.old}
    for lock in locks:
        for dep, version in _forbidden(one.new, lock, before):
            yield Fact(
                rule="lock-disagrees",
                severity="medium",
                message=f"{shown(dep.name)} is stated as {shown(dep.specifier, 40)} here, and "
                f"{shown(lock.file.path)} has {shown(version, 40)}.",
                why=_WHY,
                quote=dep.name,
                file=one.file.path,
                side="new",
                line=line_of(one.file, dep.written, old=False),
                evidence=(f"file:{lock.file.path}",),
            )


def lock_against_rest(lock: Stated, stated: Sequence[Stated], case: Case) -> Iterator[Fact]:
    """Yield what a changed lock has at a version that an unchanged manifest beside it does not allow."""
    if lock.format.kind != "lock" or any(other.folder == lock.folder and not other.lock for other in stated):
        return
    for path, form, deps in manifests_of(case.after, lock.ecosystem):
        if form.kind != "manifest" or path.rpartition("/")[0] != lock.folder or path.endswith(_NO_LOCK):
            continue
        known = {(dep.name, dep.specifier) for dep in deps}
        for dep, version in _forbidden(deps, lock, known):
            yield Fact(
                rule="lock-disagrees",
                severity="medium",
                message=f"{shown(dep.name)} is locked at {shown(version, 40)}, and {shown(path)} states "
                f"{shown(dep.specifier, 40)}.",
                why=_WHY,
                quote=dep.name,
                file=lock.file.path,
                side="new",
                line=line_of(lock.file, dep.written, old=False),
                evidence=(f"file:{path}",),
            )


def _forbidden(
    deps: Sequence[Dependency], lock: Stated, known: set[tuple[str, str]]
) -> Iterator[tuple[Dependency, str]]:
    """Yield (dependency, locked version) where no locked version is allowed; what nobody changed is left alone."""
    if lock.format.kind != "lock":
        return
    versions: dict[str, list[str]] = {}
    for dep in lock.new:
        versions.setdefault(dep.name, []).append(dep.specifier)
    locked_before = {(dep.name, dep.specifier) for dep in lock.old}
    for dep in deps:
        there = versions.get(dep.name, [])
        fresh = (dep.name, dep.specifier) not in known or any((dep.name, v) not in locked_before for v in there)
        if dep.source or is_indirect(dep) or not there or not fresh:
            continue
        if all(satisfies(lock.ecosystem, dep.specifier, version) is False for version in there):
            yield dep, there[0]


def _lock_in(case: Case, one: Stated) -> str | None:
    """Return a lock file beside the manifest that the change leaves alone; None if there is none, or no tree."""
    if case.before is None:
        return None
    touched = {file.path for file in case.files}
    for number, path in enumerate(case.before.paths()):
        if number > _PATHS:
            return None
        form = format_of(path)
        if path in touched or path.rpartition("/")[0] != one.folder or form is None:
            continue
        if form.kind != "manifest" and form.ecosystem == one.ecosystem:
            return path
    return None
