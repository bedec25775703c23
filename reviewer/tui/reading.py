"""What is read in which order, and what is not shown unasked: groups of files, and the rows that hold secrets.

Pure: paths and findings in, numbers of files and rows out. Every changed file is in exactly one group.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reviewer.checks.finding import Finding
    from reviewer.diff.model import DiffIndex, FileSpan

_TESTS = re.compile(
    r"(^|/)(tests?|spec|__tests__|testdata)/|(^|/)test_[^/]*$|[_.](test|spec)\.[^/]*$|(^|/)conftest\.py$"
)
_REST = re.compile(
    r"\.(md|rst|txt|lock|sum|svg|png|jpe?g|gif|ico|snap|csv)$|(^|/)(docs?|LICEN[CS]E[^/]*|CHANGE[^/]*)(/|$)",
    re.IGNORECASE,
)
_SECRET_RULES = frozenset({"secret"})
_TITLES = ("Outside scope", "Security", "Failing evidence", "Core", "Tests", "The rest")


@dataclass(frozen=True, slots=True)
class Group:
    """Files that are read together, by their numbers in the patch."""

    title: str
    files: tuple[int, ...]


def guided(paths: Sequence[str], findings: Iterable[Finding]) -> tuple[Group, ...]:
    """Return the groups of the guided order, empty ones left out.

    Args:
        paths: the changed files' names, by number.
        findings: decide the first three groups; without any, the names alone decide.
    """
    marked: dict[str, set[str]] = {}
    plain: set[str] = set()
    for finding in findings:
        if finding.file is not None:
            marked.setdefault(finding.file, set()).add(finding.mode)
    members: list[list[int]] = [[] for _ in _TITLES]
    for number, path in enumerate(paths):
        members[_rank(path, marked.get(path, plain))].append(number)
    return tuple(Group(title, tuple(files)) for title, files in zip(_TITLES, members, strict=True) if files)


def by_path(paths: Sequence[str]) -> tuple[Group, ...]:
    """Return one group for each folder, folders and names in order; the group of the top folder has no title."""
    folders: dict[str, list[int]] = {}
    for number in sorted(range(len(paths)), key=lambda n: _path_key(paths[n])):
        folders.setdefault(paths[number].rpartition("/")[0], []).append(number)
    return tuple(Group(folder, tuple(files)) for folder, files in folders.items())


def _path_key(path: str) -> tuple[str, str]:
    folder, _, name = path.rpartition("/")
    return folder, name


def _rank(path: str, modes: set[str]) -> int:
    if "scope" in modes:
        return 0
    if modes & {"security_boundary", "hidden_text"}:
        return 1
    if modes & {"test_theater", "claim_vs_evidence", "gate_weakened"}:
        return 2
    return _rank_by_name(path)


# Asked for each of thousands of files whenever the order is made again.
@lru_cache(maxsize=1 << 14)
def _rank_by_name(path: str) -> int:
    if _TESTS.search(path):
        return 4
    return 5 if _REST.search(path) else 3


def secret_rows(index: DiffIndex, findings: Iterable[Finding]) -> frozenset[int]:
    """Return the patch rows on which a check saw a secret: they stay covered until the person asks for them."""
    files: dict[str, FileSpan] = {}
    for file in index.files:
        files.setdefault(file.path, file)
    rows: set[int] = set()
    for finding in findings:
        if finding.rule not in _SECRET_RULES or finding.file is None or finding.line is None:
            continue
        span = files.get(finding.file)
        for line in range(finding.line, (finding.end_line or finding.line) + 1):
            row = None if span is None else index.row_of_line(span, finding.side or "new", line)
            if row is not None:
                rows.add(row)
    return frozenset(rows)
