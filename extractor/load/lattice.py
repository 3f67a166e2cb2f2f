"""Cells as a source writes them → rows and columns without overlap."""

from __future__ import annotations

from extractor.document import Cell
from extractor.errors import LimitError
from extractor.settings import load_settings

MAX_COLSPAN = 1_000
"""What a page may ask for (HTML Standard, 4.9.11)."""


def place(rows: list[list[Cell]], ends: list[int], label: str) -> None:
    """Give each cell its row and column, and cut spans to what they can cover (HTML Standard, 4.9.12).

    Raises:
        LimitError: more cells than ``Settings.max_table_cells``, covered ones counted.
    """
    free: list[int] = []  # for each column the first row that no cell of several rows covers
    last, covered = 0, 0  # the first row that none covers in any column; places covered so far
    limit = load_settings().max_table_cells
    for index, row in enumerate(rows):
        column = 0
        covered += len(row)
        for cell in row:
            while index < last and column < len(free) and free[column] > index:
                column += 1
            cell.row, cell.column = index, column
            if cell.rowspan == 1 == cell.colspan:
                column += 1
                continue
            _cut_spans(cell, free, ends[index])
            column += cell.colspan
            covered += cell.rowspan * cell.colspan - 1
            if covered > limit:
                raise too_many_cells(label)
            if cell.rowspan > 1:
                free += [0] * (cell.column - len(free))
                free[cell.column : column] = [index + cell.rowspan] * cell.colspan
                last = max(last, index + cell.rowspan)
    if covered > limit:
        raise too_many_cells(label)


def _cut_spans(cell: Cell, free: list[int], end: int) -> None:
    """A span of 0 reaches to the end of its row group; none reaches beyond, or over a cell from above."""
    room = end - cell.row
    cell.rowspan = min(cell.rowspan or room, room)
    reach = min(cell.column + max(cell.colspan, 1), cell.column + MAX_COLSPAN)
    taken = (column for column in range(cell.column, min(reach, len(free))) if free[column] > cell.row)
    cell.colspan = next(taken, reach) - cell.column


def too_many_cells(label: str) -> LimitError:
    """The error for a table beyond the limit."""
    limit = load_settings().max_table_cells
    return LimitError(
        f"{label} has too large a table: at most {limit:,} cells were expected (EXTRACTOR_MAX_TABLE_CELLS)",
        f"{label} 中有表格过大：应不超过 {limit:,} 个单元格（设置 EXTRACTOR_MAX_TABLE_CELLS）",
    )
