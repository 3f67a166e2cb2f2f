"""A picture of a page → ``Sheet``: upright, ruled tables cell by cell, the rest line by line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice
from typing import NamedTuple

import cv2

from extractor.load.scan.engine import SURE, Text, recognise
from extractor.load.scan.ink import evened, ink_mask, print_size
from extractor.load.scan.marks import mark_of
from extractor.load.scan.picture import Gray, Pixels
from extractor.load.scan.print import Print, PrintedPage, lines_of_cell, lines_outside
from extractor.load.scan.rulings import Place, Ruling, find_rules, find_rulings
from extractor.load.scan.spread import pages_within
from extractor.load.scan.straighten import Straight, levelled, straighten
from extractor.load.scan.streaks import without_streaks
from extractor.load.sheet.sheet import Box, Grid, GridCell, Line, Sheet

_POINTS = 72
_SMALL, _READABLE, _LARGEST = 18, 26, 3.0
"""Characters lower than so many pixels are enlarged to as many, at most so many times."""

_FEWEST_CELLS = 6
"""Cells that make a picture the picture of a table."""

_MARK = 0.9
"""Confidence in a mark that is told by its shape."""

_FULL = {"(": "（", ")": "）", ",": "，", ":": "：", ";": "；"}
_CHINESE = re.compile("[一-鿿]")
_HALF = re.compile("[()]|(?<=[一-鿿）”》])[,:;]")

_WIDE = 320
"""Pixels that crops are padded to when they are read once more."""


def read_picture(image: Gray, number: int, dpi: float) -> list[Sheet]:
    """The sheets that a grey picture of page ``number`` shows, two where two pages lie side by side.

    ``dpi`` pixels of it are an inch. Boxes are those of the page turned upright and level; ``Sheet.shown`` leads back
    to the page as shown.
    """
    return [_sheet(part, number, dpi) for part in pages_within(straighten(without_streaks(evened(image))))]


def _sheet(straight: Straight, number: int, dpi: float) -> Sheet:
    page, larger = _printed_page(straight.image)
    left, top, right, bottom = straight.frame
    frame = Frame(left * larger, top * larger, _POINTS / (dpi * larger))
    sheet = Sheet(number, (right - left) * _POINTS / dpi, (bottom - top) * _POINTS / dpi)
    sheet.way_back = lambda box: _scaled(straight.as_shown(_scaled(frame.pixels(box), 1 / larger)), _POINTS / dpi)
    if page.em:
        _fill(sheet, page, _rulings(page), frame)
    return sheet


def has_table(image: Gray) -> bool:
    """Whether a grey picture shows a ruled table, whichever way up; no engine is asked."""
    page, _ = _printed_page(levelled(evened(image))[0])
    return page.em > 0 and any(len(ruling.places) >= _FEWEST_CELLS for ruling in _rulings(page))


def _printed_page(image: Gray) -> tuple[PrintedPage, float]:
    """The page of a straight picture, small print enlarged; and how much larger it is."""
    mask = ink_mask(image)
    em = print_size(mask)
    if not 0 < em < _SMALL:
        return PrintedPage(image, mask, em), 1.0
    larger = min(_LARGEST, _READABLE / em)
    image = cv2.resize(image, None, fx=larger, fy=larger, interpolation=cv2.INTER_CUBIC)
    mask = ink_mask(image)
    return PrintedPage(image, mask, print_size(mask)), larger


def _rulings(page: PrintedPage) -> list[Ruling]:
    return find_rulings(find_rules(page.image, page.em), page.em)


def _scaled(box: Box, scale: float) -> Box:
    left, top, right, bottom = box
    return left * scale, top * scale, right * scale, bottom * scale


class Frame(NamedTuple):
    """Where a page stands on its picture: its top left corner in pixels, and the points that a pixel is."""

    left: float
    top: float
    scale: float

    def points(self, box: Pixels) -> Box:
        """A box of the picture as one of the page."""
        x0, y0, x1, y1 = box
        return _scaled((x0 - self.left, y0 - self.top, x1 - self.left, y1 - self.top), self.scale)

    def pixels(self, box: Box) -> Box:
        """A box of the page as one of the picture."""
        x0, y0, x1, y1 = _scaled(box, 1 / self.scale)
        return x0 + self.left, y0 + self.top, x1 + self.left, y1 + self.top


def _fill(sheet: Sheet, page: PrintedPage, rulings: Sequence[Ruling], frame: Frame) -> None:
    """Read all print of the page at once and put it where it belongs."""
    places = [place for ruling in rulings for place in ruling.places]
    inside = [lines_of_cell(page, place.box) for place in places]
    outside = lines_outside(page, [ruling.box for ruling in rulings])
    prints = [*(line for lines in inside for line in lines), *outside]
    found = _read(prints)
    _set_marks(found, inside, page.em)
    texts = iter(found)
    cells = iter(
        [
            _cell(place, lines, list(islice(texts, len(lines))), frame)
            for place, lines in zip(places, inside, strict=True)
        ]
    )
    sheet.grids = [Grid(frame.points(ruling.box), list(islice(cells, len(ruling.places)))) for ruling in rulings]
    sheet.lines = [_line(line, text, frame) for line, text in zip(outside, texts, strict=True) if text.mean >= SURE]


def _read(prints: Sequence[Print]) -> list[Text]:
    """What each line says; those that cannot be read so are read at another setting."""
    texts = recognise([line.crop for line in prints])
    unsure = [index for index, text in enumerate(texts) if text.mean < SURE]
    for index, text in zip(unsure, recognise([prints[index].crop for index in unsure], _WIDE), strict=True):
        texts[index] = max(texts[index], text, key=lambda each: each.mean)
    return texts


def _set_marks(texts: list[Text], inside: Sequence[Sequence[Print]], em: float) -> None:
    """Put marks for "no number" where the engine, which takes them for figures, read cells that hold nothing else."""
    at = 0
    for lines in inside:
        if len(lines) == 1 and (mark := mark_of(lines[0].crop, em)):
            texts[at] = Text(mark, _MARK, _MARK)
        at += len(lines)


def _cell(place: Place, lines: Sequence[Print], texts: Sequence[Text], frame: Frame) -> GridCell:
    read = [_line(line, text, frame) for line, text in zip(lines, texts, strict=True) if text.mean >= SURE]
    box = frame.points(place.box)
    unreadable = len(read) < len(lines)
    return GridCell(place.row, place.column, box, read, place.rowspan, place.colspan, unreadable)


def _line(line: Print, text: Text, frame: Frame) -> Line:
    return Line(as_printed(text.text.strip()), frame.points(line.box), text.confidence, line.crop)


def as_printed(text: str) -> str:
    """``text`` with the marks that Chinese print has: the engine takes full width for half in every other line.

    >>> as_printed("村（社区)公开栏:3件,第(二)项"), as_printed("1,139(a)")
    ('村（社区）公开栏：3件，第（二）项', '1,139(a)')
    """
    return _HALF.sub(lambda found: _FULL[found[0]], text) if _CHINESE.search(text) else text
