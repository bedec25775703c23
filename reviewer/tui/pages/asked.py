"""Section 1: what was asked, by whom it was done, and how it ended, in the words of those who said it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewer.tui.pages.field import field, heading, known_of, listed, prose
from reviewer.tui.row import Piece, Row, Tone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.tui.pages.subject import Subject

_PATH = re.compile(
    r"[\w.@+-]+(?:/[\w.@+-]+)+|\b[\w-]+\.(?:py|js|jsx|ts|tsx|go|rs|rb|java|c|h|cpp|md|toml|json|ya?ml|txt)\b"
)
_NAME = 22
_FIELD_NAMES = {"non_goals": "Non-goals", "done_when": "Done when", "required_commands": "Has to pass"}
_STEP_GLYPHS: dict[str, tuple[str, Tone]] = {
    "completed": ("✓", "good"),
    "in_progress": ("◐", "warn"),
    "pending": ("○", "warn"),
    "cancelled": ("✗", "warn"),
    "unknown": ("⊘", "dim"),
}


def task(subject: Subject) -> Iterator[Row]:
    """Yield the rows of section 1: the contract, who did it, how it ended, then the words as they were."""
    asked, origin, end = subject.manifest.task, subject.manifest.origin, subject.manifest.end
    yield Row((Piece(subject.manifest.title, "name"),), wrap=True)
    yield from heading("Asked")
    yield field("Objective", asked.objective, known_of(asked.known, "objective"), tone="bright")
    for name, values in (
        ("constraints", asked.constraints),
        ("non_goals", asked.non_goals),
        ("done_when", asked.done_when),
        ("required_commands", asked.required_commands),
    ):
        known = known_of(asked.known, name)
        yield from listed(
            _FIELD_NAMES.get(name, name.capitalize()), values or (None if known == "absent" else []), known
        )
    yield field("Type", asked.type, known_of(asked.known, "type"))
    yield field("Issue", asked.issue, known_of(asked.known, "issue"))
    yield from heading("Made by")
    yield field("Origin", origin.kind, known_of(origin.known, "kind"))
    # Of several agents, each session says its own version.
    version = "" if origin.agent is None or ", " in origin.agent else origin.agent_version or ""
    agent = None if origin.agent is None else f"{origin.agent} {version}".rstrip()
    yield field("Agent", agent, known_of(origin.known, "agent"))
    yield field("Models", origin.models or None, known_of(origin.known, "models"))
    operator = origin.operator
    who = None if operator is None else f"{operator.name} {f'<{operator.email}>' if operator.email else ''}".rstrip()
    yield field("Run by", who, known_of(origin.known, "operator"))
    yield field("Ended", end.reason, known_of(end.known, "reason"))
    yield from prose("The first request, as it was given", asked.prompt, known_of(asked.known, "prompt"))
    for number, text in enumerate(asked.follow_ups, 2):
        yield from prose(f"Request {number}", text, known_of(asked.known, "follow_ups"))
    if end.text:
        yield from prose(
            "The agent's last words, not checked", end.text, known_of(end.known, "text"), covered=subject.covered
        )
