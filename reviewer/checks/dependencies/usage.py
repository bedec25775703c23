"""What code imports, by language: in added lines, and whether a tree imports or names something at all.

Python is read by its syntax, the others by the form of their lines. Trees are read within a budget.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reviewer.checks import roles
from reviewer.checks.dependencies.formats import format_of
from reviewer.checks.existence.guards import Guards, guards_of
from reviewer.checks.python_nodes import walk
from reviewer.checks.python_trees import tree_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.checks.case import ChangedFile, SourceTree
    from reviewer.checks.dependencies.model import Ecosystem

_MOST_FILES = 3_000
_MOST_BYTES = 24_000_000
_LARGEST = 1_000_000
_LINE = 1_000
_JS = re.compile(r"(?:\bfrom\s*|\brequire\(\s*|\bimport\(\s*|^\s*import\s*)[\"'](?P<name>[^\"'\s]{1,200})[\"']")
_GO = re.compile(r"^\s*(?:import\s+)?(?:[\w.]+\s+)?\"(?P<name>[\w.-]+\.[\w.-]+/[^\"\s]{1,200})\"\s*$")
_RUST = re.compile(
    r"^\s*(?:pub(?:\([^)]{0,40}\))?\s+)?(?:use\s+(?:::)?|extern\s+crate\s+)(?P<name>[a-z][a-z0-9_]*)\s*(?:::|;|\sas\b)"
)
_RUBY = re.compile(r"^\s*require\s*\(?\s*[\"'](?P<name>[\w/.-]{1,200})[\"']")
_FORMS: dict[str, re.Pattern[str]] = {"npm": _JS, "go": _GO, "cargo": _RUST, "ruby": _RUBY}
ECOSYSTEMS: dict[roles.Language, Ecosystem] = {
    "python": "python",
    "javascript": "npm",
    "typescript": "npm",
    "go": "go",
    "rust": "cargo",
    "ruby": "ruby",
}


@dataclass(frozen=True, slots=True)
class Import:
    """An import on an added line: the name as written, up to where it names a package."""

    name: str
    line: int


def imports(file: ChangedFile, source: bytes | None) -> Iterator[Import]:
    """Yield what the added lines of a file import; what the code can do without is left out."""
    language = roles.language(file.path)
    ecosystem = ECOSYSTEMS.get(language) if language is not None else None
    if ecosystem == "python":
        yield from _python(file, source)
        return
    form = _FORMS.get(ecosystem or "")
    for line in file.added if form is not None else ():
        text = line.text[:_LINE]
        if form is not None and not text.lstrip().startswith(("//", "*", "#", "import type")):
            for match in form.finditer(text):
                yield Import(match["name"], line.number)


def _python(file: ChangedFile, source: bytes | None) -> Iterator[Import]:
    tree = tree_of(source, "new", file.path) if source is not None else None
    if tree is None:
        return
    added = {line.number for line in file.added}
    written = [node for node in walk(tree) if isinstance(node, ast.Import | ast.ImportFrom) and node.lineno in added]
    guards = guards_of(tree) if written else Guards()
    for node in written:
        if guards.has("import", node.lineno):
            continue
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(alias.name, node.lineno)
        elif node.module and not node.level:
            yield Import(node.module, node.lineno)


@dataclass(slots=True)
class Tree:
    """The code of one side, searched for names."""

    tree: SourceTree
    _contents: list[tuple[str, bytes]] | None = None
    _all: tuple[str, ...] | None = None
    cut: bool = field(default=False)

    @property
    def paths(self) -> tuple[str, ...]:
        """All paths."""
        if self._all is None:
            self._all = tuple(self.tree.paths())
        return self._all

    def mentions(self, pattern: re.Pattern[bytes], ecosystem: Ecosystem | None = None) -> bool:
        """Return whether a file of an ecosystem's languages, or any code at all, holds a match."""
        for path, data in self._code():
            language = roles.language(path)
            if ecosystem is not None and (language is None or ECOSYSTEMS.get(language) != ecosystem):
                continue
            if pattern.search(data):
                return True
        return False

    def names(self) -> frozenset[str]:
        """Return the names of all folders and the stems of all files: what an import may mean by itself."""
        found: set[str] = set()
        for path in self.paths:
            *folders, name = path.split("/")
            found.update(folders)
            found.add(name.split(".", 1)[0])
        return frozenset(found)

    def _code(self) -> list[tuple[str, bytes]]:
        if self._contents is None:
            self._contents = []
            left, files = _MOST_BYTES, _MOST_FILES
            for path in self.paths:
                if roles.is_foreign(path) or format_of(path) is not None or not roles.is_code(path):
                    continue
                if left <= 0 or files <= 0:
                    self.cut = True
                    break
                data = self.tree.read(path)
                files -= 1
                if data is not None and len(data) <= _LARGEST:
                    left -= len(data)
                    self._contents.append((path, data))
        return self._contents
