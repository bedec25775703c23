"""Hidden characters in the texts of the run: prompts, messages, commands, logs and the packet's own fields.

Everything here is shown inert anyway; a finding says that a text of the run was more than meets the eye.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewer.checks.ident import Fact, shown
from reviewer.text import HazardKind, hazards

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewer.checks.account import Account
    from reviewer.checks.case import Case
    from reviewer.checks.finding import Known

_TELLING = frozenset({HazardKind.BIDI, HazardKind.TAG, HazardKind.FILLER})
_REORDERING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_ZERO_WIDTH_RUN = re.compile("[\u200b\u200c\u200d\u2060-\u2064\ufeff]{3,}")
# Colours and cursor moves (CSI) are in every log; titles, links, the clipboard (OSC) and device strings are not.
_TERMINAL = re.compile(rb"\x1b[\]P_^X]")
_SCANNED = 256 * 1024
_WHY = "A person and a program do not read the same text here."


def run_texts(case: Case, account: Account) -> Iterator[Fact]:
    """Yield at most one finding a text, and one a log that tries to drive a terminal."""
    for ref, name, text, known in _texts(case):
        account.looked("text", "of the run")
        kinds = sorted(
            {str(hazard.kind) for hazard in hazards(text[:_SCANNED]) if _tells(hazard.character, hazard.kind)}
        )
        if _ZERO_WIDTH_RUN.search(text[:_SCANNED]):
            kinds.append("run of zero-width characters")
        if kinds:
            yield Fact(
                rule="hidden-in-run",
                severity="medium",
                message=f"{name} holds hidden characters ({', '.join(kinds)}).",
                why=_WHY,
                quote=text[:200],
                known=known,
                evidence=(ref,) if ref else (),
            )
    for path, data in case.logs.items():
        account.looked("log")
        if _TERMINAL.search(data[:_SCANNED]):
            yield Fact(
                rule="terminal-sequence-in-log",
                severity="info",
                message=f"The log {shown(path)} holds sequences that set titles, links or the clipboard of a terminal.",
                why="Shown raw, it would act on the terminal of whoever reads it.",
                quote=path,
                known="recorded",
            )


def _tells(character: str, kind: HazardKind) -> bool:
    return kind in _TELLING and (kind is not HazardKind.BIDI or character in _REORDERING)


def _texts(case: Case) -> Iterator[tuple[str, str, str, Known]]:
    manifest = case.manifest
    for name, text in (
        ("The title", manifest.title),
        ("The objective", manifest.task.objective),
        ("The rollback note", manifest.rollback.strategy),
    ):
        if text:
            yield "", name, text, "declared"
    for event in case.events:
        text = getattr(event, "text", None) or getattr(event, "line", None)
        if isinstance(text, str) and text and not text.isascii():
            yield f"event:{event.seq}", f"Event {event.seq} ({event.kind})", text, "recorded"
    if not case.events:
        for text in (manifest.task.prompt, *manifest.task.follow_ups, manifest.plan.text):
            if text:
                yield "", "A prompt or plan", text, "recorded"
