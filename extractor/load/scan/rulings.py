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


_ONE_ROW = 1.0
"""Length of the shortest rule down that runs from one rule across to another: the side of a cell of one line."""

_AT_RULE = 0.15
"""How far such a rule may end from those that it joins."""

_IN_LINE = 3
"""Pixels between the middle of such a rule and those in line with it, at most."""

_AS_DARK, _SOLID = 0.4, 0.93
"""How dark a rule is anywhere, of its usual darkness; and along what share of its length, for wear leaves gaps."""

_WHOLE = 0.97
"""The same share for the side of a cell of one line, which the ends of a bracket almost reach."""

_PRINT = 3.5
"""Length that the strokes of characters over one another reach together, at most."""

_BESIDE = 0.06, 0.2
"""Where beside such a rule there is paper, and not the rest of a character, in heights of a character."""

_INK = 150
_TOUCHED = 0.05
"""Share of its length along which there can be ink nevertheless."""

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
    turned = _turned(image)
    level, upright = strokes_across(image, em), strokes_across(turned, em)
    across, down = long_strokes(level, _SHORTEST * em), long_strokes(upright, _SHORTEST * em)
    across = _held(across, _turned(down), image, em)
    down = _held(down, _turned(across), turned, em)
    sides = _sides_of_one_row(long_strokes(upright, _ONE_ROW * em), Rules(down, _turned(across)), turned, em)
    return Rules(across, _turned(cv2.bitwise_or(down, sides)))


def _turned(image: Gray) -> Gray:
    return np.ascontiguousarray(image.T)


def strokes_across(image: Gray, em: float) -> Gray:
    """Thin strokes across the page, as a mask: dark against what is over and under them."""
    thick = max(5, round(0.45 * em))
    calm = cv2.blur(image, (max(3, round(0.15 * em)), 1))
    raised = cv2.morphologyEx(calm, cv2.MORPH_BLACKHAT, np.ones((thick, 1), np.uint8))
    mask = cv2.threshold(raised, _FAINTEST, 255, cv2.THRESH_BINARY)[1]
    return cv2.dilate(mask, np.ones((3, 1), np.uint8))


def long_strokes(strokes: Gray, length: float) -> Gray:
    """Those of the ``strokes`` across that run straight on for ``length`` pixels."""
    mask = cv2.morphologyEx(strokes, cv2.MORPH_OPEN, np.ones((1, max(9, round(length))), np.uint8))
    return cv2.erode(mask, np.ones((3, 1), np.uint8))


def _sides_of_one_row(strokes: Gray, rules: Rules, image: Gray, em: float) -> Gray:
    """Those of the ``strokes`` across that are sides of cells one line high, too short to be told from print at once.

    Such a side runs from one crossing rule to another with paper on both sides of it, and longer rules go on in the
    same line elsewhere.
    """
    count, labels, stats, _ = cv2.connectedComponentsWithStats(strokes, connectivity=8)
    reach = max(2, round(_AT_RULE * em))
    ruled = np.flatnonzero(rules.across.any(axis=1))
    kept = np.zeros(count, dtype=np.uint8)
    for index, (x, y, w, h, _) in enumerate(stats[1:].tolist(), start=1):
        in_line = len(ruled) > 0 and np.abs(ruled - (y + h / 2)).min() <= _IN_LINE
        box = x, y, x + w, y + h
        ends = (rules.down[y : y + h, max(0, end - reach) : end + reach] for end in (x, x + w))
        if (
            in_line
            and all(end.any() for end in ends)
            and _solid(image, rules.down, box, reach, _WHOLE)
            and _is_free(image, box, reach, em)
        ):
            kept[index] = 255
    return kept[labels]


def _is_free(image: Gray, box: Pixels, reach: int, em: float) -> bool:
    """Whether nothing but paper stands over and under a stroke across in ``box``, but for ``reach`` at its ends."""
    left, top, right, bottom = box
    near, far = round(_BESIDE[0] * em), round(_BESIDE[1] * em)
    columns = slice(left + 2 * reach, right - 2 * reach)
    over, under = image[max(0, top - far) : max(0, top - near), columns], image[bottom + near : bottom + far, columns]
    return all((part < _INK).any(axis=0).mean() <= _TOUCHED for part in (over, under) if part.size)


def _solid(image: Gray, crossing: Gray, box: Pixels, reach: int, share: float) -> list[tuple[int, int]]:
    """From where to where a stroke across in ``box`` is dark all the way from one crossing rule to the next.

    No print is: ``share`` is along what share of the way at least.
    """
    left, top, right, bottom = box
    first = max(0, left - reach)
    met = crossing[top:bottom, first : right + reach].any(axis=0)
    row = top + int((255 - image[top:bottom, left:right].astype(np.float32)).sum(axis=1).argmax())
    dark = 255 - image[max(0, row - 1) : row + 2, first : right + reach].mean(axis=0)
    ways = [(int(a) + 1, int(b)) for a, b in pairwise(np.flatnonzero(met)) if b - a > 1]
    return [(first + a, first + b) for a, b in ways if _is_dark(dark[a:b], share)]


def _is_dark(way: Any, share: float) -> bool:
    usual = float(np.median(way))
    return usual >= _FAINTEST and float((way >= _AS_DARK * usual).mean()) >= share


def _held(across: Gray, down: Gray, image: Gray, em: float) -> Gray:
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
            box = x, y, x + w, y + h
            start, end = _between_rules(down, box, em)
            if w < _PRINT * em:
                ways = _solid(image, down, box, round(_REACH * em), _SOLID)
                start, end = (ways[0][0], ways[-1][1]) if ways else (0, 0)
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
