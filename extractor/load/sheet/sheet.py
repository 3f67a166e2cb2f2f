"""One printed page as its lines and grids with their boxes: what a PDF's text layer and an OCR engine both yield.

Boxes are ``(left, top, right, bottom)`` in points (1/72 inch) from the page's top left corner, as the page is shown.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from extractor.document import Layout

Box = tuple[float, float, float, float]


@dataclass(slots=True)
class Line:
    """One line of print. ``confidence`` is the OCR engine's (0 to 1), None for a text layer.

    ``crop`` is the grey picture (height, width) of a line that an OCR engine read, for a second reading.
    """

    text: str
    box: Box
    confidence: float | None = None
    crop: Any = None


@dataclass(slots=True)
class GridCell:
    """One cell of a ruled table, at its top left corner; ``unreadable`` where it holds ink nobody could read."""

    row: int
    column: int
    box: Box
    lines: list[Line] = field(default_factory=list)
    rowspan: int = 1
    colspan: int = 1
    unreadable: bool = False


@dataclass(slots=True)
class Grid:
    """A ruled table or the part of one that a page holds; cells row by row, each once.

    ``layout`` is "rows" where nothing but aligned words make the table.
    """

    box: Box
    cells: list[GridCell]
    layout: Layout = "grid"


@dataclass(slots=True)
class Sheet:
    """A page (``number`` from 1): its grids, and the lines outside them in any order.

    Words far apart on one line of print (columns of text, cells without rulings) are lines of their own. ``turn`` is by
    how many degrees clockwise the page as shown must be turned (0, 90, 180, 270) until its print is upright; ``width``,
    ``height`` and all boxes are those of the turned page. A page that was turned by an angle of its own (a scan) has
    ``way_back`` instead, from its boxes to those of the page as shown. ``pictures`` are boxes of pictures among the
    text that can be tables and that nobody has read. ``aside`` is print that is not the report's, with its kind as in
    ``document.SetAside``.
    """

    number: int
    width: float
    height: float
    lines: list[Line] = field(default_factory=list)
    grids: list[Grid] = field(default_factory=list)
    turn: int = 0
    way_back: Callable[[Box], Box] | None = None
    pictures: list[Box] = field(default_factory=list)
    aside: list[tuple[str, Line]] = field(default_factory=list)

    @property
    def scanned(self) -> bool:
        """Whether it is a picture of a page: paper lies otherwise each time, and a camera is nearer or farther."""
        return self.way_back is not None

    def follows(self, other: Sheet) -> bool:
        """Whether it comes right after ``other``; two pages on one picture have its number both."""
        return self.number == other.number + 1 or (self.number == other.number and self is not other)

    def shown(self, box: Box) -> Box:
        """A box of the turned page on the page as it is shown."""
        if self.way_back is not None:
            return self.way_back(box)
        left, top, right, bottom = box
        if self.turn == 90:  # the shown page's left edge became the top
            return top, self.width - right, bottom, self.width - left
        if self.turn == 180:
            return self.width - right, self.height - bottom, self.width - left, self.height - top
        if self.turn == 270:
            return self.height - bottom, left, self.height - top, right
        return box
