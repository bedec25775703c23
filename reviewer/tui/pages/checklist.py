"""The checklist as rows: failure modes, questions and gates; an opened row unfolds what is known about it.

Each item shows its answer, how many findings stand beside it and the worst of them. What no check examined says so.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reviewer.checks import catalogue, order
from reviewer.text import plural
from reviewer.tui.keymap import DEFAULT, Keymap
from reviewer.tui.pages import marks
from reviewer.tui.row import BLANK, Piece, Row, Tone, label

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Mapping, Sequence

    from reviewer.checks.finding import CheckResult, Finding, Mode
    from reviewer.policy.model import ChecklistItem, GateResult, Policy
    from reviewer.review.state import ReviewState


PASSED_GATES = ("gate", "passed")
"""The key of the row that stands for all passed gates."""


@dataclass(frozen=True)
class Answers:
    """What the checklist is made from.

    Attributes:
        results: of the checks that are done, by mode.
        running: checks are still at work, so what has no result yet is not "not examined".
        partners: other reviewers' states by name.
        keymap: the keys that rows name.
    """

    policy: Policy
    state: ReviewState
    gates: Sequence[GateResult] = ()
    results: Mapping[Mode, CheckResult] = field(default_factory=dict)
    running: bool = False
    unfolded: frozenset[Hashable] = frozenset()
    partners: Mapping[str, ReviewState] = field(default_factory=dict)
    keymap: Keymap = DEFAULT

    def findings(self, item: ChecklistItem) -> tuple[Finding, ...]:
        """Return what stands beside an item, worst first."""
        found = (finding for result in self.results.values() for finding in result.findings)
        return order.arranged(order.about(found, item.modes))

    @property
    def answered(self) -> int:
        """How many items have an answer."""
        return sum(item.id in self.state.answers for item in self.policy.checklist)


def checklist_rows(answers: Answers) -> list[Row]:
    """Return all rows: two groups of items, then the gates."""
    rows: list[Row] = []
    total = len(answers.policy.checklist)
    for group in ("failure modes", "questions"):
        count = (f"{answers.answered} of {total}",) if not rows else ()
        rows += [label(group.capitalize(), *count)]
        for item in answers.policy.checklist:
            if item.group == group:
                rows.extend(_item(item, answers))
        rows.append(BLANK)
    passed = sum(result.state in {"passed", "waived"} for result in answers.gates)
    rows.append(label("Gates", f"{passed} of {len(answers.gates)}" if answers.gates else ""))
    rows.extend(_gates(answers))
    return rows


def evidence_rows(item: ChecklistItem, answers: Answers) -> Iterator[Row]:
    """Yield what is known about an item, to decide by: each finding with its place, or that nothing was found."""
    findings = answers.findings(item)
    for finding in findings:
        yield from _finding(finding, item, answers, indent=0)
    if not findings:
        for row in _examined(item, answers):
            yield Row(row.left, wrap=True)
    yield from _others(item, answers, indent=0)


def findings_in_order(answers: Answers) -> tuple[Finding, ...]:
    """Return every finding once, in the order of the checklist."""
    seen: dict[str, Finding] = {}
    for item in answers.policy.checklist:
        for finding in answers.findings(item):
            seen.setdefault(finding.id, finding)
    for result in answers.results.values():
        for finding in result.findings:
            seen.setdefault(finding.id, finding)
    return tuple(seen.values())


def _item(item: ChecklistItem, answers: Answers) -> Iterator[Row]:
    findings = answers.findings(item)
    given = answers.state.answers.get(item.id)
    key = ("item", item.id)
    opened = key in answers.unfolded
    examined = [answers.results[mode] for mode in item.modes if mode in answers.results]
    left = (_item_glyph(item, answers), Piece(f" {item.title}", "normal" if given is None or opened else "dim"))
    word = marks.ANSWER_WORDS[given.answer] if given is not None and given.answer is not None else ""
    yield Row(
        left,
        (Piece(f"{word} " if word else "", "dim"), *_count(findings, examined, answers), *_fold(opened, findings)),
        key=key,
    )
    if not opened:
        return
    yield Row((Piece(item.question, "bright"),), indent=2, wrap=True)
    yield Row((Piece(item.guidance, "dim"),), indent=2, wrap=True)
    yield from _examined(item, answers)
    for finding in findings:
        yield from _finding(finding, item, answers)
    if given is not None and given.note:
        yield Row((Piece("“", "dim"), Piece(given.note), Piece("”", "dim")), indent=2, wrap=True)
    yield from _others(item, answers, indent=2)


def _others(item: ChecklistItem, answers: Answers, *, indent: int) -> Iterator[Row]:
    for name, state in answers.partners.items():
        theirs = state.answers.get(item.id)
        if theirs is not None and theirs.answer is not None:
            text = f"{name}: {marks.ANSWER_WORDS[theirs.answer]} {theirs.note}".rstrip()
            yield Row((Piece(text, "accent"),), indent=indent, wrap=True)


def _item_glyph(item: ChecklistItem, answers: Answers) -> Piece:
    given = answers.state.answers.get(item.id)
    if given is not None and given.answer == "unsure":
        return Piece("!", "warn")
    if given is not None and given.answer is not None:
        return Piece("✓", "good")
    open_high = any(
        finding.severity == "high" and finding.id not in answers.state.dispositions
        for finding in answers.findings(item)
    )
    return Piece("!", "warn") if open_high else Piece("○", "normal")


def _count(findings: Sequence[Finding], examined: Sequence[CheckResult], answers: Answers) -> tuple[Piece, ...]:
    if not examined or all(result.is_off for result in examined):
        return (Piece("  ◐ " if answers.running and not examined else "  ⊘ ", "dim"),)
    top = marks.worst(findings)
    if top is None:
        whole = all(result.status != "incomplete" and not result.is_off for result in examined)
        return (Piece("0   " if whole else "◐   ", "dim"),)
    undecided = sum(finding.id not in answers.state.dispositions for finding in findings)
    return (Piece(f"{len(findings)} ", "normal" if undecided else "dim"), marks.severity(top), Piece(" "))


def _fold(opened: bool, inside: object = True) -> tuple[Piece, ...]:  # noqa: FBT001, FBT002 - one fact, two glyphs
    return (Piece("▾" if opened else "▸" if inside else " ", "dim"),)


def _examined(item: ChecklistItem, answers: Answers) -> Iterator[Row]:
    for mode in item.modes:
        result = answers.results.get(mode)
        head = Piece(f"{mode.replace('_', ' ')}: ", "dim")
        if result is None:
            words = "not examined yet" if answers.running else "not examined: no check for this yet"
            yield Row((head, Piece(words, "dim")), indent=2, wrap=True)
            continue
        if result.status == "not_applicable" and not result.findings:
            tone: Tone = "warn" if result.is_off else "dim"
            yield Row((head, Piece(result.reason or "not applicable", tone)), indent=2, wrap=True)
            continue
        found = "" if result.findings else "nothing found; " if result.examined else "nothing found"
        words = f"{found}{f'examined {result.examined}' if result.examined else ''}"
        yield Row((head, Piece(words, "dim")), indent=2, wrap=True)
        if (rules := _rules(mode)) and mode in answers.results:
            yield Row((Piece(rules, "dim"),), indent=4, wrap=True)
        # What a check left out is as loud as what it found.
        if result.reason:
            loud: Tone = "warn" if result.status == "incomplete" else "dim"
            yield Row((Piece("not examined: ", loud), Piece(result.reason, "normal")), indent=4, wrap=True)


def _rules(mode: Mode) -> str:
    """Return in how many languages the rules of a mode look, as no rule looks everywhere."""
    counts = catalogue.languages(mode)
    if not counts:
        return ""
    words = [f"{name} {count}" if name != "any" else f"any file {count}" for name, count in counts]
    return f"of its {plural(len(catalogue.rules(mode)), 'rule')}: {', '.join(words)}"


def _finding(finding: Finding, item: ChecklistItem, answers: Answers, *, indent: int = 2) -> Iterator[Row]:
    decided = answers.state.dispositions.get(finding.id)
    mark = {"adopted": "adopted", "dismissed": "dismissed"}.get(decided.kind, "") if decided is not None else ""
    tone: Tone = "dim" if decided is not None else "normal"
    left = (marks.severity(finding.severity), Piece(f" {finding.message}", tone))
    yield Row(left, key=("finding", finding.id, item.id), indent=indent, hanging=2, wrap=True)
    others = f"also {', '.join(finding.also)}" if finding.also else ""
    by = f"by {finding.by}" if finding.by else ""
    where = " · ".join(part for part in (marks.place(finding), mark, finding.known, others, by) if part)
    yield Row((Piece(where, "dim"),), indent=indent + 2)
    if ("why", finding.id) in answers.unfolded:
        yield Row((Piece(finding.why, "dim"),), indent=indent + 2, wrap=True)
    if decided is not None and decided.reason:
        yield Row((Piece(f"“{decided.reason}”"),), indent=indent + 2, wrap=True)


def _gates(answers: Answers) -> Iterator[Row]:
    """Yield what is not passed first, with what a person does about it; the passed ones are one row that unfolds."""
    passed = [result for result in answers.gates if result.state == "passed"]
    for result in answers.gates:
        if result.state != "passed":
            yield from _gate(result, answers)
    if not passed:
        return
    opened = PASSED_GATES in answers.unfolded
    left = (marks.gate("passed"), Piece(f" {len(passed)} passed", "dim"))
    yield Row(left, _fold(opened), key=PASSED_GATES)
    if opened:
        for result in passed:
            yield from _gate(result, answers)


def _to_do(gate: str, keymap: Keymap) -> str:
    """Return what a person does about a gate that only a person can open; empty for the others."""
    key = keymap.key
    match gate:
        case "hunks_seen":
            return f"{key('toggle_seen')} marks a hunk seen, {key('next_unseen')} goes to the next"
        case "checklist_complete":
            return f"{key('answer')} answers, one after the other"
        case "high_findings":
            return f"{key('next_note')} goes to a finding, {key('adopt')} adopts it, {key('set_aside')} dismisses it"
        case _:
            return ""


def _gate(result: GateResult, answers: Answers) -> Iterator[Row]:
    key = ("gate", result.gate.id)
    opened = key in answers.unfolded
    tone: Tone = "dim" if result.state == "passed" and not opened else "normal"
    left = (marks.gate(result.state), Piece(f" {marks.sentence(result.gate.title)}", tone))
    word = {"passed": "", "shut": "shut ", "open": "", "waived": "waived "}.get(result.state, "")
    yield Row(left, (Piece(word, "dim"), *_fold(opened)), key=key, hanging=2, wrap=True)
    if not opened:
        if result.state == "open" and (todo := _to_do(result.gate.id, answers.keymap)):
            yield Row((Piece(todo, "dim"),), indent=2, wrap=True)
        return
    yield Row((Piece(marks.sentence(result.reason)),), indent=2, wrap=True)
    if result.opens_by:
        yield Row((Piece("opens by  ", "dim"), Piece(result.opens_by, "bright")), indent=2, wrap=True)
    layer = f"{result.gate.layer}, {'can be waived with a reason (x)' if result.gate.waivable else 'cannot be waived'}"
    yield Row((Piece(layer, "dim"),), indent=2, wrap=True)
    waived = answers.state.waivers.get(result.gate.id)
    if waived:
        yield Row((Piece(f"“{waived}”"),), indent=2, wrap=True)
