"""What a report is made of before a layout writes it: paragraphs, tables of cells, pictures."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

Number = int | Decimal


@dataclass(frozen=True)
class Para:
    """A paragraph; `role` is title, heading, subheading, body, signature, front or furniture."""

    text: str
    role: str = "body"


@dataclass(frozen=True)
class Picture:
    """A table of which only a picture was published."""

    name: str


@dataclass(frozen=True)
class GridCell:
    """One cell of a table; `kind` is header, label or value."""

    text: str
    kind: str = "value"
    rowspan: int = 1
    colspan: int = 1


@dataclass(frozen=True)
class Spot:
    """One position of a grid: its cell, and whether the cell begins here, to the left, or above."""

    cell: GridCell
    first_row: bool
    first_column: bool


@dataclass(frozen=True)
class Grid:
    """A table: rows of the cells that begin in them, `width` columns wide, `head` header rows."""

    name: str
    rows: tuple[tuple[GridCell, ...], ...]
    width: int
    head: int = 1

    def spots(self) -> list[list[Spot]]:
        """The full matrix of positions, spans filled in."""
        matrix: list[list[Spot | None]] = [[None] * self.width for _ in self.rows]
        for top, row in enumerate(self.rows):
            for cell in row:
                left = matrix[top].index(None)
                for r in range(top, top + cell.rowspan):
                    for c in range(left, left + cell.colspan):
                        matrix[r][c] = Spot(cell, r == top, c == left)
        return [[spot for spot in row if spot is not None] for row in matrix]

    def texts(self, across: str = "empty", down: str = "empty") -> list[list[str]]:
        """Rows of texts; a span's further cells are `empty`, `repeat`ed or `drop`ped, across and down."""
        return [list(_row_texts(row, across, down)) for row in self.spots()]

    def mapped(self, change: Callable[[GridCell], GridCell]) -> "Grid":
        """The same grid with every cell passed through `change`."""
        return replace(self, rows=tuple(tuple(change(cell) for cell in row) for row in self.rows))


def _row_texts(row: Iterable[Spot], across: str, down: str) -> Iterator[str]:
    for spot in row:
        if spot.first_row and spot.first_column:
            yield spot.cell.text
            continue
        rule = across if not spot.first_column else down
        if not spot.first_column and not spot.first_row and down == "drop":
            rule = "drop"
        if rule == "repeat":
            yield spot.cell.text
        elif rule == "empty":
            yield ""


Block = Para | Grid | Picture
