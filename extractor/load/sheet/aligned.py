"""Tables that no ruling draws: figures that stand below each other make columns, the words beside them the labels.

A row is where figures stand side by side; words close above or below, left of the figures, are more of its label.
Words over the figures are a header. Columns hold within one block, that is between two headers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from extractor.load.ruled import is_part_title
from extractor.load.sheet.cells import is_figure, is_known
from extractor.load.sheet.order import Row, around, rows_of
from extractor.load.sheet.sheet import Box, Grid, GridCell, Line, Sheet

_FEWEST_ROWS = 2
_ALONE = 5
"""Figures that make a table of a single row."""

_PROSE = 0.6
"""Share of the page's width from which a line of words is running text."""

_CLOSE = 0.75
"""White between lines of one label, in sizes of print, at most."""

_TAKEN = 0.7
"""Share of the places in columns that hold figures, at least: what is less regular is no table but text."""

_BETWEEN = 4
"""Rows of words between two rows of figures at most."""


@dataclass(slots=True)
class _Entry:
    """A row of the table: its label's lines and its figures, or (``header``) words only."""

    labels: list[Line]
    figures: list[Line] = field(default_factory=list)
    header: bool = False

    @property
    def box(self) -> Box:
        return around([line.box for line in (*self.labels, *self.figures)])


def part_aligned(sheet: Sheet) -> None:
    """Move the lines of tables without rulings from the lines of ``sheet`` to its grids."""
    rows = rows_of(sheet.lines)
    taken: set[int] = set()
    for region in _regions(rows, sheet):
        entries = _entries(region)
        grid = _grid(entries)
        if grid is not None:
            sheet.grids.append(grid)
            taken |= {id(line) for row in region for line in row.lines}
    sheet.lines = [line for line in sheet.lines if id(line) not in taken]


# ---- where a table is --------------------------------------------------------------------------------------------


def _regions(rows: Sequence[Row], sheet: Sheet) -> Iterator[list[Row]]:
    """Runs of rows that can be a table, each with enough rows of figures."""
    valued = [_is_valued(row) for row in rows]
    begin = 0
    while begin < len(rows):
        if not valued[begin]:
            begin += 1
            continue
        end = _end(rows, valued, begin, sheet)
        count = sum(valued[begin:end])
        wide = max(sum(1 for line in row.lines if _is_value(line)) for row in rows[begin:end])
        if count >= _FEWEST_ROWS or wide >= _ALONE:
            yield list(rows[_top(rows, begin, sheet) : end])
        begin = end


def _is_value(line: Line) -> bool:
    return is_figure(line.text) and len(line.text) <= 16


def _is_valued(row: Row) -> bool:
    """Figures side by side, or a figure set apart from the words before it."""
    figures = sum(1 for line in row.lines if _is_value(line))
    return figures >= 2 or (figures == 1 and len(row.lines) == 2 and not _is_value(row.lines[0]))


def _is_words(row: Row, sheet: Sheet) -> bool:
    """Words that can belong to a table: no running text, no title of a part."""
    text = "".join(line.text for line in row.lines)
    long = any(line.box[2] - line.box[0] > _PROSE * sheet.width for line in row.lines)
    return not long and not text.endswith("。") and not is_part_title(text)


def _end(rows: Sequence[Row], valued: Sequence[bool], begin: int, sheet: Sheet) -> int:
    """The row after the last one of the table that has figures on row ``begin``."""
    end = begin + 1
    for at in range(begin + 1, len(rows)):
        if valued[at]:
            end = at + 1
        elif at - end >= _BETWEEN or not _is_words(rows[at], sheet):
            break
    while end < len(rows) and _is_words(rows[end], sheet) and _is_label_of(rows[end], rows[end - 1]):
        end += 1
    return end


def _is_label_of(row: Row, above: Row) -> bool:
    """Whether words go on with the label of the row above them."""
    first = above.lines[0]
    close = row.box[1] - above.box[3] < _CLOSE * (row.box[3] - row.box[1])
    figures = [line.box[0] for line in above.lines if _is_value(line)]
    return close and len(row.lines) == 1 and row.box[2] < min(figures, default=0) and row.box[0] >= first.box[0] - 2


def _top(rows: Sequence[Row], begin: int, sheet: Sheet) -> int:
    """The first row of the header over the table that has its first figures on row ``begin``."""
    top = begin
    for at in range(begin - 1, max(begin - 8, -1), -1):
        if not _is_words(rows[at], sheet) or _is_valued(rows[at]):
            break
        if len(rows[at].lines) > 1 or rows[at].box[3] > rows[top].box[1] - 2 * (rows[at].box[3] - rows[at].box[1]):
            top = at
    return top


# ---- rows --------------------------------------------------------------------------------------------------------


def _entries(region: Sequence[Row]) -> list[_Entry]:
    """The rows of the table, in order."""
    stub = min(line.box[0] for row in region if _is_valued(row) for line in row.lines if _is_value(line))
    entries = [
        _Entry([line for line in row.lines if not _is_value(line)], [line for line in row.lines if _is_value(line)])
        if _is_valued(row)
        else _Entry(list(row.lines), header=True)
        for row in region
    ]
    found: list[_Entry] = []
    for at, entry in enumerate(entries):
        if entry.header and all(line.box[2] <= stub for line in entry.labels):
            owner = _owner(entries, at) or _beside(entries, at)
            if owner is not None:
                owner.labels += entry.labels
                continue
        found.append(entry)
    return found


def _owner(entries: Sequence[_Entry], at: int) -> _Entry | None:
    """The row of figures that the words of ``entries[at]`` are more of the label of: the nearest, if it is close."""
    box = entries[at].box
    size = box[3] - box[1]
    nearest, distance = None, _CLOSE * size
    for other in (*entries[max(at - 1, 0) : at], *entries[at + 1 : at + 2]):
        if other.figures:
            white = max(box[1] - other.box[3], other.box[1] - box[3])
            if white < distance:
                nearest, distance = other, white
    return nearest


def _beside(entries: Sequence[_Entry], at: int) -> _Entry | None:
    """The row of figures next to words between two such rows that name nothing: part of a label beside several rows."""
    between = 0 < at < len(entries) - 1 and entries[at - 1].figures and entries[at + 1].figures
    fragment = not any(is_known(line.text) for line in entries[at].labels)
    return entries[at - 1] if between and fragment else None


# ---- cells -------------------------------------------------------------------------------------------------------


def _grid(entries: Sequence[_Entry]) -> Grid | None:
    cells: list[GridCell] = []
    number = 0
    for header, block in groupby(entries, key=lambda each: each.header):
        rows = list(block)
        columns = [] if header else _clusters([line for row in rows for line in row.figures])
        if not header and not _stand_in(rows, columns):
            return None
        for lines in _headers(rows) if header else (_cells(row, columns) for row in rows):
            cells += [GridCell(number, column, *_content(each)) for column, each in enumerate(lines)]
            number += 1
    if not cells:
        return None
    return Grid(around([cell.box for cell in cells if cell.lines]), cells, "rows")


def _stand_in(rows: Sequence[_Entry], columns: Sequence[tuple[float, float]]) -> bool:
    """Whether the figures really stand in columns: never two of a row in one, and most places are taken."""
    for row in rows:
        homes = [_home(line, columns) for line in row.figures]
        if len(set(homes)) < len(homes):
            return False
        if any(line.box[2] > columns[0][0] for line in row.labels):
            return False
    return sum(len(row.figures) for row in rows) >= _TAKEN * len(rows) * len(columns)


def _home(line: Line, columns: Sequence[tuple[float, float]]) -> int:
    middle = (line.box[0] + line.box[2]) / 2
    return next(index for index, (left, right) in enumerate(columns) if left <= middle <= right)


def _content(lines: Sequence[Line] | Box) -> tuple[Box, list[Line]]:
    if isinstance(lines, tuple):
        return lines, []
    return around([line.box for line in lines]), list(lines)


def _clusters(figures: Sequence[Line]) -> list[tuple[float, float]]:
    """The columns: stretches of the line that figures take, overlapping ones as one."""
    columns: list[tuple[float, float]] = []
    for left, right in sorted((line.box[0], line.box[2]) for line in figures):
        if columns and left < columns[-1][1]:
            columns[-1] = columns[-1][0], max(columns[-1][1], right)
        else:
            columns.append((left, right))
    return columns


def _cells(row: _Entry, columns: Sequence[tuple[float, float]]) -> list[list[Line] | Box]:
    """The labels of a row, the lines of each below each other; then its figures, an empty box where there is none."""
    found: list[list[Line] | Box] = [*_stacks(row.labels)]
    _, top, _, bottom = row.box
    figures = {_home(line, columns): line for line in row.figures}
    for index, (left, right) in enumerate(columns):
        found.append([figures[index]] if index in figures else (left, top, right, bottom))
    return found


def _stacks(lines: Sequence[Line]) -> list[list[Line]]:
    """Lines that stand over one another, from left to right, each stack from top to bottom."""
    stacks: list[list[Line]] = []
    for line in sorted(lines, key=lambda each: each.box[0]):
        if stacks and line.box[0] < max(other.box[2] for other in stacks[-1]) - 1:
            stacks[-1].append(line)
        else:
            stacks.append([line])
    return [sorted(stack, key=lambda each: each.box[1]) for stack in stacks]


def _headers(rows: Sequence[_Entry]) -> Iterator[list[list[Line]]]:
    """Rows of a header; words broken over lines that are close to each other are one cell."""
    close: list[list[Line]] = []
    bottom, size = float("-inf"), 0.0
    for row in rows:
        box = row.box
        if close and box[1] - bottom < _CLOSE * size:
            close[-1] += row.labels
        else:
            close.append(list(row.labels))
        bottom, size = box[3], box[3] - box[1]
    for lines in close:
        wide = [line for line in lines if sum(1 for other in lines if _under(other, line)) > 1]
        yield from ([[line]] for line in wide)
        rest = [line for line in lines if line not in wide]
        if rest:
            yield _stacks(rest)


def _under(other: Line, line: Line) -> bool:
    below = other.box[1] >= line.box[3] - 1
    return below and min(other.box[2], line.box[2]) - max(other.box[0], line.box[0]) > 0
