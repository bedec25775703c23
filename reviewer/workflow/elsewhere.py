"""Checks that a person installed beside this program: entry points of the group `reviewer.checks`.

Taken only from the places where installed packages lie, never from the working directory and never from the repository
under review. One that cannot be loaded, breaks, or answers with something else than a result says so in one sentence,
as a result that is incomplete; it hides nothing that another check found.
"""

from __future__ import annotations

import hashlib
import importlib.util
import math
import site
from dataclasses import dataclass, replace
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from reviewer.checks.finding import MODES, SEVERITIES, CheckResult, Finding, Known, Side, Status, ToolRun
from reviewer.text import clip, display_safe

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reviewer.checks.case import Case
    from reviewer.checks.check import Check
    from reviewer.checks.finding import Mode

GROUP = "reviewer.checks"
_WIDEST: Mode = "plausible_wrong"
"""Where a check is told of whose mode nobody knows."""
_MOST = 64
_LONGEST = 200


class _UnsoundError(Exception):
    """A result that is none."""


@dataclass(frozen=True, slots=True)
class ElsewhereCheck:
    """A check from another distribution, or what is known of one that cannot be loaded.

    Attributes:
        by: name of the distribution; title: with its version.
        name: of the entry point.
        problem: why it cannot be run, "" if it can.
    """

    mode: Mode
    version: int
    by: str
    title: str
    name: str
    check: Check | None = None
    problem: str = ""

    def run(self, case: Case) -> CheckResult:
        """Run it, and answer for whatever it does."""
        if self.check is None:
            return self._failed(self.problem)
        try:
            return self._owned(self.check.run(case))
        except _UnsoundError as error:
            return self._failed(f"it gave something else than a result: {error}")
        except (Exception, SystemExit) as error:  # noqa: BLE001 - code of others must not hide what the rest found
            return self._failed(f"it failed ({_said(error)})")

    def _failed(self, why: str) -> CheckResult:
        reason = f"the check {display_safe(self.name)} of {display_safe(self.title)} examined nothing: {why}"
        return CheckResult(
            mode=self.mode, status="incomplete", reason=clip(reason, 400), version=self.version, by=self.by
        )

    def _owned(self, result: object) -> CheckResult:
        if not isinstance(result, CheckResult) or result.mode != self.mode:
            raise _UnsoundError(f"no result of the mode {self.mode}")
        _sound(isinstance(result.findings, tuple | list), "findings")
        _sound(result.status in get_args(Status), "status")
        _sound(all(isinstance(text, str) for text in (result.reason, result.examined)), "its account")
        return CheckResult(
            mode=self.mode,
            status=result.status,
            findings=tuple(self._labelled(finding) for finding in result.findings),
            reason=result.reason,
            examined=result.examined,
            version=self.version,
            tools=(ToolRun(tool=self.title),),
            by=self.by,
        )

    def _labelled(self, finding: Any) -> Finding:  # noqa: ANN401 - whatever code of others made
        if not isinstance(finding, Finding) or finding.mode != self.mode:
            raise _UnsoundError(f"no finding of the mode {self.mode}")
        _fields(finding)
        return replace(
            finding,
            # Its ids may be any, and have to differ from ours.
            id=hashlib.sha256(f"{self.by}\0{finding.id}".encode("utf-8", "surrogatepass")).hexdigest()[:16],
            also=(),
            by=self.by,
        )


def installed(repository: Path | None = None, places: Sequence[str] | None = None) -> tuple[ElsewhereCheck, ...]:
    """Return the checks that are installed beside this program, in the order of their distributions' names.

    Args:
        repository: the work tree under review; code that lies in it is not loaded.
        places: folders of installed packages; those of this interpreter by default.
    """
    folders = [str(Path(place).resolve()) for place in (site.getsitepackages() if places is None else places)]
    found = [
        (distribution, point)
        for distribution in metadata.distributions(path=folders)
        for point in distribution.entry_points
        if point.group == GROUP
    ]
    found.sort(key=lambda one: (_name(one[0]), one[1].name, one[1].value))
    unique = dict.fromkeys((_name(one), _title(one), point) for one, point in found)
    return tuple(_loaded(by, title, point, repository, folders) for by, title, point in [*unique][:_MOST])


def _loaded(
    by: str, title: str, point: metadata.EntryPoint, repository: Path | None, folders: Sequence[str]
) -> ElsewhereCheck:
    start = point.name.partition(".")[0]
    mode: Mode = start if start in MODES else _WIDEST
    broken = ElsewhereCheck(mode, 0, by, title, clip(point.name, _LONGEST))
    try:
        if repository is not None and _lies_in(point, repository, folders):
            return replace(broken, problem="its code lies in the repository under review, and is not loaded")
        made: Any = point.load()
        check = made() if isinstance(made, type) else made
        if check.mode not in MODES:
            return replace(broken, problem=f"its mode is none that there is ({_said(check.mode)})")
        if type(check.version) is not int or check.version < 0 or not callable(check.run):
            return replace(broken, mode=check.mode, problem="it has no version that is a number, or nothing to run")
    except (Exception, SystemExit) as error:  # noqa: BLE001 - code of others must not hide what the rest found
        return replace(broken, problem=f"it cannot be loaded ({_said(error)})")
    return replace(broken, mode=check.mode, version=check.version, check=check)


def _lies_in(point: metadata.EntryPoint, repository: Path, folders: Iterable[str]) -> bool:
    top = point.value.partition(":")[0].partition(".")[0].strip()
    # Looking for a module at the top imports nothing.
    spec = importlib.util.find_spec(top)
    if spec is None:
        return False
    places = [Path(place).resolve() for place in (spec.origin, *(spec.submodule_search_locations or ())) if place]
    inside = repository.resolve()
    return any(
        place.is_relative_to(inside) and not any(place.is_relative_to(folder) for folder in folders) for place in places
    )


def _fields(finding: Any) -> None:  # noqa: ANN401 - its types are promises of others
    """Hold each field to its type, as others may promise what they like.

    Raises:
        _UnsoundError: naming the first that is not as it has to be.
    """
    texts = (finding.id, finding.rule, finding.message, finding.why)
    _sound(all(isinstance(text, str) and text for text in texts), "a text of a finding")
    _sound(finding.severity in SEVERITIES and finding.known in get_args(Known), "severity or known")
    _sound(finding.file is None or isinstance(finding.file, str), "file")
    _sound(finding.side in {None, *get_args(Side)}, "side")
    lines = [line for line in (finding.line, finding.end_line) if line is not None]
    _sound(all(type(line) is int and line > 0 for line in lines), "line")
    _sound(isinstance(finding.evidence, tuple) and all(isinstance(one, str) for one in finding.evidence), "evidence")
    _sound(isinstance(finding.numbers, tuple), "numbers")
    for pair in finding.numbers:
        _sound(isinstance(pair, tuple) and len(pair) == 2 and isinstance(pair[0], str), "numbers")
        _sound(type(pair[1]) in {int, float} and math.isfinite(pair[1]), "numbers")


def _sound(holds: bool, what: str) -> None:  # noqa: FBT001 - reads as a sentence
    if not holds:
        raise _UnsoundError(f"{what} is not as it has to be")


def _name(distribution: metadata.Distribution) -> str:
    return clip(display_safe(str(distribution.metadata["Name"] or "a package without a name")), _LONGEST)


def _title(distribution: metadata.Distribution) -> str:
    return clip(display_safe(f"{_name(distribution)} {distribution.metadata['Version'] or ''}".strip()), _LONGEST)


def _said(what: object) -> str:
    text = f"{type(what).__name__}: {what}" if isinstance(what, BaseException) else str(what)
    return clip(display_safe(text), _LONGEST)
