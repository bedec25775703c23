"""The sections of the brief: number, name, the few words beside the name, and the page.

The words beside a name are what a person decides by before opening it: a count, a sum, or that nothing was recorded.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from reviewer.tui.keymap import DEFAULT, Keymap
from reviewer.tui.row import Piece, Row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from reviewer.tui.pages.subject import Subject

    Summary: TypeAlias = Callable[[Subject], tuple[Piece, ...]]
    Page: TypeAlias = Callable[[Subject], Iterator[Row]]


@dataclass(frozen=True, slots=True)
class Section:
    """One section of the brief.

    Attributes:
        page: the name of the function that makes its page; pages are loaded when the first one is opened.
    """

    number: int
    title: str
    summary: Summary
    page: str


_ABSENT = (Piece("⊘", "dim"),)


def _task(subject: Subject) -> tuple[Piece, ...]:
    asked = subject.manifest.task
    if asked.prompt is None and asked.objective is None:
        return _ABSENT
    return (Piece(f"{1 + len(asked.follow_ups)}", "dim"),) if asked.follow_ups else ()


def _scope(subject: Subject) -> tuple[Piece, ...]:
    outside = len(subject.of_mode("scope", "stop_rule"))
    if outside:
        return (Piece("! ", "warn"), Piece(str(outside)))
    limits = subject.manifest.scope
    if limits.allowed_paths is None and limits.forbidden_paths is None:
        return _ABSENT
    return (Piece("✓", "good"),) if "scope" in subject.checked else ()


def _plan(subject: Subject) -> tuple[Piece, ...]:
    from reviewer.tui.pages.course import differences

    table = subject.manifest.plan
    if count := differences(subject):
        return (Piece("! ", "warn"), Piece(str(count)))
    return _ABSENT if table.text is None and not table.steps else (Piece("✓", "good"),)


def _timeline(subject: Subject) -> tuple[Piece, ...]:
    from reviewer.run.event import Usage

    count = sum(not isinstance(event, Usage) for event in subject.events)
    return (Piece(f"{count:,}", "dim"),) if count else _ABSENT


def _commands(subject: Subject) -> tuple[Piece, ...]:
    rows = subject.manifest.command
    if not rows:
        return _ABSENT
    failed = sum(command.state in {"failed", "denied", "cancelled"} for command in rows)
    bad = (Piece("✗ ", "bad"), Piece(f"{failed} of ")) if failed else ()
    return (*bad, Piece(f"{len(rows):,}", "dim"))


def _retries(subject: Subject) -> tuple[Piece, ...]:
    # Without a record of the run there is nothing to count: that is not the same as no retry.
    return (Piece(f"{len(subject.manifest.retry)}", "dim"),) if subject.manifest.command else _ABSENT


def _assumptions(subject: Subject) -> tuple[Piece, ...]:
    count = len(subject.manifest.assumption)
    return (Piece(str(count), "dim"),) if count else _ABSENT


def _rollback(subject: Subject) -> tuple[Piece, ...]:
    undo = subject.manifest.rollback
    if undo.strategy is None and not undo.steps:
        return _ABSENT
    return (Piece("✓", "good"),) if undo.verified else (Piece("noted", "dim"),)


def _cost(subject: Subject) -> tuple[Piece, ...]:
    from reviewer.tui.pages.field import seconds

    spent = subject.manifest.cost
    parts = [f"${spent.usd:,.2f}" if spent.usd is not None else "", seconds(spent.seconds)]
    text = "  ".join(part for part in parts if part)
    return (Piece(text, "dim"),) if text else _ABSENT


def _runs(subject: Subject) -> tuple[Piece, ...]:
    from reviewer.tui.pages.runs import summary

    return summary(subject.probed) if not subject.probing else (Piece("◐", "accent"),)


RUNS = 10
"""The number of the page that has no digit of its own: what running the tests showed."""

SECTIONS: tuple[Section, ...] = (
    Section(1, "Task", _task, "task"),
    Section(2, "Scope", _scope, "scope"),
    Section(3, "Plan vs did", _plan, "plan"),
    Section(4, "Timeline", _timeline, "timeline"),
    Section(5, "Commands", _commands, "commands"),
    Section(6, "Retries", _retries, "retries"),
    Section(7, "Assumptions", _assumptions, "assumptions"),
    Section(8, "Rollback", _rollback, "rollback"),
    Section(9, "Cost", _cost, "cost"),
    Section(RUNS, "Runs", _runs, "runs"),
)


def brief_rows(subject: Subject | None, keymap: Keymap = DEFAULT) -> list[Row]:
    """Return the rows of the brief; before the manifest is there, the same rows without words beside them."""
    return [
        Row(
            (Piece(f"{_key(section, keymap)} ", "dim"), Piece(section.title)),
            section.summary(subject) if subject is not None else (),
            key=("section", section.number),
        )
        for section in SECTIONS
    ]


def page_rows(number: int, subject: Subject) -> list[Row]:
    """Return the rows of a section's page; each row that says something can be reached by the cursor."""
    rows = _page(SECTIONS[number - 1].page)(subject)
    return [
        _reachable(row, place) if row.key is None and row.text.strip() and not _is_heading(row) else row
        for place, row in enumerate(rows)
    ]


def _key(section: Section, keymap: Keymap) -> str:
    return keymap.key("show_runs") if section.number == RUNS else str(section.number)


def _page(name: str) -> Page:
    from reviewer.tui.pages import asked, course, rest, run, runs, scope, timeline

    modules = (asked, course, rest, run, runs, scope, timeline)
    found: Page = next(getattr(module, name) for module in modules if hasattr(module, name))
    return found


def _is_heading(row: Row) -> bool:
    # Names of groups and quiet labels say what follows; text that wraps is there to be read.
    return len(row.left) == 1 and row.left[0].tone in {"name", "dim"} and not row.wrap


def _reachable(row: Row, place: int) -> Row:
    return Row(row.left, row.right, ("line", place), row.indent, row.hanging, row.wrap)
