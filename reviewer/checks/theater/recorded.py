"""Expectations that are kept in files: snapshots and golden files, and the data beside tests. Information alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewer.checks import roles
from reviewer.checks.ident import Fact, shown
from reviewer.text import plural

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewer.checks.case import Case, ChangedFile

_WHY = "A recording shows what the code does, not what it should do."
_SNAPSHOT = re.compile(r"(?:^|/)(?:__snapshots__|__image_snapshots__|golden|goldens|snapshots|approved|expected)/")
_SNAPSHOT_NAME = re.compile(r"\.(?:snap|ambr|golden|approved\.\w+|expected(?:\.\w+)?|snap\.new)$")
_DATA = frozenset({"json", "csv", "tsv", "yaml", "yml", "txt", "html", "xml", "out", "toml", "ndjson", "jsonl", "sql"})
_TESTS = re.compile(r"(?:^|/)(?:tests?|specs?|__tests__|testdata|fixtures|test-fixtures|cassettes)/")
_NAMED = 3


def recorded(case: Case) -> Iterator[Fact]:
    """Yield what a change rewrote of what its tests compare with."""
    code = any(roles.is_program(file.path) and not roles.is_test(file.path) for file in case.files)
    data: list[ChangedFile] = []
    for file in case.files:
        if file.status not in {"M", "R"} or not file.removed or roles.language(file.path) is not None:
            continue
        if _SNAPSHOT_NAME.search(file.path) or (_SNAPSHOT.search(file.path) and _suffix(file.path) != "md"):
            what = f"The recorded expectation {shown(file.path)} is rewritten"
            yield _fact("snapshot-rewritten", what, [file])
        elif code and _suffix(file.path) in _DATA and _TESTS.search(file.path):
            data.append(file)
    if data:
        names = ", ".join(shown(file.path, 50) for file in data[:_NAMED]) + (" …" if len(data) > _NAMED else "")
        what = f"{plural(len(data), 'file')} of test data {'is' if len(data) == 1 else 'are'} edited ({names})"
        yield _fact("test-data-edited", what, data)


def _fact(rule: str, what: str, files: Sequence[ChangedFile]) -> Fact:
    lines = files[0].added or files[0].removed
    return Fact(
        rule=rule,
        severity="info",
        message=f"{what} in this change.",
        why=_WHY,
        quote=" ".join(file.path for file in files),
        file=files[0].path,
        side="new" if files[0].added else "old",
        line=lines[0].number if lines else None,
    )


def _suffix(path: str) -> str:
    return path.rsplit(".", 1)[-1].lower()
