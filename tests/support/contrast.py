"""Contrast of two colours as WCAG 2.2 defines it (relative luminance, success criterion 1.4.3)."""

from __future__ import annotations

from textual.color import Color


def luminance(colour: Color) -> float:
    def channel(value: float) -> float:
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

    red, green, blue = (channel(part / 255) for part in colour.rgb)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(text: str, ground: str) -> float:
    high, low = sorted((luminance(Color.parse(text)), luminance(Color.parse(ground))), reverse=True)
    return (high + 0.05) / (low + 0.05)
