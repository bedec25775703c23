"""What opens from a list, and where a verdict leads: sections, files, findings, outputs, and gates that hold back.

Goes to places and opens screens; changes nothing in the review.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.tui.screens.reasoning import Reasoning

if TYPE_CHECKING:
    from collections.abc import Hashable

    from reviewer.checks.finding import Finding
    from reviewer.review.event import VerdictKind


_TIMELINE = 4


class Following(Reasoning):
    """What opens."""

    def open_key(self, where: str, key: tuple[Hashable, ...]) -> None:
        """Open what a row stands for: a section, a file, a checklist row, a finding, a command, an event."""
        kind, name = str(key[0]), key[1]
        match kind:
            case "section" if isinstance(name, int):
                self.open_section(name)
            case "file" if isinstance(name, int):
                self.open_section(0)
                self.diff.goto_file(name)
                self.focus_pane("diff")
            case "path":
                self.go_to(str(name), "new", None)
            case "place":
                path, _, line = str(name).rpartition(":")
                self.go_to(path or str(name), "new", int(line) if line.isdecimal() else None)
            case "item" | "gate":
                self.unfolded ^= {(kind, name)}
                self.draw()
            case "finding":
                self._open_finding(str(name), where)
            case "command" | "event" | "moment" if isinstance(name, int):
                opens = {"command": self._open_log, "event": self._open_event, "moment": self.go_to_moment}
                opens[kind](name)
            case "moment" if isinstance(name, int):
                self._go_to_event(name)
            case _:
                return

    def follow_evidence(self, key: object) -> None:
        """Go where a row of the evidence leads: a command's output, an event of the run."""
        if isinstance(key, tuple):
            self.open_key("checklist", key)

    def action_approve(self) -> None:
        """Go to the screen where an approval is read and signed."""
        self._verdict("approved")

    def action_reject(self) -> None:
        """Go to the screen where a request for changes is read and signed."""
        self._verdict("rejected")

    def _verdict(self, kind: VerdictKind) -> None:
        from reviewer.tui.screens.verdict import VerdictScreen

        if self.stopped:
            self.say(
                f"The examination was stopped; {self.keymap.key('reload')} does it again. A verdict needs all of it."
            )
            return
        if self.review is None or not self.examined:
            self.say("The packet is still being examined; a verdict needs all of it.")
            return
        self.app.push_screen(VerdictScreen(self.source, self.review, kind), self._see_to)

    def _see_to(self, gate: str | None) -> None:
        """Go where the person can do something about a gate that kept a verdict back."""
        self.draw()
        match gate:
            case None:
                return
            case "hunks_seen":
                self.action_next_unseen()
            case "checklist_complete":
                item = self.next_open_item()
                if item is not None:
                    self.focus_pane("checklist")
                    self.ask(item)
            case "high_findings":
                self._go_to_undecided()
            case _:
                self.unfolded.add(("gate", gate))
                self.draw()
                self.focus_pane("checklist")
                self.rows("checklist").select(("gate", gate))

    def _go_to_undecided(self) -> None:
        from reviewer.tui.pages.checklist import findings_in_order

        answers = self.answers()
        for finding in () if answers is None else findings_in_order(answers):
            if finding.severity == "high" and answers is not None and finding.id not in answers.state.dispositions:
                if finding.file is None:
                    self._show_in_checklist(finding)
                else:
                    self._open_finding(finding.id, "checklist")
                return

    def _show_in_checklist(self, finding: Finding) -> None:
        review = self.review
        item = None if review is None else next((i for i in review.policy.checklist if finding.mode in i.modes), None)
        if item is not None:
            self.unfolded |= {("item", item.id), ("why", finding.id)}
            self.draw()
            self.focus_pane("checklist")
            self.rows("checklist").select(("finding", finding.id, item.id))

    def _open_finding(self, name: str, where: str) -> None:
        answers = self.answers()
        if answers is None:
            return
        from reviewer.tui.pages.checklist import findings_in_order

        finding = next((one for one in findings_in_order(answers) if one.id == name), None)
        if finding is None:
            return
        if finding.file is not None:
            self.open_section(0)
            self.diff.goto_note(finding.id)
            self.focus_pane("diff")
            return
        command = next((ref for ref in finding.evidence if ref.startswith("command:")), None)
        if command is not None and command.removeprefix("command:").isdecimal():
            self._open_log(int(command.removeprefix("command:")))
        elif where == "checklist":
            self.unfolded ^= {("why", finding.id)}
            self.draw()

    def _open_log(self, number: int) -> None:
        from reviewer.tui.screens.reading import LogDialog

        review = self.review
        if review is None:
            return
        command = next((row for row in review.manifest.command if row.n == number), None)
        data = None if command is None or command.log is None else review.log(command.log)
        if command is None or data is None:
            self.say(f"The output of command {number} is not recorded.")
            return
        self.app.push_screen(LogDialog(f"{number}  {command.line}", data))

    def _go_to_event(self, number: int) -> None:
        """Show the timeline with the cursor at an event."""
        self.open_section(_TIMELINE)
        self.rows("page").select(("event", number))

    def _open_event(self, number: int) -> None:
        from reviewer.run.event import Command

        events = () if self.review is None else self.review.events
        event = next((one for one in events if one.seq == number), None)
        if isinstance(event, Command) and ("event", number) in self.page_unfolded and event.log is not None:
            self._open_log(event.n)
            return
        self.page_unfolded ^= {("event", number)}
        self.refresh_page()
