"""A report as read from a file: one text in reading order, with paragraphs and tables as spans of it.

Offsets are character offsets into ``Document.text``, half open. ``Document.locate`` leads from an offset back to the
file. What a reader of the report would not count as its text (page numbers, navigation, converter marks) is not in
``text`` but in ``set_aside``.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal, Protocol

from extractor.text import fold

Layout = Literal["grid", "rows", "stream"]
"""How far a table's geometry can be trusted.

``grid``    rows and columns as in the source: a cell's column index means something.
``rows``    rows are known, columns only by order (label and values on one line).
``stream``  only the order of the cells is known (every value a paragraph of its own).
"""


@dataclass(frozen=True, slots=True)
class Position:
    """A place in the file: a byte offset, or a page (from 1) with a box in points, or a part with its paragraph.

    ``paragraph`` counts the part's paragraph elements in document order from 0, those in tables and boxes included.
    """

    byte: int | None = None
    line: int | None = None
    part: str | None = None
    paragraph: int | None = None
    page: int | None = None
    bbox: tuple[float, float, float, float] | None = None


class SourceMap(Protocol):
    """Leads from an offset into ``Document.text`` back to the file."""

    def locate(self, offset: int) -> Position:
        """Where in the file the character at ``offset`` stands."""
        ...


class Recognition(Protocol):
    """What an OCR engine says of the text it read. Offsets are into ``Document.text``."""

    def confidence(self, start: int, end: int) -> float | None:
        """How sure the engine is of its least sure character there, 0 to 1; None where no engine read the text."""
        ...

    def unreadable(self, start: int) -> bool:
        """Whether the cell that begins at ``start`` holds print that no engine could read."""
        ...

    def second_reading(self, start: int, end: int) -> str | None:
        """What another reading of the same place (another scale or setting) says; None where it cannot read it."""
        ...


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A line of running text. ``heading`` is the level the source marks it with (1 is the highest), 0 for none."""

    start: int
    end: int
    heading: int = 0


@dataclass(slots=True)
class Cell:
    """One cell; ``text`` is ``document.text[start:end]``, ``row`` and ``column`` the top left corner it covers."""

    text: str
    start: int
    end: int
    row: int
    column: int
    rowspan: int = 1
    colspan: int = 1


@dataclass(slots=True)
class Table:
    """``rows[i]`` holds the cells that *begin* in row i, from left to right; spans are not repeated."""

    start: int
    end: int
    layout: Layout
    rows: list[list[Cell]]


@dataclass(frozen=True, slots=True)
class SetAside:
    """Text of the file that is not the report's: ``kind`` is furniture, navigation, mark, hidden or comment."""

    kind: str
    text: str
    position: Position


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture where text could be: a table that is a picture is ``missing``. ``start`` is where it stands in text."""

    name: str
    start: int


@dataclass
class Document:
    """One report as text, paragraphs and tables.

    ``blocks`` holds paragraphs and tables in reading order; a table nested in another's cell follows the outer one.
    """

    name: str
    sha256: str
    media_type: str
    text: str
    blocks: list[Paragraph | Table]
    source_map: SourceMap
    set_aside: list[SetAside] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    url: str | None = None
    pages: int | None = None
    encoding: str | None = None
    recognition: Recognition | None = None

    @cached_property
    def folded(self) -> str:
        """``text`` with look-alike characters made one; every offset means the same in both."""
        return fold(self.text)

    @cached_property
    def tables(self) -> list[Table]:
        """The tables in reading order; evidence names them by their index here."""
        return [block for block in self.blocks if isinstance(block, Table)]

    @cached_property
    def paragraphs(self) -> list[Paragraph]:
        """The paragraphs in reading order."""
        return [block for block in self.blocks if isinstance(block, Paragraph)]

    def before(self, end: int) -> Document:
        """The document as far as ``end``, with the same offsets; a table that goes on behind it is left out."""
        blocks = [block for block in self.blocks if block.end <= end]
        cut = next((block for block in self.blocks if block.start < end < block.end), None)
        if isinstance(cut, Paragraph):
            blocks.append(replace(cut, end=end))
        pictures = [picture for picture in self.pictures if picture.start < end]
        return replace(self, text=self.text[:end], blocks=blocks, pictures=pictures)

    def locate(self, offset: int) -> Position:
        """Where in the file the character at ``offset`` stands."""
        return self.source_map.locate(offset)


class TextBuilder:
    """Collects the pieces of ``Document.text`` with the source offset each came from."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self.length = 0
        self.anchors: list[tuple[int, int]] = []

    def add(self, piece: str, source: int) -> tuple[int, int]:
        """Append ``piece``, read at ``source`` (an offset or number the source map understands); its span."""
        start = self.length
        self.anchors.append((start, source))
        self._pieces.append(piece)
        self.length += len(piece)
        return start, self.length

    def glue(self, separator: str) -> None:
        """Append characters that the file does not hold (line and cell separators)."""
        self._pieces.append(separator)
        self.length += len(separator)

    def build(self) -> str:
        """The whole text."""
        return "".join(self._pieces)


def anchor_before(anchors: list[tuple[int, int]], offset: int) -> tuple[int, int]:
    """The last (text offset, source offset) at or before ``offset``; (0, 0) where there is none."""
    index = bisect_right(anchors, (offset, 1 << 60)) - 1
    return anchors[index] if index >= 0 else (0, 0)
