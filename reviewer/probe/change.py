"""A change as runs of tests see it: two trees, which changed paths belong to the tests, and the four trees of both.

Knows paths and functions; runs nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from reviewer.checks import roles
from reviewer.probe.definitions import Definitions, definitions, shared
from reviewer.probe.files import Files

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reviewer.checks.case import Case, ChangedFile

_TEST_FOLDERS = frozenset({"test", "tests", "__tests__", "spec", "specs", "testing", "e2e", "testdata"})
_SETTINGS = frozenset({"pytest.ini", ".pytest.ini", "pytest.toml", ".pytest.toml", "conftest.py"})
_TEST_FILE = re.compile(
    r"test_.*\.py|.*_tests?\.py|tests?\.py|.*_test\.go|.*\.(?:test|spec)\.[cm]?[jt]sx?|.*Tests?\.java|.*_(?:spec|test)\.rb"
)
_TEST_IN_TEXT = re.compile(
    rb"^[ \t]*(?:async[ \t]+)?def test|^class Test|\bTestCase\b|\b(?:it|test|describe)\(|#\[test\]", re.MULTILINE
)


@dataclass(frozen=True)
class Change:
    """Two trees and the changed paths.

    Attributes:
        before, after: whole trees.
        files: the changed paths in the order of the diff.
        borrowed: paths on both sides that no commit has, taken from the person's checkout (`probe.borrowed`).
    """

    before: Files
    after: Files
    files: Sequence[ChangedFile]
    borrowed: tuple[str, ...] = ()

    @classmethod
    def of(cls, case: Case) -> Change | None:
        """Return the change of a case, None where its trees are not at hand."""
        if case.before is None or case.after is None:
            return None
        return cls(Files.of(case.before), Files.of(case.after), case.files)

    @cached_property
    def test_paths(self) -> frozenset[str]:
        """Changed paths, of either side, that belong to the tests: test files, their helpers, their data, settings."""
        paths = {path for file in self.files for path in (file.path, file.old_path) if path is not None}
        return frozenset(path for path in paths if belongs_to_tests(path))

    @cached_property
    def code(self) -> tuple[ChangedFile, ...]:
        """Changed files that are not of the tests."""
        return tuple(file for file in self.files if file.path not in self.test_paths)

    @cached_property
    def new_tests(self) -> tuple[str, ...]:
        """Changed files of the head that hold tests."""
        return tuple(
            file.path
            for file in self.files
            if file.status != "D"
            and file.path in self.test_paths
            and holds_tests(file.path, self.after.read(file.path))
        )

    @cached_property
    def old_tests(self) -> tuple[str, ...]:
        """Changed files of the parent that hold tests."""
        paths = [file.old_path or file.path for file in self.files if file.status != "A"]
        return tuple(path for path in paths if path in self.test_paths and holds_tests(path, self.before.read(path)))

    @cached_property
    def moved(self) -> Mapping[str, str]:
        """New path of each old one that was renamed."""
        return {file.old_path: file.path for file in self.files if file.old_path is not None and file.status == "R"}

    @cached_property
    def parent_new(self) -> Files:
        """The parent's code with the head's tests."""
        return self.before.overlaid(self.after, self.test_paths)

    @cached_property
    def head_old(self) -> Files:
        """The head's code with the parent's tests."""
        return self.after.overlaid(self.before, self.test_paths)

    @cached_property
    def edited(self) -> frozenset[str]:
        """Tests of the head that the change adds or edits, by id without parameters; a path stands for all in it."""
        found = _differing(self.new_tests, self._new, self._old_as_new)
        back = {new: old for old, new in self.moved.items()}
        return frozenset(one for one in found if "::" in one or self._shares_other(one, back.get(one, one)))

    @cached_property
    def replayable(self) -> frozenset[str]:
        """Tests of the parent that the change edits or takes away, by id; a path stands for all in it.

        One that only moved to another changed file, word for word, is none of them.
        """
        new = {self.moved.get(path, path): found for path, found in self._new.items()}
        by_old = {path: new.get(self.moved.get(path, path)) for path in self.old_tests}
        bodies = {digest for found in self._new.values() if found is not None for digest in found.values()}
        found: set[str] = set()
        for path in self.old_tests:
            names = self._old.get(path)
            other = by_old[path]
            if names is None or (other is None and path in self.after.rows):
                found.add(path)
                continue
            differing = {name for name, digest in names.items() if (other or {}).get(name) != digest}
            found |= {f"{path}::{name}" for name in differing if names[name] not in bodies}
            if not differing and self._shares_other(self.moved.get(path, path), path):
                found.add(path)
        return frozenset(found)

    def _shares_other(self, new: str, old: str) -> bool:
        """Return whether what the tests of a file share is not what it was, or cannot be told."""
        ours, theirs = shared(new, self.after.read(new)), shared(old, self.before.read(old))
        return ours is None or ours != theirs

    def is_deleted(self, test: str) -> bool:
        """Return whether a test of the parent has no counterpart of its name in the head."""
        path, _, name = test.partition("::")
        found = self._new.get(self.moved.get(path, path))
        return (
            self.moved.get(path, path) not in self.after.rows if found is None else name.split("[", 1)[0] not in found
        )

    def as_new(self, test: str) -> str:
        """Return the id that a test of the parent has in the head, if its file was renamed."""
        path, joined, name = test.partition("::")
        return self.moved.get(path, path) + joined + name

    @cached_property
    def _new(self) -> Mapping[str, Definitions | None]:
        return {path: definitions(path, self.after.read(path)) for path in self.new_tests}

    @cached_property
    def _old(self) -> Mapping[str, Definitions | None]:
        return {path: definitions(path, self.before.read(path)) for path in self.old_tests}

    @cached_property
    def _old_as_new(self) -> Mapping[str, Definitions | None]:
        return {self.moved.get(path, path): found for path, found in self._old.items()}


def belongs_to_tests(path: str) -> bool:
    """Return whether a path is a test, a helper or data of tests, or settings of the test runner."""
    *folders, name = path.split("/")
    return roles.is_test(path) or name in _SETTINGS or any(folder.lower() in _TEST_FOLDERS for folder in folders)


def holds_tests(path: str, data: bytes | None) -> bool:
    """Return whether a file of the tests holds tests itself, by its name or its words."""
    if data is None or roles.language(path) is None or path.rsplit("/", 1)[-1] == "conftest.py":
        return False
    if _TEST_FILE.fullmatch(path.rsplit("/", 1)[-1]):
        return True
    return roles.is_test(path) and _TEST_IN_TEXT.search(data) is not None


def is_among(test: str, names: frozenset[str]) -> bool:
    """Return whether an id is one of these: itself, without its parameters, or by its whole file."""
    return test in names or test.split("[", 1)[0] in names or test.split("::", 1)[0] in names


def _differing(
    paths: Sequence[str], ours: Mapping[str, Definitions | None], others: Mapping[str, Definitions | None]
) -> set[str]:
    found: set[str] = set()
    for path in paths:
        names, other = ours.get(path), others.get(path)
        differing = {name for name, digest in (names or {}).items() if (other or {}).get(name) != digest}
        found |= {f"{path}::{name}" for name in differing} or {path}
    return found
