"""The frozen inputs of every check: the packet's manifest, the run, the diff and the files on both sides.

A check reads this and nothing else: no clock, no process, no network, no file of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from reviewer.checks.diagnostics import Diagnostics
    from reviewer.checks.probed import Probed
    from reviewer.packet.manifest import Manifest
    from reviewer.run.event import Event


class SourceTree(Protocol):
    """The files of one side of the change, by path with `/`."""

    def read(self, path: str) -> bytes | None:
        """Return the exact content, or None when this tree does not have it (not there, or not in the packet)."""

    def paths(self) -> Iterable[str]:
        """Return the paths that can be read."""


@dataclass(frozen=True, slots=True)
class ChangedLine:
    """One added or removed line: its number from 1 on its own side, and its bytes without the line feed."""

    number: int
    raw: bytes

    @property
    def text(self) -> str:
        """The line as text; bytes that are not UTF-8 become lone surrogates."""
        return self.raw.decode("utf-8", "surrogateescape")


@dataclass(frozen=True, slots=True)
class ChangedFile:
    """One path of the change.

    Attributes:
        status: git's letter (A M D R C T).
        old, new: whole content of each side; None when the side does not exist or the packet does not hold it.
        added: lines that only the new side has, in order; removed: likewise for the old side.
        old_mode, new_mode: git's octal modes ("100644", "120000" symlink, "160000" submodule), None if absent.
        content_missing: a side exists in the change but its bytes are not at hand (too large, binary, left out).
    """

    path: str
    old_path: str | None
    status: str
    old: bytes | None
    new: bytes | None
    added: Sequence[ChangedLine]
    removed: Sequence[ChangedLine]
    old_mode: str | None = None
    new_mode: str | None = None
    binary: bool = False
    content_missing: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """Everything that checks may look at.

    Attributes:
        files: the changed paths in the order of the diff.
        before, after: whole trees where the repository is at hand, else None (then only `files` can be looked at).
        diagnostics: what tools said of both sides, None if none was run.
        probed: what running the tests showed, None if nobody asked for it.
    """

    manifest: Manifest
    events: Sequence[Event]
    files: Sequence[ChangedFile]
    before: SourceTree | None = None
    after: SourceTree | None = None
    logs: Mapping[str, bytes] = field(default_factory=dict)
    diagnostics: Diagnostics | None = None
    probed: Probed | None = None
