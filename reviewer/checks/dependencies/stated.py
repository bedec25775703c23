"""The changed files that state dependencies, both sides parsed, and the line where one of them stands."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reviewer.checks import roles
from reviewer.checks.dependencies.formats import UNREAD, format_of, is_resolved
from reviewer.checks.dependencies.model import MalformedError
from reviewer.checks.sides import contents

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reviewer.checks.account import Account
    from reviewer.checks.case import Case, ChangedFile, SourceTree
    from reviewer.checks.dependencies.formats import Format
    from reviewer.checks.dependencies.model import Dependency, Ecosystem

_FOR_DEVELOPMENT = re.compile(
    r"(?:^|/)requirements[^a-z].*(?:dev|test|doc|lint|typing|style|build|ci|bench|tool)", re.IGNORECASE
)
_MOST_MANIFESTS = 400


@dataclass(frozen=True, slots=True)
class Stated:
    """A changed file that states dependencies, with both sides parsed."""

    file: ChangedFile
    format: Format
    lock: bool
    old: list[Dependency]
    new: list[Dependency]

    @property
    def folder(self) -> str:
        """The folder that it is about."""
        return self.file.path.rpartition("/")[0]

    @property
    def ecosystem(self) -> Ecosystem:
        """Whose packages it states."""
        return self.format.ecosystem


def read(case: Case, file: ChangedFile, account: Account) -> Stated | None:
    """Return what a changed file states, None if it is no such file or cannot be read; `account` learns of it."""
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
    account.looked("manifest" if form.kind == "manifest" else "lock file")
    if form.kind == "manifest" and (_FOR_DEVELOPMENT.search(file.path) or _is_beside_gemspec(case, file.path)):
        old, new = ([replace(dep, group="dev") for dep in side] for side in (old, new))
    lock = form.kind != "manifest" or any(is_resolved(file.path, side) for side in (sides.old, sides.new) if side)
    return Stated(file, form, lock, old, new)


def _is_beside_gemspec(case: Case, path: str) -> bool:
    """Return whether a Gemfile only serves those who work on a gem: what the gem needs stands in its gemspec."""
    folder, _, name = path.rpartition("/")
    if name not in {"Gemfile", "gems.rb"}:
        return False
    paths = case.after.paths() if case.after is not None else [file.path for file in case.files]
    return any(one.endswith(".gemspec") and one.rpartition("/")[0] == folder for one in paths)


def is_indirect(dep: Dependency) -> bool:
    """Return whether a manifest writes down a dependency that another one brings, as go.mod does."""
    return dep.ecosystem == "go" and dep.group == "optional"


def line_of(file: ChangedFile, written: str, *, old: bool) -> int | None:
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


def manifests_of(tree: SourceTree | None, ecosystem: Ecosystem) -> Iterator[tuple[str, Format, list[Dependency]]]:
    """Yield (path, format, dependencies) of a tree's manifests and locks that can be read, where it is at hand."""
    left = _MOST_MANIFESTS
    for path in tree.paths() if tree is not None else ():
        form = format_of(path)
        if form is None or form.ecosystem != ecosystem or roles.is_foreign(path) or left <= 0:
            continue
        left -= 1
        data = tree.read(path) if tree is not None else None
        try:
            yield path, form, form.parse(data or b"")
        except (MalformedError, RecursionError):
            continue


def manifest_names(tree: SourceTree | None, ecosystem: Ecosystem) -> set[str]:
    """Return what manifests state directly."""
    return {
        dep.name
        for _, form, stated in manifests_of(tree, ecosystem)
        if form.kind == "manifest"
        for dep in _direct(stated)
    }


def _direct(stated: Iterable[Dependency]) -> Iterator[Dependency]:
    return (dep for dep in stated if not is_indirect(dep))
