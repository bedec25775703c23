"""A statement in words, rendered from the very bytes that are (to be) signed and from nothing else.

Every line is safe for a terminal. Knows no width: the caller wraps.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer.approval import statement
from reviewer.digest import sha256
from reviewer.text import display_block, display_safe, plural

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reviewer.approval.predicate import Predicate, ProbeRun

CODE_LENGTH = 6
_ANSWERS = {"yes": "yes", "no": "no", "not_applicable": "not applicable", "unsure": "unsure", None: "not answered"}
ASSURANCE_WORDS = {
    "A0": "a key file or agent key: shows that the key was at hand, not that a person was",
    "A2": "a security key: a touch is part of the signature (claimed until the key's enrolment is checked)",
    "A2 claimed": "a security key that says it was touched",
    "A3 claimed": "a security key that says it was touched and knew the person (PIN or fingerprint)",
}


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and its lines, safe to show."""

    title: str
    lines: tuple[str, ...]


def code(payload: bytes) -> str:
    """Return the short code that a person types to sign exactly these bytes."""
    return sha256(payload)[:CODE_LENGTH]


def words(payload: bytes) -> tuple[Section, ...]:
    """Return the statement in words.

    Raises:
        RefusedError: the bytes are not a statement.
    """
    parsed = statement.parse(payload)
    predicate = parsed.predicate
    verdict = "Approve this change" if parsed.verdict == "approved" else "Request changes to this change"
    sections = (
        ("Verdict", [f"{verdict}, as {predicate.reviewer.name} <{predicate.reviewer.email}>"]),
        ("What", _what(predicate)),
        ("Key", _key(predicate)),
        ("Made by", _made_by(predicate)),
        ("Checklist", _checklist(predicate)),
        ("Findings", _findings(predicate)),
        ("Seen", [_seen(predicate)]),
        ("Gates", _gates(predicate)),
        ("Open comments", _comments(predicate)),
        ("Sentence", [predicate.ownership.text]),
    )
    return tuple(Section(title, tuple(_safe(lines))) for title, lines in sections)


def _safe(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        yield from (display_safe(part) for part in display_block(line).split("\n"))


def _what(predicate: Predicate) -> Iterator[str]:
    revision, packet = predicate.revision, predicate.packet
    yield f"packet {packet.id}: {packet.title}"
    yield f"commit {revision.head_commit} on {revision.base_commit}"
    if predicate.context.target_ref:
        yield f"for {predicate.context.target_ref} of {predicate.context.repository}"
    else:
        yield f"of {predicate.context.repository}"
    yield f"{plural(predicate.change.entries, 'path')} changed in {plural(len(revision.commits), 'commit')}"
    yield f"change sha256:{predicate.change.digest}"
    yield f"packet sha256:{packet.digest} ({packet.size:,} bytes unpacked)"


def _key(predicate: Predicate) -> Iterator[str]:
    reviewer = predicate.reviewer
    yield f"{reviewer.key_type} {reviewer.key_fingerprint}"
    yield f"{reviewer.claimed_assurance}: {ASSURANCE_WORDS.get(reviewer.claimed_assurance, 'not known here')}"


def _made_by(predicate: Predicate) -> Iterator[str]:
    made = predicate.independence
    yield f"agent: {made.agent or 'not recorded'}; run by: {made.operator or 'not recorded'}"
    yield "authors in git: " + (", ".join(made.authors) or "not recorded")
    if predicate.reviewer_is_author:
        yield "The reviewer is an author of these commits: this is not an independent review."
    if predicate.reviewer_is_operator:
        yield "The reviewer ran the agent: this is not an independent review."


def _checklist(predicate: Predicate) -> Iterator[str]:
    answered = sum(1 for item in predicate.checklist.items if item.answer is not None)
    asked = predicate.checklist
    source = f" ({asked.policy_source})" if asked.policy_source else ""
    yield f"{answered} of {plural(len(asked.items), 'item')} answered, by {asked.policy}{source}"
    for item in predicate.checklist.items:
        note = f": {item.note}" if item.note else ""
        yield f"{item.title}: {_ANSWERS.get(item.answer, item.answer or '')}{note}"


def _findings(predicate: Predicate) -> Iterator[str]:
    found = predicate.findings
    counts = found.counts
    ran = [check for check in found.checks if all(one.rule for one in check.switched_off)]
    by = f"by {plural(len(ran), 'check')}"
    if counts.high or counts.medium or counts.low or counts.info:
        yield f"{counts.high} high, {counts.medium} medium, {counts.low} low, {counts.info} info, {by}"
    else:
        yield f"nothing found {by}"
    yield f"{found.undecided} undecided"
    for entry in found.decisions:
        place = f"{entry.file}:{entry.line}" if entry.file and entry.line else entry.file or "the change"
        because = f": {entry.reason}" if entry.reason else ""
        rules = " and ".join((f"{entry.mode}/{entry.rule}", *entry.also))
        yield f"{entry.decision} {entry.severity} {rules} at {place} ({entry.message}){because}"
    for check in found.checks:
        name = f"{check.mode} by {check.by}" if check.by else check.mode
        if check.status == "incomplete":
            yield f"not fully examined: {name} ({check.not_examined})"
        elif check.not_examined and check in ran:
            yield f"not examined by {name}: {check.not_examined}"
        for one in check.switched_off:
            rule = f"/{one.rule}" if one.rule else ""
            yield f"switched off by {one.source}: {check.mode}{rule} ({one.reason})"
    if found.probe is not None:
        yield from _probe(found.probe)


def _probe(probe: ProbeRun) -> Iterator[str]:
    parts = ", ".join(probe.parts)
    yield f"run over both trees: {parts}; shut in by {probe.containment}; results sha256:{probe.digest}"
    for gap in probe.not_contained:
        yield f"not contained: {gap}"


def _seen(predicate: Predicate) -> str:
    seen = predicate.coverage
    pairs = (
        (seen.units, seen.units_total, "hunk or header", "hunks and headers"),
        (seen.lines, seen.lines_total, "line of the diff", "lines of the diff"),
        (seen.files, seen.files_total, "file", "files"),
    )
    return ", ".join(f"{part:,} of {plural(whole, noun, many)}" for part, whole, noun, many in pairs)


def _gates(predicate: Predicate) -> Iterator[str]:
    for gate in predicate.gates:
        yield f"{gate.state}: {gate.title}" + (f" ({gate.reason})" if gate.reason else "")
    if not predicate.gates:
        yield "none"


def _comments(predicate: Predicate) -> Iterator[str]:
    for comment in predicate.comments:
        place = f"{comment.file}:{comment.line}" if comment.file and comment.line else comment.file or "the change"
        yield f"{place}: {comment.text}"
    if not predicate.comments:
        yield "none"
