"""Stop rules and retries, from the order of events: what came after the first green, what was tried again unchanged.

Facts with their events; whether the run should have stopped is for a person. Rules that were agreed beforehand are data
of the packet; without one, what follows green is information.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.checks.account import Account
from reviewer.checks.claims import required_commands
from reviewer.checks.ident import Fact, shown
from reviewer.checks.stop_rules import stop_rule
from reviewer.checks.stopping import cycles, green, reads, repeats
from reviewer.text import plural

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reviewer.checks.case import Case
    from reviewer.checks.finding import CheckResult, Mode, Severity
    from reviewer.checks.stopping.green import After

_WHY_RULE = "The rule was agreed before the run, so that somebody would be asked before it went further."
_WHY_GREEN = "What is changed after everything that was required passed was not needed for it to pass."
_WHY_BLIND = "Nothing that was done between could have changed the result; what came out in the end may be luck."
_WHY_CYCLE = "A change that is undone and made again shows that its author did not know which of the two was right."
_WHY_READ = "What a run has read can stand in its words, in its requests and in its log."
_AFTER_GREEN = "after: required_green"
_MANY = 3
_NAMED_EVENTS = 12


class StopRuleCheck:
    """Finds where a run went on, went round in circles, or read what was not its business.

    Measured on made-up runs over human commits, which the rules were mended on: all of 37 that broke a rule are told of
    above "info", and none of 193 that kept to theirs.
    """

    mode: Mode = "stop_rule"
    version = 2

    def run(self, case: Case) -> CheckResult:
        """Return stop rules that were not kept, then work after green, retries, cycles and reads."""
        account = Account()
        manifest = case.manifest
        if not case.events and not manifest.command and not manifest.tool_call and not manifest.origin.transcript:
            nothing = "the packet records no run, so nothing is known of when it could have stopped"
            return account.result(self.mode, self.version, (), nothing=nothing)
        if case.events:
            account.looked("event", count=len(case.events))
        else:
            account.missing(
                "the order of events is not in the packet, so retries and edits were not looked at", "timeline.jsonl"
            )
        facts = [
            *_rules(case, account),
            *_repeats(case),
            *_cycles(case, account),
            *_reads(case, account),
        ]
        return account.result(self.mode, self.version, facts)


def _rules(case: Case, account: Account) -> Iterator[Fact]:
    """Yield the agreed rules that were not kept, and what followed green."""
    manifest = case.manifest
    commands, _ = required_commands(manifest.task)
    rules = manifest.scope.stop_rules or []
    if not rules:
        account.note("no stop rules are recorded, so none was held against the run")
    after = green.after_green(case.events, manifest, commands) if case.events else None
    wanted = any(_plain(said) == _AFTER_GREEN for said in rules)
    if not commands:
        account.note("no required commands are recorded, so what came after them was not looked for")
    if after is not None and (after.edits if wanted else after.code):
        yield _after_green(after, agreed=wanted)
    elif after is not None and wanted and after.rewrites:
        yield _rewritten(after)
    for said in rules:
        account.looked("stop rule")
        if _plain(said) == _AFTER_GREEN and case.events and commands:
            continue
        standing, because, events = stop_rule(said, commands, manifest)
        if standing == "yours":
            account.note(f"a stop rule in prose was not compared: “{shown(said)}”")
        elif standing == "untold":
            account.missing(f"a stop rule could not be held against the run ({because})", said)
        elif standing == "broken":
            yield Fact(
                rule="stop-rule-broken",
                severity="medium",
                message=f"The stop rule “{shown(said)}” was not kept: {shown(because, 160)}.",
                why=_WHY_RULE,
                quote=said,
                evidence=_events(events),
            )


def _plain(said: str) -> str:
    name, _, value = said.partition(":")
    return f"{name.strip()}: {value.strip()}"


def _after_green(after: After, *, agreed: bool) -> Fact:
    edits = after.edits if agreed else after.code
    paths = list(dict.fromkeys(edit.repo_path or edit.path for edit in edits))
    named = ", ".join(shown(path, 60) for path in paths[:_MANY]) + (" …" if len(paths) > _MANY else "")
    also = [
        plural(count, f"{kind} command" if kind != "other" else "other command")
        for kind, count in after.commands.items()
    ]
    also += [plural(after.network, "call of a tool of the network")] if after.network else []
    more = f"; also {', '.join(also)}" if also else ""
    rule = f", and the rule was “{_AFTER_GREEN}”" if agreed else ""
    return Fact(
        rule="edits-after-green",
        severity="medium" if agreed else "info",
        message=f"After command {after.command} had made all that was required green, {plural(len(edits), 'edit')} of "
        f"{plural(len(paths), 'file')} followed ({named}){more}{rule}.",
        why=_WHY_RULE if agreed else _WHY_GREEN,
        quote=" ".join(paths),
        evidence=(f"command:{after.command}", *_events(edit.seq for edit in edits)),
    )


def _rewritten(after: After) -> Fact:
    """Return the fact that no edit followed green, and a command that changes files did."""
    first = after.rewrites[0]
    count = len(after.rewrites)
    what = "a command that changes files" if count == 1 else f"{count:,} commands that change files"
    return Fact(
        rule="edits-after-green",
        severity="medium",
        message=f"After command {after.command} had made all that was required green, {what} ran: "
        f"{shown(first.line)}; and the rule was “{_AFTER_GREEN}”.",
        why=_WHY_RULE,
        quote=first.line,
        evidence=(f"command:{after.command}", *(f"command:{one.n}" for one in after.rewrites[:_MANY])),
    )


def _repeats(case: Case) -> Iterator[Fact]:
    for repeat in repeats.failing_commands(case.events):
        times = len(repeat.events)
        severity: Severity = "medium" if times > 2 * repeats.BLIND else "low"
        yield Fact(
            rule="blind-retry",
            severity=severity,
            message=f"The same command failed {times} times with nothing changed between: {shown(repeat.what)}",
            why=_WHY_BLIND,
            quote=repeat.what,
            known="derived",
            evidence=(*(f"command:{number}" for number in repeat.commands[:_MANY]), *_events(repeat.events)),
        )
    for repeat in repeats.refused_edits(case.events):
        yield Fact(
            rule="edit-refused-again",
            severity="info",
            message=f"{plural(len(repeat.events), 'edit')} of {shown(repeat.what)} in a row were refused.",
            why=_WHY_BLIND,
            quote=repeat.what,
            evidence=_events(repeat.events),
        )


def _cycles(case: Case, account: Account) -> Iterator[Fact]:
    unknown = cycles.without_patch(case.events)
    if unknown:
        account.note(f"{plural(unknown, 'edit')} without a recorded patch, so nobody knows what was undone")
    for cycle in cycles.cycles(case.events):
        yield Fact(
            rule="edit-revert-cycle",
            severity="low",
            message=f"An edit of {shown(cycle.path)} was made, undone and made again ({cycle.turns} turns).",
            why=_WHY_CYCLE,
            quote=cycle.path,
            evidence=_events(cycle.events),
        )


def _reads(case: Case, account: Account) -> Iterator[Fact]:
    account.looked("file", "that the run read", len(case.manifest.file_read))
    outside = []
    for way, row in reads.beyond(case.manifest):
        if way == "outside":
            outside.append(row)
            continue
        what = "lies inside the forbidden paths" if way == "forbidden" else "is where secrets are kept"
        yield Fact(
            rule="read-forbidden" if way == "forbidden" else "read-secret",
            severity="medium" if way == "forbidden" else "high",
            message=f"The run read {shown(row.path)}, which {what}.",
            why=_WHY_READ,
            quote=row.path,
            known=row.known,
            evidence=_events(row.events),
        )
    if outside:
        named = ", ".join(shown(row.path, 60) for row in outside[:_MANY]) + (" …" if len(outside) > _MANY else "")
        yield Fact(
            rule="read-outside",
            severity="info",
            message=f"The run read {plural(len(outside), 'file')} outside the repository: {named}",
            why=_WHY_READ,
            quote=" ".join(row.path for row in outside),
            evidence=_events(number for row in outside for number in row.events),
        )


def _events(numbers: Iterable[int]) -> tuple[str, ...]:
    return tuple(f"event:{number}" for number in list(numbers)[:_NAMED_EVENTS])
