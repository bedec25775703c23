"""Imports on added lines that no manifest declares, or that only come along with something else.

Told only for a package that nothing of the old side imports: what was so before is no matter of this change.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer.checks import roles
from reviewer.checks.dependencies import python_two
from reviewer.checks.dependencies.declared import Declared
from reviewer.checks.dependencies.languages import BUILT_IN, package_of, plain
from reviewer.checks.dependencies.stated import manifests_of
from reviewer.checks.dependencies.usage import ECOSYSTEMS, Tree, imports
from reviewer.checks.ident import Fact, shown
from reviewer.checks.sides import contents

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.checks.account import Account
    from reviewer.checks.case import Case
    from reviewer.checks.dependencies.model import Ecosystem

_WHY = "What nobody declares is there by chance, and may be gone or another version on the next machine."
_MENTIONS = re.compile(
    r"(?:.*/)?(?:tox\.ini|noxfile\.py|meson\.build|\.pre-commit-config\.yaml|deps\.edn|BUILD(?:\.bazel)?|[^/]*requirements[^/]*"
    r"|Makefile|justfile|setup\.py|conda\.ya?ml|meta\.ya?ml|deno\.jsonc?|import_map\.json|tsconfig[^/]*\.json|vite\.config\.\w+)"
)
"""Files that may say what is installed in a way that nothing here reads."""
_MOST_MENTIONS = 60
_NO_PACKAGES = python_two.MODULES | {"_typeshed", "__main__"}
_OF = {"_pytest": "pytest"}
"""Inner packages by the one that they come with."""


@dataclass(frozen=True, slots=True)
class _Known:
    """What one ecosystem's manifests and locks say, and what the tree holds itself."""

    direct: frozenset[str]
    locked: frozenset[str]
    own: frozenset[str]
    mentioned: bytes


def undeclared(case: Case, account: Account) -> Iterator[Fact]:
    """Yield imports that are new to the project and not declared; needs both trees."""
    if case.after is None or case.before is None:
        return
    known: dict[Ecosystem, _Known] = {}
    before, after = Tree(case.before), Tree(case.after)
    told: set[tuple[Ecosystem, str]] = set()
    for file in case.files:
        language = roles.language(file.path)
        ecosystem = ECOSYSTEMS.get(language) if language is not None else None
        if ecosystem is None or not file.added or roles.is_foreign(file.path) or roles.is_example(file.path):
            continue
        for one in imports(file, contents(case, file).new):
            name = package_of(ecosystem, one.name)
            name = _OF.get(name, name)
            if not name or (ecosystem, name) in told or _is_built_in(ecosystem, name):
                continue
            told.add((ecosystem, name))
            if ecosystem not in known:
                known[ecosystem] = _known(case, ecosystem, after)
            there = known[ecosystem]
            account.looked("new import", "against what is declared")
            if not there.direct or _is_own(ecosystem, one.name, there) or _has(ecosystem, there.direct, name):
                continue
            if name.encode("utf-8", "surrogatepass") in there.mentioned or _was_used(ecosystem, name, before):
                continue
            locked = _has(ecosystem, there.locked, name)
            yield Fact(
                rule="import-transitive" if locked else "import-undeclared",
                severity="low" if locked or roles.is_test(file.path) or roles.is_document(file.path) else "medium",
                message=f"{shown(name)} is imported, and "
                + ("a lock has it, but no manifest declares it." if locked else "no manifest or lock declares it."),
                why=_WHY,
                quote=name,
                file=file.path,
                side="new",
                line=one.line,
            )


def _known(case: Case, ecosystem: Ecosystem, after: Tree) -> _Known:
    direct: set[str] = set()
    locked: set[str] = set()
    own: set[str] = set()
    for path, form, stated in manifests_of(case.after, ecosystem):
        for dep in stated:
            names = {plain(ecosystem, dep.name), plain(ecosystem, dep.written)}
            (direct if form.kind == "manifest" else locked).update(names)
        own.add(path.rpartition("/")[0].rpartition("/")[2])
        if form.kind == "manifest":
            own |= _own_names(path, after.tree.read(path))
    mentioned = b""
    for path in [path for path in after.paths if _MENTIONS.fullmatch(path)][:_MOST_MENTIONS]:
        mentioned += after.tree.read(path) or b""
    return _Known(frozenset(direct), frozenset(locked), frozenset(own) | after.names(), mentioned[:4_000_000])


def _own_names(path: str, data: bytes | None) -> set[str]:
    """Return the names by which a manifest's own package is imported."""
    text = (data or b"")[:400_000].decode("utf-8", "replace")
    if path.endswith("go.mod"):
        return set(re.findall(r"^module\s+(\S+)", text, re.MULTILINE))
    if path.endswith("package.json"):
        return set(re.findall(r"\"name\"\s*:\s*\"([^\"]{1,200})\"", text)[:1])
    return {plain("cargo", name) for name in re.findall(r"^name\s*=\s*[\"']([^\"'\n]{1,200})", text, re.MULTILINE)}


def _is_built_in(ecosystem: Ecosystem, name: str) -> bool:
    if ecosystem == "python":
        # What only Python 2 had is no package; that it is not there is told by the check of names.
        return name in sys.stdlib_module_names or name in _NO_PACKAGES
    return name in BUILT_IN.get(ecosystem, frozenset())


def _is_own(ecosystem: Ecosystem, written: str, there: _Known) -> bool:
    if ecosystem == "go":
        return any(written == own or written.startswith(f"{own}/") for own in there.own if "." in own or "/" in own)
    first = re.split(r"[./]|::", written, maxsplit=1)[0]
    return first in there.own or written in there.own or package_of(ecosystem, written) in there.own


def _has(ecosystem: Ecosystem, names: frozenset[str], name: str) -> bool:
    if ecosystem == "python":
        return Declared(names).has(name)
    if ecosystem == "go":
        return any(name == one or name.startswith(f"{one}/") for one in names)
    if ecosystem == "ruby":
        return any(one == name or one.startswith(f"{name}-") or name.startswith(f"{one}-") for one in names)
    return plain(ecosystem, name) in names or f"@types/{name}" in names


def _was_used(ecosystem: Ecosystem, name: str, before: Tree) -> bool:
    escaped = re.escape(name).encode("utf-8", "surrogatepass")
    if ecosystem == "python":
        form = rb"^[ \t]*(?:from|import)[ \t]+(?:[\w., \t]*,[ \t]*)?" + escaped + rb"\b"
    elif ecosystem == "cargo":
        form = rb"\b" + escaped + rb"::|extern[ \t]+crate[ \t]+" + escaped + rb"\b|\bmod[ \t]+" + escaped + rb"\b"
    elif ecosystem == "ruby":
        form = rb"require[ \t(]+[\"']" + escaped.replace(rb"\-", rb"[-/]")
    else:
        form = rb"[\"']" + escaped + rb"(?:/[^\"'\n]*)?[\"']"
    return before.mentions(re.compile(form, re.MULTILINE), ecosystem)
