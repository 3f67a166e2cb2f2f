"""Where lines of print stand: in the cell of a ruled table by its ink, elsewhere by the engine's detector.

A cell's ink misses nothing, not even a lone digit, which detectors lose.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import cv2
import numpy as np

from extractor.load.scan.engine import find_print
from extractor.load.scan.ink import Piece, pieces
from extractor.load.scan.picture import Gray, Pixels

_INSET = 0.14
"""What the side of a cell is cut by to leave its rules out, in heights of a character; so are all below."""

_SPECK = 0.3
"""Ink smaller than this both ways is a speck or a mark at another character."""

_THIN = 0.2
"""A stroke along the side of a cell thinner than this is what is left of a rule."""

_ONE_LINE = 1.25
"""Pieces one over another no higher than this are one character (三)."""

_TWO_LINES = 1.75
"""A run of ink higher than this is lines that touch."""

_MARGIN = 0.22
"""White around a line."""

_NEAR = 0.6
"""Ink no detector found is one line up to this distance."""


@dataclass(frozen=True, slots=True)
class PrintedPage:
    """An upright page: its evened grey picture, its ink as a mask, the height of its characters in pixels."""

    image: Gray
    mask: Gray
    em: float

    def crop(self, box: Pixels, bounds: Pixels, dirt: Iterable[Pixels] = ()) -> Gray:
        """A line with white around it; nothing outside ``bounds`` and nothing in ``dirt`` is in it."""
        margin = max(2, round(_MARGIN * self.em))
        left, top, right, bottom = box
        outer = left - margin, top - margin, right + margin, bottom + margin
        sheet = np.full((outer[3] - outer[1], outer[2] - outer[0]), 255, dtype=np.uint8)
        x0, y0, x1, y1 = _common(outer, _common(bounds, (0, 0, self.image.shape[1], self.image.shape[0])))
        sheet[y0 - outer[1] : y1 - outer[1], x0 - outer[0] : x1 - outer[0]] = self.image[y0:y1, x0:x1]
        for a, b, c, d in dirt:
            sheet[max(0, b - outer[1]) : max(0, d - outer[1]), max(0, a - outer[0]) : max(0, c - outer[0])] = 255
        return sheet


@dataclass(frozen=True, slots=True)
class Print:
    """A line of print: its box in pixels and its grey crop."""

    box: Pixels
    crop: Gray


def lines_of_cell(page: PrintedPage, box: Pixels) -> list[Print]:
    """The lines of print in a cell, from top to bottom; none where it is blank."""
    inset = max(2, round(_INSET * page.em))
    inside = box[0] + inset, box[1] + inset, box[2] - inset, box[3] - inset
    if inside[2] - inside[0] < 3 or inside[3] - inside[1] < 3:
        return []
    found = [_shifted(piece, inside) for piece in pieces(np.ascontiguousarray(_part(page.mask, inside)))]
    dirt = [piece.box for piece in found if _is_rule(piece, inside, page.em)]
    ink = [piece for piece in found if piece.box not in dirt]
    if not any(_is_print(piece, page.em) for piece in ink):
        return []
    lines = [line for line in _lines(page, ink) if any(_is_print(piece, page.em) for piece in line)]
    boxes = [_around(line) for line in lines]
    return [Print(box, page.crop(box, _room(boxes, index, box_of(inside)), dirt)) for index, box in enumerate(boxes)]


def box_of(box: Pixels) -> Pixels:
    """``box`` as plain numbers."""
    return int(box[0]), int(box[1]), int(box[2]), int(box[3])


def _room(boxes: Sequence[Pixels], index: int, inside: Pixels) -> Pixels:
    """What a line's crop may show of the cell: up to halfway to the lines over and under it."""
    top = (boxes[index - 1][3] + boxes[index][1]) // 2 if index else inside[1]
    bottom = (boxes[index + 1][1] + boxes[index][3]) // 2 if index + 1 < len(boxes) else inside[3]
    return inside[0], min(top, boxes[index][1]), inside[2], max(bottom, boxes[index][3])


def _part(mask: Gray, box: Pixels) -> Gray:
    return mask[box[1] : box[3], box[0] : box[2]]


def _shifted(piece: Piece, origin: Pixels) -> Piece:
    x0, y0, x1, y1 = piece.box
    return Piece((x0 + origin[0], y0 + origin[1], x1 + origin[0], y1 + origin[1]), piece.area)


def _is_rule(piece: Piece, inside: Pixels, em: float) -> bool:
    """Whether ink at the side of a cell is what is left of the rule there."""
    x0, y0, x1, y1 = piece.box
    near = 2
    along_side = x0 <= inside[0] + near or x1 >= inside[2] - near
    along_top = y0 <= inside[1] + near or y1 >= inside[3] - near
    upright = along_side and piece.width <= _THIN * em and piece.height >= 1.2 * em
    level = along_top and piece.height <= _THIN * em and piece.width >= 1.2 * em
    sliver = (along_side and piece.width <= 0.08 * em) or (along_top and piece.height <= 0.08 * em)
    return upright or level or sliver


def _is_print(piece: Piece, em: float) -> bool:
    return piece.height >= _SPECK * em or piece.width >= _SPECK * em


def _lines(page: PrintedPage, ink: Sequence[Piece]) -> Iterator[list[Piece]]:
    """Pieces of ink by line."""
    runs: list[list[Piece]] = []
    reach = -1
    for piece in sorted(ink, key=lambda each: each.box[1]):
        if runs and piece.box[1] < reach:
            runs[-1].append(piece)
        else:
            runs.append([piece])
        reach = max(reach, piece.box[3])
    for run in _together(runs, page.em):
        yield from _apart(run, page.em)


def _together(runs: list[list[Piece]], em: float) -> list[list[Piece]]:
    """Runs that lie so close one over another that they are one line of characters."""
    lines: list[list[Piece]] = []
    for run in runs:
        joined = [*lines[-1], *run] if lines else run
        box = _around(joined)
        if lines and box[3] - box[1] <= _ONE_LINE * em:
            lines[-1] = joined
        else:
            lines.append(run)
    return lines


def _apart(run: list[Piece], em: float) -> Iterator[list[Piece]]:
    """A run as lines: one higher than a line is cut where the middles of its pieces leave room."""
    _, top, _, bottom = _around(run)
    if bottom - top <= _TWO_LINES * em:
        yield run
        return
    count = max(2, round((bottom - top) / (1.3 * em)))
    pitch = (bottom - top) / count
    lines: list[list[Piece]] = [[] for _ in range(count)]
    for piece in run:
        middle = (piece.box[1] + piece.box[3]) / 2 - top
        lines[min(count - 1, int(middle / pitch))].append(piece)
    yield from (line for line in lines if line)


def _around(line: Sequence[Piece]) -> Pixels:
    """The box around pieces of ink."""
    boxes = [piece.box for piece in line]
    return (
        min(box[0] for box in boxes),
        min(box[1] for box in boxes),
        max(box[2] for box in boxes),
        max(box[3] for box in boxes),
    )


def _common(one: Pixels, other: Pixels) -> Pixels:
    left, top = max(one[0], other[0]), max(one[1], other[1])
    return left, top, max(left, min(one[2], other[2])), max(top, min(one[3], other[3]))


# ---- outside ruled tables ----------------------------------------------------------------------------------------


def lines_outside(page: PrintedPage, tables: Sequence[Pixels]) -> list[Print]:
    """The lines of print that stand in none of the ``tables``."""
    mask = page.mask.copy()
    margin = max(2, round(_THIN * page.em))
    for left, top, right, bottom in tables:
        mask[max(0, top - margin) : bottom + margin, max(0, left - margin) : right + margin] = 0
    boxes: list[Pixels] = []
    for top, bottom in _bands(mask, tables, page.em):
        boxes += [(x0, y0 + top, x1, y1 + top) for x0, y0, x1, y1 in _found(page, mask, top, bottom)]
    boxes += _overlooked(mask, boxes, page.em)
    whole = 0, 0, page.image.shape[1], page.image.shape[0]
    return [Print(box, page.crop(box, whole)) for box in boxes]


def _bands(mask: Gray, tables: Sequence[Pixels], em: float) -> Iterator[tuple[int, int]]:
    """The stretches of the page, from row to row, that hold print outside tables."""
    cuts = sorted({0, mask.shape[0], *(y for box in tables for y in (box[1], box[3]))})
    for start, end in pairwise(cuts):
        part = np.ascontiguousarray(mask[start:end])
        ink = [piece.box for piece in pieces(part) if _is_print(piece, em)]
        if ink:
            top, bottom = min(box[1] for box in ink), max(box[3] for box in ink)
            yield max(0, start + top - round(em)), min(mask.shape[0], start + bottom + round(em))


def _found(page: PrintedPage, mask: Gray, top: int, bottom: int) -> Iterator[Pixels]:
    """What the detector finds in a band, shrunk to the ink in it."""
    band = page.image[top:bottom].copy()
    hidden = cv2.dilate(_part(page.mask, (0, top, mask.shape[1], bottom)) - mask[top:bottom], np.ones((5, 5), np.uint8))
    band[hidden > 0] = 255
    for quad in find_print(band, max(page.image.shape)):
        box = _bounds(quad, band.shape)
        yield _tight(mask[top:bottom], box) or box


def _bounds(quad: Any, shape: tuple[int, int]) -> Pixels:
    (left, top), (right, bottom) = np.floor(quad.min(axis=0)), np.ceil(quad.max(axis=0))
    return max(0, int(left)), max(0, int(top)), min(shape[1], int(right)), min(shape[0], int(bottom))


def _tight(mask: Gray, box: Pixels) -> Pixels | None:
    """``box`` shrunk to the ink in it; None where there is none."""
    part = _part(mask, box)
    rows, columns = np.flatnonzero(part.any(axis=1)), np.flatnonzero(part.any(axis=0))
    if not len(rows):
        return None
    left, top = box[0], box[1]
    return left + int(columns[0]), top + int(rows[0]), left + int(columns[-1]) + 1, top + int(rows[-1]) + 1


def _overlooked(mask: Gray, boxes: Sequence[Pixels], em: float) -> Iterator[Pixels]:
    """Print that the detector lost: what ink is left as large as a character."""
    rest = mask.copy()
    margin = max(1, round(0.1 * em))
    for left, top, right, bottom in boxes:
        rest[max(0, top - margin) : bottom + margin, max(0, left - margin) : right + margin] = 0
    joined = cv2.morphologyEx(rest, cv2.MORPH_CLOSE, np.ones((1, max(3, round(_NEAR * em))), np.uint8))
    for piece in pieces(joined):
        if 0.5 * em <= piece.height <= 2.5 * em and piece.width >= 0.25 * em and piece.area >= 0.05 * em * em:
            yield piece.box
