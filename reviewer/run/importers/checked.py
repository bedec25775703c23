"""Which versions of the agents' programs each importer was checked with, on recorded runs.

Data. None of these formats promises to stay as it is: a version beyond the last one is read all the same, and said.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_NUMBERS = re.compile(r"\bv?(\d{1,4}(?:\.\d{1,4}){1,3})\b")


class Checked(NamedTuple):
    """The first and the last version that runs were at hand of; empty where the log names none."""

    first: str = ""
    last: str = ""

    @property
    def span(self) -> str:
        """As people write it; empty where no version is named."""
        return self.first if self.first == self.last else f"{self.first} to {self.last}"


CHECKED: dict[str, Checked] = {
    "claude-code": Checked("1.0.111", "2.1.42"),
    "codex": Checked("0.114", "0.144"),
    "mini-swe-agent": Checked("1.13", "2.2"),
    "swe-agent": Checked("0.5", "1.1"),
    "openhands": Checked("0.6", "1.0"),
    "opencode": Checked(),
    "gemini-cli": Checked(),
    "atif": Checked("1.4", "1.7"),
    "copilot-cli": Checked(),
    "cline": Checked(),
    "aider": Checked("0.85", "0.86"),
    "cursor": Checked(),
}
"""By the importer's name."""


def beyond(name: str, versions: list[str]) -> str | None:
    """Return the first of a run's versions that is newer than what the importer was checked with, None if none is."""
    last = CHECKED.get(name, Checked()).last
    if not last:
        return None
    known = _numbers(last)
    for version in versions:
        found = _numbers(version)
        # A later patch of the last version is that version.
        if found and known and found[: len(known)] > known:
            return version
    return None


def _numbers(version: str) -> tuple[int, ...]:
    match = _NUMBERS.search(version)
    return tuple(int(part) for part in match[1].split(".")) if match else ()
