"""Calls and settings of a syntax tree in one form for six languages, and text that is put together from values.

Knows how each language writes a call, a keyword, a string with a value in it; knows nothing of what is dangerous.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.syntax.tree import Node

_LONGEST = 300
_MOST_BELOW = 400
_CALLS: dict[str, tuple[str, str]] = {
    "call_expression": ("function", "arguments"),
    "new_expression": ("constructor", "arguments"),
    "object_creation_expression": ("type", "arguments"),
    "method_invocation": ("name", "arguments"),
    "call": ("method", "arguments"),
}
_OWNERS = {"method_invocation": "object", "call": "receiver"}
_SETTINGS: dict[str, tuple[str, str]] = {
    "pair": ("key", "value"),
    "assignment_expression": ("left", "right"),
    "variable_declarator": ("name", "value"),
    "public_field_definition": ("name", "value"),
    "field_definition": ("property", "value"),
    "assignment_statement": ("left", "right"),
    "short_var_declaration": ("left", "right"),
    "var_spec": ("name", "value"),
    "const_spec": ("name", "value"),
    "field_initializer": ("field", "value"),
    "let_declaration": ("pattern", "value"),
    "assignment": ("left", "right"),
}
_STRINGS = frozenset(
    {"string", "interpreted_string_literal", "raw_string_literal", "string_literal", "template_string", "heredoc_body"}
)
_INSERTS = frozenset({"template_substitution", "interpolation", "string_interpolation"})
_FORMATS = re.compile(r"(?:fmt\.Sprintf|String\.format|format|sprintf|\w*\.formatted|\w*\.concat|util\.format)")
_FIXED = re.compile(r"[A-Z][A-Z0-9_]*|\d+|(?:Number|parseInt|int|Integer)\(.*\)|\w+\.(?:length|size)")
_HOLE = re.compile(r"\{[\w:?.]*\}|%[sdvq]")


@dataclass(frozen=True, slots=True)
class Call:
    """A call: what is called, as it is written, without spaces and bounded ("db.query", "new Function")."""

    name: str
    args: tuple[Node, ...]
    node: Node


@dataclass(frozen=True, slots=True)
class Setting:
    """A name that is given a value: a key of an object, a field, a keyword, a variable; without quotes."""

    name: str
    value: Node
    node: Node


def short(node: Node) -> str:
    """Return the source of a node in one line, bounded."""
    return " ".join(node.head(_LONGEST * 2).split())[:_LONGEST]


def call(node: Node) -> Call | None:
    """Return a node as a call, None if it is none."""
    if node.type == "subshell":
        return Call("`", (node,), node)
    fields = _CALLS.get(node.type)
    if fields is None:
        return None
    called, arguments = node.field(fields[0]), node.field(fields[1])
    if called is None:
        return None
    name = short(called).replace(" ", "")
    owner = node.field(_OWNERS[node.type]) if node.type in _OWNERS else None
    if owner is not None:
        name = f"{short(owner).replace(' ', '')[-80:]}.{name}"
    if node.type in {"new_expression", "object_creation_expression"}:
        name = f"new {name}"
    return Call(name, arguments.parts if arguments is not None else (), node)


def setting(node: Node) -> Setting | None:
    """Return a node as a setting, None if it is none."""
    if node.type == "keyed_element":
        parts = node.parts
        return Setting(short(parts[0]), _only(parts[1]), node) if len(parts) == 2 else None
    fields = _SETTINGS.get(node.type)
    if fields is None:
        return None
    name, value = node.field(fields[0]), node.field(fields[1])
    if name is None or value is None:
        return None
    return Setting(short(name).strip("'\":"), _only(value), node)


def _only(node: Node) -> Node:
    while node.type in {"expression_list", "literal_element", "parenthesized_expression"} and len(node.parts) == 1:
        node = node.parts[0]
    return node


def below(node: Node) -> Iterator[Node]:
    """Yield a node and what is below it, bounded."""
    return itertools.islice(node.walk(), _MOST_BELOW)


def is_text(node: Node) -> bool:
    """Return whether a node is a string and nothing but that."""
    return node.type in _STRINGS and not any(part.type in _INSERTS for part in below(node))


def is_built(node: Node) -> bool:
    """Return whether a text is put together from text and values that can differ."""
    node = _bare(node)
    if node.type in _STRINGS:
        return any(part.type in _INSERTS and not _is_fixed(part) for part in below(node))
    if node.type in {"binary_expression", "binary"}:
        leaves = list(_leaves(node))
        return any(leaf.type in _STRINGS for leaf in leaves) and any(
            is_built(leaf) if leaf.type in _STRINGS else not _is_fixed(leaf) for leaf in leaves
        )
    if node.type == "macro_invocation":
        text = short(node)
        return text.startswith("format!") and _HOLE.search(text) is not None
    made = call(node)
    if made is not None and _FORMATS.fullmatch(made.name.rsplit(".", 1)[-1] if "." not in made.name else made.name):
        return any(not is_text(argument) and not _is_fixed(argument) for argument in made.args[1:]) or (
            made.name.endswith((".concat", ".formatted"))
        )
    return False


def leading(node: Node) -> str:
    """Return the first string in a node, without its quotes."""
    for part in below(_bare(node)):
        if part.type in _STRINGS:
            return part.head(_LONGEST).strip("'\"`rb#$@ \n")
    return short(node) if node.type == "macro_invocation" else ""


def _bare(node: Node) -> Node:
    """Return what is inside references, brackets and conversions to text."""
    for _ in range(6):
        if node.type in {"reference_expression", "parenthesized_expression", "await_expression"} and node.parts:
            node = node.parts[-1]
            continue
        made = call(node) if node.type == "call_expression" else None
        inner = node.field("function") if made is not None and made.name.endswith((".as_str", ".to_string")) else None
        value = inner.field("value") if inner is not None else None
        if value is None:
            break
        node = value
    return node


def _leaves(node: Node) -> Iterator[Node]:
    pending = [node]
    for _ in range(_MOST_BELOW):
        if not pending:
            return
        current = pending.pop()
        if current.type in {"binary_expression", "binary", "parenthesized_expression"}:
            pending.extend(reversed(current.parts))
        else:
            yield current


def _is_fixed(node: Node) -> bool:
    text = short(node.parts[0] if node.type in _INSERTS and node.parts else node)
    return node.type in _STRINGS or _FIXED.fullmatch(text) is not None
