"""Journals with a clock and names that tests can foresee."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from reviewer.review.journal import Journal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

START = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def ticking() -> Callable[[], datetime]:
    """Return a clock that moves by one second each time it is read."""
    seconds = itertools.count()
    return lambda: START + timedelta(seconds=next(seconds))


def counting(prefix: str = "e") -> Callable[[], str]:
    """Return a maker of names: e1, e2, ..."""
    numbers = itertools.count(1)
    return lambda: f"{prefix}{next(numbers)}"


def journal(path: Path, by: str = "ana@example.org", prefix: str = "e") -> Journal:
    return Journal(path, by, ticking(), counting(prefix))
