"""A page as scanned → upright and level, with the way back.

The skew is the angle at which ink piles up most in rows and columns. Which way up, the engine tells: upside down or
lying, print does not read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from extractor.load.scan.engine import recognise
from extractor.load.scan.ink import Piece, ink_mask, pieces, points, print_size, without_rules
from extractor.load.scan.picture import Gray
from extractor.load.sheet import Box

_STEPS = ((7.0, 0.25, 20_000), (0.3, 0.05, 40_000), (0.06, 0.01, 80_000))
"""The search for the skew, ever finer: reach and step in degrees, and how many points of ink are weighed."""

_LEVEL = 0.05
"""Degrees of skew that are left as they are."""

_SAMPLES = 8
"""Lines of print that are read to tell which way up a page is."""

_PLAIN = 0.8
"""Mean confidence at which a way up needs no comparison."""

_QUARTERS = 4


@dataclass(frozen=True, slots=True)
class Straight:
    """An upright, level page. ``back`` leads from its pixels to those of the page as shown (3 by 3, affine)."""

    image: Gray
    back: Any

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
    return Straight(upright, np.linalg.inv(tilt) @ _turned_back(turns, level.shape))


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
    """Quarter turns, counter-clockwise, that bring the page upright; 0 where too little can be read."""
    mask = ink_mask(image)
    mask = without_rules(mask, print_size(mask))
    lying = _lines_down(mask)
    best, surest = 0, 0.0
    for turns in (1, 3, 0, 2) if lying else (0, 2, 1, 3):
        sure = _read_so(np.rot90(image, turns), np.rot90(mask, turns))
        if sure > surest:
            best, surest = turns, sure
        if surest > _PLAIN:
            break
    return best


def _lines_down(mask: Gray) -> bool:
    """Whether characters stand closer together down the page than across it: it lies on its side."""
    across = sum(piece.area for piece in _sample(mask, _SAMPLES * 4))
    down = sum(piece.area for piece in _sample(np.ascontiguousarray(mask.T), _SAMPLES * 4))
    return down > across


def _sample(mask: Gray, most: int) -> list[Piece]:
    """Up to ``most`` lines of a few characters each, the longest first."""
    em = print_size(mask)
    if not em:
        return []
    joined = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((1, max(3, round(0.5 * em))), np.uint8))
    like = [
        piece
        for piece in pieces(joined)
        if 0.7 * em <= piece.height <= 2 * em and 2.2 * piece.height <= piece.width <= 40 * em
    ]
    return sorted(like, key=lambda piece: -min(piece.width, round(12 * em)))[:most]


def _read_so(image: Gray, mask: Gray) -> float:
    """Mean confidence over sampled lines of a page, read as it stands."""
    lines = list(_crops(np.ascontiguousarray(image), np.ascontiguousarray(mask)))
    texts = recognise(lines)
    return sum(text.confidence for text in texts) / len(texts) if texts else 0.0


def _crops(image: Gray, mask: Gray) -> Iterator[Gray]:
    for piece in _sample(mask, _SAMPLES):
        left, top, right, bottom = piece.box
        margin = max(2, piece.height // 6)
        right = min(right, left + 12 * piece.height)
        yield image[max(0, top - margin) : bottom + margin, max(0, left - margin) : right + margin]


def _turned_back(turns: int, shape: tuple[int, int]) -> Any:
    """The matrix from the pixels of ``np.rot90(image, turns)`` to those of ``image``, whose shape is given."""
    height, width = shape
    matrix = np.eye(3)
    for _ in range(turns % _QUARTERS):
        matrix = matrix @ np.array([[0.0, -1.0, width], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
        height, width = width, height
    return matrix
