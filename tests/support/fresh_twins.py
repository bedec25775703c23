"""Twins of the rules about new tests: one that holds little in place, one like it that holds it."""

from __future__ import annotations

from tests.support.twins import Side, new

TEST = "tests/test_app.py"

FRESH_TWINS: dict[str, tuple[Side, Side]] = {
    "oracle-escaped": (
        new(TEST, "def test_a(store):\n    for one in store.prune(2):\n        assert one.old\n"),
        new(TEST, "def test_a(store):\n    for one in (store.last, store.first):\n        assert one.old\n"),
    ),
}
