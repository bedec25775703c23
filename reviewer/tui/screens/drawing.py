"""From the review to the widgets: every list and line is made anew from what is on disk, never patched in place."""

from __future__ import annotations

from bisect import bisect_right
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from reviewer.text import plural
from reviewer.tui.arrange import WIDE, Place, arrange
from reviewer.tui.pages import status
from reviewer.tui.pages.sections import SECTIONS, brief_rows, page_rows
from reviewer.tui.pages.tree import FileStanding, tree_rows
from reviewer.tui.reading import Group, by_path, guided
from reviewer.tui.render.place import SpotKind
from reviewer.tui.row import Piece
from reviewer.tui.screens.viewing import Viewing
from reviewer.tui.standings import Standings
from reviewer.tui.widgets.lines import OneLine

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reviewer.checks.finding import Finding
    from reviewer.diff.anchor import Unit
    from reviewer.tui.keymap import Keymap, Pane
    from reviewer.tui.pages.subject import Subject
    from reviewer.tui.screens.source import ReviewDesk, ReviewSource
    from reviewer.workflow.settings import Look

_PLACES: dict[Pane, Place] = {
    "brief": "brief",
    "files": "brief",
    "diff": "middle",
    "page": "middle",
    "reason": "middle",
    "checklist": "checklist",
}
_TABS: tuple[tuple[Pane, str], ...] = (
    ("brief", "Brief"),
    ("files", "Files"),
    ("diff", "Diff"),
    ("checklist", "Checklist"),
)
_STATE_COLUMNS = 38
_EMPTY: tuple[FileStanding, ...] = ()


class Drawing(Viewing):
    """The drawing."""

    groups: Sequence[Group] = ()
    standings: Sequence[FileStanding] = _EMPTY
    note: str | None = None
    _order_shown: tuple[int, ...] = ()
    _files_drawn: tuple[object, ...] = ()
    _grouped_by: tuple[object, ...] = ()
    _ordered_by: Sequence[Finding] = ()
    _positions: Mapping[int, int] = MappingProxyType({})
    _firsts: Sequence[int] = ()
    _firsts_of: Sequence[Unit] | None = None

    def __init__(self, source: ReviewSource[Any], keymap: Keymap, look: Look | None = None) -> None:
        super().__init__(source, keymap, look)
        self._counted = Standings()

    def draw(self) -> None:
        """Give every widget what the review says now."""
        review, answers, subject = self.review, self.answers(), self.subject()
        if review is None or answers is None or subject is None:
            return
        from reviewer.tui.pages.checklist import checklist_rows
        from reviewer.tui.pages.defended import defended_marks
        from reviewer.tui.pages.notes import notes_of

        state, coverage = review.state, review.coverage
        verdict = state.verdicts[-1].kind if state.verdicts else None
        self.query_one("#header", OneLine).show(
            status.header_groups(self.source.name, review.manifest, review.partners, self._title_columns(), verdict),
            status.header_state(
                review.risk_class,
                review.manifest.task.type if self.size.width >= WIDE else None,
                answers.gates,
                (coverage.seen_units, coverage.units),
            ),
        )
        self.draw_brief(subject)
        self.rows("checklist").set_rows(checklist_rows(answers))
        self._draw_files()
        self.diff.set_marks(state.seen, tuple(notes_of(review.findings, state, self.keymap)))
        self.diff.set_hunk_marks(defended_marks(subject.probed.hunks if subject.probed else None, review.index))
        self.refresh_page()
        self.draw_place()
        self._draw_tabs()

    def draw_brief(self, subject: Subject) -> None:
        """Show the sections with the few words beside each."""
        self.rows("brief").set_rows(brief_rows(subject, self.keymap))

    def prepare(self, review: ReviewDesk) -> None:
        """Work out what the first drawing asks for, in the worker: what is made here is remembered where it is made."""
        standings = self._counted.of(review.index.files, review.units, review.state)
        paths = [standing.path for standing in standings]
        groups = guided(paths, ()) if self.order == "guided" else by_path(paths)
        tree_rows(standings, groups, {}, guided=self.order == "guided")
        review.gates()

    def draw_place(self) -> None:
        """Say where the cursor is, and why that line is there."""
        place = self.query_one("#place", OneLine)
        if self.section:
            place.show([[Piece(SECTIONS[self.section - 1].title, "name")]], [Piece("Esc diff", "dim")])
            return
        file = self.diff.file
        if file is None:
            place.show([[]])
            return
        standing = self._standing(file.number) or FileStanding(file.path, file.status)
        counts = (None, None) if file.binary else (file.added, file.removed)
        unit = self.current_unit()
        hunk = (0, file.hunk_count)
        if unit is not None and unit.hunk is not None:
            hunk = (unit.hunk.number - file.hunk_first + 1, file.hunk_count)
        number = self._positions.get(file.number, file.number) + 1
        total = max(len(self.standings), number)
        place.show(status.place_groups(standing, counts), status.place_state(standing, hunk, (number, total)))
        self.draw_why()
        if self.pane != "files":
            self.rows("files").select(("file", file.number))

    def draw_middle(self) -> None:
        """Show the diff or the open section in the middle."""
        self.diff.display = not self.section
        self.query_one("#page").display = bool(self.section)
        self.query_one("#why").display = not (self.section or self.why_open)
        self.query_one("#reason").display = self.why_open and not self.section
        # The open section stays marked in the brief, wherever the focus is.
        brief = self.rows("brief")
        brief.idle_cursor = bool(self.section)
        if self.section:
            brief.select(("section", self.section))
        brief.refresh()
        self.draw_place()

    def draw_why(self) -> None:
        """Say why the part of the change under the cursor is there."""
        raise NotImplementedError

    def refresh_page(self) -> None:
        """Draw the open section again."""
        subject = self.subject()
        if self.section and subject is not None:
            self.rows("page").set_rows(page_rows(self.section, subject))

    def arrange_panes(self) -> None:
        """Show the panes that belong on the screen at this width."""
        split = self.diff.mode == "split" and not self.section
        shown = arrange(
            self.size.width,
            _PLACES[self._last_pane],
            split=split,
            zoomed=self.zoomed,
            folded=frozenset(self.folded),
        )
        self.query_one("#left").display = shown.brief
        # Where there is one pane at a time, the brief and the files are two.
        for pane in ("brief", "files"):
            alone = shown.tabs and self._last_pane != pane
            self.query_one(f"#{pane}").display = self.query_one(f"#{pane}-label").display = not alone
        self.query_one("#middle").display = shown.middle
        right = self.query_one("#right")
        right.display = shown.checklist
        right.set_class(shown.drawer, "-drawer")
        self.query_one("#tabs").display = shown.tabs
        self.set_class(not shown.middle, "-alone")
        self._draw_tabs()

    def quiet(self) -> None:
        """Forget what was said, and show the keys again."""
        if self.message:
            self.message = ()
            self.draw_footer()

    def current_unit(self) -> Unit | None:
        """Return the unit under the diff's cursor."""
        spot, review = self.diff.cursor_spot, self.review
        if spot is None or review is None:
            return None
        units = review.units
        if self._firsts_of is not units:
            self._firsts_of, self._firsts = units, [unit.first for unit in units]
        file = review.index.files[spot.file] if spot.file >= 0 else None
        row = spot.row if spot.row is not None else file.last - 1 if file is not None else 0
        # Units stand in the order of rows. A file's own header, with hunks below it, goes with the first of them.
        place = max(0, bisect_right(self._firsts, row) - 1)
        while place < len(units) and units[place].last <= row:
            place += 1
        return units[place] if place < len(units) else None

    def current_path(self) -> str | None:
        """Return the path under the cursor, in the diff or in the files."""
        key = self.rows("files").key if self.pane == "files" else None
        if isinstance(key, tuple) and key[0] == "file" and self.review is not None:
            return str(self.review.index.files[key[1]].path)
        return None if self.diff.file is None else self.diff.file.path

    def units_in_order(self) -> Sequence[Unit]:
        """Return the units in the order of reading."""
        if self.review is None:
            return ()
        by_file: dict[int, list[Unit]] = {}
        for unit in self.review.units:
            by_file.setdefault(unit.file.number, []).append(unit)
        return [unit for group in self.groups for number in group.files for unit in by_file.get(number, ())]

    def note_under_cursor(self) -> str | None:
        """Return the id of the finding or comment under the diff's cursor: unfolded there, or in the line's gutter."""
        spot, document = self.diff.cursor_spot, self.diff.document
        if spot is None or document is None:
            return None
        if spot.kind is SpotKind.NOTE and spot.note is not None:
            return spot.note.id
        notes = document.marks.by_place.get(spot.place, ())
        return notes[0].id if notes else None

    def unfinished(self) -> str:
        """Return what is left to do, one sentence."""
        review, answers = self.review, self.answers()
        if review is None or answers is None:
            return ""
        coverage, state = review.coverage, review.state
        said = f"{review.manifest.id}: {coverage.seen_units} of {plural(coverage.units, *coverage.nouns)} seen, "
        said += f"{answers.answered} of {plural(len(review.policy.checklist), 'question')} answered"
        verdict = {"approved": "approved and signed", "rejected": "changes requested and signed"}
        last = f"; {verdict[state.verdicts[-1].kind]}" if state.verdicts else "; no verdict yet"
        return f"{said}{last}. Everything is kept."

    def findings_by_file(self) -> dict[str, list[Finding]]:
        """Return the findings that have a file, by file."""
        found: dict[str, list[Finding]] = {}
        for finding in self.review.findings if self.review is not None else ():
            if finding.file is not None:
                found.setdefault(finding.file, []).append(finding)
        return found

    def _title_columns(self) -> int:
        """Return how much of the title the header shows: a third, or all that is left where nothing else fits."""
        width = self.size.width
        return width // 3 if width >= WIDE else max(12, width - _STATE_COLUMNS)

    def _draw_files(self) -> None:
        review = self.review
        if review is None:
            return
        findings = tuple(review.findings)
        self.standings = self._counted.of(review.index.files, review.units, review.state)
        if self.examined:
            # The order changes once, when everything is found, and not with every check that ends.
            self._ordered_by = findings
        ordered = (review, self._ordered_by, self.order)
        drawn = (self.standings, findings, ordered)
        if drawn == self._files_drawn:
            return
        self._files_drawn = drawn
        paths = [standing.path for standing in self.standings]
        if ordered != self._grouped_by:
            self._grouped_by = ordered
            self.groups = guided(paths, self._ordered_by) if self.order == "guided" else by_path(paths)
        order = tuple(number for group in self.groups for number in group.files)
        self._positions = {number: place for place, number in enumerate(order)}
        if order != self._order_shown:
            self._order_shown = order
            self.diff.set_order(order)
        seen = sum(standing.seen == standing.units for standing in self.standings)
        self.query_one("#files-label", OneLine).show(
            [[Piece("Files", "dim")]], [Piece(f"{seen} of {len(paths)} seen · {self.order}", "dim")]
        )
        rows = tree_rows(self.standings, self.groups, self.findings_by_file(), guided=self.order == "guided")
        self.rows("files").set_rows(rows)

    def _draw_tabs(self) -> None:
        tabs = self.query_one("#tabs", OneLine)
        if not tabs.display:
            return
        answers = self.answers()
        count = "" if answers is None else f" {answers.answered} of {len(answers.policy.checklist)}"
        groups = []
        here = "diff" if self._last_pane in {"page", "reason"} else self._last_pane
        for pane, name in _TABS:
            title = SECTIONS[self.section - 1].title if pane == "diff" and self.section else name
            text = f"{title}{count if pane == 'checklist' else ''}"
            groups.append([Piece(text, "accent" if pane == here else "dim")])
        tabs.show(groups, [Piece("Tab", "dim")])

    def _standing(self, number: int) -> FileStanding | None:
        return self.standings[number] if number < len(self.standings) else None
