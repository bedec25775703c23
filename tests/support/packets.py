"""Make a packet in a moment, without git: contents in, packet out. For tests of everything that reads packets.

The diff, the change manifest, the blobs and the digests fit each other, so a packet made here passes its own checks.
"""

from __future__ import annotations

import difflib
import hashlib
from typing import TYPE_CHECKING, Any

import orjson

from reviewer.digest import sha256
from reviewer.packet import change, member, writer
from reviewer.packet.manifest import Manifest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

BASE = "1" * 40
HEAD = "2" * 40
ZERO = "0" * 64
OLD = {
    "src/auth/session.py": (
        b"import time\n\n\ndef expired(exp, now):\n    if exp < now:\n        return True\n    return False\n"
    ),
    "README.md": b"# Example\n",
}
NEW = {
    "src/auth/session.py": b"import time\n\nSKEW = 30\n\n\ndef expired(exp, now):\n    return exp <= now - SKEW\n",
    "README.md": b"# Example\n",
    "tests/test_session.py": b"from session import expired\n\n\ndef test_expired():\n    assert expired(1, 100)\n",
}
EVENTS: tuple[dict[str, Any], ...] = (
    {
        "kind": "prompt",
        "seq": 1,
        "time": "2026-01-02T03:04:05Z",
        "turn": 1,
        "text": "Make expiry allow for clock skew.",
    },
    {"kind": "read", "seq": 2, "turn": 1, "path": "src/auth/session.py", "whole": True, "ok": True},
    {
        "kind": "edit",
        "seq": 3,
        "turn": 1,
        "path": "src/auth/session.py",
        "repo_path": "src/auth/session.py",
        "applied": True,
    },
    {
        "kind": "command",
        "seq": 4,
        "turn": 1,
        "n": 1,
        "line": "pytest -q",
        "exit_code": 0,
        "command_kind": "test",
        "state": "passed",
        "log": "logs/1.log",
    },
    {"kind": "message", "seq": 5, "turn": 1, "text": "Done. All tests pass."},
    {"kind": "end", "seq": 6, "turn": 1, "reason": "finished"},
)
LOGS = {1: b"1 passed in 0.01s\n"}


def unified_diff(old: Mapping[str, bytes], new: Mapping[str, bytes]) -> bytes:
    """Return what `git diff --full-index` would say of two sets of text files (no renames, no binaries)."""
    return b"".join(_file_diff(p, old.get(p), new.get(p)) for p in _changed(old, new))


def packet_members(
    old: Mapping[str, bytes] = OLD,
    new: Mapping[str, bytes] = NEW,
    *,
    events: Sequence[Mapping[str, Any]] = EVENTS,
    logs: Mapping[int, bytes] = LOGS,
    manifest: Mapping[str, Any] | None = None,
    blobs: bool = True,
    diff: bytes | None = None,
    extra: Mapping[str, bytes] | None = None,
) -> dict[str, writer.Member]:
    """Return all members of a packet.

    Args:
        old, new: the contents of both sides by path; files that are equal are not part of the change.
        events: the timeline, as JSON objects.
        logs: command outputs by number.
        manifest: tables that replace or add to the usual ones ("scope": {...}, "command": [...]).
        blobs: put the contents in.
        diff: use this diff in place of the one computed.
        extra: more members by name.
    """
    paths = _changed(old, new)
    entries = tuple(_entry(path, old.get(path), new.get(path)) for path in paths)
    members: dict[str, writer.Member] = {
        member.DIFF: unified_diff(old, new) if diff is None else diff,
        member.CHANGE: change.render(entries),
        member.TIMELINE: b"".join(orjson.dumps(dict(event)) + b"\n" for event in events),
        **{member.log_name(number): data for number, data in logs.items()},
        **(extra or {}),
    }
    if blobs:
        contents = [side[path] for side in (old, new) for path in paths if path in side]
        members |= {member.blob_name(sha256(data)): data for data in contents}
    rows = [_row(path, old.get(path), new.get(path)) for path in paths]
    tables: dict[str, Any] = usual_manifest(rows, logs) | dict(manifest or {})
    return writer.seal(Manifest.model_validate(tables), members)


def make_packet(place: Path, *args: Any, name: str = "sample.packet", folder: bool = False, **options: Any) -> Path:  # noqa: ANN401
    """Write a packet below `place` and return its path; arguments as for `packet_members`."""
    members = packet_members(*args, **options)
    path = place / name
    if folder:
        writer.write_folder(path, members)
    else:
        writer.write_archive(path, members)
    return path


def usual_manifest(rows: Sequence[Mapping[str, Any]], logs: Mapping[int, bytes] = LOGS) -> dict[str, Any]:
    """Return the tables of a small, complete and honest packet."""
    command = {
        "n": 1,
        "line": "pytest -q",
        "cwd": "/work",
        "started": "2026-01-02T03:05:00Z",
        "seconds": 1.5,
        "exit_code": 0,
        "kind": "test",
        "state": "passed",
        "after_last_edit": True,
        "log": "logs/1.log" if 1 in logs else None,
    }
    return {
        "schema": "review-packet/1",
        "id": "allow-for-clock-skew-2026-01-02-3f2a",
        "title": "Allow for clock skew",
        "created": "2026-01-02T03:10:00Z",
        "producer": {"name": "reviewer", "version": "0.0.0"},
        "members_sha256": ZERO,
        "origin": {
            "known": {"kind": "derived", "agent": "recorded", "models": "recorded", "operator": "recorded"},
            "kind": "agent",
            "agent": "claude-code",
            "models": ["opus"],
            "operator": {"name": "Ana Example", "email": "ana@example.org"},
        },
        "task": {
            "known": {"prompt": "recorded", "type": "declared"},
            "prompt": "Make expiry allow for clock skew.",
            "type": "bug_fix_isolated",
        },
        "scope": {
            "known": {"allowed_paths": "declared", "forbidden_paths": "declared"},
            "allowed_paths": ["/src/", "/tests/"],
            "forbidden_paths": ["/.github/"],
        },
        "rollback": {
            "known": {"strategy": "declared", "steps": "declared"},
            "strategy": "revert",
            "steps": ["git revert 2222222"],
        },
        "cost": {
            "known": {"input_tokens": "recorded", "output_tokens": "recorded", "seconds": "derived"},
            "input_tokens": 1200,
            "output_tokens": 0,
            "seconds": 300.0,
        },
        "end": {"known": {"reason": "recorded"}, "reason": "finished"},
        "change": {
            "repository": "example",
            "base": BASE,
            "head": HEAD,
            "target_ref": "refs/heads/main",
            "base_tree": "3" * 40,
            "head_tree": "4" * 40,
            "commits": [HEAD],
            "files": len(rows),
            "added": sum(row["added"] or 0 for row in rows),
            "removed": sum(row["removed"] or 0 for row in rows),
            "diff_sha256": ZERO,
            "manifest_sha256": ZERO,
        },
        "file_read": [{"path": "src/auth/session.py", "times": 1}],
        "file_changed": list(rows),
        "command": [command],
        "claim": [{"text": "All tests pass.", "evidence": 1}],
    }


def git_blob_id(data: bytes) -> str:
    """Return the id that git gives to a blob with this content (SHA-1 repositories)."""
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def _changed(old: Mapping[str, bytes], new: Mapping[str, bytes]) -> list[str]:
    return sorted((path for path in {*old, *new} if old.get(path) != new.get(path)), key=lambda path: path.encode())


def _entry(path: str, old: bytes | None, new: bytes | None) -> change.ChangeEntry:
    return change.ChangeEntry(
        path.encode("utf-8", "surrogateescape"),
        "000000" if old is None else "100644",
        "000000" if new is None else "100644",
        None if old is None else sha256(old),
        None if new is None else sha256(new),
    )


def _row(path: str, old: bytes | None, new: bytes | None) -> dict[str, Any]:
    body = _file_diff(path, old, new).split(b"\n+++ ")[-1].split(b"\n")[1:]
    status = "A" if old is None else "D" if new is None else "M"
    return {
        "path": path,
        "status": status,
        "by": "agent",
        "read_before_edit": status != "A",
        "added": sum(line.startswith(b"+") for line in body),
        "removed": sum(line.startswith(b"-") for line in body),
    }


def _file_diff(path: str, old: bytes | None, new: bytes | None) -> bytes:
    name = path.encode()
    before, after = (git_blob_id(data) if data is not None else "0" * 40 for data in (old, new))
    head = b"diff --git a/%s b/%s\n" % (name, name)
    if old is None:
        head += b"new file mode 100644\n"
    if new is None:
        head += b"deleted file mode 100644\n"
    both = old is not None and new is not None
    head += f"index {before}..{after}{' 100644' if both else ''}\n".encode()
    body = b"".join(_hunks(_lines(old or b""), _lines(new or b"")))
    if not body:
        return head
    sides = (b"--- " + (b"/dev/null" if old is None else b"a/" + name) + b"\n") + (
        b"+++ " + (b"/dev/null" if new is None else b"b/" + name) + b"\n"
    )
    return head + sides + body


def _lines(data: bytes) -> list[bytes]:
    parts = data.split(b"\n")
    return [part + b"\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])


def _hunks(old: list[bytes], new: list[bytes]) -> list[bytes]:
    out = []
    for group in difflib.SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(3):
        span = (group[0][1], group[-1][2], group[0][3], group[-1][4])
        out.append(f"@@ -{_range(*span[:2])} +{_range(*span[2:])} @@\n".encode())
        for tag, a, b, c, d in group:
            if tag == "equal":
                out += [_row_of(b" ", line) for line in old[a:b]]
                continue
            out += [_row_of(b"-", line) for line in old[a:b]]
            out += [_row_of(b"+", line) for line in new[c:d]]
    return out


def _row_of(sign: bytes, line: bytes) -> bytes:
    return sign + line if line.endswith(b"\n") else sign + line + b"\n\\ No newline at end of file\n"


def _range(start: int, stop: int) -> str:
    count = stop - start
    first = start if count == 0 else start + 1
    return f"{first}" if count == 1 else f"{first},{count}"
