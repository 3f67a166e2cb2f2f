"""Marks that stand for "no number" and that the engine takes for figures: a stroke (/) for 1, a dash for 一 or nothing.

They are told by their shape, and only where they are all that a cell holds.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from extractor.load.scan.ink import pieces
from extractor.load.scan.picture import Gray

_INK = 160
_FLAT = 0.24
"""Greatest height of a dash, in heights of a character."""

_TALL = 0.5
"""Least height of a stroke, likewise."""

_SLANT = 0.26
"""Least way to the left for each step down of a stroke; the 1 of an upright font has none."""

_EVEN = 1.8
"""How much thicker a stroke may be at its thickest than in its middle; a 1 has a foot or a flag, a 7 a roof."""

_STRAIGHT = 0.97
"""Least square of the correlation of a stroke's places across and down."""


def mark_of(crop: Gray, em: float) -> str | None:
    """The mark that the print of ``crop`` is: "/" or one "-" for each dash; None where it is none."""
    mask = (crop < _INK).astype(np.uint8)
    found = [piece for piece in pieces(mask) if max(piece.width, piece.height) >= 0.15 * em]
    if not found:
        return None
    if all(piece.height <= _FLAT * em and piece.width >= 1.6 * piece.height for piece in found):
        return "-" * len(found)
    [piece, *others] = found
    left, top, right, bottom = piece.box
    return "/" if not others and piece.height >= _TALL * em and _is_stroke(mask[top:bottom, left:right]) else None


def _is_stroke(mask: Any) -> bool:
    """Whether ink runs evenly and straight from the top right to the bottom left."""
    widths = mask.sum(axis=1)
    rows = np.flatnonzero(widths)
    middles = (mask[rows] * np.arange(mask.shape[1])).sum(axis=1) / widths[rows]
    if len(rows) < 6 or widths.max() > _EVEN * np.median(widths) + 1:
        return False
    across, down = middles - middles.mean(), rows - rows.mean()
    slant = float((across * down).sum() / (down * down).sum())
    spread = float((across * across).sum())
    return slant <= -_SLANT and slant * slant * float((down * down).sum()) >= _STRAIGHT * spread
