"""New routes without the guard that all other routes of their kind are given, in JavaScript, TypeScript and Go.

A route is a call like `app.get("/cards/:id", requireUser, show)` or `mux.HandleFunc("/cards", requireUser(show))`.
Routes are of one kind if the same object takes them and their paths start alike.
Measured on 290 whole human commits of express-session, cobra, gin, werkzeug, flask, httpx, requests and axios, 11,703
added lines: nothing said.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer.checks.boundary.forms import call
from reviewer.checks.boundary.unguarded import WHY, is_guard
from reviewer.checks.failures.trees import below, short
from reviewer.checks.ident import Fact, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.checks.tree_source import TreeFile
    from reviewer.syntax.tree import Tree

_ROUTE = re.compile(
    r"(\w{1,60}(?:\.\w{1,60})?)\.(?:get|post|put|patch|delete|del|all|head|options|Handle|HandleFunc|Get|Post|Put|Patch|Delete"
    r"|GET|POST|PUT|PATCH|DELETE|Any)"
)
_PATH = re.compile(r"['\"`](?:[A-Z]{3,7} )?/([\w.-]{0,60})[^'\"`\s]{0,200}['\"`]")
_OPEN = re.compile(
    r"(?i)health|ready|live|ping|login|logout|signin|signup|register|public|webhook|metrics|static|callback|status"
)
_NAMES = frozenset({"identifier", "property_identifier", "field_identifier"})
_FEW = 2
_MOST = 2_000


@dataclass(frozen=True, slots=True)
class _Route:
    kind: tuple[str, str]
    text: str
    path: str
    line: int
    guards: frozenset[str]


def unguarded_routes(file: TreeFile) -> Iterator[Fact]:
    """Yield the routes that only the new side has and that lack the guard of all others like them."""
    if file.old is None or file.new is None or file.language not in {"javascript", "typescript", "go"}:
        return
    added = {line.number: line.text for line in file.file.added}
    if not added:
        return
    had = _routes(file.old)
    known: dict[tuple[str, str], list[_Route]] = defaultdict(list)
    for one in had:
        known[one.kind].append(one)
    texts = {one.text for one in had}
    for one in _routes(file.new):
        others = known[one.kind]
        if one.line not in added or one.text in texts or len(others) < _FEW or _OPEN.search(one.path):
            continue
        shared = frozenset.intersection(*(other.guards for other in others))
        if not shared or one.guards:
            continue
        guard = min(shared)
        yield Fact(
            rule="guard-not-here",
            severity="medium",
            message=f"The route {shown(one.path)} is not under {shown(guard)}, and all {len(others)} beside it are.",
            why=WHY,
            quote=added[one.line],
            file=file.file.path,
            side="new",
            line=one.line,
        )


def _routes(tree: Tree) -> list[_Route]:
    found: list[_Route] = []
    for node in tree.root.walk():
        made = call(node) if node.type == "call_expression" else None
        match = _ROUTE.fullmatch(made.name) if made is not None else None
        if made is None or match is None or len(made.args) < _FEW:
            continue
        path = _PATH.fullmatch(short(made.args[0]))
        if path is None:
            continue
        names = {part.text for one in made.args[1:] for part in below(one) if part.type in _NAMES}
        guards = frozenset(name for name in names if is_guard(name))
        found.append(_Route((match[1], path[1]), short(node), short(made.args[0]).strip("'\"`"), node.first, guards))
        if len(found) >= _MOST:
            break
    return found
