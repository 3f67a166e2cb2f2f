"""A grey page → its ink: shadows evened out, dark pixels as a mask, the size of the print."""

from __future__ import annotations

from typing import Any, NamedTuple

import cv2
import numpy as np

from extractor.load.scan.picture import Gray, Pixels

_COARSE = 8
"""The light on a page is worked out at this fraction of its size."""

_DARKEST, _LIGHTEST = 110, 205
"""Bounds of the grey that parts ink from paper, on a page whose paper is white (255)."""

_INK_SHARE = 0.4
"""Per cent of a page's pixels that are ink, at least, where there is print."""

_DARK, _PAPER = 140, 215
"""Ink darker than this is as it should be; what is lighter than the second is no ink."""

_DEEP = 190
"""How much darker than paper faint ink is made."""

_EM_QUANTILE = 0.75
"""Most pieces of print are digits or parts of a character: whole characters are among the tallest."""


class Piece(NamedTuple):
    """A connected piece of ink: its box and how many pixels it has."""

    box: Pixels
    area: int

    @property
    def width(self) -> int:
        """Pixels from left to right."""
        return self.box[2] - self.box[0]

    @property
    def height(self) -> int:
        """Pixels from top to bottom."""
        return self.box[3] - self.box[1]


def evened(image: Gray) -> Gray:
    """``image`` as if lit evenly: paper is white wherever a shadow or yellowed paper made it darker."""
    height, width = image.shape
    small = cv2.resize(image, (max(1, width // _COARSE), max(1, height // _COARSE)), interpolation=cv2.INTER_AREA)
    light = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
    light = cv2.GaussianBlur(light, (0, 0), 4)
    light = cv2.resize(light, (width, height), interpolation=cv2.INTER_LINEAR)
    return _deepened(cv2.divide(image, np.maximum(light, 40), scale=255))


def _deepened(image: Gray) -> Gray:
    """``image`` with faint ink made dark; a page that is all paper stays as it is."""
    faintest = float(np.percentile(cv2.GaussianBlur(image[::2, ::2], (0, 0), 1), _INK_SHARE))
    if not _DARK < faintest < _PAPER:
        return image
    levels = 255 - (255 - np.arange(256)) * (_DEEP / (255 - faintest))
    return cv2.LUT(image, levels.clip(0, 255).astype(np.uint8))


def ink_mask(image: Gray) -> Gray:
    """The dark pixels (255) of an evened page."""
    calm = cv2.GaussianBlur(image, (3, 3), 0)
    level, _ = cv2.threshold(calm, 0, 255, cv2.THRESH_BINARY_INV + cv2.THRESH_OTSU)
    level = min(max(level, _DARKEST), _LIGHTEST)
    return cv2.threshold(calm, level, 255, cv2.THRESH_BINARY_INV)[1]


def pieces(mask: Gray) -> list[Piece]:
    """The connected pieces of a mask."""
    stats = cv2.connectedComponentsWithStats(mask, connectivity=8)[2][1:]
    return [Piece((x, y, x + w, y + h), area) for x, y, w, h, area in stats.tolist()]


def print_size(mask: Gray) -> float:
    """Height in pixels of a character of the page's usual print; 0 where the page has none."""
    stats = cv2.connectedComponentsWithStats(mask, connectivity=8)[2][1:]
    widths, heights = stats[:, 2], stats[:, 3]
    tallest = max(mask.shape) / 20
    like = (heights >= 6) & (heights <= tallest) & (widths <= 2 * heights) & (widths * 6 >= heights)
    if like.sum() < 5:
        return 0.0
    return float(np.quantile(heights[like], _EM_QUANTILE))


def without_rules(mask: Gray, em: float) -> Gray:
    """``mask`` without long straight strokes, across or down."""
    long = max(3, round(3 * em))
    across = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((1, long), np.uint8))
    down = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((long, 1), np.uint8))
    rules = cv2.dilate(cv2.bitwise_or(across, down), np.ones((3, 3), np.uint8))
    return cv2.bitwise_and(mask, cv2.bitwise_not(rules))


def points(mask: Gray, most: int) -> Any:
    """Up to ``most`` ink pixels, spread over the page: an array of shape (n, 2) of x and y."""
    y, x = np.nonzero(mask)
    step = max(1, len(x) // most)
    return np.stack([x[::step], y[::step]], axis=1).astype(np.float32)
