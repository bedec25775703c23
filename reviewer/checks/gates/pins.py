"""Actions of pipelines that were held at one commit and are no more: what runs then is whatever stands there that day.

By the form of lines, as a comment beside the commit's id says its version. Other repositories' actions only.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewer.checks.gates import wording
from reviewer.checks.gates.wording import weakening
from reviewer.checks.ident import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.checks.ident import Fact

_FILE = re.compile(r"\.github/(?:workflows/[^/]+|actions/.+/action|.*action)\.ya?ml|action\.ya?ml")
_USES = re.compile(rb"^[ \t]{0,80}(?:-[ \t]{1,8})?uses:[ \t]{1,8}['\"]?([\w./-]{1,200})@([\w./-]{1,100})")
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_MAX_LINES = 20_000
_MOST = 8


def may_pin(path: str) -> bool:
    """Return whether a file may call actions."""
    return _FILE.fullmatch(path) is not None


def pin_facts(path: str, old: bytes | None, new: bytes | None) -> Iterator[Fact]:
    """Yield the actions whose commit is no longer said, one fact each."""
    if old is None or new is None:
        return
    before = {name: version for name, version, _ in _calls(old) if _COMMIT.fullmatch(version)}
    loose = {name for name, version, _ in _calls(old) if not _COMMIT.fullmatch(version)}
    told: set[str] = set()
    for name, version, line in _calls(new):
        if name not in before or name in loose or name in told or _COMMIT.fullmatch(version) or len(told) >= _MOST:
            continue
        told.add(name)
        yield weakening(
            rule="action-unpinned",
            severity="low" if re.match(r"v?\d", version) else "medium",
            message=f"{shown(name, 80)} was held at the commit {before[name][:12]}, and is now {shown(version, 40)}.",
            why=wording.WHY_RIGHTS,
            quote=name,
            path=path,
            line=line,
        )


def _calls(data: bytes) -> Iterator[tuple[str, str, int]]:
    for number, line in enumerate(data.split(b"\n")[:_MAX_LINES], 1):
        match = _USES.match(line)
        if match is not None and not match[1].startswith(b"."):
            yield match[1].decode("utf-8", "replace"), match[2].decode("utf-8", "replace"), number
