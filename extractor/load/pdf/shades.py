"""Shaded cells → rulings: the edges of the fills are where cells end, and white rulings show on them."""

from __future__ import annotations

from collections.abc import Sequence

from extractor.load.pdf.color import WHITE
from extractor.load.pdf.device import Painted
from extractor.load.pdf.rulings import Lattice, Ruling, lattices
from extractor.load.sheet.sheet import Box

_SMALLEST = 8.0
"""Points to a side of a shaded cell, at least."""

_LARGEST = 0.6
"""Share of the page that a shaded cell takes at most; a larger fill is a ground."""


def shaded(painted: Painted, ruled: Sequence[Lattice], most_cells: int) -> list[Lattice]:
    """The tables that shading alone draws: outside of the ruled ones."""
    page = painted.width * painted.height
    fills = [fill.box for fill in painted.fills if fill.light < WHITE and _is_cell(fill.box, page)]
    fills = [box for box in fills if not any(_common(box, lattice.box) for lattice in ruled)]
    if not fills:
        return []
    level = [(y, box[0], box[2]) for box in fills for y in (box[1], box[3])]
    upright = [(x, box[1], box[3]) for box in fills for x in (box[0], box[2])]
    level += _on(painted.white_level, fills, upright=False)
    upright += _on(painted.white_upright, fills, upright=True)
    return lattices(level, upright, most_cells)


def _is_cell(box: Box, page: float) -> bool:
    width, height = box[2] - box[0], box[3] - box[1]
    return width >= _SMALLEST and height >= _SMALLEST and width * height <= _LARGEST * page


def _common(one: Box, other: Box) -> bool:
    across = min(one[2], other[2]) - max(one[0], other[0])
    return across > 1 and min(one[3], other[3]) - max(one[1], other[1]) > 1


def _on(rulings: Sequence[Ruling], fills: Sequence[Box], *, upright: bool) -> list[Ruling]:
    """The rulings whose middle lies on a fill."""
    found: list[Ruling] = []
    for ruling in rulings:
        at, middle = ruling[0], (ruling[1] + ruling[2]) / 2
        x, y = (at, middle) if upright else (middle, at)
        if any(box[0] - 1 <= x <= box[2] + 1 and box[1] - 1 <= y <= box[3] + 1 for box in fills):
            found.append(ruling)
    return found
