"""Streaks and folds: lines that dirt on the glass or a fold leaves from one end of the sheet to the other.

No rule of a table looks so: a page has margins. What a streak hides is filled in from both sides of it.
"""

from __future__ import annotations

import cv2
import numpy as np

from extractor.load.scan.ink import ink_mask, print_size
from extractor.load.scan.picture import Gray
from extractor.load.scan.rulings import long_strokes, strokes_across

_THROUGH = 0.9
"""Length of a streak, in widths of the page, at least."""

_GAPS = 0.02
"""Length of the gaps in a streak, likewise, at most."""

_PIECES = 3.0
"""Length of its pieces, in heights of a character, at least: noise makes none so long."""

_MARGIN = 1.5
"""How far a streak stands out beyond all other print, at both ends, in heights of a character."""

_THICKEST = 0.5
"""Thickness of a streak, in heights of a character, at most."""

_AROUND = 2
"""Pixels beside a streak that are filled in with it."""

_COARSE = 2
"""Streaks are looked for at this fraction of the page's size."""

_SMALLEST = 100
"""Pixels along the shorter side of what can be a page."""


def without_streaks(image: Gray) -> Gray:
    """An evened page without streaks along its sides: as it was scanned, for levelling would tilt them."""
    if min(image.shape) < _SMALLEST:
        return image
    small = cv2.resize(image, None, fx=1 / _COARSE, fy=1 / _COARSE, interpolation=cv2.INTER_AREA)
    size = print_size(ink_mask(small))
    if not size:
        return image
    across, down = _streaks(small, size), _streaks(np.ascontiguousarray(small.T), size)
    cleaned = _without(image, across, size * _COARSE)
    if not down:
        return cleaned
    return np.ascontiguousarray(_without(np.ascontiguousarray(cleaned.T), down, size * _COARSE).T)


def _streaks(small: Gray, size: float) -> list[tuple[int, int]]:
    """The rows of the page that streaks from its left to its right end take, found on the coarse page."""
    width = small.shape[1]
    found = long_strokes(strokes_across(small, size), _PIECES * size)
    found = cv2.morphologyEx(found, cv2.MORPH_CLOSE, np.ones((1, max(3, round(_GAPS * width))), np.uint8))
    found = cv2.morphologyEx(found, cv2.MORPH_OPEN, np.ones((1, max(3, round(_THROUGH * width))), np.uint8))
    stats = cv2.connectedComponentsWithStats(found, connectivity=8)[2][1:]
    thin = [(y * _COARSE, (y + h) * _COARSE) for _, y, _, h, _ in stats.tolist() if h <= _THICKEST * size]
    return [(top - _AROUND, bottom + _AROUND) for top, bottom in thin]


def _without(image: Gray, streaks: list[tuple[int, int]], em: float) -> Gray:
    if not streaks or not _stands_out(image, streaks, em):
        return image
    cleaned = image.copy()
    for top, bottom in streaks:
        _fill(cleaned, max(0, top), min(len(image), bottom))
    return cleaned


def _stands_out(image: Gray, streaks: list[tuple[int, int]], em: float) -> bool:
    """Whether all print but the ``streaks`` leaves margins at the left and at the right."""
    mask = ink_mask(image)
    for top, bottom in streaks:
        mask[max(0, top) : bottom] = 0
    mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((_AROUND, _AROUND), np.uint8))
    margin = max(1, round(_MARGIN * em))
    return not mask[:, :margin].any() and not mask[:, -margin:].any()


def _fill(image: Gray, top: int, bottom: int) -> None:
    """Make the rows from ``top`` to ``bottom`` pass evenly from the row over them to the row under them."""
    if top == 0 or bottom >= len(image):
        image[top:bottom] = 255
        return
    share = (np.arange(1, bottom - top + 1) / (bottom - top + 1))[:, None]
    over, under = image[top - 1].astype(np.float32), image[bottom].astype(np.float32)
    image[top:bottom] = np.round(over * (1 - share) + under * share).astype(np.uint8)
