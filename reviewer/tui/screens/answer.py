"""Answering a checklist row: yes, no, not applicable or unsure, and a note where the answer raises a concern."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.widgets import Static

from reviewer.tui.screens.dialog import Dialog, TextEditor

if TYPE_CHECKING:
    from textual import events
    from textual.binding import BindingType
    from textual.widget import Widget

    from reviewer.policy.model import ChecklistItem
    from reviewer.review.event import Answer

_CHOICES: tuple[tuple[str, Answer, str], ...] = (
    ("y", "yes", "yes"),
    ("n", "no", "no"),
    ("a", "not_applicable", "not applicable"),
    ("u", "unsure", "unsure"),
)


@dataclass(frozen=True, slots=True)
class Given:
    """An answer with its note; `answer` None takes the answer back."""

    answer: Answer | None
    note: str = ""


class AnswerDialog(Dialog[Given]):
    """The question, four answers by letter, and a note."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(key, f"choose('{answer}')", words, show=False) for key, answer, words in _CHOICES),
        Binding("backspace", "take_back", "take the answer back", show=False),
        Binding("enter", "save", "save", show=False),
        Binding("tab", "note", "write a note", show=False),
    ]
    AUTO_FOCUS: ClassVar[str | None] = ""
    hint = "y n a u choose   Tab note   Enter save   Backspace undo   Esc close"

    def __init__(self, item: ChecklistItem, given: Given | None = None) -> None:
        super().__init__(item.question, item.guidance)
        self._item = item
        self._answer: Answer | None = given.answer if given is not None else None
        self._note_text = given.note if given is not None else ""

    def body(self) -> list[Widget]:
        """Return the four answers and the note."""
        choices = [
            Static(f" {key}  {words}", id=f"choice-{answer}", classes="choice", markup=False)
            for key, answer, words in _CHOICES
        ]
        return [*choices, TextEditor(self._note_text, id="editor", soft_wrap=True, show_line_numbers=False)]

    def on_mount(self) -> None:
        """Start with the letters, not the note."""
        self._show()

    def on_click(self, event: events.Click) -> None:
        """Choose an answer with the mouse."""
        if event.widget is not None and (name := event.widget.id or "").startswith("choice-"):
            self._answer = next(answer for _, answer, _ in _CHOICES if f"choice-{answer}" == name)
            self._show()

    def on_text_editor_submitted(self) -> None:
        """Save on Enter in the note."""
        self.action_save()

    def action_choose(self, answer: Answer) -> None:
        """Choose; an answer that raises a concern goes on to the note."""
        self._answer = answer
        self._show()
        if self._needs_note():
            self.query_one(TextEditor).focus()

    def action_take_back(self) -> None:
        """Leave the question open again."""
        self.dismiss(Given(None))

    def action_note(self) -> None:
        """Go between the letters and the note."""
        editor = self.query_one(TextEditor)
        self.set_focus(None if editor.has_focus else editor)

    def action_save(self) -> None:
        """Close with the answer."""
        note = self.query_one(TextEditor).text.strip()
        if self._answer is None:
            self.problem("Choose an answer first.")
        elif self._needs_note() and not note:
            self.problem("This answer raises a concern: say in the note what it is and what follows.")
            self.query_one(TextEditor).focus()
        else:
            self.dismiss(Given(self._answer, note))

    def _needs_note(self) -> bool:
        return self._answer not in {None, self._item.clear}

    def _show(self) -> None:
        for _, answer, _ in _CHOICES:
            self.query_one(f"#choice-{answer}").set_class(answer == self._answer, "-chosen")
