"""A report set in type: lines and tables one below the other on an endless strip, which is cut into pages.

Lengths are points, ``y`` grows downward.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont

from tests.generator.shapes import Grid, GridCell, Para

FONT = "STSong-Light"
PADDING = 3.0
_LEADING = 1.3
_NO_LINE_START = "，。、；：）》」！？,.;:)%"
pdfmetrics.registerFont(UnicodeCIDFont(FONT))


@dataclass(frozen=True)
class Piece:
    """One line of print: its left edge and the top of its box."""

    x: float
    y: float
    text: str
    size: float
    value: bool = False

    @property
    def bottom(self) -> float:
        """Where it ends."""
        return self.y + self.size


@dataclass(frozen=True)
class Place:
    """One cell: its edges, and what it is in the grid."""

    left: float
    top: float
    right: float
    bottom: float
    kind: str


@dataclass
class Laid:
    """A paragraph or a table on the strip; ``rows`` are the tops of a table's rows and its bottom."""

    top: float
    bottom: float
    pieces: list[Piece]
    places: list[Place] = field(default_factory=list)
    rows: list[float] = field(default_factory=list)
    head: int = 0


@dataclass(frozen=True)
class Measure:
    """What type is set in: the page's text area, sizes of print, how cells are set."""

    left: float = 70.0
    width: float = 455.0
    body: float = 12.0
    cell: float = 9.0
    centred: bool = True
    middle: bool = True
    labels: float = 1.6
    """How much wider columns of labels are than columns of figures."""


MEASURE = Measure()


def width_of(text: str, size: float) -> float:
    """The width of a line."""
    return float(pdfmetrics.stringWidth(text, FONT, size))


def wrapped(text: str, size: float, width: float, indent: float = 0.0) -> list[str]:
    """``text`` cut to lines of this width, numbers too where they are wider than that; breaks in it stand."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line, room = "", width - indent
        for char in paragraph:
            if line and width_of(line + char, size) > room:
                kept = line[:-1] if char in _NO_LINE_START and len(line) > 1 else line
                lines.append(kept)
                line, room = line[len(kept) :], width
            line += char
        lines.append(line)
    return lines


def set_para(para: Para, top: float, measure: Measure) -> Laid:
    """A paragraph below ``top``."""
    centred = para.role == "title"
    size = measure.body * (1.5 if centred else 1.0)
    indent = 0.0 if centred or para.role == "heading" else 2 * size
    pieces = []
    for number, line in enumerate(wrapped(para.text.replace("\n", ""), size, measure.width, indent)):
        x = measure.left + (indent if not number else 0.0)
        x = measure.left + (measure.width - width_of(line, size)) / 2 if centred else x
        pieces.append(Piece(x, top + number * size * _LEADING, line, size))
    return Laid(top, top + len(pieces) * size * _LEADING + 0.4 * size, pieces)


def set_grid(grid: Grid, top: float, measure: Measure) -> Laid:
    """A table below ``top``: rows as high as their cells need."""
    edges = _edges(grid, measure)
    cells = list(_cells(grid))
    texts = [
        wrapped(cell.text.strip(), measure.cell, edges[column + cell.colspan] - edges[column] - 2 * PADDING)
        for cell, _, column in cells
    ]
    ys = _tops(grid, cells, texts, top, measure.cell)
    laid = Laid(top, ys[-1] + measure.body, [], rows=ys, head=grid.head)
    for (cell, row, column), lines in zip(cells, texts, strict=True):
        place = Place(edges[column], ys[row], edges[column + cell.colspan], ys[row + cell.rowspan], cell.kind)
        laid.places.append(place)
        laid.pieces += _set_cell(place, lines, measure)
    return laid


def _edges(grid: Grid, measure: Measure) -> list[float]:
    labelled = {
        column
        for row in grid.spots()
        for column, spot in enumerate(row)
        if spot.cell.kind == "label" and spot.cell.colspan == 1
    }
    weights = [measure.labels if column in labelled else 1.0 for column in range(grid.width)]
    unit = measure.width / sum(weights)
    edges = [measure.left]
    for weight in weights:
        edges.append(edges[-1] + weight * unit)
    return edges


def _cells(grid: Grid) -> Iterator[tuple[GridCell, int, int]]:
    """Each cell with the row and the column it begins in."""
    for row, spots in enumerate(grid.spots()):
        for column, spot in enumerate(spots):
            if spot.first_row and spot.first_column:
                yield spot.cell, row, column


def _tops(
    grid: Grid, cells: Sequence[tuple[GridCell, int, int]], texts: Sequence[list[str]], top: float, size: float
) -> list[float]:
    heights = [0.0] * len(grid.rows)
    needed = [len(lines) * size * _LEADING + 2 * PADDING for lines in texts]
    for (cell, row, _), height in zip(cells, needed, strict=True):
        if cell.rowspan == 1:
            heights[row] = max(heights[row], height)
    for (cell, row, _), height in zip(cells, needed, strict=True):
        heights[row + cell.rowspan - 1] += max(height - sum(heights[row : row + cell.rowspan]), 0.0)
    tops = [top]
    for height in heights:
        tops.append(tops[-1] + height)
    return tops


def _set_cell(place: Place, lines: Sequence[str], measure: Measure) -> Iterator[Piece]:
    pitch = measure.cell * _LEADING
    free = place.bottom - place.top - 2 * PADDING - len(lines) * pitch
    y = place.top + PADDING + (free / 2 if measure.middle else 0.0)
    for number, line in enumerate(lines):
        spare = place.right - place.left - 2 * PADDING - width_of(line, measure.cell)
        x = place.left + PADDING + (max(spare, 0.0) / 2 if measure.centred else 0.0)
        if line:
            yield Piece(x, y + number * pitch, line, measure.cell, place.kind == "value")


def set_all(blocks: Sequence[object], measure: Measure) -> list[Laid]:
    """A report on the strip."""
    found: list[Laid] = []
    top = 0.0
    for block in blocks:
        if isinstance(block, Para):
            found.append(set_para(block, top, measure))
        elif isinstance(block, Grid):
            found.append(set_grid(block, top, measure))
        top = found[-1].bottom if found else 0.0
    return found


# ---- pages -------------------------------------------------------------------------------------------------------


def cuts(laid: Sequence[Laid], height: float, *, through: bool, repeated: bool) -> list[float]:
    """Where the strip is cut into pages of ``height``; ``through``: also through rows, between their lines.

    ``repeated``: a table that goes on has its header once more, which takes room.
    """
    found = [0.0]
    end = laid[-1].bottom
    while end - found[-1] > height:
        room = height - (_head_height(laid, found[-1]) if repeated else 0.0)
        limit = found[-1] + room
        safe = [y for y in _cuttable(laid, through, found[-1], limit) if found[-1] + 20 < y <= limit]
        found.append(max(safe, default=limit))
    return [*found, end]


def _head_height(laid: Sequence[Laid], at: float) -> float:
    """Room for the tallest header, for it may be another table's that is repeated."""
    heights = [each.rows[each.head] - each.top for each in laid if each.rows]
    return max(heights) if any(goes_on(each, at) for each in laid) else 0.0


def goes_on(each: Laid, at: float) -> bool:
    """Whether a cut at ``at`` goes through the body of a table."""
    return bool(each.rows) and each.rows[each.head] < at < each.rows[-1]


def _cuttable(laid: Sequence[Laid], through: bool, begin: float, end: float) -> Iterator[float]:
    for each in laid:
        if each.bottom < begin or each.top > end:
            continue
        if each.rows:
            yield each.top
            yield from (y for y in each.rows if y >= each.rows[each.head])
            if through:
                yield from _between_lines(each)
        else:
            yield from (piece.y - 0.5 for piece in each.pieces)
            yield each.bottom


def _between_lines(each: Laid) -> Iterator[float]:
    """Heights in the body of a table at which no line of print stands."""
    for piece in each.pieces:
        at = piece.bottom + 0.1
        if at > each.rows[each.head] and not any(other.y < at < other.bottom for other in each.pieces):
            yield at
