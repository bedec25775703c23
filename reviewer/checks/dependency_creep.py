"""Dependency creep: what manifests and lock files state after the change that they did not before.

Compares parsed files of both sides, so that order, quoting and comments do not matter. Nothing is looked up online:
whether a package exists, or is known to be vulnerable, is not checked and is said so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reviewer.checks import roles
from reviewer.checks.account import Account
from reviewer.checks.dependencies import compare
from reviewer.checks.dependencies.formats import UNREAD, format_of, is_resolved
from reviewer.checks.dependencies.javascript import install_hooks
from reviewer.checks.dependencies.model import MalformedError
from reviewer.checks.dependencies.purposes import twin
from reviewer.checks.ident import Fact, shown
from reviewer.checks.sides import contents

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.checks.case import Case, ChangedFile
    from reviewer.checks.dependencies.formats import Format
    from reviewer.checks.dependencies.model import Dependency, Ecosystem
    from reviewer.checks.finding import CheckResult, Mode

_WHY = "Each dependency is code that nobody here reviewed, updates or can fix, for as long as it stays."
_FOR_DEVELOPMENT = re.compile(
    r"(?:^|/)requirements[^a-z].*(?:dev|test|doc|lint|typing|style|build|ci|bench|tool)", re.IGNORECASE
)
_WHY_LOCK = "What is installed is what the lock says, not what the manifest says."
_WHY_BY_RULE = {
    "dependency-source": "A package from a repository, URL or other index is whatever its owner serves at that moment.",
    "index-added": "Whoever can publish on an added index can put a package in front of a known one.",
    "dependency-downgrade": "An older version can bring back faults that were fixed.",
    "locked-downgrade": "An older version can bring back faults that were fixed.",
    "pin-loosened": "What was tested is no longer the only thing that can be installed.",
    "dev-to-runtime": "What only developers ran is now part of what is shipped.",
    "dependency-removed": "Code may still import it.",
    "transitive-added": "It is installed and run like any other dependency, and no line of a manifest shows it.",
}


@dataclass(frozen=True, slots=True)
class _Stated:
    """A changed file that states dependencies, with both sides parsed."""

    file: ChangedFile
    format: Format
    lock: bool
    old: list[Dependency]
    new: list[Dependency]

    @property
    def folder(self) -> str:
        return self.file.path.rpartition("/")[0]


class DependencyCheck:
    """Finds dependencies that were added, changed, loosened, moved into production or taken from elsewhere."""

    mode: Mode = "dependency_creep"
    version = 1

    def run(self, case: Case) -> CheckResult:
        """Return findings by file in the order of the diff."""
        account = Account()
        stated = [one for file in case.files if (one := _read(case, file, account)) is not None]
        facts: list[Fact] = []
        for one in stated:
            facts.extend(_file_facts(one, stated, case))
        if stated:
            account.note("known vulnerabilities and the existence of packages were not checked")
        return account.result(self.mode, self.version, facts, nothing="no file that states dependencies changes")


def _read(case: Case, file: ChangedFile, account: Account) -> _Stated | None:
    form = format_of(file.path)
    if form is None or roles.is_foreign(file.path) or roles.is_example(file.path):
        if UNREAD.fullmatch(file.path):
            account.beyond("this form of stating dependencies is not read", file.path)
        return None
    sides = contents(case, file)
    if not sides.complete:
        account.missing("content is not in the packet", file.path)
        return None
    try:
        old = [] if sides.old is None else form.parse(sides.old)
        new = [] if sides.new is None else form.parse(sides.new)
    except MalformedError as error:
        account.missing(f"not readable ({error})", file.path)
        return None
    except RecursionError:
        account.missing("nested too deeply to read", file.path)
        return None
    account.looked("lock file" if form.kind == "lock" else "manifest")
    if _FOR_DEVELOPMENT.search(file.path) and form.kind == "manifest":
        old, new = ([replace(dep, group="dev") for dep in side] for side in (old, new))
    lock = form.kind == "lock" or any(is_resolved(file.path, side) for side in (sides.old, sides.new) if side)
    return _Stated(file, form, lock, old, new)


def _file_facts(one: _Stated, stated: list[_Stated], case: Case) -> Iterator[Fact]:
    same = [other for other in stated if other.format.ecosystem == one.format.ecosystem]
    direct = {dep.name for other in same if not other.lock for dep in other.new if not _is_indirect(dep)}
    if one.lock:
        for delta in compare.locks(one.old, one.new, direct | _manifest_names(case, one.format.ecosystem)):
            yield _fact(one, delta)
        return
    old, new = ([dep for dep in side if not _is_indirect(dep)] for side in (one.old, one.new))
    elsewhere = {dep.name for other in same if other is not one and not other.lock for dep in other.old}
    deltas = list(compare.manifests(old, new, elsewhere))
    for delta in deltas:
        yield _fact(one, delta)
        if delta.rule == "dependency-added":
            yield from _twin_fact(one, delta, {dep.name for dep in old})
    indirect = compare.locks(filter(_is_indirect, one.old), filter(_is_indirect, one.new), {d.name for d in new + old})
    for delta in indirect:
        yield _fact(one, delta)
    if one.file.path.endswith("package.json"):
        yield from _hooks(one)
    if any(delta.rule in {"dependency-added", "dependency-changed", "dependency-removed"} for delta in deltas):
        yield from _lock_facts(one, same, deltas, case)


def _is_indirect(dep: Dependency) -> bool:
    # go.mod writes down the indirect ones too.
    return dep.ecosystem == "go" and dep.group == "optional"


def _fact(one: _Stated, delta: compare.Delta) -> Fact:
    return Fact(
        rule=delta.rule,
        severity=delta.severity,
        message=delta.message,
        why=_WHY_BY_RULE.get(delta.rule, _WHY),
        quote=delta.name,
        file=one.file.path,
        side="old" if delta.on_old_side else "new",
        line=_line(one.file, delta.written, old=delta.on_old_side),
    )


def _line(file: ChangedFile, written: str, *, old: bool) -> int | None:
    """Return the changed line that names the dependency, else the first line of that side that does."""
    name = re.compile(rf"(?<![\w.@/-]){re.escape(written)}(?![\w-])", re.IGNORECASE)
    for line in file.removed if old else file.added:
        if name.search(line.text):
            return line.number
    whole = file.old if old else file.new
    for number, raw in enumerate((whole or b"").split(b"\n"), 1):
        if name.search(raw.decode("utf-8", "surrogateescape")):
            return number
    return None


def _twin_fact(one: _Stated, delta: compare.Delta, others: set[str]) -> Iterator[Fact]:
    found = twin(one.format.ecosystem, delta.name, others)
    if found is not None:
        purpose, present = found
        yield Fact(
            rule="purpose-twin",
            severity="medium",
            message=f"{shown(delta.name)} is added for {purpose}, and {shown(present)} is there already.",
            why="Two libraries for one purpose are two ways of doing everything, and two to keep up to date.",
            quote=delta.name,
            file=one.file.path,
            side="new",
            line=_line(one.file, delta.written, old=False),
        )


def _hooks(one: _Stated) -> Iterator[Fact]:
    before = {} if one.file.old is None else install_hooks(one.file.old)
    after = {} if one.file.new is None else install_hooks(one.file.new)
    for name, script in after.items():
        if before.get(name) != script:
            yield Fact(
                rule="install-script",
                severity="low" if "prepare" in name else "medium",
                message=f"The script “{name}” runs on installation and is {'changed' if name in before else 'new'}: "
                f"{shown(script)}",
                why="It runs on the machine of everybody who installs this, before anything is tested.",
                quote=f"{name} {script}",
                file=one.file.path,
                side="new",
                line=_line(one.file, f'"{name}"', old=False),
            )


def _lock_facts(one: _Stated, same: list[_Stated], deltas: list[compare.Delta], case: Case) -> Iterator[Fact]:
    locks = [other for other in same if other.lock and other.folder in {one.folder, ""}]
    if locks:
        locked = {dep.name for lock in locks for dep in lock.new}
        # A requirements file is installed as it stands; the others are installed through their lock.
        missing = [] if one.file.path.endswith((".txt", ".in")) else [d for d in deltas if d.name not in locked]
        for delta in missing:
            if delta.rule == "dependency-added":
                yield Fact(
                    rule="lock-lacks",
                    severity="medium",
                    message=f"{shown(delta.name)} is added here, and {shown(locks[0].file.path)} does not have it.",
                    why=_WHY_LOCK,
                    quote=delta.name,
                    file=one.file.path,
                    side="new",
                    line=_line(one.file, delta.written, old=False),
                )
        return
    unchanged = _lock_in(case, one)
    if unchanged is not None:
        yield Fact(
            rule="lock-not-updated",
            severity="medium",
            message=f"{shown(one.file.path)} changes its dependencies, and {shown(unchanged)} is as it was.",
            why=_WHY_LOCK,
            quote=unchanged,
            file=one.file.path,
            side="new",
            line=one.file.added[0].number if one.file.added else None,
        )


def _lock_in(case: Case, one: _Stated) -> str | None:
    """Return a lock file beside the manifest that the change leaves alone; None if there is none, or no tree."""
    if case.before is None:
        return None
    touched = {file.path for file in case.files}
    for path in case.before.paths():
        form = format_of(path)
        if path in touched or path.rpartition("/")[0] != one.folder or form is None:
            continue
        if form.kind == "lock" and form.ecosystem == one.format.ecosystem:
            return path
    return None


def _manifest_names(case: Case, ecosystem: Ecosystem) -> set[str]:
    """Return what unchanged manifests state, where the tree is at hand."""
    names: set[str] = set()
    if case.after is None:
        return names
    for path in case.after.paths():
        form = format_of(path)
        if form is None or form.kind != "manifest" or form.ecosystem != ecosystem:
            continue
        data = case.after.read(path)
        try:
            names |= {dep.name for dep in form.parse(data or b"") if not _is_indirect(dep)}
        except (MalformedError, RecursionError):
            continue
    return names
