"""Tables that no ruling draws: figures that stand below each other make columns, the words beside them the labels.

A row is where figures stand side by side; words close above or below, left of the figures, are more of its label.
Words over the figures are a header. Columns hold within one block, that is between two headers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from extractor.load.ruled import is_part_title
from extractor.load.sheet.cells import begins_known, is_figure, is_known
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

_LONGEST_VALUE = 24
_NOTED = re.compile(r"[\s　]{0,3}[增减+-]?[\d.,，]{1,12}[^\d（(]{0,3}([（(][^（()）]{1,20}[)）])[\s　]{0,3}$")
"""A figure with a remark on it."""

_BETWEEN = 4
"""Rows of words between two rows of figures at most."""


@dataclass(slots=True)
class _Entry:
    """A row of the table: its label's lines and its figures, or (``header``) words only."""

    labels: list[Line]
    figures: list[Line] = field(default_factory=list)
    header: bool = False
    more: list[Line] = field(default_factory=list)
    """Figures right over or under those of the row: parts of numbers that were broken over lines."""

    @property
    def box(self) -> Box:
        return around([line.box for line in (*self.labels, *self.figures)])


def part_aligned(sheet: Sheet) -> None:
    """Move the lines of tables without rulings from the lines of ``sheet`` to its grids."""
    rows = rows_of(sheet.lines)
    taken: set[int] = set()
    for region in _regions(rows, sheet):
        entries = _entries(region)
        grid = _grid(entries) or _in_doubt(entries)
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
    if len(line.text) > _LONGEST_VALUE:
        return False
    noted = _NOTED.match(line.text)
    return is_figure(line.text[: noted.start(1)] if noted else line.text)


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
    last = rows[end - 1]
    while end < len(rows) and _is_words(rows[end], sheet) and _is_label_of(rows[end], rows[end - 1], last):
        end += 1
    return end


def _is_label_of(row: Row, above: Row, last: Row) -> bool:
    """Whether words go on with the label of the row of figures ``last``, of which ``above`` ends so far."""
    close = row.box[1] - above.box[3] < _CLOSE * (row.box[3] - row.box[1])
    figures = min((line.box[0] for line in last.lines if _is_value(line)), default=0.0)
    return close and row.box[2] < figures and row.box[0] >= last.box[0] - 2


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
    entries = _whole_rows(entries)
    found: list[_Entry] = []
    for labels, run in groupby(entries, key=lambda each: each.header and each.box[2] <= stub):
        members = list(run)
        if not labels:
            found += members
            continue
        following = next((each for each in entries if each.figures and each.box[1] > members[-1].box[1]), None)
        found += _without_labels(found[-1] if found and found[-1].figures else None, members, following)
    return found


def _whole_rows(entries: Sequence[_Entry]) -> list[_Entry]:
    """Rows of figures, with the rows that have no label and fewer figures given to those they are close to."""
    found: list[_Entry] = []
    for at, entry in enumerate(entries):
        owner = _owner(entries, at) if entry.figures and not entry.labels else None
        if owner is not None and owner.labels and len(entry.figures) < len(owner.figures) + len(owner.more):
            owner.more += entry.figures
        else:
            found.append(entry)
    return found


def _without_labels(above: _Entry | None, words: Sequence[_Entry], below: _Entry | None) -> list[_Entry]:
    """Give the words between two rows of figures to their labels; those that belong to neither."""
    if above is not None and below is not None and (cut := _known_cut(above, words, below)) is not None:
        above.labels += [line for each in words[:cut] for line in each.labels]
        below.labels += [line for each in words[cut:] for line in each.labels]
        return []
    left: list[_Entry] = []
    around_them = [*([above] if above else []), *words, *([below] if below else [])]
    for at, each in enumerate(around_them):
        if not each.header:
            continue
        owner = _owner(around_them, at) or _beside(around_them, at)
        if owner is None:
            left.append(each)
        else:
            owner.labels += each.labels
    return left


def _known_cut(above: _Entry, words: Sequence[_Entry], below: _Entry) -> int | None:
    """How many of the words end the label above, so that both labels are the form's; None where none or several do."""
    edge = max((line.box[2] for entry in (above, *words, below) for line in entry.labels), default=0.0)
    cuts = []
    for cut in range(len(words) + 1):
        upper = _innermost([above, *words[:cut]], edge)
        lower = _innermost([*words[cut:], below], edge)
        if is_known(upper) and (begins_known(lower) or (cut == len(words) and not lower)):
            cuts.append(cut)
    return cuts[0] if len(cuts) == 1 else None


def _innermost(entries: Sequence[_Entry], edge: float) -> str:
    """The label next to the figures, as its lines stand below each other."""
    lines = sorted((line for entry in entries for line in entry.labels), key=lambda each: each.box[1])
    if not lines:
        return ""
    right = max(line.box[2] for line in lines)
    left = max(line.box[0] for line in lines if line.box[2] > right - (edge - right) - 1)
    return "".join(line.text for line in lines if line.box[2] > left)


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
    blocks = [(header, list(block)) for header, block in groupby(entries, key=lambda each: each.header)]
    for at, (header, rows) in enumerate(blocks):
        figured = rows if not header else blocks[at + 1][1] if at + 1 < len(blocks) else []
        columns = _clusters([line for row in figured for line in (*row.figures, *row.more)])
        if not header and not _stand_in(rows, columns):
            return None
        for lines in _headers(rows, columns) if header else (_cells(row, columns) for row in rows):
            cells += [_cell(number, column, each, doubtful=not header) for column, each in enumerate(lines)]
            number += 1
    if not cells:
        return None
    return Grid(around([cell.box for cell in cells if cell.lines]), cells, "rows")


def _in_doubt(entries: Sequence[_Entry]) -> Grid | None:
    """Rows whose figures stand in no columns, where some are broken over lines: none of such a row can be told."""
    if not any(entry.more for entry in entries):
        return None
    cells: list[GridCell] = []
    for number, entry in enumerate(entries):
        stacks = _stacks(entry.labels)
        cells += [_cell(number, column, stack, doubtful=False) for column, stack in enumerate(stacks)]
        figures = sorted((*entry.figures, *entry.more), key=lambda each: each.box[0])
        for column, line in enumerate(figures, start=len(stacks)):
            cells.append(GridCell(number, column, line.box, [line], unreadable=bool(entry.more)))
    return Grid(around([cell.box for cell in cells]), cells, "rows")


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


def _cell(row: int, column: int, lines: Sequence[Line] | Box, *, doubtful: bool) -> GridCell:
    """A cell; figures over one another are in doubt, for nothing tells whether they are one number."""
    if isinstance(lines, tuple):
        return GridCell(row, column, lines)
    broken = doubtful and len(lines) > 1 and all(map(_is_value, lines))
    return GridCell(row, column, around([line.box for line in lines]), list(lines), unreadable=broken)


def _clusters(figures: Sequence[Line]) -> list[tuple[float, float]]:
    """The columns: stretches across the page that figures take, overlapping ones as one."""
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
    for left, right in columns:
        own = [line for line in (*row.figures, *row.more) if left <= (line.box[0] + line.box[2]) / 2 <= right]
        found.append(sorted(own, key=lambda each: each.box[1]) or (left, top, right, bottom))
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


def _headers(rows: Sequence[_Entry], columns: Sequence[tuple[float, float]]) -> Iterator[list[list[Line]]]:
    """Rows of a header over ``columns``; words broken over lines that are close to each other are one cell."""
    close: list[list[Line]] = []
    bottom, size = float("-inf"), 0.0
    for row in rows:
        box = row.box
        whole = close and all(is_known(line.text) for line in (*close[-1], *row.labels))
        if close and not whole and box[1] - bottom < _CLOSE * size:
            close[-1] += row.labels
        else:
            close.append(list(row.labels))
        bottom, size = box[3], box[3] - box[1]
    for lines in close:
        wide = [line for line in lines if _is_wide(line, lines, columns)]
        yield from ([[line]] for line in wide)
        rest = [line for line in lines if line not in wide]
        if rest:
            yield _stacks(rest)


def _is_wide(line: Line, lines: Sequence[Line], columns: Sequence[tuple[float, float]]) -> bool:
    """Whether a line of a header stands over more than one column."""
    below = [other for other in lines if _under(other, line)]
    return len({_nearest(other, columns) for other in below}) > 1


def _nearest(line: Line, columns: Sequence[tuple[float, float]]) -> int:
    """The column that a line stands over, -1 for the labels; each line its own where there are no columns."""
    middle = (line.box[0] + line.box[2]) / 2
    if not columns:
        return id(line)
    if line.box[2] <= columns[0][0] and middle < columns[0][0] - (line.box[3] - line.box[1]) * 2:
        return -1
    return min(range(len(columns)), key=lambda at: abs(middle - (columns[at][0] + columns[at][1]) / 2))


def _under(other: Line, line: Line) -> bool:
    below = other.box[1] >= line.box[3] - 1
    return below and min(other.box[2], line.box[2]) - max(other.box[0], line.box[0]) > 0
