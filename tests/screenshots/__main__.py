"""Make `screenshots/*.svg` from the sample packets: `python -m tests.screenshots [NAME ...]`.

The same packets and program give the same bytes: the clock, the person and the key are made up, and a picture is taken
when nothing changes on the screen any more. The pictures ask nothing of the network when they are looked at.
"""

from __future__ import annotations

import asyncio
import re
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from textual.widgets import Input

from reviewer.tui.app import ReviewApp
from reviewer.tui.screens.review import ReviewScreen
from reviewer.workflow.settings import Look
from tests.screenshots.source import Picture

if TYPE_CHECKING:
    from textual.pilot import Pilot

ROOT = Path(__file__).parents[2]
_FONT_FACE = re.compile(r"\s*@font-face \{[^}]*\}")
_FONTS = "ui-monospace, 'Cascadia Mono', Menlo, 'DejaVu Sans Mono', Consolas, monospace"
_STILL = 4
"""So many looks without a change, and the screen is at rest."""


@dataclass(frozen=True)
class Shot:
    """One picture.

    Attributes:
        keys: pressed in order once the packet is examined; `code` types the code that arms the signature.
        done: the review is finished already.
        rule: the cursor is put on the first finding of it, before the keys are pressed.
    """

    name: str
    packet: str
    size: tuple[int, int]
    keys: tuple[str, ...] = ()
    theme: str = "ink"
    done: bool = False
    rule: str = ""


NOTE = "right_curly_bracket"
SHOTS: tuple[Shot, ...] = (
    Shot("review-dark", "every-finding", (160, 45), (*[NOTE] * 8, "up", "up")),
    Shot("checklist-findings", "every-finding", (160, 45), ("i", *["j"] * 8, "enter")),
    Shot("approve", "refresh-skew", (120, 44), ("ctrl+a", "code"), done=True),
    Shot("receipt", "refresh-skew", (120, 40), ("ctrl+a", "code", "enter"), done=True),
    Shot("narrow", "refresh-skew", (80, 24), (NOTE,)),
    Shot("light", "refresh-skew", (160, 45), (*[NOTE] * 4,), theme="paper"),
    Shot("timeline", "every-finding", (120, 40), ("tab", "4", *["j"] * 12, "enter")),
    Shot("why", "refresh-skew", (120, 40), ("t", "right_square_bracket")),
    Shot("evidence", "every-finding", (150, 40), ("E",), rule="oracle-weaker"),
    Shot("plan", "every-finding", (120, 40), ("tab", "3")),
    Shot("terminal", "refresh-skew", (120, 40), (*[NOTE] * 4,), theme="terminal"),
)


def main(names: list[str]) -> int:
    """Make the pictures with these names, all of them by default."""
    known = {shot.name: shot for shot in SHOTS}
    unknown = [name for name in names if name not in known]
    if unknown:
        sys.stderr.write(f"there is no picture '{unknown[0]}'; there are: {', '.join(known)}\n")
        return 2
    folder = ROOT / "screenshots"
    folder.mkdir(exist_ok=True)
    for name in names or known:
        path = folder / f"{name}.svg"
        path.write_text(asyncio.run(take(known[name])), encoding="utf-8")
        sys.stderr.write(f"{path.relative_to(ROOT)}\n")
    return 0


async def take(shot: Shot) -> str:
    """Return the picture as SVG."""
    with tempfile.TemporaryDirectory(prefix="reviewer-picture-") as folder:
        source = Picture(ROOT / "packets" / f"{shot.packet}.packet", journals=Path(folder), done=shot.done)
        app = ReviewApp(source, look=Look(theme=shot.theme))
        async with app.run_test(size=shot.size) as pilot:
            await _rest(pilot)
            await _go_to(pilot, shot.rule)
            for key in shot.keys:
                await pilot.press(*(_code(pilot) if key == "code" else (key,)))
                await _rest(pilot)
            return standalone(app.export_screenshot(title="reviewer"))


async def _go_to(pilot: Pilot[str], rule: str) -> None:
    first = pilot.app.screen_stack[0]
    if rule and isinstance(first, ReviewScreen) and first.review is not None:
        finding = next(one for one in first.review.findings if one.rule == rule)
        first.diff.goto_note(finding.id)
        first.focus_pane("diff")
        await _rest(pilot)


def standalone(svg: str) -> str:
    """Return the SVG without fonts from the network; what the machine has takes their place."""
    lines = (line.rstrip() for line in _FONT_FACE.sub("", svg).replace("Fira Code, monospace", _FONTS).split("\n"))
    return "\n".join(lines) + "\n"


def _code(pilot: Pilot[str]) -> str:
    field = pilot.app.screen.query_one("#code", Input)
    field.cursor_blink = False
    return str(getattr(pilot.app.screen, "code", ""))


async def _rest(pilot: Pilot[str]) -> None:
    """Wait until the packet is examined and the screen shows the same for a while."""
    first = pilot.app.screen_stack[0]
    before, still = "", 0
    while still < _STILL:
        await pilot.pause(0.05)
        now = pilot.app.export_screenshot()
        ready = isinstance(first, ReviewScreen) and first.examined
        still = still + 1 if ready and now == before else 0
        before = now


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
