"""A picture of two pages that lie side by side → each of them.

Such a picture is wide, nothing is printed down its middle, and text or tables as wide as a page stand on both sides of
it, or one side is blank.
"""

from __future__ import annotations

import cv2
import numpy as np

from extractor.load.scan.ink import ink_mask, print_size
from extractor.load.scan.picture import Gray
from extractor.load.scan.straighten import Straight, part_of

_WIDE = 1.15, 2.0
"""Width of two pages side by side, in heights."""

_MIDDLE = 0.44, 0.56
"""Where the gutter lies, in widths of the picture."""

_GUTTER = 0.03
"""Least width of the gutter, in widths of the picture."""

_FULL = 0.55
"""Width of the widest print of a page, in widths of the page: at least."""

_WORDS = 0.8
"""White between the words of a line, in heights of a character, at most."""

_STROKE = 3.0
"""Length of a stroke down that is no print, in heights of a character: the shadow of a fold, a rule."""

_COARSE = 4
"""The search is done at this fraction of the picture's size."""

_SPECK = 40
"""Ink that is less than so much of 255 of such a coarse pixel is a speck."""


def pages_within(straight: Straight) -> list[Straight]:
    """The pages side by side in an upright picture, the left one first; the picture itself where it is one page."""
    left, top, right, bottom = straight.frame
    if not _WIDE[0] <= (right - left) / (bottom - top) <= _WIDE[1]:
        return [straight]
    gutter = _gutter(ink_mask(straight.image))
    if gutter is None:
        return [straight]
    return [part_of(straight, 0, gutter), part_of(straight, gutter, straight.image.shape[1])]


def _gutter(mask: Gray) -> int | None:
    """The column of pixels in the middle of the gutter; None where the picture is one page."""
    width = mask.shape[1]
    words = _joined(mask)
    begin, end = (round(share * words.shape[1]) for share in _MIDDLE)
    blank = np.flatnonzero(~words[:, begin:end].any(axis=0))
    runs = np.split(blank, np.flatnonzero(np.diff(blank) > 1) + 1)
    widest = max(runs, key=len)
    if len(widest) < _GUTTER * words.shape[1]:
        return None
    gutter = begin + int(widest[len(widest) // 2])
    sides = [_widest(side) / words.shape[1] for side in (words[:, :gutter], words[:, gutter:])]
    return round(gutter * width / words.shape[1]) if all(not side or side * 2 >= _FULL for side in sides) else None


def _joined(mask: Gray) -> Gray:
    """The print of a page, the words of a line as one, at a fraction of its size; without strokes down."""
    em = print_size(mask)
    down = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((max(3, round(_STROKE * em)), 1), np.uint8))
    words = cv2.bitwise_and(mask, cv2.bitwise_not(cv2.dilate(down, np.ones((3, 3), np.uint8))))
    small = cv2.resize(words, None, fx=1 / _COARSE, fy=1 / _COARSE, interpolation=cv2.INTER_AREA)
    small = cv2.threshold(small, _SPECK, 255, cv2.THRESH_BINARY)[1]
    reach = max(3, round(_WORDS * em / _COARSE))
    return cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((1, reach), np.uint8))


def _widest(words: Gray) -> int:
    """Pixels of the widest line of print or table; 0 where there is none."""
    stats = cv2.connectedComponentsWithStats(np.ascontiguousarray(words), connectivity=8)[2][1:]
    return int(stats[:, 2].max(initial=0))
