"""A table with rows → source rows: which cells are words, and which are slots for values."""

from __future__ import annotations

from extractor.document import Cell, Table
from extractor.tables.cells import read_cell
from extractor.tables.source import SourceRow, cut


def rows_of(table: Table, index: int) -> list[SourceRow]:
    """The rows of a table; ``index`` is its place in ``Document.tables``."""
    return [cut(cells, _first_slot(cells), index) for cells in table.rows if cells]


def _first_slot(cells: list[Cell]) -> int:
    """Slots begin after the last word before the first value; in a row without values, after its last word."""
    last_word = -1
    for at, cell in enumerate(cells):
        state = read_cell(cell.text).state
        if state == "text":
            last_word = at
        elif state != "blank" and last_word >= 0:
            break
    return last_word + 1
