"""The rules of a page → its ruled tables: rows, columns and the cells between them, merged ones as one.

A rule is dark and thin, straight and long; faint ones are found because they are weighed along their whole length.
Two neighbouring places of a table belong to one cell where no rule stands between them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import cv2
import numpy as np

from extractor.load.scan.picture import Gray, Pixels

_SHORTEST = 1.8
"""Length of the shortest rule, in heights of a character."""

_APART = 0.35
"""Distance at which two rules are two, in heights of a character: less is a double rule."""

_FAINTEST = 14
"""How much darker than its surroundings a rule is, of 255, once averaged along its length."""

_DRAWN = 0.7
"""Share of a cell's side that must be ruled for the side to be there, and of its ends, where print keeps away."""

_WAVERING = 8
"""Pixels by which a rule may leave its straight line, at most."""

_END = 12
"""Fraction of a side that is its end."""

_OPEN_SIDE = 0.6
"""How far, in heights of a character, rules must stand out over the last crossing rule for a side without a rule."""


_FREE = 10.0
"""Length, in heights of a character, from which a stroke is a rule wherever it ends."""

_GAP = 0.8
"""Length of the gaps that wear leaves in a rule."""

_REACH = 0.5
"""How far from a crossing rule the end of a rule may lie."""

_NARROWEST, _LOWEST = 6.0, 1.2
"""Least width and height of a table, in heights of a character: the strokes of a large title make none."""


@dataclass(frozen=True, slots=True)
class Place:
    """One cell of a ruled table: its top left corner in rows and columns, how many it covers, its inside in pixels."""

    row: int
    column: int
    rowspan: int
    colspan: int
    box: Pixels


@dataclass(frozen=True, slots=True)
class Ruling:
    """A ruled table; ``places`` row by row."""

    box: Pixels
    places: list[Place]


@dataclass(frozen=True, slots=True)
class Rules:
    """Masks of the rules of a page: those across and those down."""

    across: Gray
    down: Gray

    @property
    def both(self) -> Gray:
        """All rules as one mask."""
        return cv2.bitwise_or(self.across, self.down)


def find_rules(image: Gray, em: float) -> Rules:
    """The rules of an evened, level page; ``em`` is the height of a character in pixels."""
    across, down = _rules_across(image, em), _rules_across(_turned(image), em)
    across = _held(across, _turned(down), em)
    return Rules(across, _turned(_held(down, _turned(across), em)))


def _turned(image: Gray) -> Gray:
    return np.ascontiguousarray(image.T)


def _rules_across(image: Gray, em: float) -> Gray:
    """Rules across the page: dark against what is over and under them, and long."""
    thick = max(5, round(0.45 * em))
    long = max(9, round(_SHORTEST * em))
    calm = cv2.blur(image, (max(3, round(0.15 * em)), 1))
    raised = cv2.morphologyEx(calm, cv2.MORPH_BLACKHAT, np.ones((thick, 1), np.uint8))
    mask = cv2.threshold(raised, _FAINTEST, 255, cv2.THRESH_BINARY)[1]
    mask = cv2.dilate(mask, np.ones((3, 1), np.uint8))
    mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((1, long), np.uint8))
    return cv2.erode(mask, np.ones((3, 1), np.uint8))


def _held(across: Gray, down: Gray, em: float) -> Gray:
    """Rules across without the short ones that do not run from one rule down to another: strokes of print.

    A stroke that goes on from the end of a rule, beyond the last rule that it meets, is cut off.
    """
    whole = cv2.morphologyEx(across, cv2.MORPH_CLOSE, np.ones((1, max(3, round(_GAP * em))), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(whole, connectivity=8)
    kept = np.full(count, 255, dtype=np.uint8)
    kept[0] = 0
    held = across.copy()
    for index, (x, y, w, h, _) in enumerate(stats[1:].tolist(), start=1):
        if w < _FREE * em:
            start, end = _between_rules(down, (x, y, x + w, y + h), em)
            kept[index] = 255 if end > start else 0
            if end > start:
                held[y : y + h, x:start] = held[y : y + h, end : x + w] = 0
    return cv2.bitwise_and(kept[labels], held)


def _between_rules(down: Gray, box: Pixels, em: float) -> tuple[int, int]:
    """From where to where, in pixels, a stroke across in ``box`` lies between rules ``down``; (0, 0) if it does not."""
    left, top, right, bottom = box
    reach = round(_REACH * em)
    rows = slice(max(0, top - reach), bottom + reach)
    first = max(0, left - reach)
    met = first + np.flatnonzero(down[rows, first : right + reach].any(axis=0))
    if not len(met):
        return 0, 0
    start, end = int(met[0]), int(met[-1]) + 1
    whole = start <= left + reach and end >= right - reach
    if end - start < _SHORTEST * em and not whole:
        return 0, 0
    return max(left, start - reach), min(right, end + reach)


def find_rulings(rules: Rules, em: float) -> list[Ruling]:
    """The ruled tables of a page from top to bottom; a frame around everything is none."""
    joined = cv2.dilate(rules.both, np.ones((5, 5), np.uint8))
    boxes = cv2.connectedComponentsWithStats(joined, connectivity=8)[2][1:, :4].tolist()
    found = [ruling for x, y, w, h in boxes if (ruling := _ruling(rules, (x, y, x + w, y + h), em))]
    return sorted(_outermost(found), key=lambda ruling: ruling.box[1])


def _outermost(rulings: Sequence[Ruling]) -> list[Ruling]:
    """Of rulings within one another only the outer: what a cell holds is its text."""
    return [ruling for ruling in rulings if not any(_within(ruling.box, other.box) for other in rulings)]


def _within(inner: Pixels, outer: Pixels) -> bool:
    around = outer[0] <= inner[0] and outer[1] <= inner[1] and outer[2] >= inner[2] and outer[3] >= inner[3]
    return around and inner != outer


def _ruling(rules: Rules, box: Pixels, em: float) -> Ruling | None:
    left, top, right, bottom = box
    if right - left < _NARROWEST * em or bottom - top < _LOWEST * em:
        return None
    across, down = rules.across[top:bottom, left:right], rules.down[top:bottom, left:right]
    ys = _with_open_sides(_rule_places(across, em), _extent(down, axis=1), em)
    xs = _with_open_sides(_rule_places(_turned(down), em), _extent(across, axis=0), em)
    if len(xs) < 2 or len(ys) < 2 or (len(xs) - 1) * (len(ys) - 1) < 2:
        return None
    places = [_placed(place, left, top) for place in _renumbered(list(_places(across, down, xs, ys)))]
    return Ruling(box, places) if len(places) > 1 else None


def _rule_places(mask: Gray, em: float) -> list[int]:
    """Where rules across lie in ``mask``, in pixels from its top: double rules once."""
    stats = cv2.connectedComponentsWithStats(mask, connectivity=8)[2][1:]
    centres = sorted((y + h / 2, w) for _, y, w, h, _ in stats.tolist() if h <= em)
    groups: list[list[tuple[float, int]]] = []
    for centre, width in centres:
        if groups and centre - groups[-1][-1][0] <= _APART * em:
            groups[-1].append((centre, width))
        else:
            groups.append([(centre, width)])
    return [round(sum(y * w for y, w in group) / sum(w for _, w in group)) for group in groups]


def _extent(mask: Gray, axis: int) -> tuple[int, int]:
    """First and last row (axis 1) or column (axis 0) that anything of ``mask`` stands in."""
    there = np.flatnonzero(mask.any(axis=axis))
    return (int(there[0]), int(there[-1])) if len(there) else (0, 0)


def _with_open_sides(places: list[int], extent: tuple[int, int], em: float) -> list[int]:
    """``places`` with the ends of the crossing rules, where these stand out: a table without rules at its sides."""
    if not places:
        return places
    before = [extent[0]] if places[0] - extent[0] > _OPEN_SIDE * em else []
    after = [extent[1]] if extent[1] - places[-1] > _OPEN_SIDE * em else []
    return [*before, *places, *after]


def _places(across: Gray, down: Gray, xs: Sequence[int], ys: Sequence[int]) -> Iterator[Place]:
    """The cells between rules at ``xs`` and ``ys``."""
    beside = _sides(_turned(down), ys, xs)  # beside[j][i]: a rule at xs[i] between ys[j] and ys[j + 1]
    over = _sides(across, xs, ys)  # over[i][j]: a rule at ys[j] between xs[i] and xs[i + 1]
    owner = _joined(beside, over, len(ys) - 1, len(xs) - 1)
    spots: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for spot, group in owner.items():
        spots[group].append(spot)
    for covered in sorted(spots.values()):
        yield from _rectangles(covered, xs, ys)


def _sides(mask: Gray, cuts: Sequence[int], lines: Sequence[int]) -> list[list[bool]]:
    """For each stretch between ``cuts`` (x) and each of ``lines`` (y) whether a rule across stands there."""
    reach = max(3, min(_narrowest(lines) // 6, _WAVERING))
    bands = [mask[max(0, line - reach) : line + reach + 1].any(axis=0) for line in lines]
    return [[_is_drawn(band[start:end]) for band in bands] for start, end in pairwise(cuts)]


def _narrowest(lines: Sequence[int]) -> int:
    return min((after - before for before, after in pairwise(lines)), default=0)


def _is_drawn(stretch: Any) -> bool:
    end = max(4, len(stretch) // _END)
    shares = [part.mean() for part in (stretch, stretch[2:end], stretch[-end:-2]) if len(part)]
    return len(shares) > 0 and min(shares) >= _DRAWN


def _joined(beside: list[list[bool]], over: list[list[bool]], rows: int, columns: int) -> dict[tuple[int, int], int]:
    """Each spot of the lattice with the number of the cell it belongs to."""
    owner = list(range(rows * columns))

    def root(index: int) -> int:
        while owner[index] != index:
            owner[index] = owner[owner[index]]
            index = owner[index]
        return index

    for row in range(rows):
        for column in range(columns):
            spot = row * columns + column
            if column + 1 < columns and not beside[row][column + 1]:
                owner[root(spot + 1)] = root(spot)
            if row + 1 < rows and not over[column][row + 1]:
                owner[root(spot + columns)] = root(spot)
    return {(spot // columns, spot % columns): root(spot) for spot in range(rows * columns)}


def _rectangles(group: Sequence[tuple[int, int]], xs: Sequence[int], ys: Sequence[int]) -> Iterator[Place]:
    """A cell as one place; where it is no rectangle (a rule was lost), each of its spots as one."""
    rows, columns = [row for row, _ in group], [column for _, column in group]
    top, left = min(rows), min(columns)
    height, width = max(rows) - top + 1, max(columns) - left + 1
    if len(group) == height * width:
        box = (xs[left], ys[top], xs[left + width], ys[top + height])
        yield Place(top, left, height, width, box)
        return
    for row, column in group:
        yield Place(row, column, 1, 1, (xs[column], ys[row], xs[column + 1], ys[row + 1]))


def _renumbered(places: list[Place]) -> list[Place]:
    """Rows and columns counted over those that a cell begins in: a stroke taken for a rule parts nothing."""
    rows = {row: number for number, row in enumerate(sorted({place.row for place in places}))}
    columns = {column: number for number, column in enumerate(sorted({place.column for place in places}))}
    return [
        Place(
            rows[place.row],
            columns[place.column],
            sum(place.row <= row < place.row + place.rowspan for row in rows),
            sum(place.column <= column < place.column + place.colspan for column in columns),
            place.box,
        )
        for place in places
    ]


def _placed(place: Place, left: int, top: int) -> Place:
    x0, y0, x1, y1 = place.box
    return Place(place.row, place.column, place.rowspan, place.colspan, (x0 + left, y0 + top, x1 + left, y1 + top))
