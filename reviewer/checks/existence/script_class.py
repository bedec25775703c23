"""Members of `this` that nothing in a JavaScript or TypeScript class makes.

A class that extends another, is decorated, or is given members in a way that the text does not tell, is left out.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.syntax.tree import Node, Tree

_CLASSES = frozenset({"class_declaration", "class", "abstract_class_declaration"})
_METHODS = frozenset({"method_definition", "method_signature", "abstract_method_signature"})
_FIELDS = frozenset({"public_field_definition", "field_definition"})
_PARAMETERS = frozenset({"required_parameter", "optional_parameter"})
_GIVEN = re.compile(r"Object\.(?:assign|definePropert(?:y|ies))\(\s{0,8}this|\bthis\[|=\s{0,8}this\b|\(this\b")
_WRITTEN = re.compile(rb"\s{0,8}(?:[-+*/|&^%?]{0,3}=(?!=)|\+\+|--)")
_MOST_TEXT = 4 << 20


def own_uses(tree: Tree) -> Iterator[tuple[str, str, int]]:
    """Yield class, member and line of each member of `this` that its class does not have."""
    left = _MOST_TEXT
    for node in tree.root.walk():
        body = node.field("body") if node.type in _CLASSES else None
        if body is None or any(part.type in {"class_heritage", "decorator"} for part in node.parts):
            continue
        left -= body.end - body.start
        if left < 0:
            return
        name = node.field("name")
        if not _GIVEN.search(body.text):
            yield from _uses(body, name.text if name is not None else "the class")


def _uses(body: Node, owner: str) -> Iterator[tuple[str, str, int]]:
    has: set[str] = set()
    used: list[tuple[str, int]] = []
    for one in body.walk(lambda part: part is body or part.type not in _CLASSES):
        if one.type == "index_signature":
            return
        made = _made(one)
        if made is not None:
            has.add(made.text)
        elif one.type == "member_expression":
            of, member = one.field("object"), one.field("property")
            if of is not None and of.type == "this" and member is not None:
                if _WRITTEN.match(one.tree.source[one.end : one.end + 24]):
                    has.add(member.text)
                used.append((member.text, member.first))
    yield from ((owner, name, line) for name, line in used if name not in has and not name.startswith("#"))


def _made(node: Node) -> Node | None:
    """Return the name of the member that a node makes, None if it makes none."""
    if node.type in _METHODS:
        return node.field("name")
    if node.type in _FIELDS:
        return node.field("name") or node.field("property")
    return node.field("pattern") if node.type in _PARAMETERS else None
