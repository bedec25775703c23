"""How sure a share of few cases is."""

from __future__ import annotations

import math

_Z = 1.959964
"""Of a normal distribution, 95 % on both sides."""


def wilson(hits: int, count: int) -> tuple[float, float]:
    """Return the Wilson score interval of a share at 95 %; everything is possible where nothing was counted."""
    if count == 0:
        return 0.0, 1.0
    share, square = hits / count, _Z * _Z
    middle = (share + square / (2 * count)) / (1 + square / count)
    half = _Z / (1 + square / count) * math.sqrt(share * (1 - share) / count + square / (4 * count * count))
    return max(0.0, middle - half), min(1.0, middle + half)
