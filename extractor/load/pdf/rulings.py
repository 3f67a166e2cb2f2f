"""The rulings of a page → lattices: rows, columns and the cells between them, merged ones as one.

Dashes on one line are one ruling; rulings that touch make one lattice. Two neighbouring places belong to one cell where
no ruling stands between them. A side that has no ruling (three-line tables, cells cut by a page break) is where the
rulings across it end.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from extractor.load.sheet.sheet import Box

Ruling = tuple[float, float, float]
"""Where the ruling lies, and from where to where it runs."""

_SAME_LINE = 1.6
_TOUCH = 3.0
_DASH_GAP = 8.0
_SAME_EDGE = 5.0
"""Points by which rulings of one column's edge can differ."""

_SAME_ROW = 5.0
_COVERED = 0.6
"""Share of a side that must be ruled."""

_MOST = 4_000
"""Beyond that many rulings in one direction a page holds a drawing."""


@dataclass(slots=True)
class Lattice:
    """A ruled table: ``xs`` and ``ys`` are the edges of its columns and rows, ``cells`` rectangles of places.

    A cell is (row, column, rowspan, colspan); ``owner[row][column]`` is its index.
    """

    xs: list[float]
    ys: list[float]
    cells: list[tuple[int, int, int, int]]
    owner: list[list[int]]

    @property
    def box(self) -> Box:
        """Its outer edges."""
        return self.xs[0], self.ys[0], self.xs[-1], self.ys[-1]

    def cell_box(self, index: int) -> Box:
        """The edges of a cell."""
        row, column, rowspan, colspan = self.cells[index]
        return self.xs[column], self.ys[row], self.xs[column + colspan], self.ys[row + rowspan]

    def at(self, x: float, y: float) -> int | None:
        """The index of the cell around a point; None outside."""
        column, row = bisect_right(self.xs, x) - 1, bisect_right(self.ys, y) - 1
        if 0 <= row < len(self.ys) - 1 and 0 <= column < len(self.xs) - 1:
            return self.owner[row][column]
        return None


def lattices(level: Sequence[Ruling], upright: Sequence[Ruling], most_cells: int) -> list[Lattice]:
    """The lattices that level and upright rulings make, the smallest first; none with more than ``most_cells``."""
    level, upright = merged(level), merged(upright)
    if not 1 < len(level) <= _MOST or not 1 < len(upright) <= _MOST:
        return []
    found = []
    for across, down in _with_open_columns(_touching(level, upright)):
        if len(across) > 1 and len(down) > 1:
            xs = _edges(down, across, _SAME_EDGE)
            ys = _edges(across, down, _SAME_ROW)
            if (len(xs) - 1) * (len(ys) - 1) <= most_cells:
                found.append(_lattice(xs, ys, across, down))
    return sorted(found, key=lambda each: (each.box[2] - each.box[0]) * (each.box[3] - each.box[1]))


def merged(rulings: Sequence[Ruling]) -> list[Ruling]:
    """Rulings on one line that touch, overlap or are dashes of one another, as one."""
    found: list[Ruling] = []
    for line in _lines(rulings):
        at = sum(place for place, _, _ in line) / len(line)
        begin, end = line[0][1], line[0][2]
        length = end - begin
        for _, start, stop in line[1:]:
            if start - end <= max(_TOUCH, min(_DASH_GAP, 1.5 * min(length, stop - start))):
                end = max(end, stop)
            else:
                found.append((at, begin, end))
                begin, end = start, stop
            length = stop - start
        found.append((at, begin, end))
    return [ruling for ruling in found if ruling[2] - ruling[1] > _TOUCH]


def _lines(rulings: Sequence[Ruling]) -> Iterator[list[Ruling]]:
    """Rulings grouped by the line they lie on, each group from its begin to its end."""
    group: list[Ruling] = []
    for ruling in sorted(rulings):
        if group and ruling[0] - group[0][0] > _SAME_LINE:
            yield sorted(group, key=lambda each: each[1])
            group = []
        group.append(ruling)
    if group:
        yield sorted(group, key=lambda each: each[1])


_Group = tuple[list[Ruling], list[Ruling]]
"""Level and upright rulings of one table."""


def _touching(level: list[Ruling], upright: list[Ruling]) -> list[_Group]:
    """Groups of level and upright rulings that hang together."""
    parent = list(range(len(level) + len(upright)))

    def root(node: int) -> int:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    places = [x for x, _, _ in upright]
    for i, (y, left, right) in enumerate(level):
        for j in range(bisect_left(places, left - _TOUCH), bisect_right(places, right + _TOUCH)):
            if upright[j][1] - _TOUCH <= y <= upright[j][2] + _TOUCH:
                parent[root(i)] = root(len(level) + j)
    groups: defaultdict[int, tuple[list[Ruling], list[Ruling]]] = defaultdict(lambda: ([], []))
    for i, ruling in enumerate(level):
        groups[root(i)][0].append(ruling)
    for j, ruling in enumerate(upright):
        groups[root(len(level) + j)][1].append(ruling)
    return list(groups.values())


def _with_open_columns(groups: list[_Group]) -> list[_Group]:
    """The groups, with the sides of columns that no level ruling crosses: a merged cell that page breaks cut twice.

    Such a side stands alone, and begins and ends where those of the table beside it do.
    """
    tables = [(across, down) for across, down in groups if len(across) > 1 and len(down) > 1]
    boxes = [_extent(across, down) for across, down in tables]
    for across, down in groups:
        gaps = [] if across else [(_gap(down[0], box), at) for at, box in enumerate(boxes)]
        nearest, at = min(((gap, at) for gap, at in gaps if gap is not None), default=(None, 0))
        if nearest is not None:
            tables[at][1].append(down[0])
    return tables


def _extent(across: list[Ruling], down: list[Ruling]) -> Box:
    xs = [place for place, _, _ in down] + [end for _, *ends in across for end in ends]
    return min(xs), min(begin for _, begin, _ in down), max(xs), max(end for _, _, end in down)


def _gap(ruling: Ruling, box: Box) -> float | None:
    """How far beside a table, of which ``box`` is the extent, a ruling stands; None where it is none of its sides."""
    gap = max(box[0] - ruling[0], ruling[0] - box[2])
    level = abs(ruling[1] - box[1]) <= _SAME_ROW and abs(ruling[2] - box[3]) <= _SAME_ROW
    return gap if level and gap > 0 else None


def _edges(rulings: Sequence[Ruling], across: Sequence[Ruling], apart: float) -> list[float]:
    """Where rows or columns end: the rulings' own places, and the outermost ends of those across them."""
    edges: list[list[float]] = []
    for place, _, _ in sorted(rulings):
        if edges and place - edges[-1][0] <= apart:
            edges[-1].append(place)
        else:
            edges.append([place])
    found = [sum(group) / len(group) for group in edges]
    first, last = min(begin for _, begin, _ in across), max(end for _, _, end in across)
    if found[0] - first > 2 * apart and sum(1 for _, begin, _ in across if begin - first <= apart) > 1:
        found.insert(0, first)
    if last - found[-1] > 2 * apart and sum(1 for _, _, end in across if last - end <= apart) > 1:
        found.append(last)
    return found


def _lattice(xs: list[float], ys: list[float], across: Sequence[Ruling], down: Sequence[Ruling]) -> Lattice:
    rows, columns = len(ys) - 1, len(xs) - 1
    below = _walls(ys, xs, across)  # [edge of rows][column]
    beside = _walls(xs, ys, down)  # [edge of columns][row]
    parent = list(range(rows * columns))

    def root(node: int) -> int:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for row in range(rows):
        for column in range(columns):
            if column + 1 < columns and not beside[column + 1][row]:
                parent[root(row * columns + column)] = root(row * columns + column + 1)
            if row + 1 < rows and not below[row + 1][column]:
                parent[root(row * columns + column)] = root((row + 1) * columns + column)
    regions = [[root(row * columns + column) for column in range(columns)] for row in range(rows)]
    return _cut(xs, ys, regions)


def _walls(edges: list[float], along: list[float], rulings: Sequence[Ruling]) -> list[list[bool]]:
    """For each edge, which of the stretches between ``along`` are ruled."""
    covered = [[0.0] * (len(along) - 1) for _ in edges]
    for place, begin, end in rulings:
        at = bisect_left(edges, place)
        nearest = min((i for i in (at - 1, at) if 0 <= i < len(edges)), key=lambda i: abs(edges[i] - place))
        for stretch in range(max(bisect_right(along, begin) - 1, 0), min(bisect_left(along, end), len(along) - 1)):
            common = min(end, along[stretch + 1]) - max(begin, along[stretch])
            covered[nearest][stretch] += max(common, 0.0) / (along[stretch + 1] - along[stretch])
    return [[share >= _COVERED for share in edge] for edge in covered]


def _cut(xs: list[float], ys: list[float], regions: list[list[int]]) -> Lattice:
    """Regions as rectangles; one that is none (a ruling is missing) is cut into such from its top left."""
    rows, columns = len(ys) - 1, len(xs) - 1
    owner = [[-1] * columns for _ in range(rows)]
    cells: list[tuple[int, int, int, int]] = []
    for row in range(rows):
        for column in range(columns):
            if owner[row][column] >= 0:
                continue
            region = regions[row][column]
            right = column + 1
            while right < columns and regions[row][right] == region and owner[row][right] < 0:
                right += 1
            bottom = row + 1
            while bottom < rows and all(
                regions[bottom][c] == region and owner[bottom][c] < 0 for c in range(column, right)
            ):
                bottom += 1
            for r in range(row, bottom):
                owner[r][column:right] = [len(cells)] * (right - column)
            cells.append((row, column, bottom - row, right - column))
    return Lattice(xs, ys, cells, owner)
