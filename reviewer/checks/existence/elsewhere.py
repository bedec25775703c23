"""What the repository says of a name that the tools miss: set from outside its class, missed before, or of Python 2.

Each is a reason to doubt the tools and none to believe that the name is there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from reviewer.checks.dependencies.python_two import NAMES
from reviewer.checks.dependencies.usage import Tree
from reviewer.checks.sides import contents

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reviewer.checks.case import Case
    from reviewer.checks.diagnostics import Diagnostic

_ATTRIBUTE = re.compile(r"(?:attribute|member) `(\w{1,100})`")
_OWNER = re.compile(r"(?:[Cc]lass|type) `(?:[\w.]{1,200}\.)?(\w{1,100})`")
_UNION = re.compile(r"(?:type|class) `[^`]{0,2000} \| [^`]{0,2000}`")
_NAME = re.compile(r"`(\w{1,100})`")
_MOST = 40
_MANIFESTS = ("setup.py", "setup.cfg", "tox.ini", "pyproject.toml")
_TWO = re.compile(rb"Python :: 2|\bpy2[67]\b|python_requires[^\n]{0,20}2\.[67]")


@dataclass
class Elsewhere:
    """What else is known of the names that the tools miss in one change.

    Attributes:
        case: the change.
        before: what the tools said of its old side.
    """

    case: Case
    before: Iterable[Diagnostic]
    _asked: int = field(default=0)

    def doubt(self, said: Iterable[Diagnostic], path: str) -> str:
        """Return a reason to doubt what is said of one place of a file, to end a sentence with; "" if there is none."""
        said = list(said)
        if all(self._is_known(one, path) for one in said):
            return ", as it does of lines that are older"
        if len({one.tool for one in said}) == 1 and any(_UNION.search(one.message) for one in said):
            return ", of a value that may be one of many types"
        if any(one.kind == "attribute" and self._is_set(one.message) for one in said):
            return ", and the repository sets it from outside the class"
        if all(one.kind == "attribute" and self._is_asked_for(one.message, path) for one in said):
            return ", and the file asks whether it is there"
        names = {match[1] for one in said if one.kind == "name" and (match := _NAME.search(one.message))}
        if names and names <= NAMES and self.has_two:
            return ", and Python 2, which the project states, has it"
        return ""

    @cached_property
    def has_two(self) -> bool:
        """Whether the base says that it runs with Python 2."""
        tree = self.case.before
        return any(tree is not None and _TWO.search((tree.read(name) or b"")[:200_000]) for name in _MANIFESTS)

    def stands_beside(self, module: str, path: str) -> bool:
        """Return whether a file of a module's name is in the folder of the file that imports it."""
        folder = path.rpartition("/")[0]
        start = f"{folder}/{module}" if folder else module
        wanted = (f"{start}.py", f"{start}/__init__.py")
        if any(file.path in wanted and file.status != "D" for file in self.case.files):
            return True
        tree = self.case.after
        return tree is not None and any(tree.read(one) is not None for one in wanted)

    def _is_known(self, one: Diagnostic, path: str) -> bool:
        """Return whether a tool said the same before, or missed the same attribute in the same file."""
        if one.kind not in {"attribute", "callable"}:
            return False
        if (one.tool, one.message) in self._sentences:
            return True
        match = _ATTRIBUTE.search(one.message)
        return match is not None and (one.tool, self._old.get(path, path), match[1]) in self._missed

    @cached_property
    def _old(self) -> dict[str, str]:
        return {file.path: file.old_path for file in self.case.files if file.old_path}

    @cached_property
    def _sentences(self) -> frozenset[tuple[str, str]]:
        return frozenset((one.tool, one.message) for one in self.before)

    @cached_property
    def _missed(self) -> frozenset[tuple[str, str, str]]:
        return frozenset(
            (one.tool, one.path, match[1])
            for one in self.before
            if one.kind == "attribute" and (match := _ATTRIBUTE.search(one.message))
        )

    def _is_asked_for(self, message: str, path: str) -> bool:
        """Return whether the file looks for the attribute by its name: its author knows that it may be missing."""
        attribute = _ATTRIBUTE.search(message)
        file = next((file for file in self.case.files if file.path == path), None)
        new = contents(self.case, file).new if attribute is not None and file is not None else None
        if new is None or attribute is None:
            return False
        name = re.escape(attribute[1].encode())
        return (
            re.search(rb"\b(?:has|get|set|del)attr\([^,()\n]{1,80},\s{0,20}[\"']" + name + rb"[\"']", new) is not None
        )

    def _is_set(self, message: str) -> bool:
        """Return whether code of the repository gives a class the attribute by the name of the class."""
        attribute, owner = _ATTRIBUTE.search(message), _OWNER.search(message)
        if attribute is None or owner is None or self._asked >= _MOST:
            return False
        self._asked += 1
        name, of = re.escape(attribute[1].encode()), re.escape(owner[1].encode())
        form = re.compile(
            rb"\b"
            + of
            + rb"\."
            + name
            + rb"[ \t]{0,8}=[^=]|setattr\(\s{0,8}"
            + of
            + rb"\s{0,8},\s{0,8}[\"']"
            + name
            + rb"[\"']"
        )
        return any(form.search(data) for data in self._changed()) or (
            self._tree is not None and self._tree.mentions(form, "python")
        )

    def _changed(self) -> Iterator[bytes]:
        for file in self.case.files:
            new = contents(self.case, file).new if file.path.endswith(".py") else None
            if new is not None:
                yield new

    @cached_property
    def _tree(self) -> Tree | None:
        return Tree(self.case.after) if self.case.after is not None else None
