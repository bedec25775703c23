"""A packet of a change of a chosen size, written through the product's own writer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from reviewer.digest import sha256
from reviewer.packet import change, member, writer
from reviewer.packet.manifest import Manifest
from tests.support.packets import EVENTS, usual_manifest

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.bench.workload import FilePair

_MODE = "100644"


def write_packet(path: Path, pairs: Sequence[FilePair], *, blobs: bool) -> Path:
    """Write the change as one packet, with the contents of both sides or without."""
    rows = [
        {
            "path": pair.path,
            "status": "M",
            "added": pair.diff.count(b"\n+") - 1,
            "removed": pair.diff.count(b"\n-") - 1,
            "by": "agent",
            "read_before_edit": True,
        }
        for pair in pairs
    ]
    entries = tuple(
        change.ChangeEntry(pair.path.encode(), _MODE, _MODE, sha256(pair.old), sha256(pair.new)) for pair in pairs
    )
    members: dict[str, writer.Member] = {
        member.DIFF: b"".join(pair.diff for pair in pairs),
        member.CHANGE: change.render(sorted(entries, key=lambda entry: entry.path)),
        member.TIMELINE: b"".join(_lines()),
    }
    if blobs:
        members |= {member.blob_name(sha256(side)): side for pair in pairs for side in (pair.old, pair.new)}
    manifest = Manifest.model_validate(usual_manifest(rows, {}))
    writer.write_archive(path, writer.seal(manifest, members))
    return path


def _lines() -> list[bytes]:
    return [orjson.dumps({key: value for key, value in event.items() if key != "log"}) + b"\n" for event in EVENTS]
