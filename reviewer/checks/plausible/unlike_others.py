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
from reviewer.checks.python_trees import tree_of
from reviewer.checks.siblings import Calls, callees, calls_of, lacking, shorter, unlike

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reviewer.checks.case import Case
    from reviewer.checks.python_source import PythonFile

_WHY_FUNCTION = "What every function beside it does is often what all of them have to do."
_WHY_CALL = "An argument that everybody gives is seldom meant to be left out."
_MOST_FILES = 40
_SMALL = 100_000
_FEW = 4
_FEW_METHODS = 5
_STATEMENTS = 2


def signs(file: PythonFile, around: Around) -> Iterator[Sign]:
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
    called = callees(file.new, frozenset(lines))
    for call in unlike(around.of(file, called), file.new, frozenset(lines)) if called else ():
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


class Around:
    """The calls of the old side, by file; each file is read once, however many of its folder change."""

    def __init__(self, case: Case) -> None:
        """Read nothing yet."""
        self._tree = case.before
        self._folders: dict[str, list[str]] | None = None
        self._calls: dict[str, Calls] = {}
        self._contents: dict[str, bytes] = {}

    def of(self, file: PythonFile, names: Iterable[str]) -> list[Calls]:
        """Return the calls of a file as it was, and of those files beside it that hold one of some callees."""
        path = file.file.old_path or file.file.path
        if path not in self._calls and file.old is not None:
            self._calls[path] = calls_of(file.old)
        beside = [other for other in self._beside(path) if other != path][:_MOST_FILES]
        words = {name.rpartition(".")[2].encode("utf-8", "surrogateescape") for name in names}
        return [self._read(each, words) for each in (path, *beside)]

    def _beside(self, path: str) -> list[str]:
        if self._folders is None:
            self._folders = {}
            for other in sorted(self._tree.paths()) if self._tree is not None else ():
                if roles.language(other) == "python" and not roles.is_test(other):
                    self._folders.setdefault(posixpath.dirname(other), []).append(other)
        return self._folders.get(posixpath.dirname(path), [])

    def _read(self, path: str, words: set[bytes]) -> Calls:
        if path not in self._calls:
            data = self._content(path)
            # A name that is not plain may be written in other letters.
            if not any(word in data or not word.isascii() for word in words):
                return {}
            tree = tree_of(data, "old", path)
            self._calls[path] = {} if tree is None else calls_of(tree)
            self._contents.pop(path, None)
        return self._calls[path]

    def _content(self, path: str) -> bytes:
        known = self._contents.get(path)
        if known is None:
            known = (self._tree.read(path) if self._tree is not None else None) or b""
            if len(known) <= _SMALL:
                self._contents[path] = known
        return known
