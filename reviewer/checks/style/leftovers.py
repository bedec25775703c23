"""What was of use while a change was written and stays in it: stops of a debugger, code in comments, too many comments.

Measured against the file's own old side: whoever comments every line did so before.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from reviewer.checks import roles
from reviewer.checks.ident import Fact, shown
from reviewer.checks.python_source import parse

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewer.checks.case import ChangedFile, ChangedLine

_WHY_DEBUG = "It stops or slows whoever runs this, and says nothing to them."
_WHY_CODE = "Nobody knows whether it should come back; the history of the repository keeps it."
_WHY_HEAVY = "Comments that say what each line says hide those that say why."
_STOPS = {
    "python": re.compile(
        r"^\s*(?:breakpoint\(\)|(?:import\s+)?i?pdb\b.{0,20}set_trace|import i?pdb\b"
        r"|pp?rint\(f?['\"](?:DEBUG|XXX|HERE|>>>|---|\*\*\*))"
    ),
    "javascript": re.compile(r"^\s*debugger;?\s*$|^\s*console\.(?:log|debug)\(['\"`](?:DEBUG|XXX|HERE|>>>|---)"),
    "go": re.compile(r"^\s*(?:spew\.Dump|fmt\.Print(?:ln|f)\(\"(?:DEBUG|XXX|HERE|>>>|---))"),
}
_COMMENT = re.compile(r"^\s*#\s?(.*)$")
_CODE = re.compile(
    r"\s*(?:[a-z_][\w.\[\]'\"]{0,60}\s*[-+*/|]?=\s*\S.{0,200}|(?:return|raise|del|assert|import|from)\s+[\w(\['\"].{0,200}"
    r"|(?:if|for|while|with|elif|def|class)\s.{1,200}:\s*|else:\s*|try:\s*|except.{0,80}:\s*|[\w.]{1,80}\(.{0,200}\)\s*)"
)
_MARKED = re.compile(
    r"(?i)noqa|type:\s|pragma|pylint|fmt:|isort|!/|-\*-|mypy|ruff|nosec|e\.g\.|example|>>>|https?://|:\s*$"
)
_FEW_LINES = 8
_HEAVY = 0.34
_LIGHT = 0.1
_FEW_OLD = 30
_LONG = 300


def leftovers(file: ChangedFile) -> Iterator[Fact]:
    """Yield what was left in the added lines of a file."""
    language = roles.language(file.path)
    if language is None or roles.is_example(file.path) or roles.is_foreign(file.path) or file.binary:
        return
    pattern = _STOPS.get("javascript" if language == "typescript" else language)
    gone = {line.text.strip() for line in file.removed}
    for line in file.added if pattern is not None else ():
        if pattern is not None and pattern.search(line.text[:_LONG]) and line.text.strip() not in gone:
            message = f"A line made for debugging is left: {shown(line.text)}"
            yield _fact(file, "debug-left", "low", message, line, why=_WHY_DEBUG)
    if language == "python" and not roles.is_test(file.path):
        yield from _in_comments(file, gone)
        yield from _heavy(file)


def _in_comments(file: ChangedFile, gone: set[str]) -> Iterator[Fact]:
    """Yield the first comment that is code, told once a file."""
    for line in file.added:
        match = _COMMENT.match(line.text[:_LONG])
        if match is None or line.text.strip() in gone or _MARKED.search(match[1]) or not _CODE.fullmatch(match[1]):
            continue
        tree = parse(match[1].strip().encode("utf-8", "replace"))
        if match[1].strip().endswith(":"):
            tree = parse(f"{match[1].strip()} pass".encode("utf-8", "replace"))
        was = match[1].strip() in {text.strip() for text in gone}
        if tree is not None and len(tree.body) == 1 and not was and _is_code(tree.body[0]):
            message = f"A comment is code: {shown(line.text)}"
            yield _fact(file, "code-in-comment", "low", message, line, why=_WHY_CODE)
            return


def _is_code(node: ast.stmt) -> bool:
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Call) and bool(node.value.args or node.value.keywords)
    if isinstance(node, ast.Assign):
        return not isinstance(node.value, ast.Name) or len(ast.unparse(node)) > 12
    return isinstance(
        node, ast.Return | ast.Raise | ast.Import | ast.ImportFrom | ast.If | ast.For | ast.With | ast.AugAssign
    )


def _heavy(file: ChangedFile) -> Iterator[Fact]:
    """Yield a run of added lines that a comment stands over nearly each of, in a file that has few."""
    old = (file.old or b"").decode("utf-8", "replace").splitlines()
    if len(old) >= _FEW_OLD and _share(old) > _LIGHT:
        return
    added = [line.text for line in file.added]
    code = [text for text in added if text.strip()]
    if len(old) < _FEW_OLD or len(code) < _FEW_LINES or _share(code) < _HEAVY:
        return
    first = next(line for line in file.added if _COMMENT.match(line.text[:_LONG]))
    message = f"{_share(code):.0%} of the added lines are comments, where {_share(old):.0%} of the file were."
    yield _fact(file, "comment-heavy", "low", message, first, why=_WHY_HEAVY)


def _share(lines: Sequence[str]) -> float:
    told = [text for text in lines if text.strip()]
    return sum(1 for text in told if text.lstrip().startswith("#")) / max(1, len(told))


def _fact(file: ChangedFile, rule: str, severity: str, message: str, line: ChangedLine, *, why: str) -> Fact:
    return Fact(
        rule=rule,
        severity="low" if severity == "low" else "info",
        message=message,
        why=why,
        quote=line.text.strip(),
        file=file.path,
        side="new",
        line=line.number,
    )
