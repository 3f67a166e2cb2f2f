"""The lines and grids of a page → the order in which they are read.

Lines that stand side by side are one row of print, unless they belong to columns of text: there a gutter runs down
the page that no line crosses, and the left column is read before the right one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from extractor.load.sheet.sheet import Box, Grid, Line, Sheet

_FEWEST_LINES = 4
"""Lines that each column of text has at least."""

_COLUMN_WIDTH = 0.28
"""Share of the page that a column of text takes at least."""

_CANDIDATES = 3
_PROSE_LENGTH = 8
_OVERLAP = 0.5
_WORDS = re.compile(r"[^\W\d]")


@dataclass(slots=True)
class Row:
    """Lines that stand side by side, from left to right; ``side`` is -1 in a left column of text, 1 in a right one."""

    lines: list[Line]
    side: int = 0

    @property
    def box(self) -> Box:
        """The box around them all."""
        return around([line.box for line in self.lines])


@dataclass(slots=True)
class Unread:
    """A picture that nobody has read."""

    box: Box


Element = Row | Grid | Unread
"""What a page holds, in reading order."""


def around(boxes: Sequence[Box]) -> Box:
    """The smallest box that holds all of ``boxes`` (at least one)."""
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def rows_of(lines: Sequence[Line]) -> list[Row]:
    """Lines whose heights overlap by half, as rows from top to bottom."""
    rows: list[Row] = []
    for line in sorted(lines, key=lambda each: (each.box[1] + each.box[3], each.box[0])):
        if rows and _beside(rows[-1].lines[-1].box, line.box):
            rows[-1].lines.append(line)
        else:
            rows.append(Row([line]))
    for row in rows:
        row.lines.sort(key=lambda each: each.box[0])
    return rows


def _beside(one: Box, other: Box) -> bool:
    common = min(one[3], other[3]) - max(one[1], other[1])
    apart = one[2] <= other[0] + 1 or other[2] <= one[0] + 1
    return apart and common >= _OVERLAP * min(one[3] - one[1], other[3] - other[1])


def in_order(sheet: Sheet) -> list[Element]:
    """The rows and grids of ``sheet`` in reading order."""
    gutter = _gutter(sheet)
    if gutter is None:
        return _merged(rows_of(sheet.lines), [*sheet.grids, *map(Unread, sheet.pictures)])
    found: list[Element] = []
    pieces: list[Line | Grid | Unread] = [*sheet.lines, *sheet.grids, *map(Unread, sheet.pictures)]
    pieces.sort(key=lambda each: each.box[1])
    sided = [(_side(piece.box, gutter), piece) for piece in pieces]
    for across, band in groupby(sided, key=lambda each: each[0] == 0):
        members = list(band)
        for side in (0,) if across else (-1, 1):
            own = [piece for at, piece in members if at == side]
            lines = [piece for piece in own if isinstance(piece, Line)]
            rows = [Row(row.lines, side) for row in rows_of(lines)]
            found += _merged(rows, [piece for piece in own if not isinstance(piece, Line)])
    return found


def _merged(rows: Sequence[Row], others: Sequence[Grid | Unread]) -> list[Element]:
    elements: list[Element] = [*rows, *others]
    return sorted(elements, key=lambda each: (each.box[1], each.box[0]))


def _side(box: Box, gutter: float) -> int:
    """-1 left of the gutter, 1 right of it, 0 across."""
    if box[2] <= gutter + 1:
        return -1
    return 1 if box[0] >= gutter - 1 else 0


def _gutter(sheet: Sheet) -> float | None:
    """Where a gutter between two columns of text ends; None where the page has one column."""
    prose = [line for line in sheet.lines if _is_prose(line)]
    if len(prose) < 2 * _FEWEST_LINES:
        return None
    left, _, right, _ = around([line.box for line in prose])
    begin, end = left + 0.3 * (right - left), left + 0.7 * (right - left)
    starts = Counter(round(line.box[0]) for line in prose if begin < line.box[0] < end)
    common = [start for start, count in starts.most_common(_CANDIDATES) if count >= _FEWEST_LINES]
    return next((start - 1.0 for start in sorted(common) if _parts_columns(prose, start - 1.0, right - left)), None)


def _parts_columns(prose: Sequence[Line], gutter: float, width: float) -> bool:
    """Whether columns of text stand on both sides of a gutter, and little print across it."""
    sides = [_side(line.box, gutter) for line in prose]
    wide = [line.box[2] - line.box[0] >= _COLUMN_WIDTH * width for line in prose]
    full = [sum(1 for at, is_wide in zip(sides, wide, strict=True) if at == side and is_wide) for side in (-1, 1)]
    return min(full) >= _FEWEST_LINES and 2 * sides.count(0) <= len(prose)


def _is_prose(line: Line) -> bool:
    return len(line.text) >= _PROSE_LENGTH and len(_WORDS.findall(line.text)) * 2 >= len(line.text)
