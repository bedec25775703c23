"""A review in plain questions: findings, hunks, checklist, comments, gates. Each answer is on disk before the next one.

Only what is still open is asked, so that a review can be left and taken up again, here or in the workstation.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from reviewer.checks.order import about
from reviewer.cli.ask import ask, choose, required
from reviewer.cli.output import WIDTH, say, width, wrap
from reviewer.diff.anchor import line_anchor
from reviewer.diff.model import RowKind
from reviewer.review.event import (
    CommentWritten,
    FindingAdopted,
    FindingDismissed,
    GateWaived,
    HunksMarked,
    ItemAnswered,
)
from reviewer.text import clip, display_safe, plural

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.checks.finding import Finding
    from reviewer.diff.anchor import Unit
    from reviewer.diff.model import FileSpan
    from reviewer.policy.model import ChecklistItem
    from reviewer.review.event import Answer, CommentScope
    from reviewer.workflow.review import Review

PAGE = 40
"""Rows of a hunk that are printed before the person is asked to go on: nothing scrolls by unseen."""
_ANSWERS: dict[str, Answer] = {"y": "yes", "n": "no", "x": "not_applicable", "u": "unsure"}
_GUTTER = 12
_CONTENT = frozenset({RowKind.CONTEXT, RowKind.ADDED, RowKind.REMOVED})


def walk(review: Review, *, for_approval: bool) -> None:
    """Ask everything that is open. Gates and the checklist matter to an approval only."""
    brief(review)
    findings(review)
    hunks(review)
    if for_approval:
        checklist(review)
    comments(review)
    if for_approval:
        gates(review)


def brief(review: Review) -> None:
    """Print what was asked and what was done, in short."""
    from reviewer.cli.brief import header, render

    packet = review.opened.packet
    for line in header(packet):
        say(line)
    say(f"class  {review.risk_class} ({review.classification.reason})")
    for section in ("task", "scope", "commands", "rollback"):
        say("")
        for line in render(section, packet):
            say(line)
    say("")
    say(wrap(f"all of it: reviewer show {packet.path}"))


def findings(review: Review) -> None:
    """Walk the findings that are neither adopted nor dismissed."""
    undecided = [finding for finding in review.findings if finding.id not in review.state.dispositions]
    _title(f"Findings: {len(undecided)} undecided of {len(review.findings)}")
    for result in review.results:
        if result.reason:
            first = "not fully examined" if result.status == "incomplete" else "not examined"
            name = f"{result.mode} (by {result.by})" if result.by else result.mode
            say(wrap(f"{name}: {result.reason}", "    ", first=f"  {first}: "))
    for number, finding in enumerate(undecided, 1):
        say("")
        _show_finding(finding, f"{number}/{len(undecided)}")
        _decide(review, finding)


def _show_finding(finding: Finding, count: str) -> None:
    place = finding.file or "the change"
    where = f"{place}:{finding.line}" if finding.line else place
    rules = " and ".join((f"{finding.mode}/{finding.rule}", *finding.also))
    by = f" (by {display_safe(finding.by)})" if finding.by else ""
    say(wrap(f"{count} {finding.severity} {rules}{by}  {display_safe(where)}", "  "))
    say(wrap(finding.message, "  "))
    say(wrap(f"{finding.why} ({finding.known})", "  "))


def _decide(review: Review, finding: Finding) -> None:
    options = {"a": "adopt for the author", "d": "dismiss", "": "leave open"}
    picked = choose("  decide", options)
    if picked == "a":
        review.record(FindingAdopted(finding=finding.id, note=ask("  a note for the author (Enter for none):")))
    elif picked == "d":
        review.record(FindingDismissed(finding=finding.id, reason=required("  the reason, which is signed:")))


def hunks(review: Review) -> None:
    """Print each hunk that is not seen yet, and ask whether it is."""
    unseen = [unit for unit in review.units if unit.id not in review.state.seen]
    _title(f"{review.coverage.nouns[1].capitalize()}: {len(unseen)} unseen of {len(review.units)}")
    for number, unit in enumerate(unseen, 1):
        say("")
        say(wrap(f"{number}/{len(unseen)}  {display_safe(unit.file.path)}  {unit.file.status}", "    ", first="  "))
        if not _print_rows(review, unit):
            return
        picked = choose("  seen", {"y": "yes", "n": "not yet", "q": "leave the rest"})
        if picked == "q":
            return
        if picked == "y":
            review.record(HunksMarked(hunks=(unit.id,), seen=True))


def _print_rows(review: Review, unit: Unit) -> bool:
    index = review.index
    for count, number in enumerate(range(unit.first, unit.last)):
        if count and count % PAGE == 0 and choose("  ⋯", {"": "go on", "q": "leave the rest"}) == "q":
            return False
        row = index.row(number)
        numbers = f"{_number(row.old)} {_number(row.new)} " if row.kind in _CONTENT else " " * _GUTTER
        say(_row(numbers, clip(display_safe(row.raw)).expandtabs(4)))
    return True


def _number(line: int | None) -> str:
    return f"{line:>5}" if line is not None else "     "


def _row(numbers: str, text: str) -> str:
    """Return a row of code cut into lines of the screen at exact columns: no space of it is lost."""
    pieces, room = [""], WIDTH - _GUTTER
    for character in text:
        if width(pieces[-1]) + width(character) > room:
            pieces.append("")
        pieces[-1] += character
    return "\n".join(f"{numbers if at == 0 else ' ' * (_GUTTER - 2) + '↪ '}{piece}" for at, piece in enumerate(pieces))


def checklist(review: Review) -> None:
    """Ask the checklist's questions that have no answer yet."""
    unanswered = [item for item in review.policy.checklist if item.id not in review.state.answers]
    _title(f"Checklist: {len(unanswered)} open of {len(review.policy.checklist)}")
    for item in unanswered:
        say("")
        _question(review, item)


def _question(review: Review, item: ChecklistItem) -> None:
    found = about(review.findings, item.modes)
    ran = {result.mode for result in review.results}
    missing = [mode for mode in item.modes if mode not in ran]
    facts = plural(len(found), "finding") if found else "no findings"
    if missing:
        facts += "; not examined, no check for this yet: " + ", ".join(missing)
    say(wrap(f"{item.question} ({facts})", "  "))
    say(wrap(item.guidance, "    "))
    options = {"y": "yes", "n": "no", "x": "not applicable", "u": "unsure", "": "later"}
    picked = choose("  answer", options)
    if not picked:
        return
    answer = _ANSWERS[picked]
    note = ask("  a note (Enter for none):") if answer == item.clear else required("  a note, which is signed:")
    review.record(ItemAnswered(item=item.id, answer=answer, note=note))


def comments(review: Review) -> None:
    """Ask for comments until there are no more."""
    _title(f"Comments: {len(review.state.open_comments)} open")
    while place := ask("  where (PATH:LINE, PATH, a dot for the whole change; Enter for no more):"):
        written = _place(review, place)
        if written is None:
            say("  that is no file of this change")
            continue
        scope, file, line = written
        anchor = None if file is None or line is None else line_anchor(review.index, file, "new", line)
        review.record(
            CommentWritten(
                comment=secrets.token_hex(8),
                scope=scope,
                text=required("  comment:"),
                file=None if file is None else file.path,
                side=None if line is None else "new",
                line=line,
                end_line=line,
                anchor=anchor,
            )
        )


def _place(review: Review, text: str) -> tuple[CommentScope, FileSpan | None, int | None] | None:
    if text == ".":
        return "change", None, None
    path, _colon, number = text.rpartition(":")
    line = int(number) if path and number.isascii() and number.isdigit() else None
    wanted = path if line is not None else text
    file = next((each for each in review.index.files if each.path == wanted), None)
    if file is None:
        return None
    return ("file", file, None) if line is None else ("line", file, line)


def gates(review: Review) -> None:
    """Show the gates, and offer to waive those that are shut and may be waived."""
    _title("Gates")
    for line in _gate_lines(review):
        say(line)
    for result in review.gates():
        if result.holds_back and result.gate.waivable and result.state == "shut":
            say("")
            say(wrap(f"{result.gate.title}: {result.reason.rstrip('.')}. To open it: {result.opens_by}", "  "))
            reason = ask("  waive it with a reason, which is signed (Enter: leave it shut):")
            if reason:
                review.record(GateWaived(gate=result.gate.id, reason=reason))


def _gate_lines(review: Review) -> Iterator[str]:
    for result in review.gates():
        reason = f": {result.reason}" if result.reason else ""
        yield wrap(f"{result.state:<7} {result.gate.title}{reason}", " " * 10, first="  ")


def _title(text: str) -> None:
    say("")
    say(text)
