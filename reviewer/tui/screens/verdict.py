"""The last screen before a person owns the change: the statement in words, the gates, and the code that arms it.

What is shown is made from the bytes that will be signed. Nothing is signed before the code is typed, and nothing is
called signed before it was read back and verified.
"""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import SuspendNotSupported
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.screen import Screen
from textual.widgets import Input, Static
from textual.worker import Worker, WorkerState

from reviewer.errors import ReviewerError, SigningError
from reviewer.text import display_safe, plural
from reviewer.tui.pages import marks
from reviewer.tui.row import BLANK, Piece, Row, clip_cells, label
from reviewer.tui.screens.handover import InterruptedHereError, hand_over
from reviewer.tui.screens.receipt import ReceiptScreen
from reviewer.tui.widgets.lines import OneLine
from reviewer.tui.widgets.row_list import RowList

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from reviewer.policy.model import GateResult
    from reviewer.review.event import VerdictKind
    from reviewer.review.state import AnswerGiven
    from reviewer.tui.screens.source import DraftView, ReceiptView, ReviewDesk, ReviewSource, Words

DOUBT = "This may not count"
"""The title of what speaks against a signature before it is made."""
_TITLES: dict[VerdictKind, str] = {"approved": "Approve", "rejected": "Request changes"}


class VerdictScreen(Screen[str]):
    """Approving, or requesting changes: both are signed, and look alike.

    Dismisses with the id of a gate that the person wants to see to, or None.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Back without signing", show=False),
        Binding("pagedown,ctrl+d", "page(1)", "Down", show=False),
        Binding("pageup,ctrl+u", "page(-1)", "Up", show=False),
        Binding("down", "move(1)", "Down", show=False),
        Binding("up", "move(-1)", "Up", show=False),
        Binding("j", "move(1)", "Down", show=False),
        Binding("k", "move(-1)", "Up", show=False),
        Binding("enter", "see_to", "See to this gate", show=False),
    ]

    def __init__(self, source: ReviewSource[Any], review: ReviewDesk, kind: VerdictKind) -> None:
        super().__init__()
        self._source = source
        self._review = review
        self._kind = kind
        self._draft: DraftView | None = None
        self._held: tuple[GateResult, ...] = ()

    @property
    def code(self) -> str:
        """What has to be typed to arm the signature, empty while there is no draft."""
        return self._draft.code if self._draft is not None else ""

    def compose(self) -> ComposeResult:
        """Lay out the statement, the line for the code and the keys."""
        yield OneLine(id="header")
        yield RowList(id="statement", shows_cursor=False)
        with Vertical(id="arm"):
            yield Static("", id="arm-sentence", markup=False)
            with Horizontal(id="arm-line"):
                yield Static("", id="arm-label", markup=False)
                yield Input(id="code", compact=True, disabled=True)
        yield OneLine(id="footer")

    def on_mount(self) -> None:
        """Make the draft in a worker."""
        title = _TITLES[self._kind]
        manifest = self._review.manifest
        self.query_one("#arm").display = False
        self.query_one("#header", OneLine).show([[Piece(title, "name")], [Piece(clip_cells(manifest.title, 90))]])
        self._say("")
        if self._kind == "approved":
            self._held = tuple(gate for gate in self._review.gates() if gate.holds_back)
        if self._held:
            self._show_held()
            return
        self.set_timer(0.15, self._still_loading)
        work = partial(self._source.draft, self._review, self._kind)
        self.run_worker(work, thread=True, group="draft", exclusive=True, exit_on_error=False)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Show the draft, or why there is none."""
        if event.worker.group != "draft":
            return
        if event.state is WorkerState.SUCCESS:
            self._show(event.worker.result)
        elif event.state is WorkerState.ERROR:
            error = event.worker.error
            sentence = error.sentence if isinstance(error, ReviewerError) else f"unexpected: {error}"
            hint = error.hint if isinstance(error, ReviewerError) else None
            rows = [Row((Piece("✗ ", "bad"), Piece(sentence)), hanging=2, wrap=True, key="problem")]
            if hint:
                rows.append(Row((Piece(hint, "dim"),), indent=2, wrap=True))
            self.query_one(RowList).set_rows(rows)
            self._say("Nothing was signed.")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Say when the signature is armed."""
        if self._armed(event.value):
            self._say("Armed. Enter signs with your key.", bright=True)
        else:
            self._say("")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Sign when the code is right."""
        if self._draft is None:
            return
        if not self._armed(event.value):
            self._say(f"Type {self._draft.code} exactly to arm the signature. Nothing was signed.", bright=True)
            return
        try:
            receipt = self._sign(self._draft)
        except ReviewerError as error:
            why = f" ({display_safe(error.hint)})" if error.hint else ""
            self._say(f"Nothing was signed: {display_safe(error.sentence)}{why}", bright=True)
            return
        self.app.switch_screen(ReceiptScreen(receipt, self._kind))

    def action_cancel(self) -> None:
        """Go back; nothing was signed."""
        self.dismiss(None)

    def action_see_to(self) -> None:
        """Go back to the review, to the gate under the cursor."""
        key = self.query_one(RowList).key
        if self._held and isinstance(key, tuple) and key[0] == "gate":
            self.dismiss(str(key[1]))

    def on_row_list_opened(self, event: RowList.Opened) -> None:
        """See to a gate with the mouse."""
        event.stop()
        self.action_see_to()

    def action_page(self, pages: int) -> None:
        """Read on."""
        self.query_one(RowList).page(pages)

    def action_move(self, rows: int) -> None:
        """Read on by a row."""
        self.query_one(RowList).move(rows)

    def _sign(self, draft: DraftView) -> ReceiptView:
        # A passphrase is asked on the terminal itself, which therefore has to be handed over.
        if getattr(self.app, "is_web", False):
            raise ReviewerError("a signature needs a terminal of your own, not a browser")

        def ask() -> ReceiptView:
            sys.stderr.write("Signing. Your key may ask for its passphrase or a touch here.\n")
            sys.stderr.flush()
            return self._source.sign(self._review, draft, terminal=True)

        try:
            return hand_over(self.app, ask)
        except InterruptedHereError as error:
            raise SigningError("it was interrupted") from error
        except SuspendNotSupported:
            return self._source.sign(self._review, draft)

    def _armed(self, typed: str) -> bool:
        return self._draft is not None and not self._held and typed.strip().casefold() == self._draft.code.casefold()

    def _show(self, draft: DraftView | None) -> None:
        if draft is None:
            return
        self._draft = draft
        gates = [gate for gate in self._review.gates() if gate.state != "passed"]
        # The sentence that is signed stands beside the code, however long the statement above it is.
        *sections, last = draft.sections
        self.query_one("#arm-sentence", Static).update(display_safe(" ".join(last.lines)))
        rows = _statement_rows(sections)
        rows += disagreement_rows(self._review)
        rows += _gate_rows(gates, "Gates that are not passed")
        self.query_one(RowList).set_rows(rows)
        self.query_one("#arm").display = True
        self.query_one("#arm-label", Static).update(f"Type {draft.code} to arm the signature")
        code = self.query_one("#code", Input)
        code.disabled = False
        code.focus()
        self._say("")

    def _show_held(self) -> None:
        count = plural(len(self._held), "gate keeps", "gates keep")
        rows = self.query_one(RowList)
        rows.shows_cursor = True
        rows.can_focus = True
        rows.set_rows(_gate_rows(self._held, f"{count} this from being signed"))
        self.query_one("#arm").display = False
        rows.focus()
        self._say("")

    def _still_loading(self) -> None:
        if self._draft is None and not self.query_one(RowList).rows:
            self.query_one(RowList).set_rows([label("Reading the packet for the statement …")])

    def _say(self, text: str, *, bright: bool = False) -> None:
        keys = [[Piece("Esc", "bright"), Piece(" back", "dim")], [Piece("PgDn/PgUp", "bright"), Piece(" read", "dim")]]
        if self._held:
            keys.insert(0, [Piece("Enter", "bright"), Piece(" see to it", "dim")])
        said = [[Piece(text, "bright" if bright else "normal")]] if text else keys
        self.query_one("#footer", OneLine).show(said)


def _gate_rows(gates: Sequence[GateResult], title: str) -> list[Row]:
    if not gates:
        return []
    rows = [BLANK, Row((Piece(title, "name"),))]
    for result in gates:
        rows.append(BLANK)
        left = (marks.gate(result.state), Piece(f" {marks.sentence(result.gate.title)}", "bright"))
        rows.append(Row(left, (Piece(result.state, "dim"),), key=("gate", result.gate.id)))
        rows.append(Row((Piece(marks.sentence(result.reason)),), indent=2, wrap=True))
        if result.opens_by:
            rows.append(Row((Piece("opens by  ", "dim"), Piece(result.opens_by)), indent=2, hanging=10, wrap=True))
    return rows


def disagreement_rows(review: ReviewDesk) -> list[Row]:
    """Return where another reviewer of this packet answered otherwise, which is told before anyone signs."""
    rows: list[Row] = []
    for item in review.policy.checklist:
        mine = review.state.answers.get(item.id)
        for name, state in review.partners.items():
            theirs = state.answers.get(item.id)
            if mine is None or theirs is None or mine.answer == theirs.answer:
                continue
            words = f"you {_answer(mine)}, {name} {_answer(theirs)}"
            left = (Piece("! ", "warn"), Piece(f"{item.title}: ", "dim"), Piece(words))
            rows.append(Row(left, indent=2, hanging=2, wrap=True, key=("other", item.id, name)))
    return [BLANK, Row((Piece("Answered differently", "name"),)), *rows] if rows else []


def _answer(given: AnswerGiven) -> str:
    word = marks.ANSWER_WORDS[given.answer]
    return f"{word} (“{given.note}”)" if given.note else word


def _statement_rows(sections: Sequence[Words]) -> list[Row]:
    rows: list[Row] = []
    for section in sections:
        if rows:
            rows.append(BLANK)
        mark = (Piece("! ", "warn"),) if section.title == DOUBT else ()
        rows.append(Row((*mark, Piece(section.title, "name")), key=("words", section.title)))
        for number, line in enumerate(section.lines):
            rows.append(Row((Piece(line),), indent=2, hanging=2, wrap=True, key=("words", section.title, number)))
    return rows
