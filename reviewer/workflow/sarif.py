"""Findings as a SARIF 2.1.0 log, for programs that collect what tools say of code.

Knows results and the catalogue, and no tool that reads it. What was not examined stands in the invocation's
notifications, so that a log without results is not taken for a clean change. Texts are made safe, and what SARIF would
read as a link or a placeholder is escaped (OASIS SARIF 2.1.0, 3.11.5 and 3.11.6).
"""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import quote

from reviewer.checks import catalogue
from reviewer.text import clip, display_block, display_safe, plural
from reviewer.workflow.findings_json import check_record

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reviewer.checks.finding import CheckResult, Finding, Mode, Severity
    from reviewer.packet.manifest import Manifest

Table: TypeAlias = dict[str, Any]

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
FINGERPRINT = "reviewerFinding/v1"
_HOME = "https://pypi.org/project/review-packet/"
_LEVELS: dict[Severity, str] = {"high": "error", "medium": "warning", "low": "note", "info": "none"}
_ROOT = "SRCROOT"
_LONGEST = 4_000


def sarif_log(
    manifest: Manifest,
    key: str,
    results: Sequence[CheckResult],
    findings: Sequence[Finding],
    *,
    breaks: Sequence[str] = (),
    unbuilt: Sequence[Mode] = (),
) -> Table:
    """Return the log.

    Args:
        manifest: of the packet.
        key: the packet's key.
        results: how the checks ran.
        findings: what they found, in the order to be read.
        breaks: where the packet does not prove itself.
        unbuilt: modes that no check looks for.
    """
    names = list(dict.fromkeys(_rule_id(finding) for finding in findings))
    rules = [_rule(next(one for one in findings if _rule_id(one) == name)) for name in names]
    change = manifest.change
    run: Table = {
        "tool": {"driver": _driver(rules), "extensions": _extensions(results)},
        "automationDetails": {"id": f"review-packet/{_uri(manifest.id)}"},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The root of the repository."}}},
        "invocations": [_invocation(results, breaks, unbuilt)],
        "results": [_result(finding, names) for finding in findings],
        "properties": {
            "packet": key,
            "base": change.base,
            "head": change.head,
            "checks": [_safe(check_record(result)) for result in results],
        },
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _driver(rules: list[Table]) -> Table:
    return {"name": "reviewer", "version": version("review-packet"), "informationUri": _HOME, "rules": rules}


def _extensions(results: Iterable[CheckResult]) -> list[Table]:
    tools = dict.fromkeys(run.tool for result in results for run in result.tools)
    parts = (tool.rpartition(" ") for tool in tools)
    return [
        {"name": _line(name or number), **({"version": _line(number)} if name else {})} for name, _, number in parts
    ]


def _rule(finding: Finding) -> Table:
    entry = catalogue.entry(finding.mode, finding.rule) if not finding.by else None
    made: Table = {"id": _rule_id(finding), "shortDescription": {"text": _text(finding.rule)}}
    properties: Table = {"mode": finding.mode}
    if finding.by:
        properties["by"] = _line(finding.by)
    if entry is not None:
        when = "".join(f"\n- {severity}: {condition}" for severity, condition in entry.severities)
        example = f"\n\nIt is told of:\n\n{entry.bad}\nIt is not told of:\n\n{entry.good}"
        made |= {
            "shortDescription": {"text": _text(f"{entry.title}.")},
            "fullDescription": {"text": _text(f"{entry.explanation} {entry.why}")},
            "help": {"text": _text(f"{entry.explanation} {entry.why}\n\nHow grave:{when}{example}")},
        }
        properties |= {"method": entry.method, "languages": list(entry.languages)}
        if entry.measured is not None:
            properties |= {"measuredFalseAlarms": entry.measured.per_100, "measuredOn": entry.measured.on}
    return {**made, "properties": properties}


def _result(finding: Finding, names: list[str]) -> Table:
    info = finding.severity == "info"
    before = finding.side == "old" and finding.line is not None
    told = f"{finding.message} (line {finding.line:,} before the change)" if before else finding.message
    made: Table = {
        "ruleId": _rule_id(finding),
        "ruleIndex": names.index(_rule_id(finding)),
        "kind": "informational" if info else "fail",
        "level": _LEVELS[finding.severity],
        "message": {"text": _text(told)},
        "partialFingerprints": {FINGERPRINT: finding.id},
        "properties": _safe(
            {
                "severity": finding.severity,
                "mode": finding.mode,
                "known": finding.known,
                "why": finding.why,
                "side": finding.side,
                "evidence": list(finding.evidence),
                "numbers": dict(finding.numbers),
                "also": list(finding.also),
            }
        ),
    }
    if finding.file is not None:
        place: Table = {"artifactLocation": {"uri": _uri(finding.file), "uriBaseId": _ROOT}}
        if finding.line is not None and finding.line > 0 and finding.side != "old":
            # A line of the old side has no place in the files that a reader of this log has.
            place["region"] = {"startLine": finding.line, "endLine": max(finding.line, finding.end_line or 0)}
        made["locations"] = [{"physicalLocation": place}]
    return made


def _invocation(results: Sequence[CheckResult], breaks: Sequence[str], unbuilt: Sequence[Mode]) -> Table:
    execution = [_notice("error", f"The packet does not prove itself: {broken}", "proof") for broken in breaks]
    off: list[Table] = []
    for result in results:
        head = f"{result.mode} (by {result.by})" if result.by else result.mode
        if result.reason:
            level = "warning" if result.status == "incomplete" else "note"
            execution.append(_notice(level, f"{head}: not examined: {result.reason}", result.mode))
        looked = f"; examined {result.examined}" if result.examined else ""
        found = plural(len(result.findings), "finding") if result.findings else "nothing found"
        if result.status != "not_applicable":
            execution.append(_notice("note", f"{head}: {found}{looked}", result.mode))
        for one in result.off:
            what = one.name
            off.append(_notice("warning", f"{head}: {what} is switched off by {one.source}: {one.reason}", result.mode))
    execution += [_notice("warning", f"{mode}: not examined: no check for this yet", mode) for mode in unbuilt]
    return {
        "executionSuccessful": not breaks,
        "toolExecutionNotifications": execution,
        "toolConfigurationNotifications": off,
    }


def _notice(level: str, text: str, about: str) -> Table:
    return {"level": level, "message": {"text": _text(text)}, "properties": {"about": about}}


def _rule_id(finding: Finding) -> str:
    place = f"{finding.by}/" if finding.by else ""
    return _line(f"{place}{finding.mode}/{finding.rule}")


def _text(text: str) -> str:
    """Return text that says nothing but itself in a SARIF message."""
    safe = clip(display_block(text), _LONGEST).replace("\\", "\\\\")
    for special in "[]":
        safe = safe.replace(special, f"\\{special}")
    return safe.replace("{", "{{").replace("}", "}}")


def _line(text: str) -> str:
    return clip(display_safe(text), 200)


def _safe(value: Any) -> Any:  # noqa: ANN401 - JSON
    """Return JSON with every string safe to show; our own records, so it is never deep."""
    if isinstance(value, str):
        return clip(display_safe(value), _LONGEST)
    if isinstance(value, list):
        return [_safe(one) for one in value]
    if isinstance(value, dict):
        return {_line(str(name)): _safe(one) for name, one in value.items()}
    return value


def _uri(path: str) -> str:
    """Return a relative URI reference for a path, whatever bytes it was read from."""
    try:
        raw = path.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        raw = path.encode("utf-8", "surrogatepass")
    return quote(raw, safe="/")
