"""Judges the gates of a policy: a pure function of the packet, the findings and the state of the review.

A gate without evidence is never passed. Each one that is not says what would let it pass.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer.checks.ident import shown
from reviewer.policy.classify import classify
from reviewer.policy.evidence import commands_missing, is_of_required, tests_after_last_edit
from reviewer.policy.model import GateResult
from reviewer.text import plural

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from reviewer.checks.finding import CheckResult, Finding, Mode
    from reviewer.packet.manifest import Manifest
    from reviewer.policy.model import Gate, GateState, Policy, RiskClass
    from reviewer.review.coverage import Coverage
    from reviewer.review.state import ReviewState

_SCOPE_RULES = frozenset(
    {"path-forbidden", "path-outside", "command-outside", "tool-outside", "network-outside", "symlink-outside"}
)


@dataclass(frozen=True, slots=True)
class GateInputs:
    """What gates are judged by.

    Attributes:
        results: of the checks that have run so far; `checks_done` says whether that is all of them.
        breaks: sentences of the packet's own proof; none means that it proves itself.
        reviewer: the address of whoever is reviewing, "" if not known yet.
        approved_by: addresses of others who have approved this packet.
        proof_done: whether the packet's proof has been worked out; None when it precedes the checks, as it does.
        unread: files of the diff that two parsers do not read the same way, as sentences.
    """

    policy: Policy
    manifest: Manifest
    results: Sequence[CheckResult]
    state: ReviewState
    coverage: Coverage
    breaks: Sequence[str]
    checks_done: bool
    reviewer: str = ""
    approved_by: Sequence[str] = ()
    proof_done: bool | None = None
    unread: Sequence[str] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings so far."""
        return tuple(finding for result in self.results for finding in result.findings)

    @property
    def risk_class(self) -> RiskClass:
        """The class of the change."""
        return classify(self.manifest, self.findings, self.policy).risk_class


@dataclass(frozen=True, slots=True)
class _Verdict:
    state: GateState
    reason: str
    opens_by: str = ""


def evaluate(inputs: GateInputs) -> tuple[GateResult, ...]:
    """Return how each gate of the policy stands, in the policy's order; gates of other risk classes are left out."""
    risk_class = inputs.risk_class
    return tuple(
        _result(gate, _JUDGES[gate.id](inputs), inputs.state.waivers.get(gate.id))
        for gate in inputs.policy.gates
        if risk_class in gate.classes
    )


def _result(gate: Gate, verdict: _Verdict, waiver: str | None) -> GateResult:
    if waiver and gate.waivable and verdict.state != "passed":
        return GateResult(gate, "waived", f"{verdict.reason}; waived: {waiver}")
    opens_by = verdict.opens_by
    if verdict.state != "passed" and gate.waivable:
        opens_by = f"{opens_by}, or waive this gate with a reason"
    return GateResult(gate, verdict.state, verdict.reason, opens_by)


def _packet_intact(inputs: GateInputs) -> _Verdict:
    if inputs.breaks:
        more = f" (and {len(inputs.breaks) - 1} more)" if len(inputs.breaks) > 1 else ""
        return _Verdict("shut", f"{inputs.breaks[0]}{more}", "make the packet again from the repository")
    if not (bool(inputs.results) or inputs.checks_done if inputs.proof_done is None else inputs.proof_done):
        return _Verdict("open", "the packet's proof of itself is being worked out", "wait until it is done")
    return _Verdict("passed", "diff, contents and manifest prove each other")


def _journal_understood(inputs: GateInputs) -> _Verdict:
    if inputs.state.unknown:
        count = plural(inputs.state.unknown, "entry", "entries")
        return _Verdict(
            "shut", f"the journal has {count} that this version does not know", "review with a newer version"
        )
    return _Verdict("passed", "every entry of the journal is understood")


def _diff_parsed(inputs: GateInputs) -> _Verdict:
    files, listed = inputs.coverage.files, inputs.manifest.change.files
    if inputs.unread:
        return _Verdict("shut", inputs.unread[0], "read these files elsewhere before you waive this")
    if files == 0 and listed:
        return _Verdict("open", "the diff is being read", "wait until it is done")
    if files < listed:
        reason = f"the diff shows {plural(files, 'file')} and the packet lists {listed:,}"
        return _Verdict("shut", reason, "make the packet again, or read the missing files elsewhere")
    return _Verdict("passed", f"all of {plural(listed, 'file')} are in the diff")


def _checks_complete(inputs: GateInputs) -> _Verdict:
    if not inputs.checks_done:
        return _Verdict(
            "open", f"{plural(len(inputs.results), 'check')} done, others are running", "wait until they are done"
        )
    incomplete = [result for result in inputs.results if result.status == "incomplete"]
    if incomplete:
        named = "; ".join(f"{result.mode}: {result.reason}" for result in incomplete)
        opens = "look at it yourself, then waive this with a reason"
        return _Verdict("shut", f"not everything could be examined ({named})", opens)
    ran = [result for result in inputs.results if not result.is_off]
    off = list(dict.fromkeys(one for result in inputs.results for one in result.off))
    told = f"; the project switched off {', '.join(shown(one.name) for one in off)}" if off else ""
    told += f"; asked by {shown(inputs.policy.source, 160)}" if inputs.policy.source else ""
    return _Verdict("passed", f"{plural(len(ran), 'check')} examined all that they cover{told}")


def _tests_after_last_edit(inputs: GateInputs) -> _Verdict:
    state, reason = tests_after_last_edit(inputs.manifest)
    return _Verdict(state, reason, "have the tests run again and the packet made again" if state != "passed" else "")


def _required_commands(inputs: GateInputs) -> _Verdict:
    if not (inputs.manifest.task.required_commands or inputs.manifest.task.done_when):
        return _Verdict("passed", "the task requires no command")
    missing = commands_missing(inputs.results)
    if missing:
        return _Verdict("shut", "; ".join(missing), "have the required commands run after the last edit")
    if off := _switched_off(inputs, "claim_vs_evidence", is_of_required):
        return _Verdict("shut", off, "compare the required commands with the run yourself")
    if not inputs.checks_done:
        return _Verdict("open", "the claims are being compared with the run", "wait until the checks are done")
    if not inputs.manifest.command:
        return _Verdict("shut", "the packet records no command", "run the required commands yourself")
    return _Verdict("passed", "every required command passed after the last edit, or is prose")


def _scope_respected(inputs: GateInputs) -> _Verdict:
    outside = [finding for finding in inputs.findings if finding.mode == "scope" and finding.rule in _SCOPE_RULES]
    undecided = [finding for finding in outside if not _is_dismissed(inputs, finding)]
    if undecided:
        reason = f"{plural(len(undecided), 'finding')} outside the scope: {undecided[0].message}"
        return _Verdict("shut", reason, "send it back, or dismiss each with a reason")
    if off := _switched_off(inputs, "scope", _SCOPE_RULES.__contains__):
        return _Verdict("shut", off, "compare the change with its scope yourself")
    if not inputs.checks_done and not any(result.mode == "scope" for result in inputs.results):
        return _Verdict("open", "the scope is being compared", "wait until the checks are done")
    scope = inputs.manifest.scope
    if scope.allowed_paths is None and scope.forbidden_paths is None:
        return _Verdict("passed", "no scope of paths is recorded, so nothing lies outside it")
    dismissed = f"; {len(outside)} dismissed" if outside else ""
    return _Verdict("passed", f"nothing lies outside the recorded scope{dismissed}")


def _rollback_note(inputs: GateInputs) -> _Verdict:
    findings = [f for f in inputs.findings if f.mode == "rollback" and f.rule in {"note-absent", "note-empty"}]
    rollback = inputs.manifest.rollback
    if findings or not (rollback.strategy or rollback.steps):
        reason = findings[0].message if findings else "The packet has no rollback note."
        return _Verdict("shut", reason, "ask for a note that says how to undo the change")
    return _Verdict("passed", f"the note says: {shown(rollback.strategy or rollback.steps[0])}")


def _senior_review(inputs: GateInputs) -> _Verdict:
    crossing = [finding for finding in inputs.findings if "security_boundary" in finding.modes]
    answer = inputs.state.answers.get("security_boundary")
    says_yes = answer is not None and answer.answer == "yes"
    if not crossing and not says_yes:
        if off := _switched_off(inputs, "security_boundary"):
            return _Verdict("shut", off, "have a senior reviewer look, name them")
        if inputs.checks_done:
            return _Verdict("passed", "no check and no answer says that the security boundary is crossed")
        return _Verdict("open", "the security boundary is being examined", "wait until the checks are done")
    seniors = {address.lower() for address in inputs.policy.senior}
    seen_by = [who for who in (inputs.reviewer, *inputs.approved_by) if who.lower() in seniors]
    if seen_by:
        return _Verdict("passed", f"{shown(seen_by[0])} reviews it as a senior")
    where = f"{plural(len(crossing), 'place')}" if crossing else "the answer on the checklist"
    reason = f"the security boundary is touched ({where})"
    if not seniors:
        return _Verdict(
            "shut", f"{reason}, and the policy names no senior reviewer", "have a senior reviewer look, name them"
        )
    return _Verdict("shut", f"{reason}, and no senior reviewer has approved", "ask one of those whom the policy names")


def _hunks_seen(inputs: GateInputs) -> _Verdict:
    coverage = inputs.coverage
    if coverage.units == 0 and inputs.manifest.change.files:
        return _Verdict("open", "the diff is being read", "wait until it is done")
    if coverage.seen_units < coverage.units:
        left = coverage.units - coverage.seen_units
        one, many = coverage.nouns
        verb = "has" if left == 1 else "have"
        return _Verdict(
            "open",
            f"{coverage.seen_units:,} of {plural(coverage.units, one, many)} seen",
            f"look at the {plural(left, one, many)} that {verb} not been seen",
        )
    if coverage.units == 1:
        return _Verdict("passed", f"the one {coverage.nouns[0]} is seen")
    return _Verdict("passed", f"all {coverage.units:,} {coverage.nouns[1]} are seen")


def _checklist_complete(inputs: GateInputs) -> _Verdict:
    unanswered, unsure, bare = [], [], []
    for item in inputs.policy.checklist:
        given = inputs.state.answers.get(item.id)
        if given is None:
            unanswered.append(item.title)
        elif given.answer == "unsure":
            unsure.append(item.title)
        elif given.answer not in {item.clear, "not_applicable"} and not given.note.strip():
            bare.append(item.title)
    done = len(inputs.policy.checklist) - len(unanswered)
    if unanswered:
        reason = f"{done} of {len(inputs.policy.checklist)} answered"
        return _Verdict("open", reason, f"answer {', '.join(unanswered[:3])}{' …' if len(unanswered) > 3 else ''}")
    if unsure:
        return _Verdict("open", f"unsure about {', '.join(unsure)}", "find out, or ask somebody who knows")
    if bare:
        return _Verdict("open", f"no note on {', '.join(bare)}", "write down what the answer means for this change")
    return _Verdict("passed", f"all {len(inputs.policy.checklist)} answered")


def _high_findings(inputs: GateInputs) -> _Verdict:
    high = [finding for finding in inputs.findings if finding.severity == "high"]
    undecided = [finding for finding in high if finding.id not in inputs.state.dispositions]
    if undecided:
        reason = f"{len(undecided)} of {plural(len(high), 'high finding')} undecided: {undecided[0].message}"
        return _Verdict("open", reason, "adopt each, or dismiss it with a reason")
    if not inputs.checks_done:
        return _Verdict("open", "checks are still running", "wait until they are done")
    ran = plural(sum(not result.is_off for result in inputs.results), "check")
    adopted = sum(1 for finding in high if inputs.state.dispositions[finding.id].kind == "adopted")
    told = f", {adopted} adopted" if adopted else ""
    return _Verdict(
        "passed",
        f"{plural(len(high), 'high finding')}{told}" if high else f"no high finding by {ran}",
    )


def _two_persons(inputs: GateInputs) -> _Verdict:
    others = [who for who in inputs.approved_by if who.lower() != inputs.reviewer.lower()]
    if others:
        return _Verdict("passed", f"{shown(others[0])} has approved it too")
    return _Verdict(
        "shut", "class C takes the approval of two persons, and nobody else has approved", "ask a second person"
    )


def _switched_off(inputs: GateInputs, mode: Mode, about: Callable[[str], bool] | None = None) -> str:
    """Return that the project does without the evidence for a gate, "" if it does not."""
    off = [
        one
        for result in inputs.results
        for one in result.off
        if one.mode == mode and (not one.rule or about is None or about(one.rule))
    ]
    return f"{shown(off[0].name)} is switched off by {shown(off[0].source)}: {shown(off[0].reason)}" if off else ""


def _is_dismissed(inputs: GateInputs, finding: Finding) -> bool:
    given = inputs.state.dispositions.get(finding.id)
    return given is not None and given.kind == "dismissed"


_JUDGES: dict[str, Callable[[GateInputs], _Verdict]] = {
    "packet_intact": _packet_intact,
    "journal_understood": _journal_understood,
    "diff_parsed": _diff_parsed,
    "checks_complete": _checks_complete,
    "tests_after_last_edit": _tests_after_last_edit,
    "required_commands": _required_commands,
    "scope_respected": _scope_respected,
    "rollback_note": _rollback_note,
    "senior_review": _senior_review,
    "hunks_seen": _hunks_seen,
    "checklist_complete": _checklist_complete,
    "high_findings": _high_findings,
    "two_persons": _two_persons,
}
