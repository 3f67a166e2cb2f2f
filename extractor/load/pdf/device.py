"""A PDF page → its glyphs, rulings and pictures as they are painted, through pdfminer's interpreter.

pdfminer's own layout objects are left out: they cost more than the reading itself, and hide what counts here (the
order of painting, invisible text, characters without a Unicode value). Boxes are in points from the top left corner of
the page as it is shown (cropped and turned by its /Rotate).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from math import hypot
from typing import Any

from pdfminer.pdfdevice import PDFTextDevice
from pdfminer.pdffont import PDFUnicodeNotDefined

from extractor.load.pdf.color import WHITE, lightness
from extractor.load.sheet.sheet import Box

Matrix = tuple[float, float, float, float, float, float]
Point = tuple[float, float]

UNKNOWN = "\ufffd"
"""Stands for a glyph whose character the file does not tell."""

_DESCENT = 0.14
"""How far below the baseline a letter's box reaches, in sizes of print; fonts often state nonsense."""

_OUTLINED = 1
_INVISIBLE = frozenset({3, 7})
"""Text render modes that paint nothing (PDF 32000-1, table 106)."""

_THIN = 3.0
"""Points up to which a filled rectangle is a ruling."""

_CONTROLS = frozenset("\0\n\v\f\r")
_FIELD = 10.0
"""Points that a line of a form's field is high, at most."""

_LEVEL = 0.7
"""Points by which a ruling can be out of the level."""

_MOST_RULINGS = 60_000
"""Beyond that many a page holds a drawing, whose lines rule no table."""

_COVER = 0.02
"""Share of the page from which a picture is looked at for what it covers."""

_MOST_COVERS = 200
_CLEAR = 0.05
"""How opaque text is, at most, that nobody sees."""

_SQUARE = 0.7
"""How wide a dot is to its height, or the other way round, at least."""

_MOST_FILLS = 20_000
_RADICALS = dict(
    zip(
        "⼾⺟⺠⻁⻄⻅⻆⻉⻋⻓⻔⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻬⻮⻰",
        "户母民虎西见角贝车长门青韦页风飞食马骨鬼鱼鸟卤麦黄齐齿龙",
        strict=True,
    )
)
"""Radicals that fonts' tables give for the character that looks the same (CJK Radicals Supplement)."""


@dataclass(slots=True)
class Glyph:
    """One character as painted: ``run`` numbers the piece of text it was painted with, ``turn`` as in ``Sheet``.

    ``light`` is how light it is, from 0 (black) to 1 (white).
    """

    text: str
    box: Box
    size: float
    run: int
    turn: int = 0
    light: float = 0.0


@dataclass(frozen=True, slots=True)
class Fill:
    """A filled rectangle; ``run`` is that of the last text painted before it."""

    box: Box
    run: int
    light: float


@dataclass(slots=True)
class Painted:
    """What a page shows. Rulings are (y, left, right) and (x, top, bottom); ``paths`` counts all drawing.

    ``white_level`` and ``white_upright`` are rulings that only a shaded ground shows.
    """

    width: float
    height: float
    glyphs: list[Glyph] = field(default_factory=list)
    hidden: list[Glyph] = field(default_factory=list)
    level: list[tuple[float, float, float]] = field(default_factory=list)
    upright: list[tuple[float, float, float]] = field(default_factory=list)
    white_level: list[tuple[float, float, float]] = field(default_factory=list)
    white_upright: list[tuple[float, float, float]] = field(default_factory=list)
    fills: list[Fill] = field(default_factory=list)
    pictures: list[Box] = field(default_factory=list)
    paths: int = 0


class TooLong(Exception):  # noqa: N818 (ends the painting, is no error)
    """The page has more characters than may be read."""


@lru_cache(maxsize=20_000)
def plain(text: str) -> str:
    """What a font's table gives for a glyph as it is written: no ligatures, radicals or control characters.

    >>> plain("⼀"), plain("ﬁ"), plain("⻓"), plain("（")
    ('一', 'fi', '长', '（')
    """
    if any(
        "\u2e80" <= char <= "\u2fdf" or "\uf900" <= char <= "\ufaff" or "\ufb00" <= char <= "\ufb06" for char in text
    ):
        text = "".join(_RADICALS.get(char) or unicodedata.normalize("NFKC", char) for char in text)
    return "".join(UNKNOWN if _is_private(char) else char for char in text if char not in _CONTROLS)


def _is_private(char: str) -> bool:
    if char < " " and char != "\t":  # the number of a glyph in a font that does not tell its letters
        return True
    return "\ue000" <= char <= "\uf8ff" or "\x7f" <= char <= "\x9f" or "\ud800" <= char <= "\udfff"


class Painter(PDFTextDevice):
    """Collects one page's marks in ``painted``; at most ``limit`` characters.

    Nothing is collected while ``paused`` is not 0. ``opaque``: nothing shows through pictures. ``page_matrix`` leads
    from the file's coordinates to the page's.
    """

    def __init__(self, manager: Any, limit: int) -> None:
        super().__init__(manager)
        self.painted = Painted(0, 0)
        self._limit = limit
        self._offset: Point = (0.0, 0.0)
        self._run = 0
        self._mode = 0
        self._light = 0.0
        self.paused = 0
        self.opaque = True
        self.page_matrix: Matrix = (1, 0, 0, 1, 0, 0)

    def begin_page(self, page: Any, ctm: Matrix) -> None:
        """A new page; ``ctm`` leads to its media box, of which the crop box is shown."""
        self.page_matrix = ctm
        left, bottom, right, top = _turned(ctm, page.cropbox)
        outer = _turned(ctm, page.mediabox)
        left, bottom, right, top = (
            max(left, outer[0]),
            max(bottom, outer[1]),
            min(right, outer[2]),
            min(top, outer[3]),
        )
        if right - left < 1 or top - bottom < 1:
            left, bottom, right, top = outer
        self.painted = Painted(max(right - left, 1.0), max(top - bottom, 1.0))
        self._offset = left, top

    def render_string(self, textstate: Any, seq: Any, ncs: Any, graphicstate: Any) -> None:
        """A piece of text."""
        self._run += 1
        self._mode = textstate.render if getattr(graphicstate, "alpha", 1.0) > _CLEAR else min(_INVISIBLE)
        self._light = _light_of(graphicstate, stroke=self._mode == _OUTLINED)
        super().render_string(textstate, seq, ncs, graphicstate)

    def render_char(  # noqa: PLR0913, PLR0917 (the device's interface)
        self,
        matrix: Matrix,
        font: Any,
        fontsize: float,
        scaling: float,
        rise: float,
        cid: int,
        ncs: Any,
        graphicstate: Any,
    ) -> float:
        """One glyph; how far it moves the pen."""
        try:
            text = plain(font.to_unichr(cid))
        except PDFUnicodeNotDefined:
            text = UNKNOWN
        advance: float = font.char_width(cid) * fontsize * scaling
        if font.is_vertical():
            corners = _vertical_box(font.char_disp(cid), fontsize, rise, advance)
        else:
            corners = (0.0, rise - _DESCENT * fontsize, advance, rise + (1 - _DESCENT) * fontsize)
        self._add(text, matrix, corners, fontsize)
        return advance

    def _add(self, text: str, matrix: Matrix, corners: Box, fontsize: float) -> None:
        if self.paused:
            return
        painted = self.painted
        if len(painted.glyphs) + len(painted.hidden) >= self._limit:
            raise TooLong
        turn = _turn(matrix)
        box = self._box(matrix, corners)
        inside = box[2] > 0 and box[3] > 0 and box[0] < painted.width and box[1] < painted.height
        if turn is None or not text or not inside:
            return
        glyph = Glyph(text, box, abs(fontsize) * hypot(matrix[2], matrix[3]), self._run, turn, self._light)
        (painted.hidden if self._mode in _INVISIBLE else painted.glyphs).append(glyph)

    def _box(self, matrix: Matrix, corners: Box) -> Box:
        left, bottom, right, top = _turned(matrix, corners)
        x, y = self._offset
        return left - x, y - top, right - x, y - bottom

    def paint_path(self, gstate: Any, stroke: bool, fill: bool, evenodd: bool, path: Sequence[Any]) -> None:
        """Lines and rectangles, of which the level and the upright ones count."""
        del evenodd
        painted = self.painted
        painted.paths += 1
        if self.paused or len(painted.level) + len(painted.upright) > _MOST_RULINGS:
            return
        light = _light_of(gstate, stroke=stroke)
        for points in self._subpaths(path):
            if stroke:
                for one, other in pairwise(points):
                    self._rule((*one, *other), light)
            elif fill and len(points) >= 3:
                self._fill(points, light)
            if stroke and fill and len(points) >= 3:
                self._shade(points, _light_of(gstate, stroke=False))
        if fill and not stroke and any(segment[0] in "cvy" for segment in path):
            self._dot(path)

    def _subpaths(self, path: Sequence[Any]) -> list[list[Point]]:
        """The corners of each subpath on the page; a curve breaks it."""
        found: list[list[Point]] = []
        for operator, *numbers in path:
            if operator == "m" or not found:
                found.append([])
            if operator == "h" and found[-1]:
                found[-1].append(found[-1][0])
            elif operator in "ml" and len(numbers) == 2:
                found[-1].append(self._point(*numbers))
            elif operator in "cvy":
                found.append([self._point(*numbers[-2:])])
        return found

    def _point(self, x: float, y: float) -> Point:
        a, b, c, d, e, f = self.ctm or (1, 0, 0, 1, 0, 0)
        return a * x + c * y + e - self._offset[0], self._offset[1] - (b * x + d * y + f)

    def _fill(self, points: Sequence[Point], light: float) -> None:
        left, top, right, bottom = _around(points)
        wide, high = right - left, bottom - top
        if min(wide, high) > _THIN:
            self._shade(points, light)
            return
        if wide > high or wide > _SQUARE * high:  # a dot is of a level ruling and of an upright one
            middle = (top + bottom) / 2
            self._rule((left, middle, right, middle), light)
        if high >= wide or high > _SQUARE * wide:
            middle = (left + right) / 2
            self._rule((middle, top, middle, bottom), light)

    def _shade(self, points: Sequence[Point], light: float) -> None:
        painted = self.painted
        if len(painted.fills) < _MOST_FILLS and len({round(x) for x, _ in points}) == 2:
            painted.fills.append(Fill(_around(points), self._run, light))

    def _dot(self, path: Sequence[Any]) -> None:
        """A round dot, as rulings are made of too."""
        points = [self._point(*segment[-2:]) for segment in path if len(segment) > 2]
        box = _around(points) if points else (0.0, 0.0, _THIN + 1, 0.0)
        if box[2] - box[0] <= _THIN and box[3] - box[1] <= _THIN:
            corners = [(box[0], box[1]), (box[2], box[1]), (box[2], box[3])]
            self._fill(corners, 0.0)

    def _rule(self, ends: Box, light: float) -> None:
        x0, y0, x1, y1 = ends
        painted = self.painted
        white = light >= WHITE
        if abs(y1 - y0) <= _LEVEL and x0 != x1:
            target = painted.white_level if white else painted.level
            target.append(((y0 + y1) / 2, min(x0, x1), max(x0, x1)))
        elif abs(x1 - x0) <= _LEVEL and y0 != y1:
            target = painted.white_upright if white else painted.upright
            target.append(((x0 + x1) / 2, min(y0, y1), max(y0, y1)))

    def write(self, text: str, rect: Box, ctm: Matrix) -> None:
        """Words that a rectangle of the file shows without saying how: one line of them."""
        self._run += 1
        self._mode, self._light = 0, 0.0
        words = plain(text.strip().replace("\n", " ").replace("\r", " "))
        height = min(rect[3] - rect[1], _FIELD)
        advance = min((rect[2] - rect[0]) / max(len(words), 1), height / 2)
        middle = (rect[1] + rect[3]) / 2
        for at, char in enumerate(words):
            left = rect[0] + at * advance
            self._add(char, ctm, (left, middle - height / 2, left + advance, middle + height / 2), height)

    def render_image(self, name: str, stream: Any) -> None:
        """A picture: it fills the unit square of its coordinates."""
        del name
        if self.paused:
            return
        box = self._box(self.ctm or (1, 0, 0, 1, 0, 0), (0.0, 0.0, 1.0, 1.0))
        width, height = self.painted.width, self.painted.height
        left, top, right, bottom = max(box[0], 0), max(box[1], 0), min(box[2], width), min(box[3], height)
        if left < right and top < bottom:
            self.painted.pictures.append((left, top, right, bottom))
            large = (right - left) * (bottom - top) >= _COVER * width * height
            if large and len(self.painted.pictures) <= _MOST_COVERS and self.opaque and _is_solid(stream):
                self._cover((left, top, right, bottom))

    def _cover(self, box: Box) -> None:
        """Text under a picture is not seen: scanners put an engine's reading there."""
        left, top, right, bottom = box
        painted = self.painted
        kept: list[Glyph] = []
        for glyph in painted.glyphs:
            x, y = (glyph.box[0] + glyph.box[2]) / 2, (glyph.box[1] + glyph.box[3]) / 2
            (painted.hidden if left < x < right and top < y < bottom else kept).append(glyph)
        painted.glyphs = kept


def _is_solid(stream: Any) -> bool:
    """Whether nothing shows through a picture: it has no mask, and is none."""
    attributes = getattr(stream, "attrs", {})
    return not any(attributes.get(name) for name in ("SMask", "Mask", "ImageMask", "IM"))


def _turned(matrix: Matrix, box: Box) -> Box:
    """The box around ``box`` once ``matrix`` has moved it."""
    a, b, c, d, e, f = matrix
    x0, y0, x1, y1 = box
    if b == 0 == c:
        left, right, bottom, top = a * x0 + e, a * x1 + e, d * y0 + f, d * y1 + f
        return min(left, right), min(bottom, top), max(left, right), max(bottom, top)
    xs = (a * x0 + c * y0, a * x0 + c * y1, a * x1 + c * y0, a * x1 + c * y1)
    ys = (b * x0 + d * y0, b * x0 + d * y1, b * x1 + d * y0, b * x1 + d * y1)
    return min(xs) + e, min(ys) + f, max(xs) + e, max(ys) + f


def _turn(matrix: Matrix) -> int | None:
    """By how much the page must be turned clockwise until text so painted is upright; None for slanting text."""
    a, b = matrix[0], matrix[1]
    if abs(b) <= 0.2 * abs(a):
        return 0 if a >= 0 else 180
    if abs(a) <= 0.2 * abs(b):
        return 90 if b > 0 else 270
    return None


def _vertical_box(displacement: Any, fontsize: float, rise: float, advance: float) -> Box:
    """The box of a glyph set from top to bottom: its origin is the middle of its top (PDF 32000-1, 9.7.4.3)."""
    across, down = displacement if isinstance(displacement, tuple) else (None, displacement)
    left = -(fontsize * 0.5 if across is None else across * fontsize * 0.001)
    top = (1000 - down) * fontsize * 0.001 + rise
    return left, top + advance, left + fontsize, top


def _around(points: Sequence[Point]) -> Box:
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)


def _light_of(state: Any, *, stroke: bool) -> float:
    """How light the paint of strokes or fills is; half transparent paint that can be looked through is lighter."""
    alpha = getattr(state, "alpha", 1.0)
    color, space = (state.scolor, state.scs) if stroke else (state.ncolor, state.ncs)
    if not isinstance(color, int | float | tuple):
        color = tuple(color) if isinstance(color, list) else 0.0
    return lightness(color, space.name, 1.0 if stroke else alpha)
