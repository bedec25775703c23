"""Builds cases by hand: two dicts of paths and contents become what checks look at, with no git and no packet."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

from reviewer.checks.case import Case, ChangedFile, ChangedLine
from reviewer.packet.manifest import Manifest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from reviewer.run.event import Event

Content = str | bytes
_FILE = "100644"


class DictTree:
    """A source tree in memory."""

    def __init__(self, files: Mapping[str, Content]) -> None:
        self._files = {path: _bytes(content) for path, content in files.items()}

    def read(self, path: str) -> bytes | None:
        return self._files.get(path)

    def paths(self) -> Iterable[str]:
        return tuple(self._files)


def make_case(
    before: Mapping[str, Content],
    after: Mapping[str, Content],
    *,
    renames: Mapping[str, str] | None = None,
    modes: Mapping[str, tuple[str | None, str | None]] | None = None,
    missing: Sequence[str] = (),
    events: Sequence[Event] = (),
    logs: Mapping[str, bytes] | None = None,
    trees: bool = False,
    **tables: Any,  # noqa: ANN401 - a table is whatever TOML can hold
) -> Case:
    """Return the case of a change from `before` to `after`.

    Args:
        before, after: content by path; a path that only one of them has was added or removed.
        renames: new path to old path.
        modes: by path, git's modes of both sides where they are not those of a plain file.
        missing: paths whose content is not at hand.
        events, logs: the run.
        trees: whether whole trees are at hand too.
        tables: tables of the manifest as dicts or lists (`scope={"allowed_paths": ["src/**"]}`).
    """
    renames = renames or {}
    moved_away = set(renames.values())
    paths = sorted({*before, *after} - moved_away)
    files = [
        _changed(
            path,
            renames.get(path),
            before.get(renames.get(path, path)),
            after.get(path),
            (modes or {}).get(path),
            missing=path in missing,
        )
        for path in paths
        if path in renames or before.get(path) != after.get(path) or path in (modes or {})
    ]
    return Case(
        manifest=make_manifest(files, **tables),
        events=tuple(events),
        files=tuple(files),
        before=DictTree(before) if trees else None,
        after=DictTree(after) if trees else None,
        logs=dict(logs or {}),
    )


def make_manifest(files: Sequence[ChangedFile] = (), **tables: Any) -> Manifest:  # noqa: ANN401 - as above
    """Return a manifest with the least that one must have, and the tables given."""
    rows = [
        {
            "path": file.path,
            "old_path": file.old_path,
            "status": file.status,
            "added": len(file.added),
            "removed": len(file.removed),
        }
        for file in files
    ]
    document: dict[str, Any] = {
        "schema": "review-packet/1",
        "id": "sample-2026-01-01-0a0b",
        "title": "A sample",
        "created": "2026-01-01T00:00:00Z",
        "producer": {"name": "tests", "version": "0"},
        "members_sha256": "0" * 64,
        "change": {
            "repository": "sample",
            "base": "1" * 40,
            "head": "2" * 40,
            "base_tree": "3" * 40,
            "head_tree": "4" * 40,
            "files": len(files),
            "added": sum(len(file.added) for file in files),
            "removed": sum(len(file.removed) for file in files),
            "diff_sha256": "5" * 64,
            "manifest_sha256": "6" * 64,
        },
        "file_changed": rows,
        **tables,
    }
    return Manifest.model_validate(document)


def _changed(
    path: str,
    old_path: str | None,
    old: Content | None,
    new: Content | None,
    modes: tuple[str | None, str | None] | None,
    *,
    missing: bool,
) -> ChangedFile:
    before, after = (None if side is None else _bytes(side) for side in (old, new))
    removed, added = _lines(before or b"", after or b"")
    old_mode, new_mode = modes or (None if before is None else _FILE, None if after is None else _FILE)
    status = "R" if old_path else "A" if old_mode is None else "D" if new_mode is None else "M"
    if status == "M" and old_mode is not None and new_mode is not None and old_mode[:2] != new_mode[:2]:
        status = "T"
    return ChangedFile(
        path=path,
        old_path=old_path,
        status=status,
        old=None if missing else before,
        new=None if missing else after,
        added=added,
        removed=removed,
        old_mode=old_mode,
        new_mode=new_mode,
        content_missing=missing,
    )


def _lines(old: bytes, new: bytes) -> tuple[tuple[ChangedLine, ...], tuple[ChangedLine, ...]]:
    before, after = _split(old), _split(new)
    removed: list[ChangedLine] = []
    added: list[ChangedLine] = []
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag != "equal":
            removed.extend(ChangedLine(number + 1, before[number]) for number in range(i1, i2))
            added.extend(ChangedLine(number + 1, after[number]) for number in range(j1, j2))
    return tuple(removed), tuple(added)


def _split(data: bytes) -> list[bytes]:
    lines = data.split(b"\n")
    return lines[:-1] if lines[-1] == b"" else lines


def _bytes(content: Content) -> bytes:
    return content.encode("utf-8", "surrogateescape") if isinstance(content, str) else content
