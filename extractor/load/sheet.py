"""One printed page as its lines and grids with their boxes: what a PDF's text layer and an OCR engine both yield.

Boxes are ``(left, top, right, bottom)`` in points (1/72 inch) from the page's top left corner, as the page is shown.
"""

from __future__ import annotations

from dataclasses import dataclass, field

Box = tuple[float, float, float, float]


@dataclass(slots=True)
class Line:
    """One line of print. ``confidence`` is the OCR engine's (0 to 1), None for a text layer."""

    text: str
    box: Box
    confidence: float | None = None


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
    """A ruled table or the part of one that a page holds; cells row by row, each once."""

    box: Box
    cells: list[GridCell]


@dataclass(slots=True)
class Sheet:
    """A page (``number`` from 1): its grids, and the lines outside them from top to bottom."""

    number: int
    width: float
    height: float
    lines: list[Line] = field(default_factory=list)
    grids: list[Grid] = field(default_factory=list)
