"""What a person reads first: findings by weight and rarity, what two rules say of one place told once, style folded.

Pure functions over results and findings, used by the screen and by plain text alike. Knows no particular rule: which
rules say the same, and how rare each is, stands in the catalogue.
"""

from __future__ import annotations

import functools
import importlib.resources
import tomllib
from dataclasses import replace
from typing import TYPE_CHECKING

from reviewer.checks import catalogue
from reviewer.checks.finding import SEVERITIES, CheckResult, Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from reviewer.checks.finding import Mode, Status

STYLE_SHOWN = 5
"""So many light findings of style are shown; the rest is a number."""
_CODES = 12
_LOUDEST: tuple[Status, ...] = ("incomplete", "done", "not_applicable")


def settle(results: Sequence[CheckResult]) -> tuple[CheckResult, ...]:
    """Return the results with what several rules say of one place told once: by the most severe of these findings.

    It names the others in `also` and has their evidence; they are taken out of their results. The choice depends on
    what was found and not on the order in which checks ended.
    """
    places: dict[tuple[int, str, int, str], list[Finding]] = {}
    for finding in (one for result in results if not result.by for one in result.findings):
        if finding.file is not None and finding.line is not None:
            for group in _groups().get(_name(finding), ()):
                places.setdefault((group, finding.file, finding.line, finding.side or ""), []).append(finding)
    leads: dict[str, Finding] = {}
    gone: set[str] = set()
    for place, found in sorted(places.items()):
        ranks = groups_in_order()[place[0]]
        there = sorted(
            (one for one in found if one.id not in gone),
            key=lambda one: (-_weight(one), ranks.index(_name(one)), one.id),
        )
        others = [one for one in there[1:] if _name(one) != _name(there[0]) and one.id not in leads]
        if others:
            leads[there[0].id] = _joined(leads.get(there[0].id, there[0]), others)
            gone |= {one.id for one in others}
    if not gone:
        return tuple(results)
    return tuple(
        replace(one, findings=tuple(leads.get(each.id, each) for each in one.findings if each.id not in gone))
        for one in results
    )


def arranged(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings as they are to be read: the most severe first, then those of rules that cry wolf least."""
    rarity = {key: figure.per_100 for key, figure in catalogue.measured().items()}
    return tuple(
        sorted(
            findings,
            key=lambda one: (
                -_weight(one),
                # A rule that is not in the figures was not once told of there.
                rarity.get(f"{one.mode}/{one.rule}", 0.0),
                one.file or "",
                one.line or 0,
                one.side or "",
                one.mode,
                one.rule,
                one.id,
            ),
        )
    )


def folded(findings: Sequence[Finding], most: int = STYLE_SHOWN) -> tuple[tuple[Finding, ...], int]:
    """Return what of it is shown, in its order, and how many light findings of style are left out."""
    light = [one.id for one in findings if one.mode == "style_drift" and one.severity in {"info", "low"}]
    hidden = set(light[most:])
    return tuple(one for one in findings if one.id not in hidden), len(light[most:])


def about(findings: Iterable[Finding], modes: Iterable[Mode]) -> tuple[Finding, ...]:
    """Return the findings of some modes, also those that a rule of another mode tells."""
    wanted = set(modes)
    return tuple(one for one in findings if not wanted.isdisjoint(one.modes))


def by_mode(results: Iterable[CheckResult]) -> Mapping[Mode, CheckResult]:
    """Return one result a mode: what a check from elsewhere says is joined with what ours says."""
    joined: dict[Mode, CheckResult] = {}
    for result in results:
        before = joined.get(result.mode)
        joined[result.mode] = result if before is None else _both(before, result)
    return joined


def groups_in_order() -> tuple[tuple[str, ...], ...]:
    """Return the groups of rules that say the same, each with the one first that tells it."""
    return _same()


def _both(one: CheckResult, other: CheckResult) -> CheckResult:
    # What does not apply says nothing beside a check that does.
    status = min(one.status, other.status, key=_LOUDEST.index)
    parts = [part for part in (one, other) if part.status != "not_applicable"] or [one, other]
    return replace(
        one,
        status=status,
        findings=(*one.findings, *other.findings),
        reason="; ".join(dict.fromkeys(_of(part, part.reason) for part in parts if part.reason)),
        examined=", ".join(dict.fromkeys(_of(part, part.examined) for part in parts if part.examined)),
        seconds=one.seconds + other.seconds,
        tools=(*one.tools, *other.tools),
        off=tuple(dict.fromkeys((*one.off, *other.off))),
    )


def _of(result: CheckResult, text: str) -> str:
    return f"{text} (by {result.by})" if result.by else text


def _joined(lead: Finding, others: Sequence[Finding]) -> Finding:
    also = dict.fromkeys((*lead.also, *(f"{one.mode}/{one.rule}" for one in others)))
    evidence = dict.fromkeys((*lead.evidence, *(ref for one in others for ref in one.evidence)))
    return replace(lead, also=tuple(also), evidence=tuple(evidence))


def _weight(finding: Finding) -> int:
    return SEVERITIES.index(finding.severity)


def _name(finding: Finding) -> str:
    """Return mode and rule, for a rule of a linter with the linter's own code behind it."""
    name = f"{finding.mode}/{finding.rule}"
    if name != "style_drift/lint-new":
        return name
    # The message starts with the tool and its code: "ruff S307: …".
    words = finding.message[:60].partition(":")[0].split()
    code = words[-1] if len(words) > 1 else ""
    return f"{name}:{code}" if code.isalnum() and len(code) <= _CODES else name


@functools.cache
def _same() -> tuple[tuple[str, ...], ...]:
    data = importlib.resources.files("reviewer.checks.catalogue").joinpath("same.toml").read_bytes()
    return tuple(tuple(group) for group in tomllib.loads(data.decode())["same"])


@functools.cache
def _groups() -> dict[str, tuple[int, ...]]:
    found: dict[str, tuple[int, ...]] = {}
    for number, group in enumerate(_same()):
        for name in group:
            found[name] = (*found.get(name, ()), number)
    return found
