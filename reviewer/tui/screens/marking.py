"""What the reviewer writes down: seen marks, answers, findings adopted or dismissed, waivers.

Each action here ends in `record`, which has it on disk before anything is drawn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.text import plural
from reviewer.tui.screens.commenting import Commenting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviewer.checks.finding import Finding
    from reviewer.diff.anchor import Unit
    from reviewer.policy.model import ChecklistItem
    from reviewer.tui.screens.answer import Given


class Marking(Commenting):
    """The marks."""

    shown_units: set[str]

    def action_toggle_seen(self) -> None:
        """Mark the hunk under the cursor seen, or take that back; in the files, all of a file that was shown."""
        from reviewer.review.event import HunksMarked

        review = self.review
        if review is None:
            self.say("The packet is still being read.")
            return
        units = self._units_under_cursor()
        if not units:
            return
        if all(unit.id in review.state.seen for unit in units):
            self.record(HunksMarked(hunks=tuple(unit.id for unit in units), seen=False))
            return
        fresh = [unit for unit in units if unit.id not in review.state.seen]
        shown = [unit for unit in fresh if unit.id in self.shown_units]
        hidden = len(fresh) - len(shown)
        if shown and not self.record(HunksMarked(hunks=tuple(unit.id for unit in shown), seen=True)):
            return
        if hidden and any(self.holds_covered(unit) for unit in fresh if unit.id not in self.shown_units):
            self.say("A line with a secret is covered here: Enter on it shows it, then it can be marked.", "warn")
        elif hidden == 1 and self.pane == "diff" and self._read_on(units[0]):
            self.say("The hunk goes on: again marks it seen when its end was on the screen.", "dim")
        elif hidden:
            verb = "has not been" if hidden == 1 else "have not been"
            self.say(
                f"{plural(hidden, *review.coverage.nouns)} {verb} on the screen completely: scroll through first.",
                "warn",
            )

    def action_next_unseen(self) -> None:
        """Go to the next unit in the order of reading that is not seen."""
        review = self.review
        if review is None:
            return
        units = self.units_in_order()
        here = self.current_unit()
        start = next((n + 1 for n, unit in enumerate(units) if here is not None and unit.id == here.id), 0)
        for unit in (*units[start:], *units[:start]):
            if unit.id not in review.state.seen:
                self.open_section(0)
                self.diff.goto_row(unit.first)
                self._show_whole(unit)
                self.focus_pane("diff")
                return
        self.say("Every hunk is seen.")

    def _show_whole(self, unit: Unit) -> None:
        """Scroll so that all of a unit is on the screen, or its beginning is at the top where it does not fit."""
        document = self.diff.document
        if document is None:
            return
        first, last = document.y_of_row(unit.first), document.y_of_row(unit.last - 1)
        # The top line of the diff says which file this is, and hides what is below it.
        room = self.diff.size.height - 2
        if last > self.diff.scroll_offset.y + room:
            self.diff.scroll_to(
                y=max(0, min(first - 1, last - room)) if last - first < room else first - 1, animate=False
            )

    def _read_on(self, unit: Unit) -> bool:
        """Go on by a screen inside a unit; return whether there was more of it below."""
        document = self.diff.document
        if document is None:
            return False
        bottom = self.diff.scroll_offset.y + self.diff.size.height - 1
        last = document.y_of_row(unit.last - 1)
        if last <= bottom:
            return False
        self.diff.cursor_to(min(last, bottom + self.diff.size.height - 3))
        return True

    def action_open(self) -> None:
        """Open what is under the cursor."""
        rows = self.focused_rows()
        if rows is None:
            self.diff.action_activate()
        else:
            rows.open()

    def action_answer(self) -> None:
        """Answer the row under the cursor; in the diff, that of the finding there; elsewhere, the next open one."""
        item = self._item_under_cursor() or self.next_open_item()
        if item is None:
            self.say("Every question is answered. Open a row of the checklist to change an answer.")
            return
        self.ask(item)

    def ask(self, item: ChecklistItem) -> None:
        """Ask one row of the checklist; after an answer to an open one, ask the next open one."""
        from reviewer.tui.pages.checklist import evidence_rows
        from reviewer.tui.screens.answer import AnswerDialog, Given

        answers = self.answers()
        if answers is None:
            return
        given = answers.state.answers.get(item.id)
        before = Given(given.answer, given.note) if given is not None else None
        items = answers.policy.checklist
        place = f"{items.index(item) + 1} of {len(items)}"
        self.rows("checklist").select(("item", item.id))

        def write(answer: Given | None) -> None:
            if answer is not None and self._write_answer(item, answer) and before is None and answer.answer is not None:
                self._ask_next(item)

        self.app.push_screen(AnswerDialog(item, before, tuple(evidence_rows(item, answers)), place=place), write)

    def next_open_item(self, after: ChecklistItem | None = None) -> ChecklistItem | None:
        """Return the next row of the checklist without an answer, around the end; None when all have one."""
        review = self.review
        if review is None:
            return None
        items = review.policy.checklist
        start = items.index(after) + 1 if after is not None else 0
        return next((one for one in (*items[start:], *items[:start]) if one.id not in review.state.answers), None)

    def _write_answer(self, item: ChecklistItem, given: Given) -> bool:
        from reviewer.review.event import ItemAnswered

        return self.record(ItemAnswered(item=item.id, answer=given.answer, note=given.note))

    def _ask_next(self, item: ChecklistItem) -> None:
        following = self.next_open_item(item)
        if following is not None:
            self.ask(following)
        else:
            self.say(f"Every question is answered. {self.keymap.key('approve')} reads the statement.")

    def action_adopt(self) -> None:
        """Adopt the finding under the cursor, or open it again."""
        from reviewer.review.event import FindingAdopted, FindingReopened

        finding = self._finding_under_cursor()
        if finding is None or self.review is None:
            self.say("Go to a finding first: open a checklist row, or use } in the diff.")
            return
        decided = self.review.state.dispositions.get(finding.id)
        if decided is not None and decided.kind == "adopted":
            self.record(FindingReopened(finding=finding.id))
        else:
            self.record(FindingAdopted(finding=finding.id))

    def action_show_evidence(self) -> None:
        """Show what stands behind the finding under the cursor."""
        from reviewer.tui.screens.evidence import EvidenceDialog

        finding = self._finding_under_cursor()
        if finding is None or self.review is None:
            self.say("Go to a finding first: open a checklist row, or use } in the diff.")
            return
        self.app.push_screen(EvidenceDialog(finding, self.review), self.follow_evidence)

    def action_set_aside(self) -> None:
        """Dismiss the finding under the cursor or waive the gate, with a reason; what is set aside comes back."""
        from reviewer.review.event import FindingDismissed, FindingReopened
        from reviewer.tui.screens.dialog import TextDialog

        review = self.review
        if review is None:
            return
        gate = self._gate_under_cursor()
        if gate is not None:
            self._waive(gate)
            return
        finding = self._finding_under_cursor()
        if finding is None:
            self.say("Go to a finding or a gate first.")
            return
        decided = review.state.dispositions.get(finding.id)
        if decided is not None and decided.kind == "dismissed":
            self.record(FindingReopened(finding=finding.id))
            return

        def write(reason: str | None) -> None:
            if reason:
                self.record(FindingDismissed(finding=finding.id, reason=reason))

        dialog = TextDialog("Dismiss this finding", finding.message, required="The reason is signed: write one.")
        self.app.push_screen(dialog, write)

    def follow_evidence(self, key: object) -> None:
        """Go where a row of the evidence leads."""
        raise NotImplementedError

    def holds_covered(self, unit: Unit) -> bool:
        """Return whether a line with a secret stands in this unit."""
        raise NotImplementedError

    def current_unit(self) -> Unit | None:
        """Return the unit under the diff's cursor."""
        raise NotImplementedError

    def units_in_order(self) -> Sequence[Unit]:
        """Return the units in the order of reading."""
        raise NotImplementedError

    def _units_under_cursor(self) -> Sequence[Unit]:
        review = self.review
        key = self.rows("files").key if self.pane == "files" else None
        if review is not None and isinstance(key, tuple) and key[0] == "file":
            return [unit for unit in review.units if unit.file.number == key[1]]
        unit = self.current_unit()
        return [] if unit is None else [unit]

    def _key(self) -> tuple[str, ...]:
        key = self.rows("checklist").key if self.pane == "checklist" else None
        return key if isinstance(key, tuple) else ("",)

    def _item_under_cursor(self) -> ChecklistItem | None:
        if self.review is None:
            return None
        kind, *rest = self._key()
        if kind == "item":
            return self.review.policy.item(rest[0])
        finding = self._finding_under_cursor()
        if kind == "finding" and len(rest) > 1:
            return self.review.policy.item(rest[1])
        return next((i for i in self.review.policy.checklist if finding is not None and finding.mode in i.modes), None)

    def _finding_under_cursor(self) -> Finding | None:
        from reviewer.tui.pages.checklist import findings_in_order

        kind, *rest = self._key()
        wanted = rest[0] if kind == "finding" else self.note_under_cursor() if self.pane == "diff" else None
        if self.pane in {"page", "brief"}:
            key = self.rows(self.pane).key
            wanted = str(key[1]) if isinstance(key, tuple) and key[0] == "finding" else None
        answers = self.answers()
        if wanted is None or answers is None:
            return None
        return next((finding for finding in findings_in_order(answers) if finding.id == wanted), None)

    def _gate_under_cursor(self) -> str | None:
        kind, *rest = self._key()
        return rest[0] if kind == "gate" else None

    def _waive(self, gate: str) -> None:
        from reviewer.review.event import GateWaived
        from reviewer.tui.screens.dialog import TextDialog

        review = self.review
        if review is None:
            return
        result = next((one for one in review.gates() if one.gate.id == gate), None)
        if result is None:
            return
        if review.state.waivers.get(gate) is not None:
            self.record(GateWaived(gate=gate, reason=None))
        elif result.state == "passed":
            self.say("This gate is passed.")
        elif not result.gate.waivable:
            self.say(f"This gate cannot be waived. {result.opens_by}")
        else:

            def write(reason: str | None) -> None:
                if reason:
                    self.record(GateWaived(gate=gate, reason=reason))

            dialog = TextDialog(
                f"Waive: {result.gate.title}", result.reason, required="The reason is signed: write one."
            )
            self.app.push_screen(dialog, write)
