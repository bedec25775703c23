"""The table of versions: every importer is in it, and a newer version than the last is told."""

from __future__ import annotations

import pytest

from reviewer.run.importers import IMPORTERS
from reviewer.run.importers.checked import CHECKED, beyond


def test_every_agents_importer_is_in_the_table() -> None:
    assert {importer.name for importer in IMPORTERS} - {"timeline"} == CHECKED.keys()


@pytest.mark.parametrize(
    ("name", "versions", "told"),
    [
        ("codex", ["0.122.0"], None),
        ("codex", ["0.144.9"], None),
        ("codex", ["0.122.0", "0.145.0"], "0.145.0"),
        ("codex", ["1.0"], "1.0"),
        ("claude-code", ["2.1.42"], None),
        ("claude-code", ["2.1.43"], "2.1.43"),
        ("claude-code", ["a new one"], None),
        ("gemini-cli", ["99.0"], None),
        ("timeline", ["3.0"], None),
    ],
)
def test_a_newer_version_is_told(name: str, versions: list[str], told: str | None) -> None:
    assert beyond(name, versions) == told
