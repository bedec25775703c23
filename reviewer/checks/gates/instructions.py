"""What agents are told and allowed, and the policy of reviews, before and after.

Prose is compared word by word without its line ends, permissions and policies value by value.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewer.checks.gates import json_tree, table_tree, wording
from reviewer.checks.gates.lists import names
from reviewer.checks.gates.tree import Node, UnreadableError
from reviewer.checks.gates.wording import weakening
from reviewer.checks.ident import shown
from reviewer.text import plural

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reviewer.checks.case import ChangedFile, ChangedLine
    from reviewer.checks.ident import Fact

_PROSE = re.compile(
    r"(?:.*/)?(?:AGENTS?|CLAUDE|GEMINI|QWEN|CONVENTIONS|CODEX|WARP)(?:\.local|\.override)?\.md|(?:.*/)?\.(?:cursorrules|windsurfrules|clinerules|goosehints)"
    r"|(?:.*/)?\.(?:cursor/rules|clinerules|windsurf/rules|roo/rules[\w-]*|kiro/steering|amazonq/rules|trae/rules|junie)/.+"
    r"|\.github/(?:copilot-instructions\.md|instructions/.+|chatmodes/.+|prompts/.+)"
    r"|(?:.*/)?\.claude/(?:commands|agents|hooks|skills)/.+"
    r"|(?:.*/)?\.aider\.conf\.ya?ml"
)
_DUTY = re.compile(
    r"\b(?:never|must|always|do not|don't|dont|required?|mandatory|forbidden|not allowed|only after|ask first"
    r"|ask before|stop)\b",
    re.IGNORECASE,
)
_SETTINGS = re.compile(r"(?:.*/)?\.(?:claude/settings(?:\.local)?|gemini/settings|mcp|cursor/mcp|vscode/mcp)\.json")
_POLICY_SCHEMA = re.compile(rb"^\s*schema\s*=\s*[\"']reviewer-policy/", re.MULTILINE)
_ALLOWS = (("permissions", "allow"), ("tools", "allowed"), ("coreTools",), ("tools", "core"))
_DENIES = (("permissions", "deny"), ("permissions", "ask"), ("excludeTools",), ("tools", "exclude"))
_FREE = frozenset(("bypassPermissions", "acceptEdits"))
_ORDER = {"signing": 0, "merging": 1}


def is_instruction(path: str) -> bool:
    """Return whether a path tells agents what to do, or what they may do."""
    return _PROSE.fullmatch(path) is not None or _SETTINGS.fullmatch(path) is not None


def may_be_policy(path: str) -> bool:
    """Return whether a path may be a policy of reviews; its content decides."""
    return path.endswith(".toml") and "policy" in path


def is_policy(data: bytes | None) -> bool:
    """Return whether a content is a policy of reviews."""
    return data is not None and _POLICY_SCHEMA.search(data[:65_536]) is not None


def instruction_facts(file: ChangedFile, old: bytes | None, new: bytes | None) -> Iterator[Fact]:
    """Yield that instructions changed, and which permissions of agents grew."""
    if _SETTINGS.fullmatch(file.path):
        yield from _permissions(file.path, old, new)
        return
    before, after = (b" ".join((side or b"").split()) for side in (old, new))
    if before == after:
        return
    gone, came = len(file.removed), len(file.added)
    if new is None:
        what, line, side = "is gone", None, "old"
    elif old is None:
        what, line, side = "is new", 1, "new"
    else:
        lines = file.added or file.removed
        what = f"changes ({plural(came, 'line')} added, {gone:,} removed)"
        line, side = (lines[0].number if lines else None), ("new" if file.added else "old")
    yield weakening(
        rule="instructions-changed",
        severity="medium" if new is None or _duties(file.removed) > _duties(file.added) else "low",
        message=f"What agents are told in {shown(file.path)} {what}.",
        why=wording.WHY_AGENT,
        quote=file.path,
        path=file.path,
        line=line,
        side="new" if side == "new" else "old",
    )


def _duties(lines: Iterable[ChangedLine]) -> int:
    """Return how many lines say what must be or must not be."""
    return sum(1 for line in lines if _DUTY.search(line.text[:2_000]))


def _permissions(path: str, old: bytes | None, new: bytes | None) -> Iterator[Fact]:
    before, after = _json(old), _json(new)
    found = list(_allowed(before, after)) if after is not None else []
    if not found:
        return
    said = "; ".join(what for what, _ in found[:4]) + (" …" if len(found) > 4 else "")
    yield weakening(
        rule="agent-permissions-widened",
        severity="medium",
        message=f"{shown(path)} {shown(said, 160)}.",
        why=wording.WHY_AGENT,
        quote=said,
        path=path,
        line=found[0][1],
    )


def _allowed(before: Node | None, after: Node) -> Iterator[tuple[str, int]]:
    """Yield what agents may do now, each with its line."""
    empty = Node(1, is_map=True)
    before = before or empty
    for keys in _ALLOWS:
        had = names(before.get(*keys))
        for element in (after.get(*keys) or empty).list_of():
            if element.text and element.text not in had:
                yield f"allows {element.text}", element.line
    for keys in _DENIES:
        still = names(after.get(*keys))
        place = after.get(*keys[:1]) or after
        for name in names(before.get(*keys)):
            if name not in still:
                yield f"no longer holds back {name}", place.line
    mode = after.get("permissions", "defaultMode")
    if mode is not None and mode.said() in _FREE and before.said("permissions", "defaultMode") != mode.said():
        yield f"sets the mode {mode.said()}", mode.line


def _json(data: bytes | None) -> Node | None:
    try:
        return None if data is None else json_tree.read(data)
    except UnreadableError:
        return None


def policy_facts(path: str, old: bytes | None, new: bytes | None) -> Iterator[Fact]:
    """Yield what a policy of reviews asks less of, or that it changes at all.

    Raises:
        UnreadableError: a side is not TOML.
    """
    before = table_tree.read_toml(old) if old is not None else None
    after = table_tree.read_toml(new) if new is not None else None
    weaker = list(_weaker(before, after))
    for message, line, is_old in weaker:
        yield weakening(
            rule="policy-weakened",
            severity="high",
            message=message,
            why=wording.WHY_POLICY,
            quote=message,
            path=path,
            line=line,
            side="old" if is_old else "new",
        )
    if not weaker and after is not None and (before is None or _values(before) != _values(after)):
        yield weakening(
            rule="policy-changed",
            severity="low",
            message=f"The policy of reviews in {shown(path)} {'changes' if before is not None else 'is new'}.",
            why=wording.WHY_POLICY,
            quote=path,
            path=path,
            line=1,
        )


def _values(node: Node) -> object:
    if node.is_map:
        return {name: _values(value) for name, value in node.entries}
    return node.text if node.text is not None else [_values(element) for element in node.elements]


def _weaker(old: Node | None, new: Node | None) -> Iterator[tuple[str, int, bool]]:
    """Yield what is asked less of: the fact, its line, and whether that is on the old side."""
    for kind, called in (("gate", "The gate"), ("checklist", "The question")):
        after = _by_id(new, kind)
        for name, row in _by_id(old, kind).items():
            if name not in after:
                yield f"{called} {shown(name)} is gone from the policy of reviews.", row.line, True
                continue
            for said in _loosened(row, after[name]):
                yield f"{called} {shown(name)} {said}.", after[name].line, False
    there = _off_by_name(old)
    for name, row in _off_by_name(new).items():
        if name not in there:
            yield (
                f"{shown(name)} is switched off in the policy of reviews: {shown(row.said('reason'))}",
                row.line,
                False,
            )
    for risk in ("C", "B"):
        was, now = (None if side is None else side.get("class_paths", risk) for side in (old, new))
        lost = [name for name in names(was) if name not in names(now)]
        if lost and was is not None:
            yield f"Paths are no longer of risk class {risk}: {shown(', '.join(lost))}", was.line, True


def _off_by_name(root: Node | None) -> dict[str, Node]:
    """Return what a policy switches off by its name, `scope` or `scope/symlink`."""
    rows = root.get("check_off") if root is not None else None
    found = rows.elements if rows is not None else ()
    return {
        f"{row.said('mode')}{'/' if row.said('rule') else ''}{row.said('rule')}": row for row in found if row.is_map
    }


def _loosened(old: Node, new: Node) -> Iterator[str]:
    if old.said("waivable") == "false" and new.said("waivable") == "true":
        yield "can be waived now"
    if _ORDER.get(new.said("stage"), 0) > _ORDER.get(old.said("stage"), 0):
        yield "no longer holds up signing"
    # Without classes it counts for all of them, without modes for none.
    had, has = names(old.get("classes")), names(new.get("classes"))
    lost = [one for one in had or ("A", "B", "C") if has and one not in has]
    lost += [mode for mode in names(old.get("modes")) if mode not in names(new.get("modes"))]
    if lost:
        yield f"no longer counts for {shown(', '.join(lost))}"


def _by_id(root: Node | None, key: str) -> dict[str, Node]:
    rows = root.get(key) if root is not None else None
    return {row.said("id"): row for row in (rows.elements if rows is not None else ())}
