"""The functions of a syntax tree: named, placed, and with a shape that survives moves and reformatting.

A function is what has a name: a declaration, a method, what is assigned to a name, or what is handed to a call beside
a text (`it("adds", () => …)`, `app.get("/x", (req, res) => …)`). Others belong to the function that they stand in.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.syntax.tree import Node, Tree

Kind: TypeAlias = Literal["function", "method", "callback", "module"]

MODULE = "<module>"
"""The name of what stands outside all functions of a file."""

_DECLARED: dict[str, Kind] = {
    "function_declaration": "function",
    "generator_function_declaration": "function",
    "function_item": "function",
    "method_definition": "method",
    "method_declaration": "method",
    "constructor_declaration": "method",
    "compact_constructor_declaration": "method",
    "method": "method",
    "singleton_method": "method",
}
_SCRIPT_FUNCTIONS = frozenset({"arrow_function", "function_expression", "generator_function"})
_ANONYMOUS: dict[str, frozenset[str]] = {
    "javascript": _SCRIPT_FUNCTIONS,
    "typescript": _SCRIPT_FUNCTIONS,
    "go": frozenset({"func_literal"}),
    "rust": frozenset({"closure_expression"}),
    "java": frozenset({"lambda_expression"}),
    "ruby": frozenset({"block", "do_block", "lambda"}),
}
_SCOPES: dict[str, str] = {
    **dict.fromkeys(
        ("class_declaration", "class", "abstract_class_declaration", "interface_declaration", "enum_declaration"),
        "name",
    ),
    **dict.fromkeys(("record_declaration", "module", "mod_item", "trait_item", "internal_module"), "name"),
    "impl_item": "type",
}
_HOLDERS: dict[str, tuple[str, str]] = {
    "variable_declarator": ("name", "value"),
    "assignment_expression": ("left", "right"),
    "pair": ("key", "value"),
    "public_field_definition": ("name", "value"),
    "field_definition": ("property", "value"),
    "var_spec": ("name", "value"),
}
_CALLS: dict[str, str] = {"call_expression": "function", "call": "method", "method_invocation": "name"}
_TEXTS = frozenset({"string", "template_string", "interpreted_string_literal", "raw_string_literal", "string_literal"})
_MARKS = frozenset({"decorator", "attribute_item"})
_LONGEST_NAME = 120
_LONGEST_CALL = 40
_LONGEST_PREFIX = 400


@dataclass(frozen=True, slots=True, eq=False)
class Function:
    """A function, or what a file has outside its functions.

    Attributes:
        name: qualified ("Server.Handle", "describe 'sum'.it 'adds'"); a second of the same name is "Server.Handle#2".
        kind: a method has an owner, a callback is named by the call that it is handed to.
        node: the whole of it, the root for `MODULE`.
        body: what runs; the root for `MODULE`, None where there is only a signature.
        params: each parameter as it is written.
        marks: decorators, attributes and annotations on it.
    """

    name: str
    kind: Kind
    node: Node
    body: Node | None
    params: tuple[str, ...] = ()
    marks: tuple[Node, ...] = ()
    inner: frozenset[Node] = field(default=frozenset(), repr=False)
    _cache: dict[str, str] = field(default_factory=dict, repr=False)

    @property
    def first(self) -> int:
        """Its first line, from 1, with its decorators."""
        return min([self.node.first, *(mark.first for mark in self.marks)])

    @property
    def last(self) -> int:
        """Its last line, from 1."""
        return self.node.last

    @property
    def shape(self) -> str:
        """Digest of its syntax without places, comments and functions inside it; equal shapes mean equal code."""
        return self._digest("shape", (*self.marks, self.node))

    @property
    def body_shape(self) -> str:
        """The same of its body alone: what is left when it is renamed or gets another decorator."""
        return self._digest("body", (self.body or self.node,))

    def _digest(self, key: str, parts: tuple[Node, ...]) -> str:
        if key not in self._cache:
            digest = hashlib.sha256()
            for part in parts:
                for token in part.tokens(self.inner):
                    digest.update(token.encode("utf-8", "surrogateescape") + b"\0")
            self._cache[key] = digest.hexdigest()
        return self._cache[key]

    def own(self) -> Iterator[Node]:
        """Yield its nodes in source order, without those of the functions inside it."""
        for node in self.node.walk(lambda one: one not in self.inner):
            if node not in self.inner:
                yield node


def functions(tree: Tree) -> tuple[Function, ...]:
    """Return the functions of a tree in source order, what is outside them last."""
    known = tree.memory.get("functions")
    if not isinstance(known, tuple):
        known = tree.memory["functions"] = _Search(tree).run()
    return known


@dataclass(slots=True)
class _Place:
    """What is known at one depth of the walk: the owner's name, the function around it, marks that wait for theirs."""

    prefix: str
    inside: int
    marks: list[Node] = field(default_factory=list)


class _Search:
    """One walk over a tree."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._anonymous = _ANONYMOUS[tree.language]
        self._found: list[Function] = []
        self._nested: dict[int, set[Node]] = {}
        self._taken: dict[str, int] = {}
        self._given: dict[Node, str] = {}

    def run(self) -> tuple[Function, ...]:
        root = self._tree.root
        places = [_Place("", -1)]
        for depth, node in root.walk_deep():
            del places[depth + 1 :]
            place = places[-1]
            if not node.named or node.is_comment:
                places.append(_Place(place.prefix, place.inside))
                continue
            if node.type in _MARKS:
                place.marks.append(node)
                places.append(_Place(place.prefix, place.inside))
                continue
            marks, place.marks = place.marks, []
            places.append(self._visit(node, place, marks))
        whole = [replace(one, inner=frozenset(self._nested.get(number, ()))) for number, one in enumerate(self._found)]
        outside = Function(MODULE, "module", root, root, inner=frozenset(self._nested.get(-1, ())))
        return (*whole, outside)

    def _visit(self, node: Node, place: _Place, marks: list[Node]) -> _Place:
        given = self._given.pop(node, None) if self._given else None
        kind = _DECLARED.get(node.type)
        if kind is not None:
            name = _declared_name(node)
            if kind == "function" and self._tree.language == "rust" and place.prefix:
                kind = "method"
            return self._add(place.prefix + _owner(node), name, kind, node, place.inside, marks)
        if given is not None and node.type in self._anonymous:
            return self._add(place.prefix, given, "callback" if " " in given else "function", node, place.inside, marks)
        if node.type in _SCOPES or given is not None:
            name = given or _text(node.field(_SCOPES.get(node.type, "name")))
            return _Place(f"{place.prefix}{name}." if name else place.prefix, place.inside)
        if node.type in _HOLDERS:
            self._hold(node)
        elif node.type in _CALLS:
            self._call(node)
        return _Place(place.prefix, place.inside)

    def _add(  # noqa: PLR0917 - what a function is made of, in the order of its making
        self, prefix: str, name: str, kind: Kind, node: Node, inside: int, marks: list[Node]
    ) -> _Place:
        full = prefix + name[:_LONGEST_NAME]
        self._taken[full] = self._taken.get(full, 0) + 1
        unique = full if self._taken[full] == 1 else f"{full}#{self._taken[full]}"
        self._nested.setdefault(inside, set()).add(node)
        number = len(self._found)
        own = tuple(part for part in node.parts if part.type in _MARKS)
        self._found.append(
            Function(unique, kind, node, node.field("body") or _last_body(node), _params(node), (*marks, *own))
        )
        return _Place(f"{full}."[:_LONGEST_PREFIX], number)

    def _hold(self, node: Node) -> None:
        name, value = (node.field(one) for one in _HOLDERS[node.type])
        if name is None or value is None:
            return
        if value.type == "expression_list":
            value = value.parts[0] if len(value.parts) == 1 else value
        if value.type in self._anonymous or value.type in {"object", "class"}:
            self._given[value] = _text(name).strip("'\"`").replace(" ", "")

    def _call(self, node: Node) -> None:
        arguments = node.field("arguments")
        given = arguments.parts if arguments is not None else ()
        block = node.field("block")
        functions = [one for one in (*given, *([block] if block else [])) if one.type in self._anonymous]
        if not functions or not given or given[0].type not in _TEXTS:
            return
        called = _text(node.field(_CALLS[node.type])).replace(" ", "")[:_LONGEST_CALL]
        self._given[functions[-1]] = f"{called} {' '.join(given[0].text.split())}"


def _declared_name(node: Node) -> str:
    name = _text(node.field("name")).strip("'\"")
    if node.type == "singleton_method":
        return f"{_text(node.field('object'))}.{name}"
    return name or "<unnamed>"


def _owner(node: Node) -> str:
    """Return the type that a method of Go belongs to, as a prefix."""
    receiver = node.field("receiver")
    if receiver is None:
        return ""
    words = receiver.text.split("[")[0].replace("*", " ").strip("() ").split()
    return f"{words[-1]}." if words else ""


def _text(node: Node | None) -> str:
    return "" if node is None else " ".join(node.text[:_LONGEST_NAME].split())


def _params(node: Node) -> tuple[str, ...]:
    listed = node.field("parameters") or node.field("parameter")
    if listed is None:
        return ()
    if not listed.parts:
        return (listed.text,) if listed.type == "identifier" else ()
    return tuple(" ".join(part.text.split()) for part in listed.parts)


def _last_body(node: Node) -> Node | None:
    return next((part for part in reversed(node.parts) if part.type in {"block", "body_statement", "do_block"}), None)
