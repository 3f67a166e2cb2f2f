"""Print that hangs out of a cell at the end of the page: a browser cuts the cell there, but not its text."""

from __future__ import annotations

from extractor.load.sheet.cells import is_figure
from extractor.load.sheet.sheet import Grid, GridCell, Line, Sheet

_WHITE = 0.45
"""Sizes of print between the cell's end and the line under it, at most."""

_MARGIN = 0.25
"""Share of the page's height, at its end, in which such a cell ends."""


def take_hanging(sheet: Sheet) -> None:
    """Give lines right under the page's last table back to the cells they hang out of; all of them, or none."""
    grid = max(sheet.grids, key=lambda each: each.box[3], default=None)
    if grid is None or grid.box[3] < (1 - _MARGIN) * sheet.height:
        return
    under = [line for line in sheet.lines if _is_right_under(line, grid)]
    if any(is_figure(line.text) for line in under):  # a page number stands there too
        return
    homes = [(line, _home(line, grid)) for line in under]
    if not homes or any(cell is None for _, cell in homes):
        return
    for line, cell in homes:
        if cell is not None:
            cell.lines.append(line)
    taken = set(map(id, under))
    sheet.lines = [line for line in sheet.lines if id(line) not in taken]


def _is_right_under(line: Line, grid: Grid) -> bool:
    size = line.box[3] - line.box[1]
    return -0.5 * size <= line.box[1] - grid.box[3] <= _WHITE * size


def _home(line: Line, grid: Grid) -> GridCell | None:
    """The cell at the table's end that the line stands within and goes on with, or that it begins in."""
    for cell in grid.cells:
        within = cell.box[0] - 1 <= line.box[0] and line.box[2] <= cell.box[2] + 1
        if within and abs(cell.box[3] - grid.box[3]) < 1:
            size = line.box[3] - line.box[1]
            begins = cell.lines[-1].box[3] + size if cell.lines else grid.box[3]
            return cell if line.box[1] < begins else None
    return None
