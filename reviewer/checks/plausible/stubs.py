"""What stands in for code that is still to be written: empty bodies, and comments that say so."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from typing import TYPE_CHECKING

from reviewer.checks.ident import shown
from reviewer.checks.plausible.outline import name_of, text_of
from reviewer.checks.plausible.sign import Sign, at
from reviewer.checks.python_source import statements

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.checks.finding import Severity
    from reviewer.checks.plausible.outline import Outline
    from reviewer.checks.python_source import Definition

_WHY = "Its callers get nothing, or a value that does not depend on what they give."
_WHY_SAID = "Who wrote it says that it is not the real thing."
UNFINISHED = re.compile(
    r"\b(?:placeholder (?:for|until|implementation|value|logic)|for now\b|not (?:implemented yet|yet implemented)"
    r"|in a real (?:implementation|app|application|system|world|scenario)|stub(?:bed)? (?:out|implementation|for)"
    r"|(?:this is|just|only) a (?:stub|placeholder|mock)|would normally (?:be|call|come|do|fetch|query|use)"
    r"|in production,? (?:this|we|you|use)|simplified (?:version|implementation|logic|for)"
    r"|hard-?coded (?:for|value|until|to)|dummy (?:data|implementation|response|return)|fake (?:data|response|value)"
    r"|mock(?:ed)? (?:data|response|implementation)|simulate the|(?:implement|handle|support) (?:this )?later"
    r"|to be implemented|left as an exercise|temporary (?:hack|workaround|fix)|skip (?:this|it|validation) for now"
    r"|assume(?:s|d)? (?:it is|it's|they are) (?:valid|fine|ok))",
    re.IGNORECASE,
)
"""What comments say of code that is not the real thing."""
_MARK = re.compile(r"\b(?:TODO|FIXME|XXX|HACK)\b")
_LEFT_OUT = re.compile(
    r"^#?\s*(?:\.\.\.|…)\s*(?:rest|existing|remaining|other|more|same|previous|keep|unchanged|omitted)", re.IGNORECASE
)
_NO_OPS = re.compile(
    r"(?:visit|handle|on|do|pre|post|before|after|setup|teardown|setUp|tearDown|close|flush|stop|start|__\w+__|noop|nop"
    r"|null|ignore|dummy|reset|clear|hook|log|write|isatty|fileno|release|open|update|configure|register|init)(?:_|$|[A-Z])?"
)
_KINDS = re.compile(
    r"(?:Abstract|Base|Protocol|Interface|Mixin|Null|Noop|NoOp|Dummy|Fake|Stub|Mock|Exception|Error|ABC)"
)
_MOST_MARKS = 20
_MARKERS = frozenset({"abstractmethod", "overload", "abstractproperty", "abstractclassmethod", "abstractstaticmethod"})


def signs(outline: Outline) -> Iterator[Sign]:
    """Yield functions with nothing in them, and comments that call code unfinished."""
    for function in outline.functions():
        found = _empty(outline, function)
        if found is not None:
            severity, what = found
            message = f"{shown(outline.scope(function))} {what}."
            yield at(
                outline,
                function,
                rule="stub",
                severity=severity,
                message=message,
                why=_WHY,
                quote=outline.scope(function),
            )
    yield from _comments(outline)


def _empty(outline: Outline, function: Definition) -> tuple[Severity, str] | None:
    body = statements(function)
    if any(name_of(one.func if isinstance(one, ast.Call) else one) in _MARKERS for one in function.decorator_list):
        return None
    owner = outline.parent(function)
    in_class = isinstance(owner, ast.ClassDef)
    if isinstance(owner, ast.ClassDef) and _is_pattern(outline, owner):
        return None
    if not in_class and not isinstance(owner, ast.Module):
        return None
    if len(body) > 1:
        return None
    only = body[0] if body else None
    if isinstance(only, ast.Raise) and "NotImplemented" in text_of(only.exc):
        # A class without bases that raises it is mostly meant to be derived from.
        return (
            ("info", "only raises NotImplementedError") if in_class else ("medium", "only raises NotImplementedError")
        )
    nothing = (
        only is None
        or isinstance(only, ast.Pass)
        or (isinstance(only, ast.Expr) and isinstance(only.value, ast.Constant))
    )
    if nothing and not _NO_OPS.match(function.name) and not function.decorator_list:
        return ("low", "has no body") if in_class else ("medium", "has no body")
    return None


def _is_pattern(outline: Outline, owner: ast.ClassDef) -> bool:
    """Return whether a class is there to be derived from, or its bases decide what it has to have."""
    if _KINDS.search(owner.name) or any(_KINDS.search(text_of(base)) for base in owner.bases):
        return True
    derived = any(name_of(base) == owner.name for one in outline.of(ast.ClassDef) for base in one.bases)
    marked = any(
        name_of(decorator) in _MARKERS
        for one in owner.body
        if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)
        for decorator in one.decorator_list
    )
    return derived or marked or bool(owner.bases)


def _comments(outline: Outline) -> Iterator[Sign]:
    for number, text in _said(outline):
        told = UNFINISHED.search(text)
        left_out = _LEFT_OUT.match(text)
        if told or left_out:
            severity: Severity = "medium" if left_out else "low"
            yield _comment(text, number, severity, "The code calls itself unfinished")
        elif _MARK.search(text):
            yield _comment(text, number, "info", "Work is left open")


def _comment(text: str, number: int, severity: Severity, what: str) -> Sign:
    return Sign(
        rule="unfinished",
        severity=severity,
        message=f"{what}: “{shown(text.lstrip('# '))}”.",
        why=_WHY_SAID,
        quote=text,
        line=number,
    )


def _may_tell(line: bytes) -> bool:
    """Return whether a comment on a line, if there is one, may say something: cutting a file into tokens takes long."""
    place = line.find(b"#")
    tried = 0
    while place >= 0:
        text = line[place:].decode("utf-8", "replace").strip()
        tried += 1
        if tried > _MOST_MARKS or UNFINISHED.search(text) or _LEFT_OUT.match(text) or _MARK.search(text):
            return True
        place = line.find(b"#", place + 1)
    return False


def _said(outline: Outline) -> Iterator[tuple[int, str]]:
    """Yield the comments of a file and the lines of its docstrings, as far as it can be cut into tokens."""
    if not any(_may_tell(line) for line in outline.lines):
        return
    source = b"\n".join(outline.lines)
    try:
        for token in tokenize.tokenize(io.BytesIO(source).readline):
            if token.type == tokenize.COMMENT:
                yield token.start[0], token.string[:400]
    except (tokenize.TokenError, SyntaxError, ValueError, IndentationError):
        return
