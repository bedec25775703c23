"""Put the parts into one manifest that fits the limits, and seal it with all members.

Knows the manifest and how to make it smaller, loudly: texts are cut with a mark, rows are left out with a row that says
so. The id is taken from everything else.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import orjson

from reviewer.digest import Sha256, sha256
from reviewer.errors import BadInputError
from reviewer.packet import member, writer
from reviewer.packet.manifest import Manifest, Producer
from reviewer.text import plural
from reviewer.workflow.packing.identity import time_text, title_text, with_id
from reviewer.workflow.packing.tables import clipped, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviewer.git.commit import CommitInfo
    from reviewer.packet.limits import Limits
    from reviewer.packet.writer import Member
    from reviewer.run.redact import Redactor
    from reviewer.workflow.contract import Contract
    from reviewer.workflow.packing.brief import Brief
    from reviewer.workflow.packing.git_change import GitChange
    from reviewer.workflow.packing.run_log import RunRecord

_PLACEHOLDER_ID = "x"
_PLACEHOLDER = "0" * 64
_CUTS = (64_000, 8_000, 2_000, 500)
_EXPENDABLE = (
    *("file_read", "assumption", "attribution", "host", "claim", "edit_refused", "retry", "question", "denial"),
    *("tool_call", "effect", "command"),
)
_KEPT_ROWS = 500
_MASKED_HERE = ("task", "scope", "rollback", "session", "course", "attribution", "assumption")


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything that goes in."""

    change: GitChange
    run: RunRecord
    brief: Brief
    head: CommitInfo
    commits: Sequence[CommitInfo]
    contract: Contract | None


@dataclass(frozen=True, slots=True)
class Sealed:
    """A packet that is ready to be written: its manifest, and all members with the manifest's bytes among them."""

    manifest: Manifest
    key: Sha256
    members: dict[str, Member]


def assemble(parts: Parts, redactor: Redactor, *, title: str | None, limits: Limits) -> Sealed:
    """Return the packet of these parts.

    Args:
        parts: what was read.
        redactor: what it masked becomes `[[redaction]]`; texts of commits and contract pass through it here.
        title: in place of the usual one.
        limits: what `packet.toml` may take.

    Raises:
        BadInputError: the change has too many files for a packet.
    """
    tables = _tables(parts, redactor, title)
    manifest = Manifest.model_validate(_fitting(tables, limits))
    sealed: list[Manifest] = []

    def finish(pinned: Manifest) -> Manifest:
        sealed.append(with_id(pinned))
        return sealed[0]

    members = writer.seal(manifest, parts.change.members | parts.run.members, finish)
    content = members[member.MANIFEST]
    return Sealed(sealed[0], sha256(content if isinstance(content, bytes) else content.read_bytes()), members)


def _tables(parts: Parts, redactor: Redactor, title: str | None) -> dict[str, Any]:
    said = title if title is not None else _title(parts)
    tables: dict[str, Any] = {
        "schema": "review-packet/1",
        "id": _PLACEHOLDER_ID,
        "title": title_text(_masked(plain(said), redactor)) or "Change",
        "created": time_text(parts.head.committer_time),
        "producer": Producer(name="reviewer", version=version("review-packet")).model_dump(),
        "members_sha256": _PLACEHOLDER,
        "change": parts.change.table.model_dump(),
        **parts.brief.tables,
        "omission": [row.model_dump() for row in (*parts.change.omissions, *parts.run.omissions)],
    }
    # What the run wrote was masked at the door; its masks that stand here are counted. What came another way, from the
    # contract, the agent's notes, trailers and recorders, is masked now.
    for name in _MASKED_HERE:
        tables[name] = _masked(tables[name], redactor)
    for name in tables.keys() - {*_MASKED_HERE, "title"}:
        redactor.recount(orjson.dumps(tables[name]), member.MANIFEST)
    tables["redaction"] = [
        {"file": file, "rule": rule, "count": count} for (file, rule), count in sorted(redactor.counts.items())
    ]
    return tables


def _masked(value: Any, redactor: Redactor) -> Any:  # noqa: ANN401 - any value of the manifest
    match value:
        case str():
            redactor.recount(value.encode("utf-8", "replace"), member.MANIFEST)
            return redactor.text(value, member.MANIFEST)
        case list():
            return [_masked(entry, redactor) for entry in value]
        case dict():
            return {key: _masked(entry, redactor) for key, entry in value.items()}
        case _:
            return value


def _title(parts: Parts) -> str:
    if len(parts.commits) == 1 and parts.head.subject.strip():
        return parts.head.subject
    objective = None if parts.contract is None else parts.contract.task.objective
    prompt = parts.brief.tables["task"].get("prompt")
    return objective or prompt or parts.head.subject


def _fitting(tables: dict[str, Any], limits: Limits) -> dict[str, Any]:
    """Return the tables, made smaller step by step where `packet.toml` would be larger than it may be."""
    most = limits.max_manifest
    # TOML takes less than twice what JSON does, and JSON is there at once.
    if 2 * sum(len(orjson.dumps(value)) for value in tables.values()) <= most or (
        _about(tables) <= most and _size(tables) <= most
    ):
        return tables
    # Writing a large manifest takes long, so the strongest cut is tried first: often only rows help.
    sizes = {name: _about({name: value}, _CUTS[-1]) for name, value in tables.items()}
    if sum(sizes.values()) <= most and _size(rows := _with_cut_texts(tables, _CUTS[-1])) <= most:
        return _mildest(tables, most) or rows
    for name in _EXPENDABLE:
        if len(tables.get(name, ())) <= _KEPT_ROWS:
            continue
        gone = plural(len(tables[name]) - _KEPT_ROWS, f"row of {name}", f"rows of {name}")
        omissions = [*tables["omission"], {"what": gone, "reason": "manifest size"}]
        tables = {**tables, name: tables[name][:_KEPT_ROWS], "omission": omissions}
        sizes[name] = _about({name: tables[name]}, _CUTS[-1])
        if sum(sizes.values()) <= most and _size(rows := _with_cut_texts(tables, _CUTS[-1])) <= most:
            return rows
    if _size(rows := _with_cut_texts(tables, _CUTS[-1])) <= most:
        return rows
    raise BadInputError(
        f"the change has {len(tables['file_changed']):,} files, and their list alone is larger than "
        f"a packet's manifest may be ({limits.max_manifest:,} bytes)",
        hint="give smaller ranges, and make a packet of each",
    )


def _mildest(tables: dict[str, Any], most: int) -> dict[str, Any] | None:
    """Return the tables with the mildest cut of their texts that is enough, None where only the strongest is."""
    for cut in _CUTS[:-1]:
        if _about(tables, cut) <= most and _size(smaller := _with_cut_texts(tables, cut)) <= most:
            return smaller
    return None


def _about(tables: dict[str, Any], cut: int | None = None) -> int:
    """Return about how large tables are in TOML, seldom more than they are; row by row, since copies take memory."""
    size = 0
    for value in tables.values():
        for row in value if isinstance(value, list) else (value,):
            known = {key: entry for key, entry in row.items() if entry is not None} if isinstance(row, dict) else row
            size += len(orjson.dumps(known if cut is None else clipped(known, cut)))
    return size


def _with_cut_texts(tables: dict[str, Any], most: int) -> dict[str, Any]:
    smaller: dict[str, Any] = clipped(tables, most)
    said = {"what": f"texts over {most:,} characters", "reason": "manifest size"}
    return {**smaller, "omission": [*tables["omission"], said]}


def _size(tables: dict[str, Any]) -> int:
    return len(writer.manifest_toml(Manifest.model_validate(tables)))
