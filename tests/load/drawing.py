"""PDFs drawn by hand, for what no office program prints. Coordinates are points from the page's top left corner."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from extractor.document import Document
from extractor.load import load_bytes

FONT = "STSong-Light"
SIZE = 10.5
HEIGHT = A4[1]
ROW = 24.0


Rows = Sequence[Sequence[str | None]]
"""The rows of a table: a cell that is None is one with the cell on its left."""


class Drawing:
    """A PDF being drawn."""

    def __init__(self, size: tuple[float, float] = A4, **options: Any) -> None:
        pdfmetrics.registerFont(UnicodeCIDFont(FONT))
        self._bytes = BytesIO()
        self.height = size[1]
        self.canvas = Canvas(self._bytes, pagesize=size, **options)
        self.canvas.setFont(FONT, SIZE)

    def text(self, x: float, y: float, text: str, size: float = SIZE) -> Drawing:
        """A line of text whose top is at y."""
        self.canvas.setFont(FONT, size)
        self.canvas.drawString(x, self.height - y - 0.86 * size, text)
        return self

    def prose(self, x: float, y: float, *lines: str, pitch: float = 18) -> Drawing:
        """Lines below each other."""
        for at, line in enumerate(lines):
            self.text(x, y + at * pitch, line)
        return self

    def table(
        self,
        y: float,
        rows: Rows,
        edges: Sequence[float],
        style: str = "line",
        row: float = ROW,
    ) -> Drawing:
        """A table; ``edges`` are the columns' edges.

        Line breaks in a cell part its lines. ``style`` is line, dashes (thin rectangles), open (no outer sides), none.
        """
        for at, cells in enumerate(rows):
            top = y + at * row
            self._row(top, cells, edges, style, row)
        self._level(y + len(rows) * row, edges[0], edges[-1], style)
        return self

    def _row(self, top: float, cells: Sequence[str | None], edges: Sequence[float], style: str, row: float) -> None:
        self._level(top, edges[0], edges[-1], style)
        for column, cell in enumerate(cells):
            if cell is not None and not (style == "open" and column == 0):
                self._upright(edges[column], top, top + row, style)
            for number, line in enumerate((cell or "").split("\n")):
                self.text(edges[column] + 4, top + 4 + number * 11, line)
        if style != "open":
            self._upright(edges[-1], top, top + row, style)

    def _level(self, y: float, left: float, right: float, style: str) -> None:
        if style in ("line", "open"):
            self.canvas.line(left, self.height - y, right, self.height - y)
        elif style == "dashes":
            for at in range(int(left), int(right), 6):
                self.canvas.rect(at, self.height - y, min(4, right - at), 0.6, stroke=0, fill=1)

    def _upright(self, x: float, top: float, bottom: float, style: str) -> None:
        if style in ("line", "open"):
            self.canvas.line(x, self.height - top, x, self.height - bottom)
        elif style == "dashes":
            for at in range(int(top), int(bottom), 6):
                self.canvas.rect(x, self.height - at - min(4, bottom - at), 0.6, min(4, bottom - at), stroke=0, fill=1)

    def upright(self, x: float, top: float, bottom: float) -> Drawing:
        """A ruling that stands alone."""
        self._upright(x, top, bottom, "line")
        return self

    def page(self) -> Drawing:
        """What follows is on a new page."""
        self.canvas.showPage()
        self.canvas.setFont(FONT, SIZE)
        return self

    def data(self) -> bytes:
        """The file."""
        self.canvas.save()
        return self._bytes.getvalue()

    def document(self) -> Document:
        """What is read of it."""
        return load_bytes(self.data(), "a.pdf")
