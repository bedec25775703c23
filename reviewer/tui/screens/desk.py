"""What every part of the review screen stands on: the review, the panes, and writing down before drawing.

`record` is the one way to change anything: the event is on disk when it returns, and only then the widgets are given
the new state. The parts (moving, marking, viewing) are classes beside this one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual.screen import Screen

from reviewer.errors import ReviewerError
from reviewer.text import display_safe
from reviewer.tui.arrange import NARROW, WIDE
from reviewer.tui.row import Piece, Tone, clip_cells
from reviewer.tui.widgets.diff_view import DiffView
from reviewer.tui.widgets.lines import OneLine
from reviewer.tui.widgets.row_list import RowList

if TYPE_CHECKING:
    from collections.abc import Hashable

    from reviewer.review.event import ReviewEvent
    from reviewer.tui.arrange import Place
    from reviewer.tui.keymap import Keymap, Pane
    from reviewer.tui.pages.checklist import Answers
    from reviewer.tui.pages.subject import Subject
    from reviewer.tui.screens.source import Person, ReviewDesk, ReviewSource
    from reviewer.workflow.settings import Look

MAX_COUNT = 100_000_000
_NAME_COLUMNS = 28
_KNOWN_WORDS = frozenset({"line", "file", "search"})


class Desk(Screen[str]):
    """State and plumbing shared by the parts of the review screen."""

    AUTO_FOCUS: ClassVar[str | None] = ""

    def __init__(self, source: ReviewSource[Any], keymap: Keymap, look: Look | None = None) -> None:
        super().__init__()
        self.look = look
        self.source = source
        self.keymap = keymap
        self.review: ReviewDesk | None = None
        self.person: Person | None = None
        self.examined = False
        self.stopped = False
        self.failed = False
        self.covered = source.blind
        self.section = 0
        self.unfolded: set[Hashable] = set()
        self.page_unfolded: set[Hashable] = set()
        self.count = 0
        self.zoomed = False
        self.why_open = False
        self.probing = ""
        self.folded: set[Place] = set()
        self.message: tuple[Piece, ...] = ()

    @property
    def diff(self) -> DiffView:
        """The diff."""
        return self.query_one(DiffView)

    def rows(self, name: str) -> RowList:
        """Return one of the lists: brief, files, reason, page or checklist."""
        return self.query_one(f"#{name}", RowList)

    @property
    def pane(self) -> Pane:
        """Where the focus is; the middle when nothing has it."""
        focused = self.focused
        if isinstance(focused, RowList) and focused.id in {"brief", "files", "reason", "page", "checklist"}:
            return focused.id  # type: ignore[return-value]
        return "page" if self.section else "diff"

    def focused_rows(self) -> RowList | None:
        """Return the list that has the focus, None when it is the diff."""
        pane = self.pane
        return None if pane == "diff" else self.rows(pane)

    def subject(self) -> Subject | None:
        """Return what the pages are made from, None before the packet is open."""
        review = self.review
        if review is None:
            return None
        from reviewer.tui.pages.subject import Subject

        return Subject(
            manifest=review.manifest,
            events=review.events,
            findings=tuple(review.findings),
            checked=frozenset(result.mode for result in review.results),
            unfolded=frozenset(self.page_unfolded),
            covered=self.covered and review.coverage.seen_units < review.coverage.units,
            probed=review.probed,
            probing=self.probing,
            keymap=self.keymap,
        )

    def answers(self) -> Answers | None:
        """Return what the checklist is made from, None before the packet is open."""
        review = self.review
        if review is None:
            return None
        from reviewer.checks.order import by_mode
        from reviewer.tui.pages.checklist import Answers

        return Answers(
            policy=review.policy,
            state=review.state,
            gates=tuple(review.gates()),
            results=by_mode(review.results),
            running=not self.examined and not self.stopped,
            unfolded=frozenset(self.unfolded),
            partners=dict(review.partners),
            keymap=self.keymap,
        )

    def record(self, event: ReviewEvent) -> bool:
        """Write an event down, then draw what follows from it; return whether it was written."""
        if self.review is None:
            return False
        try:
            self.review.record(event)
        except ReviewerError as error:
            self.say(f"Not saved: {error.sentence}", "bad")
            return False
        self.draw()
        return True

    def say(self, text: str, tone: Tone = "normal") -> None:
        """Say something in the footer, until the next key."""
        self.message = (Piece(display_safe(text), tone),)
        self.draw_footer()

    def draw(self) -> None:
        """Give every widget what the review says now."""
        raise NotImplementedError

    def draw_footer(self) -> None:
        """Show the keys that are valid now, or what was just said."""
        narrow, wide = self.size.width < NARROW, self.size.width >= WIDE
        right = [Piece(self.keymap.key("help"), "bright"), Piece(" help", "dim")]
        if self.person is not None and not narrow:
            right.append(Piece(f"   {clip_cells(self.person.name, _NAME_COLUMNS)}"))
            if not self.person.fingerprint:
                right.append(Piece(" · no key", "dim"))
            elif wide:
                right.append(Piece(f" · {self.person.fingerprint[:14]}…", "dim"))
        if self.message:
            self.query_one("#footer", OneLine).show([self.message], right)
            return
        # Where there is little room, what everyone knows goes first.
        spare = frozenset[str]() if wide else _KNOWN_WORDS
        named = [(key, word) for key, word in self.keymap.footer(self.pane) if word not in spare]
        if self.pane in {"brief", "page"}:
            named.insert(0, ("1–9", "section"))
        elif self.pane == "diff" and not self.query_one("#right").display:
            # What is folded away is named here, or nobody would find it.
            named.insert(3, (self.keymap.key("toggle_checklist"), "checklist"))
        if self.failed and self.review is None:
            named = [(self.keymap.key("quit_review"), "leave"), (self.keymap.key("reload"), "try again")]
        keys = [[Piece(key, "bright"), Piece(f" {word}", "dim")] for key, word in named]
        if self.count:
            keys.insert(0, [Piece(f"{self.count}…", "accent")])
        self.query_one("#footer", OneLine).show(keys, right)

    def take_count(self) -> int:
        """Return the count that was typed before a move, 1 if there was none, and forget it."""
        count, self.count = min(self.count, MAX_COUNT) or 1, 0
        return count

    def drive(self, action: str) -> None:
        """Let the diff do one of its actions, as often as the count says."""
        for digit in str(self.count) if self.count else "":
            self.diff.add_count_digit(int(digit))
        self.count = 0
        if self.diff.document is None or not self.diff.document.height:
            self.say("There is no change to move in.")
            return
        getattr(self.diff, f"action_{action}")()

    def arrange_panes(self) -> None:
        """Show the panes that belong on the screen at this width."""
        raise NotImplementedError
