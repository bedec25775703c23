"""What the product says of one change, found on a user's way: pack, open, check. Kept as plain values and as JSON."""

from __future__ import annotations

import os
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from reviewer.errors import ReviewerError
from reviewer.workflow.checking import check
from reviewer.workflow.open import open_packet
from reviewer.workflow.pack import PackRequest, pack
from reviewer.workflow.probing.plan import plan
from reviewer.workflow.probing.running import run

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reviewer.checks.finding import Mode
    from reviewer.checks.probed import Part
    from reviewer.workflow.open import OpenedPacket

_SOURCES = (".py", ".pyi", ".js", ".mjs", ".cjs", ".jsx", ".ts", ".tsx", ".go", ".rs", ".rb", ".java")
_SETTINGS = (".toml", ".cfg", ".ini", ".yml", ".yaml", ".json", ".sql", ".sh", ".txt")
CODE = frozenset((*_SOURCES, *_SETTINGS))
"""Added lines of these files are what alarms are counted by; documents would only make the figures look better."""


@dataclass(frozen=True, slots=True)
class Said:
    """One finding, as far as it counts here."""

    mode: str
    rule: str
    severity: str
    file: str | None
    side: str | None
    line: int | None
    end_line: int | None
    message: str

    @property
    def name(self) -> str:
        """Its rule with its mode."""
        return f"{self.mode}.{self.rule}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """One change.

    Attributes:
        added: lines of code and settings.
        statuses: what each check says of itself.
        first: seconds from the open packet to the first result that has findings or, without any, to the end.
        seconds: to all results.
        error: why there is nothing, or empty.
    """

    name: str
    added: int = 0
    findings: tuple[Said, ...] = ()
    statuses: Mapping[str, str]
    first: float = 0.0
    seconds: float = 0.0
    error: str = ""

    def as_json(self) -> dict[str, Any]:
        """The same as plain data."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Examined:
        """What `as_json` gave."""
        return cls(**{**data, "findings": tuple(Said(**row) for row in data["findings"])})


def examine(
    name: str,
    repository: Path,
    span: str,
    *,
    sessions: tuple[Path, ...] = (),
    task: Path | None = None,
    python: str | None = None,
    parts: Sequence[Part] = (),
    modes: Sequence[Mode] = (),
) -> Examined:
    """Pack a change, open the packet and run every check.

    Args:
        name: to be known by.
        repository: any place in it.
        span: the range.
        sessions: logs of the run.
        task: its contract.
        python: an environment, as `reviewer check --python` takes it.
        parts: what is run of the change first, as `reviewer probe` takes them; its results are for this call only.
        modes: only these checks, all by default.
    """
    with tempfile.TemporaryDirectory(prefix="evaluate-") as place:
        request = PackRequest(
            repository=repository, revision=span, sessions=sessions, task=task, output=Path(place) / "one.packet"
        )
        try:
            packed = pack(request)
        except ReviewerError as error:
            return Examined(name=name, statuses={}, error=str(error))
        with open_packet(packed.path, repository=repository) as opened:
            if parts:
                _probe(opened, parts, python, Path(place))
            start = time.perf_counter()
            first = None
            results = []
            for result in check(opened, modes=modes, python=python):
                results.append(result)
                if first is None and result.findings:
                    first = time.perf_counter() - start
            seconds = time.perf_counter() - start
            added = sum(file.added for file in opened.index.files if PurePosixPath(file.path.lower()).suffix in CODE)
    findings = [
        Said(one.mode, one.rule, one.severity, one.file, one.side, one.line, one.end_line, one.message)
        for result in results
        for one in result.findings
    ]
    return Examined(
        name=name,
        added=added,
        findings=tuple(findings),
        statuses={result.mode: result.status for result in results},
        first=seconds if first is None else first,
        seconds=seconds,
    )


def _probe(opened: OpenedPacket, parts: Sequence[Part], python: str | None, place: Path) -> None:
    """Run the change's tests; what they show is kept below a place, where the checks then look for it."""
    os.environ["REVIEWER_STATE_DIR"] = str(place / "state")
    planned = plan(opened, parts, python=python, seconds=60, jobs=1)
    if planned.parts:
        run(planned, opened)
