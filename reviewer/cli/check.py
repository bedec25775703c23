"""`reviewer check`: the findings of a packet as plain text, JSON or SARIF, and an exit code for scripts.

Runs the checks and the packet's proof of itself; judges nothing. Prints facts with their places, and what was not
examined.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reviewer.checks.finding import MODES, SEVERITIES
from reviewer.checks.runner import FAILED
from reviewer.cli.newest import packet_or_newest
from reviewer.cli.output import print_json, progress, put, say, table
from reviewer.errors import BadPacketError, UndeterminedError
from reviewer.text import plural

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviewer.checks.finding import CheckResult, Finding, Mode, Severity
    from reviewer.packet.manifest import Manifest

_STATUS = {"done": "", "incomplete": "incomplete", "not_applicable": "not applicable"}


@dataclass(frozen=True, slots=True)
class _Examined:
    """What was found out about one packet.

    Attributes:
        findings: in the order to be read.
        breaks: where the packet does not prove itself.
        unbuilt: wanted modes that no check looks for.
    """

    manifest: Manifest
    key: str
    results: tuple[CheckResult, ...]
    findings: tuple[Finding, ...]
    breaks: tuple[str, ...]
    unbuilt: tuple[Mode, ...]


@click.command(short_help="Print the findings of a packet.")
@click.argument("packet", type=click.Path(path_type=Path), required=False)
@click.option("--json", "as_json", is_flag=True, help="A list of findings as JSON.")
@click.option("--report", "as_report", is_flag=True, help="Findings, and how each check ran, as one JSON object.")
@click.option("--sarif", "as_sarif", is_flag=True, help="A SARIF 2.1.0 log.")
@click.option(
    "--fail-on",
    type=click.Choice(SEVERITIES),
    metavar="SEVERITY",
    help="Exit with 1 if there is a finding of this severity or a higher one: info, low, medium or high.",
)
@click.option(
    "--mode",
    "modes",
    type=click.Choice(MODES),
    multiple=True,
    metavar="MODE",
    help="Only this failure mode; repeatable.",
)
@click.option(
    "--python",
    metavar="PATH",
    help="The environment whose packages calls are looked up in: its folder or its interpreter, which is not run.",
)
@click.option("--repo", "repository", type=click.Path(path_type=Path), help="The repository, if it is not around here.")
@click.option("--explain", metavar="RULE", help="Say what a rule means, with an example, and exit.")
@click.option("--list", "as_list", is_flag=True, help="List all rules and exit.")
def command(
    *,
    packet: Path | None,
    as_json: bool,
    as_report: bool,
    as_sarif: bool,
    fail_on: Severity | None,
    modes: tuple[Mode, ...],
    python: str | None,
    repository: Path | None,
    explain: str | None,
    as_list: bool,
) -> None:
    """Print what the checks find in PACKET (a folder or a .packet file), the gravest first.

    Without PACKET, the newest packet of the repository around here. Findings are facts, not verdicts. What was not
    examined is printed too. Exit codes: 0 done, 1 a finding as severe as --fail-on says, 2 the packet cannot be read or
    does not prove itself, 3 a check broke.
    """
    chosen = {"json": as_json, "report": as_report, "sarif": as_sarif}
    forms = [name for name, wanted in chosen.items() if wanted]
    if len(forms) > 1:
        raise click.UsageError(f"--{' and --'.join(forms)} print different things; choose one")
    form = next(iter(forms), None)
    if explain is not None or as_list:
        from reviewer.cli import rules

        rules.print_list(repository) if explain is None else rules.explain(explain, repository)
        return
    packet = packet_or_newest(packet, repository)
    found = _examine(packet, modes, python, repository)
    _PRINT[form](found)
    if found.breaks:
        raise BadPacketError(
            f"{packet.name}: the packet does not prove itself: {'; '.join(found.breaks)}",
            hint="do not approve it; have the packet made again from the repository",
        )
    if fail_on is not None and any(_reaches(finding.severity, fail_on) for finding in found.findings):
        raise SystemExit(1)
    broken = [result.mode for result in found.results if result.reason.startswith(FAILED)]
    if broken:
        raise UndeterminedError(
            f"{', '.join(broken)}: the check itself failed, so nothing is known",
            hint="what the other checks found is above",
        )


def _examine(packet: Path, modes: Sequence[Mode], python: str | None, repository: Path | None) -> _Examined:
    from reviewer.checks import order
    from reviewer.cli.limits import settings
    from reviewer.workflow.checking import check
    from reviewer.workflow.open import integrity, open_packet

    own = settings()
    named = own.python if python is None else _environment(python)
    with (
        open_packet(packet, limits=own.limits, repository=repository) as opened,
        progress("checking") as report,
    ):
        breaks = integrity(opened, report)
        results = []
        wanted = modes or MODES
        for done, result in enumerate(check(opened, modes=modes, python=named), 1):
            report(min(done, len(wanted)), len(wanted))
            results.append(result)
        settled = order.settle(results)
        return _Examined(
            opened.manifest,
            str(opened.packet.key),
            settled,
            order.arranged(finding for result in settled for finding in result.findings),
            tuple(breaks),
            tuple(mode for mode in wanted if mode not in {result.mode for result in results}),
        )


def _environment(python: str) -> str:
    """Return the absolute path of what the person named.

    Raises:
        BadInputError: it is no Python environment.
    """
    from reviewer.analysis.environment import find

    place = Path(python).expanduser().absolute()
    find(place)
    return str(place)


def _as_list(found: _Examined) -> None:
    from reviewer.workflow.findings_json import finding_record

    print_json([finding_record(finding) for finding in found.findings])
    for result in found.results:
        if result.reason:
            say(f"{result.mode}: not examined: {result.reason}")
    for mode in found.unbuilt:
        say(f"{mode}: not examined: no check for this yet")


def _as_report(found: _Examined) -> None:
    from reviewer.workflow.findings_json import check_record, finding_record, no_check

    print_json(
        {
            "packet": {"id": found.manifest.id, "key": found.key, "proves_itself": not found.breaks},
            "findings": [finding_record(finding) for finding in found.findings],
            "checks": [*map(check_record, found.results), *map(no_check, found.unbuilt)],
        }
    )


def _as_sarif(found: _Examined) -> None:
    from reviewer.workflow.sarif import sarif_log

    breaks, unbuilt = found.breaks, found.unbuilt
    print_json(sarif_log(found.manifest, found.key, found.results, found.findings, breaks=breaks, unbuilt=unbuilt))


def _as_text(found: _Examined) -> None:
    from reviewer.checks.order import folded

    shown, more = folded(found.findings)
    table([[one.severity, f"{one.mode}/{one.rule}", _place(one), _message(one)] for one in shown])
    if more:
        put(f"and {plural(more, 'light finding')} of style more (--json has all)")
    if found.findings:
        put()
    for result in found.results:
        _print_result(result)
    for mode in found.unbuilt:
        put(f"{mode}: not examined: no check for this yet")
    ran = [result for result in found.results if not result.is_off]
    incomplete = sum(result.status == "incomplete" for result in ran)
    left = f", {incomplete} of them incomplete" if incomplete else ""
    off = len(found.results) - len(ran)
    left += f"; {plural(off, 'check')} switched off by the project" if off else ""
    total = plural(len(found.findings), "finding") if found.findings else "nothing found"
    put(f"{total} by {plural(len(ran), 'check')}{left}")


def _print_result(result: CheckResult) -> None:
    count = plural(len(result.findings), "finding") if result.findings else "nothing found"
    said = ", ".join(part for part in (count, _STATUS[result.status]) if part)
    label = f"{result.mode} (by {result.by})" if result.by else result.mode
    if result.is_off:
        said = "switched off"
    elif result.status == "not_applicable" and not result.findings:
        said = "not applicable"
    put(f"{label}: {said}")
    if result.examined:
        put(f"  examined: {result.examined}")
    if result.reason:
        put(f"  not examined: {result.reason}")


_PRINT = {None: _as_text, "json": _as_list, "report": _as_report, "sarif": _as_sarif}


def _message(finding: Finding) -> str:
    return f"{finding.message} (also {', '.join(finding.also)})" if finding.also else finding.message


def _place(finding: Finding) -> str:
    if finding.file is None:
        return " ".join(finding.evidence) or "-"
    if finding.line is None:
        return finding.file
    return f"{finding.file}:{finding.line}{' (old)' if finding.side == 'old' else ''}"


def _reaches(severity: Severity, least: Severity) -> bool:
    return SEVERITIES.index(severity) >= SEVERITIES.index(least)
