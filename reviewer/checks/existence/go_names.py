"""Names that a Go change uses and that its own packages do not have.

Sure things only: functions, types and values of packages of the same module, calls of plain names that nothing in the
package declares, methods and fields of the receiver's own type where the type embeds nothing.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING

from reviewer.checks import roles
from reviewer.checks.ident import Fact, shown
from reviewer.checks.sides import contents
from reviewer.syntax.tree import parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reviewer.checks.account import Account
    from reviewer.checks.case import Case, ChangedFile
    from reviewer.syntax.tree import Node, Tree

_WHY = "What does not exist does not compile, so this was never built."
_MODULE = re.compile(rb"^module[ \t]+([^\s\"]{1,400})", re.MULTILINE)
_BUILTIN = frozenset(
    (
        *("append", "cap", "clear", "close", "complex", "copy", "delete", "imag", "len", "make", "max", "min", "new"),
        *("panic", "print", "println", "real", "recover", "any", "bool", "byte", "comparable", "complex64", "string"),
        *("complex128", "error", "float32", "float64", "int", "int8", "int16", "int32", "int64", "rune", "uint"),
        *("uint8", "uint16", "uint32", "uint64", "uintptr", "true", "false", "nil", "iota"),
    )
)
_BINDERS = frozenset({"identifier", "type_identifier", "package_identifier", "field_identifier"})
_MOST_FILES = 400


@dataclass(slots=True)
class _Type:
    """A struct type and what belongs to it; `open`: it has members that are not seen here."""

    members: set[str] = field(default_factory=set)
    open: bool = True


@dataclass(slots=True)
class _Package:
    """What the files of one folder declare, tests apart or not."""

    names: set[str] = field(default_factory=set)
    types: dict[str, _Type] = field(default_factory=dict)
    whole: bool = True


def go_facts(case: Case, account: Account) -> Iterator[Fact]:
    """Yield the facts of all changed Go files, in the order of the diff."""
    files = [file for file in case.files if roles.language(file.path) == "go" and file.status != "D"]
    if not files:
        return
    if case.after is None:
        account.lacking("no repository: names of the project's own Go packages were not looked up")
        return
    packages = _Packages(case)
    for file in files:
        source = contents(case, file).new
        if source is None:
            account.missing("content is not in the packet", file.path)
            continue
        if roles.is_foreign(file.path) or roles.generated_line(source) is not None:
            account.beyond("generated, or somebody else's code", file.path)
            continue
        tree = parse("go", source, file.path)
        if tree is None or tree.has_error:
            account.missing("not wholly readable as Go", file.path)
            continue
        account.looked("Go file", "for names of its own module")
        yield from _facts(file, tree, packages)


class _Packages:
    """The packages of the new side, each read when it is first asked for."""

    def __init__(self, case: Case) -> None:
        self._tree = case.after
        self._folders: dict[str, list[str]] = {}
        self._modules: dict[str, str] = {}
        for path in case.after.paths() if case.after is not None else ():
            folder, _, name = path.rpartition("/")
            if name.endswith(".go"):
                self._folders.setdefault(folder, []).append(path)
            elif name == "go.mod" and (match := _MODULE.search(self._read(path))):
                self._modules[match[1].decode("utf-8", "replace")] = folder
        self._known: dict[str, _Package] = {}

    def folder_of(self, module: str) -> str | None:
        """Return the folder of an imported package of the repository, None for any other."""
        for name, folder in sorted(self._modules.items(), key=lambda one: -len(one[0])):
            if module == name or module.startswith(f"{name}/"):
                place = posixpath.join(folder, module[len(name) + 1 :]).strip("/")
                return place if place in self._folders else None
        return None

    def of(self, folder: str) -> _Package:
        """Return what a folder declares."""
        if folder not in self._known:
            package = _Package()
            paths = self._folders.get(folder, [])
            for path in paths[:_MOST_FILES]:
                data = self._read(path)
                tree = parse("go", data, path)
                if tree is None or tree.has_error or b'import "C"' in data:
                    package.whole = False
                else:
                    _declare(tree, package)
            package.whole = package.whole and len(paths) <= _MOST_FILES
            self._known[folder] = package
        return self._known[folder]

    def _read(self, path: str) -> bytes:
        data = self._tree.read(path) if self._tree is not None else None
        return data or b""


def _declare(tree: Tree, package: _Package) -> None:
    for node in tree.root.parts:
        name = node.field("name")
        if node.type == "function_declaration" and name is not None:
            package.names.add(name.text)
        elif node.type == "method_declaration" and name is not None:
            package.types.setdefault(_receiver(node)[1], _Type()).members.add(name.text)
        elif node.type in {"var_declaration", "const_declaration"}:
            specs = (one for one in node.walk() if one.type in {"var_spec", "const_spec"})
            package.names.update(part.text for one in specs for part in one.fields("name"))
        elif node.type == "type_declaration":
            _declare_types(node, package)


def _declare_types(node: Node, package: _Package) -> None:
    for one in node.parts:
        name, value = one.field("name"), one.field("type")
        if name is not None:
            package.names.add(name.text)
            if value is not None and value.type == "struct_type":
                _fields(value, package.types.setdefault(name.text, _Type()))


def _fields(struct: Node, found: _Type) -> None:
    found.open = False
    for part in struct.walk(lambda one: one == struct or one.type == "field_declaration_list"):
        if part.type == "field_declaration":
            names = part.fields("name")
            found.members.update(one.text for one in names)
            # An embedded type brings members of its own.
            found.open = found.open or not names


def _receiver(method: Node) -> tuple[str, str]:
    """Return the name and the type of a method's receiver, "" for what is not there."""
    receiver = method.field("receiver")
    if receiver is None or not receiver.parts:
        return "", ""
    name = receiver.parts[0].field("name")
    kind = next((one.text for one in receiver.walk() if one.type == "type_identifier"), "")
    return name.text if name is not None else "", kind


def _facts(file: ChangedFile, tree: Tree, packages: _Packages) -> Iterator[Fact]:
    added = {line.number: line.text for line in file.added}
    scope = _Scope(file.path, tree, packages)
    told: set[str] = set()
    for node, owner in _within_methods(tree):
        if node.first not in added:
            continue
        rule, said = scope.wrong(node, owner)
        if not said or said in told:
            continue
        told.add(said)
        yield Fact(
            rule=rule,
            severity="high",
            message=f"{said}.",
            why=_WHY,
            quote=added[node.first],
            file=file.path,
            side="new",
            line=node.first,
        )


class _Scope:
    """What names mean in one file."""

    def __init__(self, path: str, tree: Tree, packages: _Packages) -> None:
        self._packages = packages
        self._own = packages.of(path.rpartition("/")[0])
        self._imports = dict(_imports(tree))
        binding = (node for node in tree.root.walk() if _binds(node))
        self._bound = {one.text for node in binding for one in node.walk() if one.type in _BINDERS}
        self._known = self._own.names | self._bound | _BUILTIN | self._imports.keys()

    def wrong(self, node: Node, owner: tuple[str, str]) -> tuple[str, str]:
        """Return the rule, and in words what is wrong with a node, "" if nothing is or it is not known.

        Args:
            node: any.
            owner: name and type of the receiver of the method that it stands in.
        """
        if node.type in {"selector_expression", "qualified_type"}:
            left = node.field("operand") or node.field("package")
            right = node.field("field") or node.field("name")
            if left is not None and right is not None and left.type in {"identifier", "package_identifier"}:
                return "attribute-missing", self._selected(left.text, right.text, owner)
        elif node.type == "call_expression":
            called = node.field("function")
            if called is not None and called.type == "identifier":
                return "name-undefined", self._called(called.text)
        return "", ""

    def _selected(self, left: str, right: str, owner: tuple[str, str]) -> str:
        if left == owner[0] and owner[1]:
            kind = self._own.types.get(owner[1])
            if kind is None or kind.open or not self._own.whole or right in kind.members:
                return ""
            return f"{shown(owner[1])} has no field or method {shown(right)}{_near(right, kind.members)}"
        module = self._imports.get(left, "")
        folder = self._packages.folder_of(module) if module and left not in self._bound else None
        package = self._packages.of(folder) if folder is not None else None
        if package is None or not package.whole or right in package.names:
            return ""
        return f"{shown(module)} has no {shown(right)}{_near(right, package.names)}"

    def _called(self, name: str) -> str:
        if not self._own.whole or "." in self._imports or name in self._known:
            return ""
        return f"{shown(name)} is called, and nothing in its package declares it{_near(name, self._own.names)}"


def _imports(tree: Tree) -> Iterator[tuple[str, str]]:
    for node in tree.root.parts:
        if node.type != "import_declaration":
            continue
        for one in node.walk():
            path = one.field("path") if one.type == "import_spec" else None
            if path is not None:
                module, name = path.text.strip('"`'), one.field("name")
                yield (name.text if name is not None else module.rpartition("/")[2]), module


def _binds(node: Node) -> bool:
    return node.type in {
        *("parameter_declaration", "variadic_parameter_declaration", "type_parameter_declaration", "label_name"),
        *("short_var_declaration", "range_clause", "var_spec", "const_spec", "type_spec", "receive_statement"),
        *("type_switch_statement", "type_alias"),
    }


def _within_methods(tree: Tree) -> Iterator[tuple[Node, tuple[str, str]]]:
    """Yield every node with name and type of the receiver of the method that it stands in."""
    for top in tree.root.parts:
        owner = _receiver(top) if top.type == "method_declaration" else ("", "")
        for node in top.walk():
            yield node, owner


def _near(name: str, known: Iterable[str]) -> str:
    close = get_close_matches(name[:80], list(known)[:2_000], n=1, cutoff=0.6)
    return f" (near: {shown(close[0])})" if close else ""
