"""A page as scanned → upright and level, with the way back.

The skew is the angle at which ink piles up most in rows and columns. Which way up, the engine tells by single
characters.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from extractor.load.scan.engine import recognise
from extractor.load.scan.ink import ink_mask, pieces, points, print_size, without_rules
from extractor.load.scan.picture import Gray, Pixels
from extractor.load.sheet.sheet import Box

_STEPS = ((7.0, 0.25, 20_000), (0.3, 0.05, 40_000), (0.06, 0.01, 80_000))
"""The search for the skew, ever finer: reach and step in degrees, and how many points of ink are weighed."""

_LEVEL = 0.05
"""Degrees of skew that are left as they are."""

_SAMPLES, _FEWEST = 16, 5
"""Characters that are read to tell which way up a page is, at most and at least."""

_LEAST, _MOST = 0.75, 1.2
"""Sides of such a character, in heights of one."""

_MARGIN = 0.1
"""White around it."""

_READ = 0.5
"""Mean confidence under which characters are not read whichever way up."""

_LYING = 0.5
"""Weight of the way up that is a quarter turn further: the engine reads characters so too, but no other way."""

_QUARTERS = 4


@dataclass(frozen=True, slots=True)
class Straight:
    """An upright, level page. ``back`` leads from its pixels to those of the page as shown (3 by 3, affine).

    ``frame`` is where the page stands on ``image``, which levelling made larger: the same on all pages of one size.
    """

    image: Gray
    back: Any
    frame: Pixels

    def as_shown(self, box: Box) -> Box:
        """The box, on the page as shown, of what stands in ``box``; both in pixels."""
        left, top, right, bottom = box
        corners = np.array([(left, top, 1), (right, top, 1), (right, bottom, 1), (left, bottom, 1)]).T
        x, y, _ = self.back @ corners
        return float(x.min()), float(y.min()), float(x.max()), float(y.max())


def straighten(image: Gray) -> Straight:
    """``image``, a page lit evenly, turned upright and level."""
    level, tilt = levelled(image)
    turns = _turns_upright(level)
    upright = np.ascontiguousarray(np.rot90(level, turns))
    height, width = image.shape if turns % 2 == 0 else image.shape[::-1]
    return Straight(upright, np.linalg.inv(tilt) @ _turned_back(turns, level.shape), _middle(upright, width, height))


def part_of(page: Straight, left: int, right: int) -> Straight:
    """What stands from ``left`` to ``right``, in pixels, on ``page``, as a page of its own, levelled once more."""
    moved = np.array([[1.0, 0.0, left], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    part = np.ascontiguousarray(page.image[:, left:right])
    level, tilt = levelled(part)
    height = page.frame[3] - page.frame[1]
    width = (page.frame[2] - page.frame[0]) // 2
    return Straight(level, page.back @ moved @ np.linalg.inv(tilt), _middle(level, width, height))


def _middle(image: Gray, width: int, height: int) -> Pixels:
    """The box of this size in the middle of ``image``."""
    left, top = (image.shape[1] - width) // 2, (image.shape[0] - height) // 2
    return left, top, left + width, top + height


def levelled(image: Gray) -> tuple[Gray, Any]:
    """``image`` without its skew, and the matrix from its pixels to the levelled ones."""
    angle = skew(ink_mask(image))
    if abs(angle) < _LEVEL:
        return image, np.eye(3)
    height, width = image.shape
    across, down = abs(np.cos(np.radians(angle))), abs(np.sin(np.radians(angle)))
    sides = (round(width * across + height * down), round(height * across + width * down))
    tilt = np.eye(3)
    tilt[:2] = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    tilt[:2, 2] += (sides[0] - width) / 2, (sides[1] - height) / 2
    level = cv2.warpAffine(image, tilt[:2], sides, flags=cv2.INTER_CUBIC, borderValue=255)
    return level, tilt


def skew(mask: Gray) -> float:
    """Degrees by which the page must be turned, counter-clockwise, to be level; at most 7 either way."""
    best = 0.0
    for reach, step, most in _STEPS:
        ink = points(mask, most)
        if len(ink) < 50:
            return 0.0
        count = round(reach / step)
        angles = [best + step * number for number in range(-count, count + 1)]
        best = max(angles, key=lambda angle: _piled(ink, angle))
    return best


def _piled(ink: Any, angle: float) -> float:
    """How unevenly ink falls on rows and columns once turned by ``angle``."""
    cosine, sine = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    rows = ink[:, 1] * cosine - ink[:, 0] * sine
    columns = ink[:, 0] * cosine + ink[:, 1] * sine
    return _squares(rows) + _squares(columns)


def _squares(places: Any) -> float:
    counts = np.bincount((places - places.min()).astype(np.int32)).astype(np.float64)
    return float((counts * counts).sum())


def _turns_upright(image: Gray) -> int:
    """Quarter turns, counter-clockwise, that bring the page upright; 0 where too little can be read.

    Characters are read one by one, the same ones each way up. Lines would not do: where columns are narrow they run
    down the page, and the engine, which knows print set downwards, reads them at a quarter turn as well as upright.
    """
    crops = list(_characters(image))
    if len(crops) < _FEWEST:
        return 0
    sure = [_sureness([np.ascontiguousarray(np.rot90(crop, turns)) for crop in crops]) for turns in range(_QUARTERS)]
    if max(sure) < _READ:
        return 0
    return max(range(_QUARTERS), key=lambda turns: sure[turns] + _LYING * sure[(turns + 1) % _QUARTERS])


def _sureness(crops: Sequence[Gray]) -> float:
    """Mean confidence that ``crops`` are read with."""
    return sum(text.confidence for text in recognise(crops)) / len(crops)


def _characters(image: Gray) -> Iterator[Gray]:
    """Up to ``_SAMPLES`` characters from all over the page, those that are as wide as high before all others."""
    mask = ink_mask(image)
    mask = without_rules(mask, print_size(mask))
    em = max(print_size(mask), print_size(np.ascontiguousarray(mask.T)))  # of digits that lie, only the latter
    like = [piece for piece in pieces(mask) if _LEAST * em <= max(piece.width, piece.height) <= _MOST * em]
    square = [piece for piece in like if min(piece.width, piece.height) >= _LEAST * em]
    chosen = square if len(square) >= _SAMPLES else like
    margin = max(2, round(_MARGIN * em))
    for piece in chosen[:: max(1, len(chosen) // _SAMPLES)][:_SAMPLES]:
        left, top, right, bottom = piece.box
        yield image[max(0, top - margin) : bottom + margin, max(0, left - margin) : right + margin]


def _turned_back(turns: int, shape: tuple[int, int]) -> Any:
    """The matrix from the pixels of ``np.rot90(image, turns)`` to those of ``image``, whose shape is given."""
    height, width = shape
    matrix = np.eye(3)
    for _ in range(turns % _QUARTERS):
        matrix = matrix @ np.array([[0.0, -1.0, width], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
        height, width = width, height
    return matrix
