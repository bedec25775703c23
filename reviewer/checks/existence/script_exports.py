"""What a JavaScript or TypeScript module exports, as far as its text says it for sure, and where an import leads."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer.syntax.tree import parse

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from reviewer.syntax.tree import Node, Tree

_SUFFIXES = ("", ".ts", ".tsx", ".d.ts", ".js", ".jsx", ".mjs", ".cjs", ".mts", ".cts", ".json", ".vue", ".svelte")
_WRITTEN_FOR = {".js": (".ts", ".tsx", ".d.ts", ".jsx"), ".mjs": (".mts", ".d.mts"), ".cjs": (".cts", ".d.cts")}
_CODE = (".ts", ".tsx", ".js", ".jsx", ".mjs", ".cjs", ".mts", ".cts")
_NAMES = frozenset({"identifier", "type_identifier", "property_identifier", "shorthand_property_identifier_pattern"})


@dataclass(frozen=True, slots=True)
class Exports:
    """What a module exports.

    Attributes:
        names: its names, "default" among them.
        whole: nothing else can be there; False when it is made in a way that the text does not tell.
        stars: modules of which it exports everything again.
    """

    names: frozenset[str]
    whole: bool
    stars: tuple[str, ...] = ()


def resolve(specifier: str, importer: str, paths: Collection[str]) -> str | None:
    """Return the path of the file that a relative import leads to, None if there is none.

    Args:
        specifier: as written ("./session").
        importer: path of the file that imports.
        paths: all paths of the tree.
    """
    stem = posixpath.normpath(posixpath.join(posixpath.dirname(importer), specifier.partition("?")[0]))
    candidates = [stem + suffix for suffix in _SUFFIXES]
    root, suffix = posixpath.splitext(stem)
    candidates += [root + other for other in _WRITTEN_FOR.get(suffix, ())]
    folder = "" if stem == "." else f"{stem}/"
    candidates += [f"{folder}index{suffix}" for suffix in _SUFFIXES if suffix]
    candidates.append(f"{folder}package.json")
    return next((path for path in candidates if path in paths), None)


def is_code(path: str) -> bool:
    """Return whether exports of a file can be read."""
    return path.endswith(_CODE)


def exports(source: bytes, path: str) -> Exports | None:
    """Return what a module exports, None if it cannot be read."""
    language = "typescript" if path.endswith(("ts", "tsx")) else "javascript"
    tree = parse(language, source, path)
    if tree is None or tree.has_error:
        return None
    return _exports(tree)


def _exports(tree: Tree) -> Exports:
    found: set[str] = set()
    stars: list[str] = []
    whole, modern, common = True, False, False
    for node in tree.root.walk():
        if node.type == "export_statement":
            modern = True
            source = node.field("source")
            if source is not None and any(child.type == "*" for child in node.children):
                stars.append(text_of(source))
            whole = whole and not any(child.type == "=" for child in node.children)
            found.update(_exported(node))
        elif node.type == "assignment_expression":
            name = _common(node)
            if name is None:
                continue
            common = True
            if name:
                found.add(name)
            else:
                keys = _keys(node.field("right"))
                found.update(keys or ())
                whole = whole and keys is not None
        elif node.type == "call_expression" and _is_dynamic(node):
            whole = False
    # A file that exports nothing is a script, or gives its exports in a way that is not seen here.
    return Exports(frozenset(found), whole and (modern or common) and not (modern and common), tuple(stars))


def _exported(node: Node) -> Iterator[str]:
    if any(child.type == "default" for child in node.children):
        yield "default"
    declaration = node.field("declaration")
    if declaration is not None:
        if declaration.type == "ambient_declaration":
            declaration = next(iter(declaration.parts), declaration)
        yield from declared(declaration)
    for clause in node.parts:
        if clause.type == "export_clause":
            for one in clause.parts:
                name = one.field("alias") or one.field("name")
                if name is not None:
                    yield name.text.strip("\"'")
        elif clause.type == "namespace_export":
            yield from (part.text for part in clause.parts[:1])


def declared(node: Node) -> Iterator[str]:
    """Yield the names that a declaration makes."""
    name = node.field("name")
    if name is not None and name.type in _NAMES:
        yield name.text
    for part in node.parts:
        if part.type == "variable_declarator":
            pattern = part.field("name")
            if pattern is not None:
                yield from (one.text for one in pattern.walk() if one.type in _NAMES)


def _common(node: Node) -> str | None:
    """Return the name that an assignment exports the CommonJS way, "" for the whole, None if it exports nothing."""
    left = node.field("left")
    if left is None or left.type != "member_expression":
        return None
    text = left.text
    if text == "module.exports":
        return ""
    head, _, name = text.rpartition(".")
    return name if head in {"exports", "module.exports"} and name.isidentifier() else None


def _keys(value: Node | None) -> set[str] | None:
    """Return the keys of an object literal, None if they cannot all be told."""
    if value is None or value.type != "object":
        return None
    keys: set[str] = set()
    for part in value.parts:
        key = part.field("key") or part.field("name")
        if part.type in {"shorthand_property_identifier", "property_identifier"}:
            keys.add(part.text)
        elif key is not None and key.type in {"property_identifier", "string"}:
            keys.add(key.text.strip("\"'"))
        else:
            return None
    return keys


def _is_dynamic(node: Node) -> bool:
    """Return whether a call may make exports: `Object.assign(exports, …)`, `__exportStar(require(…), exports)`."""
    arguments = node.field("arguments")
    return arguments is not None and any(part.text in {"exports", "module.exports"} for part in arguments.parts)


def text_of(node: Node) -> str:
    """Return the text of a string literal without its quotes."""
    return node.text[1:-1] if len(node.text) > 1 else ""
