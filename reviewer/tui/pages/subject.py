"""What the pages are made from: the manifest, the run, the findings, and what the reviewer has unfolded.

A frozen value, made anew by the screen whenever one of them changes. Pages read it and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from reviewer.tui.keymap import DEFAULT

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from reviewer.checks.finding import Finding, Mode
    from reviewer.checks.probed import Probed
    from reviewer.packet.manifest import CommandRow, Manifest
    from reviewer.run.event import Event
    from reviewer.tui.keymap import Keymap


@dataclass(frozen=True)
class Subject:
    """What is under review, as far as it is known by now.

    Attributes:
        findings: of the checks that are done.
        checked: the modes whose check is done; what a check did not look at is unknown, not clean.
        unfolded: keys of rows that show their details.
        covered: blind first: the agent's own words stay covered.
        probed: what running the tests showed, None if nobody asked for it.
        probing: what a run that is under way does now, "" when none is.
        keymap: the keys that pages name.
    """

    manifest: Manifest
    events: Sequence[Event] = ()
    findings: Sequence[Finding] = ()
    checked: frozenset[Mode] = frozenset()
    unfolded: frozenset[Hashable] = frozenset()
    covered: bool = False
    probed: Probed | None = None
    probing: str = ""
    keymap: Keymap = DEFAULT

    @cached_property
    def outside(self) -> frozenset[str]:
        """Changed paths with a finding of the scope check."""
        return frozenset(finding.file for finding in self.findings if finding.mode == "scope" and finding.file)

    @cached_property
    def changed(self) -> frozenset[str]:
        """The changed paths."""
        return frozenset(file.path for file in self.manifest.file_changed)

    @cached_property
    def commands(self) -> dict[int, CommandRow]:
        """The commands by number."""
        return {command.n: command for command in self.manifest.command}

    def of_mode(self, *modes: Mode) -> tuple[Finding, ...]:
        """Return the findings of some failure modes."""
        return tuple(finding for finding in self.findings if finding.mode in modes)
