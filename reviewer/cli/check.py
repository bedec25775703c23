"""`reviewer check`: the findings of a packet as plain text or JSON, and an exit code for scripts.

Runs the checks and the packet's proof of itself; judges nothing. Prints facts with their places, and what was not
examined.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from reviewer.checks.finding import MODES, SEVERITIES
from reviewer.cli.output import print_json, progress, put, say, table
from reviewer.errors import BadPacketError
from reviewer.text import plural

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviewer.checks.finding import CheckResult, Finding, Mode, Severity

_STATUS = {"done": "", "incomplete": "incomplete", "not_applicable": "not applicable"}


@click.command(short_help="Print the findings of a packet.")
@click.argument("packet", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="A list of findings as JSON.")
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
def command(
    *,
    packet: Path,
    as_json: bool,
    fail_on: Severity | None,
    modes: tuple[Mode, ...],
    python: str | None,
    repository: Path | None,
) -> None:
    """Print what the checks find in PACKET (a folder or a .packet file), by failure mode and place.

    Findings are facts, not verdicts. What was not examined is printed too. Exit codes: 0 done, 1 a finding as severe as
    --fail-on says, 2 the packet cannot be read or does not prove itself.
    """
    results, breaks, unbuilt = _examine(packet, modes, python, repository)
    if as_json:
        print_json([as_record(finding) for result in results for finding in result.findings])
        for result in results:
            if result.reason:
                say(f"{result.mode}: not examined: {result.reason}")
        for mode in unbuilt:
            say(f"{mode}: not examined: no check for this yet")
    else:
        _print(results, unbuilt)
    if breaks:
        raise BadPacketError(
            f"{packet.name}: the packet does not prove itself: {'; '.join(breaks)}",
            hint="do not approve it; have the packet made again from the repository",
        )
    if fail_on is not None and any(_reaches(f.severity, fail_on) for result in results for f in result.findings):
        raise SystemExit(1)


def as_record(finding: Finding) -> dict[str, object]:
    """Return a finding as the public JSON has it."""
    return {
        "id": finding.id,
        "mode": finding.mode,
        "rule": finding.rule,
        "severity": finding.severity,
        "file": finding.file,
        "side": finding.side,
        "line": finding.line,
        "end_line": finding.end_line,
        "message": finding.message,
        "known": finding.known,
        "why": finding.why,
        "evidence": list(finding.evidence),
    }


def _examine(
    packet: Path, modes: Sequence[Mode], python: str | None, repository: Path | None
) -> tuple[list[CheckResult], tuple[str, ...], list[Mode]]:
    """Return the results, the breaks of the packet's proof, and the wanted modes that have no check."""
    from reviewer.checks import ALL
    from reviewer.cli.limits import settings
    from reviewer.workflow.checking import check
    from reviewer.workflow.open import integrity, open_packet

    wanted = [check for check in ALL if not modes or check.mode in modes]
    built = {check.mode for check in ALL}
    own = settings()
    named = own.python if python is None else _environment(python)
    with (
        open_packet(packet, limits=own.limits, repository=repository) as opened,
        progress("checking") as report,
    ):
        breaks = integrity(opened, report)
        results = []
        for done, result in enumerate(check(opened, wanted, python=named), 1):
            report(done, len(wanted))
            results.append(result)
    return results, breaks, [mode for mode in modes or MODES if mode not in built]


def _environment(python: str) -> str:
    """Return the absolute path of what the person named.

    Raises:
        BadInputError: it is no Python environment.
    """
    from reviewer.analysis.environment import find

    place = Path(python).expanduser().absolute()
    find(place)
    return str(place)


def _print(results: Sequence[CheckResult], unbuilt: Sequence[Mode]) -> None:
    for result in results:
        count = plural(len(result.findings), "finding") if result.findings else "nothing found"
        said = ", ".join(part for part in (count, _STATUS[result.status]) if part)
        put(
            f"{result.mode}: {said}"
            if result.status != "not_applicable" or result.findings
            else f"{result.mode}: not applicable"
        )
        table(
            [[finding.severity, finding.rule, _place(finding), finding.message] for finding in result.findings],
            indent="  ",
        )
        if result.examined:
            put(f"  examined: {result.examined}")
        if result.reason:
            put(f"  not examined: {result.reason}")
    for mode in unbuilt:
        put(f"{mode}: not examined: no check for this yet")
    total = sum(len(result.findings) for result in results)
    put(f"{plural(total, 'finding')} by {plural(len(results), 'check')}")


def _place(finding: Finding) -> str:
    if finding.file is None:
        return " ".join(finding.evidence) or "-"
    if finding.line is None:
        return finding.file
    return f"{finding.file}:{finding.line}{' (old)' if finding.side == 'old' else ''}"


def _reaches(severity: Severity, least: Severity) -> bool:
    return SEVERITIES.index(severity) >= SEVERITIES.index(least)
