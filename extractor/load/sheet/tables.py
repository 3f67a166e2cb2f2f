"""Grids of printed pages → whole tables: what a page break cut is joined, what it repeated is dropped.

A table goes on over a page break if nothing but furniture stands between its parts and their columns agree. Of a row
that the break cut, the label, the figures or both can stand on either page; it is joined only where the words make a
label of the form, or where one part has words and no figures and the other figures and no words.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, takewhile

from extractor.load.sheet.cells import between, goes_on_in, is_figure, is_known, text_of
from extractor.load.sheet.sheet import Grid, GridCell, Line, Sheet
from extractor.text import is_blank, squash

_SAME_EDGE = 6.0
"""Points by which the same edge can differ from one page to the next, or within a table."""

_DRIFT, _NEARER = 60.0, 1.15
"""Points by which one sheet of paper may lie beside the place of another, and how much nearer it may seem."""

_TOP = 0.2
"""Share of the page's height in which a column of text begins, and in which it ends."""

_NEAR = 6
"""Rows above a page break that tell which columns hold labels there."""

_NUMBERED = re.compile(r"\s*(?:[（(]\s?)?(?:[一二三四五六七八九十]{1,2}|\d{1,2})\s?[）)、.．]")


@dataclass(slots=True)
class Part:
    """One cell's part on one page."""

    sheet: Sheet
    cell: GridCell


@dataclass(slots=True)
class JoinedCell:
    """A cell of a whole table: its parts, and its place in the table."""

    parts: list[Part]
    text: str
    row: int
    column: int
    rowspan: int
    colspan: int
    starts: list[int] = field(default_factory=lambda: [0])

    def append(self, other: JoinedCell) -> None:
        """Take what stands on the next page to this cell."""
        joint = self._joint(other.text)
        base = len(self.text) + len(joint)
        self.text += joint + other.text
        self.starts += [base + start for start in other.starts]
        self.parts += other.parts
        self.rowspan = other.row + other.rowspan - self.row

    def _joint(self, text: str) -> str:
        last = self._last_line()
        return between(last, text, self._width()) if last and self.text and text else ""

    def goes_on_in(self, other: JoinedCell) -> bool:
        """Whether the figure here goes on in ``other``; so it does where either is empty."""
        last = self._last_line()
        if last is None or is_blank(self.text) or is_blank(other.text):
            return True
        return goes_on_in(self.text, last, other.text, self._width())

    def _last_line(self) -> Line | None:
        return next((line for line in reversed(self.parts[-1].cell.lines) if not is_blank(line.text)), None)

    def _width(self) -> float:
        box = self.parts[-1].cell.box
        return box[2] - box[0]

    @property
    def unreadable(self) -> bool:
        """Whether any part of it holds print that nobody could read."""
        return any(part.cell.unreadable for part in self.parts)


_Rows = Sequence[Sequence[JoinedCell]]


@dataclass(slots=True)
class Table:
    """A table over one page or more, of so many ``rows``; ``last`` is the page it was last seen on.

    ``sides`` is where its left and its right side stood there.
    """

    cells: list[JoinedCell]
    rows: int
    edges: list[float]
    last: Sheet
    sides: tuple[float, float]
    layout: str = "grid"

    def by_row(self) -> list[list[JoinedCell]]:
        """The cells that begin in each row, from left to right."""
        rows: list[list[JoinedCell]] = [[] for _ in range(self.rows)]
        for cell in self.cells:
            rows[cell.row].append(cell)
        for row in rows:
            row.sort(key=lambda each: each.column)
        return rows


def table_of(sheet: Sheet, grid: Grid) -> Table:
    """The table that a grid is on its own."""
    cells = [
        JoinedCell([Part(sheet, cell)], text_of(cell), cell.row, cell.column, cell.rowspan, cell.colspan)
        for cell in grid.cells
    ]
    rows = max((cell.row + cell.rowspan for cell in cells), default=0)
    return Table(cells, rows, _edges(grid), sheet, (grid.box[0], grid.box[2]), grid.layout)


def _edges(grid: Grid) -> list[float]:
    """Where the columns begin, and where the last one ends."""
    columns = max((cell.column + cell.colspan for cell in grid.cells), default=0)
    edges: dict[int, float] = {columns: grid.box[2]}
    for cell in grid.cells:
        edges[cell.column + cell.colspan] = cell.box[2]
    for cell in grid.cells:
        edges[cell.column] = cell.box[0]
    last = grid.box[0]
    return [last := max(last, edges.get(column, last)) for column in range(columns + 1)]


def goes_on(table: Table, sheet: Sheet, grid: Grid) -> bool:
    """Whether ``grid``, the first on its page, can be the rest of ``table``, the last on the page before it."""
    beside = _is_in_next_column(table, sheet, grid)
    if not (beside or sheet.follows(table.last)) or sheet.turn != table.last.turn or grid.layout != table.layout:
        return False
    if not sheet.scanned and abs(sheet.width - table.last.width) > _SAME_EDGE:
        return False
    edges = _laid(table, sheet, grid)
    moved = max(abs(a - b) for a, b in zip(table.sides, (edges[0], edges[-1]), strict=True))
    if moved > 2 * _SAME_EDGE and not beside:
        return False
    shared = sum(1 for edge in edges[1:-1] if _nearest(table.edges, edge) is not None)
    return 2 * shared >= min(len(edges) - 2, max(len(table.edges) - 2, 1))


def _is_in_next_column(table: Table, sheet: Sheet, grid: Grid) -> bool:
    """Whether ``grid`` begins the column of text after the one that ``table`` ends, on its page or on the next."""
    left, right = table.sides
    width = right - left
    bottom = max((cell.parts[-1].cell.box[3] for cell in table.cells), default=0.0)
    if sheet.scanned or abs(grid.box[2] - grid.box[0] - width) > _SAME_EDGE or grid.box[1] > _TOP * sheet.height:
        return False
    if bottom < (1 - _TOP) * table.last.height:
        return False
    if sheet is table.last:
        return grid.box[0] > right
    return sheet.follows(table.last) and left - grid.box[0] > 0.9 * width


def _laid(table: Table, sheet: Sheet, grid: Grid) -> list[float]:
    """The edges of ``grid`` as if its paper lay as that of ``table`` did."""
    edges = _edges(grid)
    width, due = edges[-1] - edges[0], table.edges[-1] - table.edges[0]
    drift = edges[0] - table.edges[0]
    if _is_in_next_column(table, sheet, grid):
        return [edge - drift for edge in edges]
    if not sheet.scanned or width <= 0 or abs(drift) > _DRIFT or not 1 / _NEARER <= due / width <= _NEARER:
        return edges
    return [table.edges[0] + (edge - edges[0]) * due / width for edge in edges]


def _nearest(edges: Sequence[float], edge: float) -> int | None:
    """The index of the edge that ``edge`` is, or None."""
    at = bisect_left(edges, edge)
    near = [i for i in (at - 1, at) if 0 <= i < len(edges) and abs(edges[i] - edge) <= _SAME_EDGE]
    return min(near, key=lambda i: abs(edges[i] - edge)) if near else None


def extend(table: Table, sheet: Sheet, grid: Grid) -> list[JoinedCell]:
    """Append the part of ``table`` on the next page; the cells of a header that it repeats, which are dropped."""
    part = table_of(sheet, grid)
    part.edges = _laid(table, sheet, grid)
    _align(table, part)
    dropped = _drop_header(table, part)
    joined = _joined_at_break(table, part)
    shift = table.rows - (1 if joined.row else 0)
    gone = {id(cell) for cell in joined.cells}
    for cell in part.cells:
        cell.row += shift
    for upper, lower in joined.pairs:
        upper.append(lower)
    table.cells += [cell for cell in part.cells if id(cell) not in gone]
    table.rows = shift + part.rows
    table.last, table.sides = sheet, part.sides
    return dropped


def _align(table: Table, part: Table) -> None:
    """Give both the same columns: those of either."""
    edges = list(table.edges)
    for edge in part.edges:
        if _nearest(edges, edge) is None:
            edges.insert(bisect_left(edges, edge), edge)
    for each in (table, part):
        places = [_index(edges, edge) for edge in each.edges]
        for cell in each.cells:
            begin, end = places[cell.column], places[cell.column + cell.colspan]
            cell.column, cell.colspan = begin, max(end - begin, 1)
        each.edges = edges


def _index(edges: Sequence[float], edge: float) -> int:
    found = _nearest(edges, edge)
    return bisect_left(edges, edge) if found is None else found


# ---- repeated headers --------------------------------------------------------------------------------------------


def _drop_header(table: Table, part: Table) -> list[JoinedCell]:
    """Take the rows out of ``part`` that repeat the header of ``table``, or the end of it."""
    ours, theirs = table.by_row(), part.by_row()
    repeated = _repeated(ours, theirs) or _repeated_end(ours, theirs)
    if repeated in (0, part.rows) or any(cell.row < repeated < cell.row + cell.rowspan for cell in part.cells):
        return []
    dropped = [cell for cell in part.cells if cell.row < repeated]
    part.cells = [cell for cell in part.cells if cell.row >= repeated]
    for cell in part.cells:
        cell.row -= repeated
    part.rows -= repeated
    return dropped


def _repeated(ours: _Rows, theirs: _Rows) -> int:
    """How many rows begin both tables, none of them with figures."""
    pairs = zip(ours, theirs, strict=False)
    return sum(1 for _ in takewhile(lambda each: _is_same(*each) and not _has_figures(each[0]), pairs))


def _repeated_end(ours: _Rows, theirs: _Rows) -> int:
    """How many first rows of ``theirs`` repeat the last ones of the header of ``ours``; merged cells may be cut."""
    head = list(takewhile(lambda row: not _has_figures(row), ours))
    for count in range(min(len(head), len(theirs) - 1), 0, -1):
        if all(_is_of_header(row, head, len(head) - count + at) for at, row in enumerate(theirs[:count])):
            return count
    return 0


def _is_of_header(row: Sequence[JoinedCell], head: _Rows, at: int) -> bool:
    """Whether a row repeats the row ``at`` of a header: all its words stand over the same columns there."""
    words = [(cell, squash(cell.text)) for cell in row if not is_blank(cell.text)]
    over = [[squash(other.text) for other in _over(cell, head, at)] for cell, _ in words]
    shared = all(any(word in each for each in texts) for (_, word), texts in zip(words, over, strict=True))
    whole = any(word in texts for (_, word), texts in zip(words, over, strict=True))
    return shared and whole and not _has_figures(row)


def _over(cell: JoinedCell, head: _Rows, at: int) -> Iterator[JoinedCell]:
    """The cells on row ``at`` of a header that share a column with ``cell``."""
    for other in (other for row in head for other in row):
        beside = other.column < cell.column + cell.colspan and cell.column < other.column + other.colspan
        if beside and other.row <= at < other.row + other.rowspan:
            yield other


def _is_same(row: Sequence[JoinedCell], other: Sequence[JoinedCell]) -> bool:
    return bool(_words(row)) and _words(row) == _words(other)


def _words(row: Sequence[JoinedCell]) -> list[str]:
    return [squash(cell.text) for cell in row if not is_blank(cell.text)]


def _has_figures(row: Sequence[JoinedCell]) -> bool:
    return any(is_figure(cell.text) and not is_blank(cell.text) for cell in row)


# ---- cut rows ----------------------------------------------------------------------------------------------------


Pair = tuple[JoinedCell, JoinedCell]
"""Cells of the same columns right above and right below a page break."""


@dataclass(slots=True)
class _Break:
    """What a page break cut: ``pairs`` of cells that are one, ``row`` whether the whole row is one."""

    pairs: list[Pair]
    row: bool

    @property
    def cells(self) -> list[JoinedCell]:
        return [lower for _, lower in self.pairs]


def _joined_at_break(table: Table, part: Table) -> _Break:
    pairs = list(_pairs(table, part))
    stub = _stub_width([*(c for c in table.cells if c.row >= table.rows - _NEAR), *part.cells])
    labels = [pair for pair in pairs if pair[0].column < stub]
    values = [pair for pair in pairs if pair[0].column >= stub]
    worded = [pair for pair in labels if not (is_blank(pair[0].text) and is_blank(pair[1].text))]
    paired = {id(lower) for _, lower in pairs}
    single = all(id(cell) in paired for cell in part.cells if cell.row == 0)
    cut = _is_cut_header(pairs) or (values and _is_cut(worded, values))
    if single and cut:
        return _Break(pairs, row=True)
    return _Break([pair for pair in labels if _is_span(pair, table, part)], row=False)


def _pairs(table: Table, part: Table) -> Iterator[Pair]:
    """Cells of the same columns that touch the page break from either side, from left to right."""
    lower = {(cell.column, cell.colspan): cell for cell in part.cells if cell.row == 0}
    above = sorted((c for c in table.cells if c.row + c.rowspan == table.rows), key=lambda each: each.column)
    for cell in above:
        if (cell.column, cell.colspan) in lower:
            yield cell, lower[cell.column, cell.colspan]


def _is_cut_header(pairs: Sequence[Pair]) -> bool:
    """Whether a row of headers is cut: whatever stands below the break completes what stands above it."""
    lower = [pair for pair in pairs if not is_blank(pair[1].text)]
    complete = all(is_known(above.text + below.text) and not is_known(below.text) for above, below in lower)
    return bool(lower) and complete and not any(is_figure(above.text) for above, _ in lower)


def _is_cut(labels: Sequence[Pair], values: Sequence[Pair]) -> bool:
    """Whether the row above the break and the row below it are one row; the last of ``labels`` is its innermost."""
    above, below = ([not is_blank(cell.text) for cell in side] for side in zip(*values, strict=True))
    fits = all(upper.goes_on_in(lower) for upper, lower in values)
    apart = not any(one and other for one, other in zip(above, below, strict=True))
    if not labels:
        return fits and any(above) and any(below)
    upper, lower = labels[-1][0].text, labels[-1][1].text
    if is_blank(lower):
        named = any(is_blank(outer.text) and is_known(inner.text) for outer, inner in labels)
        return fits and any(below) and (apart or not named)
    if is_blank(upper):
        return any(above) and apart
    whole = is_known(upper + lower)
    if is_known(lower) or _NUMBERED.match(lower):
        return whole and fits and not is_known(upper)
    return whole or (fits and not is_known(upper))


def _is_span(pair: Pair, table: Table, part: Table) -> bool:
    """Whether a label that stands beside several rows goes on below the break."""
    upper, lower = pair
    beside = _neighbours(upper, table) or _neighbours(lower, part) or upper.rowspan > 1 or lower.rowspan > 1
    if not beside or (is_figure(upper.text) and not is_blank(upper.text)):
        return False
    return is_blank(lower.text) or (not is_blank(upper.text) and is_known(upper.text + lower.text))


def _neighbours(cell: JoinedCell, table: Table) -> bool:
    """Whether words stand to the right of a cell in its own rows."""
    rows = range(cell.row, cell.row + cell.rowspan)
    return any(c.column > cell.column and c.row in rows and not is_figure(c.text) for c in table.cells)


def _stub_width(cells: Sequence[JoinedCell]) -> int:
    """The first column that holds a figure."""
    figures = [cell.column for cell in cells if is_figure(cell.text) and not is_blank(cell.text)]
    return min(figures, default=0)


def columns_of_one(grid: Grid) -> bool:
    """Whether a grid has never two cells side by side."""
    tops: dict[int, int] = {}
    for cell in grid.cells:
        tops[cell.row] = tops.get(cell.row, 0) + 1
    return not any(count > 1 for count in tops.values()) and not _beside(grid)


def _beside(grid: Grid) -> bool:
    cells = sorted(grid.cells, key=lambda each: each.row)
    return any(one.row + one.rowspan > other.row for one, other in pairwise(cells))
