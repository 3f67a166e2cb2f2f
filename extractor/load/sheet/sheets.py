"""Printed pages → ``Document``: one way for a PDF's text layer and for what an OCR engine read.

furniture → false tables → reading order → tables over page breaks → paragraphs → text
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import cast

from extractor.document import Cell, Document, Layout, Position, SetAside, anchor_before
from extractor.errors import LimitError
from extractor.load import items
from extractor.load.flow import Flow
from extractor.load.lattice import too_many_cells
from extractor.load.recognition import SheetRecognition, is_recognised
from extractor.load.sheet.aligned import part_aligned
from extractor.load.sheet.margins import part_furniture
from extractor.load.sheet.order import Row, Unread, in_order
from extractor.load.sheet.paragraphs import Joined, Printed, measured, paragraphs, printed
from extractor.load.sheet.sheet import Box, Grid, GridCell, Line, Sheet
from extractor.load.sheet.tables import JoinedCell, Table, columns_of_one, extend, goes_on, table_of
from extractor.load.table import OpenTable
from extractor.settings import load_settings


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a piece of the text stands: ``offset`` counts from the begin of its paragraph or cell."""

    offset: int
    sheet: Sheet
    print: Line | GridCell

    @property
    def position(self) -> Position:
        """Its page and box."""
        return _position(self.sheet, self.print.box)


class SheetMap:
    """Leads from an offset to page and box: a cell's offset to the cell, a paragraph's to its line."""

    def __init__(self, spots: list[list[Spot]], anchors: list[tuple[int, int]]) -> None:
        self._spots = spots
        self._anchors = anchors

    def locate(self, offset: int) -> Position:
        """The page (from 1) and box of the character at ``offset``."""
        spot = self.spot(offset)
        return spot.position if spot else Position(page=1)

    def spot(self, offset: int) -> Spot | None:
        """The cell or line that the character at ``offset`` is printed in; None in a document without any."""
        start, origin = anchor_before(self._anchors, offset)
        if origin >= len(self._spots):
            return None
        spots = self._spots[origin]
        at = bisect_right(spots, offset - start, key=lambda each: each.offset) - 1
        return spots[max(at, 0)]

    def between(self, start: int, end: int) -> Iterator[Spot]:
        """The cells and lines that the characters from ``start`` to ``end`` are printed in, in their order."""
        at = max(bisect_right(self._anchors, (start, 1 << 60)) - 1, 0)
        while at < len(self._anchors) and self._anchors[at][0] <= max(start, end - 1):
            begin, origin = self._anchors[at]
            yield from spots_within(self._spots[origin] if origin < len(self._spots) else [], begin, start, end)
            at += 1


def spots_within(spots: Sequence[Spot], begin: int, start: int, end: int) -> Iterator[Spot]:
    """Of a paragraph's or cell's ``spots``, which begins at ``begin``, those that ``start`` to ``end`` touches."""
    last = max(start, end - 1)
    ends = [*(begin + spot.offset for spot in spots[1:]), last + 1]
    for spot, until in zip(spots, ends, strict=False):
        if begin + spot.offset <= last and until > start:
            yield spot


@dataclass(frozen=True, slots=True)
class Named:
    """What a document is: name, hash and media type of its file, and the label that messages name it by."""

    name: str
    sha256: str
    media_type: str
    label: str


def assemble(sheets: Sequence[Sheet], named: Named, unread: Iterable[int] = ()) -> Document:
    """The document that ``sheets`` print, whichever engine read them. The sheets are used up.

    ``unread`` are the numbers of pages that nobody could read: each becomes a ``Picture`` named "page N", and
    so does each of ``Sheet.pictures``.

    Raises:
        LimitError: a table has more cells than ``Settings.max_table_cells``.
    """
    unread = frozenset(unread)
    sheets = sorted([*sheets, *(Sheet(number, 1.0, 1.0) for number in unread)], key=lambda each: each.number)
    recognised = is_recognised(sheets)
    furniture = part_furniture(sheets)
    builder = _built(sheets, named.label, unread)
    flow = Flow(lambda origin: builder.spots[origin][0].position)
    text = flow.lay(builder.items)
    source_map = SheetMap(builder.spots, flow.anchors)
    taken = [(sheet, "furniture", line) for sheet, line in furniture]
    taken += [(sheet, kind, line) for sheet in sheets for kind, line in sheet.aside]
    aside = [SetAside(kind, line.text.strip(), _position(sheet, line.box)) for sheet, kind, line in taken]
    return Document(
        name=named.name,
        sha256=named.sha256,
        media_type=named.media_type,
        text=text,
        blocks=flow.blocks,
        source_map=source_map,
        set_aside=[*aside, *builder.set_aside, *flow.set_aside],
        pictures=flow.pictures,
        pages=max((sheet.number for sheet in sheets), default=0),
        recognition=SheetRecognition(source_map.between) if recognised else None,
    )


def items_of(sheets: Sequence[Sheet], label: str) -> tuple[list[items.Item], list[list[Spot]]]:
    """What ``sheets`` print, in reading order; an item's or cell's origin is the number of its spots.

    Raises:
        LimitError: a table has more cells than ``Settings.max_table_cells``.
    """
    builder = _built(sheets, label, frozenset())
    return builder.items, builder.spots


def _built(sheets: Sequence[Sheet], label: str, unread: frozenset[int]) -> _Builder:
    pages = [(sheet, _elements(sheet)) for sheet in sheets]
    builder = _Builder(label, measured([each for _, page in pages for each in page if isinstance(each, Printed)]))
    for sheet, page in pages:
        if sheet.number in unread:
            builder.picture(f"page {sheet.number}")
        for element in page:
            builder.add(element, sheet)
    builder.end()
    return builder


def _position(sheet: Sheet, box: Box) -> Position:
    left, top, right, bottom = sheet.shown(box)
    return Position(page=sheet.number, bbox=(round(left, 2), round(top, 2), round(right, 2), round(bottom, 2)))


def _elements(sheet: Sheet) -> list[Printed | Grid | Unread]:
    """What a page holds, in reading order."""
    _dissolve(sheet)
    part_aligned(sheet)
    return [printed(each, sheet) if isinstance(each, Row) else each for each in in_order(sheet)]


def _dissolve(sheet: Sheet) -> None:
    """Give the lines of boxes and frames back to the page: a grid of one cell or one column is no table."""
    tables: list[Grid] = []
    for grid in sheet.grids:
        if columns_of_one(grid):
            sheet.lines += [line for cell in grid.cells for line in cell.lines]
        else:
            tables.append(grid)
    sheet.grids = tables


class _Builder:
    """Takes the rows and grids of all pages in order; ``items`` is what they are, ``spots`` where each stands."""

    def __init__(self, label: str, white: float) -> None:
        self.items: list[items.Item] = []
        self.spots: list[list[Spot]] = []
        self.set_aside: list[SetAside] = []
        self._label = label
        self._white = white
        self._lines: list[Printed] = []
        self._table: Table | None = None

    def add(self, element: Printed | Grid | Unread, sheet: Sheet) -> None:
        """The next element of ``sheet``."""
        if isinstance(element, Unread):
            self.picture(f"page {sheet.number}")
            return
        if isinstance(element, Printed):
            self._end_table()
            self._lines.append(element)
            return
        self._end_lines()
        if self._table is not None and goes_on(self._table, sheet, element):
            dropped = extend(self._table, sheet, element)
            self.set_aside += [SetAside("furniture", cell.text, _spot(cell).position) for cell in dropped if cell.text]
            return
        self._end_table()
        self._table = table_of(sheet, element)

    def picture(self, name: str) -> None:
        """A page that nobody could read."""
        self.end()
        self.items.append(items.Image(name))

    def end(self) -> None:
        """Nothing that comes next goes on with what came before."""
        self._end_table()
        self._end_lines()

    def _end_lines(self) -> None:
        for paragraph in paragraphs(self._lines, self._white):
            self.items.append(items.Line(paragraph.text, origin=self._put(_line_spots(paragraph))))
        self._lines = []

    def _end_table(self) -> None:
        if self._table is not None:
            self.items += self._items(self._table)
        self._table = None

    def _put(self, spots: list[Spot]) -> int:
        self.spots.append(spots)
        return len(self.spots) - 1

    def _items(self, table: Table) -> list[items.Item]:
        """The table; where rows of it are running text, that text between what is left of it."""
        if sum(cell.rowspan * cell.colspan for cell in table.cells) > load_settings().max_table_cells:
            raise self._too_many()
        opened = OpenTable(placed=True)
        for row in table.by_row():
            opened.begin_row([])
            for cell in row:
                opened.add(self._cell(cell, opened))
        found = opened.items(self._label)
        for item in found:
            if isinstance(item, items.Grid):
                item.layout = cast(Layout, table.layout)
        return found

    def _too_many(self) -> LimitError:
        return too_many_cells(self._label)

    def _cell(self, cell: JoinedCell, opened: OpenTable) -> Cell:
        spots = [Spot(start, part.sheet, part.cell) for start, part in zip(cell.starts, cell.parts, strict=True)]
        laid = Cell(cell.text, self._put(spots), 0, cell.row, cell.column, cell.rowspan, cell.colspan)
        lines = [(part.sheet, line) for part in cell.parts for line in part.cell.lines]
        if len(lines) > 1 and len(cell.text) > _PROSE:
            opened.inner[id(laid)] = self._prose(lines)
        return laid

    def _prose(self, lines: Sequence[tuple[Sheet, Line]]) -> list[items.Item]:
        """The paragraphs in a cell, for the case that it is no cell but a box around text."""
        rows = [Printed(line.text, line.box, sheet, [line]) for sheet, line in lines]
        found = paragraphs(rows, measured(rows))
        return [items.Line(paragraph.text, origin=self._put(_line_spots(paragraph))) for paragraph in found]


_PROSE = 80
"""A cell with more characters than this may be a box around running text."""


def _line_spots(paragraph: Joined) -> list[Spot]:
    return [Spot(start, line.sheet, _whole(line)) for start, line in paragraph.parts]


def _whole(line: Printed) -> Line:
    """A row of print as one line, as sure as the least sure of its lines."""
    if len(line.lines) == 1:
        return line.lines[0]
    sure = [each.confidence for each in line.lines if each.confidence is not None]
    return Line(line.text, line.box, min(sure, default=None))


def _spot(cell: JoinedCell) -> Spot:
    return Spot(0, cell.parts[0].sheet, cell.parts[0].cell)
