"""Make a packet of a real range of a real repository, as `reviewer pack` would without a session."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reviewer.diff.index import index_patch
from reviewer.git.quarantine import Quarantine
from reviewer.packet import change, member, writer
from reviewer.packet.manifest import Manifest
from reviewer.workflow.changed import file_changes, path_bytes
from tests.support.packets import usual_manifest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def git_members(
    repository: Path, base: str, head: str, *, blobs: bool = True, diff: bytes | None = None
) -> tuple[dict[str, Any], dict[str, writer.Member]]:
    """Return the manifest's tables and all other members of a packet of `base..head`."""
    with Quarantine.of(repository) as quarantine:
        entries = quarantine.change(base, head)
        patch = quarantine.diff(base, head) if diff is None else diff
        members: dict[str, writer.Member] = {
            member.DIFF: patch,
            member.CHANGE: change.render(entries),
            member.TIMELINE: b"",
        }
        trees = quarantine.tree(base), quarantine.tree(head)
        for entry in entries if blobs else ():
            for tree, digest in zip(trees, (entry.old, entry.new), strict=True):
                if digest is not None and not digest.startswith(change.GITLINK):
                    data = tree.read(entry.path.decode("utf-8", "surrogateescape"))
                    assert data is not None
                    members[member.blob_name(digest)] = data
        index = index_patch(patch)
        changes = file_changes(index, entries)
        tables = usual_manifest([], {}) | {"claim": [], "file_read": []}
        tables["file_changed"] = [
            {
                "path": change.path_text(path_bytes(each.path)),
                "old_path": None if each.old_path is None else change.path_text(path_bytes(each.old_path)),
                "status": each.status,
                "added": None if each.binary else sum(span.added for span in each.spans),
                "removed": None if each.binary else sum(span.removed for span in each.spans),
            }
            for each in changes
        ]
        tables["change"] |= {
            "base": base,
            "head": head,
            "base_tree": quarantine.tree_id(base),
            "head_tree": quarantine.tree_id(head),
            "commits": [head],
            "files": len(changes),
            "added": sum(file.added for file in index.files),
            "removed": sum(file.removed for file in index.files),
        }
    return tables, members


def git_packet(place: Path, repository: Path, base: str, head: str, **options: Any) -> Path:  # noqa: ANN401
    """Write a packet of `base..head` and return its path."""
    return sealed(place, *git_members(repository, base, head, **options))


def sealed(place: Path, tables: Mapping[str, Any], members: Mapping[str, writer.Member]) -> Path:
    """Write a packet of these tables and members, whose digests fit whatever they hold."""
    place.parent.mkdir(parents=True, exist_ok=True)
    writer.write_archive(place, writer.seal(Manifest.model_validate(dict(tables)), dict(members)), replace=True)
    return place
