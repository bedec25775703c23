"""Claims against evidence: what the agent said it did, what had to be done, and what the recorded commands show.

Exit codes decide only where they are conclusive. Edits of documents do not make a test run stale. The agent's prose
beyond a small grammar stays quoted text. Where a required command was run again over the change, that goes before any
log.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.checks.account import Account
from reviewer.checks.claimed.extent import extent
from reviewer.checks.claimed.numbers import numbers
from reviewer.checks.claimed.others import others
from reviewer.checks.claimed.reruns import Reruns
from reviewer.checks.claimed.words import last_words
from reviewer.checks.claims import Claim, final_claims, is_test_claim, required_commands
from reviewer.checks.ident import Fact, shown
from reviewer.checks.runs import Run, Runs
from reviewer.checks.shell_words import bare, narrower, split
from reviewer.run.event import Edit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.checks.case import Case
    from reviewer.checks.finding import CheckResult, Mode, Severity

_WHY_CLAIM = "A reviewer who believes the summary does not look for what was never run."
_WHY_REQUIRED = "The task was to be done only when this had passed."
_WHY_END = "A run that did not end by itself may have left work half done."
_UNFINISHED = {
    "interrupted": "was interrupted",
    "error": "ended in an error",
    "limit": "ended at a limit",
    "unanswered": "ended with a call that was never answered",
    "cut": "has a log that is cut off",
}


class ClaimCheck:
    """Finds claims and conditions that no conclusive command bears out.

    Measured on 150 recorded runs of one project with 1,142 commands, whose words nobody had labelled: 1 fact about
    numbers, none about extent and names, 6 claims without evidence, 31 about claimed tests, 3 unfinished runs. Of 79
    records of made-up runs that were falsified, and which the rules were mended on, 78 are told of above "info", and
    none of 193 that tell the truth.
    """

    mode: Mode = "claim_vs_evidence"
    version = 3

    def run(self, case: Case) -> CheckResult:
        """Return findings about the end of the run, required commands, claimed tests, other claims, in this order."""
        account = Account()
        manifest = case.manifest
        if not case.events and not manifest.command and not manifest.claim and not manifest.origin.transcript:
            return account.result(
                self.mode,
                self.version,
                (),
                nothing="the packet records no run, so there is nothing to compare claims with",
            )
        runs = Runs.of(case)
        account.looked("command", count=len(runs.all))
        said = last_words(case)
        reruns = Reruns(case, account)
        facts = [
            *_end(case),
            *_required(case, runs, reruns, account),
            *reruns.of_tests(_tests_claimed(case, runs, account)),
            *numbers(case, said, account),
            *extent(case, said, account),
            *others(case, said, account),
        ]
        told = {fact.quote for fact in facts}
        facts += [fact for fact in _other_claims(case, runs, account) if fact.quote not in told]
        return account.result(self.mode, self.version, facts)


def _end(case: Case) -> Iterator[Fact]:
    reason = case.manifest.end.reason
    last = case.events[-1] if case.events else None
    if reason is None and last is not None and last.kind == "end":
        reason = last.reason
    if reason in _UNFINISHED:
        yield Fact(
            rule="run-unfinished",
            severity="medium",
            message=f"The run {_UNFINISHED[reason]}.",
            why=_WHY_END,
            quote=reason,
            known="recorded",
            evidence=() if last is None else (f"event:{last.seq}",),
        )


def _required(case: Case, runs: Runs, reruns: Reruns, account: Account) -> Iterator[Fact]:
    commands, prose = required_commands(case.manifest.task)
    for line in prose:
        if is_test_claim(line):
            fact = _tests_breach(runs, f"The task is done when “{shown(line)}”", "required-tests")
            if fact is not None:
                yield fact
        else:
            account.note(f"a condition in prose was not compared: “{shown(line)}”")
    for line in commands:
        account.looked("required command")
        yield from reruns.judged(line, _required_breach(line, runs))


def _required_breach(line: str, runs: Runs) -> Fact | None:
    wanted = [bare(part) for part in split(line)]
    wanted = [part for part in wanted if part]
    matching = [(run, _narrower(wanted, run)) for run in runs.all]
    same = [(run, narrow) for run, narrow in matching if narrow is not None]
    if any(run.proves and not narrow for run, narrow in same):
        return None
    name = f"The required command “{shown(line)}”"
    if not same:
        return _required_fact("required-not-run", "high", f"{name} does not appear in the run.", line, None)
    whole = [run for run, narrow in same if not narrow]
    if not whole:
        last = same[-1][0]
        return _required_fact(
            "required-narrowed",
            "medium",
            f"{name} ran only with a narrower selection, last as command {last.number}: {shown(last.line)}",
            line,
            last,
        )
    last = whole[-1]
    if last.state == "failed":
        return _required_fact(
            "required-failed", "high", f"{name} failed when it last ran (command {last.number}).", line, last
        )
    if last.masked is not None:
        return _required_fact(
            "exit-masked",
            "medium",
            f"{name} last ran as command {last.number}, whose exit code says nothing about it ({shown(last.masked)}).",
            line,
            last,
        )
    if last.state == "passed":
        return _required_fact(
            "required-stale", "medium", f"{name} last ran as command {last.number}, before the last edit.", line, last
        )
    return _required_fact(
        "required-unknown",
        "medium",
        f"{name} last ran as command {last.number}, and its result is not recorded ({last.state}).",
        line,
        last,
    )


def _narrower(wanted: list[list[str]], run: Run) -> bool | None:
    """Compare all parts that are wanted with the parts of one command; None unless each has a counterpart."""
    verdicts = []
    for part in wanted:
        against = [verdict for ran in run.parts if (verdict := narrower(part, ran)) is not None]
        if not against:
            return None
        verdicts.append(all(against))
    return any(verdicts) if verdicts else None


def _required_fact(rule: str, severity: Severity, message: str, line: str, run: Run | None) -> Fact:
    return Fact(
        rule=rule,
        severity=severity,
        message=message,
        why=_WHY_REQUIRED,
        quote=line,
        evidence=() if run is None else (f"command:{run.number}",),
    )


def _tests_claimed(case: Case, runs: Runs, account: Account) -> Iterator[Fact]:
    claims = [claim for claim in final_claims(case) if is_test_claim(claim.text)]
    account.looked("claim", "of passing tests", len(claims))
    for claim in claims[:1]:
        fact = _tests_breach(runs, f"The agent says “{shown(claim.text)}”", "tests-claimed", claim)
        if fact is not None:
            yield fact
        elif claim.is_of_all and (narrow := runs.only_narrow_tests()) is not None:
            yield Fact(
                rule="tests-narrower-than-claimed",
                severity="medium",
                message=f"The agent says “{shown(claim.text)}”, and every test run that passed after the last edit "
                f"selects a part: {shown(narrow.line)}",
                why=_WHY_CLAIM,
                quote=claim.text,
                evidence=(*claim.evidence, f"command:{narrow.number}"),
            )


def _tests_breach(runs: Runs, who: str, rule: str, claim: Claim | None = None) -> Fact | None:
    tests = runs.tests
    quote = who if claim is None else claim.text
    refs = () if claim is None else claim.evidence
    if any(run.proves for run in tests):
        last_fresh = [run for run in tests if run.after_last_edit][-1]
        # Green and then red with no edit between is red.
        if last_fresh.state != "failed" or last_fresh.masked is not None:
            return None
    why = _WHY_CLAIM if claim is not None else _WHY_REQUIRED
    if not tests:
        what, kind = "the run has no test command", "not-run"
    elif tests[-1].state == "failed" and tests[-1].masked is None:
        what, kind = f"the last test run, command {tests[-1].number}, failed", "failed"
    elif not any(run.after_last_edit for run in tests):
        what, kind = f"the last test run, command {tests[-1].number}, is from before the last edit", "stale"
    elif tests[-1].masked is not None:
        masked = f"command {tests[-1].number}, says nothing about the tests ({shown(tests[-1].masked)})"
        what, kind = f"the exit code of the last test run, {masked}", "masked"
    else:
        what, kind = f"no test run after the last edit is recorded as passed (command {tests[-1].number})", "unproved"
    return Fact(
        rule=f"{rule}-{kind}",
        severity="medium" if kind in {"masked", "unproved"} else "high",
        message=f"{who}, and {what}.",
        why=why,
        quote=quote,
        evidence=(*refs, *(f"command:{run.number}" for run in tests[-1:])),
    )


def _other_claims(case: Case, runs: Runs, account: Account) -> Iterator[Fact]:
    numbers = {run.number for run in runs.all}
    edits = {event.seq for event in case.events if isinstance(event, Edit) and event.applied is not False}
    for row in case.manifest.claim:
        account.looked("claim")
        # An edit bears out what no command can.
        if is_test_claim(row.text) or (row.rule == "claim-borne-out" and not edits.isdisjoint(row.events)):
            continue
        if row.evidence is None or row.evidence not in numbers:
            yield Fact(
                rule="claim-without-evidence",
                severity="low",
                message=f"The agent says “{shown(row.text)}”, and no recorded command bears it out.",
                why=_WHY_CLAIM,
                quote=row.text,
                evidence=tuple(f"event:{seq}" for seq in row.events),
            )
