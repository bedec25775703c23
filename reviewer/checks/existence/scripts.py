"""Names, exports and members that a JavaScript or TypeScript change uses and that do not exist.

Sure things only: files and exports of the repository itself, names that nothing declares, members of what Node.js and
the language bring, members of `this` in a class that nothing extends. What packages export is not known here.
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING

from reviewer.checks import roles
from reviewer.checks.existence.script_exports import Exports, exports, is_code, resolve
from reviewer.checks.existence.script_table import names
from reviewer.checks.existence.script_uses import Import, Script, read
from reviewer.checks.ident import Fact, shown
from reviewer.checks.sides import contents
from reviewer.syntax.tree import parse

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from reviewer.checks.account import Account
    from reviewer.checks.case import Case, ChangedFile
    from reviewer.checks.existence.script_uses import Use
    from reviewer.checks.finding import Severity

SCRIPTS = frozenset({"javascript", "typescript"})
_WHY = "What does not exist fails when it is first run, however right it reads."
_MADE = ("/dist/", "/build/", "/generated/", "/__generated__/", "/.next/", "/out/", "/node_modules/", "/lib/")
_ALIASES = frozenset({"fs", "path", "os", "crypto", "util", "url", "http", "https", "zlib", "assert", "events"})
_DEEP = 5
_LONGEST_LINE = 2_000
_AMBIENT = 20


def script_facts(case: Case, account: Account) -> Iterator[Fact]:
    """Yield the facts of all changed JavaScript and TypeScript files, in the order of the diff."""
    files = [file for file in case.files if roles.language(file.path) in SCRIPTS and file.status != "D"]
    if not files:
        return
    tree = _Repository(case)
    for file in files:
        sides = contents(case, file)
        language = roles.language(file.path) or ""
        if sides.new is None:
            account.missing("content is not in the packet", file.path)
            continue
        if roles.is_foreign(file.path) or roles.generated_line(sides.new) is not None:
            account.beyond("generated, or somebody else's code", file.path)
            continue
        if any(len(line.raw) > _LONGEST_LINE for line in file.added):
            account.beyond("minified", file.path)
            continue
        parsed = parse(language, sides.new, file.path)
        if parsed is None or parsed.has_error:
            account.missing(
                f"not wholly readable as {roles.LANGUAGE_NAMES[roles.language(file.path) or 'python']}", file.path
            )
            continue
        account.looked(f"{roles.LANGUAGE_NAMES[roles.language(file.path) or 'python']} file", "for its own names")
        old = parse(language, sides.old, file.path) if sides.old is not None else None
        new = read(parsed)
        lines = {line.number for line in file.added}
        if not tree.whole and any(one.module.startswith(".") and one.line in lines for one in new.imports):
            account.lacking("no repository: imports of other files of the project were not looked up")
        yield from _File(file, new, read(old) if old is not None else Script(), tree).facts()


class _Repository:
    """The new side, as far as it is at hand."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self.whole = case.after is not None
        self.paths: Collection[str] = frozenset(case.after.paths()) if case.after is not None else frozenset()
        self._read: dict[str, Exports | None] = {}
        self._ambient: frozenset[str] | None = None

    def exports(self, path: str) -> Exports | None:
        """Return what a file exports with what it exports again, None if that cannot be told."""
        return self._all(path, frozenset())

    def _all(self, path: str, above: frozenset[str]) -> Exports | None:
        if path in above or len(above) >= _DEEP:
            return None
        if path not in self._read:
            data = self._case.after.read(path) if self._case.after is not None and is_code(path) else None
            self._read[path] = None if data is None else exports(data, path)
        found = self._read[path]
        if found is None or not found.stars:
            return found
        known = set(found.names)
        for module in found.stars:
            target = resolve(module, path, self.paths) if module.startswith(".") else None
            more = None if target is None else self._all(target, above | {path})
            if more is None or not more.whole:
                return None
            known |= more.names - {"default"}
        return Exports(frozenset(known), found.whole)

    @property
    def ambient(self) -> frozenset[str]:
        """Names that declaration files of the repository declare for all of it."""
        if self._ambient is None:
            found: set[str] = set()
            for path in [path for path in self.paths if path.endswith(".d.ts")][:_AMBIENT]:
                data = self._case.after.read(path) if self._case.after is not None else None
                text = (data or b"")[:200_000].decode("utf-8", "replace")
                found.update(re.findall(r"\b(?:function|const|var|let|class|namespace|enum)\s+([\w$]+)", text))
            self._ambient = frozenset(found)
        return self._ambient


class _File:
    """One changed file."""

    def __init__(self, file: ChangedFile, new: Script, old: Script, tree: _Repository) -> None:
        self._file = file
        self._new = new
        self._old = old
        self._tree = tree
        self._added = {line.number: line for line in file.added}
        self._modules = {one.alias: one.module for one in new.imports if one.name in {"*", "default"}}
        self._stars = {one.alias: one.module for one in new.imports if one.name == "*"}

    def facts(self) -> Iterator[Fact]:
        """Yield the facts in order of place."""
        found = [*self._imports(), *self._names(), *self._members(), *self._own()]
        yield from sorted(found, key=lambda fact: fact.line or 0)

    def _imports(self) -> Iterator[Fact]:
        lost: set[tuple[str, str]] = set()
        for one in self._new.imports:
            if one.line not in self._added or not one.module.startswith(".") or not self._tree.whole:
                continue
            target = resolve(one.module, self._file.path, self._tree.paths)
            key = (one.module, one.name if target else "")
            if key in lost:
                continue
            if target is None:
                if not any(part in f"/{one.module}/" for part in _MADE) and "." not in one.module.rpartition("/")[2]:
                    lost.add(key)
                    yield self._fact(
                        "import-unresolved",
                        "high",
                        one.line,
                        f"{shown(one.module)} is imported, and there is no such file.",
                    )
            elif (fact := self._export(one, target, one.name)) is not None:
                lost.add(key)
                yield fact

    def _export(self, one: Import, target: str, name: str) -> Fact | None:
        if name in {"*", ""}:
            return None
        known = self._tree.exports(target)
        if known is None or not known.whole or name in known.names:
            return None
        # A CommonJS module is its own default, and types are not looked at in files that declare them elsewhere.
        if (name == "default" and "default" not in known.names and not target.endswith((".ts", ".tsx"))) or one.is_type:
            return None
        what = "has no default export" if name == "default" else f"does not export {shown(name)}"
        return self._fact("export-missing", "high", one.line, f"{shown(target)} {what}{_near(name, known.names)}.")

    def _names(self) -> Iterator[Fact]:
        if not self._new.is_module and not roles.is_test(self._file.path):
            # A script may use what another one on the same page declares.
            return
        free = {use.name for use in self._old.uses if use.what == "name"} - self._old.declared
        told: set[str] = set()
        for use in self._new.uses:
            if use.what != "name" or use.line not in self._added or use.name in told | free:
                continue
            if use.name in self._new.declared or use.name in names().globals or use.name in self._tree.ambient:
                continue
            told.add(use.name)
            near = _near(use.name, self._new.declared)
            yield self._fact(
                "name-undefined",
                "high",
                use.line,
                f"{shown(use.name)} is used, and nothing in this file declares it{near}.",
            )

    def _members(self) -> Iterator[Fact]:
        had = {(use.owner, use.name) for use in self._old.uses if use.what in {"member", "literal"}}
        told: set[tuple[str, str]] = set()
        for use in self._new.uses:
            if use.line not in self._added or (use.owner, use.name) in told | had:
                continue
            fact = self._literal(use) if use.what == "literal" else self._member(use) if use.what == "member" else None
            if fact is not None:
                told.add((use.owner, use.name))
                yield fact

    def _literal(self, use: Use) -> Fact | None:
        known = names().literals[use.owner]
        if use.name in known:
            return None
        message = f"A{'n' if use.owner == 'array' else ''} {use.owner} has no member {shown(use.name)}"
        return self._fact("attribute-missing", "medium", use.line, f"{message}{_near(use.name, known)}.")

    def _member(self, use: Use) -> Fact | None:
        module = self._modules.get(use.owner)
        if module is None:
            if use.owner in self._new.declared or use.owner not in names().objects:
                return None
            known: Iterable[str] = names().objects[use.owner]
            title = use.owner
        elif module.startswith("."):
            target = resolve(module, self._file.path, self._tree.paths) if use.owner in self._stars else None
            if target is None:
                return None
            return self._export(Import(module, use.name, use.owner, use.line), target, use.name)
        else:
            title = module.removeprefix("node:")
            if title not in names().modules or (title not in _ALIASES and not module.startswith("node:")):
                return None
            known = names().modules[title]
        if use.name in known:
            return None
        message = f"{shown(title)} has no member {shown(use.name)} in Node.js 20 or what later versions added to it"
        return self._fact("attribute-missing", "high", use.line, f"{message}{_near(use.name, known)}.")

    def _own(self) -> Iterator[Fact]:
        had = {(use.owner, use.name) for use in self._old.uses if use.what == "own"}
        told: set[tuple[str, str]] = set()
        for use in self._new.uses:
            key = (use.owner, use.name)
            if use.what == "own" and use.line in self._added and key not in told | had:
                told.add(key)
                message = (
                    f"this.{shown(use.name)} is used in {shown(use.owner)}, which neither has it nor extends anything."
                )
                yield self._fact("attribute-missing", "medium", use.line, message)

    def _fact(self, rule: str, severity: Severity, line: int, message: str) -> Fact:
        text = self._added[line].text if line in self._added else ""
        return Fact(
            rule=rule,
            severity=severity,
            message=message,
            why=_WHY,
            quote=text,
            file=self._file.path,
            side="new",
            line=line,
        )


def _near(name: str, known: Iterable[str]) -> str:
    close = get_close_matches(name[:80], list(known)[:2_000], n=1, cutoff=0.6)
    return f" (near: {shown(close[0])})" if close else ""
