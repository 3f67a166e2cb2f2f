"""A table being read → a grid; or, where it only arranges text on the page, that text."""

from __future__ import annotations

from dataclasses import dataclass, field
from operator import itemgetter

from extractor.document import Cell
from extractor.load.items import Grid, Image, Item, Line, Verbatim
from extractor.load.lattice import place
from extractor.load.ruled import is_part_title

_PROSE = 120
"""A row's only cell with more characters than this is running text."""

_LONG = 300
"""A cell with more characters than this makes a table of few cells a layout."""

_SHORT = 12
"""What the last cell of a report's table says at most; the cell of a layout says more before the first part begins."""

_FEW = 12
"""Cells that a layout has at most."""

_LINKED = 0.5
"""Share of links from which a small table is a menu."""


_GROUPS = {"thead": 0, "tbody": 1, "tfoot": 2}
"""Groups of rows in the order in which they are shown, whatever order they are written in."""


@dataclass(slots=True)
class OpenTable:
    """A table being read, row by row and cell by cell.

    The ``start`` of a cell is its origin until it is laid into the text. ``inner`` holds, by the cell's ``id``, the
    items of a cell that is more than one line; ``before`` and ``after`` what stands in the table but in no cell;
    ``placed`` says that the cells already have their rows and columns.
    """

    zone: int = 0
    placed: bool = False
    inner: dict[int, list[Item]] = field(default_factory=dict)
    before: list[Item] = field(default_factory=list)
    after: list[Item] = field(default_factory=list)
    _groups: list[tuple[int, list[list[Cell]]]] = field(default_factory=list)
    _row: list[Cell] | None = None

    def begin_group(self, name: str = "tbody") -> None:
        """What follows is of a new group of rows (``thead``, ``tbody``, ``tfoot``); no span leaves its group."""
        self._groups.append((_GROUPS[name], []))
        self._row = None

    def begin_row(self, cells: list[Cell]) -> None:
        """What follows is of a new row, which begins with ``cells``."""
        if not self._groups:
            self.begin_group()
        self._row = cells
        self._groups[-1][1].append(cells)

    def end_row(self) -> None:
        """A cell that follows without a row begins one."""
        self._row = None

    def add(self, cell: Cell) -> None:
        """The next cell."""
        if self._row is None:
            self.begin_row([])
        self._row.append(cell)  # type: ignore[union-attr]

    def last_row(self) -> list[Cell]:
        """The row being read; empty where none is."""
        return self._row or []

    @property
    def rows(self) -> list[list[Cell]]:
        """The rows in the order in which they are shown."""
        groups = sorted(self._groups, key=itemgetter(0))
        return [row for _, rows in groups for row in rows]

    def items(self, label: str) -> list[Item]:
        """The table as a grid followed by what its cells nest; or, where it is a layout, the text of its cells.

        Raises:
            LimitError: more cells than ``Settings.max_table_cells``, covered ones counted.
        """
        rows = self.rows
        self._let_go(rows)
        found = self._dissolved(rows) if self._is_layout(rows) else self._parts(rows, label)
        return [*self.before, *found, *self.after]

    def _ends(self) -> list[int]:
        """For each row the one after the last of its group."""
        ends: list[int] = []
        for _, rows in sorted(self._groups, key=itemgetter(0)):
            ends += [len(ends) + len(rows)] * len(rows)
        return ends

    def _let_go(self, rows: list[list[Cell]]) -> None:
        """Where the table was never closed, its last cell swallowed the rest of the report: give it back."""
        last = rows[-1][-1] if rows and rows[-1] else None
        items = self.inner.get(id(last), [])
        for index, item in enumerate(items):
            if last and index and isinstance(item, Line) and is_part_title(item.text):
                if len(text_of(items[:index])) > _SHORT:
                    return
                self.after = items[index:] + self.after
                self.inner[id(last)] = items[:index]
                last.text = text_of(items[:index])
                return

    def _is_layout(self, rows: list[list[Cell]]) -> bool:
        if sum(map(len, rows)) == 1:
            return True
        filled = [cell for row in rows for cell in row if cell.text]
        grids = [item for items in self.inner.values() for item in items if isinstance(item, Grid)]
        nested = sum(len(row) for grid in grids for row in grid.rows)
        if nested and nested >= len(filled):
            return True
        if len(filled) > _FEW:
            return False
        return any(len(cell.text) > _LONG for cell in filled) or self._is_menu(filled)

    def _is_menu(self, filled: list[Cell]) -> bool:
        """Whether most of what the cells say are links."""
        linked = sum(item.linked for items in self.inner.values() for item in items if isinstance(item, Line))
        return linked > 0 and linked >= _LINKED * sum(len(cell.text) for cell in filled)

    def _dissolved(self, rows: list[list[Cell]]) -> list[Item]:
        return [item for row in rows for cell in row for item in self._content(cell)]

    def _content(self, cell: Cell) -> list[Item]:
        if id(cell) in self.inner:
            return self.inner[id(cell)]
        return [Line(cell.text, origin=cell.start, zone=self.zone)] if cell.text else []

    def _parts(self, rows: list[list[Cell]], label: str) -> list[Item]:
        """The grid, cut where a row is running text or the title of a part."""
        if not self.placed:
            place(rows, self._ends(), label)
        items: list[Item] = []
        begin = 0
        for index, prose in enumerate(_prose_rows(rows)):
            if prose is not None:
                items += self._part(rows[begin:index], begin, len(rows))
                items += self._content(prose)
                begin = index + 1
        return items + self._part(rows[begin:], begin, len(rows))

    def _part(self, rows: list[list[Cell]], begin: int, total: int) -> list[Item]:
        if not any(rows):
            return []
        if len(rows) < total:
            _rebase(rows, begin)
        if not self.inner:
            return [Grid(rows, self.zone)]
        nested = [item for row in rows for cell in row for item in self.inner.get(id(cell), ())]
        return [Grid(rows, self.zone), *(item for item in nested if isinstance(item, Grid | Image))]


def text_of(items: list[Item]) -> str:
    """The text of a cell: its lines, one below the other; tables nested in it follow the outer one instead."""
    return "\n".join(item.text for item in items if isinstance(item, Line | Verbatim))


def _prose_rows(rows: list[list[Cell]]) -> list[Cell | None]:
    """For each row its only text, where that is no part of a table: running text, or the title of a part."""
    found: list[Cell | None] = []
    covered = 0
    for index, row in enumerate(rows):
        filled = [cell for cell in row if cell.text] if covered <= index else []
        only = filled[0] if len(filled) == 1 else None
        found.append(only if only and (len(only.text) > _PROSE or is_part_title(only.text)) else None)
        if spans := [cell.rowspan for cell in row if cell.rowspan > 1]:
            covered = max(covered, index + max(spans))
    return found


def _rebase(rows: list[list[Cell]], begin: int) -> None:
    """Count rows from ``begin``; no span reaches beyond the last of ``rows``."""
    for row in rows:
        for cell in row:
            cell.row -= begin
            if cell.rowspan > 1:
                cell.rowspan = min(cell.rowspan, len(rows) - cell.row)
