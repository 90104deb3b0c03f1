"""How well one colour is seen on another."""

from __future__ import annotations


def contrast(a: tuple[float, ...], b: tuple[float, ...]) -> float:
    """The ratio of WCAG 2, from 1 to 21; channels 0–255."""
    bright, dim = sorted((light(a), light(b)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def light(colour: tuple[float, ...]) -> float:
    """Relative luminance as WCAG 2 defines it; channels 0–255."""
    parts = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (channel / 255 for channel in colour)
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
