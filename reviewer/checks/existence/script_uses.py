"""What a JavaScript or TypeScript file imports, declares and uses: names, members of what it imports, and of itself."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

from reviewer.checks.existence.script_class import own_uses
from reviewer.checks.existence.script_exports import text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.syntax.tree import Node, Tree

What: TypeAlias = Literal["name", "member", "literal", "own"]
"""A free name that is called; a member of an imported module or a global object; of a literal; of `this`."""

_BINDERS = frozenset({"identifier", "shorthand_property_identifier_pattern", "type_identifier"})
_SCOPED = frozenset(
    (
        *("function_declaration", "function_expression", "generator_function_declaration", "generator_function"),
        *("class_declaration", "class", "abstract_class_declaration", "enum_declaration", "interface_declaration"),
        *("type_alias_declaration", "function_signature", "internal_module", "module", "import_alias"),
    )
)
_DECLARED_BY_COMMENT = re.compile(r"(?:globals?|exported)\s+([\w$,:\s]{1,2000})")


@dataclass(frozen=True, slots=True)
class Import:
    """One import: the module as written, what is taken ("*" for all of it, "" for nothing), and the name it gets."""

    module: str
    name: str
    alias: str
    line: int
    is_type: bool = False


@dataclass(frozen=True, slots=True)
class Use:
    """One use of a name.

    Attributes:
        owner: the name before the dot, "" for a free name; "string" or "array" for a literal; the class for `this`.
    """

    what: What
    owner: str
    name: str
    line: int


@dataclass(slots=True)
class Script:
    """Everything of one file."""

    imports: list[Import] = field(default_factory=list)
    declared: set[str] = field(default_factory=set)
    uses: list[Use] = field(default_factory=list)
    is_module: bool = False


def read(tree: Tree) -> Script:
    """Return what a file imports, declares and uses."""
    found = Script()
    for node in tree.root.walk():
        _declare(node, found)
        _import(node, found)
        _use(node, found)
        if node.is_comment and (match := _DECLARED_BY_COMMENT.search(node.text[:2100])):
            found.declared.update(re.findall(r"[\w$]+", match[1]))
    found.uses.extend(Use("own", *each) for each in own_uses(tree))
    return found


def _declare(node: Node, found: Script) -> None:
    kind = node.type
    if kind in _SCOPED:
        name = node.field("name")
        if name is not None:
            found.declared.add(name.text)
    elif kind in {"variable_declarator", "formal_parameters", "catch_clause", "import_clause", "for_in_statement"}:
        part = {"variable_declarator": "name", "catch_clause": "parameter", "for_in_statement": "left"}.get(kind)
        pattern = node.field(part) if part else node
        if pattern is not None:
            found.declared.update(one.text for one in pattern.walk() if one.type in _BINDERS)
    elif kind == "arrow_function":
        single = node.field("parameter")
        if single is not None:
            found.declared.add(single.text)
    elif kind in {"assignment_expression", "augmented_assignment_expression"}:
        left = node.field("left")
        if left is not None and left.type == "identifier":
            found.declared.add(left.text)
        elif left is not None and re.match(r"(?:window|global|globalThis|self)\.[\w$]+$", left.text[:120]):
            found.declared.add(left.text.rpartition(".")[2])


def _import(node: Node, found: Script) -> None:
    if node.type in {"import_statement", "export_statement"}:
        found.is_module = True
        source = node.field("source")
        if source is not None:
            found.imports.extend(_imported(node, text_of(source)))
    elif node.type == "call_expression" and _required(node):
        found.is_module = True
        found.imports.extend(_bound(node, _required(node)))


def _imported(node: Node, module: str) -> Iterator[Import]:
    is_type = any(child.type == "type" for child in node.children)
    named = False
    for one in node.walk():
        name = one.field("name")
        if one.type in {"import_specifier", "export_specifier"} and name is not None:
            named = True
            alias = one.field("alias") if one.type == "import_specifier" else None
            yield Import(module, name.text.strip("\"'"), (alias or name).text, one.first, is_type)
        elif one.type == "namespace_import":
            named = True
            yield Import(module, "*", one.parts[-1].text if one.parts else "", one.first, is_type)
        elif one.type == "import_clause":
            for part in one.parts:
                if part.type == "identifier":
                    named = True
                    yield Import(module, "default", part.text, part.first, is_type)
    if not named:
        yield Import(module, "", "", node.first, is_type)


def _required(call: Node) -> str:
    """Return the module that a call requires or imports, "" if it is another call."""
    function, arguments = call.field("function"), call.field("arguments")
    if function is None or arguments is None or function.text not in {"require", "import"}:
        return ""
    parts = arguments.parts
    return text_of(parts[0]) if len(parts) == 1 and parts[0].type == "string" else ""


def _bound(call: Node, module: str) -> Iterator[Import]:
    """Yield what a call of `require` binds, as far as its line says it."""
    # The tree knows no parents: the declarator is read from the source before the call.
    before = call.tree.source[max(0, call.start - 400) : call.start].decode("utf-8", "surrogateescape")
    function = call.field("function")
    is_require = function is not None and function.text == "require"
    after = call.tree.source[call.end : call.end + 1]
    match = re.search(r"\b(?:const|let|var)\s+(?:([\w$]+)|\{([^{}]*)\})\s*=\s*$", before) if is_require else None
    if match is None or after in {b".", b"("}:
        yield Import(module, "", "", call.first)
    elif match[1]:
        yield Import(module, "*", match[1], call.first)
    else:
        for part in match[2].split(","):
            name, _, alias = (piece.strip() for piece in part.partition(":"))
            name, alias = name.split("=")[0].strip(), alias.split("=")[0].strip()
            if name and not name.startswith("..."):
                yield Import(module, name, alias or name, call.first)


def _use(node: Node, found: Script) -> None:
    if node.type in {"call_expression", "new_expression"}:
        callee = node.field("function" if node.type == "call_expression" else "constructor")
        if callee is not None and callee.type == "identifier":
            found.uses.append(Use("name", "", callee.text, callee.first))
    elif node.type in {"jsx_opening_element", "jsx_self_closing_element"}:
        name = node.field("name")
        if name is not None and name.type == "identifier" and name.text[:1].isupper():
            found.uses.append(Use("name", "", name.text, name.first))
    elif node.type == "member_expression":
        owner, name = node.field("object"), node.field("property")
        if owner is None or name is None or name.type != "property_identifier":
            return
        if owner.type == "identifier":
            found.uses.append(Use("member", owner.text, name.text, name.first))
        elif owner.type in {"string", "template_string", "array"}:
            kind = "array" if owner.type == "array" else "string"
            found.uses.append(Use("literal", kind, name.text, name.first))
