"""ESLint's settings with the level alone where a rule has options too, and overrides by the files that they are for."""

from __future__ import annotations

from reviewer.checks.gates.tree import Node


def plain(root: Node) -> Node:
    """Return the settings in the form in which they are compared."""
    overrides = root.get("overrides")
    below = tuple(
        (" ".join(table.get("files").words()) if table.get("files") else "", _levels(table))  # type: ignore[union-attr]
        for table in (overrides.elements if overrides is not None else ())
    )
    entries = [entry for entry in _levels(root).entries if entry[0] != "overrides"]
    if overrides is not None:
        entries.append(("overrides", Node(overrides.line, entries=below, is_map=True)))
    return Node(root.line, entries=tuple(entries), is_map=True)


def _levels(table: Node) -> Node:
    entries = []
    for key, node in table.entries:
        if key == "rules":
            rules = tuple(
                (name, rule.elements[0].at(rule.line) if rule.elements else rule) for name, rule in node.entries
            )
            entries.append((key, Node(node.line, entries=rules, is_map=True)))
        else:
            entries.append((key, node))
    return Node(table.line, entries=tuple(entries), is_map=True)
