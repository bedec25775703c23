"""HTML that new Python code puts together from values that nothing escapes, and headers that anybody can send."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from reviewer.checks import roles
from reviewer.checks.failures.added import last, short
from reviewer.checks.ident import Fact, shown
from reviewer.checks.python_nodes import walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewer.checks.case import ChangedFile
    from reviewer.checks.failures.added import Added
    from reviewer.checks.finding import Severity

_WHY_HTML = "A value with a tag in it becomes part of the page, and runs for whoever looks at it."
_WHY_HEADER = "Anybody can send this header with any value; only a proxy that is known may be believed."
_TAG = re.compile(r"</?(?:[a-z][a-z0-9]{0,12}|[a-z]+:[a-z]+)(?:\s+[a-z-]+=|\s*/?>)", re.IGNORECASE)
_ESCAPES = re.compile(
    r"\w*(?:escape|quote|sanitize|clean|bleach|markup)\w*|int|float|len|round|sum|str_to_id|isoformat|strftime|sub|e|h|esc",
    re.IGNORECASE,
)
_MADE = re.compile(
    r"(?:.*_)?(?:html|xml|rows?|items|cells|markup|tags?|inner|head|tail|count|number|n|i|index|width|height|size|id|level)",
    re.IGNORECASE,
)
_HEADER = re.compile(
    r"(?i)['\"`](?:HTTP_)?(X[-_](?:Forwarded[-_](?:For|Host|Proto|User)|Real[-_]IP|Client[-_]IP|Remote[-_](?:User|Addr|IP)"
    r"|(?:Auth(?:enticated)?[-_])?User(?:[-_](?:Id|Name|Role|Email))?|Admin|Role|Tenant(?:[-_]Id)?|Original[-_](?:URL|Host)|Is[-_]Admin|Internal)"
    r"|True[-_]Client[-_]IP|CF[-_]Connecting[-_]IP|Remote[-_]User)['\"`]"
)
_READS = re.compile(
    r"(?i)(?:headers?|environ|META|\breq(?:uest)?\b|Header)\s{0,3}(?:\(\))?(?:\.\s{0,3}(?:get\w*|Get|header|values?|first)\s{0,3}\(|\[|\.header\()|\.(?:get|header|getHeader|GetHeader|getlist)\($"
)
_SETS = re.compile(r"\]\s*=(?!=)|\b(?:set|add|setdefault|append|setHeader|Set|Add|Del|pop|delete|remove)\($")


def markup(added: Added) -> Iterator[Fact]:
    """Yield HTML with values in it that nothing escapes."""
    knows = _knows(added.old) or _knows(added.new)
    had = _had(added.old)
    for scope, nodes in added.scopes:
        # What a value says of itself to developers stands in angle brackets by custom.
        if getattr(scope, "name", "") == "__repr__":
            continue
        safe = _safe(nodes)
        for node in nodes:
            if getattr(node, "lineno", 0) not in added.lines:
                continue
            text, values = _built(node)
            if values and _TAG.search(text):
                bare = next((one for one in values if not _is_safe(one, safe) and short(one) not in had), None)
                if bare is not None and (knows or "html" in added.path.lower() or text.lstrip()[:1] == "<"):
                    severity: Severity = "medium" if knows else "info"
                    message = f"{shown(short(bare))} stands in HTML as it is."
                    yield added.fact("html-unescaped", severity, message, node, why=_WHY_HTML)


def _knows(tree: ast.Module | None) -> bool:
    """Return whether a file escapes what it puts in HTML anywhere."""
    return tree is not None and any(
        isinstance(node, ast.Call) and re.fullmatch(r"\w*escape\w*|Markup|quoteattr", last(node)) for node in walk(tree)
    )


def _had(tree: ast.Module | None) -> frozenset[str]:
    """Return the values that a file put in HTML before, in whatever form: another way to write it is not new."""
    found: set[str] = set()
    for node in walk(tree) if tree is not None else ():
        text, values = _built(node)
        if values and _TAG.search(text):
            found.update(short(one) for one in values)
    return frozenset(found)


def _safe(nodes: Sequence[ast.AST]) -> frozenset[str]:
    """Return the names that were given something escaped, or HTML that was put together before."""
    found: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Assign) and (
            any(isinstance(part, ast.Call) and _ESCAPES.fullmatch(last(part)) for part in walk(node.value))
            or any(
                isinstance(part, ast.Constant) and isinstance(part.value, str) and _TAG.search(part.value)
                for part in walk(node.value)
            )
        ):
            found.update(part.id for one in node.targets for part in walk(one) if isinstance(part, ast.Name))
    return frozenset(found)


def _built(node: ast.AST) -> tuple[str, Sequence[ast.expr]]:
    if isinstance(node, ast.JoinedStr):
        text = "".join(str(one.value) if isinstance(one, ast.Constant) else "{}" for one in node.values)
        return text[:2_000], [
            one.value for one in node.values if isinstance(one, ast.FormattedValue) and one.format_spec is None
        ]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod) and isinstance(node.left, ast.Constant):
        values = node.right.elts if isinstance(node.right, ast.Tuple) else [node.right]
        return str(node.left.value)[:2_000], values
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or node.func.attr != "format":
        return "", ()
    shape = node.func.value.value if isinstance(node.func.value, ast.Constant) else ""
    return str(shape)[:2_000], [*node.args, *(one.value for one in node.keywords)]


def _is_safe(value: ast.expr, safe: frozenset[str]) -> bool:
    if isinstance(value, ast.Constant):
        return True
    if isinstance(value, ast.IfExp):
        return _is_safe(value.body, safe) and _is_safe(value.orelse, safe)
    if isinstance(value, ast.Call):
        return _ESCAPES.fullmatch(last(value)) is not None or last(value) not in {
            "str",
            "get",
            "strip",
            "title",
            "upper",
            "lower",
            "format",
        }
    if isinstance(value, ast.Name) and value.id in safe:
        return True
    return (
        not isinstance(value, ast.Name | ast.Attribute | ast.Subscript)
        or _MADE.fullmatch(last(value) or "x1") is not None
    )


def headers(file: ChangedFile) -> Iterator[Fact]:
    """Yield lines of any language that read a header which only a proxy may set."""
    if roles.language(file.path) is None or roles.is_test(file.path) or roles.is_example(file.path) or file.binary:
        return
    had = {match[1].lower() for line in file.removed for match in _HEADER.finditer(line.text[:500])}
    old = (file.old or b"").lower()
    for line in file.added:
        text = line.text[:500]
        match = _HEADER.search(text)
        if match is None or match[1].lower() in had or match[1].lower().encode() in old:
            continue
        if _SETS.search(text[: match.start()]) or re.match(r"\s*\]\s*=(?!=)|\s*:", text[match.end() :]):
            continue
        if not _READS.search(text[: match.start()].rstrip()) and not re.search(
            r"(?:\[|\()$", text[: match.start()].rstrip()
        ):
            continue
        yield Fact(
            rule="client-header",
            severity="medium",
            message=f"{shown(match[1])} is read, which anybody can send: {shown(text.strip())}",
            why=_WHY_HEADER,
            quote=text.strip(),
            file=file.path,
            side="new",
            line=line.number,
        )
