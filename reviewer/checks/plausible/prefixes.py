"""Texts that are compared by their beginning where a whole part of a path is meant."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from reviewer.checks.ident import shown
from reviewer.checks.plausible.outline import name_of, text_of
from reviewer.checks.plausible.sign import at
from reviewer.checks.python_nodes import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.checks.plausible.outline import Outline
    from reviewer.checks.plausible.sign import Sign
    from reviewer.checks.python_source import Definition

_WHY = "Whatever else begins with the same characters is met too: cache also meets cache-2024."
_FOLDER = frozenset({"root", "base", "basedir", "folder", "dir", "directory", "parent", "home", "workspace", "rootdir"})
_PATH = frozenset(
    {"path", "file", "filename", "filepath", "target", "resolved", "relative", "rel", "absolute", "abspath", "realpath"}
    | {"destination", "dest", "location", "candidate", "full", "real", "member"}
)
_CUTS = frozenset({"rstrip", "strip", "removesuffix"})


def signs(outline: Outline) -> Iterator[Sign]:
    """Yield comparisons of beginnings that do not end where a part of the path ends."""
    for call in outline.of(ast.Call):
        if not isinstance(call.func, ast.Attribute) or call.func.attr != "startswith" or len(call.args) != 1:
            continue
        function = outline.function(call)
        given, subject = call.args[0], call.func.value
        if function is None:
            continue
        cut = _is_cut(outline, given, call, function)
        if not cut and not (_words(given) & _FOLDER and _words(subject) & _PATH):
            continue
        if _is_ended(function, given) or _is_followed(outline, call):
            continue
        text = text_of(call)
        message = f"“{shown(text)}” also holds for what only begins with the same characters."
        yield at(
            outline,
            call,
            rule="prefix-inside-part",
            severity="medium" if cut else "low",
            message=message,
            why=_WHY,
            quote=text,
        )


def _words(node: ast.expr) -> set[str]:
    if isinstance(node, ast.Call) and node.args and name_of(node.func) in {"str", "fspath", "abspath", "realpath"}:
        node = node.args[0]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        node = node.func.value
    name = name_of(node)
    return set(re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower().split("_"))


def _is_cut(outline: Outline, given: ast.expr, call: ast.Call, function: Definition) -> bool:
    """Return whether the slash at the end was taken away from what is looked for."""
    if _loses_slash(given):
        return True
    if isinstance(given, ast.Subscript) and text_of(given.slice) == ":-1":
        subject = text_of(given.value)
        tests = [one.test for one in outline.above(call) if isinstance(one, ast.If | ast.IfExp)]
        return any(f"{subject}.endswith('/')" in text_of(test) for test in tests)
    if isinstance(given, ast.Name):
        bound = list(_bound(function, given.id))
        return len(bound) == 1 and _loses_slash(bound[0])
    return False


def _loses_slash(node: ast.expr) -> bool:
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or node.func.attr not in _CUTS:
        return False
    return len(node.args) == 1 and isinstance(node.args[0], ast.Constant) and node.args[0].value in {"/", "\\", "/\\"}


def _bound(function: Definition, name: str) -> Iterator[ast.expr]:
    for part in walk(function):
        if isinstance(part, ast.Assign) and name_of(part.targets[0]) == name:
            yield part.value


def _is_ended(function: Definition, given: ast.expr) -> bool:
    """Return whether the function sees to it that what is looked for ends in a slash, or asks for what is the same."""
    subject = text_of(given)
    for part in walk(function):
        if isinstance(part, ast.BinOp) and isinstance(part.op, ast.Add):
            ends = name_of(part.right) in {"sep", "SEP"} or (
                isinstance(part.right, ast.Constant) and part.right.value == "/"
            )
            if ends and not isinstance(given, ast.Call):
                return True
        elif isinstance(part, ast.Call) and name_of(part.func) == "endswith" and not _loses_slash(given):
            if part.args and text_of(part.args[0]) in {"'/'", "os.sep"} and subject.split(".")[0] in text_of(part.func):
                return True
        elif isinstance(part, ast.JoinedStr) and text_of(part).rstrip("'\"").endswith(("/", "{os.sep}")):
            return True
    return False


def _is_followed(outline: Outline, call: ast.Call) -> bool:
    """Return whether what follows the beginning is asked about in the same condition."""
    joined = next((one for one in outline.above(call) if isinstance(one, ast.BoolOp)), None)
    if joined is None:
        return False
    others = [one for one in joined.values if not any(part is call for part in walk(one))]
    return any("len(" in text_of(one) or "os.sep" in text_of(one) for one in others)
