"""A report on its strip → a PDF: how rulings are drawn, how text is painted and in which order, what stands beside."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import pairwise
from random import Random

from reportlab.lib.colors import Color
from reportlab.pdfgen.canvas import Canvas

from tests.load.families.galley import FONT, MEASURE, Laid, Measure, Piece, Place, cuts, goes_on, set_all, width_of


@dataclass(frozen=True)
class Look:
    """How a report is printed. ``page`` is (width, height) of the sheet as it is held."""

    measure: Measure = MEASURE
    page: tuple[float, float] = (595.0, 842.0)
    margin: float = 60.0
    rulings: str = "line"
    text: str = "whole"
    order: str = "along"
    through: bool = False
    head: str = "none"
    """Above the rest of a table on the next page: none, repeated, other (another table's), last (its last row)."""
    furniture: str = "number"
    mark: str = "none"
    frame: str = "page"
    """page, turned (/Rotate 90), sideways (painted across the sheet), form (XObject), widgets (values are fields)"""
    closed: bool = True
    """Whether a page break closes the part of a table with a ruling."""


def pressed(blocks: Sequence[object], look: Look, seed: int = 0) -> bytes:
    """The PDF of a report."""
    laid = set_all(blocks, look.measure)
    height = look.page[1] - 2 * look.margin
    ends = cuts(laid, height, through=look.through, repeated=look.head != "none")
    press = _Press(look, Random(seed), laid)
    for number, (begin, end) in enumerate(pairwise(ends), start=1):
        press.page(begin, end, number)
    return press.data()


class _Press:
    def __init__(self, look: Look, random: Random, laid: Sequence[Laid]) -> None:
        self._look, self._random, self._laid = look, random, laid
        self._bytes = BytesIO()
        width, height = look.page
        sideways = look.frame == "sideways"  # a page that is turned states its size as it is shown
        self._canvas = Canvas(self._bytes, pagesize=(height, width) if sideways else (width, height))
        self._shift = 0.0

    def data(self) -> bytes:
        self._canvas.save()
        return self._bytes.getvalue()

    def page(self, begin: float, end: float, number: int) -> None:
        canvas, frame = self._canvas, self._look.frame
        if frame == "form":
            canvas.beginForm(f"page{number}", 0, 0, *self._look.page)
        if frame in ("turned", "sideways"):
            canvas.translate(self._look.page[1], 0)
            canvas.rotate(90)
        self._paint(begin, end, number)
        if frame == "form":
            canvas.endForm()
            canvas.doForm(f"page{number}")
        if frame == "turned":
            canvas.setPageRotation(90)
        canvas.showPage()

    # ---- one page ----

    def _paint(self, begin: float, end: float, number: int) -> None:
        look = self._look
        if look.mark == "under":
            self._mark()
        head = next((each for each in self._laid if goes_on(each, begin)), None) if look.head != "none" else None
        top = look.margin
        pieces: list[Piece] = []
        if head is not None:
            pieces, top = self._head(head, top)
        self._shift = top - begin
        for each in self._laid:
            if each.rows:
                self._rule(_clipped(each.places, begin, end))
        pieces += [self._moved(p) for each in self._laid for p in each.pieces if begin <= p.y + 0.2 < end]
        self._print(pieces)
        if look.mark in ("over", "tiles", "slanting", "pale"):
            self._mark()
        self._furniture(number, max((p.bottom for p in pieces), default=0.0))

    def _moved(self, piece: Piece) -> Piece:
        return Piece(piece.x, piece.y + self._shift, piece.text, piece.size, piece.value)

    def _head(self, table: Laid, top: float) -> tuple[list[Piece], float]:
        """The header once more; its lines on the page, and where the rest of the table begins."""
        source = table
        if self._look.head == "other":
            source = next((each for each in self._laid if each.rows and each is not table), table)
        if not source.head:
            return [], top
        first = source.rows[source.head - 1] if self._look.head == "last" else source.rows[0]
        last = source.rows[source.head]
        self._shift = top - first
        self._rule([p for p in _clipped(source.places, first, last) if p.bottom - p.top > 1])
        return [self._moved(p) for p in source.pieces if first <= p.y < last], top + last - first

    def _y(self, y: float) -> float:
        return self._look.page[1] - y

    # ---- rulings ----

    def _rule(self, places: Sequence[Place]) -> None:
        draw = _RULINGS[self._look.rulings]
        if not places:
            return
        outer = (min(p.left for p in places), max(p.right for p in places))
        ends = (min(p.top for p in places), max(p.bottom for p in places))
        for number, place in enumerate(places):
            top, bottom = self._y(place.top + self._shift), self._y(place.bottom + self._shift)
            self._canvas.saveState()
            draw(self._canvas, (place.left, bottom, place.right, top), _Sides.of(place, outer, ends, number))
            self._canvas.restoreState()

    # ---- text ----

    def _print(self, pieces: list[Piece]) -> None:
        if self._look.order == "backward":
            pieces = pieces[::-1]
        elif self._look.order == "any":
            self._random.shuffle(pieces)
        for number, piece in enumerate(pieces):
            if self._look.frame == "widgets" and piece.value:
                self._widget(piece, number)
            else:
                _TEXTS[self._look.text](self._canvas, piece, self._y(piece.y + 0.86 * piece.size))

    def _widget(self, piece: Piece, number: int) -> None:
        if piece.text.isascii():
            box = {"x": piece.x - 1, "y": self._y(piece.bottom + 1), "height": piece.size + 3}
            width = width_of(piece.text, piece.size) + 8
            name = f"f{self._canvas.getPageNumber()}_{number}"
            self._canvas.acroForm.textfield(
                name=name, value=piece.text, fontSize=piece.size - 1, width=width, borderWidth=0, **box
            )
        else:
            _whole(self._canvas, piece, self._y(piece.y + 0.86 * piece.size))

    def _furniture(self, number: int, bottom: float) -> None:
        look, canvas = self._look, self._canvas
        width, height = look.page
        canvas.setFont(FONT, 9)
        if look.furniture == "number":
            canvas.drawCentredString(width / 2, 30, f"— {number} —")
        elif look.furniture == "close":  # right under the last line
            canvas.drawCentredString(width / 2, self._y(bottom + 16), str(number))
        elif look.furniture == "heads":
            canvas.drawString(look.measure.left, height - 40, "政府信息公开工作年度报告")
            canvas.drawRightString(width - 60, height - 40, "内部印发")
            canvas.line(look.measure.left, height - 44, width - 60, height - 44)
            canvas.drawRightString(width - 60, 30, f"第 {number} 页")

    def _mark(self) -> None:
        canvas, look = self._canvas, self._look
        width, height = look.page
        canvas.saveState()
        canvas.setFillColor(Color(0.85, 0.85, 0.85))
        if look.mark == "tiles":
            canvas.setFont(FONT, 10)
            for y in range(60, int(height), 90):
                for x in range(40, int(width), 150):
                    canvas.drawString(x, y, "信息公开专用")
        elif look.mark == "pale":
            canvas.setFont(FONT, 11)
            canvas.drawString(width / 2, height / 2, "2024")
        else:
            canvas.translate(width / 2, height / 2)
            canvas.rotate(35 if look.mark == "slanting" else 0)
            canvas.setFont(FONT, 60)
            canvas.drawCentredString(0, 0, "政务公开 2024")
        canvas.restoreState()


def _clipped(places: Sequence[Place], begin: float, end: float) -> list[Place]:
    """What of each cell stands between two heights."""
    return [
        Place(p.left, max(p.top, begin), p.right, min(p.bottom, end), p.kind)
        for p in places
        if min(p.bottom, end) - max(p.top, begin) > 0.5
    ]


@dataclass(frozen=True)
class _Sides:
    """Which sides of a cell are the table's own; ``number`` counts the cells."""

    left: bool
    right: bool
    top: bool
    bottom: bool
    number: int
    kind: str

    @classmethod
    def of(cls, place: Place, outer: tuple[float, float], ends: tuple[float, float], number: int) -> _Sides:
        return cls(
            abs(place.left - outer[0]) < 1,
            abs(place.right - outer[1]) < 1,
            abs(place.top - ends[0]) < 1,
            abs(place.bottom - ends[1]) < 1,
            number,
            place.kind,
        )


Edges = tuple[float, float, float, float]
Ruler = Callable[[Canvas, Edges, _Sides], None]


def _sides(box: Edges) -> Iterator[Edges]:
    left, bottom, right, top = box
    yield from ((left, top, right, top), (left, bottom, right, bottom))
    yield from ((left, bottom, left, top), (right, bottom, right, top))


def _lines(canvas: Canvas, box: Edges, sides: _Sides) -> None:
    for side in _sides(box):
        canvas.line(*side)


def _boxes(canvas: Canvas, box: Edges, sides: _Sides) -> None:
    canvas.rect(box[0], box[1], box[2] - box[0], box[3] - box[1])


def _bars(canvas: Canvas, box: Edges, sides: _Sides) -> None:
    canvas.setFillColorRGB(0.2, 0.4, 0.7)
    for x0, y0, x1, y1 in _sides(box):
        canvas.rect(x0 - 0.3, y0 - 0.3, x1 - x0 + 0.6, y1 - y0 + 0.6, stroke=0, fill=1)


def _dashes(canvas: Canvas, box: Edges, sides: _Sides) -> None:
    canvas.setDash(3, 2)
    _lines(canvas, box, sides)


def _short_bars(canvas: Canvas, box: Edges, sides: _Sides) -> None:
    for x0, y0, x1, y1 in _sides(box):
        steps = max(int(max(x1 - x0, y1 - y0) / 5), 1)
        for step in range(steps):
            x, y = x0 + (x1 - x0) * step / steps, y0 + (y1 - y0) * step / steps
            wide, high = (3.2, 0.5) if y0 == y1 else (0.5, 3.2)
            canvas.rect(x, y, wide, high, stroke=0, fill=1)


def _dots(canvas: Canvas, box: Edges, sides: _Sides) -> None:
    top, bottom, left, right = _sides(box)
    drawn = [top, left, *([bottom] if sides.bottom else []), *([right] if sides.right else [])]
    for x0, y0, x1, y1 in drawn:
        steps = max(int(max(x1 - x0, y1 - y0) / 2), 1)
        for step in range(steps + 1):
            canvas.circle(x0 + (x1 - x0) * step / steps, y0 + (y1 - y0) * step / steps, 0.4, stroke=0, fill=1)


def _double(canvas: Canvas, box: Edges, sides: _Sides) -> None:
    canvas.setLineWidth(0.4)
    _lines(canvas, box, sides)
    for x0, y0, x1, y1 in _sides(box):
        canvas.line(x0 + (x0 == x1) * 1.8, y0 + (y0 == y1) * 1.8, x1 + (x0 == x1) * 1.8, y1 + (y0 == y1) * 1.8)


def _open(canvas: Canvas, box: Edges, sides: _Sides) -> None:
    top, bottom, left, right = _sides(box)
    for side, is_drawn in ((top, True), (bottom, True), (left, not sides.left), (right, not sides.right)):
        if is_drawn:
            canvas.line(*side)


def _level(canvas: Canvas, box: Edges, sides: _Sides) -> None:
    for side in list(_sides(box))[:2]:
        canvas.line(*side)


def _three(canvas: Canvas, box: Edges, sides: _Sides) -> None:
    top, bottom, *_ = _sides(box)
    if sides.top or sides.kind == "header":
        canvas.line(*top)
    if sides.bottom or sides.kind == "header":
        canvas.line(*bottom)


def _fills(canvas: Canvas, box: Edges, sides: _Sides) -> None:
    shade = {"header": 0.75, "label": 0.85}.get(sides.kind, 0.93)
    canvas.setFillColorRGB(shade, shade, 0.95)
    canvas.rect(box[0] + 0.5, box[1] + 0.5, box[2] - box[0] - 1, box[3] - box[1] - 1, stroke=0, fill=1)


def _filled_lines(canvas: Canvas, box: Edges, sides: _Sides) -> None:
    _fills(canvas, box, sides)
    _lines(canvas, box, sides)


def _white_lines(canvas: Canvas, box: Edges, sides: _Sides) -> None:
    canvas.setFillColorRGB(0.8, 0.87, 0.95)
    canvas.rect(box[0], box[1], box[2] - box[0], box[3] - box[1], stroke=0, fill=1)
    canvas.setStrokeColorRGB(1, 1, 1)
    _lines(canvas, box, sides)


def _none(canvas: Canvas, box: Edges, sides: _Sides) -> None:
    """No ruling at all."""


_RULINGS: dict[str, Ruler] = {
    "line": _lines,
    "boxes": _boxes,
    "bars": _bars,
    "dashes": _dashes,
    "short_bars": _short_bars,
    "dots": _dots,
    "double": _double,
    "open": _open,
    "level": _level,
    "three": _three,
    "fills": _fills,
    "filled_lines": _filled_lines,
    "white_lines": _white_lines,
    "none": _none,
}


def _whole(canvas: Canvas, piece: Piece, y: float) -> None:
    canvas.setFont(FONT, piece.size)
    canvas.drawString(piece.x, y, piece.text)


def _chars(canvas: Canvas, piece: Piece, y: float) -> None:
    canvas.setFont(FONT, piece.size)
    x = piece.x
    for char in piece.text:
        canvas.drawString(x, y, char)
        x += width_of(char, piece.size)


def _backward(canvas: Canvas, piece: Piece, y: float) -> None:
    canvas.setFont(FONT, piece.size)
    for at in range(len(piece.text) - 1, -1, -1):
        canvas.drawString(piece.x + width_of(piece.text[:at], piece.size), y, piece.text[at])


def _bold(canvas: Canvas, piece: Piece, y: float) -> None:
    for shift in (0, 0.3):
        _whole(canvas, Piece(piece.x + shift, piece.y, piece.text, piece.size), y)


def _two_fonts(canvas: Canvas, piece: Piece, y: float) -> None:
    """Digits and Latin letters in another font, half a point higher."""
    x = piece.x
    for char in piece.text:
        canvas.setFont("Helvetica" if char.isascii() else FONT, piece.size)
        canvas.drawString(x, y + 0.5 * char.isascii(), char)
        x += width_of(char, piece.size)


def _wide(canvas: Canvas, piece: Piece, y: float) -> None:
    canvas.setFont(FONT, piece.size)
    canvas.drawString(piece.x, y, piece.text, charSpace=0.25)


def _mended(canvas: Canvas, piece: Piece, y: float) -> None:
    """A figure over another one that a white box covers, as PDF editors leave it."""
    if piece.value and piece.text.isdigit():
        _whole(canvas, Piece(piece.x, piece.y, "8" * len(piece.text), piece.size), y)
        canvas.saveState()
        canvas.setFillColorRGB(1, 1, 1)
        canvas.rect(piece.x - 1, y - 2, width_of(piece.text, piece.size) + 2, piece.size + 1, stroke=0, fill=1)
        canvas.restoreState()
    _whole(canvas, piece, y)


def _white_beside(canvas: Canvas, piece: Piece, y: float) -> None:
    """A white figure that nobody sees behind each figure."""
    _whole(canvas, piece, y)
    if piece.value:
        canvas.saveState()
        canvas.setFillColorRGB(1, 1, 1)
        _whole(canvas, Piece(piece.x + width_of(piece.text, piece.size) + 1, piece.y, "7", piece.size), y)
        canvas.restoreState()


_TEXTS: dict[str, Callable[[Canvas, Piece, float], None]] = {
    "whole": _whole,
    "chars": _chars,
    "backward": _backward,
    "bold": _bold,
    "two_fonts": _two_fonts,
    "wide": _wide,
    "mended": _mended,
    "white": _white_beside,
}
