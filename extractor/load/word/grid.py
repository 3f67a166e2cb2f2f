"""A table of a Word file being read: which cells go on with the one before or above them."""

from __future__ import annotations

from dataclasses import dataclass, field

from extractor.document import Cell
from extractor.load.table import OpenTable
from extractor.load.tree import Element
from extractor.load.word.styles import setting


@dataclass(slots=True)
class OpenGrid:
    """The table being read: the column of the next cell, and for each column the cell that merges downwards there."""

    table: OpenTable
    row: int = -1
    column: int = 0
    covered: int = 0
    merging: dict[int, Cell] = field(default_factory=dict)

    def continues(self, properties: dict[str, Element], column: int, span: int) -> bool:
        """Whether a cell goes on with the one before it or above it; that one then spans it."""
        if setting(properties, "hMerge") == "continue" and (row := self.table.last_row()):
            row[-1].colspan += span
            return True
        above = self.merging.get(column)
        if above is None or "vMerge" not in properties or setting(properties, "vMerge") == "restart":
            return False
        if above.colspan != span or above.row + above.rowspan != self.row:
            return False
        above.rowspan += 1
        return True
