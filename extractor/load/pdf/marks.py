"""Print that is not the report's: watermarks, and text that nobody sees (white, or under a white box).

A watermark is print much larger or paler than the rest that lies over other print. What is taken out of a cell that
holds nothing else leaves a doubt: a figure may have stood there.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import product

from extractor.load.pdf.color import PALE, WHITE
from extractor.load.pdf.device import Fill, Glyph, Painted
from extractor.load.sheet.sheet import Box

_LARGE = 1.8
"""Times the usual size of print from which print that lies over other print is a watermark."""

_TILES = 3
"""Times that a page repeats the words of a watermark, at least."""

_COVER = 0.25
"""Share of the page that a white box over old print takes at most; a larger one is the paper."""

_TOUCHED = 0.12
"""Share of the smaller glyph's box by which two glyphs lie over each other."""

_STEP = 24.0
"""Points to a side of the squares by which places are looked up."""

_STRAYS = 2
"""Pieces of text up to which pale figures on a page whose figures are dark are no part of its table."""

_FIGURES = frozenset("0123456789０１２３４５６７８９")

Marks = list[tuple[str, Glyph]]
"""What was taken out: ``hidden`` or ``mark``, and the glyph."""


def without_marks(painted: Painted) -> tuple[list[Glyph], Marks]:
    """The glyphs of the report, and those that are hidden or a watermark's, in the order of painting."""
    glyphs = painted.glyphs
    hidden = set(_covered(painted)) | set(_unseen(painted))
    shown = [glyph for number, glyph in enumerate(glyphs) if number not in hidden] if hidden else glyphs
    marks = _watermarks(shown)
    taken: Marks = [("hidden", glyphs[number]) for number in sorted(hidden)]
    if marks:
        taken += [("mark", glyph) for glyph in shown if id(glyph) in marks]
        shown = [glyph for glyph in shown if id(glyph) not in marks]
    return shown, taken


def is_figure(glyph: Glyph) -> bool:
    """Whether a glyph is a digit."""
    return glyph.text in _FIGURES


# ---- hidden ------------------------------------------------------------------------------------------------------


def _covered(painted: Painted) -> Iterator[int]:
    """The numbers of glyphs over which a white box was painted later."""
    last = painted.glyphs[-1].run if painted.glyphs else 0
    first = painted.glyphs[0].run if painted.glyphs else 0
    page = painted.width * painted.height
    covers = [
        fill
        for fill in painted.fills
        if fill.light >= WHITE and first <= fill.run <= last and _area(fill.box) <= _COVER * page
    ]
    if not covers:
        return
    places = _Places(enumerate(painted.glyphs))
    for fill in covers:
        yield from (number for number, glyph in places.within(fill.box) if glyph.run <= fill.run)


def _unseen(painted: Painted) -> Iterator[int]:
    """The numbers of white glyphs with nothing darker below them."""
    white = [(number, glyph) for number, glyph in enumerate(painted.glyphs) if glyph.light >= WHITE]
    if white:
        grounds = [fill for fill in painted.fills if fill.light < WHITE]
        yield from (n for n, glyph in white if not _has_ground(glyph, grounds, painted.pictures))


def _has_ground(glyph: Glyph, grounds: Sequence[Fill], pictures: Sequence[Box]) -> bool:
    x, y = _middle(glyph.box)
    filled = any(_holds(fill.box, x, y) for fill in grounds if fill.run < glyph.run)
    return filled or any(_holds(box, x, y) for box in pictures)


# ---- watermarks --------------------------------------------------------------------------------------------------


def _watermarks(glyphs: Sequence[Glyph]) -> set[int]:
    """The identities of the glyphs of watermarks."""
    if not glyphs:
        return set()
    usual = Counter(round(glyph.size, 1) for glyph in glyphs).most_common(1)[0][0]
    kinds: defaultdict[tuple[float, float, int], list[Glyph]] = defaultdict(list)
    for glyph in glyphs:
        if glyph.light >= PALE or glyph.size > _LARGE * usual:
            kinds[round(glyph.size, 1), round(glyph.light, 2), glyph.turn].append(glyph)
    if not kinds:
        return set()
    suspects = {id(glyph) for kind in kinds.values() for glyph in kind}
    places = _Places((0, glyph) for glyph in glyphs if id(glyph) not in suspects)
    dark = sum(1 for glyph in glyphs if is_figure(glyph) and glyph.light < PALE)
    found = [
        kind
        for (size, *_), kind in kinds.items()
        if _is_watermark(kind, size > _LARGE * usual, places) or _is_stray(kind, dark)
    ]
    return {id(glyph) for kind in found for glyph in kind}


def _is_stray(kind: Sequence[Glyph], dark: int) -> bool:
    """Whether print of one colour is a few pale figures and nothing else, where ``dark`` figures are the rule."""
    alone = kind[0].light >= PALE and all(is_figure(glyph) or glyph.text.isspace() for glyph in kind)
    return alone and len({glyph.run for glyph in kind}) <= _STRAYS and dark > _STRAYS * len(kind)


def _is_watermark(kind: Sequence[Glyph], large: bool, places: _Places) -> bool:
    """Whether print of one size and colour lies over other print, or repeats its words over the page."""
    if any(places.touches(glyph) for glyph in kind if not glyph.text.isspace()):
        return True
    if kind[0].light < PALE or large:
        return False
    runs: defaultdict[int, str] = defaultdict(str)
    for glyph in kind:
        runs[glyph.run] += glyph.text
    words = Counter(text for text in runs.values() if len(text) > 2 and not text.isascii())
    return bool(words) and words.most_common(1)[0][1] >= _TILES


class _Places:
    """Numbered glyphs by where they stand."""

    def __init__(self, glyphs: Iterable[tuple[int, Glyph]]) -> None:
        self._squares: defaultdict[tuple[int, int], list[tuple[int, Glyph]]] = defaultdict(list)
        for number, glyph in glyphs:
            x, y = _middle(glyph.box)
            self._squares[int(x // _STEP), int(y // _STEP)].append((number, glyph))

    def within(self, box: Box) -> Iterator[tuple[int, Glyph]]:
        """The glyphs whose middle is in the box."""
        for number, glyph in self._near(box):
            if _holds(box, *_middle(glyph.box)):
                yield number, glyph

    def touches(self, glyph: Glyph) -> bool:
        """Whether any glyph lies under or over this one."""
        left, top, right, bottom = glyph.box
        wide = (left - _STEP, top - _STEP, right + _STEP, bottom + _STEP)
        return any(lies_over(glyph.box, other.box, _TOUCHED) for _, other in self._near(wide))

    def _near(self, box: Box) -> Iterator[tuple[int, Glyph]]:
        left, top, right, bottom = (int(edge // _STEP) for edge in box)
        if (right - left + 1) * (bottom - top + 1) > len(self._squares):  # a glyph may be of any size
            wanted = [at for at in self._squares if left <= at[0] <= right and top <= at[1] <= bottom]
        else:
            wanted = list(product(range(left, right + 1), range(top, bottom + 1)))
        for at in wanted:
            yield from self._squares.get(at, ())


def lies_over(one: Box, other: Box, share: float) -> bool:
    """Whether two boxes have at least this share of the smaller one in common."""
    wide = min(one[2], other[2]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[1], other[1])
    return wide > 0 and high > 0 and wide * high > share * min(_area(one), _area(other))


def _middle(box: Box) -> tuple[float, float]:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


def _holds(box: Box, x: float, y: float) -> bool:
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])
