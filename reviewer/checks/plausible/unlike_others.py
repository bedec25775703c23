"""What all others beside it have and new code has not: a call, a decorator, an argument.

What guards access is told by the check of the security boundary.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from reviewer.checks import roles
from reviewer.checks.boundary.unguarded import is_guard
from reviewer.checks.ident import shown
from reviewer.checks.plausible.sign import Sign
from reviewer.checks.python_source import parse
from reviewer.checks.siblings import lacking, shorter, unlike

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator

    from reviewer.checks.case import Case
    from reviewer.checks.python_source import PythonFile

_WHY_FUNCTION = "What every function beside it does is often what all of them have to do."
_WHY_CALL = "An argument that everybody gives is seldom meant to be left out."
_MOST_FILES = 40
_FEW = 4
_FEW_METHODS = 5
_STATEMENTS = 2


def signs(case: Case, file: PythonFile) -> Iterator[Sign]:
    """Yield where new code is the odd one out.

    Measured: on 300 whole human commits of click, Werkzeug and attrs, with 20,454 added lines, nothing outside tests.
    """
    if file.new is None:
        return
    lines = {line.number: line.text for line in file.file.added}
    for call in shorter(file.new, frozenset(lines)):
        yield Sign(
            rule="call-unlike",
            severity="low",
            message=f"{shown(call.callee)} is made without {shown(call.argument)}, which the other one here is given.",
            why=_WHY_CALL,
            quote=lines[call.line],
            line=call.line,
            last=call.line,
        )
    if file.old is None:
        return
    for one in lacking(file.old, file.new):
        least = _FEW_METHODS if one.kind.startswith("methods") else _FEW
        if one.line in lines and one.count >= least and one.size >= _STATEMENTS and not is_guard(one.lacks):
            what = f"is not under @{shown(one.lacks)}" if one.is_mark else f"does not call {shown(one.lacks)}"
            yield Sign(
                rule="sibling-unlike",
                severity="low",
                message=f"{shown(one.name)} {what}, and all {one.count} {shown(one.kind)} before it do.",
                why=_WHY_FUNCTION,
                quote=lines[one.line],
                line=one.line,
                last=one.line,
                scope=one.name,
            )
    for call in unlike([*_around(case, file)], file.new, frozenset(lines)):
        given = f"{shown(call.argument)}, which all {call.count} other calls give"
        yield Sign(
            rule="call-unlike",
            severity="low",
            message=f"{shown(call.callee)} is called without {given}.",
            why=_WHY_CALL,
            quote=lines[call.line],
            line=call.line,
            last=call.line,
        )


def _around(case: Case, file: PythonFile) -> Iterator[ast.Module]:
    """Yield the file as it was, and the files beside it."""
    if file.old is not None:
        yield file.old
    if case.before is None:
        return
    path = file.file.old_path or file.file.path
    folder = posixpath.dirname(path)
    beside = [
        other
        for other in case.before.paths()
        if posixpath.dirname(other) == folder and other != path and roles.language(other) == "python"
    ]
    for other in sorted(beside)[:_MOST_FILES]:
        tree = parse(case.before.read(other) or b"")
        if tree is not None and not roles.is_test(other):
            yield tree
