"""Answering a checklist row: yes, no, not applicable or unsure, and a note where the answer raises a concern.

The answer that raises no concern is saved by its letter alone, so that a walk through the checklist is one key a row.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.widgets import Static

from reviewer.tui.row import layout
from reviewer.tui.screens.dialog import Dialog, TextEditor
from reviewer.tui.widgets.row_list import RowList

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events
    from textual.binding import BindingType
    from textual.widget import Widget

    from reviewer.policy.model import ChecklistItem
    from reviewer.review.event import Answer
    from reviewer.tui.row import Row

_CHOICES: tuple[tuple[str, Answer, str], ...] = (
    ("y", "yes", "yes"),
    ("n", "no", "no"),
    ("a", "not_applicable", "not applicable"),
    ("u", "unsure", "unsure"),
)
_EVIDENCE_COLUMNS = 68
_EVIDENCE_LINES = 9
_OTHER_LINES = 21
"""Question, guidance, answers, note, problem and keys, with what surrounds them."""


@dataclass(frozen=True, slots=True)
class Given:
    """An answer with its note; `answer` None takes the answer back."""

    answer: Answer | None
    note: str = ""


class AnswerDialog(Dialog[Given]):
    """The question, what was found, four answers by letter, and a note."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(key, f"choose('{answer}')", words, show=False) for key, answer, words in _CHOICES),
        Binding("backspace", "take_back", "take the answer back", show=False),
        Binding("enter", "save", "save", show=False),
        Binding("tab", "note", "write a note", show=False),
        Binding("pagedown,down,j", "read(1)", "read on", show=False),
        Binding("pageup,up,k", "read(-1)", "read back", show=False),
    ]
    AUTO_FOCUS: ClassVar[str | None] = ""

    def __init__(
        self, item: ChecklistItem, given: Given | None = None, evidence: Sequence[Row] = (), *, place: str = ""
    ) -> None:
        """Prepare the question.

        Args:
            item: what is asked.
            given: the answer so far.
            evidence: what the checks found, to decide by.
            place: where in the checklist this is, as in `5 of 12`.
        """
        super().__init__(item.question, item.guidance)
        self._item = item
        self._answer: Answer | None = given.answer if given is not None else None
        self._note_text = given.note if given is not None else ""
        self._evidence = tuple(evidence)
        back = "   Backspace take back" if self._answer is not None else ""
        self.hint = f"{f'{place}   ' if place else ''}y n a u answer   Tab note{back}   Esc close"

    def body(self) -> list[Widget]:
        """Return what was found, the four answers and the note."""
        found = RowList(id="evidence", shows_cursor=False)
        found.can_focus = False
        found.set_rows(self._evidence)
        lines = sum(len(layout(row, _EVIDENCE_COLUMNS)) for row in self._evidence)
        # The note and the keys below have to stay on the screen, however low it is.
        height = min(lines, _EVIDENCE_LINES, max(2, self.app.size.height - _OTHER_LINES))
        found.styles.height = height
        if lines > height:
            # What is below has to be said: nobody decides by what they do not know is there.
            self.hint = self.hint.replace("   Tab note", "   PgDn more   Tab note")
        found.display = bool(lines)
        choices = [
            Static(self._words(answer, f" {key}  {words}"), id=f"choice-{answer}", classes="choice", markup=False)
            for key, answer, words in _CHOICES
        ]
        return [found, *choices, TextEditor(self._note_text, id="editor", soft_wrap=True, show_line_numbers=False)]

    def on_mount(self) -> None:
        """Start with the letters, not the note."""
        self.query_one(TextEditor).display = bool(self._note_text)
        self._show()

    def on_click(self, event: events.Click) -> None:
        """Choose an answer with the mouse."""
        if event.widget is not None and (name := event.widget.id or "").startswith("choice-"):
            self.action_choose(next(answer for _, answer, _ in _CHOICES if f"choice-{answer}" == name))

    def on_text_editor_submitted(self) -> None:
        """Save on Enter in the note."""
        self.action_save()

    def action_choose(self, answer: Answer) -> None:
        """Take the answer; one that raises a concern goes on to the note."""
        self._answer = answer
        self._show()
        if self._needs_note() and not self._written:
            self._write_note()
        else:
            self.action_save()

    def action_take_back(self) -> None:
        """Leave the question open again."""
        self.dismiss(Given(None))

    def action_note(self) -> None:
        """Go between the letters and the note."""
        if self.query_one(TextEditor).has_focus:
            self.set_focus(None)
            self.query_one(".dialog--hint", Static).update(self.hint)
        else:
            self._write_note()

    def action_read(self, pages: int) -> None:
        """Read on in what was found."""
        self.query_one(RowList).page(pages)

    def action_save(self) -> None:
        """Close with the answer."""
        if self._answer is None:
            self.problem("Choose an answer: y, n, a or u.")
            self.set_focus(None)
        elif self._needs_note() and not self._written:
            self.problem("This answer raises a concern: say in the note what it is and what follows. Enter saves.")
            self._write_note()
        else:
            self.dismiss(Given(self._answer, self._written))

    @property
    def _written(self) -> str:
        return self.query_one(TextEditor).text.strip()

    def _write_note(self) -> None:
        editor = self.query_one(TextEditor)
        editor.display = True
        editor.focus()
        words = next((words for _, answer, words in _CHOICES if answer == self._answer), "no answer yet")
        self.query_one(".dialog--hint", Static).update(
            f"{words}, with this note   Enter save   Tab answers   Esc close"
        )

    def _needs_note(self) -> bool:
        return self._answer not in {None, self._item.clear}

    def _words(self, answer: Answer, text: str) -> str:
        return text if answer == self._item.clear else f"{text.ljust(20)}with a note"

    def _show(self) -> None:
        for _, answer, _ in _CHOICES:
            self.query_one(f"#choice-{answer}").set_class(answer == self._answer, "-chosen")
